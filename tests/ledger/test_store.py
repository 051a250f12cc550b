"""The store: appends whole or not at all, reads what was hashed, keeps readers and writers out of each other's way."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from governance.domain.entry import MAX_ENTRY_BYTES, Checkpoint, EntryType
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.ledger import tables
from governance.ledger.store import Draft, Ledger
from governance.proofs import tree
from tests.ledger.made import NOON, ORIGIN, draft, drafts, made, noon, opened, tamper


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


def test_entries_are_numbered_from_nought_and_read_back_in_order(path):
    ledger = made(path)
    appended = ledger.append(drafts(5))
    assert [entry.seq for entry in appended.entries] == [0, 1, 2, 3, 4]
    assert list(opened(path).entries()) == list(appended.entries)
    assert [body for _, body in ledger.bodies()] == [entry.to_bytes() for entry in appended.entries]


def test_an_empty_ledger_has_the_root_of_nothing_and_verifies(path):
    ledger = made(path)
    assert ledger.checkpoint() == Checkpoint(origin=ORIGIN, size=0, root=tree.EMPTY_ROOT.hex())
    assert ledger.verify().failed_at is None
    assert list(ledger.entries()) == []
    assert ledger.append([]).entries == ()


def test_the_root_is_that_over_the_stored_bytes_at_every_size(path):
    ledger = made(path)
    for step in (1, 2, 0, 7, 1, 30):
        ledger.append(drafts(step, ledger.checkpoint().size))
    bodies = [body for _, body in ledger.bodies()]
    for size in range(len(bodies) + 1):
        assert ledger.checkpoint(size).root == tree.root_of(tree.leaf_hashes(bodies[:size])).hex()
    assert ledger.verify().checkpoint == ledger.checkpoint()


def test_proofs_from_the_store_hold_against_its_checkpoints(path):
    ledger = made(path, 21)
    bodies = [body for _, body in ledger.bodies()]
    roots = [bytes.fromhex(ledger.checkpoint(size).root) for size in range(22)]
    for seq in range(21):
        steps = ledger.inclusion(seq, 21)
        assert tree.verify_inclusion(tree.leaf_hash(bodies[seq]), seq, 21, steps, roots[21])
    for first in range(1, 22):
        assert tree.verify_consistency(first, 21, roots[first], roots[21], ledger.consistency(first, 21))


def test_a_checkpoint_of_a_size_it_never_had_is_refused(path):
    ledger = made(path, 3)
    for size in (-1, 4):
        with pytest.raises(UsageError, match="has 3 entries"):
            ledger.checkpoint(size)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (draft("big", text="x" * MAX_ENTRY_BYTES), UnreadableError),
        (draft("surrogate", text="\ud800"), UnreadableError),
        (draft("nan", loss=float("nan")), UnreadableError),
        (draft("great", seed=2**53 + 1), UnreadableError),
        (Draft(EntryType.EVIDENCE, "x", "elm-desk", {}), UsageError),
        (Draft(EntryType.EVIDENCE, "id-\ud800", "elm-desk", {}), UsageError),
        (Draft(EntryType.EVIDENCE, "id-\0", "elm-desk", {}), UsageError),
        (Draft(EntryType.EVIDENCE, "id-system", "Not A Slug", {}), UsageError),
        (Draft("gossip", "id-type", "elm-desk", {}), UsageError),
    ],
)
def test_one_draft_that_can_not_stand_keeps_all_out(path, bad, error):
    ledger = made(path, 3)
    before = ledger.checkpoint()
    with pytest.raises(error):
        ledger.append([*drafts(3, 3), bad, *drafts(3, 6)])
    assert ledger.checkpoint() == before
    assert ledger.verify().failed_at is None
    assert [entry.seq for entry in ledger.append(drafts(2, 3)).entries] == [3, 4]


def test_an_entry_of_exactly_64_kib_less_one_stands(path):
    ledger = made(path)
    (small,) = ledger.append([draft("1", text="")]).entries
    room = MAX_ENTRY_BYTES - len(small.to_bytes())
    (large,) = ledger.append([draft("2", text="x" * room)]).entries
    assert len(large.to_bytes()) == MAX_ENTRY_BYTES
    with pytest.raises(UnreadableError, match="over the cap of 65,535"):
        ledger.append([draft("3", text="x" * (room + 1))])


def test_the_same_id_stands_once(path):
    ledger = made(path, 2)
    again = ledger.append([draft("0001", other=True), draft("new"), draft("new", other=True), draft("0001")])
    assert [entry.id for entry in again.entries] == ["id-new"]
    assert again.unchanged == ("id-0001",)
    assert [entry.id for entry in ledger.entries()] == ["id-0000", "id-0001", "id-new"]
    assert dict(list(ledger.entries())[1].record) == {"number": 1}


def test_moments_never_go_back_even_where_the_clock_does(path):
    hours = iter([10, 9, 11, -5000, 12])
    ledger = Ledger.create(path, origin=ORIGIN, clock=lambda: NOON + timedelta(hours=next(hours), microseconds=7))
    for number in range(5):
        ledger.append(drafts(1, number))
    assert [entry.recorded_at - NOON for entry in ledger.entries()] == [
        timedelta(hours=hour) for hour in (10, 10, 11, 11, 12)
    ]


def test_a_record_keeps_null_and_every_json_type(path):
    record = {"a": None, "b": [None, True, 1, 1.5, "ü", {"c": None}], "d": {}, "e": 2**53 - 1}
    ledger = made(path)
    ledger.append([draft("1", **record)])
    assert next(ledger.entries()).record == record


def test_entries_of_one_system_and_the_systems_are_found(path):
    ledger = made(path)
    ledger.append(
        [
            Draft(EntryType.SYSTEM, "sys-b", "b-desk", {}),
            Draft(EntryType.EVIDENCE, "ev-1", "only-evidence", {}),
            Draft(EntryType.SYSTEM, "sys-a", "a-desk", {}),
            Draft(EntryType.EVIDENCE, "ev-2", "b-desk", {}),
        ]
    )
    assert [entry.id for entry in ledger.entries(system="b-desk")] == ["sys-b", "ev-2"]
    assert list(ledger.entries(system="b_desk")) == []
    assert ledger.systems() == ("a-desk", "b-desk")


@pytest.mark.parametrize(
    ("prefix", "found"),
    [("a%", "a%bc"), ("a_", "a_bc"), ("a\\", "a\\bc"), ("axb", "axbc"), ("a%bc", "a%bc"), ("zz'", "zz'\"")],
)
def test_signs_of_sql_in_an_id_stand_for_themselves(path, prefix, found):
    ledger = made(path)
    ledger.append([Draft(EntryType.EVIDENCE, name, "s", {}) for name in ("a%bc", "a_bc", "a\\bc", "axbc", "zz'\"")])
    assert ledger.find(prefix).id == found


@pytest.mark.parametrize("prefix", ["%", "_", "id-9", "' OR 1=1 --", "\0", "\ud800", "id-0\0"])
def test_a_prefix_of_no_id_is_refused(path, prefix):
    with pytest.raises(UsageError, match="no entry has"):
        made(path, 3).find(prefix)


@pytest.mark.parametrize("prefix", ["", "i", "id-000"])
def test_a_prefix_of_several_ids_is_refused(path, prefix):
    with pytest.raises(UsageError, match="several entries have"):
        made(path, 3).find(prefix)


@pytest.mark.parametrize("name", ["a b.db", "a%20b.db", "a#b.db", "a?mode=memory.db", "ü&=+.db", "100%.db", ":memory:"])
def test_a_path_of_odd_signs_is_taken_as_it_stands(tmp_path, name):
    ledger = made(tmp_path / name, 2)
    ledger.close()
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert opened(tmp_path / name).verify().checkpoint.size == 2


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\nb"])
def test_an_origin_that_could_not_be_signed_is_refused_before_anything_is_made(path, origin):
    with pytest.raises(UsageError, match="can not name a ledger"):
        Ledger.create(path, origin=origin, clock=noon)
    assert not path.exists()


def test_a_ledger_is_never_made_over_another_file(path):
    path.write_bytes(b"precious")
    with pytest.raises(UsageError, match="already"):
        made(path)
    assert path.read_bytes() == b"precious"


def test_an_append_while_somebody_reads_is_not_kept_waiting(path):
    ledger, other = made(path, 3), opened(path)
    entries, bodies = ledger.entries(), ledger.bodies()
    next(entries)
    next(bodies)
    other.append(drafts(2, 3))
    assert len(list(entries)) == 2, "a reader sees the ledger as it was when it began"
    assert len(list(bodies)) == 2
    assert ledger.checkpoint().size == 5


def test_reading_goes_on_while_somebody_writes(path):
    ledger = made(path, 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert len(list(ledger.entries())) == 3
        assert ledger.checkpoint().size == 3
        assert ledger.verify().failed_at is None
        assert ledger.find("id-0001").seq == 1


def test_an_append_amid_a_verification_does_not_look_like_tampering(path):
    ledger, other = made(path, 5), opened(path)
    check = ledger.verify(lambda done, total: other.append(drafts(3, 5)))
    assert (check.failed_at, check.checkpoint.size) == (None, 5)
    assert ledger.verify().checkpoint.size == 8


def test_verification_tells_how_far_it_is(path):
    told = []
    made(path, 12).verify(lambda done, total: told.append((done, total)))
    assert told == [(12, 12)]


def test_a_lock_that_is_never_let_go_is_told(path, monkeypatch):
    made(path, 1).close()
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.1)  # a setting, so that the test need not wait a minute
    ledger = opened(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GovernanceError, match="database is locked") as caught:
            ledger.append(drafts(1, 1))
    assert caught.value.hint == "Nothing was appended."
    assert ledger.checkpoint().size == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}'",
        "UPDATE entry SET seq = 9 WHERE seq = 0",
        "UPDATE OR REPLACE entry SET seq = 1 WHERE seq = 0",
        "DELETE FROM entry",
        "DELETE FROM entry WHERE seq = 2",
        'INSERT INTO entry (seq, body) VALUES (1, \'{"id":"new"}\')',
        'INSERT OR REPLACE INTO entry (seq, body) VALUES (1, \'{"id":"new"}\')',
        'INSERT OR REPLACE INTO entry (seq, body) VALUES (9, \'{"id":"id-0001"}\')',
        'REPLACE INTO entry (seq, body) VALUES (9, \'{"id":"id-0001"}\')',
        "INSERT INTO entry (seq, body) VALUES (1, '{}') ON CONFLICT (seq) DO UPDATE SET body = excluded.body",
        "UPDATE node SET hash = x'00'",
        "UPDATE OR REPLACE node SET idx = 1 WHERE level = 0 AND idx = 0",
        "DELETE FROM node",
        "DELETE FROM node WHERE level = 1",
        "INSERT INTO node (level, idx, hash) VALUES (0, 1, x'00')",
        "INSERT OR REPLACE INTO node (level, idx, hash) VALUES (0, 1, x'00')",
        "REPLACE INTO node (level, idx, hash) VALUES (1, 0, x'00')",
        "INSERT INTO node VALUES (0, 1, x'00') ON CONFLICT DO UPDATE SET hash = excluded.hash",
    ],
)
def test_a_statement_that_would_change_a_row_is_refused(path, statement):
    ledger = made(path, 3)
    with closing(sqlite3.connect(path)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
        connection.rollback()
    assert ledger.verify().failed_at is None
    assert ledger.checkpoint().size == 3


FORGED = "UPDATE entry SET body = replace(body, '\"number\":', '\"number\":1') WHERE "


@pytest.mark.parametrize(
    ("statements", "failed_at", "problem"),
    [
        ([FORGED + "seq = 5"], 5, "entry 5 is not what the tree says it was"),
        ([FORGED + "seq IN (9, 3, 5)"], 3, "entry 3 is not what"),
        (["UPDATE entry SET body = body || ' ' WHERE seq = 0"], 0, "entry 0 is not what"),
        (
            [
                "UPDATE entry SET seq = 99 WHERE seq = 2",
                "UPDATE entry SET seq = 2 WHERE seq = 7",
                "UPDATE entry SET seq = 7 WHERE seq = 99",
            ],
            2,
            "entry 2 is not what",
        ),
        (["DELETE FROM entry WHERE seq = 10"], 10, "entry 10 is missing from the tree or the entries"),
        (["DELETE FROM entry WHERE seq = 4"], 4, "entry 4 is missing"),
        (["DELETE FROM entry WHERE seq IN (0, 4)"], 0, "entry 0 is missing"),
        (["DELETE FROM entry"], 0, "entry 0 is missing"),
        (["UPDATE entry SET seq = -1 WHERE seq = 0"], 0, "entry 0 is missing"),
        (["UPDATE entry SET seq = 20 WHERE seq = 10"], 10, "entry 10 is missing"),
        (['INSERT INTO entry (seq, body) VALUES (11, \'{"id":"more"}\')'], 11, "entry 11 is missing from"),
        (["UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND idx = 6"], 6, "entry 6 is not what"),
        (["DELETE FROM node WHERE level = 0 AND idx = 10"], 10, "entry 10 is missing"),
        (["DELETE FROM node WHERE level = 0 AND idx = 3"], 3, "entry 3 is not what"),
        (["UPDATE node SET idx = 12 WHERE level = 0 AND idx = 10"], 10, "entry 10 is not what"),
        (["UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND idx = 2"], 4, "the tree over the entries from 4 on"),
        (["UPDATE node SET hash = zeroblob(32) WHERE level = 3"], 0, "the tree over the entries from 0 on"),
        (["UPDATE node SET hash = hex(hash) WHERE level = 2 AND idx = 1"], 4, "the tree over the entries from 4 on"),
        (["DELETE FROM node WHERE level = 2 AND idx = 1"], 4, "the tree over the entries from 4 on"),
        (["UPDATE node SET idx = 3 WHERE level = 2 AND idx = 1"], 4, "the tree over the entries from 4 on"),
        (["DELETE FROM node WHERE level = 3"], 0, "the tree over the entries from 0 on"),
        (["INSERT INTO node VALUES (1, 5, zeroblob(32))"], 10, "the tree over the entries from 10 on"),
        (["INSERT INTO node VALUES (4, 0, zeroblob(32))"], 11, "the tree holds nodes over entries that are not there"),
        (["INSERT INTO node VALUES (-1, 0, zeroblob(32))"], 11, "the tree holds nodes over entries that are not there"),
        (
            ["INSERT INTO node VALUES ('x', 'y', zeroblob(32))"],
            11,
            "the tree holds nodes over entries that are not there",
        ),
        (["DELETE FROM node"], 0, "entry 0 is missing"),
    ],
)
def test_tampering_is_named_with_the_first_entry_that_fails(path, statements, failed_at, problem):
    made(path, 11).close()
    tamper(path, *statements)
    check = opened(path).verify()
    assert (check.failed_at, check.problem[: len(problem)]) == (failed_at, problem)


def test_entries_cut_off_the_end_with_their_nodes_need_a_checkpoint_kept_elsewhere(path):
    ledger = made(path, 11)
    kept = ledger.checkpoint()
    ledger.close()
    tamper(path, "DELETE FROM entry WHERE seq >= 8", "DELETE FROM node WHERE (idx + 1) << level > 8")
    cut = opened(path)
    assert cut.verify().failed_at is None, "the ledger alone can not tell"
    assert cut.verify().checkpoint.size < kept.size
    with pytest.raises(UsageError, match="has 8 entries, not 11"):
        cut.checkpoint(kept.size)


def test_a_history_written_anew_contradicts_the_checkpoint_that_was_kept(path, tmp_path):
    kept = made(path, 11).checkpoint()
    forged = made(tmp_path / "forged.db")
    forged.append([draft("0000", number=99), *drafts(14, 1)])
    assert forged.verify().failed_at is None, "the forgery is whole in itself"
    steps = forged.consistency(11, 15)
    roots = bytes.fromhex(kept.root), bytes.fromhex(forged.checkpoint().root)
    assert not tree.verify_consistency(11, 15, *roots, steps)


def test_a_planted_node_is_found_before_it_blocks_the_next_append(path):
    ledger = made(path, 1)
    with closing(sqlite3.connect(path)) as connection:  # no trigger refuses a place that is still free
        connection.execute("INSERT INTO node VALUES (1, 0, zeroblob(32))")
        connection.commit()
    assert ledger.verify().failed_at == 1
    with pytest.raises(IntegrityError, match="append-only"):
        ledger.append(drafts(1, 1))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ('UPDATE entry SET body = \'{"id":"abcd","seq":0,"seq":1}\' WHERE seq = 1', "stands twice"),
        ("UPDATE entry SET body = '[]' WHERE seq = 1", "can not be read"),
        ("UPDATE entry SET body = replace(body, '\"seq\":1', '\"seq\":2') WHERE seq = 1", "says it is number 2"),
        ("UPDATE entry SET body = replace(body, 'Z\"', '\"') WHERE seq = 1", "time zone"),
        ("UPDATE entry SET body = replace(body, 'entry.v1', 'entry.v2') WHERE seq = 1", "can not be read"),
    ],
)
def test_an_entry_that_can_not_be_read_is_an_integrity_error(path, statement, problem):
    made(path, 3).close()
    tamper(path, statement)
    with pytest.raises(IntegrityError, match=problem) as caught:
        list(opened(path).entries())
    assert "entry 1" in caught.value.where


def test_a_missing_node_is_an_integrity_error_and_nothing_is_appended(path):
    made(path, 3).close()
    tamper(path, "DELETE FROM node WHERE level = 1")
    ledger = opened(path)
    with pytest.raises(IntegrityError, match="no node 0 at level 1"):
        ledger.append(drafts(1, 3))
    with pytest.raises(IntegrityError, match="no node 0 at level 1"):
        ledger.checkpoint()
    assert len(list(ledger.entries())) == 3


def test_a_damaged_file_is_an_integrity_error_wherever_it_is_met(path):
    made(path, 300).close()
    data = bytearray(path.read_bytes())
    for page in range(3 * 4096, len(data), 4096):
        data[page : page + 300] = os.urandom(300)
    path.write_bytes(data)
    ledger = opened(path)
    for read in (
        lambda: list(ledger.entries()),
        lambda: list(ledger.bodies()),
        ledger.verify,
        ledger.checkpoint,
        lambda: ledger.append(drafts(300, 300)),
    ):
        with pytest.raises(IntegrityError):
            read()
