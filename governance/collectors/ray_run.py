"""A trial as Ray Tune and Ray Train leave it.

*Reads* `result.json` of a trial, which is one JSON object a line (known by `training_iteration` and `trial_id`), and the state of
the experiment in the folder above, `experiment_state-*.json`, for how the trial ended. Of the settings only those with the
well-known names of training are taken.

*Says* how the loss moved from report to report, with which settings, and how the trial ended: TERMINATED by its own end or by a
scheduler, ERROR, or still PENDING, RUNNING or PAUSED. Without the experiment's state a trial whose last report does not say
that it is done is partial. One that reported only measures is an evaluation instead.

*Does not say* how many optimiser steps there were: a step here is one report. Files that are pickles, whatever their name, are
never opened; host, address and process are not copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import tracked_names, tracked_run
from governance.collectors.formats.tracked_run import Point, Tracked
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "ray"
STATE = "experiment_state-"
MOST_ROWS = 200_000
_OWN = frozenset(
    {"timestamp", "pid", "training_iteration", "time_this_iter_s", "time_total_s", "time_since_restore", "warmup_time",
     "iterations_since_restore", "timesteps_total", "episodes_total", "timesteps_since_restore"}
)  # fmt: skip
_ENDED = {"TERMINATED": True, "ERROR": False, "RUNNING": False, "PENDING": False, "PAUSED": False}


class RayRun(OneFile):
    """Finds one run for each trial with reports."""

    noun = Collector(name="ray-run", version="1")
    kinds = ("training-run.v1", "eval-run.v1")
    tool = TOOL
    tried = (Tried("2.60.0", "recorded", "2026-11-25"),)
    marks = Marks(
        form="json", words=(b'"training_iteration"', b'"trial_id"', b'"time_total_s"'), none_of=(b'"trial_data"',)
    )

    def looks(self, folder: Folder, file: File) -> str | None:
        """None for the reports of a trial, and for a pickle of Ray's that bears the name of a JSON file."""
        return None if _is_pickle(file) else super().looks(folder, file)

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run of one trial."""
        if _is_pickle(file):
            raise UnreadableError(
                "a pickle under the name of a JSON file; it is never opened, for opening one runs what is in it",
                hint="Nothing is lost: it holds how Ray searched. The trials beside it are read.",
            )
        run = Tracked(tracker=TOOL, name=folder.name[:500])
        last = _reports(file, run)
        run.run_id = fields.text(last, "trial_id", most=200)
        for name, value in fields.table(last, "config").items():
            run.settings[name] = value if name in tracked_names.WANTED else None
        status, beside = _status(folder, run.run_id)
        doubts = Doubts()
        run.status = status
        run.ended = _ENDED[status] if status else (True if fields.flag(last, "done") else None)
        if status == "ERROR" or folder.beside("error.txt") is not None:
            run.ended = False
            doubts.failed("the trial ended in an error")
        elif run.ended is False:
            doubts.partial(f"its status is {status}: it did not come to its end")
        elif run.ended is None:
            doubts.partial("neither its last report nor a state of the experiment says that it came to its end")
        at = moments.of_epoch(fields.number(last, "timestamp"))
        if run.trains:
            body = tracked_run.training_body(run, doubts)
            subject = Subject(type=SubjectType.RUN, name=run.name)
            yield self.found(folder, file, self.kinds[0], body, subject, doubts=doubts, at=at, beside=beside)
            return
        body = tracked_run.evaluation_body(run, doubts, task=run.name)
        subject = Subject(type=SubjectType.MODEL, name=(body["model"]["adapter"] or body["model"]["name"])[:500])
        yield self.found(folder, file, self.kinds[1], body, subject, doubts=doubts, at=at, beside=beside)


def _is_pickle(file: File) -> bool:
    """True for a pickle of Ray's that is named like JSON: the name is why somebody may load it."""
    return file.name.endswith(".json") and file.head[:1] == b"\x80" and file.mentions(b"ray.tune.")


def _reports(file: File, run: Tracked) -> dict[str, Any]:
    """Put the numbers of each report into the run; gives the last report."""
    row: dict[str, Any] = {}
    count = 0
    for number, line in file.lines():
        row, nulls = tracked_run.json_object(line, f"line {number}")
        if "training_iteration" not in row:
            raise (
                UnreadableError(f"line {number} is not a report of a trial")
                if count
                else NotMine("no report of a trial")
            )
        count += 1
        if count > MOST_ROWS:
            raise UnreadableError(f"more than {MOST_ROWS:,} reports")
        step = fields.whole(row, "training_iteration", least=0)
        for name, value in row.items():
            # A null among the numbers is a NaN that the tool wrote as such.
            if name not in _OWN and (tracked_run.is_number(value) or (value is None and nulls)):
                run.series.setdefault(name, []).append(
                    Point(step, None if value is None else tracked_run.number(value))
                )
    if not count or file.tail(1) != b"\n":
        raise UnreadableError("ends in the middle of a report", hint="Copy it again, whole.")
    return row


def _status(folder: Folder, trial: str | None) -> tuple[str | None, list[File]]:
    """How the trial ended by the newest state of the experiment above it, and the file that says so."""
    above = folder.parent.files if folder.parent is not None else {}
    for name in sorted((name for name in above if name.startswith(STATE)), reverse=True):
        file = above[name]
        state = file.json()
        for entry in fields.rows(state, "trial_data") if isinstance(state, dict) else []:
            text = entry[0] if isinstance(entry, list) and entry else None
            said = strict_json.loads(text.encode(), where=file.shown) if isinstance(text, str) else None
            if isinstance(said, dict) and trial is not None and said.get("trial_id") == trial:
                status = said.get("status")
                if status not in _ENDED:
                    raise not_understood(TOOL, None, f"the status of a trial is {str(status)[:50]!r}")
                return status, [file]
    return None, []


COLLECTOR = RayRun()
