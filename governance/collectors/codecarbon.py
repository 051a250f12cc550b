"""The energy of runs as CodeCarbon reckoned it, in `emissions.csv` and in the `emissions_base_….csv` of tasks.

*Reads* both tables by their header, of 1.x to 3.x: columns in any order, those that were dropped because they were
empty, and rows of several versions in one table. Of a run that was written several times while it went on (`flush`)
the last row counts.

*Says* for each run or task the kilowatt-hours, the shares of processors, graphics cards and memory, the grams of
carbon dioxide, the country whose power was assumed, and the version, which matters: two versions differ by several
times. A run without energy is failed. A graphics card that was seen and for which nothing was counted makes it
partial, and so do shares that do not add up, and a missing version.

*Does not say* that it was measured: the table does not tell a counter of the processor from a guess by its model, and
memory is always guessed, so all of it counts as estimated. Nor when: the clock has no time zone. Of a run made of
tasks `emissions.csv` gives the length of the last task alone; where the table of its tasks lies beside it, the length
is left out. The factor between energy and carbon dioxide is not written down. Place on the map and names of machines
are left behind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import csv_table
from governance.collectors.reading import moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine, OneFile, Tried, not_understood, recognised
from governance.domain.base import is_placeholder
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

KIND = "energy.v1"
TOOL = "codecarbon"
_CORE = frozenset({"timestamp", "duration", "emissions", "energy_consumed"})
_ITS_OWN = frozenset({"codecarbon_version", "emissions_rate", "country_iso_code"})
_SHARES = ("cpu_energy", "gpu_energy", "ram_energy")
_SCOPES = {"machine": "machine", "process": "process"}
_ADDS_UP = 0.01
"""The shares may miss the whole by one part in a hundred; they are written to sixteen digits."""
MOST_RUNS = 10_000
MOST_ROWS = 50_000


@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]

    def text(self, name: str, most: int = 300) -> str | None:
        value = self.cells.get(name, "").strip()
        if len(value) > most:
            raise UnreadableError(f"line {self.line}: {name} has more than {most} characters")
        return None if is_placeholder(value) or value.lower() == "nan" else value

    def number(self, name: str) -> float | None:
        """A number, or None for an empty cell or one that says NaN or infinity."""
        value = self.cells.get(name, "").strip()
        if not value:
            return None
        try:
            made = float(value)
        except ValueError:
            raise not_understood(TOOL, self.version, f"line {self.line}: {name} is no number") from None
        return made if math.isfinite(made) else None

    @property
    def version(self) -> str | None:
        return self.text("codecarbon_version", 100)

    @property
    def key(self) -> tuple[str, str]:
        """What it is about: run and task. A row of 1.x names no run and stands for itself."""
        return self.text("run_id") or f"line {self.line}", self.text("task_name") or ""


class CodeCarbon(OneFile):
    """Finds the energy of each run, or of each task, in a table."""

    noun = Collector(name="codecarbon", version="1")
    kinds = (KIND,)
    tool = TOOL
    tried = (
        Tried("1.2.0", "written", "2026-11-25"),
        Tried("1.x without its version", "published", "2026-11-25"),
        Tried("2.1.3", "published", "2026-11-25"),
        Tried("2.2.2", "published", "2026-11-25"),
        Tried("2.3.5", "recorded", "2026-11-25"),
        Tried("2.4.2", "published", "2026-11-25"),
        Tried("2.7.1", "published", "2026-11-25"),
        Tried("2.7.4", "recorded", "2026-11-25"),
        Tried("2.8.4", "recorded", "2026-11-25"),
        Tried("3.0.2", "published", "2026-11-25"),
        Tried("3.0.8", "recorded", "2026-11-25"),
        Tried("3.1.1", "recorded", "2026-11-25"),
        Tried("3.2.3", "recorded", "2026-11-25"),
        Tried("3.3.2", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None for a table with the columns of this tool."""
        return recognised(file, lambda: None if _names(file) else "its first line lacks the columns of emissions.csv")

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """One fact for each run or task, in the order of the table."""
        table = csv_table.parse(file.data(csv_table.MAX_BYTES))
        if not set(table.header) >= _CORE:
            raise NotMine("a table of other columns")
        runs: dict[tuple[str, str], list[_Row]] = {}
        for count, (line, cells) in enumerate(table.rows, 1):
            row = _Row(line, cells)
            runs.setdefault(row.key, []).append(row)
            if len(runs) > MOST_RUNS or count > MOST_ROWS:
                raise UnreadableError(f"more than {MOST_RUNS:,} runs, or {MOST_ROWS:,} rows")
        if not runs:
            raise UnreadableError("a header without a run; a tracker that was never stopped writes no row")
        with_tasks = frozenset() if "task_name" in table.header else _runs_with_tasks(folder)
        for (run, task), rows in runs.items():
            yield self._run(folder, file, run, task, rows, with_tasks)

    def _run(
        self, folder: Folder, file: File, run: str, task: str, rows: list[_Row], with_tasks: frozenset[str]
    ) -> Found:
        row, doubts = rows[-1], Doubts()
        body = _body(row, run, task, doubts)
        energies = [each.number("energy_consumed") or 0 for each in rows]
        if energies != sorted(energies):
            doubts.partial("the energy of the run falls from one of its rows to the next")
        if run in with_tasks:
            body["duration_seconds"] = None
        names = [row.text("project_name"), row.text("run_id"), task]
        name = " ".join(each for each in names if each) or "run without a name"
        return self.found(
            folder,
            file,
            KIND,
            body,
            Subject(type=SubjectType.RUN, name=name[:500]),
            doubts=doubts,
            at=moments.of_text(row.text("timestamp")),
            version=row.version,
        )


def _names(file: File) -> set[str] | None:
    """The columns in the first line, where they are those of this tool."""
    if file.form != "text":
        return None
    line = file.head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
    names = {name.strip(' "\r') for name in line.decode("utf-8", "replace").split(",")}
    return names if names >= _CORE and names & _ITS_OWN else None


def _runs_with_tasks(folder: Folder) -> frozenset[str]:
    """The runs whose tasks are listed in another table of this folder, worked out once."""
    if "codecarbon-runs-with-tasks" not in folder.notes:
        runs: set[str] = set()
        for file in folder.files.values():
            try:
                names = _names(file)
                if names and "task_name" in names:
                    runs |= {cells.get("run_id", "") for _, cells in csv_table.parse(file.data()).rows}
            except UnreadableError:
                continue
        folder.notes["codecarbon-runs-with-tasks"] = frozenset(runs)
    kept: frozenset[str] = folder.notes["codecarbon-runs-with-tasks"]
    return kept


def _body(row: _Row, run: str, task: str, doubts: Doubts) -> dict[str, Any]:
    version = row.version
    if version is None:
        doubts.partial("the version is not written down, and versions differ by several times")
    kwh = row.number("energy_consumed")
    shares = {name: _not_negative(row, name, doubts) for name in _SHARES}
    if kwh is None or kwh <= 0:
        doubts.failed(f"the tool came to {'no energy' if kwh is None else f'{kwh:g} kWh'}, and work takes energy")
        kwh = None
    known = [share for share in shares.values() if share is not None]
    if kwh is not None and len(known) == len(_SHARES) and abs(sum(known) - kwh) > _ADDS_UP * kwh:
        doubts.partial(f"the shares add up to {sum(known):g} kWh and not to {kwh:g} kWh")
    if (row.number("gpu_count") or 0) > 0 and not shares["gpu_energy"]:
        doubts.partial("a graphics card was seen and no energy was counted for it")
    mode = row.text("tracking_mode", 100)
    if mode is not None and mode not in _SCOPES:
        raise not_understood(TOOL, version, f"line {row.line}: tracking_mode is {mode[:60]}")
    kilograms, pue = _not_negative(row, "emissions", doubts), row.number("pue")
    clock = row.text("timestamp", 100)
    return {
        "kwh": kwh,
        "method": "estimated",
        "activity": None,
        "scope": _SCOPES[mode] if mode else None,
        "tracking_mode": mode,
        "tool": {"name": TOOL, "version": version},
        "run": run[:200] if row.text("run_id") else None,
        "task": task or None,
        "local_time": None if moments.of_text(clock) else clock,
        "duration_seconds": _not_negative(row, "duration", doubts),
        "gpu_kwh": shares["gpu_energy"],
        "cpu_kwh": shares["cpu_energy"],
        "ram_kwh": shares["ram_energy"],
        "pue": pue if pue is not None and pue >= 1 else None,
        "co2_grams": None if kilograms is None else kilograms * 1000,
        "grid_g_per_kwh": None,
        "location": row.text("country_iso_code", 100) or row.text("country_name", 100),
    }


def _not_negative(row: _Row, name: str, doubts: Doubts) -> float | None:
    """A number of zero or more; less makes the row failed, for a counter went back."""
    value = row.number(name)
    if value is not None and value < 0:
        doubts.failed(f"{name} is {value:g}, less than nothing")
        return None
    return value


COLLECTOR = CodeCarbon()
