"""What a gate answered, for pipelines: nothing that is no yes looks like a pass, and no text of anybody's becomes markup."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.assessment import ConditionResult, GateResult, Numbers
from governance.domain.policy import Answer
from governance.exchange import gate_results

YES, NO, OPEN = Answer.YES, Answer.NO, Answer.COULD_NOT_TELL
HOSTILE = (
    "</failure><testcase name=\"x\"/> ]]> & \x1b[31mred\x07 \u202egnp.exe\n| cell | <script>alert(1)</script> [a link](https://example.org)"
    " `code` # head \ufffe \ud7ff *b* ~s~ \\| end"
)  # fmt: skip


def condition(name: str, answer: Answer, reason: str = "because", *turns: str, **more: Any) -> ConditionResult:
    return ConditionResult(id=name, answer=answer, reason=reason, would_turn=turns, **more)


def result(*conditions: ConditionResult, answer: Answer | None = None, reason: str = "in one sentence") -> GateResult:
    order = [NO, OPEN, YES]
    worst = min((each.answer for each in conditions), key=order.index, default=NO)
    return GateResult(
        system="desk", policy="release", policy_digest="sha256:" + "a" * 64, on=datetime(2026, 11, 22, 12, tzinfo=UTC),
        answer=answer or worst, conditions=conditions, reason=reason,
    )  # fmt: skip


THREE = result(
    condition("met", YES),
    condition("lost", NO, "it lost much", "a better model"),
    condition("unknown", OPEN, "nobody ran it", "run it"),
)


def sarif(of: GateResult, known: tuple[str, ...] = ()) -> Any:
    (run,) = json.loads(gate_results.sarif(of, version="1.2.3", known=known))["runs"]
    return run


def suite(of: GateResult, known: tuple[str, ...] = ()) -> ElementTree.Element:
    top = ElementTree.fromstring(gate_results.junit(of, known))  # noqa: S314 - our own document
    (held,) = top
    for name in ("tests", "failures", "errors"):
        assert top.get(name) == held.get(name)
    assert int(held.get("tests", "")) == len(held.findall("testcase"))
    assert int(held.get("failures", "")) == len(held.findall("testcase/failure"))
    assert int(held.get("errors", "")) == len(held.findall("testcase/error"))
    assert held.get("skipped") == "0"
    assert not held.findall("testcase/skipped")
    return held


def test_sarif_has_what_its_schema_requires_and_a_result_for_each_that_is_no_yes() -> None:
    log = json.loads(gate_results.sarif(THREE, version="1.2.3"))
    assert (log["version"], set(log)) == ("2.1.0", {"$schema", "version", "runs"})
    run = sarif(THREE)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["met", "lost", "unknown"]
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [("lost", "error"), ("unknown", "warning")]
    for each in run["results"]:
        assert each["message"]["text"]
        assert each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "policies/release.yaml"
        assert "baselineState" not in each, "there was no baseline"
        assert re.fullmatch("[0-9a-f]{64}", each["partialFingerprints"]["condition/v1"])
    assert run["results"][0]["message"]["text"] == "it lost much\nWhat would turn it:\n- a better model"
    assert run["properties"]["answer"] == "no"


def test_a_condition_of_a_floor_stands_in_the_file_of_the_floor() -> None:
    (found,) = sarif(result(condition("house/kept", NO, floor="house")))["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "policies/house.yaml"
    (case,) = suite(result(condition("house/kept", NO, floor="house"))).findall("testcase")
    assert (case.get("classname"), case.get("name")) == ("house", "house/kept")


def test_sarif_holds_the_numbers_as_data() -> None:
    numbers = Numbers.model_validate(
        {"task": "xstest", "metric": "acc", "value": 0.9, "low": 0.88, "high": 0.92, "confidence": 0.95, "method": "Wilson",
         "n": 1000, "bound": 0.95, "side": "at-least", "answer": "no", "evidence": ["ev-1"]}
    )  # fmt: skip
    (found,) = sarif(result(condition("sure", NO, numbers=(numbers,))))["results"]
    assert found["properties"]["numbers"][0]["low"] == 0.88


def test_what_stood_before_is_unchanged_and_no_error() -> None:
    results = {each["ruleId"]: each for each in sarif(THREE, known=("lost",))["results"]}
    assert (results["lost"]["level"], results["lost"]["baselineState"]) == ("note", "unchanged")
    assert (results["unknown"]["level"], results["unknown"]["baselineState"]) == ("warning", "new")
    held = suite(THREE, known=("lost",))
    assert (held.get("failures"), held.get("errors")) == ("0", "1")
    assert "as when the last release was approved" in (held.findtext("testcase[@name='lost']/system-out") or "")
    assert "| lost | ✘ no (as before) |" in gate_results.markdown(THREE, ("lost",))
    assert "a better model" not in gate_results.markdown(THREE, ("lost",))


def test_junit_counts_a_no_as_a_failure_and_what_can_not_be_told_as_an_error() -> None:
    held = suite(THREE)
    assert [held.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert held.get("timestamp") == "2026-11-22T12:00:00"
    found = {case.get("name"): [child.tag for child in case] for case in held}
    assert found == {"met": [], "lost": ["failure"], "unknown": ["error"]}
    assert held.findtext("testcase/failure") == "it lost much\nwould turn it: a better model"


@pytest.mark.parametrize(
    ("of", "known", "tag", "level"),
    [
        (result(), (), "failure", "error"),
        (result(condition("lost", NO), answer=OPEN), ("lost",), "error", "warning"),
        (result(condition("met", YES), condition("lost", NO), answer=NO), ("lost",), "failure", "error"),
    ],
)
def test_an_answer_that_is_no_yes_is_never_a_document_without_a_fault(
    of: GateResult, known: tuple[str, ...], tag: str, level: str
) -> None:
    (case,) = suite(of, known).findall(f"testcase/{tag}/..")
    assert case.get("name") == gate_results.WHOLE
    assert [each["level"] for each in sarif(of, known)["results"] if each["ruleId"] == gate_results.WHOLE] == [level]


def test_an_answer_of_yes_has_no_fault_anywhere() -> None:
    for of, known in (
        (result(condition("met", YES)), ()),
        (result(condition("met", YES), condition("lost", NO), answer=YES), ("lost",)),
    ):
        held = suite(of, known)
        assert (held.get("failures"), held.get("errors")) == ("0", "0")
        assert {each["level"] for each in sarif(of, known)["results"]} <= {"note"}


def test_hostile_text_stays_text_in_junit() -> None:
    held = suite(result(condition("lost", NO, HOSTILE, HOSTILE), reason=HOSTILE))
    (case,) = held.findall("testcase")
    (failure,) = case
    lines = (failure.text or "").split("\n")
    assert len(lines) == 2, "a line break in a reason begins no line of its own"
    assert "<script>alert(1)</script>" in lines[0]
    raw = gate_results.junit(result(condition("lost", NO, HOSTILE)))
    assert not {"\x1b", "\x07", "\u202e", "\ufffe"} & set(raw)


def test_hostile_text_is_no_link_in_sarif_and_nothing_hidden_is_in_it() -> None:
    (found,) = sarif(result(condition("lost", NO, HOSTILE, HOSTILE)))["results"]
    said = found["message"]["text"]
    assert "](https" not in re.sub(r"\\.", "", said), "SARIF takes [words](address) in a message for a link"
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert said.count("\n") == 2, "what it was, and one step"


def test_hostile_text_is_no_markup_in_markdown() -> None:
    made = gate_results.markdown(result(condition("lost", NO, HOSTILE, HOSTILE), reason=HOSTILE))
    rows = [row for row in made.split("\n") if row.startswith("| lost")]
    assert len(rows) == 1
    bare = re.sub(r"\\.", "", rows[0])
    assert bare.count("|") == 4, "a reason ends no cell"
    assert not set("<>[]`*#~") & set(re.sub(r"\\.", "", made.partition("\n")[2]).replace("- ", ""))
    assert not {"\x1b", "\x07", "\u202e"} & set(made)


@given(st.text(), st.sampled_from([NO, OPEN]))
def test_whatever_a_reason_holds_every_form_can_be_read(text: str, answer: Answer) -> None:
    of = result(condition("lost", answer, text, text), reason=text)
    assert suite(of).findall("testcase/failure") or suite(of).findall("testcase/error")
    assert len(sarif(of)["results"]) == 1
    table = [row for row in gate_results.markdown(of).split("\n") if row.startswith("|")]
    assert len(table) == 3
