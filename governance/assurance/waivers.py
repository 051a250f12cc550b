"""What a waiver covers, and which risks are accepted: signed, running, on this identity, by somebody who may.

A *waiver* turns no standing: the control stays what the evidence says, in every document, and in the arithmetic of the risks. It
lets a policy's `controls_met` pass it over. It counts while

- its signature is valid and in the role approver or risk-owner, and its author holds no duty that is kept apart;
- it is of this system and of this very identity: another model inherits no waiver;
- neither its last day nor its retest has passed, and nobody has ended it;
- the control stands no worse than when it was waived. Who waived a test that was stale said nothing of one that failed.

An *accepted risk* counts for as long as the rating that its owner froze is nowhere below the present one, likelihood and impact
each by itself, and its last day has not passed. It moves no rating either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.assurance import approvals
from governance.assurance.asks import WORST_FIRST
from governance.domain.control import Standing
from governance.domain.decision import DecisionKind

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.decision import AcceptedRisk, SignedDecision, Waiver
    from governance.domain.dossier import Dossier
    from governance.domain.risk import RegisterRow

WAIVABLE = frozenset({Standing.UNMET, Standing.MISSING, Standing.STALE, Standing.INCONCLUSIVE})
WAIVING_ROLES = frozenset({"approver", "risk-owner"})


@dataclass(frozen=True)
class Given:
    """A waiver or an acceptance with why it does not count, or None while it does."""

    signed: SignedDecision
    problem: str | None


def waivers(dossier: Dossier, on: datetime) -> tuple[Given, ...]:
    """Every waiver on record, oldest first. Whether one covers a control as it stands is `covering`."""
    return tuple(
        Given(signed, _waiver_problem(signed, dossier, on))
        for signed in dossier.decisions
        if signed.decision.decision is DecisionKind.WAIVE
    )


def acceptances(dossier: Dossier, on: datetime) -> tuple[Given, ...]:
    """Every accepted risk on record, oldest first. Whether one holds for a rating is `accepting`."""
    return tuple(
        Given(
            signed,
            _problem(signed, dossier, on)
            or (None if signed.decision.role == "risk-owner" else "a risk is accepted in the role risk-owner"),
        )
        for signed in dossier.decisions
        if signed.decision.decision is DecisionKind.ACCEPT_RISK
    )


def waiver_of(signed: SignedDecision) -> Waiver:
    """What a waiver says; its noun sees to it that it is there."""
    if signed.decision.waiver is None:
        raise AssertionError("a waiver without its part, which its noun refuses")
    return signed.decision.waiver


def accepted_in(signed: SignedDecision) -> AcceptedRisk:
    """The frozen rating of an acceptance; its noun sees to it that it is there."""
    if signed.decision.risk is None:
        raise AssertionError("an acceptance without its part, which its noun refuses")
    return signed.decision.risk


def covering(
    control: str, standing: Standing, dossier: Dossier, on: datetime
) -> tuple[SignedDecision | None, list[str]]:
    """The newest waiver that covers a control as it stands, and why each other one for it does not count."""
    found: SignedDecision | None = None
    said: list[str] = []
    for given in waivers(dossier, on):
        waiver = waiver_of(given.signed)
        if waiver.control != control:
            continue
        problem = given.problem or reach(waiver.standing, standing)
        if problem is None:
            found = given.signed
        else:
            said.append(f"the waiver of {control} by {given.signed.decision.signer} does not count: {problem}")
    return found, said


def accepting(row: RegisterRow, dossier: Dossier, on: datetime) -> tuple[SignedDecision | None, list[str]]:
    """The newest acceptance that holds for a risk as it is rated, and why each other one for it does not count."""
    found: SignedDecision | None = None
    said: list[str] = []
    for given in acceptances(dossier, on):
        frozen = accepted_in(given.signed)
        if frozen.risk != row.risk:
            continue
        problem = given.problem
        if problem is None and (row.residual.likelihood > frozen.likelihood or row.residual.impact > frozen.impact):
            problem = (
                f"it accepts {frozen.likelihood} × {frozen.impact}, and the risk is now "
                f"{row.residual.likelihood} × {row.residual.impact}"
            )
        if problem is None:
            found = given.signed
        else:
            said.append(f"{row.risk} was accepted by {given.signed.decision.signer}, which does not count: {problem}")
    return found, said


def _waiver_problem(signed: SignedDecision, dossier: Dossier, on: datetime) -> str | None:
    problem = _problem(signed, dossier, on)
    if problem is not None:
        return problem
    if signed.decision.role not in WAIVING_ROLES:
        return f"signed in the role {signed.decision.role}, and a waiver is an approver's or a risk owner's"
    broken = approvals.conflicts(signed.decision.signer, dossier, on.date())
    if broken:
        return "; ".join(broken)
    if waiver_of(signed).retest < on.date():
        return f"its retest was due on {waiver_of(signed).retest}"
    return None


def _problem(signed: SignedDecision, dossier: Dossier, on: datetime) -> str | None:
    decision = signed.decision
    identity = dossier.identity.digest if dossier.identity else None
    ending = approvals.ended(dossier).get(signed.id)
    problem = None
    if not signed.valid:
        problem = signed.problem or "the signature is not valid"
    elif decision.system != dossier.system.id:
        problem = "signed for another system"
    elif decision.identity != identity:
        problem = "signed for another model identity"
    elif ending is not None:
        problem = f"ended by {ending.decision.signer}: {ending.decision.reason}"
    elif decision.signed_at > on:
        problem = "dated in the future"
    elif decision.expires is None or decision.expires < on.date():
        problem = f"expired on {decision.expires}"
    return problem


def reach(waived: str, standing: Standing) -> str | None:
    """Why a waiver given over one standing says nothing of another."""
    if standing not in WAIVABLE:
        return f"{standing} is nothing that is waived"
    then = next((WORST_FIRST.index(each) for each in WORST_FIRST if each.value == waived), None)
    if then is None or WORST_FIRST.index(standing) < then:
        return f"it was given while the control stood at {waived}, and it is {standing} now"
    return None
