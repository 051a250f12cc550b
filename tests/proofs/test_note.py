"""Checkpoints as signed notes: what is signed is read back, and one spelling only."""

import base64
import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519, note
from governance.proofs.note import Head
from governance.signing import keys

KEY = keys.generate()
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
    with pytest.raises(ValueError):
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
        TEXT.replace("\n\n", "\nextension\n\n"),
        TEXT.replace("\n\n", "\n\n\n"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\u2014", "-"),
        TEXT.replace("\u2014 ", "\u2014  "),
        TEXT.replace("\u2014 example.org/ledger", "\u2014 "),
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
