"""Protocol-buffer messages taken apart without their description: field numbers and values as they lie on the wire.

What a number stands for is for the caller to know. The wire says only whether a value is a whole number, four or eight bytes,
or a run of bytes, which may be text or a message again (https://protobuf.dev/programming-guides/encoding/). Groups, which
went out of use with the second version of the language, are skipped over with what they hold.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = int | bytes
_MOST_GROUPS = 32
_NUMBER, _EIGHT, _RUN, _OPEN, _CLOSE, _FOUR = range(6)
_WIDTHS = {_EIGHT: 8, _FOUR: 4}


def fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """The fields in their order as (number, value): a whole number without sign, or bytes. Raises `UnreadableError`."""
    at, size, groups = 0, len(message), 0
    while at < size:
        # Most keys and lengths are one byte long; the longer ones take the way around.
        key, at = (message[at], at + 1) if message[at] < 128 else varint(message, at)
        wire = key & 7
        value: Value
        if wire == _RUN:
            length, at = (message[at], at + 1) if at < size and message[at] < 128 else varint(message, at)
            value = message[at : at + length]
            at += length
        elif wire == _NUMBER:
            value, at = varint(message, at)
        elif wire in (_OPEN, _CLOSE):
            groups += 1 if wire == _OPEN else -1
            if not 0 <= groups <= _MOST_GROUPS:
                at = size + 1
                break
            continue
        else:
            width = _WIDTHS.get(wire, size + 1)
            value = message[at : at + width]
            at += width
        if at > size or key < 8:
            at = size + 1
            break
        if not groups:
            yield key >> 3, value
    if at != size or groups:
        raise UnreadableError("not a protocol-buffer message")


def messages(message: bytes, *path: int) -> Iterator[bytes]:
    """The runs of bytes reached through the fields `path`, in their order."""
    for number, value in fields(message):
        if number == path[0] and isinstance(value, bytes):
            if len(path) == 1:
                yield value
            else:
                yield from messages(value, *path[1:])


def last(message: bytes, *path: int) -> bytes | None:
    """The last run of bytes at the end of `path`, which is the one that counts; None where there is none."""
    made = None
    for made in messages(message, *path):  # noqa: B007 - the last one stays
        pass
    return made


def text(message: bytes, *path: int) -> str | None:
    """The text at the end of `path`; None where it is absent or empty. Raises for bytes that are not UTF-8."""
    value = last(message, *path)
    try:
        return value.decode() if value else None
    except UnicodeDecodeError:
        raise UnreadableError(f"field {'.'.join(map(str, path))} is not UTF-8") from None


def whole(message: bytes, number: int) -> int | None:
    """A whole number that may be negative (`int32`, `int64`, `bool`, an enumeration); None where it is absent."""
    found = [value for each, value in fields(message) if each == number and isinstance(value, int)]
    if not found:
        return None
    return found[-1] - 2**64 if found[-1] >= 2**63 else found[-1]


def double(message: bytes, number: int) -> float | None:
    """A floating-point number of eight bytes; None where it is absent."""
    found = [value for each, value in fields(message) if each == number and isinstance(value, bytes)]
    if not found or len(found[-1]) != 8:
        return None
    made: float = struct.unpack("<d", found[-1])[0]
    return made


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A whole number of at most ten bytes from `at` on, and where it ends. Raises where it has no end."""
    value = 0
    for count, byte in enumerate(data[at : at + 10]):
        value |= (byte & 127) << (7 * count)
        if byte < 128:
            return value & (2**64 - 1), at + count + 1
    raise UnreadableError("not a protocol-buffer message")
