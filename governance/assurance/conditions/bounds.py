"""A metric of the candidate against a bound, judged by its interval and not by its point: `interval`, and `metric` of older policies.

Where a tool gives the metric in several ways (filters), each must hold, because the bound does not say which was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.assurance.conditions import judged, runs
from governance.assurance.conditions.telling import WORST_FIRST, percent, untold
from governance.assurance.intervals import Interval, of_difference, of_result
from governance.domain.assessment import ConditionResult, Numbers
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import IntervalBound, MetricBound
    from governance.domain.evidence import Piece

_CANDIDATE, _BASE = runs.Side(runs.CANDIDATE), runs.Side(runs.BASE)


def interval(condition: str, asked: IntervalBound, now: Now) -> ConditionResult:
    """The bound on one task, or on each task of a purpose, of which the worst decides and none at all can not tell."""
    wanted = (asked.task,) if asked.task else runs.tasks(asked.purpose or "", asked.metric, now, _CANDIDATE)
    if not wanted:
        turn = f"run a task for {asked.purpose} that gives {asked.metric}, and attach its results"
        return untold(condition, f"no task for {asked.purpose} gives {asked.metric} of the candidate", (turn,))
    results = [_interval(condition, asked, task, now) for task in wanted]
    worst = min(results, key=lambda result: WORST_FIRST.index(result.answer))
    said = f"{worst.reason}; the worst of {len(results)}" if len(results) > 1 else worst.reason
    numbers = tuple(each for result in results for each in result.numbers or ())
    return worst.model_copy(update={"reason": said, "numbers": numbers or None})


def _interval(condition: str, asked: IntervalBound, task: str, now: Now) -> ConditionResult:
    what, again = f"{task} {asked.metric}", (f"run {task} and attach its results",)
    run = runs.newest(now, _CANDIDATE, task, asked.metric)
    if run is None:
        return untold(condition, f"no result {what} of the candidate", again)
    if problem := runs.unusable(run, now.on):
        return untold(condition, f"{what}: {problem}", (f"run {task} again and attach its results",), [run.id])
    tried = max(1, len(runs.attempts(now, task))) if asked.corrected_for_attempts else 1
    confidence = 1 - (1 - asked.confidence) / tried
    made = [_row(row, asked, task, confidence, tried, now, run) for row in runs.rows(run, task, asked.metric)]
    answer, said, turns, _ = min(made, key=lambda each: WORST_FIRST.index(each[0]))
    return ConditionResult(
        id=condition, answer=answer, reason=said, would_turn=turns, evidence=(run.id,),
        numbers=tuple(each[3] for each in made if each[3] is not None) or None,
    )  # fmt: skip


_Row = tuple[Answer, str, tuple[str, ...], Numbers | None]


def _row(
    row: Mapping[str, Any], asked: IntervalBound, task: str, confidence: float, tried: int, now: Now, run: Piece
) -> _Row:
    through = runs.through(row)
    what = runs.named(task, asked.metric, through)
    held = judged.agreed(of_result(row, confidence), run, now.dossier, confidence)
    if isinstance(held, str) or held is None:
        why = held or "without n or standard error"
        return Answer.COULD_NOT_TELL, f"{what} = {row.get('value')} {why}", (_STATE,), None
    bound = asked.at_least if asked.at_least is not None else asked.at_most or 0.0
    answer = _side(held, asked)
    more = judged.more_for_share(held, bound, confidence) if answer is Answer.COULD_NOT_TELL else None
    said = _said(what, held, bound, asked, confidence) + (
        f", the error divided among {tried} runs" if tried > 1 else ""
    )
    numbers = Numbers(
        task=task, metric=asked.metric, filter=through, value=held.point, low=held.low, high=held.high, confidence=confidence,
        method=held.method, n=held.n, bound=bound, side="at-least" if asked.at_least is not None else "at-most",
        answer=answer, attempts=tried if tried > 1 else None, more=more, evidence=(run.id,),
    )  # fmt: skip
    return answer, said, _turn(answer, f"{task} {asked.metric}", asked, bound, "", more), numbers


def metric(condition: str, asked: MetricBound, now: Now) -> ConditionResult:
    """The same as older policies say it, with `against: base` on the difference of two results that are taken as independent."""
    if asked.purpose is None:
        return _on_task(condition, asked, now)
    wanted = runs.tasks(asked.purpose, asked.metric, now, _CANDIDATE)
    if not wanted:
        turn = f"run a task for {asked.purpose} that gives {asked.metric}, and attach its results"
        return untold(condition, f"no task for {asked.purpose} gives {asked.metric} of the candidate", (turn,))
    results = [_on_task(condition, asked.model_copy(update={"task": task, "purpose": None}), now) for task in wanted]
    worst = min(results, key=lambda result: WORST_FIRST.index(result.answer))
    if len(results) == 1:
        return worst
    return worst.model_copy(update={"reason": f"{worst.reason}; the worst of {len(results)}"})


def _on_task(condition: str, asked: MetricBound, now: Now) -> ConditionResult:
    task = asked.task or ""
    what = f"{task} {asked.metric}" + (" against base" if asked.against else "")
    candidate = runs.newest(now, _CANDIDATE, task, asked.metric)
    base = runs.newest(now, _BASE, task, asked.metric) if asked.against else None
    if candidate is None:
        return untold(condition, f"no result {what} of the candidate", (f"run {task} and attach its results",))
    if asked.against and base is None:
        turn = f"run {task} on the base model and attach its results"
        return untold(condition, f"no result {what} of the base model", (turn,))
    both = [run for run in (candidate, base) if run is not None]
    problem = next((why for run in both if (why := runs.unusable(run, now.on))), None)
    problem = problem or runs.unlike(task, asked.metric, both)
    if problem is not None:
        turn = f"run {task} again and attach its results"
        return untold(condition, f"{what}: {problem}", (turn,), [run.id for run in both])
    held = {row.get("filter"): row for row in runs.rows(base, task, asked.metric)} if base else {}
    made = [_bounded(row, held.get(row.get("filter")), asked, what) for row in runs.rows(candidate, task, asked.metric)]
    answer, said, turns = min(made, key=lambda row: WORST_FIRST.index(row[0]))
    return ConditionResult(
        id=condition, answer=answer, reason=said, would_turn=turns, evidence=tuple(run.id for run in both)
    )


def _bounded(
    row: Mapping[str, Any], reference: Mapping[str, Any] | None, asked: MetricBound, what: str
) -> tuple[Answer, str, tuple[str, ...]]:
    bound = asked.at_least if asked.at_least is not None else asked.at_most or 0.0
    held = of_result(row, asked.confidence)
    if asked.against:
        other = of_result(reference, asked.confidence) if reference is not None else None
        held = of_difference(held, other) if held and other else None
    if held is None:
        return Answer.COULD_NOT_TELL, f"{what} = {row.get('value')} without n or standard error", (_STATE,)
    answer = _side(held, asked)
    against = " of the base" if asked.against else ""
    return answer, _said(what, held, bound, asked, asked.confidence), _turn(
        answer, f"{asked.task} {asked.metric}", asked, bound, against, None
    )  # fmt: skip


_STATE = "attach results that state n or a standard error"


def _said(what: str, held: Interval, bound: float, asked: IntervalBound | MetricBound, confidence: float) -> str:
    return (
        f"{what} = {held.point:.4g}, {percent(confidence)} interval {held.low:.4g} to {held.high:.4g} "
        f"({held.method}, n {held.n if held.n is not None else 'not stated'}), bound {_sign(asked)} {bound:g}"
    )


def _turn(
    answer: Answer, what: str, asked: IntervalBound | MetricBound, bound: float, against: str, more: int | None
) -> tuple[str, ...]:
    if answer is Answer.NO:
        return (f"a model with {what} {_sign(asked)} {bound:g}{against}",)
    if answer is Answer.YES:
        return ()
    task = what.rpartition(" ")[0]
    if more is None:
        return (f"more samples of {task}: the interval reaches over the bound",)
    return (f"{more:,} more samples of {task} would settle it, if the result stays what it is",)


def _sign(asked: IntervalBound | MetricBound) -> str:
    return "≥" if asked.at_least is not None else "≤"


def _side(held: Interval, asked: IntervalBound | MetricBound) -> Answer:
    if asked.at_least is not None:
        inside, outside = held.low >= asked.at_least, held.high < asked.at_least
    else:
        bound = asked.at_most if asked.at_most is not None else 0.0
        inside, outside = held.high <= bound, held.low > bound
    return Answer.YES if inside else Answer.NO if outside else Answer.COULD_NOT_TELL
