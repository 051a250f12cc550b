"""Inspect and every_eval_ever: the logs that their authors and users left."""

from __future__ import annotations

from governance.domain.evidence import Quality

from ..tables import columns


def test_runs_of_inspect_of_all_ages(facts):
    found, not_read = facts("inspect", "inspect-log")
    told = {path: (fact.tool_version, fact.quality.value) for path, fact in found.items()}
    expected = {
        "2024-08-29T15-11-17+00-00_popularity_5EAmX6wjMFqea6WY7XHzZp.json": (None, "partial"),
        "2025-05-12T20-28-13-04-00_no-samples.json": ("0.3.95.dev16+g6527d0861", "failed"),
        "eee_data_arc_qwen.json": ("0.3.138.dev45+g23fb0e7e", "partial"),
        "eee_data_pubmedqa_gpt4o_mini.json": ("0.3.108", "partial"),
        "log_formats.eval": ("0.3.41.dev123+g9ad2119a.d20241015", "partial"),
        "log_formats.json": ("0.3.41.dev123+g9ad2119a.d20241015", "partial"),
        "new0.3.285_ERROR_helpdesk.eval": ("0.3.285", "failed"),
        "new0.3.285_KILLED.eval": ("0.3.285", "failed"),
        "new0.3.285_helpdesk.json": ("0.3.285", "complete"),
        "new0.3.285_helpdesk_zstd.eval": ("0.3.285", "complete"),
    }
    assert expected.items() <= told.items()
    assert not_read == ()
    (row,) = found["eee_data_arc_qwen.json"].body["results"]
    assert (row["value"], row["n"], row["n_original"], row["data_set"]) == (1 / 3, 3, 2376, "allenai/ai2_arc")
    assert "3 of 6 samples are in the log" in found["new0.3.285_KILLED.eval"].quality_reasons


def test_samples_of_both_forms_have_the_same_documents_and_scores(facts):
    found, _ = facts("inspect", "inspect-samples")
    zstd, plain = (found[f"new0.3.285_helpdesk{end}"] for end in ("_zstd.eval", ".json"))
    assert columns(zstd) == columns(plain)
    assert (columns(zstd)["includes"], zstd.body["means"]) == ([0, 1, 1, 1], {"includes": 0.75})
    old, new = (found[f"log_formats.{end}"] for end in ("json", "eval"))
    assert columns(old) == columns(new)
    assert found["new0.3.285_KILLED.eval"].body["n"] == 3
    assert found["new0.3.285_KILLED.eval"].quality is Quality.FAILED
    assert "2025-05-12T20-28-13-04-00_no-samples.json" not in found


def test_the_example_of_every_eval_ever_is_a_template_that_was_not_filled_in(facts):
    found, not_read = facts("every-eval-ever", "every-eval-ever")
    fact = found["f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40.json"]
    assert (fact.quality, fact.tool_version, fact.body["results"][0]["value"]) == (Quality.PLACEHOLDER, "0.3.0", 0.75)
    assert "source_name is still the template's own <Platform>" in fact.quality_reasons
    assert not_read == ()
    samples, _ = facts("every-eval-ever", "every-eval-ever-samples")
    assert samples["f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40_samples.jsonl"].body["means"] == {"accuracy": 1.0}
