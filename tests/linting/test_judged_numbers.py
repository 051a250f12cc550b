"""What the gate judged stands behind a figure of a card: differences with their intervals, and the bounds of policies and floors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.domain.assessment import Numbers
from governance.domain.conditions import Condition
from governance.domain.policy import Policy
from governance.linting import known as knowing
from governance.reports.writing.render import render
from tests.linting import made
from tests.reports import cases
from tests.reports.test_languages import TEMPLATES
from tests.reports.test_measured import CANDIDATE, PAIRED, WORDS, judged


def state(text: str, held: knowing.Known) -> str:
    (figure,) = made.report(made.body(text), held).figures
    return figure.state


def told(held: knowing.Known, at: str) -> set[float]:
    return {value.number for value in held.values if value.by == knowing.GATE and value.at.startswith(at)}


@pytest.mark.parametrize("text", ["0.041", "0.0437", "4.1 %"])
def test_an_end_of_a_judged_interval_is_found_by_task_and_metric_or_is_none(text):
    line = f"The difference on refusal_safety acc may be as low as -{text}."
    held = knowing.of_case(judged())
    assert state(line, held) == ("unbacked" if text == "0.0437" else "backed")
    assert state(line, knowing.of_case(cases.full())) == "unbacked"


def test_counts_of_pairs_margin_and_items_are_on_record_with_their_names():
    held = knowing.of_case(judged())
    assert told(held, "/conditions/3/numbers/0/") == {-0.02, -0.041, -0.004, -0.05, 500.0, 12.0, 22.0, 0.0004, 0.95}
    lost = next(value for value in held.values if value.at == "/conditions/3/numbers/0/lost")
    assert lost.names == ("lost", "difference", "refusal_safety", "acc", "base")
    assert lost.rests == PAIRED["evidence"]


def test_a_difference_never_stands_for_the_value_of_the_metric():
    held = knowing.of_case(judged())
    assert {(value.task, value.metric) for value in held.values if "/numbers/" in value.at} == {("", "")}


def test_a_judged_number_of_a_group_is_named_by_it():
    held = knowing.of_case(judged(Numbers(**{**PAIRED, "group": "age 60+", "against": "overall"})))
    low = next(value for value in held.values if value.at == "/conditions/3/numbers/0/low")
    assert low.names == ("interval", "difference", "refusal_safety", "acc", "age 60+", "overall")


def test_our_own_card_with_judged_numbers_is_given_whole_and_a_changed_one_no_longer_is():
    card, held = render("model-card.md", judged(), TEMPLATES), knowing.of_case(judged())
    assert [each for each in made.report(card, held).figures if each.state != "backed"] == []
    assert CANDIDATE in {piece for value in held.values for piece in value.rests}
    changed = card.replace("−0.041 to".encode(), "−0.051 to".encode())
    assert {each.state for each in made.report(changed, held).figures if each.text == "−0.051"} == {"cited"}


def test_a_number_judged_of_evidence_that_is_too_old_stands_behind_nothing():
    held = knowing.of_case(cases.quoting(judged(), 2, "eval-run.v1"))
    assert told(held, "/conditions/3/numbers/") == set()


BOUNDS = {
    "older": {-0.05}, "interval": {0.2}, "no-loss": {0.05}, "no-loss-unpaired": {0.05}, "slices": {0.1}, "enough": {0.05}, "few": {3.0},
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("floor", [False, True])
def test_the_bound_of_every_word_about_numbers_is_taken_of_the_policy_as_of_a_floor(name, floor):
    condition = Condition(id=name, why="It is so.", **WORDS[name])
    case = cases.full()
    asking = Policy(
        id="organisation" if floor else "release",
        title="Asked",
        why="It is.",
        conditions=(condition,),
        floor=floor or None,
    )
    policies = {"release": cases.policy(), asking.id: asking}
    held = knowing.of_case(replace(case, catalogue=replace(case.catalogue, policies=policies)))
    assert told(held, f"/policy/{name}") == BOUNDS[name]


def test_a_bound_on_something_else_than_numbers_is_none():
    condition = Condition(id="waived", why="It is so.", waiver_allowed={"controls": [], "most": 3})
    case = cases.full()
    policies = {"release": cases.policy().model_copy(update={"conditions": (condition,)})}
    assert (
        told(knowing.of_case(replace(case, catalogue=replace(case.catalogue, policies=policies))), "/policy/") == set()
    )
