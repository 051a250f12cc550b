"""The run-record.v1 of a logical run, and what of its record keeps a fact from being whole."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.spool_segment import INCOMPLETE
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.names import last_part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from governance.collectors.formats.spool_run import Attempt, Run
    from governance.collectors.formats.spool_segment import Piece

KIND = "run-record.v1"
MOST = 10_000
"""Attempts, gaps, checkpoints and jumps of a clock that are listed of each."""
MOST_FILES = 1000
MOST_NAMES = 60


def body(run: Run) -> dict[str, Any]:
    """Everything that the segments say of the run itself. Raises `UnreadableError` for fields of a wrong sort."""
    rank, job = _last(run, "rank"), _last(run, "scheduler")
    return {
        "run": run.name,
        "opened_at": instant(run.first.opened_at),
        "activity": run.first.activity,
        "tool": tool(run),
        "system": run.system,
        "outcome": run.outcome,
        "attempts": [_attempt(each) for each in run.attempts[-MOST:]],
        "gaps": gaps(run)[:MOST],
        "ranks": {
            "world": fields.whole(rank, "world", least=1),
            "nodes": sorted({piece.node for piece in run.pieces if piece.node}),
            "said_by": fields.text(rank, "said_by", most=100),
        },
        "scheduler": _scheduler(job),
        "determinism": plain(_fact(run, "determinism")),
        "seeds": seeds(run),
        "command": plain(_fact(run, "command")),
        "container": plain(_fact(run, "container")),
        "checkpoints": checkpoints(run),
        "outputs": outputs(run),
        "logged": _sum(run, "logged"),
        "kept": _sum(run, "kept"),
        "clock_jumps": _jumps(run)[:MOST],
        "output_dir": short_output_dir(run),
        "conflicts": run.conflicts(),
        "recording": recording(run),
    }


def doubts(run: Run) -> Doubts:
    """Why the account of the run itself is not whole: how it ended, and anything that is missing from any of its segments."""
    made = ending(run)
    made.take(record(run.pieces))
    for gap in gaps(run):
        steps = "" if gap["to_step"] is None else f", steps {gap['from_step']} to {gap['to_step']}"
        count = "" if gap["count"] is None else f" ({gap['count']:,})"
        made.partial(f"a gap of {gap['of']}{count}{steps}: {gap['why']}")
    for piece in run.pieces:
        if piece.part == "node" and not piece.sealed:
            made.partial(_no_seal(piece, f"the record of {piece.node or 'a further machine'}: "))
    return made


def ending(run: Run) -> Doubts:
    """How the newest attempt ended, what came before the first, and what can not be true of one run."""
    made = Doubts()
    last, seal = run.last, run.last.seal
    why = fields.text(seal, "reason", most=500)
    said = f" at step {last.last_step}" if last.last_step is not None else ""
    if run.outcome == INCOMPLETE:
        made.partial(_no_seal(last, "incomplete: "))
    elif run.outcome == "failed":
        made.failed(f"the run failed{said}{f': {why}' if why else ''}")
    elif run.outcome == "stopped":
        made.partial(f"the run was stopped{said}{f': {why}' if why else ''}")
    elif run.outcome == "unsaid":
        made.partial(f"the process ended{said} and nobody said how")
    for launcher in run.attempts[-1].launchers:
        end = exit_of(launcher)
        if run.outcome == "finished" and end is not None and (end["code"] or end["signal"]):
            how = f"signal {end['signal']}" if end["signal"] else f"exit code {end['code']}"
            made.partial(f"its process ended with {how} after the run had been sealed as finished")
    if run.unknown_start:
        made.partial(run.unknown_start)
    for conflict in run.conflicts():
        made.partial(conflict)
    return made


def record(pieces: list[Piece]) -> Doubts:
    """What is damaged, lost or changed in segments."""
    made = Doubts()
    for piece in pieces:
        for fault in piece.segment.faults:
            made.failed(f"{piece.name}: {fault}")
        if piece.segment.damaged:
            made.partial(f"{piece.name}: {piece.segment.damaged:,} lines are torn or damaged")
        if lost := lost_in(piece):
            made.partial(f"{piece.name}: {lost:,} records are lost")
    return made


def recording(run: Run) -> dict[str, Any]:
    """How whole the record is, as each fact that was read from it says it."""
    pieces = run.pieces
    return {
        "run": run.name,
        "sealed": run.last.sealed,
        "damaged": sum(piece.segment.damaged for piece in pieces),
        "lost": sum(map(lost_in, pieces)),
    }


def lost_in(piece: Piece) -> int:
    """Records that are numbered and not there, and those that the seal counts as never written."""
    return piece.segment.lost + (fields.whole(piece.seal, "lost", least=0) or 0)


def gaps(run: Run) -> list[dict[str, Any]]:
    """Everything that a segment tells as missing, and the steps between attempts. Of the facts the run is heard before who watched it."""
    own = [piece for attempt in run.attempts for piece in (attempt.writer, *attempt.nodes)]
    rows = [row for piece in run.pieces for row in piece.of("gap") if piece in own or row.get("of") == "records"]
    return [_gap(row) for row in rows] + [
        {
            "of": "steps",
            "why": skip.why,
            "count": skip.end - skip.begin,
            "from_step": skip.begin,
            "to_step": skip.end,
        }
        for skip in run.skips()
    ]


def seeds(run: Run) -> dict[str, int | None]:
    """Start values of random numbers by whose they are, the newest of each name."""
    made: dict[str, int | None] = {}
    for piece in run.pieces:
        for row in piece.of("seeds"):
            made |= {name[:200]: fields.whole({name: said}, name) for name, said in fields.table(row, "seeds").items()}
    return dict(sorted(made.items())[:MOST_NAMES])


def checkpoints(run: Run) -> list[dict[str, Any]]:
    """The folders of weights, as they were written down, oldest first."""
    return [
        {"folder": folder, "step": fields.whole(row, "step", least=0), "files": files}
        for row, folder, files in _listed(run, "checkpoint")
    ][-MOST:]


def outputs(run: Run) -> list[dict[str, Any]]:
    """The folders with other files that the run left, such as the results of an evaluation, oldest first."""
    return [{"folder": folder, "files": files} for _, folder, files in _listed(run, "files")][-MOST:]


def _listed(run: Run, kind: str) -> Iterator[tuple[dict[str, Any], str, list[dict[str, Any]]]]:
    """(record, folder, its files with their sizes in bytes) of each record of this kind that names a folder."""
    for attempt in run.attempts:
        for row in attempt.writer.of(kind):
            folder = fields.text(row, "folder", most=4000)
            if folder is None:
                continue
            listed = [fields.table({"file": each}, "file") for each in fields.rows(row, "files")[:MOST_FILES]]
            named = [(fields.text(each, "name", most=300), fields.whole(each, "size", least=0)) for each in listed]
            files = [{"name": name, "size": size} for name, size in named if name and size is not None]
            yield row, folder[-1000:], files


def short_output_dir(run: Run) -> str | None:
    """The last part of the folder it wrote to; where none was said, of the only folder that it wrote weights to."""
    folders = {str(row.get("folder")) for attempt in run.attempts for row in attempt.writer.of("checkpoint")}
    said = run.output_dir or (folders.pop() if len(folders) == 1 else None)
    return last_part(said)[:500] or None if said else None


def tool(run: Run) -> dict[str, Any]:
    """The tool that was recorded, and its version."""
    said = fields.table(run.last.opened, "tool")
    return {"name": fields.text(said, "name", most=200) or "not told", "version": fields.plain(said, "version")}


def instant(moment: datetime) -> str:
    """A moment as text, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def exit_of(piece: Piece) -> dict[str, Any] | None:
    """How the process ended that a launcher watched, or None where its record has no whole seal."""
    if piece.part != "launcher" or not piece.sealed:
        return None
    return {
        "code": fields.whole(piece.seal, "exit_code"),
        "signal": fields.whole(piece.seal, "signal", least=1),
        "peak_memory_bytes": fields.whole(piece.seal, "peak_memory_bytes", least=0),
        "cpu_user_seconds": _not_negative(piece.seal, "cpu_user_seconds"),
        "cpu_system_seconds": _not_negative(piece.seal, "cpu_system_seconds"),
    }


def plain(value: Any, depth: int = 0) -> Any:
    """What a fact says, with an end to its length, its breadth and its depth."""
    if isinstance(value, str):
        return value[:500]
    if isinstance(value, dict):
        return (
            {key[:200]: plain(each, depth + 1) for key, each in list(value.items())[:MOST_NAMES]} if depth < 4 else None
        )
    if isinstance(value, list):
        return [plain(each, depth + 1) for each in value[:200]] if depth < 4 else None
    return fields.as_number(value, "a number") if isinstance(value, int) and not isinstance(value, bool) else value


def _attempt(attempt: Attempt) -> dict[str, Any]:
    writer = attempt.writer
    watched = (exit_of(piece) for piece in [writer, *attempt.launchers])
    return {
        "opened_at": instant(writer.opened_at),
        "node": writer.node,
        "start_step": writer.start_step,
        "last_step": writer.last_step,
        "outcome": writer.outcome,
        "reason": fields.text(writer.seal, "reason", most=500),
        "sealed": writer.sealed,
        "last_heartbeat": instant(writer.heard_at),
        "seconds": round(writer.segment.heard, 3),
        "damaged": writer.segment.damaged,
        "lost": lost_in(writer),
        "faults": list(writer.segment.faults),
        "nodes": len(attempt.nodes),
        "recorder": fields.text(writer.opened, "recorder", most=100),
        "restarts": fields.whole(fields.table(writer.opened, "scheduler"), "restarts", least=0),
        "exit": next((end for end in watched if end is not None), None),
    }


def _no_seal(piece: Piece, before: str) -> str:
    if piece.segment.faults:
        return f"{before}no seal that fits; last heartbeat {instant(piece.heard_at)}"
    return f"{before}no seal; last heartbeat {instant(piece.heard_at)}"


def _scheduler(job: dict[str, Any]) -> dict[str, Any] | None:
    name, number = fields.text(job, "name", most=100), fields.plain(job, "job")
    if name is None or number is None:
        return None
    return {
        "name": name,
        "job": number,
        "array_task": fields.plain(job, "array_task", most=100),
        "restarts": fields.whole(job, "restarts", least=0),
    }


def _gap(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "of": fields.text(row, "of", most=200) or "not said",
        "why": fields.text(row, "why", most=500) or "not said",
        "count": fields.whole(row, "count", least=0),
        "from_step": None,
        "to_step": None,
    }


def _jumps(run: Run) -> list[dict[str, Any]]:
    return [
        {"at_seconds": row["at"], "moved_seconds": moved}
        for piece in run.pieces
        for row in piece.of("clock")
        if (moved := fields.number(row, "moved_seconds")) is not None
    ]


def _sum(run: Run, name: str) -> int | None:
    """A count of all seals together; None where an attempt has none."""
    told = [fields.whole(attempt.writer.seal, name, least=0) for attempt in run.attempts]
    return None if None in told else sum(each for each in told if each is not None)


def _last(run: Run, name: str) -> dict[str, Any]:
    return fields.table(run.last.opened, name)


def _fact(run: Run, kind: str) -> dict[str, Any] | None:
    return next(facts(run, kind), (None, None))[1]


def facts(run: Run, kind: str) -> Iterator[tuple[Piece, dict[str, Any]]]:
    """The facts of a kind with who wrote them: of each attempt, the newest first, by its writer or else by its launcher."""
    for attempt in reversed(run.attempts):
        for piece in [attempt.writer, *attempt.launchers]:
            body = piece.fact(kind)
            if body is not None:
                yield piece, body
                break


def _not_negative(holder: dict[str, Any], name: str) -> float | int | None:
    value = fields.number(holder, name)
    return None if value is None or value < 0 else value
