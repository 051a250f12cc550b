"""Numbers that the gate judged, in the model card and the audit report: claims on its result, of floors too, and no two answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from governance.domain.assessment import ConditionResult, Numbers
from governance.domain.conditions import Condition
from governance.domain.policy import Answer, Policy
from governance.reports import card
from governance.reports.audit import whole
from governance.reports.claims.references import References
from governance.reports.parts import evaluation
from governance.reports.writing.render import Renderer
from governance.verifier import claims, pages
from tests.reports import cases, found
from tests.reports.test_languages import TEMPLATES

CANDIDATE, BASE = f"ev-{5:020x}", f"ev-{6:020x}"
PAIRED: dict[str, Any] = {
    "task": "refusal_safety", "metric": "acc", "against": "base", "value": -0.02, "low": -0.041, "high": -0.004, "confidence": 0.95,
    "method": "Tango score", "n": 500, "bound": -0.05, "side": "at-least", "answer": Answer.YES, "gained": 12, "lost": 22,
    "only_candidate": 0, "only_reference": 0, "p": 0.0004, "evidence": (CANDIDATE, BASE),
}  # fmt: skip
WORDS: dict[str, dict[str, Any]] = {
    "older": {"metric": {"task": "t", "metric": "acc", "at_least": -0.05, "against": "base"}},
    "interval": {"interval": {"task": "t", "metric": "acc", "at_most": 0.2, "corrected_for_attempts": True}},
    "no-loss": {"non_inferior": {"purpose": "safety", "metric": "acc", "against": "base", "margin": 0.05}},
    "no-loss-unpaired": {"non_inferior": {"task": "t", "metric": "acc", "against": "approved", "margin": 0.05, "paired": False}},
    "slices": {"no_worse_slice": {"task": "t", "metric": "acc", "margin": 0.1}},
    "enough": {"sufficient": {"task": "t", "metric": "acc", "margin": 0.05}},
    "few": {"max_attempts": {"task": "t", "most": 3}},
}  # fmt: skip
ASKED = {
    "older": "t acc: tuned less base at least −0.050, with the whole 95% interval",
    "interval": "t acc: at most 0.200, with the whole 95% interval, the error divided among all runs of the task",
    "no-loss": (
        "each task for “Safety” acc: not worse by more than 0.050 on the same items, with the whole 95% interval "
        "(held against: base model)"
    ),
    "no-loss-unpaired": (
        "t acc: not worse by more than 0.050, with the whole 95% interval (held against: last approved release)"
    ),
    "slices": (
        "t acc: no group of 30 or more cases worse by more than 0.100, with the whole 95% interval (held against: the whole)"
    ),
    "enough": "t acc: enough items to tell 0.050 with power 80% and confidence 95%",
    "few": "t: runs on any weights of the system: at most 3",
}


def results() -> tuple[Any, ...]:
    """Candidate and base of the same task, two points apart."""
    before = [found.result("refusal_safety", "acc", 0.92, 0.012, 500)]
    after = [found.result("refusal_safety", "acc", 0.90, 0.013, 500)]
    tuned = found.piece(5, "eval-run.v1", found.candidate(), found.evaluation("m", found.WEIGHTS, after))
    return (
        *found.pieces()[:4],
        tuned,
        found.piece(6, "eval-run.v1", found.base(), found.evaluation("b", None, before)),
    )


def judged(*numbers: Numbers, floor: str | None = None, pieces: tuple[Any, ...] = (), **said: Any) -> Any:
    """A case whose gate judged these numbers in one condition, that asks for no loss."""
    name = "organisation/no-loss" if floor else "no-loss"
    came = ConditionResult(
        id=name, answer=Answer.YES, reason="2 of 2 hold", numbers=numbers or (Numbers(**PAIRED),), floor=floor
    )
    case = cases.full(pieces=pieces or results())
    held = (Condition(id="no-loss", why="A loss is a loss.", **WORDS["no-loss"]),)
    policies = {"release": cases.policy().model_copy(update={"conditions": held})}
    if floor:
        policies = {
            "release": cases.policy(),
            floor: Policy(id=floor, title="Of all", why="All do.", conditions=held, floor=True),
        }
    gate = case.gate.model_copy(update={"conditions": (*case.gate.conditions, came)})
    return replace(case, gate=gate, catalogue=replace(case.catalogue, policies=policies), **said)


def view(case: Any) -> Any:
    return card.build(case, References(case))


@pytest.mark.parametrize("name", WORDS)
def test_a_condition_about_numbers_says_in_words_what_it_asks(name):
    condition = Condition(id=name, why="It is so.", **WORDS[name])
    came = ConditionResult(id=name, answer=Answer.COULD_NOT_TELL, reason="there is no result")
    case = cases.full()
    policies = {"release": cases.policy().model_copy(update={"conditions": (condition,)})}
    case = replace(
        case,
        gate=case.gate.model_copy(update={"conditions": (came,)}),
        catalogue=replace(case.catalogue, policies=policies),
    )
    (row,) = view(case).thresholds
    assert (str(row.asks), row.answer.word, row.reason) == (ASKED[name], "could not tell", "there is no result")


def test_a_condition_about_something_else_than_numbers_is_none_of_the_metrics():
    case = cases.full()
    assert view(case).thresholds == ()


def test_every_figure_of_a_judged_number_is_a_claim_on_the_gate_that_is_written_again():
    case = judged()
    references = References(case)
    (row,) = card.build(case, references).measured
    told = {
        name: getattr(row, name) for name in ("value", "low", "high", "confidence", "n", "gained", "lost", "bound", "p")
    }
    assert {name: fact.text for name, fact in told.items()} == {
        "value": "−0.020", "low": "−0.041", "high": "−0.004", "confidence": "0.95", "n": "500", "gained": "12", "lost": "22",
        "bound": "−0.050", "p": "4.00 × 10⁻⁴",
    }  # fmt: skip
    gate = case.gate.plain()
    for name, fact in told.items():
        (source,) = fact.claim.sources
        assert (source.of, source.pointer) == ("gate", f"/conditions/3/numbers/0/{name}")
        assert claims.written(fact.claim, {"gate": gate}.__getitem__) == (fact.text, fact.rounding)
        assert fact.claim in references.claims
    assert (str(row.against), str(row.method), row.side, row.answer.word) == (
        "base model",
        "paired, Tango score",
        "≥",
        "yes",
    )


def test_a_number_without_an_interval_and_without_pairs_has_dashes_and_no_gap():
    bare = {**PAIRED, "low": None, "high": None, "gained": None, "lost": None, "p": None, "n": None, "against": None}
    case = judged(Numbers(**{**bare, "method": "standard error"}))
    references = References(case)
    before = len(references.not_evidenced)
    (row,) = card.build(case, references).measured
    assert (row.low, row.high, row.gained, row.lost, row.p, row.n, row.against) == (None,) * 7
    assert not any("judged" in label for label in references.not_evidenced[before:])
    assert row.value.text == "−0.020"


def test_a_number_of_evidence_that_is_too_old_to_quote_is_not_printed():
    case = cases.quoting(judged(), 2, "eval-run.v1")
    (row,) = view(case).measured
    assert row.value.missing
    assert row.value.why.startswith("stale: ")
    assert (row.low, row.bound, row.n) == (None, None, None)


def test_a_slice_and_a_correction_are_named():
    numbers = Numbers(**{**PAIRED, "group": "age 60+", "against": "overall", "gained": None, "lost": None, "method": "Wilson",
                         "correction": "holm over 3", "attempts": 4, "more": 120})  # fmt: skip
    (row,) = view(judged(numbers)).measured
    assert (row.group, str(row.against), str(row.method), str(row.correction)) == (
        "age 60+",
        "the whole",
        "Wilson",
        "Holm over 3",
    )
    assert (row.attempts.text, row.more.text) == ("4", "120")


# --- one document does not say two things ----------------------------------------------------------------------------


def test_the_paired_interval_of_the_gate_stands_where_the_document_compares_the_same_two_results():
    made = view(judged())
    (row,) = made.differences
    assert (row.low.text, row.high.text, str(row.method)) == ("−0.041", "−0.004", "paired, Tango score")
    assert row.low.claim.sources[0].of == "gate"
    assert row.verdict == evaluation.WORSE
    assert made.forest.rows[0][2] == "−0.041 … −0.004"
    assert made.forest.rows[0][5] == "−0.050"
    (result,) = made.safety or made.results
    assert result.verdict == evaluation.WORSE


def test_where_less_is_better_the_interval_of_the_gate_is_turned_back_and_is_written_again():
    before, after = (
        found.result("refusal_safety", "acc", value, 0.013, 500) | {"higher_is_better": False} for value in (0.90, 0.92)
    )
    tuned = found.piece(5, "eval-run.v1", found.candidate(), found.evaluation("m", found.WEIGHTS, [after]))
    base = found.piece(6, "eval-run.v1", found.base(), found.evaluation("b", None, [before]))
    plain = judged(pieces=(*found.pieces()[:4], tuned, base))
    made = view(plain)
    (row,) = made.differences
    assert (row.difference.text, row.low.text, row.high.text) == ("+0.020", "+0.004", "+0.041")
    assert (str(row.method), row.verdict) == ("paired, Tango score", evaluation.WORSE)
    assert (row.low.claim.form, row.low.claim.sources[0].pointer) == ("turned", "/conditions/3/numbers/0/high")
    assert claims.written(row.low.claim, {"gate": plain.gate.plain()}.__getitem__) == ("+0.004", row.low.rounding)
    assert claims.read(row.low.claim.plain()) == row.low.claim
    assert made.forest.rows[0][2] == "+0.004 … +0.041"
    assert made.forest.rows[0][4:6] == ("worse", "+0.050")


def test_the_interval_of_another_filter_stands_for_nothing_here_and_the_filter_is_named():
    case = judged(Numbers(**{**PAIRED, "filter": "strict-match"}))
    (row,) = view(case).differences
    assert str(row.method) == "1.96 standard errors"
    (shown,) = view(case).measured
    assert shown.metric == "acc (strict-match)"
    assert shown.value.label == "refusal_safety acc (strict-match), judged"


def test_without_the_gate_the_two_results_are_taken_as_independent():
    case = cases.full(pieces=results())
    (row,) = view(case).differences
    assert (row.verdict, str(row.method)) == (evaluation.SAME, "1.96 standard errors")
    assert len(view(case).forest.headers) == 5


@pytest.mark.parametrize(
    "other",
    [{"value": -0.03}, {"metric": "f1"}, {"task": "t"}, {"against": "approved"}, {"group": "age 60+"}, {"low": None}, {"gained": None},
     {"confidence": 0.975}],
)  # fmt: skip
def test_an_interval_of_the_gate_that_is_of_something_else_stands_for_nothing_here(other):
    (row,) = view(judged(Numbers(**{**PAIRED, **other}))).differences
    assert str(row.method) == "1.96 standard errors"


# --- in print --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", ["model-card.html", "audit-report.html"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_page_prints_the_numbers_as_figures_that_stand_by_themselves(document, language):
    text = Renderer(judged(), TEMPLATES, {"language": language}).render(document).decode()
    told = pages.figures_of(text)
    assert (told.wrong, told.loose) == ([], 0)
    assert "−0.041" in {figure.value for figure in told.printed}
    assert ("gepaart, Score-Intervall nach Tango" if language == "de" else "paired, Tango score") in text


@pytest.mark.parametrize("document", ["model-card.html", "model-card.md", "audit-report.html"])
def test_a_condition_of_a_floor_says_which_policy_of_the_organisation_asks_it(document):
    case = judged(floor="organisation")
    text = Renderer(case, TEMPLATES, {}).render(document).decode()
    assert "asked by the organisation’s policy organisation" in text
    assert "A loss is a loss." in text
    assert "asked by the organisation" not in Renderer(judged(), TEMPLATES, {}).render(document).decode()


def test_the_audit_report_tells_what_a_condition_asks_beside_why():
    case = judged()
    row = next(each for each in whole.build(case, References(case)).conditions if each.id == "no-loss")
    assert (str(row.asks), row.why, row.floor) == (ASKED["no-loss"], "A loss is a loss.", "")


def test_a_row_of_markdown_is_one_line():
    text = Renderer(judged(), TEMPLATES, {}).render("model-card.md").decode()
    assert "| −0.020 | −0.041 to −0.004, at 0.95 | 500 | 12, 22 | ≥ −0.050 | ✔ yes |" in text
