"""How large the ledger was at a moment, its leaves, entries of no system, and the log as static files."""

from datetime import timedelta
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.domain.entry import EntryType
from governance.errors import IntegrityError, UsageError
from governance.ledger import tiles_folder
from governance.ledger.store import Draft, Ledger
from governance.proofs import tiles, tree
from tests.ledger.made import NOON, ORIGIN, drafts, made, tamper


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


@settings(deadline=None, max_examples=30)
@given(steps=st.lists(st.integers(-2, 3), max_size=9), asked=st.integers(-3, 30))
def test_the_size_at_a_moment_is_how_many_were_recorded_until_then(tmp_path_factory, steps, asked):
    ledger = made(tmp_path_factory.mktemp("at") / "ledger.db")
    now = NOON
    for number, step in enumerate(steps):
        now += timedelta(minutes=step)
        ledger._clock = lambda now=now: now
        ledger.append(drafts(1 + number % 2, 2 * number))
    moment = NOON + timedelta(minutes=asked)
    assert ledger.size_at(moment) == sum(entry.recorded_at <= moment for entry in ledger.entries())
    ledger.close()


def test_the_leaves_are_those_of_the_entries_at_every_size(path):
    ledger = made(path, 9)
    bodies = [body for _, body in ledger.bodies()]
    assert ledger.leaves() == tree.leaf_hashes(bodies)
    for size in range(10):
        assert ledger.leaves(size) == tree.leaf_hashes(bodies[:size])
    with pytest.raises(UsageError, match="has 9 entries, not 10"):
        ledger.leaves(10)


def test_a_leaf_that_is_gone_is_an_integrity_error(path):
    ledger = made(path, 9)
    tamper(path, "DELETE FROM node WHERE level = 0 AND idx = 4")
    with pytest.raises(IntegrityError, match="8 leaves for 9 entries"):
        ledger.leaves()


def scoped(path):
    ledger = made(path)
    rows = [
        ("system", "a"),
        ("principal", None),
        ("system", "b"),
        ("evidence", "a"),
        ("content", None),
        ("evidence", "c"),
    ]
    ledger.append([Draft(EntryType(kind), f"id-{number}", system, {}) for number, (kind, system) in enumerate(rows)])
    return ledger


def test_entries_of_the_whole_workspace_come_with_those_of_a_system_in_order_when_asked(path):
    ledger = scoped(path)
    assert [entry.seq for entry in ledger.entries(system="a")] == [0, 3]
    assert [entry.seq for entry in ledger.entries(system="a", shared=True)] == [0, 1, 3, 4]
    assert [entry.seq for entry in ledger.shared()] == [1, 4]
    assert [entry.system for entry in ledger.entries()] == ["a", None, "b", "a", None, "c"]
    assert all("system" not in entry.plain() for entry in ledger.shared())


def test_the_heads_count_what_is_shared_when_asked_and_only_registered_systems(path):
    ledger = scoped(path)
    assert ledger.systems() == ("a", "b")
    assert ledger.heads() == {"a": 3, "b": 2}
    assert ledger.heads(shared=True) == {"a": 4, "b": 4}


def test_threads_of_one_ledger_take_turns(path):
    ledger, problems = made(path), []

    def write(writer):
        try:
            for step in range(10):
                ledger.append(drafts(2, 100 * writer + 2 * step))
        except Exception as error:  # pragma: no cover - the failure this test is about
            problems.append(error)

    threads = [Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert (ledger.verify().failed_at, ledger.checkpoint().size) == (None, 80)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 600])
def test_the_log_as_files_is_read_back_and_holds_nothing_else(tmp_path, path, count):
    ledger = made(path, count)
    folder, head = tmp_path / "log", ledger.checkpoint()
    written = tiles_folder.write(ledger, head, b"a note\n", folder)
    read = lambda name: (folder / name).read_bytes()  # noqa: E731
    assert tiles.read_leaves(head.head, read) == ledger.leaves()
    assert tiles.read_entries(head.head, read) == [body for _, body in ledger.bodies()]
    lying = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert lying == {"checkpoint", *tiles.tile_paths(count), *tiles.bundle_paths(count)}
    assert written == len(lying) - 1


def test_a_folder_of_tiles_is_carried_on_and_another_log_is_refused(tmp_path, path):
    ledger, folder = made(path, 300), tmp_path / "log"
    tiles_folder.write(ledger, ledger.checkpoint(), b"first\n", folder)
    ledger.append(drafts(300, 300))
    assert tiles_folder.write(ledger, ledger.checkpoint(), b"second\n", folder) == 5
    assert (folder / "checkpoint").read_bytes() == b"second\n"
    other = Ledger.create(tmp_path / "other.db", origin=ORIGIN, clock=lambda: NOON)
    other.append(drafts(300, 1000))
    with pytest.raises(IntegrityError, match="something else than this ledger"):
        tiles_folder.write(other, other.checkpoint(), b"third\n", folder)
    assert (folder / "checkpoint").read_bytes() == b"second\n"


def test_entries_that_are_not_those_of_the_tree_are_never_exported(tmp_path, path):
    ledger = made(path, 5)
    tamper(path, "UPDATE entry SET body = replace(body, '\"number\":3', '\"number\":4') WHERE seq = 3")
    with pytest.raises(IntegrityError, match="entry 3: is not what the tree"):
        tiles_folder.write(ledger, ledger.checkpoint(), b"note\n", tmp_path / "log")
    assert not (tmp_path / "log" / "checkpoint").exists()
