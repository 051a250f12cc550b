"""Second signatures by ML-DSA-65: made, enrolled, verified, and said plainly where they can not be evaluated."""

from __future__ import annotations

import base64
import json

import pytest
from typer.testing import CliRunner

from governance import attesting
from governance.cli.app import app
from governance.domain.decision import DecisionKind
from governance.errors import UnreadableError, UsageError
from governance.proofs import dsse, ml_dsa, public_keys, sshsig
from governance.proofs.ssh_wire import string
from governance.signing import keys, post_quantum
from governance.signing.keys import signing_key
from tests.attesting.conftest import enrolled, evaluation

SYSTEM = "elm-desk"
needs_ml_dsa = pytest.mark.skipif(not ml_dsa.supported(), reason="the installed cryptography has no ML-DSA")
mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
pytestmark = needs_ml_dsa


def line(raw: bytes) -> str:
    name = ml_dsa.ALGORITHM.encode()
    return f"{ml_dsa.ALGORITHM} {base64.b64encode(string(name) + string(raw)).decode()}"


@pytest.fixture
def second(workspace, ann):
    """Ann's second key, enrolled."""
    path = workspace.root / "keys" / "ann-mldsa.pem"
    public = post_quantum.generate(path)
    workspace.people.add_key("Ann Lee", by=workspace.operator, reason="To outlast the first.", key=public.line)
    return path


def attach(workspace, tmp_path, first, second):
    who = attesting.with_key(workspace, signing_key(first), second=post_quantum.signing_key(second))
    return workspace.attach([evaluation(tmp_path / "eval")], SYSTEM, environment=False, attest=who)


def test_a_key_that_was_made_is_read_again_and_signs(tmp_path):
    public = post_quantum.generate(tmp_path / "k.pem")
    assert (tmp_path / "k.pem").stat().st_mode & 0o777 == 0o600
    key = post_quantum.signing_key(tmp_path / "k.pem")
    assert key.public == public == public_keys.parse(public.line + " a comment")
    signature = key.sign(b"message")
    assert len(signature) == ml_dsa.SIGNATURE_BYTES
    assert public.verify(signature, b"message")
    assert not public.verify(signature, b"messagf")
    assert not public.verify(signature[:-1], b"message")
    assert not public.verify(bytes([signature[0] ^ 1]) + signature[1:], b"message")
    with pytest.raises(UsageError, match="not overwritten"):
        post_quantum.generate(tmp_path / "k.pem")


def test_the_frame_of_openssh_is_taken_as_well_and_in_our_namespace_alone(tmp_path):
    public = post_quantum.generate(tmp_path / "k.pem")
    key = post_quantum.signing_key(tmp_path / "k.pem")

    def framed(namespace):
        blob = string(b"ssh-mldsa-65") + string(key.sign(sshsig.to_be_signed(b"m", namespace=namespace)))
        return sshsig.format_binary(sshsig.SshSignature(public.blob, namespace, "sha512", blob))

    assert public.verify(framed(sshsig.NAMESPACE), b"m")
    assert not public.verify(framed("git"), b"m")


def test_a_signature_under_another_context_is_none(tmp_path):
    made = mldsa.MLDSA65PrivateKey.from_seed_bytes(bytes(range(32)))
    public = public_keys.parse(line(made.public_key().public_bytes_raw()))
    assert public.verify(made.sign(b"m"), b"m")
    assert not public.verify(made.sign(b"m", b"another use"), b"m")


@pytest.mark.parametrize(
    ("raw", "said"),
    [(bytes(range(256)) * 7, "has 1952 bytes"), (b"\x07" * 32 + bytes(1920), "anybody can sign"),
     (b"\x07" * 32 + b"\x01" * 900 + bytes(1020), "anybody can sign")],
)  # fmt: skip
def test_weak_keys_and_keys_of_another_length_are_refused(raw, said):
    with pytest.raises(UnreadableError, match=said):
        public_keys.parse(line(raw))


def test_under_a_key_whose_vector_is_zero_a_stranger_can_sign_so_it_is_refused():
    """FIPS 204, algorithm 8: with t1 = 0 the response may be z = 0, and w1 is the high part of nothing. No private key is needed."""
    import hashlib

    rho = bytes(32)
    public = rho + bytes(1920)
    tr = hashlib.shake_256(public).digest(64)
    mu = hashlib.shake_256(tr + b"\x00\x00" + b"whatever").digest(64)
    w1 = bytes(768)  # 6 polynomials of 256 coefficients that are 0, four bits each
    challenge = hashlib.shake_256(mu + w1).digest(48)
    z = b"".join(_packed_zero() for _ in range(5))
    forged = challenge + z + bytes(61)
    assert len(forged) == ml_dsa.SIGNATURE_BYTES
    assert ml_dsa.verify(public, forged, b"whatever")
    with pytest.raises(UnreadableError, match="anybody can sign"):
        ml_dsa.require_strong(public)


def _packed_zero() -> bytes:
    """256 coefficients 0 of z, each as gamma1 - 0 = 2**19 in 20 bits."""
    value = sum((1 << 19) << (20 * place) for place in range(256))
    return value.to_bytes(640, "little")


def test_an_attestation_bears_both_signatures_and_is_of_one_person(workspace, tmp_path, ann, second):
    done = attach(workspace, tmp_path, ann, second)
    envelope = dsse.parse(done.attested.envelope)
    assert [len(row.sig) for row in envelope.signatures] == [64, ml_dsa.SIGNATURE_BYTES]
    made = workspace.people.roster().signers(envelope, workspace.ledger.checkpoint().size, workspace.clock())
    assert [signer.name for signer in made] == ["Ann Lee", "Ann Lee"]
    assert len({signer.material for signer in made}) == 2
    (piece,) = done.appended
    assert [row.by for row in attesting.attested_by(workspace, SYSTEM)[piece.id]] == [("Ann Lee",)]
    workspace.pack(SYSTEM, tmp_path / "pack.zip", documents={})
    assert workspace.verify(tmp_path / "pack.zip").exit_code == 0


def test_when_the_first_signature_falls_the_second_still_says_who(workspace, tmp_path, ann, second):
    done = attach(workspace, tmp_path, ann, second)
    envelope = dsse.parse(done.attested.envelope)
    rows = [("", bytes(64)), ("", envelope.signatures[1].sig)]
    left = dsse.parse(dsse.assemble(envelope.payload, rows))
    made = workspace.people.roster().signers(left, workspace.ledger.checkpoint().size, workspace.clock())
    assert [(signer.name, signer.problem) for signer in made] == [("Ann Lee", None)]


def test_a_decision_bears_both_signatures_and_counts_once(attached, tmp_path):
    rita = enrolled(attached, "Rita Example", "reviewer")
    path = tmp_path / "second.pem"
    attached.people.add_key(
        "Rita Example", by=attached.operator, reason="Long life.", key=post_quantum.generate(path).line
    )
    _, made = attached.sign(
        SYSTEM,
        key_file=rita,
        second=path,
        role="reviewer",
        decision=DecisionKind.HOLD,
        reason="Waiting for the bias test.",
    )
    (signed,) = attached.dossier(SYSTEM).decisions
    assert (signed.valid, signed.decision) == (True, made)
    attached.pack(SYSTEM, tmp_path / "pack.zip", documents={})
    assert attached.verify(tmp_path / "pack.zip").exit_code == 0


def unenrolled(workspace):
    path = workspace.root / "keys" / "other.pem"
    post_quantum.generate(path)
    return path


def anothers(workspace):
    enrolled(workspace, "Bob Ray")
    path = unenrolled(workspace)
    key = post_quantum.signing_key(path).public.line
    workspace.people.add_key("Bob Ray", by=workspace.operator, reason="His.", key=key)
    return path


@pytest.mark.parametrize("whose", [unenrolled, anothers])
def test_a_second_key_that_is_not_the_signers_own_is_refused(workspace, tmp_path, ann, whose):
    path = whose(workspace)
    head = workspace.ledger.checkpoint()
    with pytest.raises(UsageError, match="second key of Ann Lee") as raised:
        attach(workspace, tmp_path, ann, path)
    assert "add-key" in raised.value.hint
    assert workspace.ledger.checkpoint() == head


def test_a_further_key_is_given_by_the_operator_and_not_by_whoever_has_the_first(workspace, tmp_path, ann):
    public = post_quantum.generate(tmp_path / "k.pem")
    with pytest.raises(UsageError, match="was not signed by the ledger's key or an administrator"):
        workspace.people.add_key("Ann Lee", by=signing_key(ann), reason="Mine.", key=public.line)
    with pytest.raises(UsageError, match="is not enrolled"):
        workspace.people.add_key("Nobody", by=workspace.operator, reason="Whose?", key=public.line)


def test_a_second_key_is_revoked_by_itself(workspace, tmp_path, ann, second):
    name = post_quantum.signing_key(second).public.fingerprint
    workspace.people.revoke("Ann Lee", by=workspace.operator, reason="Lost.", credential=name)
    with pytest.raises(UsageError, match="revoked since entry"):
        attach(workspace, tmp_path, ann, second)
    who = attesting.with_key(workspace, signing_key(ann))
    assert workspace.attach([evaluation(tmp_path / "eval")], SYSTEM, environment=False, attest=who).attested


def test_where_it_can_not_be_evaluated_the_first_still_counts_and_the_pack_says_so(
    workspace, tmp_path, ann, second, monkeypatch
):
    attach(workspace, tmp_path, ann, second)
    workspace.pack(SYSTEM, tmp_path / "pack.zip", documents={})
    monkeypatch.setattr(ml_dsa, "supported", lambda: False)
    report = workspace.verify(tmp_path / "pack.zip")
    assert report.exit_code == 0
    assert any("ML-DSA keys: not evaluated" in limit for limit in report.limits)
    with pytest.raises(UsageError, match="has no ML-DSA"):
        post_quantum.signing_key(second)
    with pytest.raises(UsageError, match="has no ML-DSA"):
        post_quantum.generate(tmp_path / "new.pem")
    assert not (tmp_path / "new.pem").exists()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "can not be read"),
        (lambda path: path.write_bytes(b"no key"), "others can read|not a private key"),
        (lambda path: keys.save(keys.generate(), path), "not an ML-DSA-65 key"),
    ],
)
def test_what_is_no_ml_dsa_key_is_refused_with_the_reason(tmp_path, make, said):
    path = tmp_path / "k.pem"
    make(path)
    with pytest.raises((UsageError, UnreadableError), match=said):
        post_quantum.signing_key(path)


def test_the_commands_make_enrol_and_use_a_second_key(workspace, ann, tmp_path):
    def run(*words):
        return CliRunner().invoke(app, [*map(str, words)])

    made = json.loads(run("key", "new", "--ml-dsa", tmp_path / "k.pem", "--json").stdout)
    assert made["public"].startswith("ssh-mldsa-65 ")
    (tmp_path / "k.pub").write_text(made["public"])
    there = ["--workspace", workspace.root, "--json"]
    added = run("people", "add-key", "Ann Lee", "--key", tmp_path / "k.pub", *there)
    assert made["fingerprint"] in json.loads(added.stdout)["signs"]
    options = ["--key", ann, "--second-key", tmp_path / "k.pem", "--no-environment"]
    done = run("attach", evaluation(tmp_path / "eval"), "--system", SYSTEM, *options, *there)
    entry = workspace.ledger.find(json.loads(done.stdout)["attestation"]["id"])
    assert len(dsse.parse(workspace.blobs.read(entry.record["envelope_digest"])).signatures) == 2
    alone = run("attach", tmp_path / "eval", "--system", SYSTEM, "--second-key", tmp_path / "k.pem", *there)
    assert "beside --key" in str(alone.exception)
