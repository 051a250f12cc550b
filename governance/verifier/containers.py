"""What a pack comes in: a ZIP file, a tar file or a plain folder, read through one strict interface.

Nothing is ever unpacked to disk. Nothing is decompressed, so nothing can be larger in memory than it is in the file, and whatever
is refused is refused in time linear in the bytes that were looked at. Two kinds of answer are kept apart:

* `UnreadableError` (exit 6): it is no pack, or its members can not be told apart without doubt, or one of them must not be touched:
  cut, compressed, encrypted, over the caps, two members of one name, a name that leads elsewhere.
* An *oddity* (`IntegrityError`, exit 4, or a line in the list that was given): the members are there, and a byte around or in them is
  not the one it must be. Somebody or something changed the container since it was written.

That each byte of a ZIP is checked holds once each member was read or hashed: its CRC-32 is part of the header.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self

from governance.errors import UnreadableError
from governance.verifier.folder_form import FolderContainer
from governance.verifier.spans import MAX_READ, MAX_TOTAL, Oddities, Window
from governance.verifier.tar_form import BLOCK, open_tar
from governance.verifier.zip_form import END, END_RECORD, LOCAL
from governance.verifier.zip_reader import open_zip

if TYPE_CHECKING:
    from pathlib import Path

_OTHER = (
    (b"\x1f\x8b", "packed with gzip"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with XZ"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"PK\x07\x08", "a ZIP in several pieces"),
)
_WANTED = "A pack is the ZIP that `govern pack` writes, a ustar tar of its members, or a folder of them."


class Container(Protocol):
    """The members of a pack. Their names are allowed, each once; see `member_names`."""

    path: Path
    names: list[str]

    def read(self, name: str, *, limit: int = MAX_READ) -> bytes:
        """The bytes of a member. Raises `UnreadableError` where it is missing or longer than `limit`."""

    def digest(self, name: str) -> str:
        """`sha256:` and the hash of a member's bytes, however long it is."""

    def size(self, name: str) -> int:
        """How many bytes the member has."""

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self:
        """The container itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


def open_container(path: Path, oddities: list[tuple[str, str]] | None = None) -> Container:
    """Open a pack, told by its bytes and not by its name.

    With a list, oddities are put there as (member, what is odd), now and while members are read; a reader who gives one must look at
    it. Without, the first is raised as `IntegrityError`. Raises `UnreadableError` as the module says.
    """
    odd = Oddities(oddities)
    stream = _open(path)
    if stream is None:
        return FolderContainer(path, odd)
    try:
        return _told(path, stream, odd)
    except OSError as error:
        stream.close()
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
    except BaseException:
        stream.close()
        raise


def _open(path: Path) -> BinaryIO | None:
    """The open file, or None for a folder. What is neither is not opened, and a pipe in its place does not hold us up."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            return None
        if not stat.S_ISREG(kind):
            raise UnreadableError("not a regular file", where=str(path), hint=_WANTED)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        return open(os.open(path, flags), "rb", buffering=0)  # noqa: PTH123 - the container closes it
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(path), hint=_WANTED) from None
    except ValueError:  # a NUL in the path
        raise UnreadableError("not the name of a file", where=str(path).encode("unicode_escape").decode()) from None


def _told(path: Path, stream: BinaryIO, odd: Oddities) -> Container:
    found = os.fstat(stream.fileno())
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableError("not a regular file", where=str(path), hint=_WANTED)
    if found.st_size > MAX_TOTAL:
        raise UnreadableError(f"{found.st_size:,} bytes are over the cap of {MAX_TOTAL:,}", where=str(path))
    window = Window(stream, found.st_size)
    tail = window.at(max(found.st_size - END_RECORD.size, 0), 4)
    head = window.at(0, BLOCK)
    if head[:4] == LOCAL:
        return open_zip(path, window, odd)
    if head[257:262] == b"ustar":
        return open_tar(path, window, odd)
    if head[:4] == END or tail == END:
        return open_zip(path, window, odd)
    for sign, called in _OTHER:
        if head.startswith(sign):
            raise UnreadableError(f"not a pack that can be read: {called}", where=str(path), hint=_WANTED)
    said = "nothing is in it" if not head else "neither a ZIP nor a ustar archive"
    raise UnreadableError(f"not a pack that can be read: {said}", where=str(path), hint=_WANTED)
