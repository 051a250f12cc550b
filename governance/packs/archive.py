"""The one ZIP a set of members can have: stored, sorted, fixed time, no extra field, no comment.

Because the container has no freedom, every byte of it can be checked: a reader rebuilds each header from what the member is and
compares. Layout after PKWARE APPNOTE 6.3.10, §4.3.7 (local header), §4.3.12 (central directory), §4.3.16 (its end). Archives
beyond 4 GiB or 65,535 members need ZIP64, which this form does not have; the writer refuses them.

Reading goes through `zipfile` so that an archive another program has rewritten is still read member by member, and what was
changed in it is named. Nothing is ever extracted to disk.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from governance.errors import GovernanceError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_MEMBERS = 65_535
MAX_BYTES = 0xFFFF_FFFF
MAX_READ = 1 << 30
"""The most a member may unpack to when an archive is read (1 GiB), and all members together four times as much."""

_DATE, _TIME = (1 << 5) | 1, 0  # 1980-01-01 00:00, the first moment a ZIP can say
_UTF8 = 1 << 11
_MODE = 0o100644 << 16


@dataclass(frozen=True)
class Member:
    """What the headers say of one member."""

    name: str
    size: int
    crc: int
    offset: int


def local_header(member: Member) -> bytes:
    """The header before a member's bytes."""
    name = member.name.encode()
    fixed = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, _UTF8, 0, _TIME, _DATE, member.crc, member.size, member.size, len(name), 0
    )
    return fixed + name


def central_header(member: Member) -> bytes:
    """The member's line in the directory at the end."""
    name = member.name.encode()
    fixed = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", (3 << 8) | 20, 20, _UTF8, 0, _TIME, _DATE, member.crc, member.size, member.size,
        len(name), 0, 0, 0, 0, _MODE, member.offset,
    )  # fmt: skip
    return fixed + name


def end(members: int, directory_size: int, directory_offset: int) -> bytes:
    """The record that closes the archive."""
    return struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, members, members, directory_size, directory_offset, 0)


def write(stream: BinaryIO, members: Iterable[tuple[str, bytes]]) -> None:
    """Write the archive. Members must come sorted by name, each once. Raises `GovernanceError` beyond the form's bounds."""
    written: list[Member] = []
    offset, last = 0, ""
    for name, data in members:
        if written and name <= last:
            raise GovernanceError(f"members out of order: {name!r} after {last!r}")
        member = Member(name, len(data), zlib.crc32(data), offset)
        header = local_header(member)
        stream.write(header)
        stream.write(data)
        written.append(member)
        offset, last = offset + len(header) + len(data), name
    directory = b"".join(central_header(member) for member in written)
    if offset + len(directory) > MAX_BYTES or len(written) > MAX_MEMBERS:
        raise GovernanceError("the pack is too large for its form (4 GiB, 65,535 members)", hint="Pack fewer systems.")
    stream.write(directory)
    stream.write(end(len(written), len(directory), offset))


class Archive:
    """An archive opened for reading. `odd` collects what its container has that the one form has not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_file():
            raise UnreadableError("not a regular file", where=str(path))
        try:
            self._stream = path.open("rb")
            self._zip = zipfile.ZipFile(self._stream)
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, UnicodeDecodeError) as error:
            self._stream.close()
            raise UnreadableError(f"not a pack that can be read: {error}", where=str(path)) from None
        infos = self._zip.infolist()
        total = sum(info.file_size for info in infos)
        if len(infos) > MAX_MEMBERS or total > 4 * MAX_READ or any(info.file_size > MAX_READ for info in infos):
            self.close()
            raise UnreadableError(f"{len(infos)} members of {total:,} bytes are over the caps", where=str(path))
        if total > 200 * max(path.stat().st_size, 1) + (1 << 20):
            self.close()
            raise UnreadableError("unpacks to far more than it holds, as a bomb does", where=str(path))
        self.names = [info.filename for info in infos]
        self._infos = {info.filename: info for info in infos}

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close() if hasattr(self, "_zip") else None
        self._stream.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises `UnreadableError` naming it where they can not be had whole."""
        info = self._infos.get(name)
        if info is None:
            raise UnreadableError("is missing", where=name)
        if info.compress_type != zipfile.ZIP_STORED:
            raise UnreadableError("is compressed, which no member of a pack is", where=name)
        try:
            with self._zip.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
            ValueError,
        ) as error:
            raise UnreadableError(f"can not be read: {error}", where=name) from None
        if len(data) != info.file_size:
            raise UnreadableError("is not as long as the archive says", where=name)
        return data

    def oddities(self, crcs: dict[str, int]) -> Iterator[tuple[str, str]]:
        """(member, what is odd) for every byte of the container that is not the one it must be.

        `crcs` holds the CRC-32 of each member's bytes as read. Yields the first oddity and stops, because after it
        every offset is off.
        """
        offset = 0
        members: list[Member] = []
        for name in self.names:
            info = self._infos[name]
            member = Member(name, info.file_size, crcs.get(name, -1) & 0xFFFF_FFFF, offset)
            header = local_header(member)
            if self._at(offset, len(header)) != header:
                yield name, "its header in the archive is not the one it must have"
                return
            members.append(member)
            offset += len(header) + member.size
        start = offset
        for member in members:
            line = central_header(member)
            if self._at(offset, len(line)) != line:
                yield member.name, "its line in the archive's directory is not the one it must have"
                return
            offset += len(line)
        closing = end(len(members), offset - start, start)
        if self._at(offset, len(closing) + 1) != closing:
            yield "(archive)", "its end is not the one it must have"

    def _at(self, offset: int, size: int) -> bytes:
        self._stream.seek(offset)
        return self._stream.read(size)
