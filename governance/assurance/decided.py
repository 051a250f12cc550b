"""What became of every decision that is no approval: refusals, endings, waivers, accepted risks, exceptions, policies set.

The states are those of approvals (see `governance.domain.approval`), so that a document tells all decisions in one tongue. What an
approval comes to is `validity`; which waiver covers a control is `waivers`; nothing here judges anew what these two judge.

A refusal whose signature does not count is void here, and still keeps the gate from a yes (`approvals.void_refusals`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance import approvals, waivers
from governance.domain.approval import ApprovalState, Cause, State
from governance.domain.decision import DecisionKind
from governance.parsing.people import person_key

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.risk import RegisterRow

_Found = list[tuple[State, Cause]]


def states(
    dossier: Dossier, assessment: Assessment, register: tuple[RegisterRow, ...], on: datetime
) -> tuple[ApprovalState, ...]:
    """The state of every decision that is no approval, oldest first."""
    return tuple(
        _state(signed, dossier, assessment, register, on)
        for signed in dossier.decisions
        if not signed.decision.decision.approves
    )


def _state(
    signed: SignedDecision,
    dossier: Dossier,
    assessment: Assessment,
    register: tuple[RegisterRow, ...],
    on: datetime,
) -> ApprovalState:
    found = _record(signed, dossier)
    if not found:
        kind = signed.decision.decision
        found = _ended(signed, dossier) + _days(signed, on)
        if kind.ends:
            found += _word(signed, dossier)
        elif kind is DecisionKind.WAIVE:
            found += _waived(signed, dossier, assessment, on)
        elif kind is DecisionKind.ACCEPT_RISK:
            found += _accepted(signed, dossier, register)
    order = list(State)
    return ApprovalState(
        decision=signed.id,
        signer=signed.decision.signer,
        role=signed.decision.role,
        identity=signed.decision.identity,
        state=max((state for state, _ in found), key=order.index, default=State.IN_FORCE),
        causes=tuple(cause for _, cause in found),
    )


def _record(signed: SignedDecision, dossier: Dossier) -> _Found:
    """Why the statement is none at all."""
    if not signed.valid:
        said = signed.problem or "the signature is not valid"
    elif signed.decision.system != dossier.system.id:
        said = "signed for another system"
    else:
        return []
    return [(State.VOID, Cause(cause="record", said=said, items=(signed.id,)))]


def _ended(signed: SignedDecision, dossier: Dossier) -> _Found:
    by = approvals.ended(dossier).get(signed.id)
    if by is None:
        return []
    said = f"{by.decision.signer} ({by.decision.role}) ended it: {by.decision.reason}"
    return [(State.REVOKED, Cause(cause="revoked", said=said, items=(by.id,)))]


def _days(signed: SignedDecision, on: datetime) -> _Found:
    decision = signed.decision
    found: _Found = []
    if decision.expires is not None and decision.expires < on.date():
        found.append((State.EXPIRED, Cause(cause="expiry", said=f"it expired on {decision.expires}")))
    # An exception is counted by its days alone, as the auditor's verifier does it.
    if decision.signed_at > on and decision.decision is not DecisionKind.EXCEPT_DUTIES:
        said = f"it is dated in the future, {decision.signed_at:%Y-%m-%d %H:%M} UTC"
        found.append((State.NOT_YET, Cause(cause="expiry", said=said)))
    return found


def _word(signed: SignedDecision, dossier: Dossier) -> _Found:
    """Whether a refusal still is its author's last word, and whether a revocation by name ends anything."""
    decision = signed.decision
    if decision.target is not None:
        if any(by.id == signed.id for by in approvals.ended(dossier).values()):
            return []
        said = "it ends nothing: what it names can not be ended by it, or was ended before"
        return [(State.VOID, Cause(cause="record", said=said, items=(decision.target,)))]
    for word in approvals.last_words(dossier, decision.identity or "")[0]:
        same = word.decision.role == decision.role and person_key(word.decision.signer) == person_key(decision.signer)
        if same and word.id != signed.id and decision.decision is not DecisionKind.RETIRE:
            said = f"{word.decision.signer} says {word.decision.decision} since"
            return [(State.SUPERSEDED, Cause(cause="revoked", said=said, items=(word.id,)))]
    return []


def _waived(signed: SignedDecision, dossier: Dossier, assessment: Assessment, on: datetime) -> _Found:
    waiver = waivers.waiver_of(signed)
    found = _same_model(signed, dossier)
    if signed.decision.role not in waivers.WAIVING_ROLES:
        said = f"signed in the role {signed.decision.role}, and a waiver is an approver's or a risk owner's"
        found.append((State.VOID, Cause(cause="record", said=said)))
    found += [
        (State.DUTIES_BROKEN, Cause(cause="duties", said=each, items=(signed.decision.signer,)))
        for each in approvals.conflicts(signed.decision.signer, dossier, on.date())
    ]
    if waiver.retest < on.date():
        said = f"its retest was due on {waiver.retest}"
        found.append((State.CONDITIONS_OVERDUE, Cause(cause="condition", said=said, items=(waiver.control,))))
    result = assessment.control(waiver.control)
    if result is None:
        said = f"the catalogue has no control {waiver.control}"
        found.append((State.INVALIDATED, Cause(cause="content", said=said, items=(waiver.control,))))
    elif result.standing in waivers.WAIVABLE and (problem := waivers.reach(waiver.standing, result.standing)):
        found.append((State.INVALIDATED, Cause(cause="evidence", said=problem, items=(waiver.control,))))
    return found


def _accepted(signed: SignedDecision, dossier: Dossier, register: tuple[RegisterRow, ...]) -> _Found:
    frozen = waivers.accepted_in(signed)
    found = _same_model(signed, dossier)
    if signed.decision.role != "risk-owner":
        found.append((State.VOID, Cause(cause="record", said="a risk is accepted in the role risk-owner")))
    row = next((row for row in register if row.risk == frozen.risk), None)
    if row is None:
        said = f"the register has no risk {frozen.risk} any longer"
        found.append((State.INVALIDATED, Cause(cause="risk", said=said, items=(frozen.risk,))))
    elif row.residual.likelihood > frozen.likelihood or row.residual.impact > frozen.impact:
        said = (
            f"it accepts {frozen.likelihood} × {frozen.impact}, and the risk is now "
            f"{row.residual.likelihood} × {row.residual.impact}"
        )
        found.append((State.INVALIDATED, Cause(cause="risk", said=said, items=(frozen.risk,))))
    return found


def _same_model(signed: SignedDecision, dossier: Dossier) -> _Found:
    identity = dossier.identity.digest if dossier.identity else None
    if signed.decision.identity == identity:
        return []
    return [(State.INVALIDATED, Cause(cause="identity", said="signed for another model identity"))]
