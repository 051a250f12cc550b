"""Outlines are closed nouns: each point leads somewhere, each answer is one thing, and what is misspelt is named."""

from __future__ import annotations

from itertools import combinations

import pytest
from pydantic import ValidationError

from governance.domain.outline import PARTS, Asked, Outline, Point
from governance.domain.system import System

FIGURE = {"kind": "training-run.v1", "pointer": "/steps", "label": "Steps"}
ONE_OF_EACH = {
    "field": "purpose",
    "figure": FIGURE,
    "each": {"kind": "dataset-manifest.v1", "label": "Data", "figures": [{"pointer": "/rows", "label": "Records"}]},
    "rows": {
        "kind": "red-team.v1",
        "pointer": "/probes",
        "label": "Attacks",
        "columns": [{"pointer": "/name", "label": "Attack"}],
    },
    "kind": "sbom.v1",
    "topic": "human-oversight",
    "controls": ["design-documented"],
    "part": "identity",
}


def outline(**changes) -> dict:
    return {
        "id": "probe",
        "title": "Probe",
        "source": {"name": "A source", "version": "First edition"},
        "note": "It follows nothing.",
        "checked": {
            "by": "Nobody at all",
            "on": "2026-11-26",
            "against": ["Nothing but itself"],
            "result": "It is a probe.",
            "not_checked": "Everything else.",
        },
        "sections": [
            {"id": "1", "title": "Section", "points": [{"id": "1(a)", "asks": "What is asked.", "person": "Write it."}]}
        ],
        **changes,
    }


def refusal(noun, value) -> str:
    with pytest.raises(ValidationError) as caught:
        noun.model_validate(value)
    return str(caught.value)


@pytest.mark.parametrize("name", list(ONE_OF_EACH))
def test_an_answer_is_any_one_of_eight(name):
    made = Asked.model_validate({name: ONE_OF_EACH[name]})
    assert getattr(made, name) is not None


@pytest.mark.parametrize(("one", "other"), list(combinations(ONE_OF_EACH, 2)))
def test_no_answer_is_two_things_at_once(one, other):
    assert "exactly one of" in refusal(Asked, {one: ONE_OF_EACH[one], other: ONE_OF_EACH[other]})


def test_no_answer_is_nothing():
    assert "exactly one of" in refusal(Asked, {})


@pytest.mark.parametrize("field", list(System.model_fields))
def test_every_field_of_a_system_file_can_answer(field):
    assert Asked.model_validate({"field": field}).field == field


def test_a_field_that_no_system_file_has_is_refused_with_those_it_has():
    said = refusal(Asked, {"field": "purposes"})
    assert "no field 'purposes'" in said
    assert "prohibited_uses" in said


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_answer_and_stands_in_the_list_once(part):
    assert Asked.model_validate({"part": part}).part == part
    assert PARTS.count(part) == 1


def test_a_part_that_is_none_is_refused_with_those_there_are():
    said = refusal(Asked, {"part": "glossary"})
    assert "no part 'glossary'" in said
    assert "sign-offs" in said


@pytest.mark.parametrize("pointer", ["steps", "/", "", "/steps/", "//steps", "/" + "x" * 200])
def test_a_pointer_leads_into_a_body_from_its_root(pointer):
    assert "pointer" in refusal(Asked, {"figure": {**FIGURE, "pointer": pointer}})


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "percent"},
        {"about": "reference"},
        {"kind": "training-run"},
        {"label": ""},
        {"label": "TBD"},
        {"unit": "x" * 61},
        {"digits": 2},
    ],
)
def test_a_figure_that_is_asked_for_wrongly_is_refused_by_the_name_of_what_is_wrong(wrong):
    assert next(iter(wrong)) in refusal(Asked, {"figure": {**FIGURE, **wrong}})


def test_a_block_has_figures_and_a_table_has_one_to_six_columns():
    assert "figures" in refusal(Asked, {"each": {**ONE_OF_EACH["each"], "figures": []}})
    column = {"pointer": "/name", "label": "Attack"}
    for columns in ([], [column] * 7):
        assert "columns" in refusal(Asked, {"rows": {**ONE_OF_EACH["rows"], "columns": columns}})
    assert "controls" in refusal(Asked, {"controls": []})


def test_a_point_without_an_answer_and_without_a_person_is_refused_by_its_number():
    assert "point 2(g): name what answers it" in refusal(Point, {"id": "2(g)", "asks": "What is asked."})


@pytest.mark.parametrize("person", ["", " ", "TBD", "...", "[More Information Needed]"])
def test_a_placeholder_is_no_word_to_a_person(person):
    assert "person" in refusal(Point, {"id": "1", "asks": "What is asked.", "person": person})


def test_the_number_of_a_point_is_kept_as_the_source_prints_it():
    assert (
        Point.model_validate({"id": "Annex XI S1.2(c)", "asks": "What is asked.", "person": "Write it."}).id
        == "Annex XI S1.2(c)"
    )
    assert "spaces" in refusal(Point, {"id": " 1(a)", "asks": "What is asked.", "person": "Write it."})


def test_two_points_of_two_sections_have_two_numbers():
    point = {"id": "1(a)", "asks": "What is asked.", "person": "Write it."}
    sections = [{"id": each, "title": "Section", "points": [point]} for each in ("1", "2")]
    assert "two points have the number 1(a)" in refusal(Outline, outline(sections=sections))


@pytest.mark.parametrize("lacking", ["id", "title", "source", "note", "checked", "sections"])
def test_an_outline_says_what_it_follows_when_it_applies_and_who_checked_it(lacking):
    whole = outline()
    Outline.model_validate(whole)
    del whole[lacking]
    assert lacking in refusal(Outline, whole)


def test_what_is_misspelt_is_not_ignored():
    assert "frameworks" in refusal(Outline, outline(frameworks=["eu-ai-act"]))
    assert "answer" in refusal(Point, {"id": "1", "asks": "What is asked.", "person": "Write it.", "answer": []})


def test_an_outline_is_frozen():
    made = Outline.model_validate(outline())
    with pytest.raises(ValidationError, match="frozen"):
        made.title = "Another"
