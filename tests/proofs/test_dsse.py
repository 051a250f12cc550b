"""Envelopes: the published encoding, one spelling, and signatures counted by key and never by key id."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.parsing import canonical
from governance.proofs import dsse, ed25519
from governance.signing import keys

KEY, OTHER = keys.generate(), keys.generate()
PUBLIC = {"ann": ed25519.raw(KEY), "bob": ed25519.raw(OTHER)}
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
    assert not envelope.signed_by(PUBLIC) or envelope.signatures[0].keyid != ed25519.fingerprint(PUBLIC["ann"])


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
    envelope = dsse.parse(changed(signatures=[row(keyid=ed25519.fingerprint(PUBLIC["bob"]))]))
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


def test_a_weak_key_signs_nothing_even_where_it_is_listed():
    neutral = (1).to_bytes(32, "little")
    forged = base64.b64encode(neutral + bytes(32)).decode()
    assert dsse.parse(changed(signatures=[row(sig=forged)])).signed_by({"mallory": neutral}) == set()
