"""A few members of one large JSON object, without building the rest of it.

Tools file a whole transcript beside the two lines that matter. Here the object is walked by its brackets and strings;
only the members asked for are handed out, as the bytes that stand for them. What is passed over is not checked to be
JSON, so this is for bytes that something else vouches for, such as the checksum of an archive.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_MEMBERS = 10_000
MOST_BRACKETS = 5_000_000
"""Of one value that is passed over."""
# Possessive: a string that is never closed reaches to the end, and each byte is looked at once.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*+")
_SCALAR = re.compile(rb"[^\s,\]}]++")


def members(data: bytes, wanted: Collection[str], *, where: str = "") -> dict[str, bytes]:
    """The wanted members of the object in `data`, each as its own bytes; absent ones are left out.

    Raises `UnreadableError` where the bytes are no object, or a name stands twice.
    """
    place = _past(data, 3 if data.startswith(b"\xef\xbb\xbf") else 0)
    if data[place : place + 1] != b"{":
        raise UnreadableError("not a JSON object", where=where)
    found: dict[str, bytes] = {}
    seen: set[str] = set()
    place = _past(data, place + 1)
    closed = data[place : place + 1] == b"}"
    if closed:
        place = _past(data, place + 1)
    while not closed:
        name, start = _name(data, place, where)
        if name in seen or len(seen) >= MOST_MEMBERS:
            raise UnreadableError(f"the key {name[:80]!r} stands twice, or one of too many", where=where)
        seen.add(name)
        end = _end(data, start, where)
        if name in wanted:
            found[name] = data[start:end]
        place = _past(data, end)
        closed = data[place : place + 1] == b"}"
        if not closed and data[place : place + 1] != b",":
            raise _broken(place, where)
        place = _past(data, place + 1)
    if place != len(data):
        raise _broken(place, where)
    return found


def _name(data: bytes, place: int, where: str) -> tuple[str, int]:
    """The name that stands at `place`, and where its value starts."""
    match = _STRING.match(data, place)
    if match is None:
        raise _broken(place, where)
    colon = _past(data, match.end())
    if data[colon : colon + 1] != b":":
        raise _broken(colon, where)
    try:
        name = match[0][1:-1].decode() if b"\\" not in match[0] else str(json.loads(match[0]))
        return name, _past(data, colon + 1)
    except ValueError:
        raise _broken(place, where) from None


def _end(data: bytes, start: int, where: str) -> int:
    """Where the value that starts at `start` ends."""
    first = data[start : start + 1]
    if first not in (b"{", b"["):
        match = (_STRING if first == b'"' else _SCALAR).match(data, start)
        if match is None:
            raise _broken(start, where)
        return match.end()
    depth, place = 0, start
    for _ in range(MOST_BRACKETS):
        bracket = _TO_BRACKET.match(data, place)
        if bracket is None:
            raise UnreadableError("ends in the middle of a value", where=where)
        depth += 1 if bracket[1] in b"[{" else -1
        place = bracket.end()
        if not depth:
            return place
    raise UnreadableError(f"a value of more than {MOST_BRACKETS:,} brackets", where=where)


def _past(data: bytes, place: int) -> int:
    match = _SPACE.match(data, place)
    return match.end() if match else place


def _broken(place: int, where: str) -> UnreadableError:
    return UnreadableError(f"not JSON at byte {place}", where=where)
