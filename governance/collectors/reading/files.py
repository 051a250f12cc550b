"""One file, opened safely, read once, and known by its digest.

A small file is read whole when it is first looked at, and everything after (recognising, parsing, hashing) uses those
bytes. A large one is looked at by its first and last block and hashed as a stream. Every opening checks that the file
is still the one seen before, so a digest and a parsed value never come from two different contents.

A race with somebody who swaps a *folder* for a link between the walk and the opening is not excluded: only the last
part of the path is opened without following links.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Literal

from governance.domain.evidence import Source
from governance.errors import UnreadableError
from governance.parsing import strict_json
from governance.verifier import hashing
from governance.verifier.hashing import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from governance.verifier.hashing import Known

    Progress = Callable[[str, int, int], None]

Form = Literal["empty", "json", "xml", "zip", "sqlite", "gzip", "zstd", "text", "binary"]
"""The sort of bytes, told by the first of them. JSON and JSON lines open alike."""

BLOCK = 1024 * 1024
SMALL = 64 * 1024
LOOKED_THROUGH = 16 * 1024 * 1024
MAX_LINE = 16 * 1024 * 1024
MAX_STREAMED = 4 * 1024 * 1024 * 1024
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"

_MAGIC: tuple[tuple[bytes, Form], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_PLAIN = bytes({*range(32, 127), *range(128, 256), *b"\t\n\r\f\x1b"})
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


class Memory:
    """The bytes kept for all files of an attach; beyond 256 MiB those read longest ago are let go and read again."""

    def __init__(self, most: int = 256 * BLOCK) -> None:
        self.most = most
        self.held = 0
        self.files: OrderedDict[File, int] = OrderedDict()

    def keep(self, file: File, count: int) -> None:
        """Note that a file holds `count` bytes now, and make room."""
        self.held += count - self.files.pop(file, 0)
        self.files[file] = count
        while self.held > self.most and len(self.files) > 1:
            oldest, freed = self.files.popitem(last=False)
            self.held -= freed
            oldest.forget()

    def drop(self, file: File) -> None:
        """Note that a file holds nothing any more."""
        self.held -= self.files.pop(file, 0)


class File:
    """A regular file. `shown` is its path inside what was attached, `name` its last part.

    `refusals` is what collectors said who recognised it and found it to be of another sort, by their name. `known` gives the
    digests of large files from before.
    """

    __slots__ = (
        "_data", "_form", "_head", "_json", "_pointer", "_seen", "_sha256",
        "claimed", "explicit", "known", "memory", "name", "path", "progress", "refusals", "shown",
    )  # fmt: skip

    def __init__(
        self, path: str, shown: str, name: str, *, explicit: bool = False, memory: Memory | None = None
    ) -> None:
        self.path = path
        self.shown = shown
        self.name = name
        self.explicit = explicit
        self.claimed = False
        self.progress: Progress | None = None
        self.known: Known | None = None
        self.memory = memory
        self.refusals: dict[str, str] = {}
        self._form: Form | None = None
        self._pointer: bool | None = None
        self._seen: tuple[int, int, int] | None = None
        self._head: bytes | None = None
        self._data: bytes | None = None
        self._sha256: str | None = None
        self._json: tuple[Any, int] | None = None

    @property
    def size(self) -> int:
        """Length in bytes, as it was at the first opening."""
        if self._seen is None:
            os.close(self._open())
        assert self._seen is not None  # noqa: S101 - set by _open
        return self._seen[1]

    @property
    def head(self) -> bytes:
        """The first 64 KiB."""
        head = self._head
        if head is None:
            descriptor = self._open()
            try:
                head = _read(descriptor, SMALL, self.shown)
            finally:
                os.close(descriptor)
            if len(head) != min(self.size, SMALL):
                raise UnreadableError("changed while it was read", where=self.shown)
            if self.size <= SMALL:
                self._data = head
            self._head = head
            self._kept(len(head))
        return head

    @property
    def opens_json(self) -> bool:
        """True when the first character that is not space opens a JSON object or array."""
        return self.head[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")

    @property
    def form(self) -> Form:
        """The sort of bytes it holds."""
        if self._form is None:
            self._form = _form(self.head)
        return self._form

    @property
    def is_lfs_pointer(self) -> bool:
        """True for the few lines Git LFS leaves where the content was not fetched."""
        if self._pointer is None:
            self._pointer = self.head.startswith(LFS_POINTER)
        return self._pointer

    def mentions(self, *words: bytes) -> bool:
        """True when every word stands somewhere in the bytes. Above 16 MiB only the two ends are looked at."""
        head = self.head
        if all(word in head for word in words):
            return True
        if self.size <= SMALL:
            return False
        text = self.glance()
        return all(word in text for word in words)

    def glance(self) -> bytes:
        """All bytes up to 16 MiB; of a larger file the first and the last 64 KiB."""
        return self.data() if self.size <= LOOKED_THROUGH else self.head + self.tail(SMALL)

    def data(self, max_bytes: int = strict_json.MAX_BYTES) -> bytes:
        """All bytes; raises `UnreadableError` above the cap."""
        data = self._data
        if data is None:
            if self.size > max_bytes:
                raise UnreadableError(f"{self.size:,} bytes is over the cap of {max_bytes:,}", where=self.shown)
            descriptor = self._open()
            try:
                data = _read(descriptor, self.size + 1, self.shown)
            finally:
                os.close(descriptor)
            if len(data) != self.size:
                raise UnreadableError("changed while it was read", where=self.shown)
            self._data = data
            self._kept(len(data))
        return data

    def first(self, count: int) -> bytes:
        """The first `count` bytes, or fewer at the end of the file."""
        if self._data is not None or count <= SMALL:
            return (self._data if self._data is not None else self.head)[:count]
        descriptor = self._open()
        try:
            return _read(descriptor, count, self.shown)
        finally:
            os.close(descriptor)

    def tail(self, count: int) -> bytes:
        """The last `count` bytes."""
        if self._data is not None:
            return self._data[-count:]
        descriptor = self._open()
        try:
            os.lseek(descriptor, max(0, self.size - count), os.SEEK_SET)
            return _read(descriptor, count, self.shown)
        finally:
            os.close(descriptor)

    def part(self, offset: int, count: int) -> bytes:
        """`count` bytes from `offset` on, or fewer at the end of the file. Nothing else of the file is read or kept."""
        if self._data is not None:
            return self._data[offset : offset + count]
        descriptor = self._open()
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return _read(descriptor, count, self.shown)
        finally:
            os.close(descriptor)

    def json(self) -> Any:
        """The one JSON document in it, NaN and Infinity as null; raises `UnreadableError`."""
        return self._document()[0]

    @property
    def not_finite(self) -> int:
        """How many NaN and Infinity stood in the document."""
        return self._document()[1]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines as (number from 1, bytes without the line end), hashed on the way."""
        if self.size > MAX_STREAMED:
            raise UnreadableError(f"{self.size:,} bytes is over the cap of {MAX_STREAMED:,}", where=self.shown)
        digest = hashlib.sha256()
        descriptor = self._open()
        with os.fdopen(descriptor, "rb", buffering=BLOCK) as stream:
            number = done = 0
            while line := stream.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    raise UnreadableError(f"line {number} is longer than {MAX_LINE:,} bytes", where=self.shown)
                digest.update(line)
                done += len(line)
                yield number, line.rstrip(b"\r\n")
        self._unchanged(done)
        if self._sha256 is None:
            self._sha256 = "sha256:" + digest.hexdigest()

    @property
    def sha256(self) -> str:
        """The digest of the bytes as `sha256:<hex>`; a large file is streamed."""
        if self._sha256 is None:
            if self._data is not None:
                self._sha256 = "sha256:" + hashlib.sha256(self._data).hexdigest()
            else:
                self._sha256 = self._stream_digest()
        return self._sha256

    def source(self) -> Source:
        """The file as a source of evidence."""
        self.claimed = True
        return Source(path=self.shown, size=self.size, sha256=self.sha256)

    def forget(self) -> None:
        """Let go of the bytes; digest and size stay, and the rest is read again when asked for."""
        self._data = self._json = self._head = None

    def release(self) -> None:
        """Let go of the bytes for good."""
        self.forget()
        if self.memory is not None:
            self.memory.drop(self)

    def _kept(self, count: int) -> None:
        if self.memory is not None:
            self.memory.keep(self, count)

    def _document(self) -> tuple[Any, int]:
        document = self._json
        if document is None:
            data = self.data()
            if self._sha256 is None:
                self._sha256 = "sha256:" + hashlib.sha256(data).hexdigest()
            document = strict_json.loads_lenient(data, where=self.shown)
            self._json = document
        return document

    def _open(self) -> int:
        try:
            descriptor = os.open(self.path, _FLAGS)
        except OSError as error:
            raise UnreadableError(f"can not be opened: {error.strerror or error}", where=self.shown) from None
        status = os.fstat(descriptor)
        identity = (status.st_ino, status.st_size, status.st_mtime_ns)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise UnreadableError("not a regular file", where=self.shown)
        if self._seen is None:
            self._seen = identity
        elif self._seen != identity:
            os.close(descriptor)
            raise UnreadableError("changed while it was read", where=self.shown)
        return descriptor

    def _unchanged(self, done: int) -> None:
        """Raise unless all of the file was read and it is still the one that was opened."""
        os.close(self._open())
        if done != self.size:
            raise UnreadableError("changed while it was read", where=self.shown)

    def _stream_digest(self) -> str:
        descriptor = self._open()
        try:
            stamp = Stamp.of(os.fstat(descriptor))
            known = self.known.get(stamp) if self.known is not None else None
            if known is not None:
                return known
            told, total = self.progress, self.size
            digest, done = hashing.of_descriptor(
                descriptor, (lambda at: told(self.shown, at, total)) if told is not None else None
            )
        finally:
            os.close(descriptor)
        self._unchanged(done)
        if self.known is not None:
            self.known.put(stamp, digest)
        return digest


def hash_all(files: Iterable[File]) -> None:
    """Hash several files, the large ones two at a time, so that a folder of shards runs at the speed of the disk."""
    large = [file for file in files if file.size > hashing.LARGE]
    if len(large) > 1:
        hashing.side_by_side(large, lambda file: file.size, lambda file: file.sha256)


def _form(head: bytes) -> Form:
    opening = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not head:
        return "empty"
    if opening in (b"{", b"["):
        return "json"
    magic = next((form for start, form in _MAGIC if head.startswith(start)), None)
    if magic is not None:
        return magic
    if head[:4096].translate(None, _PLAIN):
        return "binary"
    return "xml" if opening == b"<" else "text"


def _read(descriptor: int, count: int, where: str) -> bytes:
    """Up to `count` bytes; one system call where the system gives them at once."""
    try:
        data = os.read(descriptor, count)
        while data and len(data) < count and (more := os.read(descriptor, count - len(data))):
            data += more
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror or error}", where=where) from None
    return data
