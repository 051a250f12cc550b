"""The Statement of Applicability and the list of documented information, as the evidence bears them out.

What a person declared and what evidence shows are two columns, never one. A control declared *implemented* that no evidence
bears out is a problem of its row; so is one without an owner, one never reviewed, and one that was excluded while evidence
shows it is done.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from governance.assurance.requirements import age_of, results_of, stated
from governance.domain.applicability import (
    ANNEX_A,
    SERIES,
    SOA_KIND,
    Applicability,
    ApplicabilityRow,
    DocumentedRow,
    StatedRow,
    Statement,
)
from governance.domain.control import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from governance.domain.assessment import Assessment, ControlResult, RequirementResult
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.framework import Requirement
    from governance.domain.risk import RegisterRow

REVIEW_HOLDS_FOR_DAYS = 365
NOT_STATED = "not stated"


def numbers(catalogue: Catalogue, name: str, day: date) -> tuple[Requirement, ...]:
    """The controls of Annex A in the version of the standard that a name means on a day."""
    rows = catalogue.requirements[catalogue.framework(name, day).id]
    return tuple(row for row in rows if row.id.startswith(ANNEX_A))


def in_scope(assessment: Assessment) -> bool:
    """Whether a system is held against the standard at all."""
    return any(frame.series == SERIES for frame in assessment.frameworks)


def applicability(
    dossier: Dossier, catalogue: Catalogue, assessment: Assessment, register: tuple[RegisterRow, ...], on: datetime
) -> Applicability:
    """The statement of a system. Raises `UsageError` where no version of ISO/IEC 42001 is in the content."""
    piece, statement = next(reversed(list(stated(dossier, SOA_KIND, Statement, on))), (None, None))
    frame = catalogue.framework(statement.framework if statement else SERIES, on.date())
    said = {row.control: row for row in statement.rows} if statement else {}
    controls = {result.id: result for result in assessment.controls}
    results = results_of(frame, assessment, catalogue, dossier, on)
    treated = _treated(register)
    rows = tuple(
        _row(requirement, said.get(requirement.id), results[requirement.id], controls, treated, on.date())
        for requirement in numbers(catalogue, frame.id, on.date())
    )
    problems = []
    if statement is None:
        problems.append("no Statement of Applicability was attached: nothing was stated of any control")
    elif statement.approved_by is None:
        problems.append("nobody has approved this statement")
    if statement and statement.approved_on and statement.approved_on > on.date():
        problems.append(f"its approval is dated {statement.approved_on}, which has not come")
    age = age_of(piece, on) if piece else None
    if age is not None and age > REVIEW_HOLDS_FOR_DAYS:
        problems.append(f"this statement is {age} days old")
    return Applicability(
        system=dossier.system.id,
        framework=frame.id,
        framework_title=frame.title,
        on=on.date(),
        source=piece.id if piece else None,
        version=statement.version if statement else NOT_STATED,
        scope=statement.scope if statement else NOT_STATED,
        approver=f"{statement.approved_by.name}, {statement.approved_by.role}"
        if statement and statement.approved_by
        else "nobody",
        approved_on=statement.approved_on if statement else None,
        rows=rows,
        own_controls=statement.own_controls if statement else (),
        problems=tuple(problems),
    )


def _treated(register: tuple[RegisterRow, ...]) -> dict[str, tuple[str, ...]]:
    """The risks that each control mitigates, in the order of the register."""
    found: dict[str, tuple[str, ...]] = {}
    for row in register:
        for step in row.steps:
            found[step.control] = (*found.get(step.control, ()), row.risk)
    return found


def _row(
    requirement: Requirement,
    stated: StatedRow | None,
    result: RequirementResult,
    controls: Mapping[str, ControlResult],
    treated: Mapping[str, tuple[str, ...]],
    day: date,
) -> ApplicabilityRow:
    answering = [controls[row.control] for row in requirement.met_by if row.control in controls]
    linked = [risk for control in answering for risk in treated.get(control.id, ())]
    return ApplicabilityRow(
        control=requirement.id,
        title=requirement.title,
        stated=stated is not None,
        applicable=stated.applicable if stated else None,
        justification=stated.justification if stated else NOT_STATED,
        status=stated.status if stated else None,
        how=(stated.how if stated else None) or NOT_STATED,
        owner=(stated.owner if stated else None) or NOT_STATED,
        last_review=stated.last_review if stated else None,
        risks=tuple(dict.fromkeys([*(stated.risks if stated else ()), *linked])),
        standing=result.standing,
        evidence=tuple(dict.fromkeys(piece for control in answering for piece in control.evidence)),
        problems=tuple(_problems(stated, result.standing, [control.standing for control in answering], day)),
    )


def _problems(stated: StatedRow | None, standing: Standing, answers: list[Standing], day: date) -> list[str]:
    if stated is None:
        return ["nothing was stated"]
    found = []
    shown = Standing.MET in answers
    if stated.status == "implemented" and not shown:
        found.append(f"declared implemented, and no evidence bears it out: {standing}")
    elif stated.status == "implemented" and standing not in {Standing.MET, Standing.MANUAL}:
        found.append(f"declared implemented, and the evidence is not whole: {standing}")
    if not stated.applicable and shown:
        found.append("excluded, and there is evidence that it is done")
    if stated.applicable and stated.owner is None:
        found.append("nobody owns it")
    if stated.last_review is None:
        found.append("never reviewed")
    elif (day - stated.last_review).days > REVIEW_HOLDS_FOR_DAYS:
        found.append(f"last reviewed {(day - stated.last_review).days} days ago")
    elif stated.last_review > day:
        found.append("its last review lies in the future")
    return found


def documented(
    dossier: Dossier, catalogue: Catalogue, assessment: Assessment, on: datetime, framework: str = SERIES
) -> tuple[DocumentedRow, ...]:
    """What documented information a framework wants: what is there, where, how old, and what is missing."""
    frame = catalogue.framework(framework, on.date())
    controls = {result.id: result for result in assessment.controls}
    return tuple(
        _document(
            frame.id,
            requirement,
            kept.what,
            kept.form,
            [controls[c] for c in kept.shown_by if c in controls],
            dossier,
            on,
        )
        for requirement in catalogue.requirements[frame.id]
        for kept in requirement.documented
    )


def _document(
    framework: str,
    requirement: Requirement,
    what: str,
    form: str,
    answering: list[ControlResult],
    dossier: Dossier,
    on: datetime,
) -> DocumentedRow:
    ids = [piece for control in answering for piece in control.evidence]
    pieces = [dossier.by_id[piece] for piece in dict.fromkeys(ids) if piece in dossier.by_id]
    moments = [piece.record.effective_at for piece in pieces if piece.record.effective_at is not None]
    standings = {control.standing for control in answering}
    if not answering:
        state, reason = "not-shown-here", "no control asks for it; look for it by hand"
    elif standings <= {Standing.MISSING, Standing.NOT_APPLICABLE} or not (ids or Standing.MET in standings):
        state, reason = "missing", "; ".join(f"{control.id}: {control.reasons[0]}" for control in answering)
    elif Standing.STALE in standings:
        stale = [control for control in answering if control.standing is Standing.STALE]
        state, reason = "old", "; ".join(f"{control.id}: {control.reasons[0]}" for control in stale)
    elif standings <= {Standing.MET, Standing.NOT_APPLICABLE}:
        state, reason = "there", ", ".join(control.id for control in answering)
    else:
        short = [control for control in answering if control.standing is not Standing.MET]
        state, reason = (
            "not-whole",
            "; ".join(f"{control.id} is {control.standing}: {control.reasons[0]}" for control in short),
        )
    newest = max(moments, default=None)
    return DocumentedRow.model_validate(
        {
            "framework": framework,
            "requirement": requirement.id,
            "title": requirement.title,
            "what": what,
            "form": form,
            "state": state,
            "where": tuple(_where(piece) for piece in pieces),
            "newest": newest.date() if newest else None,
            "age_days": int((on - newest) / timedelta(days=1)) if newest else None,
            "reason": reason,
        }
    )


def _where(piece: Piece) -> str:
    document = piece.body.get("document")
    name = document.get("name") if isinstance(document, dict) else None
    source = name or (piece.record.sources[0].path if piece.record.sources else piece.record.subject.name)
    return f"{source} ({piece.id})"
