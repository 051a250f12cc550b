"""`ledger`: verify, check the whole store, checkpoint, prove, export, upgrade."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json
from governance.errors import IntegrityError, UsageError

app = typer.Typer(help="The append-only ledger under everything.", no_args_is_help=True)


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(app, name="ledger")


@app.command("verify")
def ledger_verify(
    *,
    checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint kept from before.")] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Recompute the whole tree and every body; names the first entry that fails. Exit 4 where one does."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    with output.progress("verifying") as tick:
        check = opened.verify_ledger(progress=tick)
    problem = check.problem
    if problem is None and checkpoint is not None:
        problem = opened.against(checkpoint)
    if json:
        output.document(
            "ledger-verify.v1",
            ok=problem is None,
            failed_at=check.failed_at,
            problem=problem,
            head=check.checkpoint.plain(),
        )
    else:
        output.say(f"{check.checkpoint.size} entries, root {check.checkpoint.root}")
        output.say(
            f"{output.answer('no')}: {problem}" if problem else f"{output.answer('yes')}: every entry is what it was"
        )
        if checkpoint is None:
            output.aside("Entries cut off the end show only against a checkpoint kept elsewhere: --checkpoint FILE")
    if problem:
        raise typer.Exit(IntegrityError.exit_code)


@app.command("fsck")
def ledger_fsck(*, workspace: Folder = HERE, json: Json = False) -> None:
    """Look through the whole store and change nothing: file, triggers, entries, tree, bodies, leftovers. Exit 4 where one is broken."""
    from governance.ledger.fsck import fsck

    with output.progress("reading") as tick:
        found = fsck(workspace / "ledger.db", workspace / "blobs", progress=tick)
    if json:
        output.document(
            "ledger-fsck.v1",
            ok=found.ok,
            revision=found.revision,
            entries=found.entries,
            bodies=found.bodies,
            root=found.head.root,
            wal_bytes=found.wal_bytes,
            problems=[{"where": problem.where, "problem": problem.said} for problem in found.problems],
            notes=found.notes,
        )
    else:
        output.say(f"{found.entries} entries, {found.bodies} bodies, root {found.head.root}")
        for problem in found.problems:
            output.say(f"{output.answer('no')}: {output.one_line(str(problem))}")
        for said in found.notes:
            output.aside(f"note: {output.one_line(said)}")
        if found.ok:
            output.say(f"{output.answer('yes')}: nothing is broken")
    if not found.ok:
        raise typer.Exit(IntegrityError.exit_code)


@app.command("tiles")
def ledger_tiles(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or one written before.")],
    *,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the log as static files (c2sp.org/tlog-tiles): its entries, the tiles of its tree, the signed checkpoint."""
    from governance.ledger import tiles_folder
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    head = opened.ledger.checkpoint()
    made = tiles_folder.write(opened.ledger, head, opened.checkpoint_note(head), folder)
    if json:
        output.document("ledger-tiles.v1", **head.plain(), folder=str(folder), written=made)
    else:
        output.say(f"{head.size} entries, {made} new files and the checkpoint in {folder}")


@app.command("checkpoint")
def ledger_checkpoint(*, workspace: Folder = HERE, json: Json = False) -> None:
    """Print the signed head of the ledger. Keep it somewhere else: it is what makes a later change show."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    head = opened.ledger.checkpoint()
    note = opened.checkpoint_note(head).decode()
    if json:
        output.document("checkpoint.v1", **head.plain(), note=note, ledger_key=opened.ledger_key)
    else:
        typer.echo(note, nl=False)


@app.command("proof")
def ledger_proof(
    entry: Annotated[str, typer.Argument(metavar="ID", help="The id of an entry, or its beginning.")],
    *,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Print the proof that an entry is in the ledger."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    found = opened.ledger.find(entry)
    head = opened.ledger.checkpoint()
    path = [base64.b64encode(step).decode() for step in opened.ledger.inclusion(found.seq, head.size)]
    if json:
        output.document("inclusion-proof.v1", id=found.id, index=found.seq, checkpoint=head.plain(), path=path)
    else:
        output.say(f"{found.id} is leaf {found.seq} of {head.size}, root {head.root}")
        for step in path:
            output.say(f"  {step}")


@app.command("upgrade")
def ledger_upgrade(*, workspace: Folder = HERE, json: Json = False) -> None:
    """Bring the tables of an older workspace up to this version. No entry is touched."""
    from governance.ledger import schema

    path = workspace / "ledger.db"
    if not path.is_file():
        raise UsageError("there is no ledger here", where=str(path))
    before, after = schema.upgrade(path)
    if json:
        output.document("ledger-upgrade.v1", before=before, after=after)
    else:
        output.say(f"revision {before} → {after}" if before != after else f"revision {after}, nothing to do")
