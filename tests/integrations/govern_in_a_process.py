"""`govern` in a process of its own, as trackers' libraries need it: they warn, start threads and processes, and read the environment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from .running import trackers

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def govern(folder, *arguments, **environment):
    """Run with the arguments in a folder. Nothing of what was said may be a traceback."""
    home = Path(folder) / "home"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "WANDB_", "GOVERN_"))}
    given = kept | {"PYTHONPATH": str(ROOT), "HOME": str(home), "NO_PROXY": "127.0.0.1"} | environment
    done = trackers().govern(*arguments, folder=folder, environ=given, timeout=120)
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)
