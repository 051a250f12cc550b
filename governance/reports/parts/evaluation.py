"""Evaluation results read out of the dossier: the latest of each task, base beside tuned, with honest words.

The latest run of a task counts, whatever it says, and the number of attempts is printed beside it: the best of
fourteen is not quietly picked. A difference is called *worse* or *better* only where its whole 95 % interval lies on one
side of no change (`verifier.intervals`: by standard errors, else by shares of n items; where the gate compared the single samples of
both, by its own interval, so that one document does not say two things); without an interval the words are "can not tell". A direction
nobody stated is never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.reports.atoms import words
from governance.reports.atoms.views import Fact, Phrase, PurposeGap, ResultRow, Status, phrase
from governance.reports.claims import weights
from governance.verifier import figures
from governance.verifier.intervals import NORMAL, Interval, of_difference

if TYPE_CHECKING:
    from governance.domain.assessment import Numbers
    from governance.domain.case import Case
    from governance.reports.claims.references import References

KIND = "eval-run.v1"
Key = tuple[str, str, str]

BETTER = Status("better", "▲", "good")
WORSE = Status("worse", "▼", "bad")
SAME = Status("no clear difference", "≈", "note")
CAN_NOT_TELL = Status("can not tell", "◐", "warn")


@dataclass(frozen=True)
class Result:
    """One row of one evaluation run, with the run and the pointer at which it stands there."""

    piece: Piece
    row: Mapping[str, Any]
    pointer: str


@dataclass(frozen=True)
class Compared:
    """What the gate judged of a difference, and the pointer at which it stands in the gate's result."""

    numbers: Numbers
    pointer: str
    turned: bool = False
    """Whether judgement turned it round, because less is better: it tells base less candidate."""

    @property
    def interval(self) -> Interval | None:
        """The interval of candidate less base."""
        held = self.numbers
        if held.low is None or held.high is None:
            return None
        return Interval(*((-held.high, -held.low) if self.turned else (held.low, held.high)), held.method)

    @property
    def margin(self) -> float:
        """The greatest loss that is no loss."""
        return -self.numbers.bound


def latest(case: Case, role: Role) -> tuple[dict[Key, Result], dict[str, int]]:
    """The latest row per task, metric and filter; and how many runs hold each task."""
    rows: dict[Key, Result] = {}
    attempts: dict[str, int] = {}
    for piece in weights.in_time(case, KIND, role):
        found = [(place, row) for place, row in enumerate(piece.body.get("results") or ()) if isinstance(row, Mapping)]
        for place, row in found:
            rows[key_of(row)] = Result(piece, row, f"/results/{place}")
        for task in {str(row.get("task")) for _, row in found}:
            attempts[task] = attempts.get(task, 0) + 1
    return rows, attempts


def key_of(row: Mapping[str, Any]) -> Key:
    """Task, metric and filter; the filter `none` is no filter."""
    named = str(row.get("filter") or "none")
    return str(row.get("task")), str(row.get("metric")), "" if named == "none" else named


def metric_name(key: Key) -> str:
    """`acc` or `exact_match (strict-match)`."""
    return f"{key[1]} ({key[2]})" if key[2] else key[1]


def purpose_of(case: Case, task: str) -> str:
    """The first purpose, in the order of print, a task speaks for; empty where it speaks for none."""
    catalogue, system = case.catalogue, case.dossier.system
    known = [*words.PURPOSES, *sorted((set(catalogue.suites) | set(system.suites)) - set(words.PURPOSES))]
    return next((purpose for purpose in known if catalogue.speaks_for(task, purpose, system)), "")


def rows(case: Case, references: References) -> tuple[tuple[ResultRow, ...], tuple[ResultRow, ...]]:
    """(evaluation, safety): results by purpose, task and metric."""
    tuned, attempts = latest(case, Role.CANDIDATE)
    base, _ = latest(case, Role.BASE)
    order = list(words.PURPOSES)
    made: list[tuple[tuple[int, Key], str, ResultRow]] = []
    for key in sorted({*tuned, *base}):  # claims are numbered in this order, in every process alike
        purpose = purpose_of(case, key[0])
        rank = order.index(purpose) if purpose in order else len(order)
        row = _row(references, key, tuned.get(key), base.get(key), purpose=purpose, attempts=attempts.get(key[0], 0))
        made.append(((rank, key), purpose, row))
    made.sort(key=lambda item: item[0])
    safety = tuple(row for _, purpose, row in made if purpose in words.SAFETY_PURPOSES)
    other = tuple(row for _, purpose, row in made if purpose not in words.SAFETY_PURPOSES)
    return other, safety


def gaps(case: Case, references: References) -> tuple[PurposeGap, ...]:
    """Expected purposes for which the candidate has no result; each counts as one fact without evidence."""
    tuned, _ = latest(case, Role.CANDIDATE)
    present = {
        purpose
        for purpose in words.EXPECTED_PURPOSES
        if any(case.catalogue.speaks_for(key[0], purpose, case.dossier.system) for key in tuned)
    }
    found = tuple(
        PurposeGap(
            words.PURPOSES[purpose],
            phrase(
                "evaluate the candidate on a task for “%(purpose)s”, or name your own under `suites: %(id)s` in the system file",
                purpose=Phrase(words.PURPOSES[purpose]),
                id=purpose,
            ),
        )
        for purpose in words.EXPECTED_PURPOSES
        if purpose not in present
    )
    references.lack(*(gap.purpose for gap in found))
    return found


def is_safety(gap: PurposeGap) -> bool:
    """Whether a gap belongs under Safety."""
    return gap.purpose in {words.PURPOSES[purpose] for purpose in words.SAFETY_PURPOSES}


def interval(tuned: Result | None, base: Result | None) -> Interval | None:
    """The 95 % interval of tuned less base; None where one is not there or its tool wrote down too little."""
    return of_difference(tuned.row, base.row) if tuned and base else None


def compared(case: Case, tuned: Result | None, base: Result | None) -> Compared | None:
    """What the gate made of this very difference; None where it asked nothing of it, or looked at another run or filter."""
    gain = _gain(tuned, base)
    if tuned is None or gain is None:
        return None
    key = (*key_of(tuned.row), "base")
    for place, result in enumerate(case.gate.conditions):
        for at, held in enumerate(result.numbers or ()):
            same = (held.task, held.metric, held.filter or "", held.against) == key and held.group is None
            if same and math.isclose(held.value, gain, rel_tol=1e-9, abs_tol=1e-9):
                return Compared(held, f"/conditions/{place}/numbers/{at}", direction(tuned, base) is False)
    return None


def paired(case: Case, tuned: Result | None, base: Result | None) -> Compared | None:
    """The same, where its interval is one at 95 % over the same items."""
    found = compared(case, tuned, base)
    if found is None or found.numbers.gained is None or found.numbers.low is None or found.numbers.high is None:
        return None
    return found if found.numbers.confidence == 0.95 else None


def _gain(tuned: Result | None, base: Result | None) -> float | None:
    """How much better the tuned model is; None where one was not measured or nobody says which way is better."""
    after, before, higher = _value(tuned), _value(base), direction(tuned, base)
    if after is None or before is None or higher is None:
        return None
    return after - before if higher else before - after


def direction(*results: Result | None) -> bool | None:
    """Whether higher is better, by the first of these that says so; None where nobody does."""
    said = (each.row.get("higher_is_better") for each in results if each)
    return next((value for value in said if isinstance(value, bool)), None)


def _row(
    references: References, key: Key, tuned: Result | None, base: Result | None, *, purpose: str, attempts: int
) -> ResultRow:
    def fact(label: str, result: Result | None, field: str, digits: int = 3) -> Fact:
        piece, pointer = (result.piece, result.pointer) if result else (None, "")
        return references.figure(label, piece, f"{pointer}/{field}", digits=digits)

    higher = direction(tuned, base)
    name = f"{key[0]} {metric_name(key)}"
    verdict, says = _verdict(references, tuned, base, higher)
    return ResultRow(
        task=key[0],
        metric=metric_name(key),
        purpose=words.PURPOSES.get(purpose, purpose or "Other"),
        direction=direction_word(higher),
        base=fact(f"{name}, base", base, "value"),
        tuned=fact(f"{name}, tuned", tuned, "value"),
        difference=_difference(references, f"{name}, difference", tuned, base),
        n=fact(f"{name}, sample size", tuned, "n"),
        stderr=fact(f"{name}, standard error", tuned, "stderr", 4),
        verdict=verdict,
        says=says,
        attempts=attempts,
    )


def direction_word(higher: object) -> str:
    """Which way is better, in words."""
    if not isinstance(higher, bool):
        return "direction not stated"
    return "higher is better" if higher else "lower is better"


def _difference(references: References, label: str, tuned: Result | None, base: Result | None) -> Fact:
    """Tuned less base. Where one of them was not measured, that one is counted as missing, and the difference is not again."""
    if tuned is None or base is None or _value(tuned) is None or _value(base) is None:
        return Fact(label, None)
    return references.difference(
        label, (tuned.piece, f"{tuned.pointer}/value"), (base.piece, f"{base.pointer}/value"), digits=3
    )


def _value(result: Result | None) -> float | None:
    return figures.finite(result.row.get("value")) if result else None


def _verdict(
    references: References, tuned: Result | None, base: Result | None, higher: bool | None
) -> tuple[Status, Phrase]:
    if any(references.stale(each.piece) for each in (tuned, base) if each is not None):
        return CAN_NOT_TELL, phrase("What is on record is too old for the policy.")
    after, before = _value(tuned), _value(base)
    if after is None:
        return CAN_NOT_TELL, phrase("The tuned model was not measured here.")
    if before is None:
        return CAN_NOT_TELL, phrase(
            "The base model was not measured here, so nothing can be said about what tuning changed."
        )
    if higher is None:
        return CAN_NOT_TELL, phrase("The harness does not state which direction is better.")
    gain = (after - before) if higher else (before - after)
    found = paired(references.case, tuned, base)
    held = found.interval if found else interval(tuned, base)
    if held is None:
        return CAN_NOT_TELL, _by_chance(gain)
    if gain == 0 or held.low <= 0 <= held.high:
        return SAME, _within(gain, held)
    return (WORSE, _worse(held)) if gain < 0 else (BETTER, _better(held))


def _by_chance(gain: float) -> Phrase:
    if gain == 0:
        return phrase("The figure is the same; without standard errors it may be chance.")
    if gain < 0:
        return phrase("The figure is worse; without standard errors it may be chance.")
    return phrase("The figure is better; without standard errors it may be chance.")


def _within(gain: float, held: Interval) -> Phrase:
    if gain == 0:
        return phrase("The tuned model is equal to its base.")
    if held.method == NORMAL:
        if gain < 0:
            return phrase("The tuned model is slightly worse; the difference is within 1.96 standard errors.")
        return phrase("The tuned model is slightly better; the difference is within 1.96 standard errors.")
    if gain < 0:
        return phrase("The tuned model is slightly worse; the 95 % interval of the difference reaches over no change.")
    return phrase("The tuned model is slightly better; the 95 % interval of the difference reaches over no change.")


def _worse(held: Interval) -> Phrase:
    if held.method == NORMAL:
        return phrase("The tuned model is worse than its base, by more than 1.96 standard errors.")
    return phrase(
        "The tuned model is worse than its base; the 95 % interval of the difference lies wholly on that side."
    )


def _better(held: Interval) -> Phrase:
    if held.method == NORMAL:
        return phrase("The tuned model is better than its base, by more than 1.96 standard errors.")
    return phrase(
        "The tuned model is better than its base; the 95 % interval of the difference lies wholly on that side."
    )
