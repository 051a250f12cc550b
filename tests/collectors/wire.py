"""Protocol-buffer messages and logs of records, put together by hand."""

from __future__ import annotations

import zlib

from governance.collectors.formats import leveldb_log


def varint(value):
    made = b""
    while True:
        value, low = value >> 7, value & 127
        made += bytes([low | (128 if value else 0)])
        if not value:
            return made


def entry(number, value):
    """One field: a whole number, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value % 2**64)
    return varint(number << 3 | 2) + varint(len(value)) + value


def log(*records, header=leveldb_log.HEADER + b"\0"):
    """Records framed in blocks, as the tool writes them."""
    made = bytearray(header)
    for record in records:
        rest, first = record, True
        while first or rest:
            left = leveldb_log.BLOCK - len(made) % leveldb_log.BLOCK
            if left < 7:
                made += bytes(left)
                continue
            part, rest = rest[: left - 7], rest[left - 7 :]
            sort = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}[first, not rest]
            kind = bytes([sort])
            made += zlib.crc32(kind + part).to_bytes(4, "little") + len(part).to_bytes(2, "little") + kind + part
            first = False
    return bytes(made)
