"""The header of a safetensors file: how many tensors, of which type, and that they lie where they say.

The file is a length (64 bit, little endian), that many bytes of JSON, then the numbers. The bounds are those of the
reference reader (https://github.com/huggingface/safetensors#format): a header of at most 100 MB, offsets that start
at nought, leave no hole, do not overlap, end with the file, and agree with type and shape. The numbers themselves are
not looked at, so this says nothing about whether they are any good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

MAX_HEADER = 100_000_000
MAX_DIMENSIONS = 64
# Width of one number in bits.
WIDTHS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64,
    "U64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """Counts over all tensors; `dtypes` counts tensors by type name."""

    tensors: int
    parameters: int
    dtypes: dict[str, int]


def is_safetensors(head: bytes) -> bool:
    """True when the first bytes are a plausible length and an opening brace."""
    return len(head) > 8 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= MAX_HEADER


def read(file: File) -> Header:
    """The header of a file, checked; raises `UnreadableError`."""
    start = file.first(8)
    if len(start) < 8:
        raise UnreadableError("too short for a safetensors file")
    length = int.from_bytes(start, "little")
    if length > MAX_HEADER:
        raise UnreadableError(f"its header would be {length:,} bytes, more than {MAX_HEADER:,}")
    if 8 + length > file.size:
        raise UnreadableError("cut off inside its header")
    return parse(file.first(8 + length)[8:], file.size - 8 - length)


def parse(header: bytes, room: int) -> Header:
    """Check a header against `room` bytes of numbers."""
    if not header.startswith(b"{"):
        raise UnreadableError("its header does not start with an object")
    value = strict_json.loads(header, max_bytes=MAX_HEADER)
    tensors = {name: entry for name, entry in value.items() if name != "__metadata__"}
    spans: list[tuple[int, int]] = []
    dtypes: dict[str, int] = {}
    parameters = 0
    for name, entry in tensors.items():
        dtype, count, begin, end = _tensor(name, entry)
        dtypes[dtype] = dtypes.get(dtype, 0) + 1
        parameters += count
        spans.append((begin, end))
    reached = 0
    for begin, end in sorted(spans):
        if begin != reached:
            raise UnreadableError(f"the tensors leave a hole or overlap at byte {begin:,}")
        reached = end
    if reached != room:
        raise UnreadableError(f"the header speaks of {reached:,} bytes of numbers and the file holds {room:,}")
    return Header(len(tensors), parameters, dict(sorted(dtypes.items())))


def _tensor(name: str, entry: Any) -> tuple[str, int, int, int]:
    """Type, count of numbers, begin and end of one tensor."""
    shown = name[:80]
    if not isinstance(entry, dict):
        raise UnreadableError(f"tensor {shown!r} is not an object")
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in WIDTHS:
        raise UnreadableError(f"tensor {shown!r} has the unknown type {str(dtype)[:40]!r}")
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS or not all(map(_is_count, shape)):
        raise UnreadableError(f"tensor {shown!r} has no valid shape")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(map(_is_count, offsets)):
        raise UnreadableError(f"tensor {shown!r} has no valid offsets")
    count = 1
    for size in shape:
        count *= size
        if count > 2**53:
            raise UnreadableError(f"tensor {shown!r} is too large to be true")
    begin, end = offsets
    if end < begin or count * WIDTHS[dtype] != (end - begin) * 8:
        raise UnreadableError(f"tensor {shown!r} does not fill its bytes: {dtype} {shape} in {end - begin:,} bytes")
    return dtype, count, begin, end


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53
