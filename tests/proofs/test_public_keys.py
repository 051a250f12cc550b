"""Public keys of every type: read as `ssh-keygen` writes them, named as it names them, and never one that says nothing."""

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519, public_keys, ssh_keys
from governance.proofs.public_keys import PublicKey
from governance.proofs.ssh_wire import mpint, string

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PublicKey.of_ed25519(ed25519.raw(KEY))


def line(*fields: bytes) -> str:
    """A key line of wire fields, the first of which is the type."""
    return f"{fields[0].decode()} {base64.b64encode(b''.join(string(field) for field in fields)).decode()}"


def p256(number: int = 7) -> bytes:
    numbers = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
    return b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def rsa_line(exponent: int, modulus: int) -> str:
    return line(b"ssh-rsa", mpint(exponent)[4:], mpint(modulus)[4:])


@pytest.mark.parametrize(
    ("kind", "bits"), [("ed25519", 256), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072)]
)
def test_a_key_that_ssh_keygen_made_is_read_and_has_its_fingerprint(tmp_path: Path, kind, bits):
    file = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", "", "-C", "ann b <a@x>", "-f", file], check=True
    )
    text = file.with_suffix(".pub").read_text()
    key = public_keys.parse(text)
    said = subprocess.run(
        ["ssh-keygen", "-l", "-f", file.with_suffix(".pub")], capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[1] == key.fingerprint
    assert text.startswith(key.line + " ")
    assert public_keys.parse(key.line) == key


def test_a_key_of_32_bytes_and_its_line_are_one():
    assert public_keys.parse(ed25519.public_line(ed25519.raw(KEY)) + " a comment\n") == PUBLIC
    assert PUBLIC.fingerprint == ed25519.fingerprint(ed25519.raw(KEY))


def test_64_raw_bytes_are_verified_for_plain_ed25519_and_for_no_other_type():
    signature = KEY.sign(b"message")
    assert PUBLIC.verify(signature, b"message")
    assert not PUBLIC.verify(signature, b"massage")
    held = public_keys.parse(line(b"sk-ssh-ed25519@openssh.com", ed25519.raw(KEY), b"ssh:"))
    assert not held.verify(signature, b"message")


def test_one_key_in_a_file_and_in_authenticators_has_one_material():
    inside = [
        public_keys.parse(line(b"sk-ssh-ed25519@openssh.com", ed25519.raw(KEY), app)) for app in (b"ssh:", b"ssh:a")
    ]
    assert {key.material for key in inside} == {PUBLIC.material}
    held = public_keys.parse(line(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", p256(), b"ssh:"))
    assert held.material == public_keys.parse(line(b"ecdsa-sha2-nistp256", b"nistp256", p256())).material
    assert held.material != public_keys.parse(line(b"ecdsa-sha2-nistp256", b"nistp256", p256(8))).material


def test_one_modulus_under_two_exponents_has_one_material():
    modulus = rsa.generate_private_key(65537, 3072).public_key().public_numbers().n
    assert public_keys.parse(rsa_line(65537, modulus)).material == public_keys.parse(rsa_line(65539, modulus)).material


def decoded(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
WEAK = [
    decoded(y, sign)
    for y in (0, 1, P - 1, ORDER_EIGHT, P - ORDER_EIGHT, P, P + 1, P + 2, P + 18)
    for sign in (0, 1)
]  # fmt: skip


def mixed() -> bytes:
    """A good key with the point of order two added to it: (x, y) becomes (−x, −y)."""
    encoded = int.from_bytes(ed25519.raw(KEY), "little")
    y, sign = encoded & (1 << 255) - 1, encoded >> 255
    return decoded(P - y, 1 - sign)


def off_the_curve() -> bytes:
    return next(
        decoded(y, 0) for y in range(2, 99) if pow((y * y - 1) * pow(-121665 * pow(121666, -1, P) * y * y + 1, -1, P), (P - 1) // 2, P) == P - 1
    )  # fmt: skip


@pytest.mark.parametrize("point", [*WEAK, mixed(), off_the_curve()])
def test_a_weak_point_is_refused_in_a_file_and_in_an_authenticator_alike(point):
    with pytest.raises(UnreadableError, match=r"weak|no point"):
        public_keys.parse(line(b"ssh-ed25519", point))
    with pytest.raises(UnreadableError, match=r"weak|no point"):
        public_keys.parse(line(b"sk-ssh-ed25519@openssh.com", point, b"ssh:"))
    with pytest.raises(UnreadableError, match=r"weak|no point"):
        PublicKey.of_ed25519(point)
    assert not ed25519.verify(point, decoded(1, 0) + bytes(32), b"any message")


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_is_made_is_strong(seed):
    PublicKey.of_ed25519(ed25519.raw(Ed25519PrivateKey.from_private_bytes(seed)))


COMPOSITE = (1 << 3071) + 1
ED = ed25519.raw(KEY)
BLOB = base64.b64encode(PUBLIC.blob).decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not an OpenSSH public key"),
        ("ssh-ed25519", "not an OpenSSH public key"),
        (f"ssh-ed25519 {BLOB}\nssh-ed25519 {BLOB}\n", "not an OpenSSH public key"),
        (f"ssh-ed25519 {BLOB} a\x0bb", "not an OpenSSH public key"),
        (f"ssh-ed25519 {BLOB} a\u2028b", "not an OpenSSH public key"),
        (f"ssh-ed25519\u2003{BLOB}", "not an OpenSSH public key"),
        (f"no-pty ssh-ed25519 {BLOB}", "not an OpenSSH public key"),
        (f"ssh-ed25519 {BLOB}====", "not an OpenSSH public key"),
        (f"ssh-ed25519 {BLOB[:-1]}", "not an OpenSSH public key|cut short"),
        (f"ssh-ed25519 {base64.b64encode(PUBLIC.blob + b'x').decode()}", "bytes follow"),
        (f"ssh-ed25519 {base64.b64encode(PUBLIC.blob + b'x').decode()[:-2]}B=", "second spelling|bytes follow"),
        (f"SSH-ED25519 {BLOB}", "another type"),
        (f"ssh-rsa {BLOB}", "another type"),
        (f"sk-ssh-ed25519@openssh.com {BLOB}", "another type"),
        (line(b"ssh-ed25519-cert-v01@openssh.com", b"nonce", ED), "certificate"),
        (line(b"ssh-dss", b"x"), "known are"),
        (line(b"ssh-mldsa44-ed25519", b"x"), "known are"),
        (line(b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", p256(), b"ssh:"), "known are"),
        (line(b"ssh-ed25519", ED[:31]), "32 bytes"),
        (line(b"ssh-ed25519", ED + b"\0"), "32 bytes"),
        (line(b"sk-ssh-ed25519@openssh.com", ED), "cut short"),
        (line(b"sk-ssh-ed25519@openssh.com", ED, b"https://example.org"), "another application"),
        (line(b"ecdsa-sha2-nistp256", b"nistp384", p256()), "its curve"),
        (line(b"ecdsa-sha2-nistp256", b"nistp256", p256()[:-1]), "uncompressed"),
        (line(b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + p256()[1:33]), "uncompressed"),
        (line(b"ecdsa-sha2-nistp256", b"nistp256", b"\0"), "uncompressed"),
        (line(b"ecdsa-sha2-nistp256", b"nistp256", p256()[:-1] + bytes([p256()[-1] ^ 1])), "no point"),
        (line(b"ecdsa-sha2-nistp256", b"nistp256", b"\x04" + bytes(64)), "no point"),
        (line(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", p256()[:-1] + bytes([p256()[-1] ^ 1]), b"ssh:"), "no point"),
        (rsa_line(65537, (1 << 3070) + 1), "3071 bits"),
        (rsa_line(65537, (1 << 16384) + 1), "16385 bits"),
        (rsa_line(65538, COMPOSITE), "even"),
        (rsa_line(65537, COMPOSITE + 1), "even"),
        (rsa_line(1, COMPOSITE), "bounds"),
        (rsa_line(3, COMPOSITE), "bounds"),
        (rsa_line((1 << 256) + 1, COMPOSITE), "bounds"),
        (line(b"ssh-rsa", b"\0\x01\0\x01", mpint(COMPOSITE)[4:]), "second spelling"),
        (line(b"ssh-rsa", b"\x01\0\x01", mpint(COMPOSITE)[5:]), "negative|second spelling"),
        (line(b"ssh-rsa", b"", mpint(COMPOSITE)[4:]), "zero"),
    ],
)  # fmt: skip
def test_what_is_no_key_to_be_trusted_is_refused_with_the_reason(text, why):
    with pytest.raises(UnreadableError, match=why) as caught:
        public_keys.parse(text, where="roster line 3")
    assert caught.value.where == "roster line 3"


def test_a_key_can_not_be_made_past_the_reader_either():
    with pytest.raises(UnreadableError):
        PublicKey("ssh-ed25519", PUBLIC.blob[:-1])
    with pytest.raises(UnreadableError):
        PublicKey("ssh-rsa", PUBLIC.blob)


@given(
    st.text(max_size=200)
    | st.sampled_from(ssh_keys.TYPES).flatmap(
        lambda kind: st.binary(max_size=120).map(lambda rest: line(kind.encode(), rest))
    )
)
def test_any_text_is_read_or_refused(text):
    try:
        key = public_keys.parse(text)
    except UnreadableError:
        return
    assert public_keys.parse(key.line) == key


@given(st.integers(0, len(PUBLIC.blob) - 1), st.integers(1, 255))
def test_no_changed_byte_leaves_the_key_the_same(at, change):
    spoilt = PUBLIC.blob[:at] + bytes([PUBLIC.blob[at] ^ change]) + PUBLIC.blob[at + 1 :]
    try:
        other = public_keys.parse(f"ssh-ed25519 {base64.b64encode(spoilt).decode()}")
    except UnreadableError:
        return
    assert other.material != PUBLIC.material
    assert not other.verify(KEY.sign(b"m"), b"m")


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_verifying_rubbish_says_no_and_never_raises(signature, message):
    assert not PUBLIC.verify(signature, message)
