"""The house's own templates and the cases, for every test of the reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.content import places
from governance.reports.writing.render import render
from tests.reports import card_cases, cases, hostile

FOLDER = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    return places.templates(places.read_all([FOLDER.parent]))


@pytest.fixture(scope="session", params=sorted(hostile.ALL))
def any_case(request):
    return hostile.ALL[request.param]()


@pytest.fixture(scope="session")
def full():
    return cases.full()


@pytest.fixture(scope="session")
def text(templates, full) -> str:
    """The model card of the full case in Markdown."""
    return render("model-card.md", full, templates).decode()


@pytest.fixture(scope="session")
def rich():
    """A case with nearly every kind of evidence."""
    return card_cases.rich()


@pytest.fixture(scope="session")
def view(rich):
    """The model card of that case as a view."""
    return card_cases.built(rich)
