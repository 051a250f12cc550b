"""Which files are ledgers, and which version they are."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from governance.domain.entry import Entry, EntryType
from governance.errors import GovernanceError, UnreadableError, UsageError, VersionError
from governance.ledger import schema
from governance.proofs import tree
from tests.ledger.made import NOON, drafts, made, opened


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_the_listed_revisions_are_those_of_the_migrations_in_their_order():
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [schema.REVISIONS[-1]]
    assert tuple(found.revision for found in scripts.walk_revisions())[::-1] == schema.REVISIONS


def test_a_migrated_file_has_the_columns_the_classes_name(path):
    from sqlalchemy import inspect

    from governance.ledger.tables import EntryRow, NodeRow, engine

    schema.upgrade(path)
    found = inspect(engine(path))
    for row in (EntryRow, NodeRow):
        table = row.__table__
        assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}


def old_ledger(path: Path, count: int) -> list[Entry]:
    """Make a ledger as the first version left it, with entries."""
    assert schema.upgrade(path, "0001") == (None, "0001")
    entries = [
        Entry(
            seq=number,
            type=EntryType.SYSTEM,
            id=f"id-{number:04}",
            system=f"s{number % 2}",
            recorded_at=NOON,
            record={},
        )
        for number in range(count)
    ]
    nodes = tree.levels(tree.leaf_hashes(entry.to_bytes() for entry in entries))
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            "INSERT INTO entry (seq, body) VALUES (?, ?)", [(e.seq, e.to_bytes().decode()) for e in entries]
        )
        rows = [(level, index, held) for level, row in enumerate(nodes) for index, held in enumerate(row)]
        connection.executemany("INSERT INTO node VALUES (?, ?, ?)", rows)
        connection.commit()
    return entries


def test_an_older_ledger_is_refused_with_the_remedy_and_upgraded_with_its_entries(path):
    entries = old_ledger(path, 7)
    with pytest.raises(UsageError, match=r"older version .revision 0001, this one writes 0002") as caught:
        opened(path)
    assert caught.value.hint == "Upgrade it with: govern ledger upgrade"
    assert schema.upgrade(path) == ("0001", "0002")
    ledger = opened(path)
    assert list(ledger.entries()) == entries
    assert ledger.verify().checkpoint.size == 7
    assert ledger.verify().failed_at is None
    assert len(list(ledger.entries(system="s0"))) == 4
    assert ledger.systems() == ("s0", "s1")
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM entry")


def test_an_upgrade_of_a_current_ledger_changes_nothing_and_says_so(path):
    made(path, 3).close()
    before = path.read_bytes()
    assert schema.upgrade(path) == ("0002", "0002")
    assert schema.upgrade(path, "0001") == ("0002", "0002")
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused_and_left_as_it_is(path):
    made(path, 3).close()
    run(path, "UPDATE alembic_version SET version_num = '0099'")
    for attempt in (lambda: opened(path), lambda: schema.upgrade(path)):
        with pytest.raises(VersionError, match=r"newer version .* .table revision 0099") as caught:
            attempt()
        assert "Install the newer version" in caught.value.hint
    run(path, "UPDATE alembic_version SET version_num = '0002'")
    assert opened(path).verify().checkpoint.size == 3


@pytest.mark.parametrize(
    "content", [b"x", b"hello", b"text\n" * 3000, b"SQLite format 3", b"SQLite format 4\0" * 300, b"\0" * 8192]
)
def test_another_kind_of_file_is_refused_and_left_as_it_is(path, content):
    path.write_bytes(content)
    for attempt in (lambda: opened(path), lambda: schema.upgrade(path), lambda: schema.revision(path)):
        with pytest.raises(UnreadableError, match="not a ledger"):
            attempt()
    assert path.read_bytes() == content


def test_a_header_with_nothing_sound_behind_it_is_refused(path):
    path.write_bytes(b"SQLite format 3\0" + random.Random(1).randbytes(9000))
    for attempt in (lambda: opened(path), lambda: schema.upgrade(path)):
        with pytest.raises(UnreadableError, match="not a ledger"):
            attempt()


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE users (name)"],
        [
            "CREATE TABLE alembic_version (version_num)",
            "INSERT INTO alembic_version VALUES ('a1b2')",
            "CREATE TABLE users (name)",
        ],
        ["CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('0002')"],
        ["CREATE TABLE entry (seq)"],
    ],
)
def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(path, statements):
    run(path, *statements)
    before = path.read_bytes()
    for attempt in (lambda: opened(path), lambda: schema.upgrade(path)):
        with pytest.raises(UnreadableError, match="a database, but not a ledger"):
            attempt()
    assert path.read_bytes() == before


def test_an_empty_file_is_refused_with_the_remedy_and_can_be_made_a_ledger(path):
    path.touch()
    with pytest.raises(UsageError, match="revision none") as caught:
        opened(path)
    assert "govern ledger upgrade" in caught.value.hint
    assert schema.upgrade(path) == (None, "0002")
    assert opened(path).append(drafts(1)).entries[0].seq == 0


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    for name in ("folder", "missing"):
        with pytest.raises(UsageError, match="there is no ledger here"):
            opened(tmp_path / name)
    with pytest.raises(UnreadableError, match="not a ledger"):
        schema.upgrade(tmp_path / "folder")
    assert not (tmp_path / "missing").exists()


def test_a_ledger_that_can_not_be_made_is_told(tmp_path):
    with pytest.raises(GovernanceError, match="could not be made"):
        made(tmp_path / "no folder" / "ledger.db")
