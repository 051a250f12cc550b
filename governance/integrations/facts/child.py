"""The process that is started for facts that take their time, seen from the recorder.

It is isolated (`-I`): no variable of Python's, no module that lies in the working folder. Where this package and the
packages of the run lie is handed over, so that it works for a wheel, an editable install and a checkout on
`PYTHONPATH` alike, and lists the very packages that the run sees; the standard library comes first. It is given no
command line, and everything it needs through its standard input.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import governance
from governance.integrations.facts import outside

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 30.0
"""Seconds that all of it may take."""
_START = """
import json, sys
given = json.loads(sys.stdin.buffer.read())
sys.path.insert(0, given["root"])
import governance
del sys.path[0]
sys.path += [place for place in given["path"] if place not in sys.path]
from governance.integrations.facts import outside
outside.main(given)
"""


def told(given: Mapping[str, Any], patience: float = PATIENCE) -> list[tuple[str, dict[str, Any]]]:
    """The records (kind, body) of everything that the process tells, and a `gap` for each that it does not. Never raises."""
    program = _interpreter()
    if program is None:
        return _missing({}, "the program that runs is no interpreter of Python that could be started again")
    here = Path(governance.__file__).parent.parent
    path = [place for place in sys.path if place and Path(place).is_absolute()]
    handed = json.dumps({**given, "root": str(here), "path": path}).encode()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own words, and no shell reads them
            [program, "-I", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        return _missing({}, f"the process for it could not be started: {error.strerror or type(error).__name__}")
    try:
        said, _ = process.communicate(handed, patience)
        why = f"the process for it ended with {process.returncode}"
    except subprocess.TimeoutExpired as error:
        process.kill()
        said, why = error.output or b"", f"it took longer than {patience:g} seconds"
        _let_go(process)
    return _records(said, why)


def _interpreter() -> str | None:
    """The interpreter that runs, or None: a frozen application that is started again would do its work again."""
    program = sys.executable
    if not program or getattr(sys, "frozen", False):
        return None
    return program if Path(program).name.lower().startswith(("python", "pypy")) else None


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Give its pipes back. One that hangs in a driver may not even die when it is killed, and is not waited for."""
    for stream in (process.stdin, process.stdout):
        try:
            if stream is not None:
                stream.close()
        except OSError:
            continue
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return


def _records(said: bytes, why: str) -> list[tuple[str, dict[str, Any]]]:
    answers: dict[str, dict[str, Any]] = {}
    for line in said.splitlines():
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict) and answer.get("kind") in outside.PARTS:
            answers[answer["kind"]] = answer
    return _missing(answers, why)


def _missing(answers: Mapping[str, dict[str, Any]], why: str) -> list[tuple[str, dict[str, Any]]]:
    made: list[tuple[str, dict[str, Any]]] = []
    for kind in outside.PARTS:
        answer = answers.get(kind, {})
        if isinstance(answer.get("body"), dict):
            made.append((kind, answer["body"]))
        else:
            made.append(("gap", {"of": kind, "why": answer.get("why") or why, "count": None}))
    return made
