"""Shared ground: the recorded samples, and a reading without this machine's environment."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from governance.collectors.reading.collect import collect

from .mlflow_made import database, store  # noqa: F401 - fixtures

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture
def sample(tmp_path):
    """Copy one collector's sample into a fresh folder and return that folder."""

    def copy(name):
        target = tmp_path / name
        shutil.copytree(SAMPLES / name, target)
        return target

    return copy


@pytest.fixture
def read():
    def go(*paths, **options):
        return collect([Path(path) for path in paths], **{"environment": False, **options})

    return go


@pytest.fixture
def write(tmp_path):
    """Write a file below the temporary folder: text, bytes, or a value as JSON."""

    def put(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return put
