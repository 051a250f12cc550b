"""MLflow stores made for the tests: a run as folders of files, and the recorded tables as a database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "samples"

DUMP = SAMPLES / "mlflow-database" / "3.17.2.sql"
MILLISECONDS = 1795634472829
META = """artifact_uri: file:///data/mlruns/1/{id}/artifacts
end_time: {end}
entry_point_name: ''
experiment_id: '1'
lifecycle_stage: {stage}
run_id: {id}
run_name: {name}
source_name: ''
source_type: 4
source_version: ''
start_time: 1795634472000
status: {status}
tags: []
user_id: someone
"""


@pytest.fixture
def store(write):
    """A run in a store of files: parameters by name, metrics as lists of (step, value)."""

    def go(*, params=None, metrics=None, tags=None, status="3", stage="active", end=MILLISECONDS, run_id="a" * 32):
        top = f"mlruns/1/{run_id}"
        text = META.format(id=run_id, end=end, stage=stage, status=status, name="desk")
        path = write(f"{top}/meta.yaml", text)
        for name, value in (params or {}).items():
            write(f"{top}/params/{name}", value)
        for name, value in (tags or {}).items():
            write(f"{top}/tags/{name}", value)
        for name, points in (metrics or {"loss": [(1, "2.0"), (2, "1.0")]}).items():
            write(f"{top}/metrics/{name}", "".join(f"1795634472100 {value} {step}\n" for step, value in points))
        return path.parents[2]

    return go


@pytest.fixture
def database(tmp_path):
    """The recorded tables of 3.17.2 as a database, with further statements applied."""

    def go(*statements, dump=None):
        path = tmp_path / "mlflow.db"
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        connection.executescript(dump or DUMP.read_text(encoding="utf-8"))
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        return path

    return go


def one(reading, kind="training-run.v1"):
    (fact,) = [fact for fact in reading.found if fact.kind == kind]
    return fact
