"""Runs that an importer wrote down after asking a service: how they ended, whether they are whole, and what they are tied by."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

from .conftest import SAMPLES

NAMES = ("mlflow-export", "wandb-export")
SAID = {name: json.loads(next((SAMPLES / name).iterdir()).read_text("utf-8")) for name in NAMES}


@pytest.fixture
def export(write, read):
    """What comes of a sample with changes to its run, and to the document itself."""

    def go(name, *, run=None, **changes):
        said = SAID[name] | changes
        return read(write("export.json", said | {"run": SAID[name]["run"] | (run or {})}))

    return go


@pytest.mark.parametrize(
    ("name", "status", "quality", "why"),
    [
        ("mlflow-export", "FINISHED", Quality.COMPLETE, ""),
        ("mlflow-export", "RUNNING", Quality.PARTIAL, "never told to be at its end"),
        ("mlflow-export", "KILLED", Quality.PARTIAL, "stopped it"),
        ("mlflow-export", "SCHEDULED", Quality.PARTIAL, "had not begun"),
        ("mlflow-export", "FAILED", Quality.FAILED, "FAILED"),
        ("wandb-export", "finished", Quality.COMPLETE, ""),
        ("wandb-export", "running", Quality.PARTIAL, "still going on"),
        ("wandb-export", "killed", Quality.PARTIAL, "its state is killed"),
        ("wandb-export", "preempted", Quality.PARTIAL, "its state is preempted"),
        ("wandb-export", "crashed", Quality.FAILED, "heard no more"),
        ("wandb-export", "failed", Quality.FAILED, "its state is failed"),
    ],
)
def test_how_a_run_ended_is_told_by_the_service_s_word(export, name, status, quality, why):
    (fact,) = export(name, run={"status": status}).found
    assert fact.quality is quality
    assert why in "; ".join(fact.quality_reasons)
    assert fact.body["status"] == status


def test_what_the_training_was_is_read_like_any_other_run_of_the_tool(export):
    (fact,) = export("mlflow-export").found
    body = fact.body
    assert (body["steps"], body["max_steps"], body["finished"], body["final_loss"]) == (40, 40, True, 1.0)
    assert body["base_model"]["name"] == "elm/base"
    assert body["data_sets"] == [{"name": "desk-train", "digest": "d1", "context": "training"}]
    assert body["registered_models"] == [{"name": "elm-desk", "version": "1", "aliases": ["champion"]}]
    assert body["recorded_run"] == "desk-7"
    assert fact.redacted == 1
    (fact,) = export("wandb-export").found
    assert (fact.body["experiment"], fact.body["labels"], fact.tool_version) == ("desk", ["small"], "0.31.0")
    assert fact.body["hyperparameters"]["learning_rate"] == 2e-5


@pytest.mark.parametrize("name", NAMES)
def test_a_list_of_numbers_that_was_shortened_is_not_read(export, name):
    series = {key: {part: rows[:-1] for part, rows in each.items()} for key, each in SAID[name]["series"].items()}
    reading = export(name, series=series)
    assert reading.found == ()
    assert "logged numbers and says" in reading.not_read[0].reason


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "changes",
    [
        {"series": {"loss": {"steps": [1], "values": []}}},
        {"series": {"loss": {"steps": ["one"], "values": [1]}}},
        {"series": {"loss": [1, 2]}},
        {"series": []},
        {"settings": []},
        {"data_sets": [{}]},
        {"data_sets": [7]},
        {"points": None},
        {"redacted": -1},
        {"run": {"status": None}},
        {"run": {"id": None}},
        {"run": {"id": 7}},
    ],
)
def test_a_field_of_another_sort_is_an_error_and_never_half_a_fact(export, name, changes):
    reading = export(name, **changes)
    assert reading.found == ()
    assert len(reading.not_read) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"run": {"status": "DONE"}},
        {"registered_models": [{"name": "x"}]},
        {"registered_models": [7]},
        {"logged_models": [{"id": "m-1"}]},
    ],
)
def test_what_only_mlflow_says_is_held_to_its_form_too(export, changes):
    assert export("mlflow-export", **changes).found == ()


def test_a_run_that_does_not_say_whether_it_was_deleted_is_not_whole(export):
    (fact,) = export("mlflow-export", run={"deleted": None}).found
    assert fact.quality is Quality.PARTIAL


def test_rows_that_nobody_counted_are_not_whole(export):
    (fact,) = export("wandb-export", run={"all_rows": False}).found
    assert fact.quality is Quality.PARTIAL


@pytest.mark.parametrize("name", NAMES)
def test_a_run_of_measures_alone_is_an_evaluation(export, name):
    series = {"accuracy": {"steps": [0], "values": [0.5]}}
    (fact,) = export(name, series=series, points=1, settings={"model": "elm/base"}).found
    assert fact.kind == "eval-run.v1"
    assert "recorded_run" not in fact.body
    assert fact.body["results"][0]["value"] == 0.5


@pytest.mark.parametrize("name", NAMES)
def test_another_document_that_speaks_of_the_form_is_nobody_s(write, read, name):
    said = {"schema": "notes.v1", "settings": {}, "series": {}, "about": SAID[name]["schema"]}
    assert read(write("notes.json", said)).found == ()
