"""Runs of Inspect: each version's shape, each way of not being whole, each way of being broken."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats.inspect_log import worth
from governance.domain.evidence import Quality

from .inspect_made import archive, changed, log, sample, with_config, with_eval, with_scorer, zipped
from .test_contract import schema


@pytest.fixture
def run(read, write):
    """The one run in a log, given as a value or as bytes."""

    def go(content):
        name = "log.eval" if isinstance(content, bytes) else "log.json"
        reading = read(write(name, content))
        assert reading.not_read == ()
        (fact,) = [fact for fact in reading.found if fact.kind == "eval-run.v1"]
        jsonschema_rs.validator_for(schema("eval-run.v1")).validate(fact.body)
        return fact

    return go


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("0.3.18.json", [("accuracy", "includes", 0.75, 0.2131703546928432, 4, 4)]),
        ("0.3.43.eval", [("accuracy", "includes", 0.75, 0.25, 4, 4)]),
        ("0.3.138.eval", [("accuracy", "includes", 0.75, 0.25, 4, 4), ("accuracy", "match", 0.75, 0.25, 4, 4)]),
        ("0.3.206.eval", [("accuracy", "includes", 0.75, 0.25, 4, 4)]),
    ],
)
def test_what_each_version_recorded_comes_to_its_numbers(name, rows, sample, read):
    (fact,) = [fact for fact in read(sample("inspect-log") / name).found if fact.kind == "eval-run.v1"]
    keys = ("metric", "filter", "value", "stderr", "n", "n_original")
    found = [tuple(row[key] for key in keys) for row in fact.body["results"]]
    assert [row[:3] + row[4:] for row in found] == [row[:3] + row[4:] for row in rows]
    assert [row[3] for row in found] == pytest.approx([row[3] for row in rows], abs=0.1)
    assert (fact.quality, fact.tool_version) == (Quality.COMPLETE, name.rsplit(".", 1)[0])
    assert fact.body["harness"] == {"name": "inspect", "version": fact.tool_version}
    assert (fact.effective_at.year, fact.effective_clock) == (2026, "tool")
    assert fact.body["epochs"] == (2 if name == "0.3.206.eval" else 1)


def test_the_two_forms_of_one_log_say_the_same(run):
    assert run(log()).body == run(archive(log())).body == run(archive(log(), chunked=True)).body


def test_a_scorer_that_gives_several_scores_is_named_with_each(sample, read):
    fact = next(fact for fact in read(sample("inspect-samples")).found if fact.kind == "eval-run.v1")
    rows = [(row["metric"], row["filter"], row["value"], row["stderr"]) for row in fact.body["results"]]
    assert rows == [("mean", "both/a", 1.0, 0.0), ("mean", "both/b", 0.25, None)]


def test_the_model_is_named_as_the_loader_of_its_weights_was_told(run):
    assert run(log()).body["model"] == {"name": "elm/desk-1b", "digest": None, "adapter": None, "revision": None}
    local = with_eval(
        model="hf/local", model_args={"model_path": "runs/desk/final", "revision": "abc", "device": "cpu"}
    )
    fact = run(local)
    assert (fact.body["model"]["name"], fact.body["model"]["revision"]) == ("runs/desk/final", "abc")
    assert (fact.body["device"], fact.subject.name) == ("cpu", "runs/desk/final")
    assert run(with_eval(model="openai/gpt-4o-mini")).body["model"]["name"] == "openai/gpt-4o-mini"


def test_judges_seeds_and_the_data_set_of_the_hub_are_kept(run):
    made = with_scorer(params={"model": ["openai/judge", "other/judge"]})
    made["eval"] |= {
        "model_roles": {"grader": {"model": "anthropic/grader", "config": {}}},
        "model_generate_config": {"seed": 7},
        "dataset": {"name": "allenai/ai2_arc", "location": "allenai/ai2_arc", "samples": 2},
        "task_version": "2-A",
    }
    body = run(made).body
    assert body["judges"] == ["anthropic/grader", "openai/judge", "other/judge"]
    assert body["seeds"] == {"seed": 7}
    assert {(row["data_set"], row["task_version"]) for row in body["results"]} == {("allenai/ai2_arc", "2-A")}


def test_nothing_that_was_asked_or_answered_and_no_path_is_copied(run):
    made = log([sample(1, metadata={"name": "Ada"}, error=None), sample(2)])
    made["error"] = {"message": "secret trouble", "traceback": "secret place"}
    text = json.dumps(run(made).body)
    for word in ("secret", "question", "Ada", "/home/elm"):
        assert word not in text


@pytest.mark.parametrize(
    ("made", "quality", "reason"),
    [
        (log(status="started"), "failed", "its status is still started"),
        (log(status="error"), "failed", "its status is error"),
        (log(status="cancelled"), "failed", "its status is cancelled"),
        (log(status="paused"), "not-understood", "a status that is not known: paused"),
        (log(invalidated=True), "failed", "declared invalid"),
        (log(invalidated={"timestamp": "x"}), "failed", "declared invalid"),
        (log(results=None), "failed", "holds no score"),
        (log(results={"scores": []}), "failed", "holds no score"),
        (with_scorer(unscored_samples=1), "partial", "includes: 1 samples were not scored"),
        (with_scorer(scored_samples=0), "failed", "no sample was scored"),
        (with_scorer(metrics={"accuracy": {"name": "accuracy", "value": None}}), "failed", "is not a number"),
        (with_config(limit=2), "partial", "run with a limit of 2 samples"),
        (with_config(limit=[10, 12]), "partial", "run with a limit of 2 samples"),
        (with_config(limit=0), "partial", "run with a limit of 0 samples"),
        (with_config(sample_id=["a"]), "partial", "chosen by their ids"),
        (with_eval(dataset={"samples": 100, "sample_ids": [1, 2]}), "partial", "2 of 100 samples of the data set"),
        (with_eval(model="none/none"), "partial", "does not name the model"),
        (log([sample(1), sample(2, error={"message": "x"})]), "partial", "1 of 2 samples ended in an error"),
        (
            log([sample(1), sample(2, "I", limit={"type": "token"})]),
            "partial",
            "1 of 2 samples were stopped at a limit",
        ),
        (log([sample(1), sample(2, invalidation={"author": "x"})]), "partial", "declared invalid after the run"),
        (log([]), "failed", "no sample was run"),
        (log() | {"samples": [sample(1)]}, "partial", "1 of 2 samples are in the log"),
    ],
)
def test_each_way_of_not_being_whole_is_told_with_its_reason(made, quality, reason, run):
    fact = run(made)
    assert fact.quality.value == quality
    assert any(reason in each for each in fact.quality_reasons)


@pytest.mark.parametrize(
    ("results", "reason"),
    [({"completed_samples": 1}, "1 of 2 samples were completed"), ({"early_stopping": {"manager": "m"}}, "early stop")],
)
def test_a_run_that_left_samples_out_is_partial(results, reason, run):
    made = log()
    made["results"] |= results
    fact = run(made)
    assert fact.quality is Quality.PARTIAL
    assert any(reason in each for each in fact.quality_reasons)


def test_a_log_without_its_samples_is_still_a_run(run):
    made = log()
    del made["samples"]
    assert run(made).quality is Quality.COMPLETE


def test_a_killed_run_has_no_header_and_is_failed(run):
    made = log()
    made["eval"]["dataset"]["samples"] = 6
    fact = run(archive(made, closed=False))
    assert (fact.quality, fact.body["results"], fact.body["status"]) == (Quality.FAILED, [], "started")
    assert "the run was killed: its log was never closed and has no results" in fact.quality_reasons
    assert "2 of 6 samples are in the log" in fact.quality_reasons


def test_a_recorded_log_whose_status_is_changed_is_no_longer_complete(sample, run):
    path = sample("inspect-log") / "0.3.206.eval"
    fact = run(changed(path, lambda members: members["header.json"].update(status="cancelled")))
    assert fact.quality is Quality.FAILED
    fact = run(changed(path, lambda members: members.pop("header.json")))
    assert fact.quality is Quality.FAILED
    fact = run(changed(path, lambda members: members.pop("samples/q3_epoch_2.json")))
    assert fact.quality_reasons == ("7 of 8 samples are in the log",)


def test_the_first_shape_with_one_scorer_and_its_metrics_beside_it_is_read(run):
    made = log(
        [{"id": 1, "epoch": 1, "input": "a", "target": "b", "score": {"value": "C"}}],
        results={
            "scorer": {"name": "model_graded_fact", "params": {}},
            "metrics": {
                "accuracy": {"name": "accuracy", "value": 1, "options": {}},
                "bootstrap_std": {"name": "bootstrap_std", "value": 0.0, "options": {}},
            },
        },
    )
    made["eval"] |= {"created": "2024-05-05T07:59:35", "packages": {}}
    made["stats"] = {}
    fact = run(made)
    (row,) = fact.body["results"]
    assert (row["filter"], row["value"], row["stderr"], row["n"]) == ("model_graded_fact", 1, 0.0, 1)
    assert (fact.effective_at, fact.body["local_time"]) == (None, "2024-05-05T07:59:35")
    assert fact.tool_version is None


def test_nan_is_null_and_counted(run, write):
    text = json.dumps(log()).replace('"value": 0.5', '"value": NaN', 1)
    path = write("log.json", text)
    fact = run(path.read_bytes().decode())
    assert (fact.quality, fact.body["not_finite"]) == (Quality.FAILED, 1)


def test_several_metrics_share_no_standard_error_unless_one_is_the_mean(run):
    metrics = {name: {"name": name, "value": 0.1} for name in ("accuracy", "var", "bootstrap_stderr")}
    rows = run(with_scorer(metrics=metrics)).body["results"]
    assert [(row["metric"], row["stderr"]) for row in rows] == [("accuracy", 0.1), ("var", None)]
    metrics = {name: {"name": name, "value": 0.1} for name in ("math", "law", "stderr")}
    rows = run(with_scorer(metrics=metrics)).body["results"]
    assert [(row["metric"], row["stderr"]) for row in rows] == [("math", None), ("law", None), ("stderr", None)]


def test_how_many_were_scored_is_counted_where_the_log_does_not_say(run):
    made = log([sample(1), sample(2, float(3)), sample(3, "what")])
    del made["results"]["scores"][0]["scored_samples"]
    assert [row["n"] for row in run(made).body["results"]] == [2]
    del made["samples"]
    assert [row["n"] for row in run(made).body["results"]] == [3]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (with_eval(task=None), "not understood: inspect 0.3.300: eval.task is missing"),
        (with_eval(model=""), "eval.model is missing"),
        (with_eval(model=5), "model is not text"),
        (log(status=None), "status is missing"),
        (log(results={"scores": [5]}), "an entry of results.scores is not an object"),
        (with_scorer(metrics={"accuracy": 0.5}), "a metric is not an object with a value"),
        (with_scorer(metrics={"accuracy": {"value": "high"}}), "is not a number"),
        (with_scorer(scored_samples=-1), "is less than 0"),
        (with_config(epochs="two"), "epochs is not a number"),
        (log([5]), "sample 1 is not an object"),
        (log([{"epoch": 1}]), "has no id"),
        (log([sample(1, scores={"a": 5})]), "a score of sample 1 is not an object"),
        (json.dumps(log())[:-300], "not JSON"),
        (json.dumps(log()).replace('"version"', '"status"', 1), "stands twice"),
        (archive(log())[:-30], "ends before its table of contents"),
        (zipped({"_journal/start.json": log(), "header.json": b"{"}), "not JSON"),
        (archive(log([sample(1)])).replace(b"samples/1", b"samples/2", 1), "contradicts the table of contents"),
    ],
)
def test_a_broken_log_is_not_read_and_the_reason_named(content, reason, read, write):
    reading = read(write("log.eval" if isinstance(content, bytes) else "log.json", content))
    assert reading.found == ()
    assert [row for row in reading.not_read if reason in row.reason]


@pytest.mark.parametrize(
    "content",
    [
        {"eval": {"a": 1}, "status": "x", "task": "x", "model": "x"},
        {"outer": log()},
        [log()],
        zipped({"header.json": [1]}),
        zipped({"other/header.json": {"eval": {}}}),
    ],
)
def test_another_document_with_the_same_words_is_not_claimed(content, read, write):
    reading = read(write("log.eval" if isinstance(content, bytes) else "log.json", content))
    assert reading.found == ()
    assert [row.reason for row in reading.not_read] == ["no collector recognises it"]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("C", 1), ("I", 0), ("P", 0.5), ("N", 0), ("yes", 1), ("True", 1), ("No", 0), ("false", 0), (True, 1), (0.25, 0.25),
        ("0.5", 0.5), ("-3", -3), ("1e2", 100), ("c", None), ("A", None), ("", None), ("1e999", None), (None, None),
        ([1, 0], None), ("NaN", None), ("9" * 500, None),
    ],
)  # fmt: skip
def test_a_score_is_worth_what_the_tool_counts_it_for(value, number):
    assert worth(value) == number


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["eval", "results", "stats", "plan", "samples", "status", "invalidated", "error"]), JSON)
@settings(max_examples=60, deadline=None)
def test_any_value_in_any_field_is_read_or_refused(tmp_path_factory, name, value):
    from governance.collectors.reading.collect import collect

    for content in (
        log() | {name: value},
        with_eval(**{name: value}),
        with_config(limit=value),
        with_scorer(metrics=value),
    ):
        path = tmp_path_factory.mktemp("log") / "log.json"
        path.write_text(json.dumps(content))
        reading = collect([path], environment=False)
        assert not [row for row in reading.not_read if "failed:" in row.reason]
        for fact in reading.found:
            jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)


def test_samples_that_were_taken_out_of_a_log_do_not_lower_the_count_it_was_scored_on(run):
    made = log([sample(number) for number in range(4)])
    del made["results"]["scores"][0]["scored_samples"]
    made["samples"] = made["samples"][:1]
    fact = run(made)
    assert [row["n"] for row in fact.body["results"]] == [4]
    assert fact.quality_reasons == ("1 of 4 samples are in the log",)


def test_several_ways_to_make_one_score_of_several_answers_are_told_apart(run):
    made = with_scorer(reducer="mean")
    made["results"]["scores"].append(made["results"]["scores"][0] | {"reducer": "at_least_2"})
    rows = [(row["filter"], row["reducer"]) for row in run(made).body["results"]]
    assert rows == [("includes/mean", "mean"), ("includes/at_least_2", "at_least_2")]
    assert [row["filter"] for row in run(with_scorer(reducer="mean")).body["results"]] == ["includes"]


def test_a_mean_that_the_samples_do_not_come_to_is_no_whole_evidence(run):
    made = with_scorer(metrics={"accuracy": {"name": "accuracy", "value": 0.95, "params": {}}})
    fact = run(made)
    assert fact.quality is Quality.NOT_UNDERSTOOD
    assert fact.quality_reasons == ("accuracy of includes is 0.95, and the samples in the log come to 0.5",)
    assert run(archive(made)).quality is Quality.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "somebodys",
    [
        {"name": "accuracy", "value": 0.95, "params": {"to_float": "f"}},
        {"name": "hardest", "value": 0.95, "params": {}},
    ],
)
def test_only_plain_means_are_held_against_the_samples(somebodys, run):
    assert run(with_scorer(metrics={somebodys["name"]: somebodys})).quality is Quality.COMPLETE


def test_a_mean_by_somebody_elses_rule_is_not_held_against_the_samples(run):
    made = with_scorer(metrics={"accuracy": {"name": "desk/accuracy", "value": 0.95, "params": {}}})
    made["eval"]["scorers"] = [{"name": "includes", "metrics": [{"name": "desk/accuracy"}]}]
    assert run(made).quality is Quality.COMPLETE
    made["eval"]["scorers"] = [{"name": "includes", "metrics": {"*": [{"name": "inspect_ai/accuracy"}]}}]
    assert run(made).quality is Quality.NOT_UNDERSTOOD


def test_words_are_no_numbers_to_hold_a_mean_against(run):
    assert run(log([sample(1, "good"), sample(2, "bad")])).quality is Quality.COMPLETE


def test_a_question_that_a_scorer_passed_over_is_missed(run):
    made = log([sample(1), sample(2, scores={})])
    made["results"]["scores"][0] |= {"scored_samples": 1, "unscored_samples": 0}
    made["results"]["scores"][0]["metrics"]["accuracy"]["value"] = 1.0
    fact = run(made)
    assert (fact.quality, fact.quality_reasons) == (
        Quality.PARTIAL,
        ("includes: 1 of 2 samples were scored",),
    )


def test_scores_that_were_kept_apart_for_each_answer_are_counted_by_answers(run):
    made = log([sample(number, "IC"[number % 2], epoch=turn) for number in range(2) for turn in (1, 2)])
    made["eval"]["config"] |= {"epochs": 2, "epochs_reducer": []}
    made["eval"]["dataset"]["samples"] = 2
    assert run(made).quality is Quality.COMPLETE
    made["results"]["scores"][0]["scored_samples"] = 3
    assert run(made).quality_reasons == ("includes: 3 of 4 samples were scored",)


def test_scores_that_were_edited_after_the_run_are_said(run):
    made = log()
    made["samples"][1]["scores"]["includes"]["history"] = [{"value": "C"}, {"value": "I"}]
    fact = run(made)
    assert (fact.quality, fact.body["score_edits"]) == (Quality.PARTIAL, 1)
    assert fact.quality_reasons == ("1 of 2 samples had a score edited after the run",)


@pytest.mark.parametrize(("logged", "quality"), [(True, Quality.PARTIAL), (False, Quality.COMPLETE)])
def test_samples_that_were_to_be_logged_and_are_not_there_are_missed(logged, quality, run):
    made = with_config(log_samples=logged)
    del made["samples"]
    assert run(made).quality is quality


def test_a_score_whose_name_begins_like_its_scorers_is_named_with_it(run):
    rows = run(with_scorer(name="includes_all")).body["results"]
    assert [row["filter"] for row in rows] == ["includes/includes_all"]
    assert [row["filter"] for row in run(with_scorer(name="includes1")).body["results"]] == ["includes1"]
