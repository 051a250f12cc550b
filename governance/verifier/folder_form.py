"""A pack as a plain folder: regular files and the folders they lie in, nothing else.

Symbolic links, pipes, sockets and devices are refused, since what they lead to is not in the folder. A hard link is accepted: its
bytes are in the folder as much as those of any file, and backups and image layers make them without asking. Each file is opened
without following links, and must be the one that was met on the walk, in inode, length and time of change; a folder that is
changed while it is read is not taken for what it was.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple, Self

from governance.errors import IntegrityError, UnreadableError
from governance.verifier.member_names import MAX_DEPTH, Names, shown
from governance.verifier.spans import MAX_MEMBER, MAX_MEMBERS, MAX_READ, MAX_TOTAL, Oddities

if TYPE_CHECKING:
    from pathlib import Path

_COPY = "Make a copy of the folder with plain files alone, or ask for the ZIP."
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_PIECE = 1 << 20


class _Met(NamedTuple):
    """A file as the walk met it: it must be the same when it is opened."""

    size: int
    device: int
    inode: int
    changed: int


class FolderContainer:
    """A folder opened for reading. `names` is sorted."""

    def __init__(self, path: Path, odd: Oddities) -> None:
        self.path, self._odd = path, odd
        self._met: dict[str, _Met] = {}
        self._walk()
        names = Names()
        for name in sorted(self._met):
            names.add(name)
        if not names.met:
            raise UnreadableError("not a pack that can be read: a folder without files", where=str(path))
        self.names = names.met

    def _walk(self) -> None:
        """Meet every file. Raises `UnreadableError` for anything that is neither file nor folder, and over the caps."""
        waiting = [""]
        seen = total = 0
        while waiting:
            below = waiting.pop()
            empty = True
            for entry in self._entries(below):
                empty = False
                name = below + entry.name
                seen += 1
                if seen > 2 * MAX_MEMBERS:
                    raise UnreadableError(f"more than {MAX_MEMBERS:,} members are over the cap", where=str(self.path))
                found = self._lstat(entry, name)
                if stat.S_ISDIR(found.st_mode):
                    if name.count("/") + 2 > MAX_DEPTH:
                        raise UnreadableError(
                            f"is a folder more than {MAX_DEPTH - 1} deep", where=shown(name), hint=_COPY
                        )
                    waiting.append(name + "/")
                    continue
                if not stat.S_ISREG(found.st_mode):
                    raise UnreadableError(f"is {_called(found.st_mode)}, not a file", where=shown(name), hint=_COPY)
                total += found.st_size
                if found.st_size > MAX_MEMBER or total > MAX_TOTAL or len(self._met) == MAX_MEMBERS:
                    said = (
                        f"{found.st_size:,} bytes, {total:,} in all, in {len(self._met) + 1:,} files are over the caps"
                    )
                    raise UnreadableError(
                        said, where=shown(name), hint="A pack has 1 GiB a file, 4 GiB in all, 65,535 files."
                    )
                self._met[name] = _Met(found.st_size, found.st_dev, found.st_ino, found.st_mtime_ns)
            if empty and below:
                self._odd.say(shown(below), "is a folder without files, which no pack has")

    def _entries(self, below: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.path / below) as found:
                made = []
                for entry in found:
                    made.append(entry)
                    if len(made) > 2 * MAX_MEMBERS:
                        raise UnreadableError(
                            f"more than {MAX_MEMBERS:,} members are over the cap", where=str(self.path)
                        )
                return made
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=shown(below) or str(self.path)) from None

    def _lstat(self, entry: os.DirEntry[str], name: str) -> os.stat_result:
        try:
            return entry.stat(follow_symlinks=False)
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=shown(name)) from None

    def close(self) -> None:
        """Nothing is held open between two reads."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def size(self, name: str) -> int:
        """How many bytes the member has. Raises `UnreadableError` where there is none of this name."""
        met = self._met.get(name)
        if met is None:
            raise UnreadableError("is missing", where=name)
        return met.size

    def read(self, name: str, *, limit: int = MAX_READ) -> bytes:
        """The bytes of a member. Raises `UnreadableError` where it is missing or longer than `limit`."""
        size = self.size(name)
        if size > limit:
            raise UnreadableError(f"{size:,} bytes is over the cap of {limit:,} for what is read whole", where=name)
        file = self._open(name)
        try:
            pieces = []
            left = size + 1
            while left and (piece := os.read(file, left)):
                pieces.append(piece)
                left -= len(piece)
            data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=name) from None
        finally:
            os.close(file)
        if len(data) != size:
            raise IntegrityError("was changed while the folder was read", where=name, hint="Verify again, on a copy.")
        return data

    def digest(self, name: str) -> str:
        """`sha256:` and the hash of a member's bytes, however long it is, read in pieces."""
        size = self.size(name)
        if size <= _PIECE:
            return "sha256:" + hashlib.sha256(self.read(name)).hexdigest()
        made, read = hashlib.sha256(), 0
        file = self._open(name)
        try:
            while piece := os.read(file, _PIECE):
                made.update(piece)
                read += len(piece)
                if read > size:
                    break
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=name) from None
        finally:
            os.close(file)
        if read != size:
            raise IntegrityError("was changed while the folder was read", where=name, hint="Verify again, on a copy.")
        return "sha256:" + made.hexdigest()

    def _open(self, name: str) -> int:
        try:
            file = os.open(self.path / name, _OPEN)
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=name) from None
        found = os.fstat(file)
        same = _Met(found.st_size, found.st_dev, found.st_ino, found.st_mtime_ns) == self._met[name]
        if not same or not stat.S_ISREG(found.st_mode):
            os.close(file)
            raise IntegrityError("was changed while the folder was read", where=name, hint="Verify again, on a copy.")
        return file


def _called(mode: int) -> str:
    for test, called in (
        (stat.S_ISLNK, "a symbolic link"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a character device"),
        (stat.S_ISBLK, "a block device"),
    ):
        if test(mode):
            return called
    return "something else"
