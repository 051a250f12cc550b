"""Reports, test suites and snapshots of both lines of Evidently."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality, SubjectType


def column(name="length", score=0.5, *, moved=False, method="K-S p_value", limit=0.05):
    return {
        "column_name": name, "column_type": "num", "stattest_name": method, "stattest_threshold": limit,
        "drift_score": score, "drift_detected": moved, "current": {"small_distribution": {"x": [1], "y": [2]}},
    }  # fmt: skip


def old(*columns, share=None, **fields):
    moved = sum(each["drift_detected"] for each in columns)
    share = moved / len(columns) if share is None and columns else share
    summary = {
        "number_of_columns": len(columns),
        "share_of_drifted_columns": share,
        "dataset_drift": bool(share and share >= 0.5),
    }
    made = {
        "version": "0.5.9",
        "metrics": [
            {"metric": "DatasetDriftMetric", "result": {"drift_share": 0.5, **summary}},
            {"metric": "DataDriftTable", "result": {**summary, "drift_by_columns": {each["column_name"]: each for each in columns}}},
        ],
        "timestamp": "2026-11-22 13:58:35.299965",
    }  # fmt: skip
    return made | fields


def drift_of(config, value):
    return {"id": "d1", "metric_name": "ValueDrift(column=length)", "config": {"type": "evidently:metric_v2:ValueDrift", **config},
            "value": value}  # fmt: skip


def one_test(status, *, kind="RowCount", critical=True):
    config = {"type": "evidently:test_v2:EqualMetricTest", "is_critical": critical}
    return {
        "metrics": [
            {"id": "r1", "metric_name": f"{kind}()", "config": {"type": f"evidently:metric_v2:{kind}"}, "value": 150.0}
        ],
        "tests": [
            {"id": "eq", "name": "x", "metric_config": {"metric_id": "r1"}, "test_config": config, "status": status}
        ],
    }


@pytest.fixture
def of(write, read, tmp_path):
    def go(document):
        write("report.json", document)
        reading = read(tmp_path)
        return list(reading.found) or reading.not_read[0].reason

    return go


def test_every_recorded_version_is_read(sample, read):
    facts = {fact.path: fact for fact in read(sample("evidently")).found}
    said = {
        path: (fact.tool_version, round(fact.body["value"], 3), fact.body["limit"], fact.body["breached"])
        for path, fact in facts.items()
        if fact.kind == "drift.v1"
    }
    assert said == {
        "report-0.4.33.json": ("0.4.33", 0.0, 0.5, False),
        "tests-0.5.1.json": ("0.5.1", 0.0, 0.3, False),
        "report-0.6.7.json": ("0.6.7", 0.667, 0.5, True),
        "report-0.7.1.json": (None, 0.667, 0.5, True),
        "report-0.7.23.json": (None, 0.0, 0.5, False),
    }
    assert facts["report-0.4.33.json"].subject.type is SubjectType.SYSTEM


def test_each_column_keeps_its_method_and_bound(sample, read):
    (fact,) = read(sample("evidently") / "report-0.7.1.json").found
    length = fact.body["features"][0]
    assert (length["name"], length["method"], length["limit"], length["breached"]) == (
        "length",
        "K-S p_value",
        0.05,
        True,
    )


def test_tests_on_the_data_itself_are_a_check_of_data(sample, read):
    (fact,) = read(sample("evidently") / "stability-0.4.33.json").found
    assert (fact.kind, fact.subject.type) == ("data-quality.v1", SubjectType.DATA_SET)
    assert [fact.body[key] for key in ("rules", "passed", "failed", "not_run", "rows")] == [11, 7, 4, 0, 150]
    assert {"rule": "Mean Value Stability", "column": "length", "unexpected": None, "severity": None} in fact.body[
        "failures"
    ]


def test_a_time_without_a_zone_is_no_moment(of):
    (fact,) = of(old(column()))
    assert fact.effective_at is None
    assert fact.body["local_time"] == "2026-11-22 13:58:35.299965"


def test_the_values_of_the_data_are_not_copied(of):
    (fact,) = of(old(column()))
    assert "small_distribution" not in json.dumps(fact.body)


def test_no_column_compared_is_no_pass(of):
    (fact,) = of(old(share=0.0))
    assert fact.quality is Quality.FAILED


def test_a_test_suite_without_tests_is_not_read(of):
    said = of({"version": "0.4.33", "tests": [], "summary": {"all_passed": True, "total_tests": 0}, "timestamp": "x"})
    assert "without a single test" in said


def test_a_distance_that_is_no_number_is_failed(of):
    (fact,) = of(json.dumps(old(column(score=float("nan")))))
    assert (fact.quality, fact.body["features"][0]["value"], fact.body["not_finite"]) == (Quality.FAILED, None, 1)


def test_a_share_that_its_columns_do_not_bear_out_is_not_understood(of):
    (fact,) = of(old(column(moved=True), column("score", moved=True), share=0.0))
    assert fact.quality is Quality.NOT_UNDERSTOOD


def test_columns_looked_at_one_by_one_come_to_a_fact_each(of):
    rows = [{"metric": "ColumnDriftMetric", "result": column(name)} for name in ("a", "b")]
    facts = of({"version": "0.6.0", "metrics": rows, "timestamp": "2026-11-22 13:58:35"})
    assert [fact.body["metric"] for fact in facts] == ["how far the column a moved", "how far the column b moved"]


@pytest.mark.parametrize(
    ("method", "value", "limit", "breached"),
    [
        ("K-S p_value", 0.01, 0.05, True), ("ks", 0.2, 0.05, False), ("psi", 0.3, 0.1, True), ("psi", 0.05, 0.1, False),
        ("Wasserstein distance (normed)", 0.1, 0.1, True), ("Jensen-Shannon distance", 0.01, 0.1, False),
        ("a method of our own", 0.3, 0.1, None), ("psi", 0.3, None, None), (None, 0.3, 0.1, None),
    ],
)  # fmt: skip
def test_the_direction_of_a_method_decides_and_is_not_guessed(method, value, limit, breached, of):
    config = {"column": "length", "method": method, "threshold": limit}
    (fact,) = of({"metrics": [drift_of(config, value)], "tests": []})
    assert (fact.body["value"], fact.body["breached"]) == (value, breached)


@pytest.mark.parametrize(
    ("status", "numbers"),
    [("SUCCESS", (1, 0, 0)), ("FAIL", (0, 1, 0)), ("WARNING", (0, 1, 0)), ("ERROR", (0, 0, 1)), ("SKIPPED", (0, 0, 1)),
     ("TestStatus.FAIL", (0, 1, 0))],
)  # fmt: skip
def test_the_end_of_a_test_is_kept_broken_or_not_run(status, numbers, of):
    (fact,) = of(one_test(status))
    assert tuple(fact.body[key] for key in ("passed", "failed", "not_run")) == numbers
    assert fact.quality is (Quality.PARTIAL if numbers[2] else Quality.COMPLETE)
    assert fact.body["rows"] == 150


def test_an_end_that_is_not_known_is_not_read(of):
    assert "no end that is known" in of(one_test("MAYBE"))


def test_tests_on_a_model_are_no_check_of_the_data(write, read, tmp_path):
    write("report.json", one_test("FAIL", kind="F1Score"))
    assert read(tmp_path).found == ()


@pytest.mark.parametrize("value", [None, 7, "x", [1], [None], {"a": 1}])
def test_fields_of_another_sort_never_come_to_a_whole_fact(value, write, read, tmp_path):
    for key in ("metrics", "tests", "metric_results", "suite"):
        write("report.json", json.dumps({"note": "evidently.", "x": "evidently:", key: value, "stattest_name": 1}))
        reading = read(tmp_path)
        assert not [entry for entry in reading.not_read if entry.reason.startswith("the collector")]
        assert not [fact for fact in reading.found if fact.quality is Quality.COMPLETE]


def test_a_verdict_that_does_not_follow_from_number_and_bound_is_not_understood(read, write):
    flipped = column(score=0.001, moved=False)
    (fact,) = read(write("flipped.json", old(flipped, column("b")))).found
    assert fact.quality is Quality.NOT_UNDERSTOOD
    whole = old(column(score=0.001, moved=True), column("b", score=0.002, moved=True))
    for each in whole["metrics"]:
        each["result"]["dataset_drift"] = False
    (fact,) = read(write("whole.json", whole)).found
    assert fact.quality is Quality.NOT_UNDERSTOOD
    (fact,) = read(write("share.json", old(column(score=0.001, moved=True), share=1.7))).found
    assert fact.quality is Quality.NOT_UNDERSTOOD
