"""Items that a redacted pack does not show, and the proof, later, that one of them was this very item.

In place of an item stands its commitment: SHA-256(salt ‖ length of the entry as eight bytes ‖ entry ‖ body), where the salt is
32 bytes that only the owner of the ledger can make. Nobody can guess an item and test the guess. To reveal it, the owner hands
over entry, body and salt; whoever holds the pack computes the commitment, and the leaf of the entry, and compares.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json
from governance.proofs import tree
from governance.verifier import entries, fields

if TYPE_CHECKING:
    from governance.verifier.entries import Entry, Listed
    from governance.verifier.log import Log

SCHEMA = "reveal.v1"
_SHAPE: fields.Shape = {
    "schema": fields.one_of(SCHEMA), "seq": fields.count, "salt": fields.hex64, "entry": fields.sentence, "body": fields.text,
}  # fmt: skip


@dataclass(frozen=True)
class Revealed:
    """An item that was withheld: its number, the line of its entry, its body, and the salt."""

    seq: int
    line: bytes
    body: bytes
    salt: bytes

    def to_bytes(self) -> bytes:
        """The file that reveals it."""
        return canonical.dumps(
            {
                "schema": SCHEMA,
                "seq": self.seq,
                "salt": self.salt.hex(),
                "entry": self.line.decode(),
                "body": base64.b64encode(self.body).decode(),
            }
        )


def commitment(salt: bytes, line: bytes, body: bytes) -> str:
    """What stands in the pack for an item: `sha256:…`."""
    return "sha256:" + hashlib.sha256(salt + len(line).to_bytes(8, "big") + line + body).hexdigest()


def read(data: bytes, *, where: str) -> Revealed:
    """Read a file that reveals an item. Raises `UnreadableError`."""
    value = strict_json.loads(data, where=where)
    fields.require(value, _SHAPE, where=where)
    try:
        body = base64.b64decode(value["body"], validate=True)
    except binascii.Error as error:
        raise UnreadableError(f"body: not base64: {error}", where=where) from None
    return Revealed(value["seq"], value["entry"].encode(), body, bytes.fromhex(value["salt"]))


def prove(item: Revealed, listed: Listed, log: Log) -> tuple[Entry | None, str | None]:
    """(the entry that was revealed, why it was not the one that is withheld or None)."""
    row = next((one for one in listed.withheld if one.seq == item.seq), None)
    if row is None:
        return None, f"entry {item.seq} is none that this pack withholds"
    try:
        entry = entries.parse(item.line, f"entry {item.seq}")
    except UnreadableError as error:
        return None, f"what is revealed is no entry: {error.message}"
    for wrong, said in (
        (entry.seq != item.seq, f"the entry is number {entry.seq}"),
        (tree.leaf_hash(item.line) != log.leaves[item.seq], f"the entry is not leaf {item.seq} of the log"),
        (canonical.sha256(item.body) != entry.body, "the body is not the one that the entry names"),
        (
            commitment(item.salt, item.line, item.body) != row.commitment,
            "the commitment in the pack is to something else",
        ),
        (entry.type != row.type, f"the pack withholds {row.type}, and this is {entry.type}"),
    ):
        if wrong:
            return entry, said
    return entry, None


def shown(item: Revealed, entry: Entry | None, problem: str | None) -> dict[str, Any]:
    """What a report says of it."""
    made: dict[str, Any] = {"seq": item.seq, "proven": problem is None, "problem": problem}
    if entry is not None and problem is None:
        made |= {"id": entry.id, "type": entry.type, "body_digest": entry.body, "body_size": len(item.body)}
    return made
