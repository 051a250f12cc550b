"""From the target that a person stated, and the assessment, to the gap plan.

A row is a gap while its requirement is wanted and does not stand as met; where only a part is wanted, a standing of *manual* (all
controls that answer a part are met) closes it too. A gap without an owner or a day says so: a plan nobody owns is none. What
is recorded as not measurable is accepted only in a framework that allows it, and keeps its raw standing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from governance.assurance.subjects import moment
from governance.domain.control import Standing
from governance.domain.target import TARGET_KIND, GapRow, ProfileResult, TargetProfile, TargetRow
from governance.errors import CouldNotTell, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.assessment import Assessment, RequirementResult
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece


def targets(dossier: Dossier, catalogue: Catalogue, on: datetime) -> dict[str, tuple[Piece, TargetProfile]]:
    """The newest stated target for each framework, by framework id; what does not fit or names no framework is left out."""
    found: dict[str, tuple[Piece, TargetProfile]] = {}
    for piece in sorted(dossier.of_kind(TARGET_KIND), key=moment):
        try:
            stated = TargetProfile.model_validate(piece.body)
            frame = catalogue.framework(stated.framework, on.date())
        except (ValidationError, UsageError):
            continue
        found[frame.id] = (piece, stated)
    return found


def not_measurable(dossier: Dossier, catalogue: Catalogue, on: datetime) -> dict[tuple[str, str], str]:
    """The reason on record for each (framework, requirement) that can not be measured, where the framework allows one."""
    return {
        (framework_id, row.requirement): row.because or ""
        for framework_id, (_, stated) in targets(dossier, catalogue, on).items()
        if catalogue.frameworks[framework_id].allows_not_measurable
        for row in stated.rows
        if row.target == "not-measurable"
    }


def profile(
    name: str | None, dossier: Dossier, catalogue: Catalogue, assessment: Assessment, on: datetime
) -> ProfileResult:
    """The profile of a system in a framework, given by id or series; without a name, that of the default profile.

    Raises `CouldNotTell` where neither a person nor the content states a target.
    """
    default = next((each for each in catalogue.profiles.values() if each.default), None)
    if name is None and default is None:
        raise UsageError("there is no default profile", hint="Name a framework: --framework")
    frame = catalogue.framework(name or (default.framework if default else ""), on.date())
    held = targets(dossier, catalogue, on).get(frame.id)
    standing_in = next(
        (each for each in catalogue.profiles.values() if each.framework in {frame.id, frame.series}), None
    )
    if held is not None:
        piece, stated = held
        rows, origin = stated.rows, piece.id
    elif standing_in is not None:
        rows = tuple(
            TargetRow(requirement=row.requirement, target="achieved", because=row.because) for row in standing_in.rows
        )
        origin = standing_in.id
    else:
        raise CouldNotTell(
            f"nobody stated a target for {frame.id}",
            where=dossier.system.id,
            hint=f"Write one: govern profile new {dossier.system.id} --framework {frame.id}",
        )
    results = {row.id: row for row in assessment.requirements if row.framework == frame.id}
    order = [row.id for row in catalogue.requirements[frame.id]]
    remedies = {control.id: control.remedy for control in assessment.controls if control.standing is not Standing.MET}
    made = [_gap(row, results.get(row.requirement), order, remedies, frame.allows_not_measurable, on) for row in rows]
    return ProfileResult(
        system=dossier.system.id,
        framework=frame.id,
        on=on.date(),
        origin=origin,
        stated=held is not None,
        rows=tuple(
            sorted(made, key=lambda row: order.index(row.requirement) if row.requirement in order else len(order))
        ),
    )


def form(
    name: str | None, dossier: Dossier, catalogue: Catalogue, assessment: Assessment, on: datetime
) -> ProfileResult:
    """The profile to be filled in: what is stated or stands in, else every requirement of the framework."""
    try:
        return profile(name, dossier, catalogue, assessment, on)
    except CouldNotTell:
        frame = catalogue.framework(name or "", on.date())
    results = {row.id: row for row in assessment.requirements if row.framework == frame.id}
    numbers = [row.id for row in catalogue.requirements[frame.id]]
    rows = [TargetRow(requirement=number, target="achieved") for number in numbers]
    made = tuple(_gap(row, results.get(row.requirement), numbers, {}, frame.allows_not_measurable, on) for row in rows)
    return ProfileResult(
        system=dossier.system.id, framework=frame.id, on=on.date(), origin=frame.id, stated=False, rows=made
    )


def _gap(
    row: TargetRow,
    result: RequirementResult | None,
    order: list[str],
    remedies: dict[str, str],
    allows_not_measurable: bool,
    on: datetime,
) -> GapRow:
    enough = {Standing.MET, Standing.NOT_APPLICABLE} | (
        {Standing.MANUAL} if row.target == "achieved-in-part" else set()
    )
    refused = row.target == "not-measurable" and not allows_not_measurable
    wanted = row.target in {"achieved", "achieved-in-part"} or refused
    gap = wanted and (result is None or result.standing not in enough)
    problems = []
    if row.requirement not in order:
        problems.append("the framework has no such requirement")
    if refused:
        problems.append("this framework does not accept that a thing is recorded as not measurable")
    if gap and row.owner is None:
        problems.append("nobody owns it")
    if gap and row.due is None:
        problems.append("no day is set")
    steps = [remedies[control] for control in (result.controls if result else ()) if control in remedies]
    if result is not None and not result.controls:
        steps = ["No control answers it; write one of your own, or record what is done by hand."]
    return GapRow(
        requirement=row.requirement,
        title=result.title if result else row.requirement,
        current=result.standing if result else None,
        shown=result.shown if result else None,
        target=row.target,
        gap=gap,
        action=row.action or " ".join(steps[:2]) or ("A person judges what the controls leave open." if gap else ""),
        owner=row.owner,
        due=row.due,
        overdue=gap and row.due is not None and row.due < on.date(),
        because=row.because,
        problems=tuple(problems),
    )
