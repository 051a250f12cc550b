"""What templates may name of what people decided: sign-offs with their state, what is relaxed just now, who holds which duty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.views import Cite, Phrase, Status


@dataclass(frozen=True)
class PendingRow:
    """A condition of an approval.

    `id`, `text`: what it asks; `owner`, `due`: who answers for it, and by which day.
    `status`: met, pending or overdue; `says`: what shows that; `cites`: the evidence that met it.
    """

    id: str
    text: str
    owner: str
    due: str
    status: Status
    says: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class SignOff:
    """A decision somebody signed, and what became of it.

    `key`, `anchor`: D and its number; `id`: its id in the ledger.
    `status`: what was decided; `signer`, `role`, `reason`, `meaning`: by whom, and in which words.
    `state`: what it is worth at this moment; `causes`: why it is not in force, each a sentence, or none; `within`: changes since
    that it allows, each with what allows it.
    `about`: what it speaks of besides the model (a control, a risk, a person, another decision), as sentences.
    `uses`, `places`, `users`: what it is bounded to; empty where it is not. `conditions`: of an approval.
    `dissent`: pairs of a person who was heard and what they said; `rollback`: the identity to go back to, or empty.
    `reapprove`: kinds of evidence that ask for a new approval.
    `read`: pairs of a document that the signer read and the first twelve digits of its digest; `page`: those of the page, or empty.
    `signed`: when; `expires`: until when, or empty; `expired`: True where that day is past.
    `valid`: whether the signature holds; `problem`: what is wrong with it, or empty.
    `same_identity`: whether it was given on the very identity of this report; `identity`: the short digest it was
    given on.
    `seen`: how many entries the ledger had for the signer; `later`: how many were added since.
    `gate`: what the gate said then; `fingerprint`: of the key, or empty where no key of an enrolled person made it.
    """

    key: str
    anchor: str
    id: str
    status: Status
    signer: str
    role: str
    reason: str
    meaning: str
    state: Status
    causes: tuple[str, ...]
    within: tuple[str, ...]
    about: tuple[Phrase, ...]
    uses: tuple[str, ...]
    places: tuple[str, ...]
    users: str
    conditions: tuple[PendingRow, ...]
    dissent: tuple[tuple[str, str], ...]
    rollback: str
    reapprove: tuple[str, ...]
    read: tuple[tuple[str, str], ...]
    page: str
    signed: str
    expires: str
    expired: bool
    valid: Status
    problem: str
    same_identity: bool
    identity: str
    seen: int
    later: int
    gate: Status
    fingerprint: str


@dataclass(frozen=True)
class RelaxedRow:
    """A decision that lets something pass for a while: an exception from duties, a waiver, or an accepted risk.

    `status`: which of the three; `what`: the person, the control or the risk; `says`: which duties, or the title.
    `raw`: how the control stands by itself, or the level that was frozen; None of an exception. `rating`: the frozen rating as
    `4 × 3 = 12` with the present one, or empty. `then`: the standing when it was waived, or empty.
    `compensation`, `owner`, `retest`: of a waiver, or empty.
    `until`: the last day; `signer`, `role`, `reason`: by whom, and why; `cites`: the decision.
    `untold`: True where nobody judged whether it runs.
    """

    status: Status
    what: str
    says: str | Phrase
    raw: Status | None
    rating: str
    then: str
    compensation: str
    owner: str
    retest: str
    until: str
    signer: str
    role: str
    reason: str
    cites: tuple[Cite, ...]
    untold: bool


@dataclass(frozen=True)
class Relaxed:
    """What is relaxed just now.

    `rows`: exceptions first, then waivers, then accepted risks; `total`: how many; `summary`: how many of each.
    """

    rows: tuple[RelaxedRow, ...]
    total: int
    summary: tuple[Phrase, ...]


@dataclass(frozen=True)
class DutyRow:
    """A duty that is kept apart from approving.

    `duty`: which; `holders`: pairs of a person and what shows it; empty where nobody is named.
    """

    duty: str
    holders: tuple[tuple[str, str], ...]
