"""The outlines of the European Union's forms: every point of the source once, and every answer a thing that can be on record."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governance.checking import wording
from governance.content import places
from governance.domain.outline import Outline
from governance.parsing import strict_yaml
from governance.reports.writing.render import Renderer
from tests.reports import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue
    from governance.domain.outline import Asked, Point

IV, XI, SUMMARY = "eu-ai-act-annex-iv", "eu-ai-act-annex-xi", "eu-training-content-summary"
OURS = (IV, XI, SUMMARY)
ACT = "eu-ai-act-2026"
FACTS = Path(__file__).parent / "facts"

FORM = {
    "general information": {
        "legal name": ("Form: legal name", "legal name"),
        "model name": ("Form: model name", "name"),
        "model authenticity": ("Form: model authenticity", "digest"),
        "release date": ("Annex XI S1.1(c)", "day of release"),
        "Union market release date": ("Form: Union market release date", "market of the Union"),
        "model dependencies": ("Form: model dependencies", "tuning models"),
    },
    "model properties": {
        "architecture": ("Annex XI S1.1(d)", "architecture"),
        "design specifications of the model": ("Annex XI S1.2(b)", "design specifications of the model"),
        "input modalities": ("Annex XI S1.1(e)", "input and output modalities"),
        "output modalities": ("Annex XI S1.1(e)", "input and output modalities"),
        "total size": ("Annex XI S1.1(d)", "total size"),
    },
    "distribution and licences": {
        "distribution channels": ("Annex XI S1.1(c)", "distribution channels"),
        "licence": ("Annex XI S1.1(f)", "further assets"),
    },
    "use": {
        "acceptable use policy": ("Annex XI S1.1(b)", "acceptable use"),
        "intended uses": ("Annex XI S1.1(a)", "uses that are meant"),
        "type and nature of systems": ("Annex XI S1.1(a)", "type and nature"),
        "means of integration": ("Annex XI S1.2(a)", "technical means"),
        "required hardware": ("Form: required hardware", "hardware"),
        "required software": ("Form: required software", "software"),
    },
    "training process": {
        "design specifications of the training": ("Annex XI S1.2(b)", "training process"),
        "decision rationale": ("Annex XI S1.2(b)", "rationale of the decisions"),
    },
    "data": {
        "type": ("Annex XI S1.2(c)", "type and origin"),
        "provenance": ("Annex XI S1.2(c)", "web crawling"),
        "how obtained and selected": ("Annex XI S1.2(c)", "got and picked"),
        "number of data points": ("Annex XI S1.2(c)", "how many data points"),
        "scope and characteristics": ("Annex XI S1.2(c)", "scope and main features"),
        "curation": ("Annex XI S1.2(c)", "curated"),
        "unsuitable sources": ("Annex XI S1.2(c)", "unsuitable sources"),
        "identifiable biases": ("Annex XI S1.2(c)", "identifiable biases"),
    },
    "computational resources": {
        "training time": ("Annex XI S1.2(d)", "Training time"),
        "amount of computation": ("Annex XI S1.2(d)", "Amount of computation"),
        "measurement": ("Form: measurement of the computation", "method"),
    },
    "energy consumption": {
        "energy of training": ("Annex XI S1.2(e)", "megawatt-hours"),
        "measurement": ("Form: measurement of the energy", "method"),
        "computation of inference": ("Form: computation of inference", "floating-point operations"),
        "measurement of inference": ("Form: measurement of inference", "hardware"),
    },
}
"""The items of the Model Documentation Form by its groups, as others list them: the point that answers it, and words that stand there."""

TEMPLATE = {
    "1.1": ("provider", "representative"),
    "1.2": ("names", "dependencies", "date"),
    "1.3": ("modalities", "latest", "languages", "other"),
    "2.1": ("large", "others"),
    "2.2.1": (),
    "2.2.2": (),
    "2.3": ("crawlers", "period", "content", "domains"),
    "2.4": ("model", "services"),
    "2.5": ("market", "own"),
    "2.6": (),
    "3.1": (),
    "3.2": (),
    "3.3": (),
}
"""The numbers of the Commission's template, and the rows under each that have a point of their own."""

FOR_A_PERSON = {
    IV: {"Annex IV 1(f)", "Annex IV 1(g)", "Annex IV 2(f)", "Annex IV 8"},
    XI: {"Form: legal name", "Form: Union market release date", "Form: computation of inference"},
    SUMMARY: {
        "1.1-representative", "1.2-date", "1.3-latest", "2.1-others", "2.3-crawlers", "2.3-period", "2.3-content", "2.3-domains",
        "2.4-services", "2.5-own", "3.2",
    },
}  # fmt: skip
"""Points that no kind of evidence, topic or control of ours can answer."""


@pytest.fixture(scope="module")
def outlines(files: dict[str, bytes]) -> dict[str, Outline]:
    return {name: Outline.model_validate(plain(files, name)) for name in OURS}


def plain(files: dict[str, bytes], name: str) -> Any:
    path = f"templates/_outlines/{name}.yaml"
    return strict_yaml.loads(files[path], where=path)


def points(outline: Outline) -> dict[str, Point]:
    return {point.id: point for section in outline.sections for point in section.points}


def text(point: Point) -> str:
    """Everything of a point that is printed and ours."""
    labels = [each.figure.label for each in point.answers if each.figure] + [
        each.rows.label for each in point.answers if each.rows
    ]
    return " ".join([point.asks, *labels, point.person or ""])


# --- every point once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "annex"), [(IV, "Annex IV"), (XI, "Annex XI")])
def test_every_point_of_an_annex_is_there_once_and_in_the_order_of_the_law(
    name, annex, outlines, ours: Catalogue
) -> None:
    here = [number for number in points(outlines[name]) if number.startswith("Annex")]
    assert here == [each.id for each in ours.requirements[ACT] if each.id.startswith(annex + " ")]
    listed = json.loads((FACTS / f"{ACT}.json").read_bytes())["requirements"]
    assert here == [number for number in listed if number.startswith(annex + " ")]


def test_annex_iv_has_nine_points_and_sixteen_letters(outlines) -> None:
    sections = outlines[IV].sections
    assert [section.id for section in sections] == [f"Annex IV {number}" for number in range(1, 10)]
    assert [len(section.points) for section in sections] == [8, 8, 1, 1, 1, 1, 1, 1, 1]


def test_annex_xi_has_two_points_with_eleven_letters_and_three_for_systemic_risk(outlines) -> None:
    sizes = {section.id: len(section.points) for section in outlines[XI].sections if section.id.startswith("Annex")}
    assert sizes == {"Annex XI S1.1": 6, "Annex XI S1.2": 5, "Annex XI S2": 3}


def test_a_point_of_an_annex_stands_under_its_own_heading(outlines) -> None:
    for name in (IV, XI):
        for section in outlines[name].sections:
            for point in section.points:
                head = "Form" if section.id.startswith("Form") else section.id
                assert point.id.startswith(head), (section.id, point.id)


def test_every_item_of_the_model_documentation_form_has_its_place(outlines) -> None:
    held, items = points(outlines[XI]), [item for group in FORM.values() for item in group.values()]
    assert [len(group) for group in FORM.values()] == [6, 5, 2, 6, 2, 8, 3, 4]
    assert len(items) == 36
    for number, words in items:
        assert words in text(held[number]), (number, words)
    own = {number for number in held if number.startswith("Form")}
    assert own == {number for number, _ in items if number.startswith("Form")}


def test_every_number_of_the_training_content_template_has_its_points_in_order(outlines) -> None:
    wanted = [f"{number}-{row}" if row else number for number, rows in TEMPLATE.items() for row in rows or ("",)]
    assert list(points(outlines[SUMMARY])) == ["head", *wanted]
    for section in outlines[SUMMARY].sections:
        assert all(point.id.startswith((f"{section.id}.", "head")) for point in section.points)


# --- every answer can be on record ----------------------------------------------------------------------------------

NUMBER, TEXT, YES_NO = {"number", "integer"}, {"string"}, {"boolean"}
FITS = {
    "number": NUMBER, "signed": NUMBER, "large": NUMBER, "size": NUMBER, "duration": NUMBER, "text": NUMBER | TEXT | YES_NO,
    "listed": {"array"}, "length": {"array", "object"},
}  # fmt: skip
"""What must stand at a pointer for a form to write it. A number in the form `text` is a name, such as a seed."""


def leads(schema: Any, pointer: str) -> Any:
    """The schema of what stands at a pointer, or None where it leads nowhere."""
    for token in pointer.strip("/").split("/") if pointer else ():
        schema = schema.get("items") if token.isdigit() else schema.get("properties", {}).get(token)
        if schema is None:
            return None
    return schema


def types(schema: Any) -> set[str]:
    found = schema.get("type", "string" if "enum" in schema else None)
    return (set(found) if isinstance(found, list) else {found}) - {"null"}


def looks(asked: Asked) -> Iterator[tuple[str, str, str]]:
    """(kind, pointer, form) of everything that an answer reads."""
    if asked.figure:
        yield asked.figure.kind, asked.figure.pointer, asked.figure.form
    if asked.each:
        yield from ((asked.each.kind, figure.pointer, figure.form) for figure in asked.each.figures)
    if asked.rows:
        yield from (
            (asked.rows.kind, f"{asked.rows.pointer}/0{column.pointer}", column.form) for column in asked.rows.columns
        )


@pytest.mark.parametrize("name", OURS)
def test_every_pointer_leads_to_what_its_form_can_write(name, outlines, ours: Catalogue) -> None:
    read = [
        (number, look)
        for number, point in points(outlines[name]).items()
        for each in point.answers
        for look in looks(each)
    ]
    assert len(read) >= 25
    for number, (kind, pointer, form) in read:
        schema = leads(ours.kinds[kind].body, pointer)
        assert schema is not None, (number, kind, pointer)
        assert types(schema) <= FITS[form], (number, kind, pointer, form, types(schema))
        if form == "listed":
            assert types(schema["items"]) <= TEXT | {"integer"}, (number, kind, pointer)


def test_a_wrong_pointer_and_a_wrong_form_are_found(ours: Catalogue) -> None:
    body = ours.kinds["training-run.v1"].body
    assert leads(body, "/step") is None
    assert leads(body, "/data_sets/0/naem") is None
    assert not types(leads(body, "/base_model")) <= FITS["text"]
    assert not types(leads(body, "/framework")) <= FITS["number"]


@pytest.mark.parametrize("name", OURS)
def test_every_kind_topic_and_control_is_in_the_catalogue(name, outlines, ours: Catalogue) -> None:
    topics = {ask.topic for control in ours.controls.values() for ask in control.asks} - {None}
    for number, point in points(outlines[name]).items():
        for each in point.answers:
            assert each.kind is None or each.kind in ours.kinds, (number, each.kind)
            assert each.topic is None or each.topic in topics, (number, each.topic)
            assert set(each.controls or ()) <= set(ours.controls), number
    assert outlines[name].framework in {frame.series for frame in ours.frameworks.values()}


@pytest.mark.parametrize("name", [IV, XI])
def test_the_controls_that_the_framework_maps_to_a_point_stand_under_it(name, outlines, ours: Catalogue) -> None:
    """But where the answer is for a person: that a declaration is provided for is no copy of it."""
    rows = {each.id: {row.control for row in each.met_by} for each in ours.requirements[ACT]}
    for number, point in points(outlines[name]).items():
        shown = {control for each in point.answers for control in each.controls or ()}
        if number not in FOR_A_PERSON[name]:
            assert rows.get(number, set()) <= shown, number


@pytest.mark.parametrize("name", OURS)
def test_points_that_nothing_on_record_can_answer_are_for_a_person_and_no_others(name, outlines) -> None:
    held = points(outlines[name])
    assert {number for number, point in held.items() if not point.answers} == FOR_A_PERSON[name]
    assert all(held[number].person for number in FOR_A_PERSON[name])


@pytest.mark.parametrize("name", OURS)
def test_nothing_answers_a_point_twice_and_a_part_is_printed_once(name, outlines) -> None:
    parts = Counter(each.part for point in points(outlines[name]).values() for each in point.answers if each.part)
    assert set(parts.values()) == {1}
    for number, point in points(outlines[name]).items():
        assert len(set(point.answers)) == len(point.answers), number
        controls = [control for each in point.answers for control in each.controls or ()]
        assert len(set(controls)) == len(controls), number
        labels = [each.figure.label for each in point.answers if each.figure]
        assert len(set(labels)) == len(labels), (number, "two figures under one label")


@pytest.mark.parametrize("name", OURS)
def test_the_standings_of_controls_come_last_and_in_one_list(name, outlines) -> None:
    for number, point in points(outlines[name]).items():
        places_ = [place for place, each in enumerate(point.answers) if each.controls]
        assert places_ in ([], [len(point.answers) - 1]), number


def test_the_public_summary_names_no_party_to_an_agreement(outlines) -> None:
    read = {look[:2] for point in points(outlines[SUMMARY]).values() for each in point.answers for look in looks(each)}
    assert not {kind for kind, _ in read} & {"data-agreement.v1"}


# --- what is said of them -------------------------------------------------------------------------------------------


def test_the_note_on_annex_iv_tells_the_days_that_the_framework_has(outlines, ours: Catalogue) -> None:
    requirement = ours.requirement(ACT, "Annex IV 1(a)")
    assert requirement is not None
    for each in ours.applies(ACT, requirement)[:2]:
        assert f"{each.since.day} {each.since:%B %Y}" in outlines[IV].note


@pytest.mark.parametrize("name", [XI, SUMMARY])
def test_the_notes_on_general_purpose_models_tell_the_days_that_the_framework_has(
    name, outlines, ours: Catalogue
) -> None:
    requirement = ours.requirement(ACT, "Art. 53(1)(a)")
    assert requirement is not None
    for each in ours.applies(ACT, requirement):
        assert f"{each.since.day} {each.since:%B %Y}" in outlines[name].note
    assert "third of the computation" in outlines[name].note


@pytest.mark.parametrize("name", OURS)
def test_the_note_says_that_people_decide_and_names_a_control_that_is_printed(name, outlines, ours: Catalogue) -> None:
    note = outlines[name].note
    assert re.search(r"[Nn]o toolkit can (?:decide|take)", note)
    named = {word for word in re.findall(r"[a-z]+(?:-[a-z]+)+", note) if word in ours.controls}
    shown = {
        control
        for point in points(outlines[name]).values()
        for each in point.answers
        for control in each.controls or ()
    }
    assert "legal-classification-decided" in named
    assert named <= shown


@pytest.mark.parametrize("name", OURS)
def test_it_is_said_that_the_source_itself_was_not_compared(name, outlines) -> None:
    assert "themselves" in outlines[name].checked.not_checked


@pytest.mark.parametrize("name", OURS)
def test_no_sentence_of_ours_is_one_of_the_official_texts(name, files: dict[str, bytes]) -> None:
    texts = places.wording([places.builtin_root()])
    held = wording.Wording(tuple(wording.read(each, data) for each, data in texts.items()))
    assert any("eu-ai-act" in each.name for each in held.held)
    assert list(held.shared(plain(files, name))) == []


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("case", [cases.full, cases.empty])
def test_a_document_that_follows_it_renders_with_every_number(name, case, files: dict[str, bytes], outlines) -> None:
    head = f"{{# ---\ndocument: probe.html\ntitle: Probe\nfor: a test\nview: outline\noutline: {name}\n--- #}}\n"
    templates = places.templates(files) | {"probe.html.j2": head + '{% extends "_parts/outline.html.j2" %}'}
    page = Renderer(case(), templates).render("probe.html").decode()
    anchors = re.findall(r'<section id="(p-[^"]+)" class="point">', page)
    assert len(anchors) == len(set(anchors)) == len(points(outlines[name]))
    for number in points(outlines[name]):
        assert f'<span class="number">{number}</span>' in page
