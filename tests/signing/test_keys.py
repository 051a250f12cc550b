"""Keys: agreement with ssh-keygen, refusal of weak points, and files that others can not read."""

import base64
import shutil
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError, UsageError
from governance.proofs import dsse, ed25519
from governance.signing import keys

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def small_order_encodings() -> list[bytes]:
    """All 32-byte texts whose y, taken modulo p, is that of a point of order 1, 2, 4 or 8, with either sign of x.

    Worked out here from the curve and not copied: y with 4·y-multiples at the neutral point.
    """
    found = []
    for y in small_order_ys():
        for spelling in (y, y + P):
            if spelling < 2**255:
                found += [(spelling | sign << 255).to_bytes(32, "little") for sign in (0, 1)]
    return found


def small_order_ys() -> list[int]:
    """Order 1: y=1. Order 2: y=-1. Order 4: y=0. Order 8: doubling gives y=0, so y² = -x²."""
    # -x² + y² = 1 + d·x²y² with x² = -y²:  2y² = 1 - d·y⁴  =>  d·t² + 2t - 1 = 0 with t = y²
    root = square_root((1 + D) % P)
    ts = [(sign * root - 1) * pow(D, -1, P) % P for sign in (1, -1)]
    ys = [y for t in ts if (y := square_root(t)) is not None]
    return [1, P - 1, 0, *ys, *(P - y for y in ys)]


def square_root(a: int) -> int | None:
    root = pow(a, (P + 3) // 8, P)
    for candidate in (root, root * pow(2, (P - 1) // 4, P) % P):
        if candidate * candidate % P == a:
            return candidate
    return None


WEAK = small_order_encodings()


def line_of(raw: bytes) -> str:
    def field(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    return "ssh-ed25519 " + base64.b64encode(field(b"ssh-ed25519") + field(raw)).decode()


def test_there_are_five_such_y_and_fourteen_spellings():
    assert len(small_order_ys()) == 5
    assert len(set(WEAK)) == 14


@pytest.mark.parametrize("raw", WEAK, ids=bytes.hex)
def test_a_key_of_small_order_is_refused_in_every_spelling(raw):
    with pytest.raises(UnreadableError, match="weak"):
        ed25519.require_strong(raw)
    with pytest.raises(UnreadableError, match=r"weak|not an OpenSSH public key"):
        ed25519.parse_public(line_of(raw))


@pytest.mark.parametrize("raw", WEAK, ids=bytes.hex)
@pytest.mark.parametrize("nonce", WEAK[:2], ids=["neutral", "neutral-with-sign"])
def test_a_key_of_small_order_verifies_nothing(raw, nonce):
    forged = nonce + bytes(32)
    assert not any(ed25519.verify(raw, forged, b"message %d" % number) for number in range(20))


def test_the_forgery_would_pass_without_the_refusal():
    neutral = (1).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(neutral).verify(neutral + bytes(32), b"any message at all")
    assert not ed25519.verify(neutral, neutral + bytes(32), b"any message at all")


@pytest.mark.parametrize("offset", range(19))
def test_a_second_spelling_of_a_point_is_refused(offset):
    for sign in (0, 1):
        raw = (P + offset | sign << 255).to_bytes(32, "little")
        with pytest.raises(UnreadableError, match="weak"):
            ed25519.require_strong(raw)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(UnreadableError, match="32 bytes"):
        ed25519.require_strong(bytes(length))
    assert not ed25519.verify(bytes(length), bytes(64), b"")


@settings(max_examples=30)
@given(st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_a_signature_is_the_keys_own_over_these_bytes_alone(message, at, change):
    key, other = keys.generate(), keys.generate()
    signature = key.sign(message)
    assert ed25519.verify(ed25519.raw(key), signature, message)
    assert not ed25519.verify(ed25519.raw(other), signature, message)
    assert not ed25519.verify(ed25519.raw(key), signature, message + b"\0")
    spoilt = signature[:at] + bytes([signature[at] ^ change]) + signature[at + 1 :]
    assert not ed25519.verify(ed25519.raw(key), spoilt, message)
    assert not ed25519.verify(ed25519.raw(key), signature[:-1], message)
    assert not ed25519.verify(ed25519.raw(key), signature + b"\0", message)


def test_a_public_line_is_read_back_with_or_without_a_comment():
    public = ed25519.raw(keys.generate())
    line = ed25519.public_line(public)
    assert line == line_of(public)
    for spelling in (line, f"{line}\n", f"{line} ann@example.org", f"{line} a comment of words\n"):
        assert ed25519.parse_public(spelling) == public


GOOD = ed25519.public_line(
    ed25519.raw(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
)  # the same in every worker


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 ",
        GOOD.split()[1],
        GOOD[:-4],
        GOOD + "A",
        GOOD + "=",
        GOOD[:40] + "!" + GOOD[40:],
        GOOD[:40] + "-" + GOOD[40:],
        GOOD[:40] + "\n" + GOOD[40:],
        GOOD + "\n" + GOOD,
        GOOD + "\u2028" + GOOD,
        GOOD.upper(),
        "no-pty " + GOOD,
        GOOD.replace("ssh-ed25519", "ssh-rsa"),
        "ssh-ed25519 \ud800",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_a_line_that_is_not_one_key_in_its_one_spelling_is_refused(line):
    with pytest.raises(UnreadableError):
        ed25519.parse_public(line, where="signers.yaml")


@pytest.mark.parametrize("other", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_a_key_of_another_kind_is_refused(tmp_path, other):
    line = other.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    with pytest.raises(UnreadableError, match="not an Ed25519"):
        ed25519.parse_public(line)
    path = tmp_path / "key"
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    with pytest.raises(UnreadableError, match="not an Ed25519 key") as caught:
        keys.load(path)
    assert "ssh-keygen -t ed25519" in caught.value.hint


def test_a_saved_key_is_its_owners_alone_and_is_read_back(tmp_path):
    key, path = keys.generate(), tmp_path / "new" / "folder" / "key.pem"
    keys.save(key, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    assert ed25519.raw(keys.load(path)) == ed25519.raw(key)


def test_a_key_that_is_there_is_never_overwritten(tmp_path):
    path = tmp_path / "key.pem"
    keys.save(keys.generate(), path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="not overwritten"):
        keys.save(keys.generate(), path)
    (tmp_path / "link.pem").symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(UsageError, match="not overwritten"):
        keys.save(keys.generate(), tmp_path / "link.pem")
    assert path.read_bytes() == before
    assert not (tmp_path / "elsewhere.pem").exists()


def test_a_key_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="can not be written"):
        keys.save(keys.generate(), tmp_path / "file" / "key.pem")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o601, 0o610, 0o620, 0o777])
def test_a_key_that_others_can_use_is_refused_with_the_remedy(tmp_path, mode):
    path = tmp_path / "key.pem"
    keys.save(keys.generate(), path)
    path.chmod(mode)
    with pytest.raises(UsageError, match="others can read") as caught:
        keys.load(path)
    assert caught.value.hint == f"Run: chmod 600 {path}"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\xff" * 100,
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
    ],
)
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(UnreadableError, match="not a private key"):
        keys.load(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(UsageError, match="can not be read"):
            keys.load(path)


def test_a_locked_key_needs_its_passphrase(tmp_path):
    key, path = keys.generate(), tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame")))
    path.chmod(0o600)
    assert ed25519.raw(keys.load(path, b"open sesame")) == ed25519.raw(key)
    for passphrase in (None, b"wrong", b""):
        with pytest.raises(UnreadableError, match="not a private key that can be used"):
            keys.load(path, passphrase)


def test_a_passphrase_for_a_key_that_has_none_is_told(tmp_path):
    keys.save(keys.generate(), tmp_path / "key.pem")
    with pytest.raises(UnreadableError, match="not a private key that can be used"):
        keys.load(tmp_path / "key.pem", b"passphrase")


def ran(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


@needs_ssh_keygen
def test_a_key_of_ssh_keygen_is_read_and_named_as_ssh_keygen_names_it(tmp_path):
    path = tmp_path / "id"
    ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ann@example.org", "-f", path)
    public = ed25519.raw(keys.load(path))
    written = (tmp_path / "id.pub").read_text()
    assert ed25519.parse_public(written) == public
    assert written.split()[:2] == ed25519.public_line(public).split()
    assert ran("ssh-keygen", "-l", "-f", path).split()[1] == ed25519.fingerprint(public)


@needs_ssh_keygen
def test_a_locked_key_of_ssh_keygen_is_read_with_its_passphrase(tmp_path):
    pytest.importorskip("bcrypt", reason="locked OpenSSH keys need bcrypt")
    path = tmp_path / "id"
    ran("ssh-keygen", "-q", "-t", "ed25519", "-a", "1", "-N", "open sesame", "-f", path)
    assert ed25519.raw(keys.load(path, b"open sesame")) == ed25519.parse_public((tmp_path / "id.pub").read_text())
    for passphrase in (None, b"wrong"):
        with pytest.raises(UnreadableError, match="not a private key that can be used"):
            keys.load(path, passphrase)


@needs_ssh_keygen
def test_our_public_line_is_one_that_ssh_keygen_reads(tmp_path):
    public = ed25519.raw(keys.generate())
    (tmp_path / "id.pub").write_text(ed25519.public_line(public) + "\n")
    assert ran("ssh-keygen", "-l", "-f", tmp_path / "id.pub").split()[1] == ed25519.fingerprint(public)


@needs_ssh_keygen
def test_a_certificate_over_a_key_is_not_that_key(tmp_path):
    for name in ("ca", "id"):
        ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name)
    ran("ssh-keygen", "-q", "-s", tmp_path / "ca", "-I", "ann", "-n", "ann", tmp_path / "id.pub")
    with pytest.raises(UnreadableError, match=r"second spelling|not an OpenSSH"):
        ed25519.parse_public((tmp_path / "id-cert.pub").read_text())


@needs_openssl
def test_openssl_verifies_what_we_sign_over_the_same_bytes(tmp_path):
    key, payload = keys.generate(), '{"name":"ünïcode"}'.encode()
    envelope = dsse.parse(dsse.seal(payload, key))
    (tmp_path / "pae").write_bytes(dsse.pae(envelope.payload_type, envelope.payload))
    (tmp_path / "sig").write_bytes(envelope.signatures[0].sig)
    (tmp_path / "key.pem").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "key.pem", "-rawin",
               "-in", tmp_path / "pae", "-sigfile", tmp_path / "sig"]  # fmt: skip
    assert "Signature Verified Successfully" in ran(*command)
    (tmp_path / "pae").write_bytes(dsse.pae(envelope.payload_type, envelope.payload + b" "))
    assert subprocess.run(command, check=False, capture_output=True).returncode != 0


@needs_openssl
def test_a_key_of_openssl_is_read(tmp_path):
    path = tmp_path / "key.pem"
    ran("openssl", "genpkey", "-algorithm", "ed25519", "-out", path)
    path.chmod(0o600)
    der = subprocess.run(
        ["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout
    assert ed25519.raw(keys.load(path)) == der[-32:]
