"""A training or an evaluation as an experiment tracker kept it: settings by name, numbers by name and step.

Trackers do not know what a name stands for; people and libraries choose the names. Every tracker is read by the same rules over
the names in `tracked_names`. A run with no sign of training (no training loss, no learning rate) whose numbers are measures is
an evaluation.

Settings go through the list of names in `training_arguments`, and a few more below; nothing else is copied.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from governance.collectors.formats import tracked_names, training_arguments
from governance.collectors.formats.trainer_state import thinned
from governance.collectors.reading import fields
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.doubts import Doubts

MOST_POINTS = 1_000_000
MOST_MEASURES = 60
MOST_SETTINGS = 5_000
MOST_RESULTS = 2_000


class Point(NamedTuple):
    """One logged number; `value` is None where it was NaN or infinite, `step` None where the tracker has none."""

    step: int | None
    value: float | None


@dataclass
class Tracked:
    """One run. `settings` and `series` by the names they were logged under, oldest first."""

    tracker: str
    name: str
    run_id: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    series: dict[str, list[Point]] = field(default_factory=dict)
    status: str | None = None
    ended: bool | None = None
    """True where the tracker was told of a good end, false where of another or of none, None where it keeps no such word."""

    def setting(self, *names: str) -> Any:
        """The first of these settings that is there, texts of numbers and truths as what they say."""
        return next((plain(self.settings[name]) for name in names if name in self.settings), None)

    @property
    def losses(self) -> list[Point]:
        """The training loss, or nothing."""
        return self._first(tracked_names.LOSSES, tracked_names.TRAIN_LOSS)

    @property
    def eval_losses(self) -> list[Point]:
        """The loss on held-out data, or nothing."""
        return self._first(tracked_names.EVAL_LOSSES, tracked_names.EVAL_LOSS)

    @property
    def trains(self) -> bool:
        """True for a run with a sign of training, and for one without any measure."""
        if self.losses or any(tracked_names.OF_TRAINING.match(name) for name in self.series):
            return True
        return bool(tracked_names.SIGNS & set(self.settings)) or not self.measures()

    @property
    def not_finite(self) -> int:
        """How many logged numbers were NaN or infinite."""
        return sum(point.value is None for points in self.series.values() for point in points)

    def last(self, *names: str) -> float | None:
        """The last value of the first of these series that is there."""
        return next((self.series[name][-1].value for name in names if self.series.get(name)), None)

    def measures(self) -> dict[str, float | None]:
        """The last value of each logged number, but for those of the machine."""
        return {
            name: points[-1].value
            for name, points in sorted(self.series.items())
            if points and tracked_names.MEASURE.fullmatch(name) and not tracked_names.OF_MACHINE.match(name)
        }

    def _first(self, names: tuple[str, ...], pattern: re.Pattern[str]) -> list[Point]:
        found = next((name for name in names if self.series.get(name)), None)
        found = found or next((name for name in sorted(self.series) if pattern.match(name) and self.series[name]), None)
        return self.series[found] if found else []


def plain(value: Any) -> Any:
    """A text that is a number, true, false or none as such; anything else as it is. Some trackers keep all as text."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.lower() in ("none", "null", ""):
        return None
    if len(text) <= 40 and tracked_names.TEXT_NUMBER.fullmatch(text):
        number = float(text)
        return int(text) if text.lstrip("+-").isdigit() else number if math.isfinite(number) else None
    return value


def training_body(run: Tracked, doubts: Doubts) -> dict[str, Any]:
    """A body of `training-run.v1`; what keeps it from being whole goes to `doubts`."""
    losses, held_out = run.losses, run.eval_losses
    steps = _steps(run)
    planned = _count(run.setting("max_steps", "max_train_steps", "total_steps", "num_training_steps"))
    epochs = run.last("epoch", "train/epoch", "trainer/epoch")
    adapter = _adapter(run)
    version = run.setting("transformers_version")
    body = {
        "framework": "transformers" if isinstance(version, str) else run.tracker,
        "framework_version": version[:200] if isinstance(version, str) and version else None,
        "method": adapter["type"].lower() if adapter else _way(run),
        "steps": steps,
        "max_steps": planned,
        "finished": _finished(run, steps, planned, epochs),
        "epochs": epochs if epochs is not None and epochs >= 0 else None,
        "total_flos": _positive(run.last("total_flos", "train/total_flos")),
        "final_loss": losses[-1].value if losses else None,
        "evaluations": max(
            (len(points) for name, points in run.series.items() if tracked_names.EVAL.match(name)), default=0
        ),
        "best_metric": None,
        "train_runtime_seconds": _positive(run.last("train_runtime", "train/train_runtime")),
        "base_model": {"name": model_name(run), "revision": _word(run.setting(*tracked_names.REVISIONS), 200)},
        "adapter": adapter,
        "loss_history": thinned(_history(losses)),
        "eval_history": thinned(_history(held_out)),
        "checkpoints": [],
        "seed": _seed(run),
        "not_finite": run.not_finite,
        "status": run.status,
        "output_dir": _word(run.setting("output_dir", "output_path", "default_root_dir"), 1000),
        "hyperparameters": _hyperparameters(run),
        "last_logged": dict(list(run.measures().items())[:MOST_MEASURES]),
        "loss_points": len(losses),
        "run_id": run.run_id,
    }
    _doubt(run, body, doubts)
    return body


def evaluation_body(
    run: Tracked, doubts: Doubts, *, task: str, model: str | None = None, samples: dict[str, int] | None = None
) -> dict[str, Any]:
    """A body of `eval-run.v1`: the last value of each measure under one `task`, over `samples` by measure where known.

    `model` is what the tracker itself says was measured; a name among the settings comes before it.
    """
    measures = run.measures()
    counts = samples or {}
    rows = [
        {
            "task": task[:300],
            "metric": name,
            "filter": None,
            "value": value,
            "stderr": None,
            "n": counts.get(name),
            "n_original": None,
            "higher_is_better": None,
            "task_version": None,
            "task_digest": None,
        }
        for name, value in list(measures.items())[:MOST_RESULTS]
    ]
    name = model_name(run) or model
    if name is None:
        doubts.partial("the run does not name the model that was measured")
    for metric, value in measures.items():
        if value is None:
            doubts.failed(f"{metric} is not a number")
        if counts.get(metric) == 0:
            doubts.failed(f"{metric}: no sample was scored")
    if len(measures) > MOST_RESULTS:
        doubts.partial(f"only the first {MOST_RESULTS:,} of {len(measures):,} measures are kept")
    seed = _seed(run)
    return {
        "harness": {"name": run.tracker, "version": None},
        "model": {
            "name": name or "unknown",
            "digest": None,
            "adapter": _word(run.setting("adapter", "peft"), 500),
            "revision": _word(run.setting(*tracked_names.REVISIONS), 200),
        },
        "results": rows,
        "limit": None,
        "chat_template_sha256": None,
        "seeds": {} if seed is None else {"seed": seed},
        "device": None,
        "n_shot": {},
        "not_finite": run.not_finite,
        "status": run.status,
        "run_id": run.run_id,
    }


def model_name(run: Tracked) -> str | None:
    """The model that a run started from or measured, as its settings name it."""
    for key in tracked_names.BASES:
        value = run.settings.get(key)
        if isinstance(value, str) and not tracked_names.NOT_NAMES.search(value):
            try:
                named = fields.name({key: value}, key)
            except UnreadableError:
                continue
            if named:
                return named
    return None


def json_object(data: bytes, what: str) -> tuple[dict[str, Any], int]:
    """A JSON object, and how many NaN in it are null now. Raises an error that names `what` holds it."""
    try:
        value, not_finite = strict_json.loads_lenient(data)
    except UnreadableError as error:
        raise UnreadableError(f"{what}: {error.message}") from None
    if not isinstance(value, dict):
        raise UnreadableError(f"{what} is not an object")
    return value, not_finite


def is_number(value: Any) -> bool:
    """True for a number, and for the words some tools write for NaN and infinity, which JSON has no numbers for."""
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or is_not_finite(value)


def is_not_finite(value: Any) -> bool:
    """True for the words NaN and Infinity."""
    return isinstance(value, str) and value in tracked_names.NOT_FINITE


def number(value: Any) -> float | int | None:
    """A logged value as a number; None for NaN and infinity, also in words. Raises for what is no number."""
    if is_not_finite(value):
        return None
    made = fields.as_number(value, "a logged number")
    return made if made is None or math.isfinite(made) else None


def _doubt(run: Tracked, body: dict[str, Any], doubts: Doubts) -> None:
    if not run.series and not run.settings:
        doubts.partial("the run holds no setting and no number")
    elif not body["loss_points"]:
        doubts.partial("no training loss was logged")
    elif body["final_loss"] is None:
        doubts.failed("the last training loss is not a number")
    if body["finished"] is None and run.ended is None:
        doubts.partial("how the run ended is not kept, and that it reached its planned end can not be told")
    elif body["max_steps"] and body["finished"] is False and (body["steps"] or 0) < body["max_steps"]:
        doubts.partial(f"logged to step {body['steps'] or 0} of {body['max_steps']}")
    elif body["finished"] is False and run.ended is not False:
        doubts.partial(f"logged to epoch {body['epochs']:g} of {run.setting(*tracked_names.EPOCHS_PLANNED):g}")


def _finished(run: Tracked, steps: int | None, planned: int | None, epochs: float | None) -> bool | None:
    """True where the plan was reached; None where there is no plan, or where logging was too coarse to say.

    False as well where the tracker was told of no good end.
    """
    if run.ended is False:
        return False
    if planned:
        if steps is None:
            return None
        if steps + 1 >= planned:
            return True
        logged = sorted({point.step for point in run.losses if point.step is not None})
        gap = max((after - before for before, after in pairwise(logged)), default=0)
        return None if steps + gap >= planned else False
    wanted = run.setting(*tracked_names.EPOCHS_PLANNED)
    if epochs is None or isinstance(wanted, bool) or not isinstance(wanted, (int, float)) or wanted <= 0:
        return None
    # Some libraries count passes from 0, and the last row may come a little before the end of the pass.
    return True if epochs + 0.05 >= wanted else None if epochs + 1 >= wanted else False


def _steps(run: Tracked) -> int | None:
    """The largest step of the run's own numbers; None where all were logged without one, which some trackers call 0."""
    named = _count(run.last("train/global_step", "global_step", "trainer/global_step"))
    if named is not None:
        return named
    own = (
        points for name, points in run.series.items() if not tracked_names.OF_MACHINE.match(name) or "runtime" in name
    )
    return max((point.step or 0 for points in own for point in points), default=0) or None


def _history(points: Iterable[Point]) -> list[dict[str, Any]]:
    """The points that have a step."""
    return [{"step": point.step, "loss": point.value} for point in points if point.step is not None and point.step >= 0]


def _hyperparameters(run: Tracked) -> dict[str, Any] | None:
    settings = {key: plain(value) for key, value in run.settings.items()}
    made = training_arguments.settings(settings)
    for key in tracked_names.SETTINGS:
        value = settings.get(key)
        if isinstance(value, (bool, int, float)) or (
            isinstance(value, str) and re.fullmatch(r"[\w.,:+ -]{1,100}", value)
        ):
            made[key] = value if isinstance(value, (bool, str)) else number(value)
    return dict(sorted(made.items())) or None


def _adapter(run: Tracked) -> dict[str, Any] | None:
    """The adapter, from the settings of PEFT as a table, or from the flat names training libraries use."""
    table = run.settings.get("peft_config")
    if isinstance(table, dict):
        table = next(iter(table.values()), None) if "peft_type" not in table else table
    if isinstance(table, dict) and isinstance(table.get("peft_type"), str) and table["peft_type"]:
        listed = table.get("target_modules")
        modules = listed if isinstance(listed, list) else [listed]
        kind, r, alpha = table["peft_type"], table.get("r"), table.get("lora_alpha")
    else:
        r, alpha, modules = run.setting("lora_r", "lora_rank"), run.setting("lora_alpha"), []
        kind = run.setting("peft_type", "adapter_type") or "LORA"
        if _count(r) is None:
            return None
    return {
        "type": str(kind).rpartition(".")[2].upper()[:200],
        "r": _count(r) or None,
        "alpha": alpha if isinstance(alpha, (int, float)) and not isinstance(alpha, bool) else None,
        "target_modules": sorted(module[:500] for module in modules if isinstance(module, str)),
    }


def _way(run: Tracked) -> str | None:
    said = run.setting("finetuning_type", "training_method")
    return _word(said, 200)


def _seed(run: Tracked) -> int | None:
    return _integer(run.setting("seed", "random_seed", "random_state", "seed_everything"))


def _integer(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) <= fields.LARGEST else None


def _count(value: Any) -> int | None:
    """A whole number above 0; -1 and 0 stand where nothing was planned."""
    made = _integer(value)
    return made if made is not None and made > 0 else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and value >= 0 else None


def _word(value: Any, most: int) -> str | None:
    return (value.strip()[:most] or None) if isinstance(value, str) else None
