"""The lines of a page that is signed: a hundred columns, and no word from outside that could pass for a line of ours.

A section begins at the left edge with its number, a row two columns in. Where a row does not fit, the lines that go on with it begin with
`│`, and no row ever begins so: whatever a name or a reason holds, it can look like nothing but more of its own row.

Controls, overrides of direction, and what leaves no mark are shown as escapes, and so is a third mark on one letter; runs of spaces are one
space. What is longer than its room is cut, and says so with an ellipsis and the SHA-256 of the whole.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.parsing import canonical
from governance.parsing.people import visible
from governance.verifier.report import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH = 100
LABEL = 11
ROOM = 260
NOT_KNOWN = "not known"
_MARKS = frozenset({"Mn", "Me"})
_BLANK = "\u2800"
"""A Braille pattern without a dot: as wide as a letter, and nothing to see."""


@dataclass(frozen=True)
class Row:
    """One thing said. `deep` rows belong to the row above; `room` is how many columns of text are printed at most."""

    text: str
    label: str = ""
    deep: bool = False
    room: int = ROOM


@dataclass(frozen=True)
class Section:
    """A heading of ours, and what stands under it."""

    title: str
    rows: tuple[Row, ...]


def of(sections: Iterable[Section]) -> list[str]:
    """The lines of all sections, numbered from 1, each with an empty line before it."""
    made: list[str] = []
    for number, section in enumerate(sections, start=1):
        made += ["", *_heading(f"{number}. {section.title}")]
        for row in section.rows:
            made += wrapped(row)
    return made


def wrapped(row: Row) -> list[str]:
    """The lines of one row."""
    if row.label:
        first, rest = f"  {row.label:<{LABEL}} ", f"  {'':<{LABEL - 2}} │ "
    else:
        first, rest = ("      → ", "        │ ") if row.deep else ("  - ", "    │ ")
    return list(_filled(said(row.text, row.room), first, rest))


def said(text: str, room: int = ROOM) -> str:
    """Words from anywhere as they are printed; what says nothing is `not known`."""
    plain = _shown(" ".join(one_line(unicodedata.normalize("NFC", text)).split()))
    if width(plain) <= room:
        return plain or NOT_KNOWN
    digest = canonical.sha256(text.encode("utf-8", "backslashreplace"))
    end = f"… [cut; whole text sha256 {digest[7:19]}]"
    kept, taken = [], width(end)
    for character in plain:
        taken += width(character)
        if taken > room:
            break
        kept.append(character)
    return "".join(kept).rstrip() + end


def width(text: str) -> int:
    """How many columns a terminal gives to a text, marks on letters counted as if they took one."""
    return len(text) if text.isascii() else sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _heading(text: str) -> Iterator[str]:
    return _filled(text, "", "    │ ")


def _shown(text: str) -> str:
    if text.isascii():
        return text
    made, marks = [], 0
    for character in text:
        kind = unicodedata.category(character)
        marks = marks + 1 if kind in _MARKS else 0
        hidden = kind == "Cn" or character == _BLANK or not visible(character) or marks > 2
        made.append(f"\\u{ord(character):04x}" if hidden else character)
    return "".join(made)


def _filled(text: str, first: str, rest: str) -> Iterator[str]:
    """Lines of at most `WIDTH` columns; a word that is wider than a line is broken where the line ends."""
    line, empty = first, True
    for word in text.split(" "):
        left = word
        while True:
            gap = "" if empty else " "
            if width(line) + len(gap) + width(left) <= WIDTH:
                line, empty = line + gap + left, False
                break
            if not empty:
                yield line.rstrip()
                line, empty = rest, True
                continue
            part = _fitting(left, WIDTH - width(line))
            yield line + part
            line, left = rest, left[len(part) :]
    yield line.rstrip()


def _fitting(text: str, room: int) -> str:
    taken = 0
    for at, character in enumerate(text):
        taken += width(character)
        if taken > room:
            return text[:at]
    return text
