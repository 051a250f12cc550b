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
