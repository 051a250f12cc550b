"""The rows of a candidate diff: scores, standings, risks, findings, bounds, and what people said.

Scores are printed worse first. An interval is a calculation over two pieces of evidence and no figure of one, so it is printed as text; the
difference itself is a claim.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from governance.domain.approval import State
from governance.domain.decision import DecisionKind
from governance.domain.risk import Level
from governance.reports.atoms import words
from governance.reports.atoms.views import phrase
from governance.reports.diff import words as diff_words
from governance.reports.diff.views import (
    DiffBound,
    DiffContent,
    DiffFinding,
    DiffMove,
    DiffMoves,
    DiffPart,
    DiffRelaxed,
    DiffResult,
    DiffRisk,
    DiffStatement,
    DiffWord,
)
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.domain.comparison import (
        ContentChange,
        FindingMoves,
        FindingRow,
        Measured,
        Moves,
        PartChange,
        Reading,
        Relaxation,
        RiskMoved,
        RiskSide,
        Statement,
        Threshold,
        Word,
    )
    from governance.domain.identity import Part
    from governance.reports.atoms.views import Fact, Status
    from governance.reports.diff.facts import Sides

ATTACK = phrase("Attacks").message
MOST = 400
"""Characters of a statement that are printed."""


def part(change: PartChange) -> DiffPart:
    """A part of the identity."""
    return DiffPart(
        part=words.PARTS[change.part],
        way=diff_words.WAYS[change.way],
        says=change.said,
        before=_name(change.before),
        after=_name(change.after),
        before_digest=change.before.digest or "" if change.before else "",
        after_digest=change.after.digest or "" if change.after else "",
    )


def _name(found: Part | None) -> str:
    return found.reference if found else ""


# --- scores --------------------------------------------------------------------------------------------------------------


def result(row: Measured, sides: Sides) -> DiffResult:
    """A metric on both sides."""
    name = f"{row.task} {row.metric}"
    attack = row.source == "attack"
    before, after = (
        _value(f"{name}, {when}", reading, sides, then=then, attack=attack)
        for when, reading, then in (("before", row.before, True), ("now", row.after, False))
    )
    n = "attempts" if attack else "n"
    sizes = [
        _size(f"{name}, sample size {when}", reading, sides, n, then=then)
        for when, reading, then in (("before", row.before, True), ("now", row.after, False))
    ]
    return DiffResult(
        task=row.task,
        metric=row.metric,
        purpose=purpose(row),
        direction=_direction(row.higher_is_better),
        before=before,
        after=after,
        n_before=sizes[0],
        n_after=sizes[1],
        difference=_difference(f"{name}, difference", row, sides, before, after),
        share=figures.signed(row.delta)[0] if row.delta is not None and not _subtracted(row) else "",
        interval=interval(row),
        method=row.method,
        pairs=row.pairs or 0,
        verdict=diff_words.VERDICTS[row.verdict],
        because=row.because,
        notes=row.notes,
        runs_before=row.before.runs if row.before else 0,
        runs_after=row.after.runs if row.after else 0,
    )


def interval(row: Measured) -> str:
    """The ends of the 95 % interval, or nothing."""
    if row.low is None or row.high is None:
        return ""
    return f"{figures.signed(row.low)[0]} … {figures.signed(row.high)[0]}"


def purpose(row: Measured) -> str:
    """The first purpose in the order of print, in words."""
    if row.source == "attack":
        return ATTACK
    known = [*words.PURPOSES, *sorted(set(row.purposes) - set(words.PURPOSES))]
    found = next((each for each in known if each in row.purposes), "")
    return words.PURPOSES.get(found, found or "Other")


def is_safety(row: Measured) -> bool:
    """Whether a reader looks for it under safety."""
    return row.source != "evaluation" or bool(set(row.purposes) & set(words.SAFETY_PURPOSES))


def _value(label: str, reading: Reading | None, sides: Sides, *, then: bool, attack: bool) -> Fact | None:
    if reading is None:
        return None
    references = sides.before if then else sides.after
    piece = references.case.dossier.by_id.get(reading.evidence)
    if attack:
        return references.words(label, piece, "{} of {}", f"{reading.at}/hits", f"{reading.at}/attempts")
    return references.figure(label, piece, _pointer(reading))


def _pointer(reading: Reading) -> str:
    """Where the number stands; the largest gap of subgroups stands at the top."""
    return f"{reading.at}/value" if reading.at else "/largest_gap"


def _size(label: str, reading: Reading | None, sides: Sides, field: str, *, then: bool) -> Fact | None:
    if reading is None or reading.n is None:
        return None
    references = sides.before if then else sides.after
    return references.figure(label, references.case.dossier.by_id.get(reading.evidence), f"{reading.at}/{field}")


def _difference(label: str, row: Measured, sides: Sides, before: Fact | None, after: Fact | None) -> Fact | None:
    printed = before is not None and after is not None and not before.missing and not after.missing
    if row.before is None or row.after is None or not printed or not _subtracted(row):
        return None
    held = sides.after.case.dossier.by_id
    pair = (held[row.after.evidence], _pointer(row.after)), (held[row.before.evidence], _pointer(row.before))
    return sides.across.difference(label, *pair)


def _subtracted(row: Measured) -> bool:
    """Whether the difference is that of the two numbers as they stand: not of items that both sides have, or corrected for a judge."""
    values = [side.value if side else None for side in (row.before, row.after)]
    if row.delta is None or row.source == "attack" or values[0] is None or values[1] is None:
        return False
    return math.isclose(row.delta, values[1] - values[0], rel_tol=1e-9, abs_tol=1e-9)


def _direction(higher: bool | None) -> str:
    if higher is None:
        return "direction not stated"
    return "higher is better" if higher else "lower is better"


# --- standings -----------------------------------------------------------------------------------------------------------


def moves(found: Moves, sides: Sides, names: Mapping[Any, Status]) -> DiffMoves:
    """Standings or answers that moved; `names` are the statuses by standing or answer."""
    by_word = {str(standing): status for standing, status in names.items()}
    return DiffMoves(
        rows=tuple(
            DiffMove(
                id=row.id,
                title=row.title,
                turn=diff_words.TURNS[row.turn],
                before=by_word.get(row.before or ""),
                after=by_word.get(row.after or ""),
                because=row.after_because,
                was_because=row.before_because,
                before_cites=sides.before.cites(row.before_evidence),
                after_cites=sides.after.cites(row.after_evidence),
                asked_anew=row.asked_anew,
            )
            for row in found.rows
        ),
        worse=sum(row.turn == "worse" for row in found.rows),
        better=sum(row.turn == "better" for row in found.rows),
        same=found.same,
        other=found.on_other_evidence,
        total=found.total,
    )


def risk(row: RiskMoved) -> DiffRisk:
    """A risk that moved."""
    return DiffRisk(
        id=row.risk,
        title=row.title,
        turn=diff_words.TURNS[row.turn],
        what=", ".join(row.what),
        before=_rated(row.before),
        after=_rated(row.after),
        before_level=_level(row.before),
        after_level=_level(row.after),
        before_owner=_owned(row.before),
        after_owner=_owned(row.after),
        arithmetic=row.after.arithmetic if row.after else "",
    )


def _rated(side: RiskSide | None) -> str:
    if side is None:
        return ""
    (likelihood, impact), (less, lower) = side.inherent, side.residual
    return f"{likelihood} × {impact} = {likelihood * impact}, residual {less} × {lower} = {side.score}"


def _level(side: RiskSide | None) -> Status | None:
    return words.LEVELS[Level.of(side.score)] if side else None


def _owned(side: RiskSide | None) -> str:
    return f"{side.owner}; {side.treatment}" if side else ""


def findings(found: FindingMoves, sides: Sides) -> tuple[DiffFinding, ...]:
    """Findings that are open on one side only, those of now first."""
    rows = [(diff_words.OPENED, row) for row in found.opened] + [(diff_words.CLOSED, row) for row in found.closed]
    return tuple(_finding(status, row, sides) for status, row in rows)


def _finding(status: Status, row: FindingRow, sides: Sides) -> DiffFinding:
    return DiffFinding(
        status=status,
        severity=words.LEVELS[Level(row.severity)],
        title=row.title,
        rule=row.rule,
        path=row.path or "",
        remedy=row.remedy,
        cites=sides.cites(row.evidence),
    )


# --- rules and people ----------------------------------------------------------------------------------------------------


def bound(row: Threshold, sides: Sides) -> DiffBound:
    """A bound that reads otherwise."""
    return DiffBound(
        of=row.of,
        what=row.what,
        before=row.before,
        after=row.after,
        way=diff_words.BOUNDS[row.way],
        results=sides.cites(*row.results),
    )


def content(row: ContentChange) -> DiffContent:
    """Files that judge, of one sort."""
    return DiffContent(diff_words.SORTS[row.sort], row.added, row.removed, row.changed, row.same)


def statement(row: Statement) -> DiffStatement:
    """A field of the system file."""
    return DiffStatement(row.field, _text(row.before), _text(row.after))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = "; ".join(value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def word(row: Word, sides: Sides) -> DiffWord:
    """A decision between the two sides."""
    return DiffWord(
        status=words.DECISIONS[DecisionKind(row.decision)],
        signer=row.signer,
        role=row.role,
        on=row.on[:10],
        state=words.STATES[State(row.state)],
        same_identity=row.same_identity,
        cites=sides.cites(row.id),
    )


def relaxed(row: Relaxation, sides: Sides) -> DiffRelaxed:
    """A waiver, accepted risk or exception that counts on one side only."""
    return DiffRelaxed(
        status=words.RELAXED[DecisionKind(row.decision)],
        what=row.what,
        signer=row.signer,
        until=row.until,
        counts=diff_words.COUNTS[row.counts],
        cites=sides.cites(row.id),
    )


def short(identities: Iterable[str]) -> tuple[str, ...]:
    """The first twelve digits of each."""
    return tuple(figures.short(each) for each in identities)
