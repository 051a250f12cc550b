"""Results of lighteval: both shapes of a task's name, counts of documents, doubts with their reasons."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from governance.domain.evidence import Quality

from .test_contract import schema

TASK = "leaderboard|desk:returns|25"


def results(**extra):
    """Results as up to 2025, with the suite in the task's name and the number of documents."""
    made = {
        "config_general": {
            "lighteval_sha": "abc123", "num_fewshot_seeds": 1, "max_samples": None, "job_id": "", "start_time": 620979.9,
            "end_time": 621000.1, "total_evaluation_time_secondes": "20.2", "model_name": "elm/desk-1b", "model_sha": "def456",
            "model_dtype": "torch.float16", "model_size": "2.5 GB",
        },
        "results": {TASK: {"acc_norm": 0.5, "acc_norm_stderr": 0.1}, "all": {"acc_norm": 0.5, "acc_norm_stderr": 0.1}},
        "versions": {TASK: 0},
        "config_tasks": {
            "leaderboard|desk:returns": {},
            TASK: {
                "name": "desk:returns", "hf_repo": "elm/desk", "original_num_docs": 8, "effective_num_docs": 8, "version": 0,
                "metric": [{"metric_name": ["acc_norm"], "higher_is_better": {"acc_norm": True}}],
            },
        },
        "summary_tasks": {},
        "summary_general": {},
    }  # fmt: skip
    return made | extra


def general(**extra):
    made = results()
    made["config_general"] |= extra
    return made


def task(**extra):
    made = results()
    made["config_tasks"][TASK] |= extra
    return made


@pytest.fixture
def run(read, write):
    def go(made):
        reading = read(write("results.json", made))
        assert reading.not_read == ()
        (fact,) = reading.found
        jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)
        return fact

    return go


def test_the_recorded_run_comes_to_its_numbers(sample, read):
    (fact,) = read(sample("lighteval")).found
    rows = [(row["task"], row["metric"], row["value"], row["stderr"], row["n"]) for row in fact.body["results"]]
    error = pytest.approx(0.28867513459481287)
    assert rows == [("desk|0", "acc", 0.5, error, None), ("all", "acc", 0.5, error, None)]
    first = fact.body["results"][0]
    assert (first["higher_is_better"], first["task_version"], first["data_set"]) == (True, "0", "elm/desk")
    assert (fact.body["seeds"], fact.body["n_shot"]) == ({"seed": 42}, {"desk|0": 0})
    assert (fact.quality, fact.effective_at, fact.tool_version) == (Quality.COMPLETE, None, None)


def test_the_older_shape_has_its_suite_counts_and_commit(run):
    fact = run(results())
    row, average = fact.body["results"]
    assert (row["value"], row["stderr"], row["n"], row["n_original"]) == (0.5, 0.1, 8, 8)
    assert (row["higher_is_better"], row["task_version"]) == (True, "0")
    assert (average["task"], average["n"]) == ("all", None)
    assert fact.body["n_shot"] == {TASK: 25}
    assert fact.body["model"] == {"name": "elm/desk-1b", "digest": None, "adapter": None, "revision": "def456"}
    assert (fact.quality, fact.tool_version) == (Quality.COMPLETE, "abc123")


def test_its_counters_are_no_clock_but_a_true_epoch_is(run):
    assert run(results()).effective_at is None
    assert run(general(start_time=1795366033.5)).effective_at.year == 2026


def test_an_adapter_is_told_from_its_base(run):
    fact = run(
        general(
            model_config={"model_name": "runs/desk/adapter", "base_model": "elm/base"}, model_name="runs/desk/adapter"
        )
    )
    assert (fact.body["model"]["name"], fact.body["model"]["adapter"]) == ("elm/base", "runs/desk/adapter")
    assert fact.subject.name == "runs/desk/adapter"


def test_a_path_is_not_taken_for_a_data_set_of_the_hub(run):
    assert run(task(hf_repo="/home/elm/desk")).body["results"][0]["data_set"] is None


@pytest.mark.parametrize(
    ("made", "quality", "reason"),
    [
        (general(max_samples=10), "partial", "run with a limit of 10 samples"),
        (task(effective_num_docs=4), "partial", "4 of 8 documents"),
        (task(effective_num_docs=0), "failed", "no document was scored"),
        (general(model_name=None), "partial", "does not name the model"),
        (results(results={}), "failed", "holds no result"),
        (results(results={TASK: {"acc": None}}), "failed", "acc is not a number"),
    ],
)
def test_each_way_of_not_being_whole_is_told_with_its_reason(made, quality, reason, run):
    fact = run(made)
    assert fact.quality.value == quality
    assert any(reason in each for each in fact.quality_reasons)


def test_nan_is_null_counted_and_failed(read, write):
    text = json.dumps(results()).replace('"acc_norm": 0.5', '"acc_norm": NaN', 1)
    (fact,) = read(write("results.json", text)).found
    assert (fact.quality, fact.body["not_finite"]) == (Quality.FAILED, 1)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (results(results={TASK: {"acc": "high"}}), "is not a number"),
        (results(results={TASK: 0.5}), "is not an object"),
        (results(results={"": {"acc": 1}}), "not understood: lighteval"),
        (general(model_name=5), "model_name is not text"),
    ],
)
def test_results_of_an_unknown_shape_are_not_read(made, reason, read, write):
    reading = read(write("results.json", made))
    assert reading.found == ()
    assert [row for row in reading.not_read if reason in row.reason]


def test_a_document_that_only_shares_the_words_is_not_claimed(read, write):
    reading = read(write("x.json", {"config_general": 1, "results": {}, "versions": {}}))
    assert [row.reason for row in reading.not_read] == ["no collector recognises it"]
