"""A writer on a disk that fills up, run as a program on a small file system: what it was told, and what stood afterwards."""

import json
import sys
from pathlib import Path

from governance.domain.entry import EntryType
from governance.errors import GovernanceError
from governance.ledger.blobs import Blobs
from governance.ledger.fsck import fsck
from governance.ledger.store import Draft, Ledger
from governance.parsing.canonical import sha256
from tests.ledger.made import ORIGIN, noon


def main(root: Path) -> None:
    """Append until there is no room, look, make room, and go on."""
    ledger, blobs = Ledger.create(root / "ledger.db", origin=ORIGIN, clock=noon), Blobs(root / "blobs")
    ballast = root / "ballast"
    ballast.write_bytes(b"x" * 300_000)
    body = b"a body"
    blobs.write({sha256(body): body})
    acknowledged, refused = [], None

    def append(number: int) -> None:
        record = {"body_digest": sha256(body), "text": "x" * 3000}
        names = [f"ev-{number:05}-{part}" for part in range(3)]
        ledger.append([Draft(EntryType.EVIDENCE, name, "elm-desk", record) for name in names])
        acknowledged.extend(names)

    for number in range(5000):
        try:
            append(number)
        except GovernanceError as error:
            refused = [type(error).__name__, error.hint]
            break
    try:
        blobs.write({sha256(bytes(2_000_000)): bytes(2_000_000)})
        body_refused = None
    except GovernanceError as error:
        body_refused = type(error).__name__
    full = fsck(root / "ledger.db", root / "blobs")
    held = [entry.id for entry in ledger.entries()]
    before = list(acknowledged)
    ballast.unlink()
    append(9999)
    ledger.close()
    after = fsck(root / "ledger.db", root / "blobs")
    sys.stdout.write(
        json.dumps(
            {
                "refused": refused,
                "body_refused": body_refused,
                "acknowledged": len(before),
                "held_is_acknowledged": held == before,
                "full": [str(problem) for problem in full.problems] + full.notes,
                "after": [str(problem) for problem in after.problems],
                "entries_after": after.entries,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
