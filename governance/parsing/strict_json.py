"""JSON as RFC 8259 means it, from bytes nobody vouches for.

Python's `json` keeps the last of two equal keys (an attacker's *reject* becomes *approve*), accepts `NaN`, and recurses
until it dies. Here a duplicate key, an invalid number, half a surrogate pair, a depth over the cap and a byte that is
not UTF-8 are errors that name the file and, where there is one, the place. Training tools do write `NaN` and `Infinity` as
bare words; a caller who reads their files asks for them to be *kept as null*, and is told how many there were.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_CONTAINERS = 500_000
MAX_VALUES = 2_500_000
"""A document of 64 MiB can ask for gigabytes: an empty list takes two bytes in it, and some sixty in memory."""
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
"""What an escape hides, a quote among it. Outside of a text there is none in JSON, and the parser stops where one stands."""
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_PART = 1024 * 1024
_OTHERS = bytes(set(range(256)) - set(b"{}[],"))
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NotFinite(float):
    """Stands where a file said NaN or Infinity, until `loads_lenient` replaces it by null."""


def loads(data: bytes, *, where: str = "", max_bytes: int = MAX_BYTES) -> Any:
    """Parse one JSON document. Raises `UnreadableError`; `NaN` and `Infinity` are refused."""
    value, not_finite = _parse(data, where, max_bytes)
    if not_finite:
        raise UnreadableError("NaN or Infinity is not JSON", where=where, hint="Write null, or leave the field out.")
    return value


def loads_lenient(data: bytes, *, where: str = "", max_bytes: int = MAX_BYTES) -> tuple[Any, int]:
    """Parse a tool's JSON; returns the value with NaN and Infinity as None, and how many there were."""
    value, not_finite = _parse(data, where, max_bytes)
    return (_without_not_finite(value) if not_finite else value), not_finite


def lines(data: bytes, *, where: str = "") -> Iterator[tuple[int, Any]]:
    """The documents of a JSON Lines file as (line number from 1, value). Blank lines are skipped."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield number, loads_lenient(line, where=f"{where} line {number}")[0]


def _parse(data: bytes, where: str, max_bytes: int) -> tuple[Any, int]:
    if len(data) > max_bytes:
        raise UnreadableError(f"{len(data):,} bytes is over the cap of {max_bytes:,}", where=where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 at byte {error.start}", where=where) from None
    _refuse_much(data, where)
    found = 0

    def not_finite(_: str) -> NotFinite:
        nonlocal found
        found += 1
        return NotFinite("nan")

    def number(text: str) -> float:
        value = float(text)
        return not_finite(text) if value in (float("inf"), float("-inf")) else value

    def integer(text: str) -> int:
        if len(text) > 400:
            raise UnreadableError("a number of more than 400 digits", where=where)
        return int(text)

    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _unique(pairs, where),
            parse_constant=not_finite,
            parse_float=number,
            parse_int=integer,
        )
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"not JSON at line {error.lineno} column {error.colno}: {error.msg}", where=where
        ) from None
    if _SURROGATE.search(text):
        _refuse_lone_surrogate(value, where)
    return value, found


def _unique(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise UnreadableError(f"the key {twice[:80]!r} stands twice in one object", where=where)
    return made


def _refuse_lone_surrogate(value: Any, where: str) -> None:
    """Half a surrogate pair is no character; it could be read, but never be written, shown or hashed."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise UnreadableError(f"{half} is half a surrogate pair and no character", where=where) from None


def _refuse_much(data: bytes, where: str) -> None:
    """Refuse what would be too deep or too much, before the recursive parser sees it. Without recursion, at the speed of C."""
    containers = data.count(b"[") + data.count(b"{")
    if containers <= MAX_DEPTH and len(data) <= MAX_VALUES:
        return
    if data.count(b'"') > 2 * MAX_VALUES:
        raise UnreadableError(f"holds more than {MAX_VALUES:,} texts", where=where)
    if containers <= MAX_DEPTH and data.count(b",") <= MAX_VALUES:
        return
    structure = b"".join(_structure(data))
    containers = structure.count(b"[")
    if containers > MAX_CONTAINERS or containers + structure.count(b",") > MAX_VALUES:
        raise UnreadableError(
            f"holds more than {MAX_CONTAINERS:,} lists and objects, or {MAX_VALUES:,} values", where=where
        )
    brackets = structure.translate(None, b",")
    for _ in range(MAX_DEPTH):
        left = brackets.replace(b"[]", b"")  # takes the innermost level off
        if len(left) == len(brackets):
            break
        brackets = left
    # What never closes is no JSON, and the parser says so; it is only kept from going too deep to say it.
    if b"[]" in brackets or brackets.count(b"[") > MAX_DEPTH:
        raise UnreadableError(f"nested deeper than {MAX_DEPTH} levels", where=where)


def _structure(data: bytes) -> Iterator[bytes]:
    """The brackets and commas outside of texts, in order, braces written as brackets; in parts, so that no part takes much."""
    plain = _ESCAPED.sub(b"", data) if b"\\" in data else data
    inside = 0
    for at in range(0, len(plain), _PART):
        pieces = plain[at : at + _PART].split(b'"')  # outside of texts and inside of them, by turns
        yield b"".join(pieces[inside::2]).translate(_BRACKETS, _OTHERS)
        inside ^= (len(pieces) - 1) % 2


def _without_not_finite(value: Any) -> Any:
    if isinstance(value, NotFinite):
        return None
    if isinstance(value, dict):
        return {key: _without_not_finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_not_finite(item) for item in value]
    return value
