"""Which plan is in force, since when each suite of it stands as it does, and what was loosened after a result was known.

A plan counts while its signature does. The one sealed last is in force; those before it since the last approval are its history, and
sealing another one resets no count: runs are counted from the first of them on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.domain.decision import DecisionKind

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.plan import Plan, PlannedSuite


@dataclass(frozen=True)
class Fixed:
    """A suite with the plan that fixed it as it is now: the first of those that say the same up to the last."""

    suite: PlannedSuite
    by: SignedDecision


def history(dossier: Dossier, on: datetime) -> tuple[SignedDecision, ...]:
    """The plans since the last approval before the newest of them, oldest first: an approval of what was planned ends no plan."""
    plans = [
        signed
        for signed in dossier.valid
        if signed.decision.decision is DecisionKind.PLAN and signed.decision.signed_at <= on
    ]
    since = approved(dossier, plans[-1].seq) if plans else -1
    return tuple(signed for signed in plans if signed.seq > since)


def approved(dossier: Dossier, before: int) -> int:
    """The last entry before another one in which somebody approved, or -1."""
    given = [signed.seq for signed in dossier.valid if signed.decision.decision.approves and signed.seq < before]
    return max(given, default=-1)


def fixed(plans: tuple[SignedDecision, ...], task: str, metric: str, against: str | None) -> Fixed | None:
    """The suite as the plan in force has it, or None where it is not in it."""
    if not plans or (now := _suite(plans[-1], task, metric, against)) is None:
        return None
    first = plans[-1]
    for signed in reversed(plans[:-1]):
        if _suite(signed, task, metric, against) != now:
            break
        first = signed
    return Fixed(now, first)


def looser(after: PlannedSuite, before: PlannedSuite) -> str | None:
    """In what a suite lets more pass than another, or None."""
    pairs = (
        ("the margin", after.margin, before.margin, 1),
        ("the upper bound", after.at_most, before.at_most, 1),
        ("the lower bound", after.at_least, before.at_least, -1),
        ("the confidence", after.confidence, before.confidence, -1),
        ("the number of items", after.n, before.n, -1),
        ("the number of runs", after.runs, before.runs, 1),
    )
    for what, new, old, sign in pairs:
        if old is not None and (new is None or (new - old) * sign > 0):
            return f"{what} is {'gone' if new is None else f'{new:g}'} and was {old:g}"
    return None


def plan_of(signed: SignedDecision) -> Plan:
    """What a plan says; its noun sees to it that it is there."""
    if signed.decision.plan is None:
        raise AssertionError("a plan without its part, which its noun refuses")
    return signed.decision.plan


def _suite(signed: SignedDecision, task: str, metric: str, against: str | None) -> PlannedSuite | None:
    return plan_of(signed).suite(task, metric, against)
