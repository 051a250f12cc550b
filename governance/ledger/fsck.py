"""Everything about a ledger that can be looked at without changing it: the file, the tables, every entry, the tree, every body.

`verify` answers whether the entries are what they were. This answers that and more: whether the file is sound, whether the guards
against change are in place, whether each entry is spelt as it must be, and what a crash has left behind. It writes nothing; a
reader of a file in write-ahead mode may leave the two empty side files that SQLite itself makes.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from governance.domain.entry import MAX_ENTRY_BYTES, Checkpoint, Entry, named_by
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.ledger import checking, schema
from governance.ledger.blobs import Blobs
from governance.parsing import strict_json
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

MOST = 100
"""So many problems are named; that there are more is said."""


@dataclass(frozen=True)
class Problem:
    """What is broken, and where: `file`, `tables`, `entry 7`, `tree`."""

    where: str
    said: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.where}: {self.said}"


@dataclass
class Found:
    """What the look came to. The first of `problems` is the first place that is broken; `notes` are harmless."""

    head: Checkpoint
    revision: str
    wal_bytes: int
    entries: int = 0
    bodies: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is broken."""
        return not self.problems

    def add(self, where: str, said: str) -> None:
        """Keep a problem, as long as there are not too many."""
        if len(self.problems) < MOST:
            self.problems.append(Problem(where, said))
        elif len(self.problems) == MOST:
            self.problems.append(Problem("and more", f"only the first {MOST} problems are named"))


def fsck(
    path: Path, bodies: Path | None, *, origin: str = "ledger", progress: Callable[[int, int], None] | None = None
) -> Found:
    """Look at a ledger file and, where a folder is given, at the bodies that its entries name.

    Raises `UnreadableError` for what is no ledger and `VersionError` for one of a newer version; what is broken is in the answer.
    """
    if not path.is_file():
        raise UsageError("there is no ledger here", where=str(path), hint="Make a workspace with: govern init")
    held = schema.revision(path)
    if held is None:
        raise UnreadableError("not a ledger: there are no tables in it", where=str(path))
    if held not in schema.REVISIONS:
        schema.require_current(path)
    wal = path.with_name(path.name + "-wal")
    waiting = wal.stat().st_size if wal.is_file() else 0
    found = Found(Checkpoint(origin=origin, size=0, root=tree.EMPTY_ROOT.hex()), held, waiting)
    if held != schema.REVISIONS[-1]:
        found.notes.append(
            f"tables of revision {held}; this version writes {schema.REVISIONS[-1]}: govern ledger upgrade"
        )
    if waiting:
        found.notes.append(
            f"{waiting:,} bytes wait in {wal.name} and count as written; the next writer moves them over"
        )
    try:
        with closing(_open(path)) as raw:
            raw.execute("BEGIN")  # one state of the ledger, whoever appends meanwhile
            _file(raw, found)
            _tables(raw, found)
            named = _entries(raw, found, progress)
            check = checking.check(raw, origin)
    except sqlite3.Error as error:
        found.add("file", f"can not be read through: {error}")
        return found
    found.head = check.checkpoint
    if check.problem is not None:
        found.add(f"entry {check.failed_at}", check.problem)
    if bodies is not None:
        _bodies(Blobs(bodies), named, found)
        _beside(bodies, named, found)
    return found


def _open(path: Path) -> sqlite3.Connection:
    """A connection that can not write. In a folder that can not be written either, a file at rest is opened as it lies."""
    uri = path.resolve().as_uri()
    made = sqlite3.connect(f"{uri}?mode=ro", uri=True, isolation_level=None)
    try:
        made.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        made.close()
        wal = path.with_name(path.name + "-wal")
        if wal.is_file() and wal.stat().st_size:
            raise
        made = sqlite3.connect(f"{uri}?mode=ro&immutable=1", uri=True, isolation_level=None)
    return made


def _file(raw: sqlite3.Connection, found: Found) -> None:
    """What SQLite says of its own pages and indexes."""
    said = [str(row[0]) for row in raw.execute("PRAGMA integrity_check")]
    for line in said if said != ["ok"] else []:
        found.add("file", line)


def _tables(raw: sqlite3.Connection, found: Found) -> None:
    """The guards: every trigger as it was made and no other, and the index that keeps ids unique."""
    from governance.ledger.migrations.versions import r0001_entries_and_nodes as made

    wanted = {sql.split()[2]: " ".join(sql.split()) for sql in made.TRIGGERS}
    held = {
        name: " ".join(sql.split())
        for name, sql in raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    }
    for name in sorted(wanted.keys() | held.keys()):
        if name not in held:
            found.add("tables", f"the trigger {name} is missing: rows can be changed")
        elif name not in wanted:
            found.add("tables", f"a trigger {name} is there that is none of the ledger's")
        elif held[name] != wanted[name]:
            found.add("tables", f"the trigger {name} is not the one that was made")
    indexes = {row[1]: bool(row[2]) for row in raw.execute("PRAGMA index_list(entry)")}
    if not indexes.get("entry_id"):
        found.add("tables", "the index entry_id is missing: the same id could stand twice")


def _entries(raw: sqlite3.Connection, found: Found, progress: Callable[[int, int], None] | None) -> dict[str, int]:
    """Every entry read as it must be spelt; returns the bodies that are named, each with the first entry that names it."""
    total = int(raw.execute("SELECT COUNT(*) FROM entry").fetchone()[0])
    named, ids = dict[str, int](), dict[str, int]()
    last: datetime | None = None
    rows = raw.execute("SELECT seq, typeof(body), CAST(body AS BLOB) FROM entry ORDER BY seq")
    for wanted, (seq, kind, body) in enumerate(rows):
        where = f"entry {seq}"
        found.entries += 1
        if progress is not None and found.entries % 1000 in (0, total % 1000):
            progress(found.entries, total)
        if seq != wanted and not any(problem.said == "the numbers have a gap before it" for problem in found.problems):
            found.add(where, "the numbers have a gap before it")
        try:
            entry = _entry(seq, kind, body)
        except (GovernanceError, ValidationError, ValueError, RecursionError) as error:
            found.add(where, getattr(error, "message", None) or f"is no entry: {error}".split("\n", 1)[0])
            continue
        if entry.id in ids:
            found.add(where, f"its id {entry.id} is that of entry {ids[entry.id]}")
        ids.setdefault(entry.id, seq)
        if last is not None and entry.recorded_at < last:
            found.add(where, "was recorded before the entry before it")
        last = entry.recorded_at
        try:
            for digest in named_by(entry):
                named.setdefault(digest, seq)
        except (KeyError, TypeError):
            found.add(where, f"is of the type {entry.type} and names no body")
    return named


def _entry(seq: int, kind: str, body: bytes) -> Entry:
    if kind != "text":
        raise IntegrityError(f"its body is stored as {kind}, not as text")
    if len(body) > MAX_ENTRY_BYTES:
        raise IntegrityError(f"has {len(body):,} bytes, over the cap of {MAX_ENTRY_BYTES:,}")
    entry = Entry.model_validate(strict_json.loads(body))
    if entry.to_bytes() != body:
        raise IntegrityError("is not in its canonical spelling")
    if entry.seq != seq:
        raise IntegrityError(f"says that it is number {entry.seq}")
    return entry


def _bodies(blobs: Blobs, named: dict[str, int], found: Found) -> None:
    for digest, seq in named.items():
        try:
            blobs.read(digest)
            found.bodies += 1
        except GovernanceError as error:
            found.add(f"entry {seq}", error.message)


def _beside(root: Path, named: dict[str, int], found: Found) -> None:
    """What lies in the folder of bodies and is none that an entry names."""
    parts, unnamed, strange = list[str](), list[str](), list[str]()
    for path in _files(root):
        place = path.relative_to(root).as_posix()
        digest = "sha256:" + path.parent.name + path.name
        if path.name.endswith(".part"):
            parts.append(place)
        elif place != f"sha256/{path.parent.name}/{path.name}" or not _is_digest(digest):
            strange.append(place)
        elif digest not in named:
            unnamed.append(place)
    for places, said in (
        (parts, "left by a writer that was cut off; harmless, and may be deleted"),
        (unnamed, "named by no entry, as a crash between body and entry leaves it; harmless"),
        (strange, "none of the ledger's"),
    ):
        found.notes += [f"{place}: {said}" for place in places[:MOST]]
        if len(places) > MOST:
            found.notes.append(f"and {len(places) - MOST:,} more: {said}")


def _files(root: Path) -> Iterator[Path]:
    return iter(sorted(path for path in root.rglob("*") if path.is_symlink() or not path.is_dir()))


def _is_digest(digest: str) -> bool:
    return len(digest) == 71 and set(digest[7:]) <= set("0123456789abcdef")
