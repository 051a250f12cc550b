"""One value, one spelling: canonical JSON bytes (RFC 8785) and the digests taken over them.

Everything that is hashed or signed here is hashed in this spelling, so two machines that hold the same value hold the same
digest. The library `rfc8785` does the work and refuses what the format cannot carry: NaN, integers that no
double holds, lone surrogates. What the encoder of the standard library spells in the same way goes to that, which is written
in C: nearly everything does. Digests are written `sha256:<64 hex>`; the algorithm is part of the text so that it can change one day.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import rfc8785

from governance.errors import UnreadableError

_NUMBER = re.compile(rb"[:\[,]-?(?:[0-9]+[.eE]|[0-9]{16}|[IN])")
"""Fractions and great numbers: where the standard library spells otherwise than RFC 8785."""
_BEYOND = re.compile(rb"[\xf0-\xf4]")
"""Signs beyond 16 bits, by which RFC 8785 sorts otherwise."""

_SAFE_INTEGER = 2**53 - 1
_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def dumps(value: Any) -> bytes:
    """Canonical bytes of a JSON value. Raises `UnreadableError` where the value has no canonical form."""
    try:
        if _is_spelt_alike(value):
            return _encode(value).encode()
        whole = _whole_numbers(value)
        if _is_spelt_alike(whole):
            return _encode(whole).encode()
        try:
            return rfc8785.dumps(value)
        except rfc8785.IntegerDomainError:
            return rfc8785.dumps(_great_numbers_as_doubles(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise UnreadableError(f"no canonical JSON: {error}") from None


def is_spelling(value: Any, data: bytes) -> bool:
    """Whether the bytes are the canonical spelling of a value that was parsed from them.

    At the speed of C for what has no fractions. Raises as `dumps` where the value has no canonical form.
    """
    if data[:1] not in b"{[" or _NUMBER.search(data) or not (data.isascii() or not _BEYOND.search(data)):
        return dumps(value) == data
    return _encode(value).encode("utf-8", "surrogatepass") == data


def _is_spelt_alike(value: Any) -> bool:
    """Whether the standard encoder spells a value as RFC 8785 does; no where it is not certain.

    They part at the order of keys beyond ASCII (UTF-16 there, code points here) and at numbers: `1.0` and `1`, `1e-07` and
    `1e-7`, `1e+16` and `10000000000000000`. Whatever is not one of the plain types goes to the library, to be refused there.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_SAFE_INTEGER <= value <= _SAFE_INTEGER)
    if kind is float:
        return bool(1e-4 <= abs(value) < 1e15 and not value.is_integer())
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not (type(item) is str or _is_spelt_alike(item)):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_is_spelt_alike, value))
    return False


def _whole_numbers(value: Any) -> Any:
    """The same value with `1` for `1.0`, which RFC 8785 spells alike: scores of single items are nearly all whole."""
    kind = type(value)
    if kind is float:
        return int(value) if abs(value) <= _SAFE_INTEGER and value.is_integer() else value
    if kind is dict:
        return {key: _whole_numbers(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_whole_numbers(item) for item in value]
    return value


def _great_numbers_as_doubles(value: Any) -> Any:
    """What was written can be written again: the double 1e18 is spelt `1000000000000000000`, and is read as an integer."""
    if isinstance(value, dict):
        return {key: _great_numbers_as_doubles(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_great_numbers_as_doubles(item) for item in value]
    if isinstance(value, int) and 2**53 <= abs(value) < 10**21 and rfc8785.dumps(float(value)) == b"%d" % value:
        return float(value)
    return value


def sha256(data: bytes) -> str:
    """The digest of bytes as `sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """The digest of a JSON value in its canonical spelling."""
    return sha256(dumps(value))


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC to the second, the only way a moment is written in an entry. Refuses a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return _utc(moment).isoformat(timespec="seconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Read what `instant` wrote, or a plain date as its first second in UTC."""
    if len(text) == 10:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return _utc(value)


def end_of(day: date) -> datetime:
    """The last second of a day in UTC: what was recorded on a day counts for that day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, seconds=-1)


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:  # the first and the last day, seen from another time zone
        raise ValueError(f"{value.isoformat()} is outside the calendar in UTC") from None
