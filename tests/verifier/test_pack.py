"""What a pack shows against what the auditor brings: log, witnesses, time, signers, approvals, duties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance.proofs import ed25519
from governance.proofs.note import Head
from governance.proofs.public_keys import PublicKey
from governance.signing import keys
from governance.verifier import trust
from governance.verifier.brought import Brought
from governance.verifier.pack import verify
from tests.packs.made_packs import POLICY_DIGEST, Made, trusting, usual
from tests.packs.mutations import members

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return usual(tmp_path / "ledger")


def test_without_anything_from_outside_trust_is_not_evaluated(made: Made) -> None:
    found = verify(made.pack())
    assert found.ok
    assert found.lines["TRUST"].startswith("NOT EVALUATED")
    assert found.lines["POLICY"].startswith("NOT EVALUATED")
    assert found.lines["JUDGEMENT"] == "not performed"
    assert list(found.lines)[:3] == ["CRYPTO", "LOG", "TIME"]


def test_the_same_ledger_and_moment_give_the_same_bytes(made: Made) -> None:
    assert made.pack("one.zip").read_bytes() == made.pack("two.zip").read_bytes()


def test_a_pack_of_a_past_size_holds_no_later_anchor_and_no_later_entry(made: Made) -> None:
    early = made.parts()
    made.evidence(1, first=70)
    made.cosign()
    late = made.parts()
    assert len(late.anchors) == 2
    path = made.pack(
        "early.zip", **{name: getattr(early, name) for name in ("about", "entries", "leaves", "note", "results")}
    )
    held = members(path)
    assert sum(name.startswith("anchors/") for name in held) == 1
    assert verify(path).ok


def test_the_draft_of_a_trust_policy_can_be_read_and_is_met_by_its_pack(made: Made) -> None:
    draft = members(made.pack())["trust.policy.example"]
    policy = trust.parse(draft)
    assert {signer.name for signer in policy.signers} == {"Rita Example", "Tina Example"}
    assert list(policy.tlog.witnesses) == ["witness-1"]
    found = verify(made.root / "pack.zip", Brought(policy=policy))
    assert found.unmet
    assert all(
        "quorum of witnesses" in said for said in found.unmet
    )  # the last approval is behind the last cosignature
    made.cosign()
    assert verify(made.pack(), Brought(policy=policy)).ok


def test_an_approval_by_a_trusted_signer_meets_the_policy(made: Made) -> None:
    found = verify(made.pack(), trusting(made, made.signer("Rita Example", "reviewer"), "approval reviewer 1"))
    assert found.exit_code == 0, found.unmet
    assert "approved by Rita Example (reviewer)" in found.lines["POLICY"]
    assert found.lines["TRUST"] == "met, for what you brought"


@pytest.mark.parametrize("role", ["reviewer", "approver"])
def test_two_people_are_asked_and_one_approved(made: Made, role: str) -> None:
    made.enrol("Ann Example", "reviewer", "approver")
    lines = [made.signer(name, "reviewer", "approver") for name in ("Rita Example", "Ann Example")]
    found = verify(made.pack(), trusting(made, *lines, f"approval {role} 2"))
    assert found.exit_code == 1
    assert any(f"in the role {role}" in said for said in found.unmet)


def test_a_signer_under_another_name_role_or_key_does_not_count(made: Made) -> None:
    path = made.pack()
    key = made.people["Rita Example"].public.line
    other = keys.of_private(keys.generate()).public.line
    for line in (f"signer reviewer {key} Rita Other", f"signer reviewer {other} Rita Example"):
        found = verify(path, trusting(made, line, "approval reviewer 1"))
        assert found.exit_code == 1
        assert any("is missing" in said for said in found.unmet), line
    found = verify(path, trusting(made, f"signer approver {key} Rita Example"))
    assert found.exit_code == 1
    assert any("is not trusted in the role reviewer" in said for said in found.unmet)


def test_an_approval_that_expired_by_the_day_of_the_pack_does_not_count(made: Made) -> None:
    made.later(days=400)
    found = verify(made.pack(), trusting(made, made.signer("Rita Example", "reviewer"), "approval reviewer 1"))
    assert found.exit_code == 1


def test_a_refusal_that_the_pack_no_longer_counts_is_shown_to_who_trusts_the_refuser(made: Made) -> None:
    """The operator revokes the refuser's key from before the refusal, and so strikes it out of the pack's own list."""
    made.enrol("Ann Example", "reviewer")
    made.decide("Ann Example", "reviewer", "reject", reason="It lost too much.")
    made.roster.revoke("Ann Example", by=keys.of_private(made.key), reason="They left.", since=3)
    path = made.pack()
    assert verify(path).ok
    lines = [made.signer(name, "reviewer") for name in ("Rita Example", "Ann Example")]
    found = verify(path, trusting(made, *lines, "approval reviewer 1"))
    assert found.exit_code == 1
    assert any("whom you trust, and the pack does not count it" in said for said in found.unmet)


def test_another_log_another_key_and_another_content_are_not_met(made: Made) -> None:
    path = made.pack()
    stranger = PublicKey.of_ed25519(ed25519.raw(keys.generate()))
    found = verify(path, Brought(ledger_key=stranger))
    assert (found.exit_code, found.problems) == (1, [])
    made.trust()
    other = Made.__new__(Made)
    other.__dict__.update(made.__dict__)
    other.key = keys.generate()
    found = verify(path, Brought(policy=trust.load(other.trust())))
    assert any("is no log of the trust policy" in said for said in found.unmet)
    found = verify(path, trusting(made, "content sha256:" + "0" * 64, "policy sha256:" + "0" * 64))
    assert len(found.unmet) == 2
    assert verify(path, trusting(made, f"policy {POLICY_DIGEST}")).ok


def test_an_older_pack_is_not_met_and_a_rewritten_past_is_damage(made: Made) -> None:
    path = made.pack()
    assert verify(path, Brought(min_size=made.ledger.checkpoint().size)).ok
    assert verify(path, Brought(min_size=made.ledger.checkpoint().size + 1)).exit_code == 1
    kept = made.ledger.checkpoint().head
    assert verify(path, Brought(kept=(kept, made.ledger.checkpoint(3).head))).ok
    made.evidence(1, first=70)
    newer = made.ledger.checkpoint().head
    found = verify(path, Brought(kept=(newer,)))
    assert (found.exit_code, found.problems) == (1, [])
    assert "it is older" in found.unmet[0]
    found = verify(path, Brought(kept=(Head(kept.origin, 3, "0" * 64),)))
    assert found.exit_code == 4
    assert ("ledger/leaves", "does not begin as the checkpoint you kept: the past was rewritten") in found.problems
    assert verify(path, Brought(kept=(Head("other/ledger", 3, "0" * 64),))).exit_code == 1
