"""`assess`, `gate`, `risk`: what the evidence comes to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, On, Policy, SystemId, moment
from governance.errors import CouldNotTell, DutiesError, GovernanceError, UsageError

if TYPE_CHECKING:
    from governance.domain.assessment import RequirementResult
    from governance.domain.case import Case

risks = typer.Typer(help="The risk register of a system.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put these commands under the app."""
    app.command()(assess)
    app.command()(gate)
    app.add_typer(risks, name="risk")


def assess(
    system: Annotated[
        str | None, typer.Argument(metavar="SYSTEM", help="The id of a system; leave it out with --all.")
    ] = None,
    *,
    on: On = None,
    requirements: Annotated[bool, typer.Option(help="Print every requirement as well.")] = False,
    all_systems: Annotated[bool, typer.Option("--all", help="All systems, a line each.")] = False,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """What each control comes to, then each requirement, then each framework with denominators."""
    from governance.workspace import Workspace

    if all_systems == (system is not None):
        raise UsageError("name a system, or give --all", hint="govern assess SYSTEM, or govern assess --all")
    if system is None:
        _portfolio(workspace, on, json=json)
        return
    result = Workspace(workspace).case(system, on=moment(on)).assessment
    if json:
        output.document("assess.v1", **result.plain())
        return
    rows = [[c.id, c.standing, "; ".join(c.reasons), ", ".join(e[:11] for e in c.evidence)] for c in result.controls]
    met = sum(control.standing == "met" for control in result.controls)
    output.table(f"Controls of {system}: {met} of {len(rows)} met", ["control", "standing", "why", "evidence"], rows)
    if requirements:
        rows = [[r.framework, r.id, r.standing, r.shown, _why(r)] for r in result.requirements]
        output.table("Requirements", ["framework", "id", "standing", "shown by", "why"], rows)
    for frame in result.frameworks:
        counts = ", ".join(f"{count} {standing}" for standing, count in frame.by_standing.items())
        shown = ", ".join(f"{count} {way}" for way, count in frame.by_shown.items())
        output.say(f"{frame.title} {frame.version}: of {frame.total} requirements {counts}. Shown by: {shown}.")
        if frame.in_application < frame.total:
            output.say(
                f"  {frame.total - frame.in_application} of them do not apply to anybody yet on {result.on:%Y-%m-%d}."
            )
        if not frame.in_force:
            ended = (
                f"superseded on {frame.superseded_on}"
                if frame.superseded_on
                else f"in force from {frame.in_force_from}"
            )
            output.say(f"  This version is {ended}; the system names it all the same. The series is {frame.series}.")
    for name in result.not_in_force:
        output.say(
            f"  The system names {name}, and no version of it was in force on {result.on:%Y-%m-%d}: nothing was judged of it."
        )
    for name in result.unknown_frameworks:
        output.say(
            f"  The system names {name}, and there is no such framework in the content: nothing was judged of it."
        )


def _why(result: RequirementResult) -> str:
    said = [*result.reasons]
    if result.not_measurable:
        said.append(f"not measurable: {result.not_measurable}")
    if not result.in_application:
        said.append(f"applies from {result.applies_from}")
    return "; ".join(said)


def _portfolio(folder: Path, on: str | None, *, json: bool) -> None:
    from governance.portfolio import Portfolio
    from governance.workspace import Workspace

    portfolio = Portfolio(Workspace(folder), moment(on))
    cases = portfolio.cases()
    met = {name: sum(c.standing == "met" for c in case.assessment.controls) for name, case in cases.items()}
    if json:
        output.document(
            "portfolio.v1",
            systems=[
                {"system": name, "controls": len(case.assessment.controls), "met": met[name], "gate": case.gate.answer,
                 "findings": len(case.assessment.findings),
                 "risks_above_appetite": _above(case),
                 "frameworks": [frame.plain() for frame in case.assessment.frameworks]}
                for name, case in cases.items()
            ],
            not_on_record=portfolio.not_on_record,
        )  # fmt: skip
        return
    rows = [
        [name, f"{met[name]} of {len(case.assessment.controls)}", case.gate.answer, str(len(case.assessment.findings)),
         "not stated" if _above(case) is None else str(_above(case)),
         ", ".join(frame.framework for frame in case.assessment.frameworks)]
        for name, case in cases.items()
    ]  # fmt: skip
    columns = ["system", "controls met", "gate", "open findings", "risks above appetite", "held against"]
    output.table(f"{len(rows)} systems", columns, rows)
    for name in portfolio.not_on_record:
        output.say(f"  {name} is left out: it was not on record at {portfolio.on:%Y-%m-%d %H:%M} UTC")


def gate(
    system: SystemId,
    *,
    policy: Policy = None,
    on: On = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Print the numbers and intervals of each condition, its evidence, and everything that would turn it.",
        ),
    ] = False,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Count only what is new since the last approved release.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="text, json, sarif, junit or markdown.")] = "text",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write that form to this file instead.")] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Ask a policy whether the release may happen. Exit 0 yes, 1 no, 3 could not tell, 5 duties not apart."""
    from governance.cli import gating

    form = gating.form_of(form, json=json)
    judged = gating.judged(workspace, system, policy, moment(on), baseline=baseline)
    result = judged.result
    if out is not None:
        output.write(out, gating.made(form, judged, explain=explain).encode())
        output.aside(f"{out}: {result.answer}: {result.reason}")
    elif form == "text":
        gating.say(judged, explain=explain)
    else:
        typer.echo(gating.made(form, judged, explain=explain), nl=False)
    if result.duties_broken:
        raise typer.Exit(DutiesError.exit_code)
    codes = {"yes": 0, "no": GovernanceError.exit_code, "could-not-tell": CouldNotTell.exit_code}
    raise typer.Exit(codes[result.answer])


def _above(case: Case) -> int | None:
    """How many risks stand above the appetite, or None where the system states none."""
    if case.dossier.system.risk_appetite is None:
        return None
    return sum(row.within_appetite is False for row in case.register)


@risks.command("list")
def risk_list(system: SystemId, *, on: On = None, workspace: Folder = HERE, json: Json = False) -> None:
    """The register, highest residual first."""
    from governance.workspace import Workspace

    rows = Workspace(workspace).case(system, on=moment(on)).register
    if json:
        output.document(
            "risks.v1", system=system, risks=[{**row.plain(), "arithmetic": row.arithmetic} for row in rows]
        )
        return
    output.table(
        f"Risks of {system}",
        ["risk", "inherent", "residual", "level", "appetite", "owner", "next review"],
        [
            [r.risk, str(r.inherent.score), str(r.residual.score), r.residual.level,
             {True: "within", False: "above", None: "not stated"}[r.within_appetite], r.owner,
             f"{r.next_review}{' (overdue)' if r.review_overdue else ''}"]
            for r in rows
        ],
    )  # fmt: skip


@risks.command("show")
def risk_show(
    system: SystemId,
    risk: Annotated[str, typer.Argument(metavar="RISK", help="The id of a risk.")],
    *,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """One risk with the arithmetic of its residual."""
    from governance.workspace import Workspace

    rows = Workspace(workspace).case(system, on=moment(on)).register
    row = next((row for row in rows if row.risk == risk), None)
    if row is None:
        raise UsageError(f"there is no risk {risk!r} in the register of {system}", hint="List them: govern risk list")
    if json:
        output.document("risk.v1", system=system, **row.plain(), arithmetic=row.arithmetic)
        return
    output.say(f"{row.title}\n\n{row.event}\n{row.consequence}\n")
    output.say(f"{row.arithmetic}\nlevel {row.residual.level}; because {row.because}")
    output.say(f"owner {row.owner}; treatment {row.treatment}; next review {row.next_review}")
    output.say(f"NIST AI 600-1: {', '.join(row.genai_risks) or 'none'}")
