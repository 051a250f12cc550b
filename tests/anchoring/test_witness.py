"""A witness signs what continues the last head it signed, and declines everything else with the status of the protocol."""

from __future__ import annotations

import json
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import GovernanceError, UnreadableError, UsageError
from governance.proofs import ed25519, note, vkeys
from governance.witness import wire
from governance.witness.state import Witness
from governance.witness.wire import RefusedError
from tests.anchoring.made import KEY, LARGEST, ORIGIN, OTHER_KEY, VKEY, Branch, cosigned, disagree, witness

A, B = Branch("a"), Branch("b")


def refused(made: Witness, request: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        made.cosign(request)
    return caught.value


def test_a_log_that_grows_is_cosigned_each_time_and_the_last_is_kept(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    for old, size in ((0, 1), (1, 4), (4, 4), (4, 9), (9, 24)):
        answer = made.cosign(A.request(old, size))
        head = cosigned(answer, A.note(size), made.verifier)
        assert head == note.Head(ORIGIN, size, A.root(size))
        kept = made.checkpoint(next((tmp_path / "w" / "logs").iterdir()).stem)
        assert kept == A.note(size) + answer
    assert made.origins() == (ORIGIN,)


def test_the_private_key_is_its_owners_alone_and_another_mode_is_refused(tmp_path: Path) -> None:
    witness(tmp_path / "w")
    key = tmp_path / "w" / "witness.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o640)
    with pytest.raises(UsageError, match="others can read"):
        Witness(tmp_path / "w", clock=lambda: 1)


def test_there_is_one_witness_in_a_folder(tmp_path: Path) -> None:
    before = witness(tmp_path / "w").vkey
    with pytest.raises(UsageError, match="already"):
        Witness.init(tmp_path / "w", name="witness.example", clock=lambda: 1)
    assert Witness(tmp_path / "w", clock=lambda: 1).vkey == before


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb", "x" * 256, "a\u200bb"])
def test_a_name_that_can_not_name_a_key_is_refused_and_nothing_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="can not name"):
        Witness.init(tmp_path / "w", name=name, clock=lambda: 1)
    assert not (tmp_path / "w").exists()


def test_a_log_that_is_not_followed_is_404(tmp_path: Path) -> None:
    other = wire.write(0, [], A.note(3, origin="other.example/log"))
    assert refused(witness(tmp_path / "w"), other).status == 404


def test_a_log_whose_state_was_lost_is_unknown_and_not_a_fresh_start(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    made.cosign(A.request(0, 9))
    next((tmp_path / "w" / "logs").iterdir()).unlink()
    assert refused(made, B.request(0, 9)).status == 404


def test_a_checkpoint_signed_by_another_key_is_403(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    assert refused(made, wire.write(0, [], A.note(3, key=OTHER_KEY))).status == 403


def test_a_line_of_the_trusted_key_that_does_not_verify_spoils_the_note(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    forged = note.line(ORIGIN, note.key_id(ORIGIN, ed25519.raw(KEY)), bytes(64))
    assert refused(made, wire.write(0, [], A.note(3) + forged)).status == 403
    assert made.cosign(wire.write(0, [], A.note(3) + note.line("stranger.example", b"abcd", bytes(72))))


def test_the_second_key_of_a_log_counts_as_the_first(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    made.cosign(A.request(0, 3))
    assert made.trust(vkeys.vkey(ORIGIN, ed25519.raw(OTHER_KEY), vkeys.LOG)) == ORIGIN
    assert made.cosign(wire.write(3, A.proof(3, 7), A.note(7, key=OTHER_KEY)))
    assert refused(made, B.request(3, 8)).size == 7


def test_the_key_of_a_cosigner_is_not_trusted_as_a_log(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cosigner"):
        witness(tmp_path / "w").trust(vkeys.vkey("x.example", ed25519.raw(KEY), vkeys.COSIGNER))


def test_another_old_size_is_409_and_says_the_size(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    assert refused(made, A.request(2, 5)).size == 0
    made.cosign(A.request(0, 5))
    for request in (A.request(0, 9), A.request(4, 9), A.request(6, 9), A.request(3, 3), A.request(0, 3)):
        why = refused(made, request)
        assert (why.status, why.size) == (409, 5)


def test_an_old_size_above_the_checkpoint_is_400(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    made.cosign(A.request(0, 9))
    assert refused(made, wire.write(9, [], A.note(5))).status == 400


def test_another_past_is_422_whether_it_is_larger_or_of_one_size(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    made.cosign(A.request(0, 9))
    for request in (
        B.request(9, 12), B.request(9, 9), wire.write(9, A.proof(9, 12), B.note(12)), wire.write(9, [], A.note(12)),
        wire.write(9, [*A.proof(9, 12), bytes(32)], A.note(12)), wire.write(9, [bytes(32)], A.note(9)),
    ):  # fmt: skip
        assert refused(made, request).status == 422
    assert made.cosign(A.request(9, 12))


def test_a_proof_from_nothing_is_422(tmp_path: Path) -> None:
    assert refused(witness(tmp_path / "w"), wire.write(0, [bytes(32)], A.note(3))).status == 422


def test_an_empty_log_has_the_root_of_the_empty_tree(tmp_path: Path) -> None:
    made = witness(tmp_path / "w")
    false = note.sign(note.Head(ORIGIN, 0, "0" * 64), ed25519.raw(KEY), KEY.sign)
    assert refused(made, wire.write(0, [], false)).status == 422
    assert made.cosign(A.request(0, 0))
    assert made.cosign(A.request(0, 2))


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"", b"old 0", b"old 0\n", b"old 00\n\n", b"old 01\n\n", b"OLD 0\n\n", b"old -1\n\n", b"old 0 \n\n", b"old  0\n\n",
        b"old 99999999999999999999\n\n", b"old 0\nAAAA\n\n", b"old 0\n" + b"A" * 43 + b"=" + b"\n\n", b"old 0\n\nno note\n",
        b"old 0\r\n\r\n", b"\xff\n\n", b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_400(tmp_path: Path, request_bytes: bytes) -> None:
    assert refused(witness(tmp_path / "w"), request_bytes).status == 400


def test_a_request_over_the_cap_is_413(tmp_path: Path) -> None:
    assert refused(witness(tmp_path / "w"), b"old 0\n\n" + b"x" * wire.LIMIT).status == 413


def test_a_clock_that_went_back_signs_nothing(tmp_path: Path) -> None:
    now = [2000]
    made = Witness.init(tmp_path / "w", name="witness.example", clock=lambda: now[0])
    made.trust(VKEY)
    made.cosign(A.request(0, 3))
    now[0] = 1999
    with pytest.raises(GovernanceError, match="clock"):
        made.cosign(A.request(3, 5))
    now[0] = 2000
    assert made.cosign(A.request(3, 5))


@pytest.mark.parametrize("damage", ["cut", "older", "other origin", "not json", "foreign"])
def test_a_state_that_was_changed_signs_nothing(tmp_path: Path, damage: str) -> None:
    made = witness(tmp_path / "w")
    path = next((tmp_path / "w" / "logs").iterdir())
    made.cosign(A.request(0, 5))
    plain = json.loads(path.read_text())
    if damage == "older":
        plain["checkpoint"] = A.note(3).decode()  # a head of the log that this witness never signed
    elif damage == "other origin":
        plain["origin"] = "other.example/log"
    elif damage == "foreign":
        stranger = Witness.init(tmp_path / "v", name="witness.example", clock=lambda: 5)
        stranger.trust(VKEY)
        plain["checkpoint"] = (A.note(3) + stranger.cosign(A.request(0, 3))).decode()
    text = json.dumps(plain)
    path.write_text({"cut": text[:-9], "not json": "[]"}.get(damage, text))
    with pytest.raises(UnreadableError):
        made.cosign(A.request(5, 9))


ASK = st.tuples(
    st.sampled_from([A, B]), st.integers(0, LARGEST), st.sampled_from(["held", "any"]), st.integers(0, LARGEST),
    st.sampled_from(["own", "other's", "none", "twisted"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(ASK, max_size=12))
def test_whatever_it_is_asked_no_two_heads_it_signs_disagree(asks: list[tuple[Branch, int, str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = witness(Path(folder) / "w")
        heads: list[note.Head] = []
        for branch, size, which, drawn, proof in asks:
            held = heads[-1].size if heads else 0
            old = held if which == "held" else drawn
            steps = {
                "own": branch.proof(old, size), "other's": (B if branch is A else A).proof(old, size), "none": [],
                "twisted": [step[::-1] for step in branch.proof(old, size)],
            }[proof]  # fmt: skip
            honest = (
                old == held <= size
                and proof == "own"
                and (not heads or held == 0 or branch.root(held) == heads[-1].root)
            )
            try:
                answer = made.cosign(wire.write(old, steps, branch.note(size)))
            except RefusedError:
                assert not honest
            else:
                head = cosigned(answer, branch.note(size), made.verifier)
                assert head is not None
                assert not heads or head.size >= heads[-1].size
                heads.append(head)
        assert disagree(heads, (A, B)) == []
