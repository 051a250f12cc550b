"""The house's own templates and the cases, for every test of the reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.content import places
from tests.reports import cases, hostile

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
