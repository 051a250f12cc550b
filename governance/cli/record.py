"""`record`: any command, watched from outside. It starts without the rest of the program; see `governance.integrations.command`."""

from __future__ import annotations

import typer


def register(top: typer.Typer) -> None:
    """Put the command under the app."""
    loose = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    top.command(context_settings=loose)(record)


def record(context: typer.Context) -> None:
    """Run any command and record how it went; its output and exit status are its own: govern record --help."""
    from governance.integrations.command import run

    raise typer.Exit(run(context.args))
