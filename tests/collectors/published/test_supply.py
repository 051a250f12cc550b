"""Scans, bills, signatures and marks that their tools left in public."""

from __future__ import annotations

import pytest

from governance.domain.evidence import Quality


def test_bandits_report_in_sarif_has_one_warning_and_four_notes(facts):
    found, _ = facts("sarif", "sarif")
    body = found["bandit.sarif"].body
    counts = [body[key] for key in ("findings", "critical", "high", "medium", "low", "scanned")]
    assert counts[0] == sum(counts[1:5])
    assert body["completed"] is True
    assert found["bandit.sarif"].quality is Quality.COMPLETE


def test_modelscan_found_one_call_to_the_system_in_six_files(facts):
    found, _ = facts("pickle-scanners", "modelscan")
    (fact,) = found.values()
    assert [fact.body[key] for key in ("scanned", "findings", "critical", "not_scanned")] == [6, 1, 1, None]
    assert fact.body["rules"] == [{"id": "PickleUnsafeOpScan posix.system", "severity": "critical", "count": 1}]
    assert fact.tool_version == "0.8.8"


def test_picklescan_found_the_same_and_does_not_grade_it(facts):
    found, _ = facts("pickle-scanners", "picklescan")
    (fact,) = found.values()
    assert [fact.body[key] for key in ("scanned", "findings", "critical", "suspicious")] == [6, 1, None, 11]
    assert fact.body["imports"] == {"suspicious": 11, "innocuous": 9, "dangerous": 1}
    assert fact.quality is Quality.COMPLETE


def test_no_published_signature_verifies_here(facts):
    found, not_read = facts("model-signing", "model-signing")
    said = {path: (fact.body["method"], fact.body["verified"]) for path, fact in found.items()}
    assert not_read == ()
    # The model folder beside them is not whole, and the only key at hand belongs to the last of them.
    assert said == {
        "new1.1.1-elliptic-key.model.sig": ("key", False),
        "v0.2.0-certificate.model.sig": ("certificate", None),
        "v0.3.1-elliptic-key.model.sig": ("key", False),
        "v1.0.0-sigstore.model.sig": ("sigstore", None),
    }
    newest = found["new1.1.1-elliptic-key.model.sig"].body
    assert "adapter_model.safetensors was signed and is not there" in newest["problems"]
    assert newest["key_fingerprint"].endswith("6913d3")
    assert [fact.body["files"] for fact in found.values()] == [3, 2, 1, 2]
    assert found["v1.0.0-sigstore.model.sig"].body["signed_at"] == "2025-05-03T01:34:46Z"


def test_a_python_environment_lists_108_packages(facts):
    found, _ = facts("cyclonedx-env", "cyclonedx")
    body = found["env.cdx.json"].body
    assert [body[key] for key in ("components", "models", "without_version", "without_licence")] == [108, 0, 0, 5]
    assert (body["licences"]["MIT"], body["tool"]["name"]) == (40, "cyclonedx-py")


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7"])
def test_the_standards_own_examples_list_one_model_with_a_card(version, facts):
    found, _ = facts("cyclonedx-mlbom", "cyclonedx")
    body = found[f"valid-machine-learning-{version}.json"].body
    assert [body[key] for key in ("components", "models", "model_cards", "card_data_sets")] == [1, 1, 1, 1]
    assert body["without_licence"] == 1


def test_a_mark_may_be_valid_and_its_signer_unknown(facts):
    found, _ = facts("c2pa", "c2pa-manifest")
    (fact,) = found.values()
    assert [fact.body[key] for key in ("marked", "invalid", "untrusted")] == [1, 0, 1]
    assert fact.body["source_types"] == ["algorithmicMedia"]


def test_secrets_are_counted_by_type(facts):
    found, _ = facts("detect-secrets", "detect-secrets")
    (fact,) = found.values()
    assert fact.body["findings"] == 7
    assert {row["id"]: row["count"] for row in fact.body["rules"]} == {
        "AWS Access Key": 1,
        "Base64 High Entropy String": 2,
        "Secret Keyword": 4,
    }


def test_personal_data_is_counted_by_sort(facts):
    found, _ = facts("presidio", "presidio")
    (fact,) = found.values()
    assert fact.body["rows"] == 1
    assert fact.body["entities"] == {
        "CREDIT_CARD": 1, "EMAIL_ADDRESS": 1, "IP_ADDRESS": 1, "PHONE_NUMBER": 1, "URL": 2,
    }  # fmt: skip


def test_a_watermark_tried_on_one_text_of_each_sort_is_partial(facts):
    found, _ = facts("watermark", "watermark")
    (fact,) = found.values()
    assert (fact.body["true_positive_rate"], fact.body["false_positive_rate"]) == (1.0, 0.0)
    assert (fact.body["tokens_median"], fact.quality) == (39, Quality.PARTIAL)
    assert "hashing_key" not in fact.body["settings"]


def test_a_report_of_avid_names_its_model(facts):
    found, _ = facts("incident-avid", "avid")
    (fact,) = found.values()
    assert fact.body["incidents"][0]["systems"] == ["gpt-4o-mini-2024-07-18"]
    assert fact.body["from_date"] == "2025-05-26"


def test_a_table_of_aiid_without_its_last_line_end_is_not_read(facts):
    found, not_read = facts("incident-aiid", "aiid")
    assert not found
    assert "has no end" in not_read[0].reason
