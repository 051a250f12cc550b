"""Zip archives from anybody, read in bounded memory.

The table of contents is read from the end of the file, and a member by positioned reads, so that an archive of several
GiB is never held whole. Methods: stored (0), deflate (8) and Zstandard (93), which the standard library knows from
Python 3.14 on only. Nothing is ever written to disk.

Refused, each with its reason: encrypted archives and those in several parts, names that leave the folder or stand
twice, members that share bytes, sizes out of all proportion, an end that is missing, and a member whose checksum or
length is not the one it was filed under. Format: PKWARE APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any, cast

import zstandard

from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.files import File

_BLOCK = 256 * 1024
_MAX_WINDOW = 128 * 1024 * 1024
_MAX_NAME = 1000
_STORED, _DEFLATE, _DEFLATE64, _ZSTD = 0, 8, 9, 93
_METHODS = {_DEFLATE64: "deflate64", 12: "bzip2", 14: "lzma", 20: "an early form of Zstandard", 95: "xz", 98: "ppmd"}
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR, _UTF8 = 0x0008, 0x0800
_NO16, _NO32 = 0xFFFF, 0xFFFFFFFF

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")


@dataclass(frozen=True)
class Caps:
    """How much one archive may hold: members, and bytes after unpacking.

    `ratio` is bytes unpacked for each byte packed, and counts above `small` bytes only, for a few lines of equal text
    shrink without limit. JSON written by tools shrinks 5 to 100 times.
    """

    members: int = 100_000
    contents: int = 32 * 1024 * 1024
    member: int = 16 * 1024**3
    total: int = 64 * 1024**3
    ratio: int = 1000
    small: int = 16 * 1024 * 1024


@dataclass(frozen=True)
class Member:
    """One member as the table of contents files it: sizes in bytes, `room` up to where the next one starts."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    room: int


class Archive:
    """The members of a zip archive by name. Raises `UnreadableError` where it can not be trusted."""

    def __init__(self, file: File, caps: Caps | None = None) -> None:
        self.file = file
        self.caps = caps or Caps()
        self._members = self._contents()

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def names(self) -> list[str]:
        """The names of all members that are files, in the order of the table of contents."""
        return [name for name in self._members if not name.endswith("/")]

    def size(self, name: str) -> int:
        """The length of a member after unpacking, in bytes, as filed; `pieces` holds it to that."""
        return self._member(name).size

    def read(self, name: str, cap: int = strict_json.MAX_BYTES) -> bytes:
        """One member whole; raises above `cap` bytes."""
        size = self._member(name).size
        if size > cap:
            raise self._error(f"{_shown(name)} holds {size:,} bytes, which is over the cap of {cap:,}")
        return b"".join(self.pieces(name))

    def json(self, name: str, cap: int = strict_json.MAX_BYTES) -> tuple[Any, int]:
        """One member as a JSON document: the value with NaN and Infinity as null, and how many there were."""
        return strict_json.loads_lenient(self.read(name, cap), where=f"{self.file.shown}!{name}", max_bytes=cap)

    def lines(self, name: str, longest: int = 16 * 1024 * 1024) -> Iterator[tuple[int, bytes]]:
        """The lines of a member as (number from 1, bytes without the line end), never holding more than one.

        The checksum is compared after the last line, so a caller must not conclude anything before the end.
        """
        number, held = 0, b""
        for piece in self.pieces(name):
            *whole, held = (held + piece).split(b"\n")
            for line in whole:
                number += 1
                yield number, line.rstrip(b"\r")
            if len(held) > longest:
                raise self._error(f"line {number + 1} of {_shown(name)} is longer than {longest:,} bytes")
        if held:
            yield number + 1, held.rstrip(b"\r")

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a member in pieces of at most 256 KiB; length and checksum are compared at the end."""
        member = self._member(name)
        start = self._start(member)
        unpack = {_STORED: self._stored, _DEFLATE: self._deflate, _ZSTD: self._zstd}.get(member.method)
        if unpack is None:
            how = _METHODS.get(member.method, f"method {member.method}")
            raise self._error(
                f"{_shown(name)} is packed by {how}, which is not read", "Pack it again with deflate or Zstandard."
            )
        done, crc = 0, 0
        try:
            for piece in unpack(start, member.packed):
                done += len(piece)
                if done > member.size:
                    raise self._error(
                        f"{_shown(name)} unpacks to more than the {member.size:,} bytes it is filed under"
                    )
                crc = zlib.crc32(piece, crc)
                yield piece
        except (zlib.error, zstandard.ZstdError):
            raise self._error(f"{_shown(name)} can not be unpacked; its bytes are damaged") from None
        if done != member.size:
            raise self._error(f"{_shown(name)} unpacks to {done:,} bytes and is filed under {member.size:,}")
        if crc != member.crc:
            raise self._error(f"the checksum of {_shown(name)} is not the one it is filed under; its bytes are damaged")

    def _stored(self, start: int, count: int) -> Iterator[bytes]:
        end = start + count
        while start < end:
            piece = self.file.part(start, min(_BLOCK, end - start))
            if not piece:
                raise self._error("ends in the middle of a member")
            start += len(piece)
            yield piece

    def _deflate(self, start: int, count: int) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        for packed in self._stored(start, count):
            rest = packed
            while rest and not unpacker.eof:
                piece = unpacker.decompress(rest, _BLOCK)
                rest = unpacker.unconsumed_tail
                if piece:
                    yield piece
        while not unpacker.eof and (piece := unpacker.decompress(b"", _BLOCK)):
            yield piece
        if not unpacker.eof or unpacker.unused_data:
            raise zlib.error

    def _zstd(self, start: int, count: int) -> Iterator[bytes]:
        source = cast("IO[bytes]", _Span(self._stored(start, count)))
        unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
        with unpacker.stream_reader(source, read_size=_BLOCK, read_across_frames=True) as stream:
            while piece := stream.read(_BLOCK):
                yield piece

    def _member(self, name: str) -> Member:
        member = self._members.get(name)
        if member is None:
            raise self._error(f"lacks {_shown(name)}")
        return member

    def _start(self, member: Member) -> int:
        """Where the member's bytes start, once its own header says the same as the table of contents."""
        header = self.file.part(member.offset, _LOCAL.size + len(member.raw_name))
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise self._error(f"no header stands where {_shown(member.name)} is filed")
        _, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(header)
        agrees = (flags & _ENCRYPTED, method, header[_LOCAL.size :]) == (0, member.method, member.raw_name)
        if not flags & _DESCRIPTOR:
            agrees = agrees and crc == member.crc
            agrees = agrees and packed in (member.packed, _NO32) and size in (member.size, _NO32)
        if not agrees or name_length != len(member.raw_name):
            raise self._error(f"the header of {_shown(member.name)} contradicts the table of contents")
        before: int = _LOCAL.size + name_length + extra_length
        if before + member.packed > member.room:
            raise self._error(f"{_shown(member.name)} reaches into the member after it")
        return member.offset + before

    def _contents(self) -> dict[str, Member]:
        count, length, offset = self._end()
        if count > self.caps.members:
            raise self._error(f"holds {count:,} members, more than {self.caps.members:,}")
        if length > self.caps.contents:
            raise self._error(f"its table of contents has {length:,} bytes, more than {self.caps.contents:,}")
        table = self.file.part(offset, length)
        members: dict[str, Member] = {}
        spelled: set[str] = set()
        place = 0
        for _ in range(count):
            member, place = self._row(table, place)
            plain = unicodedata.normalize("NFC", str(PurePosixPath(member.name.replace("\\", "/"))))
            if plain in spelled:
                raise self._error(f"holds {_shown(member.name)} twice")
            spelled.add(plain)
            members[member.name] = member
        if place != length:
            raise self._error("its table of contents is longer than its members")
        return self._bounded(members, offset)

    def _bounded(self, members: dict[str, Member], end: int) -> dict[str, Member]:
        """The members with the room each has, once none shares bytes with another and none is out of proportion."""
        ordered = sorted(members.values(), key=lambda member: member.offset)
        roomy: dict[str, int] = {}
        if ordered and ordered[-1].offset >= end:
            raise self._error("its members do not lie before its table of contents")
        for member, following in zip(ordered, [*(each.offset for each in ordered[1:]), end], strict=False):
            roomy[member.name] = following - member.offset
            if _LOCAL.size + len(member.raw_name) + member.packed > following - member.offset:
                raise self._error(f"{_shown(member.name)} shares bytes with the member after it")
            self._proportionate(_shown(member.name), member.size, member.packed, self.caps.member)
        self._proportionate("it", sum(member.size for member in ordered), self.file.size, self.caps.total)
        return {name: replace(member, room=roomy[name]) for name, member in members.items()}

    def _proportionate(self, what: str, size: int, packed: int, cap: int) -> None:
        if size > cap:
            raise self._error(f"{what} unpacks to {size:,} bytes, more than {cap:,}")
        if size > self.caps.small and size > packed * self.caps.ratio:
            raise self._error(f"{what} unpacks to {size:,} bytes from {packed:,}, out of all proportion")

    def _row(self, table: bytes, place: int) -> tuple[Member, int]:
        """The entry at `place` of the table of contents, and where the next one starts."""
        if len(table) - place < _CENTRAL.size or table[place : place + 4] != b"PK\x01\x02":
            raise self._error("its table of contents is damaged")
        (_, _, _, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length, disk, _, _,
         offset) = _CENTRAL.unpack_from(table, place)  # fmt: skip
        start = place + _CENTRAL.size
        following = start + name_length + extra_length + comment_length
        if following > len(table):
            raise self._error("its table of contents is damaged")
        raw = table[start : start + name_length]
        name = self._name(raw, flags)
        if flags & _ENCRYPTED:
            raise self._error(f"{_shown(name)} is encrypted", "Attach it unpacked, or packed without a password.")
        extra = table[start + name_length : start + name_length + extra_length]
        size, packed, offset = self._wide(extra, (size, packed, offset))
        if disk not in (0, _NO16):
            raise self._error("is one part of several")
        if name.endswith("/") and size:
            raise self._error(f"the folder {_shown(name)} holds bytes")
        return Member(name, raw, flags, method, crc, packed, size, offset, 0), following

    def _wide(self, extra: bytes, narrow: tuple[int, int, int]) -> tuple[int, int, int]:
        """Sizes and offset, taken from the zip64 field where they do not fit 32 bits."""
        if _NO32 not in narrow:
            return narrow
        field = _extra(extra, 1)
        values = list(narrow)
        for index, value in enumerate(values):
            if value == _NO32 and field:
                if len(field) < 8:
                    raise self._error("its table of contents is damaged")
                values[index], field = int.from_bytes(field[:8], "little"), field[8:]
        return values[0], values[1], values[2]

    def _name(self, raw: bytes, flags: int) -> str:
        try:
            name = raw.decode("utf-8" if flags & _UTF8 else "cp437")
        except UnicodeDecodeError:
            raise self._error("a member's name is not UTF-8") from None
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if (
            not parts
            or len(name) > _MAX_NAME
            or name.startswith(("/", "\\"))
            or ".." in parts
            or name[1:2] == ":"
            or any(unicodedata.category(letter) == "Cc" for letter in name)
        ):
            raise self._error(f"the name {_shown(name)} does not stay inside the archive")
        return name

    def _end(self) -> tuple[int, int, int]:
        """The number of members, and the length and the place of the table of contents."""
        tail = self.file.tail(_END.size + _NO16)
        found = tail.rfind(b"PK\x05\x06")
        while found >= 0 and not _closes(tail, found):
            found = tail.rfind(b"PK\x05\x06", 0, found)
        if found < 0:
            raise self._error("ends before its table of contents; it was cut or is still being written")
        _, disk, start_disk, here, count, length, offset, _ = _END.unpack_from(tail, found)
        end = self.file.size - len(tail) + found
        if disk not in (0, _NO16) or start_disk not in (0, _NO16) or here != count:
            raise self._error("is one part of several")
        count, length, offset, end = self._end64(end, (count, length, offset))
        if offset + length != end:
            raise self._error("its table of contents is not where it says; bytes were taken out or put in")
        return count, length, offset

    def _end64(self, end: int, narrow: tuple[int, int, int]) -> tuple[int, int, int, int]:
        """The same in 64 bits, and where that record stands; some writers (torch) leave one for small archives too."""
        locator = self.file.part(max(0, end - _LOCATOR.size), _LOCATOR.size)
        if end < _LOCATOR.size or locator[:4] != b"PK\x06\x07":
            return *narrow, end
        _, _, place, _ = _LOCATOR.unpack(locator)
        record = self.file.part(place, _END64.size) if place < end else b""
        if len(record) < _END64.size or record[:4] != b"PK\x06\x06":
            raise self._error("its table of contents is damaged")
        _, _, _, _, disk, start_disk, here, count, length, offset = _END64.unpack(record)
        if disk or start_disk or here != count:
            raise self._error("is one part of several")
        wide = (count, length, offset)
        none = (_NO16, _NO32, _NO32)
        if any(short not in both for short, *both in zip(narrow, wide, none, strict=True)):
            raise self._error("its two ends contradict each other")
        return *wide, place

    def _error(self, what: str, hint: str = "") -> UnreadableError:
        return UnreadableError(what, where=self.file.shown, hint=hint)


class _Span:
    """Pieces as something with `read`, which is all the unpacker asks for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, count: int) -> bytes:
        held = self._held or next(self._pieces, b"")
        self._held = held[count:]
        return held[:count]


def _extra(extra: bytes, kind: int) -> bytes:
    """The first extra field of a kind, or nothing."""
    place = 0
    while place + 4 <= len(extra):
        found, length = struct.unpack_from("<2H", extra, place)
        if found == kind:
            return extra[place + 4 : place + 4 + length]
        place += 4 + length
    return b""


def _closes(tail: bytes, place: int) -> bool:
    """True where the record at `place` and its comment reach exactly to the end of the file."""
    comment = int.from_bytes(tail[place + 20 : place + 22], "little")
    return place + _END.size + comment == len(tail)


def _shown(name: str) -> str:
    return repr(name[:120])
