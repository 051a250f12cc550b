"""What every export says of itself: system and exact model, day, rule, ledger, and what is relaxed just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.claims.references import References
from governance.reports.parts.frame import frame
from governance.reports.parts.relaxed import in_words

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.case import Case
    from governance.reports.atoms.views import Identity

MIND = "This is evidence, not certification."
UNKNOWN = "no weights were attached as the candidate, so no model is identified"


def about(case: Case) -> tuple[tuple[str, str | datetime], ...]:
    """Pairs of a field and what it says, the same in every export of a case. What is not there is said so."""
    references = References(case)
    found = frame(case, references)
    appetite = case.dossier.system.risk_appetite
    return (
        ("System", found.system),
        ("Id of the system", found.system_id),
        ("Owner", found.owner),
        ("As of (UTC)", case.on),
        ("Model", found.identity.name or UNKNOWN),
        ("Identity digest", found.identity.digest or UNKNOWN),
        ("Taken over", found.identity.basis or "nothing"),
        *_by_name(found.identity),
        ("Release gate", f"{found.answer.word}. {found.sentence}"),
        ("Reason of the gate", case.gate.reason),
        ("Policy", f"{found.policy} ({case.gate.policy})"),
        ("Digest of the policy", found.policy_digest),
        ("Risk appetite", f"residual score of at most {appetite} of 25" if appetite else "not stated"),
        *in_words(case, references),
        ("Checkpoint", found.checkpoint),
        ("Entries of the ledger", f"{found.size:,}"),
        ("Ledger root", found.root),
        ("Catalogue", found.content_digest),
        ("Mind", MIND),
    )


def _by_name(identity: Identity) -> tuple[tuple[str, str], ...]:
    return (("Known by name only", ", ".join(identity.by_reference)),) if identity.by_reference else ()
