"""A log that can say two things: branches that share a beginning, each with heads and proofs of its own."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.proofs import ed25519, note, tree, vkeys
from governance.witness import wire
from governance.witness.state import Witness

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ORIGIN = "test.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
VKEY = vkeys.vkey(ORIGIN, ed25519.raw(KEY), vkeys.LOG)
LARGEST = 24


class Branch:
    """The entries of a log under a name: the first `shared` are every branch's, the rest its own."""

    def __init__(self, name: str, shared: int = 4) -> None:
        entries = [b"%d of %s" % (n, b"all" if n < shared else name.encode()) for n in range(LARGEST)]
        self._levels = tree.levels(tree.leaf_hashes(entries))

    def _node(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def root(self, size: int) -> str:
        return tree.root(size, self._node).hex()

    def note(self, size: int, key: Ed25519PrivateKey = KEY, origin: str = ORIGIN) -> bytes:
        return note.sign(note.Head(origin, size, self.root(size)), ed25519.raw(key), key.sign)

    def proof(self, old: int, size: int) -> list[bytes]:
        return tree.consistency(old, size, self._node) if 0 < old <= size else []

    def request(self, old: int, size: int) -> bytes:
        return wire.write(old, self.proof(old, size), self.note(size))


def witness(folder: Path, clock: int = 1_790_000_000) -> Witness:
    """A witness that follows the log."""
    made = Witness.init(folder, name="witness.example", clock=lambda: clock)
    made.trust(VKEY)
    return made


def cosigned(answer: bytes, checkpoint: bytes, key: vkeys.VerifierKey) -> note.Head | None:
    """The head that an answer cosigns, where it does."""
    made = note.parse(note.parse(checkpoint).text + b"\n" + answer)
    return made.head if note.verify_cosignature(made, key) is not None else None


def disagree(heads: Iterable[note.Head], branches: Iterable[Branch]) -> list[tuple[note.Head, note.Head]]:
    """The pairs of heads that no one branch has both of."""
    known = list(branches)
    return [
        (one, other)
        for one, other in combinations(sorted(heads, key=lambda head: head.size), 2)
        if not any(branch.root(one.size) == one.root and branch.root(other.size) == other.root for branch in known)
    ]
