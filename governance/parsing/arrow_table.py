"""The columns of an Apache Arrow IPC stream, as far as tables of samples need it: whole numbers, doubles, text, and bytes of one width.

A stream is a row of messages: four bytes 0xFFFFFFFF, the length of a FlatBuffer, the FlatBuffer, and the body whose length it names;
0xFFFFFFFF and a zero end it. The first is the schema, the others are batches of rows, whose buffers lie in the body: for each column
one bit a row for *has a value* (absent where all have one), for text the offsets, then the values. Dictionaries, nested columns and
packed buffers are refused.

A stream comes from whoever made a pack, and readers in C follow what a FlatBuffer leaves out into memory that is not theirs. Here every
place is looked at before it is read, so that what is broken is an `UnreadableError` and nothing else.

Source: https://arrow.apache.org/docs/format/Columnar.html, `format/Message.fbs` and `format/Schema.fbs` (metadata version 5).
"""

from __future__ import annotations

import struct
import sys
from array import array
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_V5 = 4
_SCHEMA, _BATCH = 1, 3
_INT, _DOUBLE, _TEXT, _FIXED = 2, 3, 5, 15
MOST_BATCHES = 4_096
MOST_COLUMNS = 4_096
_BITS = tuple(tuple(bool(byte >> bit & 1) for bit in range(8)) for byte in range(256))


class Column(NamedTuple):
    """A column of the schema: its name, and its type as `int32`, `int64`, `float64`, `string` or `bytes[WIDTH]`."""

    name: str
    type: str


def schema(data: bytes) -> list[Column]:
    """The columns of a stream, in their order. Raises `UnreadableError`."""
    kind, header, _ = next(_messages(data), (0, None, b""))
    if kind != _SCHEMA or header is None:
        raise UnreadableError("no Arrow stream: it does not open with its schema")
    if header.number(0, "<h") != 0:
        raise UnreadableError("an Arrow stream whose numbers are not little-endian")
    fields = header.tables(1, MOST_COLUMNS)
    return [Column(field.text(0), _type(field)) for field in fields]


def batches(data: bytes, columns: Sequence[Column], most: int) -> Iterator[list[list[Any]]]:
    """The values of each batch of rows, column by column, with None for no value.

    `columns` are those of `schema`; a batch of more than `most` rows is refused before it is read.
    """
    for kind, header, body in islice(_messages(data), 1, None):
        if kind != _BATCH:
            raise UnreadableError("an Arrow stream with a message that is no batch of rows")
        yield _batch(header, body, columns, most)


def _batch(header: _Table, body: memoryview, columns: Sequence[Column], most: int) -> list[list[Any]]:
    rows = header.number(0, "<q")
    if header.there(3) or header.there(4):
        raise UnreadableError("an Arrow stream with buffers that are packed or of a variadic number")
    nodes, places = header.pairs(1, MOST_COLUMNS), header.pairs(2, 3 * MOST_COLUMNS)
    if sum(max(length, 0) for _, length in places) > len(body):  # each value once, however many columns there are
        raise UnreadableError("an Arrow stream whose buffers share their bytes")
    buffers = iter(places)
    if len(nodes) != len(columns) or any(length != rows for length, _ in nodes):
        raise UnreadableError("an Arrow stream whose columns are not all as long as its batch")
    if not 0 <= rows <= most:
        raise UnreadableError(f"an Arrow stream with a batch of {rows:,} rows, where {most:,} were stated")

    def take() -> memoryview:
        offset, length = next(buffers, (-1, -1))
        if offset < 0 or length < 0 or offset + length > len(body):
            raise UnreadableError("an Arrow stream with a buffer outside its batch")
        return body[offset : offset + length]

    made = []
    for column, (_, missing) in zip(columns, nodes, strict=True):
        bits = take()
        values = _text(take(), take(), rows) if column.type == "string" else _plain(take(), rows, column.type)
        made.append(_marked(values, bits, missing))
    if next(buffers, None) is not None:
        raise UnreadableError("an Arrow stream with more buffers than its columns have")
    return made


def _plain(data: memoryview, rows: int, kind: str) -> list[Any]:
    """Numbers, or bytes of one width."""
    if kind.startswith("bytes["):
        width = int(kind[6:-1])
        whole = _exact(data, rows * width).tobytes()
        return [whole[at : at + width] for at in range(0, rows * width, width)]
    code, width = {"int32": ("i", 4), "int64": ("q", 8), "float64": ("d", 8)}[kind]
    return _native(code, _exact(data, rows * width)).tolist()


def _text(offsets: memoryview, data: memoryview, rows: int) -> list[Any]:
    if rows == 0:
        return []
    places = _native("i", _exact(offsets, (rows + 1) * 4)).tolist()
    if places[0] < 0 or places[-1] > len(data) or any(after < at for at, after in pairwise(places)):
        raise UnreadableError("an Arrow stream with a text outside its buffer")
    whole = data.tobytes()
    try:
        if whole.isascii():
            text = whole.decode("ascii")
            return [text[at:after] for at, after in pairwise(places)]
        return [whole[at:after].decode() for at, after in pairwise(places)]
    except UnicodeDecodeError:
        raise UnreadableError("an Arrow stream with a text that is no UTF-8") from None


def _marked(values: list[Any], bits: memoryview, missing: int) -> list[Any]:
    """The values with None where their bit says that there is none."""
    if not bits:
        if missing:
            raise UnreadableError("an Arrow stream that says neither which values are missing nor that none are")
        return values
    if len(bits) * 8 < len(values):
        raise UnreadableError("an Arrow stream that does not say of each value whether it is missing")
    there = chain.from_iterable(_BITS[byte] for byte in bits.tobytes())
    return [value if is_there else None for value, is_there in zip(values, there, strict=False)]


def _exact(data: memoryview, size: int) -> memoryview:
    """The values of a buffer without what fills it up."""
    if len(data) < size:
        raise UnreadableError("an Arrow stream with fewer values than rows")
    return data[:size]


def _native(code: str, data: memoryview) -> array[Any]:
    made = array(code)
    made.frombytes(data)
    if sys.byteorder == "big":
        made.byteswap()
    return made


def _type(field: _Table) -> str:
    said, kind = field.number(2, "<B"), field.table(3)
    if field.there(4) or (field.there(5) and field.tables(5, MOST_COLUMNS)):
        return "a dictionary, or nested"
    if said == _INT and kind.number(0, "<i") in (32, 64) and kind.number(1, "<B"):
        return f"int{kind.number(0, '<i')}"
    if said == _DOUBLE and kind.number(0, "<h") == 2:
        return "float64"
    if said == _TEXT:
        return "string"
    if said == _FIXED and 0 < (width := kind.number(0, "<i")) <= 1024:
        return f"bytes[{width}]"
    return f"number {said} of Arrow's types"


def _messages(data: bytes) -> Iterator[tuple[int, _Table, memoryview]]:
    """(sort, header, body) of each message up to the end mark, behind which nothing may stand."""
    place, whole = 0, memoryview(data)
    for _ in range(MOST_BATCHES + 2):
        if data[place : place + 4] != b"\xff\xff\xff\xff":
            raise UnreadableError(f"no message of an Arrow stream at byte {place:,}")
        size = _number(data, "<i", place + 4)
        place += 8
        if size == 0:
            if place != len(data):
                raise UnreadableError("an Arrow stream that goes on behind its end")
            return
        if not 0 < size <= len(data) - place:
            raise UnreadableError(f"an Arrow stream that breaks off at byte {len(data):,}")
        told = data[place : place + size]
        place += size
        message = _Table(told, _number(told, "<I", 0))
        length = message.number(3, "<q")
        if message.number(0, "<h") != _V5 or not 0 <= length <= len(data) - place:
            raise UnreadableError("an Arrow stream of another version, or one that breaks off")
        yield message.number(1, "<B"), message.table(2), whole[place : place + length]
        place += length
    raise UnreadableError(f"an Arrow stream of more than {MOST_BATCHES:,} batches")


def _number(data: bytes, form: str, place: int) -> int:
    if not 0 <= place <= len(data) - struct.calcsize(form):
        raise UnreadableError("an Arrow stream whose headers point outside themselves")
    found: int = struct.unpack_from(form, data, place)[0]
    return found


class _Table:
    """A table of a FlatBuffer: its fields by number, each at an offset that a row of 16-bit numbers gives, 0 where it is absent."""

    def __init__(self, data: bytes, place: int) -> None:
        self.data, self.place = data, place
        self.offsets = place - _number(data, "<i", place)
        self.count = max(0, (_number(data, "<H", self.offsets) - 4) // 2)

    def there(self, field: int) -> bool:
        """Whether a field is there."""
        return self._at(field) is not None

    def number(self, field: int, form: str) -> int:
        """A field that is a number; 0 where it is absent."""
        at = self._at(field)
        return 0 if at is None else _number(self.data, form, at)

    def table(self, field: int) -> _Table:
        """A field that is a table."""
        return _Table(self.data, self._place(field))

    def text(self, field: int) -> str:
        """A field that is a text; an absent one is empty."""
        if not self.there(field):
            return ""
        at = self._place(field)
        length = _number(self.data, "<I", at)
        raw = self.data[at + 4 : at + 4 + length]
        try:
            if len(raw) == length:
                return raw.decode()
        except UnicodeDecodeError:
            pass
        raise UnreadableError("an Arrow stream with a column whose name is no text")

    def tables(self, field: int, most: int) -> list[_Table]:
        """A field that is a row of tables."""
        at, count = self._row(field, most, 4)
        places = (at + 4 * number for number in range(count))
        return [_Table(self.data, place + _number(self.data, "<I", place)) for place in places]

    def pairs(self, field: int, most: int) -> list[tuple[int, int]]:
        """A field that is a row of pairs of 64-bit numbers."""
        at, count = self._row(field, most, 16)
        return list(struct.iter_unpack("<qq", self.data[at : at + 16 * count]))

    def _row(self, field: int, most: int, width: int) -> tuple[int, int]:
        if not self.there(field):
            return 0, 0
        at = self._place(field)
        count = _number(self.data, "<I", at)
        if count > most or at + 4 + count * width > len(self.data):
            raise UnreadableError("an Arrow stream whose headers list more than they hold")
        return at + 4, count

    def _place(self, field: int) -> int:
        """Where an offset of 32 bits leads."""
        at = self._at(field)
        if at is None:
            raise UnreadableError("an Arrow stream whose headers leave out what they name")
        return at + _number(self.data, "<I", at)

    def _at(self, field: int) -> int | None:
        if field >= self.count:
            return None
        offset = _number(self.data, "<H", self.offsets + 4 + 2 * field)
        return self.place + offset if offset else None
