"""Members that lie one behind the other in one file: each is a span of its bytes, found by place and never unpacked."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self

from governance.errors import IntegrityError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_MEMBERS = 65_535
"""What a ZIP can count without ZIP64, which the one form does not have; walking them takes half a second."""
MAX_MEMBER = 1 << 30
"""Bytes of one member (1 GiB): a second of hashing. Weights do not belong in a pack, and no evidence is as long."""
MAX_TOTAL = (1 << 32) - 1
"""Bytes of a container (4 GiB less one): what a ZIP can address without ZIP64."""
MAX_READ = 64 << 20
"""Bytes of a member that is read whole (64 MiB, as much as the reader of JSON takes). Longer ones are only hashed, in pieces."""
MAX_ODDITIES = 100
"""What is named before the rest is only said to be there; nobody reads sixty thousand lines."""

_PIECE = 1 << 20
_WINDOW = 1 << 16
REMEDY = "Ask for the file again as `govern pack` wrote it: something has written on it since."


class Oddities:
    """What a container has that the one form has not, while its members can still be told apart without doubt.

    With a list it is collected there as (member, what is odd), for a reader that goes on to see what else was changed. Without one
    the first is raised as `IntegrityError`.
    """

    def __init__(self, kept: list[tuple[str, str]] | None) -> None:
        self._kept = kept

    def say(self, member: str, said: str) -> None:
        """Note one, or raise it."""
        if self._kept is None:
            raise IntegrityError(said, where=member, hint=REMEDY)
        if len(self._kept) < MAX_ODDITIES:
            self._kept.append((member, said))
        elif len(self._kept) == MAX_ODDITIES:
            self._kept.append(("(archive)", f"more is odd than the {MAX_ODDITIES} that are named"))


class Window:
    """An open file by place. Walking forward through it costs one read of the disk for many small looks."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream, self.size = stream, size
        self._start, self._held = 0, b""

    def at(self, offset: int, length: int) -> bytes:
        """The bytes there, fewer where the file ends."""
        start = offset - self._start
        if length > _WINDOW:
            self.stream.seek(offset)
            return self.stream.read(length)
        if start < 0 or start + length > len(self._held):
            self.stream.seek(offset)
            self._start, self._held, start = offset, self.stream.read(_WINDOW), 0
        return self._held[start : start + length]

    def pieces(self, offset: int, length: int) -> Iterator[bytes]:
        """A long stretch in pieces of a mebibyte. Raises `UnreadableError` where the file has become shorter."""
        self.stream.seek(offset)
        while length:
            piece = self.stream.read(min(length, _PIECE))
            if not piece:
                raise UnreadableError("the file became shorter while it was read")
            length -= len(piece)
            yield piece


class Span(NamedTuple):
    """Where a member's bytes lie, and the CRC-32 its header claims (None where the form has none)."""

    offset: int
    size: int
    crc: int | None


class Spans:
    """A container that is one file. `names` is in the order of the file."""

    def __init__(self, path: Path, window: Window, spans: dict[str, Span], odd: Oddities) -> None:
        self.path, self.names = path, list(spans)
        self._window, self._spans, self._odd = window, spans, odd

    def close(self) -> None:
        """Let go of the file."""
        self._window.stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def size(self, name: str) -> int:
        """How many bytes the member has. Raises `UnreadableError` where there is none of this name."""
        return self._span(name).size

    def read(self, name: str, *, limit: int = MAX_READ) -> bytes:
        """The bytes of a member. Raises `UnreadableError` where it is missing or longer than `limit`."""
        span = self._span(name)
        if span.size > limit:
            raise UnreadableError(
                f"{span.size:,} bytes is over the cap of {limit:,} for what is read whole", where=name
            )
        data = self._window.at(span.offset, span.size)
        if len(data) != span.size:
            raise UnreadableError("the file became shorter while it was read", where=name)
        self._counted(name, span, zlib.crc32(data) if span.crc is not None else None)
        return data

    def digest(self, name: str) -> str:
        """`sha256:` and the hash of a member's bytes, however long it is, read in pieces."""
        span = self._span(name)
        if span.size <= _WINDOW:
            data = self._window.at(span.offset, span.size)
            if len(data) == span.size and (span.crc is None or zlib.crc32(data) == span.crc):
                return f"sha256:{hashlib.sha256(data).hexdigest()}"
            return f"sha256:{hashlib.sha256(self.read(name)).hexdigest()}"  # which says what is wrong
        made, crc = hashlib.sha256(), 0
        for piece in self._window.pieces(span.offset, span.size):
            made.update(piece)
            crc = zlib.crc32(piece, crc) if span.crc is not None else 0
        self._counted(name, span, crc if span.crc is not None else None)
        return "sha256:" + made.hexdigest()

    def _span(self, name: str) -> Span:
        span = self._spans.get(name)
        if span is None:
            raise UnreadableError("is missing", where=name)
        return span

    def _counted(self, name: str, span: Span, crc: int | None) -> None:
        if crc != span.crc:
            self._odd.say(name, "its bytes are not those that its header counts (CRC-32)")


Fields = tuple[tuple[str, int], ...]
"""The fields of a header in order: what each is called, and its width in bytes; a last one of 0 takes the rest."""


def difference(found: bytes, wanted: bytes, fields: Fields) -> str:
    """The first field in which a header differs from the one it must be, in words."""
    start = 0
    for called, width in fields:
        end = start + width if width else max(len(found), len(wanted))
        if found[start:end] != wanted[start:end]:
            is_, must = found[start:end][:40].hex(), wanted[start:end][:40].hex()
            return f"{called} is {is_ or 'absent'} and must be {must or 'absent'}"
        start = end
    return "it is longer than it must be"
