"""Verifier keys: the name and the public key of a log or a witness in one text (https://c2sp.org/signed-note, "Verifier keys").

The text is `<name>+<key id in hex>+<base64 of type ‖ key>`. Three types are known: 1, the Ed25519 key of a log; 4, the Ed25519 key
of a witness that cosigns with a time; 6, an ML-DSA-44 key that does either, in the form that outlives quantum computers
(https://c2sp.org/tlog-cosignature). ML-DSA is verified where the installed `cryptography` can; where it can not, the key is read and
`evaluable` says no, and nothing counts as verified by it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from governance.errors import UnreadableError
from governance.proofs import ed25519

LOG, COSIGNER, ML_DSA_44 = 0x01, 0x04, 0x06
SIGNATURE_BYTES = {LOG: 64, COSIGNER: 64, ML_DSA_44: 2420}
_KEY_BYTES = {LOG: 32, COSIGNER: 32, ML_DSA_44: 1312}
MAX_NAME_BYTES = 255


@dataclass(frozen=True)
class VerifierKey:
    """A key that verifies signature lines. Making one raises `UnreadableError` for a weak key or what is no name."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise UnreadableError("a key name holds neither space nor plus sign, and from 1 to 255 bytes")
        if self.kind not in _KEY_BYTES:
            raise UnreadableError(f"a verifier key of type {self.kind}; known are {', '.join(map(str, _KEY_BYTES))}")
        if len(self.public) != _KEY_BYTES[self.kind]:
            raise UnreadableError(f"a verifier key of type {self.kind} has {_KEY_BYTES[self.kind]} bytes")
        if self.kind != ML_DSA_44:
            ed25519.require_strong(self.public)

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        return key_id(self.name, self.kind, self.public)

    @property
    def material(self) -> bytes:
        """What identifies the underlying key, whatever it is called; the same as a `PublicKey` of it has."""
        return (b"ml-dsa-44:" if self.kind == ML_DSA_44 else b"ed25519:") + self.public

    @property
    def evaluable(self) -> bool:
        """Whether signatures of this key can be verified by what is installed."""
        return self.kind != ML_DSA_44 or _ml_dsa(self.public) is not None

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the bare signature (no time before it) is this key's over these bytes. Never raises."""
        if len(signature) != SIGNATURE_BYTES[self.kind]:
            return False
        if self.kind != ML_DSA_44:
            return ed25519.verify(self.public, signature, message)
        key = _ml_dsa(self.public)
        if key is None:
            return False
        try:
            key.verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def __str__(self) -> str:
        """The key in its text form."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"


def parse_vkey(text: str, *, where: str = "") -> VerifierKey:
    """Read a verifier key in its one spelling. Raises `UnreadableError`."""
    parts = text.split("+", 2)
    try:
        if len(parts) != 3:
            raise UnreadableError("not a verifier key: name, key id and key, with a plus sign between them")
        raw = base64.b64decode(parts[2].encode("ascii"), validate=True)
        key = VerifierKey(parts[0], raw[0] if raw else 0, raw[1:])
        if str(key) != text:
            raise UnreadableError("a verifier key whose id is another key's, or that is in a second spelling")
    except UnreadableError as error:
        raise UnreadableError(error.message, where=where, hint=error.hint) from None
    except ValueError as error:
        raise UnreadableError(f"not a verifier key: {error}", where=where) from None
    return key


def vkey(name: str, public: bytes, kind: int) -> str:
    """The text form of a key. Raises `UnreadableError` for a weak key or what is no name."""
    return str(VerifierKey(name, kind, public))


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ newline ‖ type ‖ key)."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def is_name(name: str) -> bool:
    """Whether this can name a key: neither empty nor long, no space of any kind, no plus sign, no control character."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= MAX_NAME_BYTES and not any(c == "+" or c.isspace() or c < " " or c == "\x7f" for c in name)


def _ml_dsa(public: bytes) -> Any:
    """The ML-DSA-44 key of `cryptography`, or None where the installed version has none."""
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa

        return mldsa.MLDSA44PublicKey.from_public_bytes(public)
    except (ImportError, AttributeError, UnsupportedAlgorithm, ValueError):
        return None
