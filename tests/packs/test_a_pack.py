"""A pack verifies as it is, and in no other state."""

from __future__ import annotations

import contextlib
import io
import shutil
import zipfile
from pathlib import Path

import pytest

from governance.domain.decision import DecisionKind
from governance.errors import UnreadableError
from governance.packs.verify import Trust, verify
from governance.proofs import ed25519, note
from governance.signing import keys, signers
from governance.workspace import Workspace
from tests.conftest import RECORDED, Clock

DOCUMENTS = {"model-card.md": b"# a card\n", "audit-report.html": b"<p>a report</p>"}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from datetime import UTC, datetime

    root = tmp_path_factory.mktemp("pack")
    made = Workspace.init(root / "ws", origin="test/ledger", clock=Clock(datetime(2026, 11, 23, 9, tzinfo=UTC)))
    made.add_system(RECORDED / "system.yaml")
    made.attach([RECORDED], "elm-desk", environment=False)
    key = keys.generate()
    keys.save(key, root / "reviewer.pem")
    made.add_signer("Rita Example", ed25519.public_line(ed25519.raw(key)), ("reviewer",))
    made.sign(
        "elm-desk", key_file=root / "reviewer.pem", role="reviewer", decision=DecisionKind.HOLD, reason="Wait for bias."
    )
    made.pack("elm-desk", root / "pack.zip", documents=DOCUMENTS)
    made.ledger.close()
    return root / "pack.zip"


def members(pack: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(pack: Path, to: Path, parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(to, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return to


def problem_members(path: Path) -> set[str]:
    return {member for member, _ in verify(path).problems}


def test_an_untouched_pack_verifies(pack: Path) -> None:
    found = verify(pack)
    assert found.problems == []
    assert found.ok
    assert found.case is not None
    assert found.case.dossier.decisions[0].valid


def test_without_anything_from_outside_trust_is_not_evaluated(pack: Path) -> None:
    assert verify(pack).lines["TRUST"].startswith("NOT EVALUATED")


def test_a_pack_needs_no_workspace_no_home_and_no_writable_folder(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(pack, alone / "pack.zip")
    alone.chmod(0o500)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.chdir(alone)
    assert verify(Path("pack.zip")).ok
    alone.chmod(0o700)


def test_one_changed_byte_in_any_member_names_that_member(pack: Path, tmp_path: Path) -> None:
    parts = members(pack)
    raw = pack.read_bytes()
    with zipfile.ZipFile(pack) as archive:
        places = {info.filename: info.header_offset + 30 + len(info.filename.encode()) for info in archive.infolist()}
    skipped = []
    for name, data in parts.items():
        if not data:
            skipped.append(name)
            continue
        changed = bytearray(raw)
        changed[places[name] + len(data) // 2] ^= 1
        (tmp_path / "changed.zip").write_bytes(changed)
        assert name in problem_members(tmp_path / "changed.zip"), name
    assert skipped == []


def test_every_member_dropped_is_named(pack: Path, tmp_path: Path) -> None:
    parts = members(pack)
    for name in parts:
        left = {other: data for other, data in parts.items() if other != name}
        path = rewritten(pack, tmp_path / "dropped.zip", left)
        if name == "manifest.dsse.json":
            with pytest.raises(UnreadableError, match=r"manifest\.dsse\.json"):
                verify(path)
        else:
            assert name in problem_members(path), name


def test_every_member_truncated_is_named(pack: Path, tmp_path: Path) -> None:
    parts = members(pack)
    for name, data in parts.items():
        assert name in problem_members(rewritten(pack, tmp_path / "cut.zip", parts | {name: data[:-1]})), name


def test_an_added_member_is_named(pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "added.zip"
    shutil.copy(pack, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("documents/extra.html", "<p>an extra page</p>")
    assert "documents/extra.html" in problem_members(path)


def test_two_swapped_members_are_both_named(pack: Path, tmp_path: Path) -> None:
    parts = members(pack)
    one, other = "documents/model-card.md", "documents/audit-report.html"
    path = rewritten(pack, tmp_path / "swapped.zip", parts | {one: parts[other], other: parts[one]})
    assert {one, other} <= problem_members(path)


def test_a_renamed_member_is_named_under_both_names(pack: Path, tmp_path: Path) -> None:
    parts = members(pack)
    data = parts.pop("documents/model-card.md")
    path = rewritten(pack, tmp_path / "renamed.zip", parts | {"documents/other.md": data})
    assert {"documents/model-card.md", "documents/other.md"} <= problem_members(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_is_named(pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    shutil.copy(pack, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("documents/model-card.md", b"# another card\n")
    assert "documents/model-card.md" in problem_members(path)


def test_a_pack_rewritten_by_another_zip_program_is_not_the_pack(pack: Path, tmp_path: Path) -> None:
    assert problem_members(rewritten(pack, tmp_path / "again.zip", members(pack)))
    assert problem_members(rewritten(pack, tmp_path / "deflated.zip", members(pack), zipfile.ZIP_DEFLATED))


def test_every_byte_outside_the_members_is_checked_too(pack: Path, tmp_path: Path) -> None:
    raw = pack.read_bytes()
    covered = bytearray(len(raw))
    with zipfile.ZipFile(pack) as archive:
        for info in archive.infolist():
            start = info.header_offset + 30 + len(info.filename.encode())
            covered[start : start + info.file_size] = b"\1" * info.file_size
    outside = [offset for offset, inside in enumerate(covered) if not inside]
    for offset in outside[:: max(1, len(outside) // 150)]:
        changed = bytearray(raw)
        changed[offset] ^= 0x40
        (tmp_path / "odd.zip").write_bytes(changed)
        with contextlib.suppress(UnreadableError):
            assert not verify(tmp_path / "odd.zip").ok, offset


@pytest.mark.parametrize("junk", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 18, b"\0" * 5000])
def test_what_is_no_pack_is_said_to_be_unreadable(junk: bytes, tmp_path: Path) -> None:
    (tmp_path / "junk.zip").write_bytes(junk)
    with pytest.raises(UnreadableError):
        verify(tmp_path / "junk.zip")


def test_a_pack_cut_anywhere_never_verifies(pack: Path, tmp_path: Path) -> None:
    raw = pack.read_bytes()
    for part in (0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.zip").write_bytes(raw[: int(len(raw) * part)])
        with pytest.raises(UnreadableError):
            verify(tmp_path / "cut.zip")


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.dsse.json", b"\0" * (300 << 20))
    with pytest.raises(UnreadableError, match="bomb"):
        verify(path)


def test_a_name_that_climbs_out_of_the_folder_is_named_and_nothing_is_written(pack: Path, tmp_path: Path) -> None:
    parts = members(pack) | {"../../climbed.txt": b"x", "/abs.txt": b"x"}
    found = problem_members(rewritten(pack, tmp_path / "slip.zip", parts))
    assert {"../../climbed.txt", "/abs.txt"} <= found
    assert not (tmp_path.parent / "climbed.txt").exists()


def test_the_same_ledger_content_and_moment_give_the_same_bytes(signed: Workspace, tmp_path: Path) -> None:
    signed.pack("elm-desk", tmp_path / "one.zip", documents=DOCUMENTS)
    signed.pack("elm-desk", tmp_path / "two.zip", documents=DOCUMENTS)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_pack_that_judges_wrong_does_not_verify_even_when_its_own_key_signed_it(
    signed: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator holds the ledger key. Recomputing the judgement is what catches a doctored result."""
    from governance.packs import layout

    honest = layout.results

    def doctored(noun: object) -> bytes:
        return honest(noun).replace(b'"answer":"no"', b'"answer":"yes"')  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(layout, "results", doctored)
        signed.pack("elm-desk", tmp_path / "doctored.zip", documents=DOCUMENTS)
    assert "results/gate.json" in problem_members(tmp_path / "doctored.zip")


def test_an_older_pack_fails_against_a_checkpoint_kept_from_later(
    signed: Workspace, tmp_path: Path, clock: Clock
) -> None:
    signed.pack("elm-desk", tmp_path / "older.zip", documents=DOCUMENTS)
    clock.forward(days=1)
    changed = RECORDED.joinpath("system.yaml").read_text().replace("tier: limited", "tier: high")
    (tmp_path / "system.yaml").write_text(changed)
    signed.add_system(tmp_path / "system.yaml")
    kept = note.parse(signed.checkpoint_note())[0]
    found = verify(tmp_path / "older.zip", Trust(checkpoint=kept))
    assert not found.ok
    assert "older" in found.unmet[0]


def test_a_kept_checkpoint_of_another_past_is_a_rewritten_past(pack: Path) -> None:
    from governance.domain.entry import Checkpoint

    found = verify(pack, Trust(checkpoint=Checkpoint(origin="test/ledger", size=3, root="0" * 64)))
    assert ("ledger/leaves", "does not begin as the checkpoint you kept: the past was rewritten") in found.problems


def test_another_ledger_key_than_the_trusted_one_is_not_met(pack: Path) -> None:
    found = verify(pack, Trust(ledger_key=ed25519.raw(keys.generate())))
    assert not found.ok
    assert not found.problems


def test_a_signer_whom_the_auditor_does_not_trust_is_not_met(pack: Path) -> None:
    found = verify(pack, Trust(signers=signers.Signers()))
    assert not found.ok
    assert "no key of the list" in found.unmet[0]


def test_the_archive_writer_refuses_members_out_of_order() -> None:
    from governance.errors import GovernanceError
    from governance.packs import archive

    with pytest.raises(GovernanceError, match="out of order"):
        archive.write(io.BytesIO(), [("b", b""), ("a", b"")])


def test_striking_a_refuser_off_the_list_shows_against_the_auditors_own_list(
    attached: Workspace, reviewer: Path, tmp_path: Path
) -> None:
    attached.sign(
        "elm-desk", key_file=reviewer, role="reviewer", decision=DecisionKind.REJECT, reason="It lost too much."
    )
    honest = signers.parse((attached.root / "signers.yaml").read_bytes())
    (attached.root / "signers.yaml").write_bytes(signers.dumps(signers.Signers()))
    attached.__dict__.pop("signers", None)
    attached.pack("elm-desk", tmp_path / "struck.zip", documents=DOCUMENTS)
    assert verify(tmp_path / "struck.zip").ok
    found = verify(tmp_path / "struck.zip", Trust(signers=honest))
    assert not found.ok
    assert "the pack's own list says" in found.unmet[0]


def test_a_ledger_that_was_changed_gives_no_verdict_and_no_pack(attached: Workspace, tmp_path: Path) -> None:
    import sqlite3

    from governance.errors import IntegrityError

    with sqlite3.connect(attached.ledger.path) as database:
        database.execute("DROP TRIGGER entry_no_delete")
        database.execute("DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)")
    database.close()
    with pytest.raises(IntegrityError):
        attached.case("elm-desk")
    with pytest.raises(IntegrityError):
        attached.pack("elm-desk", tmp_path / "p.zip", documents=DOCUMENTS)
