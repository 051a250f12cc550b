"""Scores of single samples from Inspect.

*Reads* the samples in the logs that `inspect-log` reads, of either form; also those of a run that was killed, which are
all that it left.

*Says* which score each question got from each scorer, by the question's id and the digest of question, reference answer
and choices, so that two runs can be compared question by question. Letters count as the tool counts them: C is 1, P is
one half, I and N are 0. A question asked several times has a row for each time; it counts once, with the plain average of its
scores. The seed of the answers, and the cluster that a metric was taken over, are taken where the log tells them.

*Does not say* what was asked or answered: texts are digested and never copied. Words that stand for no number, and lists
of numbers, are no score here. What keeps the run from being complete keeps its samples from it too; a log without its
samples gives nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats.inspect_log import TOOL, log_of
from governance.collectors.formats.sample_columns import clean_ids, with_table
from governance.collectors.inspect_log import InspectLog, doubts_of, missing, model_of, moment_of, results_of, task_of
from governance.collectors.reading.interface import NotMine, OneFile, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical, sample_table
from governance.parsing.sample_table import average

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.collectors.formats.inspect_log import Log, Sample
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.doubts import Doubts
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_METRICS = 64
MOST_EPOCH = 2**31 - 1


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
        ids, redacted = clean_ids([sample.id for sample in log.samples])
        columns = columns_of(ids, log.samples, doubts)
        names = [name for name in columns if name not in sample_table.OWN]
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
            "columns_digest": canonical.digest(columns),
            "means": {name: average(columns[name]) for name in names},
            "epochs": log.epochs,
        }
        subject = Subject(type=SubjectType.MODEL, name=model["name"])
        body, enclosures = with_table(body, _table(ids, log, names))
        yield self.found(
            folder, file, "eval-samples.v1", body, subject, doubts=doubts, at=moment_of(log), version=log.version,
            enclosures=enclosures, redacted=redacted,
        )  # fmt: skip


def columns_of(ids: Sequence[int | str], samples: Sequence[Sample], doubts: Doubts) -> dict[str, list[Any]]:
    """One row for each question, one column for each score that at least one question got."""
    rows: dict[int | str, list[Sample]] = {}
    for identity, sample in zip(ids, samples, strict=True):
        rows.setdefault(identity, []).append(sample)
    changed = sum(len({sample.doc_sha256 for sample in asked}) > 1 for asked in rows.values())
    if changed:
        doubts.partial(f"{changed} questions were asked in several versions under one id")
    named = dict.fromkeys(name for sample in samples for name in sample.scores)
    names = [name for name in named if name not in sample_table.OWN]
    if len(names) > MOST_METRICS:
        raise UnreadableError(f"more than {MOST_METRICS} scores a sample")
    columns: dict[str, list[Any]] = {
        "id": list(rows),
        "doc_sha256": [asked[0].doc_sha256 for asked in rows.values()],
    }
    for name in names:
        column = [average(sample.scores.get(name) for sample in asked) for asked in rows.values()]
        without = sum(value is None for value in column)
        if without:
            doubts.partial(f"{name}: {without} of {len(column)} samples have no number for a score")
        if without < len(column):
            columns[name] = column
    return columns


def _table(ids: Sequence[int | str], log: Log, names: Sequence[str]) -> dict[str, Any]:
    """One row for each answer, in the order of the questions and of the rounds in which they were asked."""
    samples = log.samples
    made: dict[str, Any] = {
        "id": ids,
        "doc_sha256": b"".join(bytes.fromhex(sample.doc_sha256[7:]) for sample in samples),
    }
    if any(sample.cluster is not None for sample in samples):
        made["cluster"] = [sample.cluster for sample in samples]
    if log.seed is not None:
        made["seed"] = [log.seed] * len(samples)
    made["attempt"] = [min(sample.epoch, MOST_EPOCH) for sample in samples]
    return made | {name: [sample.scores.get(name) for sample in samples] for name in names}


COLLECTOR = InspectSamples()
