"""SSH signatures: ours accepted by `ssh-keygen -Y verify`, its own accepted here, and an authenticator's as PROTOCOL.u2f says."""

import base64
import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519, public_keys, sshsig
from governance.proofs.public_keys import PublicKey
from governance.proofs.ssh_wire import mpint, string

KINDS = [("ed25519", 256), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072)]
MESSAGE = b"DSSEv1 3 a/b 2 {}"


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: "-".join(map(str, kind)))
def pair(request, tmp_path_factory) -> tuple[Path, PublicKey]:
    kind, bits = request.param
    file = tmp_path_factory.mktemp("key") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", "", "-f", file], check=True)
    return file, public_keys.parse(file.with_suffix(".pub").read_text())


def keygen_signs(file: Path, message: bytes, *, namespace: str = sshsig.NAMESPACE, hash_name: str = "sha512") -> str:
    call = ["ssh-keygen", "-q", "-Y", "sign", "-f", file, "-n", namespace, "-O", f"hashalg={hash_name}"]
    return subprocess.run(call, input=message, capture_output=True, check=True).stdout.decode()


def keygen_accepts(folder: Path, key: PublicKey, armoured: str, message: bytes) -> bool:
    (folder / "allowed").write_text(f'ann namespaces="{sshsig.NAMESPACE}" {key.line}\n')
    (folder / "sig").write_text(armoured)
    call = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        folder / "allowed",
        "-I",
        "ann",
        "-n",
        sshsig.NAMESPACE,
        "-s",
        folder / "sig",
    ]
    return subprocess.run(call, input=message, capture_output=True, check=False).returncode == 0


def signed(
    private, key: PublicKey, message: bytes, *, namespace=sshsig.NAMESPACE, hash_name="sha512", kind=""
) -> bytes:
    """A signature in binary form, made here as PROTOCOL.sshsig says."""
    data = sshsig.to_be_signed(message, namespace=namespace, hash_name=hash_name)
    if key.algorithm == "ssh-ed25519":
        blob = string(b"ssh-ed25519") + string(private.sign(data))
    elif key.algorithm == "ssh-rsa":
        kind = kind or "rsa-sha2-512"
        digest = {"rsa-sha2-512": hashes.SHA512(), "rsa-sha2-256": hashes.SHA256(), "ssh-rsa": hashes.SHA1()}[kind]  # noqa: S303
        blob = string(kind.encode()) + string(private.sign(data, padding.PKCS1v15(), digest))
    else:
        digest = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[private.key_size]
        r, s = utils.decode_dss_signature(private.sign(data, ec.ECDSA(digest)))
        blob = string(key.algorithm.encode()) + string(mpint(r) + mpint(s))
    return sshsig.format_binary(sshsig.SshSignature(key.blob, namespace, hash_name, blob))


@pytest.mark.parametrize("hash_name", ["sha512", "sha256"])
def test_what_ssh_keygen_signs_is_accepted_and_spelt_the_same(pair, hash_name):
    file, key = pair
    armoured = keygen_signs(file, MESSAGE, hash_name=hash_name)
    binary = sshsig.unarmour(armoured)
    assert key.verify(binary, MESSAGE)
    assert not key.verify(binary, MESSAGE + b" ")
    assert sshsig.format_binary(sshsig.parse(binary)) == binary
    assert sshsig.armour(binary) == armoured


@pytest.mark.parametrize("hash_name", ["sha512", "sha256"])
def test_what_is_signed_here_ssh_keygen_accepts(pair, tmp_path, hash_name):
    file, key = pair
    private = load_ssh_private_key(file.read_bytes(), None)
    binary = signed(private, key, MESSAGE, hash_name=hash_name)
    assert key.verify(binary, MESSAGE)
    assert keygen_accepts(tmp_path, key, sshsig.armour(binary), MESSAGE)
    assert not keygen_accepts(tmp_path, key, sshsig.armour(binary), MESSAGE + b" ")


def test_a_signature_made_for_something_else_is_none(pair):
    file, key = pair
    assert not key.verify(sshsig.unarmour(keygen_signs(file, MESSAGE, namespace="git")), MESSAGE)


def test_the_key_inside_a_signature_counts_for_nothing(pair):
    _, key = pair
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    other_key = PublicKey.of_ed25519(ed25519.raw(other))
    binary = signed(other, other_key, MESSAGE)
    assert other_key.verify(binary, MESSAGE)
    assert not key.verify(binary, MESSAGE)
    relabelled = sshsig.format_binary(replace(sshsig.parse(binary), key=key.blob))
    assert not key.verify(relabelled, MESSAGE)


def test_rsa_signs_with_sha2_only(tmp_path):
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "3072", "-N", "", "-f", file], check=True)
    key = public_keys.parse(file.with_suffix(".pub").read_text())
    private = load_ssh_private_key(file.read_bytes(), None)
    assert key.verify(signed(private, key, MESSAGE, kind="rsa-sha2-256"), MESSAGE)
    assert not key.verify(signed(private, key, MESSAGE, kind="ssh-rsa"), MESSAGE)


class Authenticator:
    """A FIDO authenticator in software, after PROTOCOL.u2f."""

    def __init__(self, curve: str, application: bytes = b"ssh:") -> None:
        self.curve = curve
        self.application = application
        if curve == "ed25519":
            self.private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
            self.kind = b"sk-ssh-ed25519@openssh.com"
            fields = [ed25519.raw(self.private)]
        else:
            self.private = ec.derive_private_key(12345, ec.SECP256R1())
            numbers = self.private.public_key().public_numbers()
            self.kind = b"sk-ecdsa-sha2-nistp256@openssh.com"
            fields = [b"nistp256", b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")]
        blob = b"".join(map(string, [self.kind, *fields, self.application]))
        self.key = public_keys.parse(f"{self.kind.decode()} {base64.b64encode(blob).decode()}")

    def signs(self, message: bytes, *, flags: int = 1, counter: int = 7, application: bytes | None = None) -> bytes:
        data = sshsig.to_be_signed(message)
        tail = bytes([flags]) + counter.to_bytes(4, "big")
        app = self.application if application is None else application
        inner = hashlib.sha256(app).digest() + tail + hashlib.sha256(data).digest()
        if self.curve == "ed25519":
            made = self.private.sign(inner)
        else:
            r, s = utils.decode_dss_signature(self.private.sign(inner, ec.ECDSA(hashes.SHA256())))
            made = mpint(r) + mpint(s)
        blob = string(self.kind) + string(made) + tail
        return sshsig.format_binary(sshsig.SshSignature(self.key.blob, sshsig.NAMESPACE, "sha512", blob))


@pytest.mark.parametrize("curve", ["ed25519", "p256"])
class TestAuthenticator:
    def test_its_signature_is_accepted_here_and_by_ssh_keygen(self, curve, tmp_path):
        held = Authenticator(curve)
        for flags in (0x01, 0x05):
            binary = held.signs(MESSAGE, flags=flags)
            assert held.key.verify(binary, MESSAGE)
            assert keygen_accepts(tmp_path, held.key, sshsig.armour(binary), MESSAGE)

    def test_nobody_touching_it_is_no_signature(self, curve):
        held = Authenticator(curve)
        assert not any(held.key.verify(held.signs(MESSAGE, flags=flags), MESSAGE) for flags in (0x00, 0x04))

    def test_data_that_is_not_shown_is_no_signature(self, curve):
        held = Authenticator(curve)
        assert not any(held.key.verify(held.signs(MESSAGE, flags=flags), MESSAGE) for flags in (0x41, 0x81))

    def test_counter_flags_and_application_are_signed(self, curve):
        held = Authenticator(curve)
        binary = held.signs(MESSAGE)
        made = sshsig.parse(binary)
        for tail in (b"\x05" + made.signature[-4:], b"\x01\0\0\0\x08"):
            assert not held.key.verify(
                sshsig.format_binary(replace(made, signature=made.signature[:-5] + tail)), MESSAGE
            )
        assert not held.key.verify(held.signs(MESSAGE, application=b"ssh:other"), MESSAGE)

    def test_a_key_made_for_a_named_application_signs_as_that_one_alone(self, curve, tmp_path):
        held = Authenticator(curve, b"ssh:sign-off")
        binary = held.signs(MESSAGE)
        assert held.key.verify(binary, MESSAGE)
        assert keygen_accepts(tmp_path, held.key, sshsig.armour(binary), MESSAGE)
        assert not held.key.verify(held.signs(MESSAGE, application=b"ssh:"), MESSAGE)


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PublicKey.of_ed25519(ed25519.raw(KEY))
BINARY = signed(KEY, PUBLIC, MESSAGE)
ARMOURED = sshsig.armour(BINARY)
MADE = sshsig.parse(BINARY)


def test_nothing_follows_the_two_numbers_of_an_ecdsa_signature():
    private = ec.derive_private_key(9, ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    kind = b"ecdsa-sha2-nistp256"
    key = PublicKey(kind.decode(), b"".join(map(string, [kind, b"nistp256", point])))
    r, s = utils.decode_dss_signature(private.sign(sshsig.to_be_signed(MESSAGE), ec.ECDSA(hashes.SHA256())))
    for pair, good in ((mpint(r) + mpint(s), True), (mpint(r) + mpint(s) + mpint(1), False), (mpint(r), False)):
        made = sshsig.SshSignature(key.blob, sshsig.NAMESPACE, "sha512", string(kind) + string(pair))
        assert key.verify(sshsig.format_binary(made), MESSAGE) == good


def framed(
    *,
    magic=b"SSHSIG",
    version=1,
    key=PUBLIC.blob,
    namespace=b"governance-evidence",
    reserved=b"",
    hashed=b"sha512",
    rest=None,
    end=b"",
):
    blob = string(MADE.signature if rest is None else rest)
    return magic + version.to_bytes(4, "big") + b"".join(map(string, [key, namespace, reserved, hashed])) + blob + end


def test_the_frame_of_these_cases_is_the_right_one():
    assert framed() == BINARY


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSHSIG",
        framed(magic=b"SSHSIH"),
        framed(version=0),
        framed(version=2),
        framed(namespace=b""),
        framed(namespace=b"a\0b"),
        framed(reserved=b"x"),
        framed(hashed=b"sha1"),
        framed(hashed=b"md5"),
        framed(hashed=b"SHA512"),
        framed(end=b"\0"),
        framed()[:-1],
        framed() + bytes(20000),
    ],
)
def test_another_frame_is_refused(data):
    with pytest.raises(UnreadableError):
        sshsig.parse(data, where="entry 4")
    assert not PUBLIC.verify(data, MESSAGE)


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        MADE.signature + b"\0",
        string(b"ssh-ed25519") + string(bytes(63)),
        string(b"ssh-rsa") + MADE.signature[15:],
        string(b"sk-ssh-ed25519@openssh.com") + MADE.signature[15:] + b"\x01\0\0\0\0",
        MADE.signature[15:],
    ],
)
def test_a_signature_that_is_not_of_the_keys_kind_is_none(rest):
    assert not PUBLIC.verify(framed(rest=rest), MESSAGE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ARMOURED[:-1],
        ARMOURED + "\n",
        "\n" + ARMOURED,
        " " + ARMOURED,
        ARMOURED + ARMOURED,
        ARMOURED.replace("\n", "\r\n"),
        ARMOURED.replace("BEGIN SSH", "BEGIN PGP"),
        ARMOURED.replace("-----\n", "-----\n\n", 1),
        ARMOURED.replace("-----\n", "-----\nComment: x\n", 1),
        ARMOURED.replace("AAAA", "AA AA", 1),
        ARMOURED.replace("\n-----END", "====\n-----END"),
        ARMOURED.replace("\n", "", 3),
    ],
)
def test_another_armour_is_refused(text):
    with pytest.raises(UnreadableError):
        sshsig.unarmour(text, where="me.sig")


def test_lines_of_76_characters_are_read_as_the_protocol_says():
    text = base64.b64encode(BINARY).decode()
    rows = [text[at : at + 76] for at in range(0, len(text), 76)]
    assert sshsig.unarmour("\n".join([ARMOURED.split("\n")[0], *rows, ARMOURED.split("\n")[-2], ""])) == BINARY


@settings(max_examples=300)
@given(st.integers(0, len(BINARY) - 1), st.integers(1, 255))
def test_no_changed_byte_leaves_it_signed(at, change):
    assert not PUBLIC.verify(BINARY[:at] + bytes([BINARY[at] ^ change]) + BINARY[at + 1 :], MESSAGE)


@pytest.mark.parametrize("held", [Authenticator("ed25519"), Authenticator("p256")], ids=["ed25519", "p256"])
def test_no_changed_byte_leaves_an_authenticators_signature_standing(held):
    binary = held.signs(MESSAGE)
    for at in range(len(binary)):
        assert not held.key.verify(binary[:at] + bytes([binary[at] ^ 1]) + binary[at + 1 :], MESSAGE)


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: b"SSHSIG\0\0\0\1" + rest))
def test_any_bytes_are_read_or_refused(data):
    try:
        made = sshsig.parse(data)
    except UnreadableError:
        return
    assert sshsig.format_binary(made) == data


@given(
    st.text(max_size=200).map(lambda text: ARMOURED.split("\n")[0] + "\n" + text + "\n-----END SSH SIGNATURE-----\n")
    | st.text()
)
def test_any_text_is_unarmoured_or_refused(text):
    try:
        sshsig.unarmour(text)
    except UnreadableError:
        return
