"""`no_worse_slice`: how groups of people, or other slices, fare beside the whole, or beside the same group with the reference.

The worst slice is named. A slice of few cases can not tell and is never left out. Where a group is held against the whole, the whole is
taken as it was measured; it holds the group, which makes the difference look smaller than it is, and the margin is for the policy to set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.assurance.conditions import runs
from governance.assurance.conditions.differing import Independent, reaching
from governance.assurance.conditions.telling import WORST_FIRST, percent, untold
from governance.assurance.expect import is_number
from governance.assurance.intervals import Interval, of_result
from governance.assurance.subjects import moment
from governance.domain.assessment import ConditionResult, Numbers
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import NoWorseSlice
    from governance.domain.evidence import Piece

KIND = "subgroup-results.v1"
OVERALL = "overall"


@dataclass(frozen=True)
class _Slice:
    """One group: its name with the attribute, the difference with its interval and tests, or why it can not be told."""

    task: str
    name: str
    n: int | None
    delta: float | None
    low: float | None
    high: float | None
    method: str
    p: tuple[float, float]
    problem: str
    seen: tuple[str, ...]


def no_worse_slice(condition: str, asked: NoWorseSlice, now: Now) -> ConditionResult:
    """No slice is worse by more than the margin. No slice on record can not tell."""
    side = None if asked.against == "overall" else runs.reference(asked.against, now)
    if asked.against == "approved" and side is None:
        said = "no other release was approved before, so there is none to be held against"
        return untold(condition, said, ("hold the slices against the whole, or the base",))
    pieces = _newest(asked, now, runs.Side(runs.CANDIDATE))
    what = asked.task or f"a task for {asked.purpose}"
    if not pieces:
        return untold(
            condition, f"no results of {what} by group give {asked.metric} of the candidate",
            (f"cut the results of {what} by group, and attach them",),
        )  # fmt: skip
    others = _newest(asked, now, side) if side is not None else {}
    found = [one for key, piece in sorted(pieces.items()) for one in _slices(piece, others.get(key), asked, now)]
    if not found:
        return untold(condition, f"the results of {what} hold no group", (f"cut the results of {what} by group",))
    return _judged(condition, asked, found)


def _newest(asked: NoWorseSlice, now: Now, side: runs.Side) -> dict[tuple[str, str], Piece]:
    """The newest results by (task, attribute)."""
    found: dict[tuple[str, str], Piece] = {}
    for piece in sorted(now.dossier.of_kind(KIND), key=moment):
        body = piece.body
        task, attribute = str(body.get("task")), str(body.get("attribute"))
        wanted = (
            task == asked.task
            if asked.task
            else now.catalogue.speaks_for(task, asked.purpose or "", now.dossier.system)
        )
        if (
            wanted
            and body.get("metric") == asked.metric
            and asked.attribute in (None, attribute)
            and side.speaks(piece, now.dossier)
        ):
            found[task, attribute] = piece
    return found


def _slices(piece: Piece, other: Piece | None, asked: NoWorseSlice, now: Now) -> Iterator[_Slice]:
    body = piece.body
    task, attribute = str(body.get("task")), str(body.get("attribute"))
    problem = runs.unusable(piece, now.on) or ""
    up = body.get("higher_is_better")
    if not isinstance(up, bool):
        problem = problem or "nobody said whether more of it is better"
    rows = {str(row.get("name")): row for row in (other.body.get("groups") or () if other else ())}
    for row in body.get("groups") or ():
        name, n = f"{attribute} {row.get('name')}", row.get("n")
        why = problem
        if asked.against != OVERALL and str(row.get("name")) not in rows:
            why = why or f"{runs.NAMES[asked.against]} has no results of this group"
        if not isinstance(n, int) or n < asked.least:
            why = why or f"{n if n is not None else 'an unknown number of'} cases, and {asked.least} are asked"
        seen = (piece.id, *((other.id,) if other is not None and asked.against != OVERALL else ()))
        made = None if why else _made(row, rows.get(str(row.get("name"))), body, bool(up), asked)
        if made is None:
            yield _Slice(
                task, name, n, None, None, None, "", (1.0, 1.0), why or "a result without n or standard error", seen
            )
        else:
            yield _Slice(task, name, n, *made, "", seen)


def _made(
    row: Mapping[str, Any], other: Mapping[str, Any] | None, body: Mapping[str, Any], up: bool, asked: NoWorseSlice
) -> tuple[float, float, float, str, tuple[float, float]] | None:
    """(difference, low, high, method, p-values of not worse and of worse), turned so that more is better."""
    held = of_result(row, asked.confidence)
    if held is None:
        return None
    if asked.against != OVERALL:
        base = of_result(other, asked.confidence) if other is not None else None
        if other is None or base is None:
            return None
        two = Independent(row, other, up=up, confidence=asked.confidence, ends=(held, base))
        return two.delta, two.low, two.high, two.method, (two.p_not_below(-asked.margin), two.p_below(-asked.margin))
    whole = (body.get("overall") or {}).get("value")
    if not is_number(whole):
        return None

    def at(error: float) -> Interval:
        made = of_result(row, 1 - error)
        if made is None:
            raise AssertionError("a result that had an interval has none at another confidence")
        ends = (made.low - whole, made.high - whole) if up else (whole - made.high, whole - made.low)
        return Interval((made.point - whole) * (1 if up else -1), *ends, made.method, made.n)

    shown = at(1 - asked.confidence)
    tests = reaching(at, lambda each: each.low >= -asked.margin), reaching(at, lambda each: each.high < -asked.margin)
    return shown.point, shown.low, shown.high, shown.method, tests


def _judged(condition: str, asked: NoWorseSlice, found: list[_Slice]) -> ConditionResult:
    from governance.statistics.multiplicity import adjusted

    adjust = adjusted(asked.correction)
    level = (1 - asked.confidence) / 2
    good, bad = adjust([each.p[0] for each in found]), adjust([each.p[1] for each in found])
    answers = [
        Answer.COULD_NOT_TELL
        if each.problem
        else Answer.YES
        if ok <= level
        else Answer.NO
        if worse <= level
        else Answer.COULD_NOT_TELL
        for each, ok, worse in zip(found, good, bad, strict=True)
    ]
    told = [(each, answer) for each, answer in zip(found, answers, strict=True) if each.delta is not None]
    lowest = min(told, key=lambda pair: pair[0].delta or 0.0, default=None)
    answer = min(answers, key=WORST_FIRST.index)
    held = sum(each is Answer.YES for each in answers)
    said = [f"{held} of {len(found)} slices hold against {asked.against}, margin −{asked.margin:g}"]
    if lowest is not None:
        said.append(f"the worst is {_shown(lowest[0], asked)}")
    said += [f"{each.name}: {each.problem}" for each in found if each.problem][:4]
    if asked.correction != "none" and len(found) > 1:
        said.append(f"{asked.correction} over {len(found)}")
    turns = [
        f"{each.task} for {each.name}: "
        + ("a model that serves it better" if mark is Answer.NO else "more cases of it")
        for each, mark in zip(found, answers, strict=True)
        if mark is not Answer.YES
    ]
    numbers = tuple(
        Numbers(
            task=each.task, metric=asked.metric, group=each.name, against=asked.against, value=each.delta or 0.0, low=each.low,
            high=each.high, confidence=asked.confidence, method=each.method, n=each.n, bound=-asked.margin, side="at-least",
            answer=mark, p=bad[at] if mark is Answer.NO else good[at],
            correction=f"{asked.correction} over {len(found)}" if asked.correction != "none" and len(found) > 1 else None,
            evidence=each.seen,
        )
        for at, (each, mark) in enumerate(zip(found, answers, strict=True))
        if each.delta is not None
    )  # fmt: skip
    return ConditionResult(
        id=condition, answer=answer, reason="; ".join(said), would_turn=tuple(turns), numbers=numbers or None,
        evidence=tuple(dict.fromkeys(name for each in found for name in each.seen)),
    )  # fmt: skip


def _shown(each: _Slice, asked: NoWorseSlice) -> str:
    return (
        f"{each.name} of {each.task} ({each.delta:+.4g}, {percent(asked.confidence)} interval {each.low:+.4g} to {each.high:+.4g}, "
        f"{each.method}, n {each.n if each.n is not None else 'not stated'})"
    )
