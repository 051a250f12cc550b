"""Public keys as people have them: one line of OpenSSH, of any type that can sign here.

A `PublicKey` that exists is one under which a signature means something: weak keys, points off the curve, certificates and second
spellings never become one. Two keys are the same person's key where their `material` is the same, whatever they are called.

A signature comes in two framings: raw, from a plain Ed25519 key (64 bytes) or an ML-DSA-65 key (3,309), or an SSH signature in
binary form, from a key of any type. The key decides how it is verified, never the signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from governance.errors import UnreadableError
from governance.proofs import ed25519, ml_dsa, ssh_keys, sshsig
from governance.proofs.ssh_wire import string

_FIELDS = re.compile(r"([!-~]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+([^\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]*))?\Z")
_MAX_LINE = 16384


@dataclass(frozen=True)
class PublicKey:
    """A public key: its OpenSSH type, and the key in SSH wire form. Making one raises `UnreadableError` as `parse` does."""

    algorithm: str
    blob: bytes

    def __post_init__(self) -> None:
        if ssh_keys.load(self.blob).algorithm != self.algorithm:
            raise UnreadableError("SSH public key: it is of another type than it is called")

    @classmethod
    def of_ed25519(cls, public: bytes) -> PublicKey:
        """The key of 32 raw bytes. Raises `UnreadableError` for a weak one."""
        return cls(ssh_keys.ED25519, string(ssh_keys.ED25519.encode()) + string(public))

    @property
    def line(self) -> str:
        """The key as one line, without a comment: `ssh-ed25519 AAAA…`."""
        return f"{self.algorithm} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint as `ssh-keygen -l` prints it: `SHA256:…`."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def material(self) -> bytes:
        """What identifies the underlying key: the same for one key in a file and in an authenticator, or under two names."""
        return ssh_keys.load(self.blob).material

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature over the message, in one of the two framings. Never raises."""
        if self.algorithm == ssh_keys.ED25519 and len(signature) == 64:
            return ed25519.verify(self.material.removeprefix(b"ed25519:"), signature, message)
        if self.algorithm == ml_dsa.ALGORITHM and len(signature) == ml_dsa.SIGNATURE_BYTES:
            return ml_dsa.verify(self.material.removeprefix(b"ml-dsa-65:"), signature, message)
        return sshsig.verify(self.blob, signature, message)


def parse(line: str, *, where: str = "") -> PublicKey:
    """Read an OpenSSH public key line; a comment may follow the key. Raises `UnreadableError`, naming what is wrong."""
    try:
        found = _FIELDS.match(line.strip(" \t\r\n")) if len(line) <= _MAX_LINE else None
        if found is None:
            hint = "Give one line: type, base64, and a comment if you like."
            raise UnreadableError("not an OpenSSH public key", hint=hint)
        algorithm, text = found[1], found[2]
        blob = base64.b64decode(text, validate=True)
        if base64.b64encode(blob).decode() != text:
            raise UnreadableError("an OpenSSH public key in a second spelling")
        return PublicKey(algorithm, blob)
    except binascii.Error as error:
        raise UnreadableError(f"not an OpenSSH public key: {error}", where=where) from None
    except UnreadableError as error:
        raise UnreadableError(error.message, where=where, hint=error.hint) from None
