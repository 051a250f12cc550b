"""Which sections a card has: by many names, and never by a heading alone."""

from __future__ import annotations

import pytest

from governance.linting.expected import EXPECTED
from tests.linting import made

SAYS = "Words of its own that fill this section with something."
NAMES = {
    "details": ["Model Details", "Model description", "Overview", "📌 Introduction", "Technical Specifications [optional]", "TL;DR"],
    "intended-use": ["Uses", "Direct Use", "Intended uses & limitations", "Intended Use Cases", "Primary intended uses", "2. Intended Use"],
    "out-of-scope": ["Out-of-Scope Use", "Misuse and Malicious Use", "Prohibited uses", "Not intended for"],
    "factors": ["Factors", "Testing Data, Factors & Metrics", "Results by group", "Fairness evaluation"],
    "training-data": ["Training Data", "Training and evaluation data", "Pretraining data", "Datasets", "Data Sources"],
    "ethics": ["Ethical Considerations", "Responsible AI considerations", "Safety", "Broader Impact"],
    "limitations": ["Limitations", "Bias, Risks, and Limitations", "Caveats and Recommendations", "Known issues", "Disclaimer"],
    "licence": ["License", "Licensing Information", "Licence", "Terms of use"],
    "bias-risk": ["Bias", "Risks, Limitations and Biases", "Fairness", "Toxicity"],
    "environment": ["Environmental Impact", "Carbon Footprint", "CO2 emissions"],
    "contact": ["Model Card Contact", "Contact", "Authors", "Team members", "Citing & Authors"],
}  # fmt: skip


def _present(text: str) -> dict[str, bool | None]:
    return dict(made.report(text).sections)


def _has(text: str, section: str) -> bool:
    return _present(f"---\ntags: []\n---\n# Elm\n\nNo.\n\n{text}\n")[section] is True


@pytest.mark.parametrize(("section", "name"), [(section, name) for section, names in NAMES.items() for name in names])
def test_a_section_is_known_by_the_names_people_give_it(section, name):
    assert _has(f"## {name}\n\n{SAYS}", section)
    assert _has(f"**{name}**\n\n{SAYS}", section)


@pytest.mark.parametrize("section", sorted(NAMES))
def test_a_heading_alone_is_no_section(section):
    for nothing in (
        "",
        "[More Information Needed]",
        "N/A",
        "<!-- words in a comment that nobody sees -->",
        "TODO: write it",
    ):
        assert not _has(f"## {NAMES[section][0]}\n\n{nothing}", section), nothing


def test_a_section_of_boilerplate_is_none():
    text = (
        "## Bias, Risks, and Limitations\n\nUsers (both direct and downstream) should be made aware of the risks, biases and limitations of "
        "the model. More information needed for further recommendations."
    )
    assert not _has(text, "limitations")


def test_a_bold_word_and_the_row_of_a_table_name_a_section_as_well():
    assert _has("**License** A licence of our own, see LICENSE.", "licence")
    assert _has("- **Contact:** the enquiry desk", "contact")
    assert _has("| Attribute | Details |\n|---|---|\n| License | Apache 2.0 |", "licence")
    assert not _has("| Attribute | Details |\n|---|---|\n| License | |", "licence")


def test_results_need_figures_and_how_to_use_needs_code():
    assert not _has("## Evaluation\n\nIt does well on everything we tried.", "results")
    assert _has("## Evaluation\n\nIt does well: an accuracy of 91.2 %.", "results")
    assert _has("| Model | Accuracy |\n|---|---|\n| ours | 91.2 |", "results")
    assert _has("## Usage\n\n```python\npipe()\n```", "how-to-use")


def test_what_stands_below_the_title_is_the_details_where_it_says_enough():
    few, enough = "# Elm\n\nA model.\n", f"# Elm\n\n{'A small model for the desk of one library. ' * 3}\n"
    assert _present(few)["details"] is False
    assert _present(enough)["details"] is True


def test_html_is_read_as_markdown_is():
    assert _has("<h2>Limitations</h2>\n<p>It was never tried on anything but one desk.</p>", "limitations")
    assert _has("<table><tr><th>Model</th><th>Accuracy</th></tr><tr><td>ours</td><td>91.2</td></tr></table>", "results")


def test_one_section_missing_is_one_finding_with_its_own_level():
    found = made.found(made.body("It says nothing."), "card/section-missing")
    assert {each.subject for each in found} == {each.id for each in EXPECTED} - {"licence"}
    assert {each.subject for each in found if each.level == "warning"} == {
        "details", "intended-use", "training-data", "results", "limitations",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "このモデルは図書館の案内係の質問に答えるために作られた小さな言語モデルです。開館時間と貸出期間について答えます。"
        * 3,
        (
            "Ce modèle répond aux questions des lecteurs de la bibliothèque sur les heures d'ouverture, les prêts et les prolongations, et il a été "
            "entraîné avec des questions et des réponses que les bibliothécaires ont écrites pour lui dans une seule langue, qui est le français."
        ),
    ],
)
def test_in_another_language_what_is_missing_can_not_be_told(text):
    report = made.report(made.body(text))
    assert None in dict(report.sections).values()
    assert made.found(made.body(text), "card/section-missing") == []
    score = next(each for each in report.scores if each.id == "presence")
    assert dict(score.rest)["could not tell"] > 0


def test_presence_is_a_count_of_fifteen_and_names_what_is_missing():
    score = next(each for each in made.report(made.WHOLE).scores if each.id == "presence")
    assert (score.k, score.n) == (15, 15) == (len(EXPECTED), len(EXPECTED))
    score = next(each for each in made.report(made.body("No.")).scores if each.id == "presence")
    assert (score.k, "intended-use" in score.note) == (1, True)


EVERY = [names[0] for names in NAMES.values()]
NOTHING = [
    "We will describe this section in a later version of the card.",
    "No information is available here.",
    "There is no information available.",
    "Details will be added soon.",
    "![a picture](https://example.org/a.png)",
]


@pytest.mark.parametrize("text", [SAYS, "See the [paper](https://example.org/paper.pdf) for all of it, please."])
def test_one_passage_under_every_heading_is_said_once(text):
    card = made.body("\n\n".join(f"## {name}\n\n{text}" for name in ["Notes", *EVERY]))
    assert {name for name, there in _present(card).items() if there} <= {"licence"}
    specificity = next(each for each in made.report(card).scores if each.id == "specificity")
    assert (specificity.k, dict(specificity.rest)["repeated"]) == (1, len(EVERY))


@pytest.mark.parametrize("text", NOTHING)
@pytest.mark.parametrize("section", ["limitations", "intended-use", "ethics", "factors", "contact"])
def test_what_says_that_nothing_is_said_is_no_section(section, text):
    assert not _has(f"## {NAMES[section][0]}\n\n{text}", section)


def test_a_sentence_on_what_a_section_is_for_is_none():
    assert not _has("## Limitations\n\nThis section describes the limitations of the model.", "limitations")
    assert _has(
        "## Limitations\n\nIt will be wrong about the branch in Mill Lane until the hours are updated.", "limitations"
    )


def test_a_sentence_on_what_a_section_is_for_is_let_be_where_the_section_says_it():
    opens = "## Evaluation\n\nThis section describes how it was tested."
    assert made.found(made.body(opens), "card/placeholder")
    for more in (
        "\n\nTwo librarians put 62 questions to it.",
        "\n\n### Results\n\n| Desk | Right |\n|---|---|\n| loans | 41 |",
    ):
        assert made.found(made.body(opens + more), "card/placeholder") == []


def test_a_word_in_a_row_or_behind_a_label_is_no_section():
    assert not _has("| Section | Note |\n|---|---|\n| Limitations | ok |\n| Contact | ok |", "limitations")
    assert not _has("| Section | Note |\n|---|---|\n| Contact | ok |", "contact")
    assert not _has("- **Limitations:** some", "limitations")
    assert _has("- **Limitations:** it knows the hours of one library only", "limitations")
    assert _has("| Attribute | Details |\n|---|---|\n| License | MIT |", "licence")
    assert _has("- **Dataset:** opus", "training-data")


def test_a_year_is_no_result_and_a_command_no_limit_of_use():
    assert not _has("## Results\n\nSee the paper from 2023, which has them.", "results")
    assert _has("## Results\n\n| Desk | Right |\n|---|---|\n| loans | 41 |", "results")
    assert not _has("## Usage\n\nDo not use apply_chat_template with the base.", "out-of-scope")
    assert _has("## Usage\n\nDo not use it for advice on law.", "out-of-scope")
    assert not _has("## Usage\n\nClone git@github.com:elm/desk.git first.", "contact")
    assert _has("## Usage\n\nWrite to desk@elm.example about it.", "contact")


def test_a_figure_that_is_said_three_times_is_backed_once():
    text = "\n\n".join(["On desk_qa the accuracy is 0.75."] * 3 + ["On desk_qa the loss is 0.2."])
    report = made.report(made.body(text), made.known(made.value(0.75)))
    backing = next(each for each in report.scores if each.id == "backing")
    assert (backing.k, backing.n, len(report.figures)) == (1, 2, 4)
