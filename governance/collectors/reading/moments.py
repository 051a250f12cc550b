"""Moments as tools write them: an epoch, or a text with a zone. Anything else is no moment.

A local time without a zone stays without one: it is nobody's moment until somebody says where it was written. A counter
that starts with the machine looks like an epoch and is told by its size.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from governance.parsing import canonical

if TYPE_CHECKING:
    from typing import Any

_EARLIEST, _LATEST = 1_262_304_000, 4_102_444_800
"""2010 and 2100, in seconds since 1970."""
_ZONE = re.compile(r"(?:[Zz]|[+-]\d{2}:?\d{2}|\bUTC)$")


def of_epoch(seconds: Any) -> datetime | None:
    """Seconds since 1970 as a moment, to the microsecond; None outside of 2010 to 2100, where it is some other counter."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not _EARLIEST <= seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC)


def of_epoch_ms(milliseconds: Any) -> datetime | None:
    """Milliseconds since 1970 as a moment."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, (int, float)):
        return None
    return of_epoch(milliseconds / 1000)


def of_text(text: Any) -> datetime | None:
    """A text in ISO 8601 with its zone as a moment; None without a zone, and for anything else."""
    if not isinstance(text, str) or len(text) > 60 or not _ZONE.search(text.strip()):
        return None
    plain = re.sub(r"\s*UTC$", "+00:00", text.strip())
    try:
        made = canonical.moment(plain.replace("z", "Z") if plain.endswith("z") else plain)
    except ValueError:
        return None
    return made if _EARLIEST <= made.timestamp() <= _LATEST else None
