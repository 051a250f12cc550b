"""Time from outside: what witnesses and authorities say of a pack, and what that says of its decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from governance.proofs import note
from governance.verifier.pack import verify
from tests.packs.made_packs import START, Made, trusting, usual

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return usual(tmp_path / "ledger")


def test_a_quorum_of_witnesses_after_the_decisions_is_met_and_tells_the_time(made: Made) -> None:
    made.cosign(made.moment + timedelta(minutes=2))
    found = verify(
        made.pack(), trusting(made, made.signer("Rita Example", "reviewer"), "approval reviewer 1", witness=True)
    )
    assert found.exit_code == 0, found.unmet
    assert "witness w saw the first 13 of 13 entries by 2026-11-23 12:02:00Z" in found.lines["TIME"]


def test_a_backdated_decision_shows_against_the_witness(made: Made) -> None:
    made.later(days=30)
    made.cosign()
    made.moment = START + timedelta(days=1)  # the clock of the ledger's machine is set back
    made.decide("Rita Example", "reviewer", "approve")
    made.later(minutes=5)
    found = verify(made.pack(), trusting(made, made.signer("Rita Example", "reviewer"), witness=True))
    assert found.exit_code == 1
    assert any("it is backdated" in said for said in found.unmet)


def test_a_key_that_had_run_out_when_a_witness_saw_the_ledger_without_the_decision_is_told(tmp_path: Path) -> None:
    made = Made(tmp_path)
    made.system()
    made.enrol("Rita Example", "reviewer", valid_until=date(2026, 11, 30))
    made.evidence(1)
    made.cosign(START + timedelta(days=30))
    made.decide("Rita Example", "reviewer", "approve")
    found = verify(made.pack(), trusting(made, made.signer("Rita Example", "reviewer"), witness=True))
    assert any("its key was valid until 2026-11-30" in said for said in found.unmet)


def test_a_false_cosignature_of_a_trusted_witness_is_damage(made: Made) -> None:
    name, data = next(iter(made.anchors.items()))
    checkpoint = note.parse(data)
    (ours, other) = checkpoint.signatures
    bad = note.line(other[0], other[1], other[2][:-1] + bytes([other[2][-1] ^ 1]))
    made.anchors[name] = checkpoint.text + b"\n" + note.line(*ours) + bad
    found = verify(made.pack(), trusting(made, witness=True))
    assert found.exit_code == 4
    assert ("anchors/" + name, "the cosignature of w does not verify") in found.problems


def test_a_time_stamp_over_something_else_is_named(made: Made) -> None:
    name = next(iter(made.anchors)).replace("checkpoint", "1.tsr")
    made.anchors[name] = b"0\x03\x02\x01\x00"
    found = verify(made.pack())
    assert found.exit_code == 4
    assert {member for member, _ in found.problems} == {"anchors/" + name}


def test_a_time_stamp_of_a_trusted_authority_tells_the_time_and_of_another_tells_nothing(
    made: Made, tmp_path: Path
) -> None:
    pytest.importorskip("rfc3161_client")
    from governance.signing import timestamps
    from tests.anchoring.authority import Authority

    made.cosign()
    name, data = max(made.anchors.items())
    theirs, other = Authority(tmp_path / "theirs"), Authority(tmp_path / "other")
    token = theirs.answer(timestamps.request(note.parse(data).text, nonce=7))
    made.anchors[name.replace("checkpoint", "1.tsr")] = token
    path = made.pack()
    assert "no trust policy names its authority" in verify(path).lines["TIME"]
    for authority, seen in ((theirs, True), (other, False)):
        (made.root / "root.pem").write_bytes(authority.root)
        found = verify(path, trusting(made, "tsa root.pem"))
        assert ("time stamp saw the first" in found.lines["TIME"]) is seen, found.lines["TIME"]
        assert not found.problems
        # the decisions of this ledger are dated long before the authority saw it, and nothing is wrong with that
        assert found.ok
