"""Which figures evidence stands behind: by name and value, by value only, stale, another value, none."""

from __future__ import annotations

from datetime import date

import pytest

from governance.linting import known as knowing
from governance.linting.known import Source
from governance.linting.lint import outcome
from tests.linting import made
from tests.linting.made import known, value
from tests.reports import cases

EVAL = "ev-00000000000000000001"
TABLE = "| Task | Metric | Value |\n|---|---|---|\n| {task} | {metric} | {text} |"


def _state(text: str, held: knowing.Known) -> str:
    (figure,) = made.report(made.body(text), held).figures
    return figure.state


def _row(text: str, task: str = "desk_qa", metric: str = "acc") -> str:
    return TABLE.format(task=task, metric=metric, text=text)


@pytest.mark.parametrize("text", ["0.468", "0.47", "0.4677", "46.8 %", "46.77", "47 %", "0.46774"])
def test_a_figure_is_backed_where_the_value_rounds_to_it(text):
    assert _state(_row(text), known(value(0.46774))) == "backed"


@pytest.mark.parametrize("text", ["0.469", "0.46", "0.4678", "46.7 %", "0.4677400", "4.68", "−0.468"])
def test_a_figure_that_the_value_does_not_round_to_is_another_one(text):
    assert _state(_row(text), known(value(0.467742))) == "differs"


def test_other_words_for_a_metric_are_the_same_metric():
    assert _state("On desk_qa the accuracy is 0.468.", known(value(0.46774))) == "backed"
    assert _state("- Desk QA exact match: 0.71", known(value(0.7125, "desk-qa", "exact_match"))) == "backed"


def test_a_value_without_a_name_counts_as_such_and_only_with_three_digits():
    held = known(value(0.46774))
    assert _state("The readers' score was 0.468 at the desk.", held) == "backed-by-value"
    assert _state("The readers' score was 0.47 at the desk.", held) == "unbacked"
    (finding,) = made.found(made.body("The readers' score was 0.468 at the desk."), "card/figure-by-value-only", held)
    assert finding.level == "note"


def test_another_value_is_an_error_that_names_the_one_on_record():
    (finding,) = made.found(made.body(_row("0.82")), "card/figure-differs", known(value(0.75)))
    assert finding.level == "error"
    assert "desk_qa acc is 0.75" in finding.message
    assert EVAL in finding.message


def test_a_figure_of_a_task_that_is_not_on_record_is_unbacked_and_no_contradiction():
    held = known(value(0.75))
    assert _state(_row("0.913", task="made_up"), held) == "unbacked"
    (finding,) = made.found(made.body(_row("0.913", task="made_up")), "card/figure-unbacked", held)
    assert (finding.level, finding.untold) == ("warning", True)


def test_a_column_of_the_base_is_held_against_the_base():
    held = known(value(0.468), value(0.339, by="ev-00000000000000000002", of="base"))
    table = "| Task | Base acc | Tuned acc |\n|---|---|---|\n| desk_qa | {} | {} |"
    right, wrong = table.format("0.339", "0.468"), table.format("0.468", "0.339")
    assert [each.state for each in made.report(made.body(right), held).figures] == ["backed", "backed"]
    assert [each.state for each in made.report(made.body(wrong), held).figures] == ["differs", "differs"]


def test_stale_evidence_does_not_back_a_figure():
    held = known(value(0.468), sources={EVAL: Source("eval-run.v1", date(2024, 1, 2), "of 2024-01-02, 900 days ago")})
    assert _state(_row("0.468"), held) == "stale"
    report = made.report(made.body(_row("0.468")), held)
    backing, fresh = (next(each for each in report.scores if each.id == name) for name in ("backing", "freshness"))
    assert (backing.k, backing.n, fresh.k, fresh.n) == (0, 1, 0, 1)


def test_a_day_that_the_card_claims_can_not_come_from_evidence_before_it():
    held = known(value(0.468), sources={EVAL: Source("eval-run.v1", date(2026, 5, 4))})
    assert _state("Measured on 2026-06-01: accuracy on desk_qa is 0.468.", held) == "stale"
    assert _state("Measured on 2026-05-04: accuracy on desk_qa is 0.468.", held) == "backed"


def test_a_later_run_of_the_same_task_makes_the_earlier_figure_stale():
    later = "ev-00000000000000000002"
    held = known(value(0.70), value(0.75, by=later))
    (finding,) = made.found(made.body(_row("0.70")), "card/figure-stale", held)
    assert later in finding.message
    assert _state(_row("0.75"), held) == "backed"


def test_evidence_without_a_clock_is_counted_apart_from_fresh():
    report = made.report(made.body(_row("0.468")), known(value(0.468)))
    fresh = next(each for each in report.scores if each.id == "freshness")
    assert (fresh.k, fresh.n, dict(fresh.rest)) == (0, 1, {"stale": 0, "no clock, could not tell": 1})


def test_a_citation_of_ours_is_resolved_through_the_index_of_the_card():
    index = f"## Evidence index\n\n| No. | Id |\n|---|---|\n| E3 | `{EVAL}` |"
    cell = "| Fact | Value |\n|---|---|\n| Final loss | {} [E3](#e3) |\n\n" + index
    held = known(value(1.4821, "", "final loss"))
    assert _state(cell.format("1.482"), held) == "backed"
    assert _state(cell.format("1.583"), held) == "differs"
    assert _state(cell.format("1.482"), known(value(0.1, by="ev-00000000000000000009"))) == "cited"
    assert made.found(
        made.body(cell.format("1.482")), "card/citation-dangling", known(value(0.1, by="ev-00000000000000000009"))
    )
    assert made.found(made.body(cell.format("1.482")), "card/citation-dangling", held) == []


def test_a_system_without_values_on_its_candidate_can_not_back_anything():
    report = made.report(made.body(_row("0.468")), known())
    assert [each.state for each in report.figures] == ["could-not-tell"]
    assert [each.untold for each in report.findings if each.rule == "card/evidence-absent"] == [True]
    assert outcome([report]) == 3


def test_no_figure_is_backed_by_evidence_about_other_weights():
    case = cases.full()
    assert knowing.of_case(case).speaks_of_candidate
    others = {piece.id for piece in case.dossier.pieces if piece.record.subject.role == "reference"}
    assert not others & set(knowing.of_case(case).sources)


def test_a_case_gives_the_differences_and_intervals_that_documents_print():
    held = knowing.of_case(cases.full())
    words = [each.names[:2] for each in held.values if "difference" in each.names]
    assert ("difference", "elm_desk_qa") in words
    assert ("difference", "interval") in words


def test_the_four_scores_stand_apart_and_each_has_its_denominator():
    report = made.report(made.WHOLE, known(value(0.4677, "desk-questions", "accuracy")))
    assert [each.id for each in report.scores] == ["presence", "specificity", "backing", "freshness"]
    assert all(each.n is None or 0 <= each.k <= each.n for each in report.scores)
    for score in report.scores:
        assert score.n is None or score.k + sum(count for _, count in score.rest) == score.n, score


SAFE = (
    value(0.75, "refusal_safety", "acc"),
    value(0.45, "refusal_safety", "acc", by="ev-00000000000000000002", of="base"),
)
MMLU = (value(0.61, "mmlu", "acc"), value(0.50, "mmlu", "acc", by="ev-00000000000000000002", of="base"))
OF_OTHERS = {
    "| Model | refusal_safety accuracy |\n|---|---|\n| Elm | 0.75 |\n| GPT-4 | 0.99 |": ["backed", "unbacked"],
    "| System | refusal_safety accuracy |\n|---|---|\n| Elm (ours) | 0.75 |\n| Oak | 0.75 |": ["backed", "unbacked"],
    "| Task | Elm | Llama 3.1 8B |\n|---|---|---|\n| refusal_safety accuracy | 0.75 | 0.81 |": ["backed", "unbacked"],
    "| Task | Elm | Oak |\n|---|---|---|\n| refusal_safety accuracy | 0.75 | 0.81 |": ["backed", "unbacked"],
    "| Task | acc | Human acc |\n|---|---|---|\n| refusal_safety | 0.75 | 0.91 |": ["backed", "unbacked"],
    "On refusal_safety GPT-4 has an accuracy of 0.99.": ["unbacked"],
    "On refusal_safety Mistral-7B has an accuracy of 0.75.": ["unbacked"],
    "On refusal_safety our accuracy is 0.75, and that of Claude 3 is 0.99.": ["backed", "unbacked"],
    "Human accuracy on refusal_safety is 89.8%.": ["unbacked"],
    "Random guessing gives 25% accuracy on refusal_safety.": ["unbacked"],
    "The previous state of the art on refusal_safety has an accuracy of 91.5%.": ["unbacked"],
    "The accuracy on refusal_safety is above 60%.": ["unbacked"],
    "The accuracy on refusal_safety is at least 0.70.": ["unbacked"],
    "The accuracy on refusal_safety lies between 0.70 and 0.80.": ["unbacked", "unbacked"],
}


@pytest.mark.parametrize("text", OF_OTHERS)
def test_a_figure_of_another_or_a_bound_is_never_held_against_the_candidate(text):
    held = known(*SAFE)
    report = made.report(made.body(text), held)
    assert [each.state for each in report.figures] == OF_OTHERS[text]
    assert outcome([report]) == 3


def test_a_figure_that_the_base_began_with_is_held_against_the_base_first():
    text = "The accuracy on mmlu rose from 50% to 61%."
    assert [each.by[-1] for each in made.report(made.body(text), known(*MMLU)).figures] == ["2", "1"]
    assert [each.state for each in made.report(made.body(text), known(MMLU[0])).figures] == ["unbacked", "backed"]


@pytest.mark.parametrize(
    "text",
    [
        "| Model | refusal_safety accuracy |\n|---|---|\n| Elm | 0.82 |\n| GPT-4 | 0.99 |",
        "| Model | refusal_safety accuracy |\n|---|---|\n| Elm-8B | 0.82 |",
        "| Task | Elm | Llama 3.1 8B |\n|---|---|---|\n| refusal_safety accuracy | 0.82 | 0.81 |",
        "On refusal_safety the model has an accuracy of 0.82.",
        "- refusal_safety accuracy: 0.82",
    ],
)
def test_a_wrong_figure_of_the_candidate_is_still_an_error(text):
    assert len(made.found(made.body(text), "card/figure-differs", known(*SAFE))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The refusal_safety accuracy is 1.",
        "- refusal_safety acc: 1",
        _row("0.8", "refusal_safety"),
        _row("1", "refusal_safety"),
    ],
)
def test_a_share_in_one_digit_is_backed_by_no_other_share(text):
    assert {each.state for each in made.report(made.body(text), known(*SAFE)).figures} <= {"unbacked"}


@pytest.mark.parametrize(
    ("text", "number"), [("1", 1.0), ("1.0", 1.0), ("0.5", 0.5), ("0", 0.0), ("75 %", 0.75), ("75", 0.75), ("12", 12.3)]
)
def test_a_figure_of_few_digits_is_backed_where_it_is_the_value(text, number):
    assert _state(_row(text), known(value(number))) == "backed"


@pytest.mark.parametrize(
    "text",
    [
        "- mmlu f1: 0.61",
        "On mmlu the error is 0.61.",
        "On gsm8k the acc is 0.61.",
        "- mmlu precision: 0.613",
        _row("0.613", "mmlu", "F1"),
    ],
)
def test_a_value_of_another_metric_or_task_backs_nothing(text):
    held = known(value(0.613, "mmlu", "acc"))
    assert [each.state for each in made.report(made.body(text), held).figures] == ["unbacked"]


def test_in_one_sentence_each_clause_names_its_own_metric_and_task():
    text = "On mmlu the error is 0.61 and the acc of gsm8k is 0.61."
    assert [each.state for each in made.report(made.body(text), known(MMLU[0])).figures] == ["unbacked", "unbacked"]
    text = "It has an accuracy of 0.61 on mmlu, and 0.75 on refusal_safety."
    assert [each.state for each in made.report(made.body(text), known(MMLU[0], SAFE[0])).figures] == [
        "backed",
        "backed",
    ]


def _html(*rows: str) -> str:
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


SPANNED = {
    "a cell over two rows": _html(
        "<th>Group</th><th>Task</th><th>Base accuracy</th><th>Elm accuracy</th>",
        '<td rowspan="2">Safety</td><td>x</td><td>-</td><td>-</td>',
        "<td>refusal_safety accuracy</td><td>0.45</td><td>0.75</td>",
    ),
    "a cell over two columns": _html(
        "<th>Task</th><th>Base accuracy</th><th>Elm accuracy</th>",
        "<td colspan=3>English</td>",
        "<td>refusal_safety accuracy</td><td>0.45</td><td>0.75</td>",
    ),
    "a head over two columns": _html(
        "<th colspan='2'>Task</th><th>Base accuracy</th><th>Elm accuracy</th>",
        "<td>Safety</td><td>refusal_safety accuracy</td><td>0.45</td><td>0.75</td>",
    ),
    "a cell over rows and columns": _html(
        "<th>Group</th><th>Kind</th><th>Task</th><th>Base accuracy</th><th>Elm accuracy</th>",
        "<td rowspan=3 colspan=2>Safety</td><td>x</td><td>-</td><td>-</td>",
        "<td>refusal_safety accuracy</td><td>0.45</td><td>0.75</td>",
        "<td>y</td><td>-</td><td>-</td>",
    ),
    "spans that are none": _html(
        "<th>Task</th><th colspan=0>Base accuracy</th><th colspan=x>Elm accuracy</th>",
        '<td rowspan="">refusal_safety accuracy</td><td>0.45</td><td>0.75</td>',
    ),
}


@pytest.mark.parametrize("what", SPANNED)
def test_a_figure_stands_in_the_column_in_which_a_reader_sees_it(what):
    report = made.report(made.body(SPANNED[what]), known(*SAFE))
    assert [(each.text, each.state) for each in report.figures] == [("0.45", "backed"), ("0.75", "backed")]


def test_the_rows_of_one_model_bear_its_name_where_one_cell_names_it():
    rows = ('<td rowspan="2">GPT-4</td><td>x</td><td>-</td>', "<td>refusal_safety</td><td>0.99</td>")
    table = _html("<th>Model</th><th>Task</th><th>acc</th>", "<td>Elm</td><td>refusal_safety</td><td>0.75</td>", *rows)
    assert [each.state for each in made.report(made.body(table), known(*SAFE)).figures] == ["backed", "unbacked"]
