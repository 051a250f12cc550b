"""Passing over JSON by its strings and brackets, each byte looked at a fixed number of times.

For bytes that are not parsed, or not yet. The patterns have no possessive and no atomic groups: in Python 3.11.0 to 3.11.4 such a group
within a repeated one matches what it should not (https://github.com/python/cpython/issues/101955 and 106052), and 3.11.2 is what Debian 12
ships. They are unrolled instead, so that no byte can be taken in two ways and a failed match ends at once. Their repeats are bounded: the
standard library keeps a note of each turn of a group until the match is done, some hundred bytes, and a value may be large.
"""

from __future__ import annotations

import re

_ESCAPES = re.compile(rb'[^"\\]*(?:\\.[^"\\]*){0,1000}', re.DOTALL)
_STRINGS = re.compile(rb'[^"\[\]{}]*(?:"[^"\\]*(?:\\.[^"\\]*){0,32}"[^"\[\]{}]*){0,256}', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*")
_QUOTE = ord('"')


def past_space(data: bytes, place: int) -> int:
    """Where the next byte that is no space stands, from `place` on."""
    return _past(_SPACE, data, place)


def past_string(data: bytes, place: int) -> int | None:
    """Where the string that begins at `place` has ended; None where none begins, or it is never closed."""
    if not data.startswith(b'"', place):
        return None
    place += 1
    while True:
        end = _past(_ESCAPES, data, place)
        if data.startswith(b'"', end):
            return end + 1
        if end == place:
            return None
        place = end


def to_bracket(data: bytes, place: int) -> int | None:
    """Where the next bracket of either kind stands that is in no string; None where there is none, or a string is never closed."""
    while True:
        place = _past(_STRINGS, data, place)
        if place == len(data):
            return None
        if data[place] != _QUOTE:
            return place
        # One string too many for the pattern, one with more escapes than it takes at once, or one that is never closed.
        after = past_string(data, place)
        if after is None:
            return None
        place = after


def _past(pattern: re.Pattern[bytes], data: bytes, place: int) -> int:
    match = pattern.match(data, place)
    return match.end() if match else place
