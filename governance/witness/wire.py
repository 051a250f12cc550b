"""What a log and a witness say to each other: the request, and the ways in which a witness declines.

A request is `old <size>`, at most 63 lines of base64 hashes, an empty line, and a checkpoint; every line ends in a newline
(https://c2sp.org/tlog-witness, add-checkpoint). The answer is one or more signature lines of a note. Bytes in, bytes out.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import GovernanceError

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 128 * 1024
"""The most bytes of a request or an answer: 63 hashes, and a note with 16 signatures of the largest kind, with room."""
SIZE_TYPE = "text/x.tlog.size"
"""The media type of an answer that says only how large the log was when it was last cosigned."""
TOO_LARGE = 2**63
"""Sizes are below this, so that they fit wherever they are kept."""
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})\Z")
_MOST_HASHES = 63


class RefusedError(GovernanceError):
    """The witness does not cosign. `status` is the HTTP status of the protocol; `size` the size it holds, with 409 alone."""

    def __init__(self, status: int, message: str, *, size: int | None = None, where: str = "", hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.status, self.size = status, size
        if status == 422:
            self.exit_code = 4  # the log says two things of one past


@dataclass(frozen=True)
class Request:
    """A request: the size the log believes the witness holds, the consistency proof from it, and the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes


def write(old: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The bytes of a request."""
    lines = [f"old {old}", *(base64.b64encode(step).decode() for step in proof), "", ""]
    return "\n".join(lines).encode() + checkpoint


def read(data: bytes) -> Request:
    """The request in these bytes. Raises `RefusedError` with status 400 and the line where it stops being one."""
    if len(data) > LIMIT:
        raise RefusedError(413, f"a request has at most {LIMIT} bytes")
    before, empty, checkpoint = data.partition(b"\n\n")
    first, *hashes = before.split(b"\n")
    if not (found := _OLD.match(first)):
        raise RefusedError(400, "line 1 of the request is not `old` and a size")
    if not empty:
        raise RefusedError(400, "the request has no empty line before its checkpoint")
    if len(hashes) > _MOST_HASHES:
        raise RefusedError(400, f"a proof has at most {_MOST_HASHES} hashes, and this one {len(hashes)}")
    proof = tuple(_hash(line, number) for number, line in enumerate(hashes, 2))
    return Request(int(found[1]), proof, checkpoint)


def _hash(line: bytes, number: int) -> bytes:
    try:
        step = base64.b64decode(line, validate=True)
    except ValueError:
        step = b""
    if len(step) != 32 or base64.b64encode(step) != line:
        raise RefusedError(400, f"line {number} of the request is not the base64 of a hash")
    return step
