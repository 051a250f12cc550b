"""Nothing leaves the machine but by the one place for it, and a witness brings nothing of a workspace along."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NETWORK = {
    "socket",
    "ssl",
    "urllib.request",
    "http.client",
    "http.server",
    "socketserver",
    "ftplib",
    "smtplib",
    "requests",
    "httpx",
}
MAY = {"governance/anchoring/sending.py", "governance/signing/tokens.py", "governance/witness/serve.py"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_two_modules_speak_to_a_network_and_no_other() -> None:
    speak = {str(path.relative_to(ROOT)) for path in (ROOT / "governance").rglob("*.py") if imports(path) & NETWORK}
    assert speak == MAY


def test_only_the_commands_for_it_reach_the_module_that_sends() -> None:
    reach = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "governance").rglob("*.py")
        if any(name.startswith("governance.anchoring.sending") for name in imports(path))
    }
    assert reach == {"governance/anchoring/witnessing.py", "governance/anchoring/timing.py"}
    ask = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "governance").rglob("*.py")
        if imports(path) & {"governance.anchoring.witnessing", "governance.anchoring.timing"}
    }
    assert ask == {"governance/cli/anchor.py"}


def test_a_witness_needs_proofs_and_the_standard_library() -> None:
    program = "import governance.witness.serve, governance.witness.state, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    outside = {"pydantic", "yaml", "typer", "sqlalchemy", "sqlmodel", "jinja2", "networkx", "governance.domain"}
    assert outside & set(done.stdout.split()) == set()
