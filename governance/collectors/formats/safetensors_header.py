"""The header of a safetensors file: how many tensors, of which type, and that they lie where they say.

The file is a length (64 bit, little endian), that many bytes of JSON, then the numbers. The bounds are those of the
reference reader (https://github.com/huggingface/safetensors#format): a header of at most 100 MB, offsets that start
at nought, leave no hole, do not overlap, end with the file, and agree with type and shape. The numbers themselves are
not looked at, so this says nothing about whether they are any good.

A header above 8 MiB (a hundred thousand tensors) is walked entry by entry in the form in which every writer puts it, so that
memory stays within bounds; there no more than 400,000 tensors are read. `__metadata__` is text by name, written by whoever
saved the file; of it only names that are known to be harmless are kept.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.json_skip import to_bracket
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

MAX_HEADER = 100_000_000
MAX_DIMENSIONS = 64
MAX_PARSED = 8 * 1024 * 1024
MAX_TENSORS = 400_000
METADATA = "__metadata__"
MOST_TEXT = 500
_KEPT = re.compile(
    r"^(?:format|modelspec\.(?:sai_model_spec|title|architecture|implementation|license|resolution|prediction_type|"
    r"merged_from|hash_sha256|date)|ss_base_model_version|ss_sd_model_name|ss_sd_model_hash|ss_new_sd_model_hash|"
    r"ss_network_module|ss_network_dim|ss_network_alpha|ss_num_train_images|ss_num_epochs|ss_epoch|ss_steps|"
    r"ss_max_train_steps|ss_learning_rate|ss_unet_lr|ss_text_encoder_lr|ss_optimizer|ss_lr_scheduler|ss_seed|"
    r"ss_mixed_precision|ss_batch_size_per_device|ss_gradient_accumulation_steps|sshs_model_hash)$"
)
# Unrolled and bounded, as in `json_skip`: no byte can be taken in two ways.
_ENTRY = re.compile(
    rb'\s*"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*){0,1000})"\s*:\s*\{\s*"dtype"\s*:\s*"([A-Z0-9_]{1,20})"\s*,\s*"shape"\s*:\s*'
    rb'\[([0-9,\s]{0,2000})\]\s*,\s*"data_offsets"\s*:\s*\[\s*([0-9]{1,16})\s*,\s*([0-9]{1,16})\s*\]\s*\}\s*([,}])'
)
_NOTED = re.compile(rb'\s*"__metadata__"\s*:\s*\{')
_MARK = re.compile(rb"\s*([,}])")
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
    metadata: dict[str, str] = field(default_factory=dict)
    """The kept part of what the writer noted, by its own names."""


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
    if len(header) > MAX_PARSED:
        return _walk(header, room)
    value = strict_json.loads(header, max_bytes=MAX_HEADER)
    metadata = _metadata(value.pop(METADATA, None))
    spans: list[tuple[int, int]] = []
    dtypes: dict[str, int] = {}
    parameters = 0
    for name, entry in value.items():
        dtype, count, begin, end = _tensor(name, entry)
        dtypes[dtype] = dtypes.get(dtype, 0) + 1
        parameters += count
        spans.append((begin, end))
    reached = 0
    for begin, end in sorted(spans):
        if begin != reached:
            raise _hole(begin)
        reached = end
    if reached != room:
        raise _other_length(reached, room)
    return Header(len(value), parameters, dict(sorted(dtypes.items())), metadata)


def _walk(header: bytes, room: int) -> Header:
    """The same for a long header, entry by entry and without building the whole of it."""
    begins, ends, names = array("q"), array("q"), array("q")
    metadata: dict[str, str] | None = None
    dtypes: dict[str, int] = {}
    parameters, at, mark = 0, 1, b","
    while mark == b",":
        if metadata is None and (noted := _noted(header, at)):
            said, at, mark = noted
            metadata = _metadata(strict_json.loads(said))
            continue
        entry = _ENTRY.match(header, at)
        if entry is None:
            raise UnreadableError(f"its header of {len(header):,} bytes is not in the form writers use, at byte {at:,}")
        name, dtype, shape, begin, end, mark = entry.groups()
        at = entry.end()
        sizes = [int(size) for size in shape.split(b",")] if shape.strip() else []
        described = {"dtype": dtype.decode(), "shape": sizes, "data_offsets": [int(begin), int(end)]}
        told, count, first, last = _tensor(name[:80].decode("utf-8", "replace"), described)
        dtypes[told] = dtypes.get(told, 0) + 1
        parameters += count
        begins.append(first)
        ends.append(last)
        names.append(hash(name))
        if len(begins) > MAX_TENSORS:
            raise UnreadableError(f"more than {MAX_TENSORS:,} tensors")
    if header[at:].strip():
        raise UnreadableError("something stands behind the end of its header")
    if len(set(names)) != len(names):
        raise UnreadableError("two tensors have one name")
    _tiled(begins, ends, room)
    return Header(len(begins), parameters, dict(sorted(dtypes.items())), metadata or {})


def _noted(header: bytes, at: int) -> tuple[bytes, int, bytes] | None:
    """What the writer noted as it stands at a place: the object, where it has ended and the mark behind it; None where none stands."""
    start = _NOTED.match(header, at)
    close = to_bracket(header, start.end()) if start else None
    if start is None or close is None or not header.startswith(b"}", close):
        return None
    mark = _MARK.match(header, close + 1)
    return (header[start.end() - 1 : close + 1], mark.end(), mark[1]) if mark else None


def _tiled(begins: array[int], ends: array[int], room: int) -> None:
    """Each byte of the numbers belongs to one tensor: sorted by themselves, every end but the last is the next begin."""
    filled = sorted(begin for begin, end in zip(begins, ends, strict=True) if begin != end)
    closed = sorted(end for begin, end in zip(begins, ends, strict=True) if begin != end)
    for before, after in zip([0, *closed], [*filled, room], strict=True):
        if before != after:
            raise _other_length(before, room) if after == room else _hole(after)
    for begin, end in zip(begins, ends, strict=True):
        place = bisect_left(filled, begin)
        if begin == end and begin != room and (place == len(filled) or filled[place] != begin):
            raise _hole(begin)


def _metadata(value: Any) -> dict[str, str]:
    """The kept names; raises where it is anything but text by name, as the reference reader does."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise UnreadableError(f"its {METADATA} is not text by name")
    return {name: text[:MOST_TEXT] for name, text in sorted(value.items()) if _KEPT.match(name)}


def _hole(place: int) -> UnreadableError:
    return UnreadableError(f"the tensors leave a hole or overlap at byte {place:,}")


def _other_length(reached: int, room: int) -> UnreadableError:
    return UnreadableError(f"the header speaks of {reached:,} bytes of numbers and the file holds {room:,}")


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
