"""The pieces of a card's text, each as a reader sees it and with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from governance.linting.findings import Place


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CELL = "cell"
    CODE = "code"
    COMMENT = "comment"
    """An HTML comment: no reader sees it."""


BOLD_LINE = 7
"""The level of a heading that is a line in bold."""
PROSE = frozenset({Kind.PARAGRAPH, Kind.ITEM})


@dataclass(frozen=True)
class Segment:
    """From the character `at` of a block's text on, text and file run side by side from this line and column."""

    at: int
    line: int
    column: int


@dataclass(frozen=True)
class Link:
    """A link: where it leads, and the stretch of the block's text that shows it. An image has `image` set and shows nothing."""

    target: str
    start: int
    end: int
    image: bool = False


@dataclass(frozen=True)
class Cell:
    """Where a cell stands: the number of its table, its row (0 is the header) and its column, both from 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True)
class Block:
    """A paragraph, a list item, a cell, a heading, code or a comment.

    `label` is the bold text it begins with, or the words before the first colon of a list item. `section` is the index of the section it
    belongs to, `group` the number of the list, table or paragraph it is a part of.
    """

    kind: Kind
    text: str
    segments: tuple[Segment, ...]
    section: int = 0
    group: int = 0
    label: str = ""
    links: tuple[Link, ...] = ()
    code: tuple[tuple[int, int], ...] = ()
    """Stretches of the text that are set as code."""
    cell: Cell | None = None
    level: int = 0
    """Of a heading: 1 to 6; 7 for a line that is bold as a whole."""

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """The place of the characters from `start` up to `end` of the text."""
        stop = len(self.text) if end is None else end
        line, column = self._at(start)
        end_line, end_column = self._at(max(start, stop - 1))
        return Place(line, column, end_line, end_column + (1 if stop > start else 0))

    def _at(self, index: int) -> tuple[int, int]:
        low, high = 0, len(self.segments)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.segments[middle].at <= index else (low, middle)
        found = self.segments[low]
        following = self.segments[low + 1] if low + 1 < len(self.segments) else None
        step = max(0, index - found.at)
        if following and following.line == found.line:
            step = min(step, max(0, following.column - found.column))
        return found.line, found.column + step

    def is_code(self, start: int, end: int) -> bool:
        """Whether a stretch of the text touches what is set as code."""
        return any(start < stop and begin < end for begin, stop in self.code)


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it. The first, of level 0, is what stands before any heading."""

    index: int
    level: int
    title: str
    parent: int
    place: Place


@dataclass
class Document:
    """The blocks of a card in order, its sections, and what was too long to be read as Markdown."""

    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    plain: list[Place] = field(default_factory=list)
    """Passages so long that they were read as plain text."""

    def under(self, section: int) -> range:
        """The section and all below it: what stands below follows it without a gap."""
        return range(section, self._ends[section])

    @cached_property
    def _ends(self) -> list[int]:
        """For each section the first one after it that is not below it; asked only once the document is whole."""
        ends = [each.index + 1 for each in self.sections]
        for each in reversed(self.sections[1:]):
            ends[each.parent] = max(ends[each.parent], ends[each.index])
        return ends

    def path(self, section: int) -> tuple[Section, ...]:
        """The section and those it stands in, the outermost first, without the one before any heading."""
        found: list[Section] = []
        index = section
        while index > 0:
            found.append(self.sections[index])
            index = self.sections[index].parent
        return tuple(reversed(found))

    def title(self, section: int) -> str:
        """The titles on the way to a section, joined by " / "."""
        return " / ".join(each.title for each in self.path(section))
