"""A training run as the transformers Trainer leaves it.

*Reads* `trainer_state.json` (known by `log_history` and `global_step`) of 2021 to version 5, from Trainer and TRL,
with the settings beside it: `adapter_config.json`, `config.json`, and the front matter and version list of the
automatic model card. The time comes from the name of a TensorBoard file below `runs/` or `tb/`.

*Says* how far the training went and whether it reached its planned end, how the loss moved on training and held-out
data, from which base, with which adapter. The final loss is the last one logged, not the average the closing record
gives.

*Does not say* the data or the other hyper-parameters: they are in a pickle, which is not opened; the seed is known only
where a TensorBoard file holds it. The copies of the state that checkpoints keep are not separate evidence. A run that
stopped before `max_steps`, by itself or by early stopping, and a checkpoint's copy without the closing record are
partial.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import settings, tensorboard_text
from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.interface import Tried, attempt, recognised
from governance.domain.evidence import Collector, Quality, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import front_matter, strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_ROWS = 1_000_000
MOST_POINTS = 2_000
MOST_EVENT_FILES = 20
_EVENTS = re.compile(r"^events\.out\.tfevents\.(\d{9,10})\.")
_LOG = re.compile(rb'"log_history"\s*:\s*\[')
_VERSION = re.compile(r"^- Transformers:? v?(\d[\w.+-]{0,40})[ \t]*$", re.MULTILINE)


class TransformersRun:
    """Finds one training run for each state that is not a copy of another."""

    noun = Collector(name="transformers-run", version="1")
    kinds = ("training-run.v1",)
    tool = "transformers"
    tried = (Tried("4.46.3", "published", "2026-11-25"), Tried("5.23.0", "recorded", "2026-11-25"))

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for the state of a run, else why not."""
        return recognised(file, lambda: None if _may_be_state(file) else "lacks log_history and global_step")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the run whose state lies in this folder."""
        for file in list(folder.files.values()):
            if _may_be_state(file):
                yield from attempt(file, partial(self._run, folder, file))
            elif file.name == "trainer_state.json" and not file.is_lfs_pointer:
                file.claimed = True
                yield NotRead(file.shown, "is named like the state of a training run, and is none")

    def _run(self, folder: Folder, file: File) -> Iterable[Found]:
        state = _state(file)
        if state is None:
            return
        log = _log(state)
        if file.name == "trainer_state.json":
            folder.notes["trainer-state"] = (state["global_step"], log)
        if _is_copy(folder, state):
            return
        context = _Context(folder)
        body = self._body(folder, file, state, context)
        quality, reasons = _quality(body, log)
        clocks = _event_files(folder)[-1:]
        moment = datetime.fromtimestamp(clocks[0][0], tz=UTC) if clocks else None
        read = dict.fromkeys((file, *context.used, *(clock for _, clock in clocks)))
        yield Found(
            kind="training-run.v1",
            body=body,
            subject=Subject(type=SubjectType.RUN, name=folder.name[:500]),
            path=file.shown,
            collector=self.noun,
            quality=quality,
            quality_reasons=reasons,
            effective_at=moment,
            effective_clock=None if moment is None else "file-name",
            tool="transformers",
            tool_version=context.version,
            sources=tuple(each.source() for each in read),
            place=folder.place,
        )

    def _body(
        self,
        folder: Folder,
        file: File,
        state: dict[str, Any],
        context: _Context,
    ) -> dict[str, Any]:
        log = _log(state)
        closing = _closing(log)
        losses = _history(log, "loss")
        evaluations = [row for row in log if any(key.startswith("eval_") for key in row)]
        steps = fields.whole(state, "global_step", least=0)
        most = fields.whole(state, "max_steps") or 0
        flos = fields.number(state, "total_flos")
        finished = None if most <= 0 or steps is None else steps >= most and closing is not None
        return {
            "framework": "transformers",
            "framework_version": context.version,
            "method": context.method,
            "steps": steps,
            "max_steps": most if most > 0 else None,
            "finished": finished,
            "epochs": fields.number(state, "epoch"),
            "total_flos": flos if flos is not None and flos >= 0 else None,
            "final_loss": losses[-1]["loss"] if losses else (fields.number(closing, "train_loss") if closing else None),
            "evaluations": len(evaluations),
            "best_metric": fields.number(state, "best_metric"),
            "train_runtime_seconds": fields.number(closing, "train_runtime") if closing else None,
            "base_model": context.base,
            "adapter": context.adapter,
            "loss_history": _thinned(losses),
            "eval_history": _thinned(_eval_history(evaluations)),
            "checkpoints": _checkpoints(folder),
            "seed": context.seed,
            "not_finite": file.not_finite,
            "loss_points": len(losses),
        }


class _Context:
    """What the settings near a state say. Looked for in the folder, then in what it holds, newest checkpoint first."""

    def __init__(self, folder: Folder) -> None:
        self.used: list[File] = []
        self.adapter: dict[str, Any] | None = None
        self.base: dict[str, Any] = {"name": None, "revision": None}
        self.version: str | None = None
        self.method: str | None = None
        self.seed: int | None = None
        places = [folder, *_finals(folder), *_checkpoint_folders(folder)]
        adapters = [file for file in map(settings.adapter_file, places) if file is not None]
        configs = [file for file in map(settings.config_file, places) if file is not None]
        if adapters:
            config = self._take(adapters[0])
            self.adapter = settings.adapter_of(config)
            self.base = settings.base_of_adapter(config)
            self.method = self.adapter["type"].lower()
        if configs:
            config = self._take(configs[0])
            self.version = fields.text(config, "transformers_version", most=200)
            if not adapters:
                self.method = "full"
                self.base = settings.base_of_model(config)
        self._events(folder)
        if self.version is None or self.base["name"] is None:
            self._card(folder)

    def _take(self, file: File) -> dict[str, Any]:
        self.used.append(file)
        try:
            return settings.document(file)
        except UnreadableError as error:
            raise UnreadableError(f"{file.name} beside it: {error.message}") from None

    def _events(self, folder: Folder) -> None:
        """Seed and version from the oldest TensorBoard file with texts. One that can not be read says nothing."""
        for _, file in _event_files(folder)[:MOST_EVENT_FILES]:
            try:
                texts = tensorboard_text.texts(file)
                said = {tag: strict_json.loads(text) for tag, text in texts.items()}
                arguments, model = (
                    fields.table({"text": said.get(tag)}, "text")
                    for tag in (tensorboard_text.ARGUMENTS, tensorboard_text.MODEL)
                )
                seed = fields.whole(arguments, "seed")
                version = fields.text(model, "transformers_version", most=200)
            except UnreadableError:
                continue
            if texts:
                self.seed, self.version = seed, self.version or version
                self.used.append(file)
                return

    def _card(self, folder: Folder) -> None:
        """The automatic model card, where nothing else says it. A card that can not be read says nothing."""
        file = folder.beside("README.md")
        if file is None or file.size > front_matter.MAX_HEAD_BYTES:
            return
        try:
            head, text = front_matter.split(file.data(), where=file.shown)
            base = fields.name(head, "base_model")
        except UnreadableError:
            return
        version = _VERSION.search(text)
        took = False
        if self.version is None and version:
            self.version, took = version[1], True
        if self.base["name"] is None and base:
            self.base, took = {"name": base, "revision": None}, True
        if took:
            self.used.append(file)


def _may_be_state(file: File) -> bool:
    """True for a document with both fields of the right shape; the quoted words alone stand in many a vocabulary."""
    if not file.opens_json or not file.mentions(b'"log_history"', b'"global_step"'):
        return False
    return file.name == "trainer_state.json" or bool(_LOG.search(file.glance()))


def _state(file: File) -> dict[str, Any] | None:
    """The state in a file, or None for a document that only mentions the words."""
    value = file.json()
    if not isinstance(value, dict) or "log_history" not in value or "global_step" not in value:
        return None
    if fields.whole(value, "global_step", least=0) is None or value["log_history"] is None:
        raise UnreadableError("global_step or log_history is null")
    _log(value)
    return value


def _log(state: dict[str, Any]) -> list[dict[str, Any]]:
    log = fields.rows(state, "log_history")
    if len(log) > MOST_ROWS:
        raise UnreadableError(f"log_history has more than {MOST_ROWS:,} rows")
    for row in log:
        if not isinstance(row, dict):
            raise UnreadableError("a row of log_history is not an object")
    return log


def _signature(folder: Folder) -> tuple[int, list[dict[str, Any]]] | None:
    """Step and logged rows of the readable state in a folder, kept so that checkpoints can be held against it."""
    if "trainer-state" not in folder.notes:
        folder.notes["trainer-state"] = None
        file = folder.files.get("trainer_state.json")
        try:
            if file is not None and file.opens_json and (state := _state(file)) is not None:
                folder.notes["trainer-state"] = (state["global_step"], _log(state))
        except UnreadableError:
            pass
    found: tuple[int, list[dict[str, Any]]] | None = folder.notes["trainer-state"]
    return found


def _is_copy(folder: Folder, state: dict[str, Any]) -> bool:
    """True when a run above this folder, or a later checkpoint beside it, logged all that this state logged."""
    rows = [row for row in state["log_history"] if not _closes(row)]
    step = state["global_step"]
    above = folder.parent
    while above is not None:
        signature = _signature(above)
        if signature is not None and signature[0] >= step and signature[1][: len(rows)] == rows:
            return True
        above = above.parent
    if folder.parent is None or settings.checkpoint_number(folder) is None:
        return False
    for other in _checkpoint_folders(folder.parent):
        signature = None if other is folder else _signature(other)
        if signature is not None and signature[0] > step and signature[1][: len(rows)] == rows:
            return True
    return False


def _checkpoint_folders(folder: Folder) -> list[Folder]:
    """The checkpoints directly in a folder, newest first."""
    numbered = [(settings.checkpoint_number(child), child) for child in folder.children]
    return [child for _, child in sorted((pair for pair in numbered if pair[0] is not None), key=_by_number)]


def _by_number(pair: tuple[int | None, Folder]) -> int:
    return -(pair[0] or 0)


def _finals(folder: Folder) -> list[Folder]:
    return [child for child in folder.children if settings.checkpoint_number(child) is None]


def _checkpoints(folder: Folder) -> list[str]:
    return [child.name for child in reversed(_checkpoint_folders(folder)) if child.files]


def _history(log: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    made = []
    for row in log:
        if key in row:
            step = fields.whole(row, "step", least=0)
            if step is not None:
                made.append({"step": step, "loss": fields.number(row, key)})
    return made


def _eval_history(evaluations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By `eval_loss`; a run with several held-out sets names them `eval_<set>_loss`, and the first of them is taken."""
    names = [key for row in evaluations for key in row if key.startswith("eval_") and key.endswith("loss")]
    return _history(evaluations, "eval_loss" if "eval_loss" in names else names[0]) if names else []


def _thinned(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Evenly spaced points with the last one, so that a long run stays a small body."""
    if len(points) <= MOST_POINTS:
        return points
    every = -(-len(points) // (MOST_POINTS - 1))
    kept = points[::every]
    return kept if kept[-1] is points[-1] else [*kept, points[-1]]


def _closing(log: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The record the Trainer writes when a training ends. TRL writes run times into other rows, beside a loss."""
    return next((row for row in reversed(log) if _closes(row)), None)


def _closes(row: dict[str, Any]) -> bool:
    return "train_runtime" in row and "loss" not in row


def _quality(body: dict[str, Any], log: list[dict[str, Any]]) -> tuple[Quality, tuple[str, ...]]:
    reasons = []
    if body["max_steps"] is None:
        reasons.append("the state does not say how many steps were planned")
    elif body["steps"] < body["max_steps"]:
        reasons.append(f"stopped at step {body['steps']} of {body['max_steps']}")
    if _closing(log) is None:
        reasons.append("no closing record with a run time: a checkpoint's copy, or a training that did not end")
    if any(row.get("loss", 0) is None for row in log[-2:]) or (body["loss_history"] and body["final_loss"] is None):
        return Quality.FAILED, (*reasons, "the last logged losses are not numbers")
    return (Quality.PARTIAL if reasons else Quality.COMPLETE), tuple(reasons)


def _event_files(folder: Folder) -> list[tuple[int, File]]:
    """The TensorBoard files of this run with the start each bears in its name, oldest first."""
    made = []
    for place in [folder, *folder.below()]:
        inside = place.shown[len(folder.shown) :].strip("/").split("/")
        if place is folder or inside[0] in ("runs", "tb", "logs"):
            matches = ((_EVENTS.match(name), file) for name, file in place.files.items())
            made += [(int(match[1]), file) for match, file in matches if match]
    return sorted(made, key=lambda pair: (pair[0], pair[1].shown))


COLLECTOR = TransformersRun()
