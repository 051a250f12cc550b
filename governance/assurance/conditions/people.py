"""The two words of a policy that are about people: who signed, and whether duties were kept apart.

`signed_by` counts approvals that are in force (see `validity`), of different people in the roles that the tier asks for. A refusal that is
its author's last word denies, whatever else was signed; so does a retirement. Where enough people approved, and evidence, content, the
system or the risks changed since, nobody can tell whether they would again. Everything else that is missing is a *no*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.assurance import approvals, validity
from governance.assurance.conditions.telling import untold
from governance.domain.approval import State
from governance.domain.assessment import ConditionResult
from governance.domain.policy import Answer
from governance.parsing.people import person_key

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.approval import ApprovalState
    from governance.domain.conditions import DutiesApart, Quorum, SignedBy
    from governance.domain.dossier import Dossier

GONE = frozenset({State.VOID, State.RETIRED, State.REVOKED, State.SUPERSEDED, State.EXPIRED, State.NOT_YET})
"""States in which nobody approves with it, whatever else is true of it."""


def signed_by(condition: str, asked: SignedBy, now: Now) -> ConditionResult:
    """A quorum of different people approves, nobody refuses, and nothing changed since outside an envelope."""
    if now.dossier.identity is None:
        reason = "no weights of a candidate were attached, so there is nothing to sign"
        return untold(condition, reason, ("attach the model folder",))
    quorum = asked.of(now.dossier.system.tier)
    found = validity.states(now)
    identity = now.dossier.identity.digest
    last, _ = approvals.last_words(now.dossier, identity)
    refused = [signed.decision for signed in last if signed.decision.decision.ends]
    retirement = approvals.retired(now.dossier, identity)
    if retirement is not None and retirement.decision not in refused:
        refused.append(retirement.decision)
    fit = [state for state in found if state.counts]
    short = approvals.missing(quorum, _places(fit))
    if refused or short:
        open_ones = [state for state in found if _open(state)]
        if not refused and not approvals.missing(quorum, _places([*fit, *open_ones])):
            said = "; ".join(dict.fromkeys(state.why for state in open_ones))
            return untold(
                condition, said, ("sign again over the present ledger",), [s.decision for s in (*fit, *open_ones)]
            )
        return _denied(condition, quorum, found, refused, short, now.dossier)
    void = approvals.void_refusals(now.dossier, identity)
    if void:
        whose = ", ".join(f"{s.decision.signer} ({s.decision.role}): {s.problem}" for s in void)
        turn = "put the signer back on the list, or have the refusal settled by its author"
        said = f"a refusal is on record whose signature does not count: {whose}"
        return untold(condition, said, (turn,), [signed.id for signed in void])
    counted = [state for state in fit if state.role in quorum.roles]
    return ConditionResult(
        id=condition,
        answer=Answer.YES,
        reason="; ".join([f"approved by {_names(counted)}", *_shown(counted)]),
        evidence=tuple(state.decision for state in counted),
    )


def duties_apart(condition: str, asked: DutiesApart, now: Now) -> ConditionResult:
    """Nobody who approves holds one of these duties without an exception that runs, and it is known who holds each.

    A duty without a holder on record can not tell: it may be the approver's. So can an approval that nobody gave.
    """
    found = validity.states(now)
    identity = now.dossier.identity.digest if now.dossier.identity else None
    approving = [state for state in found if state.identity == identity and state.state not in GONE]
    wanted = [held for held in now.dossier.duties if held.duty in asked.duties]
    free = {(person_key(name), duty) for name, duty in approvals.excepted(now.dossier, now.on.date())}
    said: list[str] = []
    excepted: list[str] = []
    for state in approving:
        own = [held for held in wanted if person_key(held.person) == person_key(state.signer)]
        for held in own:
            if (person_key(held.person), held.duty) in free:
                excepted.append(f"{state.signer} holds the duty {held.duty} by exception")
            else:
                said.append(f"{state.signer} approves and holds the duty {held.duty} ({held.because})")
    ids = tuple(dict.fromkeys(state.decision for state in approving))
    if said:
        return ConditionResult(
            id=condition,
            answer=Answer.NO,
            reason="; ".join(dict.fromkeys(said)),
            would_turn=(
                "let somebody else approve, or have an exception signed: govern sign --decision except-duties",
            ),
            evidence=ids,
            duties_broken=True,
        )
    unknown = [duty for duty in asked.duties if not any(held.duty == duty for held in wanted)]
    if unknown:
        named = ", ".join(f"{duty}: [NAME]" for duty in unknown)
        turns = (
            "attach the evidence with the key of whoever made it: govern attach --key",
            f"name them in the system file: duties: {{{named}}}",
        )
        return untold(condition, f"nobody knows who holds the duty {', '.join(unknown)}", turns, list(ids))
    if not approving:
        return untold(condition, "nobody approves yet, so nobody can be kept apart", ("have it approved",))
    holders = "; ".join(
        f"{duty}: {', '.join(sorted({held.person for held in wanted if held.duty == duty}))}" for duty in asked.duties
    )
    return ConditionResult(
        id=condition,
        answer=Answer.YES,
        reason="; ".join([f"{_names(approving)} approve; {holders}", *dict.fromkeys(excepted)]),
        evidence=ids,
    )


def _denied(
    condition: str,
    quorum: Quorum,
    found: tuple[ApprovalState, ...],
    refused: list[Any],
    short: list[str],
    dossier: Dossier,
) -> ConditionResult:
    said = [f"{d.signer} ({d.role}) says {d.decision}: {d.reason}" for d in refused]
    said += [f"missing: {text}" for text in short]
    said += [f"{state.signer} ({state.role}), {state.state}: {state.why}" for state in found if not state.counts]
    broken = [state for state in found if state.state is State.DUTIES_BROKEN and state.role in quorum.roles]
    decisive = (
        bool(broken)
        and not refused
        and not approvals.missing(quorum, _places([s for s in found if s.counts or s in broken]))
    )
    return ConditionResult(
        id=condition,
        answer=Answer.NO,
        reason="; ".join(said),
        would_turn=tuple(f"{text}: govern sign {dossier.system.id} --decision approve --role …" for text in short),
        evidence=tuple(signed.id for signed in dossier.decisions if approvals.is_word(signed)),
        duties_broken=True if decisive else None,
    )


def _open(state: ApprovalState) -> bool:
    """Whether nothing but changes that its author had not seen keep an approval from counting."""
    return state.state is State.INVALIDATED and {cause.cause for cause in state.causes} <= validity.UNDECIDED


def _places(found: list[ApprovalState]) -> list[tuple[str, str]]:
    return [(state.signer, state.role) for state in found]


def _names(found: list[ApprovalState]) -> str:
    return ", ".join(f"{state.signer} ({state.role})" for state in found)


def _shown(found: list[ApprovalState]) -> list[str]:
    """What an approval that counts stands on beside itself: changes within an envelope, and conditions."""
    within = [f"within {each.by}: {each.said}" for state in found for each in state.within]
    due = [
        f"condition {row.id} of {state.signer} {'is met' if row.met else f'is due on {row.due}'}: {row.said}"
        for state in found
        for row in state.conditions
    ]
    return list(dict.fromkeys([*within, *due]))
