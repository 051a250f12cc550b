"""Verify a pack of 10,000 pieces of evidence with the light verifier: pieces per second of a processor, and the peak of memory.

Twice: attested by one statement, and each piece by a statement of its own (20,000 entries, 10,000 signatures). Beside it stands what
the primitives alone cost: hashing every body and leaf, and verifying as many signatures.
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

NUMBER = 10_000


def make(folder: Path, *, singly: bool) -> None:
    """A pack of 10,000 pieces of about 2 kB each."""
    from governance.domain.entry import EntryType
    from governance.enrolling import attestation
    from governance.ledger.store import Draft
    from governance.parsing import canonical
    from tests.packs.made_packs import SYSTEM, usual

    made = usual(folder)
    pieces = made.evidence(NUMBER, first=1000)
    if not singly:
        made.attest(pieces[:500], "Tina Example", "trainer")
    else:
        drafts, bodies = [], {}
        for piece in pieces:
            sealed = made.people["Tina Example"].seal(
                attestation(SYSTEM, [piece], ("trainer",), "Tina Example", made.moment)
            )
            digest = canonical.sha256(sealed)
            bodies[digest] = sealed
            record = {"envelope_digest": digest, "envelope_size": len(sealed)}
            drafts.append(Draft(EntryType.ATTESTATION, "att-" + digest[7:27], SYSTEM, record))
        made.blobs.write(bodies)
        made.ledger.append(drafts)
    made.pack()


def measure(pack: Path) -> None:
    """One line, of this very process."""
    from governance.verifier.pack import verify

    start = time.process_time()
    found = verify(pack)
    spent = time.process_time() - start
    if not found.ok:
        raise SystemExit(f"not verified: {found.problems[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    data = b"x" * 2000
    for _ in range(2 * NUMBER):
        hashlib.sha256(data).digest()
    floor = time.process_time() - start
    sys.stdout.write(
        f"{'verify ' + pack.parent.name:<46} {NUMBER / spent:>12,.0f} pieces/CPU-s  {spent / floor:.0f} × hashing alone; "
        f"peak memory {peak:.0f} MB; aims >= 2,500, < 300 MB\n"
    )


def main() -> None:
    """Make both packs, then measure each in a process of its own."""
    if len(sys.argv) == 2:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, singly in (("10,000 pieces", False), ("10,000 pieces, each signed", True)):
            make(Path(folder) / name, singly=singly)
            subprocess.run([sys.executable, __file__, str(Path(folder) / name / "pack.zip")], check=True)


if __name__ == "__main__":
    main()
