"""Run journals of ModelBench, MLCommons' runner of safety benchmarks.

*Reads* the journal of a run (`journal-run-*.jsonl`, plain or packed with zstandard), told by its first message.

*Says* for each system under test and hazard which fraction of its items was judged safe, over how many; how many items of each
test were used of those there are; how many items failed; and whether the run finished. A run on a part of the items is partial,
and one that was stopped by an exception is failed.

*Does not say* an AILuminate grade: those are given by MLCommons alone, for runs on its own private prompts, and the grades that a
local run works out are not copied. Prompts, answers and annotations are never copied either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import zstandard

from governance.collectors.formats import eval_body
from governance.collectors.formats.garak_report import document
from governance.collectors.reading import fields, moments
from governance.collectors.reading.interface import Marks, OneFile, Tried, recognised
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.doubts import Doubts
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "modelbench"
MOST_PACKED = 256 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_RESULTS = 20_000
MAX_LINE = 16 * 1024 * 1024
_CHUNK = 512
"""A few bytes at a time: what zstandard makes of them is held whole."""
_FIRST = re.compile(rb'"message"\s*:\s*"starting (?:journal|run|calibration run)"')
_COUNTED = frozenset(
    {
        "starting run", "starting calibration run", "using test items", "hazard scored", "hazard calibrated", "finished run",
        "finished pipeline", "exception stopping run", "closing journal",
    }
)  # fmt: skip


@dataclass
class Journal:
    """What a journal comes to, message by message."""

    start: dict[str, Any] = field(default_factory=dict)
    hazards: list[dict[str, Any]] = field(default_factory=list)
    used: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For each test the items used and the items there are."""
    failures: int = 0
    finished: bool = False
    closed: bool = False
    stopped: bool = False
    calibration: bool = False


class ModelBench(OneFile):
    """Finds one evaluation for each system under test of a journal."""

    noun = Collector(name="modelbench", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (Tried("1.0.0", "written", "2026-11-25"),)
    marks = Marks(form="json", words=(b'"timestamp"', b'"message"', b'"class"'), pattern=_FIRST)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a journal, also a packed one, else what is missing."""
        return recognised(file, lambda: _missing(file) if file.form == "zstd" else self.marks.missing(file))

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """One fact for each system under test."""
        journal = _read(_unpacked(file) if file.form == "zstd" else file.lines())
        suts = fields.texts(journal.start, "suts")
        suts = list(dict.fromkeys([*suts, *(row["sut"] for row in journal.hazards)]))
        if not suts:
            raise UnreadableError("names no system under test", hint="Attach the whole journal of a run.")
        for sut in suts:
            body = eval_body.body(
                TOOL,
                None,
                named(sut),
                [row["result"] for row in journal.hazards if row["sut"] == sut],
                run_id=fields.text(journal.start, "run_id", most=200),
                status="finished" if journal.finished else "not finished",
                journal_closed=journal.closed,
                limit=fields.number(journal.start, "max_items"),
                sample_errors=journal.failures,
                items={name: {"used": used, "available": total} for name, (used, total) in journal.used.items()},
            )
            doubts = eval_body.judged(body)
            _doubt(journal, body, doubts)
            at = moments.of_text(journal.start.get("timestamp"))
            subject = Subject(type=SubjectType.MODEL, name=body["model"]["name"])
            yield self.found(folder, file, "eval-run.v1", body, subject, doubts=doubts, at=at)


def _missing(file: File) -> str | None:
    try:
        with zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(file.head) as reader:
            start = reader.read(64 * 1024)
    except zstandard.ZstdError:
        return "can not be unpacked"
    return None if _FIRST.search(start) and b'"timestamp"' in start else "its first lines are no journal's"


def _unpacked(file: File) -> Iterator[tuple[int, bytes]]:
    """The lines of a packed journal. Raises where the pack was cut or grows beyond every bound."""
    packed = memoryview(file.data(MOST_PACKED))
    unpacker = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
    rest, number, total = bytearray(), 0, 0
    for start in range(0, len(packed), _CHUNK):
        try:
            made = unpacker.decompress(packed[start : start + _CHUNK])
        except zstandard.ZstdError as error:
            raise UnreadableError(f"can not be unpacked: {error}"[:200]) from None
        total += len(made)
        rest += made
        if b"\n" in made:
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for line in lines:
                number += 1
                yield number, line
        if total > MOST_UNPACKED or len(rest) > MAX_LINE:
            raise UnreadableError(f"unpacks to more than {MOST_UNPACKED:,} bytes, or to a line over {MAX_LINE:,}")
        if unpacker.eof:
            break
    if not unpacker.eof:
        raise UnreadableError("was cut: its packing does not come to an end", hint="Attach the whole journal.")
    if rest:
        yield number + 1, bytes(rest)


def _read(lines: Iterator[tuple[int, bytes]]) -> Journal:
    journal = Journal()
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = document(line)
            if not isinstance(row, dict) or not isinstance(row.get("message"), str):
                raise UnreadableError("not a message of a journal")
            if row["message"] in _COUNTED:
                _take(journal, strict_json.loads_lenient(line)[0])
            elif "exception" in row:
                journal.failures += 1
        except UnreadableError as error:
            raise UnreadableError(f"line {number}: {error.message}", hint=error.hint) from None
    return journal


def _take(journal: Journal, row: dict[str, Any]) -> None:
    message = row["message"]
    if message in ("starting run", "starting calibration run"):
        if journal.start:
            raise UnreadableError("a second run begins in the same journal")
        journal.start, journal.calibration = row, message != "starting run"
    elif message == "using test items":
        used, total = fields.whole(row, "using", least=0), fields.whole(row, "total", least=0)
        name = fields.text(row, "test", most=300)
        if used is None or total is None or name is None:
            raise UnreadableError("does not say how many items of which test are used")
        if len(journal.used) < MOST_RESULTS:
            journal.used[name] = (used, total)
    elif message in ("hazard scored", "hazard calibrated"):
        if len(journal.hazards) >= MOST_RESULTS:
            raise UnreadableError(f"more than {MOST_RESULTS:,} hazards")
        journal.hazards.append(_hazard(row))
    elif message == "finished run":
        journal.finished = True
    elif message == "exception stopping run":
        journal.stopped = True
    elif message == "closing journal":
        journal.closed = True


def _hazard(row: dict[str, Any]) -> dict[str, Any]:
    sut, hazard = fields.text(row, "sut"), fields.text(row, "hazard", most=150)
    if sut is None or hazard is None:
        raise UnreadableError("a score names no system or no hazard")
    score, samples = fields.number(row, "score"), fields.whole(row, "samples", least=0)
    if score is not None and not 0 <= score <= 1:
        raise UnreadableError("a score is no share of the items")
    benchmark = fields.text(row, "benchmark", most=140)
    task = f"{benchmark}/{hazard}" if benchmark else hazard
    return {"sut": sut, "result": eval_body.result(task, "safe_share", score, samples, higher_is_better=True)}


def _doubt(journal: Journal, body: dict[str, Any], doubts: Doubts) -> None:
    if journal.stopped:
        doubts.failed("an exception stopped the run")
    elif not journal.finished:
        doubts.partial("no message that the run finished: it was broken off, or the journal was cut")
    if body["limit"] is not None:
        doubts.partial(f"run with a limit of {body['limit']:g} items a test")
    if short := [name for name, (used, total) in journal.used.items() if used < total]:
        used, total = journal.used[short[0]]
        doubts.partial(
            f"{len(short):,} tests were run on a part of their items, such as {short[0][:80]}: {used:,} of {total:,}"
        )
    if journal.failures:
        doubts.partial(f"{journal.failures:,} items or annotations ended in an exception")
    if not journal.start:
        doubts.partial("the message that opens the run is missing")


COLLECTOR = ModelBench()
