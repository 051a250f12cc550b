"""The policy for high stakes: it asks all that a release asks, and each thing more is shown by an example in which it alone stands in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from governance.assurance.gate import gate
from governance.checking.cases import case_of, noon
from governance.checking.given import merged
from governance.domain.policy import Answer, PolicyExample

if TYPE_CHECKING:
    from governance.domain.assessment import GateResult
    from governance.domain.catalogue import Catalogue

NAME = "high-stakes"
ALLOWED = "Everything shown, planned and signed by two"
MORE = {
    "planned-before-it-was-run", "safety-run-few-times", "enough-questions-to-see-a-loss", "no-less-safe-than-the-last-release",
    "no-group-fares-worse", "results-half-a-year-old-at-most", "safe-secure-and-looked-after", "little-is-waived",
    "reviewed-and-signed-by-two",
}  # fmt: skip


def asked(ours: Catalogue, example: PolicyExample) -> GateResult:
    policy = ours.policy(NAME)
    alone = replace(ours, policies={NAME: policy})
    dossier, assessment, rows = case_of(policy, example, alone)
    return gate(policy, dossier, alone, assessment, rows, noon(example.on))


def like(**given: object) -> PolicyExample:
    return PolicyExample.model_validate(
        {"name": "A case", "answers": "yes", "on": "2026-11-22", "given": {"like": ALLOWED, **given}}
    )


def test_whatever_a_release_asks_is_asked_here_too(ours: Catalogue) -> None:
    strict = ours.policy(NAME).conditions
    for condition in ours.policy("release").conditions:
        if condition.word != "signed_by":  # which asks for one person, and here for two
            assert condition in strict, condition.id
    assert {each.id for each in strict} - {each.id for each in ours.policy("release").conditions} == MORE


def test_each_condition_more_is_the_only_one_in_the_way_in_some_example(ours: Catalogue) -> None:
    alone = set()
    for example in ours.policy(NAME).examples:
        short = [each.id for each in asked(ours, example).conditions if each.answer is not Answer.YES]
        alone |= set(short) if len(short) == 1 else set()
    assert alone >= MORE


@pytest.mark.parametrize("tier", ["low", "limited", "high", None])
def test_it_asks_the_same_of_every_tier_for_it_is_chosen_by_name(ours: Catalogue, tier: str | None) -> None:
    assert asked(ours, like(tier=tier)).answer is Answer.YES


def test_that_two_people_approve_it_does_not_end_the_count_of_its_runs(ours: Catalogue) -> None:
    tries = [{"task": "xstest", "metric": "acc", "value": 0.7, "n": 1000, "higher_is_better": True}] * 3
    for signed in ([], [{"role": "approver", "person": "Anna Example"}]):
        result = {each.id: each for each in asked(ours, like(results=tries, signed=signed)).conditions}
        assert result["safety-run-few-times"].reason.startswith("xstest: 4 runs")
        assert result["safety-run-few-times"].answer is Answer.NO
        assert "xstest was run 4 times, and 2 were planned" in result["planned-before-it-was-run"].reason


def test_a_plan_is_sealed_before_what_is_the_oldest_and_after_what_came_before(ours: Catalogue) -> None:
    pairs = {"task": "xstest", "metric": "acc", "both": 870, "gained": 30, "lost": 40, "neither": 60}
    both = [{**pairs, "days": 30}, {**pairs, "days": 90, "against": "approved"}]
    dossier, _, _ = case_of(ours.policy(NAME), like(pairs=both), ours)
    approval, plan, *_ = dossier.decisions
    assert (approval.decision.decision, plan.decision.decision) == ("approve", "plan")
    runs = [piece for piece in dossier.of_kind("eval-run.v1") if piece.seq > approval.seq]
    assert approval.seq < plan.seq < min(piece.seq for piece in runs)
    assert all(piece.record.effective_at is not None and plan.recorded_at < piece.record.effective_at for piece in runs)
    assert approval.decision.identity not in (None, dossier.identity.digest if dossier.identity else None)
    order = sorted([each.seq for each in dossier.decisions] + [piece.seq for piece in dossier.pieces])
    assert order == list(range(1, dossier.ledger_size)), "every entry has a place of its own"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"like": "Another one"}, "no such example that stands alone"),
        ({"like": "What was run without a plan leaves the answer open"}, "no such example that stands alone"),
        ({"requirements": {"nist-ai-rmf": {"MEASURE 9.9": "met"}}}, "nist-ai-rmf-1.0 does not have"),
        ({"requirements": {"nist-ai-rmf": {"MEASURE 2.6": "good"}}}, "not a valid Standing"),
        ({"requirements": {"rules": {}}}, "there is no framework 'rules'"),
        ({"planned": [{"task": "xstest"}]}, "metric"),
        ({"weather": "fine"}, "unknown fields"),
    ],
)
def test_what_an_example_can_not_say_is_refused(ours: Catalogue, given: dict[str, object], said: str) -> None:
    example = PolicyExample.model_validate({"name": "A case", "answers": "yes", "on": "2026-11-22", "given": given})
    with pytest.raises(Exception, match=said):
        case_of(ours.policy(NAME), example, ours)


def test_an_example_like_another_takes_over_what_it_does_not_say() -> None:
    held = {"controls": {"a": "met", "b": "met"}, "signed": [1, 2], "tier": "high"}
    over = {"controls": {"b": "unmet"}, "signed": [3]}
    assert merged(held, over) == {"controls": {"a": "met", "b": "unmet"}, "signed": [3], "tier": "high"}
    assert held["controls"] == {"a": "met", "b": "met"}
