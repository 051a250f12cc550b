"""The gate: a policy's conditions over an assessment, and the smallest things that would turn each *no*.

One *no* denies. Without a *no*, one *could-not-tell* leaves the whole undecided. Only all *yes* allow, and a policy
without conditions denies, because a rule that asks nothing permits nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.assurance.conditions.vocabulary import JUDGES
from governance.assurance.then_and_now import Now
from governance.domain.assessment import ConditionResult, GateResult
from governance.domain.policy import Answer
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.conditions import Condition
    from governance.domain.dossier import Dossier
    from governance.domain.policy import Policy
    from governance.domain.risk import RegisterRow


def policy_digest(policy: Policy, floors: tuple[Policy, ...] = ()) -> str:
    """The digest that a sign-off names: over the policy, and the floors that are asked with it where there are any."""
    if not floors:
        return canonical.digest(policy.plain())
    return canonical.digest({"policy": policy.plain(), "floors": [floor.plain() for floor in floors]})


def gate(
    policy: Policy,
    dossier: Dossier,
    catalogue: Catalogue,
    assessment: Assessment,
    register: tuple[RegisterRow, ...],
    on: datetime,
    contents: Mapping[str, Catalogue] | None = None,
) -> GateResult:
    """The answer of a policy, and of every floor with it, for one system at one moment, with every condition's.

    `contents` are catalogues of earlier days by digest; where the content changed since an approval, they tell what that changed.
    """
    digest = policy_digest(policy, catalogue.floors(policy.id))
    now = Now(dossier, catalogue, policy, digest, assessment, register, on, contents or {})
    results = tuple(_named(name, answer(condition, its), its) for name, condition, its in asked(now))
    verdict, reason = together(results)
    return GateResult(
        system=dossier.system.id,
        policy=policy.id,
        policy_digest=digest,
        on=on,
        answer=verdict,
        conditions=results,
        reason=reason,
    )


def asked(now: Now) -> Iterator[tuple[str, Condition, Now]]:
    """Every condition that is asked of the system: its id, itself, and what it is asked of, which names the policy that asks.

    First those of the policy, then those of each floor as `floor/condition`; one for other tiers than the system's is left out.
    """
    tier = now.dossier.system.tier
    for condition in now.policy.conditions:
        if condition.applies(tier):
            yield condition.id, condition, now
    for floor in now.catalogue.floors(now.policy.id):
        its = replace(now, policy=floor, first=now.policy)
        for condition in floor.conditions:
            if condition.applies(tier):
                yield f"{floor.id}/{condition.id}", condition, its


def _named(name: str, made: ConditionResult, its: Now) -> ConditionResult:
    return made if made.id == name else made.model_copy(update={"id": name, "floor": its.policy.id})


def answer(condition: Condition, now: Now) -> ConditionResult:
    """The answer of one condition."""
    return JUDGES[condition.word](condition.id, getattr(condition, condition.word), now)


def together(results: tuple[ConditionResult, ...]) -> tuple[Answer, str]:
    """(the answer of all of them, in one sentence how many said what)."""
    if not results:
        return Answer.NO, "the policy has no condition, and a rule that asks nothing permits nothing"
    counts = {answer: sum(result.answer is answer for result in results) for answer in Answer}
    said = f"{counts[Answer.YES]} of {len(results)} conditions say yes"
    if counts[Answer.NO]:
        return Answer.NO, f"{said}, {counts[Answer.NO]} no, {counts[Answer.COULD_NOT_TELL]} could not tell"
    if counts[Answer.COULD_NOT_TELL]:
        return Answer.COULD_NOT_TELL, f"{said}, {counts[Answer.COULD_NOT_TELL]} could not tell"
    return Answer.YES, said
