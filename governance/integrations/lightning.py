"""A callback for the Trainer of Lightning, under either of its names.

    from governance.integrations.lightning import GovernanceLightningCallback

    trainer = Trainer(..., callbacks=[GovernanceLightningCallback()])

`lightning.pytorch` and `pytorch_lightning` are two copies with two base classes; this one stands on whichever was
imported first, and on both where both were. In a list, as above, it works with the other one too, because a Trainer asks
a callback for its methods only.

What a module logs are tensors, and to read one waits for its card. They are read at the steps at which the Trainer logs
(`log_every_n_steps`) and after a validation, and nowhere else.

API: https://lightning.ai/docs/pytorch/stable/api/lightning.pytorch.callbacks.Callback.html, tried with 2.6.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import UsageError
from governance.integrations.guarding import guarded
from governance.integrations.model_names import model_of
from governance.integrations.numbers import plain_numbers
from governance.integrations.plain import files_in, how_it_ended
from governance.integrations.recorder import Recorder, understood
from governance.integrations.trainer_settings import kept, value

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("lightning.pytorch", "pytorch_lightning")
SETTINGS = (
    "max_steps", "max_epochs", "min_steps", "min_epochs", "accumulate_grad_batches", "gradient_clip_val",
    "gradient_clip_algorithm", "log_every_n_steps", "val_check_interval", "check_val_every_n_epoch", "precision",
    "world_size", "num_nodes", "num_devices",
)  # fmt: skip
"""Attributes of a Trainer that are kept."""
_HYPER = ("learning_rate", "lr", "batch_size", "weight_decay", "warmup_steps", "warmup_ratio", "optimizer", "scheduler",
          "lr_scheduler", "dropout", "momentum", "betas", "eps", "label_smoothing", "max_length", "seed")  # fmt: skip
"""Hyper-parameters of a module (`save_hyperparameters`) that are kept."""


def _bases() -> tuple[type, ...]:
    """The base class of each copy that is in use; of the first that is installed, where none is yet."""
    loaded = [name for name in NAMES if name in sys.modules]
    if not loaded:
        loaded = [name for name in NAMES if importlib.util.find_spec(name.partition(".")[0]) is not None][:1]
    if not loaded:
        raise UsageError("Lightning is not installed", hint="Install lightning, or pytorch-lightning.")
    return tuple(importlib.import_module(name).Callback for name in loaded)


class GovernanceLightningCallback(*_bases()):  # type: ignore[misc]
    """Records what a Trainer does in `fit`. Takes what `Recorder` takes; nothing is needed.

    A word that a recorder does not take is named in the log of the process; nothing raises.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__()
        self._how = understood(how)
        self._before: dict[str, Any] = {}
        self._logged = -1
        self._saved: str | None = None
        self.recorder: Recorder | None = None
        """What records the present or the last training, or None before the first."""

    def __getstate__(self) -> dict[str, Any]:
        """A copy, such as a process that is spawned gets, begins with no recorder."""
        return self.__dict__ | {"recorder": None, "_before": {}, "_saved": None}

    @guarded
    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Open a run; one that is still open is closed first."""
        if self.recorder is not None:
            self.recorder.close("unsaid", "another training began, and nobody said how this one ended")
        package = sys.modules.get(type(trainer).__module__.partition(".")[0])
        self._before, self._logged, self._saved = {}, -1, None
        told: dict[str, Any] = {
            "tool": ("lightning", getattr(package, "__version__", None)),
            "output_dir": trainer.default_root_dir,
            "start_step": trainer.global_step,
            "planned_steps": planned(trainer),
        }
        self.recorder = recorder = Recorder("training", **(told | self._how)).start()
        recorder.note("settings", {"values": settings_of(trainer, pl_module)})
        seed = os.environ.get("PL_GLOBAL_SEED", "")  # what `seed_everything` leaves
        if seed.isdigit():
            recorder.note("seeds", {"seeds": {"lightning": int(seed)}})
        recorder.note("model", model_of(pl_module) | {"architecture": type(pl_module).__name__[:200]})

    @guarded
    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Store the number of the step; at the steps at which the Trainer logs, read what was logged."""
        step, every = trainer.global_step, trainer.log_every_n_steps
        if self.recorder is not None:
            self.recorder.mark(step)
        if every and step % every == 0 and step != self._logged:  # several batches may make one step
            self._logged = step
            values = self._new_in(trainer.callback_metrics)
            if self.recorder is not None and self._first:
                self.recorder.log(read(values), step)

    @guarded
    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Keep what was there before, without reading it: what differs afterwards is what was measured."""
        self._before = dict(trainer.callback_metrics)

    @guarded
    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Pass on what was measured on held-out data. The rehearsal before a training (`sanity check`) measures nothing."""
        values = self._new_in(trainer.callback_metrics)
        if self.recorder is not None and self._first and not trainer.sanity_checking:
            body = {"name": "validation", "step": trainer.global_step, "values": read(values)}
            self.recorder.note("result", body)

    @guarded
    def on_save_checkpoint(self, trainer: Any, pl_module: Any, checkpoint: dict[str, Any]) -> None:
        """Name the checkpoint before this one, whose file is whole by now, and leave what is saved as it is."""
        self._tell_of_checkpoint(trainer)

    @guarded
    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        """Seal the run."""
        if self.recorder is not None:
            self._tell_of_checkpoint(trainer)
            reached = trainer.max_steps in (-1, trainer.global_step) and trainer.max_epochs in (
                None,
                -1,
                trainer.current_epoch,
            )
            self.recorder.close(
                "finished", stopped_early=bool(trainer.should_stop and not reached), epochs=trainer.current_epoch
            )

    @guarded
    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Seal the run with the type of what ended it, never with its message."""
        if self.recorder is not None:
            self.recorder.close(*how_it_ended(type(exception), exception))

    @property
    def _first(self) -> bool:
        """Whether values are read here. All ranks ask the Trainer for its metrics, because it may gather them; one reads them."""
        return self.recorder is not None and self.recorder.place.rank == 0

    def _new_in(self, metrics: Mapping[str, Any]) -> dict[str, Any]:
        """What is not the very value that lay there before."""
        made = {name: each for name, each in metrics.items() if self._before.get(name) is not each}
        self._before = dict(metrics)
        return made

    def _tell_of_checkpoint(self, trainer: Any) -> None:
        names = ("_last_checkpoint_saved", "last_model_path", "best_model_path")
        path = next((each for name in names if (each := getattr(trainer.checkpoint_callback, name, ""))), "")
        if self.recorder is not None and path and path != self._saved:
            self._saved = path
            body = {"folder": str(path), "step": trainer.global_step, "files": lambda: saved_at(path)}
            self.recorder.note("checkpoint", body)


def read(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Metrics as numbers; a tensor of one number is read, which waits for its card."""
    single = {name for name, each in metrics.items() if hasattr(each, "numel") and each.numel() == 1}
    return plain_numbers({name: each.item() if name in single else each for name, each in metrics.items()})[0]


def planned(trainer: Any) -> int | None:
    """Steps that the Trainer means to do, where it knows."""
    try:
        steps = trainer.estimated_stepping_batches
    except Exception:  # data without a length, under a strategy that can not tell
        steps = trainer.max_steps
    return int(steps) if isinstance(steps, (int, float)) and 0 < steps < 1 << 53 else None


def settings_of(trainer: Any, module: Any) -> dict[str, Any]:
    """The named settings of a Trainer, and the named ones of the module's own (`save_hyperparameters`)."""
    made = {name: getattr(trainer, name, None) for name in SETTINGS}
    own = getattr(module, "hparams", None) or {}
    made |= {name: own[name] for name in _HYPER if name in own}
    return {name: value(each) for name, each in sorted(made.items()) if each is not None and kept(each)}


def saved_at(path: str) -> Any:
    """The files of a checkpoint: one file, or a folder where the weights are in pieces."""
    file = Path(path)
    return [{"name": file.name, "size": file.stat().st_size}] if file.is_file() else files_in(path)
