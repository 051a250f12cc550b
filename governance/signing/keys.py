"""Private keys: made, kept and read in the forms everybody has (PKCS#8 PEM, OpenSSH).

A private key file must be readable by its owner alone.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from governance.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


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
