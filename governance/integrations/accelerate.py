"""A tracker for Accelerate, for loops that are written around an `Accelerator`.

    from governance.integrations.accelerate import GovernanceTracker

    accelerator = Accelerator(log_with=GovernanceTracker(planned_steps=1000))
    accelerator.init_trackers("elm-desk", config={"learning_rate": 2e-5})
    for step, batch in enumerate(loader):
        ...
        accelerator.log({"loss": loss.item()}, step=step)
    accelerator.end_training()

What is logged is taken as plain numbers; a tensor is left out and counted, because to read one waits for its card. The
steps that are known are those that are logged: call `accelerator.get_tracker("governance", unwrap=True).mark(step)` at
each step where few are. Settings are kept by name, as for the Trainer of transformers. A loop that never calls
`end_training` is sealed when the process ends.

API: https://huggingface.co/docs/accelerate/usage_guides/tracking#implementing-custom-trackers, tried with 1.15.
"""

from __future__ import annotations

from typing import Any

import accelerate
from accelerate.tracking import GeneralTracker

from governance.integrations.guarding import guarded
from governance.integrations.model_names import model_of
from governance.integrations.recorder import Recorder, understood
from governance.integrations.trainer_settings import SEEDS, settings_of, value


class GovernanceTracker(GeneralTracker):
    """Records a loop of an Accelerator. Takes what `Recorder` takes; nothing is needed.

    A word that a recorder does not take is named in the log of the process; nothing raises.
    """

    name = "governance"
    requires_logging_directory = False
    main_process_only = False
    """Accelerate asks its trackers in the main process only; where it does not, the recorder knows the ranks itself."""

    def __init__(self, **how: Any) -> None:
        super().__init__()
        self._how = understood(how)
        self.recorder: Recorder | None = None

    @property
    def tracker(self) -> Recorder | None:
        """What records, once the trackers are initialised."""
        return self.recorder

    @guarded
    def start(self) -> None:
        """Open the run; called by `Accelerator.init_trackers`, and again by whoever begins another one."""
        if self.recorder is not None:
            self.recorder.close("unsaid", "another run began, and nobody said how this one ended")
        told: dict[str, Any] = {"tool": ("accelerate", accelerate.__version__), "start_step": 0}
        self.recorder = Recorder("training", **(told | self._how)).start()

    @guarded
    def store_init_configuration(self, values: dict[str, Any]) -> None:
        """Keep the named settings of a configuration, and its seeds."""
        self._begun()
        if self.recorder is not None and values:
            named = settings_of(values)
            short = {
                name: value(values[name])
                for name in ("lr", "batch_size", "epochs")
                if isinstance(values.get(name), (int, float))
            }
            self.recorder.note("settings", {"values": named | short})
            seeds = {name: values[name] for name in SEEDS if isinstance(values.get(name), int)}
            if seeds:
                self.recorder.note("seeds", {"seeds": seeds})

    @guarded
    def log(self, values: dict[str, Any], step: int | None = None, **kwargs: Any) -> None:
        """Take plain numbers by name."""
        self._begun()
        if self.recorder is not None:
            if step is not None:
                self.recorder.mark(step)
            self.recorder.log(values, step)

    @guarded
    def describe(self, model: Any) -> None:
        """Tell what the model says of its base and adapter: `tracker.describe(accelerator.unwrap_model(model))`."""
        if self.recorder is not None:
            self.recorder.note("model", model_of(model))

    @guarded
    def finish(self) -> None:
        """Seal the run; called by `Accelerator.end_training`."""
        if self.recorder is not None:
            self.recorder.close("finished")

    def _begun(self) -> None:
        """Older releases of Accelerate do not call `start`."""
        if self.recorder is None:
            self.start()
