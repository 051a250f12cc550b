"""The graphics processors as `nvidia-smi --query-gpu=… --format=csv` prints them, once or again and again.

*Reads* the table with its header, whichever columns were asked for, with the units in the cells or (`nounits`) in the
header alone. The same processor in several rows (`--loop`) is told by serial id, bus or index; its last row is kept.
A log that has none of these lists one processor for each model. A table without its header (`noheader`) is refused, for
nobody can tell what its numbers are.

*Says* driver, model, serial id, memory, whether a processor is cut into parts, whether its memory corrects errors,
what it drew and may draw, and how often it was asked. Fewer processors than `count`, rows that can not be told apart,
and processors without a name make it partial; serial ids that were zeroed or redacted make it masked.
Of a processor that was asked more than once it also says how busy it was, how much memory was taken and what it drew over
time: mean and most, the energy of that power, and a bounded row of points. Gaps, moments that come twice, and a clock that
goes back make that partial.

*Does not say* on which machine or when: the clock has no time zone, and a host name is left behind like serial
numbers. What the processors were busy with it does not say either: a log is tied to the weights in whose folder it lies.
What was not asked for is null. A table that was cut between two rows looks like a shorter one, unless `count` was asked
for.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import csv_table, gpu_usage, nvidia_words
from governance.collectors.formats.nvidia_readings import POWER, UNITS, Readings
from governance.collectors.formats.nvidia_words import MAX_GPUS, NOT_NAMED, TOOL, Words
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import OneFile, Tried, not_understood, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_ITS_OWN = frozenset(
    {
        "driver_version", "kmd_version", "pci.bus_id", "gpu_bus_id", "memory.total", "memory.used", "memory.free",
        "power.draw", "power.limit", "enforced.power.limit", "utilization.gpu", "utilization.memory", "temperature.gpu",
        "ecc.mode.current", "mig.mode.current", "compute_cap", "vbios_version", "clocks.sm", "clocks.current.sm",
        "power.draw.instant", "power.draw.average", "clocks.gr", "clocks.mem", "fan.speed",
    }
)  # fmt: skip
"""Names of columns that nobody else gives to his. `name`, `uuid`, `index` and `timestamp` are everybody's."""
_SHARED = frozenset({"name", "gpu_name", "uuid", "gpu_uuid", "index", "timestamp", "count", "pstate", "serial"})
_OTHER_QUERIES = frozenset(
    {"pid", "process_name", "used_gpu_memory", "used_memory", "retired_pages.address", "time_running"}
)
_DRIVER = ("kmd_version", "driver_version")
"""The first since driver 610, which means to drop the second."""
_POWER = (*POWER, "enforced.power.limit", "power.limit")
_IDS = ("uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id", "index")
"""What tells one processor from another."""
_STAY = ("name", "gpu_name", "memory.total")
"""What stays the same for one processor from row to row."""
_TOLD_OF_USE = ("name", "uuid", "memory_bytes")
MOST_NO_ROWS = 10_000
_NO_ROW = re.compile(rb"^[^,\n]*[^,\s][^,\n]*\n", re.MULTILINE)
_UNIT = re.compile(r"(.+?)\s*\[(.+)\]")
_UUID = re.compile(rb"(?:^|, )(?:GPU|MIG)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=,|\s*$)")


class NvidiaSmiCsv(OneFile):
    """Finds one environment for each table, and the use over time where processors were asked again and again."""

    noun = Collector(name="nvidia-smi-csv", version="1")
    kinds = (nvidia_words.KIND, gpu_usage.KIND)
    tool = TOOL
    tried = (
        Tried("driver 470, columns by hand", "written", "2026-11-25"),
        Tried("driver 590", "published", "2026-11-25"),
        Tried("driver 610", "written", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None for a table of these columns, or one that lost its header."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The environment in one table, and the use where there are several readings."""
        if _columns(_first_line(file)) is None:
            raise UnreadableError(
                "a table of nvidia-smi without its header", hint="Ask again with --format=csv and without noheader"
            )
        doubts = Doubts()
        data = _rows_alone(nvidia_words.whole(file, csv_table.MAX_BYTES), doubts)
        table = csv_table.parse(data, space_after_delimiter=True)
        names = {(_UNIT.fullmatch(name) or [name, name])[1]: name for name in table.header}
        _units_fit(names)
        of_use = Doubts()
        readings = Readings(names, lambda row, name: _cell(row, names, name), Words(of_use, None))
        kept, most = _last_of_each(table, names, doubts, readings)
        if not kept:
            raise UnreadableError("a header without a row")
        of_use.take(doubts)
        rows = list(kept.values())
        words = Words(doubts, None)
        words.driver(*(_cell(rows[0], names, name) for name in _DRIVER))
        gpus = [_gpu(row, names, words) for row in rows]
        told = _cell(rows[0], names, "count")
        if told is not None:
            nvidia_words.count_fits(told, len(gpus), words)
        body = nvidia_words.record(
            gpus,
            driver=words.version,
            cuda=None,
            note="read from nvidia-smi --query-gpu",
            local_time=words.word(_cell(rows[-1], names, "timestamp")),
            readings=most,
        )
        yield self.found(folder, file, nvidia_words.KIND, body, NOT_NAMED, doubts=doubts, version=words.version)
        for key, gpu in zip(kept, gpus, strict=True):
            if key in readings.lines:
                index = words.word(_cell(kept[key], names, "index"))
                readings.lines[key].about.update(index=index, **{name: gpu[name] for name in _TOLD_OF_USE})
        if gpu_usage.worth_telling(readings.lines.values()):
            apart = any(name in names for name in _IDS)
            yield self._use(folder, file, readings, of_use, words.version, apart)

    def _use(
        self, folder: Folder, file: File, readings: Readings, doubts: Doubts, version: str | None, apart: bool
    ) -> Found:
        body = gpu_usage.body(
            list(readings.lines.values()),
            doubts,
            apart=apart,
            tool={"name": TOOL, "version": version},
            activity=None,
            local_time=readings.began,
            power_from=readings.power,
        )
        subject = Subject(type=SubjectType.RUN, name=f"graphics processors watched in {folder.name}"[:500])
        return self.found(folder, file, gpu_usage.KIND, body, subject, doubts=doubts, version=version)


def _first_line(file: File) -> bytes:
    return nvidia_words.opening(file).removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").partition(b"\n")[0].strip()


def _rows_alone(data: bytes, doubts: Doubts) -> bytes:
    """The table without the lines that the tool prints among its rows when a processor does not answer; they are counted."""
    if b"," not in data.partition(b"\n")[0]:
        return data
    count = sum(1 for _ in islice(_NO_ROW.finditer(data), MOST_NO_ROWS + 1))
    if not count:
        return data
    if count > MOST_NO_ROWS:
        raise UnreadableError(f"more than {MOST_NO_ROWS:,} lines that are no rows")
    doubts.partial(f"{count} lines that are no rows, such as a word on a graphics processor that did not answer")
    return _NO_ROW.sub(b"", data)


def _missing(file: File) -> str | None:
    line = _first_line(file)
    if _columns(line) is not None or (line.count(b", ") and _UUID.search(line)):
        return None
    return "its first line names no columns of nvidia-smi --query-gpu"


def _columns(line: bytes) -> set[str] | None:
    """The columns that a first line names, without units; None where they are not those of this query."""
    cells = [cell.strip() for cell in line.decode("utf-8", "replace").split(",")]
    names = {(_UNIT.fullmatch(cell) or [cell, cell])[1] for cell in cells}
    if not names & _ITS_OWN or names & _OTHER_QUERIES:
        return None
    bracketed = any(_UNIT.fullmatch(cell) for cell in cells)
    return names if bracketed or names & set(_DRIVER) or len(names & (_ITS_OWN | _SHARED)) > 1 else None


def _units_fit(names: dict[str, str]) -> None:
    """Raises `UnreadableError` where a header names another unit than its column has."""
    for name, wanted in UNITS.items():
        unit = _UNIT.fullmatch(names.get(name, ""))
        if unit and unit[2] != wanted:
            raise not_understood(TOOL, None, f"{name} is in {unit[2][:20]}")


def _last_of_each(
    table: csv_table.Table, names: dict[str, str], doubts: Doubts, readings: Readings
) -> tuple[dict[Hashable, dict[str, str]], int]:
    """The last row of each processor, and how many rows the one with the most has; every row goes through `readings`."""
    ids = [names[name] for name in _IDS if name in names]
    # A log without any of these says of one and the same processor again and again: it is listed once for each model.
    stay = [] if ids or "timestamp" not in names else [names[name] for name in _STAY if name in names]
    kept: dict[Hashable, dict[str, str]] = {}
    counts: dict[Hashable, int] = {}
    for line, row in table.rows:
        if all(cell == name for name, cell in row.items()):
            continue  # the header again, where one run after the other was added to the file
        key = tuple(row[name] for name in ids or stay) if ids or "timestamp" in names else (str(line),)
        kept[key] = row
        readings.add(key, row)
        counts[key] = counts.get(key, 0) + 1
        if len(kept) > MAX_GPUS:
            raise UnreadableError(f"more than {MAX_GPUS} graphics processors, or rows that can not be told apart")
    counted = "count" in names and all(row[names["count"]].strip() == str(len(kept)) for row in kept.values())
    if not ids and not counted and sum(counts.values()) > 1:
        how = "listed once for each model" if "timestamp" in names else "one may be listed several times"
        doubts.partial(f"{sum(counts.values())} rows and no column that tells the graphics processors apart, so {how}")
    if ids and len(set(counts.values())) > 1:
        doubts.partial("one graphics processor was asked less often than another; the table ends early, or was cut")
    return kept, max(counts.values(), default=0)


def _cell(row: dict[str, str], names: dict[str, str], *wanted: str) -> str | None:
    return next((row[names[name]] for name in wanted if name in names), None)


def _gpu(row: dict[str, str], names: dict[str, str], words: Words) -> dict[str, Any]:
    return {
        "name": words.name(_cell(row, names, "name", "gpu_name")),
        "uuid": words.uuid(_cell(row, names, "uuid", "gpu_uuid")),
        "driver": words.word(_cell(row, names, *_DRIVER)),
        "memory_bytes": words.memory(_cell(row, names, "memory.total"), "memory.total"),
        "mig_enabled": words.flag(_cell(row, names, "mig.mode.current"), "mig.mode.current"),
        "ecc_enabled": words.flag(_cell(row, names, "ecc.mode.current"), "ecc.mode.current"),
        **words.power(*(_cell(row, names, name) for name in _POWER)),
        "protected_memory_bytes": words.memory(_cell(row, names, "protected_memory.total"), "protected_memory.total"),
    }


COLLECTOR = NvidiaSmiCsv()
