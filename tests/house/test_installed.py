"""What is installed: the wheel carries the content, an editable install reads it live."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return out / done.stdout.strip().splitlines()[-1]


def test_the_wheel_carries_every_content_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("governance/_content/")}
    listed = subprocess.run(
        ["git", "ls-files", "-z", "controls", "evidence", "policies", "templates"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    wanted = {f"governance/_content/{name}" for name in listed.stdout.split("\0") if name}
    assert wanted - inside == set()


def test_an_unpacked_wheel_finds_its_own_content(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "from governance.content import places, loader; root = places.builtin_root(); print(root); "
        "print(len(loader.load(places.read_all([root])).controls))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    root, controls = done.stdout.splitlines()
    assert root == str(tmp_path / "governance" / "_content")
    assert int(controls) >= 25


def test_a_checkout_reads_its_content_live() -> None:
    from governance.content import places

    assert places.builtin_root() == ROOT


COMES_WITH = {
    "markupsafe": "jinja2", "pydantic-core": "pydantic", "sqlalchemy": "sqlmodel", "fonttools": "weasyprint", "pydyf": "weasyprint",
    "rich": "typer",
}  # fmt: skip
"""What a library that is named is made of: its own interface hands these out, so they are there as long as it is."""
CALLED = {"yaml": "pyyaml", "pynvml": "nvidia-ml-py", "markdown_it": "markdown-it-py", "mlflow": "mlflow-skinny"}


def test_every_library_that_is_imported_is_named_in_what_is_installed() -> None:
    """A library that only happens to be there goes when the one that brings it does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    named = {re.split(r"[<>=~ ]", line)[0].lower() for line in lines}
    for path in sorted((ROOT / "governance").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.partition(".")[0] for name in names} - {"governance"} - sys.stdlib_module_names:
                library = CALLED.get(top, top).lower().replace("_", "-")
                assert COMES_WITH.get(library, library) in named, f"{path.relative_to(ROOT)} imports {top}"


def test_core_needs_no_torch() -> None:
    from importlib.metadata import requires

    try:
        needed = requires("governance-evidence") or []
    except Exception:
        pytest.skip("the package is not installed here")
    core = [line for line in needed if "extra ==" not in line]
    assert not [line for line in core if line.startswith(("torch", "transformers", "weasyprint"))]
    assert len(core) <= 14
