"""The entries of a pack: each line in its one spelling, in its place in the tree, of this system or of the whole workspace.

An item that is withheld has a line of its own kind instead: its number, its leaf and a commitment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json
from governance.proofs import tree
from governance.verifier import fields, members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from governance.verifier.report import PackReport

MAX_LINE = 65_535
"""Bytes of an entry: what an entry of C2SP tlog-tiles can hold."""
SIGNED = frozenset({"decision", "attestation", "principal"})
"""Types of entries that name a signed envelope."""
_moment = lru_cache(maxsize=1024)(canonical.moment)
SHARED = frozenset({"principal", "content"})
"""Types of entries that are of the whole workspace, and no system's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that was read."""

    seq: int
    type: str
    id: str
    system: str | None
    recorded_at: datetime
    record: Mapping[str, Any]
    salt: str | None = None

    @property
    def body(self) -> str:
        """The digest of the body that it names."""
        return str(self.record["envelope_digest" if self.type in SIGNED else "body_digest"])

    @property
    def body_size(self) -> int:
        """How many bytes that body has."""
        return int(self.record["envelope_size" if self.type in SIGNED else "body_size"])

    @property
    def named(self) -> tuple[tuple[str, int], ...]:
        """(digest, bytes) of all that it names: its body, and what is attached to evidence."""
        attached = self.record.get("attachments", ()) if self.type == "evidence" else ()
        return (self.body, self.body_size), *((str(each["digest"]), int(each["size"])) for each in attached)


@dataclass(frozen=True, slots=True)
class Withheld:
    """An item that is not shown: its number, type, leaf, the commitment to it, and whether the leaf itself hides it."""

    seq: int
    type: str
    leaf: bytes
    commitment: str
    leaf_salted: bool


@dataclass
class Listed:
    """The entries of a pack and what is withheld, each in order of number."""

    entries: list[Entry] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)

    def of(self, kind: str, below: int | None = None) -> list[Entry]:
        """The entries of a type, or those among the first `below` of the ledger."""
        return [entry for entry in self.entries if entry.type == kind and (below is None or entry.seq < below)]

    def hidden(self, kind: str, below: int | None = None) -> int:
        """How many of a type are withheld, among the first `below` entries of the ledger or at all."""
        return sum(one.type == kind and (below is None or one.seq < below) for one in self.withheld)


def parse(line: bytes, where: str) -> Entry:
    """One entry from its line. Raises `UnreadableError` naming the field."""
    if len(line) > MAX_LINE:
        raise UnreadableError(f"{len(line):,} bytes are more than an entry has", where=where)
    value = strict_json.loads(line, where=where)
    fields.require(value, fields.ENTRY, where=where)
    if not canonical.is_spelling(value, line):
        raise UnreadableError("not in canonical form", where=where)
    kind, record = value["type"], value["record"]
    if (said := fields.problem(record, fields.RECORDS[kind])) is not None:
        raise UnreadableError(f"record{said}", where=where)
    return Entry(
        value["seq"],
        kind,
        value["id"],
        value.get("system"),
        canonical.moment(value["recorded_at"]),
        record,
        value.get("salt"),
    )


def read(data: bytes, leaves: Sequence[bytes], about: members.About, report: PackReport) -> Listed:
    """The entries, held against the tree. A line that can not be read is a problem, and so is one that does not belong."""
    made = Listed()
    if data and not data.endswith(b"\n"):
        report.problem(members.ENTRIES, "the last line is cut")
    if _too_many(data, members.ENTRIES, leaves, report):
        return made
    known, last, ids = canonical.moment(about.known_at), -1, set[str]()
    before: datetime | None = None
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        where = f"line {number}"
        try:
            entry = parse(line, members.ENTRIES)
        except UnreadableError as error:
            report.problem(members.ENTRIES, f"{where} is no entry: {error.message}")
            continue
        for wrong, said in (
            (
                not (entry.seq < len(leaves) and tree.leaf_hash(line) == leaves[entry.seq]),
                f"is not leaf {entry.seq} of the tree",
            ),
            (entry.seq <= last, "is out of order"),
            (entry.id in ids, f"has the id {entry.id} of an earlier line"),
            (before is not None and entry.recorded_at < before, "was recorded before the one above it"),
            (entry.recorded_at > known, "was recorded after the moment up to which the pack knows"),
            (entry.system != (None if entry.type in SHARED else about.system), "is of another system"),
            (entry.type == "evidence" and not _is_its_id(entry), f"its id {entry.id} is not that of what it says"),
        ):
            if wrong:
                report.problem(members.ENTRIES, f"{where} (entry {entry.seq}) {said}")
        last, before = entry.seq, entry.recorded_at
        ids.add(entry.id)
        made.entries.append(entry)
    return made


def read_withheld(data: bytes, leaves: Sequence[bytes], shown: set[int], report: PackReport) -> list[Withheld]:
    """The lines of what is withheld, held against the tree."""
    made: list[Withheld] = []
    if not data or not data.endswith(b"\n"):
        report.problem(members.WITHHELD, "is empty, or its last line is cut")
    if _too_many(data, members.WITHHELD, leaves, report):
        return made
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            value = strict_json.loads(line, where=members.WITHHELD)
            fields.require(value, fields.WITHHELD, where=members.WITHHELD)
            if not canonical.is_spelling(value, line):
                raise UnreadableError("not in canonical form")
        except UnreadableError as error:
            report.problem(members.WITHHELD, f"line {number} names no withheld item: {error.message}")
            continue
        seq, leaf = value["seq"], bytes.fromhex(value["leaf"])
        for wrong, said in (
            (seq >= len(leaves) or leaves[seq] != leaf, f"is not leaf {seq} of the tree"),
            (bool(made) and seq <= made[-1].seq, "is out of order"),
            (seq in shown, f"names entry {seq}, which is shown"),
        ):
            if wrong:
                report.problem(members.WITHHELD, f"line {number} {said}")
        made.append(Withheld(seq, value["type"], leaf, value["commitment"], value["leaf_salted"]))
    return made


def _too_many(data: bytes, member: str, leaves: Sequence[bytes], report: PackReport) -> bool:
    """Whether there are more lines than the ledger has entries; then none of them is looked at."""
    if (lines := data.count(b"\n")) > len(leaves):
        report.problem(member, f"has {lines:,} lines, and the ledger {len(leaves):,} entries")
        return True
    return False


def _is_its_id(entry: Entry) -> bool:
    """Whether the id of evidence is the one over kind, system, subject, body and sources."""
    record = entry.record
    said = {
        "kind": record["kind"],
        "system": record["system"],
        "subject": record["subject"],
        "body": record["body_digest"],
        "sources": record["sources"],
    }
    return record["system"] == entry.system and entry.id == "ev-" + canonical.sha256(_plain(said))[7:27]


def _plain(value: Any) -> bytes:
    """The canonical spelling of what holds neither fractions nor signs beyond 16 bits in the names of its fields.

    Entries and records are closed and have neither; their numbers are whole. It is the same as `canonical.dumps`, at the speed of C.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
