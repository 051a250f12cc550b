"""The little of DER that a time stamp needs: walk to a place by definite lengths, and write a request.

DER is tag, length, value (ITU-T X.690). Tags here are one byte; lengths are definite and as short as they can be; anything
else raises `ValueError` with the offset. Nothing is decoded beyond integers, object identifiers and times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

INTEGER, OCTETS, OID, TIME, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x18, 0x30, 0x31


@dataclass(frozen=True)
class Piece:
    """One element of `data`: its tag, where it starts, and where its value starts and ends."""

    data: bytes
    tag: int
    start: int
    inside: int
    end: int

    @property
    def value(self) -> bytes:
        """The bytes inside."""
        return self.data[self.inside : self.end]

    @property
    def whole(self) -> bytes:
        """The bytes with tag and length."""
        return self.data[self.start : self.end]

    def parts(self) -> list[Piece]:
        """The elements inside a constructed one."""
        found, at = [], self.inside
        while at < self.end:
            found.append(piece(self.data, at, self.end))
            at = found[-1].end
        return found

    def down(self, *path: tuple[int, int]) -> Piece:
        """The element that (number, tag) after (number, tag) leads to. Raises `ValueError` where it is another."""
        here = self
        for number, tag in path:
            parts = here.parts()
            if number >= len(parts) or parts[number].tag != tag:
                raise ValueError(f"the element {number} at byte {here.inside} is not of tag {tag:#04x}")
            here = parts[number]
        return here


def piece(data: bytes, at: int = 0, end: int | None = None) -> Piece:
    """The element that begins at a byte."""
    limit = len(data) if end is None else end
    if at + 2 > limit or data[at] & 0x1F == 0x1F:
        raise ValueError(f"no DER at byte {at}")
    first, inside = data[at + 1], at + 2
    if first < 0x80:
        length = first
    else:
        count = first & 0x7F
        length = int.from_bytes(data[inside : inside + count], "big")
        if not 0 < count <= 4 or inside + count > limit or length < 0x80 or length >> 8 * (count - 1) == 0:
            raise ValueError(f"the length at byte {at + 1} is not one of DER")
        inside += count
    if inside + length > limit:
        raise ValueError(f"what begins at byte {at} is cut")
    return Piece(data, data[at], at, inside, inside + length)


def whole(data: bytes) -> Piece:
    """The one element that the data is; nothing may follow it."""
    found = piece(data)
    if found.end != len(data):
        raise ValueError(f"something follows at byte {found.end}")
    return found


def integer(part: Piece) -> int:
    """The number of an INTEGER."""
    if part.tag != INTEGER or part.inside == part.end:
        raise ValueError(f"no INTEGER at byte {part.start}")
    return int.from_bytes(part.value, "big", signed=True)


def moment(part: Piece) -> datetime:
    """The moment of a GeneralizedTime in UTC; what is below a microsecond is cut off."""
    text = part.value.decode("ascii")
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    if part.tag != TIME or not text.endswith("Z") or not seconds.isdigit() or len(seconds) != 14:
        raise ValueError(f"no time in UTC at byte {part.start}")
    if fraction and not fraction.isdigit():
        raise ValueError(f"no time in UTC at byte {part.start}")
    return datetime.strptime(seconds + fraction[:6].ljust(6, "0"), "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)


def made(tag: int, *values: bytes) -> bytes:
    """An element around these bytes."""
    value = b"".join(values)
    size = len(value)
    count = (size.bit_length() + 7) // 8
    length = bytes([size]) if size < 0x80 else bytes([0x80 | count]) + size.to_bytes(count, "big")
    return bytes([tag]) + length + value


def number(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return made(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))
