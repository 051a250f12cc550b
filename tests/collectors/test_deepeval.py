"""Test runs of DeepEval: means of metrics, who judged, and cases that were not judged."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


def metric(score=1.0, **extra):
    return {"name": "Faith", "threshold": 0.5, "success": score is not None and score >= 0.5, "score": score, "reason": "R",
            "evaluationModel": "gpt-4o", "error": None} | extra  # fmt: skip


def case(score=1.0, **extra):
    return {
        "name": "t", "input": "SECRET", "actualOutput": "ANSWER", "success": score is not None and score >= 0.5,
        "metricsData": [metric(score)],
    } | extra  # fmt: skip


def run(cases, **extra):
    passed = sum(each["success"] is True for each in cases)
    return {
        "testCases": cases, "conversationalTestCases": [], "metricsScores": [], "testPassed": passed,
        "testFailed": len(cases) - passed, "hyperparameters": {"model": "runs/desk/final"},
    } | extra  # fmt: skip


@pytest.fixture
def fact(write, read):
    def of(value):
        reading = read(write("run.json", value))
        assert reading.not_read == ()
        (found,) = reading.found
        return found

    return of


def test_the_recorded_run_of_4_3_1_names_its_judge(sample, read):
    facts = read(sample("deepeval")).found
    assert len(facts) == 2
    for fact in facts:
        rows = [(row["metric"], row["value"], row["n"]) for row in fact.body["results"]]
        assert rows == [("pass_rate", 2 / 3, 3), ("Contains", 2 / 3, 3)]
        assert (fact.body["judges"], fact.body["thresholds"]) == (["desk-judge-v2"], {"Contains": 0.5})
        assert (fact.subject.name, fact.effective_at, fact.quality) == ("runs/desk/final", None, Quality.COMPLETE)


def test_questions_answers_and_reasons_are_not_copied(fact):
    said = json.dumps(fact(run([case()])).body)
    assert "SECRET" not in said
    assert "ANSWER" not in said


def test_a_case_without_a_score_was_not_judged(fact):
    for unjudged in (case(None), case(1.0, metricsData=[metric(1.0, error="timeout")], success=None)):
        found = fact(run([case(1.0), unjudged]))
        row = found.body["results"][1]
        assert (row["value"], row["n"], row["n_original"]) == (1.0, 1, 2)
        assert "test cases: Faith: 1 of 2 samples were scored" in found.quality_reasons
        assert (found.quality, found.body["sample_errors"]) == (Quality.PARTIAL, 1)


def test_nothing_scored_is_failed(fact):
    assert fact(run([case(None)])).quality is Quality.FAILED
    assert fact(run([case(1.0, metricsData=[])])).quality is Quality.FAILED


def test_a_score_that_is_no_number_is_not_scored(write, read):
    text = json.dumps(run([case(1.0)])).replace('"score": 1.0', '"score": NaN')
    (found,) = read(write("run.json", text)).found
    assert (found.quality, found.body["not_finite"]) == (Quality.FAILED, 1)


def test_an_evaluation_result_has_other_spellings_and_no_model(fact):
    row = {
        "name": "Faith",
        "threshold": 0.5,
        "success": True,
        "score": 1.0,
        "evaluation_model": "gpt-4o",
        "error": None,
    }
    value = {"test_results": [{"name": "t", "success": True, "metrics_data": [row]}], "confident_link": None}
    found = fact(value)
    assert (found.body["judges"], found.body["results"][1]["value"]) == (["gpt-4o"], 1.0)
    assert (found.quality, found.quality_reasons) == (Quality.PARTIAL, ("the file does not name the model",))


def test_the_shape_of_0_21_is_read(fact):
    row = {"metric": "Faith", "threshold": 0.5, "success": True, "score": 0.8, "evaluationModel": "gpt-4"}
    value = run([{"name": "t", "input": "q", "success": True, "metricsMetadata": [row]}], model="org/m")
    del value["hyperparameters"]
    found = fact(value)
    assert (found.body["results"][1]["metric"], found.body["results"][1]["value"]) == ("Faith", 0.8)
    assert found.body["model"]["name"] == "org/m"


def test_a_run_without_its_sums_did_not_end(fact):
    found = fact(run([case()], testPassed=None, testFailed=None))
    assert found.quality_reasons == ("the tool's own sums are missing: the run did not come to its end",)


def test_cases_that_were_taken_out_are_missed(fact):
    assert fact(run([case()], testPassed=4)).quality_reasons == ("1 of 4 test cases are in the file",)
    assert fact(run([case(0.0), case(0.0)], testPassed=2, testFailed=0)).quality is Quality.NOT_UNDERSTOOD
    scores = [{"metric": "Faith", "scores": [1.0, 0.0], "passes": 1, "fails": 1, "errors": 0}]
    assert fact(run([case()], metricsScores=scores)).quality_reasons == ("Faith: scores are missing from the file",)


def test_a_run_without_cases_is_no_result(write, read):
    (refused,) = read(write("run.json", run([]))).not_read
    assert refused.reason.startswith("holds no test case")


@pytest.mark.parametrize(
    "broken", [7, {"metricsData": 7}, {"metricsData": [7]}, {"metricsData": [{}]}, {"success": "yes"}]
)
def test_cases_of_the_wrong_sort_are_not_read(broken, write, read):
    value = run([case()])
    value["testCases"].append(broken if broken == 7 else case() | broken)
    assert read(write("run.json", value)).found == ()


def test_a_case_that_no_metric_looked_at_passes_for_nothing(fact):
    found = fact(run([case(0.0), case(1.0, metricsData=[])]))
    row = found.body["results"][0]
    assert (row["metric"], row["value"], row["n"], row["n_original"]) == ("pass_rate", 0.0, 1, 2)
    assert found.quality is Quality.PARTIAL
    spans = {"trace": {"llmSpans": [{"metricsData": [metric()]}]}}
    assert fact(run([case(), case(1.0, metricsData=[], **spans)])).body["results"][0]["n"] == 2


def test_a_case_that_passed_although_a_metric_did_not_is_not_understood(fact):
    assert fact(run([case(0.2, success=True)])).quality is Quality.NOT_UNDERSTOOD


def test_sums_that_are_not_those_of_the_cases_are_said(fact):
    assert fact(run([case(), case()], testPassed=1, testFailed=1)).quality is Quality.NOT_UNDERSTOOD
    assert fact(run([case(), case()], testPassed=1, testFailed=0)).quality is Quality.NOT_UNDERSTOOD
