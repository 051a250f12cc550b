"""Rows of an SQLite database that nobody vouches for.

The file is opened for reading only, from the very bytes its digest is taken of where it is small enough, and only plain
tables that the caller names are read, by whole scans of the table itself. A view, a trigger, a virtual table, a generated
column and an index can each carry somebody else's code or somebody else's rows; none of them takes part. Nothing but a
selection of named columns passes (https://www.sqlite.org/security.html).

SQLite reads a database that was cut as far as it goes. Here the length has to be the one its header states, and the pages of
every table that is read have to hang together, and to agree with its indexes, before the first row comes out. Changes that
lie in a write-ahead log beside the file (`-wal`) are part of the database: they are applied to a private copy. A log that is
cut or corrupt, and a rollback journal that says a change was not finished (`-journal`), make the whole unreadable.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from governance.collectors.reading.files import File
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

Value = int | float | str | bytes | None

IN_MEMORY = 32 * 1024 * 1024
MAX_BYTES = 2 * 1024 * 1024 * 1024
MOST_ROWS = 2_000_000
MOST_BYTES = 128 * 1024 * 1024
"""Of text and blobs handed out from one database, altogether."""
LEAST_SECONDS, BYTES_A_SECOND = 3.0, 10_000_000
"""Processor time for a database: so much, and more by its size."""
_SCHEMA_SECONDS = 1.0
_LONGEST = 16 * 1024 * 1024
_STEPS = 1000
_JOURNAL = bytes.fromhex("d9d505f920a163d7")
_WAL = (0x377F0682, 0x377F0683)
_PAGES = frozenset(2**power for power in range(9, 17))
_OPEN_ONCE = "Open it once with the tool that wrote it, and attach again."
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: _LONGEST,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 200_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 32,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 10,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_SETTINGS = (
    "trusted_schema=OFF",
    "query_only=ON",
    "cell_size_check=ON",
    "ignore_check_constraints=ON",  # else the check of a table runs expressions out of its own text
    "mmap_size=0",
    "temp_store=MEMORY",
    "cache_size=-8192",
)


class Rows:
    """The plain tables of one open database among those the caller named. Made by `open_rows`."""

    def __init__(self, connection: sqlite3.Connection, where: str, tables: dict[str, tuple[str, ...]]) -> None:
        self._connection = connection
        self._where = where
        self._tables = tables
        self._left = MOST_BYTES

    def tables(self) -> tuple[str, ...]:
        """The named tables that are there, sorted."""
        return tuple(sorted(self._tables))

    def columns(self, table: str) -> tuple[str, ...]:
        """The stored columns of a table in their order; empty where the table is not there."""
        return self._tables.get(table, ())

    def select(self, table: str, columns: Sequence[str], *, most: int = MOST_ROWS) -> Iterator[tuple[Value, ...]]:
        """The named columns of every row, as they are stored and in the order they are stored in.

        A blob is bytes. Raises `UnreadableError` for a table or a column that is not there, for more than `most` rows, for
        text that is not UTF-8, and where the database turns out to be corrupt.
        """
        there = self.columns(table)
        if not there:
            raise UnreadableError(f"holds no table {table}", where=self._where)
        if missing := [column for column in columns if column not in there]:
            raise UnreadableError(f"the table {table} has no column {', '.join(missing)}", where=self._where)
        listed = ", ".join(f"{_quoted(table)}.{_quoted(column)}" for column in columns)
        with _errors(self._where):
            cursor = self._connection.execute(f"SELECT {listed} FROM {_quoted(table)} NOT INDEXED")  # noqa: S608 - names that the database holds, quoted
            for number, row in enumerate(cursor, start=1):
                if number > most:
                    raise UnreadableError(f"the table {table} has more than {most:,} rows", where=self._where)
                self._left -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
                if self._left < 0:
                    raise UnreadableError(f"its tables hold more than {MOST_BYTES:,} bytes", where=self._where)
                yield row


@contextmanager
def open_rows(
    file: File, *, tables: Collection[str], wal: File | None = None, seconds: float | None = None
) -> Iterator[Rows]:
    """Open a database for the length of a `with`, to read the named `tables` that it holds.

    `wal` is the write-ahead log beside it, where the caller has it as one of the files of the folder (so that it counts as
    read: name `wal` among the sources); else one is looked for beside the file. `seconds` is the processor time for all that is
    asked, by default as much as a database of this size may need.
    Raises `UnreadableError` where the database, its log or a named table is not whole, or a named table is no plain table.
    """
    if file.form != "sqlite":
        raise UnreadableError("not an SQLite database", where=file.shown)
    log = wal or log_beside(file)
    _refuse_unfinished(file)
    connection = _connected(file, log)
    with closing(connection), _errors(file.shown):
        _prepare(connection, _SCHEMA_SECONDS)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes every statement of the schema apart
        _until(connection, LEAST_SECONDS + file.size / BYTES_A_SECOND if seconds is None else seconds)
        check = "integrity_check" if file.size <= IN_MEMORY else "quick_check"
        held = _plain_tables(connection, file.shown, frozenset(tables), check)
        connection.set_authorizer(_only(frozenset(held)))
        yield Rows(connection, file.shown, held)
    if file.size > IN_MEMORY:
        file.tail(1)  # opened anew, which fails where the file is no longer the one that was read


def table_names(file: File) -> frozenset[str]:
    """The names of all plain tables, to recognise a database by. Nothing is read of them. Raises `UnreadableError`."""
    connection = _connected(file, None)
    with closing(connection), _errors(file.shown):
        _prepare(connection, _SCHEMA_SECONDS)
        listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 10000")
        return frozenset(name for (name,) in listed if isinstance(name, str))


def _prepare(connection: sqlite3.Connection, seconds: float) -> None:
    _until(connection, seconds)
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def _until(connection: sqlite3.Connection, seconds: float) -> None:
    """Stop what runs on a connection once this process has worked `seconds` from now."""
    end = time.process_time() + seconds
    connection.set_progress_handler(lambda: time.process_time() > end, _STEPS)


def log_beside(file: File) -> File | None:
    """The write-ahead log beside a database, or None where there is none or an empty one."""
    return _beside(file, "-wal")


def _beside(file: File, ending: str) -> File | None:
    path = Path(file.path + ending)
    if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
        return None
    return File(str(path), file.shown + ending, file.name + ending)


def _refuse_unfinished(file: File) -> None:
    """A rollback journal with its mark still set holds the pages that an unfinished change has overwritten."""
    journal = _beside(file, "-journal")
    if journal is not None and journal.first(8) == _JOURNAL:
        raise UnreadableError(
            f"{journal.name} beside it says that a change was not finished",
            where=file.shown,
            hint=_OPEN_ONCE,
        )


def _connected(file: File, log: File | None) -> sqlite3.Connection:
    """A connection to the bytes of a database: in memory, or for a large one to the file itself, never for writing."""
    if file.size > MAX_BYTES:
        raise UnreadableError(f"{file.size:,} bytes is over the cap of {MAX_BYTES:,}", where=file.shown)
    if log is not None and log.size and max(file.size, log.size) > IN_MEMORY:
        raise UnreadableError(
            f"{log.name} beside it holds changes that are not in the database yet",
            where=file.shown,
            hint="Run `PRAGMA wal_checkpoint(TRUNCATE)` on it with the sqlite3 program, and attach again.",
        )
    if file.size > IN_MEMORY:
        _refuse_cut(file.head, file.size, file.shown)
        with _errors(file.shown):
            return sqlite3.connect(f"file:{quote(file.path)}?mode=ro&immutable=1", uri=True, cached_statements=0)
    data = file.data()
    if log is not None and log.size:
        data = _merged(data, log.data(), file.shown)
    _refuse_cut(data, len(data), file.shown)
    connection = sqlite3.connect(":memory:", cached_statements=0)
    try:
        with _errors(file.shown):
            # The two bytes say "with a write-ahead log"; in memory there is none to look for.
            connection.deserialize(data[:18] + b"\1\1" + data[20:])
    except BaseException:
        connection.close()
        raise
    return connection


def _merged(data: bytes, log: bytes, where: str) -> bytes:
    """The bytes of a database with the changes of its write-ahead log applied, by SQLite itself, in a private copy."""
    frames = _committed(log, len(data) // max(512, int.from_bytes(data[16:18], "big")), where)
    with tempfile.TemporaryDirectory(prefix="govern-") as place:
        path = Path(place) / "copy.db"
        path.write_bytes(data)
        path.with_name("copy.db-wal").write_bytes(log)
        with _errors(where), closing(sqlite3.connect(path, isolation_level=None, cached_statements=0)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA mmap_size=0")
            busy, applied, done = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
        if busy or applied != done or max(applied, 0) < frames:
            raise UnreadableError("the write-ahead log beside it is corrupt", where=where)
        return path.read_bytes()


def _committed(log: bytes, pages: int, where: str) -> int:
    """How many frames of a write-ahead log belong to finished changes, by its headers alone.

    Whether their checksums hold is left to SQLite, which stops at the first that does not. `pages` is the length of the
    database: no frame may lie further beyond it than there are frames, or a few bytes would make a huge file
    (https://www.sqlite.org/fileformat2.html#walformat).
    """
    page = int.from_bytes(log[8:12], "big")
    if len(log) < 32 or int.from_bytes(log[:4], "big") not in _WAL or page not in _PAGES:
        raise UnreadableError("the write-ahead log beside it is cut or is not one", where=where)
    if not _header_holds(log):
        # SQLite takes such a log for an empty one, and what it holds would be gone without a word.
        raise UnreadableError("the write-ahead log beside it is corrupt", where=where)
    most = pages + len(log) // page
    frames = done = 0
    for at in range(32, len(log), 24 + page):
        if log[at + 8 : at + 16] != log[16:24]:
            return done  # left over from before the log was started anew
        number, size = int.from_bytes(log[at : at + 4], "big"), int.from_bytes(log[at + 4 : at + 8], "big")
        if number > most or size > most:
            raise UnreadableError("the write-ahead log beside it names pages that can not be", where=where)
        frames += 1
        done = frames if size else done
    if frames != done or (len(log) - 32) % (24 + page):
        raise UnreadableError(
            "the write-ahead log beside it ends in the middle of a change", where=where, hint=_OPEN_ONCE
        )
    return done


def _header_holds(log: bytes) -> bool:
    """Whether the header of a write-ahead log bears out its own checksum; the first bytes say in which order to read."""
    order: Literal["big", "little"] = "big" if log[3] & 1 else "little"
    words = [int.from_bytes(log[at : at + 4], order) for at in range(0, 24, 4)]
    first = second = 0
    for one, other in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return log[24:32] == first.to_bytes(4, "big") + second.to_bytes(4, "big")


def _refuse_cut(head: bytes, size: int, where: str) -> None:
    """Hold the length against the header, which counts the pages since SQLite 3.7 (2010)."""
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    if len(head) < 100 or page not in _PAGES:
        raise UnreadableError("its header is cut or is not that of an SQLite database", where=where)
    counted = int.from_bytes(head[28:32], "big") if head[24:28] == head[92:96] else 0
    if size % page or size < counted * page:
        said = f"of {counted * page:,} bytes that its header states" if counted else "and ends in the middle of a page"
        raise UnreadableError(f"cut: holds {size:,} bytes {said}", where=where, hint="Copy it again, whole.")


def _plain_tables(
    connection: sqlite3.Connection, where: str, wanted: frozenset[str], check: str
) -> dict[str, tuple[str, ...]]:
    """The stored columns of each wanted table whose pages hang together. Raises for a view or a virtual table.

    The full check holds each row against the indexes too, which are a second copy of some of its values; of a large database
    only the pages are checked.
    """
    held: dict[str, tuple[str, ...]] = {}
    listed = connection.execute("SELECT type, name, rootpage FROM sqlite_master WHERE type IN ('table', 'view')")
    for kind, name, root in [row for row in listed if row[1] in wanted]:
        if kind == "view" or not root:
            sort = "view" if kind == "view" else "virtual table"
            raise UnreadableError(f"{name} is a {sort}, not a plain table", where=where)
        columns = connection.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
        held[name] = tuple(row[1] for row in columns if row[6] == 0)
        problem = connection.execute(f"PRAGMA {check}({_quoted(name)})").fetchone()
        if problem != ("ok",):
            raise UnreadableError(f"the table {name} is corrupt: {_first(problem)}", where=where)
    return held


def _first(problem: tuple[str, ...] | None) -> str:
    return " ".join(problem[0].split())[:200] if problem else "it can not be checked"


def _only(tables: frozenset[str]) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    """What a statement may do: select, and read columns of these tables."""

    def may(action: int, table: str | None, _column: str | None, database: str | None, within: str | None) -> int:
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and table in tables and database in ("main", None) and within is None:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return may


@contextmanager
def _errors(where: str) -> Iterator[None]:
    """What SQLite raises, as the error for a file that can not be read."""
    try:
        yield
    except sqlite3.OperationalError as error:
        said = "took too long to read" if str(error) == "interrupted" else f"not readable as SQLite: {error}"
        raise UnreadableError(said, where=where) from None
    except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeDecodeError) as error:
        raise UnreadableError(f"not readable as SQLite: {error}", where=where) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
