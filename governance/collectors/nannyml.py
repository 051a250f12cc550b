"""Drift of single columns that NannyML measured.

*Reads* the table of a univariate drift result as CSV, with its column names in one level
(`to_df(multilevel=False)`), in three header lines, or joined by two underscores; known by the columns of its chunks
beside values and alerts of a drift method.

*Says* for each column and method how far the chunk that moved most lies from the reference, the bound of that chunk,
whether any chunk of the analysis period crossed its bounds and how many did, each of the latest 240 chunks with its bounds,
the mean of the reference, and from which days and how many rows both periods are.

*Does not say* which version measured it, or when. Estimated and realised performance is another thing and is not
read. An analysis period without a chunk, and a value that is no number, make the evidence failed; an alert that
value and bounds do not bear out is not understood.
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import csv_table
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine, OneFile, Tried, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "nannyml"
_METHODS = "jensen_shannon|kolmogorov_smirnov|wasserstein|hellinger|chi2|l_infinity"
_VALUE = re.compile(rf"(?P<column>.+?)(?P<join>__|_)(?P<method>{_METHODS})(?P=join)value\Z")
_MARK = re.compile(rf"(?:{_METHODS})".encode())
_PERIODS = frozenset({"reference", "analysis"})
MOST_PIECES = 240
"""Chunks that are told one by one, the latest: an entry of a ledger is bounded."""
_INDEX = re.compile(r"[0-9]{1,15}")
_MOMENT = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:[ T](\d\d:\d\d:\d\d)(?:\.\d+)?)?", re.ASCII)


@dataclass
class _Period:
    """The chunks of one period: days and rows."""

    first: str | None = None
    last: str | None = None
    rows: int | None = None
    chunks: int = 0

    def add(self, cells: dict[str, str]) -> None:
        """One more chunk."""
        self.chunks += 1
        start, end = _day(cells.get("start_date", "")), _day(cells.get("end_date", ""))
        self.first = min(filter(None, (self.first, start)), default=None)
        self.last = max(filter(None, (self.last, end)), default=None)
        rows = _rows(cells)
        if rows is not None:
            self.rows = (self.rows or 0) + rows

    def as_body(self) -> dict[str, Any]:
        """The period in the form of the kind."""
        return {"from": self.first, "to": self.last, "n": self.rows}


@dataclass
class _Measure:
    """One column under one method, over the chunks of the analysis period."""

    column: str
    method: str
    prefix: str
    value: float | None = None
    limit: float | None = None
    alerts: int = 0
    untold: int = 0
    reference: list[float] = field(default_factory=list)
    """The values of the reference period."""
    pieces: list[dict[str, Any]] = field(default_factory=list)
    doubts: Doubts = field(default_factory=Doubts)


class Nannyml(OneFile):
    """Finds one drift for each column and method of a result."""

    noun = Collector(name="nannyml", version="1")
    kinds = ("drift.v1",)
    tool = TOOL
    tried = (Tried("0.13.1", "recorded", "2026-11-25"),)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for the table of a result, else why not."""
        return recognised(file, lambda: None if _is_result(file) else "holds no table of drift by chunk")

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The drift of each column of one result."""
        table = csv_table.parse(_one_header(file.data()))
        measures = [
            _Measure(match["column"], match["method"], name.removesuffix("value"))
            for name in table.header
            if (match := _VALUE.match(name))
        ]
        chunk = {name: short for name in table.header if (short := _of_chunk(name))}
        if not measures or "period" not in chunk.values():
            raise NotMine("no columns with value and method beside a period")
        periods = {name: _Period() for name in _PERIODS}
        for line, row in table.rows:
            cells = {short: row[name] for name, short in chunk.items()}
            if cells["period"] not in _PERIODS:
                raise UnreadableError(f"the row on line {line} is of no period that is known")
            periods[cells["period"]].add(cells)
            for measure in measures:
                if cells["period"] == "analysis":
                    _take(measure, row, cells, line)
                elif (value := _number(row, measure.prefix + "value", line)) is not None:
                    measure.reference.append(value)
        for measure in measures:
            yield self._drift(folder, file, measure, periods)

    def _drift(self, folder: Folder, file: File, measure: _Measure, periods: dict[str, _Period]) -> Found:
        if periods["analysis"].chunks == 0:
            measure.doubts.failed("no chunk of the analysis period is in it, so nothing was compared")
        told = measure.limit is not None and not measure.untold and periods["analysis"].chunks > 0
        body: dict[str, Any] = {
            "tool": {"name": TOOL, "version": None},
            "metric": f"how far the column {measure.column} moved"[:300],
            "method": measure.method,
            "reference": periods["reference"].as_body(),
            "current": periods["analysis"].as_body(),
            "value": measure.value,
            "limit": measure.limit,
            "breached": measure.alerts > 0 if told else None,
            "features": [],
            "reference_value": math.fsum(each / len(measure.reference) for each in measure.reference)
            if measure.reference
            else None,
            "pieces": periods["analysis"].chunks,
            "breaches": None if measure.untold else measure.alerts,
            "series": _in_order(measure.pieces)[-MOST_PIECES:],
        }
        subject = Subject(type=SubjectType.SYSTEM, name=folder.name[:500])
        return self.found(folder, file, "drift.v1", body, subject, doubts=measure.doubts)


def _is_result(file: File) -> bool:
    if file.form != "text":
        return False
    opening = b"\n".join(file.head.split(b"\n", 3)[:3])
    return b"chunk" in opening and b"period" in opening and b"alert" in opening and bool(_MARK.search(opening))


def _one_header(data: bytes) -> bytes:
    """The table with one header line: three lines of names are joined by two underscores, column by column."""
    lines = data.split(b"\n", 3)
    first = lines[0].rstrip(b"\r").removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    if len(lines) < 4 or first.split(",").count("chunk") < 2:
        return data
    levels = [next(csv.reader([line.rstrip(b"\r").decode("utf-8", "replace")]), []) for line in lines[:3]]
    if len({len(level) for level in levels}) != 1:
        raise UnreadableError("the three lines of the header have different lengths")
    joined = io.StringIO()
    csv.writer(joined, lineterminator="\n").writerow(["__".join(parts) for parts in zip(*levels, strict=True)])
    return joined.getvalue().encode() + lines[3]


def _of_chunk(name: str) -> str | None:
    """`period` of `chunk_period`, `chunk__chunk__period` and the like."""
    match = re.fullmatch(r"chunk_(?:_chunk__)?(period|start_date|end_date|start_index|end_index)", name)
    return match[1] if match else None


def _in_order(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Oldest first, where each says when it begins; else as they stand in the table."""
    if any(piece["start"] is None for piece in pieces):
        return pieces
    return sorted(pieces, key=lambda piece: str(piece["start"]))


def _rows(cells: dict[str, str]) -> int | None:
    """How many rows a chunk holds; None where its first and last are not told."""
    begin, stop = cells.get("start_index", ""), cells.get("end_index", "")
    if not (_INDEX.fullmatch(begin) and _INDEX.fullmatch(stop)) or int(stop) < int(begin):
        return None
    return int(stop) - int(begin) + 1


def _moment(text: str) -> str | None:
    """A local time to the second, as 2026-01-05T03:00:00, or the day alone; None for anything else."""
    match = _MOMENT.fullmatch(text)
    return "T".join(filter(None, match.groups())) if match else None


def _take(measure: _Measure, row: dict[str, str], cells: dict[str, str], line: int) -> None:
    """One chunk: its value, its bounds, and whether the tool raised an alert."""
    value = _number(row, measure.prefix + "value", line)
    upper = _number(row, measure.prefix + "upper_threshold", line)
    lower = _number(row, measure.prefix + "lower_threshold", line)
    alert = row.get(measure.prefix + "alert", "")
    if alert not in ("True", "False", ""):
        raise UnreadableError(f"the alert on line {line} is neither True nor False")
    measure.untold += alert == ""
    measure.alerts += alert == "True"
    measure.pieces.append(
        {
            "start": _moment(cells.get("start_date", "")),
            "end": _moment(cells.get("end_date", "")),
            "n": _rows(cells),
            "value": value,
            "lower": lower,
            "upper": upper,
            "breached": alert == "True" if alert else None,
        }
    )
    if value is None:
        measure.doubts.failed(f"{measure.column[:100]}: the value of a chunk is not a number")
        return
    # The chi-squared test has no bounds: its alert is that of a p-value, which is not in the table.
    bounded = upper is not None or lower is not None
    crossed = (upper is not None and value > upper) or (lower is not None and value < lower)
    if bounded and alert and crossed is not (alert == "True") and value not in (upper, lower):
        measure.doubts.not_understood(f"the alert on line {line} does not follow from value and bounds")
    if measure.value is None or value > measure.value:
        measure.value, measure.limit = value, upper if upper is not None else lower


def _number(row: dict[str, str], name: str, line: int) -> float | None:
    text = row.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise UnreadableError(f"{name[:100]} on line {line} is not a number") from None
    return value if math.isfinite(value) else None


def _day(text: str) -> str | None:
    """The day of a local time such as 2026-01-05 03:00:00."""
    match = re.match(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?=[ T]|\Z)", text)
    return match[0] if match else None


COLLECTOR = Nannyml()
