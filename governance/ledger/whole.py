"""The quick way to see that a whole ledger is sound: let SQLite join, and hash what it joined.

Fetching a hundred thousand rows costs Python more than hashing them. Canonical JSON holds no newline, so SQLite joins thousands of
entries with one, hands over a single text, and splitting it is one call. The nodes are compared in the same manner, a level at a time.

This way only ever answers *sound*. On any doubt (a gap, a count that is off, a node that differs) it answers nothing, and the slow way
in `governance.ledger.store` looks at every row and names the first one that fails.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.ledger import tree

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

_CHUNK = 2_000
_ENTRIES = """SELECT COUNT(*), MIN(seq), MAX(seq), GROUP_CONCAT(body, CHAR(10))
    FROM (SELECT seq, body FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq)"""
_NODES = """SELECT COUNT(*), MIN(idx), MAX(idx), GROUP_CONCAT(HEX(hash), '')
    FROM (SELECT idx, hash FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx)"""


@dataclass(frozen=True)
class Sound:
    """A ledger whose every leaf and node is what it must be."""

    size: int
    root: bytes


def read(raw: sqlite3.Connection, progress: Callable[[int, int], None] | None) -> Sound | None:
    """The size and root of a sound ledger; None where anything at all is off.

    SQLite lets go of the interpreter while it joins, so the next chunk is joined beside the hashing of this one. The connection must be
    one that may be used from another thread; it is used from one thread at a time.
    """
    total, nodes = raw.execute("SELECT (SELECT COUNT(*) FROM entry), (SELECT COUNT(*) FROM node)").fetchone()
    leaves: list[bytes] = []
    with _bytes(raw), ThreadPoolExecutor(1) as beside:
        for first, last, held in _ahead(beside, raw, _ENTRIES, (), total):
            entries = held.split(b"\n") if held is not None else []
            if len(entries) != last - first:
                return None
            leaves += tree.leaf_hashes(entries)
            if progress is not None:
                progress(last, total)
        made = tree.levels(leaves)
        if nodes != sum(len(level) for level in made):
            return None
        for level, row in enumerate(made):
            for first, last, held in _ahead(beside, raw, _NODES, (level,), len(row)):
                if held != b"".join(row[first:last]).hex().upper().encode():
                    return None
    return Sound(total, tree.root(total, lambda level, index: made[level][index]))


def _ahead(
    beside: ThreadPoolExecutor, raw: sqlite3.Connection, query: str, fixed: tuple[int, ...], total: int
) -> Iterator[tuple[int, int, bytes | None]]:
    """(first, last, joined text) of each chunk, the next one being joined meanwhile; None for a chunk that is not whole."""
    chunks = [(first, min(first + _CHUNK, total)) for first in range(0, total, _CHUNK)]
    following = beside.submit(_join, raw, query, (*fixed, *chunks[0])) if chunks else None
    for number, (first, last) in enumerate(chunks):
        held = following.result() if following is not None else None
        following = (
            beside.submit(_join, raw, query, (*fixed, *chunks[number + 1])) if number + 1 < len(chunks) else None
        )
        yield first, last, held
    if following is not None:
        following.result()


def _join(raw: sqlite3.Connection, query: str, bounds: tuple[int, ...]) -> bytes | None:
    first, last = bounds[-2:]
    count, low, high, joined = raw.execute(query, bounds).fetchone()
    return joined if (count, low, high) == (last - first, first, last - 1) and isinstance(joined, bytes) else None


@contextmanager
def _bytes(raw: sqlite3.Connection) -> Iterator[None]:
    """Text comes as the bytes it is stored in, for as long as this lasts."""
    before = raw.text_factory
    raw.text_factory = bytes
    try:
        yield
    finally:
        raw.text_factory = before
