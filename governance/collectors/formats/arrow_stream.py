"""The rows of an Arrow IPC stream or file, told from the headers of its batches; no value is read.

A stream is a row of messages: four bytes 0xFFFFFFFF (absent before 0.15), the length of a FlatBuffer, the
FlatBuffer, and the body whose length it names. Eight bytes, 0xFFFFFFFF and a zero, end it; without them the stream
was cut off. A file is the same between `ARROW1` and a footer. Source:
https://arrow.apache.org/docs/format/Columnar.html and `format/Message.fbs`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.files import File

CONTINUED = b"\xff\xff\xff\xff"
FILE_MAGIC = b"ARROW1"
MOST_MESSAGES = 200_000
MOST_METADATA = 4 * 1024 * 1024
_BLOCK = 256 * 1024
_SCHEMA, _BATCH = 1, 3
_CUT = "The file was cut off; write the data set again"


def is_arrow(head: bytes) -> bool:
    """True for bytes that open like an Arrow stream or file: a length that can be one, behind the mark."""
    if head.startswith(FILE_MAGIC + b"\0\0"):
        return True
    return head.startswith(CONTINUED) and len(head) >= 8 and 8 <= struct.unpack_from("<i", head, 4)[0] <= MOST_METADATA


def rows(file: File) -> int:
    """How many rows all batches hold. Raises `UnreadableError` for a stream without schema or end."""
    total, schema = 0, False
    for kind, length in _messages(file):
        if not schema and kind != _SCHEMA:
            raise UnreadableError("an Arrow stream that does not open with its schema")
        schema = True
        total += length if kind == _BATCH else 0
    if not schema:
        raise UnreadableError("an Arrow stream without a schema")
    return total


class _Window:
    """Bytes of a file by place, read a block at a time: many small messages are not many openings of the file."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.start = 0
        self.held = b""

    def read(self, place: int, count: int) -> bytes:
        """`count` bytes from `place` on, or fewer at the end of the file."""
        if not self.start <= place <= place + count <= self.start + len(self.held):
            self.start, self.held = place, self.file.part(place, max(count, _BLOCK))
        return self.held[place - self.start : place - self.start + count]


def _messages(file: File) -> Iterator[tuple[int, int]]:
    """(sort, rows) of each message up to the end mark."""
    in_file = file.head.startswith(FILE_MAGIC)
    place = 8 if in_file else 0
    window = _Window(file)
    for _ in range(MOST_MESSAGES):
        opening = window.read(place, 8)
        if len(opening) < 8:
            raise UnreadableError(f"an Arrow stream without its end: it breaks off at byte {file.size:,}", hint=_CUT)
        modern = opening.startswith(CONTINUED)
        size = struct.unpack_from("<i", opening, 4 if modern else 0)[0]
        place += 8 if modern else 4
        if size == 0:
            if in_file and not file.tail(6).startswith(FILE_MAGIC):
                raise UnreadableError("an Arrow file without its footer", hint=_CUT)
            if not in_file and place != file.size:
                raise UnreadableError(f"bytes follow the end of the Arrow stream at byte {place:,}")
            return
        if not 0 < size <= MOST_METADATA:
            raise UnreadableError(f"no Arrow message stands at byte {place:,}")
        kind, length, body = _message(window.read(place, size))
        place += size + body
        if place > file.size:
            raise UnreadableError(f"an Arrow stream without its end: it breaks off at byte {file.size:,}", hint=_CUT)
        yield kind, length
    raise UnreadableError(f"more than {MOST_MESSAGES:,} Arrow batches")


def _message(data: bytes) -> tuple[int, int, int]:
    """Sort, rows and length of the body of one message."""
    try:
        message = struct.unpack_from("<I", data)[0]
        kind = _field(data, message, 1, "<B")
        body = _field(data, message, 3, "<q")
        length = 0
        if kind == _BATCH and (at := _slot(data, message, 2)):
            length = _field(data, at + struct.unpack_from("<I", data, at)[0], 0, "<q")
    except struct.error:
        raise UnreadableError("the header of an Arrow message is broken", hint=_CUT) from None
    if body < 0 or length < 0:
        raise UnreadableError("the header of an Arrow message is broken", hint=_CUT)
    return kind, length, body


def _slot(data: bytes, table: int, number: int) -> int:
    """Where the field `number` of a FlatBuffer table stands, or 0 where it has its default."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    if vtable < 0:
        raise struct.error
    if 4 + 2 * number >= struct.unpack_from("<H", data, vtable)[0]:
        return 0
    offset: int = struct.unpack_from("<H", data, vtable + 4 + 2 * number)[0]
    return table + offset if offset else 0


def _field(data: bytes, table: int, number: int, form: str) -> int:
    at = _slot(data, table, number)
    value: int = struct.unpack_from(form, data, at)[0] if at else 0
    return value
