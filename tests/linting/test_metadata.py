"""The head of a card: what the Hub refuses is an error, what it misreads a warning; checked against the Hub's own library where it can be."""

from __future__ import annotations

import pytest
from huggingface_hub import ModelCard, ModelCardData

from governance.domain.licences import LICENCES
from governance.linting import fields
from governance.reports.card import hub_terms
from tests.linting import made


def _rules(head: str) -> dict[str, str]:
    found = made.report(f"---\n{head}\n---\n# Elm\n\nWords.\n").findings
    return {each.rule.removeprefix("card/"): str(each.level) for each in found}


def test_the_library_of_the_hub_reads_the_card_without_a_fault_as_we_do():
    card = ModelCard(made.WHOLE)
    data = card.data
    assert isinstance(data, ModelCardData)
    assert (data.license, data.base_model, data.pipeline_tag) == (
        "apache-2.0", "HuggingFaceTB/SmolLM2-135M-Instruct", "text-generation",
    )  # fmt: skip
    (result,) = data.eval_results
    assert (result.metric_value, result.source_url) == (0.4677, "https://example.org/elm/results.json")


@pytest.mark.parametrize(
    "broken",
    [
        made.changed("      name: desk-questions\n", ""),
        made.changed("    metrics:\n", "    scores:\n"),
        made.changed("  - task:\n      type: text-generation\n", "  - kind: x\n"),
        made.changed("- name: elm-desk\n  results:", "- name: elm-desk\n  outcomes:"),
    ],
)
def test_what_the_library_of_the_hub_can_not_read_as_results_is_an_error_here(broken):
    with pytest.raises((ValueError, KeyError, TypeError)):
        ModelCard(broken, ignore_metadata_errors=False)
    assert "error" in [each.level for each in made.found(broken, "card/model-index")]


@pytest.mark.parametrize(
    ("head", "rule", "level"),
    [
        ("license: 3", "field-type", "error"),
        ("tags: lora", "field-type", "warning"),
        ("base_model: {name: x}", "field-type", "error"),
        ("model-index: {name: x}", "field-type", "error"),
        ("inference: 3.5", "field-type", "warning"),
        ("metrics: [accuracy, 3]", "field-type", "warning"),
        ("licenses: mit", "field-misspelt", "warning"),
        ("model_index: []", "field-misspelt", "warning"),
        ("language: english", "language", "warning"),
        ("language: no", "language", "note"),
        ("language: [true]", "field-type", "warning"),
        ("pipeline_tag: chatting", "pipeline-tag", "warning"),
        ("base_model: /home/me/model", "base-model", "warning"),
        ("base_model: a phrase on a model", "base-model", "warning"),
        ("datasets: [data/train.jsonl]", "datasets", "warning"),
        ("datasets: [My own data]", "datasets", "warning"),
        ("base_model: a/b\nbase_model_relation: cousin", "base-model-relation", "error"),
        ("co2_eq_emissions: 12.5", "co2", "warning"),
        ("co2_eq_emissions: {emissions: 12 kg, source: CodeCarbon}", "co2", "error"),
        ("co2_eq_emissions: {emissions: -1, source: CodeCarbon}", "co2", "error"),
        ("co2_eq_emissions: {source: CodeCarbon}", "co2", "error"),
        ("model-index:\n- name: elm\n  results: []", "model-index", "note"),
        ("datasets:", "placeholder-field", "warning"),
        ("library_name: None", "placeholder-field", "error"),
        ("tags: [lora]", "base-model", "warning"),
    ],
)
def test_a_field_that_is_wrong_is_found(head, rule, level):
    assert _rules(head).get(rule) == level


@pytest.mark.parametrize(
    "head",
    [
        "license: [mit, apache-2.0]", "language: en", "language: 'no'", "language: zh-CN", "language: [deu, multilingual, code]", "inference: false",
        "inference:\n  parameters: {temperature: 0.7}", "pipeline_tag: image-text-to-text", "base_model: gpt2\nbase_model_relation: finetune",
        "base_model: [a/b, c/d]\nbase_model_relation: merge", "datasets: glue", "datasets: [stanfordnlp/imdb]", "widget:\n- text: Hello",
        "co2_eq_emissions: {emissions: 24_700_000, source: https://arxiv.org/abs/2211.02001}", "my_own_field: [1, two]", "metrics: [accuracy]",
        "co2_eq_emissions: {emissions: 0.5, source: CodeCarbon}", "thumbnail:", "license: unknown",
    ],
)  # fmt: skip
def test_a_field_that_the_hub_reads_is_left_alone(head):
    mine = set(_rules(head)) & {
        "field-type", "field-misspelt", "language", "pipeline-tag", "base-model", "base-model-relation", "datasets", "co2", "placeholder-field",
    }  # fmt: skip
    assert mine == set()


def test_the_same_digits_in_another_unit_are_an_error():
    head = "co2_eq_emissions: {emissions: 12.5, source: CodeCarbon}"
    text = "---\n" + head + "\n---\n# Elm\n\nTraining emitted {} CO2eq.\n"
    assert made.found(text.replace("{}", "12.5 kg"), "card/co2")
    assert made.found(text.replace("{}", "12.5 g"), "card/co2") == []
    assert made.found(text.replace("{}", "0.0125 kg"), "card/co2") == []


@pytest.mark.parametrize(
    ("metric", "level"),
    [
        ("{type: acc, value: high}", "warning"), ("{type: acc}", "error"), ("{value: 0.5}", "error"), ("{type: acc, value: .nan}", "warning"),
        ("{type: acc, value: 0.5, verified: true}", "warning"), ("0.5", "error"),
    ],
)  # fmt: skip
def test_a_metric_without_type_or_number_is_found(metric, level):
    head = "model-index:\n- name: elm\n  results:\n  - {task: {type: x}, dataset: {type: a, name: b}, metrics: [%s]}"
    assert _rules(head % metric).get("model-index") == level


def test_what_our_own_cards_write_in_their_heads_is_known_here():
    assert hub_terms.LICENCES <= LICENCES
    assert {"text-generation", "fill-mask", "automatic-speech-recognition", "other"} <= fields.TASKS
