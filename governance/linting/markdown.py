"""Markdown as blocks and sections, each with its place.

markdown-it-py (CommonMark) tells blocks, headings, lists and code; rows of tables are cut here, since the form of GitHub is simple and
a large table would cost seconds there. A bold line that stands alone counts as a heading of level 7, because half the cards in the
world write theirs so.

Bounds, so that no text is expensive: a passage of more than `LONGEST` characters, and what is left when long passages have used up
`BUDGET`, is read as plain text, without emphasis and links.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from governance.errors import UnreadableError
from governance.linting import html_blocks, inline
from governance.linting.blocks import BOLD_LINE, Block, Cell, Document, Kind, Section, Segment
from governance.linting.findings import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from governance.linting.inline import Inline

LONGEST = 20_000
BUDGET = 1_000_000_000
"""The sum of the squares of the lengths of passages over a thousand characters: about two seconds at the worst."""
MAX_BLOCKS = 20_000
"""Paragraphs, items, cells and headings together; the most of 25,000 public cards that were counted are 5,684."""
MAX_DEPTH = 60
_LISTS = {"bullet_list_open": 1, "ordered_list_open": 1, "bullet_list_close": -1, "ordered_list_close": -1}
_ITEMS = {"list_item_open": 1, "list_item_close": -1}
_CONTENT = frozenset({"inline", "fence", "code_block", "html_block"})
_DELIMITER = re.compile(r"\s{0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_LABEL = re.compile(r"([^\n:|]{2,60}?)\s*[:：]")


def read(lines: Sequence[str], first: int = 1) -> Document:
    """The blocks of the lines, of which the first has the number `first` in the file."""
    made = _Reader(lines, first)
    made.walk()
    return made.document


class _Reader:
    def __init__(self, lines: Sequence[str], first: int) -> None:
        self.lines, self.first = lines, first
        self.document = Document(sections=[Section(0, 0, "", 0, Place(first))])
        self.markdown = MarkdownIt("commonmark", {"maxNesting": MAX_DEPTH})
        self.markdown.core.ruler.enableOnly(["normalize", "block"])
        self.env: dict[str, object] = {}
        self.spent = 0
        self.group = 0
        self.tables = 0
        self.html = html_blocks.HtmlState()

    def walk(self) -> None:
        """Take the blocks out of the tokens. Raises `UnreadableError` for more of them, or deeper ones, than a card has."""
        tokens = self.markdown.parse("\n".join(self.lines), self.env)
        if any(token.level >= MAX_DEPTH - 1 for token in tokens):  # what stands deeper is left out there without a word
            raise UnreadableError(f"lists or quotes stand more than {MAX_DEPTH // 2} deep in each other")
        lists = items = heading = 0
        for token in tokens:
            step = _LISTS.get(token.type, 0)
            self.group += step > 0 and not lists
            lists += step
            items += _ITEMS.get(token.type, 0)
            if token.type in ("heading_open", "heading_close"):
                heading = int(token.tag[1]) if token.nesting > 0 else 0
            elif token.type in _CONTENT:
                self.group += not lists
                if token.type == "inline":
                    self._passage(token, heading=heading, item=bool(items))
                else:
                    self._html(token) if token.type == "html_block" else self._code(token)

    def _append(self, block: Block) -> None:
        if len(self.document.blocks) >= MAX_BLOCKS:
            raise UnreadableError(f"more than {MAX_BLOCKS:,} passages and cells are more than a card may have")
        self.document.blocks.append(block)

    # --- passages ----------------------------------------------------------------------------------------------------

    def _passage(self, token: Token, *, heading: int, item: bool) -> None:
        begin = token.map[0] if token.map else 0
        rows = token.content.split("\n")
        at = next((n for n in range(1, len(rows)) if self._opens_table(rows, n)), 0) if not heading else 0
        if at:
            if at > 1:
                self._text(rows[: at - 1], begin, heading=0, item=item)
            self._table(rows[at - 1 :], begin + at - 1)
        else:
            self._text(rows, begin, heading=heading, item=item)

    def _text(self, rows: Sequence[str], begin: int, *, heading: int, item: bool) -> None:
        source = "\n".join(rows)
        found = self._inline(source, begin)
        segments = self._segments(found, rows, begin)
        kind = Kind.HEADING if heading else (Kind.ITEM if item else Kind.PARAGRAPH)
        label = _label(found, is_item=item)
        if kind is Kind.PARAGRAPH and _is_bold_line(found):
            kind, heading = Kind.HEADING, BOLD_LINE
        self._add(kind, found, segments, label=label, level=heading)
        self._comments(found, rows, begin)

    def _inline(self, source: str, begin: int) -> Inline:
        if not inline.SPECIAL.intersection(source):
            return inline.plain(source)
        if len(source) > 1000:
            self.spent += len(source) ** 2
        if len(source) > LONGEST or self.spent > BUDGET:
            line = self.first + begin
            self.document.plain.append(Place(line, 1, line, 2))
            return inline.plain(source)
        tokens: list[Token] = []
        self.markdown.inline.parse(source, self.markdown, self.env, tokens)
        return inline.read(source, tokens)

    def _segments(
        self, found: Inline, rows: Sequence[str], begin: int, column: int | None = None
    ) -> tuple[Segment, ...]:
        """The pieces of a passage with line and column in the file, cut at each line end."""
        starts: list[tuple[int, int, int]] = []
        offset = 0
        for number, row in enumerate(rows):
            index = begin + number
            lead = len(row) - len(row.lstrip())
            stands = self.lines[index].find(row.strip()) if index < len(self.lines) else 0
            first = column if column is not None and number == 0 else max(0, stands) + 1 - lead
            starts.append((offset, self.first + index, first))
            offset += len(row) + 1
        made: list[Segment] = []
        row_at = 0
        for text_at, source_at in found.pieces:
            while row_at + 1 < len(starts) and starts[row_at + 1][0] <= source_at:
                row_at += 1
            offset, line, first = starts[row_at]
            made.append(Segment(text_at, line, max(1, first + source_at - offset)))
        if len(found.pieces) == 1 and len(rows) > 1:  # plain text over several lines
            made = [Segment(at, line, max(1, first)) for at, line, first in starts]
        return tuple(made)

    def _add(
        self,
        kind: Kind,
        found: Inline,
        segments: tuple[Segment, ...],
        *,
        label: str = "",
        level: int = 0,
        cell: Cell | None = None,
    ) -> None:
        if kind is Kind.HEADING:
            self.open_section(found.text.strip().rstrip(":").strip(), level, segments[0])
        self._append(
            Block(
                kind, found.text, segments, section=self.document.sections[-1].index, group=self.group, label=label,
                links=tuple(found.links), code=tuple(found.code), cell=cell, level=level,
            )
        )  # fmt: skip

    def open_section(self, title: str, level: int, at: Segment) -> None:
        """Begin a section under the nearest one above it."""
        sections = self.document.sections
        parent = sections[-1].index
        while parent and sections[parent].level >= level:
            parent = sections[parent].parent
        place = Place(at.line, at.column, at.line, at.column + max(1, len(title.split("\n", 1)[0])))
        sections.append(Section(len(sections), level, title, parent, place))

    def _comments(self, found: Inline, rows: Sequence[str], begin: int) -> None:
        for at, text in found.comments:
            before = "\n".join(rows)[:at]
            number = before.count("\n")
            index = begin + number
            line = self.lines[index] if index < len(self.lines) else ""
            column = max(0, line.find(text.split("\n", 1)[0])) + 1
            self.comment(text, self.first + index, column)

    def comment(self, text: str, line: int, column: int) -> None:
        """Add a comment that begins there."""
        segments = [Segment(0, line, column)]
        offset = 0
        for number, row in enumerate(text.split("\n")[:-1], start=1):
            offset += len(row) + 1
            segments.append(Segment(offset, line + number, 1))
        self._append(
            Block(Kind.COMMENT, text, tuple(segments), section=self.document.sections[-1].index, group=self.group)
        )

    # --- tables ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _opens_table(rows: Sequence[str], at: int) -> bool:
        """Whether the row at `at` parts a header from its rows."""
        row = rows[at]
        if "-" not in row or "|" not in rows[at - 1] or not _DELIMITER.fullmatch(row):
            return False
        return len(_cut(rows[at - 1])) == len(_cut(row))

    def _table(self, rows: Sequence[str], begin: int) -> None:
        self.group += 1
        self.tables += 1
        number = 0
        for index, row in enumerate(rows):
            if index == 1:
                continue
            line = begin + index
            shift = (
                max(0, self.lines[line].find(row.strip())) - (len(row) - len(row.lstrip()))
                if line < len(self.lines)
                else 0
            )
            for column, (at, text) in enumerate(_cut(row)):
                found = self._inline(text, line)
                segments = self._segments(found, [text], line, column=max(0, shift) + at + 1)
                self._add(Kind.CELL, found, segments, cell=Cell(self.tables, number, column))
                self._comments(found, [text], line)
            number += 1

    # --- code and HTML -----------------------------------------------------------------------------------------------

    def _code(self, token: Token) -> None:
        begin = token.map[0] if token.map else 0
        shift = 1 if token.type == "fence" else 0
        segments, offset = [], 0
        for number, row in enumerate(token.content.split("\n")):
            segments.append(Segment(offset, self.first + begin + shift + number, 1))
            offset += len(row) + 1
        self._append(
            Block(
                Kind.CODE, token.content, tuple(segments), section=self.document.sections[-1].index, group=self.group,
                label=token.info.strip(),
            )
        )  # fmt: skip

    def _html(self, token: Token) -> None:
        begin = token.map[0] if token.map else 0
        end = token.map[1] if token.map else begin + 1
        html_blocks.read(self, self.lines[begin:end], self.first + begin)

    def next_table(self) -> int:
        """The number of a table that begins now."""
        self.tables += 1
        self.group += 1
        return self.tables

    def passage(
        self, kind: Kind, found: Inline, segments: tuple[Segment, ...], *, cell: Cell | None = None, level: int = 0
    ) -> None:
        """Add a passage that was read out of HTML."""
        self._add(kind, found, segments, label=_label(found, is_item=kind is Kind.ITEM), cell=cell, level=level)


def _cut(row: str) -> list[tuple[int, str]]:
    """The cells of a row, each with its position in it; a bar after a backslash stands inside a cell."""
    cells: list[tuple[int, str]] = []
    start = at = 0
    while True:
        at = row.find("|", at)
        if at < 0:
            break
        if at and row[at - 1] == "\\":
            at += 1
            continue
        cells.append((start, row[start:at]))
        start = at = at + 1
    cells.append((start, row[start:]))
    if cells and not cells[0][1].strip():
        cells.pop(0)
    if cells and not cells[-1][1].strip():
        cells.pop()
    return [(begin + len(text) - len(text.lstrip()), text.strip()) for begin, text in cells]


def _label(found: Inline, *, is_item: bool) -> str:
    """The bold words a passage begins with, or those before the colon of a list item; without the colon."""
    lead = len(found.text) - len(found.text.lstrip())
    for start, end in found.strong:
        if start <= lead and end > start:
            return found.text[start:end].strip().rstrip(":").strip()[:80]
    if is_item and (match := _LABEL.match(found.text)):
        return match[1].strip()
    return ""


def _is_bold_line(found: Inline) -> bool:
    text = found.text.strip()
    if not text or "\n" in text or len(text.split()) > 10 or len(found.strong) != 1:
        return False
    start, end = found.strong[0]
    inside = found.text[start:end].strip()
    return bool(inside) and text.rstrip(":").strip() == inside.rstrip(":").strip() and not inside.endswith(".")
