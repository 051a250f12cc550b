"""The ledger on disk: append in one transaction, read in order, prove, verify.

Rules: `append` is all or nothing and is on disk when it returns; an id stands once; moments of recording never go back, even
where the clock does; what is read is what was hashed. Many processes may append at once; they queue on the database lock.
Reading sees one state of the ledger and keeps nobody from appending.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import case, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, func, select

from governance.domain.entry import Checkpoint, Entry
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.ledger import appending, checking, schema
from governance.ledger.appending import Appended, Draft
from governance.ledger.checking import Check
from governance.ledger.tables import EntryRow, NodeRow, engine
from governance.parsing import canonical, strict_json
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import PoolProxiedConnection

    from governance.domain.entry import EntryType
    from governance.proofs.note import Head

__all__ = ["Appended", "Check", "Draft", "Ledger"]


class Ledger:
    """One ledger file. `origin` names it in checkpoints; `clock` gives the moment of recording."""

    def __init__(self, path: Path, *, origin: str, clock: Callable[[], datetime]) -> None:
        _require_origin(origin)
        schema.require_current(path)
        self.path, self.origin, self._clock = path, origin, clock
        self._engine = engine(path)
        self._reading = self._engine.execution_options(reading=True)
        self._pen: PoolProxiedConnection | None = None
        self._turn = Lock()

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
        if self._pen is not None:
            self._pen.close()
            self._pen = None
        self._engine.dispose()

    def append(self, drafts: Sequence[Draft]) -> Appended:
        """Append what is new, in one transaction. Raises, and appends nothing, where any draft cannot stand."""
        try:
            with self._writing() as raw:
                return appending.append(raw, drafts, clock=self._clock)
        except (ValidationError, UnicodeEncodeError) as error:
            raise UsageError(f"not an entry: {error}", where=str(self.path), hint="Nothing was appended.") from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The driver's own connection in a transaction that is committed at the end, or leaves nothing.

        The connection is kept, because taking one anew costs as much as an append; threads take turns with it.
        """
        with self._turn, self._told(writing=True):
            if self._pen is None:
                self._pen = self._engine.raw_connection()
            raw: sqlite3.Connection = self._pen.driver_connection  # type: ignore[assignment]
            raw.execute("BEGIN IMMEDIATE")
            try:
                yield raw
                raw.execute("COMMIT")
            except BaseException:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raise

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A session that reads one state of the ledger."""
        with self._told(), Session(self._reading) as session:
            yield session

    @contextmanager
    def _told(self, *, writing: bool = False) -> Iterator[None]:
        """Make errors of the database ours: what may pass, and what says that the file is damaged."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            cause = getattr(error, "orig", error)
            done, hint = ("written", "Nothing was appended.") if writing else ("read", "")
            said, where = f"the ledger could not be {done}: {cause}", str(self.path)
            if isinstance(cause, sqlite3.OperationalError):
                raise GovernanceError(said, where=where, hint=hint) from None
            raise IntegrityError(said, where=where, hint="Run: govern ledger fsck") from None

    def entries(
        self,
        *,
        system: str | None = None,
        shared: bool = False,
        only: EntryType | None = None,
    ) -> Iterator[Entry]:
        """The entries in order: all, or those of one system, with `shared` also those of the whole workspace.

        `only` leaves the entries of one type.
        """
        query = select(EntryRow.seq, EntryRow.body).order_by(col(EntryRow.seq))
        if only is not None:
            query = query.where(col(EntryRow.type) == only.value)
        if system is not None:
            mine = col(EntryRow.system) == system
            query = query.where(mine | col(EntryRow.system).is_(None) if shared else mine)
        return self._rows(query)

    def shared(self) -> Iterator[Entry]:
        """The entries of the whole workspace, in order: people, and the content that was judged with."""
        return self._rows(
            select(EntryRow.seq, EntryRow.body).where(col(EntryRow.system).is_(None)).order_by(col(EntryRow.seq))
        )

    def _rows(self, query: Any) -> Iterator[Entry]:
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
            query = (
                select(EntryRow.system)
                .where(EntryRow.type == "system", col(EntryRow.system).is_not(None))
                .distinct()
                .order_by(col(EntryRow.system))
            )
            return tuple(system for system in session.exec(query).all() if system is not None)

    def heads(self, *, shared: bool = False) -> dict[str, int]:
        """The number of the last entry of every system that is registered, by id.

        With `shared` an entry of the whole workspace counts for every system: whatever a judgement of it could rest on.
        """
        with self._session() as session:
            registered = func.sum(case((col(EntryRow.type) == "system", 1), else_=0))
            query = select(EntryRow.system, func.max(EntryRow.seq), registered).group_by(col(EntryRow.system))
            rows = session.exec(query).all()
        common = max((int(seq) for system, seq, _ in rows if system is None), default=-1) if shared else -1
        return {system: max(int(seq), common) for system, seq, count in sorted(rows, key=str) if system and count}

    def size_at(self, moment: datetime) -> int:
        """How many entries were on record at a moment, those of that very second included.

        Moments of recording never go back, so it is found by halving. Raises `IntegrityError` for an entry without its moment.
        """
        with self._session() as session:
            query = select(func.json_extract(EntryRow.body, "$.recorded_at"))
            low, high = 0, self._size(session)
            while low < high:
                middle = (low + high) // 2
                text_of_it = session.exec(query.where(EntryRow.seq == middle)).first()
                try:
                    recorded = canonical.moment(str(text_of_it))
                except ValueError:
                    where = f"{self.path} entry {middle}"
                    raise IntegrityError(
                        "the entry has no moment", where=where, hint="Run: govern ledger fsck"
                    ) from None
                low, high = (middle + 1, high) if recorded <= moment else (low, middle)
            return low

    def leaves(self, size: int | None = None) -> list[bytes]:
        """The leaf hashes of the first `size` entries, or of all, as they are stored; no entry is read for it."""
        with self._session() as session:
            at = self._at(session, size)
            query = select(NodeRow.hash).where(NodeRow.level == 0, NodeRow.idx < at).order_by(col(NodeRow.idx))
            found = list(session.exec(query).all())
        if len(found) != at:
            said = f"the tree has {len(found)} leaves for {at} entries"
            raise IntegrityError(said, where=str(self.path), hint="Run: govern ledger fsck")
        return found

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The head of the ledger, or its head when it had `size` entries."""
        with self._session() as session:
            at = self._at(session, size)
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
            return checking.check(self._raw(session), self.origin, progress)

    def _raw(self, session: Session) -> sqlite3.Connection:
        made: sqlite3.Connection = session.connection().connection.driver_connection  # type: ignore[assignment]
        return made

    def _at(self, session: Session, size: int | None) -> int:
        held = self._size(session)
        if size is not None and not 0 <= size <= held:
            raise UsageError(f"the ledger has {held} entries, not {size}")
        return held if size is None else size

    def _size(self, session: Session) -> int:
        last = session.exec(select(func.max(EntryRow.seq))).one()
        return 0 if last is None else int(last) + 1

    def _node(self, session: Session) -> tree.Node:
        return appending.stored_nodes(self._raw(session))

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
