"""`release`: naming what is to be deployed, every file of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import attesting, output
from governance.cli.options import HERE, Folder, Json, SystemId

if TYPE_CHECKING:
    from governance.releasing import Released


def register(app: typer.Typer) -> None:
    """Put the command under the app."""
    app.command()(release)


def release(
    system: SystemId,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that is to be deployed, all of it.")],
    *,
    base: Annotated[
        str | None,
        typer.Option(metavar="DIR|NAME@REVISION", help="The base: its folder, or its name and exact revision."),
    ] = None,
    adapter: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="An adapter that is loaded over it; may be given again, in the order of loading."
        ),
    ] = None,
    merge_recipe: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="How it was merged from other models, as the merging tool keeps it."),
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of the tokenizer, where it lies elsewhere.")
    ] = None,
    quantisation: Annotated[
        str | None, typer.Option(metavar="FILE|WORDS", help="How it is quantised when it is loaded.")
    ] = None,
    runtime: Annotated[
        str | None,
        typer.Option(metavar="FILE|WORDS", help="What runs it, such as an image's digest file or `vllm 0.9.2`."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="Which model in the folder it is, where several lie there.")
    ] = None,
    paranoid: Annotated[
        bool, typer.Option("--paranoid", help="Read every byte, whatever is known of the files from before.")
    ] = False,
    key: attesting.Key = None,
    second_key: attesting.SecondKey = None,
    token_command: attesting.TokenCommand = None,
    github: attesting.GitHub = False,
    name: attesting.As = None,
    duty: attesting.Duty = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Name the folder to be deployed, and what goes with it, as the release of a system: every file counts."""
    from governance.collectors.formats.release_parts import Named
    from governance.releasing import release as record
    from governance.workspace import Workspace

    named = Named(
        base=base,
        adapters=tuple(adapter or ()),
        merge_recipe=merge_recipe,
        tokenizer=tokenizer,
        quantisation=quantisation,
        runtime=runtime,
        model=model,
    )
    opened = Workspace(workspace)
    attest = attesting.attester(
        opened, key=key, second=second_key, token_command=token_command, github=github, name=name, duty=duty
    )
    with output.progress("hashing") as report:
        done = record(
            folder,
            system,
            named,
            opened,
            paranoid=paranoid,
            attest=attest,
            progress=lambda _, at, total: report(at, total),
        )
    if json:
        output.document("release.v1", **_plain(done))
    else:
        _say(done)
        if attest is not None:
            attesting.say(done.attested)


def _plain(done: Released) -> dict[str, Any]:
    return {
        "id": done.entry,
        "new": done.new,
        "identity": done.identity.digest,
        "name": done.identity.name,
        "manifest_digest": done.manifest.digest,
        "files": len(done.manifest.rows),
        "total_bytes": done.manifest.total_bytes,
        "weights": done.weights,
        "parts": [part.plain() for part in done.identity.parts],
        "by_reference": [part.part for part in done.identity.by_reference],
        "stands": done.stands,
        "differences": list(done.before.differences(done.identity)) if done.before else [],
        "conflicts": list(done.conflicts),
        "not_read": [{"path": row.path, "reason": row.reason} for row in done.attached.not_read],
        "attestation": attesting.plain(done.attested),
    }


def _say(done: Released) -> None:
    rows = [[part.part, output.one_line(part.reference), part.digest or "by name only"] for part in done.identity.parts]
    output.table("Parts of the release", ["part", "name", "digest"], rows)
    output.say(
        f"{done.entry}: {'recorded' if done.new else 'unchanged'}, {len(done.manifest.rows)} files, "
        f"{done.manifest.total_bytes:,} bytes"
    )
    output.say(f"identity {done.identity.digest}")
    for sentence in done.before.differences(done.identity) if done.before else ():
        output.say(f"  since before: {output.one_line(sentence)}")
    for part in done.identity.by_reference:
        output.say(f"  {part.part} is known by its name only: the identity is only as good as that name")
    for conflict in done.conflicts:
        output.say(f"  conflict: {output.one_line(conflict)}")
    for row in done.attached.not_read:
        output.say(f"  not read: {output.one_line(row.path)}: {output.one_line(row.reason)}")
    if not done.stands:
        output.say("  The system file names other weights as its candidate, so this release is not what is judged.")
