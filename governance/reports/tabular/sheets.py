"""A workbook whose every cell is a text, a number, a day or a moment, whatever somebody wrote into it. Nothing is cut off.

* Text is written as text. No formula, link or number is read out of it, and text that begins like a formula carries the mark
  `quotePrefix`, so that it stays text when somebody opens the cell and leaves it again.
* A cell holds 32,767 characters (as UTF-16 counts them), and a row is at most 409 points high: what is lower is neither seen nor
  printed. A text that is longer goes on in the sheet *Continued*, and its cell says under which number. So a sheet keeps one row
  for each thing, and can be sorted, filtered and counted.
* Rows beyond what a sheet holds go on in a further sheet of the same name with a number.
* The same input gives the same bytes, with the same versions of XlsxWriter and zlib; the sheets are the same with any.

Sources of the limits: "Excel specifications and limits" of Microsoft; `quotePrefix`, ISO/IEC 29500-1, 18.8.45.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError
from governance.parsing.showing import visible
from governance.reports.atoms.escape import cell
from governance.reports.atoms.house import House
from governance.reports.tabular.lists import Listing, columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.reports.tabular.lists import Column, Value

MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
ROW_POINTS, LINE_POINTS = 409, 13.5
LINES = int(ROW_POINTS / LINE_POINTS)
"""How many lines of ten points a row can show."""
FIRST_YEAR = 1900
"""A workbook knows no day before it; such a one is written as text."""
EXACT = 2**53
"""Whole numbers beyond it are no numbers of a spreadsheet; they are written as text."""
FOOTER = 255
PAGE_WIDTH = 170
"""Characters that a landscape page holds and a person still reads; wider sheets are printed on several pages side by side."""

CONTINUED = "Continued"
_CONTINUED = columns(
    ("number", "No.", 7), ("sheet", "Sheet", 20), ("row", "Row", 26), ("column", "Column", 26), ("part", "Part", 10), ("text", "Text", 110),
)  # fmt: skip
_PAPERS = {"A4": 9, "Letter": 1}
_TOKEN = re.compile(r"[^ \n]+| |\n")
_TWO_UNITS = 0xFFFF
"""Characters beyond it are two units of UTF-16."""
_NOTE = "\n[goes on in the sheet {} under No. {}]"
_NOTE_ROOM = 80
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class XlsxMissing(GovernanceError):  # noqa: N818 - it says what is missing
    """XlsxWriter is not installed."""


@dataclass(frozen=True)
class Legend:
    """What a workbook says of itself.

    `title`, `subject`, `comments`: of its properties; `created`: the moment they bear; `head`, `foot`: printed on each page, the
    foot in a long form and one that always fits; `house`: paper and classification.
    """

    title: str
    subject: str
    comments: str
    created: datetime
    head: str
    foot: tuple[str, str]
    house: House = field(default_factory=House)


class Book:
    """A workbook being written. Add listings, then take the bytes. Raises `XlsxMissing`."""

    def __init__(self, legend: Legend, most_rows: int = MOST_ROWS) -> None:
        try:
            import xlsxwriter
        except ImportError:
            raise XlsxMissing(
                "XlsxWriter is not installed", hint="pip install 'governance-evidence[documents]'"
            ) from None
        self._out = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(self._out, _OPTIONS)
        self._legend, self._most_rows = legend, most_rows
        self._longer: list[tuple[Value, ...]] = []
        self._texts = 0
        self._formats = _Formats(self._book)
        self._book.set_properties(
            {
                "title": visible(legend.title)[:FOOTER],
                "subject": visible(legend.subject)[:FOOTER],
                "comments": visible(legend.comments),
                "created": legend.created.astimezone(UTC).replace(tzinfo=None),
            }
        )

    def reserve(self, name: str) -> Any:
        """A sheet in this place, to be filled later with `fill`."""
        return self._book.add_worksheet(name)

    def add(self, listing: Listing) -> int:
        """A listing as a sheet, or as several where it has more rows than one holds. Returns how many texts of it go on elsewhere."""
        room, before = self._most_rows - 1, self._texts
        for number, start in enumerate(range(0, max(1, len(listing.rows)), room), start=1):
            name = listing.title if number == 1 else f"{listing.title} {number}"
            self.fill(self._book.add_worksheet(name), listing.columns, listing.rows[start : start + room])
        return self._texts - before

    def fill(self, sheet: Any, heads: Sequence[Column], rows: Sequence[Sequence[Value]]) -> None:
        """Heads and rows into a sheet."""
        for place, column in enumerate(heads):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, self._formats.head)
        sheet.set_row(0, LINE_POINTS * max(lines(column.title, column.width - 3) for column in heads))
        name = sheet.get_name()
        for number, row in enumerate(rows, start=1):
            high = 1
            for place, value in enumerate(row):
                if value not in (None, "", ()):
                    high = max(high, self._write(sheet, number, place, value, heads[place], (name, str(row[0]))))
            sheet.set_row(number, LINE_POINTS * min(high, LINES))
        _set_up(sheet, len(rows), sum(column.width for column in heads), len(heads), self._legend)

    def finish(self) -> bytes:
        """The bytes of the workbook, with what did not fit into its cells in a sheet of its own."""
        if self._longer:
            self.fill(self._book.add_worksheet(CONTINUED), _CONTINUED, self._longer)
        self._book.close()
        return self._out.getvalue()

    def _write(self, sheet: Any, row: int, place: int, value: Value, column: Column, where: tuple[str, str]) -> int:
        """One cell; returns how many lines it takes."""
        formats = self._formats
        if isinstance(value, tuple):
            value = "; ".join(map(str, value))
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= EXACT:
            sheet.write_number(row, place, value, formats.number)
            return 1
        if isinstance(value, datetime) and value.year >= FIRST_YEAR:
            sheet.write_datetime(row, place, value.astimezone(UTC).replace(tzinfo=None, microsecond=0), formats.moment)
            return 1
        if isinstance(value, date) and not isinstance(value, datetime) and value.year >= FIRST_YEAR:
            sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), formats.day)
            return 1
        text = self._whole(visible(str(value), keep="\n"), column, where)
        sheet.write_string(row, place, _no_markup(text), formats.quoted if _like_a_formula(text) else formats.text)
        return lines(text, column.width)

    def _whole(self, text: str, column: Column, where: tuple[str, str]) -> str:
        """The text of a cell; of one that is too long the first part, and where it goes on."""
        sheet, key = where
        if sheet == CONTINUED:
            return text
        first, *others = parts(text, column.width, _CONTINUED[-1].width)
        if not others:
            return text
        self._texts += 1
        for number, part in enumerate(others, start=2):
            self._longer.append((self._texts, sheet, key, column.title, f"{number} of {len(others) + 1}", part))
        return first + _NOTE.format(CONTINUED, self._texts)


def parts(text: str, width: int, then: int) -> list[str]:
    """The text in pieces that a cell shows wholly, parted at spaces; together they are the text again.

    The first is for a cell `width` characters wide and leaves room for a note; `then` is the width of the cells that hold the others.
    """
    if len(text) * 2 <= MOST_CHARACTERS and lines(text, width) <= LINES:
        return [text]  # no longer than it may be, even if each character were two units
    made = [text[: _reach(text, 0, width, LINES - 3, MOST_CHARACTERS - _NOTE_ROOM)]]
    start = len(made[0])
    while start < len(text):
        end = _reach(text, start, then, LINES, MOST_CHARACTERS)
        made.append(text[start:end])
        start = end
    return made


def lines(text: str, width: int) -> int:
    """How many lines a text takes at most in a cell so many digits wide. A wide character takes two places.

    The common faces set more letters than digits into a line, so a cell has rather a little room left than a line too few.
    """
    if text.isascii() and len(text) <= width and "\n" not in text:
        return 1  # nearly every text, told in one look
    line, left = 1, width
    for mark in _TOKEN.findall(text):
        line, left = _after(mark, line, left, width)
    return line


def _after(mark: str, line: int, left: int, width: int) -> tuple[int, int]:
    """The line, and the places left in it, after a word, a space or a line break."""
    if mark == "\n":
        return line + 1, width
    if mark == " ":
        return line, left - 1
    size = _size(mark)
    if size > left and left < width:
        line, left = line + 1, width
    return line + (size - 1) // width, left - ((size - 1) % width + 1)


def _reach(text: str, start: int, width: int, most_lines: int, most: int) -> int:
    """How far from `start` a text goes within so many lines and UTF-16 units, in whole words where one fits."""
    line, left, units, at = 1, width, 0, start
    for found in _TOKEN.finditer(text, start):
        line, left = _after(found[0], line, left, width)
        units += len(found[0]) + sum(ord(each) > _TWO_UNITS for each in found[0])
        if line > most_lines or units > most:
            break
        at = found.end()
    return at if at > start else start + _most_of(text[start:], width * most_lines, most)


def _most_of(word: str, places: int, most: int) -> int:
    """How many characters of an endless word go into so many places and units; one at least."""
    for at, character in enumerate(word):
        places -= _places(character)
        most -= 1 + (ord(character) > _TWO_UNITS)
        if places < 0 or most < 0:
            return max(1, at)
    return len(word)


def _size(word: str) -> int:
    return len(word) if word.isascii() else sum(map(_places, word))


def _places(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class _Formats:
    def __init__(self, book: Any) -> None:
        plain = {"text_wrap": True, "valign": "top", "font_size": 10}
        left = {"valign": "top", "align": "left", "font_size": 10}
        self.head = book.add_format({**plain, "bold": True, "bottom": 1, "bg_color": "#EEF0F3"})
        self.text = book.add_format(plain)
        self.quoted = book.add_format({**plain, "quote_prefix": True})
        self.number = book.add_format({**left, "align": "right", "indent": 1, "num_format": "#,##0"})
        self.day = book.add_format({**left, "num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({**left, "num_format": "yyyy-mm-dd hh:mm:ss"})


def _like_a_formula(text: str) -> bool:
    """Also for a text that begins with an apostrophe, which a spreadsheet would take away when the cell is edited."""
    return cell(text.lstrip()[:1]).startswith("'")


def _no_markup(text: str) -> str:
    """XlsxWriter takes a text between `<r>` and `</r>` for XML of its own, and writes it as it is. A space at its end stops that."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _set_up(sheet: Any, rows: int, width: int, heads: int, legend: Legend) -> None:
    """Freeze the heads, let rows be filtered, and make the sheet print on the house's paper with heads on each page."""
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, rows), heads - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
    sheet.set_landscape()
    sheet.set_paper(_PAPERS[legend.house.paper])
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
    sheet.fit_to_pages(-(-width // PAGE_WIDTH), 0)
    sheet.repeat_rows(0)
    if width > PAGE_WIDTH:
        sheet.repeat_columns(0)
    sheet.set_footer(_fitting(*(f"&L&8 {_printed(foot)}&R&8 Page &P of &N" for foot in legend.foot)))
    classified = f"&R&8 {_printed(legend.house.classification)}" if legend.house.classification else ""
    sheet.set_header(_fitting(f"&L&8 {_printed(legend.head)} · &A{classified}", classified))


def _printed(text: str) -> str:
    """Text of a head or foot, where `&` begins a code."""
    return visible(text).replace("&", "&&")


def _fitting(long: str, short: str) -> str:
    """A head or foot that is not longer than one may be."""
    return long if len(long) < FOOTER else short
