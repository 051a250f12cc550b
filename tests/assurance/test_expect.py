"""One test on one field: holds, fails, can not be told."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.assurance.expect import Outcome, check
from governance.domain.control import Expectation

HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED


def outcome(value: Any, field: str = "x", **test: Any) -> Outcome:
    return check(Expectation.model_validate({"field": field, **test}), {"x": value})[0]


@pytest.mark.parametrize("value", ["word", 0, False, 0.0, [1], [False], {"a": 1}, ["", "word"], "3", "愛知県"])
def test_what_is_stated_is_present(value: Any) -> None:
    assert outcome(value, present=True) is HOLDS
    assert outcome(value, present=False) is FAILS


@pytest.mark.parametrize(
    "value",
    [None, "", "  ", [], {}, (), ".", "x", "TBD", "unknown", "[More Information Needed]", [""], [None], ["TBD"],
     {"a": None}, [[]], math.nan, math.inf],
)  # fmt: skip
def test_what_says_nothing_is_not_present(value: Any) -> None:
    assert outcome(value, present=True) is FAILS
    assert outcome(value, present=False) is HOLDS


@pytest.mark.parametrize(
    ("bound", "value", "expected"),
    [(True, True, HOLDS), (True, False, FAILS), (True, 1, FAILS), (1, True, FAILS), (1, 1, HOLDS), (0, False, FAILS),
     ("a", "a", HOLDS), ("a", "A", FAILS), ("1", 1, FAILS), (True, "true", FAILS), (1, [1], FAILS),
     (True, None, UNDECIDED)],
)  # fmt: skip
def test_equal_means_equal_in_value_and_in_type(bound: Any, value: Any, expected: Outcome) -> None:
    assert outcome(value, equals=bound) is expected


@pytest.mark.parametrize(
    ("value", "one", "none"),
    [("a", HOLDS, FAILS), ("c", FAILS, HOLDS), (None, UNDECIDED, UNDECIDED), (1, UNDECIDED, UNDECIDED),
     (["a"], UNDECIDED, UNDECIDED), ([], UNDECIDED, UNDECIDED), (True, UNDECIDED, UNDECIDED)],
)  # fmt: skip
def test_a_list_held_against_words_can_not_be_told(value: Any, one: Outcome, none: Outcome) -> None:
    assert outcome(value, one_of=["a", "b"]) is one
    assert outcome(value, none_of=["a", "b"]) is none


@pytest.mark.parametrize("value", [None, "5", True, False, math.nan, math.inf, -math.inf, [5], {"v": 5}])
def test_what_is_no_number_is_neither_above_nor_below_a_bound(value: Any) -> None:
    assert outcome(value, at_least=1) is UNDECIDED
    assert outcome(value, at_most=1) is UNDECIDED


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_a_bound_is_kept_by_the_bound_itself(bound: float, value: float) -> None:
    assert outcome(value, at_least=bound) is (HOLDS if value >= bound else FAILS)
    assert outcome(value, at_most=bound) is (HOLDS if value <= bound else FAILS)


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [([], True, HOLDS), ({}, True, HOLDS), (["p"], True, FAILS), (["p"], False, HOLDS), ([], False, FAILS),
     (None, True, UNDECIDED), ("", True, UNDECIDED), (0, True, UNDECIDED), (False, True, UNDECIDED)],
)  # fmt: skip
def test_only_a_list_can_be_empty(value: Any, wanted: bool, expected: Outcome) -> None:
    assert outcome(value, empty=wanted) is expected


def test_every_element_of_a_list_is_tested_and_the_worst_decides() -> None:
    assert outcome([{"n": 1}, {"n": 2}], "x[].n", at_least=1) is HOLDS
    assert outcome([{"n": 1}, {"n": None}], "x[].n", at_least=1) is UNDECIDED
    assert outcome([{"n": None}, {"n": 0}], "x[].n", at_least=1) is FAILS
    assert outcome([{"n": 1}, {}], "x[].n", present=True) is FAILS


@pytest.mark.parametrize("value", [[], None, "text", {"n": 1}, 3])
@pytest.mark.parametrize(
    "test", [{"present": True}, {"present": False}, {"equals": 1}, {"at_most": 9}, {"none_of": ["a"]}]
)
def test_a_statement_about_every_one_of_nothing_can_not_be_told(value: Any, test: dict[str, Any]) -> None:
    assert outcome(value, "x[].n", **test) is UNDECIDED


def test_an_empty_list_inside_a_list_is_not_covered_by_its_neighbour() -> None:
    assert outcome([{"m": [{"n": 1}]}, {"m": [{"n": 2}]}], "x[].m[].n", present=True) is HOLDS
    assert outcome([{"m": []}, {"m": [{"n": 2}]}], "x[].m[].n", present=True) is UNDECIDED
    assert outcome([{"m": [{"n": 2}]}, {}], "x[].m[].n", present=True) is UNDECIDED
    assert outcome([{"m": []}, {"m": [{"n": None}]}], "x[].m[].n", present=True) is FAILS


def test_a_path_through_something_that_has_no_fields_ends_in_nothing() -> None:
    assert outcome("text", "x.y.z", present=True) is FAILS
    assert outcome([{"y": 1}], "x.y", equals=1) is UNDECIDED


def test_the_sentence_shows_the_value_and_the_bound() -> None:
    _, said = check(Expectation(field="steps", at_least=1), {"steps": 0})
    assert said == "steps is 0, and should be at least 1"
    _, said = check(Expectation(field="steps", at_least=1), {"steps": "many"})
    assert said == "steps is many, so at least 1 can not be told"
    _, said = check(Expectation(field="steps", at_least=1), {})
    assert said == "steps is not stated, so at least 1 can not be told"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xn"), inner, max_size=2),
    ),
    st.sampled_from(
        [
            {"present": True},
            {"equals": "a"},
            {"one_of": ["a"]},
            {"none_of": ["a"]},
            {"at_least": 1},
            {"at_most": 1},
            {"empty": True},
        ]
    ),
    st.sampled_from(["x", "x.n", "x[]", "x[].n", "x[].n[]"]),
)
def test_no_value_whatever_breaks_a_test_and_null_never_holds(value: Any, test: dict[str, Any], field: str) -> None:
    assert outcome(value, field, **test) in set(Outcome)
    assert outcome(None, field, **test) is not HOLDS
