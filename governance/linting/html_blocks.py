"""Blocks of HTML in a card: headings, cells, list items, passages and comments, as of Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from governance.linting import html_text
from governance.linting.blocks import Cell, Kind, Link, Segment
from governance.linting.inline import Inline

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADINGS = {f"h{level}": level for level in range(1, 7)}


MOST_SPANNED = 1_000
"""Rows that one cell takes at most."""
MOST_COLUMNS = 100
"""Columns that one cell takes at most, and columns beyond which nothing reaches down, so that no table is expensive."""


@dataclass
class HtmlState:
    """Where in a table the HTML is: a table may be cut by blank lines into several blocks."""

    table: int = 0
    row: int = -1
    column: int = -1
    in_cell: bool = False
    wide: int = 1
    tall: int = 1
    """Columns and rows that the cell takes."""
    held: dict[int, int] = field(default_factory=dict)
    """Columns that a cell of an earlier row reaches down into, each with the last row it takes."""
    heading: int = 0
    in_item: bool = False


class Into(Protocol):
    """What takes the blocks."""

    html: HtmlState

    def passage(
        self, kind: Kind, found: Inline, segments: tuple[Segment, ...], *, cell: Cell | None = None, level: int = 0
    ) -> None:
        """Add a passage."""

    def comment(self, text: str, line: int, column: int) -> None:
        """Add a comment."""

    def next_table(self) -> int:
        """The number of a table that begins now."""


@dataclass
class _Passage:
    parts: list[str] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    strong: list[tuple[int, int]] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    open: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    length: int = 0

    def add(self, text: str, line: int, column: int) -> None:
        self.segments.append(Segment(self.length, line, column))
        self.parts.append(text)
        self.length += len(text)


def read(into: Into, lines: Sequence[str], first: int) -> None:
    """Read the lines, of which the first has this number in the file."""
    source = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    row = 0
    passage = _Passage()
    for event in html_text.scan(source):
        while row + 1 < len(lines) and starts[row + 1] <= event.at:
            row += 1
        if isinstance(event, html_text.Comment):
            into.comment(event.text, first + row, event.at - starts[row] + 1)
        elif isinstance(event, html_text.Text):
            at, number = event.at, row
            for part in event.text.splitlines(keepends=True):
                while number + 1 < len(lines) and starts[number + 1] <= at:
                    number += 1
                passage.add(part, first + number, at - starts[number] + 1)
                at += len(part)
        elif event.name in html_text.BREAKS:
            _end(into, passage)
            passage = _Passage()
            _enter(into, event)
        else:
            _mark(passage, event)
    _end(into, passage)


def _mark(passage: _Passage, tag: html_text.Tag) -> None:
    """Keep where links, bold words and code stand."""
    name = {"strong": "b", "tt": "code", "kbd": "code"}.get(tag.name, tag.name)
    if name == "img":
        passage.links.append(Link(_attribute(tag.source, "src"), passage.length, passage.length, image=True))
    elif name in ("a", "b", "code"):
        held = passage.open.setdefault(name, [])
        if tag.opens:
            held.append((passage.length, _attribute(tag.source, "href") if name == "a" else ""))
        elif held:
            start, target = held.pop()
            if name == "a":
                passage.links.append(Link(target, start, passage.length))
            else:
                (passage.strong if name == "b" else passage.code).append((start, passage.length))


def _attribute(source: str, name: str) -> str:
    _, found, rest = source.partition(f"{name}=")
    if not found or not rest:
        return ""
    return rest[1:].split(rest[0], 1)[0] if rest[0] in "\"'" else rest.split(None, 1)[0].rstrip(">")


def _enter(into: Into, tag: html_text.Tag) -> None:
    state = into.html
    name = tag.name
    if name == "table":
        state.table, state.row, state.column = (into.next_table() if tag.opens else 0), -1, -1
        state.in_cell, state.wide, state.held = False, 1, {}
    elif name in ("thead", "tbody", "tfoot"):
        state.held = {}  # no cell reaches out of its part of the table
    elif name == "tr" and tag.opens:
        state.row, state.column, state.wide = state.row + 1, -1, 1
    elif name in ("td", "th"):
        state.in_cell = tag.opens
        if tag.opens:
            _enter_cell(state, tag)
    elif name == "li":
        state.in_item = tag.opens
    elif name in _HEADINGS:
        state.heading = _HEADINGS[name] if tag.opens else 0


def _enter_cell(state: HtmlState, tag: html_text.Tag) -> None:
    """Go to the next column that no cell of an earlier row reaches down into, and keep what this one takes."""
    column = state.column + (state.wide if state.column >= 0 else 1)
    while column < MOST_COLUMNS and state.held.get(column, -1) >= state.row:
        column += 1
    state.column, state.wide = column, _span(tag, "colspan", MOST_COLUMNS)
    state.tall = _span(tag, "rowspan", MOST_SPANNED)
    if state.tall > 1:
        for taken in range(column, min(column + state.wide, MOST_COLUMNS)):
            state.held[taken] = state.row + state.tall - 1


def _span(tag: html_text.Tag, name: str, most: int) -> int:
    """How many rows or columns a cell takes; 1 where it does not say, or says what is no number."""
    said = _attribute(tag.source, name)
    return max(1, min(most, int(said))) if said.isascii() and said.isdigit() and len(said) < 9 else 1


def _end(into: Into, passage: _Passage) -> None:
    text = "".join(passage.parts)
    if not text.strip():
        if any(link.image for link in passage.links):  # a picture is content, with nothing to read
            segments = tuple(passage.segments) or (Segment(0, 1, 1),)
            if passage.segments:
                into.passage(Kind.PARAGRAPH, Inline(text, [(0, 0)], passage.links), segments)
        return
    state = into.html
    found = Inline(text, [(0, 0)], passage.links, passage.code, passage.strong)
    segments = tuple(passage.segments)
    if state.heading:
        into.passage(Kind.HEADING, found, segments, level=state.heading)
    elif state.table and state.in_cell:
        row, column = max(0, state.row), max(0, state.column)
        into.passage(Kind.CELL, found, segments, cell=Cell(state.table, row, column, state.wide, state.tall))
    else:
        into.passage(Kind.ITEM if state.in_item else Kind.PARAGRAPH, found, segments)
