"""Which approvals count: the last word of each person in each role, held against identity, policy, day and evidence.

1. A signature that does not verify, or was given for another system or another identity, is no word at all here.
2. The later word of a person in a role replaces the earlier one. An approval signed before a refusal, and recorded
   after it, lifts nothing: otherwise an old approval could be kept back and brought in again.
3. An approval is for one policy and until its day; a refusal is of the model, whatever the policy, and has no end.
4. One person fills one place. Somebody who may sign in two roles counts in one of them.

It can not see that two names are one person, beyond the spelling of one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.decision import DecisionKind
from governance.domain.system import person_key

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.policy import SignedBy


def last_words(dossier: Dossier, identity: str) -> tuple[list[SignedDecision], list[str]]:
    """The last valid decision of each person in each role on an identity, and why the others say nothing."""
    last: dict[tuple[str, str], SignedDecision] = {}
    problems: list[str] = []
    for signed in dossier.decisions:
        decision = signed.decision
        problem = _says_nothing(signed, dossier.system.id, identity)
        if problem is not None:
            problems.append(f"{decision.signer} ({decision.role}): {problem}")
            continue
        key = (person_key(decision.signer), decision.role)
        held = last.get(key)
        if held is None or not _brought_in_late(signed, held):
            last[key] = signed
    return list(last.values()), problems


def unfit(signed: SignedDecision, policy_digest: str, on: datetime) -> str | None:
    """Why a decision is no approval under this policy on this day, or None."""
    decision = signed.decision
    if decision.decision is not DecisionKind.APPROVE:
        return f"says {decision.decision}"
    if decision.policy_digest != policy_digest:
        return "signed another policy"
    if decision.expires is not None and decision.expires < on.date():
        return f"expired on {decision.expires}"
    if decision.signed_at > on:
        return "is dated in the future"
    return None


def void_refusals(dossier: Dossier, identity: str) -> list[SignedDecision]:
    """Refusals of this identity whose signature does not count: striking a refuser off the list must not lift the refusal."""
    return [
        signed
        for signed in dossier.decisions
        if not signed.valid
        and signed.decision.identity == identity
        and signed.decision.system == dossier.system.id
        and signed.decision.decision is not DecisionKind.APPROVE
    ]


def missing(asked: SignedBy, approvals: list[SignedDecision]) -> list[str]:
    """What is still missing, by role, once as many places as possible are filled with different people."""
    places = [(role, number) for role in dict.fromkeys(asked.roles) for number in range(asked.people)]
    people = {
        role: sorted({person_key(s.decision.signer) for s in approvals if s.decision.role == role})
        for role, _ in places
    }
    filled: dict[str, tuple[str, int]] = {}

    def fill(place: tuple[str, int], tried: set[str]) -> bool:
        """Give a place to a person, moving others to their other role where that makes room (Kuhn's method)."""
        for person in people[place[0]]:
            if person not in tried:
                tried.add(person)
                if person not in filled or fill(filled[person], tried):
                    filled[person] = place
                    return True
        return False

    empty = [place[0] for place in places if not fill(place, set())]
    return [
        f"{empty.count(role)} approval in the role {role}"
        + (" by somebody who fills no other place" if len(people[role]) >= asked.people else "")
        for role in dict.fromkeys(empty)
    ]


def overtaken(signed: SignedDecision, dossier: Dossier) -> str | None:
    """What the signer of an approval had not seen, or None."""
    later = sum(piece.seq >= signed.decision.checkpoint.size for piece in dossier.pieces)
    if later:
        return f"{later} pieces of evidence were recorded after the approval by {signed.decision.signer}"
    if dossier.registered_at > signed.decision.signed_at:
        return f"the system file was changed after the approval by {signed.decision.signer}"
    return None


def _says_nothing(signed: SignedDecision, system: str, identity: str) -> str | None:
    if not signed.valid:
        return signed.problem or "the signature is not valid"
    if signed.decision.system != system:
        return "signed another system"
    if signed.decision.identity != identity:
        return "signed another model identity"
    return None


def _brought_in_late(signed: SignedDecision, held: SignedDecision) -> bool:
    approves, refused = (s.decision.decision is DecisionKind.APPROVE for s in (signed, held))
    return approves and not refused and signed.decision.signed_at < held.decision.signed_at
