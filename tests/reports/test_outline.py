"""Documents that follow the points of a source: what answers a point, what is missing, and that nothing is answered by being empty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.content import places
from governance.domain.outline import Outline
from governance.errors import ContentError
from governance.reports.claims.references import References
from governance.reports.outline import whole as outline
from governance.reports.writing.render import Renderer
from tests.reports import cases, found
from tests.reports.conftest import FOLDER

CHECKED = {
    "by": "Nobody at all",
    "on": "2026-11-26",
    "against": ["Nothing but itself"],
    "result": "It is a probe.",
    "not_checked": "Everything else.",
}


def of(*points, framework=None):
    return Outline.model_validate(
        {
            "id": "probe",
            "title": "Probe",
            "source": {"name": "A source", "version": "First edition"},
            "note": "It follows nothing.",
            "framework": framework,
            "checked": CHECKED,
            "sections": [{"id": "1", "title": "Section", "points": list(points)}],
        }
    )


def point(number, *answers, **more):
    return {"id": number, "asks": "What is asked here.", "answers": list(answers), **more}


def built(case, *points):
    return outline.build(case, References(case), of(*points)).sections[0].points


STEPS = {"figure": {"kind": "training-run.v1", "pointer": "/steps", "label": "Steps"}}
NOTHING = {"figure": {"kind": "training-run.v1", "pointer": "/no-such-field", "label": "Nothing"}}
PURPOSE = {"field": "purpose"}


def test_a_point_is_answered_where_all_it_looks_for_is_on_record_and_some_of_it_is_evidence(full):
    (row,) = built(full, point("1", PURPOSE, STEPS))
    assert row.status is outline.ANSWERED
    assert row.missing == ()


def test_a_point_that_people_alone_answer_says_so(full):
    (row,) = built(full, point("1", PURPOSE))
    assert row.status is outline.STATED


def test_a_point_that_is_answered_in_part_names_what_is_missing(full):
    (row,) = built(full, point("1", STEPS, NOTHING))
    assert row.status is outline.IN_PART
    assert row.missing == ("Nothing",)


def test_a_point_without_any_evidence_is_not_evidenced_and_one_without_answers_is_for_a_person(full):
    empty, person = built(full, point("1", NOTHING), point("2", person="Write it."))
    assert empty.status is outline.MISSING
    assert person.status is outline.PERSON


def test_an_unmet_control_does_not_answer_a_point_and_is_printed_all_the_same(full):
    (row,) = built(full, point("1", {"controls": ["dataset-limitations-stated"]}))
    assert row.status is outline.MISSING
    assert row.answers[0].controls[0].standing.word == "unmet"


def test_nothing_of_an_empty_ledger_answers_a_point(templates):
    case = cases.empty()
    for name in (each for each in templates if each.startswith("_outlines/")):
        held = outline.read(templates, name.removeprefix("_outlines/").removesuffix(".yaml"))
        view = outline.build(case, References(case), held)
        assert not any(row.status is outline.ANSWERED for section in view.sections for row in section.points), name


def test_evidence_on_other_weights_answers_nothing():
    stray = found.piece(40, "training-run.v1", found.candidate(found.canonical.sha256(b"other")), {"steps": 9})
    case = cases.full(pieces=(*(p for p in found.pieces() if p.record.kind != "training-run.v1"), stray))
    (row,) = built(case, point("1", STEPS))
    assert row.status is outline.MISSING


def test_rows_of_evidence_are_figures_with_claims():
    people = [{"group": "Readers", "severity": 3}, {"group": "Staff", "severity": None}]
    piece = found.piece(41, "impact-assessment.v1", found.candidate(None), {"affected_groups": people})
    case = cases.full(pieces=(*found.pieces(), piece))
    columns = [{"pointer": "/group", "label": "Group"}, {"pointer": "/severity", "label": "Severity"}]
    asked = {"kind": "impact-assessment.v1", "pointer": "/affected_groups", "label": "Groups", "columns": columns}
    (row,) = built(case, point("1", {"rows": asked}))
    table = row.answers[0].table
    assert [[cell.text for cell in line] for line in table.rows] == [["Readers", "3"], ["Staff", None]]
    assert table.rows[0][0].claim.sources[0].pointer == "/affected_groups/0/group"


def test_a_figure_may_stand_elsewhere_and_is_looked_for_there_only_where_the_first_kind_says_nothing(full):
    rate = {"kind": "training-settings.v1", "pointer": "/learning_rate", "label": "Learning rate", "about": "any"}
    elsewhere = {"kind": "training-run.v1", "pointer": "/steps"}
    (row,) = built(full, point("1", {"figure": rate | {"otherwise": elsewhere}}))
    (fact,) = row.answers[0].facts
    assert fact.claim.sources[0].pointer == "/steps"
    (nowhere,) = built(full, point("1", {"figure": rate | {"otherwise": elsewhere | {"pointer": "/no-such-field"}}}))
    assert nowhere.missing == ("Learning rate",)
    (first,) = built(full, point("1", {"figure": STEPS["figure"] | {"otherwise": elsewhere | {"pointer": "/seed"}}}))
    assert first.answers[0].facts[0].claim.sources[0].pointer == "/steps"


def test_what_annex_iv_says_of_the_learning_rate_is_what_the_model_card_says(templates):
    run = found.piece(40, "training-run.v1", found.candidate(None), {"hyperparameters": {"learning_rate": 0.001}})
    case = cases.full(pieces=(*(p for p in found.pieces() if p.record.kind != "training-run.v1"), run))
    for name in ("eu-ai-act-annex-iv", "eu-ai-act-annex-xi"):
        view = outline.build(case, References(case), outline.read(templates, name))
        facts = [
            fact for part in view.sections for row in part.points for answer in row.answers for fact in answer.facts
        ]
        assert [fact.text for fact in facts if fact.label == "Learning rate"] == ["0.001"], name


def test_pieces_that_are_not_named_are_counted(full):
    pieces = tuple(found.piece(50 + n, "finding.v1", found.candidate(None), {}) for n in range(outline.PIECES + 2))
    case = cases.full(pieces=(*(p for p in found.pieces() if p.record.kind != "finding.v1"), *pieces))
    (row,) = built(case, point("1", {"kind": "finding.v1"}))
    assert (len(row.answers[0].pieces), row.answers[0].left_out) == (outline.PIECES, 2)


def test_a_topic_is_called_by_its_name_and_not_by_its_id(full):
    (row,) = built(full, point("1", {"topic": "ai-disclosure"}, {"topic": "risk-method"}))
    assert row.missing == ("AI disclosure", "Risk method")


def test_counts_say_how_many_points_there_are_of_each_sort(full):
    view = outline.build(full, References(full), of(point("1", STEPS), point("2", NOTHING)))
    assert sum(number for _, number in view.counts) == view.total == 2


def test_a_document_is_offered_where_what_it_follows_is_in_scope(full):
    assert outline.offered(full, of(point("1", PURPOSE)))
    assert outline.offered(full, of(point("1", PURPOSE), framework="nist-ai-rmf"))
    assert not outline.offered(full, of(point("1", PURPOSE), framework="eu-ai-act"))


@pytest.mark.parametrize(
    ("point_", "said"),
    [
        ({"id": "1", "asks": "What is asked."}, "name what answers it"),
        (point("1", {"field": "purpose", "topic": "ai-policy"}), "exactly one of"),
        (point("1", {"field": "colour"}), "has no field 'colour'"),
        (point("1", {"part": "weather"}), "there is no part 'weather'"),
        (point("1", {"figure": {"kind": "x.v1", "pointer": "steps", "label": "Steps"}}), "pattern"),
    ],
)
def test_an_outline_that_breaks_its_rules_says_which(point_, said):
    with pytest.raises(ValueError, match=said):
        of(point_)


def test_two_points_have_two_numbers():
    with pytest.raises(ValueError, match="two points have the number 1"):
        of(point("1", PURPOSE), point("1", STEPS))


def test_a_document_whose_outline_is_not_there_names_the_place(full):
    text = "{# ---\ndocument: probe.html\ntitle: Probe\nfor: a test\nview: outline\noutline: probe\n--- #}\n"
    with pytest.raises(ContentError, match="there is no outline 'probe'"):
        Renderer(full, {"probe.html.j2": text})


OUTLINES = sorted(path.stem for path in (FOLDER / "_outlines").glob("*.yaml"))


@pytest.mark.parametrize("name", OUTLINES)
def test_what_our_outlines_look_for_is_in_the_catalogue(name, templates, catalogue):
    held = outline.read(templates, name)
    topics = {ask.topic for control in catalogue.controls.values() for ask in control.asks}
    for section in held.sections:
        for each in section.points:
            for asked in each.answers:
                for control in asked.controls or ():
                    assert control in catalogue.controls, (each.id, control)
                if asked.topic is not None:
                    assert asked.topic in topics, (each.id, asked.topic)
                for kind, pointer in pointers(asked):
                    assert leads(catalogue.kinds[kind].body, pointer), (each.id, kind, pointer)


def pointers(asked):
    if asked.kind:
        yield asked.kind, ""
    if asked.figure:
        yield asked.figure.kind, asked.figure.pointer
    if asked.each:
        yield from ((asked.each.kind, figure.pointer) for figure in asked.each.figures)
    if asked.rows:
        yield from ((asked.rows.kind, f"{asked.rows.pointer}/0{column.pointer}") for column in asked.rows.columns)


def leads(schema, pointer):
    for token in pointer.strip("/").split("/") if pointer else ():
        schema = schema["items"] if token.isdigit() and "items" in schema else schema.get("properties", {}).get(token)
        if schema is None:
            return False
    return True


@pytest.fixture(scope="module")
def catalogue():
    from governance.content import loader

    return loader.load(places.read_all([FOLDER.parent]))


def test_documents_that_follow_an_outline_render_for_a_full_case_and_an_empty_one(templates):
    for case in (cases.full(), cases.empty(), replace(cases.full(), register=())):
        renderer = Renderer(case, templates)
        for name in renderer.known:
            if renderer.document(name).outline:
                assert b"<h1>" in renderer.render(name)
