"""Where content lies: inside the installed package, in the checkout, and in the user's own workspace on top.

The first root is ours: `governance/_content` in an installed wheel, the top of the checkout in an editable install.
Each further root has the same four folders; a later file with the same path replaces an earlier one, a new path adds.

What is read here is handed over in packs. So a link that leads out of the folders of content is refused: it would carry a stranger's
file along, or a key of the workspace.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from governance.content.problems import Problem
from governance.errors import ContentError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WORDING = "controls/wording"
FOLDERS = ("controls", "evidence/kinds", "evidence/suites", "policies", "templates")
SUFFIXES = {".yaml", ".j2"}
BESIDE_TEMPLATES = {".po", ".svg", ".png", ".jpg", ".jpeg"}
"""What templates have beside them: catalogues of languages, and a firm's logo."""
MAX_FILE_BYTES = 1024 * 1024

_PICTURES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
_RUNS = ".runs"
_LIKE_CONTENT = {".yaml", ".yml", ".j2", _RUNS}
_NEAR = {
    "control": "controls", "evidence/kind": "evidence/kinds", "evidence/suite": "evidence/suites",
    "policy": "policies", "template": "templates",
}  # fmt: skip
"""Names that a person writes for one of ours. Other folders of a workspace are their owner's business."""


def builtin_root() -> Path:
    """The folder that holds our own content."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_content", package.parent):
        if (root / "controls").is_dir():
            return root
    raise ContentError("the content that belongs to this program is not installed", hint="Install the package again.")


def recorded_root() -> Path:
    """The folder of recorded runs."""
    return builtin_root() / "evidence" / "recorded"


def holds_content(root: Path) -> bool:
    """Whether a folder has any of the folders of content."""
    return any((root / folder).is_dir() for folder in FOLDERS)


def read_all(roots: Sequence[Path]) -> dict[str, bytes]:
    """All content files by relative path, later roots over earlier ones, sorted by path. Lists of runs are not among them."""
    found: dict[str, bytes] = {}
    for root in roots:
        for path, name in _below(root):
            if _is_content(name, path.suffix) and not name.startswith(WORDING + "/") and path.is_file():
                found[name] = _read(path)
    return dict(sorted(found.items()))


def _is_content(name: str, suffix: str) -> bool:
    return suffix in SUFFIXES or (name.startswith("templates/") and suffix in BESIDE_TEMPLATES)


def templates(content: Mapping[str, bytes]) -> dict[str, str]:
    """Templates and what they have beside them, by path below `templates/`, as text; pictures as `data:` addresses.

    Raises `ContentError` for one that is not UTF-8.
    """
    made: dict[str, str] = {}
    for path, data in content.items():
        if not path.startswith("templates/"):
            continue
        name, mime = path.removeprefix("templates/"), _PICTURES.get(path.rpartition(".")[2])
        try:
            made[name] = f"data:{mime};base64,{base64.b64encode(data).decode()}" if mime else data.decode()
        except UnicodeDecodeError as error:
            raise ContentError(f"is not UTF-8: {error}", where=path) from None
    return made


def replaced(roots: Sequence[Path]) -> tuple[tuple[str, Path], ...]:
    """(path, root) of each file that a later root has over an earlier one, with other bytes, by path. Lists of runs are among them."""
    held: dict[str, bytes] = {}
    over: list[tuple[str, Path]] = []
    for root in roots:
        lists = {f"{WORDING}/{name}{_RUNS}": data for name, data in wording([root]).items()}
        found = read_all([root]) | lists
        over += [(path, root) for path, data in found.items() if held.get(path, data) != data]
        held |= found
    return tuple(sorted(over, key=lambda each: each[0]))


def wording(roots: Sequence[Path]) -> dict[str, bytes]:
    """The lists of runs of official texts, by name."""
    return {
        path.stem: _read(path)
        for root in roots
        for path, name in _below(root, (WORDING,))
        if name == f"{WORDING}/{path.name}" and path.suffix == _RUNS and path.is_file()
    }


def strays(roots: Sequence[Path]) -> tuple[Problem, ...]:
    """Files that look like content and are passed over: another suffix, a folder whose name is nearly one of ours."""
    found: list[Problem] = []
    for root in roots:
        for path, name in _below(root):
            said = _passed_over(path, name)
            if said is not None:
                found.append(Problem(name, 0, said))
        for near, meant in _near(root):
            count = sum(path.suffix.lower() in _LIKE_CONTENT for path in (root / near).rglob("*"))
            if count:
                found.append(Problem(near, 0, f"nothing in it is read ({count} files). The folder is called {meant}."))
    return tuple(sorted(set(found)))


def _passed_over(path: Path, name: str) -> str | None:
    if path.suffix.lower() not in _LIKE_CONTENT or path.name.startswith(".#"):  # the latter: an editor's lock
        return None
    if path.is_symlink() and not path.exists():
        return "is a link that leads nowhere"
    if not path.is_file():
        return "is no file, so nothing is read from it. Give it another name."
    if path.suffix == _RUNS:
        return None if path.parent.as_posix().endswith(WORDING) else f"lists of runs are read from {WORDING} alone"
    if path.suffix not in SUFFIXES:
        return "is not read: a content file ends in .yaml, a template in .j2. Rename it."
    return "is not read: this folder is for lists of runs alone" if name.startswith(WORDING + "/") else None


def _near(root: Path) -> Iterator[tuple[str, str]]:
    """Folders whose names are nearly ours, and the name that is: the singular, or other capitals."""
    for parent in ("", "evidence"):
        folder = root / parent
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            name = path.relative_to(root).as_posix()
            right = _NEAR.get(name.lower(), name.lower())
            if name in FOLDERS or right not in FOLDERS or not path.is_dir():
                continue
            if not ((root / right).exists() and path.samefile(root / right)):  # one folder where capitals do not count
                yield name, right


def _below(root: Path, folders: Sequence[str] = FOLDERS) -> Iterator[tuple[Path, str]]:
    """Everything below the content folders of a root, with its relative path. Raises `ContentError` for a link that leads out.

    Our own folder is as its installer made it, from links too.
    """
    ours = root == builtin_root()
    for folder in folders:
        top = root / folder
        if not ours:
            _require_inside(top, (root,), "the workspace")
        for path in sorted(top.rglob("*")):
            if not ours and path.is_symlink():
                _require_inside(path, [root / each for each in FOLDERS], "the folders of content")
                if path.is_dir():
                    raise ContentError("is a link to a folder, and those are not followed", where=str(path), hint=_COPY)
            yield path, path.relative_to(root).as_posix()


_COPY = "Put a copy of what it leads to in its place."


def _require_inside(path: Path, places: Sequence[Path], called: str) -> None:
    try:
        real = path.resolve()
    except (OSError, RuntimeError):  # a circle; it leads nowhere
        return
    if not any(real.is_relative_to(place.resolve()) for place in places):
        raise ContentError(f"is a link out of {called}, to {real}", where=str(path), hint=_COPY)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ContentError(f"over the cap of {MAX_FILE_BYTES:,} bytes", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
