"""The tree against the definition of RFC 6962, written down here as plainly as it stands there."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.proofs import tree


def split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def mth(entries: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.2."""
    return subproof(m, entries, whole=True)


def subproof(m: int, entries: list[bytes], *, whole: bool) -> list[bytes]:
    if m == len(entries):
        return [] if whole else [mth(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], whole=whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], whole=False), mth(entries[:k])]


def node_of(entries: list[bytes]):
    made = tree.levels(tree.leaf_hashes(entries))
    return lambda level, index: made[level][index]


ENTRIES = [f"entry {number}".encode() for number in range(70)]
ROOTS = [mth(ENTRIES[:size]) for size in range(71)]

# the eight leaf inputs of the Certificate Transparency test suite, and the roots over the first n of them
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_are_met(size):
    assert tree.root_of(tree.leaf_hashes(CT_LEAVES[:size])).hex() == CT_ROOTS[size]


def test_a_published_audit_path_and_consistency_proof_are_met():
    node = node_of(CT_LEAVES)
    assert [step.hex() for step in tree.inclusion(0, 8, node)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [step.hex() for step in tree.consistency(6, 8, node)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(71))
def test_root_and_paths_are_those_of_the_definition(size):
    entries = ENTRIES[:size]
    node = node_of(ENTRIES)  # nodes of the greater tree serve every earlier head
    assert tree.root(size, node) == tree.root_of(tree.leaf_hashes(entries)) == ROOTS[size]
    for index in range(size):
        steps = tree.inclusion(index, size, node)
        assert steps == path(index, entries)
        assert tree.verify_inclusion(tree.leaf_hash(entries[index]), index, size, steps, ROOTS[size])
    for first in range(1, size + 1):
        steps = tree.consistency(first, size, node)
        assert steps == proof(first, entries)
        assert tree.verify_consistency(first, size, ROOTS[first], ROOTS[size], steps)


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=20), min_size=1, max_size=300), st.data())
def test_any_tree_agrees_with_the_definition(entries, data):
    size = len(entries)
    node = node_of(entries)
    index = data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(1, size))
    assert tree.root(size, node) == mth(entries)
    assert tree.inclusion(index, size, node) == path(index, entries)
    assert tree.consistency(first, size, node) == proof(first, entries)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_growing_in_any_steps_gives_the_nodes_of_the_whole(steps):
    held: dict[tuple[int, int], bytes] = {}
    entries: list[bytes] = []
    for step in steps:
        fresh = [f"{len(entries) + number}".encode() for number in range(step)]
        grown = tree.grown(len(entries), tree.leaf_hashes(fresh), lambda level, index, held=held: held[level, index])
        assert not held.keys() & {(level, index) for level, index, _ in grown}, "a node is made once"
        held |= {(level, index): value for level, index, value in grown}
        entries += fresh
    made = tree.levels(tree.leaf_hashes(entries))
    assert held == {(level, index): value for level, row in enumerate(made) for index, value in enumerate(row)}


def spoilt(steps: list[bytes]) -> list[list[bytes]]:
    """Every proof one slip away: a bit turned, two swapped, one more, one less."""
    made = [[*steps, bytes(32)], [bytes(32), *steps]]
    for at, step in enumerate(steps):
        made += [
            [*steps[:at], bytes([step[0] ^ 1]) + step[1:], *steps[at + 1 :]],
            [*steps[:at], step[:-1] + bytes([step[-1] ^ 0x80]), *steps[at + 1 :]],
            [*steps[:at], *steps[at + 1 :]],
            [*steps[:at], step, step, *steps[at + 1 :]],
            [*steps[:at], step[:31], *steps[at + 1 :]],
        ]
    return made + [[*steps[:at], steps[at + 1], steps[at], *steps[at + 2 :]] for at in range(len(steps) - 1)]


@pytest.mark.parametrize("size", range(1, 18))
def test_no_wrong_inclusion_proof_is_accepted(size):
    node = node_of(ENTRIES)
    leaves = tree.leaf_hashes(ENTRIES)
    for index in range(size):
        steps = tree.inclusion(index, size, node)
        for wrong in spoilt(steps):
            assert not tree.verify_inclusion(leaves[index], index, size, wrong, ROOTS[size])
        for other in range(-1, size + 2):
            assert tree.verify_inclusion(leaves[index], other, size, steps, ROOTS[size]) == (other == index)
        assert not tree.verify_inclusion(leaves[index + 1], index, size, steps, ROOTS[size])
        assert not tree.verify_inclusion(leaves[index], index, size, steps, ROOTS[size + 1])


@pytest.mark.parametrize("second", range(1, 18))
def test_no_wrong_consistency_proof_is_accepted(second):
    node = node_of(ENTRIES)
    for first in range(1, second + 1):
        steps = tree.consistency(first, second, node)
        for wrong in spoilt(steps):
            assert not tree.verify_consistency(first, second, ROOTS[first], ROOTS[second], wrong)
        for other in range(-1, second + 2):
            if other != first:
                assert not tree.verify_consistency(other, second, ROOTS[first], ROOTS[second], steps)
        assert not tree.verify_consistency(first, second, ROOTS[first + 1], ROOTS[second], steps)
        assert not tree.verify_consistency(first, second, ROOTS[first], ROOTS[second + 1], steps)


def test_a_rewritten_beginning_has_no_consistency_proof():
    forged = [b"forged", *ENTRIES[1:40]]
    for first in range(1, 40):
        steps = proof(first, forged)
        assert not tree.verify_consistency(first, 40, ROOTS[first], mth(forged), steps)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (9, 5)])
def test_a_path_to_a_leaf_that_is_not_there_is_refused(index, size):
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion(index, size, node_of(ENTRIES))
    assert not tree.verify_inclusion(bytes(32), index, size, [], ROOTS[size])


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_consistency_from_nothing_or_backwards_is_refused(first, second):
    with pytest.raises(ValueError, match="no consistency"):
        tree.consistency(first, second, node_of(ENTRIES))
    assert not tree.verify_consistency(first, second, ROOTS[0], ROOTS[second], [])


def test_a_leaf_is_never_taken_for_a_node():
    left, right = tree.leaf_hashes([b"a", b"b"])
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)
    assert tree.node_hash(left, right) != tree.node_hash(right, left)
