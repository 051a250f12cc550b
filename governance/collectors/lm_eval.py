"""Results of lm-evaluation-harness.

*Reads* the results file of versions 0.2 to 0.4.13 and of the first 0.5, known by `results` beside `versions` or `configs`:
metrics named `acc` (0.2, 0.3) or `acc,none` (0.4), model arguments as text or object, with and without sample counts,
hashes and a date. A metric that is itself a table of numbers is read as one metric for each of them.

*Says* which number each task gave, over how many samples, with which model and adapter, and whether only a part was
run: fewer samples than the task has, or any limit, makes the evidence partial; a score that is NaN, zero samples, or
answers that were written down and never scored (`--predict_only`) make it failed. A limit below 1 is a share of each
task. A share such as `acc` outside of 0 to 1, and counts that contradict each other, are not understood.

*Does not say* which weights answered: the tool records a name or a path. A missing version, date or sample count is
null and not guessed. `device` is what was asked for; where the same file says that the machine had no such GPU the
evidence is partial. `start_time` and `end_time` are counters and no clock.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.doubts import MOST_REASONS, Doubts
from governance.collectors.reading.interface import Tried, attempt, recognised
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "lm-evaluation-harness"
_NOT_METRICS = frozenset({"alias", "name", "sample_len", "sample_count", " ", ""})
_RESULTS = re.compile(rb'"results"\s*:\s*\{')
_TASKS = re.compile(rb'"(?:versions|configs)"\s*:\s*\{')
_SEEDS = ("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")
_NAMES = ("pretrained", "model", "engine", "path")
_RANDOM = re.compile(r"[a-z0-9]{8}")
"""The form of the name that the tool makes up where its arguments name no model."""
_SHARE = re.compile(r"(?:\w+_)?acc(?:_norm|_mutual_info)?|exact_match")
"""Metrics that are a share of the samples, so between 0 and 1."""
_UNSCORED = "bypass"
"""The metric that stands where answers were only written down; its value means nothing."""
_NO_CUDA = re.compile(r"^Is CUDA available: False\s*$", re.MULTILINE)
_NO_ROCM = re.compile(r"^ROCM used to build PyTorch: N/A\s*$", re.MULTILINE)
_MOST_DEPTH = 3
_MOST_RESULTS = 20_000
_MOST_GROUPS = 8
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
        Tried("0.4.5", "recorded", "2026-11-25"),
        Tried("0.4.7", "recorded", "2026-11-25"),
        Tried("0.4.8", "recorded", "2026-11-25"),
        Tried("0.4.13", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a results file, else why not."""
        return recognised(file, lambda: None if _may_be_results(file) else "lacks results beside versions or configs")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the results in this folder."""
        for file in list(folder.files.values()):
            if _may_be_results(file):
                yield from attempt(file, partial(self._run, folder, file), self.noun.name)
            elif file.name.startswith("results_") and file.name.endswith(".json") and file.size == 0:
                file.claimed = True
                yield NotRead(file.shown, "an empty file")

    def _run(self, folder: Folder, file: File) -> Iterable[Found]:
        data = parsed(file)
        if data is None:
            return
        config = fields.table(data, "config")
        device = fields.text(config, "device", most=300)
        model = model_of(data)
        made, unread = _results(data)
        body = {
            "harness": {"name": TOOL, "version": version_of(data)},
            "model": model,
            "results": made,
            "limit": _limit(config),
            "chat_template_sha256": fields.hex_digest(data, "chat_template_sha"),
            "seeds": _seeds(config),
            "device": device,
            "n_shot": _shots(data, config),
            "not_finite": file.not_finite,
        }
        doubts = _doubts(body, unread, _gpu_is_missing(data, device))
        for why in islice(_contradictions(body, data), MOST_REASONS):
            doubts.not_understood(why)
        moment = moment_of(data)
        yield Found(
            kind="eval-run.v1",
            body=body,
            subject=subject_of(model),
            path=file.shown,
            collector=self.noun,
            quality=doubts.quality,
            quality_reasons=doubts.reasons,
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
    return moments.of_epoch(fields.number(data, "date"))


def subject_of(model: dict[str, Any]) -> Subject:
    """What was measured, by name: the adapter where there is one."""
    return Subject(type=SubjectType.MODEL, name=(model["adapter"] or model["name"])[:500])


def model_of(data: dict[str, Any]) -> dict[str, Any]:
    """Name, adapter and revision of the model that answered."""
    config = fields.table(data, "config")
    arguments = _arguments(config)
    loader = fields.text(config, "model")
    given = next((name for key in _NAMES if (name := _said(arguments, key))), None)
    told = fields.text(data, "model_name")
    if told and given is None and loader not in _NOT_MODELS and _RANDOM.fullmatch(told):
        told = None
    own = loader if loader and loader not in _NOT_MODELS else None
    revision = (
        fields.text(data, "model_sha", most=200)
        or fields.text(config, "model_sha", most=200)
        or _said(arguments, "revision")
        or fields.text(config, "model_revision", most=200)
    )
    adapter = next((name for key in ("peft", "lora_local_path", "delta") if (name := _said(arguments, key))), None)
    return named(given or told or own, adapter=adapter, revision=revision)


def _said(arguments: dict[str, Any], key: str) -> str | None:
    """A name among the arguments. In 2022 they were the whole settings of a GPT-NeoX run, with values of any sort."""
    value = arguments.get(key)
    return value.strip()[:500] or None if isinstance(value, str) else None


def _arguments(config: dict[str, Any]) -> dict[str, Any]:
    """The model arguments: `a=b,c=d` up to 0.4.9, an object since."""
    value = config.get("model_args")
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = strict_json.loads(value.encode())
    if isinstance(value, str):
        pairs = (part.split("=", 1) for part in value.split(",") if "=" in part)
        return {key.strip(): text.strip() for key, text in pairs}
    return fields.table({"model_args": value}, "model_args")


def _results(data: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """One row for each number, and the names of metrics that are no number."""
    made: list[dict[str, Any]] = []
    unread: list[str] = []
    versions, hashes = fields.table(data, "versions"), fields.table(data, "task_hashes")
    directions = fields.table(data, "higher_is_better")
    counts: dict[str, _Counts] = {}
    for task, row in data["results"].items():
        if not 0 < len(task) <= 300:
            raise UnreadableError("a task's name is empty or longer than 300 characters")
        effective, original = _samples(data, task, counts)
        known = fields.table(directions, task) or _directions(data, task)
        version, digest = fields.plain(versions, task), fields.hex_digest(hashes, task)
        for key, value in row.items():
            metric, comma, name = key.partition(",")
            if key in _NOT_METRICS or metric.endswith("_stderr"):
                continue
            if isinstance(value, (str, list, bool)):
                unread.append(f"{task}: {metric}")
                continue
            way = fields.flag(known, metric)
            for part, number in _numbers(value, f"{key} of {task}"):
                made.append(
                    {
                        "task": task,
                        "metric": (f"{metric}.{part}" if part else metric)[:200] or key[:200],
                        "filter": name[:200] if comma else None,
                        "value": None if metric == _UNSCORED else number,
                        "stderr": None if part else _stderr(row, f"{metric}_stderr{comma}{name}", task),
                        "n": effective,
                        "n_original": original,
                        "higher_is_better": way,
                        "task_version": version,
                        "task_digest": digest,
                    }
                )
        if len(made) > _MOST_RESULTS:
            raise UnreadableError(f"more than {_MOST_RESULTS:,} results")
    if not made:
        raise UnreadableError(f"{unread[0]} is not a number" if unread else "holds no result")
    return made, unread


def _numbers(value: Any, where: str, depth: int = 0) -> list[tuple[str, float | int | None]]:
    """A number alone, or those of a table by their path in it."""
    if not isinstance(value, dict):
        return [("", fields.as_number(value, where))]
    if depth >= _MOST_DEPTH:
        raise UnreadableError(f"{where} is a table in a table without end")
    made = []
    for key, item in value.items():
        if key.endswith("_stderr"):
            continue
        if isinstance(item, dict) or item is None or (isinstance(item, (int, float)) and not isinstance(item, bool)):
            inner = _numbers(item, where, depth + 1)
            made += [(f"{key}.{part}" if part else key, number) for part, number in inner]
    return made


def _stderr(row: dict[str, Any], key: str, task: str) -> float | int | None:
    """The standard error; the tool writes "N/A" or an empty list where it has none."""
    value = row.get(key)
    made = None if isinstance(value, (str, list, dict)) else fields.as_number(value, f"{key} of {task}")
    if made is not None and made < 0:
        raise UnreadableError(f"{key} of {task} is negative")
    return made


_Counts = tuple[int | None, int | None]


def _samples(data: dict[str, Any], task: str, known: dict[str, _Counts], above: tuple[str, ...] = ()) -> _Counts:
    """Samples scored and samples there are; for a group, the sums over its tasks where all are known. Each is worked out once."""
    if task in known:
        return known[task]
    counts = fields.table(fields.table(data, "n-samples"), task)
    if counts:
        made = fields.whole(counts, "effective", least=0), fields.whole(counts, "original", least=0)
    else:
        members = fields.rows(fields.table(data, "group_subtasks"), task)
        made = _summed(data, members, known, (*above, task)) if len(above) < _MOST_GROUPS else (None, None)
    known[task] = made
    return made


def _summed(data: dict[str, Any], members: list[Any], known: dict[str, _Counts], above: tuple[str, ...]) -> _Counts:
    """The sums over the members of a group; None for a group without members, and for one that is inside itself."""
    effective, original = 0, 0
    for member in members:
        if not isinstance(member, str) or member in above:
            return None, None
        part, whole = _samples(data, member, known, above)
        if part is None or whole is None:
            return None, None
        effective, original = effective + part, original + whole
    return (effective, original) if members else (None, None)


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
    # A group has none, or words in their place.
    return {task: count for task, count in table.items() if type(count) is int and 0 <= count <= fields.LARGEST}


def _contradictions(body: dict[str, Any], data: dict[str, Any]) -> Iterator[str]:
    """Numbers that can not all be true."""
    counted: set[str] = set()
    for row in body["results"]:
        task, value, n = row["task"], row["value"], row["n"]
        if value is not None and _SHARE.fullmatch(row["metric"]) and not 0 <= value <= 1:
            yield f"{task}: {row['metric']} is {value:g}, and a share lies between 0 and 1"
        if task in counted or n is None:
            continue
        counted.add(task)
        if row["n_original"] is not None and n > row["n_original"]:
            yield f"{task}: {n} samples are said to be scored of {row['n_original']}"
        told = data["results"][task].get("sample_len")
        if type(told) is int and told != n and task in fields.table(data, "n-samples"):
            yield f"{task}: {n} samples are said to be scored in one place and {told} in another"


def _gpu_is_missing(data: dict[str, Any], device: str | None) -> bool:
    """True where a GPU was asked for and the description of the machine in the same file says that torch saw none."""
    machine = data.get("pretty_env_info")
    if not device or not device.lower().startswith("cuda") or not isinstance(machine, str):
        return False
    return bool(_NO_CUDA.search(machine) and _NO_ROCM.search(machine))


def _doubts(body: dict[str, Any], unread: list[str], gpu_is_missing: bool) -> Doubts:
    doubts = Doubts()
    failed: dict[str, None] = {}
    short: dict[str, None] = {}
    for row in body["results"]:
        if row["metric"] == _UNSCORED:
            failed[f"{row['task']}: the answers were written down and not scored"] = None
        elif row["value"] is None:
            failed[f"{row['task']}: {row['metric']} is not a number"] = None
        if row["n"] == 0:
            failed[f"{row['task']}: no sample was scored"] = None
        if row["n"] is not None and row["n_original"] is not None and row["n"] < row["n_original"]:
            short[f"{row['task']}: {row['n']} of {row['n_original']} samples"] = None
    for why in islice(failed, MOST_REASONS):
        doubts.failed(why)
    if body["limit"] is not None:
        doubts.partial(f"run with a limit of {body['limit']:g}")
    if gpu_is_missing:
        doubts.partial(f"{body['device']} was asked for, and the file says that the machine had no such GPU")
    if body["model"]["name"] == "unknown":
        doubts.partial("the file does not name the model")
    for why in islice((*short, *(f"{name} is no number and was not read" for name in unread)), MOST_REASONS):
        doubts.partial(why)
    return doubts


COLLECTOR = LmEval()
