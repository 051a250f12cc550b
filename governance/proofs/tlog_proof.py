"""One entry's proof that it is in a log, in one file that is verified offline (https://c2sp.org/tlog-proof).

The lines are the version, extra data if there is any, the index, the audit path from the leaf up, an empty line, and the signed
checkpoint as it is. The extra data are signed by nobody. What the leaf is, and who is trusted, the verifier brings.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.proofs import note, tlog_policy, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.proofs.tlog_policy import Checked, TlogPolicy

VERSION = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63
MAX_BYTES = note.MAX_BYTES + 1024 * 1024
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})\Z")


@dataclass(frozen=True)
class Proof:
    """A proof that was read: index of the entry, audit path of 32-byte hashes, the signed checkpoint, and extra data."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


@dataclass(frozen=True)
class Proven:
    """What a proof came to: what its checkpoint came to under the policy, and whether the leaf is in that tree."""

    checked: Checked
    included: bool

    @property
    def ok(self) -> bool:
        """Whether the entry is in a log that the policy trusts, as far as the policy asks."""
        return self.included and self.checked.ok


def format_proof(index: int, path: Sequence[bytes], checkpoint: bytes, extra: bytes | None = None) -> bytes:
    """The bytes of a proof. Raises `UnreadableError` where they could not be read again."""
    lines = [VERSION]
    if extra is not None:
        lines.append(f"extra {base64.b64encode(extra).decode()}")
    lines += [f"index {index}", *(base64.b64encode(step).decode() for step in path), "", ""]
    made = "\n".join(lines).encode() + checkpoint
    if parse(made) != Proof(index, tuple(path), checkpoint, extra):
        raise UnreadableError("not a proof that could be read again")
    return made


def parse(data: bytes, *, where: str = "proof") -> Proof:
    """Read a proof strictly. Raises `UnreadableError`; nothing is verified here."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"more than {MAX_BYTES} bytes", where=where)
    before, empty, checkpoint = data.partition(b"\n\n")
    try:
        version, *lines = before.decode("ascii").split("\n")
        if version != VERSION or not empty:
            raise ValueError(f"it is not {VERSION}, an empty line and a checkpoint")
        extra = _base64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
        if extra == b"":
            raise ValueError("a line for extra data, and none")
        index = _INDEX.match(lines[0]) if lines else None
        path = tuple(_base64(line) for line in lines[1:])
        if index is None or len(path) > MAX_PATH or any(len(step) != 32 for step in path):
            raise ValueError("index or audit path")
    except ValueError as error:
        raise UnreadableError(f"not a proof: {error}", where=where) from None
    note.parse(checkpoint, where=where)
    return Proof(int(index[1]), path, checkpoint, extra)


def verify(leaf_hash: bytes, proof: Proof, policy: TlogPolicy, *, not_after: int | None = None) -> Proven:
    """Whether the leaf (RFC 6962 leaf hash) is in the tree of the proof's checkpoint, and what that comes to under a policy."""
    checked = tlog_policy.check(proof.checkpoint, policy, not_after=not_after)
    root = bytes.fromhex(checked.head.root)
    included = tree.verify_inclusion(leaf_hash, proof.index, checked.head.size, proof.path, root)
    return Proven(checked, included)


def _base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 in a second spelling")
    return data
