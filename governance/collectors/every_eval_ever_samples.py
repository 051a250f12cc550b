"""Scores of single samples in the shared form of Every Eval Ever.

*Reads* the samples file of that form, `<uuid>_samples.jsonl`: one JSON object a line with `evaluation_id`, `sample_id` and
`evaluation`. The record beside it, of the same name and `.json`, says which tool measured, and by a digest and a count
which samples belong to it.

*Says* which score each sample got in each evaluation, by its id and the digest of question and reference answer, so that
two runs can be compared sample by sample. A question asked in several rounds has a row for each; it counts once, with the plain
average.

*Does not say* what was asked or answered: texts are digested and never copied. A samples file without its record, with
other rows than its record counted, or with samples that ended in an error, is partial. One corrupt line, and nothing of
the file is taken.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.every_eval_ever import (
    TOOL,
    doubts_of,
    harness_of,
    metric_of,
    model_of,
    moment_of,
    record_of,
    results_of,
)
from governance.collectors.formats.sample_columns import clean_ids, with_table
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical, sample_table, strict_json
from governance.parsing.sample_table import average

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_ROWS = 2_000_000
MOST_TASKS = 1_000
_END = "_samples.jsonl"


@dataclass
class _Table:
    """The rows of one evaluation: digest and scores by sample id, a score by round."""

    model: str
    docs: dict[str, str] = field(default_factory=dict)
    scores: dict[str, dict[str, float | int | None]] = field(default_factory=dict)
    repeated: int = 0
    changed: int = 0
    broke: int = 0


class EveryEvalEverSamples(OneFile):
    """Finds one set of samples for each evaluation in a samples file."""

    noun = Collector(name="every-eval-ever-samples", version="1")
    kinds = ("eval-samples.v1",)
    tool = TOOL
    tried = (Tried("0.3.0", "recorded", "2026-11-25"),)
    marks = Marks(
        form="json",
        words=(b'"schema_version"', b'"model_id"'),
        pattern=re.compile(rb'\A\s*\{(?=[^\n]*"sample_id"\s*:\s*")(?=[^\n]*"evaluation_id"\s*:\s*")'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The samples by evaluation, in the order of the file."""
        tables: dict[tuple[str, str | None], _Table] = {}
        count, version = 0, None
        for count, row in enumerate(_rows(file), start=1):  # noqa: B007 - how many there were is asked below
            version = fields.plain(row, "schema_version")
            _add(tables, row)
        record = _record(folder, file)
        for of, table in tables.items():
            doubts = _doubts(record, file, count)
            yield self._found(folder, file, record, of, table, doubts, version)

    def _found(
        self,
        folder: Folder,
        file: File,
        record: tuple[File, dict[str, Any]] | None,
        of: tuple[str, str | None],
        table: _Table,
        doubts: Doubts,
        version: str | None,
    ) -> Found:
        told = record[1] if record else {"evaluation_results": []}
        metric = _metric(told, of)
        ids, redacted = clean_ids(list(table.docs))
        columns: dict[str, list[Any]] = {"id": ids, "doc_sha256": list(table.docs.values())}
        column = [average(scores.values()) for scores in table.scores.values()]
        scored = [value for value in column if value is not None]
        if scored:
            columns[metric] = column
        _doubt_table(doubts, table, len(column) - len(scored))
        model = model_of(told) if fields.table(told, "model_info").get("id") == table.model else _named(table.model)
        body = {
            "harness": harness_of(told),
            "model": model,
            "task": of[0],
            "n": len(column),
            "metrics": [metric] if scored else [],
            "duplicated_ids": table.repeated,
            "columns_digest": canonical.digest(columns),
            "means": {metric: math.fsum(scored) / len(scored)} if scored else {},
        }
        body, enclosures = with_table(body, _rows_of(table, ids, metric if scored else None))
        return self.found(
            folder, file, "eval-samples.v1", body, Subject(type=SubjectType.MODEL, name=model["name"]),
            doubts=doubts, at=moment_of(told), version=version, beside=[record[0]] if record else [],
            enclosures=enclosures, redacted=redacted,
        )  # fmt: skip


def _rows(file: File) -> Iterator[dict[str, Any]]:
    """The rows as objects; a file whose first is none of this form is another's."""
    any_yet = False
    for number, line in file.lines():
        if not line.strip():
            continue
        try:
            row = strict_json.loads_lenient(line)[0]
            if not isinstance(row, dict) or not isinstance(row.get("evaluation"), dict) or "sample_id" not in row:
                if any_yet:
                    raise UnreadableError("not a sample with sample_id and evaluation")
                raise NotMine("its rows are not samples with sample_id and evaluation")
            yield row
        except UnreadableError as error:
            raise UnreadableError(f"line {number}: {error.message}") from None
        any_yet = True
        if number > MOST_ROWS:
            raise UnreadableError(f"more than {MOST_ROWS:,} rows")
    if not any_yet:
        raise UnreadableError("holds no sample")


def _add(tables: dict[tuple[str, str | None], _Table], row: dict[str, Any]) -> None:
    task = (fields.text(row, "evaluation_name", most=2000) or "unknown")[:300]
    identity, model = fields.plain(row, "sample_id", most=500), fields.text(row, "model_id")
    if identity is None or model is None:
        raise UnreadableError("sample_id or model_id is empty")
    table = tables.setdefault((task, fields.text(row, "evaluation_result_id", most=2000)), _Table(model))
    if len(tables) > MOST_TASKS or table.model != model:
        raise UnreadableError(f"samples of several models, or of more than {MOST_TASKS} evaluations")
    digest = _digest(row)
    table.changed += table.docs.setdefault(identity, digest) != digest
    turn = fields.plain(fields.table(row, "metadata"), "epoch") or ""
    rounds = table.scores.setdefault(identity, {})
    table.repeated += turn in rounds
    table.broke += row.get("error") is not None
    rounds[turn] = fields.number(row["evaluation"], "score")


def _digest(row: dict[str, Any]) -> str:
    """The form's own digest of question and reference answer; where there is none the same is taken here."""
    if told := fields.hex_digest(row, "sample_hash"):
        return told
    asked = fields.table(row, "input")
    text = str(asked.get("raw")) + "".join(map(str, fields.rows(asked, "reference")))
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _rows_of(table: _Table, ids: list[Any], metric: str | None) -> dict[str, Any]:
    """One row for each answer, in the order of the file; attempts are counted from 1 where their rounds are not numbers."""
    answers = [
        (identity, digest, turn, score)
        for identity, (digest, rounds) in zip(
            ids, zip(table.docs.values(), table.scores.values(), strict=True), strict=True
        )
        for turn, score in enumerate(rounds.values(), start=1)
    ]
    made: dict[str, Any] = {
        "id": [answer[0] for answer in answers],
        "doc_sha256": b"".join(bytes.fromhex(answer[1][7:]) for answer in answers),
    }
    if any(rounds.keys() != {""} for rounds in table.scores.values()):
        turns = [turn for rounds in table.scores.values() for turn in rounds]
        named = all(re.fullmatch(r"[0-9]{1,9}", turn) for turn in turns)
        made["attempt"] = [int(turn) for turn in turns] if named else [answer[2] for answer in answers]
    return made if metric is None else made | {metric: [answer[3] for answer in answers]}


def _metric(record: dict[str, Any], of: tuple[str, str | None]) -> str:
    """The metric of the evaluation that the samples name, where the record has exactly one for it."""
    rows = results_of(record)
    fitting = [row for row in rows if of[1] and row.get("evaluation_result_id") == of[1]]
    fitting = fitting or [row for row in rows if row.get("evaluation_name") == of[0]] or rows
    names = {metric_of(row) for row in fitting}
    metric = names.pop() if len(names) == 1 else "score"
    return "score" if metric in sample_table.OWN else metric


def _record(folder: Folder, file: File) -> tuple[File, dict[str, Any]] | None:
    """The record beside the samples: the one of its name, else the only one that names the file."""
    stem = file.name.removesuffix(_END)
    named = folder.beside(f"{stem}.json")
    for beside in [named] if named is not None else list(folder.files.values()):
        if beside is file or not beside.opens_json or not beside.mentions(b'"evaluation_results"', file.name.encode()):
            continue
        try:
            return beside, record_of(beside)
        except (UnreadableError, NotMine):
            continue
    return None


def _doubts(record: tuple[File, dict[str, Any]] | None, file: File, count: int) -> Doubts:
    """What keeps the file as a whole from being complete."""
    if record is None:
        doubts = Doubts()
        doubts.partial("no record lies beside it, so nothing says which tool measured, nor that all samples are there")
        return doubts
    doubts = doubts_of(record[1])
    told = fields.table(record[1], "detailed_evaluation_results")
    rows = fields.whole(told, "total_rows", least=0)
    digest = fields.hex_digest(told, "checksum")
    if rows is not None and rows != count:
        doubts.partial(f"{count} rows, and its record counts {rows}")
    if digest is not None and digest != file.sha256:
        doubts.partial("its bytes are not those that its record gives the digest of")
    if rows is None and digest is None:
        doubts.partial("its record neither counts its rows nor gives its digest")
    return doubts


def _named(model: str) -> dict[str, Any]:
    return named(model)


def _doubt_table(doubts: Doubts, table: _Table, without: int) -> None:
    for count, what in (
        (table.repeated, "rows repeat the id of an earlier row"),
        (table.changed, "rows ask another question under the same id"),
        (table.broke, "samples ended in an error"),
    ):
        if count:
            doubts.partial(f"{count} {what}")
    if without == len(table.docs):
        doubts.failed("no sample has a score")
    elif without:
        doubts.partial(f"{without} of {len(table.docs)} samples have no number for a score")


COLLECTOR = EveryEvalEverSamples()
