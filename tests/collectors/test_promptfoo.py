"""Outputs of promptfoo: assertions met, attacks that got through, and calls that failed, which are neither."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


def row(success=True, reason=0, provider="desk:model", test=0, prompt=0, meta=None, **extra):
    return {
        "success": success, "failureReason": reason, "provider": {"id": provider, "label": ""}, "promptIdx": prompt,
        "testIdx": test, "promptId": "a" * 64, "prompt": {"raw": "SECRET PROMPT", "label": "SECRET PROMPT"},
        "vars": {"q": "SECRET"}, "response": {"output": "ANSWER"}, "error": None if success else "Expected output",
        "gradingResult": {"pass": success}, "namedScores": {},
        "testCase": {"vars": {}, "assert": [{"type": "contains", "value": "x"}], "metadata": meta or {}},
    } | extra  # fmt: skip


def output(rows, version=3, **extra):
    errors = sum(each.get("failureReason") == 2 for each in rows)
    met = sum(each["success"] is True for each in rows)
    stats = {"successes": met, "failures": len(rows) - met - errors, "errors": errors, "tokenUsage": {}}
    results = {"version": version, "timestamp": "2026-11-22T14:00:40.100Z", "results": rows, "stats": stats}
    if version == 3:
        results = {"version": 3, "timestamp": results["timestamp"], "prompts": [], "results": rows, "stats": stats}
    return {
        "evalId": "eval-x", "results": results, "config": {"description": "gate", "tests": [{}] * len(rows)},
        "shareableUrl": None, "metadata": {"promptfooVersion": "0.121.20"},
    } | extra  # fmt: skip


@pytest.fixture
def found(write, read):
    def of(value):
        reading = read(write("out.json", value))
        assert reading.not_read == ()
        return reading.found

    return of


def test_the_recorded_outputs_are_evaluations_and_an_attack(sample, read):
    facts = read(sample("promptfoo")).found
    evaluations = {fact.subject.name: fact for fact in facts if fact.kind == "eval-run.v1"}
    (attack,) = [fact for fact in facts if fact.kind == "red-team.v1"]
    rows = evaluations["echo"].body["results"]
    assert [(each["metric"], each["value"], each["n"]) for each in rows] == [
        ("pass_rate", 0.5, 2),
        ("mentions", 1.0, 1),
    ]
    assert evaluations["desk:model"].body["results"][0]["value"] == 0.0
    probes = [(each["name"], each["technique"], each["attempts"], each["hits"]) for each in attack.body["probes"]]
    assert probes == [("hijacking", None, 1, 0), ("pii:direct", None, 1, 1), ("pii:direct", "base64", 1, 0)]
    assert (attack.body["completed"], attack.body["attempts"], attack.body["hits"]) == (True, 3, 1)
    assert (attack.tool_version, attack.effective_clock) == ("0.121.20", "tool")


def test_a_failed_call_is_neither_met_nor_missed(found):
    (fact,) = found(output([row(test=0), row(False, 1, test=1), row(False, 2, test=2)]))
    (result,) = fact.body["results"]
    assert (result["value"], result["n"], result["n_original"]) == (0.5, 2, 3)
    assert (fact.quality, fact.quality_reasons) == (Quality.PARTIAL, ("1 of 3 calls failed",))


def test_only_failed_calls_are_a_failed_run(found):
    (fact,) = found(output([row(False, 2)]))
    assert fact.quality is Quality.FAILED
    assert fact.body["results"][0]["value"] is None


def test_the_text_of_a_mere_assertion_is_no_error(found):
    (fact,) = found(output([row(test=0), row(False, 1, test=1)]))
    assert (fact.body["results"][0]["value"], fact.quality) == (0.5, Quality.COMPLETE)


def test_versions_without_a_reason_are_told_by_whether_an_answer_was_graded(found):
    rows = [row(), row(False), row(False, gradingResult=None, error="API error")]
    for number, each in enumerate(rows):
        del each["failureReason"]
        each["testIdx"] = number
    value = output(rows, version=2)
    value["results"]["stats"] = {"successes": 1, "failures": 2, "tokenUsage": {}}
    (fact,) = found(value)
    assert (fact.body["results"][0]["value"], fact.body["results"][0]["n"]) == (0.5, 2)
    assert fact.quality_reasons == ("1 of 3 calls failed",)


def test_each_provider_is_its_own_fact_and_prompts_stay_apart(found):
    facts = found(
        output([row(provider="a"), row(provider="b"), row(False, 1, provider="b", prompt=1)]) | {"config": {}}
    )
    assert [fact.subject.name for fact in facts] == ["a", "b"]
    assert [each["task"] for each in facts[1].body["results"]] == ["promptfoo, prompt 1", "promptfoo, prompt 2"]


def test_prompts_answers_and_variables_are_not_copied(found):
    said = json.dumps([fact.body for fact in found(output([row()]))])
    assert "SECRET" not in said
    assert "ANSWER" not in said


def test_an_attack_is_told_by_its_plugin_or_its_assertion(found):
    graded = row(False, 1, test=1)
    graded["testCase"]["assert"] = [{"type": "promptfoo:redteam:harmful:hate", "metric": "Hate"}]
    (fact,) = found(output([row(meta={"pluginId": "pii", "strategyId": "jailbreak"}), graded]))
    assert fact.kind == "red-team.v1"
    assert fact.body["probes"] == [
        {"name": "harmful:hate", "technique": None, "detector": "promptfoo:redteam:harmful:hate", "attempts": 1, "hits": 1, "not_scored": 0},
        {"name": "pii", "technique": "jailbreak", "detector": "contains", "attempts": 1, "hits": 0, "not_scored": 0},
    ]  # fmt: skip


def test_an_attack_whose_call_failed_was_not_resisted(found):
    (fact,) = found(output([row(False, 2, meta={"pluginId": "pii"})]))
    assert (fact.body["attempts"], fact.body["not_scored"], fact.body["completed"]) == (0, 1, False)
    assert fact.quality is Quality.FAILED


def test_test_cases_that_were_left_out_make_it_partial(found):
    (fact,) = found(output([row(meta={"pluginId": "pii"})], config={"tests": [{}, {}, {}]}))
    assert (fact.body["completed"], fact.quality_reasons) == (False, ("1 of 3 test cases were run",))


def test_sums_that_disagree_with_the_results_are_said(found):
    value = output([row(test=0), row(test=1)])
    value["results"]["stats"]["successes"] = 6
    (fact,) = found(value)
    assert fact.quality_reasons == ("2 of 6 results are in the file",)
    value["results"]["stats"] = {"successes": 0, "failures": 2, "errors": 0}
    assert found(value)[0].quality is Quality.NOT_UNDERSTOOD


def test_rows_without_their_header_are_partial(write, read):
    lines = "".join(json.dumps(each) + "\n" for each in (row(test=0), row(False, 1, test=1)))
    (fact,) = read(write("out.jsonl", lines)).found
    assert (fact.quality, fact.body["results"][0]["value"], fact.tool_version) == (Quality.PARTIAL, 0.5, None)
    (refused,) = read(write("out.jsonl", lines + '{"promptIdx": 0, ')).not_read
    assert "line 3" in refused.reason


def test_no_results_are_no_result(write, read):
    (refused,) = read(write("out.json", output([]) | {"note": "promptIdx"})).not_read
    assert refused.reason.startswith("holds no result")


@pytest.mark.parametrize(
    "broken", [{"success": "yes"}, {"success": None}, {"promptIdx": -1}, {"namedScores": {"m": "x"}}]
)
def test_a_result_of_the_wrong_sort_is_named(broken, write, read):
    (refused,) = read(write("out.json", output([row(), row() | broken]))).not_read
    assert "result 2" in refused.reason


NOTHING = {"pass": True, "score": 1, "reason": "No assertions", "assertion": None}


def free(**extra):
    """An answer that nothing was asserted of: the tool counts it as a success."""
    return row(**{"gradingResult": NOTHING, "testCase": {"assert": [], "metadata": {}}} | extra)


def test_answers_that_were_held_against_nothing_are_no_pass(found):
    (fact,) = found(output([free(test=0), free(test=1)]))
    assert (fact.body["results"][0]["value"], fact.body["results"][0]["n"]) == (None, 0)
    assert fact.quality is Quality.FAILED
    assert "held against no assertion: 2" in fact.quality_reasons[0]


def test_one_answer_held_against_nothing_is_left_out_of_the_share(found):
    (fact,) = found(output([row(False, 1, test=0), free(test=1)]))
    (result,) = fact.body["results"]
    assert (result["value"], result["n"], result["n_original"]) == (0.0, 1, 2)
    assert (fact.quality, fact.quality_reasons) == (
        Quality.PARTIAL,
        ("1 of 2 answers were held against no assertion",),
    )


def test_an_answer_that_won_a_comparison_was_held_against_something(found):
    won = NOTHING | {"componentResults": [{"pass": True, "assertion": {"type": "select-best"}}]}
    (fact,) = found(output([row(gradingResult=won)]))
    assert (fact.body["results"][0]["value"], fact.quality) == (1.0, Quality.COMPLETE)


def test_a_success_without_any_grading_is_no_pass(found):
    (fact,) = found(output([{"prompt": {}, "vars": {}, "response": {"output": "x"}, "success": True}], version=2))
    assert fact.quality is Quality.FAILED


def test_an_attack_that_nothing_judged_was_not_resisted(found):
    (fact,) = found(output([free(testCase={"metadata": {"pluginId": "pii"}})]))
    assert (fact.kind, fact.body["attempts"], fact.body["not_scored"]) == ("red-team.v1", 0, 1)
    assert fact.quality is Quality.FAILED


def test_results_of_no_named_provider_are_partial(found):
    (fact,) = found(output([row(provider=None)]))
    assert (fact.subject.name, fact.quality) == ("unknown", Quality.PARTIAL)


@pytest.mark.parametrize("version", [1, 3])
def test_a_summary_that_stands_at_the_top_is_read(version, found):
    summary = output([row(test=0), row(False, 1, test=1)], version=version)["results"]
    (fact,) = found(summary)
    assert (fact.body["results"][0]["value"], fact.quality) == (0.5, Quality.COMPLETE)


def test_the_order_of_the_keys_does_not_matter(found):
    value = output([row()])
    value["results"] = dict(reversed(value["results"].items()))
    (fact,) = found(dict(reversed(value.items())))
    assert fact.quality is Quality.COMPLETE
