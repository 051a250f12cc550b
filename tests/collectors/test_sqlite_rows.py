"""Databases that nobody vouches for: only plain tables that were named, whole or not at all, and never for long."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats import sqlite_rows
from governance.collectors.formats.sqlite_rows import log_beside, open_rows
from governance.collectors.reading.files import File
from governance.errors import UnreadableError

ROWS = [(number, f"name {number}", number / 4) for number in range(2000)]


def file_at(path):
    return File(str(path), path.name, path.name)


@pytest.fixture
def make(tmp_path):
    """A database made by statements; `rows` fills a table `t` of three columns."""

    def go(*statements, rows=ROWS, name="a.db", keep=None, before=()):
        path = tmp_path / name
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        for statement in before:
            connection.execute(statement)
        if rows is not None:
            connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, part REAL)")
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
        for statement in statements:
            connection.execute(statement)
        if keep is None:
            connection.close()
        else:
            keep.append(connection)
        return path

    return go


def all_of(path, table="t", columns=("id", "name", "part"), **options):
    with open_rows(file_at(path), tables=("t", "u"), **options) as rows:
        return list(rows.select(table, columns))


def refused(path, **options):
    with pytest.raises(UnreadableError) as raised:
        all_of(path, **options)
    return str(raised.value)


def test_the_named_tables_are_read_as_they_are_stored(make):
    path = make("CREATE TABLE u (a BLOB, b)", "INSERT INTO u VALUES (x'00ff', NULL)", "CREATE TABLE secrets (s)")
    with open_rows(file_at(path), tables=("t", "u", "absent")) as rows:
        assert rows.tables() == ("t", "u")
        assert rows.columns("t") == ("id", "name", "part")
        assert rows.columns("absent") == ()
        assert list(rows.select("t", ("id", "name", "part"))) == ROWS
        assert list(rows.select("u", ("b", "a"))) == [(None, b"\x00\xff")]


def test_a_table_or_column_that_was_not_named_or_is_not_there_is_refused(make):
    path = make("CREATE TABLE secrets (s)", "INSERT INTO secrets VALUES ('x')")
    with open_rows(file_at(path), tables=("t",)) as rows:
        for table, column in [
            ("secrets", "s"),
            ("sqlite_master", "sql"),
            ("t", "nothing"),
            ("t", 'id" FROM secrets--'),
        ]:
            with pytest.raises(UnreadableError, match=r"no table|no column"):
                list(rows.select(table, (column,)))


def test_the_authorizer_lets_nothing_pass_but_reading_the_named_tables(make):
    path = make("CREATE TABLE secrets (s)", "CREATE VIEW v AS SELECT * FROM t")
    with open_rows(file_at(path), tables=("t",)) as rows:
        for statement in (
            "SELECT * FROM secrets", "SELECT s FROM secrets", "SELECT sql FROM sqlite_master", "SELECT * FROM v",
            "SELECT abs(id) FROM t", "SELECT load_extension('x')", "DELETE FROM t", "PRAGMA writable_schema=ON",
            "ATTACH 'x' AS y", "CREATE TEMP TABLE x (y)", "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT * FROM r",
            "SELECT * FROM pragma_table_info('t')", "VACUUM", "BEGIN", "EXPLAIN SELECT * FROM secrets",
        ):  # fmt: skip
            with pytest.raises((sqlite3.DatabaseError, sqlite3.OperationalError)):
                rows._connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "sort"),
    [
        ("CREATE VIEW u AS SELECT * FROM t", "view"),
        ("CREATE VIEW u AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SELECT n FROM r", "view"),
        ("CREATE VIRTUAL TABLE u USING fts5(id)", "virtual table"),
    ],
)
def test_a_view_or_a_virtual_table_under_a_named_table_is_refused(make, statement, sort):
    try:
        path = make(statement)
    except sqlite3.OperationalError:
        pytest.skip("this SQLite has no full-text search")
    assert f"u is a {sort}" in refused(path)


def test_a_generated_column_is_not_offered_and_the_others_are_read(make):
    path = make("CREATE TABLE u (a, b AS (hex(zeroblob(100000))))", "INSERT INTO u(a) VALUES (1)")
    with open_rows(file_at(path), tables=("u",)) as rows:
        assert rows.columns("u") == ("a",)
        assert list(rows.select("u", ("a",))) == [(1,)]


def test_expressions_in_the_schema_do_not_run_for_long(make):
    path = make(
        "CREATE TABLE u (a, b NOT NULL AS (hex(zeroblob(7000000))), CHECK (hex(zeroblob(7000000)) <> a))",
        "PRAGMA ignore_check_constraints=ON",
        "CREATE TABLE n (a)",
        *["INSERT INTO n VALUES (1)"] * 2000,
        "INSERT INTO u(a) SELECT a FROM n LIMIT 300",
        rows=None,
    )
    started = time.monotonic()
    with contextlib.suppress(UnreadableError):
        all_of(path, table="u", columns=("a",), seconds=1.0)
    assert time.monotonic() - started < 4


def test_an_index_that_says_otherwise_than_its_table_is_a_fault_and_is_never_read_from(make, monkeypatch):
    path = make(
        "CREATE INDEX i ON t (name)",
        "CREATE TABLE u (x)",
        "CREATE INDEX j ON u (x)",
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'j') WHERE name = 'i'",
    )
    assert "missing from index i" in refused(path)
    monkeypatch.setattr(sqlite_rows, "IN_MEMORY", 1000)
    assert [name for (name,) in all_of(path, columns=("name",))] == [name for _, name, _ in ROWS]


def test_a_stored_value_that_differs_from_its_copy_in_an_index_is_refused(make):
    path = make("CREATE INDEX i ON t (name, part)")
    whole = path.read_bytes()
    at = whole.index(b"name 1000")
    path.write_bytes(whole[: at + 5] + b"9" + whole[at + 6 :])
    assert "index i" in refused(path)


def test_tables_can_be_listed_without_reading_them(make):
    path = make("CREATE VIEW v AS SELECT 1", "CREATE TABLE secrets (s)")
    assert sqlite_rows.table_names(file_at(path)) == {"t", "secrets"}


def test_a_database_cut_anywhere_is_refused(make):
    path = make()
    whole = path.read_bytes()
    for at in [*range(0, len(whole), 1500), *range(0, len(whole), 4096), len(whole) - 1]:
        path.write_bytes(whole[:at])
        with pytest.raises(UnreadableError):
            all_of(path)


def test_a_database_cut_between_pages_by_an_old_writer_is_refused(make):
    path = make()
    whole = bytearray(path.read_bytes())
    whole[92:96] = bytes(4)  # writers before 3.7 did not count the pages
    for pages in range(1, len(whole) // 4096):
        path.write_bytes(whole[: pages * 4096])
        assert "corrupt" in refused(path) or "malformed" in refused(path)


def test_a_page_of_another_table_or_of_zeros_is_refused(make):
    path = make()
    whole = path.read_bytes()
    for page in range(1, len(whole) // 4096):
        path.write_bytes(whole[: page * 4096] + bytes(4096) + whole[(page + 1) * 4096 :])
        refused(path)
        if page > 2:
            path.write_bytes(whole[: page * 4096] + whole[8192:12288] + whole[(page + 1) * 4096 :])
            refused(path)


def test_changes_in_a_write_ahead_log_are_part_of_the_database(make, tmp_path):
    keep = []
    path = make(
        "INSERT INTO t VALUES (5000, 'late', 1)",
        keep=keep,
        before=("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0"),
    )
    target = tmp_path / "copy"
    target.mkdir()
    for each in (path, path.with_name("a.db-wal")):
        shutil.copy(each, target / each.name)
    keep[0].close()
    copy = target / "a.db"
    before = {each.name: each.read_bytes() for each in target.iterdir()}
    assert all_of(copy)[-1] == (5000, "late", 1.0)
    assert all_of(copy, wal=log_beside(file_at(copy)))[-1] == (5000, "late", 1.0)
    assert {each.name: each.read_bytes() for each in target.iterdir()} == before


@pytest.fixture
def with_log(make, tmp_path):
    keep = []
    path = make(keep=keep, before=("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0"))
    target = tmp_path / "copy"
    target.mkdir()
    log = target / "a.db-wal"
    shutil.copy(path, target / "a.db")
    shutil.copy(path.with_name("a.db-wal"), log)
    keep[0].close()
    return target / "a.db", log


def test_a_log_that_is_cut_in_a_change_or_changed_or_of_another_sort_is_refused(with_log):
    path, log = with_log
    whole = log.read_bytes()
    frame = 4096 + 24
    for cut in (1, 20, 31, 32 + 100, len(whole) - 1, len(whole) - frame, len(whole) - 3 * frame):
        log.write_bytes(whole[:cut])
        assert "the write-ahead log" in refused(path)
    for at in (40, 70, 5000, len(whole) - 100):
        log.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert refused(path)
    log.write_bytes(b"nonsense" * 100)
    assert "is not one" in refused(path)


def test_a_log_that_names_a_page_far_away_makes_no_huge_file(with_log):
    path, log = with_log
    whole = bytearray(log.read_bytes())
    whole[32:36] = (2**31).to_bytes(4, "big")
    log.write_bytes(whole)
    assert "can not be" in refused(path)


def test_an_empty_log_counts_as_none_and_a_database_in_that_mode_is_read(make):
    path = make(before=("PRAGMA journal_mode=WAL",))
    path.with_name("a.db-wal").write_bytes(b"")
    path.with_name("a.db-shm").write_bytes(bytes(32768))
    assert all_of(path) == ROWS


def test_a_journal_of_an_unfinished_change_is_refused_and_one_that_was_ended_is_not(make):
    path = make()
    journal = path.with_name("a.db-journal")
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(600))
    assert "not finished" in refused(path)
    journal.write_bytes(bytes(600))
    assert all_of(path) == ROWS


def test_a_link_in_place_of_the_log_is_not_followed(make, tmp_path):
    path = make()
    (tmp_path / "elsewhere").write_bytes(b"other bytes")
    path.with_name("a.db-wal").symlink_to(tmp_path / "elsewhere")
    assert all_of(path) == ROWS


def test_a_large_database_is_read_in_place_and_neither_is_changed(make, monkeypatch):
    monkeypatch.setattr(sqlite_rows, "IN_MEMORY", 1000)
    path = make(name="a b?#%41.db")
    before = path.read_bytes()
    assert all_of(path) == ROWS
    path.write_bytes(before[:-4096])
    assert "cut" in refused(path)
    path.write_bytes(before)
    path.with_name(path.name + "-wal").write_bytes(b"1")
    assert "wal_checkpoint" in refused(path)
    assert {each.name for each in path.parent.iterdir()} == {path.name, path.name + "-wal"}


def test_a_large_database_that_changes_while_it_is_read_is_refused(make, monkeypatch):
    monkeypatch.setattr(sqlite_rows, "IN_MEMORY", 1000)
    path = make(rows=[(number, "x" * 50, 0) for number in range(3000)])

    def read_and_change():
        with open_rows(file_at(path), tables=("t",)) as rows:
            assert len(list(rows.select("t", ("id",)))) == 3000
            path.write_bytes(path.read_bytes() + bytes(4096))

    with pytest.raises(UnreadableError, match="changed while"):
        read_and_change()


def test_too_many_rows_too_many_bytes_and_one_huge_value_are_refused(make, monkeypatch):
    path = make("CREATE TABLE u (a)", "INSERT INTO u VALUES (zeroblob(20000000))")
    assert "too big" in refused(path, table="u", columns=("a",))
    with open_rows(file_at(path), tables=("t",)) as rows, pytest.raises(UnreadableError, match="more than 10 rows"):
        list(rows.select("t", ("id",), most=10))
    monkeypatch.setattr(sqlite_rows, "MOST_BYTES", 5000)
    assert "more than 5,000 bytes" in refused(path)


def test_text_that_is_no_text_is_refused(make):
    path = make("CREATE TABLE u (a TEXT)", "INSERT INTO u VALUES (CAST(x'ff00ff' AS TEXT))")
    assert "UTF-8" in refused(path, table="u", columns=("a",))


def test_a_schema_that_is_no_schema_is_refused(make):
    path = make(
        "CREATE TABLE u (a)",
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = 'CREATE TABLE u (' WHERE name = 'u'",
    )
    assert "malformed" in refused(path)


def test_a_page_that_is_its_own_child_ends(make):
    path = make()
    whole = bytearray(path.read_bytes())
    root = 4096
    assert whole[root] == 5
    whole[root + 8 : root + 12] = (2).to_bytes(4, "big")
    path.write_bytes(whole)
    started = time.monotonic()
    assert refused(path)
    assert time.monotonic() - started < 1


def test_a_thousand_tables_are_no_hurdle(make):
    path = make(*[f"CREATE TABLE x{number} (a, b, c)" for number in range(3000)])
    started = time.monotonic()
    assert all_of(path) == ROWS
    assert time.monotonic() - started < 2


def test_reading_that_takes_too_long_is_stopped(make):
    path = make(rows=[(number, "x" * 50, 0) for number in range(100_000)])
    assert "too long" in refused(path, seconds=0.0)


def test_what_is_no_database_is_refused(tmp_path):
    path = tmp_path / "a.db"
    for data in (
        b"",
        b"text",
        b"SQLite format 3\0",
        b"SQLite format 3\0" + bytes(84),
        b"SQLite format 3\0" + b"\xff" * 5000,
    ):
        path.write_bytes(data)
        refused(path)


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=30), st.integers(0, 20_000))
@settings(max_examples=150, deadline=None)
def test_a_database_with_any_bytes_changed_gives_rows_or_is_refused(changes, cut):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "a.db"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, part REAL)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS[:300])
        connection.commit()
        connection.close()
        data = bytearray(path.read_bytes())
        for at, value in changes:
            if at < len(data):
                data[at] = value
        path.write_bytes(data[: len(data) - cut] if cut % 3 == 0 else data)
        try:
            made = all_of(path)
        except UnreadableError:
            return
        assert all(len(row) == 3 for row in made)


def test_a_log_whose_header_was_changed_hides_nothing(with_log):
    path, log = with_log
    whole = bytearray(log.read_bytes())
    whole[16] ^= 1  # SQLite takes such a log for one without any change in it
    log.write_bytes(bytes(whole))
    assert "corrupt" in refused(path)
