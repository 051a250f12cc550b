"""A recorder that beats fast and asks no machine, and its segment once it is closed."""

from __future__ import annotations

import time

import pytest

from governance.integrations.recorder import Recorder
from governance.parsing import spool
from tests.integrations import running


@pytest.fixture(scope="session", autouse=True)
def _until_the_end():
    """What was begun to fork from ends with the tests."""
    with running.begun:
        yield


@pytest.fixture(autouse=True)
def _one_process(monkeypatch):
    for name in (
        "RANK",
        "WORLD_SIZE",
        "LOCAL_RANK",
        "SLURM_JOB_ID",
        "SLURM_JOBID",
        "SLURM_PROCID",
        "TORCHELASTIC_RUN_ID",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def recording(tmp_path):
    """A recorder that has begun, in a spool of the test: `recording("training", …)`."""
    made = []

    def begin(activity="training", **how):
        given = {"spool": tmp_path / "spool", "gather": list, "sampler": lambda: None, "pause": 0.02, "beat": 0.1} | how
        time.sleep(0.002)  # so that no two are opened in one millisecond
        made.append(Recorder(activity, **given).start())
        return made[-1]

    yield begin
    for each in made:
        each.close("stopped")


@pytest.fixture
def segments(tmp_path):
    """The segments of the spool, oldest first."""

    def go():
        read = [spool.read(path.read_bytes(), path.name) for path in (tmp_path / "spool").glob("*.spool")]
        return sorted(read, key=lambda each: each.opened["opened_at"])

    return go
