"""One entry's proof: written, read, verified under a policy; one spelling, and no changed byte leaves it standing."""

import base64
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519, note, tlog_policy, tlog_proof, tree
from governance.proofs.note import Head
from governance.proofs.vkeys import COSIGNER, LOG, VerifierKey

LOG_KEY, *WITNESS_KEYS = (Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)) for number in range(1, 5))
ORIGIN = "example.com/fancylog"
WITNESSES = [VerifierKey(f"witness{n}.example", COSIGNER, ed25519.raw(key)) for n, key in enumerate(WITNESS_KEYS, 1)]
LEAVES = tree.leaf_hashes(b"entry %d" % number for number in range(1000))
NODES = tree.levels(LEAVES)
POLICY = tlog_policy.read(
    "\n".join(
        [
            f"log {VerifierKey(ORIGIN, LOG, ed25519.raw(LOG_KEY))}",
            *(f"witness w{n} {key}" for n, key in enumerate(WITNESSES, 1)),
            "group g 2 w1 w2 w3",
            "quorum g\n",
        ]
    ).encode()
)


def checkpoint(size: int = 1000, cosigners: int = 3) -> bytes:
    head = Head(ORIGIN, size, tree.root_of(LEAVES[:size]).hex())
    data = note.sign(head, ed25519.raw(LOG_KEY), LOG_KEY.sign)
    pairs = list(zip(WITNESSES, WITNESS_KEYS, strict=True))[:cosigners]
    return note.add(data, [note.cosign(note.parse(data), key, private.sign, 1679315147) for key, private in pairs])


def proof_of(index: int, size: int = 1000, cosigners: int = 3, extra: bytes | None = None) -> bytes:
    path = tree.inclusion(index, size, lambda level, at: NODES[level][at])
    return tlog_proof.format_proof(index, path, checkpoint(size, cosigners), extra)


DATA = proof_of(738)
TEXT = DATA.decode()


def test_a_proof_has_the_published_form():
    # https://c2sp.org/tlog-proof
    lines = proof_of(738, extra=b"\xff\xfe").decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra //4=", "index 738"]
    assert [len(base64.b64decode(line)) for line in lines[3:13]] == [32] * 10
    assert lines[13:16] == ["", ORIGIN, "1000"]
    assert "\n".join(lines[14:]).encode() == checkpoint()


def test_a_proof_verifies_for_its_leaf_and_for_no_other():
    proof = tlog_proof.parse(DATA)
    assert tlog_proof.verify(LEAVES[738], proof, POLICY).ok
    for leaf in (LEAVES[737], bytes(32), b""):
        proven = tlog_proof.verify(leaf, proof, POLICY)
        assert (proven.included, proven.checked.ok, proven.ok) == (False, True, False)


def test_a_proof_without_enough_witnesses_shows_the_entry_and_is_not_ok():
    proven = tlog_proof.verify(LEAVES[738], tlog_proof.parse(proof_of(738, cosigners=1)), POLICY)
    assert (proven.included, proven.checked.quorum, proven.ok) == (True, False, False)
    assert proven.checked.cosigned == {"w1": 1679315147}


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 1000), st.data())
def test_every_entry_of_every_size_can_be_proven(size, data):
    index = data.draw(st.integers(0, size - 1))
    extra = data.draw(st.none() | st.binary(min_size=1, max_size=60))
    proof = tlog_proof.parse(proof_of(index, size, extra=extra))
    assert (proof.index, proof.extra) == (index, extra)
    assert tlog_proof.verify(LEAVES[index], proof, POLICY).ok


def test_a_log_of_one_entry_has_a_proof_without_a_path():
    proof = tlog_proof.parse(proof_of(0, 1))
    assert proof.path == ()
    assert tlog_proof.verify(LEAVES[0], proof, POLICY).ok


HASH = TEXT.split("\n")[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[1:],
        TEXT[:-1],
        TEXT + "\n",
        "\n" + TEXT,
        "\ufeff" + TEXT,
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("index 738", "index 0738"),
        TEXT.replace("index 738", "index +738"),
        TEXT.replace("index 738", "index -1"),
        TEXT.replace("index 738", "index ٧"),
        TEXT.replace("index 738", "index " + "9" * 5000),
        TEXT.replace("index 738", "index  738"),
        TEXT.replace("index 738", "index 738 "),
        TEXT.replace("index 738", "Index 738"),
        TEXT.replace("index 738\n", ""),
        TEXT.replace("index 738", "extra \nindex 738"),
        TEXT.replace("index 738", "extra AA\nindex 738"),
        TEXT.replace("index 738", "extra AB==\nindex 738"),
        TEXT.replace("index 738", "extra AA==\nextra AA==\nindex 738"),
        TEXT.replace("index 738", "extraAA==\nindex 738"),
        TEXT.replace("index 738", "index 738\nextra AA=="),
        TEXT.replace("index 738\n", "index 738\n\n"),
        TEXT.replace(HASH, HASH[:-1]),
        TEXT.replace(HASH, " " + HASH),
        TEXT.replace(HASH, HASH[:-2] + chr(ord(HASH[-2]) + 1) + "="),
        TEXT.replace(HASH, base64.b64encode(bytes(31)).decode()),
        TEXT.replace(HASH, "\n".join([HASH] * 64)),
        TEXT.replace("\n\n", "\n", 1),
        TEXT.split("\n\n")[0] + "\n\n",
    ],
)
def test_another_spelling_is_refused(text):
    assert text != TEXT
    with pytest.raises(UnreadableError) as caught:
        tlog_proof.parse(text.encode(), where="proofs/738")
    assert caught.value.where == "proofs/738"


def test_what_could_not_be_read_is_not_written():
    for index, path, extra in ((-1, [], None), (0, [b"short"], None), (0, [], b""), (0, [bytes(32)] * 64, None)):
        with pytest.raises(UnreadableError):
            tlog_proof.format_proof(index, path, checkpoint(), extra)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_no_changed_byte_leaves_it_proven_with_every_witness(at, change):
    spoilt = DATA[:at] + bytes([DATA[at] ^ change]) + DATA[at + 1 :]
    try:
        proven = tlog_proof.verify(LEAVES[738], tlog_proof.parse(spoilt), POLICY)
    except UnreadableError:
        return
    # a witness whose name or key id was changed is a stranger, and its voice is lost; all else must fail
    assert not (proven.ok and len(proven.checked.cosigned) == 3)


@given(st.binary(max_size=120) | st.binary(max_size=120).map(lambda rest: b"c2sp.org/tlog-proof@v1\n" + rest))
def test_any_bytes_are_a_proof_or_refused(data):
    with pytest.raises(UnreadableError):
        tlog_proof.parse(data)


def test_one_proof_is_verified_in_milliseconds():
    times = []
    for _ in range(9):
        begun = time.process_time()
        assert tlog_proof.verify(LEAVES[738], tlog_proof.parse(DATA), POLICY).ok
        times.append(time.process_time() - begun)
    assert min(times) < 0.01
