"""The texts the Trainer writes into a TensorBoard file: its arguments and the settings of the model.

The same arguments lie in `training_args.bin`, which is a pickle and is not opened; here they are plain JSON. The file
is a row of records (length, checksum, bytes, checksum; https://www.tensorflow.org/tutorials/load_data/tfrecord), each
an `Event` in protocol-buffer wire format. Only the first MiB is looked at, for the texts come first, and only records
that hold one of the wanted tags are taken apart, each after its checksum was verified.

A file that is cut or of another sort gives no text and is no error: it only stands beside the evidence. Which of the
arguments are used is for the caller to name; they may hold an access token.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from governance.collectors.formats import protobuf_wire
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.files import File

ARGUMENTS = b"args/text_summary"
MODEL = b"model_config/text_summary"
_LOOKED_AT = 1024 * 1024
_MOST_RECORDS = 1000
# Field numbers: Event.summary, Summary.value, Value.tag, Value.tensor, TensorProto.string_val.
_SUMMARY, _VALUE, _TAG, _TENSOR, _STRING = 5, 1, 1, 8, 8


def texts(file: File) -> dict[bytes, bytes]:
    """The wanted texts of a file by tag."""
    return parse(file.first(_LOOKED_AT))


def parse(data: bytes) -> dict[bytes, bytes]:
    """The wanted texts in the bytes of an event file."""
    made: dict[bytes, bytes] = {}
    for record in _records(data):
        if ARGUMENTS not in record and MODEL not in record:
            continue
        try:
            for value in protobuf_wire.messages(record, _SUMMARY, _VALUE):
                tag = next(protobuf_wire.messages(value, _TAG), b"")
                if tag in (ARGUMENTS, MODEL):
                    made.setdefault(tag, next(protobuf_wire.messages(value, _TENSOR, _STRING), b""))
        except UnreadableError:
            continue
    return made


def _records(data: bytes) -> Iterator[bytes]:
    """Whole records whose checksum holds, up to the first that is cut."""
    at = 0
    for _ in range(_MOST_RECORDS):
        length = int.from_bytes(data[at : at + 8], "little")
        end = at + 12 + length
        if length == 0 or end + 4 > len(data):
            return
        record = data[at + 12 : end]
        wanted = ARGUMENTS in record or MODEL in record
        if wanted and _masked_checksum(record) != int.from_bytes(data[end : end + 4], "little"):
            return
        yield record
        at = end + 4


def _masked_checksum(data: bytes) -> int:
    """CRC-32C, rotated and shifted as the format wants it."""
    table = _table()
    value = 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 255] ^ (value >> 8)
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    made = []
    for start in range(256):
        value = start
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        made.append(value)
    return tuple(made)
