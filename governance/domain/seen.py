"""What a signer saw, as digests: the evidence, the risks, the system as its owner stated it.

Each is made from nouns alone, so that a verifier who holds the entries comes to the same digests, and a difference is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.parsing import canonical
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from governance.domain.risk import RegisterRow


def evidence_root(leaves: Iterable[str]) -> str:
    """`sha256:…` of the RFC 6962 tree over the leaves (hexadecimal) of the entries of evidence, in the order of the ledger.

    One piece can be proven alone, and a piece that is withheld stays hidden behind the salt of its entry.
    """
    return "sha256:" + tree.root_of([bytes.fromhex(leaf) for leaf in leaves]).hex()


def risk_state(rows: Iterable[RegisterRow]) -> str:
    """The digest over every risk with its two ratings, by id; days of review are not part of it."""
    return canonical.digest(
        [
            [row.risk, row.inherent.likelihood, row.inherent.impact, row.residual.likelihood, row.residual.impact]
            for row in sorted(rows, key=lambda row: row.risk)
        ]
    )


def system_digest(body: Mapping[str, Any]) -> str:
    """The digest of the system's plain form, which is also that of its body in the ledger."""
    return canonical.digest(body)
