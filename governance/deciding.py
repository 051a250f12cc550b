"""A decision is made over exactly what the signer saw: identity, ledger, evidence, risks, policy, content, and the gate's answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from governance.assurance import approvals
from governance.domain import faults
from governance.domain.base import Digest, KindId, Noun
from governance.domain.decision import (
    AcceptedRisk,
    ApprovalCondition,
    Decision,
    DecisionKind,
    Dissent,
    DutiesException,
    Read,
    Scope,
    Waiver,
)
from governance.domain.seen import evidence_root, risk_state, system_digest
from governance.errors import CouldNotTell, DutiesError, UnreadableError, UsageError
from governance.parsing import canonical
from governance.signing import keys, post_quantum, statements
from governance.signing.post_quantum import Both
from governance.verifier.decisions import KEPT_APART, ROLES_OF, conflicts
from governance.verifier.meanings import MEANING

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from governance.domain.case import Case
    from governance.domain.plan import Plan
    from governance.signing.keys import SigningKey
    from governance.verifier.roster import Roster, Signer


@dataclass(frozen=True)
class Wish:
    """What a signer says; everything else of a decision is what they saw. What does not belong to its kind stays empty.

    `read` are documents that they read, by file name, as bytes.
    """

    decision: DecisionKind
    role: str
    reason: str
    expires: date | None = None
    page: str | None = None
    read: tuple[tuple[str, bytes], ...] = ()
    scope: Scope = field(default_factory=Scope)
    conditions: tuple[ApprovalCondition, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    rollback: str | None = None
    reapprove_on: tuple[str, ...] = ()
    target: str | None = None
    risk: str | None = None
    control: str | None = None
    compensation: str | None = None
    owner: str | None = None
    retest: date | None = None
    person: str | None = None
    duties: tuple[str, ...] = ()
    plan: Plan | None = None


class Terms(Noun):
    """The terms of a decision as a person writes them down, in YAML."""

    scope: Scope = Scope()
    conditions: tuple[ApprovalCondition, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    rollback: Digest | None = None
    reapprove_on: tuple[KindId, ...] = ()

    @classmethod
    def read(cls, value: Any, *, where: str) -> dict[str, Any]:
        """The terms as fields of a wish. Raises `UnreadableError` naming the field that does not stand."""
        try:
            terms = cls.model_validate(value if value is not None else {})
        except ValidationError as error:
            raise UnreadableError(faults.first(error), where=where) from None
        return {name: getattr(terms, name) for name in cls.model_fields}


def who_may(case: Case, roster: Roster, moment: datetime, key: SigningKey | Both, wish: Wish) -> Signer:
    """Who would sign, with this key.

    Raises `UsageError` where the key is not enrolled in that role, or a document that was read has no name that can stand;
    `CouldNotTell` where there is nothing to sign, `DutiesError` where the signer holds a duty that is kept apart.
    """
    who = _signer(roster, key, moment, case.checkpoint.size)
    if isinstance(key, Both):
        key.require_one_owner(roster, case.checkpoint.size, moment)
    if who.kind != "person":
        raise UsageError(f"{who.name} is a {who.kind}, and a decision is a person's", hint="Sign with your own key.")
    if wish.role not in who.roles:
        raise UsageError(f"{who.name} does not hold the role {wish.role}", hint=f"Held: {', '.join(who.roles)}.")
    wanted = ROLES_OF.get(wish.decision, (wish.role,))
    if wish.role not in wanted:
        raise UsageError(
            f"{wish.decision} is signed in the role {' or '.join(wanted)}", hint=f"Give --role {wanted[0]}."
        )
    if case.assessment.identity is None and (wish.decision.approves or wish.decision.ends):
        raise CouldNotTell(
            "no weights of a candidate were attached, so there is nothing to sign", where=case.dossier.system.id
        )
    _read(wish)
    if wish.expires is not None and wish.expires < moment.date():
        raise UsageError(f"{wish.expires} has passed already")
    if wish.decision in KEPT_APART:
        broken = conflicts(who.name, case.dossier.duties, approvals.excepted(case.dossier, moment.date()))
        if broken:
            raise DutiesError(
                "; ".join(broken) + ", and that is kept apart from approving",
                where=case.dossier.system.id,
                hint="Let somebody else sign, or have an exception signed: govern sign --decision except-duties.",
            )
    return who


def decide(case: Case, roster: Roster, moment: datetime, key: SigningKey | Both, wish: Wish) -> tuple[Decision, bytes]:
    """The decision and its signed envelope. Raises as `who_may` does, and `UsageError` where a part is missing."""
    who = who_may(case, roster, moment, key, wish)
    identity = case.assessment.identity
    try:
        made = Decision(
            decision=wish.decision,
            meaning=MEANING[wish.decision],
            system=case.dossier.system.id,
            identity=identity.digest if identity else None,
            identity_name=identity.name if identity else "",
            signer=who.name,
            role=wish.role,
            reason=wish.reason,
            signed_at=moment,
            expires=wish.expires,
            checkpoint=case.checkpoint,
            policy=case.gate.policy,
            policy_digest=case.gate.policy_digest,
            content_digest=case.catalogue.digest,
            evidence_root=evidence_root(piece.leaf for piece in case.dossier.pieces),
            system_digest=system_digest(case.dossier.system_body),
            risk_state=risk_state(case.register),
            gate_answer=case.gate.answer,
            page=wish.page,
            read=_read(wish),
            scope=wish.scope,
            conditions=wish.conditions,
            dissent=wish.dissent,
            rollback=wish.rollback,
            reapprove_on=wish.reapprove_on,
            target=_target(case, wish),
            **_parts(case, wish),
            nonce=secrets.token_hex(16),
        )
    except ValidationError as error:
        raise UsageError(faults.first(error)) from None
    return made, key.seal(statements.payload(made))


def open_key(path: Path, passphrase: bytes | None = None, second: Path | None = None) -> SigningKey | Both:
    """What signs with the key in a file, and beside it with a second one of the same person (ML-DSA)."""
    first = keys.signing_key(path, passphrase)
    return first if second is None else Both(first, post_quantum.signing_key(second))


def _signer(roster: Roster, key: SigningKey | Both, moment: datetime, seq: int) -> Signer:
    """The principal whose key this is, as it would sign in the next entry."""
    from governance.verifier.roster import Signer

    for principal in roster.principals.values():
        for credential in principal.credentials:
            if credential.by.material == key.public.material:
                problem = credential.refusal(seq, moment.date())
                if problem is not None:
                    raise UsageError(f"{principal.name}: {problem}", hint="Sign with a key that is enrolled now.")
                return Signer(
                    principal.name, principal.kind, principal.roles(seq), credential.name, credential.by.material
                )
    raise UsageError(
        "this key is not enrolled", where=key.public.fingerprint, hint="Enrol its owner with: govern people enrol"
    )


def _read(wish: Wish) -> tuple[Read, ...] | None:
    """What was read, by name and digest. Raises `UsageError` for a name that can not stand, or stands twice."""
    try:
        made = tuple(Read(name=name, digest=canonical.sha256(data)) for name, data in wish.read)
    except ValidationError as error:
        raise UsageError(f"a document that was read: {faults.first(error)}", hint="Rename the file.") from None
    names = [each.name for each in made]
    if len(set(names)) != len(names):
        raise UsageError("two documents that were read have one name", hint="Rename one of them.")
    return made or None


def _target(case: Case, wish: Wish) -> str | None:
    if wish.target is None:
        return None
    known = [signed.id for signed in case.dossier.decisions if signed.id.startswith(wish.target)]
    if len(known) != 1:
        raise UsageError(
            f"{'no decision has' if not known else 'several decisions have'} an id that begins with {wish.target!r}"
        )
    return known[0]


def _parts(case: Case, wish: Wish) -> dict[str, Any]:
    """The part that belongs to the kind of decision, with what it freezes taken from the case."""
    if wish.decision is DecisionKind.ACCEPT_RISK:
        row = next((row for row in case.register if row.risk == wish.risk), None)
        if row is None:
            known = ", ".join(row.risk for row in case.register[:5])
            raise UsageError(f"there is no risk {wish.risk!r} in the register", hint=f"There are {known} and others.")
        rated = row.residual
        return {
            "risk": AcceptedRisk(risk=row.risk, likelihood=rated.likelihood, impact=rated.impact, level=rated.level)
        }
    if wish.decision is DecisionKind.WAIVE:
        result = case.assessment.control(wish.control or "")
        if result is None:
            raise UsageError(f"there is no control {wish.control!r}", hint="Name it with --control.")
        return {
            "waiver": Waiver.model_validate(
                {"control": result.id, "standing": result.standing, "compensation": wish.compensation,
                 "owner": wish.owner, "retest": wish.retest}
            )
        }  # fmt: skip
    if wish.decision is DecisionKind.EXCEPT_DUTIES:
        return {"exception": DutiesException.model_validate({"person": wish.person, "duties": wish.duties})}
    return {"plan": wish.plan} if wish.decision is DecisionKind.PLAN else {}
