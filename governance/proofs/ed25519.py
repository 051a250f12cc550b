"""Ed25519 public keys in the forms everybody has, and the refusal of those under which a signature says nothing.

A public key of small order, or one written in a second spelling, is refused wherever it appears: under the point 01 00…00 one
fixed signature verifies for every message, and its owner could later have signed anything, or nothing. The eight points of
small order have five y-coordinates: 1, −1, 0 and ± that of order eight (https://eprint.iacr.org/2020/1244, Table 6); either
sign of x is refused with them.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

from governance.errors import UnreadableError

_P = 2**255 - 19
_ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_EIGHT, _P - _ORDER_EIGHT})


def raw(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """The 32 bytes of the public key."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_line(public: bytes) -> str:
    """The public key as OpenSSH writes it: `ssh-ed25519 AAAA…`."""
    return Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def fingerprint(public: bytes) -> str:
    """The fingerprint as `ssh-keygen -l` prints it: `SHA256:…`."""
    blob = base64.b64decode(public_line(public).split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def parse_public(line: str, *, where: str = "") -> bytes:
    """The 32 bytes of an OpenSSH public key line. Raises `UnreadableError` for another kind, a weak or a second spelling."""
    try:
        key = load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnreadableError(f"not an OpenSSH public key: {error}", where=where) from None
    if not isinstance(key, Ed25519PublicKey):
        raise UnreadableError("not an Ed25519 public key", where=where)
    public = raw(key)
    if len(line.splitlines()) != 1 or line.split()[:2] != public_line(public).split():
        raise UnreadableError("an OpenSSH public key in a second spelling", where=where)
    require_strong(public, where=where)
    return public


def require_strong(public: bytes, *, where: str = "") -> None:
    """Refuse small-order points and encodings that are not the one canonical spelling."""
    if len(public) != 32:
        raise UnreadableError("an Ed25519 public key has 32 bytes", where=where)
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    if y >= _P or y in _SMALL_ORDER_Y:
        raise UnreadableError("this public key is weak: it would verify signatures nobody made", where=where)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's over the message. A weak key verifies nothing."""
    try:
        require_strong(public)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, UnreadableError):
        return False
    return True
