"""Validation results of Great Expectations: what was kept, broken and never run."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

NOT_NULL = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "question", "batch_id": "desk"}}
RAISED = {"raised_exception": True, "exception_message": "no such column", "exception_traceback": "secret"}


def row(success=True, *, count=12, unexpected=0, info=None, **config):
    return {
        "success": success,
        "expectation_config": NOT_NULL | config,
        "result": {"element_count": count, "unexpected_count": unexpected, "partial_unexpected_list": ["SECRET"]},
        "exception_info": info or {"raised_exception": False},
    }


def result(*rows, **fields):
    kept = sum(each["success"] is True for each in rows)
    made = {
        "success": kept == len(rows),
        "results": list(rows),
        "suite_name": "desk",
        "statistics": {
            "evaluated_expectations": len(rows),
            "successful_expectations": kept,
            "unsuccessful_expectations": len(rows) - kept,
        },
        "meta": {
            "great_expectations_version": "1.99.0",
            "active_batch_definition": {"data_asset_name": "questions"},
            "validation_time": "2026-11-22T13:57:01.154130+00:00",
        },
    }
    return made | fields


@pytest.fixture
def of(write, read, tmp_path):
    def go(document):
        write("validation.json", document)
        reading = read(tmp_path)
        return reading.found[0] if reading.found else reading.not_read[0].reason

    return go


def test_every_recorded_version_is_read(sample, read):
    facts = {fact.path: fact for fact in read(sample("great-expectations")).found}
    numbers = {path: (fact.tool_version, fact.body["passed"], fact.body["failed"]) for path, fact in facts.items()}
    assert numbers["validation-0.15.50.json"] == ("0.15.50", 3, 0)
    assert numbers["checkpoint-0.18.22.json"] == ("0.18.22", 3, 0)
    assert numbers["validation-1.0.6.json"] == ("1.0.6", 4, 0)
    assert numbers["validation-1.24.1.json"] == ("1.24.1", 4, 0)
    assert facts["validation-1.24.1.json"].body["rows"] == 12
    assert facts["checkpoint-0.18.22.json"].effective_at is not None


def test_the_short_form_of_a_checkpoint_can_not_tell_broken_from_not_run(sample, read):
    facts = [fact.body for fact in read(sample("great-expectations") / "describe-1.24.1.json").found]
    assert [(body["rules"], body["failed"], body["not_run"]) for body in facts] == [(4, 3, 0), (4, 3, None)]


def test_a_broken_rule_is_named_without_its_values(of):
    fact = of(result(row(), row(False, unexpected=2, severity="warning")))
    assert fact.body["failures"] == [
        {"rule": NOT_NULL["type"], "column": "question", "unexpected": 2, "severity": "warning"}
    ]
    assert (fact.quality, fact.body["passed"], fact.body["failed"]) == (Quality.COMPLETE, 1, 1)
    assert "SECRET" not in json.dumps(fact.body)


def test_success_over_no_expectation_is_no_pass(of):
    fact = of(result())
    assert (fact.quality, fact.body["rules"], fact.body["passed"]) == (Quality.FAILED, None, 0)


def test_success_over_no_row_is_no_pass(of):
    fact = of(result(row(count=0)))
    assert (fact.quality, fact.body["rows"]) == (Quality.FAILED, None)


@pytest.mark.parametrize("info", [RAISED, {"MetricConfigurationID(metric_name='x')": RAISED}])
def test_a_rule_that_could_not_be_run_is_neither_kept_nor_broken(info, of):
    fact = of(result(row(), row(False, info=info)))
    assert (fact.body["failed"], fact.body["not_run"], fact.body["failures"]) == (0, 1, [])
    assert fact.quality is Quality.PARTIAL
    assert "secret" not in json.dumps(fact.body)


def test_a_list_of_failures_alone_keeps_the_counts_of_the_whole(of):
    whole = result(row(), row(), row(False, unexpected=1))
    whole["results"] = whole["results"][2:]
    fact = of(whole)
    assert (fact.quality, fact.body["rules"], fact.body["passed"], fact.body["failed"]) == (Quality.COMPLETE, 3, 2, 1)


def test_results_taken_out_of_the_list_are_noticed(of):
    whole = result(row(), row(False), row(False))
    whole["results"].pop()
    assert of(whole).quality is Quality.PARTIAL


def test_a_success_that_the_results_do_not_bear_out_is_not_understood(of):
    assert of(result(row(False), success=True)).quality is Quality.NOT_UNDERSTOOD


def test_counts_that_do_not_go_together_are_refused(of):
    whole = result(row())
    whole["statistics"]["successful_expectations"] = 5
    assert of(whole).startswith("not understood: great_expectations 1.99.0")


@pytest.mark.parametrize("at", ["20261122T135701.154130Z", "2026-11-22T13:57:01.154130+00:00"])
def test_both_ways_to_write_the_time_are_one_moment(at, of):
    whole = result(row())
    whole["meta"]["validation_time"] = at
    assert of(whole).effective_at.isoformat()[:19] == "2026-11-22T13:57:01"


def test_columns_of_rules_on_several_columns_are_named(of):
    fact = of(
        result(row(False, kwargs={"column_A": "a", "column_B": "b"}), row(False, kwargs={"column_list": ["c", "d"]}))
    )
    assert [failure["column"] for failure in fact.body["failures"]] == ["a, b", "c, d"]


def test_a_checkpoint_without_a_validation_is_not_read(of):
    assert "without the result of a single validation" in of(
        {"success": True, "run_results": {}, "evaluated_validations": 0}
    )


def test_a_set_of_rules_alone_is_passed_over(write, read, tmp_path):
    write("suite.json", {"expectation_suite_name": "x", "expectations": [{"expectation_type": "y", "success_on": 1}]})
    assert read(tmp_path).found == ()


@pytest.mark.parametrize("key", ["results", "statistics", "meta"])
@pytest.mark.parametrize("value", [None, 7, "x", [1], [[]], {"a": 1}])
def test_fields_of_another_sort_never_come_to_a_whole_fact(key, value, write, read, tmp_path):
    write("validation.json", json.dumps(result(row()) | {key: value, "note": "expectation_config"}))
    reading = read(tmp_path)
    assert not [entry for entry in reading.not_read if entry.reason.startswith("the collector")]
    if key != "meta":
        assert not [fact for fact in reading.found if fact.quality is Quality.COMPLETE]


@pytest.mark.parametrize(
    "changed",
    [
        {"exception_info": RAISED},
        {"result": {"element_count": 12, "unexpected_count": 6, "unexpected_percent": 50.0}},
    ],
)
def test_an_expectation_called_kept_whose_own_numbers_deny_it_is_not_understood(changed, of):
    assert of(result(row() | changed)).quality is Quality.NOT_UNDERSTOOD


def test_values_within_what_mostly_lets_pass_are_no_contradiction(of):
    numbers = {"element_count": 12, "unexpected_count": 6, "unexpected_percent": 50.0}
    assert (
        of(result(row(kwargs={"column": "question", "mostly": 0.5}) | {"result": numbers})).quality is Quality.COMPLETE
    )


def test_a_share_or_a_list_that_denies_the_counts_is_not_understood(of):
    denied = result(row())
    denied["statistics"]["success_percent"] = 20.0
    assert of(denied).quality is Quality.NOT_UNDERSTOOD
    counted = {"evaluated_expectations": 1, "successful_expectations": 1, "unsuccessful_expectations": 0}
    assert of(result(row(False), success=True, statistics=counted)).quality is Quality.NOT_UNDERSTOOD
