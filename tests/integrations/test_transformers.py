"""The callback in a real Trainer: what a training leaves in the spool, and that the training is the same with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integrations.running import alone, only, run, said, segments

if TYPE_CHECKING:
    from pathlib import Path

    from governance.parsing.spool import Segment

pytestmark = pytest.mark.training
for _library in ("torch", "transformers", "peft"):
    pytest.importorskip(_library, reason=f"{_library} is not installed; `make test` installs it")

TRAININGS = """
import copy, json, os, pickle
from tests.integrations import tiny
from governance.integrations.transformers import GovernanceCallback
from transformers import EarlyStoppingCallback, TrainerCallback

os.environ["HF_TOKEN"] = "hf_" + "q" * 34

plain = dict(eval_strategy="steps", eval_steps=3, save_strategy="steps", save_steps=3, hub_token="hf_" + "q" * 34)
without = tiny.bare("without", **plain)

# One callback, two trainings: the second goes on where the first ended, with more steps.
callback = GovernanceCallback(spool="whole", system="tiny")
first = tiny.trainer("whole-out", [callback], **plain)
assert callback.recorder is None
first.train()
with_it = tiny.losses(first)
alive = callback.recorder.alive
second = tiny.trainer("whole-out", [callback], **plain | {"max_steps": 9})
second.train(resume_from_checkpoint="whole-out/checkpoint-6")

# Copies begin with nothing; the one that goes on recording is the original.
copies = [copy.deepcopy(callback), pickle.loads(pickle.dumps(callback))]

# Stopped before its planned end by whoever may stop it.
class Enough(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        control.should_training_stop = state.global_step >= 4

tiny.trainer("early-out", [Enough(), GovernanceCallback(spool="early")]).train()

# An adapter on top of a base that has a name and a revision.
from peft import LoraConfig, get_peft_model
base = tiny.model()
base.config._name_or_path = "elm-street/base-1b"
adapter = LoraConfig(r=4, lora_alpha=8, target_modules=["c_attn"], task_type="CAUSAL_LM",
                     revision="0123abc", fan_in_fan_out=True)
tiny.trainer("lora-out", [GovernanceCallback(spool="lora")], trained=get_peft_model(base, adapter)).train()

# A hook that is given what it can not use.
strange = GovernanceCallback(spool="strange")
ran = tiny.trainer("strange-out", [strange])
class Odd(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 3:
            strange.on_log(None, None, None, logs={"loss": 1.0})  # no state at all
            strange.on_log(args, state, control, logs={1: 2, "loss": 0.5, "tensor": __import__("torch").ones(1)})
            strange.on_save(None, state, control)
ran.add_callback(Odd())
ran.train()

print(json.dumps({
    "without": without, "with": with_it, "alive_after": alive,
    "strange": tiny.losses(ran), "bare": tiny.bare("bare"),
    "copies": [each.recorder is None and each._how == callback._how for each in copies],
    "state": sorted(second.state.stateful_callbacks),
}))
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder in which the trainings ran, and what they said."""
    folder = tmp_path_factory.mktemp("trainings")
    return folder, said(run(TRAININGS, folder))


@pytest.fixture(scope="module")
def whole(ran: tuple[Path, dict[str, Any]]) -> list[Segment]:
    """The segments of the two trainings of one output folder."""
    return segments(ran[0] / "whole")


def test_the_losses_are_the_same_to_the_last_digit_with_the_callback_and_without(ran) -> None:
    _, told = ran
    assert len(told["without"]) == 3
    assert told["with"] == told["without"]


def test_a_training_is_opened_and_sealed_with_its_steps(whole) -> None:
    opened, seal = whole[0].opened, whole[0].seal
    assert opened["activity"] == "training"
    assert opened["tool"]["name"] == "transformers"
    assert opened["system"] == "tiny"
    assert (opened["start_step"], opened["planned_steps"]) == (0, 6)
    assert opened["output_dir"] == "whole-out"
    assert (seal["outcome"], seal["step"], seal["stopped_early"], seal["lost"]) == ("finished", 6, False, 0)
    assert seal["epochs"] > 0
    assert seal["total_flos"] > 0


def test_what_the_trainer_logs_and_measures_is_what_stands_in_the_spool(ran, whole) -> None:
    logged = [(row["step"], row["values"]["loss"]) for row in whole[0].of("log") if "loss" in row["values"]]
    assert logged == list(zip((2, 4, 6), ran[1]["with"], strict=True))
    measured = whole[0].of("result")
    assert [row["step"] for row in measured] == [3, 6]
    assert all(row["values"]["eval_loss"] > 0 for row in measured)
    assert not any("eval_loss" in row["values"] for row in whole[0].of("log"))


def test_settings_are_the_named_ones_and_the_token_for_the_hub_is_nowhere(ran, whole) -> None:
    (settings,) = whole[0].of("settings")
    values = settings["values"]
    assert (values["learning_rate"], values["per_device_train_batch_size"], values["max_steps"]) == (5e-5, 2, 6)
    assert values["lr_scheduler_type"] == "linear"
    assert values["world_size"] == 1
    assert {"hub_token", "output_dir", "run_name"}.isdisjoint(values)
    (seeds,) = whole[0].of("seeds")
    assert seeds["seeds"] == {"seed": 7}
    assert not any("q" * 34 in path.read_text("utf-8") for path in ran[0].rglob("*.spool"))


def test_weights_that_are_all_trained_are_told_as_full(whole) -> None:
    (model,) = whole[0].of("model")
    assert (model["method"], model["adapter"], model["architecture"]) == ("full", None, "GPT2LMHeadModel")
    assert model["base_model"] == {"name": None, "revision": None}


def test_each_checkpoint_is_named_with_its_files_and_their_sizes(ran, whole) -> None:
    saved = whole[0].of("checkpoint")
    assert [row["folder"] for row in saved] == ["whole-out/checkpoint-3", "whole-out/checkpoint-6"]
    for row in saved:
        folder = ran[0] / row["folder"]
        on_disk = {path.name: path.stat().st_size for path in folder.iterdir()}
        assert {each["name"]: each["size"] for each in row["files"]} == on_disk
        assert "model.safetensors" in on_disk


def test_a_training_that_goes_on_from_a_checkpoint_is_the_same_run(ran, whole) -> None:
    assert len(whole) == 2
    first, second = whole
    assert second.opened["run"] == first.opened["run"]
    assert second.opened["continues"] is None or second.opened["continues"] == first.opened["run"]
    assert (second.opened["start_step"], second.opened["planned_steps"], second.seal["step"]) == (6, 9, 9)
    assert ran[1]["alive_after"] is False


def test_a_copy_of_the_callback_records_nothing_and_the_state_of_the_trainer_holds_nothing_of_it(ran) -> None:
    assert ran[1]["copies"] == [True, True]
    assert ran[1]["state"] == ["TrainerControl"]


def test_training_that_was_stopped_early_says_so_and_is_finished(ran) -> None:
    seal = only(ran[0] / "early").seal
    assert (seal["outcome"], seal["step"], seal["stopped_early"]) == ("finished", 4, True)


def test_an_adapter_is_told_with_its_base_and_its_rank(ran) -> None:
    (model,) = only(ran[0] / "lora").of("model")
    assert model["base_model"] == {"name": "elm-street/base-1b", "revision": "0123abc"}
    assert model["method"] == "lora"
    assert model["adapter"] == {
        "type": "LORA", "r": 4, "alpha": 8, "target_modules": ["c_attn"], "task_type": "CAUSAL_LM",
    }  # fmt: skip


def test_a_hook_that_is_given_nonsense_leaves_a_gap_and_the_training_goes_on(ran) -> None:
    folder, told = ran
    assert told["strange"] == told["bare"]
    segment = only(folder / "strange")
    gaps = [row for row in segment.of("gap") if row["of"] == "hook"]
    assert [row["why"] for row in gaps] == [
        "GovernanceCallback.on_log raised AttributeError",
        "GovernanceCallback.on_log raised AttributeError",
        "GovernanceCallback.on_save raised AttributeError",
    ]
    assert segment.seal["outcome"] == "finished"


def test_an_error_that_ends_the_process_is_the_end_of_the_run(tmp_path: Path) -> None:
    script = """
    from tests.integrations import tiny
    from governance.integrations.transformers import GovernanceCallback
    from transformers import TrainerCallback

    class Broken(TrainerCallback):
        def on_step_end(self, args, state, control, **kwargs):
            if state.global_step == 3:
                raise MemoryError("at /secret/place")

    tiny.trainer("out", [GovernanceCallback(), Broken()]).train()
    """
    alone(script, tmp_path, code=1)
    segment = only(tmp_path / "out" / "governance-spool")
    assert (segment.seal["outcome"], segment.seal["reason"]) == ("failed", "MemoryError ended the process")
    assert segment.seal["step"] == 3
    assert "secret" not in str(segment.records)


def test_a_word_that_no_recorder_takes_is_named_in_the_log_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    from governance.integrations.recorder import understood

    assert understood({"sytem": "elm-desk", "run": "r1"}) == {"run": "r1"}
    assert "takes no 'sytem'" in caplog.text
    assert "system" in caplog.text
