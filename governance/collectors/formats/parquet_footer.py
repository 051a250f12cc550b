"""The number of rows that the footer of a Parquet file names; no value is read.

The file ends with its metadata in the compact form of Thrift, four bytes for their length, and `PAR1`; the third
field of the metadata is the number of rows. Source: https://parquet.apache.org/docs/file-format/ and
`parquet.thrift`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

MAGIC = b"PAR1"
MOST_FOOTER = 16 * 1024 * 1024
_MOST_DEEP = 16
_I64, _BINARY, _LIST, _SET, _MAP, _STRUCT = 6, 8, 9, 10, 11, 12
_ROWS = 3


def rows(file: File) -> int | None:
    """How many rows the footer names, None where its metadata are of a form not known here.

    Raises `UnreadableError` for a file that does not end as a Parquet file does.
    """
    end = file.tail(8)
    if end[4:] != MAGIC:
        raise UnreadableError("a Parquet file without its footer", hint="The file was cut off; fetch it again")
    size = int.from_bytes(end[:4], "little")
    if not 0 < size <= min(MOST_FOOTER, file.size - 12):
        return None
    try:
        return _Compact(file.part(file.size - 8 - size, size)).whole_number(_ROWS)
    except (IndexError, _StrangeError):
        return None


class _StrangeError(Exception):
    """A sort of field that the compact form does not have."""


class _Compact:
    """A walk over one struct in Thrift's compact form."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def whole_number(self, wanted: int) -> int | None:
        """The 64-bit field `wanted` of the struct, or None where it is not there."""
        number = 0
        while kind := (head := self._byte()) & 0x0F:
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            if number == wanted and kind == _I64:
                value = self._zigzag()
                return value if 0 <= value <= 2**53 else None
            self._skip(kind, 0)
        return None

    def _skip(self, kind: int, depth: int) -> None:
        if depth > _MOST_DEEP:
            raise _StrangeError
        if kind in (1, 2):  # true and false, which are the sort itself
            return
        if kind == 3:
            self._byte()
        elif kind in (4, 5, _I64):
            self._varint()
        elif kind == 7:
            self.place += 8
        elif kind == _BINARY:
            self.place += self._varint()
        elif kind in (_LIST, _SET):
            self._skip_list(depth)
        elif kind == _MAP:
            self._skip_map(depth)
        elif kind == _STRUCT:
            while inner := (head := self._byte()) & 0x0F:
                if not head >> 4:
                    self._varint()
                self._skip(inner, depth + 1)
        else:
            raise _StrangeError

    def _skip_list(self, depth: int) -> None:
        head = self._byte()
        count = head >> 4 if head >> 4 != 15 else self._varint()
        self._skip_all(count, (head & 0x0F,), depth)

    def _skip_map(self, depth: int) -> None:
        if count := self._varint():
            kinds = self._byte()
            self._skip_all(count, (kinds >> 4, kinds & 0x0F), depth)

    def _skip_all(self, count: int, kinds: tuple[int, ...], depth: int) -> None:
        if count > len(self.data):  # each item takes a byte at least
            raise _StrangeError
        for _ in range(count):
            for kind in kinds:
                if kind in (1, 2):
                    self._byte()
                else:
                    self._skip(kind, depth + 1)

    def _byte(self) -> int:
        value = self.data[self.place]
        self.place += 1
        return value

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise _StrangeError
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
