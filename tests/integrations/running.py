"""How the tests run a foreign library: a script in a process of its own, because such libraries warn; and what it left.

`run` forks it from a process that has the large libraries imported (`tests/warm.py`), and `alone` starts Python for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from governance.parsing import spool
from tests.warmed import Warm, warm

ROOT = Path(__file__).parent.parent.parent
LARGE = ("tests.integrations.tiny", "peft", "trl", "lm_eval.models.huggingface", "torchmetrics", "inspect_ai")
"""Not Lightning: under which of its names it was imported is what tests of it are about."""
TRACKERS = (
    "governance.cli.app", "governance.workspace", "sqlmodel", "alembic.command", "networkx", "jinja2", "mlflow", "wandb",
    "mlflow.store.tracking.sqlalchemy_store", "mlflow.store.tracking.rest_store",
)  # fmt: skip
begun = ExitStack()
"""What runs until the session of tests ends."""


def environment(**more: str) -> dict[str, str]:
    """The variables of this process, with nothing that says of which run or rank it is, and without a network."""
    quiet = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GOVERN_", "SLURM_", "RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_"))
    }
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    return quiet | offline | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""} | more


def start(script: str, folder: Path, **more: str) -> subprocess.Popen[str]:
    """Begin a script in a folder."""
    path = folder / "script.py"
    path.write_text(textwrap.dedent(script), "utf-8")
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", str(path)],
        cwd=folder, env=environment(**more), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@cache
def large() -> Warm:
    """Scripts without the import of the libraries that train and evaluate."""
    there = [name for name in LARGE if find_spec(name.partition(".")[0]) is not None]
    return begun.enter_context(warm(*there, options=("-W", "ignore"), environ=environment()))


@cache
def trackers() -> Warm:
    """`govern` without its start and the libraries of trackers."""
    there = [name for name in TRACKERS if find_spec(name.partition(".")[0]) is not None]
    return begun.enter_context(warm(*there, environ=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}))


def run(script: str, folder: Path, *, code: int = 0, **more: str) -> str:
    """What a script printed. It must end with this exit code."""
    path = folder / "script.py"
    path.write_text(textwrap.dedent(script), "utf-8")
    done = large().script(path, folder=folder, environ=environment(**more))
    assert done.returncode == code, f"{done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    return done.stdout


def alone(script: str, folder: Path, *, code: int = 0, **more: str) -> str:
    """As `run`, in a process that Python itself began and ends."""
    process = start(script, folder, **more)
    printed, complained = process.communicate(timeout=300)
    assert process.returncode == code, f"{process.returncode}\n{printed[-3000:]}\n{complained[-5000:]}"
    return printed


def said(printed: str) -> Any:
    """The JSON on the last line of what was printed."""
    return json.loads(printed.strip().splitlines()[-1])


def segments(folder: Path) -> list[spool.Segment]:
    """The segments of a spool, in the order in which they were opened."""
    read = [spool.read(path.read_bytes(), path.name) for path in sorted(folder.glob("*.spool"))]
    return sorted(read, key=lambda each: str(each.opened["opened_at"]))


def only(folder: Path) -> spool.Segment:
    """The one segment of a spool, undamaged."""
    found = segments(folder)
    assert len(found) == 1, [each.opened for each in found]
    assert (found[0].damaged, found[0].lost, found[0].faults) == (0, 0, ())
    return found[0]
