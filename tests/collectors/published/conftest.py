"""Where the collection of published files lies.

`GOVERN_SAMPLES` names its folder, with one sub-folder a tool; without it a folder `shared/samples` beside the checkout is
taken. Where neither is there these tests are skipped; the recordings below `tests/samples` cover the same readers with
less variety.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3].parent / "shared" / "samples"
FOLDER = Path(os.environ.get("GOVERN_SAMPLES") or BESIDE)


@pytest.fixture
def published():
    """The folder of one tool's published files: `published("garak")`."""

    def folder(name=""):
        path = FOLDER / name
        if not path.is_dir():
            pytest.skip("no collection of published files is at hand")
        return path

    return folder


@pytest.fixture
def facts(published, read):
    """The facts of one collector in one tool's folder, by file name, and what was not read."""

    def go(name, collector):
        reading = read(published(name))
        found = {fact.path: fact for fact in reading.found if fact.collector.name == collector}
        return found, reading.not_read

    return go
