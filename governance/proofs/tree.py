"""The tree that makes the ledger tamper-evident.

Each entry is a leaf of an RFC 6962 Merkle tree, so whoever holds a checkpoint can be shown that an entry is in it, and that
nothing before it changed, without seeing the rest. This module is the whole of that argument and touches neither disk nor
clock. Hashes are 32 bytes; a leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1). Proofs are
generated as in §2.1.1 and §2.1.2 and verified by the loops of RFC 9162 §2.1.3.2 and §2.1.4.2.

It can not see entries cut off the END of a ledger: that takes a checkpoint kept somewhere else, which is why every sign-off
and every document names the checkpoint it saw.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Node = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of one entry."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The leaves of many entries."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node over two children."""
    return sha256(b"\x01" + left + right).digest()


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """All complete nodes by level, leaves first: `levels[k][i]` covers the leaves from i·2^k on, 2^k of them.

    An incomplete right edge has no node here; the root over it is folded by `root`.
    """
    made = [list(leaves)]
    while len(made[-1]) > 1:
        below = made[-1]
        pairs = iter(below)
        made.append([sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)])
    return made


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves, from complete nodes given by `node(level, index)`."""
    return EMPTY_ROOT if size == 0 else _range(0, size, node)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over a list of leaves."""
    made = levels(leaves)
    return root(len(leaves), lambda level, index: made[level][index])


def grown(size: int, leaves: Sequence[bytes], node: Node) -> list[tuple[int, int, bytes]]:
    """The complete nodes that appear when leaves are appended to a tree of `size`: (level, index, hash), leaves included."""
    fresh: dict[tuple[int, int], bytes] = {}
    for offset, leaf in enumerate(leaves):
        level, index, held = 0, size + offset, leaf
        fresh[level, index] = held
        while index & 1:
            left = fresh.get((level, index - 1)) or node(level, index - 1)
            level, index, held = level + 1, index >> 1, node_hash(left, held)
            fresh[level, index] = held
    return [(level, index, held) for (level, index), held in fresh.items()]


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        split = low + _split(high - low)
        if index < split:
            path.append(_range(split, high, node))
            high = split
        else:
            path.append(_range(low, split, node))
            low = split
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether `path` shows that `leaf` is number `index` of the tree with this size and root."""
    if not 0 <= index < size:
        return False
    at, last, held = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            held = node_hash(step, held)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            held = node_hash(held, step)
        at, last = at >> 1, last >> 1
    return last == 0 and held == root_hash


def consistency(first: int, second: int, node: Node) -> list[bytes]:
    """The proof that the tree of `first` leaves is a beginning of the tree of `second` (RFC 6962 §2.1.2)."""
    if not 0 < first <= second:
        raise ValueError(f"no consistency between sizes {first} and {second}")
    path: list[bytes] = []
    low, high, whole = 0, second, True
    while first != high:
        split = low + _split(high - low)
        if first <= split:
            path.append(_range(split, high, node))
            high = split
        else:
            path.append(_range(low, split, node))
            low, whole = split, False
    if not whole:
        path.append(_range(low, high, node))
    return path[::-1]


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree with the first size and root is a beginning of the second."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    if not path:
        return False
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(size: int) -> int:
    """The greatest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range(low: int, high: int, node: Node) -> bytes:
    """The root over leaves low to high, where low is a multiple of the complete subtree it starts."""
    size = high - low
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, low >> level)
    split = _split(size)
    return node_hash(_range(low, low + split, node), _range(low + split, high, node))
