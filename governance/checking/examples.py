"""Every file carries examples, and here they are all run.

A kind's examples are held against its schema. A control's examples become small dossiers and must come to the standing they
name; every standing that a control can come to must be shown by one. A policy's examples become small cases and must get the
answer they name; a policy without an example that allows and one that denies is a fault of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from governance.assurance.assess import judge
from governance.assurance.gate import gate
from governance.attaching import Kinds, validator
from governance.checking.cases import body_of, case_of, dossier_of, noon
from governance.domain.base import is_placeholder
from governance.domain.control import Standing
from governance.errors import ContentError, GovernanceError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue
    from governance.domain.control import Control
    from governance.domain.kind import Kind
    from governance.domain.policy import Policy

    Fault = tuple[str, tuple[str | int, ...], str]

SYSTEM_KIND = "system.v1"


def run(catalogue: Catalogue) -> Iterator[Fault]:
    """Run every example; yields (path, place in the file, sentence) for each fault."""
    kinds = Kinds(catalogue)
    for kind in catalogue.kinds.values():
        yield from _kind(kind)
    for control in catalogue.controls.values():
        yield from _control(catalogue, kinds, control)
        yield from _ages(catalogue, control)
    for policy in catalogue.policies.values():
        yield from _policy(catalogue, policy)


def reachable(control: Control) -> set[Standing]:
    """The standings that a control can come to, read off its asks."""
    found = {Standing.MET}
    if control.applies_when is not None:
        found.add(Standing.NOT_APPLICABLE)
    for ask in control.asks:
        if ask.expect or ask.topic is not None:
            found.add(Standing.UNMET)
        if ask.kind != SYSTEM_KIND:
            found |= {Standing.MISSING, Standing.INCONCLUSIVE}
            if ask.within is not None or ask.topic is not None:
                found.add(Standing.STALE)
    return found


def _kind(kind: Kind) -> Iterator[Fault]:
    path = f"evidence/kinds/{kind.id}.yaml"
    try:
        schema = validator(kind)
    except ContentError as error:
        yield path, ("body",), error.message
        return
    try:
        canonical.dumps([kind.examples.holds, kind.examples.refused])
    except GovernanceError as error:
        yield path, ("examples",), f"an example is not JSON (is a date without quotes?): {error.message}"
        return
    for name, body in kind.examples.holds.items():
        for wrong in list(schema.iter_errors(body))[:1]:
            yield path, ("examples", "holds", name), f"the example {name!r} should hold: {wrong.message}"
    for name, body in kind.examples.refused.items():
        if schema.is_valid(body):
            yield path, ("examples", "refused", name), f"the example {name!r} should be refused"
    for place in _undescribed(kind.body, ("body",)):
        yield path, (*place, "description"), f"the field {place[-1]} has no description"


def _undescribed(schema: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Every field of a schema, at any depth, that says neither what it means nor where that is said."""
    if not isinstance(schema, dict):
        return
    for name, field in (schema.get("properties") or {}).items():
        here = (*place, "properties", name)
        if isinstance(field, dict) and is_placeholder(field.get("description", "")) and "$ref" not in field:
            yield here
        yield from _undescribed(field, here)
    for word in ("items", "additionalProperties"):
        yield from _undescribed(schema.get(word), (*place, word))
    for name, inner in (schema.get("$defs") or {}).items():
        yield from _undescribed(inner, (*place, "$defs", name))


def _control(catalogue: Catalogue, kinds: Kinds, control: Control) -> Iterator[Fault]:
    path = f"controls/catalogue/{control.id}.yaml"
    for place, example in enumerate(control.examples):
        at = ("examples", place)
        try:
            for piece in example.evidence:
                kinds.require(piece.kind, body_of(piece, catalogue))
            result = judge(control, dossier_of(control, example, catalogue), catalogue, noon(example.on))
        except (GovernanceError, ValueError) as error:
            yield path, at, f"the example {example.name!r} can not be run: {error}"
            continue
        if result.standing is not example.comes_to:
            why = "; ".join(result.reasons)
            yield path, at, f"the example {example.name!r} comes to {result.standing}, not {example.comes_to}: {why}"
    shown = {example.comes_to for example in control.examples}
    for standing in Standing:
        if standing in reachable(control) - shown:
            yield path, ("examples",), f"it can come to {standing}, and no example shows it"


def _ages(catalogue: Catalogue, control: Control) -> Iterator[Fault]:
    """An ask may not let evidence grow older than its kind says it stays fresh, unless it is a statement with its own review."""
    for place, ask in enumerate(control.asks):
        fresh = catalogue.kinds[ask.kind].fresh_for
        if fresh is not None and ask.within is not None and ask.within > fresh and ask.topic is None:
            said = f"ask {ask.id} lets {ask.kind} be {ask.within} days old, and its kind stays fresh for {fresh}"
            yield f"controls/catalogue/{control.id}.yaml", ("asks", place, "within"), said


def _policy(catalogue: Catalogue, policy: Policy) -> Iterator[Fault]:
    path = f"policies/{policy.id}.yaml"
    alone = replace(
        catalogue, policies={policy.id: policy}
    )  # its examples are of its own conditions, whatever floors there are
    answers = {example.answers.value for example in policy.examples}
    if policy.conditions and not {"yes", "no"} <= answers:
        yield path, ("examples",), "give an example that allows and one that denies"
    for place, example in enumerate(policy.examples):
        at = ("examples", place)
        try:
            dossier, assessment, rows = case_of(policy, example, alone)
            result = gate(policy, dossier, alone, assessment, rows, noon(example.on))
        except (GovernanceError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield path, at, f"the example {example.name!r} can not be run: {error}"
            continue
        if result.answer is not example.answers:
            why = "; ".join(f"{c.id} {c.answer}: {c.reason}" for c in result.conditions if c.answer != example.answers)
            yield path, at, f"the example {example.name!r} answers {result.answer}, not {example.answers}: {why}"
