"""Checkpoints as signed notes: what is signed is read back, and one spelling only."""

import base64
import re
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519, note, vkeys
from governance.proofs.note import Head
from governance.proofs.public_keys import PublicKey
from governance.proofs.vkeys import COSIGNER, LOG, ML_DSA_44, VerifierKey, parse_vkey, vkey
from governance.signing import keys

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = ed25519.raw(KEY)
HEAD = Head(origin="example.org/ledger", size=1234, root=sha256(b"root").hexdigest())
SIGNED = note.sign(HEAD, PUBLIC, KEY.sign)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="+"), min_size=1, max_size=40)


def signed_by(data: bytes) -> bool:
    _, text, signatures = note.parse(data)
    return any(
        name == HEAD.origin and key_id == note.key_id(name, PUBLIC) and ed25519.verify(PUBLIC, signature, text)
        for name, key_id, signature in signatures
    )


def test_a_note_has_the_published_form():
    lines = SIGNED.decode().split("\n")
    assert lines[:4] == ["example.org/ledger", "1234", base64.b64encode(sha256(b"root").digest()).decode(), ""]
    assert lines[4].startswith("\u2014 example.org/ledger ")
    assert lines[5:] == [""]
    blob = base64.b64decode(lines[4].split(" ")[2])
    assert blob[:4] == sha256(b"example.org/ledger\n\x01" + PUBLIC).digest()[:4]
    assert len(blob) == 4 + 64


def test_the_published_example_of_a_key_id_is_met():
    # the verifier key of golang.org/x/mod/sumdb/note: name, key id in hex, 0x01 and the key in base64
    name, key_id, key = ["PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"]
    assert note.key_id(name, base64.b64decode(key)[1:]).hex() == key_id


@given(NAMES, st.integers(0, 10**30), st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_is_read_back(origin, size, root):
    head = Head(origin=origin, size=size, root=root.hex())
    read, text, signatures = note.parse(note.sign(head, PUBLIC, KEY.sign))
    assert read == head
    assert text == note.text(head).encode()
    ((name, key_id, signature),) = signatures
    assert (name, key_id) == (origin, note.key_id(origin, PUBLIC))
    assert ed25519.verify(PUBLIC, signature, text)


@pytest.mark.parametrize(
    "origin", ["", " ", "a b", "a\nb", "a\n\nb", "a+b", "a\u2003b", "a\tb", "a\u200bb", "a\x07b", "x" * 256]
)
def test_a_name_that_would_break_the_form_is_no_origin(origin):
    with pytest.raises(ValueError, match="origin"):
        Head(origin=origin, size=0, root="0" * 64)


TEXT = SIGNED.decode()
ROOT = base64.b64encode(sha256(b"root").digest()).decode()
BLOB = TEXT.split(" ")[-1].strip()


@pytest.mark.parametrize(
    "spelling",
    [
        TEXT.replace("1234", "01234"),
        TEXT.replace("1234", "+1234"),
        TEXT.replace("1234", "1_234"),
        TEXT.replace("1234", " 1234"),
        TEXT.replace("1234", "-1"),
        TEXT.replace("1234", "١٢٣٤"),
        TEXT.replace("1234", "²"),
        TEXT.replace("1234", "9" * 5000),
        TEXT.replace(ROOT, ROOT[:-2] + chr(ord(ROOT[-2]) + 1) + "="),
        TEXT.replace(ROOT, ROOT.rstrip("=")),
        TEXT.replace(ROOT, ROOT[:-8] + "===="),
        TEXT.replace(ROOT, "AA=="),
        TEXT.replace(ROOT, ROOT[:8] + " " + ROOT[8:]),
        TEXT.replace("\n\n", "\n\nextension\n\n"),
        TEXT.replace("\n\n", "\nexten\tsion\n\n"),
        TEXT + TEXT.split("\n\n")[1] * 100,
        TEXT.replace("\n\n", "\n" + "x" * note.MAX_BYTES + "\n\n"),
        TEXT.replace("\n\n", "\n\n\n"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\u2014", "-"),
        TEXT.replace("\u2014 ", "\u2014  "),
        TEXT.replace("\u2014 example.org/ledger", "\u2014 "),
        TEXT.replace("\u2014 example.org/ledger", "\u2014 a+b"),
        TEXT.replace("\u2014 example.org/ledger", "\u2014 a\u2003b"),
        TEXT.replace(BLOB, BLOB[:-2] + chr(ord(BLOB[-2]) + 1) + "="),
        TEXT.replace(BLOB, "AAAA"),
        TEXT.replace(BLOB, "!" + BLOB),
        TEXT.replace(BLOB, ""),
        TEXT[:-1],
        TEXT + "\n",
        TEXT + "junk\n",
        "\ufeff" + TEXT,
        TEXT.split("\u2014")[0],
        note.text(HEAD),
        "",
        "\n\n\n",
    ],
)
def test_another_spelling_is_refused(spelling):
    assert spelling != TEXT
    with pytest.raises(UnreadableError, match="not a signed checkpoint"):
        note.parse(spelling.encode())


def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(UnreadableError, match="not a signed checkpoint"):
        note.parse(SIGNED.replace(b"1234", b"\xff"))


@pytest.mark.parametrize(
    ("field", "other"),
    [("1234", "1235"), ("1234", "0"), ("example", "exemple"), (ROOT, base64.b64encode(bytes(32)).decode())],
)
def test_a_changed_field_is_not_signed(field, other):
    assert signed_by(SIGNED)
    assert not signed_by(SIGNED.replace(field.encode(), other.encode(), 1))


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_no_changed_byte_leaves_it_signed(at, change):
    spoilt = SIGNED[:at] + bytes([SIGNED[at] ^ change]) + SIGNED[at + 1 :]
    try:
        assert not signed_by(spoilt)
    except UnreadableError as error:
        assert re.match("not a signed checkpoint", error.message)  # noqa: PT017 - either answer is right


def test_a_note_may_bear_several_signatures():
    witness = keys.generate()
    head = SIGNED.decode()
    blob = note.key_id("witness.example", ed25519.raw(witness)) + witness.sign(note.text(HEAD).encode())
    data = f"{head}\u2014 witness.example {base64.b64encode(blob).decode()}\n".encode()
    assert [name for name, _, _ in note.parse(data)[2]] == ["example.org/ledger", "witness.example"]
    assert signed_by(data)


def test_lines_after_the_root_are_read_over_and_are_signed():
    body = (note.text(HEAD) + "extension 1\n2\n").encode()
    data = body + b"\n" + note.line(HEAD.origin, note.key_id(HEAD.origin, PUBLIC), KEY.sign(body))
    read = note.parse(data)
    assert (read.head, read.text, read.extensions) == (HEAD, body, ("extension 1", "2"))
    key = VerifierKey(HEAD.origin, LOG, PUBLIC)
    assert note.verify_log(read, key)
    assert not note.verify_log(note.parse(data.replace(b"extension 1", b"extension 2")), key)
    assert note.parse(SIGNED).extensions == ()
    # one who cosigns, signs them as well
    time = note.verify_cosignature(
        note.parse(note.add(data, [note.cosign(read, WITNESS, WITNESS_KEY.sign, 7)])), WITNESS
    )
    assert time == 7


def test_the_published_example_of_a_note_is_verified():
    # https://c2sp.org/signed-note, "Example"
    key = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    blob = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    text, lines = note.split(f"This is an example message.\n\n\u2014 example.com/foo {blob}\n".encode())
    ((name, key_id, signature),) = lines
    assert (name, key_id) == (key.name, key.key_id)
    assert key.verifies(signature, text)
    assert not key.verifies(signature, text + b"\n")


def test_the_published_note_with_two_signatures_is_verified():
    # https://pkg.go.dev/golang.org/x/mod/sumdb/note, the package's own examples
    words = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    peter = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    enoch = "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ="
    data = f"{words}\n\u2014 PeterNeumann {peter}\n\u2014 EnochRoot {enoch}\n".encode()
    text, lines = note.split(data)
    keys_of = [
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
    ]
    for key, (name, key_id, signature) in zip(keys_of, lines, strict=True):
        fields = key.split("+", 2)
        public = base64.b64decode(fields[2])[1:]
        assert (name, key_id.hex()) == (fields[0], fields[1])
        assert ed25519.verify(public, signature, text)


def test_the_published_example_of_a_cosignature_tells_its_time():
    # https://c2sp.org/tlog-cosignature, the example at its beginning
    log = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
    witness = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    data = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        f"\u2014 example.com/behind-the-sofa {log}\n\u2014 witness.example.com/w1 {witness}\n"
    ).encode()
    read = note.parse(data)
    assert (read.head.origin, read.head.size) == ("example.com/behind-the-sofa", 20852163)
    assert int.from_bytes(read.signatures[1][2][:8], "big") == 1679315147
    assert note.to_be_cosigned(read, WITNESS, 1679315147) == (
        b"cosignature/v1\ntime 1679315147\n" + data.split(b"\n\n")[0] + b"\n"
    )


WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
WITNESS = VerifierKey("witness.example/w1", COSIGNER, ed25519.raw(WITNESS_KEY))
COSIGNED = note.add(SIGNED, [note.cosign(note.parse(SIGNED), WITNESS, WITNESS_KEY.sign, 1679315147)])


def test_a_cosigned_checkpoint_says_when_and_stays_signed_by_its_log():
    read = note.parse(COSIGNED)
    assert note.verify_cosignature(read, WITNESS) == 1679315147
    assert note.verify_log(read, VerifierKey(HEAD.origin, LOG, PUBLIC))
    assert signed_by(COSIGNED)
    assert note.verify_cosignature(note.parse(SIGNED), WITNESS) is None
    assert note.verify_cosignature(read, VerifierKey("witness.example/w2", COSIGNER, WITNESS.public)) is None
    assert note.verify_cosignature(read, VerifierKey(WITNESS.name, LOG, WITNESS.public)) is None


def test_a_log_is_known_by_its_name_and_its_key_together():
    read = note.parse(SIGNED)
    assert note.verify_log(read, VerifierKey(HEAD.origin, LOG, PUBLIC))
    assert not note.verify_log(read, VerifierKey("example.org/other", LOG, PUBLIC))
    assert not note.verify_log(read, VerifierKey(HEAD.origin, LOG, WITNESS.public))
    assert not note.verify_log(read, VerifierKey(HEAD.origin, COSIGNER, PUBLIC))
    false = note.line(HEAD.origin, note.key_id(HEAD.origin, PUBLIC), bytes(64))
    assert not note.verify_log(note.parse(note.add(SIGNED, [false])), VerifierKey(HEAD.origin, LOG, PUBLIC))
    cosigner = VerifierKey(HEAD.origin, COSIGNER, PUBLIC)
    timeless = note.line(HEAD.origin, cosigner.key_id, KEY.sign(read.text))
    assert not note.verify_log(note.parse(note.add(SIGNED, [timeless])), cosigner)
    renamed = note.line("example.org/other", note.key_id("example.org/other", PUBLIC), KEY.sign(read.text))
    data = read.text + b"\n" + renamed
    assert not note.verify_log(note.parse(data), VerifierKey("example.org/other", LOG, PUBLIC))


def test_of_several_times_of_one_witness_the_earliest_counts_and_a_false_one_spoils_all():
    read = note.parse(SIGNED)
    made = [note.cosign(read, WITNESS, WITNESS_KEY.sign, time) for time in (30, 10, 20)]
    assert note.verify_cosignature(note.parse(note.add(SIGNED, made)), WITNESS) == 10
    false = note.line(WITNESS.name, WITNESS.key_id, (5).to_bytes(8, "big") + bytes(64))
    assert note.verify_cosignature(note.parse(note.add(SIGNED, [*made, false])), WITNESS) is None


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_what_is_no_time_is_not_cosigned_at(time):
    with pytest.raises(UnreadableError, match="no time"):
        note.cosign(note.parse(SIGNED), WITNESS, WITNESS_KEY.sign, time)
    if time >= 0:
        blob = WITNESS_KEY.sign(note.to_be_cosigned(note.parse(SIGNED), WITNESS, time))
        line = note.line(WITNESS.name, WITNESS.key_id, time.to_bytes(8, "big") + blob)
        assert note.verify_cosignature(note.parse(note.add(SIGNED, [line])), WITNESS) is None


def test_a_line_is_added_once_and_only_where_it_is_one():
    line = note.cosign(note.parse(SIGNED), WITNESS, WITNESS_KEY.sign, 9)
    assert note.add(SIGNED, [line, line]) == SIGNED + line == note.add(SIGNED + line, [line])
    for wrong in (b"", b"\n", line[:-1], line + line, b"x" + line, b"\n" + line):
        with pytest.raises(UnreadableError):
            note.add(SIGNED, [wrong])
    with pytest.raises(UnreadableError, match="more than 100"):
        note.add(SIGNED, [note.line("w", bytes(4), bytes([number, 1])) for number in range(100)])


@given(st.integers(0, len(COSIGNED) - 1), st.integers(1, 255))
def test_no_changed_byte_leaves_it_signed_and_cosigned(at, change):
    spoilt = COSIGNED[:at] + bytes([COSIGNED[at] ^ change]) + COSIGNED[at + 1 :]
    try:
        read = note.parse(spoilt)
    except UnreadableError:
        return
    log = note.verify_log(read, VerifierKey(HEAD.origin, LOG, PUBLIC))
    assert not (log and note.verify_cosignature(read, WITNESS) == 1679315147)


class TestMlDsa:
    """The signatures that outlive quantum computers, where `cryptography` has them."""

    mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    private = mldsa.MLDSA44PrivateKey.generate()
    public = private.public_key().public_bytes_raw()

    def test_a_witness_cosigns_with_it(self):
        key = parse_vkey(vkey("witness.example/pq", self.public, ML_DSA_44))
        assert key.evaluable
        read = note.parse(SIGNED)
        data = note.add(SIGNED, [note.cosign(read, key, self.private.sign, 1679315147)])
        assert note.verify_cosignature(note.parse(data), key) == 1679315147
        assert note.verify_cosignature(note.parse(data.replace(b"1234", b"1235")), key) is None
        assert note.verify_cosignature(note.parse(data), VerifierKey("another", ML_DSA_44, self.public)) is None

    def test_what_is_signed_is_the_published_structure(self):
        # https://c2sp.org/tlog-cosignature, "ML-DSA-44 signed message"
        key = VerifierKey("w", ML_DSA_44, self.public)
        assert note.to_be_cosigned(note.parse(SIGNED), key, 3) == (
            b"subtree/v1\n\0\x01w" + (3).to_bytes(8, "big") + bytes([len(HEAD.origin)]) + HEAD.origin.encode()
            + bytes(8) + (1234).to_bytes(8, "big") + bytes.fromhex(HEAD.root)
        )  # fmt: skip

    def test_a_log_may_sign_with_it(self):
        key = VerifierKey(HEAD.origin, ML_DSA_44, self.public)
        body = note.text(HEAD).encode()
        unsigned = note.Checkpoint(HEAD, body, [])
        data = body + b"\n" + note.cosign(unsigned, key, self.private.sign, 5)
        assert note.verify_log(note.parse(data), key)
        assert not note.verify_log(note.parse(data.replace(b"1234", b"1243")), key)

    def test_no_time_is_a_time_of_its_own(self):
        key = VerifierKey("w", ML_DSA_44, self.public)
        made = self.private.sign(note.to_be_cosigned(note.parse(SIGNED), key, 0))
        data = note.add(SIGNED, [note.line("w", key.key_id, bytes(8) + made)])
        assert note.verify_cosignature(note.parse(data), key) == 0

    def test_a_size_that_the_form_can_not_hold_is_not_signed(self):
        key = VerifierKey("w", ML_DSA_44, self.public)
        great = note.Checkpoint(Head("o", 2**64, "0" * 64), b"", [("w", key.key_id, bytes(8 + 2420))])
        with pytest.raises(UnreadableError):
            note.cosign(great, key, self.private.sign, 5)
        assert note.verify_cosignature(great, key) is None


VKEY = str(WITNESS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        VKEY + "\n",
        " " + VKEY,
        VKEY + "=",
        VKEY[:-4],
        VKEY.replace("w1", "w2"),
        VKEY.replace("witness", "wit ness"),
        VKEY.replace("+" + WITNESS.key_id.hex(), "+" + WITNESS.key_id.hex().upper() + "A"),
        VKEY.replace("+" + WITNESS.key_id.hex(), "+00000000"),
        "+".join(["", *VKEY.split("+")[1:]]),
        "w\udcff+00000000+AAAA",
        "w+00000000+ü",
        "w+00000000+",
        f"w+00000000+{base64.b64encode(bytes([2]) + WITNESS.public).decode()}",
        f"w+00000000+{base64.b64encode(bytes([4]) + WITNESS.public[:-1]).decode()}",
        "w+" + vkeys.key_id("w", 4, bytes(32)).hex() + "+" + base64.b64encode(bytes([4]) + bytes(32)).decode(),
        "w+" + vkeys.key_id("w", 1, (1).to_bytes(32, "little")).hex() + "+"
        + base64.b64encode(b"\x01" + (1).to_bytes(32, "little")).decode(),
    ],
)  # fmt: skip
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(UnreadableError) as caught:
        parse_vkey(text, where="policy line 2")
    assert caught.value.where == "policy line 2"


def test_a_verifier_key_is_read_back_and_shares_its_material_with_the_same_key_elsewhere():
    assert parse_vkey(VKEY) == WITNESS
    assert vkey(WITNESS.name, WITNESS.public, COSIGNER) == VKEY
    assert WITNESS.material == PublicKey.of_ed25519(WITNESS.public).material
    assert WITNESS.material == VerifierKey("another", LOG, WITNESS.public).material


@given(st.text(max_size=80) | st.binary(max_size=40).map(lambda raw: "w+00000000+" + base64.b64encode(raw).decode()))
def test_any_text_is_a_verifier_key_or_refused(text):
    try:
        assert str(parse_vkey(text)) == text
    except UnreadableError:
        return


@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda end: TEXT.encode() + end.encode("utf-8", "replace")))
def test_any_bytes_are_a_checkpoint_or_refused(data):
    for reader in (note.parse, note.split):
        try:
            reader(data)
        except UnreadableError:
            continue
