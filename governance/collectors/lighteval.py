"""Results of lighteval.

*Reads* the results file, known by `config_general` beside `results`: tasks named `suite|task|shots` (up to 2025) or
`task|shots`, with the number of documents in `config_tasks`.

*Says* which number each task gave, its standard error, over how many documents of how many, with how many examples before
each question, of which model. Fewer documents than the task has, or a cap on samples, makes it partial; a number that is
NaN, or none at all, makes it failed.

*Does not say* when the model was measured: the tool's `start_time` and `end_time` are counters of the machine and no clock.
Nor which weights answered where the model is a path and `model_sha` is empty. Averages over tasks are kept as the tool gives
them, without a count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "lighteval"
_ERROR = "_stderr"
_HUB = re.compile(r"\w[\w.-]*(?:/[\w.-]+)?")


class Lighteval(OneFile):
    """Finds one evaluation run for each results file."""

    noun = Collector(name="lighteval", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (
        Tried("0.5", "written", "2026-11-25"),
        Tried("0.13.0", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json",
        words=(b'"config_general"', b'"results"'),
        any_of=(b'"config_tasks"', b'"summary_tasks"', b'"versions"'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run that the results tell of."""
        data = file.json()
        if (
            not isinstance(data, dict)
            or not isinstance(data.get("config_general"), dict)
            or not isinstance(data.get("results"), dict)
        ):
            raise NotMine("not results beside config_general")
        general = fields.table(data, "config_general")
        settings = fields.table(general, "model_config")
        model = _model(general, settings)
        results = list(_results(data))
        limit = fields.number(general, "max_samples")
        body = {
            "harness": {"name": TOOL, "version": _version(general)},
            "model": model,
            "results": results,
            "limit": limit if limit is None or limit >= 0 else None,
            "chat_template_sha256": None,
            "seeds": dict(_seeds(settings)),
            "device": fields.text(settings, "device", most=300),
            "n_shot": dict(_shots(data)),
            "not_finite": file.not_finite,
        }
        at = moments.of_epoch(general.get("start_time"))
        subject = Subject(type=SubjectType.MODEL, name=model["adapter"] or model["name"])
        yield self.found(
            folder, file, "eval-run.v1", body, subject, doubts=_doubts(body), at=at, version=_version(general)
        )


def _model(general: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """The model; with a base named beside it, what was evaluated are weights on top of that base."""
    name = fields.text(general, "model_name") or fields.text(settings, "model_name") or "unknown"
    base = fields.text(settings, "base_model")
    return {
        "name": base or name,
        "digest": None,
        "adapter": name if base else None,
        "revision": fields.text(general, "model_sha", most=200) or fields.plain(settings, "revision"),
    }


def _version(general: dict[str, Any]) -> str | None:
    """The commit of the tool, which is all it writes of its version, and a question mark where it is installed."""
    commit = fields.plain(general, "lighteval_sha")
    return None if commit in (None, "?", "") else commit


def _results(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    versions = fields.table(data, "versions")
    for task in fields.table(data, "results"):
        row = fields.table(data["results"], task)
        config = fields.table(fields.table(data, "config_tasks"), task)
        if not 0 < len(task) <= 300:
            raise not_understood(TOOL, None, "a task's name is empty or longer than 300 characters")
        directions = dict(_directions(config))
        for metric, value in row.items():
            if metric.endswith(_ERROR) and metric.removesuffix(_ERROR) in row:
                continue
            yield {
                "task": task,
                "metric": metric[:200] or "score",
                "filter": None,
                "value": fields.as_number(value, f"{metric[:100]} of {task}"),
                "stderr": _error(row.get(metric + _ERROR)),
                "n": _documents(config, "effective_num_docs"),
                "n_original": _documents(config, "original_num_docs"),
                "higher_is_better": directions.get(metric),
                "task_version": fields.plain(versions, task) or fields.plain(config, "version"),
                "task_digest": None,
                "data_set": _data_set(config),
            }


def _error(value: Any) -> float | int | None:
    made = fields.as_number(value, "a standard error")
    return made if made is None or made >= 0 else None


def _documents(config: dict[str, Any], name: str) -> int | None:
    """A count of documents; the tool writes -1 before it knows."""
    count = fields.whole(config, name)
    return count if count is not None and count >= 0 else None


def _data_set(config: dict[str, Any]) -> str | None:
    """The data set by its name on the Hugging Face hub; a path on a machine is nobody's business."""
    name = fields.text(config, "hf_repo", most=300)
    return name if name and _HUB.fullmatch(name) else None


def _directions(config: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Which way is better, by metric; the setting of a group is an object with one entry for each of its metrics."""
    for metric in fields.rows(config, "metrics") or fields.rows(config, "metric"):
        if not isinstance(metric, dict):
            continue
        better, name = metric.get("higher_is_better"), metric.get("metric_name")
        pairs = better.items() if isinstance(better, dict) else [(name, better)]
        yield from ((key, way) for key, way in pairs if isinstance(key, str) and isinstance(way, bool))


def _seeds(settings: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for holder in (settings, fields.table(settings, "generation_parameters")):
        seed = fields.whole(holder, "seed")
        if seed is not None:
            yield "seed", seed


def _shots(data: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Examples before each question: the last whole number in the task's name, `leaderboard|arc:challenge|25`."""
    for task in fields.table(data, "results"):
        numbers = [part for part in task.split("|")[1:] if part.isascii() and part.isdigit() and len(part) < 6]
        if numbers:
            yield task, int(numbers[0])


def _doubts(body: dict[str, Any]) -> Doubts:
    doubts = Doubts()
    if not body["results"]:
        doubts.failed("the file holds no result")
    if body["model"]["name"] == "unknown":
        doubts.partial("the file does not name the model")
    if body["limit"] is not None:
        doubts.partial(f"run with a limit of {body['limit']:g} samples")
    for row in body["results"]:
        if row["value"] is None:
            doubts.failed(f"{row['task']}: {row['metric']} is not a number")
        if row["n"] == 0:
            doubts.failed(f"{row['task']}: no document was scored")
        if row["n"] is not None and row["n_original"] is not None and row["n"] < row["n_original"]:
            doubts.partial(f"{row['task']}: {row['n']} of {row['n_original']} documents")
    return doubts


COLLECTOR = Lighteval()
