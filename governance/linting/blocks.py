"""The pieces of a card's text, each as a reader sees it and with its place in the file."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from governance.linting.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CELL = "cell"
    CODE = "code"
    COMMENT = "comment"
    """An HTML comment: no reader sees it."""


LONGEST_TITLE = 300
"""Characters of a heading by which a section is named."""
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
    """Where a cell stands: the number of its table, its row (0 is the header) and its column, both from 0, and what it takes of both."""

    table: int
    row: int
    column: int
    wide: int = 1
    tall: int = 1


class Spans:
    """Stretches of a text, in order, so that one is asked about in few steps. Those that touch each other are one."""

    def __init__(self, spans: Iterable[tuple[float, float]], *, closed: bool = False) -> None:
        """Take stretches in any order; one without a character counts for none. With `closed` the last point of each belongs to it."""
        self.starts: list[float] = []
        self.ends: list[float] = []
        self.closed = closed
        for start, end in sorted(each for each in spans if each[0] < each[1]):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def touches(self, start: float, end: float) -> bool:
        """Whether a character from `start` up to `end` lies in one of them."""
        at = (bisect.bisect_left if self.closed else bisect.bisect_right)(self.ends, start)
        return at < len(self.starts) and (self.starts[at] <= end if self.closed else self.starts[at] < end)


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
        return self._code_spans.touches(start, end)

    def is_linked(self, start: int, end: int) -> bool:
        """Whether a stretch of the text touches the words of a link."""
        return self._link_spans.touches(start, end)

    @cached_property
    def _code_spans(self) -> Spans:
        return Spans(self.code)

    @cached_property
    def _link_spans(self) -> Spans:
        return Spans((link.start, link.end) for link in self.links if not link.image)


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

    _titles: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

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
        """The titles on the way to a section, joined by " / ", as much of each as a heading has."""
        held = self._titles.get(section)
        if held is None:
            held = " / ".join(each.title[:LONGEST_TITLE] for each in self.path(section))
            self._titles[section] = held
        return held
