"""Evaluation results read out of the dossier: the latest of each task, base beside tuned, with honest words.

The latest run of a task counts, whatever it says, and the number of attempts is printed beside it: the best of
fourteen is not quietly picked. A difference is called *worse* or *better* only where it exceeds 1.96 standard
errors of the difference, taken as if the two runs were independent (the paired figure is narrower, and belongs to
the gate); with a standard error missing on either side the words are "can not tell". A direction nobody stated is
never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.reports import figures, words
from governance.reports.views import Cite, Fact, PurposeGap, ResultRow, Status

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.references import References

KIND = "eval-run.v1"
Key = tuple[str, str, str]

BETTER = Status("better", "▲", "good")
WORSE = Status("worse", "▼", "bad")
SAME = Status("no clear difference", "≈", "note")
CAN_NOT_TELL = Status("can not tell", "◐", "warn")


@dataclass(frozen=True)
class Result:
    """One row of one evaluation run, with the run."""

    piece: Piece
    row: Mapping[str, Any]


def about(case: Case, piece: Piece, role: Role) -> bool:
    """Whether a piece speaks of the part that plays this role now. Evidence on other weights does not.

    A report that names no weights is shown, since nothing says that it is of other weights; the index marks it.
    """
    subject = piece.record.subject
    if subject.role is not role:
        return False
    return subject.digest is None or bound(case, piece, role) or _artefacts(case, role) is None


def bound(case: Case, piece: Piece, role: Role) -> bool:
    """Whether a digest ties a piece to the very weights that play this role now."""
    artefacts, digest = _artefacts(case, role), piece.record.subject.digest
    if artefacts is None or digest is None or piece.record.subject.role is not role:
        return False
    return digest in (artefacts.record.subject.digest, artefacts.body.get("manifest_digest"))


def _artefacts(case: Case, role: Role) -> Piece | None:
    return case.dossier.candidate if role is Role.CANDIDATE else case.dossier.base


def in_time(case: Case, kind: str, role: Role) -> list[Piece]:
    """The pieces of a kind about a role, the one that counts last: bound, then written by a tool, then the newer."""
    pieces = [piece for piece in case.dossier.of_kind(kind) if about(case, piece, role)]

    def rank(piece: Piece) -> tuple[bool, bool, float, int]:
        when = piece.record.effective_at or piece.recorded_at
        return bound(case, piece, role), piece.record.declared_by is None, when.timestamp(), piece.seq

    return sorted(pieces, key=rank)


def latest(case: Case, role: Role) -> tuple[dict[Key, Result], dict[str, int]]:
    """The latest row per task, metric and filter; and how many runs hold each task."""
    rows: dict[Key, Result] = {}
    attempts: dict[str, int] = {}
    for piece in in_time(case, KIND, role):
        found = [row for row in piece.body.get("results") or () if isinstance(row, Mapping)]
        for row in found:
            rows[key_of(row)] = Result(piece, row)
        for task in {str(row.get("task")) for row in found}:
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
    for key in {*tuned, *base}:
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
            f"evaluate the candidate on a task for {words.PURPOSES[purpose].lower()}, or name your own under "
            f"`suites: {purpose}` in the system file",
        )
        for purpose in words.EXPECTED_PURPOSES
        if purpose not in present
    )
    references.asked += len(found)
    references.missing += len(found)
    return found


def is_safety(gap: PurposeGap) -> bool:
    """Whether a gap belongs under Safety."""
    return gap.purpose in {words.PURPOSES[purpose] for purpose in words.SAFETY_PURPOSES}


def _row(
    references: References, key: Key, tuned: Result | None, base: Result | None, *, purpose: str, attempts: int
) -> ResultRow:
    def fact(label: str, result: Result | None, field: str, digits: int = 3) -> Fact:
        return references.fact(
            label, result.piece if result else None, result.row.get(field) if result else None, digits=digits
        )

    higher = next(
        (r.row.get("higher_is_better") for r in (tuned, base) if r and r.row.get("higher_is_better") is not None), None
    )
    name = f"{key[0]} {metric_name(key)}"
    verdict, says = _verdict(tuned, base, higher)
    return ResultRow(
        task=key[0],
        metric=metric_name(key),
        purpose=words.PURPOSES.get(purpose, purpose or "Other"),
        direction=_direction(higher),
        base=fact(f"{name}, base", base, "value"),
        tuned=fact(f"{name}, tuned", tuned, "value"),
        difference=_difference(references, name, tuned, base),
        n=fact(f"{name}, sample size", tuned, "n"),
        stderr=fact(f"{name}, standard error", tuned, "stderr", 4),
        verdict=verdict,
        says=says,
        attempts=attempts,
    )


def _direction(higher: object) -> str:
    if not isinstance(higher, bool):
        return "direction not stated"
    return "higher is better" if higher else "lower is better"


def _difference(references: References, name: str, tuned: Result | None, base: Result | None) -> Fact:
    after, before = _number(tuned, "value"), _number(base, "value")
    if tuned is None or base is None or after is None or before is None:
        return Fact(f"{name}, difference", None)
    text, rounding = figures.signed(after - before)
    cites: tuple[Cite, ...] = references.cites((tuned.piece.id, base.piece.id))
    return Fact(f"{name}, difference", text, rounding=rounding, cites=cites)


def _number(result: Result | None, field: str) -> float | None:
    return figures.finite(result.row.get(field)) if result else None


def _verdict(tuned: Result | None, base: Result | None, higher: object) -> tuple[Status, str]:
    after, before = _number(tuned, "value"), _number(base, "value")
    if after is None:
        return CAN_NOT_TELL, "The tuned model was not measured here."
    if before is None:
        return CAN_NOT_TELL, "The base model was not measured here, so nothing can be said about what tuning changed."
    if not isinstance(higher, bool):
        return CAN_NOT_TELL, "The harness does not state which direction is better."
    errors = [_number(result, "stderr") for result in (tuned, base)]
    gain = (after - before) if higher else (before - after)
    if errors[0] is None or errors[1] is None:
        way = "worse" if gain < 0 else "better" if gain > 0 else "the same"
        return CAN_NOT_TELL, f"The figure is {way}; without standard errors it may be chance."
    spread = math.hypot(errors[0], errors[1])
    if gain == 0 or abs(gain) <= 1.96 * spread:
        leaning = "slightly worse" if gain < 0 else "slightly better" if gain > 0 else "equal"
        return SAME, f"The tuned model is {leaning}; the difference is within 1.96 standard errors."
    ratio = f"{abs(gain) / spread:.1f} standard errors" if spread else "with no spread reported"
    if gain < 0:
        return WORSE, f"The tuned model is worse than its base by {ratio}."
    return BETTER, f"The tuned model is better than its base by {ratio}."
