"""The second path: a pack checked with `openssl`, `ssh-keygen` and `sha256sum`, and by a verifier written from SPEC.md alone."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from governance.signing import keys
from governance.verifier.pack import verify
from tests.packs import second_verifier
from tests.packs.made_packs import Made, usual
from tests.packs.mutations import members, put_together, signed_again
from tests.packs.second_verifier import Pack

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "how-to" / "verify-a-pack-without-us.md"
TOOLS = all(shutil.which(tool) for tool in ("openssl", "ssh-keygen", "sha256sum", "bash"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return usual(tmp_path_factory.mktemp("without-us"))


def test_a_verifier_written_from_the_page_in_the_pack_agrees_with_ours(made: Made) -> None:
    theirs, ours = Pack(str(made.pack())), verify(made.pack())
    assert ours.ok
    assert [said["decision"] for said in theirs.counted] == ["hold", "approve"]
    assert [each.kind for each in ours.decisions if each.problem is None] == ["hold", "approve"]


def test_the_second_verifier_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(second_verifier.__file__).read_text("utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names) | {"__future__"}


def test_both_verifiers_refuse_the_same_changes_though_the_manifest_is_signed_again(made: Made, tmp_path: Path) -> None:
    parts = members(made.pack())
    for name, data in parts.items():
        if name.startswith(("documents/", "content/templates/", "results/", "SPEC", "trust", "manifest")):
            continue
        other = put_together(
            signed_again(parts | {name: data[:-1] + bytes([data[-1] ^ 1])}, made.key), tmp_path / "other.zip"
        )
        assert verify(other).exit_code == 4, name
        with pytest.raises((AssertionError, ValueError, KeyError, StopIteration, IndexError)):
            Pack(str(other))


def by_hand(folder: Path, made: Made, pack: Path, name: str) -> subprocess.CompletedProcess[str]:
    """The commands of the page, as they stand there, in a folder with the files that it asks for."""
    folder.mkdir()
    shutil.copy(pack, folder / "pack.zip")
    (folder / "ledger.pub").write_text(made.public.line + "\n")
    (folder / "allowed_signers").write_text(
        f'reviewer namespaces="governance-evidence" {made.people[name].public.line}\n'
    )
    script = "\n".join(re.findall(r"```bash\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    plain = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, env=plain, check=False
    )


@pytest.mark.skipif(not TOOLS, reason="needs openssl, ssh-keygen and sha256sum")
def test_the_commands_of_the_page_verify_a_pack_and_fail_for_a_changed_one(made: Made, tmp_path: Path) -> None:
    pack = made.pack()
    done = by_hand(tmp_path / "good", made, pack, "Rita Example")
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.count("Signature Verified Successfully") == 3
    assert "Rita Example as reviewer says approve" in done.stdout
    parts = members(pack)
    for name in ("documents/model-card.md", "ledger/leaves", "checkpoint"):
        changed = put_together(parts | {name: parts[name][:-2] + b"x\n"}, tmp_path / "changed.zip")
        assert by_hand(tmp_path / name.replace("/", "-"), made, changed, "Rita Example").returncode != 0, name


@pytest.mark.skipif(not TOOLS, reason="needs openssl, ssh-keygen and sha256sum")
def test_a_decision_signed_through_openssh_is_verified_by_openssh(tmp_path: Path) -> None:
    made = usual(tmp_path / "ledger")
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(tmp_path / "key")], check=True)
    theirs = keys.signing_key(tmp_path / "key")
    made.people["Elsa Example"] = theirs
    made.roster.enrol(
        "Elsa Example", by=keys.of_private(made.key), reason="They joined.", roles=["reviewer"], key=theirs.public.line
    )
    made.decide("Elsa Example", "reviewer")
    pack = made.pack()
    assert verify(pack).decisions[-1].problem is None
    done = by_hand(tmp_path / "good", made, pack, "Elsa Example")
    assert done.returncode == 0, done.stderr + done.stdout
    assert 'Good "governance-evidence" signature for reviewer' in done.stdout
    other = by_hand(tmp_path / "bad", made, pack, "Rita Example")
    assert other.returncode != 0
