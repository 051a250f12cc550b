"""Containers made byte by byte, so that any field of any record can say what no library would write."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.verifier import tar_form, zip_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PARTS = {
    "SPEC.md": b"# How to verify\n",
    "bodies/sha256/" + "0f" * 32: b'{"kind":"x"}',
    "bodies/sha256/" + "a1" * 32: b"",
    "documents/audit-report.html": b"<p>PK\x03\x04 inside text</p>" * 40,
    "manifest.dsse.json": b'{"payload":""}',
}


def genuine(parts: Mapping[str, bytes] = PARTS) -> bytes:
    """The one ZIP of these members."""
    stream = io.BytesIO()
    zip_form.write(stream, sorted(parts.items()))
    return stream.getvalue()


def genuine_tar(parts: Mapping[str, bytes] = PARTS) -> bytes:
    """The one tar of these members."""
    stream = io.BytesIO()
    tar_form.write(stream, sorted(parts.items()))
    return stream.getvalue()


def folder(place: Path, parts: Mapping[str, bytes] = PARTS) -> Path:
    """These members as files."""
    for name, data in parts.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


@dataclass
class Row:
    """One member of a ZIP in which local header and directory may say anything."""

    name: bytes
    data: bytes = b"x"
    local: dict[str, Any] | None = None
    central: dict[str, Any] | None = None


def zipped(rows: Iterable[Row], before: bytes = b"", behind: bytes = b"", **last: int) -> bytes:
    """A ZIP of the rows, in which only what a row changes differs from the one form."""
    body, table = bytearray(before), bytearray()
    count = 0
    for row in rows:
        plain = {"flags": 1 << 11, "method": 0, "time": 0, "date": 33, "crc": zlib.crc32(row.data), "packed": len(row.data),
                 "size": len(row.data), "version": 20, "extra": b"", "name": row.name, "offset": len(body)}  # fmt: skip
        one, two = plain | (row.local or {}), plain | (row.central or {})
        body += _head(b"PK\x03\x04", one) + one["name"] + one["extra"] + row.data
        table += (
            _head(b"PK\x01\x02" + struct.pack("<H", (3 << 8) | 20), two)
            + struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, two["offset"])
            + two["name"]
            + two["extra"]
        )
        count += 1
    said = {"count": count & 0xFFFF, "length": len(table), "start": len(body)} | last
    closing = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, said["count"], said["count"], said["length"], said["start"], 0
    )
    return bytes(body + table) + closing + behind


def _head(sign: bytes, said: dict[str, Any]) -> bytes:
    return sign + struct.pack(
        "<5H3I2H", said["version"], said["flags"], said["method"], said["time"], said["date"], said["crc"],
        said["packed"], said["size"], len(said["name"]), len(said["extra"]),
    )  # fmt: skip


def tarred(*blocks: tuple[bytes, bytes], zeros: int | None = None) -> bytes:
    """A tar of (header, data), each padded, and closed."""
    body = b"".join(head + data + bytes(-len(data) % 512) for head, data in blocks)
    return body + bytes(1024 + -(len(body) + 1024) % 10240 if zeros is None else zeros)


def tar_header(name: bytes, size: int = 0, **said: bytes) -> bytes:
    """A ustar header with a right checksum and any field as given: `kind`, `link`, `size_field`, `magic`, `prefix`, `mtime`."""
    head = bytearray(tar_form.header("x", size))
    places = {"kind": 156, "link": 157, "size_field": 124, "magic": 257, "prefix": 345, "mtime": 136}
    head[:100] = name.ljust(100, b"\0")
    for field, value in said.items():
        head[places[field] : places[field] + len(value)] = value
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)
