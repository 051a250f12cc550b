"""The closed vocabulary of a policy, one judge a word.

Each judge returns yes, no or could-not-tell with the numbers it looked at and, for a *no*, what would turn it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from governance.assurance import approvals
from governance.assurance.asks import EVALUATION_KIND
from governance.assurance.assess import SEVERITIES
from governance.assurance.intervals import Interval, of_difference, of_result
from governance.assurance.subjects import moment, speaks_of
from governance.domain.assessment import ConditionResult
from governance.domain.control import About, Standing
from governance.domain.decision import DecisionKind
from governance.domain.evidence import Quality
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.policy import ControlsMet, MetricBound, NoOpenFinding, RiskAtMost, SignedBy
    from governance.domain.risk import RegisterRow

WORST_FIRST = (Answer.NO, Answer.COULD_NOT_TELL, Answer.YES)


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
    ) -> ConditionResult:
        """The answer of one condition, from what it asks and all that is known."""
        ...


def controls_met(
    condition: str, asked: ControlsMet, *, catalogue: Catalogue, assessment: Assessment, on: datetime, **_: Any
) -> ConditionResult:
    """Each of the controls is met; one that does not apply is left out; none at all is a *no*."""
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


def metric(
    condition: str, asked: MetricBound, *, dossier: Dossier, catalogue: Catalogue, on: datetime, **_: Any
) -> ConditionResult:
    """The bound on one task, or on each task of a purpose, of which the worst decides and none at all can not tell."""
    if asked.purpose is None:
        return _on_task(condition, asked, dossier, on)
    tasks = {
        str(row.get("task"))
        for piece in dossier.of_kind(EVALUATION_KIND)
        if speaks_of(About.CANDIDATE, piece, dossier)
        for row in piece.body["results"]
        if row.get("metric") == asked.metric
        and catalogue.speaks_for(str(row.get("task")), asked.purpose, dossier.system)
    }
    if not tasks:
        turn = f"run a task for {asked.purpose} that gives {asked.metric}, and attach its results"
        return _untold(condition, f"no task for {asked.purpose} gives {asked.metric} of the candidate", (turn,))
    judged = [
        _on_task(condition, asked.model_copy(update={"task": task, "purpose": None}), dossier, on)
        for task in sorted(tasks)
    ]
    worst = min(judged, key=lambda result: WORST_FIRST.index(result.answer))
    return (
        worst.model_copy(update={"reason": f"{worst.reason}; the worst of {len(judged)}"}) if len(judged) > 1 else worst
    )


def _on_task(condition: str, asked: MetricBound, dossier: Dossier, on: datetime) -> ConditionResult:
    """The whole interval must lie on the right side of the bound; an interval that straddles it can not tell.

    The newest run that holds the metric decides, whole or not: an older, better one does not stand in for it. Where a
    tool gives the metric in several ways (filters), each must hold, because the bound does not say which was meant.
    """
    what = f"{asked.task} {asked.metric}" + (" against base" if asked.against else "")
    candidate = _newest(dossier, asked, About.CANDIDATE)
    base = _newest(dossier, asked, About.BASE) if asked.against else None
    if candidate is None:
        return _untold(condition, f"no result {what} of the candidate", (f"run {asked.task} and attach its results",))
    if asked.against and base is None:
        turn = f"run {asked.task} on the base model and attach its results"
        return _untold(condition, f"no result {what} of the base model", (turn,))
    runs = [run for run in (candidate, base) if run is not None]
    problem = next((why for run in runs if (why := _unusable(run, on))), None) or _unlike(asked, runs)
    if problem is not None:
        turn = f"run {asked.task} again and attach its results"
        return _untold(condition, f"{what}: {problem}", (turn,), [run.id for run in runs])
    rows = {row.get("filter"): row for row in _rows(base, asked)} if base else {}
    judged = [_bounded(row, rows.get(row.get("filter")), asked, what) for row in _rows(candidate, asked)]
    answer, said, turns = min(judged, key=lambda row: WORST_FIRST.index(row[0]))
    return ConditionResult(
        id=condition, answer=answer, reason=said, would_turn=turns, evidence=tuple(run.id for run in runs)
    )


def risk_at_most(condition: str, asked: RiskAtMost, *, register: tuple[RegisterRow, ...], **_: Any) -> ConditionResult:
    """No residual above the level, and none above the appetite where that is asked. No risk at all can not tell."""
    if not register:
        return _untold(
            condition, "the register holds no risk, which says nothing about the system", ("add a risk library",)
        )
    above = [
        row
        for row in register
        if (asked.level is not None and row.residual.level.rank > asked.level.rank)
        or (asked.within_appetite and row.within_appetite is False)
    ]
    if asked.within_appetite and not above and any(row.appetite is None for row in register):
        turn = "state risk_appetite in the system file"
        return _untold(condition, "the system states no risk appetite", (turn,))
    reason = f"{len(register) - len(above)} of {len(register)} risks within the bound"
    if above:
        shown = [f"{row.risk} {row.residual.score} ({row.residual.level})" for row in above[:6]]
        reason += ": above it " + ", ".join(shown) + (f" and {len(above) - 6} more" if len(above) > 6 else "")
    return ConditionResult(
        id=condition,
        answer=Answer.NO if above else Answer.YES,
        reason=reason,
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
        return _untold(
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
        return _untold(condition, f"{reason}, but the weights were read {whole.quality}: {why}", (turn,))
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
    """Enough different people approve this very identity under this very policy, and nobody has withdrawn or rejected.

    A refusal is of the model: another policy does not lift it and it does not lapse; only its author does, by
    approving later. Nobody counts in two roles. An approval from before the newest evidence, or before the system
    file changed, can not tell.
    """
    if dossier.identity is None:
        reason = "no weights of a candidate were attached, so there is nothing to sign"
        return _untold(condition, reason, ("attach the model folder",))
    last, problems = approvals.last_words(dossier, dossier.identity.digest)
    refused = [s.decision for s in last if s.decision.decision is not DecisionKind.APPROVE]
    fit = []
    for signed in last:
        unfit = approvals.unfit(signed, policy_digest, on)
        if unfit is None:
            fit.append(signed)
        elif signed.decision not in refused:
            problems.append(f"{signed.decision.signer} ({signed.decision.role}): {unfit}")
    missing = approvals.missing(asked, fit)
    if refused or missing:
        said = [f"{d.signer} ({d.role}) says {d.decision}: {d.reason}" for d in refused]
        said += [f"missing: {text}" for text in missing]
        return ConditionResult(
            id=condition,
            answer=Answer.NO,
            reason="; ".join(said + problems),
            would_turn=tuple(
                f"{text}: govern sign {dossier.system.id} --decision approve --role …" for text in missing
            ),
            evidence=tuple(signed.id for signed in dossier.decisions),
        )
    current = [signed for signed in fit if approvals.overtaken(signed, dossier) is None]
    if approvals.missing(asked, current):
        why = dict.fromkeys(late for signed in fit if (late := approvals.overtaken(signed, dossier)))
        return _untold(condition, "; ".join(why), ("sign again over the present ledger",), [s.id for s in fit])
    void = approvals.void_refusals(dossier, dossier.identity.digest)
    if void:
        whose = ", ".join(f"{s.decision.signer} ({s.decision.role}): {s.problem}" for s in void)
        turn = "put the signer back on the list, or have the refusal settled by its author"
        return _untold(
            condition, f"a refusal is on record whose signature does not count: {whose}", (turn,), [s.id for s in void]
        )
    counted = [signed for signed in current if signed.decision.role in asked.roles]
    names = ", ".join(f"{signed.decision.signer} ({signed.decision.role})" for signed in counted)
    return ConditionResult(
        id=condition, answer=Answer.YES, reason=f"approved by {names}", evidence=tuple(s.id for s in counted)
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


def _newest(dossier: Dossier, asked: MetricBound, about: About) -> Piece | None:
    pieces = [
        piece
        for piece in dossier.of_kind(EVALUATION_KIND)
        if speaks_of(about, piece, dossier) and any(True for _ in _rows(piece, asked))
    ]
    return max(pieces, key=moment, default=None)


def _rows(piece: Piece, asked: MetricBound) -> Iterator[Mapping[str, Any]]:
    for row in piece.body["results"]:
        if row.get("task") == asked.task and row.get("metric") == asked.metric:
            yield row


def _unusable(run: Piece, on: datetime) -> str | None:
    record = run.record
    if record.quality is not Quality.COMPLETE:
        return f"the newest result is {record.quality}: {'; '.join(record.quality_reasons) or 'no reason was given'}"
    if record.effective_at is not None and record.effective_at > on:
        return f"the newest result is dated {record.effective_at:%Y-%m-%d}, which lies in the future"
    return None


def _unlike(asked: MetricBound, runs: list[Piece]) -> str | None:
    """How two runs of a task were set up differently, where both say it. Only like runs can be subtracted."""
    if len(runs) < 2:
        return None
    settings: list[dict[str, Any]] = [
        {
            "harness": (run.body.get("harness") or {}).get("name"),
            "version of the task": next(_rows(run, asked)).get("task_version"),
            "number of examples shown": (run.body.get("n_shot") or {}).get(asked.task),
        }
        for run in runs
    ]
    for name, one in settings[0].items():
        other = settings[1][name]
        if one is not None and other is not None and one != other:
            return f"the {name} is {one} for the candidate and {other} for the base, so they can not be compared"
    return None


def _bounded(
    row: Mapping[str, Any], reference: Mapping[str, Any] | None, asked: MetricBound, what: str
) -> tuple[Answer, str, tuple[str, ...]]:
    bound = asked.at_least if asked.at_least is not None else asked.at_most
    sign = "≥" if asked.at_least is not None else "≤"
    interval = of_result(row, asked.confidence)
    if asked.against:
        held = of_result(reference, asked.confidence) if reference is not None else None
        interval = of_difference(interval, held) if interval and held else None
    if interval is None:
        said = f"{what} = {row.get('value')} without n or standard error"
        return Answer.COULD_NOT_TELL, said, ("attach results that state n or a standard error",)
    said = (
        f"{what} = {interval.point:.4g}, {asked.confidence:.0%} interval {interval.low:.4g} to {interval.high:.4g} "
        f"({interval.method}, n {interval.n if interval.n is not None else 'not stated'}), bound {sign} {bound:g}"
    )
    answer = _side(interval, asked)
    against = " of the base" if asked.against else ""
    turn = {
        Answer.YES: (),
        Answer.NO: (f"a model with {asked.task} {asked.metric} {sign} {bound:g}{against}",),
        Answer.COULD_NOT_TELL: (f"more samples of {asked.task}: the interval reaches over the bound",),
    }[answer]
    return answer, said, turn


def _side(interval: Interval, asked: MetricBound) -> Answer:
    if asked.at_least is not None:
        inside, outside = interval.low >= asked.at_least, interval.high < asked.at_least
    else:
        bound = asked.at_most if asked.at_most is not None else 0.0
        inside, outside = interval.high <= bound, interval.low > bound
    return Answer.YES if inside else Answer.NO if outside else Answer.COULD_NOT_TELL
