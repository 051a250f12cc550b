"""The closed vocabulary of a policy, one judge a word.

Each judge returns yes, no or could-not-tell with the numbers it looked at and, for a *no*, what would turn it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from governance.assurance import waivers
from governance.assurance.assess import SEVERITIES
from governance.assurance.metrics import metric, untold
from governance.assurance.sign_off import duties_apart, signed_by
from governance.domain.assessment import ConditionResult
from governance.domain.control import Standing
from governance.domain.evidence import Quality
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.policy import ControlsMet, NoOpenFinding, Policy, RiskAtMost
    from governance.domain.risk import RegisterRow


class Judge(Protocol):
    """Answers one word of the vocabulary."""

    def __call__(
        self,
        condition: str,
        asked: Any,
        *,
        dossier: Dossier,
        catalogue: Catalogue,
        assessment: Assessment,
        register: tuple[RegisterRow, ...],
        on: datetime,
        policy: Policy,
        policy_digest: str,
        contents: Mapping[str, Catalogue],
    ) -> ConditionResult:
        """The answer of one condition, from what it asks and all that is known."""
        ...


def controls_met(
    condition: str,
    asked: ControlsMet,
    *,
    dossier: Dossier,
    catalogue: Catalogue,
    assessment: Assessment,
    on: datetime,
    **_: Any,
) -> ConditionResult:
    """Each of the controls is met, or waived; one that does not apply is left out; none at all is a *no*."""
    if asked.framework is not None:
        wanted = catalogue.controls_of(asked.framework, on.date())
    elif asked.family is not None:
        wanted = tuple(cid for cid in sorted(catalogue.controls) if catalogue.controls[cid].family == asked.family)
    else:
        wanted = asked.controls
    results = {cid: assessment.control(cid) for cid in wanted}
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
        waived, notes = waivers.covering(result.id, result.standing, dossier, on)
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


def risk_at_most(
    condition: str, asked: RiskAtMost, *, dossier: Dossier, register: tuple[RegisterRow, ...], on: datetime, **_: Any
) -> ConditionResult:
    """No residual above the level, and none above the appetite where that is asked, but for one that its owner accepts.

    No risk at all can not tell. An acceptance does nothing about a level.
    """
    if not register:
        return untold(
            condition, "the register holds no risk, which says nothing about the system", ("add a risk library",)
        )
    above, notes, accepted = [], [], []
    for row in register:
        over_level = asked.level is not None and row.residual.level.rank > asked.level.rank
        over_appetite = asked.within_appetite and row.within_appetite is False
        held, said = waivers.accepting(row, dossier, on) if over_appetite else (None, [])
        if held is not None and not over_level:
            accepted.append(held.id)
            notes.append(
                f"{row.risk} {row.residual.score} accepted by {held.decision.signer} until {held.decision.expires}"
            )
        elif over_level or over_appetite:
            above.append(row)
            notes += said
    if asked.within_appetite and not above and any(row.appetite is None for row in register):
        turn = "state risk_appetite in the system file"
        return untold(condition, "the system states no risk appetite", (turn,))
    reason = f"{len(register) - len(above) - len(accepted)} of {len(register)} risks within the bound"
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


def no_open_finding(
    condition: str, asked: NoOpenFinding, *, assessment: Assessment, dossier: Dossier, **_: Any
) -> ConditionResult:
    """No open finding of the severity or above. Weights that were not read whole may hold more than was found."""
    if dossier.candidate is None:
        return untold(
            condition, "no weights of a candidate were read, so nothing could be found", ("attach the model folder",)
        )
    floor = SEVERITIES.index(asked.severity)
    open_ = [finding for finding in assessment.findings if SEVERITIES.index(finding.severity) >= floor]
    reason = f"{len(open_)} open findings of severity {asked.severity} or above"
    if open_:
        reason += ": " + ", ".join(f"{finding.rule} in {finding.path or 'the run'}" for finding in open_[:5])
    whole = dossier.candidate.record
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


JUDGES: Mapping[str, Judge] = {
    "controls_met": controls_met,
    "metric": metric,
    "risk_at_most": risk_at_most,
    "no_open_finding": no_open_finding,
    "signed_by": signed_by,
    "duties_apart": duties_apart,
}
"""The vocabulary: the name of a field of `Condition` and the judge that answers it."""
