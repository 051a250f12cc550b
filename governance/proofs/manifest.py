"""A release manifest: every file of a folder by path, size and digest, in one canonical list with one digest.

Nothing is left out: hidden files, `.git`, whatever lies there. A folder with nothing in it is a row of its own, because a loader
can tell that it is there: its path ends in `/`, and its size and digest are those of no bytes. Symbolic links and
everything that is neither a file nor a folder have no row; whoever walks a folder refuses them.

The list is `[{"path", "sha256", "size"}, …]`, sorted by the UTF-8 bytes of the path, in canonical JSON (RFC 8785); its
digest is `sha256:` over these bytes. So any other list of the same files has the same digest, whoever wrote it.

A path must mean the same file on every machine: parts joined by `/`, none of them empty, `.` or `..`, no backslash, no control,
direction or invisible character, in Unicode's form NFC, and no two paths that differ only in the case of their letters.

An *identity* is one digest over several parts (the release folder, its base, its tokenizer, …), see `identity`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import canonical
from governance.parsing.people import FILLERS, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_ROWS = 100_000
MAX_PATH = 1000
MAX_DEPTH = 64
NO_BYTES = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The digest of no bytes, which an empty folder has."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_FIELDS = {"path", "size", "sha256"}


@dataclass(frozen=True)
class Row:
    """One file: its path inside the folder, its length in bytes, its digest as `sha256:<hex>`."""

    path: str
    size: int
    sha256: str

    @property
    def is_empty_folder(self) -> bool:
        """True for a folder with nothing in it."""
        return self.path.endswith("/")

    def plain(self) -> dict[str, Any]:
        """The JSON form."""
        return {"path": self.path, "size": self.size, "sha256": self.sha256}


def empty_folder(path: str) -> Row:
    """The row of a folder with nothing in it; `path` without the slash at its end."""
    return Row(f"{path}/", 0, NO_BYTES)


@dataclass(frozen=True)
class Manifest:
    """Rows in their order. Made by `build` or `read`, which keep the rules."""

    rows: tuple[Row, ...]

    def plain(self) -> list[dict[str, Any]]:
        """The JSON form, over which the digest is taken."""
        return [row.plain() for row in self.rows]

    @cached_property
    def digest(self) -> str:
        """`sha256:…` of the canonical list."""
        return canonical.digest(self.plain())

    @property
    def total_bytes(self) -> int:
        """The sum of all sizes."""
        return sum(row.size for row in self.rows)

    @cached_property
    def by_path(self) -> dict[str, Row]:
        """The rows by their paths."""
        return {row.path: row for row in self.rows}

    def under(self, folder: str) -> Manifest:
        """The rows of a folder inside, with their paths in it; `folder` is "" for all."""
        start = f"{folder}/" if folder else ""
        length = len(start)
        return Manifest(
            tuple(
                Row(row.path[length:], row.size, row.sha256)
                for row in self.rows
                if row.path.startswith(start) and len(row.path) > length
            )
        )


def build(rows: Iterable[Row], *, where: str = "") -> Manifest:
    """A manifest of these rows in any order. Raises `UnreadableError` for none, and for the first row against the rules."""
    listed = sorted(rows, key=lambda row: row.path.encode("utf-8", "surrogatepass"))
    if not listed:
        raise UnreadableError("there is no file in it", where=where, hint="Name the folder that holds the model.")
    if len(listed) > MAX_ROWS:
        raise UnreadableError(f"more than {MAX_ROWS:,} files", where=where)
    for path, said in problems(row.path for row in listed):
        raise UnreadableError(f"{path!a}: {said}", where=where, hint="Rename it, or take it out of the release.")
    for row in listed:
        if not isinstance(row.size, int) or isinstance(row.size, bool) or row.size < 0 or not _is_digest(row.sha256):
            raise UnreadableError(f"{row.path!a}: its size or digest is none", where=where)
        if row.is_empty_folder and (row.size, row.sha256) != (0, NO_BYTES):
            raise UnreadableError(f"{row.path!a}: an empty folder with bytes", where=where)
    return Manifest(tuple(listed))


def read(value: object, *, where: str = "") -> Manifest:
    """A manifest from its JSON form. Raises `UnreadableError` for another form, and for rows that are not in order."""
    if not isinstance(value, list):
        raise UnreadableError("a manifest that is no list", where=where)
    rows = []
    for number, row in enumerate(value):
        if not isinstance(row, dict) or set(row) != _FIELDS or not isinstance(row["path"], str):
            raise UnreadableError(f"row {number} of the manifest is not path, size and sha256", where=where)
        rows.append(Row(row["path"], row["size"], row["sha256"]))
    made = build(rows, where=where)
    if list(made.rows) != rows:
        raise UnreadableError("the rows of the manifest are not sorted by path", where=where)
    return made


def path_problem(path: str) -> str | None:
    """Why a path can not stand in a manifest, or None. A slash at its end names an empty folder."""
    inner = path.removesuffix("/")
    parts = inner.split("/")
    if hidden := _hidden(path):
        return hidden
    wrong = (
        (not inner, "an empty path"),
        (len(path) > MAX_PATH, f"a path longer than {MAX_PATH} characters"),
        ("\\" in path, "a backslash, which parts names on other systems"),
        (inner.startswith("/"), "an absolute path"),
        (any(part in {"", ".", ".."} for part in parts), "a part that is empty, `.` or `..`"),
        (len(parts) > MAX_DEPTH, f"deeper than {MAX_DEPTH} folders"),
        (
            unicodedata.normalize("NFC", path) != path,
            "a name that is not in Unicode's form NFC, which other systems spell otherwise",
        ),
    )
    return next((said for is_so, said in wrong if is_so), None)


def _hidden(path: str) -> str | None:
    """Which character of a path is not seen, or None."""
    if path.isascii() and path.isprintable():
        return None
    for character in path:
        if "\ud800" <= character <= "\udfff":
            return "a name that is not UTF-8"
        if character in FILLERS or unicodedata.category(character) in _UNSEEN or not visible(character):
            return f"the character U+{ord(character):04X}, which is not seen, in a name"
    return None


def problems(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What is against the rules among the paths of one manifest: each by itself, and two that would be one somewhere."""
    files: set[str] = set()
    spelt: dict[str, str] = {}
    for path in paths:
        if said := path_problem(path):
            yield path, said
            continue
        inner = path.removesuffix("/")
        if inner in files:
            yield path, "it stands there twice"
            continue
        files.add(inner)
        step = inner
        while step:
            other = spelt.setdefault(_folded(step), step)
            if other != step:
                yield path, f"it differs from {other!a} only in the case of letters"
                break
            step = step.rpartition("/")[0]
    for inner in sorted(files):
        step = inner.rpartition("/")[0]
        while step:
            if step in files:
                yield inner, f"it lies in {step!a}, which is a file or an empty folder"
                break
            step = step.rpartition("/")[0]


def identity(parts: Iterable[Mapping[str, Any]]) -> str:
    """`sha256:…` over the parts of a release, each with `part`, `name`, `digest` and `revision`, in their order.

    A part whose bytes are known counts by its digest alone, whatever it is called and wherever it lies; one that is known by
    reference only counts by its name and, where there is one, its revision.
    """
    return canonical.digest([_counted(part) for part in parts])


def _counted(part: Mapping[str, Any]) -> dict[str, Any]:
    if part.get("digest") is not None:
        return {"part": part["part"], "digest": part["digest"]}
    named = {"part": part["part"], "name": part["name"]}
    return named | ({"revision": part["revision"]} if part.get("revision") is not None else {})


def _folded(path: str) -> str:
    return path if path.isascii() and path.islower() else unicodedata.normalize("NFC", path.casefold())


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and bool(_DIGEST.match(value))
