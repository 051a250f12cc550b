"""From the target that a person stated, and the assessment, to the gap plan.

A row is a gap while its requirement is wanted and does not stand as met; where only a part is wanted, a standing of *manual* (all
controls that answer a part are met) closes it too. A gap without an owner or a day says so: a plan nobody owns is none. What
is recorded as not measurable is accepted only in a framework that allows it, and keeps its raw standing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.assurance.requirements import HOLDS_FOR_DAYS, age_of, results_of, targets
from governance.domain.control import Standing
from governance.domain.target import NO_DAY, NOBODY, GapRow, ProfileResult, TargetProfile, TargetRow
from governance.errors import CouldNotTell, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.assessment import Assessment, RequirementResult
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.framework import Framework


_MEASURED = {Standing.MET, Standing.UNMET, Standing.MANUAL, Standing.STALE, Standing.INCONCLUSIVE}


def profiles(dossier: Dossier, catalogue: Catalogue, assessment: Assessment, on: datetime) -> tuple[ProfileResult, ...]:
    """The profiles of a system in every framework in its scope that has them, and in every other for which a target was stated.

    Each has all requirements of its framework. Of those that neither a person nor the content wants anything of, the target is None.
    """
    named = (row.framework for row in assessment.frameworks)
    scope = [name for name in named if name in catalogue.frameworks and catalogue.frameworks[name].has_profiles]
    stated = targets(dossier, catalogue, on)
    return tuple(
        _whole(catalogue.frameworks[name], stated.get(name), dossier, catalogue, assessment, on)
        for name in dict.fromkeys((*scope, *sorted(stated)))
    )


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
    held = _target(frame, targets(dossier, catalogue, on).get(frame.id), catalogue, on)
    if held is None:
        raise CouldNotTell(
            f"nobody stated a target for {frame.id}",
            where=dossier.system.id,
            hint=f"Write one: govern profile new {dossier.system.id} --framework {frame.id}",
        )
    return _result(held, _gaps(held.rows, frame, dossier, catalogue, assessment, on), frame, dossier, on)


def form(
    name: str | None, dossier: Dossier, catalogue: Catalogue, assessment: Assessment, on: datetime
) -> ProfileResult:
    """The profile to be filled in: what is stated or stands in, else every requirement of the framework."""
    try:
        return profile(name, dossier, catalogue, assessment, on)
    except CouldNotTell:
        frame = catalogue.framework(name or "", on.date())
    rows = tuple(TargetRow(requirement=row.id, target="achieved") for row in catalogue.requirements[frame.id])
    blank = _Target(rows, frame.id)
    return _result(blank, _gaps(rows, frame, dossier, catalogue, assessment, on), frame, dossier, on)


@dataclass(frozen=True)
class _Target:
    """What is wanted: its rows, where they stand, and for how long; `stated` where a person did it."""

    rows: tuple[TargetRow, ...]
    origin: str
    stated: bool = False
    old: bool = False


def _target(
    frame: Framework, held: tuple[Piece, TargetProfile] | None, catalogue: Catalogue, on: datetime
) -> _Target | None:
    """The target that a person stated, else that of the content, else None."""
    if held is not None:
        piece, stated = held
        age = age_of(piece, on)
        return _Target(stated.rows, piece.id, stated=True, old=age is not None and age > HOLDS_FOR_DAYS)
    standing_in = next(
        (each for each in catalogue.profiles.values() if each.framework in {frame.id, frame.series}), None
    )
    if standing_in is None:
        return None
    rows = (TargetRow(requirement=row.requirement, target="achieved", because=row.because) for row in standing_in.rows)
    return _Target(tuple(rows), standing_in.id)


def _whole(
    frame: Framework,
    stated: tuple[Piece, TargetProfile] | None,
    dossier: Dossier,
    catalogue: Catalogue,
    assessment: Assessment,
    on: datetime,
) -> ProfileResult:
    """The profile in one framework, with a row for each of its requirements, in its order."""
    held = _target(frame, stated, catalogue, on) or _Target((), "")
    made = {row.requirement: row for row in _gaps(held.rows, frame, dossier, catalogue, assessment, on)}
    rows = [
        made.pop(name) if name in made else _unstated(result)
        for name, result in results_of(frame, assessment, catalogue, dossier, on).items()
    ]
    return _result(held, (*rows, *made.values()), frame, dossier, on)


def _result(held: _Target, rows: tuple[GapRow, ...], frame: Framework, dossier: Dossier, on: datetime) -> ProfileResult:
    return ProfileResult(
        system=dossier.system.id,
        framework=frame.id,
        on=on.date(),
        origin=held.origin,
        stated=held.stated,
        old=held.old,
        rows=rows,
    )


def _unstated(result: RequirementResult) -> GapRow:
    return GapRow(
        requirement=result.id,
        title=result.title,
        current=result.standing,
        shown=result.shown,
        target=None,
        gap=False,
        action="",
        owner=None,
        due=None,
        overdue=False,
        because=None,
    )


def _gaps(
    rows: tuple[TargetRow, ...],
    frame: Framework,
    dossier: Dossier,
    catalogue: Catalogue,
    assessment: Assessment,
    on: datetime,
) -> tuple[GapRow, ...]:
    """The rows beside what their requirements come to, also where the system does not name the framework."""
    results = results_of(frame, assessment, catalogue, dossier, on)
    place = {requirement: at for at, requirement in enumerate(results)}
    remedies = {control.id: control.remedy for control in assessment.controls if control.standing is not Standing.MET}
    made = [_gap(row, results.get(row.requirement), remedies, frame.allows_not_measurable, on) for row in rows]
    return tuple(sorted(made, key=lambda row: place.get(row.requirement, len(place))))


def _gap(
    row: TargetRow,
    result: RequirementResult | None,
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
    if result is None:
        problems.append("the framework has no such requirement")
    elif row.target == "not-measurable" and result.standing in _MEASURED:
        gap = gap or result.standing is Standing.UNMET
        problems.append(f"on record as not measurable, and evidence makes it {result.standing}")
    if refused:
        problems.append("this framework does not accept that a thing is recorded as not measurable")
    if gap and row.owner is None:
        problems.append(NOBODY)
    if gap and row.due is None:
        problems.append(NO_DAY)
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
        instead=row.instead,
        problems=tuple(problems),
    )
