"""Records and samples of Every Eval Ever: all three schemas, what keeps them from being whole, and our own export."""

from __future__ import annotations

import hashlib
import json

import jsonschema_rs
import pytest

from governance.domain.evidence import Quality

from .tables import columns, rows
from .test_contract import schema


def result(**extra):
    made = {
        "evaluation_result_id": "desk.acc",
        "evaluation_name": "desk",
        "source_data": {
            "dataset_name": "desk",
            "source_type": "hf_dataset",
            "hf_repo": "elm/desk",
            "samples_number": 4,
        },
        "metric_config": {"metric_id": "acc", "lower_is_better": False, "metric_unit": "proportion"},
        "score_details": {"score": 0.75, "uncertainty": {"standard_error": {"value": 0.25}, "num_samples": 4}},
    }
    return made | extra


def record(*results, **extra):
    made = {
        "schema_version": "0.3.0",
        "evaluation_id": "desk/elm_desk-1b/1795634726",
        "evaluation_timestamp": "1795634726.0",
        "retrieved_timestamp": "1795634729.1",
        "source_metadata": {
            "source_name": "lm-eval", "source_type": "evaluation_run", "source_organization_name": "Elm & Co",
            "evaluator_relationship": "first_party",
        },
        "eval_library": {"name": "lm_eval", "version": "0.4.13"},
        "model_info": {"name": "desk-1b", "id": "elm/desk-1b", "additional_details": {"revision": "abc"}},
        "evaluation_results": list(results or [result()]),
    }  # fmt: skip
    return made | extra


def row(identity="a", score=1.0, **extra):
    made = {
        "schema_version": "0.3.0", "evaluation_id": "desk/elm_desk-1b/1795634726", "model_id": "elm/desk-1b",
        "evaluation_name": "desk", "evaluation_result_id": "desk.acc", "sample_id": identity, "sample_hash": None,
        "interaction_type": "single_turn", "input": {"raw": f"secret {identity}", "reference": ["yes"]},
        "output": {"raw": ["secret"]}, "answer_attribution": [], "evaluation": {"score": score, "is_correct": True},
    }  # fmt: skip
    return made | extra


def lines(*rows):
    return "".join(json.dumps(each) + "\n" for each in rows)


@pytest.fixture
def run(read, write):
    def go(made):
        reading = read(write("made.json", made))
        assert reading.not_read == ()
        (fact,) = reading.found
        jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)
        return fact

    return go


@pytest.fixture
def samples(read, write):
    """The facts on samples beside a record that counts and digests them, changed where asked."""

    def go(text, *, beside=True, **told):
        write("made_samples.jsonl", text)
        detailed = {
            "format": "jsonl", "file_path": "data/a/b/c/made_samples.jsonl", "hash_algorithm": "sha256",
            "checksum": hashlib.sha256(text.encode()).hexdigest(), "total_rows": text.count("\n"),
        }  # fmt: skip
        path = write("made.json", record(detailed_evaluation_results=detailed | told))
        if not beside:
            path.unlink()
        reading = read(path.parent)
        found = [fact for fact in reading.found if fact.kind == "eval-samples.v1"]
        for fact in found:
            jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)
        return found, [each.reason for each in reading.not_read]

    return go


def test_a_converted_run_comes_to_its_numbers(sample, read):
    (fact,) = read(sample("every-eval-ever")).found
    (found,) = fact.body["results"]
    assert (found["value"], found["stderr"], found["n"], found["n_original"]) == (0.75, 0.25, 4, 4)
    assert (found["metric"], found["higher_is_better"]) == ("accuracy", True)
    assert fact.body["harness"] == {"name": "inspect_ai", "version": "0.3.285"}
    assert fact.body["model"]["name"] == "elm/desk-1b"


def test_a_record_says_unit_direction_data_set_and_moment(run):
    fact = run(record())
    (found,) = fact.body["results"]
    assert found == {
        "task": "desk", "metric": "acc", "filter": None, "value": 0.75, "stderr": 0.25, "n": 4, "n_original": 4,
        "higher_is_better": True, "task_version": None, "task_digest": None, "data_set": "elm/desk", "unit": "proportion",
    }  # fmt: skip
    assert (fact.quality, fact.effective_at.isoformat()) == (Quality.COMPLETE, "2026-11-25T19:25:26+00:00")
    assert (fact.body["model"]["revision"], fact.tool_version) == ("abc", "0.3.0")


def test_the_first_schemas_are_read(run):
    early = {
        "schema_version": "0.1.0",
        "evaluation_id": "x",
        "retrieved_timestamp": "1770682486.6",
        "source_data": ["https://example.invalid"],
        "source_metadata": {"source_type": "evaluation_run"},
        "model_info": {"name": "desk-1b", "id": "elm/desk-1b", "inference_engine": "vllm"},
        "evaluation_results": [
            {"evaluation_name": "MMLU", "metric_config": {"lower_is_better": True}, "score_details": {"score": 3}}
        ],
    }
    fact = run(early)
    (found,) = fact.body["results"]
    assert (found["metric"], found["higher_is_better"], found["n"]) == ("score", False, None)
    assert (fact.effective_at, fact.body["harness"]) == (None, {"name": "unknown", "version": None})
    early["schema_version"] = "0.2.0"
    early["evaluation_results"][0]["metric_config"]["evaluation_description"] = "Accuracy on MMLU"
    early["evaluation_results"][0]["score_details"]["uncertainty"] = {"standard_error": 0.1}
    (found,) = run(early).body["results"]
    assert (found["metric"], found["stderr"]) == ("Accuracy on MMLU", 0.1)


def test_judges_are_named_and_their_prompt_is_not(run):
    scoring = {"judges": [{"model_info": {"name": "judge", "id": "openai/judge"}}], "input_prompt": "secret"}
    body = run(record(result(metric_config={"lower_is_better": False, "llm_scoring": scoring}))).body
    assert body["judges"] == ["openai/judge"]
    assert "secret" not in json.dumps(body)


@pytest.mark.parametrize(
    ("made", "quality", "reason"),
    [
        (record(source_metadata={"source_type": "documentation"}), "partial", "repeats published numbers"),
        (record(source_metadata={}), "partial", "does not say whether it comes from a run"),
        (record(source_metadata={"source_type": "evaluation_run", "source_name": "<Platform>"}), "placeholder", "<Platform>"),
        (record(model_info={"additional_details": {}}), "partial", "does not name the model"),
        (record() | {"evaluation_results": []}, "failed", "holds no result"),
        (record(result(score_details={"score": None})), "failed", "is not a number"),
        (record(result(score_details={"score": 1, "uncertainty": {"num_samples": 0}})), "failed", "no sample was scored"),
        (record(result(score_details={"score": 1, "uncertainty": {"num_samples": 3}})), "partial", "3 of 4 samples"),
        (
            record(result(score_details={"score": -1}, metric_config={"lower_is_better": False, "has_unknown_level": True})),
            "failed",
            "is not a number",
        ),
        (
            record(result(score_details={"score": 1, "details": {"quality": "partial", "quality_reasons": "limit of 2"}})),
            "partial",
            "limit of 2",
        ),
    ],
)  # fmt: skip
def test_each_way_of_not_being_whole_is_told_with_its_reason(made, quality, reason, run):
    fact = run(made)
    assert fact.quality.value == quality
    assert any(reason in each for each in fact.quality_reasons)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (
            record(result(evaluation_name=None)),
            "not understood: every_eval_ever 0.3.0: result 1 has no evaluation_name",
        ),
        (record(result(score_details={})), "has no evaluation_name or no score"),
        (record(result(score_details={"score": "high"})), "is not a number"),
        (record(5), "not a list of objects"),
        (record(result(metric_config={"lower_is_better": "no"})), "neither true nor false"),
    ],
)
def test_a_record_of_an_unknown_shape_is_not_read(made, reason, read, write):
    reading = read(write("made.json", made))
    assert reading.found == ()
    assert [each for each in reading.not_read if reason in each.reason]


def test_the_schemas_themselves_are_no_records(read, write):
    reading = read(write("eval.schema.json", {"properties": record()}))
    assert [each.reason for each in reading.not_read] == ["no collector recognises it"]
    text = json.dumps({"properties": row()}, indent=1)
    reading = read(write("instance.schema.json", text))
    assert [each.reason for each in reading.not_read] == ["no collector recognises it"]


def test_converted_samples_are_whole_and_tied_to_their_record(sample, read):
    facts = {fact.kind: fact for fact in read(sample("every-eval-ever-samples")).found}
    fact = facts["eval-samples.v1"]
    assert (fact.quality, fact.body["task"], fact.body["metrics"]) == (Quality.COMPLETE, "desk", ["accuracy"])
    assert columns(fact)["accuracy"] == [1.0, 1.0, 0.0, 1.0]
    assert (fact.body["means"], fact.body["model"]) == ({"accuracy": 0.75}, facts["eval-run.v1"].body["model"])
    assert len(fact.sources) == 2


def test_each_evaluation_in_a_file_is_a_fact_of_its_own(samples):
    other = row("a", 0.5, evaluation_name="chair", evaluation_result_id="chair.f1")
    found, _ = samples(lines(row("a"), row("b", 0), other))
    assert [(fact.body["task"], fact.body["n"]) for fact in found] == [("desk", 2), ("chair", 1)]
    assert [columns(fact)["acc"] for fact in found] == [[1, 0], [0.5]]


def test_rounds_are_averaged_and_true_repeats_counted(samples):
    found, _ = samples(lines(row("a", 1, metadata={"epoch": "1"}), row("a", 0, metadata={"epoch": "2"})))
    assert (columns(found[0])["acc"], found[0].quality) == ([0.5], Quality.COMPLETE)
    assert (rows(found[0])["attempt"], rows(found[0])["acc"]) == ([1, 2], [1, 0])
    found, _ = samples(lines(row("a", 1, metadata={"epoch": "first"}), row("a", 0, metadata={"epoch": "again"})))
    assert rows(found[0])["attempt"] == [1, 2]
    found, _ = samples(lines(row("a"), row("a")))
    assert (found[0].body["duplicated_ids"], found[0].quality) == (1, Quality.PARTIAL)


@pytest.mark.parametrize(
    ("text", "told", "reason"),
    [
        (lines(row("a")), {"total_rows": 5}, "1 rows, and its record counts 5"),
        (lines(row("a")), {"checksum": "0" * 64}, "its bytes are not those"),
        (lines(row("a")), {"checksum": None, "total_rows": None}, "neither counts its rows nor gives its digest"),
        (lines(row("a", error="broke"), row("b")), {}, "1 samples ended in an error"),
        (lines(row("a", None), row("b")), {}, "1 of 2 samples have no number"),
        (
            lines(row("a"), row("a", input={"raw": "x", "reference": []}, metadata={"epoch": "2"})),
            {},
            "another question",
        ),
        (lines(row("a")), {"beside": False}, "no record lies beside it"),
    ],
)
def test_samples_that_are_not_whole_say_why(text, told, reason, samples):
    (fact,), _ = samples(text, **told)
    assert fact.quality is Quality.PARTIAL
    assert any(reason in each for each in fact.quality_reasons)


def test_samples_without_any_score_are_failed(samples):
    (fact,), _ = samples(lines(row("a", None)))
    assert (fact.quality, fact.body["metrics"]) == (Quality.FAILED, [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lines(row("a")) + "{broken\n" + lines(row("b")), "line 2: not JSON"),
        (lines(row("a")) + '{"a": 1}\n', "line 2: not a sample"),
        (lines(row("a"))[:-40], "line 1: not JSON"),
        (lines(row("a"), row("b", model_id="other")), "samples of several models"),
        (lines(row("a"), row("")), "sample_id or model_id is empty"),
        (lines(row("a", "high")), "score is not a number"),
    ],
)
def test_one_corrupt_line_and_nothing_of_the_file_is_taken(text, reason, samples):
    found, reasons = samples(text)
    assert found == []
    assert any(reason in each for each in reasons)


def test_no_word_of_a_sample_is_kept(samples):
    (fact,), _ = samples(lines(row("a")))
    assert "secret" not in json.dumps(fact.body)
    assert columns(fact)["doc_sha256"] == ["sha256:" + hashlib.sha256(b"secret ayes").hexdigest()]
