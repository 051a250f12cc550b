"""Who reads what, what two tools tell differently, and evidence written back for others."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import parse_eval_result_entries

from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]

RESULTS = {
    "results": {"qa": {"acc,none": 0.5, "acc_stderr,none": 0.1}}, "versions": {"qa": 1}, "n-samples": {"qa": {"original": 8, "effective": 8}},
    "config": {"model": "hf", "model_args": {"pretrained": "my-alias"}, "limit": None}, "date": 1795357202.37,
    "higher_is_better": {"qa": {"acc": True}}, "lm_eval_version": "0.4.13",
}  # fmt: skip


def test_explain_says_who_looked_at_each_file_and_why_it_was_passed_over(ready: Govern, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "results.json").write_text(json.dumps(RESULTS))
    (tmp_path / "in" / "notes.txt").write_text("nothing of interest")
    looks = ready("attach", "in", "--system", "elm-desk", "--explain", "--json").json["looks"]
    took = {
        row["collector"]: row["answer"]
        for row in looks
        if row["path"] == "results.json" and row["answer"] != "passed over"
    }
    assert took == {"lm-eval": "read"}
    passed = [row for row in looks if row["path"] == "notes.txt"]
    assert passed
    assert all(row["answer"] == "passed over" and row["reason"] for row in passed)
    said = ready("attach", "in", "--system", "elm-desk", "--explain").out
    assert "lm-eval: read" in said
    assert "Read by nobody:" in said


def test_an_item_says_tool_version_quality_and_what_it_is_bound_to(ready: Govern, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps(RESULTS))
    (item,) = ready("attach", "r.json", "--system", "elm-desk", "--json").json["appended"]
    assert (item["tool"], item["tool_version"], item["quality"], item["bound_to"]) == (
        "lm-evaluation-harness", "0.4.13", "complete", None,
    )  # fmt: skip


def test_a_declared_name_ties_a_result_to_weights_attached_before(ready: Govern, tmp_path: Path) -> None:
    rows = ready("evidence", "list", "--system", "elm-desk", "--kind", "model-artifacts.v1", "--json").json["evidence"]
    digest = rows[0]["record"]["subject"]["digest"]
    (tmp_path / "r.json").write_text(json.dumps(RESULTS))
    (item,) = ready("attach", "r.json", "--system", "elm-desk", "--bind", f"my-alias={digest}", "--json").json[
        "appended"
    ]
    assert (item["bound_to"], item["role"]) == (digest, rows[0]["record"]["subject"]["role"])


@pytest.mark.parametrize("said", ["alias", "=run", "alias=", "my-alias=nowhere"])
def test_a_declared_name_that_leads_nowhere_is_wrong_usage_and_writes_nothing(
    said: str, ready: Govern, tmp_path: Path
) -> None:
    (tmp_path / "r.json").write_text(json.dumps(RESULTS))
    before = ready("evidence", "list", "--system", "elm-desk", "--json").json
    ran = ready("attach", "r.json", "--system", "elm-desk", "--bind", said)
    assert ran.code == 2
    assert ready("evidence", "list", "--system", "elm-desk", "--json").json == before


def test_sources_are_listed_with_what_was_tried(govern: Govern) -> None:
    listed = govern("evidence", "sources", "--json").json["sources"]
    names = [row["name"] for row in listed]
    assert names == sorted(names)
    assert all(row["tried"] and row["tool"] and row["reads"] and row["says"] and row["does_not_say"] for row in listed)
    one = govern("evidence", "sources", "lm-eval")
    assert "*Does not say*" in one.out
    assert govern("evidence", "sources", "no-such").code == 2


def test_everything_is_exported_as_lines_and_as_a_table_that_runs_nothing(ready: Govern, tmp_path: Path) -> None:
    assert ready("evidence", "export", "--system", "elm-desk", "--format", "jsonl", "--out", "out").code == 0
    lines = [json.loads(line) for line in (tmp_path / "out" / "evidence.jsonl").read_bytes().splitlines()]
    listed = ready("evidence", "list", "--system", "elm-desk", "--json").json["evidence"]
    assert [line["id"] for line in lines] == [row["id"] for row in listed]
    assert ready("evidence", "export", "--system", "elm-desk", "--format", "csv", "--out", "out").code == 0
    with (tmp_path / "out" / "evidence.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    scores = [row for row in rows if row["pointer"] == "/results/0/value"]
    assert len(scores) == 2
    assert not any(row["value"].startswith(("=", "+", "@")) for row in rows)


def test_evaluations_are_exported_in_the_shared_form(ready: Govern, tmp_path: Path) -> None:
    ran = ready("evidence", "export", "--system", "elm-desk", "--format", "every-eval-ever", "--out", "out", "--json")
    assert (ran.code, len(ran.json["written"])) == (0, 2)
    document = json.loads((tmp_path / ran.json["written"][0]).read_text())
    row = document["evaluation_results"][0]
    assert document["schema_version"] == "0.3.0"
    assert row["score_details"]["details"]["quality"] == "complete"
    assert row["metric_config"]["lower_is_better"] is False


def test_an_evaluation_whose_direction_is_unknown_is_left_out_and_said(ready: Govern, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps(RESULTS | {"higher_is_better": {}}))
    ready("attach", "r.json", "--system", "elm-desk")
    ran = ready("evidence", "export", "--system", "elm-desk", "--format", "every-eval-ever", "--out", "out", "--json")
    assert any("more is better" in reason for reason in ran.json["left_out"])


def test_scores_for_the_hub_need_a_benchmark_that_a_person_named(ready: Govern, tmp_path: Path) -> None:
    base = ("evidence", "export", "--system", "elm-desk", "--format", "hf-eval-results", "--out", "out")
    nothing = ready(*base, "--json")
    assert (nothing.code, nothing.json["written"]) == (3, [])
    assert any("not tied to the candidate" in reason for reason in nothing.json["left_out"])
    assert ready(*base, "--benchmark", "elm_desk_qa=org/desk:qa").code == 2  # it has two metrics
    assert ready(*base, "--benchmark", "elm_desk_qa/acc=org/desk:qa").code == 0
    import yaml

    entries = yaml.safe_load((tmp_path / "out" / ".eval_results" / "elm_desk_qa.yaml").read_text())
    (entry,) = parse_eval_result_entries(entries)
    assert (entry.dataset_id, entry.task_id, entry.date) == ("org/desk", "qa", "2026-11-22")


@pytest.mark.parametrize("option", [("--format", "xml"), ("--format", "hf-eval-results", "--benchmark", "x")])
def test_a_form_or_benchmark_that_is_none_is_wrong_usage(option: tuple[str, ...], ready: Govern) -> None:
    assert ready("evidence", "export", "--system", "elm-desk", *option).code == 2


def test_where_a_served_model_answered_is_declared_and_kept_as_declared(ready: Govern) -> None:
    sample = RECORDED.parents[2] / "tests" / "samples" / "vllm-metrics"
    plain = ready("attach", sample, "--system", "elm-desk", "--json").json["appended"]
    told = ready("attach", sample, "--system", "elm-desk", "--place", "cloud", "--json").json["appended"]
    bodies = [ready("evidence", "show", item["id"], "--json").json["body"] for item in (plain[0], told[0])]
    assert [(body["place"], body.get("place_from")) for body in bodies] == [
        (None, None),
        ("cloud", "declared at attach"),
    ]
    assert ready("attach", sample, "--system", "elm-desk", "--place", "moon").code == 2


def test_attacks_and_energy_that_no_weights_lie_beside_are_said_to_be_tied_to_no_model(ready: Govern) -> None:
    samples = RECORDED.parents[2] / "tests" / "samples"
    said = ready("attach", samples / "garak", samples / "energy-counter", "--system", "elm-desk").out
    assert said.count("tied to no model") == 3  # each piece, and what to do about it
