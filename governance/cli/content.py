"""`content`: the self-test of controls, frameworks, kinds, risks and policies, ours and the user's own."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli import output
from governance.cli.options import Json
from governance.errors import GovernanceError

app = typer.Typer(help="Frameworks, controls, kinds, risks, policies.", no_args_is_help=True)


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(app, name="content")


@app.command("check")
def content_check(
    *,
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Check this workspace's own content too.")
    ] = None,
    json: Json = False,
) -> None:
    """Read everything, follow every reference, run every example. Exit 1 where one fails."""
    from pathlib import Path

    from governance.checking import check
    from governance.content import graph, loader, places

    roots = [places.builtin_root()] + ([Path(workspace)] if workspace else [])
    catalogue = loader.load(places.read_all(roots))
    failures = check(catalogue)
    counts = {
        name: len(getattr(catalogue, name))
        for name in ("frameworks", "controls", "kinds", "risks", "policies", "suites")
    } | {"requirements": sum(len(rows) for rows in catalogue.requirements.values())}
    if json:
        output.document(
            "content-check.v1",
            ok=not failures,
            counts=counts,
            failures=failures,
            unused=graph.unused(catalogue),
            digest=catalogue.digest,
        )
    else:
        output.table("Content", ["what", "how many"], [[name, str(count)] for name, count in counts.items()])
        for frame in catalogue.frameworks.values():
            output.say(f"{frame.title} {frame.version}: {frame.checked}")
        for name in graph.unused(catalogue):
            output.say(f"  nothing leans on {name}")
        for failure in failures:
            output.say(f"  {failure}")
        output.say(output.answer("no" if failures else "yes") + f": {len(failures)} examples fail")
    if failures:
        raise typer.Exit(GovernanceError.exit_code)


@app.command("reach")
def content_reach(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="An evidence kind, such as eval-run.v1.")],
    *,
    json: Json = False,
) -> None:
    """Which requirements evidence of a kind can speak to."""
    from governance.content import graph, loader, places
    from governance.errors import UsageError

    catalogue = loader.load(places.read_all([places.builtin_root()]))
    if kind not in catalogue.kinds:
        raise UsageError(f"there is no kind {kind!r}", hint=f"There are: {', '.join(sorted(catalogue.kinds))}.")
    rows = graph.reached_by(catalogue, kind)
    if json:
        output.document("content-reach.v1", kind=kind, requirements=rows)
    else:
        output.say("\n".join(rows))
        output.say(f"{len(rows)} of {sum(len(r) for r in catalogue.requirements.values())} requirements")
