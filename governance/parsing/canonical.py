"""One value, one spelling: canonical JSON bytes (RFC 8785) and the digests taken over them.

Everything that is hashed or signed here is hashed in this spelling, so two machines that hold the same value hold the same
digest. The library `rfc8785` does the work and refuses what the format cannot carry: NaN, integers beyond 2^53, lone
surrogates. Digests are written `sha256:<64 hex>`; the algorithm is part of the text so that it can change one day.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

from governance.errors import UnreadableError


def dumps(value: Any) -> bytes:
    """Canonical bytes of a JSON value. Raises `UnreadableError` where the value has no canonical form."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise UnreadableError(f"no canonical JSON: {error}") from None


def sha256(data: bytes) -> str:
    """The digest of bytes as `sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """The digest of a JSON value in its canonical spelling."""
    return sha256(dumps(value))


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC to the second, the only way a moment is written in an entry. Raises on a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Read what `instant` wrote, or a plain date as its first second in UTC."""
    if len(text) == 10:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return value.astimezone(UTC)
