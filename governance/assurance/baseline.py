"""The gate against what is new: conditions that answered the same when the last release was approved are told, and do not count.

People's words (`signed_by`, `duties_apart`) always count: an approval of the last release is none of this one. So does a condition that
was not asked then, and one whose answer got worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance.conditions.telling import WORST_FIRST
from governance.assurance.gate import together
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from governance.domain.assessment import ConditionResult, GateResult
    from governance.domain.policy import Policy

ALWAYS = frozenset({"signed_by", "duties_apart"})


def against(then: GateResult, now: GateResult, policies: dict[str, Policy]) -> tuple[GateResult, tuple[str, ...]]:
    """(the gate over what is new, the ids of the conditions that stood the same and are left out).

    `policies` are those whose conditions were asked now, by id; they tell which word a condition is.
    """
    before = {result.id: result.answer for result in then.conditions}
    known = tuple(
        result.id
        for result in now.conditions
        if result.answer is not Answer.YES
        and _word(result, now, policies) not in ALWAYS
        and _stood(before.get(result.id), result)
    )
    counted = tuple(result for result in now.conditions if result.id not in known)
    if not counted:
        reason = f"nothing is new: all {len(known)} conditions answer as when the last release was approved"
        return now.model_copy(update={"answer": Answer.COULD_NOT_TELL, "reason": reason}), known
    verdict, reason = together(counted)
    told = (
        f"{reason}; {len(known)} stood no better when the last release was approved and are left out"
        if known
        else reason
    )
    return now.model_copy(update={"answer": verdict, "reason": told}), known


def _stood(then: Answer | None, result: ConditionResult) -> bool:
    """Whether it was asked then, and answered no better than now."""
    return then is not None and WORST_FIRST.index(then) <= WORST_FIRST.index(result.answer)


def _word(result: ConditionResult, now: GateResult, policies: dict[str, Policy]) -> str:
    policy = policies.get(result.floor or now.policy)
    name = result.id.rpartition("/")[2] if result.floor else result.id
    return next((each.word for each in (policy.conditions if policy else ()) if each.id == name), "")
