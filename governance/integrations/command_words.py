"""A command that somebody else is to run, as it may be written down: what `facts.command` says, of another process than ours."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from governance.integrations.facts.command import command as told_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
_SWITCH = re.compile(r"-[bBdEiIOPqsSuvx]+")
"""What Python takes before the script and without a value."""


def program(words: Sequence[str]) -> str:
    """The name of the program, without its folder."""
    return os.path.basename(words[0])[:200] or "not told"  # noqa: PTH119 - a string is what we have


def command(words: Sequence[str]) -> dict[str, Any]:
    """The body of a `command` record with the name of the `program`; of Python its script, of another its arguments."""
    name, rest = program(words), list(words[1:])
    if not _PYTHON.fullmatch(name):
        told = told_of(words, SimpleNamespace(__spec__=None))
        replay = shlex.join([name, *told["arguments"]])
        return {"program": name, **told, "interpreter": None, "started_as": "program", "script": None, "replay": replay}
    while rest and _SWITCH.fullmatch(rest[0]):
        rest.pop(0)
    module = rest[1] if rest[:1] == ["-m"] and len(rest) > 1 else None
    spec = None if module is None else SimpleNamespace(name=module)
    return {"program": name, **told_of(rest if module is None else rest[1:], SimpleNamespace(__spec__=spec))}


def code(words: Sequence[str]) -> dict[str, Any]:
    """Where the code of the command may lie, as `facts.child` wants it: the folder of its script before the working folder."""
    here = str(Path.cwd())
    script = next((word for word in words[1:] if word.endswith(".py")), None)
    if script is None:
        return {"folders": [here], "script": None}
    path = str(Path(script).resolve())
    return {"folders": [os.path.dirname(path), here], "script": path}  # noqa: PTH120
