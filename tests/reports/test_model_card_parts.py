"""The model card: subgroups, questions, curves, lineage and energy, and that no name of its views is dead."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from governance.errors import CouldNotTell
from governance.reports import card
from governance.reports.card import answering, questions, subgroups
from governance.reports.card import rows as card_rows
from governance.reports.card import views as card_views
from governance.reports.claims.references import References
from governance.reports.parts import drift, energy, gpu_use
from governance.reports.writing.render import render
from tests.reports import card_cases, cases, found
from tests.reports.card_cases import built
from tests.reports.conftest import FOLDER


def test_results_by_one_attribute_and_by_several_stand_apart(view):
    assert [table.title for table in view.unitary] == ["desk-questions; share of right answers; age band"]
    assert [table.title for table in view.intersectional] == [
        "elm_desk_qa; share of right answers; age band × language"
    ]


@pytest.mark.parametrize(
    ("body", "crossed"),
    [
        ({"attribute": "age band × language"}, True),
        ({"attribute": "age & gender"}, True),
        ({"attribute": "age band", "attributes": ["age band", "region"]}, True),
        ({"attribute": "age band", "attributes": ["age band"]}, False),
        ({"attribute": "race and ethnicity"}, False),
        ({"attribute": "×"}, False),
        ({}, False),
    ],
)
def test_several_attributes_at_once_are_told_by_their_names(body, crossed):
    assert subgroups.is_crossed(body) is crossed


def test_the_worst_group_is_named_only_where_a_direction_is_stated(view):
    (table,) = view.unitary
    assert [(row.name.text, row.worst) for row in table.rows] == [
        ("under 30", False),
        ("30 to 64", False),
        ("65 and older", True),
    ]
    assert [row.away.text for row in table.rows] == ["+0.050", "+0.010", "−0.100"]
    loose = {**card_cases.first("subgroup-results.v1"), "higher_is_better": None}
    made = built(card_cases.rich(subgroup_results=loose))
    assert not any(row.worst for row in made.unitary[0].rows)


def test_a_group_without_a_result_is_not_evidenced_and_has_no_interval(view):
    *_, last = view.intersectional[0].rows
    assert last.value.missing
    assert (last.n, last.low, last.high, last.away) == (None, None, None, None)


def test_groups_beyond_those_printed_are_counted(templates):
    groups = [{"name": f"group {n}", "n": 50, "value": 0.5, "stderr": None} for n in range(100)]
    case = card_cases.rich(subgroup_results={**card_cases.first("subgroup-results.v1"), "groups": groups})
    table = built(case).unitary[0]
    assert (len(table.rows), table.left_out) == (subgroups.MOST_GROUPS, 60)
    assert "60 more groups stand in the evidence" in render("model-card.md", case, templates).decode()


# --- questions ------------------------------------------------------------------------------------------------------


def rows_of(made):
    return {str(row.asks): row for each in (*made.subcards, made.ethics) for row in each.rows}


def all_asked():
    return [each for _, asked in questions.SUBCARDS for each in asked] + list(questions.ETHICS)


class Asking:
    """Stands where references do, and keeps the pointers that are asked for."""

    def __init__(self):
        self.pointers = []

    def __getattr__(self, name):
        return lambda label, piece, *rest, **more: self.pointers.extend(
            each for each in rest if isinstance(each, str) and each.startswith("/")
        )


@pytest.mark.parametrize("asked", all_asked(), ids=lambda each: str(each.asks)[:40])
def test_each_pointer_of_a_question_stands_in_the_schema_of_its_kind(asked):
    """A field that no kind has would print as not evidenced for ever."""
    for of in asked.evidence:
        schema = card_cases.kinds()[of.kind].body
        asking = Asking()
        for wanted in of.wanted:
            wanted(asking, None)
        seen = asking.pointers
        assert seen
        for pointer in (*seen, *(pointer for pointer, _ in of.where)):
            at = schema
            for token in pointer[1:].split("/"):
                assert token in at["properties"], (of.kind, pointer)
                at = at["properties"][token]
        for pointer, value in of.where:
            assert value in schema["properties"][pointer[1:]]["enum"]


def test_each_topic_and_field_a_question_looks_for_exists():
    controls = "\n".join(path.read_text() for path in (FOLDER.parent / "controls" / "catalogue").glob("*.yaml"))
    fields = cases.SYSTEM.__class__.model_fields
    for asked in all_asked():
        assert all(f"topic: {topic}" in controls for topic in asked.topics), asked.topics
        assert set(asked.fields) <= set(fields)


def test_a_tool_answers_before_people_and_people_before_the_owner(view):
    rows = rows_of(view)
    assert rows["Was it attacked systematically, and how often did an attack get through?"].status is answering.SHOWN
    assert rows["Do users understand it, and notice when it is wrong?"].status is answering.ATTESTED
    assert rows["How does it work, in words for an outsider?"].status is answering.STATED
    assert rows["Who can reach the weights?"].status is answering.MISSING


def test_evidence_written_by_hand_is_what_a_person_attests(rich):
    pieces = tuple(
        piece.model_copy(update={"record": piece.record.model_copy(update={"declared_by": "Ada Example, analyst"})})
        if piece.record.kind == "red-team.v1"
        else piece
        for piece in rich.dossier.pieces
    )
    made = rows_of(built(replace(rich, dossier=replace(rich.dossier, pieces=pieces))))
    row = made["Was it attacked systematically, and how often did an attack get through?"]
    assert row.status is answering.ATTESTED
    assert [str(each) for each in row.by] == ["attested by Ada Example, analyst on 2026-11-19"]


def test_an_honest_no_is_no_answer_of_yes(full):
    letter = found.attested(
        "weights-access",
        "Weights lie open",
        "Anybody with an account can read them.",
        "Ada Example",
        "2026-10-01",
        None,
    )
    subject = card_cases.subject("attested-document.v1")
    case = cases.full(
        pieces=(*found.pieces(), found.piece(60, "attested-document.v1", subject, {**letter, "in_place": False}))
    )
    assert rows_of(built(case))["Who can reach the weights?"].status is answering.DENIED


def test_an_attack_on_other_weights_answers_nothing(rich):
    other = found.candidate(found.canonical.sha256(b"other weights"))
    pieces = tuple(
        piece.model_copy(update={"record": piece.record.model_copy(update={"subject": other})})
        if piece.record.kind == "red-team.v1"
        else piece
        for piece in rich.dossier.pieces
    )
    made = rows_of(built(replace(rich, dossier=replace(rich.dossier, pieces=pieces))))
    assert made["Was it attacked systematically, and how often did an attack get through?"].status is answering.MISSING


def test_a_result_that_got_worse_says_so_where_it_answers_a_question(text):
    assert re.search(r"refusal_safety, refusal_rate: 0\.625 .*; base 0\.912 .*; ▼ worse", text)


# --- training, lineage, energy --------------------------------------------------------------------------------------


def test_the_loss_curve_is_a_picture_with_words_and_a_table_of_claims(templates, full):
    made = render("model-card.html", full, templates).decode()
    assert re.search(r'<svg [^>]*role="img" aria-label="Training loss went from', made)
    table = built(full).points
    assert (table.total, table.has_held_out, table.has_rate) == (24, True, False)
    assert all(row.step.claim for row in table.rows)
    assert [table.rows[0].loss.text, table.rows[-1].loss.text] == ["3.7080", "1.5993"]


def test_a_long_curve_is_thinned_and_the_rate_is_drawn_where_it_is_kept():
    table = built(card_cases.many()).points
    assert table.total == 1996
    assert len(table.rows) < 20
    assert table.has_rate


def test_a_run_with_one_point_has_no_curve(full):
    short = {**found.TRAINING, "loss_history": [{"step": 1, "loss": 1.0}, {"step": 2, "loss": float("nan")}]}
    pieces = (found.piece(1, "training-run.v1", found.candidate(), short), *found.pieces()[1:])
    made = built(cases.full(pieces=pieces))
    assert (made.loss, made.points) == (None, None)


def test_settings_are_told_by_the_tools_own_names(full):
    body = {
        **found.TRAINING,
        "hyperparameters": {"learning_rate": 5e-6, "bf16": True, "report_to": "x"},
        "objective": "dpo",
    }
    pieces = (found.piece(1, "training-run.v1", found.candidate(), body), *found.pieces()[1:])
    made = built(cases.full(pieces=pieces))
    assert [(fact.label, fact.text) for fact in made.settings] == [("learning_rate", "5.00 × 10⁻⁶"), ("bf16", "yes")]
    assert "dpo" in made.head.fields["tags"]


def test_the_lineage_goes_from_data_and_base_to_what_is_deployed(full):
    made = built(full)
    assert [str(row.what) for row in made.stages] == ["Data set", "Base model", "Adapter", "Deployed"]
    assert [row.of for row in made.stages] == [(), (), (1, 2), (3,)]
    assert [row.fixed.word for row in made.stages] == [
        "fixed by its digest", "known by name only", "fixed by its digest", "stated by the owner",
    ]  # fmt: skip
    assert len(made.lineage.rows) == 4


def test_a_lineage_of_nothing_is_no_picture_and_each_stage_is_a_gap():
    made = built(cases.empty())
    assert made.lineage is None
    assert {row.fixed.word for row in made.stages} == {"not evidenced"}


def test_data_sets_beyond_those_in_the_lineage_are_counted(templates):
    made = built(card_cases.many())
    assert made.more_data == 4
    assert len(made.data_sets) == 12


def test_energy_is_told_with_method_tool_scope_and_uncertainty(view, templates, rich):
    told = view.energy
    assert (told.kwh.text, told.kwh.unit, told.method.text) == ("1.2346", "kWh", energy.METHODS["measured"])
    assert (told.tool.text, told.mode.text, told.grams.text) == ("codecarbon 3.2.3", "process", "512.8")
    assert (told.low.text, told.high.text) == ("1.1000", "1.4000")
    assert "Between 1.1000 kWh" in render("model-card.md", rich, templates).decode()


def test_energy_without_an_interval_says_that_no_uncertainty_is_stated():
    plain = {name: value for name, value in card_cases.ENERGY.items() if name != "kwh_interval"}
    made = built(card_cases.rich(energy=plain)).energy
    assert (made.low, made.high) == (None, None)
    assert str(made.uncertainty).startswith("No uncertainty stated")


def test_energy_of_other_weights_is_refused_and_not_printed(rich):
    piece = next(piece for piece in rich.dossier.pieces if piece.record.kind == "energy.v1")
    other = found.candidate(found.canonical.sha256(b"other weights"))
    moved = piece.model_copy(update={"record": piece.record.model_copy(update={"subject": other})})
    with pytest.raises(CouldNotTell, match="another model identity"):
        energy.energy(References(rich), moved)


# --- caveats, views -------------------------------------------------------------------------------------------------


def test_each_kind_that_is_quoted_says_where_it_stops(view, rich):
    quoted = {rich.catalogue.kinds[piece.record.kind].title for piece in card.caveats.quoted(rich, _used(rich))}
    assert {row.kind for row in view.limits} == quoted
    assert all(row.says and row.cites for row in view.limits)


def _used(case):
    references = References(case)
    card.build(case, references)
    return references


VIEWS = [
    value
    for module in (card_views, card_rows, energy, gpu_use, drift)
    for name, value in vars(module).items()
    if dataclasses.is_dataclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("shown", VIEWS, ids=lambda value: value.__name__)
def test_each_name_a_template_may_use_is_documented_and_frozen(shown):
    assert shown.__dataclass_params__.frozen
    told = set(re.findall(r"`([a-z_]+)`", shown.__doc__))
    assert {each.name for each in dataclasses.fields(shown)} <= told


def test_no_name_of_a_view_is_dead(templates):
    named = set(re.findall(r"\.([a-z_]+)", "\n".join(templates.values())))
    spare = {"fields", "id", "crossed"}
    for shown in VIEWS:
        assert not {each.name for each in dataclasses.fields(shown)} - named - spare, shown.__name__


def test_markdown_tables_have_as_many_cells_in_each_row_as_in_their_head(templates):
    for case in (cases.full(), card_cases.rich(), card_cases.many(5), cases.empty()):
        body = render("model-card.md", case, templates).decode().partition("\n---\n")[2]
        tokens = MarkdownIt("commonmark").enable("table").parse(body)
        rows = [token for token in tokens if token.type == "tr_open"]
        lines = [line for line in body.splitlines() if line.startswith("|")]
        assert len(lines) == len(rows) + sum(token.type == "thead_open" for token in tokens)
        assert "<svg" not in body


def test_the_html_is_one_file_without_a_script_and_every_picture_is_told_in_words(templates, rich):
    made = render("model-card.html", rich, templates).decode()
    assert "<script" not in made
    assert not re.search(r'(?:src|href)="(?!#|data:)', made)
    pictures = re.findall(r"<svg [^>]*>", made)
    assert len(pictures) == 4
    assert all('role="img"' in each and re.search(r'aria-label="[^"]{20,}"', each) for each in pictures)
    assert len(re.findall(r"<figure", made)) == len(re.findall(r"<figcaption", made)) == 4
