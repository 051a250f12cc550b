"""`non_inferior`: the candidate against the base, or the last approved release, item by item on the same items.

The lower end of candidate − reference, turned so that more is better, is held against −margin. Each task of a purpose must hold, those that
only the reference was asked among them, and so must each filter of a task.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.assurance import pairing
from governance.assurance.conditions import judged, judged_pairs, runs
from governance.assurance.conditions.differing import Independent
from governance.assurance.conditions.telling import percent, untold, worst
from governance.assurance.intervals import of_result
from governance.domain.assessment import ConditionResult, Numbers
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.assurance.conditions.judged_pairs import JudgedPairs
    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import NonInferior
    from governance.domain.evidence import Piece
    from governance.statistics.paired import Paired


@dataclass(frozen=True)
class _One:
    """One comparison: its task, how often that was run, and what it came to, or why it can not be told and what would turn that."""

    task: str
    what: str
    made: Paired | Independent | JudgedPairs | None
    seen: tuple[str, ...]
    through: str | None = None
    attempts: int = 1
    problem: str = ""
    turn: str = ""
    matched: pairing.Matched | None = None
    judges: tuple[tuple[str, ...], ...] = ()

    def p(self, margin: float) -> tuple[float, float]:
        """The p-values of no worse than the margin, and of worse, each times the runs it stands for; 1 where nothing was compared."""
        if self.made is None:
            return 1.0, 1.0
        found = self.made.p_not_below(-margin), self.made.p_below(-margin)
        return min(1.0, found[0] * self.attempts), min(1.0, found[1] * self.attempts)


def non_inferior(condition: str, asked: NonInferior, now: Now) -> ConditionResult:
    """No task is worse by more than the margin. No reference, no task, no items in common: it can not tell."""
    side = runs.reference(asked.against, now)
    if side is None:
        said = "no other release was approved before, so there is none to be held against"
        if asked.where_none == "yes":
            return ConditionResult(
                id=condition, answer=Answer.YES, reason=f"{said}, and the policy lets a first release pass"
            )
        return untold(condition, said, ("say where_none: yes in the policy, if a first release may pass",))
    own = runs.Side(runs.CANDIDATE)
    tasks = (asked.task,) if asked.task else runs.tasks(asked.purpose or "", asked.metric, now, own, side)
    if not tasks:
        turn = f"run a task for {asked.purpose} that gives {asked.metric} on both models, and attach the results"
        return untold(condition, f"no task for {asked.purpose} gives {asked.metric}", (turn,))
    ones = [one for task in tasks for one in _compared(task, asked, own, side, now)]
    return _judged(condition, asked, _together(ones, asked, now))


def _compared(task: str, asked: NonInferior, own: runs.Side, side: runs.Side, now: Now) -> Iterator[_One]:
    """Each filter of a task, or the one reason why the task can not be compared."""
    what = f"{task} {asked.metric}"
    found = [(each, runs.newest(now, each, task, asked.metric)) for each in (own, side)]
    missing = next((each for each, run in found if run is None), None)
    both = [run for _, run in found if run is not None]
    seen = tuple(run.id for run in both)
    if missing is not None:
        problem = f"no result {what} of {missing.said}"
        yield _One(task, what, None, seen, problem=problem, turn=f"run {task} on {missing.said} and attach its results")
        return
    problem = next((f"{what}: {why}" for run in both if (why := runs.unusable(run, now.on))), "")
    problem = problem or next(
        (f"{what}: {why}" for why in [runs.unlike(task, asked.metric, both, side.name)] if why), ""
    )
    if problem:
        yield _One(task, what, None, seen, problem=problem, turn=f"run {task} again on both models, in the same way")
        return
    tried = max(1, len(runs.attempts(now, task))) if asked.corrected_for_attempts else 1
    others = {row.get("filter"): row for row in runs.rows(both[1], task, asked.metric)}
    for row in runs.rows(both[0], task, asked.metric):
        through = runs.through(row)
        what = runs.named(task, asked.metric, through)
        made = _difference(task, row, others.get(row.get("filter")), asked, (own, side), both, now, tried)
        if isinstance(made, str):
            turn = f"run {task} on both models with --log_samples, and attach the samples"
            yield _One(task, what, None, seen, through, problem=f"{what}: {made}", turn=turn)
        elif isinstance(made, Independent):
            yield _One(task, what, made, seen, through, tried)
        else:
            judges = tuple(map(judged.judges, both))
            yield _One(task, what, None, (*seen, *made.seen), through, tried, matched=made, judges=judges)


def _difference(
    task: str,
    row: Mapping[str, Any],
    other: Mapping[str, Any] | None,
    asked: NonInferior,
    sides: tuple[runs.Side, runs.Side],
    both: list[Piece],
    now: Now,
    tried: int,
) -> pairing.Matched | Independent | str:
    """The items of both sides, or the difference of two results without them, or why there is none."""
    if other is None:
        return f"{sides[1].said} has no result through the filter {row.get('filter')}"
    up = row.get("higher_is_better")
    up = other.get("higher_is_better") if up is None else up
    if not isinstance(up, bool):
        return "nobody said whether more of it is better"
    if other.get("higher_is_better") not in (None, up):
        return "one side says that more of it is better, the other that less is"
    confidence = 1 - (1 - asked.confidence) / tried
    found = [
        pairing.find(now.dossier, task, asked.metric, each, partial(side.speaks, dossier=now.dossier), side.said)
        for side, each in zip(sides, (row, other), strict=True)
    ]
    lacking = [each for each in found if isinstance(each, str)]
    if not lacking and (asked.paired or not any(map(judged.judges, both))):
        after, before = (each for each in found if not isinstance(each, str))
        return pairing.match(after, before, up=up)
    if asked.paired:
        return "; ".join(dict.fromkeys(lacking))
    held = []
    for run, each in zip(both, (row, other), strict=True):
        one = judged.agreed(of_result(each, confidence), run, now.dossier, confidence)
        if one is None or isinstance(one, str):
            return one or "a result without n or standard error"
        held.append(one)
    return Independent(row, other, up=up, confidence=confidence, ends=(held[0], held[1]))


def _together(ones: list[_One], asked: NonInferior, now: Now) -> list[_One]:
    """The same with every matched one compared."""
    held = [(at, one, one.matched) for at, one in enumerate(ones) if one.matched is not None]
    found = pairing.compare([matched for *_, matched in held], asked.confidence)
    made = list(ones)
    for (at, one, matched), paired in zip(held, found, strict=True):
        if not any(one.judges):
            made[at] = replace(one, made=_at_level(paired, one.attempts))
            continue
        confidence = 1 - (1 - asked.confidence) / one.attempts
        tests = len(ones) if asked.correction != "none" else 1
        carried = judged_pairs.errors(one.judges, matched.pairs, now.dossier, confidence, tests)
        if isinstance(carried, str):
            made[at] = replace(one, problem=f"{one.what}: {carried}", turn=_HOLD_THE_JUDGE)
        else:
            seen = (*one.seen, *carried.evidence)
            made[at] = replace(one, made=judged_pairs.JudgedPairs(paired, carried), seen=seen)
    return made


_HOLD_THE_JUDGE = "hold the judge against people on yes-or-no items, and attach how far they agree"


def _at_level(paired: Paired, attempts: int) -> Paired:
    """The difference with the interval that it has where the error is divided among so many runs."""
    if attempts == 1:
        return paired
    confidence = 1 - (1 - paired.confidence) / attempts
    held = paired.interval(confidence)
    if held is None:
        return replace(
            paired, low=None, high=None, confidence=confidence, method="too few resamples for this confidence"
        )
    return replace(paired, low=held.low, high=held.high, confidence=confidence)


def _judged(condition: str, asked: NonInferior, ones: list[_One]) -> ConditionResult:
    from governance.statistics.multiplicity import adjusted

    adjust = adjusted(asked.correction)
    level = (1 - asked.confidence) / 2
    open_ones = [_why_open(one, asked) for one in ones]
    tests = [(1.0, 1.0) if why else one.p(asked.margin) for one, why in zip(ones, open_ones, strict=True)]
    good, bad = adjust([each[0] for each in tests]), adjust([each[1] for each in tests])
    told = [
        _told(one, why, (p_good, p_bad), level, asked, len(ones))
        for one, why, p_good, p_bad in zip(ones, open_ones, good, bad, strict=True)
    ]
    answer = worst(each[0] for each in told)
    reasons = [said for each, said, _, _ in told if each is answer]
    shown = "; ".join(reasons[:4]) + (f"; and {len(reasons) - 4} more" if len(reasons) > 4 else "")
    if len(told) > 1:
        shown += f"; {sum(each[0] is Answer.YES for each in told)} of {len(told)} hold"
    return ConditionResult(
        id=condition,
        answer=answer,
        reason=shown,
        would_turn=tuple(dict.fromkeys(turn for each, _, turn, _ in told if each is not Answer.YES and turn)),
        evidence=tuple(dict.fromkeys(name for one in ones for name in one.seen)),
        numbers=tuple(numbers for *_, numbers in told if numbers is not None) or None,
    )


def _why_open(one: _One, asked: NonInferior) -> str:
    if one.made is None:
        return one.problem
    if one.made.overlap < asked.overlap:
        made = one.made
        return (
            f"{one.what}: only {made.overlap:.1%} of the items are on both sides ({made.n:,}; {made.only_after:,} of the candidate alone, "
            f"{made.only_before:,} of the reference alone), and {asked.overlap:.0%} are asked"
        )
    return "" if one.made.low is not None else f"{one.what}: {one.made.method}, so there is no interval"


def _told(
    one: _One, why: str, p: tuple[float, float], level: float, asked: NonInferior, tests: int
) -> tuple[Answer, str, str, Numbers | None]:
    """(answer, reason, what would turn it, the numbers) of one comparison."""
    made = one.made
    answer = (
        Answer.COULD_NOT_TELL
        if why
        else Answer.YES
        if p[0] <= level
        else Answer.NO
        if p[1] <= level
        else Answer.COULD_NOT_TELL
    )
    if made is None or made.delta is None:
        return answer, why, one.turn, None
    more = _more(made, asked, level) if answer is Answer.COULD_NOT_TELL and not why else None
    correction = f"{asked.correction} over {tests}" if asked.correction != "none" and tests > 1 else None
    numbers = Numbers(
        task=one.task, metric=asked.metric, filter=one.through, against=asked.against, value=made.delta, low=made.low, high=made.high,
        confidence=made.confidence, method=made.method, n=made.n, bound=-asked.margin, side="at-least", answer=answer,
        gained=made.gained, lost=made.lost, only_candidate=made.only_after, only_reference=made.only_before,
        p=(p[1] if answer is Answer.NO else p[0]) if not why else None, correction=correction,
        attempts=one.attempts if one.attempts > 1 else None, more=more, evidence=one.seen,
    )  # fmt: skip
    if why:
        return answer, why, one.turn or "run the same items on both models, and attach their samples", numbers
    said = (
        f"{one.what} against {asked.against}: {made.delta:+.4g}, {percent(made.confidence)} interval {made.low:+.4g} to {made.high:+.4g} "
        f"({made.method}, n {_count(made.n)}{_discordant(made)}), margin −{asked.margin:g}"
    )
    if correction:
        said += f", p {numbers.p:.3g} after {correction}"
    if one.attempts > 1:
        said += f", the error divided among {one.attempts} runs"
    turn = {
        Answer.YES: "",
        Answer.NO: f"a model that loses less than {asked.margin:g} of {one.what} against {runs.NAMES[asked.against]}",
        Answer.COULD_NOT_TELL: _turn(one, more),
    }[answer]
    return answer, said, turn, numbers


def _turn(one: _One, more: int | None) -> str:
    if more is None and any(one.judges):
        return f"more items of {one.task}, or more items on which the judge is held against people: the interval reaches over the margin"
    if more is None:
        return f"more items of {one.task}: the interval reaches over the margin"
    return f"{more:,} more items of {one.task} would settle it, if the difference stays what it is"


def _count(n: int | None) -> str:
    return "not stated" if n is None else f"{n:,}"


def _discordant(made: Paired | Independent | JudgedPairs) -> str:
    if made.gained is None:
        return ""
    test = f", McNemar p {made.p_mcnemar:.3g}" if made.p_mcnemar is not None else ""
    test += f", sign-flip p {made.p_sign_flip:.3g}" if made.p_sign_flip is not None else ""
    return f", {made.gained:,} gained and {made.lost:,} lost{test}"


def _more(made: Paired | Independent | JudgedPairs, asked: NonInferior, level: float) -> int | None:
    """How many more items would settle it at this level, if the difference stays what it is; None where none would, or nobody can tell."""
    from governance.statistics import sufficiency

    if isinstance(made, Independent):
        return _more_of_results(made, asked)
    if isinstance(made, judged_pairs.JudgedPairs):
        return None
    return sufficiency.for_comparison(made, asked.margin, confidence=1 - 2 * level).more


def _more_of_results(made: Independent, asked: NonInferior) -> int | None:
    """The half-width of an interval falls with the square root of n (normal theory)."""
    room = made.delta + asked.margin
    reach = made.delta - made.low if room > 0 else made.high - made.delta
    if made.n is None or room == 0 or reach <= abs(room):
        return None
    return max(1, math.ceil(made.n * (reach / abs(room)) ** 2) - made.n)
