"""`environment`, `evidence`: recording a machine, and looking at the evidence in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json
from governance.errors import CouldNotTell, UnreadableError, UsageError

if TYPE_CHECKING:
    from governance.attesting import Made

app = typer.Typer(help="Look at the evidence in the ledger.", no_args_is_help=True)


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.command()(environment)
    top.add_typer(app, name="evidence")


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
    from governance.attesting import attested_by
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    pieces = [p for p in opened.dossier(system).pieces if kind is None or p.record.kind == kind]
    by = attested_by(opened, system)
    if json:
        listed = [
            p.model_dump(mode="json", exclude={"body"}) | {"attested": _attested(by.get(p.id, []))} for p in pieces
        ]
        output.document("evidence-list.v1", evidence=listed)
        return
    rows = [
        [p.id, p.record.kind, p.record.subject.name, p.record.quality, f"{p.record.effective_at or 'no clock'}",
         p.record.declared_by or p.record.tool or p.record.collector.name, ", ".join(_who(by.get(p.id, []))) or "nobody"]
        for p in pieces
    ]  # fmt: skip
    columns = ["id", "kind", "about", "quality", "effective", "from", "attested by"]
    output.table(f"Evidence of {system}", columns, rows)


@app.command("show")
def evidence_show(
    evidence_id: Annotated[str, typer.Argument(metavar="ID", help="The id, or its beginning.")],
    *,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Show one piece of evidence: its record and its body, and who attested it."""
    from json import dumps

    from governance.attesting import attested_by
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    piece = opened.evidence(evidence_id)
    attested = attested_by(opened, piece.record.system).get(piece.id, [])
    if json:
        output.document(
            "evidence.v1",
            id=piece.id,
            seq=piece.seq,
            recorded_at=piece.recorded_at.isoformat(),
            record=piece.record.plain(),
            body=piece.body,
            attested=_attested(attested),
        )
        return
    output.say(f"{piece.id}  {piece.record.kind}  {piece.record.quality}")
    for each in piece.record.attachments or ():
        output.say(f"  attached: {each.name}, {each.size:,} bytes of {each.media_type}, {each.digest}")
    for made in attested:
        shows = f", which shows the duty {' and '.join(made.duties)}" if made.duties else ""
        output.say(f"  attested by {', '.join(map(output.one_line, made.by))} in {made.entry}{shows}")
    output.say(dumps({"record": piece.record.plain(), "body": piece.body}, indent=2, ensure_ascii=False))


@app.command("git")
def evidence_git(
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="A clone of the repository of the code.")],
    *,
    system: Annotated[str, typer.Option(help="The id of the system.")],
    tag: Annotated[str | None, typer.Option(help="A signed tag on the revision.")] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Record who signed the source revisions that the evidence names: SSH signatures of people who are enrolled.

    Exit 3 where for one of them nobody is known to have signed.
    """
    from governance.sourcing import look
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    found = look(repository, system, opened, opened.people.roster(), tag=tag)
    if json:
        rows = [
            {"commit": row.commit, "named_by": row.named_by, "evidence": row.evidence, "new": row.new, "by": row.by,
             "signatures": [{"of": of, **vars(signer)} for of, signer in row.signers]}
            for row in found
        ]  # fmt: skip
        output.document("evidence-git.v1", revisions=rows)
    else:
        for row in found:
            output.say(
                f"{row.evidence}: {row.commit}, named by {row.named_by}: {'recorded' if row.new else 'unchanged'}"
            )
            for of, signer in row.signers:
                said = f"signed by {output.one_line(signer.by)}" if signer.by else output.one_line(str(signer.problem))
                output.say(f"  {of}: {said}")
    if any(row.by is None for row in found):
        raise typer.Exit(CouldNotTell.exit_code)


def _attested(made: list[Made]) -> list[dict[str, Any]]:
    return [{"entry": each.entry, "by": list(each.by), "duties": list(each.duties)} for each in made]


def _who(made: list[Made]) -> list[str]:
    return list(dict.fromkeys(name for each in made for name in each.by))


@app.command("sources")
def evidence_sources(
    collector: Annotated[str | None, typer.Argument(metavar="[COLLECTOR]", help="Only this one, in full.")] = None,
    *,
    json: Json = False,
) -> None:
    """List whose output is read, as which kinds, and which versions were tried."""
    from governance.collectors.reading.sources import sources

    listed = [each for each in sources() if collector in (None, each.name)]
    if not listed:
        raise UsageError(f"there is no collector {collector}", hint="Run: govern evidence sources")
    if json:
        output.document("evidence-sources.v1", sources=[each.plain() for each in listed])
    elif collector is not None:
        (one,) = listed
        output.say(f"{one.name} version {one.version}: {one.title}")
        for part in (one.reads, one.says, one.does_not_say):
            output.say(f"\n{part}")
        output.say("\nTried: " + "; ".join(f"{each.version} ({each.how}, {each.on})" for each in one.tried))
    else:
        rows = [
            [each.name, each.tool, ", ".join(each.kinds), ", ".join(dict.fromkeys(row.version for row in each.tried))]
            for each in listed
        ]
        output.table("Evidence sources", ["collector", "tool", "kinds", "versions tried"], rows)


@app.command("differences")
def evidence_differences(
    *,
    system: Annotated[str, typer.Option(help="The id of the system.")],
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Show where two tools tell the same fact about the same thing and do not say the same."""
    from governance.assurance.differences import differences, told
    from governance.workspace import Workspace

    pieces = Workspace(workspace).dossier(system).pieces
    found = differences(told(piece.id, piece.record, piece.body, piece.seq) for piece in pieces)
    if json:
        output.document("evidence-differences.v1", differences=[each.plain() for each in found])
        return
    rows = [
        [each.about, each.field, "\n".join(f"{one.value} {each.unit}".strip() for one in each.said),
         "\n".join(f"{one.tool} ({one.evidence})" for one in each.said)]
        for each in found
    ]  # fmt: skip
    output.table("Told differently", ["about", "field", "value", "by"], rows)
    output.say(f"{len(found)} differences among {len(pieces)} pieces")


@app.command("export")
def evidence_export(
    *,
    system: Annotated[str, typer.Option(help="The id of the system.")],
    form: Annotated[str, typer.Option("--format", help="every-eval-ever, hf-eval-results, csv or jsonl.")],
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("export"),
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
    benchmark: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TASK[/METRIC]=ORG/DATA_SET:TASK_ID",
            help="Which benchmark of the Hub a task is, for hf-eval-results.",
        ),
    ] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write evidence back in a form that others read, and say what is not in it."""
    from governance.exporting import FORMATS, export
    from governance.workspace import Workspace

    if form not in FORMATS:
        raise UsageError(f"--format {form!r} is unknown", hint=f"One of: {', '.join(FORMATS)}.")
    here = Workspace(workspace)
    done = export(here.dossier(system), form, now=here.clock(), benchmarks=benchmark or [], kind=kind)
    for name, data in done.files.items():
        output.write(out / name, data)
    if json:
        output.document(
            "evidence-export.v1", written=[str(out / name) for name in done.files], left_out=list(done.left_out)
        )
    else:
        for name in done.files:
            output.say(f"{out / name}")
        for reason in done.left_out:
            output.say(f"  left out: {output.one_line(reason)}")
        output.say(f"{len(done.files)} files written, {len(done.left_out)} things left out")
    if not done.files:
        raise typer.Exit(CouldNotTell.exit_code)
