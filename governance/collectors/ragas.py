"""Scores of Ragas, which lets a language model judge answers that rest on retrieved texts.

*Reads* its results as people save them, for it has no file of its own: CSV, JSON lines or a JSON list of rows, with or without
a column of numbers in front; told by its names for questions and answers beside names of its metrics, of versions 0.1 to 0.4.

*Says* the mean of each metric over the samples that have one. A sample without a number is one that the judge could not
score; it is counted, and makes the evidence partial.

*Does not say* who judged, which model answered, or when: the rows do not hold it, so the model is unknown and the evidence is tied
to none until somebody declares it. CSV and JSON lines have no end mark: rows cut off at a line's end are not missed. Columns
that are not known as metrics are passed over, and questions, answers and contexts are never copied.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import csv_table, eval_body
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine, OneFile, Tried, recognised
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "ragas"
MOST_ROWS = 200_000
_NAMES = """
agent_goal_accuracy agent_goal_accuracy_with_reference agent_goal_accuracy_without_reference answer_accuracy
answer_correctness answer_relevance answer_relevancy answer_similarity aspect_critic bleu_score chrf_score coherence
conciseness context_entity_recall context_precision context_recall context_relevance context_relevancy
context_utilization correctness datacompy_score domain_specific_rubrics exact_match factual_correctness faithfulness
faithfulness_with_hhem harmfulness id_based_context_precision id_based_context_recall instance_rubrics
llm_context_precision_with_reference llm_context_precision_without_reference llm_context_recall
llm_sql_equivalence_with_reference maliciousness multi_modal_faithfulness multi_modal_relevance
noise_sensitivity noise_sensitivity_irrelevant noise_sensitivity_relevant non_llm_context_precision_with_reference
non_llm_context_recall non_llm_string_similarity nv_accuracy nv_context_relevance nv_response_groundedness quoted_spans
response_groundedness response_relevancy rouge_score semantic_similarity simple_criteria string_present
string_presence sql_semantic_equivalence summarization_score summary_score tool_call_accuracy tool_call_f1
topic_adherence
"""
METRICS = frozenset(_NAMES.split())
"""The names by which its metrics head their columns; some carry a mode behind, as in `factual_correctness(mode=f1)`."""
_ASKED = ("user_input", "question")
_GIVEN = ("response", "answer", "retrieved_contexts", "contexts", "reference", "ground_truth", "ground_truths")
_SHARE = re.compile(
    r"faithfulness|context_utilization|(?:\w+_)?(?:precision|recall)(?:_\w+)?|factual_correctness|exact_match"
)
"""Names of metrics that are shares, from 0 to 1. Others run from -1, or from 1 to 5."""
_MODE = re.compile(r"\(.{0,80}\)$")
_HEADER = re.compile(r'[^,"\r\n]+')
_KEY = re.compile(r'"([^"\\]{1,100})"\s*:')


class Ragas(OneFile):
    """Finds one evaluation run for each table of scores."""

    noun = Collector(name="ragas", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (Tried("0.4.3", "recorded", "2026-11-25"),)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for rows whose first one has the names, else what is missing."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """One evaluation run with the mean of each metric."""
        rows = _of_csv(file) if file.form == "text" else _of_json(file)
        scores: dict[str, list[float]] = {}
        count = 0
        for count, (place, row) in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise UnreadableError(f"more than {MOST_ROWS:,} rows")
            for name in row:
                if _is_metric(name):
                    scores.setdefault(name, [])
            for name, listed in scores.items():
                if (number := _number(row.get(name), f"{place}: {name}")) is not None:
                    listed.append(number)
        if not count or not scores:
            raise UnreadableError("holds no scored row", hint="Attach the table that was saved after the scoring.")
        results = [
            eval_body.result("samples", name, sum(listed) / len(listed) if listed else None, len(listed), of=count)
            for name, listed in scores.items()
        ]
        body = eval_body.body(TOOL, None, named(None), results)
        doubts = Doubts()
        for quality_row in results:
            _doubt(quality_row, doubts)
        subject = Subject(type=SubjectType.DOCUMENT, name=file.shown[-500:])
        yield self.found(folder, file, "eval-run.v1", body, subject, doubts=doubts)


def _missing(file: File) -> str | None:
    if file.form == "text":
        names = {name.strip() for name in _HEADER.findall(file.head.split(b"\n", 1)[0].decode("utf-8-sig", "replace"))}
    elif file.form == "json":
        names = set(_KEY.findall(file.head.decode("utf-8", "replace")))
    else:
        return f"its bytes are {file.form}, not text or json"
    if not names.intersection(_ASKED) or not names.intersection(_GIVEN):
        return "lacks questions with answers or contexts"
    if not any(map(_is_metric, names)):
        return "names no metric of Ragas"
    # "question", "answer" and "correctness" head many a table; the newer names only those of Ragas.
    if "user_input" not in names and not names.intersection(
        ("contexts", "ground_truth", "ground_truths", "retrieved_contexts")
    ):
        return "lacks contexts or a ground truth"
    return None


def _is_metric(name: str) -> bool:
    return len(name) <= 200 and _MODE.sub("", name) in METRICS


def _of_csv(file: File) -> Iterator[tuple[str, dict[str, Any]]]:
    for line, row in csv_table.parse(file.data()).rows:
        yield f"line {line}", dict(row)


def _of_json(file: File) -> Iterator[tuple[str, dict[str, Any]]]:
    """A list of objects, or an object on each line."""
    for place, row in _listed(file) if file.head.lstrip()[:1] == b"[" else _lines(file):
        if not isinstance(row, dict):
            raise UnreadableError(f"{place}: not an object")
        if any(isinstance(row.get(name), dict) for name in _ASKED):
            raise NotMine("a table by columns, or of another sort")
        yield place, row


def _listed(file: File) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(file.json(), start=1):
        yield f"row {number}", row


def _lines(file: File) -> Iterator[tuple[str, Any]]:
    for number, line in file.lines():
        if not line.strip():
            continue
        if line.strip() == b"{":
            raise NotMine("an object over several lines, which is no table")
        try:
            row = strict_json.loads_lenient(line)[0]
        except UnreadableError as error:
            raise UnreadableError(f"line {number}: {error.message}") from None
        yield f"line {number}", row


def _number(value: Any, what: str) -> float | None:
    """A score; an empty cell, null and NaN are a sample that was not scored."""
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", "nan", "none", "null")):
        return None
    if isinstance(value, bool):
        return float(value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise UnreadableError(f"{what} is not a number") from None
    return number if math.isfinite(number) else None


def _doubt(row: dict[str, Any], doubts: Doubts) -> None:
    if row["value"] is not None and _SHARE.fullmatch(_MODE.sub("", row["metric"])) and not 0 <= row["value"] <= 1:
        doubts.not_understood(f"{row['metric']} is {row['value']:g}, and no share of anything")
    if not row["n"]:
        doubts.failed(f"{row['metric']}: no sample was scored")
    elif row["n"] < row["n_original"]:
        doubts.partial(f"{row['metric']}: {row['n']:,} of {row['n_original']:,} samples were scored")


COLLECTOR = Ragas()
