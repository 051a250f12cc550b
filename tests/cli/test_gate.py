"""`govern gate`: its forms and files, what --explain adds, and what counts against the last approved release."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]

SMALL = """\
id: small
title: A small rule
why: It is enough here.
conditions:
  - id: quality
    why: It must do its job.
    controls_met: {controls: [quality-evaluated]}
  - id: bias
    why: It must treat people alike.
    controls_met: {controls: [bias-evaluated]}
  - id: sure
    why: A share is judged by its interval.
    interval: {purpose: safety, metric: acc, at_least: 0.99}
  - id: signed
    why: Somebody answers.
    signed_by: {roles: [reviewer]}
examples:
  - name: All of it
    answers: "yes"
    on: 2026-06-01
    given:
      controls: {quality-evaluated: met, bias-evaluated: met}
      results: [{task: xstest, metric: acc, value: 1.0, n: 4000}]
      signed: [{role: reviewer, person: Rita Example}]
  - {name: None of it, answers: "no", on: 2026-06-01, given: {}}
"""


@pytest.fixture
def small(ready: Govern, tmp_path: Path) -> Govern:
    """The recorded run attached, Rita enrolled with `rita.pem`, and the policy `small`."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "small.yaml").write_text(SMALL)
    line = ready("key", "new", "rita.pem").out.strip()
    assert ready("people", "enrol", "Rita Example", "--key", line, "--role", "reviewer").code == 0
    return ready


def approve(govern: Govern) -> None:
    words = (
        "--key",
        "rita.pem",
        "--role",
        "reviewer",
        "--decision",
        "approve",
        "--reason",
        "Good enough for one desk.",
    )
    ran = govern("sign", "elm-desk", "--policy", "small", *words)
    assert ran.code == 0, ran.err


def gate(govern: Govern, *words: str | Path) -> Ran:
    return govern("gate", "elm-desk", "--policy", "small", *words)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "markdown"])
def test_each_form_is_printed_alone_and_written_to_a_file_with_the_same_exit_code(
    small: Govern, tmp_path: Path, form: str
) -> None:
    printed = gate(small, "--format", form)
    written = gate(small, "--format", form, "--out", "out/gate")
    assert (printed.code, written.code, written.out) == (1, 1, "")
    assert "out/gate: no: " in written.err
    held = (tmp_path / "out" / "gate").read_text("utf-8")
    if form != "text":  # on the screen that is a table
        assert printed.out.split('"on"')[0].split("timestamp")[0] == held.split('"on"')[0].split("timestamp")[0]
    for name in ("quality", "bias", "sure", "signed"):
        assert name in held
    if form in ("json", "sarif"):
        assert json.loads(held)
    if form == "junit":
        top = ElementTree.fromstring(held)  # noqa: S314 - our own document
        answers = [each["answer"] for each in gate(small, "--json").json["conditions"]]
        assert top.get("tests") == str(len(answers))
        assert top.get("failures") == str(answers.count("no"))
        assert top.get("errors") == str(answers.count("could-not-tell"))


def test_json_says_which_conditions_with_their_numbers(small: Govern) -> None:
    assert gate(small, "--format", "json").json | {"on": ""} == gate(small, "--json").json | {"on": ""}
    said = {each["id"]: each for each in gate(small, "--json").json["conditions"]}
    assert {"value", "low", "high", "n", "bound"} <= set(said["sure"]["numbers"][0])


def test_a_form_that_there_is_not_and_two_forms_at_once_are_wrong_calls(small: Govern) -> None:
    assert gate(small, "--format", "pdf").code == 2
    assert gate(small, "--format", "sarif", "--json").code == 2
    assert gate(small, "--baseline", "--on", "2026-11-25").code == 2


def test_explain_adds_numbers_evidence_and_every_step(small: Govern) -> None:
    short, whole = gate(small, "--format", "text", "--out", "a"), gate(small, "--explain")
    assert short.code == whole.code == 1
    said = " ".join(whole.out.split())
    assert "interval" in said
    assert "asked ≥ 0.99" in said
    assert "seen in ev-" in said
    assert "seen in" not in gate(small).out


def test_without_an_approved_release_there_is_no_baseline_and_the_exit_code_is_three(small: Govern) -> None:
    ran = gate(small, "--baseline", "--json")
    assert (ran.code, ran.json["exit_code"]) == (3, 3)


def test_what_stood_as_it_stands_at_the_last_approval_does_not_count_and_is_told(small: Govern, tmp_path: Path) -> None:
    approve(small)
    whole = gate(small, "--json").json
    short = [each["id"] for each in whole["conditions"] if each["answer"] != "yes"]
    assert "bias" in short
    ran = gate(small, "--baseline", "--json")
    assert (ran.code, ran.json["answer"]) == (0, "yes")
    assert ran.json["not_new"] == short
    assert f"{len(short)} stood no better" in ran.json["reason"]
    shown = " ".join(gate(small, "--baseline").out.split())
    assert re.search(r"[✘?] (no|could-not-tell) \(as before\)", shown)
    gate(small, "--baseline", "--format", "junit", "--out", "junit.xml")
    top = ElementTree.fromstring((tmp_path / "junit.xml").read_text("utf-8"))  # noqa: S314 - our own document
    assert (top.get("failures"), top.get("errors")) == ("0", "0")
    assert len(top.findall(".//system-out")) == len(short)
    levels = {each["level"] for each in gate(small, "--baseline", "--format", "sarif").json["runs"][0]["results"]}
    assert levels == {"note"}


def test_a_word_of_people_counts_whatever_it_was(small: Govern, tmp_path: Path) -> None:
    approve(small)
    (tmp_path / "next").mkdir()
    for path in (RECORDED / "run").iterdir():
        if path.is_file():
            (tmp_path / "next" / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "next" / "chat_template.jinja").open("a") as stream:
        stream.write("{# answers in one sentence #}")
    assert small("attach", "next", "--system", "elm-desk", "--no-environment").code == 0
    ran = gate(small, "--baseline", "--json")
    assert ran.code == 1
    answers = {each["id"]: each["answer"] for each in ran.json["conditions"]}
    assert answers["signed"] == "no"
    assert "signed" not in ran.json["not_new"]
    assert "bias" in ran.json["not_new"]


def test_hostile_words_of_a_person_are_text_in_every_form(small: Govern, tmp_path: Path) -> None:
    reason = "</failure> <b>[a](https://example.org)</b> | `x` ]]>"
    words = ("--key", "rita.pem", "--role", "reviewer", "--decision", "hold", "--reason", reason)
    assert small("sign", "elm-desk", "--policy", "small", *words).code == 0
    top = ElementTree.fromstring(gate(small, "--format", "junit").out)  # noqa: S314 - our own document
    assert reason in (top.findtext(".//testcase[@name='signed']/failure") or "")
    found = {each["ruleId"]: each for each in gate(small, "--format", "sarif").json["runs"][0]["results"]}
    assert "\\[a\\](https" in found["signed"]["message"]["text"]
    (row,) = [each for each in gate(small, "--format", "markdown").out.split("\n") if each.startswith("| signed")]
    assert "\\<b\\>\\[a\\]" in row
