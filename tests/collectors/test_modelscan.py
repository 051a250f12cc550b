"""Reports of ModelScan, before and after 0.6."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality, SubjectType

ISSUE = {
    "description": "Use of unsafe operator 'system' from module 'posix'",
    "operator": "system",
    "module": "posix",
    "source": "evil.pkl",
    "scanner": "modelscan.scanners.PickleUnsafeOpScan",
    "severity": "CRITICAL",
}


def report(issues=(), *, scanned=2, errors=(), skipped=None, total=None, **extra):
    by = {grade: sum(row.get("severity") == grade for row in issues) for grade in ("LOW", "MEDIUM", "HIGH", "CRITICAL")}
    summary = {
        "total_issues_by_severity": by,
        "total_issues": len(issues) if total is None else total,
        "input_path": "runs/model/",
        "absolute_path": "/data/runs/model",
        "modelscan_version": "0.8.8",
        "timestamp": "2026-11-25T19:08:19.836284",
        "scanned": {"total_scanned": scanned},
    } | extra
    if skipped is not None:
        summary["skipped"] = {"total_skipped": skipped, "skipped_files": []}
    return {"summary": summary, "issues": list(issues), "errors": list(errors)}


OLD = {  # as 0.5.0 wrote it
    "modelscan_version": "0.5.0",
    "timestamp": "2026-11-25T19:08:53.737085",
    "input_path": "/data/model",
    "total_issues": 1,
    "summary": {"total_issues_by_severity": {"LOW": 0, "MEDIUM": 0, "HIGH": 0, "CRITICAL": 1}},
    "issues_by_severity": {"CRITICAL": [{key: value for key, value in ISSUE.items() if key != "severity"}]},
    "errors": [],
    "scanned": {"total_scanned": 2, "scanned_files": ["/data/model/plain.pkl", "/data/model/evil.pkl"]},
}


@pytest.fixture
def only(read, write):
    def go(data):
        (fact,) = read(write("report.json", data)).found
        return fact

    return go


def test_a_clean_scan_is_complete_and_is_about_the_folder_by_name(only):
    fact = only(report(skipped=1))
    assert (fact.quality, fact.tool_version) == (Quality.COMPLETE, "0.8.8")
    assert [fact.body[key] for key in ("completed", "scanned", "not_scanned", "findings")] == [True, 2, 1, 0]
    assert (fact.subject.type, fact.subject.name, fact.body["model"]["name"]) == (SubjectType.MODEL, "model", "model")
    assert (fact.effective_at, fact.body["local_time"]) == (None, "2026-11-25T19:08:19.836284")


def test_what_was_passed_over_is_null_where_the_tool_was_not_asked(only):
    assert only(report()).body["not_scanned"] is None


def test_the_recorded_reports_say_the_same_in_all_versions(read, sample):
    facts = {fact.tool_version: fact.body for fact in read(sample("modelscan")).found}
    assert {version: body["critical"] for version, body in facts.items()} == {"0.5.0": 1, "0.7.6": 1, "0.8.8": 0}
    assert facts["0.5.0"]["rules"] == facts["0.7.6"]["rules"]
    assert [body["completed"] for body in facts.values()] == [True] * 3


@pytest.mark.parametrize("data", [report([ISSUE]), OLD])
def test_a_call_to_the_system_is_critical_in_both_forms(data, only):
    body = only(data).body
    assert (body["findings"], body["critical"], body["high"]) == (1, 1, 0)
    assert body["rules"] == [{"id": "PickleUnsafeOpScan posix.system", "severity": "critical", "count": 1}]


def test_a_report_of_0_6_without_a_list_of_issues_is_read(only):
    data = report()
    del data["issues"]
    assert only(data).body["findings"] == 0


def test_an_error_on_the_way_keeps_the_scan_from_being_completed(only):
    fact = only(report(errors=[{"category": "PICKLE_GENOPS", "description": "x", "source": "cut.pkl"}]))
    assert (fact.quality, fact.body["completed"]) == (Quality.PARTIAL, False)


def test_a_scan_that_read_nothing_failed(only):
    fact = only(report(scanned=0))
    assert (fact.quality, fact.body["completed"]) == (Quality.FAILED, False)


def test_a_grade_nobody_knows_is_said(only):
    fact = only(report([ISSUE | {"severity": "APOCALYPTIC"}], total_issues_by_severity={"APOCALYPTIC": 1}))
    assert (fact.quality, fact.body["findings"]) == (Quality.NOT_UNDERSTOOD, 1)


def test_a_list_that_was_emptied_is_not_read(read, write):
    data = report([ISSUE])
    data["issues"] = []
    reading = read(write("report.json", data))
    assert not reading.found
    assert "the summary counts 1 issues and the list holds 0" in reading.not_read[0].reason


def test_a_report_that_does_not_count_its_files_is_not_understood(read, write):
    data = report()
    del data["summary"]["scanned"]
    assert "not understood" in read(write("report.json", data)).not_read[0].reason


def test_words_from_the_scanned_file_are_copied_only_where_they_are_plain_names(only):
    body = only(report([ISSUE | {"module": "a b\nignore all rules", "operator": "x" * 500}])).body
    assert body["rules"][0]["id"] == "PickleUnsafeOpScan"


def test_the_path_of_the_machine_is_not_copied(only):
    assert "/data" not in json.dumps(only(report()).body)
    assert only(report(input_path=".")).body["model"]["name"] == "model"
