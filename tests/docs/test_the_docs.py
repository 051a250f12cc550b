"""The docs are true: commands run, pages are what the code says, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import RECORDED

if TYPE_CHECKING:
    from tests.warmed import Warm

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"^```sh(?: exit=(\d))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN_ELSEWHERE = {"verify-a-pack-without-us": "tests/packs/test_without_us.py"}
"""Pages whose commands need a pack that is made first, and the test that makes it and runs them."""
HOW_TO = sorted(path.stem for path in (ROOT / "docs" / "how-to").glob("*.md") if path.name != "README.md")


@pytest.fixture
def shell(tmp_path: Path, warm_govern: Warm) -> dict[str, str]:
    """An environment in which `govern` is this checkout's."""
    command = tmp_path / "bin" / "govern"
    command.parent.mkdir()
    command.write_text(warm_govern.shell())
    command.chmod(0o755)
    python = command.with_name("python3")
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    return os.environ | {
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "RUN": str(RECORDED),
        "PYTHONPATH": str(ROOT),
    }


def test_every_command_of_the_tutorial_runs(tmp_path: Path, shell: dict[str, str]) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    blocks = BLOCK.findall((ROOT / "docs" / "tutorial" / "first-pack.md").read_text("utf-8"))
    assert len(blocks) >= 6
    for code, commands in blocks:
        done = subprocess.run(
            ["sh", "-ec", commands], cwd=folder, env=shell, capture_output=True, text=True, check=False
        )
        assert done.returncode == int(code or 0), f"{commands}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("page", [page for page in HOW_TO if page not in RUN_ELSEWHERE])
def test_every_command_of_a_how_to_page_runs(tmp_path: Path, shell: dict[str, str], page: str) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    blocks = BLOCK.findall((ROOT / "docs" / "how-to" / f"{page}.md").read_text("utf-8"))
    assert len(blocks) >= 5
    for code, commands in blocks:
        done = subprocess.run(
            ["sh", "-ec", commands], cwd=folder, env=shell, capture_output=True, text=True, check=False
        )
        assert done.returncode == int(code or 0), f"{commands}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("page", RUN_ELSEWHERE)
def test_what_is_not_run_here_is_run_by_the_test_that_is_named(page: str) -> None:
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text("utf-8")
    assert "```bash\n" in text
    assert not BLOCK.findall(text)
    assert f"{page}.md" in (ROOT / RUN_ELSEWHERE[page]).read_text("utf-8")


def test_every_how_to_page_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "how-to" / "README.md").read_text("utf-8")
    assert sorted(re.findall(r"\]\(([a-z-]+)\.md\)", index)) == HOW_TO


def test_the_reference_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "docs/reference/generate.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_link_leads_to_a_file() -> None:
    broken = []
    for page in PAGES:
        if "examples" in page.parts:
            continue
        targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
        inside = [target for target in targets if not target.startswith(("http:", "https:", "mailto:"))]
        broken += [f"{page.name} → {target}" for target in inside if not (page.parent / target).exists()]
    assert broken == []


def test_the_commands_of_the_readme_exist() -> None:
    from typer.main import get_command

    from governance.cli.app import app

    top = get_command(app)
    for words in re.findall(r"^govern ((?:[a-z-]+ ?)+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE):
        first, *rest = words.split()
        assert first in top.commands, words
        below = getattr(top.commands[first], "commands", None)
        assert below is None or rest[0] in below, words


def test_the_readme_names_the_two_commands_and_ci_runs_the_second() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"^make demo\b", readme, re.MULTILINE)
    assert re.search(r"^make test\b", readme, re.MULTILINE)
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)


def test_every_exit_code_is_told_in_the_help() -> None:
    from governance import errors
    from governance.cli.app import EPILOG

    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.GovernanceError)
    ]
    assert {kind.exit_code for kind in classes} <= {int(code) for code in re.findall(r"(\d) [a-z]", EPILOG)}
