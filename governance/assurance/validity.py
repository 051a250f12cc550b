"""The state of an approval: a function of what was signed and what is, and of nothing that happened in between.

In force is an approval whose signature counts, over the record as it is, for the identity, policy, content, system, risks and
evidence that are there now or changed within an envelope (see `changes`, `envelopes`); whose day has not passed, whose conditions
hold, whose author holds no duty that is kept apart, and which nobody has taken back. Every cause that keeps it from being so
is told, not the first alone.

*Record*: the digests that were signed are derived again from the entries before the checkpoint that the signer saw. Where they do not come
out, the statement says what was not so, or somebody rewrote the past: the approval is void.

*Conditions* act by themselves. Through the day they are due they are pending; from the day after it on, the approval counts only while
each is met. A `control` must be met, looked at anew every time; a waiver of it does not do. A
`kind` must have come in, whole and about this model,
after the approval and not after the day. With neither, an `attested-document.v1` must have come in so whose topic is the condition's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance import approvals, changes, envelopes
from governance.assurance.then_and_now import as_seen
from governance.domain.approval import ApprovalState, Cause, Pending, State, Within
from governance.domain.control import Standing
from governance.domain.decision import DecisionKind
from governance.domain.evidence import Quality
from governance.domain.seen import evidence_root, system_digest
from governance.parsing.people import person_key

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.decision import ApprovalCondition, Decision, SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

UNDECIDED = frozenset({"evidence", "content", "system", "risk"})
"""Causes that leave open whether the approver would approve again; any other is a *no*."""


def states(now: Now) -> tuple[ApprovalState, ...]:
    """The state of every approval on record, oldest first."""
    return tuple(standing_of(signed, now) for signed in now.dossier.decisions if signed.decision.decision.approves)


def standing_of(signed: SignedDecision, now: Now) -> ApprovalState:
    """The state of one approval with every cause."""
    decision = signed.decision
    record = _record(signed, now.dossier)
    found: list[tuple[State, Cause]] = [(State.VOID, cause) for cause in record]
    within: tuple[Within, ...] = ()
    pending: tuple[Pending, ...] = ()
    if not record:
        found += _taken_back(signed, now.dossier)
        found += _days(decision, now)
        found += _duties(decision, now)
        pending = tuple(condition_of(condition, decision, now) for condition in decision.conditions)
        found += [
            (
                State.CONDITIONS_OVERDUE,
                Cause(cause="condition", said=f"condition {row.id} was due on {row.due}: {row.said}", items=(row.id,)),
            )
            for row in pending
            if row.overdue
        ]
        causes, within = _changed(signed, now)
        found += [(State.INVALIDATED, cause) for cause in causes]
    order = list(State)
    state = max((state for state, _ in found), key=order.index, default=State.IN_FORCE)
    return ApprovalState(
        decision=signed.id,
        signer=decision.signer,
        role=decision.role,
        identity=decision.identity,
        state=state,
        causes=tuple(cause for _, cause in found),
        within=within,
        conditions=pending,
    )


def condition_of(condition: ApprovalCondition, decision: Decision, now: Now) -> Pending:
    """How a condition of an approval stands: met, pending or overdue."""
    evidence: tuple[str, ...] = ()
    if condition.control is not None:
        result = now.assessment.control(condition.control)
        met = result is not None and result.standing is Standing.MET
        said = f"{condition.control} is {result.standing if result else 'not in the catalogue'}"
        evidence = result.evidence if result else ()
    else:
        pieces = [piece for piece in now.dossier.pieces if _answers(condition, piece, decision, now)]
        met = bool(pieces)
        evidence = tuple(piece.id for piece in pieces)
        wanted = condition.kind or f"{envelopes.ATTESTED} on the topic {condition.id}"
        said = f"{wanted} came in" if met else f"no {wanted} came in after the approval and by the day"
    return Pending(
        id=condition.id,
        text=condition.text,
        owner=condition.owner,
        due=condition.due.isoformat(),
        met=met,
        overdue=not met and now.on.date() > condition.due,
        said=said,
        evidence=evidence,
    )


def _answers(condition: ApprovalCondition, piece: Piece, decision: Decision, now: Now) -> bool:
    effective = piece.record.effective_at
    return (
        envelopes.foresees(condition, piece, now)
        and piece.seq >= decision.checkpoint.size
        and piece.recorded_at.date() <= condition.due
        and piece.record.quality is Quality.COMPLETE
        and (effective is None or effective <= now.on)
        and piece.body.get("in_place") is not False
        and changes.bears_on(piece, now.dossier, now.catalogue)
    )


def _record(signed: SignedDecision, dossier: Dossier) -> list[Cause]:
    """Why the statement is none: its signature, its system, or digests that the entries before its checkpoint do not give."""
    decision, size = signed.decision, signed.decision.checkpoint.size
    if not signed.valid:
        return [Cause(cause="record", said=signed.problem or "the signature is not valid", items=(signed.id,))]
    if decision.system != dossier.system.id:
        return [Cause(cause="record", said="signed for another system", items=(decision.system,))]
    found = []
    if evidence_root(piece.leaf for piece in dossier.pieces if piece.seq < size) != decision.evidence_root:
        said = f"the evidence recorded before entry {size} is not the evidence that was signed"
        found.append(Cause(cause="record", said=said, items=(decision.evidence_root,)))
    before = [each for each in dossier.registrations if each.seq < size]
    if dossier.registrations and (not before or system_digest(before[-1].body) != decision.system_digest):
        said = f"the system as stated before entry {size} is not the one that was signed"
        found.append(Cause(cause="record", said=said, items=(decision.system_digest,)))
    return found


def _taken_back(signed: SignedDecision, dossier: Dossier) -> list[tuple[State, Cause]]:
    """What ended it: a retirement or revocation of the model, a revocation of it by name, its author's later word."""
    decision, found = signed.decision, []
    retirement = approvals.retired(dossier, decision.identity)
    if retirement is not None:
        said = f"{retirement.decision.signer} ({retirement.decision.role}) took this model out of use: {retirement.decision.reason}"
        found.append((State.RETIRED, Cause(cause="revoked", said=said, items=(retirement.id,))))
    by_name = approvals.ended(dossier).get(signed.id)
    if by_name is not None:
        said = f"{by_name.decision.signer} ({by_name.decision.role}) revoked it: {by_name.decision.reason}"
        found.append((State.REVOKED, Cause(cause="revoked", said=said, items=(by_name.id,))))
    for word in approvals.last_words(dossier, decision.identity or "")[0]:
        same = word.decision.role == decision.role and person_key(word.decision.signer) == person_key(decision.signer)
        if word.decision.decision is DecisionKind.REVOKE:
            said = f"{word.decision.signer} ({word.decision.role}) revoked the approval of this model: {word.decision.reason}"
            found.append((State.REVOKED, Cause(cause="revoked", said=said, items=(word.id,))))
        elif same and word.id != signed.id:
            said = f"{word.decision.signer} says {word.decision.decision} since"
            found.append((State.SUPERSEDED, Cause(cause="revoked", said=said, items=(word.id,))))
    return found


def _days(decision: Decision, now: Now) -> list[tuple[State, Cause]]:
    found = []
    if decision.signed_at > now.on:
        said = f"it is dated in the future, {decision.signed_at:%Y-%m-%d %H:%M} UTC"
        found.append((State.NOT_YET, Cause(cause="expiry", said=said)))
    if decision.expires is not None and decision.expires < now.on.date():
        found.append((State.EXPIRED, Cause(cause="expiry", said=f"it expired on {decision.expires}")))
    return found


def _duties(decision: Decision, now: Now) -> list[tuple[State, Cause]]:
    broken = approvals.conflicts(decision.signer, now.dossier, now.on.date())
    return [(State.DUTIES_BROKEN, Cause(cause="duties", said=each, items=(decision.signer,))) for each in broken]


def _changed(signed: SignedDecision, now: Now) -> tuple[list[Cause], tuple[Within, ...]]:
    decision, dossier = signed.decision, now.dossier
    causes = []
    identity = dossier.identity
    if identity is None or identity.digest != decision.identity:
        seen = as_seen(dossier, decision.checkpoint.size).identity
        parts: tuple[str, ...] = ()
        if identity is None:
            said = "no weights of a candidate are named any longer"
        else:
            said = "another model identity is to be released than the one that was signed"
            if seen is not None and seen.digest == decision.identity:
                parts = seen.differences(identity)
                said += f": {'; '.join(parts)}" if parts else ""
        causes.append(Cause(cause="identity", said=said, items=parts))
    if decision.policy_digest != now.policy_digest:
        said = f"it was signed under another policy{'' if decision.policy == now.policy.id else f', {decision.policy}'}"
        causes.append(Cause(cause="policy", said=said, items=(decision.policy_digest,)))
    found = changes.since(signed, now)
    for each in found.loosened:
        what = (
            each.decision.waiver.control
            if each.decision.waiver
            else each.decision.risk.risk
            if each.decision.risk
            else ""
        )
        said = f"{each.decision.signer} signed {each.decision.decision} of {what}, which {decision.signer} had not seen"
        causes.append(Cause(cause="risk", said=said, items=(each.id,)))
    weighed = envelopes.Weighing(decision, found, now).result()
    return [*causes, *weighed.causes], tuple(weighed.within)
