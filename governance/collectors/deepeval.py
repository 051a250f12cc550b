"""Test runs of DeepEval, which lets a language model grade the answers of another.

*Reads* the test run that it leaves (`test_run_<time>.json`, `.latest_test_run.json`, `.latest_run_full.json`) and an
`EvaluationResult` saved as JSON, of versions 0.20 to 4, told by their test cases with metrics, in either spelling of the names.

*Says* the mean score of each metric over the test cases that have one, its threshold, the share of cases that passed, and
which model graded. A case without a metric or a score, or with an error, was not judged and makes the evidence partial.

*Does not say* that the judge is right, or which weights answered: the tool knows a name at most, and only where somebody
logged it. It keeps no clock and no version of its own. Questions, answers and reasons are never copied.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import eval_body
from governance.collectors.reading import fields
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "deepeval"
MOST_METRICS = 500
_CASES = ("testCases", "conversationalTestCases", "test_results", "test_cases", "conversational_test_cases")
_METRICS = ("metricsData", "metrics_data", "metricsMetadata", "metrics_metadata")
_RUN = re.compile(rb'"(?:testCases|test_results|test_cases|conversationalTestCases)"\s*:\s*\[')


class DeepEval(OneFile):
    """Finds one evaluation run for each test run."""

    noun = Collector(name="deepeval", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (Tried("2.9.7", "recorded", "2026-11-25"), Tried("4.3.1", "recorded", "2026-11-25"))
    marks = Marks(
        form="json",
        any_of=(b'"metricsData"', b'"metrics_data"', b'"metricsMetadata"', b'"metricsScores"', b'"metrics_metadata"'),
        pattern=_RUN,
    )

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """One evaluation run, with the mean of each metric."""
        data = file.json()
        if isinstance(data, dict) and isinstance(data.get("testRunData"), dict):
            data = data["testRunData"]
        if not isinstance(data, dict) or not any(isinstance(data.get(key), list) for key in _CASES):
            raise NotMine("holds no test cases")
        cases = [case for key in _CASES for case in fields.rows(data, key)]
        if not all(isinstance(case, dict) for case in cases):
            raise UnreadableError("a test case is not an object")
        if not cases:
            raise UnreadableError("holds no test case", hint="A run without one case is no result; run it again.")
        hyper = fields.table(data, "hyperparameters")
        name = _logged(hyper.get("model")) or fields.name(data, "model")
        metrics = _metrics(cases)
        body = eval_body.body(
            TOOL,
            None,
            named(name),
            _results(data, cases, metrics),
            judges=sorted({judge for metric in metrics.values() for judge in metric["judges"]}) or None,
            thresholds={
                name: metric["threshold"] for name, metric in metrics.items() if metric["threshold"] is not None
            },
            sample_errors=sum(metric["errors"] for metric in metrics.values()),
        )
        body["not_finite"] = file.not_finite
        doubts = eval_body.judged(body)
        _compare(data, cases, metrics, doubts)
        subject = Subject(type=SubjectType.MODEL, name=body["model"]["name"])
        yield self.found(folder, file, "eval-run.v1", body, subject, doubts=doubts)


def _logged(value: Any) -> str | None:
    """A hyperparameter's value; some versions wrap it."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("value") or value.get("model")
    return fields.name({"model": value}, "model") if isinstance(value, str) else None


def _metrics(cases: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By metric: its scores, the errors, how many passed, the threshold and the judges."""
    made: dict[str, dict[str, Any]] = {}
    for case in cases:
        for row in next((fields.rows(case, key) for key in _METRICS if case.get(key) is not None), []):
            if not isinstance(row, dict):
                raise UnreadableError("a metric of a test case is not an object")
            name = fields.text(row, "name", most=200) or fields.text(row, "metric", most=200)
            if name is None:
                raise UnreadableError("a metric of a test case has no name")
            if name not in made and len(made) >= MOST_METRICS:
                raise UnreadableError(f"more than {MOST_METRICS} metrics")
            metric = made.setdefault(name, {"scores": [], "passes": 0, "errors": 0, "threshold": None, "judges": set()})
            _take(metric, row)
    return made


def _take(metric: dict[str, Any], row: dict[str, Any]) -> None:
    score, success = fields.number(row, "score"), fields.flag(row, "success")
    judge = fields.text(row, "evaluationModel", most=2000) or fields.text(row, "evaluation_model", most=2000)
    if judge:
        metric["judges"].add(judge[:200])
    limits = (fields.number(row, key) for key in ("threshold", "minimumScore", "minimum_score"))
    metric["threshold"] = next((limit for limit in limits if limit is not None), metric["threshold"])
    if row.get("error") or score is None:
        metric["errors"] += 1
        return
    metric["scores"].append(score)
    metric["passes"] += bool(success)


def _results(
    data: dict[str, Any], cases: list[dict[str, Any]], metrics: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    task = fields.text(data, "datasetAlias", most=300) or fields.text(data, "identifier", most=300) or "test cases"
    said = [fields.flag(case, "success") if _is_judged(case) else None for case in cases]
    known = [success for success in said if success is not None]
    passed = sum(known) / len(known) if known else None
    made = [eval_body.result(task, "pass_rate", passed, len(known), of=len(cases), higher_is_better=True)]
    for name, metric in metrics.items():
        scores = metric["scores"]
        mean = sum(scores) / len(scores) if scores else None
        made.append(eval_body.result(task, name, mean, len(scores), of=len(scores) + metric["errors"]))
    return made


def _is_judged(case: dict[str, Any]) -> bool:
    """Whether any metric looked at a case, or at a step of what led to it; without one it passes for nothing."""
    trace = fields.table(case, "trace")
    spans = [span for key in trace if key.endswith("Spans") for span in fields.rows(trace, key)]
    holders = [case, trace, *(span for span in spans if isinstance(span, dict))]
    return any(fields.rows(holder, key) for holder in holders for key in _METRICS)


def _compare(
    data: dict[str, Any], cases: list[dict[str, Any]], metrics: dict[str, dict[str, Any]], doubts: Any
) -> None:
    """Hold the tool's own sums against the test cases. An `EvaluationResult` has none."""
    if not metrics:
        doubts.failed("no test case has a metric")
    for case in cases:
        rows = [row for key in _METRICS for row in fields.rows(case, key)]
        if case.get("success") is True and any(row.get("success") is False for row in rows):
            doubts.not_understood("a test case is said to have passed although one of its metrics did not")
    if "test_results" in data:
        return
    said = Counter(fields.flag(case, "success") for case in cases)
    passed, failed = (fields.whole(data, key, least=0) for key in ("testPassed", "testFailed"))
    if passed is None and failed is None:
        doubts.partial("the tool's own sums are missing: the run did not come to its end")
    elif (passed or 0) + (failed or 0) > len(cases):
        doubts.partial(f"{len(cases):,} of {(passed or 0) + (failed or 0):,} test cases are in the file")
    elif (passed or 0) != said[True] or not said[False] <= (failed or 0) <= said[False] + said[None]:
        doubts.not_understood("the tool counts other passed and failed test cases than there are")
    for row in fields.rows(data, "metricsScores"):
        name = fields.text(row, "metric", most=200) if isinstance(row, dict) else None
        if name in metrics and len(fields.rows(row, "scores")) > len(metrics[name]["scores"]):
            doubts.partial(f"{name}: scores are missing from the file")


COLLECTOR = DeepEval()
