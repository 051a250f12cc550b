"""Runs of Weights & Biases: the file of a run in its versions, how it ended, and a summary alone."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

from .conftest import SAMPLES
from .wire import entry, log

VERSIONS = ["0.12.21", "0.16.6", "0.19.11", "0.31.0"]
NEW_HEADER = entry(21, entry(1, entry(1, b"0.31.0+abc") + entry(2, b"0.70.0")))
OLD_HEADER = entry(21, b"")


def item(key, value, *, nested=False):
    return entry(1, entry(2 if nested else 1, key.encode()) + entry(16, json.dumps(value).encode()))


def begin(**config):
    items = b"".join(item(key, value) for key, value in config.items())
    start = entry(1, 1795633907) + entry(2, 500_000_000)
    return entry(17, entry(1, b"desk0001") + entry(3, b"helpdesk") + entry(4, items) + entry(17, start))


def row(**values):
    return entry(2, b"".join(item(key.replace("__", "/"), value, nested=True) for key, value in values.items()))


def end(code=0):
    return entry(18, entry(1, code) if code else b"")


ROWS = [row(train__loss=2.0, train__global_step=1, _step=0), row(train__loss=1.5, train__global_step=2, _step=1)]


@pytest.fixture
def run(write, read):
    """The reading of a log made of records."""

    def go(*records):
        return read(write("run-x.wandb", log(*records)))

    return go


def one(reading):
    assert reading.not_read == ()
    (fact,) = reading.found
    return fact


@pytest.mark.parametrize("version", VERSIONS)
def test_the_recorded_run_of_each_version_is_read_exactly(version, sample, read):
    fact = one(read(sample("wandb-run") / f"run-{version}.wandb"))
    body = fact.body
    assert (fact.quality, fact.tool, fact.tool_version) == (Quality.COMPLETE, "wandb", version)
    assert (body["steps"], body["max_steps"], body["finished"], body["epochs"]) == (12, 12, True, 3.0)
    assert [point["loss"] for point in body["loss_history"]][:3] == [3.0, 1.5, 1.0]
    assert [point["step"] for point in body["eval_history"]] == [4, 8, 12]
    assert (body["final_loss"], body["evaluations"], body["not_finite"]) == (0.25, 3, 0)
    assert (body["train_runtime_seconds"], body["total_flos"], body["seed"]) == (12.5, 8.1e12, 20260)
    assert body["adapter"] == {"type": "LORA", "r": 4, "alpha": 8, "target_modules": ["q_proj", "v_proj"]}
    assert body["base_model"]["name"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert (body["framework"], body["framework_version"]) == ("transformers", "5.23.0")
    assert (body["labels"], body["experiment"], body["output_dir"]) == (["lora", "ticket-7"], "helpdesk", "runs/desk")
    assert "hub_token" not in str(body)
    assert not {"host", "user", "/data/train_wandb.py"} & set(str(body).replace("'", " ").split())
    assert fact.effective_at.year == 2026


@pytest.mark.parametrize("header", [OLD_HEADER, NEW_HEADER])
def test_a_run_without_an_exit_record_was_killed_and_is_partial(run, header):
    fact = one(run(header, begin(), *ROWS))
    assert fact.quality is Quality.PARTIAL
    assert "no exit record" in fact.quality_reasons[0]
    assert (fact.body["finished"], fact.body["status"], fact.body["final_loss"]) == (False, None, 1.5)


def test_an_exit_code_other_than_0_is_failed(run):
    for code in (1, 255, -9):
        fact = one(run(NEW_HEADER, begin(), *ROWS, end(code)))
        assert fact.quality is Quality.FAILED
        assert fact.quality_reasons == (f"the run ended with exit code {code}",)
        assert fact.body["finished"] is False


def test_the_old_form_needs_its_closing_record_and_the_new_form_has_none(run):
    assert one(run(NEW_HEADER, begin(), *ROWS, end())).quality is Quality.COMPLETE
    assert one(run(OLD_HEADER, begin(), *ROWS, end(), entry(22, b""))).quality is Quality.COMPLETE
    fact = one(run(OLD_HEADER, begin(), *ROWS, end()))
    assert fact.quality is Quality.PARTIAL
    assert "no closing record" in fact.quality_reasons[0]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_cut_at_any_byte_is_never_whole_and_never_says_the_same(version, tmp_path, read):
    whole = (SAMPLES / "wandb-run" / f"run-{version}.wandb").read_bytes()
    path = tmp_path / "cut.wandb"
    path.write_bytes(whole)
    before = one(read(path)).body
    for end_at in range(len(whole) - 1, 0, -37):
        path.write_bytes(whole[:end_at])
        for fact in read(path).found:
            assert fact.quality is not Quality.COMPLETE
            assert fact.body != before


def test_a_run_killed_before_its_first_record_is_not_read(write, read):
    for data in (log(), log(NEW_HEADER)):
        reading = read(write("run-x.wandb", data))
        assert reading.found == ()
        assert "holds no run" in reading.not_read[0].reason


def test_a_changed_byte_in_the_middle_is_not_read(sample, read):
    path = sample("wandb-run") / "run-0.31.0.wandb"
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    reading = read(path)
    assert reading.found == ()
    assert "checksum" in reading.not_read[0].reason


def test_numbers_that_are_none_are_null_and_counted_in_both_spellings(run):
    rows = [row(loss=float("nan"), _step=0), row(loss="Infinity", _step=1), row(loss=0.5, _step=2)]
    fact = one(run(NEW_HEADER, begin(lr=float("inf"), seed=3), *rows, end()))
    assert fact.body["not_finite"] == 2
    assert fact.body["loss_history"] == [{"step": 0, "loss": None}, {"step": 1, "loss": None}, {"step": 2, "loss": 0.5}]
    assert fact.body["hyperparameters"] == {"seed": 3}


def test_values_that_are_no_numbers_are_passed_over(run):
    odd = row(loss=1.0, picture={"_type": "image-file"}, text="words", flag=True, listed=[1, 2], _step=1)
    assert one(run(NEW_HEADER, begin(), odd, end())).body["last_logged"] == {"loss": 1.0}


def test_settings_that_were_changed_later_count(run):
    later = entry(5, item("learning_rate", 0.5))
    fact = one(run(NEW_HEADER, begin(learning_rate=0.1, api_key="hunter2"), later, *ROWS, end()))
    assert fact.body["hyperparameters"] == {"learning_rate": 0.5}
    assert "hunter2" not in str(fact.body)


def test_the_commit_is_taken_from_the_run_or_from_the_record_of_its_surroundings(run):
    git = entry(2, b"f" * 40)
    fact = one(
        run(NEW_HEADER, begin(), entry(26, entry(9, git) + entry(12, b"host") + entry(5, b"--token")), *ROWS, end())
    )
    assert fact.body["code_revision"] == "f" * 40
    assert "token" not in str(fact.body)


def test_a_data_set_logged_as_an_artifact_is_named_with_the_tools_digest(run):
    artifact = entry(8, entry(4, b"dataset") + entry(5, b"tickets") + entry(6, b"84471344d1d81ba0a0fcf09034459258"))
    model = entry(8, entry(4, b"model") + entry(5, b"desk"))
    fact = one(run(NEW_HEADER, begin(), artifact, artifact, model, *ROWS, end()))
    listed = [{"name": "tickets", "digest": "84471344d1d81ba0a0fcf09034459258", "context": "artifact"}]
    assert fact.body["data_sets"] == listed


def test_measures_alone_are_an_evaluation(run):
    records = (begin(model="runs/desk"), row(qa__acc=0.5, _step=0), end())
    fact = one(run(NEW_HEADER, *records))
    assert (fact.kind, fact.quality, fact.subject.name) == ("eval-run.v1", Quality.COMPLETE, "runs/desk")
    assert [(row["metric"], row["value"]) for row in fact.body["results"]] == [("qa/acc", 0.5)]


def test_a_record_of_an_unknown_sort_is_passed_over(run):
    assert one(run(NEW_HEADER, begin(), entry(99, b"\xff\xff"), *ROWS, end())).quality is Quality.COMPLETE


def test_a_known_record_that_is_no_message_is_not_read(run):
    reading = run(NEW_HEADER, begin(), entry(2, b"\xff\xff\xff"), end())
    assert reading.found == ()
    assert "not a protocol-buffer message" in reading.not_read[0].reason


SUMMARY = {"_wandb": {"runtime": 12}, "_step": 14, "_runtime": 12.5, "_timestamp": 1795633912.9, "train/loss": 0.25,
           "train/global_step": 12, "note": "words"}  # fmt: skip
CONFIG = """wandb_version: 1
_wandb:
  desc: null
  value:
    cli_version: 0.13.5
learning_rate:
  desc: null
  value: 0.0002
_name_or_path:
  value: org/base
api_key:
  value: hunter2
"""
METADATA = {"git": {"commit": "e" * 40}, "host": "secret-host", "state": "running", "startedAt": "2026-11-25T19:11:52"}


def test_a_summary_with_settings_beside_it_is_a_partial_run(write, read):
    path = write("wandb/run-20261122-x/files/wandb-summary.json", SUMMARY)
    write("wandb/run-20261122-x/files/config.yaml", CONFIG)
    write("wandb/run-20261122-x/files/wandb-metadata.json", METADATA)
    fact = one(read(path.parents[2]))
    assert fact.quality is Quality.PARTIAL
    assert "only the summary" in fact.quality_reasons[0]
    assert (fact.body["final_loss"], fact.body["steps"], fact.body["finished"]) == (0.25, 12, None)
    assert (fact.body["base_model"]["name"], fact.body["code_revision"]) == ("org/base", "e" * 40)
    assert fact.body["hyperparameters"] == {"learning_rate": 0.0002}
    assert (fact.tool_version, fact.subject.name, len(fact.sources)) == ("0.13.5", "run-20261122-x", 3)
    assert fact.effective_at.timestamp() == pytest.approx(1795633912.9)
    assert "hunter2" not in str(fact.body)
    assert "secret-host" not in str(fact.body)


def test_the_file_of_the_run_speaks_before_the_summary(write, read, sample):
    path = write("run/files/wandb-summary.json", SUMMARY)
    (path.parents[1] / "run-x.wandb").write_bytes((sample("wandb-run") / "run-0.16.6.wandb").read_bytes())
    fact = one(read(path.parents[1]))
    assert fact.quality is Quality.COMPLETE


def test_a_summary_with_nothing_in_it_is_not_read(write, read):
    reading = read(write("wandb-summary.json", {"_wandb": {"runtime": 0}}))
    assert reading.found == ()
    assert "no number" in reading.not_read[0].reason


def test_a_summary_of_more_names_than_any_run_logs_is_not_read(write, read):
    names = "".join(f'"k{number}": 1, ' for number in range(20_001))
    write("files/wandb-summary.json", "{" + names + '"_wandb": {"runtime": 3}}')
    reading = read(write("files/config.yaml", "wandb_version: 1\n").parent)
    assert reading.found == ()
    assert "more than 20,000 names" in reading.not_read[0].reason


def test_names_of_measures_with_brackets_are_kept(write, read):
    path = write("files/wandb-summary.json", '{"mAP@[.5:.95]": 0.4, "F1 (macro), test": 0.5, "_wandb": {"runtime": 3}}')
    (fact,) = read(path.parent).found
    assert {row["metric"]: row["value"] for row in fact.body["results"]} == {
        "mAP@[.5:.95]": 0.4,
        "F1 (macro), test": 0.5,
    }
