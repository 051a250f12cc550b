"""Runs of HELM: results apart by split and perturbation, bookkeeping left out, a reached cap told."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from governance.domain.evidence import Quality

from .test_contract import schema


@pytest.fixture
def run(sample, read):
    """The run in the sample, its statistics and settings changed first."""

    def go(stats=lambda _: None, settings=lambda _: None):
        folder = sample("helm")
        for name, change in (("stats.json", stats), ("run_spec.json", settings)):
            value = json.loads((folder / name).read_text())
            change(value)
            (folder / name).write_text(json.dumps(value))
        (fact,) = read(folder).found
        jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)
        return fact

    return go


def test_splits_and_perturbations_are_kept_apart_and_bookkeeping_is_left_out(run):
    fact = run()
    rows = [(row["metric"], row["filter"], row["value"], row["n"]) for row in fact.body["results"]]
    assert rows == [
        ("exact_match", "test", 0.75, 4),
        ("quasi_exact_match", "test", 0.75, 4),
        ("exact_match", "test/robustness/worst", 0.5, None),
        ("exact_match", "valid", 1.0, 1),
    ]
    assert fact.body["model"]["name"] == "elm/desk-1b"
    assert {row["task"] for row in fact.body["results"]} == {"desk_questions:subject=returns"}
    assert (fact.body["limit"], fact.body["n_shot"]) == (1000, {"desk_questions:subject=returns": 5})
    assert (fact.quality, fact.effective_at, fact.tool_version, len(fact.sources)) == (Quality.COMPLETE, None, None, 2)


def test_a_cap_that_was_reached_makes_it_partial(run):
    fact = run(settings=lambda spec: spec["adapter_spec"].update(max_eval_instances=5))
    assert (fact.quality, fact.quality_reasons) == (
        Quality.PARTIAL,
        ("run with a limit of 5 instances, which was reached",),
    )


def _without_counts(stats):
    stats[:] = [row for row in stats if row["name"]["name"] != "num_instances"]


def test_a_cap_counts_as_reached_where_the_statistics_do_not_say(run):
    assert run(stats=_without_counts).quality is Quality.PARTIAL


def test_without_a_cap_the_counts_are_not_needed(run):
    fact = run(stats=_without_counts, settings=lambda spec: spec["adapter_spec"].pop("max_eval_instances"))
    assert fact.quality is Quality.COMPLETE


@pytest.mark.parametrize(
    ("change", "quality", "reason"),
    [
        (lambda stats: [row.pop("mean", 0) for row in stats if "exact" in row["name"]["name"]], "failed", "no result has a value"),
        (lambda stats: stats[5].pop("mean"), "partial", "exact_match of test has no value"),
        (lambda stats: stats.__setitem__(slice(5, 8), []) or stats.__delitem__(6), "failed", "hold no result"),
        (lambda stats: stats[8].update(mean=0), "failed", "test: no instance was run"),
    ],
)  # fmt: skip
def test_what_has_no_value_is_told(change, quality, reason, run):
    def once(stats):
        change(stats)

    fact = run(stats=once)
    assert fact.quality.value == quality
    assert any(reason in each for each in fact.quality_reasons)


def test_statistics_without_their_settings_are_partial(sample, read):
    folder = sample("helm")
    (folder / "run_spec.json").unlink()
    (fact,) = read(folder).found
    assert (fact.quality, fact.body["model"]["name"]) == (Quality.PARTIAL, "unknown")


def test_settings_that_name_no_model_are_partial(run):
    fact = run(settings=lambda spec: spec.update(adapter_spec={}))
    assert "the settings do not name the model" in fact.quality_reasons


def test_statistics_of_single_instances_are_another_sort(write, read):
    rows = [
        {
            "instance_id": "a",
            "train_trial_index": 0,
            "stats": [{"name": {"name": "x", "split": "test"}, "sum_squared": 1, "count": 1}],
        }
    ]
    assert read(write("per_instance_stats.json", rows)).found == ()


@pytest.mark.parametrize("row", [{"name": {"name": None}}, {"name": "x"}, 5, {"name": {"name": "x"}, "mean": "high"}])
def test_a_statistic_of_an_unknown_shape_is_not_read(row, run, sample, read):
    folder = sample("helm")
    stats = json.loads((folder / "stats.json").read_text())
    (folder / "stats.json").write_text(json.dumps([*stats, row]))
    assert read(folder).found == ()
