"""The forms a pack comes in, and the command that verifies one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from governance.errors import GovernanceError, UnreadableError, VersionError
from governance.parsing import canonical
from governance.proofs import dsse, ed25519, note
from governance.verifier import command, statements, trust
from governance.verifier.pack import verify
from tests.packs.made_packs import Made, usual
from tests.packs.mutations import MANIFEST, manifest, members, put_together

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return usual(tmp_path / "ledger")


@pytest.mark.parametrize("version", ["v1", "v3"])
def test_a_pack_of_another_format_is_told_by_its_version_and_is_no_damage(
    made: Made, version: str, tmp_path: Path
) -> None:
    parts = members(made.pack())
    said = manifest(parts)
    said["predicateType"] = f"urn:governance-evidence:predicate:pack:{version}"
    said["predicate"]["format"] = f"pack.{version}"
    other = parts | {MANIFEST: dsse.seal(canonical.dumps(said), made.key)}
    with pytest.raises(VersionError, match=rf"format 'pack\.{version}', written by governance-evidence 0"):
        verify(put_together(other, tmp_path / "other.zip"))


def test_a_pack_unpacked_into_a_folder_or_a_tar_is_the_pack(made: Made, tmp_path: Path) -> None:
    import io

    from governance.verifier import tar_form

    parts = members(made.pack())
    for name, data in parts.items():
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(data)
    stream = io.BytesIO()
    tar_form.write(stream, sorted(parts.items()))
    (tmp_path / "pack.tar").write_bytes(stream.getvalue())
    assert verify(tmp_path / "folder").ok
    assert verify(tmp_path / "pack.tar").ok
    (tmp_path / "folder" / "documents" / "model-card.md").write_bytes(b"# another card\n")
    assert {member for member, _ in verify(tmp_path / "folder").problems} == {"documents/model-card.md"}


def test_a_manifest_that_is_no_statement_is_damage_and_never_a_traceback(made: Made, tmp_path: Path) -> None:
    parts = members(made.pack())
    for payload in (
        b"{}",
        b"[]",
        b'{"predicateType":5}',
        b"\xff",
        b'{"predicate":{"format":"pack.v9"},"predicateType":"x"}',
    ):
        found = verify(put_together(parts | {MANIFEST: dsse.seal(payload, made.key)}, tmp_path / "odd.zip"))
        assert found.exit_code == 4
        assert {member for member, _ in found.problems} >= {MANIFEST}


def run(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str]:
    code = command.run([str(part) for part in argv])
    return code, capsys.readouterr().out


def test_the_command_prints_the_lines_and_one_json_document(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.pack()
    code, text = run(capsys, path, "--no-judgement")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()][:6] == ["PACK", "CRYPTO", "LOG", "TIME", "POLICY", "DUTIES"]
    assert text.endswith("yes: verified\n")
    code, text = run(capsys, path, "--no-judgement", "--json", "--min-checkpoint", "999")
    said = json.loads(text)
    assert (code, said["ok"], said["exit_code"], said["schema"]) == (1, False, 1, "verify.v1")
    assert set(said) == {
        "schema",
        "ok",
        "exit_code",
        "problems",
        "duties",
        "unmet",
        "report",
        "pack",
        "pack_id",
        "decisions",
    }
    assert said["report"]["JUDGEMENT"].startswith("not performed")


def test_the_command_names_files_that_it_can_not_read(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = made.pack()
    (tmp_path / "junk").write_bytes(b"junk")
    assert run(capsys, tmp_path / "none.zip")[0] == 6
    assert run(capsys, tmp_path / "junk", "--json")[0] == 6
    assert run(capsys, path, "--policy", tmp_path / "none")[0] == 6
    assert run(capsys, path, "--checkpoint", tmp_path / "none")[0] == 2
    assert run(capsys, path, "--sample", "3")[0] == 2
    assert run(capsys, path, "--no-such-option")[0] == 2
    assert run(capsys, tmp_path)[0] == 6


def test_words_of_a_stranger_are_printed_as_escapes(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    made.decide("Rita Example", "reviewer", "reject", reason="It is bad.", identity_name="x\u202ey\x1b[31m")
    parts = made.parts()
    path = made.pack(about=replace(parts.about, program="p\u202ez\x1b[2J"))
    _, text = run(capsys, path, "--no-judgement")
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_sample_can_be_drawn_again_with_a_hash_alone(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    import hashlib

    _, text = run(capsys, made.pack(), "--no-judgement", "--sample", "3", "--seed", "blue tram", "--json")
    said = json.loads(text)["sample"]
    lines = members(made.root / "pack.zip")["ledger/entries.jsonl"].splitlines()
    ids = [row["id"] for row in map(json.loads, lines) if row["type"] == "evidence"]
    ranked = sorted(ids, key=lambda name: hashlib.sha256(b"blue tram\0" + name.encode()).hexdigest())
    assert [row["id"] for row in said["drawn"]] == ranked[:3]
    assert (said["population"], said["asked"]) == (6, 3)
    assert statements.PACK.endswith("v2")


def test_a_trust_policy_that_is_missing_its_end_is_refused(made: Made) -> None:
    path = made.trust()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UnreadableError, match="newline"):
        trust.load(path)


def test_a_pack_of_a_past_moment_is_the_one_that_was_made_then(made: Made) -> None:
    then = made.parts()
    made.pack("then.zip")
    made.later(days=3)
    made.evidence(2, first=80)
    made.decide("Rita Example", "reviewer", "revoke", reason="It was found wanting.")
    now = made.parts()
    size = then.about.checkpoint.size
    again = {
        "about": then.about,
        "entries": tuple(entry for entry in now.entries if entry.seq < size),
        "leaves": now.leaves[:size],
        "note": note.sign(made.ledger.checkpoint(size).head, ed25519.raw(made.key), made.key.sign),
    }
    assert made.pack("again.zip", **again).read_bytes() == (made.root / "then.zip").read_bytes()
    assert verify(made.root / "again.zip").ok
    late = {**again, "entries": now.entries[: len(again["entries"]) + 1]}
    with pytest.raises(GovernanceError):
        made.pack("late.zip", **late)
