"""The body that entries of a public collection of incidents come to: which, from when, about which field of harm."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LISTED = 500
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Entry:
    """One incident: its id in the collection, its day, its fields of harm, and the systems it names."""

    id: str
    day: str | None
    domains: tuple[str, ...]
    systems: tuple[str, ...] | None = None


def body(collection: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """A body that fits `public-incidents.v1`; of more than 500 entries the first are listed and all are counted."""
    days = sorted(entry.day for entry in entries if entry.day)
    domains = Counter(domain for entry in entries for domain in dict.fromkeys(entry.domains))
    return {
        "collection": collection,
        "incidents": [_listed(entry) for entry in entries[:MOST_LISTED]],
        "count": len(entries),
        "from_date": days[0] if days else None,
        "to_date": days[-1] if days else None,
        "domains": dict(domains.most_common(MOST_LISTED)),
    }


def day_of(text: Any) -> str | None:
    """A day as year-month-day, from ISO 8601 or from the American order; None for anything else."""
    if not isinstance(text, str):
        return None
    if match := _ISO.fullmatch(text.strip()):
        year, month, day = match[1], match[2], match[3]
    elif match := _AMERICAN.fullmatch(text.strip()):
        month, day, year = match[1], match[2], match[3]
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _listed(entry: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {"id": entry.id, "date": entry.day, "domains": list(entry.domains)}
    return made if entry.systems is None else made | {"systems": list(entry.systems)}
