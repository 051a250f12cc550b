"""`sufficient`: whether enough items were asked that a loss of the margin would have been seen, whatever came out.

The number needed is that of the planned test, with its confidence and power: for a share ± margin from the normal test of a share; for a
difference on the same items from the share of items that differ (Nam 1997), supposing that there is no true difference.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.assurance import enough, pairing
from governance.assurance.conditions import runs
from governance.assurance.conditions.telling import WORST_FIRST, untold
from governance.domain.assessment import ConditionResult
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import Sufficient

_OWN = runs.Side(runs.CANDIDATE)


def sufficient(condition: str, asked: Sufficient, now: Now) -> ConditionResult:
    """Enough items of each task. Too few can not tell, and says how many more would do."""
    side = runs.reference(asked.against, now) if asked.against else None
    if asked.against and side is None:
        said = "no other release was approved before, so there is none to be held against"
        return untold(condition, said, ("hold the candidate against the base",))
    sides = (_OWN,) if side is None else (_OWN, side)
    tasks = (asked.task,) if asked.task else runs.tasks(asked.purpose or "", asked.metric, now, *sides)
    if not tasks:
        turn = f"run a task for {asked.purpose} that gives {asked.metric}, and attach its results"
        return untold(condition, f"no task for {asked.purpose} gives {asked.metric}", (turn,))
    told = [each for task in tasks for each in _of_task(task, asked, side, now)]
    answer = min((each[0] for each in told), key=WORST_FIRST.index)
    return ConditionResult(
        id=condition,
        answer=answer,
        reason="; ".join(said for mark, said, *_ in told if mark is answer),
        would_turn=tuple(dict.fromkeys(turn for mark, _, turn, _ in told if mark is not Answer.YES)),
        evidence=tuple(dict.fromkeys(name for *_, seen in told for name in seen)),
    )


_Told = tuple[Answer, str, str, tuple[str, ...]]


def _of_task(task: str, asked: Sufficient, side: runs.Side | None, now: Now) -> list[_Told]:
    what = f"{task} {asked.metric}"
    run = runs.newest(now, _OWN, task, asked.metric)
    if run is None:
        return [(Answer.COULD_NOT_TELL, f"no result {what} of the candidate", f"run {task} and attach its results", ())]
    if problem := runs.unusable(run, now.on):
        return [(Answer.COULD_NOT_TELL, f"{what}: {problem}", f"run {task} again and attach its results", (run.id,))]
    made: list[_Told] = []
    for row in runs.rows(run, task, asked.metric):
        what = runs.named(task, asked.metric, runs.through(row))
        found = _of_share(row, asked) if side is None else _of_pairs(task, row, asked, side, now)
        if isinstance(found, str):
            made.append(
                (
                    Answer.COULD_NOT_TELL,
                    f"{what}: {found}",
                    f"run {task} with its samples logged, and attach them",
                    (run.id,),
                )
            )
            continue
        n, needed, seen = found
        made.append(_said(what, task, n, needed, asked, (run.id, *seen)))
    return made


def _said(what: str, task: str, n: int, needed: int | None, asked: Sufficient, seen: tuple[str, ...]) -> _Told:
    claim = f"{asked.margin:g} with power {asked.power:.0%} and confidence {asked.confidence:.0%}"
    if needed is None:
        return Answer.COULD_NOT_TELL, f"{what}: no number of items would tell {claim}", f"ask less of {task}", seen
    if n >= needed:
        return Answer.YES, f"{what}: {n:,} items, and {needed:,} tell {claim}", "", seen
    said = f"{what}: {n:,} items, and {needed:,} are needed to tell {claim}"
    return Answer.COULD_NOT_TELL, said, f"{needed - n:,} more items of {task}", seen


def _of_share(row: Mapping[str, Any], asked: Sufficient) -> tuple[int, int | None, tuple[str, ...]] | str:
    found = enough.needed(row, asked.margin, asked.confidence, asked.power)
    return found if isinstance(found, str) else (*found, ())


def _of_pairs(
    task: str, row: Mapping[str, Any], asked: Sufficient, side: runs.Side, now: Now
) -> tuple[int, int | None, tuple[str, ...]] | str:
    from governance.statistics import sufficiency
    from governance.statistics.means import mean
    from governance.statistics.paired import is_binary

    other = runs.newest(now, side, task, asked.metric)
    rows = {each.get("filter"): each for each in runs.rows(other, task, asked.metric)} if other else {}
    theirs = rows.get(row.get("filter"))
    if theirs is None:
        return f"no result of {side.said}"
    found = [
        pairing.find(now.dossier, task, asked.metric, each, partial(one.speaks, dossier=now.dossier), one.said)
        for one, each in ((_OWN, row), (side, theirs))
    ]
    if lacking := [each for each in found if isinstance(each, str)]:
        return "; ".join(dict.fromkeys(lacking))
    after, before = (each for each in found if not isinstance(each, str))
    matched = pairing.match(after, before, up=True)
    if isinstance(matched, str):
        return matched
    pairs, seen = matched.pairs, matched.seen
    n = len(pairs.items)
    if n == 0:
        return "no item is on both sides"
    deltas = [float(new - old) for new, old in zip(pairs.after, pairs.before, strict=True)]
    given = {"confidence": asked.confidence, "power": asked.power}
    if is_binary(pairs) and pairs.clusters is None:
        return n, sufficiency.for_paired_shares(sum(each != 0 for each in deltas) / n, asked.margin, **given), seen
    spread = mean(deltas, asked.confidence, pairs.clusters).stderr
    if spread is None:
        return "the differences have no spread that could be told"
    return n, sufficiency.for_mean(spread * math.sqrt(n), asked.margin, **given), seen
