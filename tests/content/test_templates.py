"""A template that would fail on the day of the report is found by the self-test before."""

from __future__ import annotations

from datetime import date

import pytest

from governance.checking import check
from tests.content import made

DAY = date(2026, 6, 1)


def faults(files: dict[str, bytes]) -> list[str]:
    return [str(fault) for fault in check.check(files, DAY).faults]


def told(text: bytes) -> tuple[str, str]:
    files = made.content() | {"templates/a.md.j2": text, "templates/_parts/p.j2": b"a part"}
    (fault,) = check.check(files, DAY).faults
    return fault.place, fault.message


FRONT = "{# ---\ndocument: card.md\ntitle: A card\nfor: a reader\nview: model-card\n--- #}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"# A card", "does not begin with its front matter"),
        (FRONT.replace("view: model-card", "view: hearsay").encode(), "no view 'hearsay'"),
        (FRONT.replace("for: a reader\n", "").encode(), "needs document, title, for and view"),
        (FRONT.replace("title: A card", "title: [").encode(), "not YAML"),
        (FRONT.replace("card.md", "card.exe").encode(), "no name for a document"),
        (FRONT.encode() + b"\xff", "not UTF-8"),
    ],
)
def test_a_template_with_a_broken_front_matter_is_a_fault_with_its_path(text: bytes, said: str) -> None:
    place, message = told(text)
    assert place == "templates/a.md.j2"
    assert said in message


def test_two_templates_that_make_one_document_are_a_fault() -> None:
    (fault,) = faults(made.content() | {f"templates/{name}.md.j2": FRONT.encode() for name in ("a", "b")})
    assert "makes card.md, as a.md.j2 does" in fault
    assert faults(made.content() | {"templates/a.md.j2": FRONT.encode()}) == []


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("\n{% if view %}", 8, "Unexpected end of template"),
        ("{{ view.a }\n", 7, "unexpected '}'"),
        ("\n\n{{ 1 * 2 }}", 9, "reckons with *. Figures come as facts, with their claims."),
        ("{{ view.a ~ view.b }}", 7, "joins texts with ~. Print them one after another."),
        ("{% if view.a %}{{ view.a | round }}{% endif %}", 7, "reckons with the filter round"),
        ("\n{{ view.a | safe }}", 8, "there is no filter 'safe'"),
        ("{% if view.a %}{{ view.a | shout }}{% endif %}", 7, "there is no filter 'shout'"),
        ("{% if view.a is loud %}{% endif %}", 7, "there is no test 'loud'"),
        (
            "\n{% include '_parts/q.j2' %}",
            8,
            "there is no template '_parts/q.j2'. A template is named by its path below templates/.",
        ),
        ("{% include ['_parts/q.j2', 'r.j2'] %}", 7, "there is no template '_parts/q.j2' or 'r.j2'"),
        ("{% extends 'q.j2' %}", 7, "there is no template 'q.j2'"),
        ("{% import 'q.j2' as q %}", 7, "there is no template 'q.j2'"),
        ("\n{% from 'q.j2' import q %}", 8, "there is no template 'q.j2'"),
        ("{% include '../policies/elm.yaml' %}", 7, "there is no template"),
        ("{% block a %}{% endblock %}\n{% block a %}{% endblock %}", 8, "block 'a' defined twice"),
        ("{{ " + "(" * 500 + "1" + ")" * 500 + " }}", 0, "goes too deep"),
    ],
)
def test_a_mistake_in_a_template_is_a_fault_with_its_line_and_remedy(body: str, line: int, said: str) -> None:
    place, message = told((FRONT + body).encode())
    assert place == ("templates/a.md.j2" + f":{line}" * bool(line))
    assert said in message


@pytest.mark.parametrize(
    "body",
    [
        "{% include '_parts/p.j2' %}", "{% include ['q.j2', '_parts/p.j2'] %}", "{% include 'q.j2' ignore missing %}",
        "{% include view.part %}", "{{ view.a | label }}{% trans n=2 %}{{ n }} of it{% endtrans %}", "{{ view.a | join(', ') | upper }}",
    ],
)  # fmt: skip
def test_what_may_stand_in_a_template_is_no_fault(body: str) -> None:
    assert (
        faults(made.content() | {"templates/a.md.j2": (FRONT + body).encode(), "templates/_parts/p.j2": b"a part"})
        == []
    )


def test_a_part_that_no_document_asks_for_is_read_as_well_and_each_fault_is_told() -> None:
    found = faults(made.content() | {"templates/_parts/p.j2": b"{{ 2 ** 3 }}", "templates/_parts/q.css.j2": b"a {{ b"})
    assert [each.partition(": ")[0] for each in found] == ["templates/_parts/p.j2:1", "templates/_parts/q.css.j2:1"]


def test_a_template_without_front_matter_is_read_all_the_same() -> None:
    found = faults(made.content() | {"templates/a.md.j2": b"{% if %}"})
    assert len(found) == 2
    assert "does not begin with its front matter" in found[0]
    assert "templates/a.md.j2:1" in found[1]
