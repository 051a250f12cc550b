"""`lint`: what a model card leaves open, repeats from a template, or says without showing it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from governance.cli import output
from governance.cli.options import HERE, On, moment
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.linting.findings import Report
    from governance.linting.known import Known

INPUT = Path("-")
FORMATS = ("text", "sarif", "json")


def register(app: typer.Typer) -> None:
    """Put this command under the app."""
    app.command()(lint)


def lint(
    cards: Annotated[
        list[Path],
        typer.Argument(
            metavar="CARD", help="Model cards: Markdown with a YAML head, such as README.md; - reads standard input."
        ),
    ],
    *,
    system: Annotated[
        str | None, typer.Option(metavar="ID", help="Hold the figures and the licence against what is known of it.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="The folder of the workspace; else the present folder.")
    ] = None,
    on: On = None,
    form: Annotated[str, typer.Option("--format", help="text, sarif or json.")] = "text",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report to this file.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A warning counts as an error.")] = False,
) -> None:
    """Find what a model card leaves open, repeats from a template, or says without showing it. Any card, no network.

    Exit 0 where no finding is an error; 1 where one is, and with --strict a warning; 3 where a system was named and something of the card
    could not be shown by its evidence; 6 where a card could not be read. Warnings and notes alone end in 0.
    """
    from governance.linting import plain, sarif, text
    from governance.linting.lint import outcome

    if form not in FORMATS:
        raise UsageError(f"--format {form!r} is unknown", hint=f"One of: {', '.join(FORMATS)}.")
    if out is not None and any(_is_one_file(out, path) for path in cards):
        raise UsageError(f"--out {out} is one of the cards", hint="The report would take its place; name another file.")
    known = _known(system, workspace, on)
    reports = [_report(path, known) for path in dict.fromkeys(cards)]
    code = outcome(reports, strict=strict)
    if form == "text":
        made = "".join(output.clean(line) + "\n" for line in [*text.lines(reports), "", _summary(reports, code)])
    elif form == "json":
        made = _json(plain.document(reports, code))
    else:
        from governance import __version__

        made = _json(sarif.log(reports, version=__version__, uris={_name(path): _uri(path) for path in cards}))
    if out is None:
        typer.echo(made, nl=False)
    else:
        output.write(out, made.encode())
        output.aside(f"{out}: {_summary(reports, code)}")
    raise typer.Exit(code)


def _known(system: str | None, workspace: Path | None, on: str | None) -> Known | None:
    """What is known of the system, or None where none was named."""
    if system is None:
        if workspace is not None or on is not None:
            raise UsageError("--workspace and --on need a system to hold the card against", hint="Add --system ID.")
        return None
    from governance.linting.known import of_case
    from governance.workspace import Workspace

    folder = workspace or Path(os.environ.get("GOVERN_WORKSPACE") or HERE)
    return of_case(Workspace(folder).case(system, on=moment(on)))


def _report(path: Path, known: Known | None) -> Report:
    """The report on one file. What can not be opened is one that says so, so that the other cards are read all the same."""
    from governance.linting.card import MAX_BYTES
    from governance.linting.findings import Report
    from governance.linting.lint import lint as checked

    name = _name(path)
    if path.is_dir():
        return Report(name, unread="It is a folder; name the card in it.")
    try:
        if path == INPUT:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:  # a file, or a pipe
                data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Report(name, unread="There is no such file.")
    except OSError as error:
        return Report(name, unread=f"{error.strerror}.")
    return checked(data, name, known)


def _summary(reports: Sequence[Report], code: int) -> str:
    from governance.linting.findings import ORDER

    counts = ", ".join(f"{sum(report.count(level) for report in reports)} {level}s" for level in ORDER)
    unread = sum(bool(report.unread) for report in reports)
    cards = f"{len(reports)} card{'s' if len(reports) != 1 else ''}"
    return f"{cards}: {counts}{f', {unread} not read' if unread else ''}; exit {code}"


def _name(path: Path) -> str:
    """The name of a card as it is shown: a byte that is no text is written out."""
    return output.one_line(str(path))


def _uri(path: Path) -> str:
    if path == INPUT:
        return "stdin"
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def _is_one_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by whatever links."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _json(document: object) -> str:
    from json import dumps

    return dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
