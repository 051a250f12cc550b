"""All commands of `govern`, and the one place where an error becomes an exit code."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import typer

from governance import __version__
from governance.cli import (
    anchor,
    approval,
    attach,
    content,
    demo,
    diff,
    energy,
    evidence,
    handover,
    impact,
    judging,
    ledger,
    lint,
    people,
    plan,
    profiles,
    release,
    review,
    setup,
    sign,
    witness,
)
from governance.errors import GovernanceError

if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG = (
    "Exit codes: 0 yes · 1 no (gate failed, not verified) · 2 wrong usage · 3 could not tell (inconclusive, missing, stale) · "
    "4 integrity broken · 5 separation of duties broken · 6 input could not be read."
)

app = typer.Typer(
    name="govern",
    help="From a finished fine-tuning run to an audit pack that anybody can verify.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _top(
    version: bool = typer.Option(False, "--version", "-V", help="Print the version and stop."),
) -> None:
    if version:
        typer.echo(f"govern {__version__}")
        raise typer.Exit


for group in (
    setup,
    people,
    attach,
    evidence,
    energy,
    release,
    judging,
    impact,
    approval,
    profiles,
    review,
    plan,
    sign,
    handover,
    diff,
    lint,
    ledger,
    anchor,
    witness,
    content,
    demo,
):
    group.register(app)


@cache
def _commands() -> Any:
    """All commands, made of their functions once: that takes longer than many of them."""
    return typer.main.get_command(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code. No error leaves as a traceback unless GOVERN_DEBUG is set."""
    try:
        code = _commands()(list(arguments), standalone_mode=False)
    except GovernanceError as error:
        return _fail(error, arguments)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("stopped\n")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except typer.Exit as done:
        return done.exit_code
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "show"):  # a usage error of the parser itself
            error.show()
            return int(error.exit_code)
        if os.environ.get("GOVERN_DEBUG"):
            raise
        sys.stderr.write(
            f"error: {type(error).__name__}: {error}\nThis is a fault of the program, not of your input. "
            "Run again with GOVERN_DEBUG=1 and report what it prints.\n"
        )
        return 1
    return code if isinstance(code, int) else 0


def _fail(error: GovernanceError, arguments: Sequence[str]) -> int:
    from governance.cli import output

    if "--json" in arguments:
        output.document("error.v1", error=error.message, where=error.where, hint=error.hint, exit_code=error.exit_code)
    output.aside(f"error: {error}")
    return error.exit_code
