"""The model card: figures with their evidence, sections and subcards, and the gaps said aloud."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from governance.domain.conditions import MetricBound
from governance.domain.evidence import Role
from governance.domain.policy import FiguresRule
from governance.reports.card import answering, questions
from governance.reports.claims.references import References
from governance.reports.parts import evaluation
from governance.reports.writing.render import Renderer, render
from governance.verifier import claims, intervals
from governance.verifier.pages import figures_of
from tests.reports import card_cases, cases, found
from tests.reports.card_cases import built, evaluated, held

# --- figures and their evidence -------------------------------------------------------------------------------------


def test_each_figure_carries_its_evidence_and_the_link_has_a_target(text):
    assert "| Steps | 120 [\\[E1\\]](#e1) |" in text
    assert "| Duration | 12 min 14 s [\\[E1\\]](#e1) |" in text
    targets = set(re.findall(r'<a id="([a-z0-9]+)">', text))
    assert set(re.findall(r"\]\(#([es]\d*)\)", text)) <= targets


def test_every_link_inside_the_html_documents_has_a_target(templates, any_case):
    for name in ("model-card.html", "audit-report.html", "risk-register.html"):
        made = render(name, any_case, templates).decode()
        assert set(re.findall(r'href="#([^"]+)"', made)) <= set(re.findall(r' id="([^"]+)"', made))


@pytest.mark.parametrize("make", [cases.full, card_cases.rich, card_cases.many])
def test_each_figure_in_print_is_a_claim_that_its_evidence_gives_again(templates, make):
    case = make()
    renderer = Renderer(case, templates, {})
    printed = figures_of(renderer.render("model-card.html").decode())
    made = {row["id"]: claims.read(row) for row in json.loads(renderer.twin("model-card.html"))["claims"]}
    assert not printed.loose
    assert len(printed.printed) > 100
    results = {"gate": case.gate.plain(), "assessment": case.assessment.plain(), "register": {"rows": []}}

    def body(of):
        return results[of] if of in results else case.dossier.by_id[of].body

    for claim_id, _, value in printed.printed:
        assert value == made[claim_id].text
        assert claims.written(made[claim_id], body)[0] == value


def test_results_about_other_weights_are_not_shown_at_all():
    other = found.candidate(found.canonical.sha256(b"other weights"))
    case = held(evaluated([found.result("t", "acc", 0.5, 0.1, 9)], other))
    assert built(case).results == ()
    assert evaluation.latest(case, Role.CANDIDATE) == ({}, {})


def test_results_that_name_no_weights_are_shown_and_are_a_caveat():
    case = held(evaluated([found.result("t", "acc", 0.5, 0.1, 9)], found.candidate(None)))
    (run,) = case.dossier.of_kind("eval-run.v1")
    case = replace(case, assessment=case.assessment.model_copy(update={"unbound": (run.id,)}))
    made = built(case)
    assert [row.task for row in made.results] == ["t"]
    assert any("no digest ties to these weights: 1" in str(each) for each in made.caveats)


def test_words_of_people_name_the_person(text):
    assert "*(stated by Ines Moreau in the system file)*" in text
    assert "attested by Tomas Lind (risk owner) on 2025-09-30" in text


def test_the_record_of_the_whole_machine_stands_before_a_newer_capture_of_its_graphics(full):
    pieces = full.dossier.pieces
    whole = next(piece for piece in pieces if piece.record.kind == "compute-environment.v1")
    graphics = {**whole.body, "host": None, "python": None, "cpu": None, "packages": None}
    newer = whole.model_copy(update={"id": "ev-graphics", "body": graphics, "seq": max(p.seq for p in pieces) + 1})
    case = replace(full, dossier=replace(full.dossier, pieces=(*pieces, newer)))
    assert built(case).environment == built(full).environment


def test_graphics_processors_are_counted_and_each_model_is_named_once():
    cards = {**found.ENVIRONMENT, "gpus": [{"name": "A100"}, {"name": "A100"}, {"name": "T4"}], "gpu_status": "present"}
    case = held(found.piece(8, "compute-environment.v1", found.candidate(), cards))
    told = {(fact.label, fact.text) for fact in built(case).environment}
    assert {
        ("Graphics processors", "3"),
        ("Model of graphics processor", "A100"),
        ("Model of graphics processor", "T4"),
    } <= told


# --- what is missing ------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_and_counted(templates):
    made = built(cases.empty())
    text = render("model-card.md", cases.empty(), templates).decode()
    assert made.frame.facts_missing == made.frame.facts_total > 80
    assert f"{made.frame.facts_total} of {made.frame.facts_total} facts asked for are not evidenced" in text
    assert "*not stated: add `intended_uses` to the system file*" in text
    assert "| Steps | *not evidenced* |" in text


def test_every_section_and_every_question_is_printed_whatever_is_on_record(templates, any_case):
    tokens = (
        MarkdownIt("commonmark")
        .enable("table")
        .parse(render("model-card.md", any_case, templates).decode().partition("\n---\n")[2])
    )
    heads = [tokens[n + 1].content for n, each in enumerate(tokens) if each.type == "heading_open" and each.tag == "h2"]
    assert heads == [
        "Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data", "Quantitative analyses",
        "Ethical considerations", "Bias", "Safety and security", "Privacy", "Explainability", "Caveats and recommendations",
        "How to verify this card", "Evidence index",
    ]  # fmt: skip
    made = built(any_case)
    asked = [len(rows) for _, rows in questions.SUBCARDS] + [len(questions.ETHICS)]
    assert [len(each.rows) for each in (*made.subcards, made.ethics)] == asked
    for each in (*made.subcards, made.ethics):
        assert sum(number for _, number in each.counts) == len(each.rows)


def test_a_figure_without_evidence_is_counted_once_for_each_question(full):
    references = References(cases.empty())
    answer = answering.Answering(cases.empty(), references, ())
    row = answer.answer(questions.SAFETY[1])
    assert (row.status, references.missing) == (answering.MISSING, 1)
    assert [str(each) for each in row.to_add] == ["evidence of the kind `red-team.v1`"]


def test_what_the_policy_holds_for_too_old_is_not_printed(rich):
    policy = rich.catalogue.policies["release"]
    rule = FiguresRule(kinds=("energy.v1",), within_days=1, why="Old energy says nothing.")
    asked = policy.model_copy(update={"figures": (rule,)})
    case = replace(rich, catalogue=replace(rich.catalogue, policies={"release": asked}))
    made = built(case).energy.kwh
    assert made.missing
    assert "stale" in made.why


# --- results and intervals ------------------------------------------------------------------------------------------


def test_a_model_that_got_worse_is_said_to_be_worse(text, full):
    made = built(full)
    assert {row.task: row.verdict.word for row in (*made.results, *made.safety)} == {
        "elm_desk_qa": "better",
        "general_regression": "no clear difference",
        "refusal_safety": "worse",
    }
    assert "▼ 1 result is worse" in text
    assert "slightly worse; the difference is within 1.96 standard errors" in text


@pytest.mark.parametrize(
    ("tuned", "base", "verdict", "method"),
    [
        ({"value": None}, {}, "can not tell", None),
        ({}, {"value": float("nan")}, "can not tell", None),
        ({"stderr": None, "n": None}, {}, "can not tell", None),
        ({"stderr": None}, {"stderr": None, "n": 0}, "can not tell", None),
        ({"stderr": None}, {}, "better", "Newcombe"),
        ({"stderr": None, "value": 0.805}, {}, "can not tell", None),  # 80.5 of 100 is no share
        ({"stderr": None, "value": 0.25}, {"stderr": None}, "no clear difference", "Newcombe"),
        ({"higher_is_better": None}, {"higher_is_better": None}, "can not tell", "standard errors"),
        ({"higher_is_better": False}, {}, "worse", "standard errors"),
        ({"value": 0.2}, {}, "no clear difference", "standard errors"),
        ({}, {}, "better", "standard errors"),
        ({"stderr": 0.0}, {"stderr": 0.0}, "better", "standard errors"),
    ],
)
def test_the_words_follow_direction_interval_and_gaps(tuned, base, verdict, method):
    after = {**found.result("t", "acc", 0.8, 0.01, 100), **tuned}
    before = {**found.result("t", "acc", 0.2, 0.01, 100), **base}
    made = built(held(evaluated([after]), evaluated([before], found.base(), seq=6)))
    (row,) = made.results
    assert row.verdict.word == verdict
    between = intervals.of_difference(after, before)
    assert (between.method if between else None) == method
    if made.differences:
        assert made.differences[0].verdict is row.verdict
        assert (made.differences[0].low is not None) == (method is not None)


def test_newcombes_interval_is_the_published_one():
    """Newcombe (1998), table II, example (a), method 10: 56/70 less 48/80."""
    found_ = intervals.of_difference({"value": 56 / 70, "n": 70}, {"value": 48 / 80, "n": 80})
    assert (round(found_.low, 4), round(found_.high, 4)) == (0.0524, 0.3339)


def test_wilsons_interval_is_inside_nought_and_one_and_the_published_one():
    """Newcombe (1998), Stat. Med. 17:857, table I, method 3."""
    assert [round(end, 4) for end in intervals.wilson(81, 263)] == [0.2553, 0.3662]
    assert intervals.wilson(0, 20)[0] == 0.0
    assert intervals.wilson(20, 20)[1] == 1.0


def test_all_attempts_are_counted_and_the_latest_stands():
    runs = [evaluated([found.result("t", "acc", n / 10, 0.01, 9)], seq=n, days_ago=20 - n) for n in (5, 6, 7)]
    made = built(held(*reversed(runs)))
    (row,) = made.results
    assert (row.attempts, row.tuned.text) == (3, "0.700")
    assert any("run more than once: 1" in str(each) for each in made.caveats)


def test_the_forest_has_the_rows_of_its_table_in_the_same_order(full):
    made = built(full)
    assert [row[0] for row in made.forest.rows] == [row.label for row in made.differences]
    assert [row[1] for row in made.forest.rows] == [row.difference.text for row in made.differences]
    assert [row[2] for row in made.forest.rows] == [f"{row.low.text} … {row.high.text}" for row in made.differences]
    assert [row[4] for row in made.forest.rows] == [row.verdict.word for row in made.differences]


def test_sixty_tasks_are_all_in_the_table_though_the_picture_draws_fewer():
    made = built(card_cases.many())
    assert len(made.differences) == 60
    assert "40 of 60" in made.forest.note


def test_a_bound_of_the_policy_is_told_with_its_answer(full):
    policy = full.catalogue.policies["release"]
    first = policy.conditions[0]
    bound = MetricBound(task="elm_desk_qa", metric="exact_match", at_least=0.6)
    asked = policy.model_copy(
        update={"conditions": (first.model_copy(update={"id": "quality", "no_open_finding": None, "metric": bound}),)}
    )
    case = replace(full, catalogue=replace(full.catalogue, policies={"release": asked}))
    (row,) = built(case).thresholds
    assert str(row.asks) == "elm_desk_qa exact_match: at least 0.600, with the whole 95% interval"
    assert (row.answer.word, row.reason) == (
        "yes",
        "elm_qa acc = 0.713, 95% interval 0.637 to 0.778 (Wilson, n 150), bound ≥ 0.6",
    )


def test_contamination_stands_with_its_task_and_a_task_nobody_searched_is_a_gap(view):
    by_task = {row.task: row for row in view.tasks}
    assert by_task["elm_desk_qa"].contaminated.text is not None
    assert by_task["refusal_safety"].contaminated is None


# --- groups of people -----------------------------------------------------------------------------------------------
