"""The closed vocabulary of a policy, one judge a word.

Each judge returns yes, no or could-not-tell with the numbers it looked at and, for a *no*, what would turn it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from governance.assurance.assess import SEVERITIES
from governance.assurance.intervals import Interval, of_difference, of_result
from governance.domain.assessment import ConditionResult
from governance.domain.control import Standing
from governance.domain.decision import DecisionKind
from governance.domain.evidence import Quality, Role
from governance.domain.policy import Answer
from governance.domain.system import person_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.decision import Decision, SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.policy import ControlsMet, MetricBound, NoOpenFinding, RiskAtMost, SignedBy
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
        policy_digest: str,
    ) -> ConditionResult: ...


def controls_met(
    condition: str, asked: ControlsMet, *, catalogue: Catalogue, assessment: Assessment, **_: Any
) -> ConditionResult:
    """Each of the controls is met; one that does not apply is left out; none at all is a *no*."""
    if asked.framework is not None:
        wanted = catalogue.controls_of(asked.framework)
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
    short = [result for result in live if result.standing is not Standing.MET]
    told = [result for result in short if result.standing in {Standing.UNMET, Standing.MISSING}]
    reason = f"{len(live) - len(short)} of {len(live)} controls met"
    if short:
        reason += ": " + ", ".join(f"{result.id} {result.standing}" for result in short)
    return ConditionResult(
        id=condition,
        answer=Answer.YES if not short else Answer.NO if told else Answer.COULD_NOT_TELL,
        reason=reason,
        would_turn=tuple(f"{result.id}: {result.remedy}" for result in short),
        evidence=tuple(dict.fromkeys(piece for result in short for piece in result.evidence)),
    )


def metric(condition: str, asked: MetricBound, *, dossier: Dossier, **_: Any) -> ConditionResult:
    """The whole interval must lie on the right side of the bound; an interval that straddles it can not tell."""
    candidate, piece = _newest(dossier, asked, Role.CANDIDATE)
    bound = asked.at_least if asked.at_least is not None else asked.at_most
    sign = "≥" if asked.at_least is not None else "≤"
    what = f"{asked.task} {asked.metric}" + (" against base" if asked.against else "")
    if candidate is None or piece is None:
        return _untold(condition, f"no complete result {what} of the candidate", (f"run {asked.task} and attach its results",))
    used = [piece.id]
    interval = of_result(candidate, asked.confidence)
    if asked.against == "base":
        reference, base_piece = _newest(dossier, asked, Role.BASE)
        if reference is None or base_piece is None:
            return _untold(condition, f"no complete result {what} of the base model", (f"run {asked.task} on the base model and attach its results",))
        used.append(base_piece.id)
        held = of_result(reference, asked.confidence)
        interval = of_difference(interval, held) if interval and held else None
    if interval is None:
        return _untold(condition, f"{what} = {candidate.get('value')} without n or standard error", ("attach results that state n or a standard error",), used)
    said = (
        f"{what} = {interval.point:.4g}, {asked.confidence:.0%} interval {interval.low:.4g} to {interval.high:.4g} "
        f"({interval.method}, n {interval.n if interval.n is not None else 'not stated'}), bound {sign} {bound:g}"
    )
    answer = _side(interval, asked)
    turn = {
        Answer.YES: (),
        Answer.NO: (f"a model with {asked.task} {asked.metric} {sign} {bound:g}" + (" of the base" if asked.against else ""),),
        Answer.COULD_NOT_TELL: (f"more samples of {asked.task}: the interval reaches over the bound",),
    }[answer]
    return ConditionResult(id=condition, answer=answer, reason=said, would_turn=turn, evidence=tuple(used))


def risk_at_most(
    condition: str, asked: RiskAtMost, *, register: tuple[RegisterRow, ...], **_: Any
) -> ConditionResult:
    """No residual above the level, and none above the appetite where that is asked. No risk at all can not tell."""
    if not register:
        return _untold(condition, "the register holds no risk, which says nothing about the system", ("add a risk library",))
    above = [row for row in register if asked.level is not None and row.residual.level.rank > asked.level.rank]
    if asked.within_appetite:
        if register[0].appetite is None:
            return _untold(condition, "the system states no risk appetite", ("state risk_appetite in the system file",))
        above += [row for row in register if row.within_appetite is False and row not in above]
    reason = f"{len(register) - len(above)} of {len(register)} risks within the bound"
    if above:
        shown = [f"{row.risk} {row.residual.score} ({row.residual.level})" for row in above[:6]]
        reason += ": above it " + ", ".join(shown) + (f" and {len(above) - 6} more" if len(above) > 6 else "")
    return ConditionResult(
        id=condition,
        answer=Answer.NO if above else Answer.YES,
        reason=reason,
        would_turn=tuple(
            f"{row.risk}: meet " + (", ".join(s.control for s in row.steps if not s.counted) or "a control that mitigates it")
            for row in above
        ),
    )


def no_open_finding(
    condition: str, asked: NoOpenFinding, *, assessment: Assessment, dossier: Dossier, **_: Any
) -> ConditionResult:
    """No open finding of the severity or above. Before any weights were read there is nothing to find, and no answer."""
    if dossier.candidate is None:
        return _untold(condition, "no weights of a candidate were read, so nothing could be found", ("attach the model folder",))
    floor = SEVERITIES.index(asked.severity)
    open_ = [finding for finding in assessment.findings if SEVERITIES.index(finding.severity) >= floor]
    reason = f"{len(open_)} open findings of severity {asked.severity} or above"
    if open_:
        reason += ": " + ", ".join(f"{finding.rule} in {finding.path or 'the run'}" for finding in open_[:5])
    return ConditionResult(
        id=condition,
        answer=Answer.NO if open_ else Answer.YES,
        reason=reason,
        would_turn=tuple(dict.fromkeys(finding.remedy for finding in open_)),
        evidence=tuple(finding.evidence for finding in open_),
    )


def signed_by(
    condition: str, asked: SignedBy, *, dossier: Dossier, on: datetime, policy_digest: str, **_: Any
) -> ConditionResult:
    """Enough different people approve this very identity under this very policy, and nobody has withdrawn or rejected."""
    if dossier.identity is None:
        return _untold(condition, "no weights of a candidate were attached, so there is nothing to sign", ("attach the model folder",))
    identity = dossier.identity.digest
    standing: dict[tuple[str, str], SignedDecision] = {}
    problems: list[str] = []
    for signed in dossier.decisions:
        problem = _unfit(signed, identity, policy_digest, on)
        if problem is None:
            standing[(person_key(signed.decision.signer), signed.decision.role)] = signed
        else:
            problems.append(f"{signed.decision.signer} ({signed.decision.role}): {problem}")
    refused = [s.decision for s in standing.values() if s.decision.decision is not DecisionKind.APPROVE]
    missing = []
    for role in asked.roles:
        people = {who for (who, held), s in standing.items() if held == role and s.decision.decision is DecisionKind.APPROVE}
        if len(people) < asked.people:
            missing.append(f"{asked.people - len(people)} approval in the role {role}")
    if refused or missing:
        said = [f"{d.signer} ({d.role}) says {d.decision}: {d.reason}" for d in refused] + [f"missing: {text}" for text in missing]
        return ConditionResult(
            id=condition,
            answer=Answer.NO,
            reason="; ".join(said + problems),
            would_turn=tuple(f"{text}: govern sign {dossier.system.id} --decision approve --role …" for text in missing),
            evidence=tuple(signed.id for signed in dossier.decisions),
        )
    approvals = [signed for signed in standing.values() if signed.decision.role in asked.roles]
    later = _after(dossier, approvals)
    if later:
        return _untold(condition, f"{later} pieces of evidence were recorded after the last approval", ("sign again over the present ledger",))
    names = ", ".join(f"{signed.decision.signer} ({signed.decision.role})" for signed in approvals)
    return ConditionResult(
        id=condition, answer=Answer.YES, reason=f"approved by {names}", evidence=tuple(s.id for s in approvals)
    )


JUDGES: Mapping[str, Judge] = {
    "controls_met": controls_met,
    "metric": metric,
    "risk_at_most": risk_at_most,
    "no_open_finding": no_open_finding,
    "signed_by": signed_by,
}
"""The vocabulary: the name of a field of `Condition` and the judge that answers it."""


def _untold(condition: str, reason: str, turn: tuple[str, ...], used: list[str] | None = None) -> ConditionResult:
    return ConditionResult(
        id=condition, answer=Answer.COULD_NOT_TELL, reason=reason, would_turn=turn, evidence=tuple(used or ())
    )


def _newest(dossier: Dossier, asked: MetricBound, role: Role) -> tuple[Mapping[str, Any] | None, Piece | None]:
    wanted = dossier.candidate.record.subject.digest if dossier.candidate else None
    best: tuple[Mapping[str, Any], Piece] | None = None
    for piece in dossier.of_kind("eval-run.v1"):
        subject = piece.record.subject
        if subject.role is not role or piece.record.quality is not Quality.COMPLETE:
            continue
        if role is Role.CANDIDATE and (wanted is None or subject.digest != wanted):
            continue
        for row in piece.body["results"]:
            if row.get("task") == asked.task and row.get("metric") == asked.metric:
                moments = (piece.record.effective_at, best[1].record.effective_at) if best else (None, None)
                if best is None or moments[0] is None or moments[1] is None or moments[0] >= moments[1]:
                    best = row, piece
    return best if best else (None, None)


def _side(interval: Interval, asked: MetricBound) -> Answer:
    if asked.at_least is not None:
        inside, outside = interval.low >= asked.at_least, interval.high < asked.at_least
    else:
        bound = asked.at_most if asked.at_most is not None else 0.0
        inside, outside = interval.high <= bound, interval.low > bound
    return Answer.YES if inside else Answer.NO if outside else Answer.COULD_NOT_TELL


def _unfit(signed: SignedDecision, identity: str, policy_digest: str, on: datetime) -> str | None:
    decision: Decision = signed.decision
    if not signed.valid:
        return signed.problem or "the signature is not valid"
    if decision.identity != identity:
        return "signed another model identity"
    if decision.policy_digest != policy_digest:
        return "signed another policy"
    if decision.expires is not None and decision.expires < on.date():
        return f"expired on {decision.expires}"
    if decision.signed_at > on:
        return "is dated in the future"
    return None


def _after(dossier: Dossier, approvals: list[SignedDecision]) -> int:
    seen = max((signed.decision.checkpoint.size for signed in approvals), default=0)
    return sum(piece.seq >= seen for piece in dossier.pieces)
