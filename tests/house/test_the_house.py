"""The rules of the house, kept by a machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "governance").rglob("*.py"))
CONTENT = ("controls", "evidence", "policies", "templates")


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    every = SOURCES + sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "docs").rglob("*.py"))
    long = {str(path.relative_to(ROOT)): n for path in every if (n := len(path.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_no_module_is_named_after_nothing() -> None:
    empty = {"utils", "util", "common", "helpers", "helper", "core", "manager", "misc"}
    assert [path for path in SOURCES if path.stem in empty or path.parent.name in empty] == []


def test_content_folders_hold_no_code() -> None:
    assert [path for folder in CONTENT for path in (ROOT / folder).rglob("*.py")] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        path
        for path in SOURCES
        if path.read_text("utf-8").strip() and not path.read_text("utf-8").startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_the_floors_hold() -> None:
    import os

    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        (
            "import governance.cli.app",
            {
                "torch",
                "transformers",
                "weasyprint",
                "sqlmodel",
                "sqlalchemy",
                "networkx",
                "jinja2",
                "cryptography",
                "yaml",
            },
        ),
        ("import governance.workspace", {"torch", "transformers", "weasyprint", "networkx", "pynvml"}),
        ("import governance.collectors.reading.collect", {"torch", "transformers", "sqlmodel", "jinja2", "weasyprint"}),
        ("import governance.packs.verify", {"torch", "transformers", "weasyprint", "jinja2"}),
    ],
)
def test_heavy_libraries_are_not_loaded_before_they_are_used(program: str, absent: set[str]) -> None:
    code = f"import sys; {program}; print(' '.join(sorted(set(sys.modules) & {absent!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []


def test_the_version_is_answered_without_loading_the_command_line() -> None:
    code = (
        "import sys; sys.argv = ['govern', '--version']; from governance.__main__ import main; main(); "
        "print(' '.join(m for m in sys.modules if m.split('.')[0] in {'typer', 'click', 'rich', 'pydantic'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    from governance import __version__

    assert done.stdout.splitlines() == [f"govern {__version__}", ""]


def test_nothing_in_the_repository_names_this_or_that_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    words = [
        b"/work/" + b"main",
        b"bash_" + b"jobs",
        b"files." + b"pythonhosted",
        b"registry." + b"npmjs",
        b"deb." + b"debian.org",
    ]
    found = [
        name.decode()
        for name in listed.stdout.split(b"\0")
        if name
        and (ROOT / name.decode()).is_file()
        and any(word in (ROOT / name.decode()).read_bytes() for word in words)
    ]
    assert found == []
