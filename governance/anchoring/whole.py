"""The whole of a ledger held against itself and against what left the house: tree, bodies, every checkpoint kept as an anchor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.anchoring.kept import Anchors
from governance.domain.entry import named_by
from governance.errors import GovernanceError, UsageError
from governance.ledger.store import Check
from governance.proofs import note
from governance.proofs.vkeys import LOG, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger


def verify(root: Path, ledger: Ledger, blobs: Blobs, progress: Callable[[int, int], None] | None = None) -> Check:
    """Recompute the tree and every body and attachment, then hold the ledger against every anchor; names the first that fails."""
    check = ledger.verify(progress)
    if check.failed_at is not None:
        return check
    for entry in ledger.entries():
        try:
            for digest in named_by(entry):
                blobs.read(digest)
        except GovernanceError as error:
            return Check(check.checkpoint, entry.seq, f"entry {entry.seq} ({entry.id}): {error}")
    departed = Anchors(root).check(ledger)
    return Check(check.checkpoint, None, departed[0]) if departed else check


def against(kept: Path, ledger: Ledger, public: bytes) -> str | None:
    """Why the ledger does not continue a checkpoint that somebody kept, or None where it does. `public` is its own key."""
    try:
        checkpoint = note.parse(kept.read_bytes(), where=str(kept))
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(kept)) from None
    if not note.verify_log(checkpoint, VerifierKey(checkpoint.head.origin, LOG, public)):
        return "the checkpoint was not signed by this ledger's key"
    return ledger.departs_from(checkpoint.head)
