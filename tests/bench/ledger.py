"""The ledger against the same rows put in by SQLite alone: appending, proving, verifying, in one run on one disk.

An append is on disk when it returns, and most of its time is that wait; so each row gives CPU seconds, the wall clock beside it, and what a
bare `INSERT` and commit of the same bytes costs under the same promise.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from governance.domain.entry import EntryType
from governance.ledger.fsck import fsck
from governance.ledger.store import Draft, Ledger
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Row = Callable[[str, str, str, float | None, str], None]

MANY = 100_000
SINGLY = 3_000
MILLION = 1_000_000


def ledger(row: Row, folder: Path, record: Mapping[str, object]) -> None:
    """Measure appending and verifying at 100,000 entries, and proving at a million."""
    held = Ledger.create(folder / "big.db", origin="bench", clock=lambda: datetime.now(UTC))
    drafts = [Draft(EntryType.EVIDENCE, f"ev-{number:020x}", "bench", record) for number in range(MANY + SINGLY)]
    batches = timed(lambda: [held.append(drafts[at : at + 1000]) for at in range(0, MANY, 1000)])
    verify = min(timed(held.verify) for _ in range(3))
    bodies = [body for _, body in held.bodies()]
    each = timed(lambda: [held.append([draft]) for draft in drafts[MANY:]])
    rows = [(number, body.decode()) for number, body in enumerate(bodies)]
    bare_batches, bare_each = bare(folder, rows, 1000), bare(folder, rows[:SINGLY], 1)
    appended(row, "append singly, each on disk", SINGLY, each, bare_each, "≥ 5,000 a CPU s")
    held.append([])  # so that there is a connection for what follows, which no ledger does by itself
    held._pen.driver_connection.execute("PRAGMA synchronous=OFF")  # type: ignore[union-attr]
    more = [Draft(EntryType.EVIDENCE, f"ev-x{number:019x}", "bench", record) for number in range(SINGLY)]
    quick = timed(lambda: [held.append([draft]) for draft in more])
    row("  our own part of it: without the disk", f"{SINGLY / quick[0]:,.0f} a CPU s", "nothing", None, "reported")
    appended(row, "append in batches of 1,000", MANY, batches, bare_batches, "≥ 20,000 a CPU s")
    verified(row, bodies, verify[0])
    held.close()
    whole, _ = timed(lambda: fsck(folder / "big.db", None))
    row(
        "fsck of the same, without bodies",
        f"{whole / (MANY + 2 * SINGLY) * 1e6:.1f} µs an entry",
        "verify of it",
        whole / verify[0],
        "reported",
    )
    proofs(row, folder, record)


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds and wall seconds of a call."""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


def bare(folder: Path, rows: list[tuple[int, str]], batch: int) -> tuple[float, float]:
    """The same rows into one plain table, a commit for each batch, with the same promise of being on disk."""
    path = folder / f"bare-{batch}.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, body TEXT)")

        def insert() -> None:
            for at in range(0, len(rows), batch):
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT INTO entry VALUES (?, ?)", rows[at : at + batch])
                database.execute("COMMIT")

        return timed(insert)


def appended(row: Row, what: str, count: int, ours: tuple[float, float], alone: tuple[float, float], aim: str) -> None:
    """Print one way of appending in CPU seconds, and the same on the wall clock."""
    row(
        what,
        f"{count / ours[0]:,.0f} a CPU s",
        f"bare INSERT and commit of the same rows, {count / alone[0]:,.0f}",
        ours[0] / alone[0],
        aim,
    )
    row(
        "  the same on the wall clock",
        f"{count / ours[1]:,.0f} a second",
        f"bare INSERT and commit, {count / alone[1]:,.0f}",
        ours[1] / alone[1],
        "reported",
    )


def verified(row: Row, bodies: list[bytes], cpu: float) -> None:
    """Print verification against hashing the bodies, and against hashing all that has to be hashed."""

    def plain() -> None:
        for body in bodies:
            hashlib.sha256(body).digest()

    def whole() -> None:
        level = [hashlib.sha256(b"\0" + body).digest() for body in bodies]
        while len(level) > 1:
            level = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]

    what = f"verify of a ledger of {len(bodies):,} entries"
    for name, call, against, aim in (
        (what, plain, "hashlib over the same bytes", "reported"),
        ("  the same", whole, "hashlib over leaves and nodes", "< 2×"),
    ):
        alone = min(timed(call)[0] for _ in range(3))
        row(name, f"{cpu:.2f} CPU s", f"{against}, {alone:.2f}", cpu / alone, aim)


def proofs(row: Row, folder: Path, record: Mapping[str, object]) -> None:
    """Proofs of one entry at a thousand, a hundred thousand and a million, whose rows go in by SQL alone."""
    before = 0.0
    for size in (1_000, MANY, MILLION):
        path = folder / f"proof-{size}.db"
        filled(path, size)
        with closing(Ledger(path, origin="bench", clock=lambda: datetime.now(UTC))) as held:
            places = [number * 7919 % size for number in range(200)]
            cpu, wall = timed(lambda held=held, places=places, size=size: [held.inclusion(seq, size) for seq in places])  # type: ignore[misc]
            mine = cpu / len(places)
            row(
                f"proof of one entry of {size:,}",
                f"{mine * 1000:.2f} CPU ms, {wall / len(places) * 1000:.2f} ms",
                "one of a thousand" if before else "nothing",
                mine / before if before else None,
                "< 2 ms at any size",
            )
            before = before or mine
        path.unlink()


def filled(path: Path, size: int) -> None:
    """A ledger of small entries, put in by SQL so that a million of them take seconds."""
    with closing(Ledger.create(path, origin="bench", clock=lambda: datetime.now(UTC))):
        pass
    form = (
        '{"id":"ev-%08d","record":{},"recorded_at":"2026-11-22T12:00:00Z","schema":"entry.v1","seq":%d,"system":"bench",'
        '"type":"evidence"}'
    )
    bodies = [form % (number, number) for number in range(size)]
    levels = tree.levels(tree.leaf_hashes(body.encode() for body in bodies))
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.executemany("INSERT INTO entry (seq, body) VALUES (?, ?)", enumerate(bodies))
        nodes = ((k, i, held) for k, row in enumerate(levels) for i, held in enumerate(row))
        database.executemany("INSERT INTO node VALUES (?, ?, ?)", nodes)
        database.commit()
