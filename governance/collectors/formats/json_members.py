"""A few members of one large JSON object, without building the rest of it.

Tools file a whole transcript beside the two lines that matter. Here the object is walked by its brackets and strings;
only the members asked for are handed out, as the bytes that stand for them. What is passed over is not checked to be
JSON, so this is for bytes that something else vouches for, such as the checksum of an archive.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from governance.collectors.formats.json_skip import past_space, past_string, to_bracket
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_MEMBERS = 10_000
MOST_BRACKETS = 5_000_000
"""Of one value that is passed over."""
_SCALAR = re.compile(rb"[^\s,\]}]+")


def members(data: bytes, wanted: Collection[str], *, where: str = "") -> dict[str, bytes]:
    """The wanted members of the object in `data`, each as its own bytes; absent ones are left out.

    Raises `UnreadableError` where the bytes are no object, or a name stands twice.
    """
    place = past_space(data, 3 if data.startswith(b"\xef\xbb\xbf") else 0)
    if data[place : place + 1] != b"{":
        raise UnreadableError("not a JSON object", where=where)
    found: dict[str, bytes] = {}
    seen: set[str] = set()
    place = past_space(data, place + 1)
    closed = data[place : place + 1] == b"}"
    if closed:
        place = past_space(data, place + 1)
    while not closed:
        name, start = _name(data, place, where)
        if name in seen or len(seen) >= MOST_MEMBERS:
            raise UnreadableError(f"the key {name[:80]!r} stands twice, or one of too many", where=where)
        seen.add(name)
        end = _end(data, start, where)
        if name in wanted:
            found[name] = data[start:end]
        place = past_space(data, end)
        closed = data[place : place + 1] == b"}"
        if not closed and data[place : place + 1] != b",":
            raise _broken(place, where)
        place = past_space(data, place + 1)
    if place != len(data):
        raise _broken(place, where)
    return found


def _name(data: bytes, place: int, where: str) -> tuple[str, int]:
    """The name that stands at `place`, and where its value starts."""
    end = past_string(data, place)
    if end is None:
        raise _broken(place, where)
    name, colon = data[place:end], past_space(data, end)
    if data[colon : colon + 1] != b":":
        raise _broken(colon, where)
    try:
        said = name[1:-1].decode() if b"\\" not in name else str(json.loads(name))
        return said, past_space(data, colon + 1)
    except ValueError:
        raise _broken(place, where) from None


def _end(data: bytes, start: int, where: str) -> int:
    """Where the value that starts at `start` ends."""
    first = data[start : start + 1]
    if first not in (b"{", b"["):
        end = past_string(data, start) if first == b'"' else _past_scalar(data, start)
        if end is None:
            raise _broken(start, where)
        return end
    depth, place = 0, start
    for _ in range(MOST_BRACKETS):
        bracket = to_bracket(data, place)
        if bracket is None:
            raise UnreadableError("ends in the middle of a value", where=where)
        depth += 1 if data[bracket] in b"[{" else -1
        place = bracket + 1
        if not depth:
            return place
    raise UnreadableError(f"a value of more than {MOST_BRACKETS:,} brackets", where=where)


def _past_scalar(data: bytes, place: int) -> int | None:
    match = _SCALAR.match(data, place)
    return match.end() if match else None


def _broken(place: int, where: str) -> UnreadableError:
    return UnreadableError(f"not JSON at byte {place}", where=where)
