"""What was once given out verifies for ever: the ledger, the packs and the approval of every frozen sample."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governance.content import loader
from governance.errors import ContentError, GovernanceError
from governance.ledger.fsck import fsck
from governance.packs.verify import judge_again
from governance.proofs import note
from governance.verifier import command, members, trust
from governance.verifier import pack as light
from governance.verifier.brought import Brought
from governance.verifier.containers import open_container
from governance.workspace import Workspace
from tests.packs import freeze

if TYPE_CHECKING:
    from collections.abc import Iterator

FROZEN = Path(__file__).parents[1] / "samples" / "frozen"
SAMPLES = sorted(path for path in FROZEN.iterdir() if path.is_dir())
PACKS = [(sample, name) for sample in SAMPLES for name in ("pack.zip", "redacted.zip")]

each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
each_pack = pytest.mark.parametrize(("sample", "name"), PACKS, ids=lambda part: getattr(part, "name", part))


def expected(sample: Path) -> dict[str, Any]:
    return json.loads((sample / "expected.json").read_text("utf-8"))


def brought(sample: Path) -> Brought:
    """What the auditor of then holds: the trust policy and the last checkpoint."""
    kept = expected(sample)["checkpoint"]
    return Brought(policy=trust.load(sample / "trust.policy"), kept=(note.Head(**kept),), min_size=kept["size"])


@pytest.fixture
def opened(sample: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The workspace in a copy, as SQLite writes beside what it reads."""
    shutil.copytree(sample / "workspace", tmp_path / "workspace")
    then = datetime.fromisoformat(expected(sample)["judged_at"])
    made = Workspace(tmp_path / "workspace", clock=lambda: then)
    yield made
    made.ledger.close()


@each
def test_the_folder_holds_everything_and_no_private_key(sample: Path) -> None:
    names = {path.relative_to(sample).as_posix() for path in sample.rglob("*") if path.is_file()}
    assert {"pack.zip", "redacted.zip", "approval.json", "trust.policy", "expected.json", "workspace/ledger.db",
            "workspace/keys/ledger.pub"} <= names  # fmt: skip
    assert not [name for name in names if b"PRIVATE KEY" in (sample / name).read_bytes()]


@each
def test_the_ledger_is_whole(sample: Path, opened: Workspace) -> None:
    looked = fsck(opened.root / "ledger.db", opened.root / "blobs", origin=expected(sample)["checkpoint"]["origin"])
    assert looked.problems == []
    check = opened.verify_ledger()
    assert check.problem is None
    assert check.checkpoint.plain() == expected(sample)["checkpoint"]


@each
def test_the_entries_the_people_and_the_decisions_are_those_of_then(sample: Path, opened: Workspace) -> None:
    told = expected(sample)
    (system,) = opened.ledger.systems()
    entries = sorted([*opened.ledger.shared(), *opened.ledger.entries(system=system)], key=lambda entry: entry.seq)
    assert [entry.id for entry in entries] == told["entries"]
    assert opened.people.roster().refused == []
    dossier = opened.dossier(system)
    assert [[one.id, one.valid, one.problem] for one in dossier.decisions] == told["decisions"]
    assert dossier.identity is not None
    assert dossier.identity.digest == told["identity"]


@each_pack
def test_a_pack_verifies_against_what_its_auditor_held(sample: Path, name: str) -> None:
    found = light.verify(sample / name, brought(sample))
    assert (found.problems, found.duties, found.unmet) == ([], [], [])
    assert found.lines["TRUST"] == "met, for what you brought"
    assert [[one.entry, one.problem is None, one.problem] for one in found.decisions] == expected(sample)["decisions"]


@each
def test_a_pack_whose_content_can_still_be_read_is_judged_as_it_was(sample: Path) -> None:
    prefix = members.CONTENT
    with open_container(sample / "pack.zip", []) as pack:
        content = {name[len(prefix) :]: pack.read(name) for name in pack.names if name.startswith(prefix)}
    assert content
    try:
        loader.load(content)
    except ContentError:  # its form was left behind; what was signed and handed over still verifies, above
        return
    found = light.verify(sample / "pack.zip", brought(sample), again=judge_again)
    assert found.problems == []
    assert found.lines["JUDGEMENT"] == (
        f"ok: judged again, with the same result; gate {found.case.gate.policy} says {expected(sample)['gate']}"
    )


@each
def test_the_command_needs_nothing_but_the_verifier(sample: Path, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "governance.verifier", sample / "pack.zip", "--policy", sample / "trust.policy",
            "--no-judgement", "--json"]  # fmt: skip
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=FROZEN.parents[2])
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True)


def approved(sample: Path, on: datetime, *more: str, model: Path | None = None) -> int:
    return command.run(
        [
            str(model or sample / "model"), "--approval", str(sample / "approval.json"), "--policy", str(sample / "trust.policy"),
            "--on", on.strftime("%Y-%m-%dT%H:%M:%SZ"), "--use", expected(sample)["use"], *more,
        ]
    )  # fmt: skip


@each
def test_the_approval_is_of_these_files_through_its_last_day(sample: Path, tmp_path: Path) -> None:
    then = datetime.fromisoformat(expected(sample)["judged_at"])
    last = datetime.fromisoformat(expected(sample)["approved_until"]).replace(hour=12, tzinfo=UTC)
    assert approved(sample, then) == 0
    assert approved(sample, last) == 0
    assert approved(sample, last + timedelta(days=1)) == 1
    changed = shutil.copytree(sample / "model", tmp_path / "model")
    (changed / "config.json").write_text("{}\n", "utf-8")
    assert approved(sample, then, model=changed) == 4


@each_pack
def test_a_sample_with_a_changed_byte_does_not_verify(sample: Path, name: str, tmp_path: Path) -> None:
    data = (sample / name).read_bytes()
    for part in range(1, 12):
        at = len(data) * part // 12
        (tmp_path / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert outcome(tmp_path / name) in {4, 6}


def outcome(pack: Path) -> int:
    try:
        return light.verify(pack).exit_code
    except GovernanceError as error:
        return error.exit_code


@each
def test_a_ledger_with_a_changed_entry_is_not_whole(sample: Path, opened: Workspace) -> None:
    import sqlite3

    with sqlite3.connect(opened.ledger.path) as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute("UPDATE entry SET body = replace(body, 'evidence', 'evidenca') WHERE seq = 6")
    database.close()
    assert opened.verify_ledger().problem is not None


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], [], ["a", "b"]])
def test_a_sample_is_never_frozen_into_what_is_no_name(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="usage: "):
        freeze.folder(arguments)
    assert freeze.folder(["tests/samples/frozen/one"]) == Path("tests/samples/frozen/one")
