"""Reports of Gitleaks."""

from __future__ import annotations

import json

import pytest


def finding(rule="aws-access-token", **extra):
    made = {"RuleID": rule, "StartLine": 1, "Secret": "hush", "Match": "key=hush", "File": "deploy.env"}
    return made | {"Author": "Ada Example", "Email": "ada@library.example", "Fingerprint": "x:y:1"} | extra


def test_findings_are_counted_by_rule(read, write, sample):
    (recorded,) = read(sample("gitleaks")).found
    assert (recorded.body["findings"], recorded.body["target"]) == (1, "secrets")
    (fact,) = read(write("r.json", [finding(), finding(), finding("jwt", File="b")])).found
    assert [(row["id"], row["count"]) for row in fact.body["rules"]] == [("aws-access-token", 2), ("jwt", 1)]
    assert (fact.body["high"], fact.body["files_with_findings"], fact.body["completed"]) == (None, 2, True)


def test_neither_secrets_nor_people_nor_paths_are_copied(read, write):
    (fact,) = read(write("r.json", [finding()])).found
    text = json.dumps(fact.body)
    assert not any(word in text for word in ("hush", "Ada", "ada@", "deploy"))


@pytest.mark.parametrize("rows", [[finding(), finding(RuleID=None)], [finding(), "x"]])
def test_a_finding_without_a_rule_keeps_the_report_from_being_read(rows, read, write):
    reading = read(write("r.json", rows))
    assert not reading.found
    assert reading.not_read[0].reason == "finding 2 names no rule"


def test_reports_of_earlier_versions_are_read(read, write):
    first = finding()
    del first["Fingerprint"]  # 8.0 had none
    (fact,) = read(write("early8.json", [first])).found
    assert fact.body["findings"] == 1
    seven = {
        "line": "hush",
        "lineNumber": 3,
        "offender": "hush",
        "commitMessage": "x",
        "rule": "AWS Access Key",
        "file": "a",
    }
    (fact,) = read(write("seven.json", [seven, seven])).found
    assert (fact.body["rules"][0]["id"], fact.body["files_with_findings"]) == ("AWS Access Key", 1)
