"""The hooks for pre-commit: which files they wake up for, and what their entry answers.

The real program installs the hook from a registry, so it is no part of these tests; what it would run is.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.pipelines.conftest import ROOT

if TYPE_CHECKING:
    from tests.pipelines.conftest import Machine

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}

CARD = "---\nlicense: apache-2.0\n---\n# A model\n\n[More Information Needed]\n"


def woken(hook: str, path: str) -> bool:
    return re.search(HOOKS[hook]["files"], path) is not None


def test_each_hook_has_what_pre_commit_asks_for_and_an_entry_that_is_installed() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert set(HOOKS) == {"govern-content-check", "govern-lint-card"}
    for hook in HOOKS.values():
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert hook["language"] == "python"
        assert shlex.split(hook["entry"])[0] in scripts


def test_every_content_file_of_ours_wakes_the_check() -> None:
    listed = [
        path.relative_to(ROOT).as_posix()
        for folder in ("controls", "evidence", "policies", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "recorded" not in path.parts and "__pycache__" not in path.parts
    ]
    asleep = [path for path in listed if not woken("govern-content-check", path)]
    assert len(listed) > 300
    assert asleep == []


@pytest.mark.parametrize(
    "path", ["README.md", "src/app.py", "docs/controls.md", "policies/notes.txt", "charts/values.yaml"]
)
def test_other_files_do_not(path: str) -> None:
    assert not woken("govern-content-check", path)


def test_cards_and_nothing_else_wake_the_linter() -> None:
    assert woken("govern-lint-card", "README.md")
    assert woken("govern-lint-card", "models/elm/README.md")
    assert not woken("govern-lint-card", "docs/READMEs.md")
    assert not woken("govern-lint-card", "MYREADME.md")


def test_the_entry_of_the_content_hook_says_no_to_a_policy_that_breaks_its_rules(machine: Machine) -> None:
    done = run(machine, "govern-content-check", "--workspace", "governance")
    assert (done.returncode, "policies/lenient.yaml" in done.stdout) == (1, False)
    (machine.folder / "governance" / "policies" / "undecided.yaml").unlink()
    assert run(machine, "govern-content-check", "--workspace", "governance").returncode == 0


def test_the_entry_of_the_card_hook_says_no_to_a_card_that_was_never_written(machine: Machine) -> None:
    (machine.folder / "README.md").write_text(CARD)
    assert run(machine, "govern-lint-card", "README.md").returncode == 1


def run(machine: Machine, hook: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*shlex.split(HOOKS[hook]["entry"]), *words],
        cwd=machine.folder, env=machine.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
