"""The files of a repository, by their names in it: nothing outside, no link that leads out, nothing over the cap."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from governance.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1024 * 1024


class Files(Protocol):
    """What the judging asks of a repository. Names have forward slashes and begin at its root."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none that may be read."""

    def within(self, folder: str, pattern: str) -> list[str]:
        """The names of the files in a folder, not below it, that fit a pattern, in order."""


def inside(name: str) -> str | None:
    """A name without `.` and `..`; None where it leads out of the repository."""
    kept: list[str] = []
    for part in PurePosixPath(name.lstrip("/")).parts:
        if part == "..":
            if not kept:
                return None
            kept.pop()
        else:
            kept.append(part)
    return "/".join(kept)


class Kept:
    """Files that are held in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def read(self, name: str) -> bytes | None:
        """The bytes of a file."""
        return self.files.get(inside(name) or "")

    def within(self, folder: str, pattern: str) -> list[str]:
        """The names of files in a folder."""
        pairs = [name.rpartition("/") for name in sorted(self.files)]
        return [f"{at}/{last}".lstrip("/") for at, _, last in pairs if at == folder and fnmatch(last, pattern)]


class Checkout:
    """Files on disk, under one folder. Raises `UsageError` where that is none."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UsageError("there is no such folder", where=str(root), hint="Name the root of a repository.")
        self.root = root.resolve()

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; one over the cap is given up to one byte more than it, so that whoever parses it says so."""
        clean = inside(name)
        if not clean:
            return None
        path = self.root / clean
        try:
            if not path.resolve().is_relative_to(self.root) or not path.is_file():
                return None
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except (OSError, ValueError):
            return None

    def within(self, folder: str, pattern: str) -> list[str]:
        """The names of files in a folder."""
        clean = inside(folder)
        try:
            if clean is None or not (self.root / clean).resolve().is_relative_to(self.root):
                return []
            found = sorted((self.root / clean).iterdir())
        except (OSError, ValueError):
            return []
        return [
            path.relative_to(self.root).as_posix() for path in found if fnmatch(path.name, pattern) and path.is_file()
        ]
