"""A folder on disk against a manifest: every file read, nothing left out, no link followed.

The folder is opened once and everything below is opened from there, part by part and without following links, so nobody can
put another folder in its place meanwhile. (The folder itself may be named through a link: that is the caller's choice of a name.)
Each file is hashed between two looks at its size and times, and the whole folder is listed again at the end: what
changes while it is read is refused.

Symbolic links, pipes, sockets and devices are refused with their path. A folder with nothing in it is a row of its own.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.errors import UnreadableError, UsageError
from governance.proofs import manifest as manifests
from governance.proofs.manifest import MAX_DEPTH, MAX_ROWS, Manifest, Row
from governance.verifier import hashing
from governance.verifier.hashing import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from governance.verifier.hashing import Known

    Progress = Callable[[str, int, int], None]
    """Told a path, how many bytes are done in all, and how many there are in all."""

_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_LINKED = (
    "a symbolic link, which can come to mean other bytes. Copy the folder with the files themselves: cp -rL FOLDER COPY"
)
_CHANGED = "it changed while it was read"
_SPECIAL = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)


@dataclass
class _Listing:
    """What lies in a folder: files with their stamps, empty folders, and what can not stand in a manifest."""

    files: dict[str, Stamp] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    problems: list[tuple[str, str]] = field(default_factory=list)


def take(folder: Path, *, known: Known | None = None, progress: Progress | None = None) -> Manifest:
    """The manifest of a folder, all of it. `known` gives digests from before; without it every byte is read.

    Raises `UnreadableError` for the first thing that can not be in a manifest or can not be read, and for no file at all.
    """
    with _opened(folder) as top:
        listing = _list(top)
        for path, said in listing.problems:
            raise UnreadableError(said, where=f"{folder}/{_shown(path)}")
        paths = [*listing.files, *(f"{path}/" for path in listing.empty)]
        for path, said in manifests.problems(paths):
            raise UnreadableError(
                said, where=f"{folder}/{_shown(path)}", hint="Rename it, or take it out of the release."
            )
        if not listing.files:
            raise UnreadableError("there is no file in it", where=str(folder))
        digests = _hash(top, listing.files, known, progress)
        for path, answer in digests.items():
            if answer.problem:
                raise UnreadableError(answer.problem, where=f"{folder}/{_shown(path)}")
        for path in _differences(listing, _list(top)):
            raise UnreadableError(_CHANGED, where=f"{folder}/{_shown(path)}")
    rows = [Row(path, stamp.size, digests[path].digest) for path, stamp in listing.files.items()]
    return manifests.build([*rows, *map(manifests.empty_folder, listing.empty)], where=str(folder))


def check(
    folder: Path,
    rows: Iterable[Row],
    *,
    paranoid: bool = True,
    known: Known | None = None,
    progress: Progress | None = None,
) -> list[tuple[str, str]]:
    """Everything in which a folder is not exactly what the rows say, as (path, what is wrong), sorted by path; empty: equal.

    Every byte is read unless `paranoid` is off and `known` holds digests from before. Raises `UsageError` where there is no such
    folder. A manifest without rows is never what a folder is.
    """
    wanted = {row.path: row for row in rows}
    found: list[tuple[str, str]] = [] if wanted else [(".", "the manifest names no file")]
    with _opened(folder) as top:
        listing = _list(top)
        found += listing.problems
        refused = {path for path, _ in listing.problems}
        present = {**{path: stamp.size for path, stamp in listing.files.items()}, **{f"{p}/": 0 for p in listing.empty}}
        found += [(path, _surplus(path)) for path in present if path not in wanted]
        found += [(path, _missing(path)) for path in wanted if path not in present and path not in refused]
        same = {}
        for path, stamp in listing.files.items():
            if path in wanted and stamp.size != wanted[path].size:
                found.append((path, f"changed: {stamp.size:,} bytes instead of {wanted[path].size:,}"))
            elif path in wanted:
                same[path] = stamp
        for path, answer in _hash(top, same, None if paranoid else known, progress).items():
            if answer.problem:
                found.append((path, answer.problem))
            elif answer.digest != wanted[path].sha256:
                found.append((path, "changed: other bytes of the same length"))
        told = {path for path, _ in found}
        found += [(path, _CHANGED) for path in _differences(listing, _list(top)) if path not in told]
    return sorted((_shown(path), said) for path, said in found)


def one_file(path: Path, *, known: Known | None = None, name: str | None = None) -> Row:
    """The row of a file on its own, by its name. Raises `UnreadableError`."""
    with _opened(path.absolute().parent) as top:
        try:
            status = os.stat(path.name, dir_fd=top, follow_symlinks=False)
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
        if said := _sort_problem(status.st_mode):
            raise UnreadableError(said, where=str(path))
        answer = _hash(top, {path.name: Stamp.of(status)}, known, None)[path.name]
        if answer.problem:
            raise UnreadableError(answer.problem, where=str(path))
    return Row(name or path.name, status.st_size, answer.digest)


def read(folder: Path, row: Row, most: int) -> bytes:
    """The bytes of a small file of a manifest, once more held against its row. Raises `UnreadableError`."""
    from governance.parsing import canonical

    where = f"{folder}/{row.path}"
    if row.size > most:
        raise UnreadableError(f"{row.size:,} bytes is over the cap of {most:,}", where=where)
    with _opened(folder) as top:
        try:
            descriptor = _open(top, row.path)
            with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor has no path
                data = stream.read(row.size + 1)
        except OSError as error:
            raise UnreadableError(_said(error), where=where) from None
    if canonical.sha256(data) != row.sha256:
        raise UnreadableError(_CHANGED, where=where)
    return data


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    try:
        descriptor = os.open(folder, _FOLDER)
    except OSError as error:
        raise UsageError(f"can not be opened as a folder: {error.strerror}", where=str(folder)) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _list(top: int) -> _Listing:
    listing = _Listing()
    _enter(top, "", 1, listing)
    return listing


def _enter(descriptor: int, shown: str, depth: int, listing: _Listing) -> None:
    with os.scandir(descriptor) as entries:
        names = sorted(entry.name for entry in entries)
    if not names and shown:
        listing.empty.add(shown)
    for name in names:
        path = f"{shown}/{name}" if shown else name
        if len(listing.files) + len(listing.empty) >= MAX_ROWS:
            raise UnreadableError(f"more than {MAX_ROWS:,} files", where=path)
        try:
            _take(descriptor, name, path, depth, listing)
        except OSError as error:
            listing.problems.append((path, _said(error)))


def _take(descriptor: int, name: str, path: str, depth: int, listing: _Listing) -> None:
    status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    if not stat.S_ISDIR(status.st_mode):
        if said := _sort_problem(status.st_mode):
            listing.problems.append((path, said))
        else:
            listing.files[path] = Stamp.of(status)
        return
    if depth >= MAX_DEPTH:
        listing.problems.append((path, f"deeper than {MAX_DEPTH} folders"))
        return
    child = os.open(name, _FOLDER | getattr(os, "O_NOFOLLOW", 0), dir_fd=descriptor)
    try:
        _enter(child, path, depth + 1, listing)
    finally:
        os.close(child)


def _sort_problem(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return _LINKED
    return next((what for is_one, what in _SPECIAL if is_one(mode)), "neither a file nor a folder") + ", not a file"


@dataclass(frozen=True)
class _Answer:
    digest: str = ""
    problem: str = ""


def _hash(top: int, files: dict[str, Stamp], known: Known | None, progress: Progress | None) -> dict[str, _Answer]:
    """The digest of each file, or why there is none."""
    answers: dict[str, _Answer] = {}
    count = _Count(sum(stamp.size for stamp in files.values()), progress)

    def work(path: str) -> None:
        answers[path] = _one(top, path, files[path], known, count)

    hashing.side_by_side(files, lambda path: files[path].size, work)
    return answers


def _one(top: int, path: str, stamp: Stamp, known: Known | None, count: _Count) -> _Answer:
    try:
        descriptor = _open(top, path)
    except OSError as error:
        return _Answer(problem=_said(error))
    try:
        if Stamp.of(os.fstat(descriptor)) != stamp:
            return _Answer(problem=_CHANGED)
        digest = known.get(stamp) if known is not None else None
        if digest is not None:
            count.add(path, stamp.size)
            return _Answer(digest)
        digest, done = hashing.of_descriptor(descriptor, count.of(path) if count.is_told else None)
        if done != stamp.size or Stamp.of(os.fstat(descriptor)) != stamp:
            return _Answer(problem=_CHANGED)
        if known is not None:
            known.put(stamp, digest)
    except OSError as error:
        return _Answer(problem=_said(error))
    finally:
        os.close(descriptor)
    return _Answer(digest)


def _open(top: int, path: str) -> int:
    """A file below an open folder, each part opened from the one before and never through a link."""
    *folders, name = path.split("/")
    here = top
    try:
        for part in folders:
            below = os.open(part, _FOLDER | getattr(os, "O_NOFOLLOW", 0), dir_fd=here)
            if here != top:
                os.close(here)
            here = below
        return os.open(name, _FILE, dir_fd=here)
    finally:
        if here != top:
            os.close(here)


class _Count:
    """How many bytes are done over all files, told to whoever watches."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = threading.Lock()

    @property
    def is_told(self) -> bool:
        return self._progress is not None

    def add(self, path: str, count: int) -> None:
        if self._progress is not None:
            with self._lock:
                self._done += count
                self._progress(path, self._done, self._total)

    def of(self, path: str) -> Callable[[int], None]:
        """What is to be told how many bytes of this file are done."""
        before = 0

        def told(done: int) -> None:
            nonlocal before
            self.add(path, done - before)
            before = done

        return told


def _differences(first: _Listing, second: _Listing) -> list[str]:
    """Paths at which two looks at a folder disagree."""
    paths = {path for path, stamp in first.files.items() if second.files.get(path) != stamp}
    paths |= set(second.files) - set(first.files)
    paths |= first.empty ^ second.empty
    paths |= {path for path, _ in set(first.problems) ^ set(second.problems)}
    return sorted(paths)


def _surplus(path: str) -> str:
    return "not in the manifest: an empty folder" if path.endswith("/") else "not in the manifest"


def _missing(path: str) -> str:
    return "missing: an empty folder" if path.endswith("/") else "missing"


def _shown(path: str) -> str:
    """A path that can be printed, whatever bytes it is made of."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _said(error: OSError) -> str:
    return _LINKED if error.errno == errno.ELOOP else f"can not be read: {error.strerror or error}"
