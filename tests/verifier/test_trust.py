"""The auditor's file `trust.policy`: what it says is taken as it is, and what could count twice or never be met is refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519, note, tlog_policy
from governance.proofs.public_keys import PublicKey
from governance.proofs.vkeys import COSIGNER, LOG, vkey
from governance.verifier import trust

LEDGER, WITNESS, RITA, ANNA = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3, 4))
ORIGIN = "example.org/log"


def line(key: Ed25519PrivateKey) -> str:
    return PublicKey.of_ed25519(ed25519.raw(key)).line


LOG_LINE = f"log {vkey(ORIGIN, ed25519.raw(LEDGER), LOG)}\n"
WITNESS_LINE = f"witness W {vkey('witness.example', ed25519.raw(WITNESS), COSIGNER)}\n"
PLAIN = f"{LOG_LINE}{WITNESS_LINE}quorum W\n"
WHOLE = (
    f"# what I trust\n{PLAIN}signer reviewer,approver {line(RITA)} Rita Example\n"
    f"signer approver {line(ANNA)} Anna Müller-Lüdenscheidt\napproval reviewer 1\napproval approver 1\nmax-age 30\n"
    f"content sha256:{'a' * 64}\npolicy sha256:{'b' * 64}\npolicy sha256:{'c' * 64}\n"
)


def refused(text: str | bytes, folder: Path | None = None) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        trust.parse(text.encode() if isinstance(text, str) else text, folder=folder)
    return caught.value


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, name: str = "TSA root") -> x509.Certificate:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(called, called, key.public_key(), 5, start, start + timedelta(days=3650))
    return made.sign(key, hashes.SHA256())


def test_a_plain_tlog_policy_is_a_trust_policy_as_it_is() -> None:
    read = trust.parse(PLAIN.encode())
    assert read.tlog == tlog_policy.read(PLAIN.encode())
    assert [log.name for log in read.logs] == [ORIGIN]
    assert (read.signers, read.approvals, read.max_age, read.checkpoint) == ((), (), None, None)


def test_every_line_of_ours_is_taken() -> None:
    read = trust.parse(WHOLE.encode())
    rita = read.pinned(PublicKey.of_ed25519(ed25519.raw(RITA)).material)
    assert rita is not None
    assert (rita.name, rita.roles) == ("Rita Example", ("reviewer", "approver"))
    assert read.signers[1].name == "Anna Müller-Lüdenscheidt"
    assert read.pinned(b"ed25519:" + bytes(32)) is None
    assert read.approvals == (("reviewer", 1), ("approver", 1))
    assert read.max_age == timedelta(days=30)
    assert (len(read.contents), len(read.policies)) == (1, 2)
    assert read.tsa_roots == ()


def test_places_are_filled_by_different_people() -> None:
    read = trust.parse(WHOLE.encode())
    assert read.unfilled({"reviewer": {"rita"}, "approver": {"rita"}}) == ["approver"]
    assert read.unfilled({"reviewer": {"rita"}, "approver": {"rita", "anna"}}) == []
    assert read.unfilled({}) == ["reviewer", "approver"]


@pytest.mark.parametrize("text", ["", "\n", "# only a remark\n", " \t\n\n"])
def test_an_empty_file_trusts_nothing_and_is_refused(text: str) -> None:
    assert "says nothing" in refused(text).message


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("sinner reviewer x y z", "'sinner' is no keyword"),
        ("signer reviewer ssh-ed25519", "not whole"),
        (f"signer Reviewer {line(RITA)} Rita", "'Reviewer' is no role"),
        (f"signer reviewer,reviewer {line(RITA)} Rita", "the same role twice"),
        (f"signer reviewer, {line(RITA)} Rita", "'' is no role"),
        (f"signer reviewer {line(RITA)} Ri\u200bta", "is no name"),
        (f"signer reviewer {line(RITA)} Ri\u202eta", "is no name"),
        ("signer reviewer ssh-ed25519 AAAA Rita", "public key"),
        ("approval reviewer", "a role and a number"),
        ("approval reviewer 0", "a role and a number"),
        ("approval reviewer 101", "a role and a number"),
        ("approval reviewer 1", "no signer has the role reviewer"),
        ("max-age 0", "a number of days"),
        ("max-age 1.5", "a number of days"),
        ("max-age 4000", "a number of days"),
        ("gate no", "the word yes"),
        ("content sha256:abc", "one digest"),
        (f"policy sha256:{'A' * 64}", "one digest"),
        ("tsa", "no file is named"),
        ("tsa not-there.pem", "lies in no folder"),
        ("checkpoint seen", "lies in no folder"),
        ("quorum W", "a second quorum line"),
    ],
)
def test_a_line_that_says_nothing_clear_is_named(added: str, said: str) -> None:
    error = refused(PLAIN + added + "\n")
    assert said in error.message
    assert "line 4" in error.where


def test_a_second_max_age_and_a_second_approval_line_are_refused() -> None:
    assert "second max-age" in refused(WHOLE + "max-age 3\n").message
    assert "the word yes, once" in refused(WHOLE + "gate yes\ngate yes\n").message
    assert "second approval line" in refused(WHOLE + "approval reviewer 2\n").message
    assert "stands there already" in refused(WHOLE + f"content sha256:{'a' * 64}\n").message


def test_one_key_under_two_names_is_refused_with_the_first_name() -> None:
    error = refused(f"{PLAIN}signer reviewer {line(RITA)} Rita\nsigner approver {line(RITA)} Anna\n")
    assert "under Rita" in error.message
    assert error.where.endswith("line 5")


@pytest.mark.parametrize("other", ["rita example", "Rita  Example", "\uff32ita Example"])
def test_one_person_under_two_spellings_is_refused(other: str) -> None:
    error = refused(f"{PLAIN}signer reviewer {line(RITA)} Rita Example\nsigner approver {line(ANNA)} {other}\n")
    assert "in another spelling" in error.message


def test_one_person_may_have_two_keys_and_still_fills_one_place() -> None:
    two = f"signer reviewer {line(RITA)} Rita\nsigner reviewer {line(ANNA)} Rita\n"
    assert len(trust.parse((PLAIN + two).encode()).signers) == 2
    error = refused(PLAIN + two + "approval reviewer 2\n")
    assert "2 people asked, and 1 listed" in error.message
    assert error.where.endswith("line 6")


def test_two_roles_that_only_one_person_holds_can_never_both_be_filled() -> None:
    asked = f"{PLAIN}signer reviewer,approver {line(RITA)} Rita\napproval reviewer 1\napproval approver 1\n"
    assert "never all be filled" in refused(asked).message


@pytest.mark.parametrize("key", [LEDGER, WITNESS])
def test_who_keeps_the_log_or_witnesses_it_signs_no_decision(key: Ed25519PrivateKey) -> None:
    assert "a log or witness" in refused(f"{PLAIN}signer reviewer {line(key)} Rita\n").message


def test_a_weak_key_is_refused() -> None:
    weak = bytes([1]) + bytes(31)
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0 " + weak
    error = refused(f"{PLAIN}signer reviewer ssh-ed25519 {base64.b64encode(blob).decode()} Rita\n")
    assert error.where.endswith("line 4")


def test_a_quorum_that_no_line_defines_a_policy_without_log_and_one_without_quorum_are_refused() -> None:
    assert "not defined" in refused(f"{LOG_LINE}quorum W\n").message
    assert "never agree" in refused(f"{LOG_LINE}{WITNESS_LINE}group G 2 W\nquorum G\n").message
    assert "no log line" in refused("quorum none\n").message
    assert "no quorum line" in refused(LOG_LINE).message


def test_a_cut_file_and_windows_line_ends_are_refused() -> None:
    assert "may be cut" in refused(PLAIN[:-1]).message
    error = refused(PLAIN.replace("\n", "\r\n"))
    assert "U+000D" in error.message
    assert error.where.endswith("line 1")


def test_a_root_certificate_is_taken_from_a_file_beside_the_policy_or_from_the_line(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    first, second = certificate(key), certificate(key, "another")
    (tmp_path / "root.pem").write_bytes(first.public_bytes(Encoding.PEM))
    inline = base64.b64encode(second.public_bytes(Encoding.DER)).decode()
    policy = tmp_path / "trust.policy"
    policy.write_text(f"{PLAIN}tsa root.pem\ntsa {inline}\n")
    assert trust.load(policy).tsa_roots == (first, second)
    assert "stands in the policy already" in refused(f"{PLAIN}tsa root.pem\ntsa root.pem\n", tmp_path).message
    (tmp_path / "root.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert "not an X.509 certificate" in refused(f"{PLAIN}tsa root.pem\n", tmp_path).message
    assert "can not be read" in refused(f"{PLAIN}tsa other.pem\n", tmp_path).message


def test_a_root_certificate_with_a_weak_key_is_refused(tmp_path: Path) -> None:
    weak = certificate(rsa.generate_private_key(65537, 1024))  # noqa: S505 - weak on purpose
    (tmp_path / "root.der").write_bytes(weak.public_bytes(Encoding.DER))
    assert "weak key" in refused(f"{PLAIN}tsa root.der\n", tmp_path).message


def test_the_checkpoint_that_was_kept_must_be_of_a_log_of_the_policy(tmp_path: Path) -> None:
    head = note.Head(ORIGIN, 7, "0" * 64)
    (tmp_path / "seen").write_bytes(note.sign(head, ed25519.raw(LEDGER), LEDGER.sign))
    read = trust.parse(f"{PLAIN}checkpoint seen\n".encode(), folder=tmp_path)
    assert read.checkpoint is not None
    assert read.checkpoint.head == head
    (tmp_path / "seen").write_bytes(note.sign(head, ed25519.raw(ANNA), ANNA.sign))
    assert "signed by no log" in refused(f"{PLAIN}checkpoint seen\n", tmp_path).message


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(UnreadableError, match="can not be read"):
        trust.load(Path("/nowhere/trust.policy"))


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*WHOLE.encode().splitlines(keepends=True), b"signer ", b"tsa MII", b"\xff\n", b"\n"]),
            st.binary(max_size=40),
        ),
        max_size=12,
    )
)
def test_whatever_the_bytes_the_answer_is_a_policy_or_a_refusal(parts: list[bytes]) -> None:
    data = b"".join(parts)
    try:
        read = trust.parse(data)
    except UnreadableError:
        return
    assert read.logs
    assert b"\nquorum" in b"\n" + data.replace(b" ", b"")
