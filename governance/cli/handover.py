"""`report`, `pack`, `reveal`, `verify`: the documents, and the pack that outlives us."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, On, Policy, SystemId, moment

Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only this document, by its name without an ending; may be given again."),
]
Paper = Annotated[str | None, typer.Option(metavar="A4|Letter", help="The paper, instead of the house's.")]
Classification = Annotated[
    str | None, typer.Option(metavar="TEXT", help="The classification on each page, instead of the house's.")
]
Language = Annotated[str | None, typer.Option(metavar="TAG", help="The language of the documents, such as en or de.")]


def register(app: typer.Typer) -> None:
    """Put these commands under the app."""
    for command in (report, roll_up, pack, reveal):
        app.command()(command)
    # The verifier reads its own arguments: the same command starts without this program (see `governance.__main__`).
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})(
        verify
    )


def report(
    system: SystemId,
    *,
    out: Annotated[Path, typer.Option(help="The folder for the documents.")] = Path("report"),
    only: Only = None,
    pdf: Annotated[bool, typer.Option(help="Make PDFs as well.")] = True,
    paper: Paper = None,
    classification: Classification = None,
    language: Language = None,
    policy: Policy = None,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the documents of a system: cards, audit report, registers, and what the frameworks in its scope ask for."""
    from governance.workspace import Workspace

    wish = _wish(paper, classification, language)
    paths, skipped = Workspace(workspace).report(
        system, out, policy=policy, on=moment(on), pdf=pdf, only=only or None, wish=wish
    )
    _tell("report.v1", paths, skipped, pdf=pdf, json=json)


def roll_up(
    *,
    out: Annotated[Path, typer.Option(help="The folder for the documents.")] = Path("roll-up"),
    pdf: Annotated[bool, typer.Option(help="Make PDFs as well.")] = True,
    paper: Paper = None,
    classification: Classification = None,
    language: Language = None,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the management roll-up: all systems of the workspace, for the people who review the management system."""
    from governance import publishing
    from governance.portfolio import Portfolio
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    portfolio = Portfolio(opened, moment(on))
    cases = list(portfolio.cases().values())
    made, skipped = publishing.roll_up(
        cases,
        opened.templates,
        pdf=pdf,
        wish=_wish(paper, classification, language),
        not_on_record=portfolio.not_on_record,
    )
    paths = publishing.write(out, made)
    _tell("roll-up.v1", paths, skipped, pdf=pdf, json=json)


def pack(
    system: SystemId,
    *,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("pack.zip"),
    only: Only = None,
    pdf: Annotated[bool, typer.Option(help="Put PDFs in as well.")] = True,
    paper: Paper = None,
    classification: Classification = None,
    language: Language = None,
    withhold: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND|ID", help="Keep these pieces back and commit to them; may be given again."),
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(
            "--known-at", metavar="DATE", help="With what was on record then; else what was at the moment of --on."
        ),
    ] = None,
    policy: Policy = None,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the audit pack: entries, bodies, content, documents, proofs, signatures. A past day is packed as it was."""
    from governance.workspace import Workspace

    digest, skipped = Workspace(workspace).pack(
        system,
        out,
        policy=policy,
        on=moment(on),
        known_at=moment(known_at),
        withhold=tuple(withhold or ()),
        pdf=pdf,
        only=only or None,
        wish=_wish(paper, classification, language),
    )
    if json:
        output.document("pack.v1", pack=str(out), digest=digest, **output.skips(skipped))
        return
    output.say(f"{out}  {digest}")
    for line in output.left_out(skipped, pdf=pdf):
        output.aside(f"not in it: {line}")


def reveal(
    file: Annotated[Path, typer.Argument(metavar="PACK", help="A redacted pack of this workspace.")],
    item: Annotated[str, typer.Argument(metavar="ID", help="The evidence it keeps back.")],
    *,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("revealed.json"),
    workspace: Folder = HERE,
) -> None:
    """Disclose one withheld item of a redacted pack so that its commitment can be checked: govern verify PACK --reveal FILE."""
    from governance.workspace import Workspace

    output.write(out, Workspace(workspace).reveal(file, item))
    output.say(str(out))


def verify(context: typer.Context) -> None:
    """Verify a pack, or a model folder against its approval, offline and without a workspace: govern verify --help."""
    from governance.verifier.command import run

    raise typer.Exit(run(context.args))


def _wish(paper: str | None, classification: str | None, language: str | None) -> dict[str, str | None]:
    """What goes over the house this time."""
    return {"paper": paper, "classification": classification, "language": language}


def _tell(schema: str, paths: list[Path], skipped: dict[str, str], *, pdf: bool, json: bool) -> None:
    """Say which files were written, and which forms were not."""
    if json:
        output.document(schema, documents=[str(path) for path in paths], **output.skips(skipped))
        return
    for path in paths:
        output.say(str(path))
    for line in output.left_out(skipped, pdf=pdf):
        output.aside(line)
