"""The state that the transformers Trainer keeps of a run, `trainer_state.json`, from 2021 to version 5.

What every version has is `global_step` and `log_history`, a list of rows: one for each logged step (`loss`), one for each
measurement on held-out data (`eval_*`), and one at the very end with the run time. All else came later or stands in some
rows only: `stateful_callbacks` and `num_input_tokens_seen` since 4.46, `rewards/*` from the trainers of TRL. Source:
https://github.com/huggingface/transformers/blob/main/src/transformers/trainer_callback.py
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

NAME = "trainer_state.json"
MOST_ROWS = 1_000_000
MOST_POINTS = 2_000
MOST_KEYS = 60
_LOG = re.compile(rb'"log_history"\s*:\s*\[')
_LAST = re.compile(
    r"^(?:grad_norm|learning_rate|mean_token_accuracy|entropy|num_tokens|reward|reward_std|kl|frac_reward_zero_std|"
    r"completions/mean_length|completions/clipped_ratio|objective/[\w.-]+|logps/[\w.-]+|nll_loss|rewards/[\w./-]+|"
    r"eval_[\w./-]+)$"
)
_OF_MACHINE = re.compile(
    r"^eval_(?:[\w.-]+_)?(?:runtime|samples_per_second|steps_per_second|jit_compilation_time|model_preparation_time)$"
)


@dataclass(frozen=True)
class State:
    """The fields of one state, checked; `rows` is the log, oldest first."""

    fields: dict[str, Any]
    rows: list[dict[str, Any]]
    steps: int

    @property
    def planned(self) -> int | None:
        """Optimiser steps planned; 0 and -1 stand where nothing was, as in a run that only measured."""
        planned = fields.whole(self.fields, "max_steps")
        return planned if planned is not None and planned > 0 else None

    @cached_property
    def logged(self) -> list[dict[str, Any]]:
        """The rows without the closing one, which a checkpoint's copy lacks."""
        return [row for row in self.rows if not _closes(row)]

    @cached_property
    def closing(self) -> dict[str, Any] | None:
        """The row written when a training ends. TRL writes run times into other rows too, beside a loss."""
        return next((row for row in reversed(self.rows) if _closes(row)), None)

    @cached_property
    def losses(self) -> list[dict[str, Any]]:
        """Step and training loss of each row that has one; the loss is None where the tool wrote NaN."""
        return _history(self.rows, "loss")

    @cached_property
    def evaluations(self) -> list[dict[str, Any]]:
        """The rows of measurements on held-out data."""
        return [row for row in self.rows if any(key.startswith("eval_") for key in row)]

    def eval_losses(self) -> list[dict[str, Any]]:
        """By `eval_loss`; a run with several held-out sets names them `eval_<set>_loss`, and the first is taken."""
        rows = self.evaluations
        names = [key for row in rows for key in row if key.startswith("eval_") and key.endswith("loss")]
        return _history(rows, "eval_loss" if "eval_loss" in names else names[0]) if names else []

    def last_logged(self) -> dict[str, Any]:
        """The last value of each measure of the training itself, by the tool's name; not those of the machine's speed."""
        made: dict[str, Any] = {}
        asked: set[str] = set()
        for row in reversed(self.rows):
            for key, value in row.items():
                if key in asked:
                    continue
                asked.add(key)
                if len(key) > 200 or not _LAST.match(key) or _OF_MACHINE.match(key):
                    continue
                if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
                    made[key] = fields.as_number(value, key)
            if len(made) >= MOST_KEYS:
                break
        return dict(sorted(made.items())[:MOST_KEYS])

    def early_stopping(self) -> dict[str, Any] | None:
        """Patience and how often in a row nothing got better, in measurements; None where it was not set.

        Since 4.46. The counter is that of the last checkpoint, so it may lag behind the run's end.
        """
        held = fields.table(self.fields, "stateful_callbacks").get("EarlyStoppingCallback")
        # Two callbacks of one class are kept as a list.
        held = held[0] if isinstance(held, list) and held else held
        if not isinstance(held, dict):
            return None
        return {
            "patience": fields.whole(fields.table(held, "args"), "early_stopping_patience", least=0),
            "without_gain": fields.whole(fields.table(held, "attributes"), "early_stopping_patience_counter", least=0),
        }

    def told_to_stop(self) -> bool:
        """True where a callback had told the loop to stop when the last checkpoint was written."""
        control = fields.table(self.fields, "stateful_callbacks").get("TrainerControl")
        said = control.get("args") if isinstance(control, dict) else None
        return isinstance(said, dict) and said.get("should_training_stop") is True


def may_be(file: File) -> bool:
    """True for a document with both fields of the right shape; the quoted words alone stand in many a vocabulary."""
    if not file.opens_json or not file.mentions(b'"log_history"', b'"global_step"'):
        return False
    return file.name == NAME or bool(_LOG.search(file.glance()))


def read(file: File) -> State | None:
    """The state in a file, or None for a document that only mentions the words; raises for a broken one."""
    value = file.json()
    if not isinstance(value, dict) or "log_history" not in value or "global_step" not in value:
        return None
    steps = fields.whole(value, "global_step", least=0)
    if steps is None or value["log_history"] is None:
        raise UnreadableError("global_step or log_history is null")
    rows = fields.rows(value, "log_history")
    if len(rows) > MOST_ROWS:
        raise UnreadableError(f"log_history has more than {MOST_ROWS:,} rows")
    if not all(isinstance(row, dict) for row in rows):
        raise UnreadableError("a row of log_history is not an object")
    return State(value, rows, steps)


def is_of_machine(name: str) -> bool:
    """Whether a measure tells of the machine's speed and not of the model."""
    return _OF_MACHINE.match(name) is not None


def thinned(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Evenly spaced points with the last one, so that a long run stays a small body."""
    if len(points) <= MOST_POINTS:
        return points
    every = -(-len(points) // (MOST_POINTS - 1))
    kept = points[::every]
    return kept if kept[-1] is points[-1] else [*kept, points[-1]]


def _history(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    steps = ((row, fields.whole(row, "step", least=0)) for row in rows if key in row)
    return [{"step": step, "loss": fields.number(row, key)} for row, step in steps if step is not None]


def _closes(row: dict[str, Any]) -> bool:
    """True for the row that ends a training; up to 4.1 it had the operations in all and no run time."""
    if "loss" in row:
        return False
    return "train_runtime" in row or ("total_flos" in row and not any(key.startswith("eval_") for key in row))
