"""The options that many commands share, each said once."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from governance.errors import UsageError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
Folder = Annotated[
    Path,
    typer.Option("--workspace", "-w", envvar="GOVERN_WORKSPACE", help="The folder of the workspace."),
]
HERE = Path()
SystemId = Annotated[str, typer.Argument(metavar="SYSTEM", help="The id of a system.")]
Policy = Annotated[
    str | None, typer.Option("--policy", help="The policy; else the system's own, else the workspace's.")
]
On = Annotated[
    str | None,
    typer.Option("--on", "--as-of", metavar="DATE", help="Judge as of this day (2026-12-31) or moment (RFC 3339)."),
]


def moment(text: str | None) -> datetime | None:
    """The moment an option names; a plain day means its last second in UTC."""
    if text is None:
        return None
    from governance.parsing import canonical

    try:
        return canonical.end_of(date.fromisoformat(text)) if len(text) == 10 else canonical.moment(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no date: {error}", hint="Write 2026-12-31 or 2026-12-31T18:00:00Z.") from None


def day(text: str | None) -> date | None:
    """The day an option names."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date", hint="Write it like 2026-12-31.") from None
