"""The ledger on disk: append in one transaction, read in order, prove, verify.

Rules: `append` is all or nothing and is on disk when it returns; an id stands once; moments of recording never go back, even
where the clock does; what is read is what was hashed. Many processes may append at once; they queue on the database lock.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, col, func, select

from governance.domain.entry import MAX_ENTRY_BYTES, Checkpoint, Entry
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.ledger import schema, tree
from governance.ledger.tables import EntryRow, NodeRow, engine
from governance.parsing import canonical, strict_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from governance.domain.entry import EntryType

_CHUNK = 10_000


@dataclass(frozen=True)
class Draft:
    """An entry to be: everything but its number and its moment, which the ledger gives."""

    type: EntryType
    id: str
    system: str
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Appended:
    """What an append did: entries that are new, and ids that were there already."""

    entries: tuple[Entry, ...]
    unchanged: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """The outcome of a verification. `failed_at` is the number of the first entry that fails, None where all hold."""

    checkpoint: Checkpoint
    failed_at: int | None = None
    problem: str | None = None


class Ledger:
    """One ledger file. `origin` names it in checkpoints; `clock` gives the moment of recording."""

    def __init__(self, path: Path, *, origin: str, clock: Callable[[], datetime]) -> None:
        schema.require_current(path)
        self.path, self.origin, self._clock = path, origin, clock
        self._engine = engine(path)

    @classmethod
    def create(cls, path: Path, *, origin: str, clock: Callable[[], datetime]) -> Ledger:
        """Make an empty ledger file. Raises `UsageError` where one is already."""
        if path.exists():
            raise UsageError("there is a ledger already", where=str(path))
        schema.upgrade(path)
        return cls(path, origin=origin, clock=clock)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def append(self, drafts: Sequence[Draft]) -> Appended:
        """Append what is new, in one transaction. Raises, and appends nothing, where any draft cannot stand."""
        try:
            with Session(self._engine) as session:
                appended = self._append(session, drafts)
                session.commit()
                return appended
        except OperationalError as error:
            raise GovernanceError(
                f"the ledger could not be written: {error.orig}", where=str(self.path), hint="Nothing was appended."
            ) from None
        except DBAPIError as error:
            raise IntegrityError(
                f"the ledger refused the append: {error.orig}", where=str(self.path), hint="Run: govern ledger verify"
            ) from None

    def _append(self, session: Session, drafts: Sequence[Draft]) -> Appended:
        connection = session.connection()
        known = self._known(session, [draft.id for draft in drafts])
        size = self._size(session)
        now = self._clock()
        if size:
            last = self._parse(*session.exec(select(EntryRow.seq, EntryRow.body).where(EntryRow.seq == size - 1)).one())
            now = max(now, last.recorded_at)
        entries, bodies = [], []
        for draft in drafts:
            if draft.id in known:
                continue
            known.add(draft.id)
            entry = Entry(
                seq=size + len(entries),
                type=draft.type,
                id=draft.id,
                system=draft.system,
                recorded_at=canonical.moment(canonical.instant(now)),
                record=draft.record,
            )
            body = entry.to_bytes()
            if len(body) > MAX_ENTRY_BYTES:
                raise UnreadableError(
                    f"an entry of {len(body):,} bytes is over the cap of {MAX_ENTRY_BYTES:,}",
                    where=draft.id,
                    hint="Attach fewer source files as one piece.",
                )
            entries.append(entry)
            bodies.append(body)
        if entries:
            nodes = tree.grown(size, tree.leaf_hashes(bodies), self._node(session))
            connection.execute(
                insert(EntryRow),
                [{"seq": e.seq, "body": b.decode()} for e, b in zip(entries, bodies, strict=True)],
            )
            connection.execute(insert(NodeRow), [{"level": k, "idx": i, "hash": h} for k, i, h in nodes])
        kept = {entry.id for entry in entries}
        unchanged = tuple(dict.fromkeys(draft.id for draft in drafts if draft.id not in kept))
        return Appended(entries=tuple(entries), unchanged=unchanged)

    def entries(self, *, system: str | None = None) -> Iterator[Entry]:
        """The entries in order, all or those of one system."""
        query = select(EntryRow.seq, EntryRow.body).order_by(col(EntryRow.seq))
        if system is not None:
            query = query.where(EntryRow.system == system)
        with Session(self._engine) as session:
            for seq, body in session.exec(query).all():
                yield self._parse(seq, body)

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """(number, canonical bytes) of every entry in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(text("SELECT seq, CAST(body AS BLOB) FROM entry ORDER BY seq"))
            for seq, body in rows:
                yield seq, body

    def find(self, prefix: str) -> Entry:
        """The one entry whose id begins so. Raises `UsageError` for none or several."""
        escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        with Session(self._engine) as session:
            query = select(EntryRow.seq, EntryRow.body).where(col(EntryRow.id).like(f"{escaped}%", escape="\\")).limit(2)
            rows = session.exec(query).all()
        if len(rows) != 1:
            raise UsageError(
                f"{'no entry has' if not rows else 'several entries have'} an id that begins with {prefix!r}",
                hint="List them with: govern evidence list",
            )
        return self._parse(*rows[0])

    def systems(self) -> tuple[str, ...]:
        """The ids of all systems, sorted."""
        with Session(self._engine) as session:
            query = select(EntryRow.system).where(EntryRow.type == "system").distinct().order_by(col(EntryRow.system))
            return tuple(session.exec(query).all())

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The head of the ledger, or its head when it had `size` entries."""
        with Session(self._engine) as session:
            held = self._size(session)
            at = held if size is None else size
            if not 0 <= at <= held:
                raise UsageError(f"the ledger has {held} entries, not {at}")
            return Checkpoint(origin=self.origin, size=at, root=tree.root(at, self._node(session)).hex())

    def inclusion(self, seq: int, size: int) -> list[bytes]:
        """The audit path of an entry in the tree of `size`."""
        with Session(self._engine) as session:
            return tree.inclusion(seq, size, self._node(session))

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the ledger of `first` entries is a beginning of that of `second`."""
        with Session(self._engine) as session:
            return tree.consistency(first, second, self._node(session))

    def verify(self, progress: Callable[[int, int], None] | None = None) -> Check:
        """Recompute every leaf and node from the stored entries and compare; names the first entry that fails."""
        with self._engine.connect() as connection:
            raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
            try:
                leaves, gap = _read_leaves(raw, progress)
                stored = _read_nodes(raw)
            except sqlite3.DatabaseError as error:
                raise IntegrityError(f"the ledger can not be read: {error}", where=str(self.path)) from None
        made = tree.levels(leaves)
        head = Checkpoint(
            origin=self.origin, size=len(leaves), root=tree.root(len(leaves), lambda k, i: made[k][i]).hex()
        )
        if gap is not None:
            return Check(head, gap, f"entry {gap} is missing")
        held = stored.get(0, [])
        if held != leaves:
            bad = next((i for i, (a, b) in enumerate(zip(leaves, held, strict=False)) if a != b), min(len(leaves), len(held)))
            said = "is not what the tree says it was" if bad < min(len(leaves), len(held)) else "is missing from the tree or the entries"
            return Check(head, bad, f"entry {bad} {said}")
        for level, nodes in enumerate(made[1:], start=1):
            if nodes and stored.get(level, []) != nodes:
                pairs = zip(nodes, stored.get(level, []), strict=False)
                bad = next((i for i, (a, b) in enumerate(pairs) if a != b), 0) << level
                return Check(head, bad, f"the tree over the entries from {bad} on is not theirs")
        return Check(head)

    def _known(self, session: Session, ids: Sequence[str]) -> set[str]:
        known: set[str] = set()
        for start in range(0, len(ids), _CHUNK):
            query = select(EntryRow.id).where(col(EntryRow.id).in_(ids[start : start + _CHUNK]))
            known.update(session.exec(query).all())
        return known

    def _size(self, session: Session) -> int:
        last = session.exec(select(func.max(EntryRow.seq))).one()
        return 0 if last is None else int(last) + 1

    def _node(self, session: Session) -> tree.Node:
        def node(level: int, index: int) -> bytes:
            query = select(NodeRow.hash).where(NodeRow.level == level, NodeRow.idx == index)
            held = session.exec(query).one_or_none()
            if held is None:
                raise IntegrityError(
                    f"the tree has no node {index} at level {level}", where=str(self.path), hint="Run: govern ledger verify"
                )
            return bytes(held)

        return node

    def _parse(self, seq: int, body: str) -> Entry:
        where = f"{self.path} entry {seq}"
        try:
            entry = Entry.model_validate(strict_json.loads(body.encode(), where=where))
        except (ValidationError, UnreadableError) as error:
            raise IntegrityError(f"the entry can not be read: {error}", where=where) from None
        if entry.seq != seq:
            raise IntegrityError(f"the entry says it is number {entry.seq}", where=where)
        return entry


def _read_leaves(raw: sqlite3.Connection, progress: Callable[[int, int], None] | None) -> tuple[list[bytes], int | None]:
    """The leaves of all entries, and the first number that is missing."""
    total = raw.execute("SELECT COUNT(*) FROM entry").fetchone()[0]
    cursor = raw.execute("SELECT seq, CAST(body AS BLOB) FROM entry ORDER BY seq")
    leaves: list[bytes] = []
    gap: int | None = None
    while rows := cursor.fetchmany(_CHUNK):
        first = len(leaves)
        leaves += tree.leaf_hashes(body for _, body in rows)
        if gap is None and rows[-1][0] != len(leaves) - 1:
            gap = next(first + i for i, (seq, _) in enumerate(rows) if seq != first + i)
        if progress is not None:
            progress(len(leaves), total)
    return leaves, gap


def _read_nodes(raw: sqlite3.Connection) -> dict[int, list[bytes]]:
    stored: dict[int, list[bytes]] = {}
    (top,) = raw.execute("SELECT MAX(level) FROM node").fetchone()
    for level in range(0 if top is None else top + 1):
        cursor = raw.execute("SELECT hash FROM node WHERE level = ? ORDER BY idx", (level,))
        stored[level] = [row[0] for row in cursor]
    return stored
