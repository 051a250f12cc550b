"""The log inside a pack: the leaves of the whole ledger, the checkpoint over them, earlier checkpoints, and the proofs of decisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.proofs import note, tlog_proof, tree
from governance.proofs.vkeys import LOG, VerifierKey
from governance.verifier import members

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.proofs.note import Checkpoint, Head
    from governance.verifier.containers import Container
    from governance.verifier.report import PackReport

_ANCHOR = re.compile(r"anchors/((?:0|[1-9][0-9]{0,18})-[0-9a-f]{8})/(checkpoint|[1-9][0-9]{0,5}\.tsr)\Z")
_PROOF = re.compile(r"proofs/(0|[1-9][0-9]{0,18})\.tlog-proof\Z")


@dataclass(frozen=True)
class Anchor:
    """An earlier checkpoint that was kept: the signed note as bytes and read, and the time stamp tokens (member, bytes)."""

    member: str
    data: bytes
    checkpoint: Checkpoint
    tokens: tuple[tuple[str, bytes], ...]

    @property
    def size(self) -> int:
        """How many entries the ledger had."""
        return self.checkpoint.head.size


class Log:
    """The tree over all leaves."""

    def __init__(self, origin: str, leaves: Sequence[bytes]) -> None:
        self.origin, self.leaves = origin, leaves
        self._levels = tree.levels(leaves)

    @property
    def size(self) -> int:
        """How many entries."""
        return len(self.leaves)

    def node(self, level: int, index: int) -> bytes:
        """A complete node."""
        return self._levels[level][index]

    def root(self, size: int) -> str:
        """The root over the first entries, hexadecimal."""
        return tree.root(size, self.node).hex()

    def begins_with(self, head: Head) -> bool:
        """Whether a head is a beginning of this log."""
        return head.origin == self.origin and head.size <= self.size and self.root(head.size) == head.root


def read_leaves(data: bytes) -> list[bytes]:
    """The leaves from their lines. Raises `UnreadableError` for another spelling."""
    count, rest = divmod(len(data), 65)
    if rest or data[64::65] != b"\n" * count or data.translate(None, b"0123456789abcdef\n"):
        raise UnreadableError("is not a list of leaf hashes, one a line", where=members.LEAVES)
    try:
        raw = bytes.fromhex(data.decode("ascii"))
    except ValueError:
        raise UnreadableError("is not a list of leaf hashes", where=members.LEAVES) from None
    if len(raw) != 32 * count:
        raise UnreadableError("is not a list of leaf hashes, one a line", where=members.LEAVES)
    return [raw[start : start + 32] for start in range(0, len(raw), 32)]


def read(pack: Container, manifest: members.Manifest, report: PackReport) -> Log:
    """The log of a pack, its checkpoint held against leaves, key and manifest."""
    checkpoint = note.parse(pack.read(members.CHECKPOINT), where=members.CHECKPOINT)
    log = Log(checkpoint.head.origin, read_leaves(pack.read(members.LEAVES)))
    if not note.verify_log(checkpoint, log_key(manifest, checkpoint.head.origin)):
        report.problem(members.CHECKPOINT, "is not signed by the ledger's key")
    if len(checkpoint.signatures) != 1 or checkpoint.extensions:
        report.problem(members.CHECKPOINT, "has more than the ledger's own signature over origin, size and root")
    if checkpoint.head != manifest.about.checkpoint:
        report.problem(members.CHECKPOINT, "is not the checkpoint that the manifest names")
    if log.size != checkpoint.head.size or log.root(log.size) != checkpoint.head.root:
        report.problem(members.LEAVES, "does not come to the root of the checkpoint")
    return log


def log_key(manifest: members.Manifest, origin: str) -> VerifierKey:
    """The ledger's key as that of a log of this name. Raises `UnreadableError` where it is no Ed25519 key."""
    kind, _, public = manifest.key.material.partition(b":")
    if kind != b"ed25519" or manifest.key.algorithm != "ssh-ed25519":
        raise UnreadableError("the ledger's key is no plain Ed25519 key", where=members.MANIFEST)
    return VerifierKey(origin, LOG, public)


def anchors(pack: Container, manifest: members.Manifest, log: Log, report: PackReport) -> list[Anchor]:
    """The kept checkpoints, smallest first, each held against the log: it must be a beginning, signed by the ledger's key."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for name in pack.names:
        if name.startswith(members.ANCHORS):
            if (found := _ANCHOR.match(name)) is None:
                report.problem(name, "is no part of a kept checkpoint")
            else:
                grouped.setdefault(found[1], []).append((found[2], name))
    made: list[Anchor] = []
    for folder, parts in grouped.items():
        member = f"{members.ANCHORS}{folder}/checkpoint"
        named = dict(parts)
        if "checkpoint" not in named:
            report.problem(member, "is missing, and tokens for it are there")
            continue
        data = pack.read(member)
        try:
            checkpoint = note.parse(data, where=member)
        except UnreadableError as error:
            report.problem(member, error.message)
            continue
        head = checkpoint.head
        if folder != f"{head.size}-{head.root[:8]}":
            report.problem(member, "is another checkpoint than the one its folder names")
        if not log.begins_with(head):
            report.problem(
                member, f"a checkpoint of {head.size} entries that is no beginning of this log: the past was rewritten"
            )
        if not note.verify_log(checkpoint, log_key(manifest, head.origin)):
            report.problem(member, "is not signed by the ledger's key")
        tokens = tuple((name, pack.read(name)) for part, name in sorted(parts) if part != "checkpoint")
        made.append(Anchor(member, data, checkpoint, tokens))
    return sorted(made, key=lambda anchor: anchor.size)


def check_proofs(pack: Container, log: Log, wanted: Iterable[int], report: PackReport) -> None:
    """Each decision has its proof, which is the one these leaves and this checkpoint have; there is no other."""
    numbers = {f"{members.PROOFS}{seq}.tlog-proof": seq for seq in wanted}
    held = {name for name in pack.names if name.startswith(members.PROOFS)}
    for name in sorted(held - set(numbers)):
        found = _PROOF.match(name)
        report.problem(
            name, f"proves entry {found[1]}, which is no decision of this pack" if found else "is no proof of an entry"
        )
    for name in sorted(set(numbers) - held):
        report.problem(name, "is missing: each decision has its proof")
    checkpoint = pack.read(members.CHECKPOINT)
    for name in sorted(held & set(numbers)):
        seq = numbers[name]
        try:
            proof = tlog_proof.parse(pack.read(name), where=name)
        except UnreadableError as error:
            report.problem(name, error.message)
            continue
        root = bytes.fromhex(log.root(log.size))
        if seq >= log.size or proof.index != seq or proof.extra is not None:
            report.problem(name, f"is not the proof of entry {seq} alone")
        elif proof.checkpoint != checkpoint:
            report.problem(name, "is over another checkpoint than that of the pack")
        elif not tree.verify_inclusion(log.leaves[seq], seq, log.size, proof.path, root):
            report.problem(name, f"does not show that entry {seq} is in the log")


def proof_bytes(log: Log, seq: int, checkpoint: bytes) -> bytes:
    """The proof of an entry, as it stands in a pack."""
    return tlog_proof.format_proof(seq, tree.inclusion(seq, log.size, log.node), checkpoint)
