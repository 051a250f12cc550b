"""What a person types never stands for what a tool says, and never comes from a day that has not come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]


def declared(path: Path, kind: str, body: dict[str, Any], **said: Any) -> Path:
    head = {"schema": "declared-evidence.v1", "kind": kind, "about": "system", "on": "2026-11-01"}
    path.write_text(json.dumps(head | {"by": {"name": "Ada Example", "role": "Lead"}} | said | {"body": body}))
    return path


DRILL = {
    "scenario": "A reader is told a wrong opening hour four times in one evening.", "announced": False, "participants": 5,
    "led_by": {"name": "Rita Example", "role": "Security officer"}, "minutes_to_notice": 6, "minutes_to_stop": 4,
    "minutes_to_recover": 30, "gaps": [], "actions": [],
}  # fmt: skip


def test_a_typed_evaluation_is_refused_and_turns_nothing(ready: Govern, tmp_path: Path) -> None:
    before = ready("assess", "elm-desk", "--json").json["controls"]
    rows = ready("evidence", "list", "--system", "elm-desk", "--json").json["evidence"]
    run = next(
        r for r in rows if r["record"]["kind"] == "eval-run.v1" and r["record"]["subject"]["role"] == "candidate"
    )
    body = ready("evidence", "show", run["id"], "--json").json["body"]
    for row in body["results"]:
        row |= {"value": 0.999, "n": 100_000}
    typed = declared(
        tmp_path / "typed.json", "eval-run.v1", body, about="candidate", model=run["record"]["subject"]["digest"]
    )
    ran = ready("attach", typed, "--system", "elm-desk", "--json")
    assert (ran.code, ran.json["appended"]) == (6, [])
    assert "not written by hand" in ran.json["not_read"][0]["reason"]
    after = ready("assess", "elm-desk", "--json").json["controls"]
    assert [row["standing"] for row in after] == [row["standing"] for row in before]


def test_who_typed_a_record_is_printed_with_it(ready: Govern, tmp_path: Path) -> None:
    declared(tmp_path / "drill.json", "incident-drill.v1", DRILL)
    assert "declared by Ada Example, Lead" in ready("attach", "drill.json", "--system", "elm-desk").out
    assert "Ada Example, Lead" in ready("evidence", "list", "--system", "elm-desk").out
    ready("report", "elm-desk", "--out", "report", "--no-pdf")
    for name in ("audit-report.html", "evidence-index.csv", "statement-of-applicability.html"):
        assert "written by hand by Ada Example, Lead" in (tmp_path / "report" / name).read_text("utf-8"), name


@pytest.mark.parametrize("day", ["2999-01-01", "9999-12-31"])
def test_a_declared_day_that_has_not_come_is_refused(ready: Govern, tmp_path: Path, day: str) -> None:
    declared(tmp_path / "drill.json", "incident-drill.v1", DRILL, on=day)
    ran = ready("attach", "drill.json", "--system", "elm-desk", "--json")
    assert (ran.code, ran.json["appended"]) == (6, [])
    assert "lies in the future" in ran.json["not_read"][0]["reason"]
    assert ready("report", "elm-desk", "--no-pdf").code == 0


def test_an_attestation_from_the_future_is_refused_too(ready: Govern, tmp_path: Path) -> None:
    attested(tmp_path / "plan.yaml", "2999-01-01", in_place=True)
    ran = ready("attach", "plan.yaml", "--system", "elm-desk", "--json")
    assert (ran.code, ran.json["appended"]) == (6, [])
    assert "lies in the future" in ran.json["not_read"][0]["reason"]


def test_what_a_person_attaches_says_nothing_of_the_machine_it_was_attached_on(govern: Govern, tmp_path: Path) -> None:
    govern("init")
    govern("system", "add", RECORDED / "system.yaml")
    declared(tmp_path / "drill.json", "incident-drill.v1", DRILL)
    ran = govern("attach", "drill.json", "--system", "elm-desk", "--json")
    assert [row["kind"] for row in ran.json["appended"]] == ["incident-drill.v1"]
    broken = declared(tmp_path / "broken.json", "incident-drill.v1", {})
    assert govern("attach", broken, "--system", "elm-desk", "--json").json["appended"] == []


def attested(path: Path, on: str, *, in_place: bool) -> Path:
    path.write_text(
        f"schema: attested-document.v1\ntopic: incident-plan\ntitle: The plan\nby: {{name: Ada Example, role: Lead}}\n"
        f"statement: The plan is {'in place' if in_place else 'not in place'} as of that day.\non: {on}\nin_place: {str(in_place).lower()}\n"
    )
    return path


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_of_two_statements_of_one_day_the_no_counts(ready: Govern, tmp_path: Path, order: tuple[bool, bool]) -> None:
    for number, in_place in enumerate(order):
        assert (
            ready(
                "attach", attested(tmp_path / f"{number}.yaml", "2026-11-01", in_place=in_place), "--system", "elm-desk"
            ).code
            == 0
        )
    (row,) = [c for c in ready("assess", "elm-desk", "--json").json["controls"] if c["id"] == "incident-response-ready"]
    assert row["standing"] == "unmet"
    attested(tmp_path / "later.yaml", "2026-11-02", in_place=True)
    ready("attach", "later.yaml", "--system", "elm-desk")
    (row,) = [c for c in ready("assess", "elm-desk", "--json").json["controls"] if c["id"] == "incident-response-ready"]
    assert row["standing"] == "met"


def test_verify_says_where_the_content_of_a_pack_is_not_this_program_s_own(ready: Govern, tmp_path: Path) -> None:
    ready("pack", "elm-desk", "--out", "own.zip", "--no-pdf")
    assert "this program's own" in ready("verify", "own.zip", "--json").json["report"]["CONTENT"]
    ours = (RECORDED.parents[2] / "controls" / "catalogue" / "bias-evaluated.yaml").read_text("utf-8")
    path = tmp_path / "controls" / "catalogue" / "bias-evaluated.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(ours.replace("owner: ", "owner: Another ", 1))
    ready("pack", "elm-desk", "--out", "other.zip", "--no-pdf")
    said = ready("verify", "other.zip", "--json").json["report"]["CONTENT"]
    assert said.endswith("; 1 differ from this program's own: controls/catalogue/bias-evaluated.yaml")


def test_a_profile_of_a_framework_that_is_not_in_scope_says_what_the_controls_come_to(ready: Govern) -> None:
    rows = ready("profile", "show", "elm-desk", "--json").json["rows"]
    assert all(row["current"] is not None for row in rows)
    assert {row["current"] for row in rows} >= {"missing"}
    assert not any(
        "A person judges what the controls leave open" in row["action"] for row in rows if row["current"] == "missing"
    )
