"""The tools that were read first: transformers, TRL, lm-evaluation-harness, data-set cards, weight files."""

from __future__ import annotations

import jsonschema_rs
import pytest

from governance.domain.evidence import Quality

from ..tables import columns
from ..test_contract import schema


def of_kind(reading, kind):
    return {fact.path: fact for fact in reading.found if fact.kind == kind}


def test_everything_found_fits_its_kind(read, published):
    reading = read(published())
    assert len(reading.found) > 15
    for fact in reading.found:
        jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)
    assert not [row for row in reading.not_read if row.reason.startswith("the collector")]


@pytest.mark.parametrize(("name", "version"), [("hf-trainer-v4", "4.46.3"), ("hf-trainer-v5", "5.23.0")])
def test_trainer_runs_are_one_run_and_one_model(name, version, read, published):
    reading = read(published(name))
    (run,) = of_kind(reading, "training-run.v1").values()
    (model,) = of_kind(reading, "model-artifacts.v1").values()
    assert (run.body["finished"], run.tool_version, run.body["evaluations"]) == (True, version, 2)
    assert run.subject.digest == model.body["manifest_digest"]
    assert model.body["tensors"] == 28


def test_a_trl_run_is_finished_though_every_row_has_a_run_time(read, published):
    (run,) = of_kind(read(published("hf-trl-sft")), "training-run.v1").values()
    assert (run.body["method"], run.body["finished"], run.body["train_runtime_seconds"]) == ("lora", True, 860.8014)
    assert run.tool_version == "5.23.0"


def test_a_trl_checkpoint_alone_is_partial(read, published):
    (run,) = of_kind(read(published("hf-trl-sft") / "checkpoint-10"), "training-run.v1").values()
    assert run.quality is Quality.PARTIAL


def test_the_harness_is_read_in_all_its_shapes(read, published):
    runs = of_kind(read(published("lm-eval")), "eval-run.v1")
    quality = {path: fact.quality.value for path, fact in runs.items()}
    assert quality == {
        "new0.4.13_hf_smollm2_results.json": "complete",
        "new0.4.13_results_2026-11-22T13-35-00.720942.json": "partial",
        "old0.4.2_results.json": "partial",
        "pythia70m_v1_zero-shot.json": "complete",
        "v0.2_arc_challenge-v2.0-res.json": "partial",
    }
    pythia = runs["pythia70m_v1_zero-shot.json"].body
    assert (pythia["model"]["name"], pythia["model"]["revision"]) == ("EleutherAI/pythia-v1.1-70m", "step93000")


def test_samples_of_both_forms_have_the_same_documents(read, published):
    samples = of_kind(read(published("lm-eval")), "eval-samples.v1")
    old = samples["old0.4.2__local_qa.jsonl"]
    new = samples["new0.4.13_samples_local_qa_2026-11-22T13-35-00.720942.jsonl"]
    assert columns(old)["doc_sha256"] == columns(new)["doc_sha256"]
    assert new.body["task"] == "local_qa"


def test_the_template_of_a_card_is_a_placeholder(read, published):
    (card,) = of_kind(read(published("hf-dataset-card")), "dataset-manifest.v1").values()
    assert card.quality is Quality.PLACEHOLDER


def test_gguf_and_safetensors_files_are_weights(read, published):
    assert [fact.body["form"] for fact in read(published("gguf")).found] == ["weights"]
    assert [fact.body["parameters"] for fact in read(published("safetensors")).found] == [35712]
