"""`impact`: what a change would do, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, On, moment
from governance.errors import CouldNotTell, UsageError

if TYPE_CHECKING:
    from governance.assurance.impact import Impact


def register(app: typer.Typer) -> None:
    """Put this command under the app."""
    app.command()(impact)


def impact(
    *,
    data_set: Annotated[
        str | None, typer.Option("--data-set", metavar="NAME|DIGEST", help="A data set changes.")
    ] = None,
    base: Annotated[str | None, typer.Option("--base", metavar="NAME[@REVISION]", help="A base model changes.")] = None,
    licence: Annotated[str | None, typer.Option("--licence", metavar="TEXT", help="A licence changes or ends.")] = None,
    judge: Annotated[str | None, typer.Option("--judge", metavar="NAME", help="A judging model changes.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Evidence of a kind comes in anew.")
    ] = None,
    control: Annotated[str | None, typer.Option("--control", metavar="ID", help="A control is changed.")] = None,
    content: Annotated[
        str | None, typer.Option("--content", metavar="PATH", help="A file of content is changed.")
    ] = None,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Which approvals would fall by a change, over all systems, and what would have to be shown again. Nothing is changed.

    Exit 0 where something on record names the thing, 3 where nothing does.
    """
    from governance.assurance.impact import Change
    from governance.assurance.impact import impact as judged
    from governance.assurance.then_and_now import Now
    from governance.portfolio import Portfolio
    from governance.workspace import Workspace

    named = {
        "data-set": data_set, "base": base, "licence": licence, "judge": judge, "kind": kind, "control": control,
        "content": content,
    }  # fmt: skip
    given = {sort: name for sort, name in named.items() if name is not None}
    if len(given) != 1:
        raise UsageError("name one thing that changes", hint="govern impact --data-set NAME; see govern impact --help")
    ((sort, name),) = given.items()
    if not name.strip():
        raise UsageError(f"--{sort} names nothing")
    cases = Portfolio(Workspace(workspace), moment(on)).cases()
    found = judged(
        {
            system: Now(
                case.dossier, case.catalogue, case.catalogue.policy(case.gate.policy), case.gate.policy_digest,
                case.assessment, case.register, case.on,
            )
            for system, case in cases.items()
        },
        Change(sort, name),  # type: ignore[arg-type]
    )  # fmt: skip
    touched = [row for row in found if row.touched]
    if json:
        output.document(
            "impact.v1", change={"sort": sort, "name": name}, named=bool(touched), systems=[r.plain() for r in found]
        )
    else:
        _say(found, sort, name)
    if not touched:
        raise typer.Exit(CouldNotTell.exit_code)


def _say(found: tuple[Impact, ...], sort: str, name: str) -> None:
    touched = [row for row in found if row.touched]
    if not touched:
        output.say(f"Nothing on record names the {sort} {name}. That is no proof that nothing depends on it.")
    for row in touched:
        output.say(f"{row.system}: {len(row.falls)} approvals in force would fall")
        for each in row.falls:
            unless = f", unless an envelope covers it then: {', '.join(each.unless)}" if each.unless else ""
            output.say(f"  {each.signer} ({each.role}), {each.approval}: {each.because}{unless}")
        for seen in row.evidence:
            how = "" if seen.match == "exact" else f" (matched by {seen.match})"
            output.say(f"  seen in {seen.evidence}, {seen.kind}: {seen.names}{how}")
        if row.show_again:
            output.say(f"  to be shown again: {', '.join(row.show_again)}")
        if row.risks:
            output.say(f"  risks rated by them: {', '.join(row.risks)}")
    rest = [row.system for row in found if not row.touched]
    if touched and rest:
        output.say(f"Not touched: {', '.join(rest)}")
