"""The model card: the head the Hub reads, the figures with their evidence, and the gaps said aloud."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from huggingface_hub import ModelCard, ModelCardData

from governance.domain.evidence import Role
from governance.reports import card, evaluation, hub
from governance.reports.references import References
from governance.reports.render import render
from tests.reports import cases, found


@pytest.fixture
def text(templates, full) -> str:
    return render("model-card.md", full, templates).decode()


def test_the_hub_reads_the_head_and_the_results_come_back(text):
    read = ModelCard(text)
    data = read.data
    assert isinstance(data, ModelCardData)
    assert (data.license, data.base_model, data.library_name) == (
        "apache-2.0",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "peft",
    )
    assert (data.base_model_relation, data.pipeline_tag, data.language) == ("adapter", "text-generation", ["en", "de"])
    assert data.datasets == ["elm-library/elm-desk-qa"]
    results = {(row.dataset_name, row.metric_type, row.metric_name, row.metric_value) for row in data.eval_results}
    assert ("elm_desk_qa", "exact_match", "exact_match (strict-match)", 0.7125) in results
    assert len(results) == 3
    assert all(row.verified is False and row.task_type == "text-generation" for row in data.eval_results)
    assert ModelCardData(**read.data.to_dict()).to_yaml() == data.to_yaml()


def test_every_case_has_a_head_the_hub_reads(templates, any_case):
    read = ModelCard(render("model-card.md", any_case, templates).decode())
    assert read.data.pipeline_tag == "text-generation"
    assert read.data.get("tags")[0] == "governance-evidence"
    assert "evil" not in read.data.get("tags")


def test_a_licence_the_hub_does_not_know_is_named_under_other(full):
    system = full.dossier.system.model_copy(update={"licence": "Elm Library Licence 2"})
    fields = hub.head(replace(full, dossier=replace(full.dossier, system=system)), None, ()).fields
    assert (fields["license"], fields["license_name"]) == ("other", "elm-library-licence-2")


def test_what_the_hub_would_misread_is_left_out(full):
    system = full.dossier.system.model_copy(
        update={"licence": None, "languages": ("English", "de", "NO"), "base_model": None}
    )
    held = found.piece(9, "dataset-manifest.v1", found.candidate(), {**found.DATA, "name": "./train.jsonl"})
    fields = hub.head(replace(full, dossier=replace(full.dossier, system=system)), None, (held,)).fields
    assert not {"license", "base_model", "base_model_relation", "datasets"} & set(fields)
    assert fields["language"] == ["de", "no"]
    assert fields["library_name"] == "transformers"


def test_results_no_digest_ties_to_these_weights_stay_out_of_the_head():
    loose = found.piece(
        5, "eval-run.v1", found.candidate(None), found.evaluation("m", None, [found.result("t", "acc", 0.5, 0.1, 9)])
    )
    case = cases.full(pieces=(*found.pieces()[:4], loose))
    assert "model-index" not in card.build(case).head.fields
    assert [row.task for row in card.build(case).results] == ["t"]


def test_results_about_other_weights_are_not_shown_at_all():
    other = found.candidate(found.canonical.sha256(b"other weights"))
    swapped = found.piece(5, "eval-run.v1", other, found.evaluation("m", None, [found.result("t", "acc", 0.5, 0.1, 9)]))
    case = cases.full(pieces=(*found.pieces()[:4], swapped))
    assert card.build(case).results == ()
    assert evaluation.latest(case, Role.CANDIDATE) == ({}, {})


def test_each_figure_carries_its_evidence_and_the_link_has_a_target(text):
    assert "| Steps | 120 [\\[E1\\]](#e1) |" in text
    assert "| Duration | 12 min 14 s [\\[E1\\]](#e1) |" in text
    targets = set(re.findall(r'<a id="([a-z0-9]+)">', text))
    assert set(re.findall(r"\]\(#([es]\d*)\)", text)) <= targets


def test_every_link_inside_the_html_documents_has_a_target(templates, any_case):
    for name in ("model-card.html", "audit-report.html", "risk-register.html"):
        made = render(name, any_case, templates).decode()
        assert set(re.findall(r'href="#([^"]+)"', made)) <= set(re.findall(r' id="([^"]+)"', made))


def test_a_model_that_got_worse_is_said_to_be_worse(text, full):
    view = card.build(full)
    assert {row.task: row.verdict.word for row in (*view.results, *view.safety)} == {
        "elm_desk_qa": "better",
        "general_regression": "no clear difference",
        "refusal_safety": "worse",
    }
    assert "▼ 1 result is worse" in text
    assert "slightly worse; the difference is within 1.96 standard errors" in text


@pytest.mark.parametrize(
    ("tuned", "base", "verdict"),
    [
        ({"value": None}, {}, "can not tell"),
        ({}, {"value": float("nan")}, "can not tell"),
        ({"stderr": None}, {}, "can not tell"),
        ({"higher_is_better": None}, {"higher_is_better": None}, "can not tell"),
        ({"higher_is_better": False}, {}, "worse"),
        ({"value": 0.2}, {}, "no clear difference"),
        ({}, {}, "better"),
        ({"stderr": 0.0}, {"stderr": 0.0}, "better"),
    ],
)
def test_the_words_follow_direction_spread_and_gaps(tuned, base, verdict):
    after = {**found.result("t", "acc", 0.8, 0.01, 100), **tuned}
    before = {**found.result("t", "acc", 0.2, 0.01, 100), **base}
    held = (
        *found.pieces()[:4],
        found.piece(5, "eval-run.v1", found.candidate(), found.evaluation("m", None, [after])),
        found.piece(6, "eval-run.v1", found.base(), found.evaluation("b", None, [before])),
    )
    (row,) = card.build(cases.full(pieces=held)).results
    assert row.verdict.word == verdict


def test_all_attempts_are_counted_and_the_latest_stands():
    runs = [
        found.piece(
            n,
            "eval-run.v1",
            found.candidate(),
            found.evaluation("m", None, [found.result("t", "acc", n / 10, 0.01, 9)]),
            days_ago=20 - n,
        )
        for n in (5, 6, 7)
    ]
    (row,) = card.build(cases.full(pieces=(*found.pieces()[:4], *reversed(runs)))).results
    assert (row.attempts, row.tuned.text) == (3, "0.700")


def test_what_is_not_there_is_said_and_counted(templates):
    view = card.build(cases.empty())
    text = render("model-card.md", cases.empty(), templates).decode()
    assert view.frame.facts_missing == view.frame.facts_total > 40
    assert f"{view.frame.facts_total} of {view.frame.facts_total} facts asked for are not evidenced" in text
    assert "*not stated: add `intended_uses` to the system file*" in text
    assert "| Steps | *not evidenced* |" in text


def test_a_figure_that_is_not_finite_is_no_figure(full):
    references = References(full)
    piece = full.dossier.pieces[0]
    for value in (float("nan"), float("inf"), None, "", "  ", [1], {}):
        assert references.fact("x", piece, value).missing
    assert (references.asked, references.missing) == (7, 7)
    assert references.fact("x", piece, 0).text == "0"


def test_words_of_people_name_the_person(text):
    assert "*(stated by Ines Moreau in the system file)*" in text
    assert "attested by Tomas Lind (risk owner) on 2025-09-30" in text


def test_the_loss_curve_is_a_picture_with_words(templates, full):
    made = render("model-card.html", full, templates).decode()
    assert '<svg viewBox="0 0 560 120" role="img" aria-label="Training loss went from' in made
    assert "held-out loss ended at" in made


def test_a_base_that_the_weights_name_by_a_path_is_named_as_the_owner_declares_it(full):
    local = found.piece(
        2, "model-artifacts.v1", found.candidate(), {**found.ARTEFACTS, "base": {"name": "./base_fp32"}}
    )
    assert hub.head(full, local, ()).fields["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"


def test_the_record_of_the_whole_machine_stands_before_a_newer_capture_of_its_graphics(full):
    pieces = full.dossier.pieces
    whole = next(piece for piece in pieces if piece.record.kind == "compute-environment.v1")
    graphics = {**whole.body, "host": None, "python": None, "cpu": None, "packages": None}
    newer = whole.model_copy(update={"id": "ev-graphics", "body": graphics, "seq": max(p.seq for p in pieces) + 1})
    case = replace(full, dossier=replace(full.dossier, pieces=(*pieces, newer)))
    assert card.build(case).environment == card.build(full).environment
