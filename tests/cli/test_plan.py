"""`govern plan`: sealed by whoever may, in words that stand, and shown with what it replaced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]

PLAN = """\
suites:
  - {task: refusal_safety, metric: acc, purpose: safety, against: base, margin: 0.05, runs: 2}
  - {task: elm_desk_qa, metric: acc, at_least: 0.6, n: 200}
"""
SEAL = ("--key", "theo.pem", "--reason", "What the desk needs")


@pytest.fixture
def theo(ready: Govern, tmp_path: Path) -> Govern:
    """The recorded run attached, Theo enrolled as a threshold author with `theo.pem`, and a plan in `plan.yaml`."""
    line = ready("key", "new", "theo.pem").out.strip()
    assert ready("people", "enrol", "Theo Example", "--key", line, "--role", "threshold-author").code == 0
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    return ready


def size(govern: Govern) -> int:
    return int(govern("ledger", "checkpoint", "--json").json["size"])


def test_a_plan_is_sealed_and_shown_with_who_when_and_why(theo: Govern) -> None:
    sealed = theo("plan", "elm-desk", "plan.yaml", *SEAL)
    assert sealed.code == 0, sealed.err
    assert "Theo Example sealed a plan of 2 suites" in sealed.out
    assert "govern anchor" in sealed.out
    shown = theo("plan", "elm-desk")
    assert shown.code == 0
    for said in ("refusal_safety", "base, margin 0.05", "at least 0.6", "200", "Theo Example", "What the desk needs"):
        assert said in shown.out


def test_both_are_one_document_in_json(theo: Govern) -> None:
    sealed = theo("plan", "elm-desk", "plan.yaml", *SEAL, "--json")
    assert (sealed.code, sealed.json["schema"]) == (0, "plan.v1")
    decision = sealed.json["decision"]
    assert (decision["decision"], decision["role"], decision["signer"]) == ("plan", "threshold-author", "Theo Example")
    assert [suite["task"] for suite in decision["plan"]["suites"]] == ["refusal_safety", "elm_desk_qa"]
    shown = theo("plan", "elm-desk", "--json")
    assert (shown.code, shown.json["schema"]) == (0, "plans.v1")
    (only,) = shown.json["plans"]
    assert (only["id"], only["decision"]) == (sealed.json["id"], decision)


def test_another_plan_replaces_it_and_both_stay_on_record(theo: Govern, tmp_path: Path) -> None:
    first = theo("plan", "elm-desk", "plan.yaml", *SEAL, "--json").json["id"]
    (tmp_path / "plan.yaml").write_text(PLAN.replace("runs: 2", "runs: 3"), "utf-8")
    theo("plan", "elm-desk", "plan.yaml", "--key", "theo.pem", "--reason", "The second run broke off")
    shown = theo("plan", "elm-desk")
    assert "The second run broke off" in shown.out
    assert f"it replaced {first}" in shown.out
    assert [
        each["decision"]["plan"]["suites"][0]["runs"] for each in theo("plan", "elm-desk", "--json").json["plans"]
    ] == [2, 3]


def test_where_there_is_no_plan_nothing_is_shown_and_the_exit_code_is_three(ready: Govern) -> None:
    ran = ready("plan", "elm-desk", "--json")
    assert (ran.code, ran.json["exit_code"], ran.json["where"]) == (3, 3, "elm-desk")
    assert "govern plan" in ran.json["hint"]
    assert ready("plan", "elm-desk").code == 3
    assert ready("plan", "no-such-desk").code == 2


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("suites: []\n", "suites"),
        (PLAN.replace("margin: 0.05", "margin: wide"), "suites.0.margin"),
        (PLAN.replace("margin: 0.05, ", ""), "suites.0"),
        (PLAN.replace("runs: 2", "rnus: 2"), "suites.0.rnus"),
        (PLAN.replace("at_least: 0.6", "at_least: 0.6, at_most: 0.9"), "suites.1"),
        (PLAN + PLAN.split("\n")[1] + "\n", "same task, metric and reference"),
        ("suites: [\n", "line"),
        ("- a list\n", ""),
    ],
)
def test_a_plan_that_does_not_stand_names_file_and_field_and_seals_nothing(
    theo: Govern, tmp_path: Path, text: str, field: str
) -> None:
    (tmp_path / "plan.yaml").write_text(text, "utf-8")
    before = size(theo)
    ran = theo("plan", "elm-desk", "plan.yaml", *SEAL, "--json")
    assert ran.code == 6, ran.out
    assert ran.json["where"].startswith("plan.yaml")
    assert field in ran.json["error"]
    assert size(theo) == before


def test_a_file_that_is_not_there_and_a_plan_without_a_key_or_reason_are_wrong_calls(theo: Govern) -> None:
    for words in (
        ("gone.yaml", *SEAL),
        ("plan.yaml",),
        ("plan.yaml", "--key", "theo.pem"),
        ("plan.yaml", "--reason", "None"),
    ):
        ran = theo("plan", "elm-desk", *words, "--json")
        assert ran.code == 2, words
    assert "gone.yaml" in theo("plan", "elm-desk", "gone.yaml", *SEAL, "--json").json["where"]


def test_who_is_not_enrolled_and_who_holds_another_role_seals_nothing(theo: Govern) -> None:
    line = theo("key", "new", "rita.pem").out.strip()
    strange = theo("plan", "elm-desk", "plan.yaml", "--key", "rita.pem", "--reason", "I would like to")
    assert strange.code == 2
    theo("people", "enrol", "Rita Example", "--key", line, "--role", "reviewer")
    before = size(theo)
    other = theo("plan", "elm-desk", "plan.yaml", "--key", "rita.pem", "--reason", "I would like to")
    assert other.code == 2
    assert "does not hold the role threshold-author" in other.err.replace("\n", " ")
    assert size(theo) == before
    assert theo("plan", "elm-desk").code == 3


def test_a_plan_is_sealed_before_there_is_any_model(govern: Govern, tmp_path: Path) -> None:
    from tests.conftest import RECORDED

    govern("init")
    govern("system", "add", RECORDED / "system.yaml")
    line = govern("key", "new", "theo.pem").out.strip()
    govern("people", "enrol", "Theo Example", "--key", line, "--role", "threshold-author")
    Path("plan.yaml").write_text(PLAN, "utf-8")
    sealed = govern("plan", "elm-desk", "plan.yaml", *SEAL, "--json")
    assert sealed.code == 0
    assert "identity" not in sealed.json["decision"]


def test_who_sealed_a_plan_holds_the_duty_that_is_kept_apart(theo: Govern) -> None:
    theo("plan", "elm-desk", "plan.yaml", *SEAL)
    line = theo("key", "new", "own.pem").out.strip()
    theo("people", "revoke", "Theo Example", "--reason", "Another role")
    theo("people", "enrol", "Theo Example", "--key", line, "--role", "approver")
    ran = theo(
        "sign", "elm-desk", "--key", "own.pem", "--role", "approver", "--decision", "approve", "--reason", "Mine"
    )
    assert ran.code == 5
    assert "threshold-author" in ran.err


def test_a_plan_with_hostile_words_is_refused_or_shown_as_text(theo: Govern, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text('suites: [{task: "a\\u202e[bold]b", metric: acc}]\n', "utf-8")
    hidden = theo("plan", "elm-desk", "plan.yaml", "--key", "theo.pem", "--reason", "no\x1b[31m")
    assert (hidden.code, "U+001B is not allowed" in hidden.err) == (2, True)
    assert theo("plan", "elm-desk", "plan.yaml", "--key", "theo.pem", "--reason", "[red]no").code == 0
    shown = theo("plan", "elm-desk")
    assert shown.code == 0
    assert not {"\x1b", "\u202e"} & set(shown.out)
    assert "[bold]" in shown.out
    assert "[red]no" in shown.out
