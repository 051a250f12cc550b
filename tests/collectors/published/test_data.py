"""Data and operations: published files of the tools that describe, check and watch data."""

from __future__ import annotations

import pytest

from governance.domain.evidence import Quality


def test_the_template_of_a_card_is_no_licence(facts):
    found, _ = facts("hf-dataset-card", "dataset-card")
    (card,) = found.values()
    assert (card.quality, card.body["licence"]["known"], card.body["spdx"]) == (Quality.PLACEHOLDER, False, None)


def test_a_data_set_on_disk_has_two_rows(facts):
    found, not_read = facts("hf-datasets-disk", "hf-dataset-on-disk")
    (fact,) = found.values()
    assert (fact.quality, fact.body["rows"], fact.body["spdx"], not_read) == (Quality.COMPLETE, 2, "CC-BY-4.0", ())
    assert fact.body["splits"][0]["steps_fingerprint"] == "54d35b4ced7c091a"


@pytest.mark.parametrize(
    ("name", "version", "quality", "spdx", "files"),
    [
        ("1.0_dices-350", "1.0", Quality.COMPLETE, "CC-BY-SA-4.0", 2),
        ("1.0_huggingface-anthropic-hh-rlhf", "1.0", Quality.COMPLETE, "MIT", 6),
        ("1.1_huggingface-data_provenance_initiative", "1.1", Quality.PARTIAL, None, 2),
        ("1.1_huggingface-squad_v2", "1.1", Quality.COMPLETE, "CC-BY-SA-4.0", 2),
    ],
)
def test_descriptions_in_croissant(name, version, quality, spdx, files, facts):
    fact = facts("croissant", "croissant")[0][f"{name}.json"]
    assert (fact.tool_version, fact.quality, fact.body["spdx"]) == (version, quality, spdx)
    assert len(fact.body["distribution"]) == files
    if "huggingface" in name:
        assert all(entry["sha256"] is None for entry in fact.body["distribution"])


def test_dices_tells_its_biases_and_not_its_personal_data(facts):
    body = facts("croissant", "croissant")[0]["1.0_dices-350.json"].body
    assert body["statements"] == {"provenance": True, "personal_data": None, "limitations": True}
    assert len(body["sections"]) == 8


def test_great_expectations_found_three_broken_rules_in_both_forms(facts):
    found, not_read = facts("great-expectations", "great-expectations")
    assert not_read == ()
    for fact in found.values():
        assert [fact.body[key] for key in ("rules", "passed", "failed", "rows")] == [3, 0, 3, 4]
        assert [failure["unexpected"] for failure in fact.body["failures"]] == [1, 2, 1]
    assert found["ge_result.json"].body["suite"] == "train-data"


def test_pandera_found_two_broken_rules_in_both_forms(facts):
    found, _ = facts("pandera", "pandera")
    assert [fact.body["failed"] for fact in found.values()] == [2, 2]
    assert [each["unexpected"] for each in found["pandera_failure_cases.csv"].body["failures"]] == [2, 1]


def test_evidently_sees_the_same_drift_in_every_form(facts):
    found, not_read = facts("evidently", "evidently")
    assert not_read == ()
    drift = {path: fact for path, fact in found.items() if fact.kind == "drift.v1"}
    assert {"report_old.json", "tests_old.json", "snapshot_old.json"} <= set(drift)
    for fact in drift.values():
        assert round(fact.body["value"], 6) == 0.666667
        assert fact.body["breached"] is True
        assert [each["breached"] for each in fact.body["features"]] == [True, False, True]
    assert {path: fact.body["limit"] for path, fact in drift.items()}["tests_old.json"] == 0.3


def test_evidently_checked_the_data_by_twenty_nine_tests(read, published):
    checks = [fact for fact in read(published("evidently")).found if fact.kind == "data-quality.v1"]
    assert {(fact.body["rules"], fact.body["passed"], fact.body["failed"], fact.body["rows"]) for fact in checks} == {
        (29, 19, 10, 300)
    }


def test_a_log_of_litellm_with_one_answer_and_one_limit(facts):
    (fact,) = facts("litellm", "litellm-log")[0].values()
    assert [fact.body[key] for key in ("requests", "errors", "rate_limited")] == [2, 1, 1]
    assert (fact.body["latency_p50_seconds"], fact.body["cost_total"]) == (0.352735043, 1.35e-05)


def test_a_span_of_opentelemetry(facts):
    (fact,) = facts("otel-genai", "otel-genai")[0].values()
    assert (fact.subject.name, fact.body["answered_as"], fact.tool_version) == (
        "smollm2-ft",
        ["smollm2-ft-r8"],
        "1.45.2",
    )
    assert (fact.body["input_tokens"], fact.body["output_tokens"]) == (12, 5)


def test_traced_licences_of_two_families(read, published):
    found = {fact.body["name"]: fact.body for fact in read(published("data-provenance-initiative")).found}
    assert len(found) == 7
    assert found["AgentInstruct-alfworld"]["spdx"] == "MIT"
    mixed = found["AgentInstruct-mind2web"]
    assert (mixed["licence"]["known"], mixed["generated_by"]) == (False, ["OpenAI ChatGPT"])
    assert found["anthropic_hhrlhf"]["rows_stated"] == 160800


def test_overlap_and_duplicates(facts):
    (overlap,) = facts("dedup-contamination", "contamination")[0].values()
    assert (overlap.body["contaminated_items"], overlap.body["benchmarks"][0]["items"]) == (1, 2)
    (copies,) = facts("dedup-contamination", "deduplication")[0].values()
    assert (copies.body["rows_before"], copies.body["duplicates_found"], copies.body["permutations"]) == (12, 8, 128)


def test_two_columns_moved_by_chunks(read, published):
    first, second = read(published("nannyml")).found
    assert (first.body["value"], first.body["breached"]) == (0.9012041387017665, True)
    assert (second.body["value"], second.body["breached"], second.body["current"]["n"]) == (
        0.22384757242582246,
        True,
        300,
    )
