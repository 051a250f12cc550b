"""Whose word stands: the last valid word of each person in each role on a model identity, what was ended, and who is missing.

1. A signature that does not verify, or was given for another system or another identity, is no word at all here.
2. Words on a model are approvals and endings (reject, hold, revoke, retire). To accept a risk, to waive a control, to except from
   duties or to set a policy says nothing of the model and replaces nothing.
3. The later word of a person in a role replaces the earlier one. An approval signed before a refusal, and recorded
   after it, lifts nothing: otherwise an old approval could be kept back and brought in again.
4. A refusal is of the model, whatever the policy, and has no end. A revocation that names its target ends that one decision and
   is no refusal: of an approval, a waiver, an acceptance or an exception by its author, an approver or a risk owner; of a refusal by
   its author alone.
5. A retirement is for good, of every approval of that identity, earlier and later.
6. One person fills one place. Somebody who may sign in two roles counts in one of them.

It can not see that two names are one person, beyond the spelling of one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.decision import DecisionKind
from governance.parsing.people import person_key
from governance.verifier import decisions as rules
from governance.verifier import places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from governance.domain.conditions import Quorum
    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier

MAY_END = frozenset({"approver", "risk-owner"})
"""The roles that can end a decision of somebody else by naming it."""


def is_word(signed: SignedDecision) -> bool:
    """Whether a decision is a word on the model itself."""
    decision = signed.decision
    return decision.decision.approves or (decision.decision.ends and decision.target is None)


def last_words(dossier: Dossier, identity: str) -> tuple[list[SignedDecision], list[str]]:
    """The last valid word of each person in each role on an identity, and why the others say nothing."""
    last: dict[tuple[str, str], SignedDecision] = {}
    problems: list[str] = []
    gone = ended(dossier)
    for signed in dossier.decisions:
        decision = signed.decision
        if not is_word(signed) or (decision.decision.ends and signed.id in gone):
            continue
        problem = _says_nothing(signed, dossier.system.id, identity)
        if problem is not None:
            problems.append(f"{decision.signer} ({decision.role}): {problem}")
            continue
        key = (person_key(decision.signer), decision.role)
        held = last.get(key)
        if held is None or not _brought_in_late(signed, held):
            last[key] = signed
    return list(last.values()), problems


def ended(dossier: Dossier) -> dict[str, SignedDecision]:
    """The revocation that ends a decision, by the id of the decision."""
    by_id = {signed.id: signed for signed in dossier.valid}
    found: dict[str, SignedDecision] = {}
    for signed in dossier.valid:
        target = by_id.get(signed.decision.target or "")
        if signed.decision.decision is not DecisionKind.REVOKE or target is None or target.seq >= signed.seq:
            continue
        own = person_key(signed.decision.signer) == person_key(target.decision.signer)
        if own or (signed.decision.role in MAY_END and not target.decision.decision.ends):
            found.setdefault(target.id, signed)
    return found


def retired(dossier: Dossier, identity: str | None) -> SignedDecision | None:
    """The decision that took an identity out of use, or None."""
    gone = ended(dossier)
    return next(
        (
            signed
            for signed in dossier.valid
            if signed.decision.decision is DecisionKind.RETIRE
            and signed.decision.identity == identity
            and signed.decision.system == dossier.system.id
            and signed.id not in gone
        ),
        None,
    )


def void_refusals(dossier: Dossier, identity: str) -> list[SignedDecision]:
    """Refusals of this identity whose signature does not count: striking a refuser off the list must not lift the refusal."""
    return [
        signed
        for signed in dossier.decisions
        if not signed.valid
        and signed.decision.identity == identity
        and signed.decision.system == dossier.system.id
        and signed.decision.decision.ends
    ]


def excepted(dossier: Dossier, on: date) -> list[tuple[str, str]]:
    """(person, duty) that an exception lets pass on a day: valid, not past its last day, and not ended."""
    gone = ended(dossier)
    return rules.excepted(
        (
            signed.decision.plain()
            for signed in dossier.valid
            if signed.decision.decision is DecisionKind.EXCEPT_DUTIES
            and signed.decision.system == dossier.system.id
            and signed.id not in gone
        ),
        on,
    )


def conflicts(person: str, dossier: Dossier, on: date) -> list[str]:
    """Why a person may neither approve nor waive on a day, a sentence a duty."""
    return rules.conflicts(person, dossier.duties, excepted(dossier, on))


def missing(asked: Quorum, approvals: Iterable[tuple[str, str]]) -> list[str]:
    """What is still missing, by role, once as many places as possible are filled with different people.

    `approvals` are (person, role).
    """
    given = list(approvals)
    roles = tuple(dict.fromkeys(asked.roles))
    people = {role: {person_key(person) for person, held in given if held == role} for role in roles}
    empty = places.empty([(role, asked.people) for role in roles], people)
    return [
        f"{empty.count(role)} approval in the role {role}"
        + (" by somebody who fills no other place" if len(people[role]) >= asked.people else "")
        for role in dict.fromkeys(empty)
    ]


def _says_nothing(signed: SignedDecision, system: str, identity: str) -> str | None:
    if not signed.valid:
        return signed.problem or "the signature is not valid"
    if signed.decision.system != system:
        return "signed another system"
    if signed.decision.identity != identity:
        return "signed another model identity"
    return None


def _brought_in_late(signed: SignedDecision, held: SignedDecision) -> bool:
    late = signed.decision.signed_at < held.decision.signed_at
    return signed.decision.decision.approves and not held.decision.decision.approves and late
