"""Figures: read by a pointer, refused where they may not be printed, and named to whoever checks them."""

from __future__ import annotations

import json

import pytest

from governance.errors import ContentError, CouldNotTell
from governance.parsing import canonical
from governance.reports.claims.references import References
from governance.reports.writing.render import Renderer, render
from governance.verifier.pages import figures_of
from tests.reports import cases, found

OTHERS = canonical.sha256(b"other weights")


def head(name, view="model-card"):
    return f"{{# ---\ndocument: {name}\ntitle: Probe\nfor: a test\nview: {view}\n--- #}}\n"


def piece_of(case, kind):
    return case.dossier.of_kind(kind)[-1]


def test_a_figure_is_what_stands_at_its_pointer_and_carries_its_claim(full):
    references = References(full)
    run = piece_of(full, "training-run.v1")
    fact = references.figure("Steps", run, "/steps")
    assert fact.text == f"{run.body['steps']:,}"
    assert fact.claim in references.claims
    assert fact.claim.sources[0].of == run.id
    assert fact.cites == (references.cite(run.id),)


def test_a_figure_nobody_showed_is_counted_and_printed_as_not_evidenced(full):
    references = References(full)
    assert references.figure("Nothing", piece_of(full, "training-run.v1"), "/no-such-field").missing
    assert references.figure("No piece", None, "/steps").missing
    assert (references.asked, references.missing) == (2, 2)
    assert references.not_evidenced == ["Nothing", "No piece"]


def test_a_figure_that_the_policy_holds_for_too_old_is_withheld_with_the_reason(full):
    run = piece_of(full, "training-run.v1")
    fresh = References(cases.quoting(full, 3, "training-run.v1")).figure("Steps", run, "/steps")
    stale = References(cases.quoting(full, 2, "training-run.v1")).figure("Steps", run, "/steps")
    assert not fresh.missing
    assert stale.missing
    assert stale.why == "stale: of 2026-11-19, 3 days ago, and the policy quotes training-run.v1 for 2"


def test_a_figure_of_other_weights_is_an_error_and_not_a_figure(full):
    stray = found.piece(40, "eval-run.v1", found.candidate(OTHERS), {"results": [{"value": 0.9}]})
    with pytest.raises(CouldNotTell, match="belongs to another model identity"):
        References(full).figure("Accuracy", stray, "/results/0/value")


def test_a_template_that_asks_for_a_claim_prints_it_and_its_claim(full):
    text = head("probe.html") + '<p>{{ claim("training-run.v1", "/steps", label="Steps") }}</p>'
    page = render("probe.html", full, {"probe.html.j2": text}).decode()
    steps = f"{piece_of(full, 'training-run.v1').body['steps']:,}"
    assert [(printed, value) for _, printed, value in figures_of(page).printed] == [(steps, steps)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('"energy.v1", "/energy_kwh"', "does not resolve"),
        ('"ev-none", "/steps"', "does not resolve"),
        ('"training-run.v1", "/no-such-field"', "says nothing at /no-such-field"),
    ],
)
def test_rendering_refuses_on_a_claim_that_does_not_resolve(full, asked, said):
    templates = {"probe.md.j2": head("probe.md") + "{{ claim(" + asked + ") }}"}
    with pytest.raises(CouldNotTell, match=said):
        render("probe.md", full, templates)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("digits=15", "digits are a whole number from 0 to 12"),
        ("digits=99", "digits are a whole number"),
        ("digits=-1", "digits are a whole number"),
        ("digits=true", "digits are a whole number"),
        ("digits=2.0", "digits are a whole number"),
        ("label=5", "no text"),
        ("unit=none", "no text"),
        ('form="nope"', "'nope' is no form"),
        ("form=[]", "no text"),
        ('unit="of 100"', "the unit 'of 100' holds a number"),
    ],
)
def test_a_template_that_asks_for_what_the_verifier_would_refuse_is_told_the_label_and_the_remedy(full, more, said):
    templates = {"probe.html.j2": head("probe.html") + '{{ claim("training-run.v1", "/steps", ' + more + ") }}"}
    with pytest.raises(ContentError, match=said) as caught:
        render("probe.html", full, templates)
    assert caught.value.where == "probe.html.j2 line 7"
    assert "'training-run.v1/steps'" in caught.value.message or "claim 5" in caught.value.message
    assert caught.value.hint


def test_a_pointer_without_a_slash_is_a_fault_of_the_template(full):
    templates = {"probe.html.j2": head("probe.html") + '{{ claim("training-run.v1", "steps") }}'}
    with pytest.raises(ContentError, match="'steps' is no pointer of a source: it begins with /"):
        render("probe.html", full, templates)


def test_results_whose_difference_no_float_holds_stop_no_document(templates):
    def run(seq, subject, value):
        row = {"task": "elm_desk_qa", "metric": "acc", "filter": "none", "value": value, "stderr": 0.1, "n": 10}
        body = found.evaluation("elm", None, [row | {"higher_is_better": True}])
        return found.piece(seq, "eval-run.v1", subject, body)

    extra = run(90, found.candidate(), 1.7e308), run(91, found.base(), -1.7e308)
    renderer = Renderer(cases.full(pieces=(*found.pieces(), *extra)), templates)
    for name in renderer.offered:
        assert renderer.render(name), name
    told = json.loads(renderer.twin("model-card.html"))
    assert any("difference" in label for label in told["not_evidenced"])


def test_rendering_refuses_on_a_claim_that_is_stale_beyond_the_policy(full):
    templates = {"probe.md.j2": head("probe.md") + '{{ claim("training-run.v1", "/steps") }}'}
    with pytest.raises(CouldNotTell, match="stale: of 2026-11-19"):
        render("probe.md", cases.quoting(full, 2, "training-run.v1"), templates)


def test_rendering_refuses_on_a_claim_about_another_model_identity():
    stray = found.piece(40, "eval-run.v1", found.candidate(OTHERS), {"results": [{"value": 0.9}]})
    case = cases.full(pieces=(*found.pieces()[:3], stray))
    templates = {"probe.md.j2": head("probe.md") + f'{{{{ claim("{stray.id}", "/results/0/value") }}}}'}
    with pytest.raises(CouldNotTell, match="another model identity"):
        render("probe.md", case, templates)


def test_a_template_can_not_print_a_number_with_a_fraction(full):
    templates = {"probe.html.j2": head("probe.html") + "{{ namespace(share=99.9).share }}"}
    with pytest.raises(ContentError, match="figures come as facts"):
        render("probe.html", full, templates)


def test_every_figure_of_our_documents_names_a_claim_of_the_twin(full, templates):
    renderer = Renderer(full, templates)
    for name in renderer.offered:
        if not name.endswith(".html"):
            continue
        page = figures_of(renderer.render(name).decode())
        twin = json.loads(renderer.twin(name))
        known = {claim["id"]: claim["text"] for claim in twin["claims"]}
        assert (page.loose, page.wrong) == (0, []), name
        assert all(known[claim] == value for claim, _, value in page.printed), name


def test_what_is_counted_over_judgement_is_a_claim_as_well(full):
    references = References(full)
    fact = references.tally("Controls met", "assessment", "/controls", {"standing": "met"})
    assert fact.text == str(sum(control.standing == "met" for control in full.assessment.controls))
    assert fact.claim.sources[0].of == "assessment"
