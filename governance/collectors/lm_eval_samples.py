"""Scores of single samples from lm-evaluation-harness.

*Reads* the samples file that `--log_samples` writes: one JSON object a line since 0.4.3, one JSON array (also named
`.jsonl`) in 0.4.2. Known by rows with `doc_id` and `resps`. Model, task and date are taken from the results file in
the same folder, when exactly one fits: by the task's hash over its samples, else by the time stamp in both names,
else because there is only one. Where the rows do not name the filter (up to 0.4.5) and the file repeats all samples
once for each filter of the results, each repetition is the next filter.

*Says* which score each sample got, by the sample's id and the digest of its document, so that two runs can be
compared sample by sample, and what the sample belongs with where its document has a subject, a group or a passage.
Where answers were scored through several filters, a metric is named `metric,filter`.

*Does not say* what was asked or answered: questions, prompts and answers are digested and never copied. A repeated
sample id makes the evidence partial, and so do a samples file without its results or with fewer rows, and a run over
a part of the task. Means other than the results give for the task, and more rows, are not understood. One corrupt
line, and nothing of the file is taken.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import json_array
from governance.collectors.formats.sample_columns import SampleColumns, cluster_of, with_table
from governance.collectors.lm_eval import TOOL, model_of, moment_of, results_in, subject_of, version_of
from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Tried, attempt, recognised
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector
from governance.errors import UnreadableError
from governance.parsing import sample_table, strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_SPACE = b"\xef\xbb\xbf \t\r\n"
_NOT_METRICS = frozenset(
    {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash",
     "target_hash", *sample_table.OWN}
)  # fmt: skip
_MEANS = frozenset({"acc", "acc_norm", "exact_match"})
"""Metrics whose score is the mean over the samples where the task does not say otherwise."""
_CLUSTERS = ("cluster_id", "cluster", "group", "subject", "passage_id", "passage", "article", "story")
"""Fields of a document that say what it belongs with: several questions about one passage are no independent questions."""
_NAMED = re.compile(r"(?:^|_)samples_(?P<task>.+)_(?P<stamp>\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d[.\d]*)\.jsonl$")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d[.\d]*\d")


class LmEvalSamples:
    """Finds one set of samples for each samples file."""

    noun = Collector(name="lm-eval-samples", version="1")
    kinds = ("eval-samples.v1",)
    tool = TOOL
    tried = (
        Tried("0.4.2", "published", "2026-11-25"),
        Tried("0.4.5", "recorded", "2026-11-25"),
        Tried("0.4.7", "recorded", "2026-11-25"),
        Tried("0.4.8", "recorded", "2026-11-25"),
        Tried("0.4.13", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a file of samples, else why not."""
        return recognised(
            file, lambda: None if _may_be_samples(file) else "its rows are not samples with doc_id and resps"
        )

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the samples in this folder."""
        for file in list(folder.files.values()):
            if _may_be_samples(file):
                yield from attempt(file, partial(self._samples, folder, file), self.noun.name)
            elif file.name.startswith("samples_") and file.name.endswith(".jsonl") and file.size == 0:
                file.claimed = True
                yield NotRead(file.shown, "an empty file")

    def _samples(self, folder: Folder, file: File) -> Iterable[Found]:
        rows = _Rows()
        for row in _rows(file):
            rows.add(row)
        run = _results_of(folder, file, rows)
        table = rows.columns
        table.fold(_filters(run))
        table.clean()
        doubts = Doubts()
        for why in (*run.reasons, *_shortened(run, table)):
            doubts.partial(why)
        for why in _contradictions(run, table):
            doubts.not_understood(why)
        if table.duplicated:
            doubts.partial(f"{table.duplicated} rows repeat the id of an earlier row")
        metrics = table.metrics
        if not metrics:
            doubts.partial("no row has a score")
        data = run.data or {}
        model = model_of(data) if run.data else named(None)
        moment = moment_of(data)
        version = version_of(data)
        body = {
            "harness": {"name": TOOL, "version": version},
            "model": model,
            "task": run.task[:300],
            "n": len(table),
            "metrics": metrics,
            "duplicated_ids": table.duplicated,
            "columns_digest": table.digest(),
            "means": table.means(),
        }
        body, enclosures = with_table(body, table.table())
        yield Found(
            kind="eval-samples.v1",
            body=body,
            subject=subject_of(model),
            path=file.shown,
            collector=self.noun,
            quality=doubts.quality,
            quality_reasons=doubts.reasons,
            effective_at=moment,
            effective_clock=None if moment is None else "tool",
            tool=TOOL,
            tool_version=version,
            sources=(file.source(), *((run.file.source(),) if run.file else ())),
            redacted=table.redacted,
            enclosures=enclosures,
            place=folder.place,
        )


class _Rows:
    """The rows of one file as columns, and the digest that the harness takes over its samples."""

    def __init__(self) -> None:
        self.columns = SampleColumns()
        self.task_digest = hashlib.sha256()
        self.hashed = True

    def add(self, row: dict[str, Any]) -> None:
        """Take one row; raises where it is of the wrong sort."""
        through = fields.text(row, "filter", most=200)
        hashes = [fields.text(row, key) for key in ("doc_hash", "prompt_hash", "target_hash")]
        if all(hashes):
            self.task_digest.update("".join(part or "" for part in hashes).encode())
        else:
            self.hashed = False
        prompt = fields.hex_digest(row, "prompt_hash")
        document = row.get("doc")
        told = (document.get(name) for name in _CLUSTERS) if isinstance(document, dict) else ()
        cluster = next((name for name in map(cluster_of, told) if name is not None), None)
        place = self.columns.place(_identity(row), through, _document_digest(row), prompt, cluster)
        for metric in _metrics(row):
            self.columns.score(metric, through, place, _score(row.get(metric), metric))


def _may_be_samples(file: File) -> bool:
    """True for rows of samples. A single document whose settings only quote these words has line ends within its first object."""
    if not file.opens_json or b'"doc_id"' not in file.head:
        return False
    start = file.head.lstrip(_SPACE)
    row = start if start.startswith(b"[") else start.partition(b"\n")[0]
    return b'"doc_id"' in row and (b'"resps"' in row or b'"doc"' in row)


def _rows(file: File) -> Iterator[dict[str, Any]]:
    """The rows of either form, each an object with an id and answers."""
    empty = True
    is_array = file.head.lstrip(_SPACE).startswith(b"[")
    for number, data in json_array.elements(file) if is_array else file.lines():
        if not data.strip():
            continue
        what = f"element {number}" if is_array else f"line {number}"
        try:
            row = strict_json.loads_lenient(data)[0]
        except UnreadableError as error:
            raise UnreadableError(f"{what}: {error.message}") from None
        if not isinstance(row, dict) or "doc_id" not in row or not ("resps" in row or "filtered_resps" in row):
            raise UnreadableError("a row is not a sample with doc_id and resps")
        empty = False
        yield row
    if empty:
        raise UnreadableError("holds no sample")


def _identity(row: dict[str, Any]) -> int | str:
    value = row["doc_id"]
    if isinstance(value, str) and 0 < len(value) <= 500:
        return value
    number = fields.whole(row, "doc_id")
    if number is None:
        raise UnreadableError("doc_id is empty")
    return number


def _document_digest(row: dict[str, Any]) -> str:
    """The tool's own digest of the document; 0.4.2 wrote none, so the same one is taken here in the same spelling."""
    if digest := fields.hex_digest(row, "doc_hash"):
        return digest
    text = json.dumps(row.get("doc"), indent=2, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _metrics(row: dict[str, Any]) -> list[str]:
    """The metrics a row names; 0.4.2 does not name them, and there every other number is one."""
    named = fields.texts(row, "metrics", most=150)
    if not named:
        named = [key for key, value in row.items() if isinstance(value, (int, float))]
    return [name for name in named if name not in _NOT_METRICS and len(name) <= 150]


def _score(value: Any, metric: str) -> float | int | None:
    """A score as a number. Some metrics keep pairs for a later aggregate; those are no score of a sample."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (list, dict, str)):
        return None
    return fields.as_number(value, metric)


@dataclass(frozen=True)
class _Run:
    """The results a samples file belongs to, with its task, or the reasons why that could not be told."""

    task: str
    file: File | None = None
    data: dict[str, Any] | None = None
    reasons: tuple[str, ...] = ()


def _results_of(folder: Folder, file: File, table: _Rows) -> _Run:
    name = _NAMED.search(file.name)
    stem: str = name["task"] if name else file.name.rsplit(".", 1)[0]
    runs = results_in(folder)
    digest = table.task_digest.hexdigest() if table.hashed else None
    proven = [(run, task) for run in runs for task in _tasks_with_hash(run[1], digest)]
    if len(proven) == 1:
        (results, data), told_task = proven[0]
        return _Run(told_task, results, data)
    stamps = set(_STAMP.findall(file.name))
    fitting = [run for run in runs if stamps & set(_STAMP.findall(run[0].name))] or runs
    if len(fitting) != 1:
        what = f"{len(fitting)} results files lie" if fitting else "no results file lies"
        return _Run(stem, reasons=(f"{what} beside it, so its model can not be told",))
    results, data = fitting[0]
    task = _task(data, file.name)
    if task is None:
        return _Run(stem, reasons=("the results file beside it does not name its task, so its model can not be told",))
    told = fields.text(fields.table(data, "task_hashes"), task)
    if told and digest and told != digest:
        reason = f"its samples do not add up to the hash that {results.name} gives for {task}"
        return _Run(task, results, data, (reason,))
    return _Run(task, results, data)


def _shortened(run: _Run, table: SampleColumns) -> Iterator[str]:
    """Why the samples are not all that were scored, or not all that the task has."""
    data = run.data or {}
    counts = fields.table(fields.table(data, "n-samples"), run.task)
    scored, there = fields.whole(counts, "effective"), fields.whole(counts, "original")
    if scored is not None and len(table) < scored:
        yield f"{len(table):,} samples stand here, and the results say that {scored:,} were scored"
    if scored is not None and there is not None and scored < there:
        yield f"{scored:,} of {there:,} samples of {run.task} were scored"
    elif (limit := fields.number(fields.table(data, "config"), "limit")) is not None:
        yield f"run with a limit of {limit:g}"


def _contradictions(run: _Run, table: SampleColumns) -> Iterator[str]:
    """Where the rows do not come to what the results give for the task: their count, and scores that are plain means."""
    data = run.data or {}
    scored = fields.whole(fields.table(fields.table(data, "n-samples"), run.task), "effective")
    if scored is not None and scored < len(table):
        yield f"{len(table):,} samples stand here, and the results say that only {scored:,} were scored"
    if table.duplicated or (scored is not None and scored != len(table)):
        return
    told = fields.table(data, "results").get(run.task, {})
    ways = _aggregations(data, run.task)
    for name, mean in table.means().items():
        metric, _, through = name.partition(",")
        stated = [told[key] for key in told if key == metric or key.partition(",")[::2] == (metric, through or "none")]
        if ways.get(metric, "mean" if metric in _MEANS else None) != "mean" or len(stated) != 1:
            continue
        if isinstance(stated[0], (int, float)) and not math.isclose(stated[0], mean, rel_tol=1e-6, abs_tol=1e-9):
            yield f"{name}: the mean over the samples is {mean:.6g}, and the results say {stated[0]:.6g}"


def _aggregations(data: dict[str, Any], task: str) -> dict[str, Any]:
    """How each metric of a task is put together from its samples, by the task's settings."""
    listed = fields.rows(fields.table(fields.table(data, "configs"), task), "metric_list")
    named = [entry for entry in listed if isinstance(entry, dict) and isinstance(entry.get("metric"), str)]
    return {entry["metric"]: entry["aggregation"] for entry in named if entry.get("aggregation") is not None}


def _tasks_with_hash(data: dict[str, Any], digest: str | None) -> list[str]:
    hashes = data.get("task_hashes")
    if digest is None or not isinstance(hashes, dict):
        return []
    return [task for task, told in hashes.items() if told == digest]


def _task(data: dict[str, Any], name: str) -> str | None:
    """The longest task name of the results that stands in the file's name; else the only task there is."""
    named = sorted((task for task in data["results"] if task and task in name), key=len)
    if named:
        return str(named[-1])
    return next(iter(data["results"])) if len(data["results"]) == 1 else None


def _filters(run: _Run) -> list[str]:
    """The filters through which the task was scored, in the order of the results; up to 0.4.5 the rows do not name them."""
    scored = run.data["results"].get(run.task, {}) if run.data else {}
    names = (key.partition(",") for key in scored)
    return list(dict.fromkeys(name for metric, comma, name in names if comma and not metric.endswith("_stderr")))


COLLECTOR = LmEvalSamples()
