"""What a signature under a decision is worth: key, person, role, meaning, days, in that order; and who is to be kept apart.

These rules need the ledger's entries and nothing else, so the workspace and the auditor's verifier walk the same path.

*Separation of duties*: who trained or evaluated a model, or set the thresholds it is held against, does not approve it and does
not waive a control for it. Duties are held by what somebody did: an attestation names the duties that the evidence implies, a
`set-policy` statement and a `plan` make their signer the author of thresholds, and the owner of a system may name people beside it. A
relaxation is a decision of its own (`except-duties`), by somebody else than the one it serves, with a last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.parsing.people import person_key
from governance.verifier.meanings import APPROVALS, MEANING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from governance.verifier.roster import Roster, Signer
    from governance.verifier.statements import Statement

DUTIES = ("trainer", "evaluator", "threshold-author")
KEPT_APART = APPROVALS | {"waive"}
"""The kinds of decision for which duties are kept apart."""
ROLES_OF = {
    "accept-risk": ("risk-owner",),
    "set-policy": ("threshold-author",),
    "plan": ("threshold-author",),
    "waive": ("approver", "risk-owner"),
    "except-duties": ("approver", "risk-owner"),
}
"""Kinds of decision that only some roles can sign."""


AUTHORED = {"set-policy": "set the policy", "plan": "sealed a plan under the policy"}
"""Kinds of decision that make their signer the author of thresholds, and how that is told."""


@dataclass(frozen=True)
class Held:
    """A duty that somebody holds, and what shows it."""

    person: str
    duty: str
    because: str


def examine(statement: Statement, seq: int, recorded_at: datetime, roster: Roster) -> tuple[Signer | None, str | None]:
    """(who signed a decision, why it does not count or None). A bad signature is an answer and no error."""
    said = statement.predicate
    made = roster.signers(statement.envelope, seq, recorded_at)
    # A signature that somebody added takes nothing from the signer's own.
    made.sort(
        key=lambda each: (person_key(each.name) != person_key(str(said.get("signer", ""))), each.problem is not None)
    )
    if not made:
        return None, "no key of an enrolled principal made this signature"
    return made[0], _problem(said, made[0], seq)


def _problem(said: Mapping[str, Any], signer: Signer, seq: int) -> str | None:
    kind, role, name = said["decision"], said["role"], said["signer"]
    wanted = ROLES_OF.get(kind, (role,))
    off = kind == "except-duties" and person_key(said["exception"]["person"]) == person_key(name)
    reasons = (
        (person_key(signer.name) != person_key(name), f"signed with the key of {signer.name}, in the name of {name}"),
        (signer.problem is not None, signer.problem),
        (signer.kind != "person", f"{signer.name} is a {signer.kind}, and a decision is a person's"),
        (role not in signer.roles, f"{signer.name} does not hold the role {role}"),
        (role not in wanted, f"{kind} is signed in the role {' or '.join(wanted)}, not {role}"),
        (said["meaning"] != MEANING.get(kind), "the meaning that was signed is not the one of this decision"),
        (said["checkpoint"]["size"] > seq, "names a later ledger than the one it stands in"),
        (off, f"{name} lets itself off, which somebody else must do"),
    )
    return next((said for holds, said in reasons if holds), None)


def held_by_attestations(statements: Iterable[tuple[Statement, list[Signer]]]) -> list[Held]:
    """The duties that attestations show: every principal whose signature counts holds what the attestation names."""
    return [
        Held(signer.name, duty, f"attested {len(statement.subjects)} pieces of evidence")
        for statement, signers in statements
        for signer in signers
        if signer.problem is None
        for duty in statement.predicate["duties"]
        if duty in DUTIES
    ]


def conflicts(person: str, held: Iterable[Held], excepted: Iterable[tuple[str, str]]) -> list[str]:
    """Why a person may not approve, a sentence a duty; `excepted` are (person, duty) that a valid exception lets pass."""
    key = person_key(person)
    free = {(person_key(name), duty) for name, duty in excepted}
    return list(
        dict.fromkeys(
            f"{person} holds the duty {each.duty} ({each.because})"
            for each in held
            if person_key(each.person) == key and (key, each.duty) not in free
        )
    )


def excepted(decisions: Iterable[Mapping[str, Any]], on: date) -> list[tuple[str, str]]:
    """(person, duty) of the exceptions among valid decisions that run on a day; the day of expiry is the last."""
    return [
        (row["exception"]["person"], duty)
        for row in decisions
        if row["decision"] == "except-duties" and row["expires"] >= on.isoformat()
        for duty in row["exception"]["duties"]
    ]
