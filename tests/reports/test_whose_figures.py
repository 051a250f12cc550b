"""Whose figure it is: of these weights or of others, by a tool or by hand, fresh or too old; wherever it would be printed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from governance.content import places
from governance.domain.evidence import Role
from governance.errors import CouldNotTell
from governance.parsing import canonical
from governance.reports.claims import weights
from governance.reports.claims.references import References
from governance.reports.parts import energy
from governance.reports.writing.render import render
from tests.reports import card_cases, cases
from tests.reports.conftest import FOLDER

OTHERS = canonical.sha256(b"other weights")
HEAD = "{# ---\ndocument: probe.html\ntitle: Probe\nfor: a test\nview: model-card\n--- #}\n"
TEMPLATES = places.templates(places.read_all([FOLDER.parent]))
PROBE = {"probe.html.j2": HEAD + '{{ claim("energy.v1", "/kwh", label="Energy of our model", unit="kWh") }}'}


def with_energy(case, **subject):
    """The case with one more piece on energy, the newest, whose subject is changed."""
    last = case.dossier.of_kind("energy.v1")[-1]
    record = last.record.model_copy(
        update={"subject": last.record.subject.model_copy(update=subject), "effective_at": case.on}
    )
    piece = last.model_copy(
        update={"id": "ev-" + "e" * 20, "record": record, "body": {**last.body, "kwh": 5200.0}, "seq": 990}
    )
    return replace(case, dossier=replace(case.dossier, pieces=(*case.dossier.pieces, piece))), piece


def by_hand(case, *kinds):
    """The case in which Eve wrote all evidence of these kinds."""
    pieces = tuple(
        piece.model_copy(update={"record": piece.record.model_copy(update={"declared_by": "Eve Nobody, CEO"})})
        if piece.record.kind in kinds
        else piece
        for piece in case.dossier.pieces
    )
    return replace(case, dossier=replace(case.dossier, pieces=pieces))


def head_of(page):
    return yaml.safe_load(page.split("---\n")[1])


@pytest.fixture(scope="module")
def rich():
    return card_cases.rich()


# --- of which weights -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject",
    [{"role": Role.REFERENCE, "digest": OTHERS}, {"role": Role.REFERENCE, "digest": None}, {"role": None, "digest": OTHERS},
     {"role": Role.CANDIDATE, "digest": OTHERS}],
)  # fmt: skip
def test_a_figure_of_another_model_is_never_ours_however_its_role_is_named(rich, subject):
    case, piece = with_energy(rich, **subject)
    assert weights.of_others(case, piece)
    with pytest.raises(CouldNotTell, match="belongs to another model identity"):
        References(case).figure("Energy", piece, "/kwh")
    for name in ("impact-assessment.html", "model-card.md"):
        assert "5,200" not in render(name, case, TEMPLATES).decode()


def test_a_claim_of_a_template_takes_what_is_tied_to_these_weights_before_what_is_newer(rich):
    case, piece = with_energy(rich, role=None, digest=None)
    assert not weights.of_others(case, piece)
    page = render("probe.html", case, {**TEMPLATES, **PROBE}).decode()
    assert "5,200" not in page


def test_the_energy_of_an_evaluation_is_not_printed_as_that_of_the_training(rich):
    last = energy.of_training(rich)[-1]
    evaluation = last.model_copy(
        update={
            "id": "ev-" + "f" * 20,
            "seq": 991,
            "body": {**last.body, "activity": "evaluation", "kwh": 4321.0},
            "record": last.record.model_copy(update={"effective_at": rich.on}),
        }
    )
    case = replace(rich, dossier=replace(rich.dossier, pieces=(*rich.dossier.pieces, evaluation)))
    assert "4,321" not in render("impact-assessment.html", case, TEMPLATES).decode()


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_what_a_person_wrote_prints_who_attests_it_beside_the_figure(rich):
    case = by_hand(rich, "energy.v1")
    markdown = render("model-card.md", case, TEMPLATES).decode()
    html = render("model-card.html", case, TEMPLATES).decode()
    assert "✎" in markdown
    for page in (markdown, html):
        row = next(line for line in page.splitlines() if "Energy of the training" in line)
        assert "attested by Eve Nobody, CEO on " in row
    assert "attested by" not in next(
        line
        for line in render("model-card.md", rich, TEMPLATES).decode().splitlines()
        if "Energy of the training" in line
    )


def test_a_group_that_says_who_attests_it_does_not_say_it_with_every_figure():
    case = by_hand(cases.full(), "dataset-manifest.v1")
    reference = References(case)
    piece = case.dossier.of_kind("dataset-manifest.v1")[-1]
    assert str(reference.cite(piece.id).by).startswith("attested by Eve Nobody, CEO on ")
    assert reference.cite(case.dossier.system_entry).by is None


def test_what_was_written_by_hand_is_in_no_head_that_the_hub_shows_without_the_words_beside_it(rich):
    before = head_of(render("model-card.md", rich, TEMPLATES).decode())
    assert before["model-index"]
    assert before["co2_eq_emissions"]
    page = render("model-card.md", by_hand(rich, "energy.v1", "eval-run.v1"), TEMPLATES).decode()
    after = head_of(page)
    assert "co2_eq_emissions" not in after
    assert "model-index" not in after
    assert "results that were written by hand were left out" in page


# --- too old ----------------------------------------------------------------------------------------------------------


def test_what_the_policy_holds_for_too_old_stands_nowhere_in_a_card(rich):
    case = cases.quoting(rich, 1, "eval-run.v1", "energy.v1")
    case = replace(case, on=rich.on.replace(year=rich.on.year + 2))
    page = render("model-card.md", case, TEMPLATES).decode()
    head = head_of(page)
    assert "model-index" not in head
    assert "co2_eq_emissions" not in head
    assert "results that the policy holds for too old were left out" in page
    assert "What is on record is too old for the policy." in page
    assert "better than its base" not in page
    assert "worse than its base" not in page
