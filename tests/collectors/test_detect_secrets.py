"""Baselines of detect-secrets."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


def row(**extra):
    return {"type": "AWS Access Key", "filename": "a", "hashed_secret": "d70eab", "line_number": 1} | extra


def baseline(results, **extra):
    made = {"version": "1.5.0", "plugins_used": [{"name": "AWSKeyDetector"}], "results": results}
    return made | {"generated_at": "2026-11-25T19:15:36Z"} | extra


@pytest.fixture
def only(read, write):
    def go(data):
        (fact,) = read(write("secrets.json", data)).found
        return fact

    return go


def test_the_recorded_baseline_counts_by_type(read, sample):
    facts = read(sample("detect-secrets")).found
    assert [fact.tool_version for fact in facts] == ["0.14.3", "1.5.0"]
    for fact in facts:
        assert (fact.quality, fact.body["target"]) == (Quality.COMPLETE, "secrets")
        assert fact.body["rules"] == [{"id": "Secret Keyword", "severity": None, "count": 1}]
        assert (fact.body["completed"], fact.body["high"]) == (True, None)


def test_an_empty_list_is_no_pass(only):
    fact = only(baseline({}))
    assert (fact.quality, fact.body["completed"], fact.body["findings"]) == (Quality.PARTIAL, None, 0)
    assert only(baseline({"a.py": []})).body["completed"] is None


def test_what_the_audit_struck_out_does_not_count(only):
    fact = only(baseline({"a": [row(is_secret=False), row(is_secret=True), row()]}))
    assert (fact.body["findings"], fact.body["struck_out"]) == (2, 1)
    cleared = only(baseline({"a": [row(is_secret=False)]}))
    assert (cleared.body["findings"], cleared.body["completed"], cleared.quality) == (0, True, Quality.COMPLETE)


def test_a_secret_that_works_is_counted(only):
    assert only(baseline({"a": [row(is_verified=True)]})).body["verified"] == 1


def test_without_detectors_it_failed(only):
    assert only(baseline({}, plugins_used=[])).quality is Quality.FAILED


def test_neither_digests_nor_paths_are_copied(only):
    text = json.dumps(only(baseline({"deploy/prod.env": [row()]})).body)
    assert "d70eab" not in text
    assert "prod.env" not in text


@pytest.mark.parametrize("results", [[], {"a": "x"}, {"a": ["x"]}])
def test_results_of_another_shape_are_not_understood(results, read, write):
    assert "not understood" in read(write("s.json", baseline(results))).not_read[0].reason
