"""Build a pack. The same ledger, content and moment give the same bytes."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.domain.entry import EntryType
from governance.packs import archive, layout
from governance.packs.judgement import Register
from governance.packs.spec import SPEC
from governance.parsing import canonical
from governance.proofs import dsse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.domain.case import Case
    from governance.domain.entry import Entry


@dataclass(frozen=True)
class Parts:
    """What goes into a pack. `leaves` are those of the whole ledger, `entries` those of this system."""

    case: Case
    entries: tuple[Entry, ...]
    leaves: tuple[bytes, ...]
    note: bytes
    content: Mapping[str, bytes]
    documents: Mapping[str, bytes]
    signers: bytes
    ledger_key: str
    program: str
    body: Callable[[str], bytes]


def build(path: Path, parts: Parts, key: Ed25519PrivateKey) -> str:
    """Write the pack and return its digest. The file appears whole or not at all."""
    case = parts.case
    small = {
        layout.CHECKPOINT: parts.note,
        layout.ENTRIES: b"".join(entry.to_bytes() + b"\n" for entry in parts.entries),
        layout.LEAVES: b"".join(leaf.hex().encode() + b"\n" for leaf in parts.leaves),
        layout.SIGNERS: parts.signers,
        layout.SPEC: SPEC.encode(),
        layout.ASSESSMENT: layout.results(case.assessment),
        layout.GATE: layout.results(case.gate),
        layout.REGISTER: layout.results(Register(rows=case.register)),
    }
    small |= {layout.CONTENT + name: data for name, data in parts.content.items()}
    small |= {layout.DOCUMENTS + name: data for name, data in parts.documents.items()}
    digests = {name: canonical.sha256(data) for name, data in small.items()}
    bodies = {layout.BODIES + digest[7:]: digest for digest in body_digests(parts.entries)}
    predicate = layout.PackPredicate(
        program=parts.program,
        system=case.dossier.system.id,
        on=case.on,
        policy=case.gate.policy,
        content_digest=case.catalogue.digest,
        checkpoint=case.checkpoint,
        ledger_key=parts.ledger_key,
    )
    small[layout.MANIFEST] = dsse.seal(canonical.dumps(layout.statement(predicate, digests | bodies)), key)

    def members() -> Iterator[tuple[str, bytes]]:
        for name in sorted(small.keys() | bodies.keys()):
            yield name, small[name] if name in small else parts.body(bodies[name])

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as stream:
            archive.write(stream, members())
        with temporary.open("rb") as written:
            digest = "sha256:" + hashlib.file_digest(written, "sha256").hexdigest()
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def body_digests(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """The digests of all bodies that entries name, sorted, each once."""
    fields = {
        EntryType.SYSTEM: "body_digest",
        EntryType.EVIDENCE: "body_digest",
        EntryType.DECISION: "envelope_digest",
    }
    return tuple(sorted({entry.record[fields[entry.type]] for entry in entries}))
