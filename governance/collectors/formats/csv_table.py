"""Comma-separated values as tools write them: one header, and rows that have a cell for each of its names.

RFC 4180, and nothing guessed: the caller says the delimiter. CSV has no end mark, so what can be checked is checked:
a row with another number of cells than the header, a quote that is never closed, and a last row without its line end
are errors that name the row. A file cut between two rows can not be told from a shorter one.

Rows are read one at a time; the whole table is never held.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.collectors.formats import plain_text
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 2_000
MAX_CELLS = 4_000_000
MAX_CELL = 1024 * 1024
MAX_DELIMITERS = 100_000
"""On one line, quoted text included: beyond it the line is made to fill memory with empty cells."""
_HINT = "The file was cut off or put together by hand; take it from the tool again"


@dataclass(frozen=True)
class Table:
    """`header` has each name once, without space around it. `rows` can be gone through once, and raises at a bad row."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]
    """(the line the row ends on, from 1, and its cells by name); a cell is text as written, `""` where it is empty."""


def parse(data: bytes, *, delimiter: str = ",", space_after_delimiter: bool = False) -> Table:
    """The table in `data`: UTF-8, with or without a byte-order mark, any line end.

    `space_after_delimiter` drops the spaces that some tools put after each delimiter. Empty lines are passed over at
    the end of the file only. Raises `UnreadableError` for a header that is missing or names a column twice, and, while
    the rows are gone through, for the first row that does not fit.
    """
    rows = _records(_text(data), delimiter, space_after_delimiter)
    _, names = next(rows, (0, []))
    header = tuple(name.strip() for name in names)
    if not any(header):
        raise UnreadableError("holds no header")
    if len(header) > MAX_COLUMNS:
        raise UnreadableError(f"{len(header):,} columns are more than {MAX_COLUMNS:,}")
    twice = next((name for place, name in enumerate(header) if name in header[:place]), None)
    if twice is not None:
        raise UnreadableError(f"the header names the column {twice[:100] or '(empty)'} twice")
    return Table(header, _fitted(rows, header))


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{len(data):,} bytes is over the cap of {MAX_BYTES:,}")
    text = plain_text.decoded(data)
    if text and text[-1] not in "\r\n":
        raise UnreadableError(f"line {text.count(chr(10)) + 1}, the last, has no end", hint=_HINT)
    return text.rstrip("\r\n") + "\n" if text else text


def _records(text: str, delimiter: str, space_after_delimiter: bool) -> Iterator[tuple[int, list[str]]]:
    """The rows as lists. The limit of the csv module is one for the whole process, so it is put back after each row."""
    lines = _bounded(io.StringIO(text, newline=""), delimiter)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=space_after_delimiter, strict=True)
    while True:
        before = csv.field_size_limit(MAX_CELL)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableError(f"line {reader.line_num}: {error}", hint=_HINT) from None
        finally:
            csv.field_size_limit(before)
        yield reader.line_num, row


def _bounded(lines: io.StringIO, delimiter: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if line.count(delimiter) > MAX_DELIMITERS:
            raise UnreadableError(f"line {number} has more than {MAX_DELIMITERS:,} delimiters")
        yield line


def _fitted(rows: Iterator[tuple[int, list[str]]], header: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    width = len(header)
    for count, (line, row) in enumerate(rows, 1):
        if len(row) != width:
            raise UnreadableError(f"the row on line {line} has {len(row)} of {width} columns", hint=_HINT)
        if count > MAX_ROWS or count * width > MAX_CELLS:
            raise UnreadableError(f"more rows than are read: {MAX_ROWS:,} rows, {MAX_CELLS:,} cells")
        yield line, dict(zip(header, row, strict=True))
