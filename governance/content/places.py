"""Where content lies: inside the installed package, in the checkout, and in the user's own workspace on top.

The first root is ours: `governance/_content` in an installed wheel, the top of the checkout in an editable install.
Each further root has the same four folders; a later file with the same path replaces an earlier one, a new path adds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from governance.errors import ContentError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDING = "controls/wording"
FOLDERS = ("controls", "evidence/kinds", "evidence/suites", "policies", "templates")
SUFFIXES = {".yaml", ".j2"}
MAX_FILE_BYTES = 1024 * 1024


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


def read_all(roots: Sequence[Path]) -> dict[str, bytes]:
    """All content files by relative path, later roots over earlier ones, sorted by path."""
    found: dict[str, bytes] = {}
    for root in roots:
        for folder in FOLDERS:
            for path in sorted((root / folder).rglob("*")):
                if path.suffix in SUFFIXES and path.is_file():
                    found[path.relative_to(root).as_posix()] = _read(path)
    return dict(sorted(found.items()))


def replaced(roots: Sequence[Path]) -> tuple[str, ...]:
    """The paths that a later root has over an earlier one, with other bytes, sorted."""
    held: dict[str, bytes] = {}
    over: set[str] = set()
    for root in roots:
        found = read_all([root])
        over |= {path for path, data in found.items() if held.get(path, data) != data}
        held |= found
    return tuple(sorted(over))


def wording(roots: Sequence[Path]) -> dict[str, bytes]:
    """The lists of runs of official texts, by name."""
    return {path.stem: _read(path) for root in roots for path in sorted((root / WORDING).glob("*.runs"))}


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ContentError(f"over the cap of {MAX_FILE_BYTES:,} bytes", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
