"""A segment of a spool: what one process wrote of one run, a checked line for each record.

A line is the CRC-32 of a JSON object in eight lower-case hex digits, a space, the object in UTF-8, and a line feed.
Every record has `kind`, its number `n` (0, 1, 2 …) and `at`, the seconds since the segment was opened, by a clock that
does not go back. The first record is of kind `open` and says `schema: govern-spool.v1`. The last of a whole segment is
of kind `seal` and holds `sha256`, the digest of every byte before its own line.

Reading never fails for what a crash or a full disk leaves: a line that is torn or damaged is counted and left out, and numbers that are
missing are told. What comes after a seal, or does not fit it, is told too; who reads judges it.
"""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "govern-spool.v1"
SUFFIX = ".spool"
FOLDER = "governance-spool"
"""Where segments lie, in the output folder of a run, unless somebody names another place."""
LONGEST_LINE = 1 << 20
"""Bytes of a line; what is longer is not written, and is damage where it is read."""
LONGEST_SHOWN = 500
"""Characters of the text of a value that JSON does not know."""
LARGEST = 256 << 20
"""Bytes of a segment that is read."""
OPEN, SEAL = "open", "seal"
OURS = frozenset({"kind", "n", "at"})
"""What every record has beside its own fields."""


def line(record: Mapping[str, Any]) -> bytes:
    """One record as its line. Numbers that are not finite become null, and what JSON does not know becomes its text."""
    said = json.dumps(plain(record), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "replace"
    )
    return b"%08x %s\n" % (zlib.crc32(said), said)


def plain(value: Any) -> Any:
    """The same value with nothing in it that JSON does not know."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    return _short(str(value))


def _short(said: str) -> str:
    """The beginning of a text, up to a gap between two words: half a word may be half a secret, which nobody would tell for one."""
    kept = said if len(said) <= LONGEST_SHOWN else said[: LONGEST_SHOWN + 1].rpartition(" ")[0]
    return kept.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True)
class Segment:
    """The records of a segment, in the order of the file.

    `damaged` counts lines that are torn or fail their checksum, `lost` the numbers that no line holds though a later
    one came, and `faults` says in words what does not fit: a seal of other bytes, or lines after it. `heard` is the
    `at` of the last record.
    """

    records: tuple[dict[str, Any], ...]
    damaged: int
    lost: int
    faults: tuple[str, ...] = ()
    sha256: str = field(default="", repr=False)
    """The digest of the whole file, in hexadecimal."""

    @property
    def opened(self) -> dict[str, Any]:
        """Its first record."""
        return self.records[0]

    @property
    def seal(self) -> dict[str, Any] | None:
        """Its seal, or None for a segment that was never closed."""
        last = self.records[-1]
        return last if last["kind"] == SEAL else None

    @property
    def heard(self) -> float:
        """Seconds after its opening at which its last record was written."""
        return float(max(record["at"] for record in self.records))

    def of(self, kind: str) -> tuple[dict[str, Any], ...]:
        """Its records of one kind."""
        return tuple(record for record in self.records if record["kind"] == kind)


def is_segment(head: bytes) -> bool:
    """Whether a file begins like a segment; its first bytes are enough."""
    first = head.split(b"\n", 1)[0]
    return first[8:10] == b" {" and SCHEMA.encode() in first


def read(data: bytes, where: str = "") -> Segment:
    """A segment from the bytes of its file. Raises `UnreadableError` where its first record can not be read: nobody knows of what it is."""
    if len(data) > LARGEST:
        raise UnreadableError(f"is longer than {LARGEST >> 20} MiB", where=where)
    records: list[dict[str, Any]] = []
    damaged, faults, at = 0, [], 0
    for part in data.split(b"\n"):
        began, at = at, at + len(part) + 1
        if not part and at > len(data):
            continue  # what a line feed at the end leaves
        if records and records[-1]["kind"] == SEAL:
            faults.append("it goes on after its seal")
            break
        record = _record(part) if at <= len(data) else None  # the last one ends with no line feed: it was cut off
        if record is None:
            damaged += 1
            continue
        if record["kind"] == SEAL and record.get("sha256") != hashlib.sha256(data[:began]).hexdigest():
            faults.append("its seal is of other bytes, so it was changed after it was closed")
        records.append(record)
    if not records or records[0]["kind"] != OPEN or records[0].get("schema") != SCHEMA:
        raise UnreadableError(f"its first line is no whole record that opens a {SCHEMA}", where=where)
    numbers = [record["n"] for record in records]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        faults.append("the numbers of its records do not rise")
    lost = max(0, max(numbers) + 1 - len(set(numbers)))
    return Segment(tuple(records), damaged, lost, tuple(dict.fromkeys(faults)), hashlib.sha256(data).hexdigest())


def _record(part: bytes) -> dict[str, Any] | None:
    """The record of a line, or None for one that is torn or damaged."""
    said = part[9:]
    if len(part) > LONGEST_LINE or part[8:9] != b" " or part[:8] != b"%08x" % zlib.crc32(said):
        return None
    try:
        record = strict_json.loads(said)
    except UnreadableError:
        return None
    if not isinstance(record, dict) or not isinstance(record.get("kind"), str):
        return None
    n, at = record.get("n"), record.get("at")
    whole = isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 1 << 53
    timed = isinstance(at, (int, float)) and not isinstance(at, bool) and math.isfinite(at) and at >= 0
    return record if whole and timed else None
