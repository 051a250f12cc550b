"""Runs in the database of Trackio, the tracker of Hugging Face that works offline.

*Reads* the tables `metrics` and `configs` of `<project>.db`, known by their columns, with and without the ids of runs that
newer versions give. Of the settings only those with the well-known names of training are taken.

*Says* how the loss moved, with which settings, and from which base where a setting names it. Trackio does not keep how a run
ended, so a run is complete only where its last step is the one that was planned (`max_steps`), or its last pass; any other is
partial. A run that logged only measures is an evaluation instead.

*Does not say* which version of Trackio wrote it, nor that the settings were in force: the training script logs what it likes,
under names it chooses. Runs of one name in an old database without ids are one run here, as they are in the tool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import sqlite_rows, tracked_names, tracked_run
from governance.collectors.formats.tracked_run import Point, Tracked
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.files import LOOKED_THROUGH
from governance.collectors.reading.interface import NotMine, OneFile, Tried, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.formats.sqlite_rows import Rows
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "trackio"
MOST_RUNS = 5_000
_WORDS = (b"run_name", b"metrics TEXT NOT NULL")
_METRICS = ("run_name", "step", "metrics", "timestamp")
_CONFIGS = ("run_name", "config")


class Trackio(OneFile):
    """Finds every run of a database."""

    noun = Collector(name="trackio", version="1")
    kinds = ("training-run.v1", "eval-run.v1")
    tool = TOOL
    tried = (Tried("0.5.3", "recorded", "2026-11-25"), Tried("0.43.0", "recorded", "2026-11-25"))

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a database with Trackio's tables, also for one that is cut; else what is missing."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """Every run of the database, by name."""
        wal = folder.beside(file.name + "-wal")
        with sqlite_rows.open_rows(file, tables=("metrics", "configs"), wal=wal) as rows:
            if not set(_METRICS) <= set(rows.columns("metrics")):
                raise NotMine("a database with other tables than Trackio's")
            runs, last = _runs(rows)
        if not runs:
            raise UnreadableError("holds no run", hint="Attach the database that the training was logged to.")
        beside = [wal] if wal is not None and wal.size else []
        for key, run in sorted(runs.items()):
            doubts = Doubts()
            at = moments.of_text(last.get(key))
            if run.trains:
                body = tracked_run.training_body(run, doubts)
                subject = Subject(type=SubjectType.RUN, name=run.name)
                yield self.found(folder, file, self.kinds[0], body, subject, doubts=doubts, at=at, beside=beside)
            else:
                body = tracked_run.evaluation_body(run, doubts, task=run.name)
                doubts.partial("how the run ended is not kept")
                subject = Subject(
                    type=SubjectType.MODEL, name=(body["model"]["adapter"] or body["model"]["name"])[:500]
                )
                yield self.found(folder, file, self.kinds[1], body, subject, doubts=doubts, at=at, beside=beside)


def _missing(file: File) -> str | None:
    if file.form != "sqlite":
        return f"its bytes are {file.form}, not sqlite"
    if file.mentions(*_WORDS):
        return None
    if file.size > LOOKED_THROUGH and {"metrics", "configs"} <= sqlite_rows.table_names(file):
        return None
    return "lacks the tables of Trackio"


def _runs(rows: Rows) -> tuple[dict[str, Tracked], dict[str, str]]:
    """The runs by id, or by name in an older database, and when each logged last."""
    runs: dict[str, Tracked] = {}
    last: dict[str, str] = {}
    for key, (name, step, text, moment) in _by_run(rows, "metrics", _METRICS):
        run = _run(runs, key, name)
        row = _object(text, f"the metrics of {run.name}")
        # The Trainer logs its own step beside the numbers; the one of the row only counts the rows.
        counted = row.get("train/global_step", step)
        at = counted if isinstance(counted, int) and 0 <= counted <= fields.LARGEST else None
        for metric, value in row.items():
            if tracked_run.is_number(value):
                run.series.setdefault(metric, []).append(Point(at, tracked_run.number(value)))
        if isinstance(moment, str):
            last[key] = max(last.get(key, ""), moment)
    if set(_CONFIGS) <= set(rows.columns("configs")):
        for key, (name, text) in _by_run(rows, "configs", _CONFIGS):
            run = _run(runs, key, name)
            for setting, value in _object(text, f"the settings of {run.name}").items():
                run.settings[setting] = value if setting in tracked_names.WANTED else None
    return runs, last


def _by_run(rows: Rows, table: str, columns: tuple[str, ...]) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """Each row with the id of its run, which is its name where there are no ids."""
    key = "run_id" if "run_id" in rows.columns(table) else "run_name"
    for first, *row in rows.select(table, (key, *columns), most=tracked_run.MOST_POINTS):
        yield str(first or row[0]), tuple(row)


def _run(runs: dict[str, Tracked], key: str, name: Any) -> Tracked:
    if key not in runs:
        if len(runs) >= MOST_RUNS:
            raise UnreadableError(f"more than {MOST_RUNS:,} runs")
        named = str(name)[:500] or "unnamed"
        runs[key] = Tracked(tracker=TOOL, name=named, run_id=key[:500] if key != name else None)
    return runs[key]


def _object(text: Any, what: str) -> dict[str, Any]:
    """A JSON object out of a column, which holds it as text or as its bytes."""
    if not isinstance(text, (str, bytes)):
        raise UnreadableError(f"{what} are no text")
    value, _ = tracked_run.json_object(text if isinstance(text, bytes) else text.encode(), what)
    return {key: each for key, each in value.items() if len(key) <= 500}


COLLECTOR = Trackio()
