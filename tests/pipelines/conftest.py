"""A runner's machine, as far as a step sees it: the files that it is told of, and a `govern` of this checkout."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governance.cli.app import run
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from tests.warmed import Warm

ROOT = Path(__file__).parent.parent.parent

LENIENT = """\
id: lenient
title: One answer is enough
why: A pipeline needs a gate that says yes.
conditions:
  - id: measured
    why: Somebody must have measured it.
    controls_met: {controls: [quality-evaluated]}
examples:
  - {name: measured, answers: "yes", on: 2026-06-01, given: {controls: {quality-evaluated: met}}}
  - {name: not measured, answers: "no", on: 2026-06-01, given: {}}
"""

UNDECIDED = """\
id: undecided
title: As able as the base
why: A pipeline needs a gate that can not tell, and sixty questions are too few.
conditions:
  - id: as-able
    why: What the base could do is missed first.
    non_inferior: {purpose: general-capability, metric: acc, against: base, margin: 0.05}
examples:
  - {name: nothing measured, answers: "no", on: 2026-06-01, given: {}}
"""


@dataclass(frozen=True)
class Machine:
    """A folder with a workspace in it, and the environment of a step."""

    folder: Path
    environment: dict[str, str]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose folder `governance` is a workspace with the recorded system and run."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "governance").mkdir()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.chdir(folder / "governance")
        assert run(["init"]) == 0
        assert run(["system", "add", str(RECORDED / "system.yaml")]) == 0
        assert run(["attach", str(RECORDED), "--system", "elm-desk", "--no-environment"]) == 0
    (folder / "governance" / "policies").mkdir()
    (folder / "governance" / "policies" / "lenient.yaml").write_text(LENIENT)
    (folder / "governance" / "policies" / "undecided.yaml").write_text(UNDECIDED)
    return folder


@pytest.fixture
def machine(prepared: Path, tmp_path: Path, warm_govern: Warm) -> Machine:
    folder = tmp_path / "checkout"
    shutil.copytree(prepared, folder)
    command = tmp_path / "bin" / "govern"
    command.parent.mkdir()
    command.write_text(warm_govern.shell())
    command.chmod(0o755)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "RUNNER_", "CI", "GATE_"))
    }
    return Machine(
        folder,
        kept | {"PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
