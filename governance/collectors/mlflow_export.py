"""A run of an MLflow tracking server, as `govern import mlflow` wrote it down.

*Reads* the document `mlflow-run-export.v1` (`formats/exported_run.py` says what is in it), known by that name in it: the run, the
settings with well-known names, every logged number, the data sets, the registered versions with their aliases and the
logged models.

*Says* for a run that trained: how the loss moved, with which settings, from which base where a parameter names it, on
which data sets by name and MLflow's own digest, from which commit, how it ended, under which names its model was registered, and
as which run it was recorded from inside. A run that logged only measures is an evaluation instead. One that failed, was
killed, was still running when it was imported, was deleted, or logged no loss is not complete.

*Does not say* that the server said the truth, nor that it says the same today: it is a copy of one moment, over a connection.
Parameters with other names, and who ran it on which machine, are not copied; nor are judgements of single samples, so an
evaluation has its number of samples only where it logged one. Which version of MLflow the server runs is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import exported_run, mlflow_run
from governance.collectors.formats.mlflow_run import MlflowRun
from governance.collectors.reading import fields
from governance.collectors.reading.interface import Marks, OneFile, Tried
from governance.domain.evidence import Collector
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SCHEMA = "mlflow-run-export.v1"


class MlflowExport(OneFile):
    """Finds the run of each document."""

    noun = Collector(name="mlflow-export", version="1")
    kinds = mlflow_run.KINDS
    tool = mlflow_run.TOOL
    tried = (
        Tried("2.14.3", "written", "2026-11-26"),
        Tried("2.22.1", "written", "2026-11-26"),
        Tried("3.17.2", "recorded", "2026-11-26"),
    )
    marks = Marks(form="json", words=(SCHEMA.encode(), b'"settings"', b'"series"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run of one document."""
        said = exported_run.document(file, SCHEMA)
        run = fields.table(said, "run")
        made = MlflowRun(
            run_id=fields.text(run, "id") or "",
            name=fields.text(run, "name"),
            status=mlflow_run.status_of(run["status"]),
            start=fields.whole(run, "start"),
            end=fields.whole(run, "end"),
            deleted=fields.flag(run, "deleted") is not False,
            experiment=fields.text(run, "experiment"),
            commit=fields.text(run, "commit", most=200),
            settings=exported_run.settings(said),
            series=exported_run.series(said),
            data_sets=exported_run.data_sets(said),
            registered=[_version(row) for row in fields.rows(said, "registered_models")],
            logged_models=[_model(row) for row in fields.rows(said, "logged_models")],
        )
        kind, body, subject, doubts, moment = mlflow_run.fact(made)
        if (recorded := fields.text(run, "recorded_run", most=200)) and kind == self.kinds[0]:
            body["recorded_run"] = recorded
        yield self.found(
            folder, file, kind, body, subject, doubts=doubts, at=moment, redacted=exported_run.redacted(said)
        )


def _version(row: Any) -> dict[str, Any]:
    held = fields.table({"registered_models": row}, "registered_models")
    name, version = fields.text(held, "name"), fields.plain(held, "version")
    if name is None or version is None:
        raise UnreadableError("a registered model has no name or no version")
    return {"name": name, "version": version, "aliases": fields.texts(held, "aliases", most=200)}


def _model(row: Any) -> dict[str, Any]:
    held = fields.table({"logged_models": row}, "logged_models")
    if (name := fields.text(held, "name")) is None:
        raise UnreadableError("a logged model has no name")
    return {
        "id": fields.text(held, "id", most=200),
        "name": name,
        "status": fields.text(held, "status", most=100),
    }


COLLECTOR = MlflowExport()
