"""Evaluation runs of Inspect.

*Reads* the logs of Inspect from spring 2024 on: one JSON document, known by `eval` with a task and a model beside
`status`, or an `.eval` archive (deflate, and Zstandard since 0.3.206), known by `_journal/start.json` or `header.json`
inside. A log that was never closed, because the run was killed, is read as far as it goes.

*Says* which number each scorer gave, over how many questions, asked how many times, of which model, judged by which
other models, and whether the run came to its end: a run that broke, was cancelled, killed or declared invalid is failed
even where it has scores; one that was limited, stopped early, left questions unscored, had samples end in an error or
at a limit, had scores edited afterwards, or lost its samples, is partial. A mean that its own samples do not come to is
no whole evidence.

*Does not say* which weights answered: the tool records a name or a path. Whether more is better is null, for the tool
does not say. What was asked and answered, error texts, and the arguments of task and model are never copied.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.inspect_log import TOOL, Log, log_of
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, OneFile, Tried, not_understood, recognised
from governance.collectors.reading.names import UNKNOWN, named
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_ERRORS = ("stderr", "bootstrap_stderr", "bootstrap_std")
"""The metrics that are the standard error of another; the last is the name up to 0.3.20, and means the same."""
_MEANS = ("accuracy", "mean")
_NEAR = 1e-6
"""How far a mean may lie from that of its samples: sums of floating-point numbers depend on their order."""
_LOCAL = ("hf/", "vllm/", "sglang/", "llama-cpp-python/", "transformer_lens/", "nnterp/")
"""Providers that load weights: what follows is the name or path of those."""
_HUB = re.compile(r"[\w.-]+/[\w.-]+")

JSON_MARKS = Marks(
    form="json",
    words=(b'"status"', b'"task"', b'"model"', b'"created"'),
    pattern=re.compile(rb'"eval"\s*:\s*\{'),
)
ZIP_MARKS = Marks(form="zip", any_of=(b"_journal/start.json", b"header.json"))


class InspectLog(OneFile):
    """Finds one evaluation run for each log."""

    noun = Collector(name="inspect-log", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (
        Tried("0.3.18", "recorded", "2026-11-25"),
        Tried("0.3.25", "published", "2026-11-25"),
        Tried("0.3.41", "published", "2026-11-25"),
        Tried("0.3.43", "recorded", "2026-11-25"),
        Tried("0.3.58", "published", "2026-11-25"),
        Tried("0.3.75", "published", "2026-11-25"),
        Tried("0.3.95", "published", "2026-11-25"),
        Tried("0.3.108", "published", "2026-11-25"),
        Tried("0.3.138", "recorded", "2026-11-25"),
        Tried("0.3.154", "published", "2026-11-25"),
        Tried("0.3.162", "published", "2026-11-25"),
        Tried("0.3.199", "published", "2026-11-25"),
        Tried("0.3.206", "recorded", "2026-11-25"),
        Tried("0.3.240", "recorded", "2026-11-25"),
        Tried("0.3.285", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a log of either form, else why not."""
        return recognised(file, lambda: missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run that the log tells of."""
        log = log_of(folder, file)
        model = model_of(log)
        results = results_of(log)
        body: dict[str, Any] = {
            "harness": {"name": TOOL, "version": log.version},
            "model": model,
            "results": results,
            "limit": log.limit,
            "chat_template_sha256": None,
            "seeds": dict(_seeds(log)),
            "device": fields.text(fields.table(log.eval, "model_args"), "device", most=300),
            "n_shot": {},
            "not_finite": log.not_finite,
            "status": log.status[:100],
            "epochs": log.epochs,
            "judges": sorted(_judges(log)),
            "sample_errors": None if log.unread else sum(sample.broke for sample in log.samples),
            "sample_limits": None if log.unread else sum(sample.stopped for sample in log.samples),
            "score_edits": None if log.unread else sum(sample.edits for sample in log.samples),
        }
        moment = moment_of(log)
        if moment is None:
            body["local_time"] = fields.text(log.eval, "created", most=60)
        doubts = doubts_of(log)
        _doubt_results(log, results, doubts)
        subject = Subject(type=SubjectType.MODEL, name=model["name"])
        yield self.found(folder, file, "eval-run.v1", body, subject, doubts=doubts, at=moment, version=log.version)


def missing(file: File) -> str | None:
    """None for a log of either form, else the first mark that is missing."""
    return (ZIP_MARKS if file.form == "zip" else JSON_MARKS).missing(file)


def moment_of(log: Log) -> datetime | None:
    """The start of the run; up to mid-2024 the tool wrote a local time without its zone, which is no moment."""
    return moments.of_text(log.eval.get("created")) or moments.of_text(
        fields.table(log.header, "stats").get("started_at")
    )


def model_of(log: Log) -> dict[str, Any]:
    """Name and revision of the model that answered; the path of the weights where the tool was given one."""
    arguments = fields.table(log.eval, "model_args")
    called = fields.text(log.eval, "model") or UNKNOWN
    name = fields.text(arguments, "model_path") or next(
        (called.removeprefix(start) for start in _LOCAL if called.startswith(start) and called != start), called
    )
    return named(name, revision=fields.plain(arguments, "revision"))


def task_of(log: Log) -> str:
    """The name of the task."""
    return (fields.text(log.eval, "task") or "unknown")[:300]


def doubts_of(log: Log) -> Doubts:
    """What keeps the run as a whole from being complete."""
    doubts = Doubts()
    _doubt_end(log, doubts)
    _doubt_samples(log, doubts)
    _doubt_means(log, doubts)
    if log.limit is not None:
        doubts.partial(f"run with a limit of {log.limit} samples")
    elif log.config.get("sample_id"):
        doubts.partial("run on samples chosen by their ids")
    if log.questions is not None and log.planned is not None and log.planned < log.questions:
        doubts.partial(f"{log.planned} of {log.questions} samples of the data set were to be run")
    if fields.table(log.header, "results").get("early_stopping"):
        doubts.partial("samples were left out by an early stop")
    if model_of(log)["name"] in ("unknown", "none", "none/none"):
        doubts.partial("the log does not name the model")
    return doubts


def _doubt_end(log: Log, doubts: Doubts) -> None:
    if not log.closed:
        doubts.failed("the run was killed: its log was never closed and has no results")
    elif log.status == "started":
        doubts.failed("the run did not come to its end: its status is still started")
    elif log.status in ("error", "cancelled"):
        doubts.failed(f"the run did not come to its end: its status is {log.status}")
    elif log.status != "success":
        doubts.not_understood(f"a status that is not known: {log.status[:60]}")
    if log.header.get("invalidated") not in (None, False):
        doubts.failed("the log was declared invalid after the run")


def _doubt_samples(log: Log, doubts: Doubts) -> None:
    results = fields.table(log.header, "results")
    total = fields.whole(results, "total_samples", least=0)
    completed = fields.whole(results, "completed_samples", least=0)
    if total == 0:
        doubts.failed("no sample was run")
    if total is not None and completed is not None and completed < total:
        doubts.partial(f"{completed} of {total} samples were completed")
    logged = len(log.samples) + len(log.unread)
    due = total if total is not None else (log.planned or 0) * log.epochs
    if due and logged < due and (logged or not log.closed):
        doubts.partial(f"{logged} of {due} samples are in the log")
    elif due and not logged and log.config.get("log_samples"):
        doubts.partial("the run was to log its samples, and the log holds none of them")
    for count, what in (
        (sum(sample.broke for sample in log.samples), "ended in an error"),
        (sum(sample.stopped for sample in log.samples), "were stopped at a limit of the run"),
        (sum(sample.invalid for sample in log.samples), "were declared invalid after the run"),
        (sum(bool(sample.edits) for sample in log.samples), "had a score edited after the run"),
    ):
        if count:
            doubts.partial(f"{count} of {logged} samples {what}")


def _doubt_results(log: Log, results: list[dict[str, Any]], doubts: Doubts) -> None:
    if not results:
        doubts.failed("the log holds no score")
    for row in results:
        what = f"{row['metric']} of {row['filter']}"
        if row["value"] is None:
            doubts.failed(f"{what} is not a number")
        due = _due(log, row["n"])
        if row["n"] == 0:
            doubts.failed(f"{what}: no sample was scored")
        elif row["n"] is not None and due is not None and row["n"] < due:
            doubts.partial(f"{row['filter']}: {row['n']} of {due} samples were scored")
    for scorer in log.scorers:
        unscored = fields.whole(scorer, "unscored_samples", least=0)
        if unscored:
            doubts.partial(f"{_scorer_name(scorer)}: {unscored} samples were not scored")


def _due(log: Log, scored: int | None) -> int | None:
    """How many scores there should be: one a question, or one an answer where scores were not made into one."""
    if log.planned is None:
        return None
    apart = log.config.get("epochs_reducer") == [] or (scored or 0) > log.planned
    return log.planned * log.epochs if apart else log.planned


def _doubt_means(log: Log, doubts: Doubts) -> None:
    """Hold the plain means against the scores of the samples, where all of those are there and are numbers."""
    for scorer in log.scorers:
        name, metrics = _scorer_name(scorer), fields.table(scorer, "metrics")
        mean = None if scorer.get("reducer") not in (None, "mean") else _mean_of(log, name, _scored(log, scorer))
        for metric in _MEANS:
            entry = metrics.get(metric)
            if mean is None or not isinstance(entry, dict) or entry.get("params") or not _is_own(log, metric):
                continue
            value = fields.as_number(entry.get("value"), metric)
            if value is not None and abs(value - mean) > _NEAR * max(1.0, abs(mean)):
                doubts.not_understood(f"{metric} of {name} is {value:g}, and the samples in the log come to {mean:g}")


def _mean_of(log: Log, name: str, scored: int | None) -> float | None:
    """The mean over questions of the mean of their scores; None where some scores are missing or are no numbers."""
    asked: dict[int | str, list[float | int]] = {}
    for sample in log.samples:
        score = sample.scores.get(name)
        if log.unread or sample.invalid or (sample.broke and score is not None):
            return None
        if score is not None:
            asked.setdefault(sample.id, []).append(score)
    if not asked or len(asked) != scored or any(len(scores) != log.epochs for scores in asked.values()):
        return None
    return math.fsum(math.fsum(scores) / len(scores) for scores in asked.values()) / len(asked)


def _is_own(log: Log, metric: str) -> bool:
    """False where the log says that a metric of this name is somebody else's; logs of 2024 say nothing of it."""
    listed = log.eval.get("scorers")
    return not listed or f"'inspect_ai/{metric}'" in repr(listed)


def results_of(log: Log) -> list[dict[str, Any]]:
    """One row for each number of each scorer. Raises where their shape is not known."""
    return list(_results(log))


def _results(log: Log) -> Iterator[dict[str, Any]]:
    names = [_scorer_name(scorer) for scorer in log.scorers]
    for scorer in log.scorers:
        name_of, reducer = _scorer_name(scorer), fields.text(scorer, "reducer", most=100)
        if reducer and names.count(name_of) > 1:  # one score for each way to make one of several answers
            name_of = f"{name_of}/{reducer}"[:200]
        metrics = fields.table(scorer, "metrics")
        if not all(isinstance(entry, dict) and "value" in entry for entry in metrics.values()):
            raise not_understood(TOOL, log.version, "a metric is not an object with a value")
        error = next((name for name in _ERRORS if name in metrics), None)
        of = _measured(metrics)
        for name, entry in metrics.items():
            if of is not None and name in _ERRORS:
                continue
            yield {
                "task": task_of(log),
                "metric": name.removeprefix("inspect_ai/")[:200],
                "filter": name_of,
                "value": fields.as_number(entry["value"], f"{name[:80]} of {name_of}"),
                "stderr": _error(metrics[error]) if error and name == of else None,
                "n": _scored(log, scorer),
                "n_original": log.questions,
                "higher_is_better": None,
                "task_version": fields.plain(log.eval, "task_version"),
                "task_digest": None,
                "data_set": _data_set(log),
                "reducer": reducer,
            }


def _measured(metrics: dict[str, Any]) -> str | None:
    """The metric that the standard error beside it belongs to, or None where that can not be told."""
    others = [name for name in metrics if name not in _ERRORS]
    named = [name for name in others if name in _MEANS]
    return others[0] if len(others) == 1 else named[0] if len(named) == 1 else None


def _error(entry: dict[str, Any]) -> float | int | None:
    value = fields.as_number(entry["value"], "a standard error")
    return value if value is None or value >= 0 else None


def _scorer_name(scorer: dict[str, Any]) -> str:
    """The scorer, and after a stroke the part of its score where it gives several."""
    name = fields.text(scorer, "name", most=150) or "score"
    of = fields.text(scorer, "scorer", most=150)
    return (name if of is None or re.fullmatch(re.escape(of) + r"\d*", name) else f"{of}/{name}")[:200]


def _scored(log: Log, scorer: dict[str, Any]) -> int | None:
    """How many questions the score rests on: as told since 2025; before, by counting where all are in the log."""
    told = fields.whole(scorer, "scored_samples", least=0)
    if told is not None:
        return told
    completed = fields.whole(fields.table(log.header, "results"), "completed_samples", least=0)
    if log.samples and len(log.samples) >= (completed or 0):
        name = _scorer_name(scorer)
        return len({sample.id for sample in log.samples if sample.scores.get(name) is not None})
    return None if completed is None or completed % log.epochs else completed // log.epochs


def _data_set(log: Log) -> str | None:
    """The data set on the Hugging Face hub, whose name the tool files twice; the path of a file is nobody's business."""
    data_set = fields.table(log.eval, "dataset")
    name = fields.text(data_set, "name", most=300)
    return name if name and name == data_set.get("location") and _HUB.fullmatch(name) else None


def _seeds(log: Log) -> Iterator[tuple[str, int]]:
    plan = fields.table(fields.table(log.header, "plan"), "config")
    for settings in (plan, fields.table(log.eval, "model_generate_config")):
        seed = fields.whole(settings, "seed")
        if seed is not None:
            yield "seed", seed
    shuffle = log.config.get("sample_shuffle")
    if isinstance(shuffle, int) and not isinstance(shuffle, bool):
        yield "sample_shuffle", shuffle


def _judges(log: Log) -> set[str]:
    """Other models that took part: those with a role of their own, and those a scorer was given to judge with."""
    roles = fields.table(log.eval, "model_roles").values()
    scorers = [fields.table(scorer, "params") for scorer in log.scorers]
    named = [holder.get("model") if isinstance(holder, dict) else holder for holder in (*roles, *scorers)]
    listed = [name for value in named for name in (value if isinstance(value, list) else [value])]
    return {name[:200] for name in listed if isinstance(name, str) and name}


COLLECTOR = InspectLog()
