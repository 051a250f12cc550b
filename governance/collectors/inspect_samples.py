"""Scores of single samples from Inspect.

*Reads* the samples in the logs that `inspect-log` reads, of either form; also those of a run that was killed, which are
all that it left.

*Says* which score each question got from each scorer, by the question's id and the digest of question, reference answer
and choices, so that two runs can be compared question by question. Letters count as the tool counts them: C is 1, P is
one half, I and N are 0. A question asked several times is one row with the plain average of its scores.

*Does not say* what was asked or answered: texts are digested and never copied. Words that stand for no number, and lists
of numbers, are no score here. What keeps the run from being complete keeps its samples from it too; a log without its
samples gives nothing here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.inspect_log import TOOL, Sample, log_of
from governance.collectors.inspect_log import InspectLog, doubts_of, missing, model_of, moment_of, results_of, task_of
from governance.collectors.reading.interface import NotMine, OneFile, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.doubts import Doubts
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_KEPT = 20_000
MOST_METRICS = 64


class InspectSamples(OneFile):
    """Finds one set of samples for each log that holds any."""

    noun = Collector(name="inspect-samples", version="1")
    kinds = ("eval-samples.v1",)
    tool = TOOL
    tried = InspectLog.tried

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a log of either form, else why not."""
        return recognised(file, lambda: missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The samples that the log holds."""
        log = log_of(folder, file)
        if log.unread:
            raise UnreadableError(
                f"{len(log.unread)} samples are too large to be read, the first is {log.unread[0][:120]}",
                hint="The run itself is read; its samples can not be compared.",
            )
        if not log.samples:
            raise NotMine("a log without its samples")
        results_of(log)  # a log whose results can not be read gives no samples either
        doubts = doubts_of(log)
        columns = columns_of(log.samples, doubts)
        names = [name for name in columns if name not in ("id", "doc_sha256")]
        model = model_of(log)
        rows = len(columns["id"])
        repeated = len(log.samples) - len({(sample.id, sample.epoch) for sample in log.samples})
        if repeated:
            doubts.partial(f"{repeated} rows repeat the id of an earlier row")
        if not names:
            doubts.failed("no sample has a score")
        body = {
            "harness": {"name": TOOL, "version": log.version},
            "model": model,
            "task": task_of(log),
            "n": rows,
            "metrics": names,
            "duplicated_ids": repeated,
            "columns": columns if rows <= MOST_KEPT else None,
            "columns_digest": canonical.digest(columns),
            "means": {name: _mean([value for value in columns[name] if value is not None]) for name in names},
            "epochs": log.epochs,
        }
        subject = Subject(type=SubjectType.MODEL, name=model["name"])
        yield self.found(
            folder, file, "eval-samples.v1", body, subject, doubts=doubts, at=moment_of(log), version=log.version
        )


def columns_of(samples: list[Sample], doubts: Doubts) -> dict[str, list[Any]]:
    """One row for each question, one column for each score that at least one question got."""
    rows: dict[int | str, list[Sample]] = {}
    for sample in samples:
        rows.setdefault(sample.id, []).append(sample)
    changed = sum(len({sample.doc_sha256 for sample in asked}) > 1 for asked in rows.values())
    if changed:
        doubts.partial(f"{changed} questions were asked in several versions under one id")
    names = list(dict.fromkeys(name for sample in samples for name in sample.scores))
    if len(names) > MOST_METRICS:
        raise UnreadableError(f"more than {MOST_METRICS} scores a sample")
    columns: dict[str, list[Any]] = {
        "id": list(rows),
        "doc_sha256": [asked[0].doc_sha256 for asked in rows.values()],
    }
    for name in names:
        column = [_mean_of(asked, name) for asked in rows.values()]
        without = sum(value is None for value in column)
        if without:
            doubts.partial(f"{name}: {without} of {len(column)} samples have no number for a score")
        if without < len(column):
            columns[name] = column
    return columns


def _mean_of(asked: list[Sample], name: str) -> float | int | None:
    scores = [score for sample in asked if (score := sample.scores.get(name)) is not None]
    if len(scores) == 1:
        return scores[0]
    return _mean(scores) if scores else None


def _mean(scores: list[float | int]) -> float:
    return math.fsum(scores) / len(scores)


COLLECTOR = InspectSamples()
