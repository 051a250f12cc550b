"""`diff`: what differs between two candidates of a system, as a report that a reviewer signs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, Policy, SystemId
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.domain.comparison import Comparison, Measured, SideSummary

MOST = 12
"""Rows of one sort that are printed to the screen; the report has all."""


def register(app: typer.Typer) -> None:
    """Put the command under the app."""
    app.command()(diff)


def diff(
    system: SystemId,
    *,
    before: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="WHAT",
            help="The earlier side: last-approved, the id of a decision, the beginning of an identity, a day or a moment.",
        ),
    ] = "last-approved",
    after: Annotated[str, typer.Option("--to", metavar="WHAT", help="The later side, told the same way.")] = "now",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the report (HTML) to this file, to be signed with --read."),
    ] = None,
    pdf: Annotated[
        bool,
        typer.Option(
            "--pdf",
            help="Beside it, a PDF and the report as data (.twin.json, in the PDF as well). What is signed stays the HTML.",
        ),
    ] = False,
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """What differs between two candidates: parts, data, training, results with intervals, standings, risks, rules, sign-offs.

    Exit 3 where there is nothing to compare with.
    """
    from governance import comparing, publishing
    from governance.workspace import Workspace

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(
            "the report is HTML",
            where=str(out),
            hint="Name a file that ends in .html; --pdf writes a PDF beside it, --json prints data.",
        )
    if pdf and out is None:
        raise UsageError("--pdf writes a PDF beside the report", hint="Name the report with: --out FILE.html")
    opened = Workspace(workspace)
    files: Mapping[str, bytes] = {}
    skipped = {"PDF": "not asked for"}
    if out is None:
        made = comparing.pair(opened, system, before, after, policy)
    elif pdf:
        made, stated = comparing.stating(opened, system, before, after, policy)
        files, skipped = publishing.candidate_diff(made, opened.templates, stated, out.name)
    else:
        made, page = comparing.report(opened, system, before, after, policy)
        files = {out.name: page}
    digest = _written(out, files) if out is not None else None
    found = made.found
    beside = [str(out.with_name(name)) for name in sorted(files) if name != out.name] if out is not None else []
    if json:
        output.document(
            "diff.v1",
            **found.plain(),
            file=str(out) if out else None,
            digest=digest,
            beside=beside,
            **output.skips(skipped),
        )
        return
    for line in _lines(found):
        output.say(line)
    if out is None:
        output.aside("The whole report, to be read and signed: --out FILE.html")
        return
    output.aside(f"The report {out} has the digest {digest}")
    for path in beside:
        output.aside(f"Beside it: {path}")
    for line in output.left_out(skipped, pdf=pdf):
        output.aside(f"Not beside it: {line}")
    if after == comparing.NOW and found.after.identity is not None:
        where = f" -w {shlex.quote(str(workspace))}" if workspace != HERE else ""
        named = f" --policy {found.after.policy}" if policy else ""
        output.aside(
            f"Sign it: govern sign {system} --read {shlex.quote(str(out))} --decision approve --role reviewer --key KEY "
            f"--reason 'WHY'{named}{where}"
        )


def _written(out: Path, files: Mapping[str, bytes]) -> str:
    """Write the report and what is beside it; the digest of the report."""
    from governance.parsing import canonical

    for name, data in files.items():
        output.write(out.with_name(name), data)
    return canonical.sha256(files[out.name])


def _lines(found: Comparison) -> Iterator[str]:
    """The report in short, what is worse first; every sort ends with how much did not change."""
    yield f"before  {_side(found.before)}"
    yield f"now     {_side(found.after)}"
    yield from _some(
        "result", [_result(row) for row in found.results], f"{found.results_same} rest on the same evidence"
    )
    late = [each for each in found.thresholds if each.way == "loosened" and each.results]
    yield from _some(
        "loosened bound on record after its result",
        [f"{each.of}: {each.what}: {each.before} → {each.after}" for each in late],
    )
    parts = [f"{each.part}: {each.way}: {each.said}" for each in found.parts if each.way != "same"]
    yield from _some("part", parts, f"{len(found.parts) - len(parts)} are the same to the byte")
    for section in found.things:
        rows = [f"{each.kind} {each.name}: {each.way}, {len(each.fields)} fields differ" for each in section.rows]
        yield from _some(section.id, rows, f"{section.same + section.carried} are the same")
    for word, moves in (
        ("condition", found.conditions),
        ("control", found.controls),
        ("requirement", found.requirements),
    ):
        moved = [f"{row.turn}: {row.id} {row.before or 'not there'} → {row.after or 'not there'}" for row in moves.rows]
        yield from _some(word, moved, f"{moves.same} of {moves.total} unchanged")
    rated = [f"{row.turn}: {row.risk} {', '.join(row.what)}" for row in found.risks.rows]
    yield from _some("risk", rated, f"{found.risks.same} of {found.risks.total} unchanged")
    opened = [f"opened, {row.severity}: {row.title}" for row in found.findings.opened]
    closed = [f"no longer open, {row.severity}: {row.title}" for row in found.findings.closed]
    yield from _some("finding", opened + closed, f"{found.findings.same} open on both sides")
    yield from _some("stated otherwise", [each.field for each in found.stated])
    yield from _some(
        "sign-off",
        [f"{each.on[:10]} {each.signer} ({each.role}): {each.decision}, {each.state}" for each in found.words],
    )
    tried = found.attempts
    yield (
        f"between: {len(tried.trainings)} training runs, {len(tried.evaluations)} evaluation runs, "
        f"{len(tried.candidates)} other candidates"
    )


def _side(side: SideSummary) -> str:
    model = f"{side.name} {side.identity[:19]}" if side.identity else "no model"
    return f"{model}, {side.size} entries, gate {output.answer(side.gate)}: {side.chosen}"


def _result(row: Measured) -> str:
    said = f"{row.verdict}: {row.task} {row.metric}"
    if row.delta is not None:
        said += f" {row.delta:+.4g}"
    if row.low is not None and row.high is not None:
        said += f" [{row.low:+.4g}, {row.high:+.4g}] {row.method}"
    return f"{said}: {'; '.join(row.because)}"


def _some(word: str, rows: list[str], rest: str = "") -> Iterator[str]:
    if rows or rest:
        yield f"{word}: {len(rows)} differ" + (f"; {rest}" if rest else "")
    yield from (f"  {row}" for row in rows[:MOST])
    if len(rows) > MOST:
        yield f"  and {len(rows) - MOST} more"
