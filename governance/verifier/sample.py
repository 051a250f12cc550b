"""A random sample of the evidence that nobody chose: drawn by a seed, and drawn again by anybody with `sha256sum`.

The population is every piece of evidence of the system that the pack shows. Each is ranked by SHA-256(seed ‖ 0x00 ‖ id of its
entry), and the first N are the sample. Whoever chooses the words of the seed after the pack was made leaves no room to prepare
it for them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from governance.verifier import members

if TYPE_CHECKING:
    from governance.verifier.entries import Listed

METHOD = 'rank by SHA-256(seed, a zero byte, entry id), lowest first: printf \'%s\\0%s\' "$SEED" "$ID" | sha256sum'


def draw(listed: Listed, number: int, seed: str) -> dict[str, Any]:
    """The sample with everything that draws it again."""
    ranked = sorted(((rank(seed, entry.id), entry) for entry in listed.of("evidence")), key=lambda row: row[0])
    drawn = [
        {
            "rank": place,
            "sha256": hashed,
            "id": entry.id,
            "seq": entry.seq,
            "kind": entry.record["kind"],
            "member": members.BODIES + entry.body[7:],
        }
        for place, (hashed, entry) in enumerate(ranked[:number], start=1)
    ]
    return {
        "seed": seed,
        "method": METHOD,
        "population": len(ranked),
        "withheld": listed.hidden("evidence"),
        "asked": number,
        "drawn": drawn,
    }


def rank(seed: str, entry_id: str) -> str:
    """What an entry is ranked by."""
    return hashlib.sha256(seed.encode() + b"\0" + entry_id.encode()).hexdigest()
