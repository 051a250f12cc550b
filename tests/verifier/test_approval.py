"""A model folder against its approval: yes for these very files under this very trust, and for nothing else."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from governance.errors import UsageError
from governance.proofs import ed25519
from governance.verifier import approval, trust
from tests.verifier import made_approvals as made
from tests.verifier.made_approvals import ANNA, NOW, OTHER, RITA, TOM, USE, Made, approved, model, policy_text

if TYPE_CHECKING:
    from pathlib import Path

    from governance.verifier.approval import ApprovalReport


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model(tmp_path / "model")


def check(folder: Path, data: bytes, policy: str | None = None, **how: Any) -> ApprovalReport:
    path = folder.parent / "approval.json"
    path.write_bytes(data)
    read = trust.parse((policy_text() if policy is None else policy).encode())
    return approval.verify_model(folder, path, read, **{"at": NOW, **how})


def refused(report: ApprovalReport, code: int, said: str, place: str = "") -> None:
    assert report.exit_code == code, report.problems
    assert not report.ok
    assert any(said in p.said and place in p.place and p.code == code for p in report.problems), report.problems


def test_the_very_files_that_were_approved_are_a_yes_that_says_by_whom_for_what_and_until_when(folder: Path) -> None:
    report = check(folder, approved(folder).file(), use="answering  TICKETS of the help desk", place="cloud")
    assert report.ok, report.problems
    assert list(report.lines) == ["CRYPTO", "LOG", "TIME", "POLICY", "SCOPE", "MODEL", "LIMITS"]
    assert "Rita Example (reviewer), Anna Example (approver)" in report.sentence()
    assert USE in report.sentence()
    assert "until 2026-12-31" in report.sentence()
    assert "base org/base" in report.lines["LIMITS"]


def test_without_a_trust_policy_it_is_never_a_yes(folder: Path) -> None:
    path = folder.parent / "approval.json"
    path.write_bytes(approved(folder).file())
    refused(approval.verify_model(folder, path, None, at=NOW), 3, "NOT EVALUATED")


def test_a_plain_tlog_policy_that_pins_no_signer_can_not_tell(folder: Path) -> None:
    refused(check(folder, approved(folder).file(), policy_text(signers=False)), 3, "names no signer")


# --- the folder ---------------------------------------------------------------------------------------------------------


def swap(folder: Path) -> None:
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[7] ^= 1
    (folder / "model.safetensors").write_bytes(bytes(data))


def quantise(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[::2])


def rename(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "weights.safetensors")


def add(name: str) -> Any:
    def act(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")

    return act


def link(folder: Path) -> None:
    path = folder / "model.safetensors"
    shutil.move(path, folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize(
    ("act", "place"),
    [
        (swap, "model.safetensors"), (quantise, "model.safetensors"), (rename, "weights.safetensors"),
        (add(".git/x"), ".git/x"), (add("__pycache__/a.pyc"), "__pycache__/a.pyc"), (add("README.md"), "README.md"),
        (link, "model.safetensors"), (empty, "config.json"), (lambda folder: (folder / "new").mkdir(), "new/"),
    ],
)  # fmt: skip
def test_any_other_folder_is_a_no_that_names_the_file(folder: Path, act: Any, place: str) -> None:
    data = approved(folder).file()
    act(folder)
    refused(check(folder, data), 4, "", place)


def test_the_approval_of_another_model_is_a_no(folder: Path, tmp_path: Path) -> None:
    other = model(tmp_path / "other")
    (other / "model.safetensors").write_bytes(b"other weights")
    refused(check(folder, approved(other).file()), 4, "changed", "model.safetensors")


def test_a_folder_that_is_not_there_and_a_place_that_is_unknown_are_wrong_usage(folder: Path) -> None:
    data = approved(folder).file()
    with pytest.raises(UsageError, match="no such folder"):
        check(folder / "not", data)
    with pytest.raises(UsageError, match="--place"):
        check(folder, data, place="moon")


# --- time and state -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "code"), [(31, 0), (30, 0)])
def test_the_last_day_still_counts(folder: Path, day: int, code: int) -> None:
    assert check(folder, approved(folder).file(), at=datetime(2026, 12, day, 23, 59, tzinfo=UTC)).exit_code == code


def test_an_approval_that_expired_yesterday_is_a_no(folder: Path) -> None:
    refused(check(folder, approved(folder).file(), at=datetime(2027, 1, 1, tzinfo=UTC)), 1, "expired on 2026-12-31")


def test_a_condition_that_is_overdue_ends_it_unless_the_status_says_it_was_met(folder: Path) -> None:
    ledger = Made(approval.model_folder.take(folder))
    ledger.enrol("Rita Example", RITA, "reviewer")
    condition = {"id": "bias", "text": "Test it for bias", "owner": "Tom Example", "due": "2026-11-25"}
    digest = ledger.decide("approve-with-conditions", "Rita Example", "reviewer", RITA, conditions=[condition])
    report = check(folder, ledger.file())
    assert report.ok
    assert "on condition: Test it for bias" in report.sentence()
    later = datetime(2026, 11, 26, tzinfo=UTC)
    refused(check(folder, ledger.file(), at=later), 1, "overdue", "condition bias")
    assert check(folder, ledger.file(met=[{"decision": digest, "condition": "bias"}]), at=later).ok


@pytest.mark.parametrize("kind", ["revoke", "reject", "hold", "retire"])
def test_a_refusal_after_the_approval_is_a_no(folder: Path, kind: str) -> None:
    ledger = approved(folder)
    ledger.decide(kind, "Anna Example", "approver", ANNA)
    refused(check(folder, ledger.file()), 1, f"says {kind}")


def test_a_refusal_whose_signature_does_not_count_still_refuses(folder: Path) -> None:
    ledger = approved(folder)
    ledger.decide("revoke", "Anna Example", "approver", OTHER)
    refused(check(folder, ledger.file()), 1, "a refusal holds")


def test_whoever_refused_may_approve_again_but_retired_stays_retired(folder: Path) -> None:
    ledger = approved(folder)
    ledger.decide("hold", "Rita Example", "reviewer", RITA)
    ledger.decide("approve", "Rita Example", "reviewer", RITA)
    assert check(folder, ledger.file()).ok
    ledger.decide("retire", "Rita Example", "reviewer", RITA)
    ledger.decide("approve", "Rita Example", "reviewer", RITA)
    refused(check(folder, ledger.file()), 1, "says retire")


def test_a_decision_that_is_taken_out_of_the_file_is_missed(folder: Path) -> None:
    ledger = approved(folder)
    revoked = ledger.decide("revoke", "Anna Example", "approver", ANNA)
    value = approval.approval_file.strict_json.loads(ledger.file())
    value["entries"] = value["entries"][:-1]
    data = approval.approval_file.canonical.dumps(value) + b"\n"
    refused(check(folder, data), 4, f"{revoked} is named in the status and is missing", "decisions")


def test_a_revocation_that_the_ledgers_owner_keeps_back_is_not_seen_and_the_limits_say_so(folder: Path) -> None:
    ledger = approved(folder)
    revoked = ledger.decide("revoke", "Anna Example", "approver", ANNA)
    report = check(folder, ledger.file(leave_out=(revoked,)))
    assert report.ok
    assert "one that the ledger's owner keeps back, is not seen here" in report.lines["LIMITS"]


def test_an_older_genuine_file_is_refused_by_its_age_and_by_the_checkpoint_that_was_kept(folder: Path) -> None:
    ledger = approved(folder)
    old = ledger.file(as_of=NOW - timedelta(days=8))
    ledger.decide("revoke", "Anna Example", "approver", ANNA)
    assert check(folder, old).ok
    refused(check(folder, old, policy_text("max-age 7")), 1, "8 days old", "status")
    (folder.parent / "seen").write_bytes(ledger.note())
    path = folder.parent / "trust.policy"
    path.write_text(policy_text("checkpoint seen"))
    (folder.parent / "a.json").write_bytes(old)
    refused(approval.verify_model(folder, folder.parent / "a.json", trust.load(path), at=NOW), 1, "it is older")


@pytest.mark.parametrize("answer", ["no", "could-not-tell"])
def test_where_the_gate_is_asked_for_its_yes_an_approval_alone_does_not_do(folder: Path, answer: str) -> None:
    made = approved(folder)
    assert check(folder, made.file(gate_answer=answer)).ok
    assert check(folder, made.file(), policy_text("gate yes")).ok
    refused(check(folder, made.file(gate_answer=answer), policy_text("gate yes")), 1, f"said {answer}", "status")


def test_a_status_dated_in_the_future_is_refused(folder: Path) -> None:
    refused(check(folder, approved(folder).file(), at=NOW - timedelta(hours=1)), 1, "dated in the future", "status")


# --- trust --------------------------------------------------------------------------------------------------------------


def test_a_signer_who_is_not_pinned_does_not_count(folder: Path) -> None:
    only = policy_text(f"signer reviewer {made.line(OTHER)} Olga", signers=False)
    refused(check(folder, approved(folder).file(), only), 1, "pinned in no signer line")


def test_a_key_that_is_pinned_for_somebody_else_or_in_another_role_does_not_count(folder: Path) -> None:
    data = approved(folder).file()
    refused(
        check(folder, data, policy_text(f"signer reviewer {made.line(RITA)} Olga", signers=False)), 1, "pinned for Olga"
    )
    refused(
        check(folder, data, policy_text(f"signer auditor {made.line(RITA)} Rita Example", signers=False)),
        1,
        "not trusted in",
    )


def test_the_places_of_the_trust_policy_are_filled_by_distinct_people(folder: Path) -> None:
    two = policy_text("approval reviewer 1", "approval approver 1")
    assert check(folder, approved(folder).file(), two).ok
    more = policy_text(f"signer reviewer {made.line(TOM)} Tom Example", "approval reviewer 2")
    refused(check(folder, approved(folder).file(), more), 1, "missing: reviewer (1)")


def test_one_person_with_two_keys_is_one_person(folder: Path) -> None:
    ledger = approved(folder)
    ledger.enrol("rita  example", OTHER, "reviewer")
    ledger.decide("approve", "rita  example", "reviewer", OTHER)
    more = policy_text(f"signer reviewer {made.line(TOM)} Tom Example", "approval reviewer 2")
    report = check(folder, ledger.file(), more)
    refused(report, 1, "missing: reviewer (1)")
    assert "signed by nobody who may" in report.lines["LIMITS"]


def test_two_people_with_one_key_are_not_two(folder: Path) -> None:
    ledger = approved(folder)
    ledger.enrol("Zoe Example", RITA, "reviewer")
    ledger.decide("approve", "Zoe Example", "reviewer", RITA)
    more = policy_text(f"signer reviewer {made.line(TOM)} Tom Example", "approval reviewer 2")
    refused(check(folder, ledger.file(), more), 1, "missing: reviewer (1)")


def test_another_ledger_is_no_log_of_the_policy(folder: Path) -> None:
    other = policy_text().replace(policy_text().split("\n")[0], f"log {note_key()}")
    refused(check(folder, approved(folder).file(), other), 1, "is no log of the trust policy", "checkpoint")


def note_key() -> str:
    from governance.proofs import vkeys

    return vkeys.vkey(made.ORIGIN, ed25519.raw(OTHER), vkeys.LOG)


def test_a_checkpoint_that_another_log_signed_is_a_change(folder: Path) -> None:
    ledger = approved(folder)
    data = ledger.file(checkpoint=ledger.note(key=OTHER))
    refused(check(folder, data), 4, "is not signed by the ledger's key", "checkpoint")


def test_the_quorum_of_witnesses_is_asked(folder: Path) -> None:
    ledger = approved(folder)
    refused(check(folder, ledger.file(), policy_text(witness=True)), 1, "quorum W of witnesses is not met")
    cosigned = ledger.file(checkpoint=ledger.note(cosigned=NOW - timedelta(days=1)))
    report = check(folder, cosigned, policy_text(witness=True))
    assert report.ok, report.problems
    assert "cosigned by W at 2026-11-19" in report.lines["LOG"]
    late = ledger.file(checkpoint=ledger.note(cosigned=NOW + timedelta(days=1)))
    refused(check(folder, late, policy_text(witness=True)), 4, "dated in the future")
    early = ledger.file(checkpoint=ledger.note(cosigned=made.START - timedelta(days=1)))
    refused(check(folder, early, policy_text(witness=True)), 4, "after a witness had seen it")


def test_only_the_accepted_content_and_policy_will_do(folder: Path) -> None:
    data = approved(folder).file()
    assert check(folder, data, policy_text(f"content {made.CONTENT}", f"policy {made.POLICY}")).ok
    refused(check(folder, data, policy_text(f"content {made.POLICY}")), 1, "no content that", "content")
    refused(check(folder, data, policy_text(f"policy {made.CONTENT}")), 1, "no policy that", "policy")


def test_the_approval_places_of_the_release_policy_are_asked_as_well(folder: Path) -> None:
    data = approved(folder).file(quorum=[{"role": "auditor", "people": 1}])
    refused(check(folder, data), 1, "fills the place of auditor")


# --- duties and scope ---------------------------------------------------------------------------------------------------


def test_who_trained_it_does_not_approve_it_without_an_exception_by_somebody_trusted(folder: Path) -> None:
    ledger = approved(folder)
    ledger.decide("approve", "Tom Example", "reviewer", TOM)
    policy = policy_text(f"signer reviewer {made.line(TOM)} Tom Example")
    refused(check(folder, ledger.file(), policy), 5, "holds the duty trainer")
    ledger.decide(
        "except-duties", "Anna Example", "approver", ANNA, expires="2026-12-01", exception={"person": "Tom Example", "duties": ["trainer"]}
    )  # fmt: skip
    assert check(folder, ledger.file(), policy).ok
    refused(check(folder, ledger.file(), policy, at=datetime(2026, 12, 2, tzinfo=UTC)), 5, "holds the duty trainer")


def test_a_duty_that_the_systems_owner_names_counts(folder: Path) -> None:
    named = [{"person": "rita example", "duty": "evaluator", "because": "named by the system's owner"}]
    refused(check(folder, approved(folder).file(duties=named)), 5, "holds the duty evaluator")


def test_another_use_and_another_place_are_a_no(folder: Path) -> None:
    data = approved(folder).file()
    refused(check(folder, data, use="Answering tickets"), 1, "is none of the approved uses", "--use")
    refused(check(folder, data, place="on-device"), 1, "is none of the approved places", "--place")
