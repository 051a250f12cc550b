"""Tiles: the published paths and sizes, and a log that is rebuilt from its files or refused with the file named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import IntegrityError, UnreadableError
from governance.proofs import tiles, tree
from governance.proofs.note import Head


def entries_of(size: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(size)]


def head_of(entries: list[bytes]) -> Head:
    return Head("example.org/ledger", len(entries), tree.root_of(tree.leaf_hashes(entries)).hex())


def log_of(entries: list[bytes]) -> dict[str, bytes]:
    return dict(tiles.tiles(tree.leaf_hashes(entries))) | dict(tiles.bundles(entries))


def test_paths_are_those_of_the_specification():
    # https://c2sp.org/tlog-tiles, "Merkle Tree"
    assert tiles.path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.path(1, 0, 17) == "tile/1/000.p/17"
    assert tiles.path(63, 999) == "tile/63/999"
    assert tiles.bundle_path(1000, 255) == "tile/entries/x001/000.p/255"


def test_the_published_sizes_have_the_published_tiles():
    # https://c2sp.org/tlog-tiles, "Partial Tiles"
    paths = tiles.tile_paths(70_000)
    assert [sum(path.startswith(f"tile/{level}/") and ".p/" not in path for path in paths) for level in (0, 1, 2)] == [
        273,
        1,
        0,
    ]
    assert [path for path in paths if ".p/" in path] == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert tiles.tile_paths(256) == ["tile/0/000", "tile/1/000.p/1"]
    assert tiles.tile_paths(0) == tiles.bundle_paths(0) == []


@pytest.mark.parametrize(("index", "width"), [(-1, 256), (0, 0), (0, 257)])
def test_there_is_no_such_tile(index, width):
    with pytest.raises(ValueError, match="no tile"):
        tiles.path(0, index, width)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537])
def test_a_log_is_rebuilt_from_its_files_and_has_no_others(size):
    entries = entries_of(size)
    files, head = log_of(entries), head_of(entries)
    assert sorted(files) == sorted(tiles.tile_paths(size) + tiles.bundle_paths(size))
    assert all(len(data) <= 8192 for path, data in files.items() if not path.startswith("tile/entries"))
    assert tiles.read_leaves(head, files.__getitem__) == tree.leaf_hashes(entries)
    assert tiles.read_entries(head, files.__getitem__) == entries


def test_a_hash_above_is_the_root_over_the_full_tile_below():
    # "MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])"
    leaves = tree.leaf_hashes(entries_of(1000))
    files = dict(tiles.tiles(leaves))
    for number in range(3):
        part = leaves[number * 256 : number * 256 + 256]
        assert files["tile/1/000.p/3"][32 * number : 32 * number + 32] == tree.root_of(part)


FILES, HEAD = log_of(entries_of(600)), head_of(entries_of(600))


@pytest.mark.parametrize("path", sorted(FILES))
@pytest.mark.parametrize("change", ["flip", "cut", "append", "empty", "double"])
def test_a_changed_file_is_found(path, change):
    data = FILES[path]
    spoilt = {
        "flip": data[:40] + bytes([data[40] ^ 1]) + data[41:],
        "cut": data[:-1],
        "append": data + b"\0",
        "empty": b"",
        "double": data + data,
    }[change]
    files = {**FILES, path: spoilt}
    reader = tiles.read_entries if "entries" in path else tiles.read_leaves
    with pytest.raises((IntegrityError, UnreadableError)) as caught:
        reader(HEAD, files.__getitem__)
    assert caught.value.where.startswith("tile/")


def test_a_false_hash_above_is_named_by_its_tile():
    files = {**FILES, "tile/1/000.p/2": bytes(64)}
    with pytest.raises(IntegrityError) as caught:
        tiles.read_leaves(HEAD, files.__getitem__)
    assert caught.value.where == "tile/1/000.p/2"


def test_a_missing_file_is_the_readers_own_error():
    with pytest.raises(KeyError):
        tiles.read_leaves(HEAD, {}.__getitem__)


def test_an_entry_of_the_greatest_length_fits_and_a_longer_one_does_not():
    entries = [b"x" * tiles.MAX_ENTRY_BYTES, b""]
    files = log_of(entries)
    assert tiles.read_entries(head_of(entries), files.__getitem__) == entries
    with pytest.raises(UnreadableError, match="65536"):
        list(tiles.bundles([b"x" * (tiles.MAX_ENTRY_BYTES + 1)]))


@given(st.binary(max_size=60), st.integers(0, 5))
def test_any_bytes_are_a_bundle_or_refused(data, width):
    try:
        entries = tiles.parse_bundle(data, width, where="tile/entries/000")
    except UnreadableError:
        return
    assert b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries) == data
    assert len(entries) == width


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=5), max_size=300))
def test_any_entries_are_read_back(entries):
    assert tiles.read_entries(head_of(entries), log_of(entries).__getitem__) == entries
