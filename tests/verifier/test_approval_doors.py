"""The doors of the deploy-time check: the call before loading, the command where little is installed, the container's entrypoint."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from governance.errors import CouldNotTell, DutiesError, GovernanceError, IntegrityError, UnreadableError
from governance.proofs import dsse, note
from governance.verifier import approval, check_model, statements
from tests.verifier import made_approvals as made
from tests.verifier.made_approvals import NOW, RITA, TOM, USE, Made, approved, model, policy_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model(tmp_path / "model")


def swap(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"other weights")


def written(folder: Path, data: bytes, policy: str | None = None) -> tuple[Path, Path]:
    (folder.parent / "approval.json").write_bytes(data)
    (folder.parent / "trust.policy").write_text(policy or policy_text())
    return folder.parent / "approval.json", folder.parent / "trust.policy"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("swap", IntegrityError), ("expire", GovernanceError), ("unpinned", CouldNotTell), ("trainer", DutiesError),
        ("junk", UnreadableError),
    ],
)  # fmt: skip
def test_the_call_before_loading_raises_on_anything_but_yes(
    folder: Path, change: str, error: type[GovernanceError]
) -> None:
    ledger = approved(folder)
    if change == "trainer":
        ledger.decide("approve", "Tom Example", "reviewer", TOM)
    data = b"{}" if change == "junk" else ledger.file()
    approvals, policy = written(folder, data, policy_text(signers=change != "unpinned"))
    at = datetime(2027, 6, 1, tzinfo=UTC) if change == "expire" else NOW
    if change == "swap":
        swap(folder)
    with pytest.raises(error) as caught:
        check_model(folder, approvals, policy, at=at)
    assert type(caught.value) is error or issubclass(type(caught.value), error)


def test_the_call_before_loading_returns_the_report_of_a_yes(folder: Path) -> None:
    approvals, policy = written(folder, approved(folder).file())
    assert check_model(folder, str(approvals), str(policy), at=NOW, use=USE).ok


BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"pydantic", "pydantic_core", "yaml", "typer", "click", "sqlalchemy", "sqlmodel", "jinja2", "rich"}:
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
from governance.verifier.command import run
sys.exit(run(sys.argv[1:]))
"""


def test_it_runs_where_only_cryptography_and_rfc8785_are_installed(folder: Path) -> None:
    approvals, policy = written(folder, approved(folder).file())
    words = [folder, "--approval", approvals, "--policy", policy, "--on", "2026-11-20T12:00:00Z"]
    command = [sys.executable, "-c", BLOCKED, *map(str, words)]
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✔ yes" in done.stdout
    swap(folder)
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "model.safetensors" in done.stdout


def test_the_status_must_be_of_this_type() -> None:
    sealed = dsse.seal(statements.build(statements.PACK, [], {}), made.LEDGER)
    assert note.parse(Made(approval_rows()).note()).head.size == 0
    with pytest.raises(UnreadableError, match="not urn:"):
        statements.read(sealed, where="x", predicate_type=statements.APPROVAL)


def approval_rows() -> Any:
    from governance.proofs import manifest

    return manifest.build([manifest.Row("a", 0, manifest.NO_BYTES)])


def test_the_entrypoint_of_the_page_starts_the_server_after_a_yes_alone(folder: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "check-at-load-time.md").read_text("utf-8")
    script = page.split("<<'END'\n")[1].split("END\n")[0]
    real = datetime.now(UTC).replace(microsecond=0)
    ledger = Made(approval.model_folder.take(folder), now=real - timedelta(days=1))
    ledger.enrol("Rita Example", RITA, "reviewer")
    ledger.decide("approve", "Rita Example", "reviewer", RITA)
    approvals, policy = written(folder, ledger.file(as_of=real))
    script = script.replace("/etc/model/approval.json", str(approvals)).replace("/etc/model/trust.policy", str(policy))
    (folder.parent / "entrypoint.sh").write_text(script.replace("python3", sys.executable))
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"], "MODEL": str(folder), "USE": USE}

    def start(**more: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(folder.parent / "entrypoint.sh"), "echo", "serving"]
        return subprocess.run(command, capture_output=True, text=True, env=env | more, check=False)

    assert start().stdout.endswith("serving\n")
    assert "serving" not in start(USE="Something else").stdout
    swap(folder)
    done = start()
    assert "serving" not in done.stdout
    assert done.returncode == 4
