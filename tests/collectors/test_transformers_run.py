"""Training runs of every shape the Trainer has written."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import pytest

from governance.domain.evidence import Quality

from .conftest import SAMPLES
from .made import safetensors, state, training_arguments

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
EARLY = {"args": {"early_stopping_patience": 2, "early_stopping_threshold": 0.0},
         "attributes": {"early_stopping_patience_counter": 2}}  # fmt: skip


def only_run(reading):
    (fact,) = [each for each in reading.found if each.kind == "training-run.v1"]
    return fact


def test_a_run_with_an_adapter_is_read_whole(sample, read):
    fact = only_run(read(sample("transformers-run")))
    body = fact.body
    assert (body["method"], body["steps"], body["max_steps"], body["finished"]) == ("lora", 6, 6, True)
    assert body["adapter"] == {
        "type": "LORA", "r": 2, "alpha": 4, "target_modules": ["c_attn"], "task_type": "CAUSAL_LM",
    }  # fmt: skip
    assert body["base_model"] == {"name": "tiny-base", "revision": None}
    assert body["checkpoints"] == ["checkpoint-3", "checkpoint-6"]
    assert body["final_loss"] == body["loss_history"][-1]["loss"]
    assert body["evaluations"] == len(body["eval_history"]) == 3


def test_the_time_comes_from_the_name_of_the_tensorboard_file(sample, read):
    fact = only_run(read(sample("transformers-run")))
    assert (fact.effective_at, fact.effective_clock) == (datetime(2026, 11, 22, 16, 47, 13, tzinfo=UTC), "file-name")


def test_seed_and_version_come_from_the_texts_in_the_tensorboard_file(sample, read):
    fact = only_run(read(sample("transformers-run")))
    assert (fact.body["seed"], fact.body["framework_version"], fact.tool_version) == (7, "5.23.0", "5.23.0")
    assert any("tfevents" in source.path for source in fact.sources)


def test_a_damaged_tensorboard_file_says_nothing_and_breaks_nothing(sample, read):
    folder = sample("transformers-run")
    (events,) = (folder / "runs").iterdir()
    whole = events.read_bytes()
    for damaged in (whole[:900], whole.replace(b'"seed": 7', b'"seed": 8'), b"", b"\xff" * 100):
        events.write_bytes(damaged)
        fact = only_run(read(folder))
        assert (fact.body["seed"], fact.quality) == (None, Quality.COMPLETE)


def test_without_a_tensorboard_file_there_is_no_clock(write, read, tmp_path):
    write("trainer_state.json", state())
    assert only_run(read(tmp_path)).effective_clock is None
    declared = only_run(read(tmp_path, effective=datetime(2026, 1, 2, tzinfo=UTC)))
    assert (declared.effective_at, declared.effective_clock) == (datetime(2026, 1, 2, tzinfo=UTC), "declared")


def test_a_declared_moment_never_replaces_the_tools_own(sample, read):
    fact = only_run(read(sample("transformers-run"), effective=datetime(2020, 1, 1, tzinfo=UTC)))
    assert fact.effective_clock == "file-name"


def test_checkpoint_copies_are_part_of_their_run(sample, read):
    folder = sample("transformers-run")
    assert only_run(read(folder)).path == "trainer_state.json"


def test_a_checkpoint_attached_alone_is_a_partial_run(sample, read):
    fact = only_run(read(sample("transformers-run") / "checkpoint-3"))
    assert fact.quality is Quality.PARTIAL
    assert fact.quality_reasons[0] == "stopped at step 3 of 6"
    assert "no closing record" in fact.quality_reasons[1]


def test_of_several_checkpoints_without_a_final_state_the_latest_speaks(sample, read):
    folder = sample("transformers-run")
    (folder / "trainer_state.json").unlink()
    assert only_run(read(folder)).path == "checkpoint-6/trainer_state.json"


def test_a_state_below_a_run_that_logged_something_else_is_a_run_of_its_own(write, read, tmp_path):
    write("trainer_state.json", state())
    write("stage-2/trainer_state.json", state(log_history=[{"loss": 9.0, "step": 1}]))
    assert len(read(tmp_path).found) == 2


def test_a_run_stopped_one_step_short_is_partial(write, read, tmp_path):
    write("trainer_state.json", state(2799, 2800))
    assert only_run(read(tmp_path)).quality_reasons[0] == "stopped at step 2799 of 2800"


def test_the_shape_of_2021_is_read(write, read, tmp_path):
    old = {
        "best_metric": None, "best_model_checkpoint": None, "epoch": 1.0, "global_step": 2, "max_steps": 2,
        "is_hyper_param_search": False, "is_local_process_zero": True, "num_train_epochs": 1, "total_flos": 12345,
        "log_history": [
            {"epoch": 0.5, "learning_rate": 1e-5, "loss": 2.5, "step": 1},
            {"epoch": 1.0, "step": 2, "total_flos": 12345, "train_runtime": 10.0, "train_samples_per_second": 1.0},
        ],
    }  # fmt: skip
    write("trainer_state.json", old)
    fact = only_run(read(tmp_path))
    assert (fact.quality, fact.body["finished"], fact.body["final_loss"]) == (Quality.COMPLETE, True, 2.5)


def test_run_times_that_trl_writes_beside_a_loss_do_not_close_a_run(write, read, tmp_path):
    rows = [{"loss": 1.0, "step": 1, "train_runtime": 3.0}]
    write("trainer_state.json", state(1, 1, log_history=rows))
    assert only_run(read(tmp_path)).body["finished"] is False


def test_a_loss_that_ends_in_nan_is_failed(write, read, tmp_path):
    rows = [{"loss": 1.0, "step": 1}, {"loss": float("nan"), "step": 2}, {"step": 2, "train_runtime": 1.0}]
    write("trainer_state.json", json.dumps(state(2, 2, log_history=rows)))
    fact = only_run(read(tmp_path))
    assert (fact.quality, fact.body["final_loss"], fact.body["not_finite"]) == (Quality.FAILED, None, 1)


def test_operations_beyond_two_to_the_53_stay_a_number(write, read, tmp_path):
    write("trainer_state.json", state(total_flos=10**20))
    assert only_run(read(tmp_path)).body["total_flos"] == 1e20


def test_a_long_history_is_thinned_and_keeps_its_last_point(write, read, tmp_path):
    write("trainer_state.json", state(9001, 9001))
    body = only_run(read(tmp_path)).body
    assert len(body["loss_history"]) <= 2000
    assert body["loss_history"][-1]["step"] == 9001
    assert body["loss_points"] == 9001


def test_a_full_run_names_version_and_method_and_is_tied_to_its_weights(write, read, tmp_path):
    write("run/trainer_state.json", state())
    write("run/config.json", {"model_type": "gpt2", "transformers_version": "4.46.3", "_name_or_path": "org/base"})
    write("run/model.safetensors", safetensors())
    reading = read(tmp_path / "run")
    fact = only_run(reading)
    assert (fact.body["method"], fact.tool_version, fact.body["base_model"]["name"]) == ("full", "4.46.3", "org/base")
    weights = next(each for each in reading.found if each.kind == "model-artifacts.v1")
    assert fact.subject.digest == weights.body["manifest_digest"]


def test_a_file_named_like_a_state_that_is_none_is_said(write, read, tmp_path):
    write("trainer_state.json", "")
    assert read(tmp_path).not_read[0].reason == "is named like the state of a training run, and is none"


def test_the_pickle_of_arguments_is_never_opened(sample, read, monkeypatch):
    import pickle

    def refuse(*args, **kwargs):
        raise AssertionError("a pickle was loaded")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    assert read(sample("model-artifacts")).found


def test_the_settings_come_from_the_tensorboard_file(sample, read):
    body = only_run(read(sample("transformers-run"))).body
    assert body["hyperparameters_from"] == "args/text_summary of a TensorBoard file"
    settings = body["hyperparameters"]
    assert (settings["learning_rate"], settings["optim"], settings["seed"]) == (0.001, "adamw_torch_fused", 7)
    assert (settings["report_to"], settings["deepspeed"], settings["fsdp"]) == ("tensorboard", False, False)
    assert not any("hub_token" in name or "dir" in name for name in settings)


def test_without_one_they_come_from_the_pickle_which_is_never_loaded(write, read, tmp_path):
    write("run/trainer_state.json", state())
    shutil.copy(SAMPLES / "model-artifacts" / "training_args.bin", tmp_path / "run")
    fact = only_run(read(tmp_path / "run"))
    assert (fact.quality, fact.body["hyperparameters_from"]) == (Quality.COMPLETE, "training_args.bin")
    settings = fact.body["hyperparameters"]
    assert (settings["learning_rate"], settings["lr_scheduler_type"]) == (0.001, "linear")
    assert (fact.body["seed"], fact.body["output_dir"], fact.body["processes"]) == (7, "full-run", 1)
    assert "run/training_args.bin" in [f"run/{source.path}" for source in fact.sources]


def test_a_token_in_the_pickle_is_not_copied(write, read, tmp_path):
    write("trainer_state.json", state())
    secret = "hf_" + "A" * 34
    write("training_args.bin", training_arguments(hub_token=secret, learning_rate=1e-4, logging_dir="/home/ann/runs"))
    text = json.dumps(only_run(read(tmp_path)).body)
    assert '"learning_rate": 0.0001' in text
    assert secret not in text
    assert "/home/ann" not in text


@pytest.mark.parametrize(
    ("path", "objective"),
    [
        ("trl.trainer.dpo_config.DPOConfig", "dpo"),
        ("UnslothSFTTrainer.UnslothSFTConfig", "sft"),
        ("trl.trainer.grpo_config.GRPOConfig", "grpo"),
        ("own.training.SpecialConfig", None),
        ("transformers.training_args.TrainingArguments", None),
    ],
)
def test_the_class_of_the_settings_tells_the_objective(path, objective, write, read, tmp_path):
    write("trainer_state.json", state())
    write("training_args.bin", training_arguments(path, beta=0.2, loss_type=["sigmoid", "sft"], max_length=512))
    body = only_run(read(tmp_path)).body
    assert body["objective"] == objective
    assert (body["hyperparameters"]["beta"], body["hyperparameters"]["loss_type"]) == (0.2, "sft, sigmoid")


def test_settings_that_disagree_are_named(sample, read):
    folder = sample("transformers-run")
    (folder / "training_args.bin").write_bytes(training_arguments(learning_rate=0.5, seed=7, warmup_steps=0))
    fact = only_run(read(folder))
    assert fact.body["hyperparameters_differing"] == ["learning_rate"]
    assert fact.quality_reasons == ("training_args.bin and the TensorBoard file disagree on learning_rate",)
    assert fact.body["hyperparameters"]["learning_rate"] == 0.001


def test_settings_that_agree_leave_the_run_complete(sample, read):
    folder = sample("transformers-run")
    (folder / "training_args.bin").write_bytes(training_arguments(learning_rate=0.001, seed=7))
    fact = only_run(read(folder))
    assert (fact.body["hyperparameters_differing"], fact.quality) == ([], Quality.COMPLETE)


def test_a_pointer_in_place_of_the_settings_is_said(write, read, tmp_path):
    write("trainer_state.json", state())
    write("training_args.bin", POINTER)
    reading = read(tmp_path)
    body = only_run(reading).body
    assert (body["hyperparameters"], body["hyperparameters_from"]) == (None, None)
    assert body["hyperparameters_missing"] == "training_args.bin is a Git LFS pointer, not the file itself"
    assert [row.path for row in reading.not_read] == ["training_args.bin"]


@pytest.mark.parametrize("bad", [b"\x80\x02cos\nsystem\n(X\x02\x00\x00\x00lstR.", b"", b"PK\x03\x04", b"\x80\x04noise"])
def test_settings_that_can_not_be_read_are_said_and_leave_the_run(bad, write, read, tmp_path):
    write("trainer_state.json", state())
    write("training_args.bin", bad)
    reading = read(tmp_path)
    body = only_run(reading).body
    assert body["hyperparameters"] is None
    assert body["hyperparameters_missing"].startswith("training_args.bin can not be read: ")
    assert [row.path for row in reading.not_read] == ["training_args.bin"]


def test_a_run_that_early_stopping_ended_says_so(write, read, tmp_path):
    write("trainer_state.json", state(6, 40, stateful_callbacks={"EarlyStoppingCallback": EARLY}))
    fact = only_run(read(tmp_path))
    assert (fact.body["stopped_by"], fact.body["finished"], fact.quality) == ("early stopping", False, Quality.PARTIAL)
    assert fact.quality_reasons[0] == (
        "stopped at step 6 of 40 by early stopping, which waits for 2 measurements without gain"
    )


def test_early_stopping_that_was_set_and_not_reached_did_not_end_the_run(write, read, tmp_path):
    patient = EARLY | {"attributes": {"early_stopping_patience_counter": 0}}
    write("trainer_state.json", state(6, 40, stateful_callbacks={"EarlyStoppingCallback": patient}))
    fact = only_run(read(tmp_path))
    assert (fact.body["stopped_by"], fact.quality_reasons[0]) == (None, "stopped at step 6 of 40")


def test_a_run_that_only_measured_is_no_training(write, read, tmp_path):
    rows = [{"eval_loss": 3.5, "eval_runtime": 0.1, "epoch": 0, "step": 0}]
    write("trainer_state.json", state(0, 0, epoch=0, log_history=rows, total_flos=0))
    fact = only_run(read(tmp_path))
    assert (fact.body["finished"], fact.body["total_flos"], fact.body["evaluations"]) == (None, None, 1)
    assert fact.quality_reasons[0] == "no training step was planned or done: the model was only measured"


def test_a_loss_of_nought_with_gradients_that_are_no_numbers_has_failed(write, read, tmp_path):
    rows = [{"loss": 2.7, "grad_norm": 1.0, "step": 2}]
    rows += [{"loss": 0.0, "grad_norm": float("nan"), "step": step} for step in (4, 6)]
    rows += [{"eval_loss": float("nan"), "step": 6}, {"train_runtime": 1.0, "train_loss": 0.9, "step": 6}]
    write("trainer_state.json", json.dumps(state(6, 6, log_history=rows)))
    fact = only_run(read(tmp_path))
    assert (fact.quality, fact.body["final_loss"]) == (Quality.FAILED, 0.0)
    assert "gradients are not numbers" in fact.quality_reasons[0]


def test_one_loss_that_is_no_number_on_the_way_is_partial(write, read, tmp_path):
    rows = [{"loss": float("nan"), "step": 1}, {"loss": 1.0, "step": 2}, {"train_runtime": 1.0, "step": 2}]
    write("trainer_state.json", json.dumps(state(2, 2, log_history=rows)))
    assert only_run(read(tmp_path)).quality_reasons == ("1 of 2 logged losses are not numbers",)


def test_the_last_rewards_of_a_preference_training_are_kept_by_name(write, read, tmp_path):
    rows = [{"loss": 0.69, "rewards/margins": margin, "rewards/accuracies": 1.0, "step": 1} for margin in (0.1, 0.3)]
    write("trainer_state.json", state(1, 1, log_history=[*rows, {"train_runtime": 1.0, "step": 1}]))
    assert only_run(read(tmp_path)).body["last_logged"] == {"rewards/accuracies": 1.0, "rewards/margins": 0.3}


def test_a_run_that_was_resumed_counts_its_sessions(sample, read):
    folder = sample("transformers-run")
    (events,) = (folder / "runs").iterdir()
    shutil.copy(events, folder / "runs" / "events.out.tfevents.1795366999.trainer-1.12999.0")
    assert only_run(read(folder)).body["sessions"] == 2


@pytest.mark.parametrize("field", ["epoch", "train_runtime"])
def test_a_negative_time_is_not_read(field, write, read, tmp_path):
    made = state()
    (made if field == "epoch" else made["log_history"][-1])[field] = -1
    write("trainer_state.json", made)
    reading = read(tmp_path)
    assert (reading.found, reading.not_read[0].reason) == ((), f"{field} is negative")


def test_up_to_4_1_the_operations_alone_close_a_run(write, read, tmp_path):
    rows = [{"loss": 1.0, "step": 1}, {"eval_loss": 1.0, "step": 2}, {"epoch": 1.0, "step": 2, "total_flos": 12345}]
    write("trainer_state.json", state(2, 2, log_history=rows))
    fact = only_run(read(tmp_path))
    assert (fact.quality, fact.body["finished"], fact.body["train_runtime_seconds"]) == (Quality.COMPLETE, True, None)


def test_the_speed_on_several_held_out_sets_is_not_among_the_measures(write, read, tmp_path):
    row = {"eval_g0_loss": 1.0, "eval_g0_runtime": 2.0, "eval_g0_steps_per_second": 3.0, "step": 1}
    write("trainer_state.json", state(1, 1, log_history=[row]))
    assert only_run(read(tmp_path)).body["last_logged"] == {"eval_g0_loss": 1.0}
