"""A callback for the Trainer of transformers, and so for whatever stands on it: TRL, PEFT, Unsloth, Axolotl, LLaMA-Factory.

    from governance.integrations.transformers import GovernanceCallback

    trainer = Trainer(..., callbacks=[GovernanceCallback()])

Each call of `train()` is one run. At a step one number is stored; what the Trainer logs, measures and saves is passed
on when it does so. No hook raises, and none reads a tensor. Training that an error ends is sealed when the process ends,
with the type of the error; when it is caught and another training begins on the same callback, how the first one ended
stays unsaid.

API: https://huggingface.co/docs/transformers/main_classes/callback, tried with transformers 5.24 and TRL 1.16.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import transformers

from governance.collectors.formats.training_names import method_of
from governance.integrations import ranks
from governance.integrations.guarding import guarded
from governance.integrations.model_names import model_of
from governance.integrations.numbers import plain_numbers
from governance.integrations.plain import files_in
from governance.integrations.recorder import Recorder, understood
from governance.integrations.trainer_settings import seeds_of, settings_of

if TYPE_CHECKING:
    from transformers import TrainerControl, TrainerState, TrainingArguments

_BUILDERS = frozenset({"arrow", "audiofolder", "csv", "generator", "imagefolder", "json", "pandas", "parquet", "sql", "text"})  # fmt: skip
"""How Datasets names what was read from plain files: the form of the files, and no name of data."""


class GovernanceCallback(transformers.TrainerCallback):
    """Records what a Trainer does. Takes what `Recorder` takes, such as `system=`, `run=` or `spool=`; nothing is needed.

    A word that a recorder does not take is named in the log of the process; nothing raises.
    """

    def __init__(self, **how: Any) -> None:
        self._how = understood(how)
        self.recorder: Recorder | None = None
        """What records the present or the last training, or None before the first."""

    def __getstate__(self) -> dict[str, Any]:
        """A copy, such as a search over settings makes, begins with no recorder: the segment is the original's."""
        return {"_how": self._how, "recorder": None}

    @guarded
    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Open a run; one that is still open is closed first."""
        if self.recorder is not None:
            self.recorder.close("unsaid", "another training began, and nobody said how this one ended")
        self.recorder = recorder = Recorder("training", **(self._said(args, state) | self._how)).start()
        self._tell(recorder, args, **kwargs)

    @guarded
    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Store the number of the step, and nothing else."""
        if self.recorder is not None:
            self.recorder.mark(state.global_step)

    @guarded
    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Pass on what is logged. What was measured comes by `on_evaluate` as well, so it is not taken twice."""
        if self.recorder is not None and logs and not all(name.startswith("eval_") or name == "epoch" for name in logs):
            self.recorder.log(logs, state.global_step)

    @guarded
    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Pass on what was measured on held-out data, by name with its `eval_`."""
        if self.recorder is not None and metrics:
            values, _ = plain_numbers(metrics)
            self.recorder.note("result", {"name": "eval", "step": state.global_step, "values": values})

    @guarded
    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Name the checkpoint; its files are listed by the thread."""
        if self.recorder is not None and args.output_dir is not None:
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            body = {"folder": str(folder), "step": state.global_step, "files": lambda: files_in(folder)}
            self.recorder.note("checkpoint", body)

    @guarded
    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Seal the run. Whoever stopped it before the planned step, such as early stopping, ended it as it was meant to."""
        if self.recorder is not None:
            early = bool(control.should_training_stop and state.global_step < state.max_steps)
            said = {"epochs": state.epoch, "total_flos": state.total_flos, "best_metric": state.best_metric}
            more: dict[str, Any] = {"stopped_early": early} | plain_numbers(said)[0]
            self.recorder.close("finished", **more)

    @staticmethod
    def _said(args: TrainingArguments, state: TrainerState) -> dict[str, Any]:
        """What a recorder is told of the run, unless the caller said otherwise."""
        told = {
            "tool": ("transformers", transformers.__version__),
            "output_dir": args.output_dir,
            "start_step": state.global_step,
            "planned_steps": state.max_steps if state.max_steps > 0 else None,
        }
        if not state.is_world_process_zero and ranks.place().rank == 0:
            told["rank"] = max(1, args.process_index)  # on a TPU only the Trainer knows
        return told

    @staticmethod
    def _tell(
        recorder: Recorder, args: TrainingArguments, model: Any = None, train_dataloader: Any = None, **_: Any
    ) -> None:
        recorder.note("settings", {"values": settings_of(args) | {"world_size": recorder.place.world}})
        recorder.note("seeds", {"seeds": seeds_of(args)})
        recorder.note(
            "model", model_of(model) | {"objective": method_of(f"{type(args).__module__}.{type(args).__name__}")}
        )
        data = getattr(getattr(train_dataloader, "dataset", None), "info", None)
        name = getattr(data, "dataset_name", None) or getattr(data, "builder_name", None)
        if isinstance(name, str) and name not in _BUILDERS:
            recorder.note("data", {"name": name[:500], "digest": None, "context": "training"})
