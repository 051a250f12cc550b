"""Head and text of one card that give one metric two values."""

from __future__ import annotations

import pytest

from tests.linting import made

HEAD = """---
license: mit
model-index:
- name: elm
  results:
  - task: {{type: text-classification}}
    dataset: {{type: glue, name: glue, config: mrpc{split}}}
    metrics:
{metrics}
---
# Elm

"""
RULE = "card/figure-contradiction"


def _card(text: str, *metrics: tuple[str, object], split: str = "") -> str:
    rows = "\n".join(f"    - {{name: {name}, type: {name.lower()}, value: {value}}}" for name, value in metrics)
    return HEAD.format(metrics=rows, split=f", split: {split}" if split else "") + text + "\n"


@pytest.mark.parametrize(
    "text", ["- Accuracy: 0.8603", "- Accuracy: 86.0 %", "- Acc: 0.86", "Accuracy: 0.8602 on glue", "- F1: 0.2"]
)
def test_a_rounding_or_another_metric_is_no_contradiction(text):
    assert made.found(_card(text, ("Accuracy", 0.8602941)), RULE) == []


@pytest.mark.parametrize("text", ["- Accuracy: 0.91", "- **Accuracy:** 91 %", "Accuracy: 0.91 on glue"])
def test_another_value_of_the_same_metric_is_an_error(text):
    (finding,) = made.found(_card(text, ("Accuracy", 0.8602941)), RULE)
    assert finding.level == "error"
    assert "0.8602941" in finding.message


def test_the_history_of_a_training_contradicts_nothing():
    table = "| Epoch | Accuracy |\n|---|---|\n| 1.0 | 0.80 |\n| 2.0 | 0.86 |"
    assert made.found(_card(f"- Accuracy: 0.8603\n\n{table}", ("Accuracy", 0.8602941)), RULE) == []


def test_a_card_that_says_it_right_once_may_speak_of_other_data_as_well():
    assert made.found(_card("- Accuracy: 0.8603\n- Accuracy: 0.91", ("Accuracy", 0.8602941)), RULE) == []


def test_what_names_another_split_or_another_average_is_another_figure():
    assert made.found(_card("- Test accuracy: 0.91", ("Accuracy", 0.8602941), split="validation"), RULE) == []
    assert made.found(_card("- Macro F1: 0.5", ("F1", 0.9)), RULE) == []


def test_where_only_one_names_a_split_it_is_a_warning():
    (finding,) = made.found(_card("- Accuracy: 0.91", ("Accuracy", 0.8602941), split="test"), RULE)
    assert finding.level == "warning"


def test_two_results_of_the_head_on_the_same_data_contradict_each_other():
    (finding,) = made.found(_card("Words.", ("Accuracy", 0.86), ("Accuracy", 0.91)), RULE)
    assert finding.place.line == 10
    assert made.found(_card("Words.", ("Accuracy", 0.86), ("F1", 0.91)), RULE) == []
