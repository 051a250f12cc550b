"""Envelopes: the published encoding, one spelling, and signatures counted by key and never by key id."""

import base64
import json
import subprocess

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.parsing import canonical
from governance.proofs import dsse, ed25519, public_keys, ssh_keys, sshsig
from governance.proofs.public_keys import PublicKey
from governance.proofs.ssh_wire import mpint, string
from governance.signing import keys

KEY, OTHER = keys.generate(), keys.generate()
PUBLIC = {"ann": PublicKey.of_ed25519(ed25519.raw(KEY)), "bob": PublicKey.of_ed25519(ed25519.raw(OTHER))}
SEALED = dsse.seal(b'{"a":1}', KEY)
PLAIN = json.loads(SEALED)


def changed(**fields) -> bytes:
    return canonical.dumps({**PLAIN, **fields})


def row(**fields) -> dict:
    return {**PLAIN["signatures"][0], **fields}


def test_the_published_encoding_is_met():
    # DSSE protocol 1.0.2, "test vectors"
    assert (
        dsse.pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert dsse.pae("", b"") == b"DSSEv1 0  0 "
    assert dsse.pae("ü", "ü".encode()) == b"DSSEv1 2 \xc3\xbc 2 \xc3\xbc"


@given(st.tuples(st.text("a 1"), st.binary(max_size=9)), st.tuples(st.text("a 1"), st.binary(max_size=9)))
def test_two_different_messages_have_two_encodings(one, other):
    assert (dsse.pae(*one) == dsse.pae(*other)) == (one == other)


@settings(max_examples=40)
@given(st.binary(max_size=300), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_is_sealed_is_read_back_and_signed_by_its_key_alone(payload, payload_type):
    envelope = dsse.parse(dsse.seal(payload, KEY, payload_type=payload_type))
    assert (envelope.payload, envelope.payload_type) == (payload, payload_type)
    assert envelope.signatures[0].keyid == ed25519.fingerprint(ed25519.raw(KEY))
    assert envelope.signed_by(PUBLIC) == {"ann"}


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_changed_byte_leaves_it_signed_with_the_same_words(at, change):
    spoilt = SEALED[:at] + bytes([SEALED[at] ^ change]) + SEALED[at + 1 :]
    try:
        envelope = dsse.parse(spoilt)
    except UnreadableError:
        return
    # only the key id may change, and it counts for nothing
    assert not envelope.signed_by(PUBLIC) or envelope.signatures[0].keyid != PUBLIC["ann"].fingerprint


SIG = PLAIN["signatures"][0]["sig"]
SECOND = SIG[:-3] + chr(ord(SIG[-3]) + 1) + "=="


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(PLAIN).encode(),
        json.dumps(dict(reversed(PLAIN.items())), separators=(",", ":")).encode(),
        SEALED + b"\n",
        b" " + SEALED,
        b"\xef\xbb\xbf" + SEALED,
        SEALED.replace(b"payloadType", b"payload\\u0054ype"),
        SEALED.replace(b"application/vnd", b"application\\/vnd"),
        SEALED[:-1] + b',"payload":""}',
        SEALED[:-1],
        b"",
        b"[]",
        b"null",
        b"5",
        b'["payload","payloadType","signatures"]',
        changed(extra=1),
        changed(signatures=[]),
        changed(signatures={}),
        changed(signatures="ab"),
        changed(signatures=[[]]),
        changed(signatures=[None]),
        changed(signatures=None),
        changed(signatures=[row(extra=1)]),
        changed(signatures=[{"sig": SIG}]),
        changed(signatures=[{"keyid": "x"}]),
        changed(signatures=[row(keyid=None)]),
        changed(signatures=[row(keyid=5)]),
        changed(signatures=[row(sig=None)]),
        changed(signatures=[row(sig=SECOND)]),
        changed(signatures=[row(sig=SIG.rstrip("="))]),
        changed(signatures=[row(sig=SIG + "\n")]),
        changed(signatures=[row(sig=SIG[:8] + " " + SIG[8:])]),
        changed(signatures=[row(sig=SIG[:8] + "-" + SIG[9:])]),
        changed(signatures=[row(sig="ü")]),
        changed(signatures=[row()] * (dsse.MAX_SIGNATURES + 1)),
        changed(payload=PLAIN["payload"] + "===="),
        changed(payload=PLAIN["payload"][:-2] + "R="),
        changed(payload=5),
        changed(payload=None),
        changed(payloadType=5),
        changed(payloadType=None),
        changed(payloadType=["application/vnd.in-toto+json"]),
        canonical.dumps({"payload": "", "payloadType": ""}),
    ],
)
def test_another_spelling_or_shape_is_refused(data):
    assert data != SEALED
    with pytest.raises(UnreadableError):
        dsse.parse(data, where="entry")


def test_the_second_spelling_of_base64_would_be_the_same_bytes():
    assert SECOND != SIG
    assert base64.b64decode(SECOND) == base64.b64decode(SIG)


def test_a_key_id_proves_nothing():
    envelope = dsse.parse(changed(signatures=[row(keyid=PUBLIC["bob"].fingerprint)]))
    assert envelope.signed_by(PUBLIC) == {"ann"}
    assert envelope.signed_by({"bob": PUBLIC["bob"]}) == set()
    assert envelope.signed_by({}) == set()


def test_one_key_counts_once_however_often_it_signs_and_under_whatever_id():
    envelope = dsse.parse(changed(signatures=[row(), row(keyid="another"), row(keyid="a third")]))
    assert envelope.signed_by(PUBLIC) == {"ann"}


def test_two_keys_count_as_two_and_rubbish_beside_them_takes_nothing_away():
    second = base64.b64encode(OTHER.sign(dsse.pae(dsse.IN_TOTO, b'{"a":1}'))).decode()
    rubbish = [row(sig=""), row(sig=base64.b64encode(bytes(64)).decode())]
    envelope = dsse.parse(changed(signatures=[*rubbish, row(), row(sig=second)]))
    assert envelope.signed_by(PUBLIC) == {"ann", "bob"}


def test_the_type_is_signed_with_the_payload():
    assert dsse.parse(changed(payloadType="text/plain")).signed_by(PUBLIC) == set()


def test_one_key_under_two_names_counts_once():
    envelope = dsse.parse(SEALED)
    assert envelope.signed_by({"ann": PUBLIC["ann"], "ann again": PUBLIC["ann"]}) == {"ann"}
    held = string(b"sk-ssh-ed25519@openssh.com") + string(ed25519.raw(KEY)) + string(b"ssh:")
    assert envelope.signed_by({"token": PublicKey("sk-ssh-ed25519@openssh.com", held), **PUBLIC}) == {"token"}


def test_signatures_made_elsewhere_are_put_together_and_each_kind_is_verified(tmp_path):
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", file], check=True)
    key = public_keys.parse(file.with_suffix(".pub").read_text())
    call = ["ssh-keygen", "-q", "-Y", "sign", "-f", file, "-n", sshsig.NAMESPACE]
    made = subprocess.run(call, input=dsse.pae(dsse.IN_TOTO, b"{}"), capture_output=True, check=True).stdout.decode()
    rows = [(key.fingerprint, sshsig.unarmour(made)), ("", KEY.sign(dsse.pae(dsse.IN_TOTO, b"{}")))]
    envelope = dsse.parse(dsse.assemble(b"{}", rows))
    assert envelope.signed_by({**PUBLIC, "eve": key}) == {"ann", "eve"}
    assert dsse.assemble(b'{"a":1}', [(row.keyid, row.sig) for row in dsse.parse(SEALED).signatures]) == SEALED


@pytest.mark.parametrize("count", [0, dsse.MAX_SIGNATURES + 1])
def test_an_envelope_of_no_or_too_many_signatures_is_not_made(count):
    with pytest.raises(UnreadableError):
        dsse.assemble(b"{}", [("", b"x")] * count)


def test_the_published_example_verifies_as_its_p256_signature():
    # DSSE protocol 1.0.2, "Test vectors": the signature is r and s side by side
    x, y = (
        46950820868899156662930047687818585632848591499744589407958293238635476079160,
        5640078356564379163099075877009565129882514886557779369047442380624545832820,
    )
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    made = base64.b64decode("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==")
    pair = [int.from_bytes(made[at : at + 32], "big") for at in (0, 32)]
    message = dsse.pae("http://example.com/HelloWorld", b"hello world")
    key.verify(utils.encode_dss_signature(*pair), message, ec.ECDSA(hashes.SHA256()))
    blob = string(mpint(pair[0]) + mpint(pair[1]))  # the same numbers, as SSH writes them
    point = b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")
    wire = b"".join(string(field) for field in (b"ecdsa-sha2-nistp256", b"nistp256", point))
    assert ssh_keys.load(wire).verify(string(b"ecdsa-sha2-nistp256") + blob, message)


def test_openssl_accepts_the_signature_and_refuses_another_payload(tmp_path):
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    envelope = dsse.parse(SEALED)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "sig").write_bytes(envelope.signatures[0].sig)
    call = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "key.pem", "-rawin"]
    for payload, code in ((envelope.payload, 0), (b'{"a":2}', 1)):
        (tmp_path / "pae").write_bytes(dsse.pae(envelope.payload_type, payload))
        done = subprocess.run(
            [*call, "-in", tmp_path / "pae", "-sigfile", tmp_path / "sig"], capture_output=True, check=False
        )
        assert done.returncode == code


def test_securesystemslib_accepts_our_envelope_and_refuses_the_changed_one():
    envelope = pytest.importorskip("securesystemslib.dsse").Envelope
    signer = pytest.importorskip("securesystemslib.signer")
    key = signer.SSlibKey.from_crypto(KEY.public_key(), keyid=PLAIN["signatures"][0]["keyid"])
    taken = envelope.from_dict(json.loads(SEALED)).verify([key], 1)
    assert list(taken) == [key.keyid]
    other = base64.b64encode(b'{"a":2}').decode()
    with pytest.raises(Exception, match="Accepted signatures do not match"):
        envelope.from_dict(json.loads(changed(payload=other))).verify([key], 1)
