"""What the requirements of one framework come to, given what the controls came to.

A requirement is only as good as the controls that answer it, and parts never add up to the whole: where every control
that answers a part is met, the rest is a person's to judge, and the standing says *manual*. Where no control answers
it, the standing is *not-covered*, which is no standing of the system at all but a gap of the catalogue.

A provision that is not in application yet is assessed all the same, since people prepare for it, and is counted apart. One that
speaks to somebody whom the owner is not does not apply. What is on record as not measurable keeps its standing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from governance.assurance.asks import worst
from governance.assurance.subjects import moment
from governance.domain.assessment import RequirementResult, Shown
from governance.domain.control import Standing
from governance.domain.framework import Extent
from governance.domain.kind import Basis
from governance.domain.target import TARGET_KIND, TargetProfile
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment, ControlResult
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.framework import Framework, MetBy, Requirement

Said = TypeVar("Said", bound=BaseModel)

HOLDS_FOR_DAYS = 365
"""How long a record that something can not be measured is accepted."""


def held_against(
    frame: Framework,
    controls: Mapping[str, ControlResult],
    catalogue: Catalogue,
    dossier: Dossier,
    on: datetime,
    unmeasured: Mapping[tuple[str, str], str],
) -> tuple[RequirementResult, ...]:
    """Every requirement of a framework, in its order."""
    return tuple(
        _requirement(frame, row, controls, catalogue, dossier, unmeasured.get((frame.id, row.id)), on)
        for row in catalogue.requirements[frame.id]
    )


def results_of(
    frame: Framework, assessment: Assessment, catalogue: Catalogue, dossier: Dossier, on: datetime
) -> dict[str, RequirementResult]:
    """What each requirement of a framework comes to, by id and in its order, also where the system does not name the framework."""
    judged = tuple(row for row in assessment.requirements if row.framework == frame.id)
    if not judged:
        controls = {control.id: control for control in assessment.controls}
        judged = held_against(frame, controls, catalogue, dossier, on, not_measurable(dossier, catalogue, on))
    return {row.id: row for row in judged}


def stated(dossier: Dossier, kind: str, model: type[Said], on: datetime) -> Iterator[tuple[Piece, Said]]:
    """What people stated in pieces of a kind, newest last. What does not fit, or is dated after the moment, is left out."""
    for piece in sorted(dossier.of_kind(kind), key=moment):
        if piece.record.effective_at is not None and piece.record.effective_at > on:
            continue
        with suppress(ValidationError):
            yield piece, model.model_validate(piece.body)


def targets(dossier: Dossier, catalogue: Catalogue, on: datetime) -> dict[str, tuple[Piece, TargetProfile]]:
    """The newest stated target for each framework, by framework id.

    What does not fit, names no framework, or is dated after the moment is left out.
    """
    found: dict[str, tuple[Piece, TargetProfile]] = {}
    for piece, target in stated(dossier, TARGET_KIND, TargetProfile, on):
        with suppress(UsageError):
            found[catalogue.framework(target.framework, on.date()).id] = (piece, target)
    return found


def not_measurable(dossier: Dossier, catalogue: Catalogue, on: datetime) -> dict[tuple[str, str], str]:
    """The reason on record for each (framework, requirement) that can not be measured, where the framework allows one.

    A record that is older than a year, or bears no day, is none.
    """
    return {
        (framework_id, row.requirement): row.because or ""
        for framework_id, (piece, target) in targets(dossier, catalogue, on).items()
        if catalogue.frameworks[framework_id].allows_not_measurable and (age := age_of(piece, on)) is not None
        if age <= HOLDS_FOR_DAYS
        for row in target.rows
        if row.target == "not-measurable"
    }


def age_of(piece: Piece, on: datetime) -> int | None:
    """The age of a piece in days, or None where it bears no day."""
    effective = piece.record.effective_at
    return None if effective is None else (on - effective).days


def in_order(found: Iterable[Basis]) -> tuple[Basis, ...]:
    """Some bases, each once, strongest first."""
    held = set(found)
    return tuple(basis for basis in Basis if basis in held) if held else ()


def _requirement(
    frame: Framework,
    requirement: Requirement,
    controls: Mapping[str, ControlResult],
    catalogue: Catalogue,
    dossier: Dossier,
    unmeasured: str | None,
    on: datetime,
) -> RequirementResult:
    rows = [(row, controls[row.control]) for row in requirement.met_by if row.control in controls]
    live = [(row, result) for row, result in rows if result.standing is not Standing.NOT_APPLICABLE]
    coverage: Literal["full", "part", "none"] = "none"
    if rows:
        coverage = "full" if any(row.extent is Extent.FULL for row, _ in rows) else "part"
    standing, reasons = _standing(requirement, rows, live)
    stranger = _speaks_to_others(frame, requirement, dossier)
    if stranger is not None:
        standing, reasons = Standing.NOT_APPLICABLE, [stranger]
    bases = in_order({basis for _, result in live for basis in result.bases})
    dates = catalogue.applies(frame.id, requirement)
    first = min((each.since for each in dates), default=frame.in_force_from)
    return RequirementResult(
        framework=frame.id,
        id=requirement.id,
        title=requirement.title,
        group=requirement.group,
        standing=standing,
        coverage=coverage,
        reasons=tuple(reasons),
        controls=tuple(row.control for row in requirement.met_by),
        shown=_shown(standing, bases, unmeasured),
        bases=bases,
        applies_from=first,
        in_application=first <= on.date(),
        not_measurable=unmeasured,
    )


def _standing(
    requirement: Requirement, rows: list[tuple[MetBy, ControlResult]], live: list[tuple[MetBy, ControlResult]]
) -> tuple[Standing, list[str]]:
    if not rows:
        why = requirement.not_covered or "its controls are absent"
        return Standing.NOT_COVERED, [f"no control of the catalogue meets it: {why}"]
    if not live:
        return Standing.NOT_APPLICABLE, ["every control that answers it does not apply"]
    standing = worst([result.standing for _, result in live])
    if standing is Standing.MET and not any(row.extent is Extent.FULL for row, _ in live):
        names = ", ".join(result.id for _, result in live)
        return Standing.MANUAL, [f"{names} met, which answers a part; a person judges the rest"]
    return standing, [f"{result.id} is {result.standing}" for _, result in live if result.standing is standing]


def _speaks_to_others(frame: Framework, requirement: Requirement, dossier: Dossier) -> str | None:
    """Why a requirement does not concern the owner, who stated in which roles the framework speaks to them.

    A role that the framework does not know says nothing, so that a misspelt one takes nothing out of scope.
    """
    stated = [role for role in dossier.system.roles.get(frame.series, ()) if role in frame.addressees]
    if not stated or requirement.addressee is None or requirement.addressee in frame.counted_as(stated):
        return None
    return f"it speaks to the {requirement.addressee}, and the owner states to be {', '.join(stated)}"


def _shown(standing: Standing, bases: tuple[Basis, ...], unmeasured: str | None) -> Shown:
    if unmeasured is not None:
        return Shown.NOT_MEASURABLE
    if standing is Standing.NOT_COVERED:
        return Shown.NOT_COVERED
    if standing is Standing.NOT_APPLICABLE:
        return Shown.NOT_APPLICABLE
    return Shown(bases[-1].value) if bases else Shown.NOT_ASSESSED
