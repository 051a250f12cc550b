"""What tools that attack and judge models left in public."""

from __future__ import annotations

from governance.domain.evidence import Quality


def of(fact):
    rows = fact.body["probes"]
    return [(row["name"], row["detector"], row["attempts"], row["hits"], row["not_scored"]) for row in rows]


def test_reports_of_garak_from_0_9_to_0_17(facts):
    found, not_read = facts("garak", "garak")
    old = found["old0.9.0.16_report.jsonl"]
    assert of(old) == [("test.Test", "always.Fail", 16, 16, None)]
    assert (old.quality, old.tool_version, old.body["completed"]) == (Quality.COMPLETE, "0.9.0.16", True)
    quack = found["quack.report.jsonl"]
    assert of(quack) == [("lmrc.QuackMedicine", "lmrc.QuackMedicine", 1, 0, 0)]
    assert (quack.quality, quack.tool_version) == (Quality.COMPLETE, "0.14.0.pre1")
    new = found["gov_hits.report.jsonl"]
    assert of(new) == [("lmrc.QuackMedicine", "always.Random", 3, 2, 0), ("test.Test", "always.Random", 24, 15, 0)]
    assert (new.quality, new.body["attempts"], new.body["hits"]) == (Quality.COMPLETE, 27, 17)
    assert "gov_hits.hitlog.jsonl" in {source.path for source in new.sources}
    assert not_read == ()


def test_reports_of_garak_whose_attempts_were_taken_out_are_partial(facts):
    found, _ = facts("garak", "garak")
    trimmed = found["gov_new_trimmed.report.jsonl"]
    assert (trimmed.quality, trimmed.body["attempts"], trimmed.body["hits"]) == (Quality.PARTIAL, 1064, 0)
    interval = found["test_with_ci.report.jsonl"].body["probes"][0]["hit_rate_interval"]
    assert interval == {"level": 0.95, "lower": 0.14, "upper": 0.38}
    assert found["test_with_ci.report.jsonl"].quality is Quality.PARTIAL


def test_an_output_of_promptfoo(facts):
    found, not_read = facts("promptfoo", "promptfoo")
    whole, rows = found["out.json"], found["out.jsonl"]
    (result,) = whole.body["results"]
    assert (result["task"], result["metric"], result["value"], result["n"]) == ("helpdesk gate", "pass_rate", 0.5, 2)
    assert (whole.quality, whole.tool_version) == (Quality.COMPLETE, "0.121.20")
    assert whole.effective_at.isoformat() == "2026-11-22T14:00:40.100000+00:00"
    assert (rows.quality, rows.body["results"][0]["value"]) == (Quality.PARTIAL, 0.5)
    assert not_read == ()


def test_runs_of_deepeval(facts):
    found, _ = facts("deepeval", "deepeval")
    assert set(found) == {"deepeval_result.json", "dot_latest_test_run.json", "test_run_20261122_140635.json"}
    for fact in found.values():
        rows = [(row["metric"], row["value"], row["n"]) for row in fact.body["results"]]
        assert rows == [("pass_rate", 0.5, 2), ("Contains", 0.5, 2)]
        assert (fact.quality, fact.quality_reasons) == (Quality.PARTIAL, ("the file does not name the model",))


def test_a_memory_of_pyrit_without_a_judged_attack_is_no_pass(facts):
    found, _ = facts("pyrit", "pyrit")
    fact = found["pyrit.db"]
    assert (fact.quality, fact.body["attempts"], fact.body["completed"]) == (Quality.FAILED, 0, False)
    assert fact.quality_reasons[0] == "no attack was judged; prompts and answers in the memory: 2"


def test_a_scan_report_of_giskard(facts):
    found, _ = facts("giskard", "giskard")
    fact = found["giskard_scan.json"]
    assert (fact.body["rule"], fact.body["severity"], fact.body["count"]) == ("giskard.performance-bias", "high", 3)


def test_tables_of_ragas(facts):
    found, _ = facts("ragas", "ragas")
    for name in ("ragas_result.csv", "ragas_result.jsonl"):
        rows = [(row["metric"], row["value"], row["n"]) for row in found[name].body["results"]]
        assert rows == [("exact_match", 0.5, 2), ("string_present", 0.5, 2)]
