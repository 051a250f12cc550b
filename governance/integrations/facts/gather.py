"""All facts of a run, each as (kind of record, body). What can not be told is null in its body, and nothing here guesses.

What the loaded libraries and the command line say is asked in this process and costs next to nothing. Everything that
may take its time, or hang, is asked by another process (`child`). What could not be had at all is a `gap` with the
reason, and keeps none of the others back.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.integrations.facts import child
from governance.integrations.facts.command import command
from governance.integrations.facts.determinism import determinism

if TYPE_CHECKING:
    from collections.abc import Callable

HERE: dict[str, Callable[[], dict[str, Any]]] = {"determinism": determinism, "command": command}
"""What is asked in this process."""


def gather(patience: float = child.PATIENCE) -> list[tuple[str, dict[str, Any]]]:
    """The records to be written when a run begins: of the process, its code, its container and its machine; gaps for what is missing."""
    made: list[tuple[str, dict[str, Any]]] = []
    for kind, tell in HERE.items():
        try:
            made.append((kind, tell()))
        except Exception as error:
            made.append(("gap", {"of": kind, "why": f"{type(error).__name__}: {error}", "count": None}))
    return made + child.told(where(), patience)


def where() -> dict[str, Any]:
    """Where the code of this run may lie: the folder of its script before the working folder."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    script = script if isinstance(script, str) and not script.startswith("<") else None  # "<stdin>" is no file
    folders = [str(Path(script).resolve().parent)] if script is not None else []
    with contextlib.suppress(OSError):  # the working folder may have been removed
        folders.append(str(Path.cwd()))
    return {"folders": folders, "script": script}
