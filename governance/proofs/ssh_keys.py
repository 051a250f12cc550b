"""SSH public keys in wire form, and what each kind signs (RFC 4253 section 6.6, RFC 5656, RFC 8332, RFC 8709).

Keys held in a FIDO authenticator (`sk-…`) are those of OpenSSH's PROTOCOL.u2f: what is signed is the digest of the application,
a byte of flags, a counter, and the digest of the message, and the flag that somebody touched the authenticator must be set.

A key is refused here, once and for all, where a signature under it would say nothing: a weak point, a point off the curve, a
short modulus. What a blob says of itself decides which verifier runs; a signature that claims another algorithm is refused.

An ECDSA signature has a twin, (r, n − s), that anybody can write down and that verifies as well; `ssh-keygen` makes either. So the
bytes of a signature identify nothing: what is stored is named by the digest of the whole envelope.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from governance.errors import UnreadableError
from governance.proofs import ed25519, ml_dsa
from governance.proofs.ssh_wire import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

ED25519 = "ssh-ed25519"
RSA = "ssh-rsa"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_P256 = "sk-ecdsa-sha2-nistp256@openssh.com"

_CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm, int]] = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256(), 32),
    "nistp384": (ec.SECP384R1(), hashes.SHA384(), 48),
    "nistp521": (ec.SECP521R1(), hashes.SHA512(), 66),
}
_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {"rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}
TYPES = (ED25519, *(f"ecdsa-sha2-{curve}" for curve in _CURVES), RSA, SK_ED25519, SK_P256, ml_dsa.ALGORITHM)

MIN_RSA_BITS, MAX_RSA_BITS = 3072, 16384
_MAX_BLOB = 8192
_PRESENT, _UNSIGNED_DATA = 0x01, 0xC0  # user present; attested credential and extension data, which nothing here covers


@dataclass(frozen=True)
class Loaded:
    """A key that was read: its type, the bytes that tell its mathematics, and how a signature blob of it is verified.

    `material` is the same for a key in a file and in an authenticator, and for an RSA modulus under another exponent.
    """

    algorithm: str
    material: bytes
    check: Callable[[Reader, str, bytes], bool]

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether an SSH signature blob is this key's over the message. Raises `UnreadableError` where it is none at all."""
        reader = Reader(signature, what="SSH signature")
        return self.check(reader, reader.text(), message)


@lru_cache(maxsize=4096)
def load(blob: bytes) -> Loaded:
    """Read a public key in wire form. Raises `UnreadableError` for other types, weak keys, second spellings."""
    if len(blob) > _MAX_BLOB:
        raise UnreadableError("SSH public key: too long")
    reader = Reader(blob, what="SSH public key")
    algorithm = reader.text()
    if algorithm not in TYPES:
        known = "a certificate is no key" if "-cert-v" in algorithm else f"known are {', '.join(TYPES)}"
        raise reader.error(f"of type {algorithm[:60]!r}; {known}")
    if algorithm == RSA:
        return _rsa(reader)
    if algorithm in (ED25519, SK_ED25519):
        return _ed25519(algorithm, reader)
    if algorithm == ml_dsa.ALGORITHM:
        return _ml_dsa(reader)
    return _ecdsa(algorithm, reader)


def _ml_dsa(reader: Reader) -> Loaded:
    public = reader.string()
    reader.end()
    ml_dsa.require_strong(public)

    def check(signature: Reader, named: str, message: bytes) -> bool:
        _named(signature, named, ml_dsa.ALGORITHM)
        made = signature.string()
        signature.end()
        return ml_dsa.verify(public, made, message)

    return Loaded(ml_dsa.ALGORITHM, b"ml-dsa-65:" + public, check)


def _ed25519(algorithm: str, reader: Reader) -> Loaded:
    public = reader.string()
    ed25519.require_strong(public)
    application = _application(reader) if algorithm == SK_ED25519 else b""
    reader.end()

    def check(signature: Reader, named: str, message: bytes) -> bool:
        _named(signature, named, algorithm)
        made = signature.string()
        if len(made) != 64:
            raise signature.error("an Ed25519 signature has 64 bytes")
        if algorithm == SK_ED25519:
            message = _touched(signature, application, message)
        signature.end()
        return ed25519.verify(public, made, message)

    return Loaded(algorithm, b"ed25519:" + public, check)


def _ecdsa(algorithm: str, reader: Reader) -> Loaded:
    in_authenticator = algorithm == SK_P256
    name = "nistp256" if in_authenticator else algorithm.removeprefix("ecdsa-sha2-")
    curve, digest, width = _CURVES[name]
    if reader.text() != name:
        raise reader.error("its curve is not the one of its type")
    point = reader.string()
    if len(point) != 1 + 2 * width or point[0] != 4:
        raise reader.error("a point in another form than the uncompressed one")
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except ValueError:
        raise reader.error("this is no point of the curve") from None
    application = _application(reader) if in_authenticator else b""
    reader.end()

    def check(signature: Reader, named: str, message: bytes) -> bool:
        _named(signature, named, algorithm)
        pair = Reader(signature.string(), what="SSH signature")
        made = utils.encode_dss_signature(pair.positive(), pair.positive())
        pair.end()
        if in_authenticator:
            message = _touched(signature, application, message)
        signature.end()
        try:
            public.verify(made, message, ec.ECDSA(digest))
        except InvalidSignature:
            return False
        return True

    return Loaded(algorithm, f"{name}:".encode() + point, check)


def _rsa(reader: Reader) -> Loaded:
    exponent, modulus = reader.positive(), reader.positive()
    reader.end()
    if not MIN_RSA_BITS <= modulus.bit_length() <= MAX_RSA_BITS:
        raise reader.error(
            f"an RSA key of {modulus.bit_length()} bits; from {MIN_RSA_BITS} to {MAX_RSA_BITS} are taken"
        )
    if not exponent & 1 or not modulus & 1 or not 2**16 < exponent < 2**256:  # FIPS 186-5, section 5.4
        raise reader.error("an RSA key whose exponent or modulus is even, or whose exponent is out of bounds")
    try:
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise reader.error(f"an RSA key that can not be used: {error}") from None

    def check(signature: Reader, named: str, message: bytes) -> bool:
        if named not in _RSA_HASHES:
            raise signature.error(f"made as {named[:60]!r}, and an RSA key signs as {' or '.join(_RSA_HASHES)}")
        made = signature.string()
        signature.end()
        try:
            public.verify(made, message, padding.PKCS1v15(), _RSA_HASHES[named])
        except InvalidSignature:
            return False
        return True

    width = (modulus.bit_length() + 7) // 8
    return Loaded(RSA, b"rsa:" + modulus.to_bytes(width, "big"), check)


def _named(signature: Reader, named: str, algorithm: str) -> None:
    if named != algorithm:
        raise signature.error(f"made as {named[:60]!r}, and the key is {algorithm}")


def _application(reader: Reader) -> bytes:
    application = reader.string()
    if not application.startswith(b"ssh:"):
        raise reader.error("made for another application than SSH")
    return application


def _touched(signature: Reader, application: bytes, message: bytes) -> bytes:
    """What the authenticator signed. Raises where nobody was present, or where it says that more was signed than this."""
    flags, counter = signature.take(1), signature.take(4)
    if not flags[0] & _PRESENT:
        raise signature.error("the authenticator signed without anybody touching it")
    if flags[0] & _UNSIGNED_DATA:
        raise signature.error("the authenticator says that it signed further data")
    return hashlib.sha256(application).digest() + flags + counter + hashlib.sha256(message).digest()
