"""Which numbers of a card are figures: what it says of how good, how large or how costly the model is, and nothing else."""

from __future__ import annotations

import pytest

from governance.linting.numbers import numbers
from tests.linting import made

FIGURES = {
    "It reaches an accuracy of 85.3 %.": ["85.3 %"],
    "F1 of 0.87 and recall of 0.91 on the test set": ["0.87", "0.91"],
    "- Loss: 5.3713": ["5.3713"],
    "- **Accuracy:** 91": ["91"],
    "Perplexity is 7.045 on wikitext, lower than the base with 9.1.": ["7.045", "9.1"],
    "Training took 3.5 hours and emitted 539 tCO2eq.": ["3.5", "539"],
    "It is 2.5x faster than its teacher.": ["2.5"],
    "About 12 % of the readers were served in German.": ["12 %"],
    "| Model | MMLU | GSM8K |\n|---|---|---|\n| ours | 68.4 | 57 |": ["68.4", "57"],
    "| Metric | Value |\n|---|---|\n| Accuracy | 0.91 |\n| WER | 12 |": ["0.91", "12"],
    "| Task | Score |\n|---|---|\n| a | 70.1 ± 0.4 |": ["70.1"],
    "<table><tr><th>Accuracy</th></tr><tr><td>0.913</td></tr></table>": ["0.913"],
    "- eval_accuracy: 0.9312\n- eval_loss: 0.23": ["0.9312", "0.23"],
    "- f1_macro: 0.78\n- F1_score: 0.91": ["0.78", "0.91"],
    "- mAP50: 0.853\n- mAP50-95: 0.61": ["0.853", "0.61"],
    "- R²: 0.913\n- AP: 58.7\n- CIDEr: 131.4\n- DER: 4.5": ["0.913", "58.7", "131.4", "4.5"],
    "Reaches 88.1 on MMLU.": ["88.1"],
    "Achieves 91.3 F1 and does it fast.": ["91.3"],
    "It is small. Obtained 0.91 AUC on it.": ["0.91"],
    "The model achieves 85 on MMLU.": ["85"],
    "It scored 91 on GSM8K.": ["91"],
    "| WER | CER |\n|---|---|\n| 12.3 | 4.5 |": ["12.3", "4.5"],
    "The model reaches 91.3 on SQuAD 1.1.": ["91.3"],
    "| Benchmark | # Shots | Elm |\n|---|---|---|\n| MMLU | 5 | 68.4 |": ["68.4"],
    "| Model | 0-shot | 5-shot | few-shot |\n|---|---|---|---|\n| Elm | 0.51 | 0.52 | 0.53 |": ["0.51", "0.52", "0.53"],
    "| Metric | Value |\n|---|---|\n| Accuracy of version 2 | 0.91 |": ["0.91"],
    "The score is 2.69 × 10¹³ on this scale.": ["2.69 × 10¹³"],
}
NO_FIGURES = [
    "Version 1.2 of the model, released on 2026-05-04 at 12:30.",
    "Llama-3.1-8B, GPT-3.5, Qwen2.5 and v1.5 are names.",
    "It has 1.7 billion parameters, of which 6.9M trainable parameters.",
    "Licensed under Apache 2.0 and CC BY 4.0.",
    "See section 4.2, table 1.3 and https://arxiv.org/abs/2103.00020.",
    "- learning_rate: 5e-05\n- seed: 42\n- optimizer: Adam with betas=(0.9,0.999) and epsilon=1e-08",
    "We sample at a temperature of 0.7 with top-p 0.95.",
    "Python 3.11, CUDA 12.1 and transformers 5.23.0 were used.",
    "With a 95 % confidence interval, and beyond 1.96 standard errors.",
    "It is 100 % open source.",
    "```\naccuracy: 0.913\n```",
    "The call returns `0.913` as its score.",
    "| Epoch | Step | Learning rate |\n|---|---|---|\n| 1.0 | 500 | 0.001 |",
    "Evaluated on AlpacaEval 2.0 and Common Voice 8.0.",
    "1.1 Purpose and scope of the model",
    "| Field | Value |\n|---|---|\n| Model version | 1.1 |\n| Python | 3.10 |\n| CUDA | 12.1 |\n| transformers | 4.41 |",
    "| Field | Value |\n|---|---|\n| Parameters (B) | 7.6 |\n| Beta1 | 0.9 |\n| Release | 2024.05 |\n| Adam beta2 | 0.95 |",
    "| Benchmark | Shots |\n|---|---|\n| MMLU | 5 |",
    "It was fine-tuned on SQuAD 1.1 and VQA 2.0 for its accuracy.",
    "We report accuracy with vLLM 0.6 and on the GPUs of one rack.",
    "- CPU memory: 512 GB per node",
    "Uses Llama 3.1 and its score is not known.",
    "A benchmark of 9 datasets for language understanding.",
]


def _texts(text: str) -> list[str]:
    return [figure.text for figure in made.report(made.body(text)).figures]


@pytest.mark.parametrize(("text", "figures"), FIGURES.items())
def test_figures_are_found(text, figures):
    assert _texts(text) == figures


@pytest.mark.parametrize("text", NO_FIGURES)
def test_versions_names_dates_settings_and_code_are_no_figures(text):
    assert _texts(text) == []


def test_settings_and_versions_of_packages_are_passed_over_by_their_headings():
    assert (
        _texts("### Training hyperparameters\n\n- accuracy threshold: 0.85\n\n### Framework versions\n\n- Loss 1.13")
        == []
    )


def test_the_results_of_the_head_are_figures_with_their_task_and_metric():
    (first, *_) = made.report(made.WHOLE).figures
    assert {each.where for each in made.report(made.WHOLE).figures} == {"model-index", "head", "table"}
    assert (first.text, first.label) == ("0.4677", "accuracy, desk-questions")


def test_a_result_with_its_spread_is_one_figure():
    card = made.changed("value: 0.4677", "value: 268.14 +/- 16.06")
    assert "268.14" in [each.text for each in made.report(card).figures]
    assert made.found(card, "card/model-index") == []


def test_without_evidence_a_figure_is_cited_or_can_not_be_told_and_never_backed():
    plain = made.report(made.body("Accuracy: 0.913 on it."))
    cited = made.report(made.body("Accuracy: 0.913 on it, see the [results](https://example.org/results.json)."))
    assert [each.state for each in plain.figures] == ["could-not-tell"]
    assert [each.state for each in cited.figures] == ["cited"]
    for report in (plain, cited):
        score = next(each for each in report.scores if each.id == "backing")
        assert (score.k, score.n) == (0, 1)
        assert next(each for each in report.scores if each.id == "freshness").n is None


@pytest.mark.parametrize(
    "link",
    [
        "![acc](https://x/acc.png)",
        "[the model](https://huggingface.co/gpt2)",
        "[accuracy](https://huggingface.co/metrics/accuracy)",
        "[above](#results)",
    ],
)
def test_a_picture_a_model_and_the_page_of_a_metric_are_no_source(link):
    assert [each.state for each in made.report(made.body(f"Accuracy: 0.913 {link}")).figures] == ["could-not-tell"]


def test_a_table_without_evidence_is_one_finding_that_counts_its_figures():
    rows = "\n".join(f"| a{number} | 0.8{number} |" for number in range(9))
    (finding,) = made.found(made.body(f"| Task | Accuracy |\n|---|---|\n{rows}"), "card/figure-no-evidence")
    assert "these 9 figures" in finding.message
    assert "and 6 more" in finding.message


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("85.30", 85.3, 0.01), ("1,024", 1024, 1), ("−0.12", -0.12, 0.01), ("1.5e-4", 0.00015, 0.00001), ("12,5 %", 12.5, 0.1),
        ("2.69 × 10¹³", 2.69e13, 1e11), ("3.0 x 10^-4", 0.0003, 0.00001), (".85", 0.85, 0.01), ("+0.129", 0.129, 0.001),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(text, value, step):
    (number,) = numbers(text)
    assert number.value == pytest.approx(value)
    assert number.step == pytest.approx(step)
    assert number.text == text


def test_nan_is_a_result_only_beside_a_metric():
    assert made.found(made.body("- Loss: nan\n- Nan is a bread."), "card/figure-not-finite")
    assert made.found(made.body("Nan is a bread, and loss of it is bad."), "card/figure-not-finite") == []
    assert made.found(made.body("| Loss |\n|---|\n| nan |"), "card/figure-not-finite")
