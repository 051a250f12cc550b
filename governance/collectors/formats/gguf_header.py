"""The first bytes of a GGUF file: its version and how many tensors and keys it announces.

The file starts with `GGUF`, a 32-bit version, and two 64-bit counts
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). Only these are read, under caps; keys and tensors are not
walked, so neither the types nor the number of parameters is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

MAGIC = b"GGUF"
MAX_TENSORS = 1_000_000
MAX_KEYS = 1_000_000
_SMALLEST_TENSOR = 24  # name length, number of dimensions, type, offset
_SMALLEST_KEY = 13  # key length, type, one byte of value


@dataclass(frozen=True)
class GgufHeader:
    """What the file announces."""

    version: int
    tensors: int
    keys: int


def read(file: File) -> GgufHeader:
    """The counts of a file, held against its length; raises `UnreadableError`."""
    return parse(file.first(24), file.size)


def parse(start: bytes, size: int) -> GgufHeader:
    """The counts in the first 24 bytes of a file of `size` bytes."""
    if len(start) < 24 or not start.startswith(MAGIC):
        raise UnreadableError("cut off inside the first bytes of a GGUF file")
    # Version 3 may be big-endian; then the low half of the version is empty.
    order: str = "little" if int.from_bytes(start[4:6], "little") else "big"
    version, tensors, keys = (
        int.from_bytes(start[begin:end], "big" if order == "big" else "little")
        for begin, end in ((4, 8), (8, 16), (16, 24))
    )
    if version not in (2, 3):
        raise UnreadableError(f"GGUF version {version} is not known here")
    if tensors > MAX_TENSORS or keys > MAX_KEYS:
        raise UnreadableError(f"announces {tensors:,} tensors and {keys:,} keys, which is over the cap")
    if 24 + tensors * _SMALLEST_TENSOR + keys * _SMALLEST_KEY > size:
        raise UnreadableError(f"announces {tensors:,} tensors and {keys:,} keys in {size:,} bytes: cut off or false")
    return GgufHeader(version, tensors, keys)
