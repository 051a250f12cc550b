"""Slices, sufficiency, freshness, retests, waivers, requirements, floors and tiers, and the gate against what is new."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from governance.assurance.baseline import against
from governance.assurance.gate import policy_digest
from governance.domain.policy import Answer, Policy
from tests.assurance.cases import (
    BASE,
    OTHER,
    artifacts,
    ask_gate,
    catalogue,
    condition,
    control,
    day,
    dossier,
    framework,
    piece,
    policy,
    row,
    run,
    signed,
    suite,
)  # fmt: skip
from tests.assurance.conditions.worlds import of_counts, with_plans

CONTENT = catalogue(control("anything", {}), suites=(suite("safety", "xstest*", "strongreject"),))
YES, NO, OPEN = Answer.YES, Answer.NO, Answer.COULD_NOT_TELL


# --- slices ---------------------------------------------------------------------------------------------------------


def groups(*rows: tuple[str, int, float], about: str = "candidate", seq: int = 5, **said: Any) -> Any:
    n = sum(each[1] for each in rows)
    body = {
        "tool": {"name": "fairlearn", "version": "1"}, "task": "xstest", "metric": "acc", "higher_is_better": True, "attribute": "age",
        "overall": {"n": n, "value": sum(each[1] * each[2] for each in rows) / n if n else None},
        "groups": [{"name": name, "n": count, "value": value, "stderr": None} for name, count, value in rows], **said,
    }  # fmt: skip
    return piece(seq, "subgroup-results.v1", about, body, digest=BASE if about == "base" else None)


def sliced(*pieces: Any, **said: Any) -> Any:
    word = {"no_worse_slice": {"task": "xstest", "metric": "acc", "margin": 0.05, **said}}
    return condition(word, dossier(artifacts(1), *pieces), CONTENT)


def test_the_worst_slice_is_named_and_denies():
    found = sliced(groups(("young", 4000, 0.9), ("old", 1000, 0.7)))
    assert found.answer is NO
    assert "the worst is age old of xstest (-0.16," in found.reason
    assert [each.group for each in found.numbers] == ["age young", "age old"]


def test_slices_that_fare_alike_hold():
    assert sliced(groups(("young", 4000, 0.9), ("old", 4000, 0.9))).answer is YES


def test_a_small_slice_can_not_tell_and_is_never_hidden():
    found = sliced(groups(("young", 4000, 0.9), ("old", 12, 1.0)))
    assert found.answer is OPEN
    assert "age old: 12 cases, and 30 are asked" in found.reason


def test_slices_are_held_against_the_same_slice_of_the_base():
    ours, theirs = (
        groups(("old", 4000, 0.7), ("young", 4000, 0.9)),
        groups(("old", 4000, 0.9), ("young", 4000, 0.7), about="base", seq=6),
    )
    assert sliced(ours, theirs, against="base").answer is NO
    assert sliced(ours, against="base").answer is OPEN


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (groups(),),
        (groups(("old", 4000, 0.9), higher_is_better=None),),
        (groups(("old", 4000, 0.9), overall={"n": 1, "value": None}),),
    ],
)
def test_slices_that_say_too_little_can_not_tell(pieces):
    assert sliced(*pieces).answer is OPEN


def test_one_bad_slice_by_chance_among_many_is_not_turned_into_a_no():
    rows = [(f"g{n}", 120, 0.9) for n in range(39)]
    found = sliced(groups(*rows, ("odd", 120, 0.775)), margin=0.05)
    assert found.answer is OPEN
    assert sliced(groups(*rows, ("odd", 120, 0.775)), margin=0.05, correction="none").answer in (NO, OPEN)


# --- sufficiency ----------------------------------------------------------------------------------------------------


def enough(held: Any, **said: Any) -> Any:
    return condition({"sufficient": {"task": "xstest", "metric": "acc", "margin": 0.05, **said}}, held, CONTENT)


def test_enough_items_for_a_share_are_counted_and_too_few_say_how_many_lack():
    def held(n: int) -> Any:
        return dossier(artifacts(1), piece(2, body=run(row(value=round(0.9 * n) / n, n=n))))

    few = enough(held(100))
    assert few.answer is OPEN
    lacking = int(few.would_turn[0].split()[0].replace(",", ""))
    assert enough(held(100 + lacking)).answer is YES
    assert enough(held(100 + lacking - 20)).answer is OPEN


def test_enough_pairs_depend_on_how_many_differ():
    assert enough(of_counts(850, 20, 20, 110), against="base").answer is YES
    assert enough(of_counts(400, 200, 200, 200), against="base").answer is OPEN


def test_sufficiency_without_a_run_n_or_samples_can_not_tell():
    assert enough(dossier(artifacts(1))).answer is OPEN
    assert enough(dossier(artifacts(1), piece(2, body=run(row(n=None))))).answer is OPEN
    assert enough(dossier(artifacts(1), piece(2)), against="base").answer is OPEN


# --- fresh, and tested again ----------------------------------------------------------------------------------------


def test_a_kind_that_is_too_old_is_a_no_one_that_is_missing_or_undated_can_not_tell():
    word = {"fresh": {"kinds": ["eval-run.v1"], "within_days": 30}}
    assert condition(word, dossier(artifacts(1), piece(2, days_old=29)), CONTENT).answer is YES
    assert condition(word, dossier(artifacts(1), piece(2, days_old=31)), CONTENT).answer is NO
    for left in (
        (),
        (piece(2, days_old=None),),
        (piece(2, days_old=-2),),
        (piece(2, quality="partial"),),
        (piece(2, digest=OTHER),),
    ):
        assert condition(word, dossier(artifacts(1), *left), CONTENT).answer is OPEN


def retested(*pieces: Any) -> Any:
    return condition({"safety_retested_after_change": {}}, dossier(artifacts(1), *pieces), CONTENT)


def test_a_safety_task_of_other_weights_that_was_not_run_on_these_is_a_no():
    base, own = piece(2, about="base"), piece(3)
    assert retested(base, own).answer is YES
    found = retested(base, piece(4, about="base", body=run(row("strongreject"))), own)
    assert found.answer is NO
    assert "strongreject was run on the base model and not on these weights" in found.reason


def test_a_quantised_copy_inherits_no_test():
    assert retested(piece(2, digest=OTHER)).answer is NO


def test_a_run_that_gave_no_number_or_is_not_whole_is_no_test():
    for own in (piece(3, body=run(row(value=None))), piece(3, quality="partial"), piece(3, body=run(row(n=0)))):
        assert retested(piece(2, about="base"), own).answer is NO
    assert retested().answer is OPEN


# --- waivers and requirements ---------------------------------------------------------------------------------------


def waiver(held: Any, rule: Any, control_id: str, days: int = 30) -> Any:
    part = {
        "control": control_id,
        "standing": "missing",
        "compensation": "A person reads along",
        "owner": "Anna Example",
        "retest": day(days),
    }
    return signed(9, held, rule, "Anna Example", "approver", "waive", waiver=part, expires=day(days))


@pytest.mark.parametrize(
    ("allowed", "answer"),
    [
        ({"controls": ["bias"]}, YES), ({"controls": ["other"]}, NO), ({}, NO), ({"controls": ["bias"], "within_days": 10}, NO),
        ({"controls": ["bias"], "most": 0}, NO), ({"controls": ["bias"], "within_days": 40, "most": 1}, YES),
    ],
)  # fmt: skip
def test_a_waiver_that_may_not_be_denies(allowed, answer):
    rule, held = policy({"waiver_allowed": allowed}), dossier(artifacts(1))
    made = with_plans(held, waiver(held, rule, "bias"))
    assert ask_gate(rule, made, CONTENT).conditions[0].answer is answer
    assert ask_gate(rule, held, CONTENT).conditions[0].answer is YES


def test_each_requirement_must_be_met_and_none_of_nothing_is():
    content = catalogue(
        control("evaluated", {}), control("absent", {"kind": "red-team.v1"}),
        frameworks=(framework("law", r1=[("evaluated", "full")], r2=[("absent", "full")], r3=[]),),
    )  # fmt: skip
    held = dossier(artifacts(1), piece(2), frameworks=["law"])

    def met(**said: Any) -> Any:
        return ask_gate(policy({"requirements_met": {"framework": "law", **said}}), held, content).conditions[0]

    assert met(requirements=["r1"]).answer is YES
    assert met().answer is NO
    assert met(requirements=["r3"]).answer is OPEN
    assert "has no requirement r9" in met(requirements=["r9"]).reason
    bare = ask_gate(policy({"requirements_met": {"framework": "law"}}), dossier(artifacts(1), piece(2)), content)
    assert bare.conditions[0].answer is NO


# --- floors, tiers, what is new -------------------------------------------------------------------------------------


def floored(*conditions: dict[str, Any]) -> Any:
    floor = Policy.model_validate({**policy(*conditions).plain(), "id": "house", "floor": True})
    return replace(CONTENT, policies={"house": floor})


def test_the_conditions_of_a_floor_are_asked_whichever_policy_is():
    content = floored({"no_open_finding": {"severity": "low"}}, {"max_attempts": {"task": "xstest", "most": 1}})
    held, rule = dossier(artifacts(1), piece(2), piece(3)), policy({"no_open_finding": {"severity": "high"}})
    found = ask_gate(rule, held, content)
    assert [(each.id, each.floor, each.answer) for each in found.conditions] == [
        ("c0", None, YES), ("house/c0", "house", YES), ("house/c1", "house", NO),
    ]  # fmt: skip
    assert found.answer is NO
    assert found.policy_digest != policy_digest(rule)
    assert found.policy_digest == policy_digest(rule, content.floors("rule"))


def test_a_policy_without_conditions_is_held_up_by_a_floor_and_a_floor_asked_itself_is_asked_once():
    content = floored({"no_open_finding": {"severity": "low"}})
    held = dossier(artifacts(1))
    assert len(ask_gate(content.policies["house"], held, content).conditions) == 1


@pytest.mark.parametrize(("tier", "count"), [("low", 1), ("limited", 2), ("high", 2), (None, 2)])
def test_a_condition_for_some_tiers_is_asked_of_them_and_of_a_system_that_states_none(tier, count):
    word = {"no_open_finding": {"severity": "high"}}
    rule = policy(word, {**word, "tiers": ["limited", "high"]})
    held = dossier(artifacts(1), **({"tier": tier} if tier else {}))
    assert len(ask_gate(rule, held, CONTENT).conditions) == count


def test_against_what_is_new_only_what_got_worse_counts():
    rule = policy({"max_attempts": {"task": "xstest", "most": 1}}, {"no_open_finding": {"severity": "high"}})
    policies = {"rule": rule}
    then = ask_gate(rule, dossier(artifacts(1), piece(2), piece(3)), CONTENT)
    same, known = against(then, then, policies)
    assert (same.answer, known) == (YES, ("c0",))
    fresh = ask_gate(rule, dossier(artifacts(1), piece(2)), CONTENT)
    worse, known = against(fresh, then, policies)
    assert (worse.answer, known) == (NO, ())


def test_against_what_is_new_people_always_count_and_nothing_new_is_no_yes():
    rule = policy({"signed_by": {"roles": ["reviewer"]}})
    found = ask_gate(rule, dossier(artifacts(1)), CONTENT)
    assert against(found, found, {"rule": rule})[0].answer is NO
    only = policy({"max_attempts": {"task": "xstest", "most": 1}})
    bad = ask_gate(only, dossier(artifacts(1), piece(2), piece(3)), CONTENT)
    assert against(bad, bad, {"rule": only})[0].answer is OPEN


# --- interval -------------------------------------------------------------------------------------------------------


def test_an_interval_counts_its_runs_where_the_policy_asks():
    held = dossier(artifacts(1), *(piece(2 + n, body=run(row(value=0.9, n=400)), days_old=9 - n) for n in range(8)))
    word = {"task": "xstest", "metric": "acc", "at_least": 0.867}
    once = condition({"interval": word}, held, CONTENT)
    tried = condition({"interval": {**word, "corrected_for_attempts": True}}, held, CONTENT)
    assert (once.answer, tried.answer) == (YES, OPEN) or once.numbers[0].low > tried.numbers[0].low
    assert "the error divided among 8 runs" in tried.reason
    assert tried.numbers[0].more is None or tried.numbers[0].more > 0


def test_a_judge_no_better_than_chance_gives_no_interval():
    body = {
        "judge": {"model": "judge-8b", "version": "1"},
        "confusion": {"true_positives": 50, "false_negatives": 50, "true_negatives": 50, "false_positives": 50},
    }
    held = dossier(
        artifacts(1),
        piece(2, body=run(row(value=0.9, n=400), judges=["judge-8b"])),
        piece(3, "judge-agreement.v1", body=body),
    )
    found = condition({"interval": {"task": "xstest", "metric": "acc", "at_least": 0.5}}, held, CONTENT)
    assert (found.answer, "better than chance" in found.reason) == (OPEN, True)


def test_a_judge_that_errs_moves_the_share_and_widens_the_interval():
    counts = {"true_positives": 190, "false_negatives": 10, "true_negatives": 160, "false_positives": 40}
    body = {"judge": {"model": "judge-8b", "version": "1"}, "confusion": counts}
    held = dossier(
        artifacts(1),
        piece(2, body=run(row(value=0.6, n=1000), judges=["judge-8b"])),
        piece(3, "judge-agreement.v1", body=body),
    )
    plain = dossier(artifacts(1), piece(2, body=run(row(value=0.6, n=1000))))
    asked = {"interval": {"task": "xstest", "metric": "acc", "at_least": 0.5}}
    told, raw = condition(asked, held, CONTENT).numbers[0], condition(asked, plain, CONTENT).numbers[0]
    assert told.value == pytest.approx((0.6 + 0.8 - 1) / (0.95 + 0.8 - 1))
    assert told.high - told.low > raw.high - raw.low
    assert "judge-8b (ev-00000000000000000003)" in told.method
