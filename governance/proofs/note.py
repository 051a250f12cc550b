"""Checkpoints as signed notes, in the form that transparency logs have settled on, and the signatures of logs and witnesses.

A note is text, an empty line, and signature lines `— <name> <base64(key id ‖ signature)>` (https://c2sp.org/signed-note); a
checkpoint is a note whose text is origin, size and base64 root (https://c2sp.org/tlog-checkpoint). Lines may follow them in the
text, which say nothing to us; a signature of type 1 or 4 covers them, one of type 6 does not. What is written here has none.

A witness signs "cosignature/v1", the time in seconds since 1970, and the text (https://c2sp.org/tlog-cosignature). A key is a
`VerifierKey` and a signer is a function, so this module knows no key files.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from governance.errors import UnreadableError
from governance.proofs import vkeys
from governance.proofs.vkeys import COSIGNER, LOG, ML_DSA_44, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_BYTES = 1024 * 1024
MAX_SIGNATURES = 100
MAX_TIME = 2**63 - 1

Line = tuple[str, bytes, bytes]
"""A signature line: key name, key id, and what follows the key id."""

_ROOT = re.compile(r"[0-9a-f]{64}\Z")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)\Z")
_DASH = "\u2014"


@dataclass(frozen=True)
class Head:
    """The head of a log: its origin, how many entries, and the hexadecimal root of the tree over them."""

    origin: str
    size: int
    root: str

    def __post_init__(self) -> None:
        name = self.origin
        if not 0 < len(name) <= 255 or any(c == "+" or c.isspace() or unicodedata.category(c)[0] == "C" for c in name):
            raise ValueError("an origin holds neither space nor plus sign nor what can not be seen")
        if self.size < 0 or not _ROOT.match(self.root):
            raise ValueError("a head has a size of 0 or more and a root of 64 hexadecimal digits")


class Checkpoint(NamedTuple):
    """A checkpoint that was read: the head, the text that is signed, and the signature lines, none of them verified."""

    head: Head
    text: bytes
    signatures: list[Line]

    @property
    def extensions(self) -> tuple[str, ...]:
        """The lines of the text after the root."""
        return tuple(self.text.decode().split("\n")[3:-1])


def text(checkpoint: Head) -> str:
    """The signed text of a checkpoint, as it is written here: without extension lines."""
    root = base64.b64encode(bytes.fromhex(checkpoint.root)).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that name a log's Ed25519 key in a signature line."""
    return vkeys.key_id(name, LOG, public_key)


def line(name: str, key_id: bytes, signature: bytes) -> bytes:
    """A signature line, newline included."""
    return f"{_DASH} {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


def sign(checkpoint: Head, public_key: bytes, signer: Callable[[bytes], bytes]) -> bytes:
    """The checkpoint as a note signed by the log's Ed25519 key, which bears the origin's name."""
    body = text(checkpoint).encode()
    return body + b"\n" + line(checkpoint.origin, key_id(checkpoint.origin, public_key), signer(body))


def split(data: bytes, *, where: str = "note") -> tuple[bytes, list[Line]]:
    """The text of any signed note and its signature lines. Raises `UnreadableError`; nothing is verified here."""
    try:
        return _split(data)
    except ValueError as error:  # UnicodeDecodeError and binascii.Error are ValueErrors
        raise UnreadableError(f"not a signed note: {error}", where=where) from None


def parse(data: bytes, *, where: str = "checkpoint") -> Checkpoint:
    """Read a signed checkpoint. Raises `UnreadableError`; signatures are split off, not verified."""
    try:
        body, lines = _split(data)
        origin, size, root, *more = body.decode().split("\n")
        decoded = base64.b64decode(root.encode("ascii"), validate=True)
        if not _NUMBER.match(size) or len(decoded) != 32 or not more or not all(more[:-1]):
            raise ValueError("size, root or an empty line")
        head = Head(origin=origin, size=int(size), root=decoded.hex())
        if not body.startswith(text(head).encode()):
            raise ValueError("not in canonical form")
    except ValueError as error:
        raise UnreadableError(f"not a signed checkpoint: {error}", where=where) from None
    return Checkpoint(head, body, lines)


def add(data: bytes, lines: Iterable[bytes], *, where: str = "checkpoint") -> bytes:
    """The note with signature lines added at its end; a line that it has already is not added twice.

    Raises `UnreadableError` where the note or a line can not be read, or the lines become too many.
    """
    split(data, where=where)
    made = data
    for each in lines:
        if b"\n" in each[:-1] or not each.endswith(b"\n"):
            raise UnreadableError("a signature line is one line, and ends in a newline", where=where)
        if each not in made.split(b"\n\n")[-1].splitlines(keepends=True):
            made += each
    split(made, where=where)
    return made


def verify_log(checkpoint: Checkpoint, key: VerifierKey) -> bool:
    """Whether the log with this key signed the checkpoint. The key's name must be the origin; never raises.

    A line of the key that does not verify spoils the note, whatever the others say, as the specification advises.
    """
    if key.kind == COSIGNER or key.name != checkpoint.head.origin:
        return False
    if key.kind == ML_DSA_44:
        return verify_cosignature(checkpoint, key) is not None
    made = _of(checkpoint, key)
    return bool(made) and all(key.verifies(signature, checkpoint.text) for signature in made)


def cosign(checkpoint: Checkpoint, key: VerifierKey, signer: Callable[[bytes], bytes], time: int) -> bytes:
    """The signature line by which a witness (or, with type 6, a log) signs a checkpoint at a time in seconds since 1970."""
    if not 0 < time <= MAX_TIME:
        raise UnreadableError(f"{time} is no time to cosign at")
    return line(key.name, key.key_id, time.to_bytes(8, "big") + signer(to_be_cosigned(checkpoint, key, time)))


def verify_cosignature(checkpoint: Checkpoint, key: VerifierKey) -> int | None:
    """When the witness with this key cosigned, in seconds since 1970, or None where it did not. Never raises.

    Of several times the earliest is the answer: the checkpoint existed then. 0 is possible with type 6 alone, and says that the
    cosigner names no time. A line of the key that does not verify spoils them all.
    """
    if key.kind == LOG:
        return None
    times = []
    for signature in _of(checkpoint, key):
        time = int.from_bytes(signature[:8], "big")
        if len(signature) < 8 or time > MAX_TIME or (time == 0 and key.kind != ML_DSA_44):
            return None
        try:
            message = to_be_cosigned(checkpoint, key, time)
        except UnreadableError:
            return None
        if not key.verifies(signature[8:], message):
            return None
        times.append(time)
    return min(times, default=None)


def to_be_cosigned(checkpoint: Checkpoint, key: VerifierKey, time: int) -> bytes:
    """What a cosigner signs. Raises `UnreadableError` where the form has no room for the origin or the size."""
    if key.kind == COSIGNER:
        return b"cosignature/v1\ntime %d\n" % time + checkpoint.text
    name, origin = key.name.encode(), checkpoint.head.origin.encode()
    if key.kind != ML_DSA_44 or len(origin) > 255 or checkpoint.head.size >= 2**64:
        raise UnreadableError("a head that a key of this type can not cosign")
    numbers = bytes(8) + checkpoint.head.size.to_bytes(8, "big")
    named = bytes([len(name)]) + name + time.to_bytes(8, "big") + bytes([len(origin)]) + origin
    return b"subtree/v1\n\0" + named + numbers + bytes.fromhex(checkpoint.head.root)


def _of(checkpoint: Checkpoint, key: VerifierKey) -> list[bytes]:
    mine = key.key_id
    return [signature for name, claimed, signature in checkpoint.signatures if (name, claimed) == (key.name, mine)]


def _split(data: bytes) -> tuple[bytes, list[Line]]:
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    note = data.decode("utf-8")
    if _CONTROL.search(note):
        raise ValueError("a control character")
    body, empty, signatures = note.rpartition("\n\n")
    if not empty or not signatures.endswith("\n"):
        raise ValueError("text, an empty line and signatures, ended by a newline")
    rows = signatures[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise ValueError(f"more than {MAX_SIGNATURES} signatures")
    return (body + "\n").encode(), [_signature(row) for row in rows]


def _signature(row: str) -> Line:
    parts = row.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not parts[1] or any(c == "+" or c.isspace() for c in parts[1]):
        raise ValueError("a signature line")
    raw = base64.b64decode(parts[2].encode("ascii"), validate=True)
    if len(raw) < 5 or base64.b64encode(raw).decode() != parts[2]:
        raise ValueError("a signature line")
    return parts[1], raw[:4], raw[4:]
