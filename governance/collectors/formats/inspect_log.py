"""The logs of Inspect, in both forms: `.json`, and `.eval`, a zip archive with one member a sample.

An archive has `_journal/start.json` from the start and `header.json` from the end of the run; a run that was killed
leaves no header, and then what was planned and the samples that were finished are all there is. A sample is
`samples/<id>_epoch_<n>.json`, or since August 2026 a folder of that name with `sample.json` inside. The field
`version` has been 2 since 2024 through every change, so shapes are told by their fields.

Of a sample are taken its id, its scores, how it ended, and the digest of question and reference answer. The question is
digested as text, or as the roles and texts of its messages: the ids that the tool gives to messages are new in each run. Where a
metric was taken over clusters (`stderr(cluster=…)`), the field of the sample's metadata that it names is taken too.

Source: `inspect_ai/log/_log.py`, `_recorders/eval.py` and `_recorders/chunked/format.py`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.json_members import members
from governance.collectors.formats.sample_columns import cluster_of
from governance.collectors.formats.zip_archive import Archive
from governance.collectors.reading import fields
from governance.collectors.reading.interface import NotMine, not_understood
from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "inspect"
MAX_HEADER = 4 * 1024 * 1024
MAX_FIELD = 4 * 1024 * 1024
"""Bytes of a header, and of one field of a sample; a question that is plain text may have four times as many."""
MOST_HOLDERS = 200_000
"""Objects and lists in a header or in one field of a sample; each costs time and memory however short it is."""
_START, _HEADER = "_journal/start.json", "header.json"
_SAMPLE = re.compile(r"samples/.+_epoch_\d+(?:\.json|/sample\.json)")
_WANTED = frozenset(
    {"id", "epoch", "input", "target", "choices", "score", "scores", "error", "limit", "invalidation"}
)  # fmt: skip
_LETTERS = {"C": 1, "I": 0, "P": 0.5, "N": 0}
_WORDS = {"yes": 1, "true": 1, "no": 0, "false": 0}
"""What the tool counts its letters for (correct, incorrect, partial, no answer) and words (`value_to_float`)."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Sample:
    """One answer to one question: `scores` by scorer (`scorer/key` where it gave several), null where it gave no number."""

    id: int | str
    epoch: int
    doc_sha256: str
    scores: dict[str, float | int | None]
    broke: bool
    stopped: bool
    invalid: bool
    edits: int = 0
    """How many of its scores were edited after the run."""
    cluster: str | None = None
    """What the question belongs with, where a metric was taken over clusters."""


@dataclass
class Log:
    """A log: its header as parsed, the samples in the order of their ids, and how much of it is there.

    `closed` is whether the run wrote its header; `unread` the samples too large to be read, by name.
    """

    header: dict[str, Any]
    closed: bool
    samples: list[Sample]
    not_finite: int
    unread: list[str] = field(default_factory=list)

    @property
    def eval(self) -> dict[str, Any]:
        """What was to be run."""
        return fields.table(self.header, "eval")

    @property
    def config(self) -> dict[str, Any]:
        """How it was to be run."""
        return fields.table(self.eval, "config")

    @property
    def version(self) -> str | None:
        """The version of the tool; logs of 2024 may not name it."""
        return fields.plain(fields.table(self.eval, "packages"), "inspect_ai")

    @property
    def status(self) -> str:
        """`success`, `error`, `cancelled`, or `started` where the run never wrote its end."""
        return (fields.text(self.header, "status") or "started") if self.closed else "started"

    @property
    def epochs(self) -> int:
        """How many times each question was asked."""
        return fields.whole(self.config, "epochs", least=1) or 1

    @property
    def limit(self) -> int | None:
        """The cap on questions; a range of them counts as its length."""
        limit = self.config.get("limit")
        if isinstance(limit, list) and len(limit) == 2:
            first, last = (fields.whole({"limit": part}, "limit", least=0) for part in limit)
            return None if first is None or last is None else max(0, last - first)
        return fields.whole(self.config, "limit", least=0)

    @property
    def questions(self) -> int | None:
        """How many questions the whole data set has."""
        return fields.whole(fields.table(self.eval, "dataset"), "samples", least=0)

    @property
    def planned(self) -> int | None:
        """How many questions this run was to ask."""
        chosen = fields.rows(fields.table(self.eval, "dataset"), "sample_ids")
        known = [count for count in (self.questions, self.limit) if count is not None]
        return len(chosen) or (min(known) if known else None)

    @property
    def seed(self) -> int | None:
        """The seed that answers were made with, where one was set."""
        for config in (_held(_held(self.header, "plan"), "config"), _held(self.eval, "model_generate_config")):
            seed = config.get("seed")
            if isinstance(seed, int) and not isinstance(seed, bool) and abs(seed) < 2**63:
                return seed
        return None

    @property
    def cluster(self) -> str | None:
        """The field of a sample's metadata over which a metric was taken in clusters."""
        metrics = [metric for scorer in self.scorers for metric in _held(scorer, "metrics").values()]
        parts = [_held(metric, part) for metric in metrics for part in ("params", "options")]
        return next((part["cluster"] for part in parts if isinstance(part.get("cluster"), str)), None)

    @property
    def scorers(self) -> list[dict[str, Any]]:
        """The scorers with their metrics; up to May 2024 there was one, with its metrics beside it."""
        results = fields.table(self.header, "results")
        if "scorer" in results:
            scorer = fields.table(results, "scorer")
            return [{**scorer, "metrics": fields.table(results, "metrics") or fields.table(scorer, "metrics")}]
        listed = fields.rows(results, "scores") or fields.rows(results, "scorers")
        if not all(isinstance(row, dict) for row in listed):
            raise not_understood(TOOL, self.version, "an entry of results.scores is not an object")
        return listed


def _held(holder: Any, key: str) -> dict[str, Any]:
    """An object in an object, or an empty one: what merely adds to a log is no reason to refuse it."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def log_of(folder: Folder, file: File) -> Log:
    """The log in a file, worked out once a folder. Raises `UnreadableError`, or `NotMine` for another sort."""
    key = f"inspect-log:{file.name}"
    if key not in folder.notes:
        try:
            folder.notes[key] = _of_archive(file) if file.form == "zip" else _of_json(file)
        except (UnreadableError, NotMine) as error:
            folder.notes[key] = error
    known = folder.notes[key]
    if isinstance(known, Exception):
        raise known
    log: Log = known
    return log


def _of_json(file: File) -> Log:
    header = file.json()
    if not isinstance(header, dict) or not isinstance(header.get("eval"), dict) or "status" not in header:
        raise NotMine("not a log with eval and status")
    log = Log({name: part for name, part in header.items() if name != "samples"}, True, [], file.not_finite)
    _check(log)
    scorer, cluster = _only_scorer(log), log.cluster
    samples = fields.rows(header, "samples")
    log.samples = _sorted(_sample(row, scorer, cluster, f"sample {index + 1}") for index, row in enumerate(samples))
    return log


def _of_archive(file: File) -> Log:
    archive = Archive(file)
    closed = _HEADER in archive
    if not closed and _START not in archive:
        raise NotMine("an archive without header.json and _journal/start.json")
    name = _HEADER if closed else _START
    data = archive.read(name, MAX_HEADER)
    if _holders(data) > MOST_HOLDERS:
        raise UnreadableError(f"{name} holds more than {MOST_HOLDERS:,} objects and lists")
    header, not_finite = strict_json.loads_lenient(data, where=name)
    if not isinstance(header, dict) or not isinstance(header.get("eval"), dict):
        raise NotMine("an archive whose header is none of an evaluation")
    log = Log(header, closed, [], not_finite)
    _check(log)
    log.samples = _sorted(_archived(archive, _only_scorer(log), log.cluster, log.unread))
    return log


def _check(log: Log) -> None:
    """Raise where the header does not name what was run, on which model."""
    for name in ("task", "model"):
        if fields.text(log.eval, name) is None:
            raise not_understood(TOOL, log.version, f"eval.{name} is missing")
    if log.closed and not isinstance(log.header.get("status"), str):
        raise not_understood(TOOL, log.version, "status is missing")


def _archived(archive: Archive, scorer: str, cluster: str | None, unread: list[str]) -> Iterator[Sample]:
    wanted = _WANTED if cluster is None else _WANTED | {"metadata"}
    left = 3_000_000 + 2 * archive.file.size  # a transcript takes up about two bytes for each object or list in it
    for name in archive.names():
        if not _SAMPLE.fullmatch(name):
            continue
        if archive.size(name) > strict_json.MAX_BYTES:
            unread.append(name)
            continue
        data = archive.read(name)
        left -= _holders(data)
        if left < 0:
            raise UnreadableError("its samples hold more objects and lists than a log of this size could")
        parts = members(data, wanted, where=name)
        if _too_large(parts.get("metadata", b"")):
            del parts["metadata"]
        if any(_too_large(part) for part in parts.values()):
            unread.append(name)
            continue
        row = {key: strict_json.loads_lenient(part, where=name)[0] for key, part in parts.items()}
        yield _sample(row, scorer, cluster, name)


def _holders(data: bytes) -> int:
    """At most how many objects and lists there are, counted without parsing."""
    return data.count(b"[") + data.count(b"{")


def _too_large(part: bytes) -> bool:
    """True for a field too large to be built; plain text is cheap and may be longer."""
    if part[:1] == b'"':
        return len(part) > 4 * MAX_FIELD
    return len(part) > MAX_FIELD or _holders(part) > MOST_HOLDERS


def _sorted(samples: Iterator[Sample]) -> list[Sample]:
    """By id and round, for they are filed in the order in which they happened to end."""
    return sorted(samples, key=lambda each: (isinstance(each.id, str), each.id, each.epoch))


def _only_scorer(log: Log) -> str:
    """The name for the score of a sample that does not name its scorer, as up to May 2024."""
    names = [fields.text(row, "name", most=150) for row in log.scorers]
    return next((name for name in names if name), "score")


def _sample(row: Any, scorer: str, cluster: str | None, where: str) -> Sample:
    if not isinstance(row, dict):
        raise UnreadableError(f"{where} is not an object")
    identity = row.get("id")
    if isinstance(identity, bool) or not isinstance(identity, (int, str)) or not 0 < len(str(identity)) <= 500:
        raise UnreadableError(f"{where} has no id of at most 500 characters")
    if isinstance(identity, int):
        fields.whole(row, "id")
    metadata = row.get("metadata")
    scores = fields.table(row, "scores")
    if not scores and row.get("score") is not None:
        scores = {scorer: row["score"]}
    return Sample(
        id=identity,
        epoch=fields.whole(row, "epoch", least=1) or 1,
        doc_sha256=_digest(row),
        scores=dict(_scores(scores, where)),
        broke=row.get("error") is not None,
        stopped=row.get("limit") is not None,
        invalid=row.get("invalidation") is not None,
        edits=sum(bool(score.get("history")) for score in scores.values() if isinstance(score, dict)),
        cluster=cluster_of(metadata.get(cluster)) if cluster is not None and isinstance(metadata, dict) else None,
    )


def _scores(scores: dict[str, Any], where: str) -> Iterator[tuple[str, float | int | None]]:
    for name, score in scores.items():
        if not isinstance(score, dict):
            raise UnreadableError(f"a score of {where} is not an object")
        value = score.get("value")
        if isinstance(value, dict):
            for key, part in value.items():
                yield f"{name[:100]}/{key[:99]}", worth(part)
        else:
            yield name[:200], worth(value)


def worth(value: Any) -> float | int | None:
    """A score as a number, as the tool counts it; null for NaN (not scored), and for a word that is none of its own."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        text = value.strip().lower()
        number = float(text) if len(text) <= 400 and _NUMBER.fullmatch(text) else math.inf
        return _LETTERS.get(value, _WORDS.get(text, number if math.isfinite(number) else None))
    return fields.as_number(value, "a score") if isinstance(value, (int, float)) else None


def _digest(row: dict[str, Any]) -> str:
    return canonical.digest(
        {"input": _said(row.get("input")), "target": row.get("target"), "choices": row.get("choices") or None}
    )


def _said(value: Any) -> Any:
    """The question: a text, or the messages by role and text."""
    if not isinstance(value, list):
        return value
    return [[each.get("role"), _content(each.get("content"))] for each in value if isinstance(each, dict)]


def _content(content: Any) -> Any:
    if not isinstance(content, list):
        return content
    kept = ("type", "text", "image", "audio", "video", "document")
    return [{name: each[name] for name in kept if name in each} for each in content if isinstance(each, dict)]
