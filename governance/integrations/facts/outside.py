"""What runs in the process that the recorder starts for facts that take their time: revision, container, machine.

Each is printed as a line of JSON as soon as it is known, so that one that hangs keeps none of the others back:
`{"kind": …, "body": …}`, or `{"kind": …, "why": …}` for one that could not be told. The process ends by itself.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LIFETIME = 60.0
"""Seconds after which the process ends, whatever a driver does to it."""


def revision(given: Mapping[str, Any]) -> dict[str, Any]:
    """The revision of the code."""
    from governance.integrations.facts import git

    return git.code(given["folders"], given["script"])


def container(given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - all of them are given the same
    """The container."""
    from governance.integrations.facts import container

    return container.container()


def machine(given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """The machine, its cards and its packages."""
    from governance.integrations.facts import machine

    return machine.environment()


PARTS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "code": revision,
    "container": container,
    "environment": machine,
}
"""Which kind of record each makes; what may take longest is last."""


def main(given: Mapping[str, Any]) -> None:
    """Tell everything, and end. What was `given`: `folders` and `script` of the run, as texts."""
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(LIFETIME, exit=True, file=nowhere)
        for kind, tell in PARTS.items():
            try:
                said: dict[str, Any] = {"kind": kind, "body": tell(given)}
            except Exception as error:
                said = {"kind": kind, "why": told(error)}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
        # A thread that still waits for a driver would keep the interpreter from ending.
        os._exit(0)


def told(error: Exception) -> str:
    """An error in one line: our own say enough by themselves."""
    from governance.integrations.facts.git import NoRevisionError

    return str(error) if isinstance(error, NoRevisionError) else f"{type(error).__name__}: {error}"
