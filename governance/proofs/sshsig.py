"""SSH signatures over files and messages, as `ssh-keygen -Y sign` makes them (OpenSSH, PROTOCOL.sshsig).

A signature holds the key that made it, a namespace that keeps it from being used for anything else, and a signature over
"SSHSIG" ‖ namespace ‖ reserved ‖ name of the hash ‖ hash of the message. Kept in an envelope it is the binary form; in a file it
is armoured. Which key may sign is never the signature's to say: `verify` is given the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from governance.errors import UnreadableError
from governance.proofs import ssh_keys
from governance.proofs.ssh_wire import Reader, string

NAMESPACE = "governance-evidence"
MAGIC = b"SSHSIG"
_HASHES = ("sha256", "sha512")
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_LINE = re.compile(r"[A-Za-z0-9+/=]{1,76}\Z")
_MAX_BYTES = 16384


@dataclass(frozen=True)
class SshSignature:
    """A signature taken apart: the key in wire form, namespace, name of the hash, and the signature blob."""

    key: bytes
    namespace: str
    hash_name: str
    signature: bytes


def parse(data: bytes, *, where: str = "") -> SshSignature:
    """Read the binary form strictly. Raises `UnreadableError`; nothing is verified here."""
    if len(data) > _MAX_BYTES:
        raise UnreadableError("SSH signature: too long", where=where)
    reader = Reader(data, what="SSH signature", where=where)
    if reader.take(6) != MAGIC or reader.number() != 1:
        raise reader.error("it does not begin as one of version 1")
    key = reader.string()
    namespace = reader.text()
    if not namespace:
        raise reader.error("it has no namespace")
    if reader.string():
        raise reader.error("its reserved field is not empty")
    hash_name, signature = reader.text(), reader.string()
    reader.end()
    if hash_name not in _HASHES:
        raise reader.error(f"made over the hash {hash_name[:20]!r}; {' and '.join(_HASHES)} are taken")
    return SshSignature(key, namespace, hash_name, signature)


def format_binary(signature: SshSignature) -> bytes:
    """The binary form, as it stands in an envelope."""
    head = MAGIC + (1).to_bytes(4, "big") + string(signature.key) + string(signature.namespace.encode())
    return head + string(b"") + string(signature.hash_name.encode()) + string(signature.signature)


def armour(data: bytes) -> str:
    """The armoured form of a binary signature, byte for byte as `ssh-keygen` writes it."""
    text = base64.b64encode(data).decode()
    rows = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join([_BEGIN, *rows, _END, ""])


def unarmour(text: str, *, where: str = "") -> bytes:
    """The binary signature inside an armoured one. Raises `UnreadableError`; anything before or after it is refused."""
    rows = text.split("\n")
    if len(text) > 2 * _MAX_BYTES or rows[0] != _BEGIN or rows[-2:] != [_END, ""]:
        raise UnreadableError(f"not an SSH signature from {_BEGIN} to {_END}", where=where)
    if not all(_LINE.match(row) for row in rows[1:-2]):
        raise UnreadableError("SSH signature: a line that is not base64", where=where)
    joined = "".join(rows[1:-2])
    try:
        data = base64.b64decode(joined, validate=True)
    except binascii.Error as error:
        raise UnreadableError(f"SSH signature: {error}", where=where) from None
    if base64.b64encode(data).decode() != joined:
        raise UnreadableError("SSH signature: base64 in a second spelling", where=where)
    return data


def to_be_signed(message: bytes, *, namespace: str = NAMESPACE, hash_name: str = "sha512") -> bytes:
    """What the key signs for this message."""
    digest = hashlib.new(hash_name, message).digest()
    return MAGIC + string(namespace.encode()) + string(b"") + string(hash_name.encode()) + string(digest)


def verify(key: bytes, signature: bytes, message: bytes, *, namespace: str = NAMESPACE) -> bool:
    """Whether a binary signature over the message was made in this namespace by this very key (wire form). Never raises."""
    try:
        made = parse(signature)
        if made.key != key or made.namespace != namespace:
            return False
        signed = to_be_signed(message, namespace=namespace, hash_name=made.hash_name)
        return ssh_keys.load(key).verify(made.signature, signed)
    except UnreadableError:
        return False
