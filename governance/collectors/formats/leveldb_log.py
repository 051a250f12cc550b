"""Records in the log form of LevelDB, as the file of a Weights & Biases run has it.

After a header of seven bytes (`:W&B`, 0xBEE1, a version) come blocks of 32 KiB. A record lies in one piece or in several,
each with a checksum over its sort and its bytes, its length, and its sort: whole, first, middle, last. What is left of a block
when no head of a piece fits in is zeros (https://github.com/google/leveldb/blob/main/doc/log_format.md; LevelDB takes another
checksum and has no header).

The tool writes while it trains, so the file of a run that was killed ends anywhere: that is told and is no error. A checksum
that does not hold, and pieces out of their order, are.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = b":W&B\xe1\xbe"
"""How such a file starts; one byte with the version follows."""
BLOCK = 32 * 1024
MOST_RECORD = 64 * 1024 * 1024
_PIECE = 7
_WHOLE, _FIRST, _MIDDLE, _LAST = range(1, 5)


class Log:
    """The records in the bytes of a file. After they were gone through, `cut` says whether the last was incomplete."""

    def __init__(self, data: bytes, *, where: str = "") -> None:
        if len(data) < _PIECE or not data.startswith(HEADER):
            raise UnreadableError("has no header of such a log", where=where)
        self.version = data[6]
        self.cut = False
        self._data = data
        self._where = where

    def __iter__(self) -> Iterator[bytes]:
        self.cut = False
        held: list[bytes] | None = None
        length = 0
        for at, sort, piece in self._pieces():
            if (sort in (_WHOLE, _FIRST)) is (held is not None):
                raise UnreadableError(f"a piece of a record is missing before byte {at:,}", where=self._where)
            length = len(piece) + (length if held else 0)
            if length > MOST_RECORD:
                raise UnreadableError(f"a record is longer than {MOST_RECORD:,} bytes", where=self._where)
            held = [*(held or ())] if sort in (_WHOLE, _FIRST) else held
            assert held is not None  # noqa: S101 - a middle or last piece has one before it
            held.append(piece)
            if sort in (_WHOLE, _LAST):
                yield b"".join(held)
                held = None
        self.cut = self.cut or held is not None

    def _pieces(self) -> Iterator[tuple[int, int, bytes]]:
        """Place, sort and bytes of each piece whose checksum holds."""
        data, at = self._data, _PIECE
        while at < len(data):
            left = BLOCK - at % BLOCK
            if left < _PIECE:
                if data[at : at + left].strip(b"\0"):
                    raise UnreadableError(f"bytes between two blocks at byte {at:,}", where=self._where)
                at += left
                continue
            head = data[at : at + _PIECE]
            length, sort = int.from_bytes(head[4:6], "little"), head[6] if len(head) == _PIECE else 0
            end = at + _PIECE + length
            if len(head) < _PIECE or (sort and end > len(data)):
                self.cut = True
                return
            piece = data[at + _PIECE : end]
            if not _WHOLE <= sort <= _LAST or length > left - _PIECE:
                raise UnreadableError(f"not a record at byte {at:,}", where=self._where)
            if zlib.crc32(piece, zlib.crc32(head[6:7])) != int.from_bytes(head[:4], "little"):
                raise UnreadableError(f"the checksum of a record at byte {at:,} does not hold", where=self._where)
            yield at, sort, piece
            at = end
