"""The jobs of a cluster as Slurm's `sacct` lists them.

*Reads* the text of `sacct -P` (and `-p`) with its header, whichever columns were asked for as long as JobID and State
are among them; the text of `sacct` alone, in columns under a line of hyphens; and the JSON of `sacct --json` since
21.08. Steps (`.0`, `.batch`, `.extern`) are merged into their job. A name with a line end in it is put together again;
a line with too many or too few columns is left out and counted.

*Says* for each job its name, how it ended, when by the scheduler's own clock, for how long, on how many machines,
cores and graphics cards, with which exit code, and the joules where the scheduler counts them. Lines that were left
out, bytes that are no UTF-8, and jobs of which only steps are listed make it partial.

*Does not say* who ran a job, who cancelled it, for which account, where, or with what command: all of that is left
behind. Times in the text have no zone. A name of a job is what somebody called it; in columns it is cut to their width,
which a `+` at its end shows. A listing cut between two lines looks like a shorter one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine, OneFile, Tried, not_understood, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

KIND = "job-accounting.v1"
TOOL = "slurm"
MAX_BYTES = 32 * 1024 * 1024
MOST_JOBS = 50_000
MOST_LINES = 200_000
MOST_CELLS = 4_000_000
MOST_BAD = 10_000
MOST_PLACE = 4096
MOST_JOINED = 20
"""Lines that one row may be spread over."""
_ITS_OWN = {
    "JobIDRaw", "AllocTRES", "AllocCPUS", "ElapsedRaw", "Elapsed", "NNodes", "ExitCode", "ReqTRES", "NCPUS", "Start",
    "End",
    "AllocNodes", "Partition", "Submit", "Timelimit", "MaxRSS", "JobName", "ConsumedEnergyRaw", "TotalCPU", "Account",
}  # fmt: skip
_JOB = re.compile(r"(\d+(?:_(?:\d+|\[[^\]|]*\])|\+\d+)?)(?:\.(\w+(?:\+\d+)?|\w*\+))?")
_STATE = re.compile(r"([A-Z][A-Z_]+)\+?(?: by .*)?", re.DOTALL)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[+-]\d{2}:?\d{2}|Z)?")
_ELAPSED = re.compile(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)(?:\.\d+)?")
_CARDS = re.compile(r"(?:^|,)gres/gpu(:[^=,]+)?=(\d+)(?=,|$)")
_CARDS_OLD = re.compile(r"(?:^|,)(?:gres[:/])?gpu(?::[^:,=]+)?[:=](\d+)")
_RULE = re.compile(rb"-+(?: -+)+ *\r?")
"""The line under the header of a listing in columns."""
_STATES = (
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "COMPLETING", "CONFIGURING", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY",
    "PENDING", "PREEMPTED", "REQUEUED", "RESIZING", "REVOKED", "RUNNING", "SUSPENDED", "TIMEOUT",
)  # fmt: skip
_JSON_MARK = re.compile(rb'"jobs"\s*:\s*\[')


class SlurmSacct(OneFile):
    """Finds the jobs of each listing."""

    noun = Collector(name="slurm-sacct", version="1")
    kinds = (KIND,)
    tool = TOOL
    tried = (
        Tried("sacct of 2020, text", "published", "2026-11-25"),
        Tried("sacct of 2024, text", "published", "2026-11-25"),
        Tried("sacct in columns", "written", "2026-11-25"),
        Tried("sacct 23.11, text", "written", "2026-11-25"),
        Tried("sacct 21.08 and 24.05, JSON", "written", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None for a listing of jobs."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The jobs of one listing."""
        body, _, doubts = listed(file)
        subject = Subject(type=SubjectType.DOCUMENT, name="jobs of a cluster")
        yield self.found(folder, file, KIND, body, subject, doubts=doubts, version=body["version"])


def listed(file: File) -> tuple[dict[str, Any], list[dict[str, Any]], Doubts]:
    """The body of the evidence; beside it, for each of its jobs in order, what no evidence keeps; and the doubts.

    Beside it stand `raw`, the job's number where it is part of an array, and `places`, the folders that it worked in and wrote its
    output to. Raises `UnreadableError`, or `NotMine` for the jobs of another scheduler.
    """
    doubts = Doubts()
    if file.form == "json":
        version, rows = _of_json(file.json(), doubts)
        bad = garbled = 0
    else:
        version = None
        rows, bad, garbled = _of_text(file.data(MAX_BYTES))
    jobs = _merged(rows, doubts)
    if not jobs:
        raise UnreadableError(f"no line could be read as a job, {bad} could not" if bad else "lists no job")
    if bad:
        doubts.partial(f"{bad} lines could not be read and were left out")
    if garbled:
        doubts.partial(f"{garbled} lines hold bytes that are no UTF-8, so a name may not be as it was given")
    beside = [job.pop("beside") for job in jobs]
    body = {"scheduler": TOOL, "version": version, "jobs": jobs, "not_read": bad, "not_utf8": garbled}
    return body, beside, doubts


def _missing(file: File) -> str | None:
    if file.form == "json":
        if file.mentions(b'"job_id"', b'"exit_code"') and _JSON_MARK.search(file.glance()):
            return None
        return "holds no jobs of a scheduler"
    if file.form not in ("text", "binary"):  # a name in another encoding makes text look binary
        return f"its bytes are {file.form}, not text or json"
    names = set(_header(file.head))
    if _in_columns(file.head):
        names = set(file.head.partition(b"\n")[0].decode("utf-8", "replace").split())
    return None if {"JobID", "State"} <= names and names & _ITS_OWN else "its first line names no columns of sacct"


def _in_columns(data: bytes) -> bool:
    """True for a listing in columns, whose second line is nothing but hyphens and spaces."""
    return _RULE.fullmatch(data.split(b"\n", 2)[1]) is not None if data.count(b"\n", 0, 4096) > 1 else False


def _header(data: bytes) -> list[str]:
    line = data.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace").strip("\r")
    return [name.strip() for name in line.split("|")]


def _of_text(data: bytes) -> tuple[list[dict[str, Any]], int, int]:
    """The rows of a text, steps among them, and how many lines could not be read, and hold bytes that are no UTF-8."""
    if not data.endswith(b"\n"):
        raise UnreadableError("the last line has no end", hint="The listing was cut off; run sacct again")
    if data.count(b"\n") > MOST_LINES:
        raise UnreadableError(f"more than {MOST_LINES:,} lines", hint="List fewer days at once")
    columns = _in_columns(data)
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r\n", "\n")
    header, *lines = text.split("\n")[:-1]
    spans = [match.span() for match in re.finditer("-+", lines.pop(0))] if columns else []
    names = (_cut(header, spans) if columns else [name.strip() for name in header.split("|")]) or []
    if not {"JobID", "State"} <= set(names):
        raise UnreadableError("the names of its columns do not stand over the columns")
    if columns and len(names) * len(lines) > MOST_CELLS:
        raise UnreadableError(f"more than {MOST_CELLS:,} cells", hint="List fewer days at once")
    if len(set(names)) != len(names):
        raise UnreadableError("the header names a column twice")
    rows: list[dict[str, Any]] = []
    bad, place = 0, 0
    while place < len(lines):
        cells, used = (_cut(lines[place], spans), 1) if columns else _row(lines, place, len(names))
        row = None if cells is None else _job(dict(zip(names, cells, strict=True)))
        if row is not None:
            rows.append(row)
        else:
            used = 1
            bad += bool(lines[place].strip())
            if bad > MOST_BAD:
                raise UnreadableError(f"more than {MOST_BAD:,} lines could not be read")
        place += used
    return rows, bad, sum("\ufffd" in line for line in lines)


def _cut(line: str, spans: list[tuple[int, int]]) -> list[str] | None:
    """The cells of a line in columns; None where something stands between two of them, or the line is longer."""
    ends = [0, *(end for _, end in spans)]
    gaps = (line[end:start] for end, (start, _) in zip(ends, [*spans, (len(line), 0)], strict=True))
    return None if any(gap.strip() for gap in gaps) else [line[start:end].strip() for start, end in spans]


def _row(lines: list[str], place: int, width: int) -> tuple[list[str] | None, int]:
    """The cells of the row that begins on a line, and how many lines it takes; None where they do not come to `width`."""
    joined = lines[place]
    for used in range(1, MOST_JOINED + 1):
        count = joined.count("|") + 1
        if count == width:
            return joined.split("|"), used
        if count > width or place + used >= len(lines):
            break
        joined += f" {lines[place + used]}"
    return None, 1


def _job(row: dict[str, str]) -> dict[str, Any] | None:
    """One row as a job, with the name of its step under `step`; None where it can not be one."""
    identity, state = _JOB.fullmatch(row["JobID"].strip()), _STATE.fullmatch(row["State"].strip())
    start, end = _moment(row.get("Start")), _moment(row.get("End"))
    if (
        identity is None
        or state is None
        or start is False
        or end is False
        or any("\0" in cell for cell in row.values())
    ):
        return None
    word = state.group(1)
    if row["State"].strip().endswith("+"):
        # A word that was cut to the width of its column, where only one goes on from there.
        whole = [each for each in _STATES if each.startswith(word)]
        word = whole[0] if len(whole) == 1 else word
    exit_code, colon, _ = row.get("ExitCode", "").partition(":")
    nodes = _count(row.get("NNodes")) or _count(row.get("AllocNodes"))
    return {
        "step": identity.group(2),
        "id": identity.group(1)[:100],
        "name": row.get("JobName", "").strip()[:300] or None,
        "state": word[:50],
        "start": start,
        "end": end,
        "elapsed_seconds": _count(row.get("ElapsedRaw")) if "ElapsedRaw" in row else _seconds(row.get("Elapsed", "")),
        "nodes": nodes,
        "cpus": _count(row.get("AllocCPUS")) or _count(row.get("NCPUS")),
        "gpus": _cards(row, nodes),
        "exit_code": _count(exit_code) if colon else None,
        "energy_joules": _count(row.get("ConsumedEnergyRaw")) or None,
        "beside": _beside(row.get("JobIDRaw"), row.get("WorkDir"), row.get("StdOut")),
    }


def _beside(raw: str | None, work_dir: str | None, output: str | None) -> dict[str, Any]:
    """The number of its own, and the folders that it worked in and wrote its output to, where they are named whole."""
    number = (raw or "").strip().partition(".")[0]
    folders = [(work_dir or "").strip(), (output or "").strip().rpartition("/")[0]]
    places = [place for place in folders if place.startswith("/") and "%" not in place and len(place) <= MOST_PLACE]
    return {"raw": number if number.isascii() and number.isdigit() else None, "places": list(dict.fromkeys(places))}


def _moment(text: str | None) -> str | bool | None:
    """A time as printed, None for one that is not there, False for something else."""
    plain = (text or "").strip()
    if plain in ("", "Unknown", "None", "N/A"):
        return None
    return plain if _TIME.fullmatch(plain) else False


def _count(text: str | None) -> int | None:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 16 else None


def _seconds(text: str) -> int | None:
    """`[days-][hours:]minutes:seconds` as seconds."""
    match = _ELAPSED.fullmatch(text.strip())
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _cards(row: dict[str, str], nodes: int | None) -> int | None:
    """Graphics cards that were given to the job; asked for is not given. Old releases list them for each machine."""
    found = _CARDS.findall(row.get("AllocTRES", ""))
    if found:
        plain = [int(count) for kind, count in found if not kind]
        return plain[0] if plain else sum(int(count) for _, count in found)
    old = _CARDS_OLD.findall(row.get("AllocGRES", ""))
    return sum(map(int, old)) * nodes if old and nodes else None


def _merged(rows: list[dict[str, Any]], doubts: Doubts) -> list[dict[str, Any]]:
    """One entry for each job, its steps left out; a job of which only steps are listed is made of the first of them."""
    jobs: dict[tuple[str, ...], dict[str, Any]] = {}
    listed = {row["id"] for row in rows if row["step"] is None}
    by_steps: set[str] = set()
    for row in rows:
        if row["step"] is not None:
            if row["id"] in listed or row["id"] in by_steps:
                continue
            by_steps.add(row["id"])
        # A job that was put back into the queue is listed once for each time it ran.
        key = (row["id"], str(row["start"]), str(row["end"]), row["state"])
        jobs.setdefault(key, {name: value for name, value in row.items() if name != "step"})
        if len(jobs) > MOST_JOBS:
            raise UnreadableError(f"more than {MOST_JOBS:,} jobs", hint="List fewer days at once")
    if by_steps:
        doubts.partial(f"of {len(by_steps)} jobs only steps are listed, and how the job itself ended is not known")
    return list(jobs.values())


def _of_json(value: Any, doubts: Doubts) -> tuple[str | None, list[dict[str, Any]]]:
    """The version and the jobs of a `sacct --json`."""
    meta = fields.table(value, "meta") if isinstance(value, dict) else {}
    slurm = fields.table(meta, "slurm") or fields.table(meta, "Slurm")
    if not slurm:
        raise NotMine("jobs of another scheduler")
    if fields.rows(value, "errors"):
        doubts.partial("the scheduler notes errors of its own in the listing")
    version = fields.text(slurm, "release", most=100)
    return version, [_json_job(job, version) for job in fields.rows(value, "jobs")]


def _json_job(value: Any, version: str | None) -> dict[str, Any]:
    job = fields.table({"job": value}, "job")
    if "job_state" in job:
        raise NotMine("jobs that wait or run, as another command lists them")
    state = fields.table(job, "state").get("current")
    states = [state] if isinstance(state, str) else fields.texts({"state": state}, "state", most=50)
    time, code = fields.table(job, "time"), fields.table(job, "exit_code")
    number = fields.whole(job, "job_id", least=1)
    if number is None or not states or _STATE.fullmatch(states[0]) is None:
        raise not_understood(TOOL, version, "a job without its number or its state")
    array, task = fields.table(job, "array"), _number(fields.table(job, "array"), "task_id")
    parent = fields.whole(array, "job_id", least=0)
    given = {}
    for row in fields.rows(fields.table(job, "tres"), "allocated"):
        entry = fields.table({"entry": row}, "entry")
        kind, name = fields.text(entry, "type") or "", fields.text(entry, "name") or ""
        given[f"{kind}/{name}" if name else kind] = fields.whole(entry, "count", least=0)
    cards = given.get(
        "gres/gpu", sum(count or 0 for kind, count in given.items() if kind.startswith("gres/gpu:")) or None
    )
    return {
        "step": None,
        "id": f"{parent}_{task}" if parent and task is not None else str(number),
        "name": fields.text(job, "name", most=300),
        "state": states[0],
        "start": _of_epoch(_number(time, "start")),
        "end": _of_epoch(_number(time, "end")),
        "elapsed_seconds": _number(time, "elapsed"),
        "nodes": given.get("node"),
        "cpus": given.get("cpu"),
        "gpus": cards,
        "exit_code": _number(code, "return_code"),
        "energy_joules": given.get("energy") or None,
        "beside": _beside(
            str(number),
            fields.text(job, "working_directory", most=MOST_PLACE),
            fields.text(job, "stdout_expanded", most=MOST_PLACE) or fields.text(job, "stdout", most=MOST_PLACE),
        ),
    }


def _number(holder: dict[str, Any], key: str) -> int | None:
    """A whole number; since 23.02 an object with `set` and `number`."""
    value = holder.get(key)
    if isinstance(value, dict):
        return fields.whole(value, "number", least=0) if value.get("set") is True else None
    return fields.whole(holder, key, least=0)


def _of_epoch(seconds: int | None) -> str | None:
    """Seconds since 1970 as text in UTC; 0 stands for never."""
    if not seconds or seconds >= 1 << 33:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


COLLECTOR = SlurmSacct()
