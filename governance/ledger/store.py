"""The ledger on disk: append in one transaction, read in order, prove, verify.

Rules: `append` is all or nothing and is on disk when it returns; an id stands once; moments of recording never go back, even
where the clock does; what is read is what was hashed. Many processes may append at once; they queue on the database lock.
Reading sees one state of the ledger and keeps nobody from appending.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import case, insert, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, func, select

from governance.domain.entry import MAX_ENTRY_BYTES, Checkpoint, Entry
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.ledger import schema
from governance.ledger.tables import EntryRow, NodeRow, engine
from governance.parsing import canonical, strict_json
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from governance.domain.entry import EntryType
    from governance.proofs.note import Head

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
        _require_origin(origin)
        schema.require_current(path)
        self.path, self.origin, self._clock = path, origin, clock
        self._engine = engine(path)
        self._reading = self._engine.execution_options(reading=True)

    @classmethod
    def create(cls, path: Path, *, origin: str, clock: Callable[[], datetime]) -> Ledger:
        """Make an empty ledger file. Raises `UsageError` where one is already."""
        if path.exists():
            raise UsageError("there is a ledger already", where=str(path))
        _require_origin(origin)
        schema.upgrade(path)
        return cls(path, origin=origin, clock=clock)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def append(self, drafts: Sequence[Draft]) -> Appended:
        """Append what is new, in one transaction. Raises, and appends nothing, where any draft cannot stand."""
        try:
            with self._session(writing=True) as session:
                appended = self._append(session, drafts)
                session.commit()
                return appended
        except (ValidationError, UnicodeEncodeError) as error:
            raise UsageError(f"not an entry: {error}", where=str(self.path), hint="Nothing was appended.") from None

    @contextmanager
    def _session(self, *, writing: bool = False) -> Iterator[Session]:
        """A session whose database errors are ours: what may pass, and what says that the file is damaged."""
        try:
            with Session(self._engine if writing else self._reading) as session:
                yield session
        except (DBAPIError, sqlite3.Error) as error:
            cause = getattr(error, "orig", error)
            done, hint = ("written", "Nothing was appended.") if writing else ("read", "")
            if isinstance(cause, sqlite3.OperationalError):
                raise GovernanceError(
                    f"the ledger could not be {done}: {cause}", where=str(self.path), hint=hint
                ) from None
            raise IntegrityError(
                f"the ledger could not be {done}: {cause}", where=str(self.path), hint="Run: govern ledger verify"
            ) from None

    def _append(self, session: Session, drafts: Sequence[Draft]) -> Appended:
        connection = session.connection()
        known = self._known(session, [draft.id for draft in drafts])
        size = self._size(session)
        now = self._clock()
        if size:
            last = self._parse(*session.exec(select(EntryRow.seq, EntryRow.body).where(EntryRow.seq == size - 1)).one())
            now = max(now, last.recorded_at)
        entries: list[Entry] = []
        bodies: list[bytes] = []
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
        with self._session() as session:
            rows = session.exec(query).all()
        for seq, body in rows:
            yield self._parse(seq, body)

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """(number, canonical bytes) of every entry in order."""
        with self._session() as session:
            rows = session.connection().execute(text("SELECT seq, CAST(body AS BLOB) FROM entry ORDER BY seq"))
            yield from rows

    def find(self, prefix: str) -> Entry:
        """The one entry whose id begins so. Raises `UsageError` for none or several."""
        escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        with self._session() as session:
            query = (
                select(EntryRow.seq, EntryRow.body).where(col(EntryRow.id).like(f"{escaped}%", escape="\\")).limit(2)
            )
            rows = session.exec(query).all() if prefix.isprintable() else []
        if len(rows) != 1:
            raise UsageError(
                f"{'no entry has' if not rows else 'several entries have'} an id that begins with {prefix!r}",
                hint="List them with: govern evidence list",
            )
        return self._parse(*rows[0])

    def systems(self) -> tuple[str, ...]:
        """The ids of all systems, sorted."""
        with self._session() as session:
            query = select(EntryRow.system).where(EntryRow.type == "system").distinct().order_by(col(EntryRow.system))
            return tuple(session.exec(query).all())

    def heads(self) -> dict[str, int]:
        """The number of the last entry of every system that is registered, by id."""
        with self._session() as session:
            registered = func.sum(case((col(EntryRow.type) == "system", 1), else_=0))
            query = (
                select(EntryRow.system, func.max(EntryRow.seq)).group_by(col(EntryRow.system)).having(registered > 0)
            )
            return {system: int(seq) for system, seq in sorted(session.exec(query).all())}

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The head of the ledger, or its head when it had `size` entries."""
        with self._session() as session:
            held = self._size(session)
            at = held if size is None else size
            if not 0 <= at <= held:
                raise UsageError(f"the ledger has {held} entries, not {at}")
            return Checkpoint(origin=self.origin, size=at, root=tree.root(at, self._node(session)).hex())

    def departs_from(self, kept: Head) -> str | None:
        """Why this ledger does not continue a checkpoint kept from before, or None where it does."""
        head = self.checkpoint()
        if kept.size > head.size:
            return f"the checkpoint has {kept.size} entries and the ledger {head.size}: entries are missing at the end"
        if self.checkpoint(kept.size).root != kept.root:
            return f"the first {kept.size} entries are not those of the checkpoint: the past was rewritten"
        return None

    def inclusion(self, seq: int, size: int) -> list[bytes]:
        """The audit path of an entry in the tree of `size`."""
        with self._session() as session:
            return tree.inclusion(seq, size, self._node(session))

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the ledger of `first` entries is a beginning of that of `second`."""
        with self._session() as session:
            return tree.consistency(first, second, self._node(session))

    def verify(self, progress: Callable[[int, int], None] | None = None) -> Check:
        """Recompute every leaf and node from the stored entries and compare; names the first entry that fails."""
        with self._session() as session:  # one transaction: what is appended meanwhile is in neither or in both
            raw: sqlite3.Connection = session.connection().connection.driver_connection  # type: ignore[assignment]
            leaves, gap = _read_leaves(raw, progress)
            made = tree.levels(leaves)
            stored = None if _all_there(raw, made) else _read_nodes(raw)
        head = Checkpoint(
            origin=self.origin, size=len(leaves), root=tree.root(len(leaves), lambda k, i: made[k][i]).hex()
        )
        if gap is not None:
            return Check(head, gap, f"entry {gap} is missing")
        if stored is None:
            return Check(head)
        for level, nodes in enumerate(made):
            bad = _first_difference(nodes, stored.get(level, []))
            if bad is not None and level == 0:
                both = bad < min(len(leaves), len(stored.get(0, [])))
                said = "is not what the tree says it was" if both else "is missing from the tree or the entries"
                return Check(head, bad, f"entry {bad} {said}")
            if bad is not None:
                return Check(head, bad << level, f"the tree over the entries from {bad << level} on is not theirs")
        if stored.keys() - set(range(len(made))):
            return Check(head, len(leaves), "the tree holds nodes over entries that are not there")
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
        connection = session.connection()

        def node(level: int, index: int) -> bytes:
            found = connection.exec_driver_sql(
                "SELECT hash FROM node WHERE level = ? AND idx = ?", (level, index)
            ).scalar()
            if found is None:
                raise IntegrityError(
                    f"the tree has no node {index} at level {level}",
                    where=str(self.path),
                    hint="Run: govern ledger verify",
                )
            return bytes(found)

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


def _require_origin(origin: str) -> None:
    try:
        Checkpoint(origin=origin, size=0, root=tree.EMPTY_ROOT.hex())
    except ValidationError:
        raise UsageError(
            f"{origin!r} can not name a ledger",
            hint="Take a name without spaces and without +, like example.org/ledger.",
        ) from None


def _first_difference(made: Sequence[bytes], stored: Sequence[bytes]) -> int | None:
    if made == stored:
        return None
    pairs = zip(made, stored, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(made), len(stored)))


def _read_leaves(
    raw: sqlite3.Connection, progress: Callable[[int, int], None] | None
) -> tuple[list[bytes], int | None]:
    """The leaves of all entries, and the first number that is missing."""
    total, low, high = raw.execute("SELECT COUNT(*), MIN(seq), MAX(seq) FROM entry").fetchone()
    gap: int | None = None
    if total and (low, high) != (0, total - 1):
        numbers = (row[0] for row in raw.execute("SELECT seq FROM entry ORDER BY seq"))
        gap = next(wanted for wanted, number in enumerate(numbers) if number != wanted)
    before, raw.text_factory = (
        raw.text_factory,
        bytes,
    )  # an entry is hashed as it is stored, without a trip through text
    try:
        cursor = raw.execute("SELECT body FROM entry ORDER BY seq")
        leaves: list[bytes] = []
        while rows := cursor.fetchmany(_CHUNK):
            leaves += tree.leaf_hashes(body for (body,) in rows)
            if progress is not None:
                progress(len(leaves), total)
    finally:
        raw.text_factory = before
    return leaves, gap


def _all_there(raw: sqlite3.Connection, made: list[list[bytes]]) -> bool:
    """Whether the stored nodes are those of the tree, each in its place; which one is not is for the slower look."""
    places = raw.execute(
        "SELECT level, COUNT(*), MIN(idx), MAX(idx) FROM node GROUP BY level ORDER BY level"
    ).fetchall()
    if places != [(k, len(nodes), 0, len(nodes) - 1) for k, nodes in enumerate(made) if nodes]:
        return False
    held = [row[0] for row in raw.execute("SELECT hash FROM node ORDER BY level, idx")]
    return held == [node for nodes in made for node in nodes]


def _read_nodes(raw: sqlite3.Connection) -> dict[int, list[bytes]]:
    """The nodes by level; one that is not in its place counts as empty."""
    stored: dict[int, list[bytes]] = {}
    for level, index, held in raw.execute("SELECT level, idx, hash FROM node ORDER BY level, idx"):
        row = stored.setdefault(level, [])
        row.append(held if index == len(row) else b"")
    return stored
