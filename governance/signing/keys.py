"""Ed25519 keys: made, kept and read in the forms everybody has (PKCS#8 PEM, OpenSSH).

A private key file must be readable by its owner alone. A public key of small order, or one written in a second spelling, is
refused wherever it appears: under the point 01 00…00 one fixed signature verifies for every message, and its owner could
later have signed anything, or nothing. The eight points of small order have five y-coordinates: 1, −1, 0 and ± that of order
eight (https://eprint.iacr.org/2020/1244, Table 6); either sign of x is refused with them.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
    load_ssh_public_key,
)

from governance.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_P = 2**255 - 19
_ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_EIGHT, _P - _ORDER_EIGHT})


def generate() -> Ed25519PrivateKey:
    """A new private key."""
    return Ed25519PrivateKey.generate()


def save(key: Ed25519PrivateKey, path: Path) -> None:
    """Write a private key as PKCS#8 PEM, readable by its owner alone. Raises `UsageError` where the file exists."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        if os.path.lexists(path):
            raise UsageError("there is a key already, and it is not overwritten", where=str(path)) from None
        raise UsageError(f"the key can not be written: {error.strerror}", where=str(path)) from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)


def load(path: Path, passphrase: bytes | None = None) -> Ed25519PrivateKey:
    """Read a private key in PKCS#8 PEM or OpenSSH form. Refuses one that others can read."""
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"the key can not be read: {error.strerror}", where=str(path)) from None
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError("others can read this private key", where=str(path), hint=f"Run: chmod 600 {path}")
    reader = load_ssh_private_key if b"OPENSSH PRIVATE KEY" in data else load_pem_private_key
    try:
        key = reader(data, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnreadableError(f"not a private key that can be used: {error}", where=str(path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UnreadableError("not an Ed25519 key", where=str(path), hint="Make one with: ssh-keygen -t ed25519")
    return key


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
