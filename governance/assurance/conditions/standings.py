"""The words of a policy about standings, risks and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance import waivers
from governance.assurance.assess import SEVERITIES
from governance.assurance.conditions.telling import untold
from governance.domain.assessment import ConditionResult
from governance.domain.control import Standing
from governance.domain.evidence import Quality
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import ControlsMet, NoOpenFinding, RequirementsMet, RiskAtMost


def controls_met(condition: str, asked: ControlsMet, now: Now) -> ConditionResult:
    """Each of the controls is met, or waived; one that does not apply is left out; none at all is a *no*."""
    if asked.framework is not None:
        wanted = now.catalogue.controls_of(asked.framework, now.on.date())
    elif asked.family is not None:
        wanted = tuple(
            cid for cid in sorted(now.catalogue.controls) if now.catalogue.controls[cid].family == asked.family
        )
    else:
        wanted = asked.controls
    results = {cid: now.assessment.control(cid) for cid in wanted}
    unknown = [cid for cid, result in results.items() if result is None]
    live = [result for result in results.values() if result and result.standing is not Standing.NOT_APPLICABLE]
    if unknown:
        return ConditionResult(
            id=condition,
            answer=Answer.NO,
            reason=f"the catalogue has no control {', '.join(unknown)}",
            would_turn=("correct the name in the policy, or add the control",),
        )
    if not live:
        return ConditionResult(
            id=condition, answer=Answer.NO, reason="no control is asked for, and none of nothing is met"
        )
    standings = {result.id: f"{result.id} {result.standing}" for result in live}
    short, covers = [], []
    for result in live:
        if result.standing is Standing.MET:
            continue
        waived, notes = waivers.covering(result.id, result.standing, now.dossier, now.on)
        if waived is None:
            short.append(result)
            standings[result.id] += "".join(f" ({note})" for note in notes)
            continue
        covers.append(waived.id)
        waiver = waivers.waiver_of(waived)
        standings[result.id] += (
            f" (waived by {waived.decision.signer} until {waived.decision.expires}, tested again by {waiver.retest}: "
            f"{waiver.compensation})"
        )
    told = [result for result in short if result.standing in {Standing.UNMET, Standing.MISSING}]
    open_ones = [result for result in live if result.standing is not Standing.MET]
    reason = f"{len(live) - len(open_ones)} of {len(live)} controls met" + (f", {len(covers)} waived" if covers else "")
    if open_ones:
        reason += ": " + ", ".join(standings[result.id] for result in open_ones)
    return ConditionResult(
        id=condition,
        answer=Answer.YES if not short else Answer.NO if told else Answer.COULD_NOT_TELL,
        reason=reason,
        would_turn=tuple(f"{result.id}: {result.remedy}" for result in short),
        evidence=tuple(dict.fromkeys([*(piece for result in short for piece in result.evidence), *covers])),
    )


def requirements_met(condition: str, asked: RequirementsMet, now: Now) -> ConditionResult:
    """Each requirement of the framework that applies on the day is met. One that no control answers can not tell; none at all is a *no*."""
    frame = now.catalogue.framework(asked.framework, now.on.date())
    rows = [row for row in now.assessment.requirements if row.framework == frame.id]
    if asked.requirements:
        unknown = [name for name in asked.requirements if name not in {row.id for row in rows}]
        if unknown:
            return ConditionResult(
                id=condition, answer=Answer.NO,
                reason=f"{frame.id} was not judged for this system, or has no requirement {', '.join(unknown)}",
                would_turn=("name the framework in the system file, or correct the number in the policy",),
            )  # fmt: skip
        rows = [row for row in rows if row.id in asked.requirements]
    live = [row for row in rows if row.in_application and row.standing is not Standing.NOT_APPLICABLE]
    if not live:
        return ConditionResult(
            id=condition, answer=Answer.NO, would_turn=("name the framework in the system file",),
            reason=f"no requirement of {asked.framework} is asked of this system, and none of nothing is met",
        )  # fmt: skip
    short = [row for row in live if row.standing is not Standing.MET]
    told = [row for row in short if row.standing in {Standing.UNMET, Standing.MISSING}]
    reason = f"{len(live) - len(short)} of {len(live)} requirements of {frame.id} met"
    if short:
        shown = [f"{row.id} ({row.standing})" for row in short[:8]]
        reason += ": " + ", ".join(shown) + (f" and {len(short) - 8} more" if len(short) > 8 else "")
    return ConditionResult(
        id=condition,
        answer=Answer.YES if not short else Answer.NO if told else Answer.COULD_NOT_TELL,
        reason=reason,
        would_turn=tuple(
            f"{row.id}: meet {', '.join(row.controls) or 'it by hand: no control answers it'}" for row in short
        ),
    )


def risk_at_most(condition: str, asked: RiskAtMost, now: Now) -> ConditionResult:
    """No residual above the level, and none above the appetite where that is asked, but for one that its owner accepts.

    No risk at all can not tell. An acceptance does nothing about a level.
    """
    if not now.register:
        return untold(
            condition, "the register holds no risk, which says nothing about the system", ("add a risk library",)
        )
    above, notes, accepted = [], [], []
    for row in now.register:
        over_level = asked.level is not None and row.residual.level.rank > asked.level.rank
        over_appetite = asked.within_appetite and row.within_appetite is False
        held, said = waivers.accepting(row, now.dossier, now.on) if over_appetite else (None, [])
        if held is not None and not over_level:
            accepted.append(held.id)
            notes.append(
                f"{row.risk} {row.residual.score} accepted by {held.decision.signer} until {held.decision.expires}"
            )
        elif over_level or over_appetite:
            above.append(row)
            notes += said
    if asked.within_appetite and not above and any(row.appetite is None for row in now.register):
        turn = "state risk_appetite in the system file"
        return untold(condition, "the system states no risk appetite", (turn,))
    reason = f"{len(now.register) - len(above) - len(accepted)} of {len(now.register)} risks within the bound"
    if above:
        shown = [f"{row.risk} {row.residual.score} ({row.residual.level})" for row in above[:6]]
        reason += ": above it " + ", ".join(shown) + (f" and {len(above) - 6} more" if len(above) > 6 else "")
    reason = "; ".join([reason, *notes])
    return ConditionResult(
        id=condition,
        answer=Answer.NO if above else Answer.YES,
        reason=reason,
        evidence=tuple(accepted),
        would_turn=tuple(
            f"{row.risk}: meet "
            + (", ".join(s.control for s in row.steps if not s.counted) or "a control that mitigates it")
            for row in above
        ),
    )


def no_open_finding(condition: str, asked: NoOpenFinding, now: Now) -> ConditionResult:
    """No open finding of the severity or above. Weights that were not read whole may hold more than was found."""
    if now.dossier.candidate is None:
        return untold(
            condition, "no weights of a candidate were read, so nothing could be found", ("attach the model folder",)
        )
    floor = SEVERITIES.index(asked.severity)
    open_ = [finding for finding in now.assessment.findings if SEVERITIES.index(finding.severity) >= floor]
    reason = f"{len(open_)} open findings of severity {asked.severity} or above"
    if open_:
        reason += ": " + ", ".join(f"{finding.rule} in {finding.path or 'the run'}" for finding in open_[:5])
    whole = now.dossier.candidate.record
    if not open_ and whole.quality is not Quality.COMPLETE:
        why = "; ".join(whole.quality_reasons) or "the collector gave no reason"
        turn = "attach the whole model folder"
        return untold(condition, f"{reason}, but the weights were read {whole.quality}: {why}", (turn,))
    return ConditionResult(
        id=condition,
        answer=Answer.NO if open_ else Answer.YES,
        reason=reason,
        would_turn=tuple(dict.fromkeys(finding.remedy for finding in open_)),
        evidence=tuple(finding.evidence for finding in open_),
    )
