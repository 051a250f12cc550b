"""Runs in MLflow's database, `mlflow.db`.

*Reads* the tables of runs, parameters, metrics, tags, data sets, registered versions, logged models and, since version 3,
judgements in an SQLite database of MLflow 1 to 3, known by its tables and by those columns that are used, whatever its
migration. No other table is touched; `secrets` and `webhooks` are among those that are not.

*Says* for a run that trained: how the loss moved, with which settings, from which base where a parameter names it, on
which data sets by name and MLflow's own digest, from which commit, how it ended, and under which names its model was
registered. A run that logged only measures is an evaluation instead, over as many samples as there are judgements. One that
failed, was killed, is still said to be running, was deleted, or logged no loss is not complete.

*Does not say* that the parameters were in force: the training script logs what it likes, under names it chooses.
Parameters with other names, and who ran it on which machine, are not copied. Moments are MLflow's milliseconds since 1970.
`steps` is the largest step that was logged, and some scripts count from 0. A change of a stored value is not noticed, for the
database has no checksums.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import mlflow_run, sqlite_rows, tracked_names, tracked_run
from governance.collectors.formats.mlflow_run import MlflowRun
from governance.collectors.reading import fields
from governance.collectors.reading.files import LOOKED_THROUGH
from governance.collectors.reading.interface import NotMine, OneFile, Tried, not_understood, recognised
from governance.domain.evidence import Collector
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.formats.sqlite_rows import Rows
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_RUNS = 5_000
_WORDS = (b"run_uuid", b"lifecycle_stage", b"alembic_version")
_NEEDED = {
    "runs": ("run_uuid", "name", "status", "start_time", "end_time", "lifecycle_stage", "experiment_id"),
    "metrics": ("run_uuid", "key", "value", "step", "is_nan"),
    "params": ("run_uuid", "key", "value"),
    "tags": ("run_uuid", "key", "value"),
    "experiments": ("experiment_id", "name"),
}
"""Since 1.0 (2019), when metrics got a step. A database without them is not understood."""
_LATER = {
    "experiments": ("experiment_id", "lifecycle_stage"),
    "datasets": ("dataset_uuid", "name", "digest"),
    "inputs": ("input_uuid", "source_type", "source_id", "destination_type", "destination_id"),
    "input_tags": ("input_uuid", "name", "value"),
    "model_versions": ("name", "version", "run_id", "current_stage"),
    "registered_model_aliases": ("name", "version", "alias"),
    "logged_models": ("model_id", "name", "status", "source_run_id", "lifecycle_stage"),
    "assessments": ("trace_id", "name", "error", "valid", "run_id"),
    "trace_request_metadata": ("request_id", "key", "value"),
}
_SOURCE_RUN = "mlflow.sourceRun"
_ALEMBIC = "alembic_version"


class MlflowDatabase(OneFile):
    """Finds every run of a database."""

    noun = Collector(name="mlflow-database", version="1")
    kinds = mlflow_run.KINDS
    tool = mlflow_run.TOOL
    tried = (
        Tried("2.0.1", "recorded", "2026-11-25"),
        Tried("2.8.1", "recorded", "2026-11-25"),
        Tried("2.14.3", "recorded", "2026-11-25"),
        Tried("3.1.4", "recorded", "2026-11-25"),
        Tried("3.17.2", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a database with MLflow's tables, also for one that is cut; else what is missing."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """Every run of the database, oldest first."""
        wal = folder.beside(file.name + "-wal")
        beside = [wal] if wal is not None and wal.size else []
        with sqlite_rows.open_rows(file, tables=(*_NEEDED, *_LATER, _ALEMBIC), wal=wal) as rows:
            if not {"runs", "params", _ALEMBIC} <= set(rows.tables()):
                raise NotMine("a database with other tables than MLflow's")
            runs = list(_Runs(rows).all())
        if not runs:
            raise UnreadableError("holds no run", hint="Attach the database that the training was logged to.")
        for run in runs:
            kind, body, subject, doubts, moment = mlflow_run.fact(run)
            yield self.found(folder, file, kind, body, subject, doubts=doubts, at=moment, beside=beside)


def _missing(file: File) -> str | None:
    if file.form != "sqlite":
        return f"its bytes are {file.form}, not sqlite"
    if file.mentions(*_WORDS):
        return None
    if file.size > LOOKED_THROUGH and {*_NEEDED, _ALEMBIC} <= sqlite_rows.table_names(file):
        return None
    return "lacks the tables of MLflow"


class _Runs:
    """The runs of one open database, put together from its tables in one pass over each."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        for table, columns in _NEEDED.items():
            if lacking := [column for column in columns if column not in rows.columns(table)]:
                raise not_understood(mlflow_run.TOOL, None, f"its table {table} lacks {', '.join(lacking)}")

    def all(self) -> Iterator[MlflowRun]:
        """Each run, oldest first."""
        runs = {run.run_id: run for run in sorted(self._runs(), key=lambda run: (run.start or 0, run.run_id))}
        self._tell(runs)
        for key, name, value in self.rows.select("params", ("run_uuid", "key", "value")):
            if (run := runs.get(str(key))) is not None:
                if len(run.settings) >= tracked_run.MOST_SETTINGS:
                    raise UnreadableError(
                        f"the run {run.run_id} has more than {tracked_run.MOST_SETTINGS:,} parameters"
                    )
                run.settings[str(name)] = value if str(name) in tracked_names.WANTED else None
        self._metrics(runs)
        self._data_sets(runs)
        self._models(runs)
        self._judged(runs)
        yield from runs.values()

    def _runs(self) -> Iterator[MlflowRun]:
        names = {row[0]: row[1] for row in self.rows.select("experiments", _NEEDED["experiments"])}
        gone = {key for key, stage in self._later("experiments") if stage == mlflow_run.DELETED}
        for row in self.rows.select("runs", _NEEDED["runs"], most=MOST_RUNS):
            said = dict(zip(_NEEDED["runs"], row, strict=True))
            run_id = fields.text(said, "run_uuid")
            if run_id is None:
                raise UnreadableError("a run has no id")
            experiment = {"name": names.get(said["experiment_id"])}
            yield MlflowRun(
                run_id=run_id,
                name=fields.text(said, "name"),
                status=mlflow_run.status_of(said["status"]),
                start=fields.whole(said, "start_time"),
                end=fields.whole(said, "end_time"),
                deleted=fields.text(said, "lifecycle_stage") != "active" or said["experiment_id"] in gone,
                experiment=fields.text(experiment, "name"),
            )

    def _tell(self, runs: dict[str, MlflowRun]) -> None:
        for key, name, value in self.rows.select("tags", _NEEDED["tags"]):
            run = runs.get(str(key))
            if run is not None and isinstance(value, str) and value.strip():
                if name == mlflow_run.COMMIT:
                    run.commit = value.strip()[:200]
                elif name == mlflow_run.RUN_NAME:
                    run.name = value.strip()[:500]

    def _metrics(self, runs: dict[str, MlflowRun]) -> None:
        for key, name, value, step, is_nan in self.rows.select(
            "metrics", _NEEDED["metrics"], most=tracked_run.MOST_POINTS
        ):
            if (run := runs.get(str(key))) is None:
                continue
            number = fields.as_number(value, f"the metric {name!r}")
            finite = number is not None and not is_nan and abs(number) < mlflow_run.NO_NUMBER
            at = step if isinstance(step, int) and abs(step) <= fields.LARGEST else None
            run.series.setdefault(str(name), []).append(tracked_run.Point(at, number if finite else None))
        for run in runs.values():
            for points in run.series.values():
                # As they were logged; a run that was resumed may have logged a step once more.
                points.sort(key=lambda point: -1 if point.step is None else point.step)

    def _data_sets(self, runs: dict[str, MlflowRun]) -> None:
        described = {str(key): (name, digest) for key, name, digest in self._later("datasets")}
        contexts = {str(key): value for key, name, value in self._later("input_tags") if name == mlflow_run.CONTEXT}
        for key, sort, source, to, run_id in self._later("inputs"):
            run = runs.get(str(run_id))
            if run is None or sort != "DATASET" or to != "RUN" or str(source) not in described:
                continue
            name, digest = described[str(source)]
            said = {"name": name, "digest": digest, "context": contexts.get(str(key))}
            if named := fields.text(said, "name"):
                context = fields.text(said, "context", most=5000) or ""
                run.data_sets.append(
                    {"name": named, "digest": fields.plain(said, "digest"), "context": context[:200] or None}
                )

    def _models(self, runs: dict[str, MlflowRun]) -> None:
        aliases: dict[tuple[Any, Any], list[str]] = defaultdict(list)
        for name, version, alias in self._later("registered_model_aliases"):
            aliases[name, version].append(str(alias)[:200])
        for name, version, run_id, stage in self._later("model_versions"):
            if (run := runs.get(str(run_id))) is not None and stage != mlflow_run.DELETED_VERSION:
                row = {"name": str(name)[:500], "version": str(version), "aliases": sorted(aliases[name, version])}
                run.registered.append(row)
        for model_id, name, status, run_id, stage in self._later("logged_models"):
            if (run := runs.get(str(run_id))) is not None and stage != mlflow_run.DELETED:
                said = {"id": str(model_id)[:200], "name": str(name)[:500], "status": mlflow_run.model_status(status)}
                run.logged_models.append(said)

    def _judged(self, runs: dict[str, MlflowRun]) -> None:
        """Count valid judgements by run and judge; a trace names the evaluation that it was made in."""
        made_in = {
            str(key): str(value) for key, name, value in self._later("trace_request_metadata") if name == _SOURCE_RUN
        }
        for trace, name, error, valid, run_id in self._later("assessments"):
            run = runs.get(str(run_id)) or runs.get(made_in.get(str(trace), ""))
            if run is not None and valid and not error:
                run.judged[str(name)] = run.judged.get(str(name), 0) + 1

    def _later(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table that not every version has; nothing where it or one of its columns is not there."""
        columns = _LATER[table]
        if set(columns) <= set(self.rows.columns(table)):
            yield from self.rows.select(table, columns)


COLLECTOR = MlflowDatabase()
