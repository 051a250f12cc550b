"""The closed vocabulary of a policy: each word with the judge that answers it.

Each judge returns yes, no or could-not-tell with the numbers it looked at and, for a *no*, what would turn it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from governance.assurance.conditions.attempts import max_attempts
from governance.assurance.conditions.bounds import interval, metric
from governance.assurance.conditions.non_inferior import non_inferior
from governance.assurance.conditions.people import duties_apart, signed_by
from governance.assurance.conditions.planned import as_planned
from governance.assurance.conditions.renewed import fresh, safety_retested_after_change
from governance.assurance.conditions.slices import no_worse_slice
from governance.assurance.conditions.standings import controls_met, no_open_finding, requirements_met, risk_at_most
from governance.assurance.conditions.sufficient import sufficient
from governance.assurance.conditions.waived import waiver_allowed

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.assessment import ConditionResult

Judge = Callable[[str, Any, "Now"], "ConditionResult"]
"""Answers one word: the id of the condition, what it asks, and all that is known."""

JUDGES: Mapping[str, Judge] = {
    "controls_met": controls_met,
    "requirements_met": requirements_met,
    "interval": interval,
    "non_inferior": non_inferior,
    "no_worse_slice": no_worse_slice,
    "max_attempts": max_attempts,
    "sufficient": sufficient,
    "fresh": fresh,
    "safety_retested_after_change": safety_retested_after_change,
    "as_planned": as_planned,
    "metric": metric,
    "risk_at_most": risk_at_most,
    "no_open_finding": no_open_finding,
    "waiver_allowed": waiver_allowed,
    "signed_by": signed_by,
    "duties_apart": duties_apart,
}
"""The name of a field of `Condition`, and its judge."""
