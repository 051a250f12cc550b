"""`doctor`: whether the gate is really wired, and whether this machine and workspace are fit to be asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Json

if TYPE_CHECKING:
    from governance.wiring.findings import Finding

_MOST_BYTES = 4 * 1024 * 1024


def register(app: typer.Typer) -> None:
    """Put this command under the app."""
    app.command()(doctor)


def doctor(
    repository: Annotated[
        Path, typer.Argument(metavar="REPOSITORY", help="The root of the repository whose pipelines are read.")
    ] = HERE,
    *,
    rulesets: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="What the host requires, exported as JSON: GitHub's rules of a branch, ruleset, protection; GitLab's project. Repeatable.",
        ),
    ] = None,
    branch: Annotated[str, typer.Option(help="The branch that is released from.")] = "main",
    local: Annotated[
        bool, typer.Option(help="Look at this machine and the workspace as well; --no-local reads pipelines alone.")
    ] = True,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            "-w",
            envvar="GOVERN_WORKSPACE",
            help="The folder of the workspace; else that of the repository.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Is the gate really wired? Reads pipelines, follows the exit code of each `govern gate`, and says what swallows or skips it.

    Exit 0 all is ok, 1 there is a problem, 3 something could not be told, 6 an export could not be read. No pipeline is run, and no host
    is asked.
    """
    from governance import readiness
    from governance.wiring import findings, judging, protection
    from governance.wiring.files import Checkout
    from governance.workspace import now

    required = protection.read([(str(path), _bytes(path)) for path in rulesets or ()])
    found = judging.judge(Checkout(repository), today=now().date(), branch=branch, required=required)
    if local:
        found += readiness.findings(workspace or repository, now)
    state = findings.worst(found)
    if json:
        output.document(
            "doctor.v1", repository=str(repository), answer=state.value, findings=[each.plain() for each in found]
        )
    else:
        _say(found)
        output.say(_summary(found))
    raise typer.Exit(findings.exit_code(state))


def _bytes(path: Path) -> bytes:
    from governance.errors import UnreadableError

    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
    if len(data) > _MOST_BYTES:
        raise UnreadableError(f"over the cap of {_MOST_BYTES:,} bytes", where=str(path))
    return data


_SIGNS = {"ok": "✔ ok", "problem": "✘ problem", "could-not-tell": "? could not tell"}


def _say(found: list[Finding]) -> None:
    from governance.wiring.findings import RULES

    for each in found:
        place = f"  {each.place}" if each.place else ""
        output.say(output.one_line(f"{_SIGNS[each.state]}  {RULES[each.rule]}{place}"))
        output.say("    " + output.one_line(each.said))
        if each.remedy:
            output.say("    → " + output.one_line(each.remedy))


def _summary(found: list[Finding]) -> str:
    from governance.wiring.findings import State

    counts = ", ".join(
        f"{sum(each.state is state for each in found)} {_SIGNS[state].partition(' ')[2]}" for state in State
    )
    return f"{len(found)} answers: {counts}"
