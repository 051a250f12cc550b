"""The gate: a policy's conditions over an assessment, and the smallest things that would turn each *no*.

One *no* denies. Without a *no*, one *could-not-tell* leaves the whole undecided. Only all *yes* allow, and a policy
without conditions denies, because a rule that asks nothing permits nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.assurance.conditions import JUDGES
from governance.domain.assessment import ConditionResult, GateResult
from governance.domain.policy import Answer, Condition, Policy
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.risk import RegisterRow


def policy_digest(policy: Policy) -> str:
    """The digest that a sign-off names."""
    return canonical.digest(policy.plain())


def gate(
    policy: Policy,
    dossier: Dossier,
    catalogue: Catalogue,
    assessment: Assessment,
    register: tuple[RegisterRow, ...],
    on: datetime,
    contents: Mapping[str, Catalogue] | None = None,
) -> GateResult:
    """The answer of a policy for one system at one moment, with every condition's.

    `contents` are catalogues of earlier days by digest; where the content changed since an approval, they tell what that changed.
    """
    digest = policy_digest(policy)
    given = {
        "dossier": dossier, "catalogue": catalogue, "assessment": assessment, "register": register, "on": on,
        "policy": policy, "policy_digest": digest, "contents": contents or {},
    }  # fmt: skip
    results = tuple(answer(condition, given) for condition in policy.conditions)
    verdict, reason = _together(results)
    return GateResult(
        system=dossier.system.id,
        policy=policy.id,
        policy_digest=digest,
        on=on,
        answer=verdict,
        conditions=results,
        reason=reason,
    )


def answer(condition: Condition, given: Mapping[str, Any]) -> ConditionResult:
    """The answer of one condition; `given` are the keywords of `Judge`."""
    for name, judge in JUDGES.items():
        asked = getattr(condition, name)
        if asked is not None:
            return judge(condition.id, asked, **given)
    raise AssertionError(f"condition {condition.id} is empty, which its noun refuses")


def _together(results: tuple[ConditionResult, ...]) -> tuple[Answer, str]:
    if not results:
        return Answer.NO, "the policy has no condition, and a rule that asks nothing permits nothing"
    counts = {answer: sum(result.answer is answer for result in results) for answer in Answer}
    said = f"{counts[Answer.YES]} of {len(results)} conditions say yes"
    if counts[Answer.NO]:
        return Answer.NO, f"{said}, {counts[Answer.NO]} no, {counts[Answer.COULD_NOT_TELL]} could not tell"
    if counts[Answer.COULD_NOT_TELL]:
        return Answer.COULD_NOT_TELL, f"{said}, {counts[Answer.COULD_NOT_TELL]} could not tell"
    return Answer.YES, said
