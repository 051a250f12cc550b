"""Placeholders and boilerplate: what is found, and the words that only look like them."""

from __future__ import annotations

import pytest

from tests.linting import made

PLACEHOLDERS = [
    "[More Information Needed]", "More information needed", "More Information Needed.", "**Funded by:** [More Information Needed]",
    "TODO", "TODO: describe the data", "[TODO]", "- Hours used: TBD", "(TBD)", "Coming soon!", "To be added.", "[to be completed]",
    "{{ model_description | default(\"\", true) }}", "Lorem ipsum dolor sit amet.", "N/A", "- **License:** N/A", "[None]", "...", "x", "- **Cite as:** -",
    "[Describe the primary use cases for this model]", "[insert your name]", "[e.g., BERT, DistilBERT]", "[Model Name]",
    "Describe the data you used to train the model.", "Provide examples of latent issues and potential remediations.",
    "ＴＯＤＯ: describe it", "TO\u200bDO: describe it", "<p>TODO: x</p>", "{MODEL_NAME}", "on the None dataset.",
    "- License: mit\n- Cite as: -", "- **Developed by:** ___", "- License: ___", "- Model date: YYYY-MM-DD", "- Accuracy: XX.X%", "- Accuracy: XX %", "Developed by: <your name>",
    "- Developed by: [Name]", "- Funded by: [Organization]", "- Author: ${AUTHOR}", "WIP", "Under construction.", "[More Info Needed]",
    "[Needs More Information]", "More details to follow.", "This section is under construction.", "Results will follow soon.",
    "| Task | Accuracy |\n|---|---|\n| desk | XX.X |", "| Task | Accuracy |\n|---|---|\n| desk | N/A |\n| loans | - |",
    "| Metric | Value |\n|---|---|\n| Accuracy | ? |", "1. ...\n2. ...",
]  # fmt: skip
NO_PLACEHOLDERS = [
    "The to-do list of a reader is one of the topics.", "Todo el mundo puede usarlo.", "It needs more information than it has.",
    "`TODO` marks what is open.", "The formula is $\\frac{{a}}{{b}}$.", "None of the answers was wrong.", "See [1] and [12].",
    "Nobody knows how it does on other desks.", "The tag `[None]` is ours.", "```\nTODO: x\n```", "A todo app was used in the test.",
    "Tuberculosis (TBC) is not among the topics.", "We provide {dir}/{file} for each run.",
    "- loans\n- renewals\n- ...", "1. English\n2. German\n3. …", "The prompt is {SYSTEM_PROMPT} and then the question.",
    "In the format, {USER_NAME} stands for the reader.", "Dates are written as YYYY-MM-DD in the answers.", "The norm is ${ABC}$ of it.",
    "| Task | Accuracy |\n|---|---|\n| desk | 0.9 |\n| loans | - |", "See [Name](https://example.org) for it.", "It follows <b>three</b> rules.",
    "Put it under voices/<your_folder_name> and name it there.",
    "Work in progress at the desk is what it is asked about.", "| Field | Note |\n|---|---|\n| Colour | - |",
]  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_words_that_stand_for_words_are_found(text):
    assert made.found(made.body(f"Words of its own stand here.\n\n{text}"), "card/placeholder")


@pytest.mark.parametrize("text", NO_PLACEHOLDERS)
def test_words_that_only_look_like_placeholders_are_left_alone(text):
    assert made.found(made.body(f"Words of its own stand here.\n\n{text}"), "card/placeholder") == []


def test_an_empty_cell_and_a_dash_in_a_table_are_no_placeholders():
    assert made.found(made.body("| a | b |\n|---|---|\n| - | N/A |\n| none | |"), "card/placeholder") == []
    assert made.found(made.body("| a | b |\n|---|---|\n| use | TBD |"), "card/placeholder")


def test_a_link_that_leads_to_nobody_is_a_placeholder():
    text = "This model is a fine-tuned version of [](https://huggingface.co/) on books."
    (finding,) = made.found(made.body(text), "card/placeholder")
    assert "names nothing" in finding.message
    assert made.found(made.body("A version of [gpt2](https://huggingface.co/gpt2)."), "card/placeholder") == []


def test_a_section_of_one_character_is_an_error_and_an_empty_one_a_warning():
    one, empty = made.body("## Uses\n\n.x"), made.body("## Uses\n\n## Data\n\nWords.")
    assert [each.level for each in made.found(one, "card/empty-section")] == ["error"]
    assert [each.level for each in made.found(empty, "card/empty-section")] == ["warning"]


def test_a_heading_over_its_own_sections_and_the_title_are_not_empty():
    assert made.found(made.body("## Uses\n\n### Direct use\n\nWords of its own."), "card/empty-section") == []
    assert made.found("# Elm\n## Uses\n\nWords of its own.\n", "card/empty-section") == []


def test_the_head_of_the_trainer_of_trl_is_found_for_what_it_is():
    head = "---\nlicence: license\nbase_model: None\ndatasets: unknown\n---\n# Elm\n\nWords.\n"
    said = {each.subject for each in made.found(head, "card/placeholder-field")}
    assert said == {"licence=license", "base_model=None", "datasets=unknown"}


BOILERPLATE = {
    "the Trainer of transformers": "This model is a fine-tuned version of [gpt2](https://huggingface.co/gpt2) on the glue dataset.",
    "TRL": "It has been trained using [TRL](https://github.com/huggingface/trl).",
    "Unsloth": "This llama model was trained 2x faster with [Unsloth](https://github.com/unslothai/unsloth) and Huggingface's TRL library.",
    "AutoTrain": "This model was trained using AutoTrain. For more information, see the site.",
    "PEFT": "The following `bitsandbytes` quantization config was used during training:",
    "sentence-transformers or SetFit": "This is a [SetFit](https://github.com/huggingface/setfit) model that can be used for Text Classification.",
    "the Hub's card template": "Carbon emissions can be estimated using the [Machine Learning Impact calculator](https://mlco2.github.io) of 2019.",
}


@pytest.mark.parametrize("tool", sorted(BOILERPLATE))
def test_the_sentence_of_a_tool_is_known_with_the_tool_that_wrote_it(tool):
    (finding,) = made.found(made.body(BOILERPLATE[tool]), "card/boilerplate")
    assert finding.message.casefold().startswith(tool.casefold())


@pytest.mark.parametrize(
    "text",
    [
        "The model may generate harmful or biased text.",
        "Users should be aware of the limitations.",
        "Please use it responsibly.",
        "It should not be used for illegal purposes.",
    ],
)
def test_a_sentence_that_fits_any_model_is_noted(text):
    assert [each.level for each in made.found(made.body(text), "card/generic-statement")] == ["note"]


@pytest.mark.parametrize(
    "text",
    [
        "The model may produce biased answers about women in 12 % of the prompts.",
        "The model may produce incorrect doses, because it was trained on recipes.",
        "Users should be careful with questions on law: it invents statutes of the Elm County.",
        "Here is how the model can have biased predictions:",
    ],
)
def test_a_sentence_on_risk_that_names_something_of_its_own_is_left_alone(text):
    assert made.found(made.body(text), "card/generic-statement") == []


def test_specificity_counts_what_no_template_says():
    text = f"{BOILERPLATE['TRL']}\n\n[More Information Needed]\n\nIt was made for the enquiry desk of one library.\n\nseed: 42"
    score = next(each for each in made.report(made.body(text)).scores if each.id == "specificity")
    assert (score.k, score.n, dict(score.rest)) == (
        1,
        3,
        {"placeholder": 1, "boilerplate": 1, "general": 0, "repeated": 0},
    )


ONLY_PLACEHOLDERS = [
    '{{ developers | default("[More Information Needed]", true)}}',
    '- **Made by:** {{ makers | default("TODO: who", true) }}',
    "[TODO: describe the data used to train the model]",
    "TODO: describe where the model fails and for whom",
    "- **Data:** TODO: name the data sets, and who gathered them",
    "[More\nInformation Needed]",
    "To be\nadded",
    "- **Data:** to be\ncompleted",
]


@pytest.mark.parametrize("text", ONLY_PLACEHOLDERS)
def test_of_a_placeholder_in_another_the_whole_is_found_and_says_nothing(text):
    report = made.report(made.body(f"## Limitations\n\n{text}"))
    assert [each.rule for each in report.findings if each.rule == "card/placeholder"] == ["card/placeholder"]
    score = next(each for each in report.scores if each.id == "specificity")
    assert (score.k, dict(score.rest)["placeholder"]) == (0, 1)
    assert dict(report.sections)["limitations"] is False


def test_a_note_to_the_author_ends_with_its_sentence():
    text = "## Limitations\n\nTODO: say more of it. It was never tried on anything but the desk of one library."
    report = made.report(made.body(text))
    assert len([each for each in report.findings if each.rule == "card/placeholder"]) == 1
    assert dict(report.sections)["limitations"] is True


HARD = {
    "the Hub's card template": "Users (both direct and downstream) should be made aware of the\nrisks, biases and limitations of the model.",
    "the Trainer of transformers": "It achieves the following results on the\nevaluation set:",
    "AutoTrain": "This model was trained using\nAutoTrain.",
    "PEFT": "The following `bitsandbytes` quantization\nconfig was used during training:",
}


@pytest.mark.parametrize("tool", sorted(HARD))
@pytest.mark.parametrize("end", ["\n", "  \n", "<br>"])
def test_a_sentence_of_a_tool_is_known_over_two_lines(tool, end):
    (finding,) = made.found(made.body(HARD[tool].replace("\n", end)), "card/boilerplate")
    assert finding.message.casefold().startswith(tool.casefold())


def test_a_line_of_its_own_below_the_sentence_of_a_tool_is_not_taken_for_it():
    text = "# Model trained using AutoTrain\n\nThe desk of one library asks it\nfor opening hours and nothing else."
    assert dict(made.report(made.body(text)).sections)["details"] is False
    assert made.found(made.body("note: x marks the spot\nTODAY: it is open"), "card/placeholder") == []


@pytest.mark.parametrize(
    "code",
    [
        "# TODO: add an example code snippet",
        "// your code goes here",
        "[More Information Needed]",
        "# Coming soon",
        "...",
        "\n# TODO\n\n",
    ],
)
def test_code_that_is_to_be_written_is_no_code(code):
    text = made.body(f"## How to use\n\n```python\n{code}\n```")
    assert dict(made.report(text).sections)["how-to-use"] is False


@pytest.mark.parametrize("code", ["# TODO: make it faster\npipe('a')", "# run it\npipe()", "make todo"])
def test_code_with_a_note_in_it_is_code(code):
    text = made.body(f"## How to use\n\n```python\n{code}\n```")
    assert dict(made.report(text).sections)["how-to-use"] is True
