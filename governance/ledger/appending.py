"""Appending, inside one transaction: what is new is numbered, given its moment, hashed into the tree and inserted.

It runs for every piece of evidence, so the statements are made once out of the tables and go to the driver as they are.
Nothing is kept between two appends: another process may have appended meanwhile, and only the file knows.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, literal_column
from sqlalchemy.dialects import sqlite
from sqlmodel import col, func, select

from governance.domain.entry import MAX_ENTRY_BYTES, Entry
from governance.errors import IntegrityError, UnreadableError
from governance.ledger.tables import EntryRow, NodeRow
from governance.parsing import canonical
from governance.proofs import tree

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.sql import ClauseElement

    from governance.domain.entry import EntryType


@dataclass(frozen=True)
class Draft:
    """An entry to be: everything but its number and its moment, which the ledger gives.

    `system` is None where the entry is of the whole workspace.
    """

    type: EntryType
    id: str
    system: str | None
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Appended:
    """What an append did: entries that are new, and ids that were there already."""

    entries: tuple[Entry, ...]
    unchanged: tuple[str, ...]


def _sql(statement: ClauseElement) -> str:
    """The text of a statement, with `?` for each parameter in the order in which it stands there."""
    return str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))


_LAST = (
    _sql(
        select(EntryRow.seq, func.json_extract(col(EntryRow.body), literal_column("'$.recorded_at'"))).order_by(
            col(EntryRow.seq).desc()
        )
    )
    + " LIMIT 1"
)
_KNOWN = _sql(select(EntryRow.id)) + " WHERE entry.id IN (SELECT value FROM json_each(?))"  # noqa: S608 - no word of it is from outside
_NODE = _sql(select(NodeRow.hash).where(col(NodeRow.level) == bindparam("l"), col(NodeRow.idx) == bindparam("i")))
_ADD_ENTRY = _sql(insert(EntryRow).values(seq=bindparam("seq"), body=bindparam("body")))
_ADD_NODE = _sql(insert(NodeRow).values(level=bindparam("level"), idx=bindparam("idx"), hash=bindparam("hash")))


def append(
    raw: sqlite3.Connection,
    drafts: Sequence[Draft],
    *,
    clock: Callable[[], datetime],
) -> Appended:
    """Insert what is new over a connection that is in a writing transaction; the caller commits, or rolls back what this raises.

    The clock is read inside the transaction, so that whoever waited for it does not record a moment from before.
    """
    last = raw.execute(_LAST).fetchone()
    size, now = 0, clock()
    if last is not None:
        size, now = last[0] + 1, max(now, _moment(*last))
    moment = canonical.moment(canonical.instant(now))
    held = {row[0] for row in raw.execute(_KNOWN, (json.dumps([draft.id for draft in drafts]),))}
    entries, bodies, seen = list[Entry](), list[bytes](), set[str]()
    for draft in drafts:
        if draft.id in seen or draft.id in held:
            continue
        seen.add(draft.id)
        entry = Entry(
            seq=size + len(entries),
            type=draft.type,
            id=draft.id,
            system=draft.system,
            salt=secrets.token_hex(16),
            recorded_at=moment,
            record=draft.record,
        )
        entries.append(entry)
        bodies.append(_within_the_cap(entry))
    raw.executemany(_ADD_ENTRY, [(entry.seq, body.decode()) for entry, body in zip(entries, bodies, strict=True)])
    raw.executemany(_ADD_NODE, tree.grown(size, tree.leaf_hashes(bodies), stored_nodes(raw)))
    unchanged = dict.fromkeys(draft.id for draft in drafts if draft.id in held)
    return Appended(entries=tuple(entries), unchanged=tuple(unchanged))


def stored_nodes(raw: sqlite3.Connection) -> tree.Node:
    """The nodes of the tree as they are stored. What is returned raises `IntegrityError` for one that is missing."""

    def node(level: int, index: int) -> bytes:
        found = raw.execute(_NODE, (level, index)).fetchone()
        if found is None:
            raise IntegrityError(f"the tree has no node {index} at level {level}", hint="Run: govern ledger fsck")
        return bytes(found[0])

    return node


def _moment(seq: int, text: object) -> datetime:
    try:
        return canonical.moment(str(text))
    except ValueError:
        raise IntegrityError(f"entry {seq} has no moment", hint="Run: govern ledger fsck") from None


def _within_the_cap(entry: Entry) -> bytes:
    body = entry.to_bytes()
    if len(body) > MAX_ENTRY_BYTES:
        raise UnreadableError(
            f"an entry of {len(body):,} bytes is over the cap of {MAX_ENTRY_BYTES:,}",
            where=entry.id,
            hint="Attach fewer source files as one piece.",
        )
    return body
