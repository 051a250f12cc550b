"""Which names the members of a container may have, so that they mean one file on every system that unpacks them.

Letters, digits and `. _ @ + -` of ASCII, parted by `/`. That leaves nothing to climb out of a folder with, no control or bidirectional
character to deceive a reader's eye, no second Unicode spelling of the same name, and no name that a shell or a file system of
today reads as something else. Names that differ in capitals alone, and a file that is a folder too, are refused: on many
systems one would overwrite the other.
"""

from __future__ import annotations

import re
from functools import lru_cache

from governance.errors import GovernanceError, UnreadableError

MAX_NAME = 240
"""Characters of a whole name: what most systems still take when a folder of the reader stands before it."""
MAX_PART = 100
"""Characters between two slashes: the field for a name in a ustar header, less than any file system's 255 bytes."""
MAX_DEPTH = 16
"""Parts of a name, the last one included. Real packs have five at most; a walk and a rebuilt folder stay shallow."""

MAX_FOLDERS = 10_000
"""Different folders of one container. Real packs have some fifty; a million of them would take a gigabyte to remember."""

_PART = r"[A-Za-z0-9._@+-]+"
_PORTABLE = re.compile(rf"{_PART}(?:/{_PART})*")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_OTHER_SIGNS = "has a name with other signs than letters, digits and . _ @ + - /"
_RENAME = "A pack made by `govern pack` holds no such name; do not unpack this one."


def shown(name: str | bytes) -> str:
    """The name for a person's eyes: what is not printable ASCII as an escape, and never very long."""
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    plain = text[:MAX_NAME].encode("ascii", "backslashreplace").decode()
    plain = "".join(sign if " " <= sign <= "~" else f"\\x{ord(sign):02x}" for sign in plain)
    return plain + ("…" if len(text) > MAX_NAME else "")


def fault(name: str) -> str | None:
    """Why no member may have this name, as the end of a sentence, or None."""
    if len(name) > MAX_NAME:
        return f"has a name of {len(name):,} characters, over the cap of {MAX_NAME}"
    if not _PORTABLE.fullmatch(name):
        return _unportable(name)
    folder, _, last = name.rpartition("/")
    return (_folder_fault(folder) if folder else None) or _part_fault(last)


@lru_cache(maxsize=1024)  # most members share their folder with the one before
def _folder_fault(folder: str) -> str | None:
    parts = folder.split("/")
    if len(parts) >= MAX_DEPTH:
        return f"lies {len(parts)} folders deep, over the cap of {MAX_DEPTH - 1}"
    return next((said for part in parts if (said := _part_fault(part))), None)


def _part_fault(part: str) -> str | None:
    if part[-1] == ".":
        return (
            "has a name that climbs out of its folder" if part == ".." else "has a part that ends in a dot in its name"
        )
    if len(part) > MAX_PART:
        return f"has a part of more than {MAX_PART} characters in its name"
    if part[0] in "cpanlCPANL" and _DEVICE.fullmatch(part):
        return "has a name that some systems keep for a device"
    return None


def _unportable(name: str) -> str:
    if not name:
        return "has no name"
    if "\0" in name:
        return "has a NUL in its name, behind which some programs do not look"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "has an absolute name"
    if "\\" in name:
        return "has a backslash in its name, which some programs take for a folder"
    if ".." in name.split("/"):
        return "has a name that climbs out of its folder"
    if name.endswith("/"):
        return "is a folder, and a pack holds files alone"
    if "//" in name:
        return "has an empty part in its name"
    return _OTHER_SIGNS


class Names:
    """The names met so far, in the order they came, each allowed and none the same as another."""

    def __init__(self) -> None:
        self.met: list[str] = []
        self._folded: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def add(self, raw: str | bytes) -> str:
        """Take one more name. Raises `UnreadableError` that names it: no rule of the names may be broken."""
        if isinstance(raw, bytes):
            try:
                name = raw.decode("ascii")
            except UnicodeDecodeError:
                raise UnreadableError(_OTHER_SIGNS, where=shown(raw), hint=_RENAME) from None
        else:
            name = raw
        said = fault(name)
        if said is not None:
            raise UnreadableError(said, where=shown(name), hint=_RENAME)
        folded = name.lower()
        if folded in self._folded:
            other = self._folded[folded]
            same = "stands in it more than once" if other == name else f"differs from {other} in capitals alone"
            raise UnreadableError(same, where=name, hint=_RENAME)
        self._folded[folded] = name
        if folded in self._folders:
            raise UnreadableError(
                f"is a file, and a folder too, in which {self._folders[folded]} lies", where=name, hint=_RENAME
            )
        folder = folded.rpartition("/")[0]
        while folder and folder not in self._folders:
            if folder in self._folded:
                raise UnreadableError(f"lies in {self._folded[folder]}, which is a file", where=name, hint=_RENAME)
            if len(self._folders) == MAX_FOLDERS:
                raise UnreadableError(
                    f"lies in one folder more than the cap of {MAX_FOLDERS:,}", where=name, hint=_RENAME
                )
            self._folders[folder] = name
            folder = folder.rpartition("/")[0]
        self.met.append(name)
        return name

    def write(self, name: str) -> None:
        """Take a name that is about to be written. Raises `GovernanceError` where no reader would take it."""
        try:
            self.add(name)
        except UnreadableError as error:
            hint = "Rename it: nobody could read a pack that holds it."
            raise GovernanceError(error.message, where=error.where, hint=hint) from None
