"""The difference of two numbers that were made in the same way: with a 95 % interval, or why there is none.

Where the single samples of both are on record, it is what the gate comes to on the same items (`pairing`), with the errors of a judge that
scored them (`judged_pairs`); else the two are taken as independent, by the intervals of `intervals` (Wilson, Newcombe). Items that stand on
one side only are counted and left out; where too few stand on both, the two are not compared.

Differences stand as later less earlier, in the unit of the metric: where less is better, what the gate tells is turned back. *Worse* and
*better* need the whole interval on one side of no change, and a direction that somebody stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.assurance import pairing
from governance.assurance.conditions import judged, judged_pairs
from governance.assurance.conditions.differing import Independent
from governance.assurance.intervals import of_result
from governance.assurance.subjects import speaks_of
from governance.domain.comparison import Measured, Verdict
from governance.domain.conditions import NonInferior
from governance.domain.control import About
from governance.statistics.libraries import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.statistics.paired import Paired

CONFIDENCE = 0.95
OVERLAP: float = NonInferior.model_fields["overlap"].default
"""The least share of all items that both sides must have: what a policy asks where it says nothing."""
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """A number with the piece and pointer it stands at, what it is compared by, and how it was made."""

    source: str
    key: Key
    piece: Piece
    at: str
    result: Mapping[str, Any]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Comparable:
    """Two rows that were made in the same way, what is told of them whatever they come to, and their items, or why there are none."""

    given: Mapping[str, Any]
    before: Row
    after: Row
    items: pairing.Matched | str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Came:
    """A difference, later less earlier: `untold` says why there is no interval where that is known."""

    delta: float
    low: float | None = None
    high: float | None = None
    method: str = ""
    pairs: int | None = None
    untold: str = ""


def items_of(before: Row, after: Row, then: Case, now: Case, *, up: bool) -> pairing.Matched | str:
    """The items of both, or why the single samples do not give them; empty for what has none."""
    if after.source != "evaluation":
        return ""
    found = [
        pairing.find(
            case.dossier, row.key[0], row.key[1], row.result, partial(speaks_of, About.CANDIDATE, dossier=case.dossier), said
        )
        for row, case, said in ((after, now, "this candidate"), (before, then, "the earlier candidate"))
    ]  # fmt: skip
    lacking = [each for each in found if isinstance(each, str)]
    if lacking:
        return "; ".join(lacking)
    new, old = (each for each in found if not isinstance(each, str))
    return pairing.match(new, old, up=up)


def differences(rows: Sequence[Measured | Comparable], now: Case) -> list[Measured]:
    """The same with everything comparable compared; all items are resampled at once."""
    held = [
        (at, each, each.items)
        for at, each in enumerate(rows)
        if isinstance(each, Comparable) and isinstance(each.items, pairing.Matched) and rounded(each.items.pairs.overlap) >= OVERLAP
    ]  # fmt: skip
    compared = pairing.compare([matched for *_, matched in held], CONFIDENCE)
    paired = {at: _paired(each, matched, made, now) for (at, each, matched), made in zip(held, compared, strict=True)}
    return [each if isinstance(each, Measured) else _told(each, paired.get(at), now) for at, each in enumerate(rows)]


def _told(row: Comparable, came: _Came | None, now: Case) -> Measured:
    notes = list(row.notes)
    if isinstance(row.items, str):
        notes += [f"not compared question by question: {row.items}"] if row.items else []
        came = _apart(row, now)
    elif came is None:
        return Measured(**row.given, verdict="not-comparable", because=(_too_few(row.items),), notes=tuple(notes))
    else:
        n = len(row.items.pairs.items)
        notes += [_left_out(row.items)] if row.items.pairs.only_after or row.items.pairs.only_before else []
        if row.items.prompts_differ:
            notes.append(f"{row.items.prompts_differ:,} of {n:,} questions were put in other words or another template")
    verdict, why = _verdict(came, row.given["higher_is_better"])
    return Measured(
        **row.given, delta=came.delta, low=came.low, high=came.high, method=came.method, pairs=came.pairs, verdict=verdict,
        because=(why,), notes=tuple(notes),
    )  # fmt: skip


def _too_few(matched: pairing.Matched) -> str:
    pairs = matched.pairs
    return (
        f"only {pairs.overlap:.1%} of the questions were asked on both sides ({len(pairs.items):,}; {pairs.only_after:,} now only, "
        f"{pairs.only_before:,} before only), and {OVERLAP:.0%} are needed"
    )


def _left_out(matched: pairing.Matched) -> str:
    pairs = matched.pairs
    return f"{len(pairs.items):,} questions were asked on both sides, {pairs.only_after:,} now only, {pairs.only_before:,} before only"


def _paired(row: Comparable, matched: pairing.Matched, made: Paired, now: Case) -> _Came:
    """What the gate comes to on the same items, as later less earlier."""
    judges = [judged.judges(each.piece) for each in (row.after, row.before)]
    held: Paired | judged_pairs.JudgedPairs = made
    if any(judges):
        carried = judged_pairs.errors(judges, matched.pairs, now.dossier, CONFIDENCE)
        if isinstance(carried, str):
            return _turned(made.delta or 0.0, None, None, "", made.n, matched, carried)
        held = judged_pairs.JudgedPairs(made, carried)
    untold = "" if held.low is not None else f"{held.method}, so there is no interval"
    return _turned(made.delta or 0.0, held.low, held.high, "" if untold else held.method, made.n, matched, untold)


def _turned(
    delta: float, low: float | None, high: float | None, method: str, n: int, matched: pairing.Matched, untold: str
) -> _Came:
    if not matched.up:
        delta, low, high = 0.0 - delta, None if high is None else 0.0 - high, None if low is None else 0.0 - low
    return _Came(delta, low, high, method, n, untold)


def _apart(row: Comparable, now: Case) -> _Came:
    """Two results that are taken as independent, with the errors of a judge that scored them."""
    delta = float(row.after.result["value"]) - float(row.before.result["value"])
    ends = []
    for each in (row.after, row.before):
        held = of_result(each.result, CONFIDENCE)
        made = judged.agreed(held, each.piece, now.dossier, CONFIDENCE) if each.source == "evaluation" else held
        if made is None or isinstance(made, str):
            return _Came(delta, untold=made or "")
        ends.append(made)
    found = Independent(row.after.result, row.before.result, up=True, confidence=CONFIDENCE, ends=(ends[0], ends[1]))
    return _Came(found.delta, found.low, found.high, found.method.removesuffix(", as independent results"))


def _verdict(came: _Came, higher: bool | None) -> tuple[Verdict, str]:
    if came.low is None or came.high is None:
        little = "there is no interval: too little is on record of how far each number can be trusted"
        return "can-not-tell", came.untold or little
    if came.low <= 0 <= came.high:
        lean = (
            ""
            if not came.delta or higher is None
            else f"; the number itself is {'better' if (came.delta > 0) is higher else 'worse'}"
        )
        return "no-clear-difference", f"the interval holds no change{lean}"
    if higher is None:
        return "can-not-tell", "it differs, and nobody stated which direction is better"
    return ("better" if (came.delta > 0) is higher else "worse"), "the whole interval lies on one side of no change"
