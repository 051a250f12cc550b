"""`attach`, `environment`, `evidence`: putting evidence in, and looking at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, moment
from governance.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from governance.attaching import Item

app = typer.Typer(help="Look at the evidence in the ledger.", no_args_is_help=True)


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.command()(attach)
    top.command()(environment)
    top.add_typer(app, name="evidence")


def attach(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files and folders of finished runs.")],
    *,
    system: Annotated[str, typer.Option(help="The id of the system they speak for.")],
    about: Annotated[
        str | None, typer.Option(help="Declare what evaluations speak of: candidate, base or reference.")
    ] = None,
    effective: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it was true, where the tool left no clock.")
    ] = None,
    environment: Annotated[
        bool, typer.Option(help="Record this machine as the environment where the run recorded none.")
    ] = True,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Attach what finished runs left behind. The same bytes again make no new entry."""
    from governance.domain.evidence import Role
    from governance.workspace import Workspace

    if about is not None and about not in set(Role):
        raise UsageError(f"--about {about!r} is unknown", hint=f"One of: {', '.join(Role)}.")
    with output.progress("reading") as report:
        done = Workspace(workspace).attach(
            paths,
            system,
            about=Role(about) if about else None,
            effective=moment(effective),
            environment=environment,
            progress=lambda _, at, total: report(at, total),
        )
    if json:
        output.document(
            "attach.v1",
            appended=[vars(item) for item in done.appended],
            unchanged=[vars(item) for item in done.unchanged],
            not_read=[{"path": row.path, "reason": row.reason} for row in done.not_read],
        )
    else:
        rows = [[i.id, i.kind, i.path, i.quality, _about(i)] for i in done.appended]
        output.table("Attached", ["id", "kind", "path", "quality", "about"], rows)
        output.say(f"{len(done.appended)} new, {len(done.unchanged)} unchanged, {len(done.not_read)} not read")
        if any(_about(item) == "tied to no model" for item in done.appended):
            output.say(
                "  No control accepts what is tied to no model: attach it with its run folder, or declare it with --about."
            )
        for row in done.not_read:
            output.say(f"  not read: {output.one_line(row.path)}: {output.one_line(row.reason)}")
    if done.named_but_not_read:
        raise typer.Exit(UnreadableError.exit_code)


def _about(item: Item) -> str:
    """Which model a piece speaks of, and how firmly; who wrote it by hand; a dash where it speaks of no model."""
    if item.declared_by is not None and item.role is None:
        return f"declared by {item.declared_by}"
    if item.role is not None:
        return f"{item.role} {item.bound_to[7:19]}" if item.bound_to else f"{item.role}, by name"
    return "tied to no model" if item.kind.startswith(("eval-", "training-", "model-")) else "–"


def environment(
    *,
    out: Annotated[Path | None, typer.Option(help="Write it to this file instead of standard output.")] = None,
    packages: Annotated[
        Path | None, typer.Option(help="The run's own packages, as `pip list --format=freeze` prints them.")
    ] = None,
    json: Json = False,
) -> None:
    """Record this machine: GPU, driver, CUDA, packages. Put the file into a run's folder to attach it with the run."""
    from json import dumps

    from governance.collectors.compute_environment import capture
    from governance.parsing import canonical
    from governance.workspace import now

    body = {"captured_at": canonical.instant(now()), **capture(), "captured": "by-command"}
    if packages is not None:
        body["packages"] = frozen(packages)
    if out is None:
        output.document("compute-environment.v1", **body)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(dumps({"schema": "compute-environment.v1", **body}, indent=2) + "\n", "utf-8")
    if json:
        output.document("environment.v1", out=str(out))
    else:
        output.say(f"{out}: {body['gpu_note']}")


def frozen(path: Path) -> dict[str, str]:
    """Name and version of each line `name==version`; raises for a file that holds anything else."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"can not be read: {error}", where=str(path)) from None
    rows = [line.partition("==") for line in lines if not line.startswith("#")]
    if not rows or any(not name or not version for name, _, version in rows):
        raise UnreadableError("not a list of name==version", where=str(path), hint="Use: pip list --format=freeze")
    return {name.lower().replace("_", "-"): version for name, _, version in rows}


@app.command("list")
def evidence_list(
    *,
    system: Annotated[str, typer.Option(help="The id of the system.")],
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """List the evidence of a system, oldest first."""
    from governance.workspace import Workspace

    pieces = [p for p in Workspace(workspace).dossier(system).pieces if kind is None or p.record.kind == kind]
    if json:
        output.document("evidence-list.v1", evidence=[p.model_dump(mode="json", exclude={"body"}) for p in pieces])
        return
    rows = [
        [p.id, p.record.kind, p.record.subject.name, p.record.quality, f"{p.record.effective_at or 'no clock'}",
         p.record.declared_by or p.record.tool or p.record.collector.name]
        for p in pieces
    ]  # fmt: skip
    output.table(f"Evidence of {system}", ["id", "kind", "about", "quality", "effective", "from"], rows)


@app.command("show")
def evidence_show(
    evidence_id: Annotated[str, typer.Argument(metavar="ID", help="The id, or its beginning.")],
    *,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Show one piece of evidence: its record and its body."""
    from json import dumps

    from governance.workspace import Workspace

    piece = Workspace(workspace).evidence(evidence_id)
    if json:
        output.document(
            "evidence.v1",
            id=piece.id,
            seq=piece.seq,
            recorded_at=piece.recorded_at.isoformat(),
            record=piece.record.plain(),
            body=piece.body,
        )
        return
    output.say(f"{piece.id}  {piece.record.kind}  {piece.record.quality}")
    output.say(dumps({"record": piece.record.plain(), "body": piece.body}, indent=2, ensure_ascii=False))
