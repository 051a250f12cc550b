"""Ed25519 public keys in the forms everybody has, and the refusal of those under which a signature says nothing.

A public key of small order, or one written in a second spelling, is refused wherever it appears: under the point 01 00…00 one
fixed signature verifies for every message, and its owner could later have signed anything, or nothing. The eight points of
small order have five y-coordinates: 1, −1, 0 and ± that of order eight (https://eprint.iacr.org/2020/1244, Table 6); either
sign of x is refused with them. So is what is no point of the curve, and a point with a part of small order in it: no key maker
makes one, and verifiers disagree about what it signed (the same paper, section 3).
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

from governance.errors import UnreadableError

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_EIGHT, _P - _ORDER_EIGHT})

Point = tuple[int, int, int, int]


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
    """Refuse small-order points, encodings that are not the one canonical spelling, and what no key maker makes."""
    if len(public) != 32:
        raise UnreadableError("an Ed25519 public key has 32 bytes", where=where)
    if problem := _problem(bytes(public)):
        raise UnreadableError(problem, where=where)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's over the message. A weak key verifies nothing."""
    try:
        require_strong(public)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, UnreadableError):
        return False
    return True


@lru_cache(maxsize=4096)
def _problem(public: bytes) -> str:
    """Why these 32 bytes are refused, or nothing."""
    encoded = int.from_bytes(public, "little")
    y = encoded & ((1 << 255) - 1)
    if y >= _P or y in _SMALL_ORDER_Y:
        return "this public key is weak: it would verify signatures nobody made"
    x = _x(y)
    if x is None:
        return "this public key is no point of the curve"
    if x & 1 != encoded >> 255:
        x = _P - x
    if not _of_prime_order((x, y, 1, x * y % _P)):
        return "this public key is weak: it has a part of small order, and verifiers disagree about it"
    return ""


def _x(y: int) -> int | None:
    """One x of the point with this y (RFC 8032, section 5.1.3), or None where there is none."""
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    square = v * x * x % _P
    if square == u:
        return x
    return x * _ROOT_OF_MINUS_ONE % _P if square == _P - u else None


def _of_prime_order(point: Point) -> bool:
    """Whether the group's order times the point is the neutral element."""
    held: Point = (0, 1, 1, 0)
    for bit in f"{_L:b}":
        held = _add(held, held)
        if bit == "1":
            held = _add(held, point)
    return held[0] == 0 and held[1] == held[2]


def _add(one: Point, other: Point) -> Point:
    """The sum of two points in extended coordinates (RFC 8032, section 5.1.4)."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % _P, (one[1] + one[0]) * (other[1] + other[0]) % _P
    c, d = 2 * one[3] * other[3] * _D % _P, 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P
