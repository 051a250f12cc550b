"""`init`, `system`, `key`: making a workspace and saying what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, SystemId

systems = typer.Typer(help="Register the AI systems under governance.", no_args_is_help=True)
keyring = typer.Typer(help="Make signing keys.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put these commands under the app."""
    app.command()(init)
    app.add_typer(systems, name="system")
    app.add_typer(keyring, name="key")


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make it in.")] = HERE,
    *,
    origin: Annotated[str | None, typer.Option(help="The ledger's name in checkpoints.")] = None,
    json: Json = False,
) -> None:
    """Make a workspace: ledger, bodies, ledger key."""
    from governance.workspace import Workspace

    made = Workspace.init(folder, origin=origin)
    if json:
        output.document("init.v1", workspace=str(folder), origin=made.config["origin"])
    else:
        output.say(f"A workspace with the ledger {made.config['origin']} is in {folder.resolve()}")
        output.say(f"Auditors verify with its public key, keys/ledger.pub: {made.ledger_key}")


@systems.command("add")
def system_add(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="id, name, purpose and owner are required.")],
    *,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Register a system, or a changed description of it."""
    from governance.workspace import Workspace

    entry_id, new = Workspace(workspace).add_system(file)
    if json:
        output.document("system-add.v1", id=entry_id, new=new)
    else:
        output.say(f"{entry_id}: {'registered' if new else 'unchanged'}")


@systems.command("list")
def system_list(*, workspace: Folder = HERE, json: Json = False) -> None:
    """List the systems."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    rows = [opened.dossier(system).system for system in opened.ledger.systems()]
    if json:
        output.document("systems.v1", systems=[row.plain() for row in rows])
    else:
        output.table(
            "Systems", ["id", "name", "owner", "tier"], [[r.id, r.name, r.owner, r.tier or "not stated"] for r in rows]
        )


@systems.command("show")
def system_show(system: SystemId, *, workspace: Folder = HERE, json: Json = False) -> None:
    """Show what a system's owner stated of it, and the model to be released."""
    from governance.workspace import Workspace

    dossier = Workspace(workspace).dossier(system)
    identity = dossier.identity
    if json:
        output.document(
            "system.v1",
            system=dossier.system.plain(),
            identity={"digest": identity.digest, **identity.plain()} if identity else None,
        )
        return
    rows = [[name, str(value)] for name, value in dossier.system.plain().items()]
    rows.append(["model identity", identity.digest if identity else "no weights attached"])
    output.table(dossier.system.name, ["field", "stated"], rows)


@systems.command("lineage")
def system_lineage(system: SystemId, *, workspace: Folder = HERE, json: Json = False) -> None:
    """Where the model to be released comes from, and what was measured of it."""
    import networkx as nx

    from governance.assurance.lineage import lineage, lines
    from governance.workspace import Workspace

    graph = lineage(Workspace(workspace).dossier(system))
    if json:
        output.document("lineage.v1", system=system, **nx.node_link_data(graph, edges="edges"))
    else:
        output.say("\n".join(lines(graph)) or "no weights of a candidate were attached")


@keyring.command("new")
def key_new(
    file: Annotated[Path, typer.Argument(help="Where the private key goes; nobody but you may read it.")],
    *,
    ml_dsa: Annotated[
        bool, typer.Option("--ml-dsa", help="Make an ML-DSA-65 key, for second signatures that outlast the first.")
    ] = False,
    json: Json = False,
) -> None:
    """Make an Ed25519 key pair. A key of `ssh-keygen -t ed25519` serves as well."""
    from governance.proofs import ed25519
    from governance.proofs.public_keys import PublicKey
    from governance.signing import keys

    if ml_dsa:
        from governance.signing import post_quantum

        made = post_quantum.generate(file)
    else:
        key = keys.generate()
        keys.save(key, file)
        made = PublicKey.of_ed25519(ed25519.raw(key))
    public = made.line
    if json:
        output.document("key.v1", file=str(file), public=public, fingerprint=made.fingerprint)
    else:
        output.say(public)
        output.aside(f"The private key is in {file}; the line above is the public key.")
