"""Documents that follow the points of a source, such as an annex of a law: each point with what answers it, and what is missing.

A point is *answered* where everything it looks for is on record and some of it is evidence; *stated* where only people said so;
*answered in part* where some of it is missing; *not evidenced* where all of it is; and *for a person* where nothing on record could
answer it. The counts say how many are which; no share of them is printed, since a point that is missing weighs what it weighs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from governance.domain import faults
from governance.domain.control import Standing
from governance.domain.evidence import Piece, Role
from governance.domain.outline import Outline
from governance.errors import ContentError, UnreadableError
from governance.parsing import strict_yaml
from governance.reports.atoms import words
from governance.reports.atoms.views import Fact, Status
from governance.reports.claims import weights
from governance.reports.outline.parts import held_parts, parts
from governance.reports.outline.views import (
    Answer,
    Block,
    ControlLine,
    OutlineView,
    PieceLine,
    PointRow,
    SectionRow,
    Table,
)
from governance.reports.parts import energy
from governance.reports.parts.attested import attested
from governance.reports.parts.frame import frame
from governance.verifier import figures
from governance.verifier.claims import at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from governance.domain.case import Case
    from governance.domain.outline import Asked, Column, FigureAsked, FigureOfEach, Point, RowsAsked
    from governance.reports.atoms.views import Attested
    from governance.reports.claims.references import References

FOLDER = "_outlines/"
ROWS = 40
"""Rows of a list that are printed; the document says how many are left out."""
PIECES = 5
"""Pieces of a kind that are named as a reference; the evidence index has all of them."""

ANSWERED = Status("answered as far as records go", "✔", "good")
STATED = Status("stated by people alone", "✎", "note")
IN_PART = Status("answered in part", "◐", "warn")
MISSING = Status("not evidenced", "○", "gap")
PERSON = Status("for a person to write", "✎", "warn")
_ORDER = (ANSWERED, STATED, IN_PART, MISSING, PERSON)


def read(templates: Mapping[str, str], outline_id: str, where: str = "") -> Outline:
    """An outline by its id. Raises `ContentError` where there is none, or it breaks its rules."""
    path = f"{FOLDER}{outline_id}.yaml"
    if path not in templates:
        raise ContentError(f"there is no outline {outline_id!r}", where=where, hint=f"Put one at templates/{path}.")
    return _parsed(templates[path], path, outline_id)


@lru_cache(maxsize=32)
def _parsed(text: str, path: str, outline_id: str) -> Outline:
    """The outline in a file, read once however often it is asked for."""
    try:
        held = Outline.model_validate(strict_yaml.loads(text.encode(), where=path))
    except UnreadableError as error:
        raise ContentError(error.message, where=path) from None
    except ValidationError as error:
        raise ContentError(faults.first(error, "the file"), where=path) from None
    if held.id != outline_id:
        raise ContentError(f"its id is {held.id!r}, and its name says {outline_id!r}", where=path)
    return held


def offered(case: Case, outline: Outline) -> bool:
    """Whether the document is made for a case: what it follows is in scope."""
    if outline.framework is None:
        return True
    held = (case.catalogue.frameworks.get(each.framework) for each in case.assessment.frameworks)
    return any(frame is not None and frame.series == outline.framework for frame in held)


def build(case: Case, references: References, outline: Outline) -> OutlineView:
    """The view of a document that follows an outline."""
    stated = {row.topic: row for row in attested(case, references)}
    asked = {
        each.part for section in outline.sections for point in section.points for each in point.answers if each.part
    }
    made = parts(case, references, asked)
    answering = _Answering(case, references, stated, held_parts(case, made))
    sections = tuple(
        SectionRow(section.id, section.title, tuple(answering.point(point) for point in section.points))
        for section in outline.sections
    )
    points = [point for section in sections for point in section.points]
    return OutlineView(
        id=outline.id,
        title=outline.title,
        source=outline.source.name,
        version=outline.source.version,
        url=outline.source.url or "",
        note=outline.note,
        checked=outline.checked.said,
        sections=sections,
        counts=tuple((status, sum(point.status is status for point in points)) for status in _ORDER),
        total=len(points),
        index=references.index(),
        **made,
        frame=frame(case, references),
    )


class _Answering:
    """Finds what answers a point."""

    def __init__(
        self, case: Case, references: References, stated: Mapping[str, Attested], held: Collection[str]
    ) -> None:
        self.case, self.references, self.stated, self.held = case, references, stated, held

    def point(self, point: Point) -> PointRow:
        """A point with everything that answers it."""
        answers = tuple(self._answer(asked) for asked in point.answers)
        return PointRow(
            id=point.id,
            anchor="p-" + "".join(c if c.isalnum() else "-" for c in point.id.lower()).strip("-"),
            asks=point.asks,
            status=_status(answers),
            answers=tuple(answer for answer in answers if _is_found(answer) or answer.controls),
            missing=tuple(answer.missing for answer in answers if not _is_found(answer) and not answer.controls),
            person=point.person or "",
        )

    def _answer(self, asked: Asked) -> Answer:
        if asked.field is not None:
            return self._field(asked.field)
        if asked.figure is not None:
            return self._figure(asked.figure)
        if asked.each is not None:
            return self._each(asked)
        if asked.rows is not None:
            return self._rows(asked.rows)
        if asked.kind is not None:
            return self._pieces(asked.kind)
        if asked.topic is not None:
            return self._topic(asked.topic)
        if asked.controls is not None:
            return self._controls(asked.controls)
        return self._part(asked.part or "")

    def _part(self, part: str) -> Answer:
        if part in self.held:
            return Answer(part=part)
        label = words.OUTLINE_PARTS.get(part, part)
        self.references.lack(label)
        return Answer(label=label, missing=label)

    def _field(self, field: str) -> Answer:
        value = getattr(self.case.dossier.system, field)
        said = self.references.said(field.replace("_", " ").capitalize(), _texts(value), field)
        return Answer(said=said, missing=said.label if said.missing else "")

    def _figure(self, asked: FigureAsked) -> Answer:
        piece = self._latest(asked.kind, asked.about)
        if asked.otherwise is not None and (piece is None or at(piece.body, asked.pointer) is None):
            other = self._latest(asked.otherwise.kind, asked.about)
            if other is not None and at(other.body, asked.otherwise.pointer) is not None:
                piece, asked = other, asked.model_copy(update={"pointer": asked.otherwise.pointer})
        fact = self._fact(piece, asked)
        return Answer(facts=(fact,), missing=asked.label if fact.missing else "")

    def _fact(self, piece: Piece | None, asked: FigureAsked | FigureOfEach) -> Fact:
        if asked.form == "listed":
            return self.references.listed(asked.label, piece, asked.pointer)
        if asked.form == "length":
            return self.references.length(asked.label, piece, asked.pointer, unit=asked.unit)
        return self.references.figure(asked.label, piece, asked.pointer, form=asked.form, unit=asked.unit)

    def _latest(self, kind: str, about: str) -> Piece | None:
        """The piece of a kind that counts, about the candidate, the base, or anything; of other weights none."""
        if kind == energy.KIND and about == "candidate":  # of an evaluation or of serving it is another thing
            return next(reversed(energy.of_training(self.case)), None)
        roles = {"candidate": (Role.CANDIDATE, None), "base": (Role.BASE,)}.get(about)
        pieces = [
            piece
            for piece in self.case.dossier.of_kind(kind)
            if (roles is None or piece.record.subject.role in roles) and not self.references.of_others(piece)
        ]
        return max(pieces, key=lambda piece: weights.rank(self.case, piece), default=None)

    def _each(self, asked: Asked) -> Answer:
        assert asked.each is not None  # noqa: S101 - the caller has looked
        newest: dict[str, Piece] = {}
        for piece in sorted(self.case.dossier.of_kind(asked.each.kind), key=lambda each: weights.rank(self.case, each)):
            if not self.references.of_others(piece):
                newest[piece.record.subject.name] = piece
        blocks = tuple(
            Block(name, tuple(self._fact(piece, figure) for figure in asked.each.figures))
            for name, piece in sorted(newest.items())
        )
        if not blocks:
            self.references.lack(asked.each.label)
        missing = not blocks or any(fact.missing for block in blocks for fact in block.facts)
        return Answer(label=asked.each.label, blocks=blocks, missing=asked.each.label if missing else "")

    def _rows(self, asked: RowsAsked) -> Answer:
        piece = self._latest(asked.kind, "any")
        found = at(piece.body, asked.pointer) if piece else None
        count = len(found) if isinstance(found, (list, tuple)) else 0
        if piece is not None and isinstance(found, (list, tuple)) and not count:  # it says that there is none
            return Answer(facts=(self.references.length(asked.label, piece, asked.pointer),))
        if not count:
            self.references.lack(asked.label)
            return Answer(label=asked.label, missing=asked.label)
        rows = tuple(
            tuple(self._cell(piece, f"{asked.pointer}/{place}{column.pointer}", column) for column in asked.columns)
            for place in range(min(count, ROWS))
        )
        headers = tuple(column.label for column in asked.columns)
        return Answer(label=asked.label, table=Table(asked.label, headers, rows, count - len(rows)))

    def _cell(self, piece: Piece | None, pointer: str, column: Column) -> Fact:
        if column.form == "listed":
            return self.references.listed(column.label, piece, pointer)
        return self.references.figure(column.label, piece, pointer, form=column.form)

    def _pieces(self, kind: str) -> Answer:
        held = self.case.catalogue.kinds.get(kind)
        title = held.title if held else kind
        pieces = [piece for piece in self.case.dossier.of_kind(kind) if not self.references.of_others(piece)]
        if not pieces:
            self.references.lack(title)
            return Answer(label=title, missing=title)
        lines = tuple(
            PieceLine(
                title=title,
                about=piece.record.subject.name,
                day=figures.day(piece.when),
                quality=words.QUALITIES[piece.record.quality],
                cites=(self.references.cite(piece.id),),
            )
            for piece in list(reversed(pieces))[:PIECES]
        )
        return Answer(label=title, pieces=lines, left_out=len(pieces) - len(lines))

    def _topic(self, topic: str) -> Answer:
        name = topic.replace("-", " ")
        row = self.stated.get(name)
        if row is None:
            title = f"AI{name[2:]}" if name.startswith("ai ") else name.capitalize()
            self.references.lack(title)
            return Answer(label=title, missing=title)
        return Answer(attested=(row,))

    def _controls(self, names: tuple[str, ...]) -> Answer:
        results = {result.id: result for result in self.case.assessment.controls}
        lines = tuple(
            ControlLine(
                id=name,
                title=results[name].title,
                standing=words.STANDINGS[results[name].standing],
                reason="; ".join(results[name].reasons),
                cites=self.references.cites(results[name].evidence),
            )
            for name in names
            if name in results
        )
        settled = (Standing.MET, Standing.NOT_APPLICABLE)
        open_ones = [name for name in names if name not in results or results[name].standing not in settled]
        return Answer(controls=lines, missing=", ".join(open_ones))


def _texts(value: object) -> str | tuple[str, ...] | None:
    """What a field of the system file says, as sentences."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(str(item) for item in value)
    if isinstance(value, dict):
        return tuple(
            f"{name}: {', '.join(map(str, item)) if isinstance(item, tuple) else item}" for name, item in value.items()
        )
    if hasattr(value, "plain"):
        return tuple(f"{name.replace('_', ' ')}: {item}" for name, item in value.plain().items())
    return str(value)


def _status(answers: tuple[Answer, ...]) -> Status:
    if not answers:
        return PERSON
    found = [answer for answer in answers if _is_found(answer)]
    if not found:
        return MISSING
    if any(answer.missing for answer in answers):
        return IN_PART
    shown = any(
        answer.facts or answer.blocks or answer.table or answer.pieces or answer.controls or answer.part
        for answer in found
    )
    return ANSWERED if shown else STATED


def _is_found(answer: Answer) -> bool:
    """Whether something of it is on record."""
    if answer.said is not None:
        return not answer.said.missing
    facts = (*answer.facts, *(fact for block in answer.blocks for fact in block.facts))
    met = any(line.standing is words.STANDINGS[Standing.MET] for line in answer.controls)
    return (
        any(not fact.missing for fact in facts)
        or met
        or bool(answer.table or answer.attested or answer.pieces or answer.part)
    )
