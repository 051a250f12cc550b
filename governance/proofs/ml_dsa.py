"""ML-DSA-65 (FIPS 204): a signature that a quantum computer does not forge, for what must still be believed in many years.

Keys have the names and the wire form of draft-sfluhrer-ssh-mldsa (`ssh-mldsa-65`), signatures are pure ML-DSA with an empty context.
`cryptography` verifies them where its version can (`supported`); where it can not, no signature of such a key counts, and whoever
reads a pack is told so. Nothing of the mathematics is ours.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from governance.errors import UnreadableError

ALGORITHM = "ssh-mldsa-65"
PUBLIC_BYTES, SIGNATURE_BYTES = 1952, 3309
_RHO = 32  # bytes of the seed of the matrix; the packed vector t1 follows (FIPS 204, algorithm 22)


def require_strong(public: bytes) -> None:
    """Refuse what is no public key, and one under which anybody signs.

    Any bytes of the right length are a key. But where the vector t1 is nearly zero the private key drops out of the equation of
    verification, and a signature can be made for every message without it; in an honest key one byte in 256 is zero.
    """
    if len(public) != PUBLIC_BYTES:
        raise UnreadableError(f"an ML-DSA-65 public key has {PUBLIC_BYTES} bytes, not {len(public)}")
    if public[_RHO:].count(0) > (PUBLIC_BYTES - _RHO) // 2:
        raise UnreadableError("an ML-DSA-65 public key under which anybody can sign")


@cache
def supported() -> bool:
    """Whether the installed `cryptography`, and the OpenSSL in it, can verify ML-DSA-65."""
    try:
        _module().MLDSA65PublicKey.from_public_bytes(bytes(PUBLIC_BYTES))
    except (ImportError, AttributeError, UnsupportedAlgorithm):
        return False
    return True


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a raw signature over the message is this key's. Never raises; False where it can not be evaluated."""
    if len(signature) != SIGNATURE_BYTES or len(public) != PUBLIC_BYTES or not supported():
        return False
    try:
        _module().MLDSA65PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _module() -> Any:
    from cryptography.hazmat.primitives.asymmetric import mldsa

    return mldsa
