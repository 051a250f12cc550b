"""`soa` and `profile`: what a person declares of a framework, beside what the evidence comes to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, On, SystemId, moment
from governance.errors import CouldNotTell

statements = typer.Typer(help="The Statement of Applicability, and documented information.", no_args_is_help=True)
targets = typer.Typer(help="Current and target profile, and the plan for the gap.", no_args_is_help=True)
Framework = Annotated[
    str | None, typer.Option("--framework", help="A framework by id or series; else that of the default profile.")
]


def register(app: typer.Typer) -> None:
    """Put these commands under the app."""
    app.add_typer(statements, name="soa")
    app.add_typer(targets, name="profile")


@statements.command("new")
def soa_new(system: SystemId, *, on: On = None, workspace: Folder = HERE, json: Json = False) -> None:
    """Print a statement to fill in: every control of Annex A, with what was stated before, what evidence says beside it."""
    from governance.reports.management import forms
    from governance.workspace import Workspace

    text = forms.statement(Workspace(workspace).applicability(system, on=moment(on)))
    output.document("soa-new.v1", text=text) if json else output.say(text.rstrip("\n"))


@statements.command("show")
def soa_show(
    system: SystemId,
    *,
    out: Annotated[Path | None, typer.Option(help="Write it as HTML, XLSX, JSON and PDF into this folder.")] = None,
    pdf: Annotated[bool, typer.Option(help="Make the PDF as well.")] = True,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """The statement of a system, always with every row. Exit 3 where rows were not stated or nobody approved it."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    held = opened.applicability(system, on=moment(on))
    written, skipped = opened.statement(system, out, on=moment(on), pdf=pdf) if out is not None else ((), {})
    if json:
        output.document("soa.v1", files=[str(path) for path in written], **output.skips(skipped), **held.plain())
    else:
        rows = [
            [row.control, row.title, {True: "applies", False: "does not apply", None: "not stated"}[row.applicable],
             row.status or "–", row.justification, row.standing, row.owner,
             str(row.last_review or "never"), "; ".join(row.problems) or "–"]
            for row in held.rows
        ]  # fmt: skip
        rows += [
            [row.control, row.title or "–", "applies" if row.applicable else "does not apply", row.status or "–",
             row.justification, "not judged here", row.owner or "–", str(row.last_review or "never"), "a control of your own"]
            for row in held.own_controls
        ]  # fmt: skip
        columns = [
            "control",
            "title",
            "applicability",
            "status",
            "justification",
            "evidence says",
            "owner",
            "reviewed",
            "look at",
        ]
        output.table(f"Statement of Applicability of {system}, version {held.version}", columns, rows)
        output.say(
            f"{len(held.rows)} controls of Annex A: {held.count(True)} apply, {held.count(False)} do not, {held.count(None)} not stated. "
            f"{f'{len(held.own_controls)} of your own. ' if held.own_controls else ''}"
            f"Approved by {held.approver}{f' on {held.approved_on}' if held.approved_on else ''}."
        )
        for problem in held.problems:
            output.say(f"  {problem}")
        for path in written:
            output.say(f"  {path}")
        for line in output.left_out(skipped, pdf=pdf):
            output.say(f"  {line}")
    if held.problems or held.count(None):
        raise typer.Exit(CouldNotTell.exit_code)


@statements.command("documents")
def soa_documents(
    system: SystemId,
    *,
    framework: Annotated[str, typer.Option("--framework", help="A framework by id or series.")] = "iso-iec-42001",
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """The documented information a framework wants: what is there, where, how old, and what is missing."""
    from governance.workspace import Workspace

    rows = Workspace(workspace).documented(system, framework, on=moment(on))
    if not rows:
        raise CouldNotTell(
            f"{framework} lists no documented information",
            where=system,
            hint="That says nothing of what the system has: the framework, as we hold it, names no document.",
        )
    if json:
        output.document("documented-information.v1", system=system, rows=[row.plain() for row in rows])
        return
    shown = [
        [row.requirement, row.what, row.form, row.state.replace("-", " "), "; ".join(row.where) or "–",
         f"{row.age_days} days" if row.age_days is not None else "–", row.reason]
        for row in rows
    ]  # fmt: skip
    columns = ["requirement", "what", "form", "state", "where", "age", "why"]
    output.table(f"Documented information of {system}", columns, shown)
    there = sum(row.state == "there" for row in rows)
    output.say(f"{there} of {len(rows)} are there; {sum(row.state == 'missing' for row in rows)} are missing")


@targets.command("show")
def profile_show(
    system: SystemId, *, framework: Framework = None, on: On = None, workspace: Folder = HERE, json: Json = False
) -> None:
    """What a system comes to now, what it is meant to come to, and what is left to do, by whom, until when."""
    from governance.workspace import Workspace

    held = Workspace(workspace).profile(system, framework, on=moment(on))
    if json:
        output.document("profile.v1", **held.plain(), gaps=len(held.gaps))
        return
    rows = [
        [row.requirement, row.current or "not assessed", row.shown or "–", row.target or "none stated", row.action if row.gap else "–",
         row.owner or "nobody", f"{row.due or 'no day'}{' (overdue)' if row.overdue else ''}",
         "; ".join(filter(None, [(row.because or "").rstrip("."), *row.problems]))]
        for row in held.rows
    ]  # fmt: skip
    columns = ["requirement", "current", "shown by", "target", "to do", "owner", "due", "remarks"]
    output.table(f"Profile of {system} in {held.framework}", columns, rows)
    whose = (
        f"stated in {held.origin}"
        if held.stated
        else f"the default profile {held.origin}; nobody stated one for this system"
    )
    output.say(f"{len(held.gaps)} of {len(held.rows)} outcomes are still to be reached. The target is {whose}.")
    for wanted, said in (("not-measurable", "on record as not measurable"), ("not-pursued", "set aside")):
        if number := sum(row.target == wanted for row in held.rows):
            output.say(f"  {number} of {len(held.rows)} {said}: none of them is a yes.")
    if held.old:
        output.say("  The stated target is more than a year old.")


@targets.command("new")
def profile_new(
    system: SystemId, *, framework: Framework = None, on: On = None, workspace: Folder = HERE, json: Json = False
) -> None:
    """Print a target profile to fill in: owner and day for every gap."""
    from governance.reports.management import forms
    from governance.workspace import Workspace

    text = forms.target(Workspace(workspace).profile(system, framework, on=moment(on), blank=True))
    output.document("profile-new.v1", text=text) if json else output.say(text.rstrip("\n"))
