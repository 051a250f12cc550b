"""The self-test of content finds a wrong example, whatever is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance.checking import examples
from governance.content import loader

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTROL = "controls/catalogue/evaluation-sample-size-stated.yaml"
KIND = "evidence/kinds/finding.v1.yaml"
POLICY = "policies/release.yaml"
EMPTY_POLICY = b"""id: own
title: An own rule
why: Because we are careful
conditions:
  - {id: low, why: Nothing great may be left, risk_at_most: {level: low}}
examples:
"""


def failures(files: dict[str, bytes], path: str, *changes: Sequence[bytes]) -> list[str]:
    data = files[path]
    for old, new in changes:
        assert old in data
        data = data.replace(old, new, 1)
    return sentences({**files, path: data})


def own(files: dict[str, bytes], shown: bytes) -> list[str]:
    return sentences({**files, "policies/own.yaml": EMPTY_POLICY + shown})


def sentences(files: dict[str, bytes]) -> list[str]:
    return [f"{path}: {said}" for path, _, said in examples.run(loader.load(files))]


def test_a_control_example_that_comes_to_something_else_is_named(files: dict[str, bytes]) -> None:
    found, unshown = failures(files, CONTROL, (b"comes_to: missing", b"comes_to: stale"))
    assert found.startswith(f"{CONTROL}: the example 'no evaluation was attached' comes to missing, not stale")
    assert unshown == f"{CONTROL}: it can come to missing, and no example shows it"


def test_a_control_example_that_does_not_fit_its_kind_is_named(files: dict[str, bytes]) -> None:
    (found,) = failures(files, CONTROL, (b"n: 2376", b"n: many"))
    assert found.startswith(CONTROL)
    assert "does not fit eval-run.v1" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"severity: high\n", b"severity: grave\n", "should hold"),
        (b"severity: high\n", b"severity: 2026-01-01\n", "not JSON"),
        (b"type: object", b"type: thing", "no JSON Schema"),
    ],
)
def test_a_kind_whose_example_or_schema_is_wrong_is_named(
    files: dict[str, bytes], old: bytes, new: bytes, said: str
) -> None:
    found = failures(files, KIND, (old, new))
    assert any(line.startswith(KIND) and said in line for line in found)


def test_a_policy_that_never_allows_in_its_examples_is_named(files: dict[str, bytes]) -> None:
    found = own(files, b"""  - {name: Too great, answers: "no", on: 2026-01-01, given: {risks: {a: 9}}}\n""")
    assert found == ["policies/own.yaml: give an example that allows and one that denies"]


BOTH = b"""  - {name: Too great, answers: "no", on: 2026-01-01, given: {risks: {a: 9}}}
  - {name: Small enough, answers: "yes", on: 2026-01-01, given: {risks: {a: 4}}}
"""


def test_a_policy_with_examples_for_both_answers_is_fine(files: dict[str, bytes]) -> None:
    assert own(files, BOTH) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{risks: {a: 7}}", "no likelihood and impact"),
        ("{risks: {a: big}}", "can not be run"),
        ("{risks: [a]}", "can not be run"),
        ("{risk: {a: 4}}", "unknown fields ['risk']"),
        ("{controls: {quality: met}}", "controls that are not there: ['quality']"),
        ("{controls: {quality-evaluated: good}}", "good"),
        ("{signed: [{role: reviewer}]}", "person"),
        ("{results: [1]}", "can not be run"),
        ("{findings: [grave]}", "severity"),
        ("{risks: {a: 9}}", "answers no, not yes"),
    ],
)
def test_a_policy_example_that_can_not_be_run_is_named(files: dict[str, bytes], given: str, said: str) -> None:
    line = f"""  - {{name: A third one, answers: "yes", on: 2026-01-01, given: {given}}}\n"""
    (found,) = own(files, BOTH + line.encode())
    assert found.startswith("policies/own.yaml: the example 'A third one'")
    assert said in found
