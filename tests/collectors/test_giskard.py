"""Scan reports of Giskard: a finding for each detector and level, and none of its sentences."""

from __future__ import annotations

import json


def test_each_detector_and_level_is_a_finding(sample, read):
    facts = read(sample("giskard")).found
    assert [(fact.body["rule"], fact.body["severity"], fact.body["count"]) for fact in facts] == [
        ("giskard.performance-bias", "high", 1),
        ("giskard.performance-bias", "medium", 2),
        ("giskard.llm-prompt-injection", "low", 1),
    ]
    assert "north" not in json.dumps([fact.body for fact in facts])


def test_another_level_or_another_word_is_of_another_sort(write, read):
    first = {"PerformanceBiasDetector": {"major": ["x"]}}
    for value in (first | {"notes": {}}, {"PerformanceBiasDetector": {"major": ["x"], "severe": ["y"]}}):
        assert read(write("scan.json", value)).found == ()


def test_issues_that_are_no_texts_are_not_read(write, read):
    (refused,) = read(write("scan.json", {"PerformanceBiasDetector": {"major": [1]}})).not_read
    assert "not text" in refused.reason
