"""Checkpoints as signed notes, in the form that transparency logs have settled on.

A note is text, an empty line, and signature lines `— <name> <base64(key id ‖ signature)>` (https://c2sp.org/signed-note); a
checkpoint is a note whose text is origin, size and base64 root (https://c2sp.org/tlog-checkpoint). The key id is the first
four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key), 0x01 being Ed25519. A name holds neither space nor `+`.

A key here is 32 raw bytes and a signer is a function, so this module knows no key files.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

_ED25519 = b"\x01"
_ROOT = re.compile(r"[0-9a-f]{64}\Z")


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


def text(checkpoint: Head) -> str:
    """The signed text of a checkpoint."""
    root = base64.b64encode(bytes.fromhex(checkpoint.root)).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that name a key in a signature line."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def sign(checkpoint: Head, public_key: bytes, signer: Callable[[bytes], bytes]) -> bytes:
    """The checkpoint as a signed note; the key bears the origin's name."""
    body = text(checkpoint)
    blob = base64.b64encode(key_id(checkpoint.origin, public_key) + signer(body.encode())).decode()
    return f"{body}\n\u2014 {checkpoint.origin} {blob}\n".encode()


def parse(data: bytes, *, where: str = "checkpoint") -> tuple[Head, bytes, list[tuple[str, bytes, bytes]]]:
    """Returns (checkpoint, signed text, [(key name, key id, signature)]). Signatures are split off, not verified."""
    try:
        note = data.decode("utf-8")
        body, signatures = note.rsplit("\n\n", 1)
        body += "\n"
        origin, size, root, *_ = body.split("\n")
        decoded = base64.b64decode(root, validate=True)
        if not size.isdigit() or (size != "0" and size.startswith("0")) or len(decoded) != 32:
            raise ValueError("size or root")
        checkpoint = Head(origin=origin, size=int(size), root=decoded.hex())
        if text(checkpoint) != body or not signatures.endswith("\n"):
            raise ValueError("not in canonical form")
        lines = [_signature(line) for line in signatures[:-1].split("\n")]
    except (ValueError, UnicodeDecodeError, binascii.Error) as error:
        raise UnreadableError(f"not a signed checkpoint: {error}", where=where) from None
    return checkpoint, body.encode(), lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, blob = line.split(" ")
    raw = base64.b64decode(blob, validate=True)
    if dash != "\u2014" or not name or len(raw) < 5 or base64.b64encode(raw).decode() != blob:
        raise ValueError("a signature line")
    return name, raw[:4], raw[4:]
