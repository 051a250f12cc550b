"""`population`: whether everything that ran and left weights is in the ledger."""

from __future__ import annotations

import tempfile
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json
from governance.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from governance.assurance.population.answers import Reconciliation
    from governance.attaching import Attached

MOST_SHOWN = 100
RECORD_NAME = "population.json"


def register(top: typer.Typer) -> None:
    """Put the command under the app."""
    top.command()(population)


def population(
    *,
    jobs: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="What a scheduler lists: sacct -P or --json, kubectl get jobs or pods -o json."
        ),
    ] = None,
    weights: Annotated[
        list[Path] | None, typer.Option(metavar="FOLDER", help="A folder below which runs write their weights.")
    ] = None,
    registry: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="A registry of models: mlflow.db, or the folder mlruns.")
    ] = None,
    hash_all: Annotated[
        bool,
        typer.Option("--hash", help="Read every byte of all weights, not only where names and sizes leave it open."),
    ] = False,
    sample: Annotated[int | None, typer.Option(min=1, metavar="N", help="Draw N of the units at random.")] = None,
    seed: Annotated[
        str | None,
        typer.Option(help="The seed of the sample; else the root of the ledger, which nobody could prepare for."),
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one row for each unit to this file.")] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the reconciliation to this file, to be attached as evidence."),
    ] = None,
    attach: Annotated[
        str | None, typer.Option(metavar="SYSTEM", help="Attach the reconciliation as evidence of this system.")
    ] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Hold jobs, folders of weights and registered models against the ledger: which are evidenced, and which are orphans.

    0: every unit is evidenced · 1: there are orphans · 3: could not tell, or there is nothing · 6: a source can not be read.
    """
    from governance.reconciling import record as written
    from governance.reconciling.reconcile import Named, reconcile
    from governance.verifier import hash_cache
    from governance.workspace import Workspace

    if seed is not None and sample is None:
        raise UsageError("--seed is of a sample", hint="Add --sample N.")
    opened = Workspace(workspace)
    if attach is not None and attach not in opened.ledger.systems():
        raise UsageError(f"there is no system {attach!r}", hint="Name one that was added with: govern system add FILE")
    known = hash_cache.opened()
    named = Named(jobs or [], weights or [], registry or [], hash_all=hash_all)
    with closing(known) if known else nullcontext(), output.progress("hashing") as report:
        made = reconcile(named, opened, known=known, progress=lambda _, at, total: report(at, total))
    checkpoint = opened.ledger.checkpoint()
    drawn = written.draw(made, sample, seed if seed is not None else checkpoint.root) if sample else None
    kept = written.record(made, checkpoint, opened.clock(), drawn) if record or attach else None
    done = _attach(opened, kept, attach) if attach is not None and kept is not None else None
    if csv is not None:
        output.write(csv, written.table(made))
    if record is not None and kept is not None:
        output.write(record, kept)
    if json:
        output.document("population.v1", **written.plain(made), sample=drawn, attached=done)
    else:
        _say(made)
        _say_sample(drawn)
        for what, path in (("table", csv), ("record", record)):
            if path is not None:
                output.say(f"{what}: {path}")
        for evidence in done or ():
            output.say(f"attached to {attach}: {evidence}")
    if made.exit_code:
        raise typer.Exit(made.exit_code)


def _attach(opened: Any, kept: bytes, system: str) -> list[str]:
    """The ids of the evidence. Raises `UnreadableError` where it was not taken."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / RECORD_NAME
        path.write_bytes(kept)
        done: Attached = opened.attach([path], system, environment=False)
    if done.not_read:
        raise UnreadableError(f"the reconciliation was not attached: {done.not_read[0].reason}", where=system)
    return [item.id for item in (*done.appended, *done.unchanged)]


def _say(made: Reconciliation) -> None:
    from governance.assurance.population.answers import GRAVEST

    for sentence in made.sentences:
        output.say(sentence)
    output.say()
    rows = [
        [source.sort, output.one_line(source.name), f"{source.rows:,} {output.one_line(source.of)}", f"{source.not_read:,}",
         f"{source.earliest or '?'} – {source.latest or '?'} {source.zone or '(no zone)'}" if source.sort == "jobs" else "–",
         (source.sha256 or "–")[:19]]
        for source in made.sources
    ]  # fmt: skip
    output.table("Sources", ["sort", "name", "read", "not read", "period", "digest"], rows)
    beside = made.beside
    if beside.jobs:
        output.say(
            f"{beside.jobs} jobs in {beside.attempts} attempts: {made.counted['job'].total()} wrote weights, {beside.wrote_nothing} wrote "
            f"none, {beside.not_begun} not begun, {beside.running} running, {beside.may_have_written} may have written, "
            f"{beside.not_looked} not looked for"
        )
    if beside.sums_of_tasks:
        output.say(f"{beside.sums_of_tasks} jobs stand for their tasks, which are listed on their own")
    if beside.folders:
        output.say(
            f"{beside.folders} sets of weights, {beside.earlier_checkpoints} of them earlier checkpoints of a run"
        )
    output.say(f"population: {len(made.units)} units, {made.digest}")
    shown = [unit for unit in made.units if unit.answer != "evidenced"]
    if shown:
        rows = [
            [unit.answer.value, unit.sort, output.one_line(unit.name), "; ".join(map(output.one_line, unit.reasons)),
             "; ".join(map(output.one_line, unit.by)) or "–"]
            for unit in sorted(shown, key=lambda unit: GRAVEST.index(unit.answer))[:MOST_SHOWN]
        ]  # fmt: skip
        output.table("Not evidenced", ["answer", "sort", "unit", "why", "tied by"], rows)
        if len(shown) > MOST_SHOWN:
            output.say(f"{MOST_SHOWN} of {len(shown)} shown; all of them stand in --json and --csv")
    if made.unexplained:
        output.table(
            "In the ledger, and no job or folder here explains it",
            ["evidence", "system", "weights", "role"],
            [[one.id, one.system, output.one_line(one.name), one.role or "–"] for one in made.unexplained[:MOST_SHOWN]],
        )
        if len(made.unexplained) > MOST_SHOWN:
            output.say(f"{MOST_SHOWN} of {len(made.unexplained)} shown; all of them stand in --json")
    for doubt in made.doubts:
        output.say(f"could not tell: {output.one_line(doubt)}")


def _say_sample(drawn: dict[str, Any] | None) -> None:
    if drawn is None:
        return
    rows = [[str(row["rank"]), row["answer"], output.one_line(row["id"]), row["sha256"][:16]] for row in drawn["drawn"]]
    output.table(f"Sample: {len(rows)} of {drawn['population']}", ["rank", "answer", "id", "sha256"], rows)
    output.say(f"seed: {output.one_line(drawn['seed'])}")
    output.say(f"drawn from the population {drawn['population_digest']}")
    output.say(f"to draw it again: {drawn['method']}")
