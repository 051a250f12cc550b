"""The training-run.v1 of a logical run that trained.

The history follows the weights: of an attempt that was resumed from an earlier step counts what came up to that step, and then the next
attempt. A recorder writes null for a number that was NaN or infinite, so each null among the numbers is one of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import spool_record, trainer_state
from governance.collectors.reading import fields
from governance.collectors.reading.names import last_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.collectors.formats.spool_run import Run
    from governance.collectors.reading.doubts import Doubts

KIND = "training-run.v1"
ACTIVITY = "training"
MOST_SETTINGS = 200
_LOSSES = ("loss", "train_loss", "train/loss", "training_loss")
"""Names under which trainers log the loss on training data; the first that was logged at all is taken."""
_LEARNED = frozenset({"records", "steps"})
"""What a gap has to be of to leave a hole in what is known of the learning itself."""

Row = tuple[int | None, dict[str, Any]]
"""A step, and numbers by name."""


def trained(run: Run) -> bool:
    """Whether it is a training that logged or measured anything."""
    kinds = ("log", "result")
    return run.first.activity == ACTIVITY and any(
        any(piece.of(kind)) for piece in (each.writer for each in run.attempts) for kind in kinds
    )


def superseded(run: Run, others: Sequence[Run]) -> str | None:
    """In words, that a later training wrote to the same output folder, so that the weights there are not those of this run."""
    for other in others:
        later = other.first.activity == ACTIVITY and other.last.heard_at > run.last.heard_at
        if other is not run and later and run.output_dir and other.output_dir == run.output_dir:
            return f"{other.name} wrote to the same output folder later, so the weights there may not be those of {run.name}"
    return None


def body(run: Run, doubts: Doubts) -> dict[str, Any]:
    """What was trained, how far it came and how the loss moved. Raises `UnreadableError` for fields of a wrong sort."""
    logs, results = list(_kept(run, "log")), list(_kept(run, "result"))
    losses = _history(logs, _named(logs, _LOSSES))
    measured = _measured(logs, results)
    seal, last = run.last.seal, run.last
    steps, planned = _steps(run), fields.whole(last.opened, "planned_steps", least=0)
    finished = None if planned is None or steps is None else steps >= planned
    if run.outcome != "finished":
        finished = False
    settings, seeds = _settings(run), spool_record.seeds(run)
    model = _merged(run, "model")
    base = fields.table(model, "base_model")
    tool = spool_record.tool(run)
    made = {
        "framework": tool["name"],
        "framework_version": tool["version"],
        "method": fields.text(model, "method", most=200),
        "objective": fields.text(model, "objective", most=100),
        "steps": steps,
        "max_steps": planned,
        "finished": finished,
        "stopped_by": "early stopping" if seal.get("stopped_early") is True else None,
        "status": run.outcome,
        "sessions": len(run.attempts),
        "processes": fields.whole(fields.table(last.opened, "rank"), "world", least=1),
        "epochs": _not_negative(seal, "epochs"),
        "total_flos": _not_negative(seal, "total_flos") or None,  # trainers write 0 where they did not count
        "final_loss": losses[-1]["loss"] if losses else None,
        "evaluations": len({step for step, _ in measured if step is not None})
        + sum(step is None for step, _ in measured),
        "best_metric": fields.number(seal, "best_metric"),
        "train_runtime_seconds": round(last.segment.heard, 3),
        "base_model": {"name": fields.text(base, "name"), "revision": fields.text(base, "revision", most=200)},
        "adapter": _adapter(model),
        "loss_history": trainer_state.thinned(losses),
        "eval_history": trainer_state.thinned(_eval_losses(measured)),
        "last_logged": _last_logged([*logs, *measured], {name for name in _LOSSES if name in _names(logs)}),
        "checkpoints": list(dict.fromkeys(last_part(row["folder"]) or "." for row in spool_record.checkpoints(run))),
        "seed": _seed(settings, seeds),
        "output_dir": spool_record.short_output_dir(run),
        "hyperparameters": settings or None,
        "hyperparameters_from": "the recorder in the run" if settings else None,
        "data_sets": _data(run),
        "not_finite": sum(value is None for _, values in [*logs, *results] for value in values.values()),
        "loss_points": len(losses),
        "run_id": run.name,
        "recording": spool_record.recording(run),
    }
    _doubt(run, made, doubts)
    return made


def _doubt(run: Run, body: dict[str, Any], doubts: Doubts) -> None:
    steps, planned = body["steps"], body["max_steps"]
    if run.outcome == "finished" and planned is not None and (steps is None or steps < planned):
        why = " by early stopping" if body["stopped_by"] else ""
        doubts.partial(f"stopped at step {steps} of {planned}{why}")
    if body["loss_history"] and body["loss_history"][-1]["loss"] is None:
        doubts.failed("the last logged loss is not a number")
    elif bad := sum(point["loss"] is None for point in body["loss_history"]):
        doubts.partial(f"{bad} of {len(body['loss_history'])} kept losses are not numbers")
    if body["eval_history"] and body["eval_history"][-1]["loss"] is None:
        doubts.failed("the last loss on held-out data is not a number")
    for gap in spool_record.gaps(run):
        if gap["of"] in _LEARNED and "done again" not in gap["why"]:
            doubts.partial(f"a gap of {gap['of']}: {gap['why']}")


def _kept(run: Run, kind: str) -> Iterator[Row]:
    """The numbers of a kind of record that count: of each attempt those up to the first step that was done again later."""
    first = 1 if run.counts_from_0 else 0
    for at, attempt in enumerate(run.attempts):
        later = [each.writer.start_step or 0 for each in run.attempts[at + 1 :]]
        until = min(later) - first if later else None
        for row in attempt.writer.of(kind):
            step = fields.whole(row, "step", least=0)
            if until is None or (step is not None and step <= until and min(later) > 0):
                yield step, {name: _number(said) for name, said in fields.table(row, "values").items()}


def _number(said: Any) -> float | int | None:
    if isinstance(said, bool):
        return int(said)
    return fields.as_number(said, "a logged value")


def _steps(run: Run) -> int | None:
    """Steps done: the last on record, and one more where the loop calls its first step 0."""
    last = run.last.last_step
    return last if last is None else last + (1 if run.counts_from_0 else 0)


def _names(rows: list[Row]) -> set[str]:
    return {name for _, values in rows for name in values}


def _named(rows: list[Row], names: tuple[str, ...]) -> str | None:
    logged = _names(rows)
    return next((name for name in names if name in logged), None)


def _history(rows: list[Row], name: str | None) -> list[dict[str, Any]]:
    return [{"step": step, "loss": values[name]} for step, values in rows if step is not None and name in values]


def _measured(logs: list[Row], results: list[Row]) -> list[Row]:
    """What was measured on held-out data: results, and of what was logged the rows whose names say so."""
    named = [
        (step, held)
        for step, values in logs
        if (
            held := {
                name: value for name, value in values.items() if name.startswith(("eval_", "eval/", "val_", "val/"))
            }
        )
    ]
    return sorted([*results, *named], key=lambda row: (row[0] is None, row[0] or 0))


def _eval_losses(measured: list[Row]) -> list[dict[str, Any]]:
    names = _names(measured)
    ends = sorted(name for name in names if name.endswith("loss"))
    name = next((each for each in ("eval_loss", "loss", "eval/loss", "val_loss") if each in names), None)
    rows = _history(measured, name or (ends[0] if ends else None))
    return list({point["step"]: point for point in rows}.values())


def _last_logged(rows: list[Row], losses: set[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _, values in rows:
        made |= {name[:200]: value for name, value in values.items() if not trainer_state.is_of_machine(name)}
    return {name: made[name] for name in sorted(made.keys() - losses)[: trainer_state.MOST_KEYS]}


def _settings(run: Run) -> dict[str, Any]:
    """The settings by name, as far as they are single values; the newest of each name."""
    made: dict[str, Any] = {}
    for attempt in run.attempts:
        for row in attempt.writer.of("settings"):
            for name, said in fields.table(row, "values").items():
                if said is None or isinstance(said, bool):
                    made[name[:200]] = said
                elif isinstance(said, str):
                    made[name[:200]] = said[:500]
                elif isinstance(said, (int, float)):
                    made[name[:200]] = fields.as_number(said, name)
    return dict(sorted(made.items())[:MOST_SETTINGS])


def _merged(run: Run, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for attempt in run.attempts:
        for row in attempt.writer.of(kind):
            made |= {name: said for name, said in row.items() if said is not None}
    return made


def _adapter(model: dict[str, Any]) -> dict[str, Any] | None:
    said = fields.table(model, "adapter")
    sort = fields.text(said, "type", most=200)
    if sort is None:
        return None
    return {
        "type": sort,
        "r": fields.whole(said, "r", least=1),
        "alpha": fields.number(said, "alpha"),
        "target_modules": fields.texts(said, "target_modules", most=4000)[:1000],
        "task_type": fields.text(said, "task_type", most=200),
    }


def _data(run: Run) -> list[dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for attempt in run.attempts:
        for row in attempt.writer.of("data"):
            name = fields.text(row, "name", most=500)
            if name is not None:
                digest, context = fields.text(row, "digest", most=200), fields.text(row, "context", most=200)
                made[f"{name}\0{digest}\0{context}"] = {"name": name, "digest": digest, "context": context}
    return list(made.values())[:1000]


def _seed(settings: dict[str, Any], seeds: dict[str, int | None]) -> int | None:
    """The seed of the settings, else the only one that any source of random numbers was started with."""
    said = settings.get("seed")
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    told = {seed for seed in seeds.values() if seed is not None}
    return told.pop() if len(told) == 1 else None


def _not_negative(holder: dict[str, Any], name: str) -> float | int | None:
    value = fields.number(holder, name)
    return None if value is None or value < 0 else value
