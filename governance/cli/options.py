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
Overlay = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="GOVERN_WORKSPACE",
        help="A workspace whose own content is read over ours; else the one in the present folder, if there is one.",
    ),
]
SystemId = Annotated[str, typer.Argument(metavar="SYSTEM", help="The id of a system.")]
Policy = Annotated[
    str | None, typer.Option("--policy", help="The policy; else the system's own, else the workspace's.")
]
On = Annotated[
    str | None,
    typer.Option("--on", "--as-of", metavar="DATE", help="Judge as of this day (2026-12-31) or moment (RFC 3339)."),
]


def overlay(workspace: Path | None) -> Path | None:
    """The folder whose content is read over ours: the one named, else the present one where it is a workspace, else none.

    Raises `UsageError` for one that is named and holds neither a workspace nor content: nothing would be read of it.
    """
    from governance.content import places
    from governance.workspace import CONFIG

    if workspace is None:
        return HERE if (HERE / CONFIG).is_file() else None
    if not workspace.is_dir():
        raise UsageError("there is no such folder", where=str(workspace), hint="Name a workspace with --workspace.")
    if not ((workspace / CONFIG).is_file() or places.holds_content(workspace) or places.strays([workspace])):
        said = f"there is neither a {CONFIG} in it nor any content"
        raise UsageError(said, where=str(workspace), hint=f"Content lies in: {', '.join(places.FOLDERS)}.")
    return workspace


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
