"""`as_planned`: whether what is judged was fixed before it was measured, is judged no looser, and was run no more often.

Every task and metric that `interval` and `non_inferior` of the policy judge must be in the plan. A run that was made before its suite
was fixed, a suite that was loosened once there was a result, a policy that is looser than the plan, and more runs than it says are each
a *no*. A run without a clock can not be placed before or after anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.assurance.conditions import plans, runs
from governance.assurance.conditions.telling import untold
from governance.domain import tried
from governance.domain.assessment import ConditionResult
from governance.domain.plan import PlannedSuite
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import AsPlanned, Condition
    from governance.domain.decision import SignedDecision
    from governance.domain.evidence import Piece


@dataclass
class _Told:
    """What was found: why it is no, why it can not be told, and what would turn it."""

    no: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)


def as_planned(condition: str, asked: AsPlanned, now: Now) -> ConditionResult:
    """Everything the policy measures was planned. Without a plan, or with nothing measured, it can not tell."""
    sealed = tried.plans(now.dossier, now.on, now.quorums)
    if not sealed:
        turn = f"seal a plan (govern plan {now.dossier.system.id} PLAN.yaml), and run what it says after that"
        return untold(condition, "no plan that counts is on record", (turn,))
    wanted = list(dict.fromkeys(each for one in now.policy.conditions for each in _measures(one, now)))
    if not wanted:
        said = "the policy measures no task, so there is nothing that could have been planned"
        return untold(condition, said, ("add a condition about a task to the policy",))
    told, seen = _Told(), [signed.id for signed in sealed]
    for suite in wanted:
        held = plans.fixed(sealed, suite.task, suite.metric, suite.against)
        what = f"{suite.task} {suite.metric}" + (f" against {suite.against}" if suite.against else "")
        if held is None:
            told.no.append(f"{what} is judged, and the plan does not have it")
            told.turns.append(f"seal a plan with {what}, and run it after that")
            continue
        loose = plans.looser(suite, _comparable(held.suite, suite)) if asked.margins else None
        if loose is not None:
            told.no.append(f"{what}: the policy is looser than the plan: {loose}")
            told.turns.append(f"judge {what} by the plan, or seal another one before another run")
        if asked.before_runs:
            seen += _before(suite, held, sealed, what, now, told)
        made = runs.attempts(now, suite.task)
        if asked.attempts and len(made) > held.suite.runs:
            told.no.append(f"{suite.task} was run {len(made)} times, and {held.suite.runs} were planned")
    changes = (
        f"; the plan was changed {len(sealed) - 1} times, last because: {sealed[-1].decision.reason}"
        if len(sealed) > 1
        else ""
    )
    who = f"{sealed[-1].decision.signer} sealed the plan on {sealed[-1].recorded_at:%Y-%m-%d}{changes}"
    answer = Answer.NO if told.no else Answer.COULD_NOT_TELL if told.open else Answer.YES
    reason = "; ".join(dict.fromkeys([*told.no, *told.open])) or f"{len(wanted)} of {len(wanted)} measures as planned"
    return ConditionResult(
        id=condition, answer=answer, reason=f"{reason}; {who}", would_turn=tuple(dict.fromkeys(told.turns)),
        evidence=tuple(dict.fromkeys(seen)),
    )  # fmt: skip


def _measures(one: Condition, now: Now) -> Iterator[PlannedSuite]:
    """What a condition measures, as the suites that a plan would have to hold."""
    if not one.applies(now.dossier.system.tier):
        return
    if one.interval is not None:
        asked = one.interval
        for task in _tasks(asked.task, asked.purpose, asked.metric, now):
            yield PlannedSuite(
                task=task,
                metric=asked.metric,
                at_least=asked.at_least,
                at_most=asked.at_most,
                confidence=asked.confidence,
            )
    if one.non_inferior is not None:
        lost = one.non_inferior
        for task in _tasks(lost.task, lost.purpose, lost.metric, now):
            yield PlannedSuite(
                task=task, metric=lost.metric, against=lost.against, margin=lost.margin, confidence=lost.confidence
            )


def _tasks(task: str | None, purpose: str | None, metric: str, now: Now) -> tuple[str, ...]:
    return (task,) if task else runs.tasks(purpose or "", metric, now, runs.Side(runs.CANDIDATE))


def _comparable(plan: PlannedSuite, policy: PlannedSuite) -> PlannedSuite:
    """The plan with what a policy does not state taken from the policy: items and runs are held elsewhere."""
    return plan.model_copy(update={"n": policy.n, "runs": policy.runs})


def _before(
    suite: PlannedSuite, held: plans.Fixed, sealed: tuple[SignedDecision, ...], what: str, now: Now, told: _Told
) -> list[str]:
    """Hold the run that counts, and what was known when its suite was fixed; the evidence that was seen."""
    run = runs.newest(now, runs.Side(runs.CANDIDATE), suite.task, suite.metric)
    if run is None:
        told.open.append(f"no result of {what} is on record")
        told.turns.append(f"run {suite.task} and attach its results")
        return []
    fixed = held.by
    when = run.record.effective_at
    if run.seq < fixed.seq or (when is not None and when < fixed.recorded_at):
        made = f"{when:%Y-%m-%d %H:%M}" if when else "an earlier entry"
        told.no.append(f"{what} was run ({made}) before it was planned ({fixed.recorded_at:%Y-%m-%d %H:%M})")
        told.turns.append(f"run {suite.task} again, now that it is planned")
    elif when is None:
        told.open.append(f"no clock says when {what} was run")
        told.turns.append(f"run {suite.task} with a tool that records when")
    n = next(runs.rows(run, suite.task, suite.metric)).get("n")
    if held.suite.n is not None and (not isinstance(n, int) or n < held.suite.n):
        told.no.append(
            f"{what} was run over {n if n is not None else 'an unknown number of'} items, and {held.suite.n:,} were planned"
        )
    if loosened := _loosened(suite, sealed, now):
        told.no.append(f"{what}: {loosened}")
        told.turns.append(f"judge {what} by the plan of before the result")
    return [run.id]


def _loosened(suite: PlannedSuite, sealed: tuple[SignedDecision, ...], now: Now) -> str | None:
    """Whether a later plan is looser than an earlier one that there was already a result under."""
    made = runs.attempts(now, suite.task)
    for number, earlier in enumerate(sealed[:-1]):
        then = plans.plan_of(earlier).suite(suite.task, suite.metric, suite.against)
        for later in sealed[number + 1 :]:
            new = plans.plan_of(later).suite(suite.task, suite.metric, suite.against)
            known = [piece for piece in made if earlier.seq < piece.seq < later.seq]
            if then and new and known and (said := plans.looser(new, then)):
                return f"loosened after a result was known ({_shown(known)}): {said}"
    return None


def _shown(known: list[Piece]) -> str:
    return f"{len(known)} run{'s' * (len(known) > 1)}"
