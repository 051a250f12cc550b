"""Private keys: made, kept and read in the forms everybody has (PKCS#8 PEM, OpenSSH), and what signs with them.

A private key file must be readable by its owner alone. A plain Ed25519 key signs here. Whatever else OpenSSH knows (a key on a
security token, in an agent, of another type) signs through `ssh-keygen -Y sign`, which asks its owner itself; for those the
file named may be the `.pub` beside the key.
"""

from __future__ import annotations

import os
import stat
import subprocess
from dataclasses import dataclass
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
from governance.proofs import dsse, ed25519, public_keys, sshsig
from governance.proofs.public_keys import PublicKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SIGNING_SECONDS = 120
_MAX_KEY = 65_536


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


@dataclass(frozen=True)
class SigningKey:
    """Something that signs, and the public key under which it is verified."""

    public: PublicKey
    sign: Callable[[bytes], bytes]

    def seal(self, payload: bytes) -> bytes:
        """The DSSE envelope around an in-toto statement, in canonical JSON."""
        signature = self.sign(dsse.pae(dsse.IN_TOTO, payload))
        return dsse.assemble(payload, [(self.public.fingerprint, signature)])


def of_private(key: Ed25519PrivateKey) -> SigningKey:
    """What signs with an Ed25519 key that is at hand."""
    return SigningKey(PublicKey.of_ed25519(ed25519.raw(key)), key.sign)


def signing_key(path: Path, passphrase: bytes | None = None) -> SigningKey:
    """What signs with the key in a file. Raises `UsageError` or `UnreadableError` with the remedy."""
    beside = path if path.suffix == ".pub" else path.with_name(path.name + ".pub")
    if path != beside:
        try:
            return of_private(load(path, passphrase))
        except UnreadableError as error:
            if not beside.is_file():
                hint = f"{error.hint} Or lay {beside.name} beside it.".lstrip()
                raise UnreadableError(error.message, where=str(path), hint=hint) from None
    public = _public(beside)
    return SigningKey(public, lambda message: _by_ssh_keygen(path, public, message))


def _public(path: Path) -> PublicKey:
    try:
        with path.open("rb") as stream:
            return public_keys.parse(stream.read(_MAX_KEY).decode("utf-8", "replace"), where=str(path))
    except OSError as error:
        raise UsageError(f"the key can not be read: {error.strerror}", where=str(path)) from None


def _by_ssh_keygen(path: Path, public: PublicKey, message: bytes) -> bytes:
    """The SSH signature in binary form. OpenSSH asks for a passphrase or a touch by itself, on the terminal."""
    command = ["ssh-keygen", "-Y", "sign", "-n", sshsig.NAMESPACE, "-f", str(path)]
    try:
        done = subprocess.run(command, input=message, capture_output=True, timeout=_SIGNING_SECONDS, check=False)  # noqa: S603
    except FileNotFoundError:
        raise UsageError("a key of this type signs with ssh-keygen, which is not installed", where=str(path)) from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"ssh-keygen gave no signature within {_SIGNING_SECONDS} seconds", where=str(path)) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise UsageError(f"ssh-keygen could not sign: {said}", where=str(path))
    signature = sshsig.unarmour(done.stdout.decode("ascii", "replace"), where=str(path))
    if not public.verify(signature, message):
        raise UsageError("ssh-keygen signed with another key than the one beside it", where=str(path))
    return signature
