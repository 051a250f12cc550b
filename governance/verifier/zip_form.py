"""The one ZIP a set of members can have: stored, sorted, fixed time, no extra field, no comment.

Because the container has no freedom, every byte of it can be checked: a reader rebuilds each header from what the member is and
compares. Layout after PKWARE APPNOTE 6.3.10, §4.3.7 (local header), §4.3.12 (central directory), §4.3.16 (its end). Archives
beyond 4 GiB or 65,535 members need ZIP64, which this form does not have; the writer refuses them.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from governance.errors import GovernanceError
from governance.verifier.member_names import Names
from governance.verifier.spans import MAX_MEMBER, MAX_MEMBERS, MAX_TOTAL

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DATE, _TIME = (1 << 5) | 1, 0  # 1980-01-01 00:00, the first moment a ZIP can say
_UTF8 = 1 << 11
_MODE = 0o100644 << 16

LOCAL_HEAD = struct.Struct("<4s5H3I2H")
CENTRAL_HEAD = struct.Struct("<4s6H3I5H2I")
END_RECORD = struct.Struct("<4s4H2IH")

_ALIKE = (("flags", 2), ("method", 2), ("time", 2), ("date", 2), ("CRC-32", 4), ("compressed size", 4), ("size", 4),
          ("length of the name", 2), ("length of extra fields", 2))  # fmt: skip
LOCAL_FIELDS = (("signature", 4), ("version", 2), *_ALIKE, ("name", 0))
CENTRAL_FIELDS = (("signature", 4), ("maker", 2), ("version", 2), *_ALIKE, ("length of the comment", 2), ("disk", 2),
                  ("inner attributes", 2), ("outer attributes", 4), ("place of the member", 4), ("name", 0))  # fmt: skip
END_FIELDS = (("signature", 4), ("disk", 2), ("disk of the directory", 2), ("members on this disk", 2), ("members", 2),
              ("size of the directory", 4), ("place of the directory", 4), ("length of the comment", 2))  # fmt: skip
"""What the parts of each record are called, and how many bytes they take; 0 takes the rest."""


class Member(NamedTuple):
    """What the headers say of one member."""

    name: str
    size: int
    crc: int
    offset: int


def local_header(member: Member) -> bytes:
    """The header before a member's bytes."""
    name, size = member.name.encode(), member.size
    return LOCAL_HEAD.pack(LOCAL, 20, _UTF8, 0, _TIME, _DATE, member.crc, size, size, len(name), 0) + name


def central_header(member: Member) -> bytes:
    """The member's line in the directory at the end."""
    name, size = member.name.encode(), member.size
    fixed = CENTRAL_HEAD.pack(
        CENTRAL,
        (3 << 8) | 20,
        20,
        _UTF8,
        0,
        _TIME,
        _DATE,
        member.crc,
        size,
        size,
        len(name),
        0,
        0,
        0,
        0,
        _MODE,
        member.offset,
    )
    return fixed + name


def end(members: int, directory_size: int, directory_offset: int) -> bytes:
    """The record that closes the archive."""
    return END_RECORD.pack(END, 0, 0, members, members, directory_size, directory_offset, 0)


def write(stream: BinaryIO, members: Iterable[tuple[str, bytes]]) -> None:
    """Write the archive. Members must come sorted by name, each once. Raises `GovernanceError` beyond the form's bounds."""
    written: list[Member] = []
    met = Names()
    offset, last = 0, ""
    for name, data in members:
        if written and name <= last:
            raise GovernanceError(f"members out of order: {name!r} after {last!r}")
        met.write(name)
        if len(data) > MAX_MEMBER:
            raise GovernanceError(f"{len(data):,} bytes are too many for a member of a pack (1 GiB)", where=name)
        member = Member(name, len(data), zlib.crc32(data), offset)
        header = local_header(member)
        stream.write(header)
        stream.write(data)
        written.append(member)
        offset, last = offset + len(header) + len(data), name
    directory = b"".join(central_header(member) for member in written)
    if offset + len(directory) + END_RECORD.size > MAX_TOTAL or len(written) > MAX_MEMBERS:
        raise GovernanceError("the pack is too large for its form (4 GiB, 65,535 members)", hint="Pack fewer systems.")
    stream.write(directory)
    stream.write(end(len(written), len(directory), offset))
