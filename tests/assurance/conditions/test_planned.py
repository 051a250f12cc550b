"""Plans, and what is judged against them: `as_planned` and `max_attempts`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from governance.domain.plan import Plan
from governance.domain.policy import Answer
from governance.domain.tried import plans
from tests.assurance.cases import (
    NOON,
    OTHER,
    artifacts,
    ask_gate,
    catalogue,
    control,
    dossier,
    piece,
    policy,
    row,
    run,
    signed,
    suite,
)
from tests.assurance.conditions.worlds import counted, planned, scored, with_plans

CONTENT = catalogue(control("anything", {}), suites=(suite("safety", "xstest*"),))
LOSS = {"non_inferior": {"task": "xstest", "metric": "acc", "against": "base", "margin": 0.05}}
SUITE = {"task": "xstest", "metric": "acc", "against": "base", "margin": 0.05, "runs": 1}
RULE = policy(LOSS, {"as_planned": {}})
OURS, THEIRS = counted(850, 50, 50, 50)


def held(*more: Any, days_old: float | None = 1) -> Any:
    return dossier(
        artifacts(1),
        *scored(10, "candidate", OURS, days_old=days_old),
        *scored(12, "base", THEIRS, days_old=days_old),
        *more,
    )


def asked(found: Any, rule: Any = RULE) -> Any:
    return ask_gate(rule, found, CONTENT).conditions[1]


def sealed(found: Any, *suites: dict[str, Any], seq: int = 2, days: float = 2, **said: Any) -> Any:
    return with_plans(found, planned(found, RULE, seq, *suites, at=NOON - timedelta(days=days), **said))


def test_what_was_planned_before_the_run_and_judged_as_planned_is_a_yes():
    found = asked(sealed(held(), SUITE))
    assert found.answer is Answer.YES
    assert "1 of 1 measures as planned; Theo Example sealed the plan on 2026-11-20" in found.reason


def test_without_a_plan_it_can_not_tell():
    found = asked(held())
    assert (found.answer, found.reason) == (Answer.COULD_NOT_TELL, "no plan that counts is on record")


def test_a_plan_with_a_bad_signature_is_none():
    made = held()
    bad = planned(made, RULE, 2, SUITE, valid=False)
    assert asked(with_plans(made, bad)).answer is Answer.COULD_NOT_TELL


def test_a_run_from_before_the_plan_is_a_no():
    found = asked(sealed(held(days_old=3), SUITE))
    assert found.answer is Answer.NO
    assert "before it was planned" in found.reason
    assert found.would_turn == ("run xstest again, now that it is planned",)


def test_a_run_that_was_recorded_before_the_plan_is_a_no_whatever_its_clock_says():
    assert asked(sealed(held(), SUITE, seq=30)).answer is Answer.NO


def test_a_run_without_a_clock_can_not_be_placed():
    found = asked(sealed(held(days_old=None), SUITE))
    assert (found.answer, "no clock says when" in found.reason) == (Answer.COULD_NOT_TELL, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"margin": 0.02}, "the policy is looser than the plan: the margin is 0.05 and was 0.02"),
        ({"confidence": 0.99}, "the confidence is 0.95 and was 0.99"),
        ({"task": "other"}, "is judged, and the plan does not have it"),
        ({"n": 2000}, "was run over 1000 items, and 2,000 were planned"),
    ],
)
def test_a_policy_that_is_looser_than_the_plan_is_a_no(change, said):
    found = asked(sealed(held(), SUITE | change))
    assert found.answer is Answer.NO
    assert said in found.reason


def test_a_stricter_policy_than_the_plan_is_as_planned():
    assert asked(sealed(held(), SUITE | {"margin": 0.1})).answer is Answer.YES


def test_more_runs_than_planned_are_a_no_on_whatever_weights():
    again = piece(20, body=run(row(value=0.7, n=1000)), days_old=1.5, digest=OTHER)
    found = asked(sealed(held(again), SUITE))
    assert found.answer is Answer.NO
    assert "xstest was run 2 times, and 1 were planned" in found.reason
    assert asked(sealed(held(again), SUITE | {"runs": 2})).answer is Answer.YES


def test_a_plan_that_was_loosened_after_a_result_is_a_no_and_one_before_it_is_not():
    made = held()
    strict = planned(made, RULE, 2, SUITE | {"margin": 0.01}, at=NOON - timedelta(days=3))
    late = planned(made, RULE, 20, SUITE, at=NOON - timedelta(hours=2), reason="The margin was too strict")
    early = planned(made, RULE, 3, SUITE, at=NOON - timedelta(days=2), reason="The margin was too strict")
    loosened, changed = asked(with_plans(made, strict, late)), asked(with_plans(made, strict, early))
    assert loosened.answer is Answer.NO
    assert "loosened after a result was known (1 run): the margin is 0.05 and was 0.01" in loosened.reason
    assert changed.answer is Answer.YES
    assert "the plan was changed 1 times, last because: The margin was too strict" in changed.reason


def test_another_plan_that_says_the_same_of_a_suite_does_not_make_its_run_too_early():
    made = held()
    first = planned(made, RULE, 2, SUITE, at=NOON - timedelta(days=3))
    second = planned(made, RULE, 20, SUITE, {"task": "more", "metric": "acc"}, at=NOON - timedelta(hours=2))
    assert asked(with_plans(made, first, second)).answer is Answer.YES


def test_a_new_plan_resets_no_count():
    again = piece(20, body=run(row(value=0.7, n=1000)), days_old=1.5)
    made = held(again)
    first = planned(made, RULE, 2, SUITE | {"runs": 5}, at=NOON - timedelta(days=3))
    second = planned(made, RULE, 25, SUITE, at=NOON - timedelta(hours=2))
    assert "was run 2 times, and 1 were planned" in asked(with_plans(made, first, second)).reason


def test_a_policy_that_measures_nothing_has_nothing_that_could_be_planned():
    rule = policy({"no_open_finding": {"severity": "high"}}, {"as_planned": {}})
    assert asked(sealed(held(), SUITE), rule).answer is Answer.COULD_NOT_TELL


def test_who_seals_a_plan_holds_the_duty_of_a_threshold_author():
    found = sealed(held(), SUITE)
    assert [(each.person, each.duty) for each in found.duties] == [("Theo Example", "threshold-author")]


def test_plans_before_the_last_approval_are_past_once_there_is_one_since():
    made = held()
    old = planned(made, RULE, 2, SUITE, at=NOON - timedelta(days=9))
    approval = signed(15, made, RULE, identity=OTHER)
    new = planned(made, RULE, 16, SUITE, at=NOON - timedelta(minutes=30))
    assert plans(with_plans(made, old, approval), NOON, ()) == (old,)
    assert plans(with_plans(made, old, approval, new), NOON, ()) == (new,)


@pytest.mark.parametrize(
    "plain",
    [
        {"suites": []}, {"suites": [SUITE, SUITE]}, {"suites": [{"task": "a", "metric": "b", "margin": 0.1}]},
        {"suites": [{"task": "a", "metric": "b", "at_least": 0.1, "at_most": 0.2}]}, {"suites": [SUITE | {"margin": 0}]},
        {"suites": [SUITE | {"runs": 0}]}, {"suites": [{**SUITE, "margins": 0.1}]},
    ],
)  # fmt: skip
def test_a_plan_that_says_nothing_or_two_things_is_refused(plain):
    with pytest.raises(ValidationError):
        Plan.model_validate(plain)


# --- all attempts ---------------------------------------------------------------------------------------------------


def tried(most: int, found: Any, **said: Any) -> Any:
    word = {"max_attempts": {"task": "xstest", "most": most} | said}
    return ask_gate(policy(word), found, CONTENT).conditions[0]


def many(times: int) -> Any:
    return dossier(
        artifacts(1), *(piece(2 + n, body=run(row(value=0.5 + n / 100)), days_old=20 - n) for n in range(times))
    )


def test_fourteen_runs_and_one_submitted_are_told_and_bounded():
    assert "xstest: 14 runs, 1 submitted; at most 3" in tried(3, many(14)).reason
    assert tried(3, many(14)).answer is Answer.NO
    assert tried(14, many(14)).answer is Answer.YES
    assert len(tried(3, many(14)).evidence) == 14


def test_runs_on_other_weights_of_the_system_count_and_runs_on_the_base_do_not():
    others = [piece(2, digest=OTHER), piece(3), piece(4, about="base"), piece(5, about="unbound", digest=OTHER)]
    assert "xstest: 3 runs" in tried(2, dossier(artifacts(1), *others)).reason


def test_what_was_never_run_can_not_tell():
    assert tried(3, dossier(artifacts(1))).answer is Answer.COULD_NOT_TELL
    assert tried(3, dossier(artifacts(1)), task=None, purpose="safety").answer is Answer.COULD_NOT_TELL


LIMIT = policy({"max_attempts": {"task": "xstest", "most": 3}})
BOTH = {"signed_by": {"roles": ["reviewer", "approver"], "people": 1}}


def of_others(n: int, *own: int) -> Any:
    """So many runs on other weights as entries 2, 3, …, and runs of the candidate as these."""
    return dossier(artifacts(1), *(piece(2 + at, digest=OTHER) for at in range(n)), *(piece(at) for at in own))


def test_runs_are_counted_since_the_last_approval():
    found = of_others(3, 6, 7)
    approval = signed(5, found, LIMIT, identity=OTHER)
    assert "xstest: 5 runs" in tried(3, found).reason
    assert "xstest: 2 runs" in tried(3, with_plans(found, approval)).reason


def test_an_approval_after_a_run_of_the_same_model_ends_no_count_of_it():
    approval = signed(5, many(6), LIMIT, identity=OTHER)
    assert "xstest: 6 runs" in tried(3, with_plans(many(6), approval)).reason


def test_one_person_of_a_quorum_ends_no_count_and_all_of_them_do():
    found = of_others(3, 8)
    one = signed(5, found, LIMIT, identity=OTHER)
    other = signed(6, found, LIMIT, "Ada Example", "approver", identity=OTHER)

    def counted_of(*words: Any, **more: Any) -> str:
        rule = policy({"max_attempts": {"task": "xstest", "most": 3}}, BOTH)
        return ask_gate(rule, with_plans(found, *words), CONTENT).conditions[0].reason

    assert "xstest: 4 runs" in counted_of(one)
    assert "xstest: 1 run," in counted_of(one, other)
    twice = signed(6, found, LIMIT, "Rita Example", "approver", identity=OTHER)
    assert "xstest: 4 runs" in counted_of(one, twice)
    elsewhere = signed(6, found, LIMIT, "Ada Example", "approver", identity="sha256:" + "9" * 64)
    assert "xstest: 4 runs" in counted_of(one, elsewhere)
    against = signed(6, found, LIMIT, "Ada Example", "approver", "reject", identity=OTHER)
    assert "xstest: 4 runs" in counted_of(one, against)


def test_a_floor_that_asks_for_more_people_counts_in_the_policy_and_in_itself():
    found = of_others(3, 8)
    one = signed(5, found, LIMIT, identity=OTHER)
    floor = policy({"max_attempts": {"task": "xstest", "most": 3}}, BOTH).model_copy(
        update={"id": "organisation", "floor": True}
    )
    content = replace(CONTENT, policies={"organisation": floor})
    told = ask_gate(LIMIT, with_plans(found, one), content).conditions
    assert ["xstest: 4 runs" in each.reason for each in told[:2]] == [True, True]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["run", "other", "rita", "ada", "reject", "plan"]), max_size=9),
    st.sampled_from([(), (BOTH,)]),
    st.sampled_from(["run", "other"]),
)
def test_one_more_run_turns_no_answer_about_attempts_into_a_yes(history, people, last):
    pieces, words = [artifacts(1)], []

    def happens(what: str, seq: int) -> None:
        held = dossier(*pieces)
        if what in ("run", "other"):
            pieces.append(piece(seq, digest=OTHER if what == "other" else None))
        elif what == "plan":
            words.append(planned(held, LIMIT, seq, SUITE | {"runs": 2}, at=NOON - timedelta(minutes=90 - seq)))
        else:
            who, role = ("Rita Example", "reviewer") if what != "ada" else ("Ada Example", "approver")
            kind = "reject" if what == "reject" else "approve"
            words.append(signed(seq, held, LIMIT, who, role, kind))

    for at, what in enumerate(history):
        happens(what, 2 + at)
    rule = policy({"max_attempts": {"task": "xstest", "most": 2}}, *people)

    def answered() -> Answer:
        return ask_gate(rule, with_plans(dossier(*pieces), *words), CONTENT).conditions[0].answer

    before = answered()
    happens(last, 40)
    assert not (before is Answer.NO and answered() is Answer.YES)
