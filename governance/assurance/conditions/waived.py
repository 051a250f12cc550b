"""`waiver_allowed`: which controls may be waived at all, for how long, and how many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance import waivers
from governance.domain.assessment import ConditionResult
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import WaiverAllowed
    from governance.domain.decision import SignedDecision


def waiver_allowed(condition: str, asked: WaiverAllowed, now: Now) -> ConditionResult:
    """Every waiver that counts now is one that may be. None at all is a yes: it is a limit on what was let pass."""
    running = [each.signed for each in waivers.waivers(now.dossier, now.on) if each.problem is None]
    wrong = {signed.id: why for signed in running if (why := _wrong(signed, asked))}
    if asked.most is not None and len(running) > asked.most:
        wrong[""] = f"{len(running)} waivers run, and {asked.most} may"
    named = ", ".join(waivers.waiver_of(signed).control for signed in running)
    return ConditionResult(
        id=condition,
        answer=Answer.NO if wrong else Answer.YES,
        reason="; ".join(wrong.values())
        or (f"{len(running)} waivers run, as they may: {named}" if running else "no waiver runs"),
        would_turn=tuple(dict.fromkeys(_turn(signed) for signed in running if signed.id in wrong or "" in wrong)),
        evidence=tuple(signed.id for signed in running),
    )


def _wrong(signed: SignedDecision, asked: WaiverAllowed) -> str | None:
    control, said = waivers.waiver_of(signed).control, signed.decision
    if control not in asked.controls:
        return f"{control} was waived by {said.signer}, and may not be"
    if asked.within_days is not None and said.expires is not None:
        days = (said.expires - said.signed_at.date()).days
        if days > asked.within_days:
            return f"the waiver of {control} by {said.signer} runs {days:,} days, and may run {asked.within_days:,}"
    return None


def _turn(signed: SignedDecision) -> str:
    control = waivers.waiver_of(signed).control
    return f"{control}: meet it, and end its waiver (govern sign --decision revoke --target {signed.id})"
