"""A training run as the transformers Trainer leaves it.

*Reads* `trainer_state.json` (known by `log_history` and `global_step`) of 2021 to version 5, from Trainer, TRL and Unsloth,
with what lies beside it: `adapter_config.json`, `config.json`, and the front matter and version list of the automatic model
card. The settings of the training come from the `args/text_summary` of a TensorBoard file below `runs/`, `tb/`, `logs/` or `tensorboard/`,
else from `training_args.bin`, a pickle that is read as data and never loaded. The time comes from the name of the newest
TensorBoard file.

*Says* how far the training went and whether it reached its planned end or was stopped early, how the loss moved on training
and held-out data, from which base, with which adapter, and with which of the named settings. The final loss is the last one
logged, not the average the closing record gives. Where both places hold the settings and disagree, the names are given and
the run is partial.

*Does not say* which data was used: the Trainer does not record it. Access tokens, host names and other paths than the output
folder are not copied. The copies of the state that checkpoints keep are not separate evidence. A run that stopped before
`max_steps`, by itself or by early stopping, one that only measured, and a checkpoint's copy without the closing record are
partial; one whose last losses, gradients or measurements are not numbers has failed. After a resumption the run time is that
of the last session alone, and `sessions` tells how many there were.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import run_folder, settings, trainer_state
from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Tried, attempt, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.formats.trainer_state import State
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder


class TransformersRun:
    """Finds one training run for each state that is not a copy of another."""

    noun = Collector(name="transformers-run", version="1")
    kinds = ("training-run.v1",)
    tool = "transformers"
    tried = (
        Tried("4.30.2", "recorded", "2026-11-25"),
        Tried("4.46.3", "published", "2026-11-25"),
        Tried("4.57.1 with trl 0.24.0", "recorded", "2026-11-25"),
        Tried("5.23.0 with trl 1.16.0", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for the state of a run, else why not."""
        return recognised(file, lambda: None if trainer_state.may_be(file) else "lacks log_history and global_step")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the run whose state lies in this folder."""
        for file in list(folder.files.values()):
            if file.is_lfs_pointer:
                continue
            if trainer_state.may_be(file):
                yield from attempt(file, partial(self._run, folder, file), self.noun.name)
                yield from self._unread(folder)
            elif file.name == trainer_state.NAME:
                file.claimed = True
                yield NotRead(file.shown, "is named like the state of a training run, and is none")

    def _unread(self, folder: Folder) -> Iterator[NotRead]:
        """What lay beside the run and could not be read."""
        for file, why in folder.notes.pop("unread-beside-run", ()):
            file.claimed = True
            yield NotRead(file.shown, why, self.noun.name)

    def _run(self, folder: Folder, file: File) -> Iterable[Found]:
        state = trainer_state.read(file)
        if state is None:
            return
        if file.name == trainer_state.NAME:
            folder.notes["trainer-state"] = state
        if _is_copy(folder, state):
            return
        around = run_folder.Around(folder)
        folder.notes["unread-beside-run"] = around.unread
        body = _body(folder, file, state, around)
        doubts = _doubts(state, body)
        clocks = run_folder.event_files(folder)[-1:]
        moment = datetime.fromtimestamp(clocks[0][0], tz=UTC) if clocks else None
        read = dict.fromkeys((file, *around.used, *(clock for _, clock in clocks)))
        yield Found(
            kind="training-run.v1",
            body=body,
            subject=Subject(type=SubjectType.RUN, name=folder.name[:500]),
            path=file.shown,
            collector=self.noun,
            quality=doubts.quality,
            quality_reasons=doubts.reasons,
            effective_at=moment,
            effective_clock=None if moment is None else "file-name",
            tool=self.tool,
            tool_version=around.version,
            sources=tuple(each.source() for each in read),
            place=folder.place,
        )


def _body(folder: Folder, file: File, state: State, around: run_folder.Around) -> dict[str, Any]:
    closing, losses, planned = state.closing, state.losses, state.planned
    arguments = around.arguments
    flos = fields.number(state.fields, "total_flos")
    tokens = fields.whole(state.fields, "num_input_tokens_seen")
    return {
        "framework": "transformers",
        "framework_version": around.version,
        "method": around.method,
        "objective": arguments.way,
        "steps": state.steps,
        "max_steps": planned,
        "finished": None if planned is None else state.steps >= planned and closing is not None,
        "stopped_by": _stopped_by(state),
        "sessions": arguments.sessions,
        "processes": arguments.processes,
        "epochs": _not_negative(state.fields, "epoch"),
        # The Trainer writes 0 where it did not count, in both.
        "total_flos": flos if flos and flos > 0 else None,
        "input_tokens_seen": tokens if tokens and tokens > 0 else None,
        "final_loss": losses[-1]["loss"] if losses else (fields.number(closing, "train_loss") if closing else None),
        "evaluations": len(state.evaluations),
        "best_metric": fields.number(state.fields, "best_metric"),
        "train_runtime_seconds": _not_negative(closing, "train_runtime") if closing else None,
        "base_model": around.base,
        "adapter": around.adapter,
        "loss_history": trainer_state.thinned(losses),
        "eval_history": trainer_state.thinned(state.eval_losses()),
        "last_logged": state.last_logged(),
        "checkpoints": run_folder.checkpoints(folder),
        "seed": arguments.seed,
        "output_dir": arguments.output_dir,
        "hyperparameters": arguments.plain,
        "hyperparameters_from": arguments.source,
        "hyperparameters_missing": arguments.missing,
        "hyperparameters_differing": arguments.differing,
        "not_finite": file.not_finite,
        "loss_points": len(losses),
    }


def _not_negative(holder: dict[str, Any], key: str) -> float | int | None:
    value = fields.number(holder, key)
    if value is not None and value < 0:
        raise UnreadableError(f"{key} is negative")
    return value


def _stopped_by(state: State) -> str | None:
    """Early stopping, where the state shows that it was set and had run out of patience, or else been obeyed."""
    early = state.early_stopping()
    if early is None or state.planned is None or state.steps >= state.planned:
        return None
    patience, without = early["patience"], early["without_gain"]
    spent = patience is not None and without is not None and without >= patience
    return "early stopping" if spent or state.told_to_stop() else None


def _is_copy(folder: Folder, state: State) -> bool:
    """True when a run above this folder, or a later checkpoint beside it, logged all that this state logged."""
    rows = state.logged
    above = folder.parent
    while above is not None:
        other = _state_in(above)
        if other is not None and other.steps >= state.steps and other.rows[: len(rows)] == rows:
            return True
        above = above.parent
    if folder.parent is None or settings.checkpoint_number(folder) is None:
        return False
    for checkpoint in run_folder.checkpoint_folders(folder.parent):
        other = None if checkpoint is folder else _state_in(checkpoint)
        if other is not None and other.steps > state.steps and other.rows[: len(rows)] == rows:
            return True
    return False


def _state_in(folder: Folder) -> State | None:
    """The readable state in a folder, kept so that checkpoints can be held against it."""
    if "trainer-state" not in folder.notes:
        folder.notes["trainer-state"] = None
        file = folder.files.get(trainer_state.NAME)
        try:
            if file is not None and file.opens_json:
                folder.notes["trainer-state"] = trainer_state.read(file)
        except UnreadableError:
            pass
    found: State | None = folder.notes["trainer-state"]
    return found


def _doubts(state: State, body: dict[str, Any]) -> Doubts:
    doubts = Doubts()
    if state.planned is None and state.steps == 0:
        doubts.partial("no training step was planned or done: the model was only measured")
    elif state.planned is None:
        doubts.partial("the state does not say how many steps were planned")
    elif state.steps < state.planned:
        doubts.partial(f"stopped at step {state.steps} of {state.planned}{_why_early(state, body)}")
    if state.closing is None:
        doubts.partial("no closing record with a run time: a checkpoint's copy, or a training that did not end")
    if body["hyperparameters_differing"]:
        names = ", ".join(body["hyperparameters_differing"][:8])
        doubts.partial(f"training_args.bin and the TensorBoard file disagree on {names}")
    _numbers(state, body, doubts)
    return doubts


def _why_early(state: State, body: dict[str, Any]) -> str:
    early = state.early_stopping()
    if body["stopped_by"] is None or early is None:
        return ""
    return f" by early stopping, which waits for {early['patience']} measurements without gain"


def _numbers(state: State, body: dict[str, Any], doubts: Doubts) -> None:
    """Doubts about values that are no numbers.

    By default the Trainer logs 0 in place of a loss that is NaN; the norm of the gradient and the loss on held-out data
    still tell.
    """
    losses = state.losses
    closing = state.closing or {}
    if (losses and losses[-1]["loss"] is None) or closing.get("train_loss", 0) is None:
        doubts.failed("the last logged losses are not numbers")
    elif bad := sum(point["loss"] is None for point in losses):
        doubts.partial(f"{bad} of {len(losses)} logged losses are not numbers")
    norms = [row["grad_norm"] for row in state.rows if "grad_norm" in row and "loss" in row]
    if norms and all(norm is None for norm in norms[-2:]):
        doubts.failed("the last logged gradients are not numbers, so nothing was learned from them")
    measured = body["eval_history"]
    if measured and measured[-1]["loss"] is None:
        doubts.failed("the last loss on held-out data is not a number")


COLLECTOR = TransformersRun()
