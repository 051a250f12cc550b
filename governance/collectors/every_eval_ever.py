"""Evaluation results in the shared form of Every Eval Ever.

*Reads* one record of that form, schema 0.1 to 0.3: a JSON document with `schema_version`, `evaluation_id`, `model_info` and
`evaluation_results`, whichever tool's results were converted into it.

*Says* which score each evaluation gave, of which model, measured by which tool and judged by which other models; how sure
the number is where the record says so; and in which direction better lies, which the form demands to be stated. A record
that repeats published numbers is partial, one whose template was not filled in is a placeholder, and a score that is no
number, or an unknown level, is failed. Doubts that came with a record written by `govern` are kept.

*Does not say* that the results were converted rightly: some converters fill in a direction and bounds that the tool
never gave. The moment at which a record was retrieved is not when the model was measured, and is not taken for it.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import eval_body
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Quality, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "every_eval_ever"
MOST_RESULTS = 20_000
_TEMPLATE = re.compile(r"<[^<>]{1,100}>")


class EveryEvalEver(OneFile):
    """Finds one evaluation run for each record."""

    noun = Collector(name="every-eval-ever", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (
        Tried("0.1.0", "written", "2026-11-25"),
        Tried("0.2.0", "written", "2026-11-25"),
        Tried("0.3.0", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json", words=(b'"schema_version"', b'"evaluation_id"', b'"model_info"', b'"evaluation_results"')
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run that the record tells of."""
        record = record_of(file)
        results = [_result(row, version_of(record), place) for place, row in enumerate(results_of(record), start=1)]
        model = model_of(record)
        harness = harness_of(record)
        judges = sorted({name for row in results_of(record) for name in _judges(row)})
        body = eval_body.body(
            harness["name"], harness["version"], model, results, not_finite=file.not_finite, judges=judges
        )
        subject = Subject(type=SubjectType.MODEL, name=model["name"])
        doubts = doubts_of(record)
        _doubt_results(record, results, doubts)
        yield self.found(
            folder, file, "eval-run.v1", body, subject,
            doubts=doubts, at=moment_of(record), version=version_of(record),
        )  # fmt: skip


def record_of(file: File) -> dict[str, Any]:
    """The record in a file. Raises `NotMine` for a document of another sort."""
    record = file.json()
    if (
        not isinstance(record, dict)
        or not isinstance(record.get("model_info"), dict)
        or not isinstance(record.get("evaluation_results"), list)
    ):
        raise NotMine("not a record with model_info and evaluation_results")
    return record


def version_of(record: dict[str, Any]) -> str | None:
    """The version of the schema that the record names."""
    return fields.plain(record, "schema_version")


def results_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The results as objects."""
    rows = fields.rows(record, "evaluation_results")
    if len(rows) > MOST_RESULTS or not all(isinstance(row, dict) for row in rows):
        raise not_understood(TOOL, version_of(record), "evaluation_results is not a list of objects")
    return rows


def harness_of(record: dict[str, Any]) -> dict[str, Any]:
    """The tool whose results were converted; a version may repeat its name, as in `inspect_ai:0.3.285`."""
    library = fields.table(record, "eval_library")
    name = fields.text(library, "name", most=200) or "unknown"
    version = (fields.plain(library, "version") or "").removeprefix(f"{name}:")
    return {"name": name, "version": None if version in ("", "unknown") else version}


def model_of(record: dict[str, Any]) -> dict[str, Any]:
    """The model by the name that says more: a path, or owner and name, before a bare name and one with its loader."""
    info = fields.table(record, "model_info")
    name, identity = fields.text(info, "name"), fields.text(info, "id")
    path = name is not None and "/" in name and not name.endswith(f"/{identity}")
    shown = name if path or identity is None else identity
    revision = fields.plain(fields.table(info, "additional_details"), "revision")
    return named(shown, revision=revision)


def moment_of(record: dict[str, Any]) -> datetime | None:
    """When the model was measured: the record's own moment, else the one that all its results share."""
    told = [record.get("evaluation_timestamp")]
    if told == [None]:
        told = list({str(row.get("evaluation_timestamp")) for row in results_of(record)})
    return _moment(told[0]) if len(told) == 1 else None


def _moment(text: Any) -> datetime | None:
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return moments.of_epoch(float(text))
    return moments.of_text(text)


def doubts_of(record: dict[str, Any]) -> Doubts:
    """What keeps the record as a whole from being complete."""
    doubts = Doubts()
    source = fields.table(record, "source_metadata")
    sort = fields.text(source, "source_type", most=100)
    if sort == "documentation":
        doubts.partial("the record repeats published numbers and does not come from a run")
    elif sort != "evaluation_run":
        doubts.partial("the record does not say whether it comes from a run")
    info = fields.table(record, "model_info")
    for holder, name in ((source, "source_name"), (source, "source_organization_name"), (info, "name"), (info, "id")):
        value = fields.text(holder, name)
        if value and _TEMPLATE.fullmatch(value):
            doubts.placeholder(f"{name} is still the template's own {value[:60]}")
    if model_of(record)["name"] == "unknown":
        doubts.partial("the record does not name the model")
    return doubts


def _doubt_results(record: dict[str, Any], results: list[dict[str, Any]], doubts: Doubts) -> None:
    if not results:
        doubts.failed("the record holds no result")
    for row in results:
        what = f"{row['metric']} of {row['task']}"
        if row["value"] is None:
            doubts.failed(f"{what} is not a number")
        if row["n"] == 0:
            doubts.failed(f"{what}: no sample was scored")
        if row["n"] is not None and row["n_original"] is not None and row["n"] < row["n_original"]:
            doubts.partial(f"{what}: {row['n']} of {row['n_original']} samples")
    for row in results_of(record):
        _doubt_as_told(fields.table(fields.table(row, "score_details"), "details"), doubts)


def _doubt_as_told(details: dict[str, Any], doubts: Doubts) -> None:
    """The doubts that our own export wrote beside the score."""
    quality, reasons = details.get("quality"), details.get("quality_reasons")
    if quality in set(Quality) - {Quality.COMPLETE}:
        why = reasons if isinstance(reasons, str) and reasons else "the record says so"
        doubts.add(Quality(quality), why)


def _result(row: dict[str, Any], version: str | None, place: int) -> dict[str, Any]:
    name = fields.text(row, "evaluation_name", most=2000)
    details = fields.table(row, "score_details")
    if name is None or "score" not in details:
        raise not_understood(TOOL, version, f"result {place} has no evaluation_name or no score")
    config, data = fields.table(row, "metric_config"), fields.table(row, "source_data")
    uncertainty = fields.table(details, "uncertainty")
    score = fields.as_number(details["score"], f"the score of result {place}")
    lower = fields.flag(config, "lower_is_better")
    unknown = fields.flag(config, "has_unknown_level") and score == -1
    return {
        "task": name[:300],
        "metric": metric_of(row),
        "filter": None,
        "value": None if unknown else score,
        "stderr": _error(uncertainty),
        "n": fields.whole(uncertainty, "num_samples", least=0),
        "n_original": fields.whole(data, "samples_number", least=0),
        "higher_is_better": None if lower is None else not lower,
        "task_version": None,
        "task_digest": None,
        "data_set": fields.text(data, "hf_repo", most=300),
        "unit": fields.text(config, "metric_unit", most=100),
    }


def metric_of(row: dict[str, Any]) -> str:
    """What was measured: the metric's id, its name, or (before 0.3) its description; else plainly the score."""
    config = fields.table(row, "metric_config")
    for key in ("metric_id", "metric_name", "evaluation_description"):
        if value := fields.text(config, key, most=20_000):
            return value[:200]
    return "score"


def _error(uncertainty: dict[str, Any]) -> float | int | None:
    """The standard error; early records wrote the number alone, later ones an object with its method."""
    told = uncertainty.get("standard_error")
    value = fields.number(told, "value") if isinstance(told, dict) else fields.as_number(told, "standard_error")
    return value if value is None or value >= 0 else None


def _judges(row: dict[str, Any]) -> Iterator[str]:
    scoring = fields.table(fields.table(row, "metric_config"), "llm_scoring")
    for judge in fields.rows(scoring, "judges"):
        info = fields.table(judge, "model_info") if isinstance(judge, dict) else {}
        name = fields.text(info, "id") or fields.text(info, "name")
        if name:
            yield name[:200]


COLLECTOR = EveryEvalEver()
