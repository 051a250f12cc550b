"""What a policy names: controls, frameworks with their numbers, families, suites and kinds of evidence.

A purpose that no suite has would find no task for ever, and a kind that there is not would never be fresh: a policy with such a name can
not let anything pass, and nobody would know why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.domain.catalogue import Catalogue
    from governance.domain.conditions import Condition, RequirementsMet
    from governance.domain.policy import Envelope, Policy

    Place = tuple[str | int, ...]
    Fault = tuple[str, Place, str]

_HOME = {
    "control": "controls/catalogue", "suite": "evidence/suites", "kind": "evidence/kinds", "framework": "controls/frameworks",
}  # fmt: skip
OLDER = "metric"
"""The word that is kept for policies that were written before numbers were judged in pairs."""


def faults(catalogue: Catalogue, policy: Policy) -> Iterator[Fault]:
    """Every name in a policy that leads nowhere, with its place and what to do."""
    path = f"policies/{policy.id}.yaml"
    for place, condition in enumerate(policy.conditions):
        for at, said in _condition(catalogue, condition):
            yield path, ("conditions", place, condition.word, *at), said
    for place, envelope in enumerate(policy.envelopes):
        for at, said in _envelope(catalogue, envelope):
            yield path, ("envelopes", place, *at), said
    for place, rule in enumerate(policy.figures or ()):
        for at, said in _known(rule.kinds, catalogue.kinds, "kind", ("kinds",)):
            yield path, ("figures", place, *at), said


def older(policy: Policy) -> tuple[str, ...]:
    """The conditions and envelopes that say the older word, by id."""
    from governance.domain.conditions import MetricBound

    said = [each.id for each in policy.conditions if each.word == OLDER]
    return (*said, *(each.id for each in policy.envelopes if any(isinstance(row, MetricBound) for row in each.within)))


def _condition(catalogue: Catalogue, condition: Condition) -> Iterator[tuple[Place, str]]:
    met, waived, retested = condition.controls_met, condition.waiver_allowed, condition.safety_retested_after_change
    if met is not None:
        yield from _known(met.controls, catalogue.controls, "control", ("controls",))
        if met.framework is not None:
            yield from _framework(catalogue, met.framework)
        families = sorted({control.family.value for control in catalogue.controls.values()})
        if met.family is not None and met.family not in families:
            yield ("family",), f"there is no family {met.family!r}: say one of {', '.join(families)}"
    if condition.requirements_met is not None:
        yield from _requirements(catalogue, condition.requirements_met)
    if waived is not None:
        yield from _known(waived.controls, catalogue.controls, "control", ("controls",))
    if condition.fresh is not None:
        yield from _known(condition.fresh.kinds, catalogue.kinds, "kind", ("kinds",))
    if retested is not None:
        yield from _known(retested.purposes, catalogue.suites, "suite", ("purposes",))
    purpose = getattr(getattr(condition, condition.word), "purpose", None)
    if purpose is not None:
        yield from _known((purpose,), catalogue.suites, "suite", ("purpose",))


def _envelope(catalogue: Catalogue, envelope: Envelope) -> Iterator[tuple[Place, str]]:
    yield from _known(envelope.kinds, catalogue.kinds, "kind", ("kinds",))
    yield from _known(envelope.controls, catalogue.controls, "control", ("controls",))
    for place, bound in enumerate(envelope.within):
        if bound.purpose is not None:
            yield from _known((bound.purpose,), catalogue.suites, "suite", ("within", place, "purpose"))


def _framework(catalogue: Catalogue, name: str) -> Iterator[tuple[Place, str]]:
    series = {frame.series for frame in catalogue.frameworks.values()}
    yield from _known((name,), series | set(catalogue.frameworks), "framework", ("framework",))


def _requirements(catalogue: Catalogue, asked: RequirementsMet) -> Iterator[tuple[Place, str]]:
    strange = list(_framework(catalogue, asked.framework))
    yield from strange
    if strange:
        return
    frame = catalogue.framework(asked.framework)  # of a series the latest, which is what will be asked
    known = {row.id for row in catalogue.requirements[frame.id]}
    other = "" if asked.framework == frame.id else ", or name the version that has it"
    for number in asked.requirements:
        if number not in known:
            said = f"there is no requirement {number!r} of {frame.id}: correct the number{other}"
            yield ("requirements",), said


def _known(names: Iterable[str], known: Iterable[str], what: str, at: Place) -> Iterator[tuple[Place, str]]:
    for name in names:
        if name not in known:
            yield at, f"there is no {what} {name!r}: correct the name, or add it under {_HOME[what]}"
