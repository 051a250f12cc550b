"""The look through the whole store: everything that can be broken is named with its place, and nothing is changed by looking."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from governance.cli.app import app
from governance.domain.entry import EntryType
from governance.errors import UnreadableError, UsageError, VersionError
from governance.ledger import schema
from governance.ledger.blobs import Blobs
from governance.ledger.fsck import MOST, fsck
from governance.ledger.store import Draft, Ledger
from governance.parsing.canonical import sha256
from tests.ledger.made import NOON, ORIGIN, made, opened, tamper

BODIES = [b"body %d" % number for number in range(7)]


@pytest.fixture
def root(tmp_path):
    """A ledger of seven entries, a minute apart, with the body of each."""
    minutes = iter(range(100))
    ledger = Ledger.create(tmp_path / "ledger.db", origin=ORIGIN, clock=lambda: NOON + timedelta(minutes=next(minutes)))
    Blobs(tmp_path / "blobs").write({sha256(body): body for body in BODIES})
    for number, body in enumerate(BODIES):
        system = "elm-desk" if number % 2 else None
        ledger.append([Draft(EntryType.EVIDENCE, f"id-{number:04}", system, {"body_digest": sha256(body)})])
    ledger.close()
    return tmp_path


def look(root):
    return fsck(root / "ledger.db", root / "blobs")


def lines(root):
    return [str(problem) for problem in look(root).problems]


def only(root, *statements):
    """Change rows with the triggers out of the way, and put them back as they were."""
    with closing(sqlite3.connect(root / "ledger.db")) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (
            [f"DROP TRIGGER {name}" for name, _ in triggers] + list(statements) + [sql for _, sql in triggers]
        ):
            connection.execute(statement)
        connection.commit()


def test_a_sound_store_has_no_problem_and_no_byte_of_it_is_changed(root):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}
    found = look(root)
    assert (found.ok, found.problems, found.notes) == (True, [], [])
    assert (found.entries, found.bodies, found.revision) == (7, 7, schema.REVISIONS[-1])
    assert found.head.root == opened(root / "ledger.db").checkpoint().root
    assert all((path.read_bytes(), path.stat().st_mtime_ns) == held for path, held in before.items())


def test_an_empty_ledger_is_sound(tmp_path):
    made(tmp_path / "ledger.db").close()
    found = look(tmp_path)
    assert (found.ok, found.entries, found.head.size) == (True, 0, 0)


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE entry SET body = body || ' ' WHERE seq = 3", "entry 3: is not in its canonical spelling"),
        (
            "UPDATE entry SET body = replace(body, ',\"schema\"', ', \"schema\"') WHERE seq = 2",
            "entry 2: is not in its can",
        ),
        ("UPDATE entry SET body = replace(body, 'entry.v1', 'entry.v9') WHERE seq = 1", "entry 1: is no entry"),
        (
            "UPDATE entry SET body = replace(body, '\"seq\":5', '\"seq\":6') WHERE seq = 5",
            "entry 5: says that it is number 6",
        ),
        ("UPDATE entry SET body = CAST(body AS BLOB) WHERE seq = 6", "entry 6: its body is stored as blob"),
        ('UPDATE entry SET body = \'{"id":"abcd","seq":4,"seq":4}\' WHERE seq = 4', "entry 4: "),
        ("UPDATE entry SET body = replace(body, 'T12:0', 'T11:0') WHERE seq = 4", "entry 4: was recorded before"),
        (
            "UPDATE entry SET body = replace(body, '\"body_digest\"', '\"other\"') WHERE seq = 4",
            "entry 4: is of the type",
        ),
        ("DELETE FROM entry WHERE seq = 3", "entry 4: the numbers have a gap before it"),
        ("DELETE FROM entry WHERE seq = 6", "entry 6: entry 6 is missing from the tree or the entries"),
        ("UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND idx = 2", "entry 2: entry 2 is not what the tree"),
        (
            "UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND idx = 1",
            "entry 2: the tree over the entries from 2",
        ),
        ("UPDATE node SET hash = CAST(hash AS TEXT) WHERE level = 2", "entry 0: the tree over the entries from 0"),
        ("DELETE FROM node WHERE level = 2", "entry 0: the tree over the entries from 0 on"),
        ("DROP INDEX entry_id", "tables: the index entry_id is missing"),
    ],
)
def test_what_is_broken_is_named_with_its_place(root, statement, first):
    only(root, statement)
    said = lines(root)
    assert said[0][: len(first)] == first


def test_the_same_id_twice_is_found_where_the_index_is_gone(root):
    only(root, "DROP INDEX entry_id", "UPDATE entry SET body = replace(body, 'id-0005', 'id-0001') WHERE seq = 5")
    assert "entry 5: its id id-0001 is that of entry 1" in lines(root)


def test_every_trigger_is_missed_and_a_hollow_or_foreign_one_is_found(root):
    with closing(sqlite3.connect(root / "ledger.db")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        assert len(names) == 6
        connection.execute("DROP TRIGGER entry_no_update")
        connection.execute("CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END")
        connection.execute("CREATE TRIGGER more AFTER INSERT ON node BEGIN SELECT 1; END")
        connection.commit()
    assert lines(root) == [
        "tables: the trigger entry_no_update is not the one that was made",
        "tables: a trigger more is there that is none of the ledger's",
    ]
    tamper(root / "ledger.db")
    assert lines(root) == [f"tables: the trigger {name} is missing: rows can be changed" for name in sorted(names)]


def test_a_page_overwritten_is_a_broken_file(root):
    path = root / "ledger.db"
    data = bytearray(path.read_bytes())
    for page in range(2 * 4096, len(data), 4096):
        data[page : page + 200] = b"\xff" * 200
    path.write_bytes(data)
    assert lines(root)[0].startswith("file: ")


def test_a_body_that_is_gone_or_changed_is_named_by_the_first_entry_that_names_it(root):
    blobs = Blobs(root / "blobs")
    blobs.path(sha256(BODIES[2])).unlink()
    blobs.path(sha256(BODIES[5])).write_bytes(b"another")
    said = lines(root)
    assert [line.split(":")[0] for line in said] == ["entry 2", "entry 5"]
    assert look(root).bodies == 5


def test_what_a_crash_left_beside_the_bodies_is_listed_and_breaks_nothing(root):
    blobs = Blobs(root / "blobs")
    blobs.write({sha256(b"nobody's"): b"nobody's"})
    part = blobs.path(sha256(BODIES[0])).with_name(".abc.17.part")
    part.write_bytes(b"half")
    (root / "blobs" / "notes.txt").write_text("mine")
    found = look(root)
    assert found.ok
    assert [note.split(": ")[1][:12] for note in found.notes] == ["left by a wr", "named by no ", "none of the "]
    assert part.name in found.notes[0]
    assert part.exists(), "nothing is repaired"


def test_entries_that_still_wait_in_the_log_of_sqlite_count(root):
    ledger = opened(root / "ledger.db")
    ledger.append([Draft(EntryType.EVIDENCE, "id-more", None, {"body_digest": sha256(BODIES[0])})])
    found = look(root)
    assert (found.ok, found.entries) == (True, 8)
    assert found.wal_bytes > 0
    assert "count as written" in found.notes[0]
    ledger.close()


def test_too_many_problems_are_cut_and_said_so(tmp_path):
    made(tmp_path / "ledger.db", MOST + 50).close()
    found = look(tmp_path)
    assert len(found.problems) == MOST + 1
    assert found.problems[-1].where == "and more"


def test_what_is_no_ledger_is_refused(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"a letter")
    with pytest.raises(UnreadableError, match="not a ledger"):
        look(tmp_path)
    (tmp_path / "ledger.db").write_bytes(b"")
    with pytest.raises(UnreadableError, match="no tables"):
        look(tmp_path)
    (tmp_path / "ledger.db").unlink()
    with pytest.raises(UsageError, match="no ledger here"):
        look(tmp_path)


def test_a_newer_ledger_is_refused_and_an_older_one_is_looked_through(root):
    with closing(sqlite3.connect(root / "ledger.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
        found = look(root)
        assert found.ok
        assert "tables of revision 0001" in found.notes[0]
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(VersionError):
        look(root)


def test_the_command_ends_in_0_4_and_6(root):
    run = CliRunner().invoke
    good = run(app, ["ledger", "fsck", "-w", str(root), "--json"])
    assert (good.exit_code, json.loads(good.stdout)["entries"]) == (0, 7)
    only(root, "UPDATE entry SET body = replace(body, 'elm', 'oak') WHERE seq = 3")
    bad = run(app, ["ledger", "fsck", "-w", str(root), "--json"])
    said = json.loads(bad.stdout)
    assert (bad.exit_code, said["ok"], said["problems"][0]["where"]) == (4, False, "entry 3")
    assert "entry 3: entry 3 is not what the tree says it was" in run(app, ["ledger", "fsck", "-w", str(root)]).stdout
