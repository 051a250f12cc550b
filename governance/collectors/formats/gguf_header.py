"""What a GGUF file says before its numbers: the keys about the model, and a list of tensors.

The file starts with `GGUF`, a 32-bit version and two 64-bit counts; then come the keys (name, type, value), then for each
tensor its name, dimensions, type and place, then, aligned, the numbers. Source of the layout:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; sizes of the packed types:
https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py. Versions 2 and 3 are read, version 3 in either
byte order.

Of the keys only those named here are kept; the words of a tokenizer are stepped over. Every length in the file is checked
against what is there before it is used. The numbers themselves are not looked at.
"""

from __future__ import annotations

import hashlib
import math
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

MAGIC = b"GGUF"
MAX_TENSORS = 100_000
MAX_KEYS = 100_000
MAX_HEAD = 64 * 1024 * 1024
MAX_ITEMS = 2_000_000
MAX_NAME = 65_535
MAX_DIMENSIONS = 4
MAX_ARRAYS = 4
MOST_TEXT = 500
MOST_KEPT = 200
FIRST_LOOK = 1024 * 1024
_SMALLEST_TENSOR = 24  # name length, number of dimensions, type, offset
_SMALLEST_KEY = 13  # key length, type, one byte of value
_TEXT, _ARRAY = 8, 9
# Type number to the `struct` letter; 8 is text, 9 a row.
_LETTERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_SIZES = {number: struct.calcsize("<" + letter) for number, letter in _LETTERS.items()}
# Type number to name, numbers in a block, bytes of a block.
TYPES = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292), 16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18),
}  # fmt: skip
TEMPLATE = "tokenizer.chat_template"
_KEPT = re.compile(
    r"^general\.(?:architecture|type|name|basename|finetune|size_label|version|organization|license(?:\.name|\.link)?|"
    r"quantized_by|quantization_version|file_type|alignment|repo_url|source\.url|source\.repo_url|"
    r"base_model\.count|base_model\.\d{1,3}\.(?:name|version|organization|repo_url)|"
    r"dataset\.count|dataset\.\d{1,3}\.(?:name|version|organization|repo_url))$|^split\.(?:no|count|tensors\.count)$"
)
_ROWS = ("general.datasets", "general.tags", "general.languages")


@dataclass(frozen=True)
class GgufHeader:
    """Counts over all tensors, and the kept keys. `parameters` is None where the list of tensors was not walked.

    `metadata` holds text, numbers and flags by key, and rows of text for the data sets that early releases listed so;
    `chat_template_sha256` is the digest of the default template's text.
    """

    version: int
    tensors: int
    keys: int
    parameters: int | None = None
    dtypes: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    chat_template_sha256: str | None = None


def read(file: File) -> GgufHeader:
    """The header of a file, checked against its length; raises `UnreadableError`."""
    counts = parse(file.first(24), file.size)
    room = min(FIRST_LOOK, file.size)
    while True:
        try:
            return _Walk(file.first(room), counts, file.size).header()
        except _Short:
            if room >= file.size:
                raise UnreadableError("cut off inside its keys or its list of tensors") from None
            if room >= MAX_HEAD:
                raise UnreadableError(f"its keys and list of tensors are longer than {MAX_HEAD:,} bytes") from None
            room = min(room * 8, MAX_HEAD, file.size)


def parse(start: bytes, size: int) -> GgufHeader:
    """The counts in the first 24 bytes of a file of `size` bytes, held against its length."""
    if len(start) < 24 or not start.startswith(MAGIC):
        raise UnreadableError("cut off inside the first bytes of a GGUF file")
    order = _order(start)
    (version,) = struct.unpack_from(order + "I", start, 4)
    tensors, keys = struct.unpack_from(order + "QQ", start, 8)
    if version not in (2, 3):
        raise UnreadableError(f"GGUF version {version} is not known here")
    if tensors > MAX_TENSORS or keys > MAX_KEYS:
        raise UnreadableError(f"announces {tensors:,} tensors and {keys:,} keys, which is over the cap")
    if 24 + tensors * _SMALLEST_TENSOR + keys * _SMALLEST_KEY > size:
        raise UnreadableError(f"announces {tensors:,} tensors and {keys:,} keys in {size:,} bytes: cut off or false")
    return GgufHeader(version, tensors, keys)


def _order(start: bytes) -> str:
    """Version 3 may be big-endian; then the low half of the version is empty."""
    return "<" if int.from_bytes(start[4:6], "little") else ">"


class _Short(Exception):  # noqa: N818 - an answer, not a fault
    """The bytes at hand end before the header does."""


class _Walk:
    """One walk through the keys and the list of tensors."""

    def __init__(self, data: bytes, counts: GgufHeader, size: int) -> None:
        self.data = data
        self.counts = counts
        self.size = size
        self.order = _order(data)
        self.at = 24
        self.items = 0
        self.metadata: dict[str, Any] = {}
        self.template: str | None = None

    def header(self) -> GgufHeader:
        for _ in range(self.counts.keys):
            self._key()
        dtypes: dict[str, int] = {}
        spans: list[tuple[int, int]] = []
        parameters = 0
        for _ in range(self.counts.tensors):
            name, count, begin, length = self._tensor()
            dtypes[name] = dtypes.get(name, 0) + 1
            parameters += count
            spans.append((begin, begin + length))
        self._check(spans)
        return GgufHeader(
            self.counts.version,
            self.counts.tensors,
            self.counts.keys,
            parameters,
            dict(sorted(dtypes.items())),
            self.metadata,
            self.template,
        )

    def _number(self, letter: str) -> Any:
        size = struct.calcsize("<" + letter)
        if self.at + size > len(self.data):
            raise _Short
        (value,) = struct.unpack_from(self.order + letter, self.data, self.at)
        self.at += size
        return value

    def _bytes(self, most: int | None = None) -> bytes:
        length = self._number("Q")
        if most is not None and length > most:
            raise UnreadableError(f"a name of {length:,} bytes is over the cap")
        if length > self.size - self.at:
            raise UnreadableError(f"announces a text of {length:,} bytes that is not there: cut off or false")
        if self.at + length > len(self.data):
            raise _Short
        value = self.data[self.at : self.at + length]
        self.at += length
        return value

    def _key(self) -> None:
        name = self._bytes(MAX_NAME).decode("utf-8", "replace")
        kind = self._number("I")
        value = self._value(kind, keep=name in _ROWS or bool(_KEPT.match(name)) or name == TEMPLATE)
        if name == TEMPLATE and isinstance(value, bytes):
            self.template = "sha256:" + hashlib.sha256(value).hexdigest()
        elif value is not None and name != TEMPLATE and len(self.metadata) < MOST_KEPT:
            if name in self.metadata:
                raise UnreadableError(f"the key {name[:80]!r} stands twice")
            self.metadata[name] = _plain(value)

    def _value(self, kind: int, *, keep: bool, depth: int = 0) -> Any:
        if kind == _ARRAY:
            return self._row(keep, depth + 1)
        if kind != _TEXT and kind not in _LETTERS:
            raise UnreadableError(f"a value of the unknown type {kind}")
        value = self._bytes() if kind == _TEXT else self._number(_LETTERS[kind])
        return value if keep else None

    def _row(self, keep: bool, depth: int) -> list[bytes] | None:
        """The texts of a row that is kept; any other is stepped over."""
        kind, count = self._number("I"), self._number("Q")
        self.items += count
        if depth > MAX_ARRAYS or (kind in (_TEXT, _ARRAY) and self.items > MAX_ITEMS):
            raise UnreadableError("its keys hold more than can be read")
        if kind in _SIZES:
            length = count * _SIZES[kind]
            if length > self.size - self.at:
                raise UnreadableError(f"announces a row of {count:,} values that is not there: cut off or false")
            if self.at + length > len(self.data):
                raise _Short
            self.at += length
            return None
        if kind == _TEXT:
            return self._texts(count, keep)
        for _ in range(count):
            self._value(kind, keep=False, depth=depth)
        return None

    def _texts(self, count: int, keep: bool) -> list[bytes] | None:
        if count * 8 > self.size - self.at:
            raise UnreadableError(f"announces a row of {count:,} texts that is not there: cut off or false")
        if keep:
            return [self._bytes() for _ in range(count)][:MOST_KEPT]
        length_of = struct.Struct(self.order + "Q").unpack_from
        data, at, end = self.data, self.at, len(self.data) - 8
        for _ in range(count):
            if at > end:
                raise _Short
            at += 8 + length_of(data, at)[0]
        if at > self.size:
            raise UnreadableError("announces a text that is not there: cut off or false")
        if at > len(data):
            raise _Short
        self.at = at
        return None

    def _tensor(self) -> tuple[str, int, int, int]:
        """Name of the type, count of numbers, place and length in bytes of one tensor; length 0 for an unknown type."""
        self._bytes(MAX_NAME)
        dimensions = self._number("I")
        if dimensions > MAX_DIMENSIONS:
            raise UnreadableError(f"a tensor of {dimensions:,} dimensions")
        sizes = [self._number("Q") for _ in range(dimensions)]
        kind, begin = self._number("I"), self._number("Q")
        count = math.prod(sizes)
        if count > 2**53 or begin > 2**62:
            raise UnreadableError("a tensor that is too large to be true")
        if kind not in TYPES:
            return f"type {kind}", count, begin, 0
        name, block, size = TYPES[kind]
        if count % block:
            raise UnreadableError(f"a tensor of {count:,} numbers in blocks of {block}")
        return name, count, begin, count // block * size

    def _check(self, spans: list[tuple[int, int]]) -> None:
        """The tensors lie behind one another and end with the file at the latest."""
        alignment = self.metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 2**20:
            raise UnreadableError("its alignment is no plausible number")
        if not spans:
            return
        start = -(-self.at // alignment) * alignment
        reached = 0
        for begin, end in sorted(spans):
            if begin < reached:
                raise UnreadableError(f"two tensors overlap at byte {begin:,} of the numbers")
            reached = end
        if start + reached > self.size:
            raise UnreadableError(f"the tensors end at byte {start + reached:,} and the file at {self.size:,}")


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()[:MOST_TEXT]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
