"""The tree held against the entries: every leaf and every node made again, and compared with what is stored."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.domain.entry import Checkpoint
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CHUNK = 10_000


@dataclass(frozen=True)
class Check:
    """The outcome of a verification. `failed_at` is the number of the first entry that fails, None where all hold."""

    checkpoint: Checkpoint
    failed_at: int | None = None
    problem: str | None = None


def check(raw: sqlite3.Connection, origin: str, progress: Callable[[int, int], None] | None = None) -> Check:
    """Hold the stored tree against the stored entries; the caller has begun a transaction, so that both are of one moment."""
    leaves, gap = _read_leaves(raw, progress)
    made = tree.levels(leaves)
    head = Checkpoint(origin=origin, size=len(leaves), root=tree.root(len(leaves), lambda k, i: made[k][i]).hex())
    if gap is not None:
        return Check(head, gap, f"entry {gap} is missing")
    if _all_there(raw, made):
        return Check(head)
    stored = _read_nodes(raw)
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
    # An entry is hashed as it is stored, without a trip through text.
    before, raw.text_factory = raw.text_factory, bytes
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
    """Whether the stored nodes are those of the tree, each in its place; which one is not is for the slower look.

    SQLite joins the hashes of a level, which saves a row of Python for each. A version of it that joins them in another way
    only makes the answer no, and the slower look then finds nothing.
    """
    try:
        found = raw.execute(
            "SELECT level, COUNT(*), MIN(idx), MAX(idx), MIN(LENGTH(hash)), MAX(LENGTH(hash)),"
            " MIN(typeof(hash)), MAX(typeof(hash)), CAST(group_concat(hash, '') AS BLOB) FROM node GROUP BY level ORDER BY level"
        ).fetchall()
    except (sqlite3.DataError, sqlite3.OperationalError):  # longer together than one value may be
        return False
    wanted = [
        (k, len(row), 0, len(row) - 1, 32, 32, "blob", "blob", b"".join(row)) for k, row in enumerate(made) if row
    ]
    return found == wanted


def _read_nodes(raw: sqlite3.Connection) -> dict[int, list[bytes]]:
    """The nodes by level; one that is not in its place counts as empty."""
    stored: dict[int, list[bytes]] = {}
    query = "SELECT level, idx, CASE typeof(hash) WHEN 'blob' THEN hash ELSE x'' END FROM node ORDER BY level, idx"
    for level, index, held in raw.execute(query):
        row = stored.setdefault(level, [])
        row.append(held if index == len(row) else b"")
    return stored
