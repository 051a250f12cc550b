"""Bounds that read otherwise: which way they went, and whether the result they judge was on record before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from governance.assurance.loosened import asks_otherwise
from tests.assurance.cases import artifacts, catalogue, control, dossier, piece, policy, risk
from tests.assurance.sides import CONTENT, RULE, case, compared

HELD = replace(dossier(artifacts(1), piece(2)), ledger_size=5)
METRIC = {"metric": {"task": "xstest", "metric": "acc", "at_least": 0.8}}
SIGNED = {"signed_by": {"roles": ["reviewer"], "people": 2}}
ASK = {"within": 100, "expect": [{"field": "results[].value", "at_least": 0.5}]}


def turned(before: Any, after: Any) -> list[tuple[str, str]]:
    """What moved between two policies or two catalogues, and which way."""
    if hasattr(before, "conditions"):
        sides = case(HELD, rule=before), case(replace(HELD, ledger_size=9), rule=after)
    else:
        sides = case(HELD, before), case(replace(HELD, ledger_size=9), after)
    return [(each.what, each.way) for each in compared(*sides).thresholds]


def metric(**said: Any) -> Any:
    return policy({"metric": {**METRIC["metric"], **said}})


POLICIES = {
    "a lower bound": (policy(METRIC), metric(at_least=0.7), [("condition c0: at_least", "loosened")]),
    "a higher bound": (policy(METRIC), metric(at_least=0.9), [("condition c0: at_least", "tightened")]),
    "less sure": (policy(METRIC), metric(confidence=0.9), [("condition c0: confidence", "loosened")]),
    "another task": (policy(METRIC), metric(task="bbq"), [("condition c0: task", "changed")]),
    "one condition less": (policy(METRIC, SIGNED), policy(METRIC), [("condition c1", "loosened")]),
    "one condition more": (policy(METRIC), policy(METRIC, SIGNED), [("condition c1", "tightened")]),
    "fewer people": (policy(SIGNED), policy({"signed_by": {"roles": ["reviewer"]}}), [("condition c0: people", "loosened")]),
    "graver findings only": (
        policy({"no_open_finding": {"severity": "medium"}}), policy({"no_open_finding": {"severity": "high"}}),
        [("condition c0: severity", "loosened")],
    ),
    "a higher level of risk": (
        policy({"risk_at_most": {"level": "medium"}}), policy({"risk_at_most": {"level": "low"}}),
        [("condition c0: level", "tightened")],
    ),
    "a control less": (
        policy({"controls_met": {"controls": ["a", "b"]}}), policy({"controls_met": {"controls": ["a"]}}),
        [("condition c0: controls", "loosened")],
    ),
    "another control instead": (
        policy({"controls_met": {"controls": ["a", "b"]}}), policy({"controls_met": {"controls": ["a", "c"]}}),
        [("condition c0: controls", "changed")],
    ),
    "another question": (policy(METRIC), policy(SIGNED), [("condition c0: what it asks", "changed")]),
    "an envelope": (
        policy(METRIC), policy(METRIC, envelopes=({"id": "more", "change": "evidence", "kinds": ["eval-run.v1"]},)),
        [("envelope more", "loosened")],
    ),
    "words alone": (
        policy({**METRIC, "why": "Because it is so"}), policy({**METRIC, "why": "Because it is not so"}), [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("named", POLICIES)
def test_a_condition_is_loosened_where_something_can_pass_that_could_not(named):
    before, after, said = POLICIES[named]
    assert turned(before, after) == said


def content(*asks: dict[str, Any], **said: Any) -> Any:
    return catalogue(control("tested", *(asks or (ASK,)), **said))


def risks(likelihood: int, steps: int) -> Any:
    return catalogue(
        control("tested", ASK),
        risks=(risk("harm", likelihood, 4, {"control": "tested", "reduces": "impact", "steps": steps}),),
    )


CONTENTS = {
    "may be older": (content(), content({**ASK, "within": 200}), [("ask ask-0: age in days", "loosened")]),
    "does not age": (content(), content({**ASK, "within": None}), [("ask ask-0: age in days", "loosened")]),
    "must be younger": (content(), content({**ASK, "within": 10}), [("ask ask-0: age in days", "tightened")]),
    "a lower bound": (
        content(), content({**ASK, "expect": [{"field": "results[].value", "at_least": 0.1}]}),
        [("ask ask-0: results[].value at least", "loosened")],
    ),
    "no bound": (content(), content({"within": 100}), [("ask ask-0: results[].value at least", "loosened")]),
    "an ask less": (content(ASK, ASK), content(), [("ask ask-1", "loosened")]),
    "may be partial": (
        content(), content({**ASK, "quality": ["complete", "partial"]}), [("ask ask-0: how whole evidence must be", "loosened")],
    ),
    "about another": (content(), content({**ASK, "about": "any"}), [("ask ask-0: about", "changed")]),
    "no control": (content(), catalogue(), [("the control", "loosened")]),
    "one control more": (catalogue(), content(), [("the control", "tightened")]),
    "a lower rating": (risks(4, 1), risks(3, 1), [("inherent likelihood", "loosened")]),
    "more steps": (risks(4, 1), risks(4, 2), [("steps that tested takes off impact", "loosened")]),
    "words alone": (content(), content(why="It says something else"), []),
}  # fmt: skip


@pytest.mark.parametrize("named", CONTENTS)
def test_a_control_or_rating_is_loosened_where_something_can_pass_that_could_not(named):
    before, after, said = CONTENTS[named]
    assert turned(before, after) == said


def test_an_appetite_that_rose_is_loosened_and_one_that_was_taken_back_carries_everything():
    def of(before: int | None, after: int | None) -> list[tuple[str, str]]:
        sides = [
            replace(dossier(artifacts(1), **({"risk_appetite": each} if each else {})), ledger_size=size)
            for each, size in ((before, 5), (after, 9))
        ]
        return [(each.what, each.way) for each in compared(*(case(each) for each in sides)).thresholds]

    assert of(9, 12) == [("risk appetite", "loosened")]
    assert of(9, None) == [("risk appetite", "loosened")]
    assert of(9, 6) == [("risk appetite", "tightened")]


@pytest.mark.parametrize(("since", "told"), [(2, ()), (3, (f"ev-{2:020x}",)), (None, (f"ev-{2:020x}",))])
def test_a_bound_that_was_loosened_after_its_result_is_told_with_the_result(since, told):
    """The result stands in entry 2: a bound on record from entry 2 on came before it, one from entry 3 on after it."""
    before, after = case(HELD, rule=policy(METRIC)), case(replace(HELD, ledger_size=9), rule=metric(at_least=0.7))
    (found,) = compared(before, after, since).thresholds
    assert (found.way, found.results) == ("loosened", told)


def test_a_bound_that_was_tightened_accuses_nobody():
    (found,) = compared(case(HELD, rule=policy(METRIC)), case(HELD, rule=metric(at_least=0.9))).thresholds
    assert (found.way, found.results) == ("tightened", ())


def test_the_loosened_after_their_results_come_first():
    before = policy(METRIC, SIGNED, {"no_open_finding": {"severity": "high"}})
    after = policy({"metric": {**METRIC["metric"], "at_least": 0.7}}, {"signed_by": {"roles": ["reviewer"]}},
                   {"no_open_finding": {"severity": "low"}})  # fmt: skip
    found = compared(case(HELD, rule=before), case(replace(HELD, ledger_size=9), rule=after)).thresholds
    assert [(each.what, bool(each.results), each.way) for each in found] == [
        ("condition c0: at_least", True, "loosened"), ("condition c1: people", False, "loosened"),
        ("condition c2: severity", False, "tightened"),
    ]  # fmt: skip


def test_what_came_in_went_and_reads_otherwise_is_counted_by_sort():
    before = catalogue(control("a", {}), control("b", {}), control("c", {}))
    after = catalogue(control("a", {}), control("b", {"within": 3}), control("d", {}))
    (found,) = compared(case(HELD, before), case(HELD, after)).content
    assert (found.sort, found.added, found.removed, found.changed, found.same) == (
        "controls",
        ("d",),
        ("c",),
        ("b",),
        1,
    )


def test_two_of_one_name_that_differ_in_words_alone_ask_for_the_same():
    one, other = control("a", {}), control("a", {}, why="Another sentence of why")
    assert one != other
    assert not asks_otherwise(one, other)
    assert asks_otherwise(one, None)
    assert not asks_otherwise(None, None)
    assert RULE.conditions[0].id == "c0"
    assert CONTENT.controls
