"""From an open ledger to the parts of a pack, all of one size: what is appended meanwhile, or was later, is in none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.packs import layout, remade
from governance.packs.build import Parts
from governance.proofs import ed25519, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.domain.case import Case
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger


def gather(
    case: Case,
    *,
    ledger: Ledger,
    blobs: Blobs,
    key: Ed25519PrivateKey,
    program: str,
    content: Mapping[str, bytes],
    documents: Mapping[str, bytes],
    known_at: datetime | None = None,
    anchors: Mapping[str, bytes] | None = None,
    witnesses: Iterable[str] = (),
) -> Parts:
    """The parts of a pack of this case; its checkpoint says of which size. `known_at` is the moment that the size stands for."""
    public, head = ed25519.raw(key), case.checkpoint.head
    entries = ledger.entries(system=case.dossier.system.id, shared=True)
    return Parts(
        about=layout.about(
            case,
            program=program,
            ledger_key=ed25519.public_line(public),
            known_at=known_at,
            charts=(remade.CHARTS or None) if documents else None,
        ),
        entries=tuple(entry for entry in entries if entry.seq < head.size),
        leaves=tuple(ledger.leaves(head.size)),
        note=note.sign(head, public, key.sign),
        content=content,
        results=layout.results_of(case),
        documents=documents,
        body=blobs.read,
        anchors=anchors or {},
        witnesses=tuple(witnesses),
    )
