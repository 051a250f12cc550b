"""Runs in MLflow's store of files, `mlruns/`.

*Reads* each run's `meta.yaml` (known by its fields) of MLflow 1 to 3 with the files beside it: parameters, metrics,
tags, data-set inputs, and from the store around it the registered versions and the logged models that name the run. Of the
parameters only settings of training with well-known names are opened, of the tags only the commit and the run's name.

*Says* for a run that trained: how the loss moved, with which settings, from which base where a parameter names it, on
which data sets by name and MLflow's own digest, from which commit, how it ended, and under which names its model was
registered. A run that logged only measures is an evaluation instead. One that failed, was killed, is still said to be
running, was deleted, or logged no loss is not complete.

*Does not say* that the parameters were in force: the training script logs what it likes, under names it chooses.
Parameters with other names, and who ran it on which machine, are not copied. Moments are MLflow's milliseconds since 1970.
`steps` is the largest step that was logged, and some scripts count from 0. The store has no end mark: a metric that lost
its last whole lines looks like one that was logged less often.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import mlflow_run, tracked_names, tracked_run
from governance.collectors.formats.mlflow_run import MlflowRun
from governance.collectors.reading import fields
from governance.collectors.reading.interface import Marks, OneFile, Tried
from governance.domain.evidence import Collector
from governance.errors import UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

META = "meta.yaml"
_TRASH = ".trash"
"""Where an experiment that was deleted lies until it is cleared away; up to 2.0 nothing in its files says so."""
MOST_VALUE = 16 * 1024
_NAMES = re.compile(r"[^\x00-\x1f]{1,1000}")


class MlflowStore(OneFile):
    """Finds one run for each folder of a run."""

    noun = Collector(name="mlflow-store", version="1")
    kinds = mlflow_run.KINDS
    tool = mlflow_run.TOOL
    tried = (
        Tried("1.30.1", "recorded", "2026-11-25"),
        Tried("2.0.1", "recorded", "2026-11-25"),
        Tried("2.8.1", "recorded", "2026-11-25"),
        Tried("2.14.3", "recorded", "2026-11-25"),
        Tried("2.22.1", "recorded", "2026-11-25"),
        Tried("3.1.4", "recorded", "2026-11-25"),
        Tried("3.17.2", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="text",
        words=(b"artifact_uri:", b"lifecycle_stage:", b"experiment_id:"),
        pattern=re.compile(rb"^run_(?:uu)?id: ", re.MULTILINE),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run of one folder."""
        files = _Files(folder, file)
        kind, body, subject, doubts, moment = mlflow_run.fact(files.run())
        for why in files.lacking:
            doubts.partial(why)
        yield self.found(folder, file, kind, body, subject, doubts=doubts, at=moment, beside=files.used)


class _Files:
    """The files of one run. `used` are those that something was taken from."""

    def __init__(self, folder: Folder, file: File) -> None:
        self.folder = folder
        self.file = file
        self.used: list[File] = []
        self.lacking: list[str] = []

    def run(self) -> MlflowRun:
        meta = _document(self.file, "user_id")
        run_id = fields.text(meta, "run_id") or fields.text(meta, "run_uuid")
        if run_id is None or "status" not in meta:
            raise UnreadableError("names no run or no status")
        tags = _by_key(self.folder, "tags")
        experiment = self._beside(self.folder.parent, META)
        above = self.folder.parent.parent if self.folder.parent else None
        return MlflowRun(
            run_id=run_id,
            name=self._tag(tags, mlflow_run.RUN_NAME) or fields.text(meta, "run_name") or fields.text(meta, "name"),
            status=mlflow_run.status_of(meta["status"]),
            start=fields.whole(meta, "start_time"),
            end=fields.whole(meta, "end_time"),
            deleted=fields.text(meta, "lifecycle_stage") != "active"
            or _is_deleted(experiment or {})
            or _TRASH in (part.name for part in (self.folder.parent, above) if part is not None),
            experiment=fields.text(experiment, "name") if experiment else None,
            commit=(self._tag(tags, mlflow_run.COMMIT) or "")[:200] or None,
            settings=self._settings(),
            series=self._series(),
            data_sets=list(self._data_sets()),
            registered=self._named(_registered, above, run_id),
            logged_models=self._named(_logged_models, self.folder.parent, run_id),
        )

    def _settings(self) -> dict[str, Any]:
        files = _by_key(self.folder, "params")
        made: dict[str, Any] = {}
        for key, file in files.items():
            wanted = key in tracked_names.WANTED
            made[key] = self._value(file) if wanted else None
        return made

    def _series(self) -> dict[str, list[tracked_run.Point]]:
        made: dict[str, list[tracked_run.Point]] = {}
        count = 0
        for key, file in _by_key(self.folder, "metrics").items():
            made[key] = list(islice(_points(file), tracked_run.MOST_POINTS + 1 - count))
            count += len(made[key])
            if count > tracked_run.MOST_POINTS:
                raise UnreadableError(f"its metrics have more than {tracked_run.MOST_POINTS:,} points")
            self.used.append(file)
        return made

    def _tag(self, tags: dict[str, File], name: str) -> str | None:
        return (self._value(tags[name])[:500] or None) if name in tags else None

    def _value(self, file: File) -> str:
        """The text of a small file, and note that it was used; one too long to be a setting is empty."""
        if file.size > MOST_VALUE:
            return ""
        self.used.append(file)
        try:
            return file.data().decode().strip()
        except UnicodeDecodeError:
            raise UnreadableError(f"{file.shown} beside it is not UTF-8") from None

    def _data_sets(self) -> Iterator[dict[str, Any]]:
        """The data sets named under `inputs`, described in the experiment's own folder."""
        described = _child(self.folder.parent, "datasets")
        for entry in getattr(_child(self.folder, "inputs"), "children", ()):
            link = self._beside(entry, META)
            if link is None or link.get("source_type") != "DATASET":
                continue
            key = fields.text(link, "source_id") or ""
            said = self._beside(_child(described, key), META)
            name = fields.text(said, "name") if said else None
            if said is None or name is None:
                self.lacking.append("a data set it was given is not described in the folder of the experiment")
                continue
            context = fields.text(fields.table(link, "tags"), mlflow_run.CONTEXT, most=200)
            yield {"name": name, "digest": fields.plain(said, "digest"), "context": context}

    def _beside(self, folder: Folder | None, name: str) -> dict[str, Any] | None:
        file = folder.files.get(name) if folder is not None else None
        if file is None or folder is None or folder.listed_by_name:
            return None
        self.used.append(file)
        return _document(file)

    def _named(self, index: Any, folder: Folder | None, run_id: str) -> list[dict[str, Any]]:
        """What an index over a folder of the store has for this run."""
        made = []
        for file, row in index(folder).get(run_id, ()) if folder is not None else ():
            self.used.append(file)
            made.append(row)
        return made


def _registered(top: Folder) -> dict[str, list[tuple[File, dict[str, Any]]]]:
    """The versions in the registry of a store, by the run they came from; worked out once."""
    if "mlflow-registered" not in top.notes:
        made: dict[str, list[tuple[File, dict[str, Any]]]] = {}
        for model in getattr(_child(top, "models"), "children", ()):
            aliases = {key: file for key, file in _by_key(model, "aliases").items() if file.size <= MOST_VALUE}
            pointed = {key: file.data().decode("utf-8", "replace").strip() for key, file in aliases.items()}
            for version in model.children:
                file = version.files.get(META)
                said = _document(file) if file is not None else {}
                run_id = fields.text(said, "run_id")
                if file is None or run_id is None or said.get("current_stage") == mlflow_run.DELETED_VERSION:
                    continue
                number = fields.plain(said, "version") or ""
                names = sorted(name for name, at in pointed.items() if at == number)
                row = {"name": fields.text(said, "name") or model.name, "version": number, "aliases": names}
                made.setdefault(run_id, []).append((file, row))
        top.notes["mlflow-registered"] = made
    found: dict[str, list[tuple[File, dict[str, Any]]]] = top.notes["mlflow-registered"]
    return found


def _logged_models(experiment: Folder) -> dict[str, list[tuple[File, dict[str, Any]]]]:
    """The logged models of an experiment, by the run they came from; since version 3; worked out once."""
    if "mlflow-models" not in experiment.notes:
        made: dict[str, list[tuple[File, dict[str, Any]]]] = {}
        for model in getattr(_child(experiment, "models"), "children", ()):
            file = model.files.get(META)
            said = _document(file) if file is not None else {}
            run_id, name = fields.text(said, "source_run_id"), fields.text(said, "name")
            if file is not None and run_id and name and not _is_deleted(said):
                status = mlflow_run.model_status(said.get("status"))
                row = {"id": fields.text(said, "model_id", most=200), "name": name, "status": status}
                made.setdefault(run_id, []).append((file, row))
        experiment.notes["mlflow-models"] = made
    found: dict[str, list[tuple[File, dict[str, Any]]]] = experiment.notes["mlflow-models"]
    return found


def _is_deleted(said: dict[str, Any]) -> bool:
    return fields.text(said, "lifecycle_stage") == mlflow_run.DELETED


def _document(file: File, last: str | None = None) -> dict[str, Any]:
    """The fields of one of MLflow's YAML files, which it writes in alphabetical order; `last` is the one that ends it."""
    data = file.data(strict_yaml.MAX_BYTES)
    said = strict_yaml.loads(data, where=file.shown)
    if not isinstance(said, dict):
        raise UnreadableError(f"{file.name} holds no fields", where=file.shown)
    if not data.endswith(b"\n") or (last is not None and last not in said):
        raise UnreadableError(
            f"cut: {'ends without a line end' if last in said else f'lacks {last}'}", where=file.shown
        )
    return said


def _points(file: File) -> Iterator[tracked_run.Point]:
    """The logged values of one metric: lines of milliseconds, value and step; version 1.0 had no step."""
    number = 0
    for number, line in file.lines():
        parts = line.split()
        try:
            int(parts[0])
            value = float(parts[1])
            step = int(parts[2]) if len(parts) > 2 else None
        except (ValueError, IndexError):
            raise UnreadableError(f"line {number} of the metric {file.shown} is not a logged number") from None
        finite = abs(value) < mlflow_run.NO_NUMBER
        yield tracked_run.Point(
            step if step is None or abs(step) <= fields.LARGEST else None, value if finite else None
        )
    if not number or file.tail(1) != b"\n":
        raise UnreadableError(f"the metric {file.shown} is {'cut in its last line' if number else 'empty'}")


def _by_key(folder: Folder, name: str) -> dict[str, File]:
    """The files below one folder of a run, by the key they stand for: a slash in a key makes a folder."""
    top = _child(folder, name)
    if top is None:
        return {}
    made: dict[str, File] = {}
    for place in [top, *top.below()]:
        inside = place.shown[len(top.shown) :].strip("/")
        for each, file in place.files.items():
            key = f"{inside}/{each}" if inside else each
            if _NAMES.fullmatch(key):
                made[key] = file
    if len(made) > tracked_run.MOST_SETTINGS:
        raise UnreadableError(f"more than {tracked_run.MOST_SETTINGS:,} {name}", where=folder.shown)
    return dict(sorted(made.items()))


def _child(folder: Folder | None, name: str) -> Folder | None:
    return next((child for child in folder.children if child.name == name), None) if folder is not None else None


COLLECTOR = MlflowStore()
