"""A run of a Weights & Biases service, as `govern import wandb` wrote it down.

*Reads* the document `wandb-run-export.v1` (`formats/exported_run.py` says what is in it), known by that name in it: the run, the
settings with well-known names, every logged number and the labels.

*Says* how the loss moved, with which settings, from which base where a setting names it, from which commit, which version of
the tool logged it, and how it ended, in the service's word: *crashed* and *failed* are failures; killed, preempted or still
running is partial. A run that logged only measures is an evaluation instead.

*Does not say* that the service said the truth, nor that it says the same today: it is a copy of one moment, over a connection. Who ran it
on which machine, under which account, with which arguments and notes is not copied; nor are artifacts, so data sets that
were logged as artifacts are told only by the file of the run itself (`wandb-run`). Without `train/global_step` the step is the
tool's own count of logged rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import exported_run, tracked_run
from governance.collectors.formats.tracked_run import Tracked
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SCHEMA = "wandb-run-export.v1"
TOOL = "wandb"
FINISHED = "finished"
_FAILED = {"failed": "its state is failed", "crashed": "its state is crashed: the service heard no more of it"}
GOING_ON = ("running", "pending", "preempting")


class WandbExport(OneFile):
    """Finds the run of each document."""

    noun = Collector(name="wandb-export", version="1")
    kinds = ("training-run.v1", "eval-run.v1")
    tool = TOOL
    tried = (Tried("0.19.11", "written", "2026-11-26"), Tried("0.31.0", "written", "2026-11-26"))
    marks = Marks(form="json", words=(SCHEMA.encode(), b'"settings"', b'"series"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run of one document."""
        said = exported_run.document(file, SCHEMA)
        run = fields.table(said, "run")
        state = fields.text(run, "status", most=100) or ""
        name = fields.text(run, "name")
        run_id = fields.text(run, "id")
        tracked = Tracked(
            tracker=TOOL,
            name=name or run_id or "",
            run_id=run_id,
            settings=exported_run.settings(said),
            series=exported_run.series(said),
            status=state,
            ended=state == FINISHED,
        )
        doubts = Doubts()
        if state in _FAILED:
            doubts.failed(_FAILED[state])
        elif state in GOING_ON:
            doubts.partial(f"its state was {state} when it was imported: it was still going on")
        elif state != FINISHED:
            doubts.partial(f"its state is {state}")
        if fields.flag(run, "all_rows") is not True:
            doubts.partial("how many rows the service holds is not known, so some may be missing")
        more: dict[str, Any] = {
            "experiment": fields.text(run, "project"),
            "code_revision": fields.text(run, "commit", most=200),
            "data_sets": exported_run.data_sets(said),
            "labels": fields.texts(run, "labels", most=200),
        }
        version, at = fields.plain(run, "version"), moments.of_epoch(fields.number(run, "last"))
        at = at or moments.of_text(fields.text(run, "created"))
        training = tracked.trains
        body = (
            tracked_run.training_body(tracked, doubts)
            if training
            else tracked_run.evaluation_body(tracked, doubts, task=tracked.name)
        ) | more
        if training:
            subject = Subject(type=SubjectType.RUN, name=tracked.name[:500])
        else:
            body["harness"]["version"] = version
            subject = Subject(type=SubjectType.MODEL, name=(body["model"]["adapter"] or body["model"]["name"])[:500])
        yield self.found(
            folder,
            file,
            self.kinds[0 if training else 1],
            body,
            subject,
            doubts=doubts,
            at=at,
            version=version,
            redacted=exported_run.redacted(said),
        )


COLLECTOR = WandbExport()
