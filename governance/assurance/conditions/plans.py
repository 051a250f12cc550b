"""Since when each suite of the plan in force stands as it does, and what was loosened after a result was known.

Of the plans that count (`tried.plans`) the one sealed last is in force, and those before it are its history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.domain.decision import SignedDecision
    from governance.domain.plan import Plan, PlannedSuite


@dataclass(frozen=True)
class Fixed:
    """A suite with the plan that fixed it as it is now: the first of those that say the same up to the last."""

    suite: PlannedSuite
    by: SignedDecision


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
