"""Which files lie in what was attached.

Folders are walked in sorted order, `.git` left out. A link to a file inside the attached folder is followed (a
Hugging Face snapshot is made of such links into its blobs, and the blobs are then not listed a second time); a link
that leaves it is refused and said so; a link to a folder is never followed, for what it points to is walked anyway or
lies outside.

There are caps on the number of files and folders and on depth. A file named on its own is attached without its folder: only what
its own text names beside it is looked at.
"""

from __future__ import annotations

import os
import stat
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from governance.collectors.reading.answers import NotRead
from governance.collectors.reading.files import File, Memory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MAX_FILES = 100_000
MAX_ENTRIES = 500_000
"""Of one folder, which has to be listed whole to be sorted."""
MAX_DEPTH = 32
MAX_PATH = 1000
SKIPPED = frozenset({".git"})


class Folder:
    """One folder of what was attached, with the files directly in it by name, in sorted order.

    `place` is the folder on this machine, `shown` its path inside what was attached ("" for the top). `notes` is where
    collectors keep what they worked out about it, so that it is worked out once. `tops` are the folders that were attached by name,
    `named` the files that were.
    """

    def __init__(self, place: str, shown: str, *, parent: Folder | None = None, listed_by_name: bool = False) -> None:
        self.place = place
        self.shown = shown
        self.name = os.path.basename(place) or place  # noqa: PTH119 - a string is what we have
        self.parent = parent
        self.listed_by_name = listed_by_name
        self.files: dict[str, File] = {}
        self.children: list[Folder] = []
        self.notes: dict[str, Any] = {}
        self.tops: Sequence[Folder] = ()
        self.named: Sequence[File] = ()

    def below(self) -> Iterator[Folder]:
        """All folders under this one, nearest first in sorted order."""
        for child in self.children:
            yield child
            yield from child.below()

    def beside(self, name: str) -> File | None:
        """A file of this folder by name or by a plain path below it, or None.

        For a file attached on its own the disk is asked, because its folder was not walked. Never leaves the folder.
        """
        if name in self.files:
            return self.files[name]
        parts = PurePosixPath(name).parts
        if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or "\0" in name:
            return None
        if not self.listed_by_name:
            return self._walked(parts)
        path = os.path.realpath(os.path.join(self.place, *parts))  # noqa: PTH118
        if not _inside(path, os.path.realpath(self.place)) or not os.path.isfile(path):  # noqa: PTH113
            return None
        return File(path, str(PurePosixPath(self.shown, *parts)), parts[-1])

    def _walked(self, parts: tuple[str, ...]) -> File | None:
        folder: Folder | None = self
        for part in parts[:-1]:
            folder = next((child for child in folder.children if child.name == part), None) if folder else None
        return folder.files.get(parts[-1]) if folder else None


def walk(paths: Sequence[Path], leave: Collection[Path] = ()) -> tuple[list[Folder], list[NotRead]]:
    """The folders of everything named, and what could not be entered. A place named twice is walked once.

    What is in `leave`, a folder or a file, is left alone where it is met below a folder.
    """
    folders, not_read = _walk(paths, frozenset(os.path.realpath(path) for path in leave))
    tops = tuple(folder for folder in folders if folder.parent is None and not folder.listed_by_name)
    named = tuple(file for folder in folders for file in folder.files.values() if file.explicit)
    for folder in folders:
        folder.tops, folder.named = tops, named
    return folders, not_read


def _walk(paths: Sequence[Path], leave: frozenset[str]) -> tuple[list[Folder], list[NotRead]]:
    folders: list[Folder] = []
    not_read: list[NotRead] = []
    seen: set[str] = set()
    memory = Memory()
    singles: dict[str, Folder] = {}
    for path in paths:
        text = os.fspath(path)
        try:
            real = os.path.realpath(text)
            mode = os.stat(real).st_mode  # noqa: PTH116
        except (OSError, ValueError) as error:
            not_read.append(NotRead(text, f"can not be read: {getattr(error, 'strerror', None) or error}"))
            continue
        if stat.S_ISDIR(mode):
            _Walk(real, folders, not_read, seen, memory, leave).run()
        elif stat.S_ISREG(mode):
            place, name = os.path.split(real)
            if real in seen:
                _mark_explicit(folders, real)
                continue
            seen.add(real)
            if place not in singles:
                singles[place] = Folder(place, "", listed_by_name=True)
                folders.append(singles[place])
            if problem := _bad_name(name):
                not_read.append(NotRead(_printable(name), problem))
            else:
                singles[place].files[name] = File(real, name, name, explicit=True, memory=memory)
        else:
            not_read.append(NotRead(text, "neither a file nor a folder"))
    return folders, not_read


class _Walk:
    """One walk below one root."""

    def __init__(
        self,
        root: str,
        folders: list[Folder],
        not_read: list[NotRead],
        seen: set[str],
        memory: Memory,
        leave: frozenset[str],
    ) -> None:
        self.root = root
        self.leave = leave
        self.memory = memory
        self.folders = folders
        self.not_read = not_read
        self.seen = seen
        self.count = 0
        self.full = False
        self.linked: set[str] = set()

    def run(self) -> None:
        top = Folder(self.root, "")
        start = len(self.folders)
        self._enter(top, 0)
        for folder in self.folders[start:]:
            for name in [name for name, file in folder.files.items() if self._is_blob(folder, file)]:
                del folder.files[name]

    def _is_blob(self, folder: Folder, file: File) -> bool:
        """True for a file listed under its own name that a link in this tree already names."""
        return file.path in self.linked and file.path == os.path.join(folder.place, file.name)  # noqa: PTH118

    def _enter(self, folder: Folder, depth: int) -> None:
        try:
            with os.scandir(folder.place) as entries:
                listed = sorted(islice(entries, MAX_ENTRIES + 1), key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(folder.shown or ".", f"can not be entered: {error.strerror or error}")
            return
        if len(listed) > MAX_ENTRIES:
            self._refuse(folder.shown or ".", f"more than {MAX_ENTRIES:,} entries; nothing in it was read")
            return
        self.folders.append(folder)
        for entry in listed:
            shown = f"{folder.shown}/{entry.name}" if folder.shown else entry.name
            try:
                self._take(folder, entry, shown, depth)
            except OSError as error:  # gone, or no longer ours to look at, since the folder was listed
                self._refuse(shown, f"can not be read: {error.strerror or error}")

    def _take(self, folder: Folder, entry: os.DirEntry[str], shown: str, depth: int) -> None:
        """One entry of a folder, by what it is."""
        if self.leave and os.path.realpath(entry.path) in self.leave:
            return
        if problem := _bad_name(shown):
            self._refuse(_printable(shown), problem)
        elif entry.is_symlink():
            self._link(folder, entry, shown)
        elif entry.is_dir(follow_symlinks=False):
            if entry.name in SKIPPED or not self._has_room(shown):
                return
            if depth + 1 > MAX_DEPTH:
                self._refuse(shown, f"deeper than {MAX_DEPTH} folders; nothing below it was read")
                return
            child = Folder(entry.path, shown, parent=folder)
            folder.children.append(child)
            self._enter(child, depth + 1)
        elif entry.is_file(follow_symlinks=False):
            self._add(folder, File(entry.path, shown, entry.name, memory=self.memory))

    def _link(self, folder: Folder, entry: os.DirEntry[str], shown: str) -> None:
        target = os.path.realpath(entry.path)
        if not _inside(target, self.root):
            self._refuse(shown, "a symbolic link that leaves the folder. Attach the folder that holds its target")
        elif os.path.isfile(target):  # noqa: PTH113
            self.linked.add(target)
            self._add(folder, File(target, shown, entry.name, memory=self.memory))
        elif not os.path.isdir(target):  # noqa: PTH112
            self._refuse(shown, "a symbolic link to nothing")

    def _add(self, folder: Folder, file: File) -> None:
        key = f"{folder.place}/{file.name}"
        if key in self.seen:
            return
        if self._has_room(file.shown):
            self.seen.add(key)
            folder.files[file.name] = file

    def _has_room(self, shown: str) -> bool:
        """Count one more file or folder; False beyond the cap, which is said once."""
        self.count += 1
        if self.count > MAX_FILES and not self.full:
            self._refuse(".", f"more than {MAX_FILES:,} files and folders; those from {shown} on were not read")
            self.full = True
        return not self.full

    def _refuse(self, shown: str, reason: str) -> None:
        self.not_read.append(NotRead(shown, reason))


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _mark_explicit(folders: list[Folder], real: str) -> None:
    place, name = os.path.split(real)
    for folder in folders:
        if folder.place == place and name in folder.files:
            folder.files[name].explicit = True


def _bad_name(shown: str) -> str:
    """Why a name can not stand in a record, or nothing."""
    try:
        shown.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return f"its path is longer than {MAX_PATH} characters" if len(shown) > MAX_PATH else ""


def _printable(shown: str) -> str:
    return shown.encode("utf-8", "replace").decode("utf-8")[:MAX_PATH]
