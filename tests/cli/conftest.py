"""Run `govern` in this process, and read what it printed."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from governance.cli.app import run
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def govern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Call with the arguments as a person types them; the folder it runs in is empty at first."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def attached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the recorded system and run, made once and copied by those who work in it."""
    folder = tmp_path_factory.mktemp("attached")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.chdir(folder)
        assert run(["init"]) == 0
        assert run(["system", "add", str(RECORDED / "system.yaml")]) == 0
        assert run(["attach", str(RECORDED), "--system", "elm-desk", "--no-environment"]) == 0
    return folder


@pytest.fixture
def ready(govern: Callable[..., Ran], attached: Path, tmp_path: Path) -> Callable[..., Ran]:
    """A workspace in the present folder, with the recorded system and run."""
    shutil.copytree(attached, tmp_path, dirs_exist_ok=True)
    return govern
