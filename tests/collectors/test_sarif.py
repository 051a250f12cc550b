"""Reports in SARIF: levels, suppressions, and what an empty list is worth."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


def run(results=(), *, tool="Bandit", rules=(), **extra):
    driver = {"name": tool, "version": "1.0", "rules": list(rules)}
    made = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "results": None if results is None else list(results),
    }
    return {key: value for key, value in (made | extra).items() if value is not None}


def report(*runs, version="2.1.0"):
    return {"version": version, "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": list(runs)}


def result(rule="B602", **extra):
    return {"ruleId": rule, "message": {"text": "x"}} | extra


@pytest.fixture
def only(read, write):
    def go(*runs, **options):
        (fact,) = read(write("report.json", report(*runs, **options))).found
        return fact

    return go


def counts(fact):
    return tuple(fact.body[key] for key in ("findings", "critical", "high", "medium", "low"))


def test_the_recorded_reports_are_read_as_their_tools_counted(read, sample):
    facts = {fact.tool: fact for fact in read(sample("sarif")).found}
    assert counts(facts["Bandit"]) == (4, 0, 2, 0, 2)
    assert facts["Bandit"].body["scanned"] == 2
    assert facts["Bandit"].body["completed"] is True
    # Semgrep writes no level with a finding: the rule's own default counts.
    assert counts(facts["Semgrep OSS"]) == (3, 0, 2, 1, 0)
    assert facts["Semgrep OSS"].tool_version == "1.185.0"
    # Ruff does not say that it came to its end, so nobody can tell.
    assert (counts(facts["ruff"]), facts["ruff"].body["completed"]) == ((4, 0, 4, 0, 0), None)


@pytest.mark.parametrize(("level", "grade"), [("error", "high"), ("warning", "medium"), ("note", "low")])
def test_a_level_is_a_grade(level, grade, only):
    assert only(run([result(level=level)])).body[grade] == 1


def test_a_missing_level_is_the_default_of_the_rule_and_else_a_warning(only):
    rules = [{"id": "A", "defaultConfiguration": {"level": "note"}}, {"id": "B"}]
    results = [result("A"), result("B"), result("unheard"), {"ruleIndex": 0, "message": {"text": "x"}}]
    assert counts(only(run(results, rules=rules))) == (4, 0, 0, 2, 2)


def test_a_rule_is_found_by_the_longest_part_of_its_id_and_in_extensions(only):
    made = run([result("A/part")])
    made["tool"]["extensions"] = [{"name": "pack", "rules": [{"id": "A", "defaultConfiguration": {"level": "error"}}]}]
    assert only(made).body["high"] == 1


def test_a_rule_of_an_extension_is_found_by_its_place(only):
    made = run([{"rule": {"index": 0, "toolComponent": {"index": 0}}, "message": {"text": "x"}}], rules=[{"id": "own"}])
    made["tool"]["extensions"] = [{"name": "pack", "rules": [{"id": "A", "defaultConfiguration": {"level": "note"}}]}]
    body = only(made).body
    assert body["rules"] == [{"id": "A", "severity": "low", "count": 1}]


def test_a_level_set_by_the_caller_comes_before_the_default(only):
    rules = [{"id": "A", "defaultConfiguration": {"level": "note"}}]
    override = {"descriptor": {"index": 0}, "configuration": {"level": "error"}}
    calls = [{"executionSuccessful": True, "ruleConfigurationOverrides": [override]}]
    assert only(run([result("A")], rules=rules, invocations=calls)).body["high"] == 1


def test_a_security_severity_makes_a_finding_graver_and_never_milder(only):
    rules = [
        {"id": "A", "properties": {"security-severity": "9.8"}},
        {"id": "B", "properties": {"security-severity": "1.0"}},
    ]
    fact = only(run([result("A", level="warning"), result("B", level="error")], rules=rules))
    assert counts(fact) == (2, 1, 1, 0, 0)


def test_an_unknown_level_is_counted_and_said(only):
    fact = only(run([result(level="catastrophe")]))
    assert (fact.quality, fact.body["findings"]) == (Quality.NOT_UNDERSTOOD, 1)


def test_what_was_struck_out_does_not_count_unless_that_is_under_review(only):
    results = [
        result(suppressions=[{"kind": "external", "justification": "test code"}]),
        result(suppressions=[{"kind": "inSource"}]),
        result(suppressions=[{"kind": "external", "status": "rejected"}]),
        result(suppressions=[{"kind": "external", "status": "underReview"}]),
        result(suppressions=[]),
    ]
    body = only(run(results)).body
    assert (body["findings"], body["struck_out"], body["struck_out_without_reason"]) == (3, 2, 1)


def test_results_that_passed_or_are_gone_are_no_findings(only):
    results = [result(kind="pass", level="none"), result(baselineState="absent"), result(kind="notApplicable")]
    assert only(run(results)).body["findings"] == 0


def test_results_left_to_a_person_make_it_partial(only):
    fact = only(run([result(kind="review")]))
    assert (fact.quality, fact.body["findings"]) == (Quality.PARTIAL, 1)


def test_a_run_that_says_it_failed_is_failed(only):
    fact = only(run(invocations=[{"executionSuccessful": True}, {"executionSuccessful": False}]))
    assert (fact.quality, fact.body["completed"]) == (Quality.FAILED, False)


def test_errors_on_the_way_make_it_partial(only):
    note = {"level": "error", "message": {"text": "could not parse"}}
    fact = only(run(invocations=[{"executionSuccessful": True, "toolExecutionNotifications": [note]}]))
    assert (fact.quality, fact.body["completed"]) == (Quality.PARTIAL, None)


def test_an_empty_list_without_invocation_and_files_may_be_no_scan_at_all(only):
    fact = only(run(invocations=None))
    assert (fact.quality, fact.body["completed"]) == (Quality.PARTIAL, None)
    assert "no finding" in fact.quality_reasons[0]


def test_no_list_of_results_is_a_scan_that_did_not_happen(only):
    assert only(run(results=None, invocations=[{"executionSuccessful": True}])).quality is Quality.FAILED


def test_a_report_of_bandit_over_an_empty_folder_read_nothing(only):
    fact = only(run(properties={"metrics": {"_totals": {"loc": 0}}}))
    assert (fact.quality, fact.body["scanned"], fact.body["completed"]) == (Quality.FAILED, 0, False)


def test_a_clean_scan_that_ran_is_complete(only):
    artifacts = [{"location": {"uri": "a.py"}, "roles": ["analysisTarget"]}]
    fact = only(run(artifacts=artifacts))
    assert (fact.quality, fact.body["completed"], fact.body["scanned"]) == (Quality.COMPLETE, True, 1)


@pytest.mark.parametrize(
    ("tool", "rule", "target"),
    [
        ("Bandit", "B602", "code"),
        ("CodeQL", "py/sql-injection", "code"),
        ("gitleaks", "aws-access-token", "secrets"),
        ("Trivy", "CVE-2026-0001", "dependencies"),
        ("house scanner", "GHSA-aaaa-bbbb-cccc", "dependencies"),
        ("modelaudit", "S201", "weights"),
    ],
)
def test_what_was_scanned_is_told_from_the_tool_and_its_rules(tool, rule, target, only):
    assert only(run([result(rule)], tool=tool)).body["target"] == target


def test_a_linter_without_a_rule_about_security_is_partial(only):
    assert only(run([result("E501")], tool="ruff")).quality is Quality.PARTIAL
    assert only(run([result("S602")], tool="ruff")).quality is Quality.COMPLETE


def test_each_run_is_a_scan(read, write):
    facts = read(write("report.json", report(run(), run(tool="Trivy")))).found
    assert [fact.body["target"] for fact in facts] == ["code", "dependencies"]


def test_the_first_version_of_the_form_is_read_where_its_fields_hold(only):
    first = {
        "tool": {"name": "AnyCheck", "version": "3"},
        "invocation": {"endTime": "2016-06-08T10:00:00Z"},
        "results": [result("R1"), result("R2", suppressionStates=["suppressedInSource"])],
        "rules": {"R1": {"id": "R1", "defaultLevel": "error"}},
    }
    fact = only(first, version="1.0.0")
    assert (fact.tool, fact.body["high"], fact.body["struck_out"], fact.effective_at.year) == ("AnyCheck", 1, 1, 2016)


def test_neither_code_nor_paths_are_copied(read, sample):
    for fact in read(sample("sarif")).found:
        assert "letmein" not in json.dumps(fact.body)
        assert "desk.py" not in json.dumps(fact.body)


@pytest.mark.parametrize("broken", [{"runs": []}, {"runs": [{"tool": {"driver": {}}}]}])
def test_a_report_without_run_or_tool_is_not_read(broken, read, write):
    reading = read(write("report.json", {"version": "2.1.0", "$schema": "sarif", "tool": 1} | broken))
    assert not reading.found
    assert len(reading.not_read) == 1


def test_a_hundred_thousand_results_are_counted(only):
    assert only(run([result(f"R{n % 2000}") for n in range(100_000)])).body["findings"] == 100_000


def test_an_empty_list_of_runs_is_not_read_and_said(read, write):
    reading = read(write("report.json", report()))
    assert (reading.found, reading.not_read[0].reason) == ((), "holds no run of a scanner")


def test_results_in_another_file_are_failed_even_beside_an_empty_list(only):
    elsewhere = {"externalPropertyFileReferences": {"results": [{"location": {"uri": "x"}}]}}
    assert only(run([], **elsewhere)).quality is Quality.FAILED
    assert only(run([], externalPropertyFileReferences={"extensions": []})).quality is Quality.PARTIAL
    # Flawfinder names the list of weaknesses it sorts by; that takes nothing from the results.
    assert only(run([], externalPropertyFileReferences={"taxonomies": [{}]})).quality is Quality.COMPLETE


def test_results_outside_of_the_runs_make_it_partial(read, write):
    data = report(run([])) | {"inlineExternalProperties": [{"results": [result()]}]}
    (fact,) = read(write("report.json", data)).found
    assert fact.quality is Quality.PARTIAL


def test_a_result_that_passed_and_bears_a_grade_is_not_understood(only):
    assert only(run([result(kind="pass", level="error")])).quality is Quality.NOT_UNDERSTOOD
    assert only(run([result(kind="pass", level="note")])).quality is Quality.COMPLETE


@pytest.mark.parametrize("how", [{"exitSignalName": "SIGKILL"}, {"processStartFailureMessage": "no such file"}])
def test_a_tool_that_was_stopped_did_not_complete(how, only):
    fact = only(run([], invocations=[{"executionSuccessful": True} | how]))
    assert (fact.quality, fact.body["completed"]) == (Quality.FAILED, False)


def test_an_error_in_the_settings_makes_it_partial(only):
    notes = [{"level": "error", "message": {"text": "rule switched off"}}]
    assert only(
        run([], invocations=[{"executionSuccessful": True, "toolConfigurationNotifications": notes}])
    ).quality is (Quality.PARTIAL)


def test_a_level_set_in_one_invocation_is_not_that_of_another(only):
    milder = {"descriptor": {"id": "B602"}, "configuration": {"level": "note"}}
    both = [{"executionSuccessful": True}, {"executionSuccessful": True, "ruleConfigurationOverrides": [milder]}]
    assert counts(only(run([result()], invocations=both))) == (1, 0, 0, 1, 0)
    assert counts(only(run([result(provenance={"invocationIndex": 0})], invocations=both))) == (1, 0, 0, 1, 0)
    assert counts(only(run([result(provenance={"invocationIndex": 1})], invocations=both))) == (1, 0, 0, 0, 1)


def test_two_rules_of_one_id_are_told_by_their_component(only):
    def rule(level):
        return {"id": "B602", "defaultConfiguration": {"level": level}}

    driver = {"name": "Bandit", "rules": [rule("note")]}
    tool = {"driver": driver, "extensions": [{"name": "pack", "rules": [rule("error")]}]}
    named = {"id": "B602", "index": 0, "toolComponent": {"index": 0}}
    assert counts(only(run([result(), {"message": {}, "ruleId": "B602", "rule": named}]) | {"tool": tool})) == (
        2,
        0,
        1,
        0,
        1,
    )


def test_a_rule_of_the_first_version_may_say_enabled(only):
    rules = {"B602": {"id": "B602", "configuration": "enabled", "defaultLevel": "error"}}
    made = {"tool": {"name": "Bandit"}, "rules": rules, "results": [result()]}
    assert counts(only(made, version="1.0.0")) == (1, 0, 1, 0, 0)


def test_trivy_says_by_its_rules_whether_it_looked_for_secrets_or_settings(only):
    def tagged(tag):
        return [{"id": "x", "properties": {"tags": [tag, "security"]}}]

    scans = {tag: only(run([result("x")], tool="Trivy", rules=tagged(tag))) for tag in ("secret", "misconfiguration")}
    assert [fact.body["target"] for fact in scans.values()] == ["secrets", "code"]
    assert only(run([result("CVE-2026-1")], tool="Trivy")).body["target"] == "dependencies"
    assert only(run([result("CKV_CVE_2019_19844")], tool="Checkov")).body["target"] == "dependencies"
