"""`sync`: what recorders wrote into a spool becomes evidence in the ledger."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json
from governance.errors import CouldNotTell, UnreadableError, UsageError

if TYPE_CHECKING:
    from governance.syncing import Spool, Synced

_TIME = re.compile(r"(\d{1,6})(s|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def register(top: typer.Typer) -> None:
    """Put the command under the app."""
    top.command()(sync)


def sync(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER…",
            help="Spools, or the output folders they lie in; else GOVERN_SPOOL, else governance-spool.",
        ),
    ] = None,
    *,
    system: Annotated[
        str | None, typer.Option(help="The id of the system they are for; else what each run said.")
    ] = None,
    quiet_for: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="How long a run without a seal must have been silent to be taken for ended, such as 90s, 10m or 2h.",
        ),
    ] = "10m",
    outputs: Annotated[bool, typer.Option(help="Attach the weights in a run's output folder with it.")] = True,
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete the sealed segments of finished runs whose bytes are on record.")
    ] = False,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Attach what recorders wrote into a spool. The same again appends nothing, and a run that still goes on is not touched."""
    from governance import syncing
    from governance.integrations.segment import spool_folder
    from governance.workspace import Workspace

    named = folders or [spool_folder(None, None)]
    opened = Workspace(workspace)
    found = syncing.look(named, opened.clock(), _duration(quiet_for))
    with output.progress("reading") as report:
        done = syncing.sync(
            opened,
            found,
            system=system,
            outputs=outputs,
            remove=remove,
            progress=lambda _, at, total: report(at, total),
        )
    if json:
        output.document("sync.v1", runs=[_plain(each) for each in done], not_read=_unread(found))
    else:
        _say(done, found)
    if found.not_read or any(_broken(each) for each in done):
        raise typer.Exit(UnreadableError.exit_code)
    if not any(each.recorded for each in done):
        raise typer.Exit(CouldNotTell.exit_code)  # all of them still run


def _broken(each: Synced) -> bool:
    """Whether a segment could not be read though its run was told apart."""
    names = {path.name for path in each.spooled.paths}
    return each.attached is not None and any(row.path in names for row in each.attached.not_read)


def _duration(text: str) -> timedelta:
    told = _TIME.fullmatch(text.strip())
    if told is None:
        raise UsageError(f"--quiet-for {text!r} is no time", hint="Write 90s, 10m, 2h or 1d.")
    return timedelta(seconds=int(told[1]) * _SECONDS[told[2] or "s"])


def _plain(each: Synced) -> dict[str, Any]:
    from governance.collectors.formats.spool_record import instant

    run = each.spooled.run
    return {
        "run": run.name,
        "activity": run.first.activity,
        "system": each.system,
        "state": each.spooled.state,
        "outcome": run.outcome,
        "attempts": len(run.attempts),
        "last_heartbeat": instant(max(piece.heard_at for piece in run.pieces)),
        "segments": [str(path) for path in each.spooled.paths],
        "recorded": each.recorded,
        "appended": [vars(item) for item in each.attached.appended] if each.attached else [],
        "unchanged": len(each.attached.unchanged) if each.attached else 0,
        "not_read": [{"path": row.path, "reason": row.reason} for row in each.attached.not_read]
        if each.attached
        else [],
        "outputs": str(each.outputs) if each.outputs else None,
        "notes": each.notes,
        "removed": [str(path) for path in each.removed],
    }


def _unread(found: Spool) -> list[dict[str, str]]:
    return [{"path": str(path), "reason": reason} for path, reason in found.not_read]


def _say(done: tuple[Synced, ...], found: Spool) -> None:
    from governance.collectors.formats.spool_record import instant

    for each in done:
        run, state = each.spooled.run, each.spooled.state
        heard = instant(max(piece.heard_at for piece in run.pieces))
        said = f"{state} as {run.outcome}" if state == "sealed" else f"{state} (last heartbeat {heard})"
        times = f", {len(run.attempts)} attempts" if len(run.attempts) > 1 else ""
        output.say(output.one_line(f"{run.name}: {run.first.activity}, {said}{times}"))
        if each.attached is not None:
            new, old = len(each.attached.appended), len(each.attached.unchanged)
            output.say(f"  {new} new, {old} unchanged, {len(each.attached.not_read)} not read, for {each.system}")
            for row in each.attached.not_read:
                output.say(f"  not read: {output.one_line(row.path)}: {output.one_line(row.reason)}")
        elif each.recorded:
            output.say(f"  on record already, for {each.system}")
        for note in each.notes:
            output.say(f"  {output.one_line(note)}")
        if each.removed:
            output.say(f"  {len(each.removed)} segments removed")
    for path, reason in found.not_read:
        output.say(f"not read: {output.one_line(str(path))}: {output.one_line(reason)}")
    running = sum(each.spooled.state == "still running" for each in done)
    recorded = sum(each.recorded for each in done)
    output.say(f"{recorded} runs on record, {running} still running, {len(found.not_read)} segments not read")
