"""`content`: frameworks, controls, kinds, risks and policies, ours and the user's own: checked, compared, begun."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, Overlay, day, overlay
from governance.errors import GovernanceError, UsageError

if TYPE_CHECKING:
    from governance.domain.catalogue import Catalogue

app = typer.Typer(help="Frameworks, controls, kinds, risks, policies.", no_args_is_help=True)


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(app, name="content")


@app.command("check")
def content_check(
    *,
    workspace: Overlay = None,
    facts: Annotated[
        Path | None, typer.Option(help="A folder of lists of ids to compare with, one JSON file a framework.")
    ] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day to check as of.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Parse every file again, whatever was kept of an earlier run.")
    ] = False,
    json: Json = False,
) -> None:
    """Read everything, follow every reference, run every example, compare ids and wording. Exit 1 where something is wrong."""
    from governance.checking import check
    from governance.checking import facts as lists
    from governance.content import cache, layers, places

    over = overlay(workspace)
    roots = layers.roots(over)
    parse = None if fresh else cache.Parsed()
    report = check.check(
        layers.read(roots),
        day(on) or date.today(),
        official=places.wording(roots),
        listed=lists.read(facts) if facts else None,
        parse=parse,
        replaced=[
            (path, "the workspace" if root == over else f"the organisation ({root})")
            for path, root in places.replaced(roots)
        ],
        strays=places.strays(roots),
    )
    if parse is not None:
        parse.keep()
    catalogue = report.catalogue
    counts = {
        name: len(getattr(catalogue, name))
        for name in ("frameworks", "controls", "kinds", "risks", "policies", "suites", "profiles", "crosswalks")
    } | {
        "requirements": sum(len(rows) for rows in catalogue.requirements.values()),
        "control_examples": sum(len(control.examples) for control in catalogue.controls.values()),
    }
    if json:
        output.document(
            "content-check.v1",
            ok=not report.faults,
            workspace=str(over) if over else None,
            organisation=[str(folder) for folder in layers.organisation(over)] if over else [],
            counts=counts,
            frameworks=[
                {"id": frame.id, "requirements": len(catalogue.requirements[frame.id]), **frame.checked.plain()}
                for frame in catalogue.frameworks.values()
            ],
            failures=[{"path": row.path, "line": row.line, "message": row.message} for row in report.faults],
            notes=report.notes,
            wording_compared_with=report.texts,
            facts_compared_with=report.facts,
            digest=catalogue.digest,
        )
    else:
        output.table("Content", ["what", "how many"], [[name, str(count)] for name, count in counts.items()])
        output.say(_read_from(over))
        for frame in catalogue.frameworks.values():
            head = f"{frame.title} {frame.version}: {len(catalogue.requirements[frame.id])} requirements"
            until = f" until {frame.superseded_on}" if frame.superseded_on else ""
            output.say(f"{head}, in force from {frame.in_force_from}{until}. {frame.checked.said}")
        output.say(f"wording compared with: {'; '.join(report.texts) or 'nothing: no list of runs is held'}")
        output.say(f"ids compared with lists of: {', '.join(report.facts) or 'nothing; name a folder with --facts'}")
        for note in report.notes:
            output.say(f"  note: {note}")
        for fault in report.faults:
            output.say(f"  {fault}")
        output.say(output.answer("no" if report.faults else "yes") + f": {len(report.faults)} faults")
    if report.faults:
        raise typer.Exit(GovernanceError.exit_code)


@app.command("reach")
def content_reach(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="An evidence kind, such as eval-run.v1.")],
    *,
    workspace: Overlay = None,
    json: Json = False,
) -> None:
    """Which requirements evidence of a kind can speak to."""
    from governance.content import graph

    over = overlay(workspace)
    catalogue = _catalogue(over)
    if kind not in catalogue.kinds:
        raise UsageError(f"there is no kind {kind!r}", hint=f"There are: {', '.join(sorted(catalogue.kinds))}.")
    rows = graph.reached_by(catalogue, kind)
    if json:
        output.document("content-reach.v1", kind=kind, requirements=rows)
    else:
        output.say("\n".join(rows))
        output.say(f"{len(rows)} of {sum(len(r) for r in catalogue.requirements.values())} requirements")
        output.say(_read_from(over))


@app.command("crosswalk")
def content_crosswalk(
    source: Annotated[str, typer.Argument(metavar="A", help="A framework by id or series, such as nist-ai-rmf.")],
    target: Annotated[str, typer.Argument(metavar="B", help="Another one, such as iso-iec-42001.")],
    *,
    graph: Annotated[
        Path | None, typer.Option(help="Write the pairs as a graph to this file: .graphml, .json or .svg.")
    ] = None,
    workspace: Overlay = None,
    json: Json = False,
) -> None:
    """Which requirement of A speaks of the same as which of B, and how they overlap. Proposes; sets no verdict."""
    from governance.content import crosswalks

    over = overlay(workspace)
    catalogue = _catalogue(over)
    links = crosswalks.table(catalogue, source, target)
    if graph is not None:
        from governance.reports.charts import crosswalk as crosswalk_graph

        drawn = crosswalk_graph.render(crosswalks.graph(catalogue, links, source, target), graph.suffix)
        output.write(graph, drawn)
    heads = [each.head for each in catalogue.crosswalks.values() if any(each.head.id in link.origin for link in links)]
    if json:
        output.document(
            "crosswalk.v1",
            source=catalogue.framework(source).id,
            target=catalogue.framework(target).id,
            note=crosswalks.PROPOSAL,
            published=[head.plain() for head in heads],
            rows=[link.plain() for link in links],
        )
        return
    rows = [
        [link.source, link.relation, link.target, f"{link.method}, {link.confidence}",
         " ".join(filter(None, [link.rationale, f"[printed as {link.as_published}]" if link.as_published else "",
                                f"Note: {link.note}" if link.note else "", f"Over {link.via}." if link.via else ""]))]
        for link in links
    ]  # fmt: skip
    title = f"{catalogue.framework(source).title} ↔ {catalogue.framework(target).title}"
    output.table(title, ["A", "relation", "B", "who put it together, confidence", "rationale"], rows)
    for head in heads:
        said = [
            f"{head.title}.",
            f"Publisher: {head.publisher}",
            head.published_as,
            head.relations_note,
            head.step_note,
        ]
        output.say(" ".join(part for part in said if part))
    output.say(f"{len(rows)} pairs. {crosswalks.PROPOSAL}")
    output.say(_read_from(over))


@app.command("diff")
def content_diff(
    old: Annotated[str, typer.Argument(metavar="A", help="A version of a framework by id.")],
    new: Annotated[str, typer.Argument(metavar="B", help="A later version of the same.")],
    *,
    workspace: Overlay = None,
    json: Json = False,
) -> None:
    """What changed between two versions of a framework, and which systems of the workspace it touches."""
    from governance.content import differences
    from governance.workspace import CONFIG, Workspace

    over = overlay(workspace)
    held = Workspace(over) if over is not None and (over / CONFIG).is_file() else None
    catalogue = _catalogue(over)
    rows = differences.changes(catalogue, old, new)
    systems = [held.dossier(name).system for name in held.ledger.systems()] if held else []
    concerned = differences.touched(catalogue, old, new, systems, date.today())
    if json:
        output.document(
            "content-diff.v1",
            old=old,
            new=new,
            requirements_changed=differences.requirements(rows),
            changes=[vars(row) for row in rows],
            systems=[vars(row) for row in concerned] if held else None,
        )
        return
    output.table(
        f"From {old} to {new}",
        ["requirement", "change", "what", "controls"],
        [[row.id, row.what, row.detail, ", ".join(row.controls)] for row in rows],
    )
    number, own = differences.requirements(rows), sum(row.id == differences.FRAMEWORK for row in rows)
    output.say(f"requirements changed: {number}; fields of the framework itself: {own}; --json has every value whole")
    for touched in concerned:
        output.say(f"  {touched.system}: {touched.how}")
    if not held:
        why = "No workspace was named" if workspace is None else f"There is no workspace at {workspace}"
        output.say(f"  {why}, so which systems it touches can not be told; name one with --workspace.")
    elif not concerned:
        told = {0: "There is no system here yet.", 1: "The one system here is held against neither."}
        output.say(f"  {told.get(len(systems), f'None of the {len(systems)} systems is held against either.')}")


@app.command("new")
def content_new(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="control, kind, framework, requirement, policy, risk or profile.")
    ],
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id; a requirement is framework/number.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Begin with a file of ours, copied here to be changed for this workspace.")
    ] = False,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Begin a content file of your own: the skeleton, its examples in place, every sentence still to be written."""
    from governance.authoring import begin

    path = begin(workspace, what, name, replace=replace)
    if json:
        output.document("content-new.v1", path=str(path), replaces=replace)
        return
    said = (
        "It is ours, word for word. Change what is to differ: in this workspace it stands instead of ours."
        if replace
        else "Write its sentences. Until they are written, the other commands refuse to work in this workspace."
    )
    output.say(f"{path}\n{said}\nThen run: govern content check --workspace {workspace}")


@app.command("import")
def content_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OSCAL catalog in JSON.")],
    *,
    name: Annotated[str, typer.Option("--as", metavar="ID", help="The id of the framework, such as nist-sp-800-53-5.")],
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Take over an OSCAL catalog as a framework of your own."""
    from governance.authoring import take_over

    folder, count = take_over(workspace, file, name, date.today())
    if json:
        output.document("content-import.v1", folder=str(folder), requirements=count)
    else:
        output.say(f"{folder}: {count} requirements, none of them mapped to a control yet")


def _catalogue(workspace: Path | None) -> Catalogue:
    from governance.content import cache, layers

    return cache.load(layers.read(layers.roots(workspace)))


def _read_from(workspace: Path | None) -> str:
    from governance.content import layers

    if workspace is None:
        return "read: our content alone; no workspace was named, and there is none in this folder"
    between = "".join(f"that of {folder.resolve()}, " for folder in layers.organisation(workspace))
    return f"read: our content, and over it {between}that of the workspace {workspace.resolve()}"
