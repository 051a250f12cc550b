"""Build a pack. The same ledger, content, anchors and moment give the same bytes.

Anchors come in afterwards and may be given or not; those of a ledger larger than the pack's are left out, so that a pack of a past day
holds nothing from after it but a witness of what it holds.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.domain.entry import EntryType, named_by
from governance.errors import ContentError, IntegrityError, UsageError
from governance.packs.example import trust_example
from governance.packs.spec import SPEC
from governance.parsing import canonical
from governance.proofs import dsse, public_keys, tree
from governance.verifier import members, pages, zip_form
from governance.verifier.log import Log, proof_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.domain.entry import Entry
    from governance.verifier.members import About


@dataclass(frozen=True)
class Parts:
    """What goes into a pack.

    `leaves` are those of the whole ledger at the size of the checkpoint in `about`; `entries` those of the system and of the
    whole workspace, in order, of that size; `note` the signed checkpoint. `anchors` are kept checkpoints with what came
    back for them, by their names under `anchors/`; `witnesses` are verifier keys that the example of a trust policy
    names. `body` gives a body by digest.
    """

    about: About
    entries: tuple[Entry, ...]
    leaves: tuple[bytes, ...]
    note: bytes
    content: Mapping[str, bytes]
    results: Mapping[str, bytes]
    documents: Mapping[str, bytes]
    body: Callable[[str], bytes]
    anchors: Mapping[str, bytes] = field(default_factory=dict)
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filled:
    """The members of a pack but for its manifest: those that are at hand, and the bodies by digest."""

    small: Mapping[str, bytes]
    bodies: Mapping[str, str]

    def digests(self) -> dict[str, str]:
        """The digest of each member."""
        return {name: canonical.sha256(data) for name, data in self.small.items()} | dict(self.bodies)


def build(path: Path, parts: Parts, key: Ed25519PrivateKey) -> str:
    """Write the pack and return its digest. The file appears whole or not at all."""
    return write(path, parts.about, fill(parts), parts.body, key)


def fill(parts: Parts) -> Filled:
    """The members of the full edition.

    Raises `IntegrityError` where leaves, entries and checkpoint do not belong together, and `ContentError` for a page whose figures
    the verifier would refuse.
    """
    _hold(parts.documents)
    head = parts.about.checkpoint
    log = Log(head.origin, parts.leaves)
    if (log.size, log.root(log.size)) != (head.size, head.root):
        raise IntegrityError("the leaves do not come to the checkpoint of the pack", hint="Run: govern ledger verify")
    lines = [entry.to_bytes() for entry in parts.entries]
    for entry, line in zip(parts.entries, lines, strict=True):
        if entry.seq >= head.size or tree.leaf_hash(line) != parts.leaves[entry.seq]:
            raise IntegrityError(
                f"entry {entry.seq} is not leaf {entry.seq} of the ledger", hint="Run: govern ledger verify"
            )
    small = {
        members.CHECKPOINT: parts.note,
        members.ENTRIES: b"".join(line + b"\n" for line in lines),
        members.LEAVES: b"".join(leaf.hex().encode() + b"\n" for leaf in parts.leaves),
        members.SPEC: SPEC.encode(),
        members.TRUST_EXAMPLE: trust_example(
            parts.about.checkpoint,
            public_keys.parse(parts.about.ledger_key),
            parts.entries,
            parts.body,
            parts.witnesses,
        ),
        **parts.results,
    }
    small |= {members.CONTENT + name: data for name, data in parts.content.items()}
    small |= {members.DOCUMENTS + name: data for name, data in parts.documents.items()}
    small |= {members.ANCHORS + name: data for name, data in parts.anchors.items() if _size(name) <= head.size}
    small |= {
        f"{members.PROOFS}{entry.seq}.tlog-proof": proof_bytes(log, entry.seq, parts.note)
        for entry in parts.entries
        if entry.type is EntryType.DECISION
    }
    return Filled(small, {members.BODIES + digest[7:]: digest for digest in packed_digests(parts.entries)})


def _hold(documents: Mapping[str, bytes]) -> None:
    """Each figure of each page stands by itself; words of a template that touch one make no pack."""
    for name, data in documents.items():
        if name.endswith(".html"):
            found = pages.figures_of(data.decode())
            for _, why in found.wrong:
                raise ContentError(why, where=name, hint="Change the template that makes the page.")


def write(path: Path, about: About, filled: Filled, body: Callable[[str], bytes], key: Ed25519PrivateKey) -> str:
    """Sign the manifest over the members and write them."""
    manifest = dsse.seal(members.payload(about, filled.digests()), key)
    small = {**filled.small, members.MANIFEST: manifest}

    def in_order() -> Iterator[tuple[str, bytes]]:
        for name in sorted(small.keys() | filled.bodies.keys()):
            yield name, small[name] if name in small else body(filled.bodies[name])

    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            zip_form.write(stream, in_order())
        with temporary.open("rb") as written:
            digest = "sha256:" + hashlib.file_digest(written, "sha256").hexdigest()
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"the pack can not be written: {error.strerror}", where=str(path)) from None
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def packed_digests(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The digests of the bodies that a pack holds for these entries: not those of content, whose files it holds as they are."""
    return body_digests(entry for entry in entries if entry.type is not EntryType.CONTENT)


def body_digests(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The digests of all bodies that entries name, and of what is attached to them, sorted, each once."""
    return tuple(sorted({digest for entry in entries for digest in named_by(entry)}))


def _size(name: str) -> int:
    """The size of the ledger for which an anchor was kept, by its name: `<size>-<root>/…`."""
    return int(name.partition("-")[0])
