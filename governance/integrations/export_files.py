"""Writing down what a tracking service said of runs: all of the documents, or none, and without secrets.

The form is told in `governance/collectors/formats/exported_run.py`.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import tracked_names, tracked_run
from governance.collectors.reading import redaction
from governance.errors import UnreadableError, UsageError
from governance.parsing import spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from governance.collectors.formats.tracked_run import Point

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_LONGEST = 500


def run_id(said: Any) -> str:
    """The id of a run, which becomes part of a file's name. Raises `UnreadableError` for what is none."""
    if not isinstance(said, str) or not _ID.fullmatch(said):
        raise UnreadableError(f"the service names a run {str(said)[:60]!r}, which is no id of a run")
    return said


def settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """`settings` and `settings_left_out` of a document: those with the well-known names of training, and a count of the others."""
    wanted = {name: value for name, value in said.items() if name in tracked_names.WANTED}
    kept = {name: value for name, value in wanted.items() if _fits(value)}
    return {"settings": kept, "settings_left_out": len(said) - len(kept)}


def series(said: Mapping[str, Sequence[Point]]) -> dict[str, Any]:
    """`series` and `points` of a document. Raises `UnreadableError` above the number of points that a reader takes."""
    points = sum(len(each) for each in said.values())
    if points > tracked_run.MOST_POINTS:
        raise UnreadableError(f"{points:,} logged numbers are more than {tracked_run.MOST_POINTS:,}")
    columns = {
        name: {"steps": [point.step for point in each], "values": [point.value for point in each]}
        for name, each in said.items()
    }
    return {"series": columns, "points": points}


def short(said: Any, most: int = _LONGEST) -> str | None:
    """A text of at most so many characters; None for anything else and for an empty one."""
    return said.strip()[:most] or None if isinstance(said, str) else None


def write(to: Path, documents: Iterable[tuple[str, dict[str, Any]]]) -> list[Path]:
    """Write each document as `<name>.json`; the documents may still be fetched while this goes on.

    A file appears whole and under its name only when all of them are there. What is not finished is taken away again,
    whatever went wrong. Raises `UsageError` where the folder can not be written.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for name, document in documents:
            to.mkdir(parents=True, exist_ok=True)
            path = to / f"{name}.json"
            part = to / f".{name}.json.{os.getpid()}.part"
            waiting.append((part, path))
            part.write_bytes(_bytes(document))
        for part, path in waiting:
            part.replace(path)
    except OSError as error:
        raise UsageError(f"can not be written: {error.strerror}", where=str(to)) from None
    finally:
        for part, _ in waiting:
            part.unlink(missing_ok=True)
    return [path for _, path in waiting]


def _bytes(document: dict[str, Any]) -> bytes:
    said, count = redaction.value(spool.plain(document))
    made = said | {"redacted": count}
    text = json.dumps(made, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def _fits(value: Any) -> bool:
    return isinstance(value, (bool, int, float, dict)) or (isinstance(value, str) and len(value) <= _LONGEST)
