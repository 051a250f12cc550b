"""Results of lm-evaluation-harness.

*Reads* the results file of versions 0.2 to 0.4.13, known by `results` beside `versions` or `configs`: metrics named
`acc` (0.2, 0.3) or `acc,none` (0.4), model arguments as text or object, with and without sample counts, hashes and a
date.

*Says* which number each task gave, over how many samples, with which model and adapter, and whether only a part was
run: fewer samples than the task has, or any limit, makes the evidence partial; a score that is NaN, or zero samples,
makes it failed.

*Does not say* which weights answered: the tool records a name or a path. A missing version, date or sample count is
null and not guessed. `device` is what was asked for; the tool writes `cuda:0` for a model that never saw one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.interface import Tried, attempt, recognised
from governance.domain.evidence import Collector, Quality, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "lm-evaluation-harness"
_NOT_METRICS = frozenset({"alias", "name", "sample_len", "sample_count", " ", ""})
_RESULTS = re.compile(rb'"results"\s*:\s*\{')
_TASKS = re.compile(rb'"(?:versions|configs)"\s*:\s*\{')
_SEEDS = ("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")
_NOT_MODELS = frozenset({"", "hf", "hf-causal", "hf-causal-experimental", "hf-seq2seq", "hf-auto", "vllm", "sglang"})


class LmEval:
    """Finds one evaluation run for each results file."""

    noun = Collector(name="lm-eval", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (
        Tried("0.2", "published", "2026-11-25"),
        Tried("0.3", "published", "2026-11-25"),
        Tried("0.4.2", "published", "2026-11-25"),
        Tried("0.4.9.2", "published", "2026-11-25"),
        Tried("0.4.13", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a results file, else why not."""
        return recognised(file, lambda: None if _may_be_results(file) else "lacks results beside versions or configs")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the results in this folder."""
        for file in list(folder.files.values()):
            if _may_be_results(file):
                yield from attempt(file, partial(self._run, folder, file))
            elif file.name.startswith("results_") and file.name.endswith(".json") and file.size == 0:
                file.claimed = True
                yield NotRead(file.shown, "an empty file")

    def _run(self, folder: Folder, file: File) -> Iterable[Found]:
        data = parsed(file)
        if data is None:
            return
        config = fields.table(data, "config")
        model = model_of(data)
        body = {
            "harness": {"name": TOOL, "version": version_of(data)},
            "model": model,
            "results": _results(data),
            "limit": _limit(config),
            "chat_template_sha256": fields.hex_digest(data, "chat_template_sha"),
            "seeds": _seeds(config),
            "device": fields.text(config, "device", most=300),
            "n_shot": _shots(data, config),
            "not_finite": file.not_finite,
        }
        quality, reasons = _quality(body)
        moment = moment_of(data)
        yield Found(
            kind="eval-run.v1",
            body=body,
            subject=subject_of(model),
            path=file.shown,
            collector=self.noun,
            quality=quality,
            quality_reasons=reasons,
            effective_at=moment,
            effective_clock=None if moment is None else "tool",
            tool=TOOL,
            tool_version=version_of(data),
            sources=(file.source(),),
            place=folder.place,
        )


def _may_be_results(file: File) -> bool:
    """True for a document with these objects; the quoted words alone stand in many a vocabulary."""
    if not file.opens_json or not file.mentions(b'"results"'):
        return False
    text = file.glance()
    if not _RESULTS.search(text) or not _TASKS.search(text):
        return False
    return b'"config_general"' not in text  # lighteval, which shares the other names


def parsed(file: File) -> dict[str, Any] | None:
    """The results in a file, or None for a document of another sort. Raises for one that is broken."""
    data = file.json()
    if not isinstance(data, dict) or not isinstance(data.get("results"), dict):
        return None
    if not isinstance(data.get("versions"), dict) and not isinstance(data.get("configs"), dict):
        return None
    if not data["results"]:
        raise UnreadableError("holds no result")
    if not all(isinstance(row, dict) for row in data["results"].values()):
        raise UnreadableError("a task under results is not an object")
    return data


def results_in(folder: Folder) -> list[tuple[File, dict[str, Any]]]:
    """All readable results files directly in a folder, worked out once."""
    if "lm-eval-results" not in folder.notes:
        made: list[tuple[File, dict[str, Any]]] = []
        for file in folder.files.values():
            try:
                if _may_be_results(file) and (data := parsed(file)) is not None:
                    made.append((file, data))
            except UnreadableError:
                continue
        folder.notes["lm-eval-results"] = made
    kept: list[tuple[File, dict[str, Any]]] = folder.notes["lm-eval-results"]
    return kept


def version_of(data: dict[str, Any]) -> str | None:
    """The harness's version; written since 0.4.3."""
    return fields.text(data, "lm_eval_version", most=200)


def moment_of(data: dict[str, Any]) -> datetime | None:
    """The start of the run, written in seconds since 1970; `start_time` and `end_time` are counters and no clock."""
    seconds = fields.number(data, "date")
    if seconds is None or not 1_262_304_000 <= seconds <= 4_102_444_800:  # 2010 to 2100
        return None
    return datetime.fromtimestamp(seconds, tz=UTC)


def subject_of(model: dict[str, Any]) -> Subject:
    """What was measured, by name: the adapter where there is one."""
    return Subject(type=SubjectType.MODEL, name=(model["adapter"] or model["name"])[:500])


def model_of(data: dict[str, Any]) -> dict[str, Any]:
    """Name, adapter and revision of the model that answered."""
    config = fields.table(data, "config")
    arguments = _arguments(config)
    loader = fields.text(config, "model")
    name = (
        fields.text(arguments, "pretrained")
        or fields.text(arguments, "model")
        or fields.text(data, "model_name")
        or (loader if loader and loader not in _NOT_MODELS else None)
        or "unknown"
    )
    revision = (
        fields.text(data, "model_sha", most=200)
        or fields.text(config, "model_sha", most=200)
        or fields.plain(arguments, "revision")
        or fields.text(config, "model_revision", most=200)
    )
    adapter = fields.text(arguments, "peft") or fields.text(arguments, "lora_local_path")
    return {"name": name, "digest": None, "adapter": adapter, "revision": revision}


def _arguments(config: dict[str, Any]) -> dict[str, Any]:
    """The model arguments: `a=b,c=d` up to 0.4.9, an object since."""
    value = config.get("model_args")
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = strict_json.loads(value.encode())
    if isinstance(value, str):
        pairs = (part.split("=", 1) for part in value.split(",") if "=" in part)
        return {key.strip(): text.strip() for key, text in pairs}
    return fields.table({"model_args": value}, "model_args")


def _results(data: dict[str, Any]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    versions, hashes = fields.table(data, "versions"), fields.table(data, "task_hashes")
    directions = fields.table(data, "higher_is_better")
    for task, row in data["results"].items():
        if not 0 < len(task) <= 300:
            raise UnreadableError("a task's name is empty or longer than 300 characters")
        effective, original = _samples(data, task, ())
        known = fields.table(directions, task) or _directions(data, task)
        version, digest = fields.plain(versions, task), fields.hex_digest(hashes, task)
        for key, value in row.items():
            metric, comma, name = key.partition(",")
            if key in _NOT_METRICS or metric.endswith("_stderr"):
                continue
            made.append(
                {
                    "task": task,
                    "metric": metric[:200] or key[:200],
                    "filter": name[:200] if comma else None,
                    "value": fields.as_number(value, f"{key} of {task}"),
                    "stderr": _stderr(row, f"{metric}_stderr{comma}{name}", task),
                    "n": effective,
                    "n_original": original,
                    "higher_is_better": fields.flag(known, metric),
                    "task_version": version,
                    "task_digest": digest,
                }
            )
    if not made:
        raise UnreadableError("holds no result")
    return made


def _stderr(row: dict[str, Any], key: str, task: str) -> float | int | None:
    """The standard error; the tool writes "N/A" where it has none."""
    value = row.get(key)
    made = None if value == "N/A" else fields.as_number(value, f"{key} of {task}")
    if made is not None and made < 0:
        raise UnreadableError(f"{key} of {task} is negative")
    return made


def _samples(data: dict[str, Any], task: str, above: tuple[str, ...]) -> tuple[int | None, int | None]:
    """Samples scored and samples there are; for a group, the sums over its tasks where all are known."""
    counts = fields.table(fields.table(data, "n-samples"), task)
    if counts:
        return fields.whole(counts, "effective", least=0), fields.whole(counts, "original", least=0)
    members = fields.rows(fields.table(data, "group_subtasks"), task)
    if not members or len(above) > 8 or len(members) > 10_000:
        return None, None
    effective, original = 0, 0
    for member in members:
        if not isinstance(member, str) or member in above:
            return None, None
        part, whole = _samples(data, member, (*above, task))
        if part is None or whole is None:
            return None, None
        effective, original = effective + part, original + whole
    return effective, original


def _directions(data: dict[str, Any], task: str) -> dict[str, Any]:
    """Which way is better, as 0.4.2 kept it: in the task's own settings."""
    metrics = fields.rows(fields.table(fields.table(data, "configs"), task), "metric_list")
    return {
        entry["metric"]: entry.get("higher_is_better")
        for entry in metrics
        if isinstance(entry, dict) and isinstance(entry.get("metric"), str)
    }


def _limit(config: dict[str, Any]) -> float | int | None:
    limit = fields.number(config, "limit")
    if limit is not None and limit < 0:
        raise UnreadableError("limit is negative")
    return limit


def _seeds(config: dict[str, Any]) -> dict[str, int]:
    seeds = {name: fields.whole(config, name) for name in _SEEDS}
    return {name: seed for name, seed in seeds.items() if seed is not None}


def _shots(data: dict[str, Any], config: dict[str, Any]) -> dict[str, int]:
    table = fields.table(data, "n-shot")
    if not table and config.get("num_fewshot") is not None:
        table = dict.fromkeys(data["results"], config["num_fewshot"])
    shots = {task: fields.whole(table, task, least=0) for task in table}
    return {task: count for task, count in shots.items() if count is not None}


def _quality(body: dict[str, Any]) -> tuple[Quality, tuple[str, ...]]:
    unscored = [row for row in body["results"] if row["value"] is None]
    failed = sorted({f"{row['task']}: {row['metric']} is not a number" for row in unscored})
    failed += sorted({f"{row['task']}: no sample was scored" for row in body["results"] if row["n"] == 0})
    partial = []
    if body["limit"] is not None:
        partial.append(f"run with a limit of {body['limit']:g}")
    short = {
        f"{row['task']}: {row['n']} of {row['n_original']} samples"
        for row in body["results"]
        if row["n"] is not None and row["n_original"] is not None and row["n"] < row["n_original"]
    }
    partial += sorted(short)
    if body["model"]["name"] == "unknown":
        partial.append("the file does not name the model")
    if failed:
        return Quality.FAILED, tuple([*failed, *partial][:50])
    return (Quality.PARTIAL if partial else Quality.COMPLETE), tuple(partial[:50])


COLLECTOR = LmEval()
