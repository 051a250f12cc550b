"""The results of Evidently in one form, whichever of its two lines wrote them.

Up to 0.6 a report is `{version, metrics: [{metric, result}], timestamp}` and a test suite `{version, tests, summary,
timestamp}`; a snapshot keeps both below `suite`, with the Python class of each result as its `type`. From 0.7 on a
report is `{metrics, tests}` and a snapshot `{metric_results: {id: …}, timestamp}`. Sources: `evidently/report`,
`evidently/test_suite` and `evidently/suite` of 0.4, and `evidently/core/report.py` of 0.7.

A test of significance finds drift where its p-value is below the threshold, a distance where it is at or above it
(`evidently/legacy/calculations/stattests`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from governance.collectors.reading import fields
from governance.errors import UnreadableError

MOST_ENTRIES = 20_000
_P_VALUES = frozenset({"ks", "chisquare", "z", "anderson", "fisher_exact", "cramer_von_mises", "g-test", "mannw", "es",
                       "t_test", "tvd", "emperical_mmd", "empirical_mmd", "perc_text_content_drift_p"})  # fmt: skip
_DISTANCES = re.compile(
    r"wasserstein|jensen|kl_div|kullback|psi|hellinger|energy|\bed\b|\btvd distance\b", re.IGNORECASE
)
_STATUSES = frozenset({"SUCCESS", "FAIL", "WARNING", "ERROR", "SKIPPED"})
_OF_DATA = frozenset({"data_integrity", "data_quality"})
_NEW_OF_DATA = re.compile(r"(?:Count|Value)$")
_NAMED = re.compile(r"(\w{1,80})\((.*)\)\Z", re.DOTALL)
_CLASSES = {
    "DatasetDriftMetricResults": "DatasetDriftMetric",
    "DataDriftTableResults": "DataDriftTable",
    "ColumnDataDriftMetrics": "ColumnDriftMetric",
    "DatasetMissingValuesMetricResult": "DatasetMissingValuesMetric",
    "DatasetSummaryMetricResult": "DatasetSummaryMetric",
}


@dataclass(frozen=True)
class Column:
    """How far one column moved; `breached` None where it can not be told."""

    name: str
    method: str | None
    score: float | int | None
    limit: float | int | None
    breached: bool | None


@dataclass(frozen=True)
class Share:
    """The share of columns that moved, from 0 to 1, and the bound on it."""

    value: float | int | None
    limit: float | int | None
    breached: bool | None
    columns: int | None = None
    failed_to_run: bool = False


@dataclass(frozen=True)
class Test:
    """One test on the data itself."""

    name: str
    status: str
    column: str | None
    critical: bool | None = None


@dataclass
class Results:
    """What one file comes to. `time` is the text as written; up to 0.6 and in the snapshots it has no zone."""

    version: str | None = None
    time: str | None = None
    name: str | None = None
    share: Share | None = None
    by_name: dict[str, Column] = field(default_factory=dict)
    checks: list[Test] = field(default_factory=list)
    reference_rows: int | None = None
    current_rows: int | None = None

    @property
    def columns(self) -> list[Column]:
        """The columns in the order in which they were met."""
        return list(self.by_name.values())


def of(document: Any) -> Results | None:
    """The results in a document, None for one of another sort. Raises `UnreadableError` for a broken one."""
    if not isinstance(document, dict):
        return None
    results = Results(
        version=fields.plain(document, "version"),
        time=fields.text(document, "timestamp", most=100),
        name=fields.name(document, "name"),
    )
    if isinstance(document.get("suite"), dict):
        _old(results, _classes(document["suite"], "metric_results"), _objects(document["suite"], "test_results"))
    elif isinstance(document.get("metric_results"), dict):
        _new_snapshot(results, _objects({"all": list(document["metric_results"].values())}, "all"))
    elif isinstance(document.get("metrics"), list) and any("metric" in row for row in _objects(document, "metrics")):
        _old(results, _old_metrics(document), _objects(document, "tests"))
    elif isinstance(document.get("tests"), list) and isinstance(document.get("summary"), dict):
        tests = _objects(document, "tests")
        if not tests:
            raise UnreadableError("a test suite without a single test, which can pass nothing")
        if fields.whole(document["summary"], "total_tests") not in (None, len(tests)):
            raise UnreadableError("the summary counts other tests than are listed")
        _old(results, [], tests)
    elif isinstance(document.get("metrics"), list):
        _new_report(results, _objects(document, "metrics"), _objects(document, "tests"))
    else:
        return None
    return results


def _objects(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    rows = fields.rows(holder, key)
    if len(rows) > MOST_ENTRIES or not all(isinstance(row, dict) for row in rows):
        raise UnreadableError(f"{key} holds more than {MOST_ENTRIES:,} entries, or one that is no object")
    return rows


def _old_metrics(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(str(row.get("metric")), fields.table(row, "result")) for row in _objects(document, "metrics")]


def _classes(suite: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    """Results of a snapshot under the names that reports use."""
    named = ((re.split(r"[.:]", str(row.get("type")))[-1], row) for row in _objects(suite, key))
    return [(_CLASSES.get(name, name), row) for name, row in named]


def _old(results: Results, metrics: list[tuple[str, dict[str, Any]]], tests: list[dict[str, Any]]) -> None:
    """Versions up to 0.6."""
    for name, result in metrics:
        if name in ("DatasetDriftMetric", "DataDriftTable"):
            _old_share(results, result)
        elif name == "ColumnDriftMetric":
            column = fields.text(result, "column_name", most=1000)
            _add(results, _old_column(column or "a column without a name", result))
        elif name in ("DatasetMissingValuesMetric", "DatasetSummaryMetric"):
            results.current_rows = _rows(result, "current") or results.current_rows
            results.reference_rows = _rows(result, "reference") or results.reference_rows
    for test in tests:
        _old_test(results, test)


def _rows(result: dict[str, Any], key: str) -> int | None:
    return fields.whole(fields.table(result, key), "number_of_rows", least=0)


def _old_share(results: Results, result: dict[str, Any]) -> None:
    """A summary over all columns; two of them are in the usual set, and only one names the bound."""
    limit = fields.number(result, "drift_share")
    moved = fields.flag(result, "dataset_drift")
    if results.share is None or results.share.limit is None:
        value = fields.number(result, "share_of_drifted_columns")
        results.share = Share(value, limit, moved, fields.whole(result, "number_of_columns", least=0))
    for name, column in fields.table(result, "drift_by_columns").items():
        if not isinstance(column, dict):
            raise UnreadableError("a column under drift_by_columns is not an object")
        _add(results, _old_column(name, column))


def _old_column(name: str, result: dict[str, Any]) -> Column:
    return Column(
        name,
        fields.text(result, "stattest_name", most=200),
        fields.number(result, "drift_score"),
        fields.number(result, "stattest_threshold"),
        fields.flag(result, "drift_detected"),
    )


def _old_test(results: Results, test: dict[str, Any]) -> None:
    """A test of a suite. Those on drift give their numbers; those on the data itself count as its checks."""
    status = _status(test)
    parameters = fields.table(test, "parameters")
    column = fields.plain(parameters, "column_name", most=300)
    if "features" in parameters and fields.text(test, "group") == "data_drift":
        features = fields.table(parameters, "features")
        for name, feature in features.items():
            _add(results, _tested_column(name, feature))
        limit = _bound(fields.table(parameters, "condition"))
        moved = sum(isinstance(each, dict) and each.get("detected") is True for each in features.values())
        value = moved / len(features) if features else None
        failed = status in ("FAIL", "WARNING") if status in ("FAIL", "WARNING", "SUCCESS") else None
        results.share = Share(value, limit, failed, len(features), failed is None)
    elif fields.text(test, "group") == "data_drift" and column and "score" in parameters:
        _add(results, _tested_column(column, parameters))
    elif fields.text(test, "group") in _OF_DATA:
        name = fields.text(test, "name", most=1000) or "a test without a name"
        results.checks.append(Test(name, status, column))
        if name == "Number of Rows" and results.current_rows is None:
            results.current_rows = fields.whole(parameters, "value", least=0)


def _tested_column(name: str, entry: Any) -> Column:
    if not isinstance(entry, dict):
        raise UnreadableError("a feature of a test is not an object")
    return Column(
        name,
        fields.text(entry, "stattest", most=200),
        fields.number(entry, "score"),
        fields.number(entry, "threshold"),
        fields.flag(entry, "detected"),
    )


def _bound(condition: dict[str, Any]) -> float | int | None:
    """The upper bound of a condition such as `{"lt": 0.3}`; None for every other sort."""
    for key in ("lt", "lte"):
        value = condition.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
    return None


def _add(results: Results, column: Column) -> None:
    """A column once: the full numbers of a table come before the rounded ones of a test."""
    results.by_name.setdefault(column.name, column)


def _status(test: dict[str, Any]) -> str:
    status = str(test.get("status")).rsplit(".", 1)[-1].upper()
    if status not in _STATUSES:
        raise UnreadableError(f"a test ended as {status[:50]!r}, which is no end that is known")
    return status


def _new_report(results: Results, metrics: list[dict[str, Any]], tests: list[dict[str, Any]]) -> None:
    """A report of 0.7: numbers in one list, tests in another, tied by the id of the metric."""
    by_metric: dict[str, list[dict[str, Any]]] = {}
    for test in tests:
        by_metric.setdefault(str(fields.table(test, "metric_config").get("metric_id")), []).append(test)
    for row in metrics:
        kind, settings = _named(row)
        _new(results, kind, settings, row.get("value"), by_metric.get(str(row.get("id")), []))


def _named(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Sort and settings of a metric: from `config`, or from a name such as `ValueDrift(column=length,method=psi)`."""
    settings = dict(fields.table(row, "config"))
    shown = fields.text(row, "metric_name", most=100_000) or fields.text(row, "metric_id", most=100_000) or ""
    match = _NAMED.match(shown)
    if match is None and "type" not in settings:
        return "", {}
    if match is not None:
        pairs = (part.split("=", 1) for part in match[2].split(",") if "=" in part)
        for key, value in pairs:
            settings.setdefault(key.strip(), _plain(value.strip()))
    kind = str(settings.get("type", match[1] if match else "")).rsplit(":", 1)[-1]
    return kind, settings


def _plain(text: str) -> Any:
    """A setting written into a name: a number, or text."""
    return float(text) if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", text) else text


def _new_snapshot(results: Results, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        settings = fields.table(fields.table(fields.table(row, "metric_value_location"), "metric"), "params")
        value = row.get("value")
        if isinstance(row.get("share"), dict):
            value = {"count": fields.table(row, "count").get("value"), "share": row["share"].get("value")}
        _new(results, str(settings.get("type")).rsplit(":", 1)[-1], settings, value, _objects(row, "tests"))


def _new(results: Results, kind: str, settings: dict[str, Any], value: Any, tests: list[dict[str, Any]]) -> None:
    """One metric of 0.7 with its tests."""
    column = fields.plain(settings, "column", most=300)
    if kind == "DriftedColumnsCount":
        results.share = _new_share(settings, value, tests)
    elif kind == "ValueDrift":
        _add(results, _new_column(column or "a column without a name", settings, value, tests))
    elif _NEW_OF_DATA.search(kind):
        if kind == "RowCount" and isinstance(value, (int, float)):
            results.current_rows = fields.whole({"rows": value}, "rows", least=0)
        for test in tests:
            name = f"{kind} {fields.plain(test, 'id') or ''}".strip()
            critical = fields.flag(fields.table(test, "test_config"), "is_critical")
            results.checks.append(Test(name, _status(test), column, critical))


def _new_share(settings: dict[str, Any], value: Any, tests: list[dict[str, Any]]) -> Share:
    """The share with its own bound, or with that of the test on the share, which stands for the bound that was meant."""
    share = fields.number(value, "share") if isinstance(value, dict) else None
    for test in tests:
        config = fields.table(test, "test_config")
        on_count = fields.table(test, "bound_test").get("is_count")
        if str(config.get("type")).endswith("LessThanMetricTest") or str(config.get("type")).endswith(
            "LessOrEqualMetricTest"
        ):
            limit, status = fields.number(config, "threshold"), _status(test)
            if limit is not None and on_count is not True:
                ran = status in ("FAIL", "WARNING", "SUCCESS")
                return Share(share, limit, status != "SUCCESS" if ran else None, failed_to_run=not ran)
    limit = fields.number(settings, "drift_share")
    return Share(share, limit, None if share is None or limit is None else share >= limit)


def _new_column(name: str, settings: dict[str, Any], value: Any, tests: list[dict[str, Any]]) -> Column:
    """One column; the early form names method and threshold in the words of its test alone."""
    score = fields.as_number(value.get("value") if isinstance(value, dict) else value, "value")
    method = fields.plain(settings, "method")
    limit = fields.number(settings, "threshold") if settings.get("threshold") is not None else None
    drift = next((test for test in tests if fields.plain(test, "id") == "drift"), None)
    if drift is not None and (method is None or limit is None):
        said = re.search(
            r"drift detection method is (.{1,150}?)\. The drift threshold is (\d+(?:\.\d+)?)",
            fields.text(drift, "description", most=10_000) or "",
        )
        if said:
            method, limit = method or said[1], limit if limit is not None else float(said[2])
    if drift is not None and (status := _status(drift)) in ("FAIL", "WARNING", "SUCCESS"):
        return Column(name, method, score, limit, status != "SUCCESS")
    return Column(name, method, score, limit, moved(method, score, limit))


def moved(method: str | None, score: float | int | None, limit: float | int | None) -> bool | None:
    """Whether a score counts as drift under its method; None where the direction of the method is not known."""
    if method is None or score is None or limit is None:
        return None
    if "p_value" in method.lower() or method.lower() in _P_VALUES:
        return score < limit
    return score >= limit if _DISTANCES.search(method) else None
