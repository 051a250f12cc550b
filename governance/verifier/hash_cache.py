"""Digests of large files from before, so that weights are hashed once: by device, inode, size and the times of the file.

Kept in SQLite under the user's cache folder (`$XDG_CACHE_HOME/governance-evidence`, else `~/.cache/…`), never beside a model.
Whoever can write to it could make one file pass for another, so it is used only where the folder and the file belong to this
user and nobody else may write to them; anything odd about it means that there is no cache, and everything is hashed.

As in git's index, a file written less than two seconds ago is not kept ("racily clean"): it could change again within the
grain of its clock. The time of the last change of the inode counts too, because a program can set the other one back.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from governance.verifier.hashing import Stamp

SMALLEST = 1024 * 1024
RACY_NS = 2_000_000_000
MOST = 100_000
NAME = "hashes.v1.db"
_MADE = (
    "CREATE TABLE IF NOT EXISTS hashed (device TEXT, inode TEXT, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, "
    "sha256 TEXT NOT NULL, PRIMARY KEY (device, inode, size, mtime_ns)) WITHOUT ROWID"
)


class HashCache:
    """Digests by stamp; made by `opened` or `in_memory`. May be used from several threads."""

    def __init__(self, database: sqlite3.Connection, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._database = database
        self._clock_ns = clock_ns
        self._lock = threading.Lock()

    def get(self, stamp: Stamp) -> str | None:
        """The digest of the file with this stamp, or None."""
        if stamp.size < SMALLEST:
            return None
        row = self._run(
            "SELECT sha256 FROM hashed WHERE device = ? AND inode = ? AND size = ? AND mtime_ns = ? AND ctime_ns = ?",
            _columns(stamp),
        )
        return str(row[0]) if row and _is_digest(row[0]) else None

    def put(self, stamp: Stamp, digest: str) -> None:
        """Keep a digest, unless the file is small or was written a moment ago."""
        if stamp.size >= SMALLEST and max(stamp.mtime_ns, stamp.ctime_ns) <= self._clock_ns() - RACY_NS:
            self._run("INSERT OR REPLACE INTO hashed VALUES (?, ?, ?, ?, ?, ?)", (*_columns(stamp), digest))

    def close(self) -> None:
        """Let go of the file; what was put is kept already."""
        self._database.close()

    def _run(self, statement: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
        """Run one statement; a cache that can not be read or written is as good as none."""
        import sqlite3

        with self._lock:
            try:
                found: tuple[object, ...] | None = self._database.execute(statement, values).fetchone()
            except sqlite3.Error:
                return None
            return found


def in_memory() -> HashCache:
    """A cache of this run alone: a file that two steps of one command look at is hashed once."""
    import sqlite3

    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database.execute(_MADE)
    return HashCache(database)


def folder() -> str | None:
    """The folder of the cache, or None where the user has none."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(root):  # noqa: PTH117 - strings are what the environment gives; a relative one counts for nothing
        home = os.path.expanduser("~")  # noqa: PTH111
        if not os.path.isabs(home):  # noqa: PTH117
            return None
        root = f"{home}/.cache"
    return f"{root}/governance-evidence"


def opened(model: str = "", *, clock_ns: Callable[[], int] = time.time_ns) -> HashCache | None:
    """The user's cache, made where there is none; None where it can not be trusted or kept, or lies in the folder `model`."""
    import sqlite3

    place = folder()
    if place is None or _lies_in(place, model):
        return None
    try:
        os.makedirs(place, mode=0o700, exist_ok=True)  # noqa: PTH103
        path = f"{place}/{NAME}"
        if not _is_ours(place, stat.S_ISDIR):
            return None
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
        if not _is_ours(path, stat.S_ISREG):
            return None
        database = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error):
        return None
    try:
        database.execute(_MADE)
        if database.execute("SELECT count(*) FROM hashed").fetchone()[0] > MOST:
            database.execute("DELETE FROM hashed")
    except sqlite3.Error:
        database.close()
        return None
    return HashCache(database, clock_ns)


def _columns(stamp: Stamp) -> tuple[object, ...]:
    # Device and inode are numbers without a sign of up to 64 bits, which SQLite has no column for.
    return (str(stamp.device), str(stamp.inode), stamp.size, stamp.mtime_ns, stamp.ctime_ns)


def _is_ours(path: str, sort: Callable[[int], bool]) -> bool:
    status = os.lstat(path)
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    return sort(status.st_mode) and mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _lies_in(place: str, model: str) -> bool:
    if not model:
        return False
    inner, outer = os.path.realpath(place), os.path.realpath(model)
    return os.path.commonpath([inner, outer]) == outer


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 71 and value.startswith("sha256:")
