"""Packs of a workspace with a whole run in it: what they are made of, and what does not get into one."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governance.domain.decision import DecisionKind
from governance.domain.policy import Answer
from governance.errors import IntegrityError, UsageError
from governance.packs import layout
from governance.proofs import ed25519, note, public_keys
from governance.proofs.note import Head
from governance.signing import keys
from governance.verifier import trust
from governance.verifier.brought import Brought
from governance.workspace import Workspace
from tests.conftest import RECORDED, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.packs.verify import PackReport

DOCUMENTS: dict[str, bytes] = {}  # rendering is the business of test_documents


@pytest.fixture
def packed(signed: Workspace, tmp_path: Path) -> Path:
    signed.pack("elm-desk", tmp_path / "pack.zip", documents=DOCUMENTS)
    return tmp_path / "pack.zip"


def verify(pack: Path, brought: Brought | None = None) -> PackReport:
    return Workspace.verify(pack, brought)


def trusting(workspace: Workspace, folder: Path, *lines: str) -> Brought:
    """What an auditor brings who pins this log, and these lines."""
    from governance.proofs.vkeys import LOG, VerifierKey

    key = public_keys.parse(workspace.ledger_key)
    log = VerifierKey(workspace.config["origin"], LOG, key.material.removeprefix(b"ed25519:"))
    path = folder / "trust.policy"
    path.write_text("\n".join([f"log {log}", "quorum none", *lines]) + "\n", "utf-8")
    return Brought(policy=trust.load(path))


def test_an_untouched_pack_verifies_and_is_judged_again(packed: Path) -> None:
    found = verify(packed)
    assert (found.problems, found.duties, found.unmet) == ([], [], [])
    assert found.ok
    assert found.lines["JUDGEMENT"].startswith("ok: judged again, with the same result")
    assert found.lines["TRUST"].startswith("NOT EVALUATED"), "nothing was brought from outside"
    assert found.case is not None
    assert found.case.dossier.decisions[0].valid


def test_a_pack_needs_no_workspace_no_home_and_no_writable_folder(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.move(packed, alone / "pack.zip")
    shutil.rmtree(tmp_path / "workspace")
    alone.chmod(0o500)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.chdir(alone)
    assert verify(Path("pack.zip")).ok
    alone.chmod(0o700)


def test_the_same_ledger_content_and_moment_give_the_same_bytes(
    signed: Workspace, packed: Path, tmp_path: Path
) -> None:
    signed.pack("elm-desk", tmp_path / "two.zip", documents=DOCUMENTS)
    assert packed.read_bytes() == (tmp_path / "two.zip").read_bytes()
    again = Workspace(signed.root, signed.clock)
    again.pack("elm-desk", tmp_path / "three.zip", documents=DOCUMENTS)
    again.ledger.close()
    assert packed.read_bytes() == (tmp_path / "three.zip").read_bytes()


def test_rendered_documents_are_the_same_bytes_too(signed: Workspace, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        signed.pack("elm-desk", tmp_path / name, pdf=False)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_pack_of_a_past_day_holds_what_was_known_then_and_is_judged_as_of_then(
    signed: Workspace, packed: Path, tmp_path: Path, clock: Clock, reviewer: Path
) -> None:
    then = clock()
    clock.forward(days=400)
    changed = RECORDED.joinpath("system.yaml").read_text("utf-8").replace("tier: limited", "tier: high")
    (tmp_path / "system.yaml").write_text(changed, "utf-8")
    signed.add_system(tmp_path / "system.yaml")
    signed.sign("elm-desk", key_file=reviewer, role="reviewer", decision=DecisionKind.REJECT, reason="It got too old.")
    signed.pack("elm-desk", tmp_path / "past.zip", on=then, documents=DOCUMENTS)
    signed.pack("elm-desk", tmp_path / "now.zip", documents=DOCUMENTS)
    past, now = verify(tmp_path / "past.zip"), verify(tmp_path / "now.zip")
    assert (past.ok, now.ok) == (True, True)
    assert past.case is not None
    assert now.case is not None
    assert past.case.dossier.system.tier != now.case.dossier.system.tier
    assert [len(each.case.dossier.decisions) for each in (past, now)] == [1, 2]
    standings = {each: {c.id: c.standing for c in report.case.assessment.controls} for each, report in
                 (("past", past), ("now", now))}  # fmt: skip
    assert standings["past"]["safety-evaluated"] != standings["now"]["safety-evaluated"] == "stale"
    assert (tmp_path / "past.zip").read_bytes() == packed.read_bytes()


def test_a_past_day_with_what_is_known_now_says_both_days(signed: Workspace, tmp_path: Path, clock: Clock) -> None:
    then = clock()
    clock.forward(days=10)
    signed.pack("elm-desk", tmp_path / "p.zip", on=then, known_at=clock(), documents=DOCUMENTS)
    found = verify(tmp_path / "p.zip")
    assert found.ok
    assert "judged as of 2026-11-23T09:00:00Z, with what was known at 2026-12-03T09:00:00Z" in found.lines["TIME"]


def test_a_pack_that_judges_wrong_does_not_verify_even_when_its_own_key_signed_it(
    signed: Workspace, tmp_path: Path
) -> None:
    """The operator holds the ledger key. Recomputing the judgement is what catches a doctored result."""
    case = signed.case("elm-desk")
    assert case.gate.answer is Answer.NO
    doctored = replace(case, gate=case.gate.model_copy(update={"answer": Answer.YES}))
    signed.pack("elm-desk", tmp_path / "doctored.zip", case=doctored, documents=DOCUMENTS)
    found = verify(tmp_path / "doctored.zip")
    assert (found.exit_code, [member for member, _ in found.problems]) == (4, ["results/gate.json"])
    assert b'"answer":"yes"' in layout.results_of(doctored)["results/gate.json"]


def test_an_older_pack_fails_against_a_checkpoint_kept_from_later(
    signed: Workspace, packed: Path, tmp_path: Path, clock: Clock
) -> None:
    clock.forward(days=1)
    changed = RECORDED.joinpath("system.yaml").read_text("utf-8").replace("tier: limited", "tier: high")
    (tmp_path / "system.yaml").write_text(changed, "utf-8")
    signed.add_system(tmp_path / "system.yaml")
    found = verify(packed, Brought(kept=(note.parse(signed.checkpoint_note()).head,)))
    assert (found.exit_code, found.problems) == (1, [])
    assert "older" in found.unmet[0]


def test_a_kept_checkpoint_of_another_past_is_a_rewritten_past(packed: Path) -> None:
    found = verify(packed, Brought(kept=(Head(origin="test/ledger", size=3, root="0" * 64),)))
    assert found.exit_code == 4
    assert ("ledger/leaves", "does not begin as the checkpoint you kept: the past was rewritten") in found.problems


def test_another_ledger_key_than_the_trusted_one_is_not_met(packed: Path) -> None:
    stranger = public_keys.PublicKey.of_ed25519(ed25519.raw(keys.generate()))
    found = verify(packed, Brought(ledger_key=stranger))
    assert (found.exit_code, found.problems) == (1, [])


def test_a_signer_whom_the_auditor_does_not_trust_is_not_met(signed: Workspace, packed: Path, tmp_path: Path) -> None:
    other = ed25519.public_line(ed25519.raw(keys.generate()))
    found = verify(packed, trusting(signed, tmp_path, f"signer reviewer {other} Somebody Else"))
    assert (found.exit_code, found.problems) == (1, [])
    assert "the key of Rita Example (reviewer) is none of theirs" in found.unmet[0]


def test_striking_a_refuser_off_shows_against_the_auditors_own_policy(
    attached: Workspace, reviewer: Path, tmp_path: Path
) -> None:
    """An operator who calls a refuser's key stolen: inside the pack the refusal does not count, outside it is missed."""
    signed, _ = attached.sign(
        "elm-desk", key_file=reviewer, role="reviewer", decision=DecisionKind.REJECT, reason="It lost too much."
    )
    line = keys.signing_key(reviewer).public.line
    attached.people.revoke(
        "Rita Example", by=attached.operator, reason="Stolen, they say.", since=attached.ledger.find(signed).seq
    )
    attached.pack("elm-desk", tmp_path / "struck.zip", documents=DOCUMENTS)
    assert verify(tmp_path / "struck.zip").ok
    found = verify(tmp_path / "struck.zip", trusting(attached, tmp_path, f"signer reviewer {line} Rita Example"))
    assert (found.exit_code, found.problems) == (1, [])
    assert "whom you trust, and the pack does not count it" in found.unmet[0]


def cut(database: sqlite3.Connection) -> None:
    database.execute("DROP TRIGGER entry_no_delete")
    database.execute("DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)")


def rewritten(database: sqlite3.Connection) -> None:
    database.execute("DROP TRIGGER entry_no_update")
    database.execute("UPDATE entry SET body = replace(body, 'complete', 'Complete') WHERE seq = 5")


@pytest.mark.parametrize("change", [cut, rewritten], ids=["cut", "rewritten"])
def test_a_ledger_that_was_changed_gives_no_verdict_no_report_no_signature_and_no_pack(
    attached: Workspace, reviewer: Path, tmp_path: Path, change: Callable[[sqlite3.Connection], None]
) -> None:
    with sqlite3.connect(attached.ledger.path) as database:
        change(database)
    database.close()
    size = attached.ledger.checkpoint().size
    for act in (
        lambda: attached.case("elm-desk"),
        lambda: attached.report("elm-desk", tmp_path / "report", pdf=False),
        lambda: attached.statement("elm-desk", tmp_path / "statement", pdf=False),
        lambda: attached.pack("elm-desk", tmp_path / "p.zip", documents=DOCUMENTS),
        lambda: attached.pack("elm-desk", tmp_path / "r.zip", withhold=["training-run.v1"]),
        lambda: attached.sign("elm-desk", key_file=reviewer, role="reviewer", decision="hold", reason="Waiting."),
    ):
        with pytest.raises(IntegrityError):
            act()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["workspace"]
    assert attached.ledger.checkpoint().size == size


@pytest.mark.parametrize("moment", [datetime(2020, 1, 1, tzinfo=UTC)])
def test_a_day_before_there_was_anything_has_no_pack(attached: Workspace, tmp_path: Path, moment: datetime) -> None:
    with pytest.raises(UsageError):
        attached.pack("elm-desk", tmp_path / "p.zip", on=moment, documents=DOCUMENTS)
    assert not (tmp_path / "p.zip").exists()


def test_a_lost_body_gives_no_pack_and_leaves_nothing_half_written(attached: Workspace, tmp_path: Path) -> None:
    next((attached.root / "blobs").rglob("*/*/*")).unlink()
    with pytest.raises(IntegrityError):
        attached.pack("elm-desk", tmp_path / "p.zip", documents=DOCUMENTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["workspace"]
