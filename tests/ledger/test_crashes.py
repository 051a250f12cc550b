"""Writers killed at any moment, two at a time, and a disk that is really full: then everything is looked at."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROUNDS = 26
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_what_killed_writers_acknowledged_is_there_and_nothing_half_is(tmp_path):
    program = [sys.executable, "-m", "tests.ledger.crashing", tmp_path, str(ROUNDS), "7"]
    done = subprocess.run(program, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rounds) == ROUNDS
    for held in rounds:
        assert (held["lost"], held["torn"], held["problems"]) == ([], [], [])
    sizes = [held["entries"] for held in rounds]
    assert sizes == sorted(sizes)
    assert sizes[-1] >= sum(held["acknowledged"] for held in rounds) > ROUNDS // 2, "the writers really wrote"
    assert any(held["left"] for held in rounds), "some were cut off between body and entry"


def test_a_really_full_disk_is_told_and_everything_acknowledged_stands(tmp_path):
    room = f"mount -t tmpfs -o size=2m tmpfs {tmp_path}"
    program = f"{room} && {sys.executable} -m tests.ledger.filling {tmp_path}"
    if subprocess.run(["unshare", "--mount", "sh", "-c", room], capture_output=True, check=False).returncode:
        pytest.skip("a small file system can not be mounted here; the limit on file size is tested without one")
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", program],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["refused"] == ["GovernanceError", "Nothing was appended."]
    assert said["body_refused"] == "GovernanceError"
    assert said["acknowledged"] > 30
    assert said["held_is_acknowledged"]
    assert not [line for line in said["full"] if "wait in" not in line], "nothing is broken and nothing left over"
    assert said["after"] == []
    assert said["entries_after"] == said["acknowledged"] + 3, "with room again, it goes on"
