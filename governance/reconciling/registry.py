"""Registered versions of models, out of MLflow's database or its store of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance.population.given import Source, Version
from governance.collectors.formats import mlflow_registry
from governance.collectors.reading.walk import walk
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from governance.collectors.reading.walk import Folder

HINT = "Give MLflow's database (mlflow.db) or the folder of its store (mlruns)."
MOST_NOTES = 20


def read(paths: Sequence[Path]) -> tuple[list[Version], list[Source]]:
    """The versions of all registries. Raises `UnreadableError` for a path that is none, or can not be read."""
    versions: list[Version] = []
    sources: list[Source] = []
    for path in sorted({path.resolve() for path in paths}):
        folders, not_read = walk([path])
        if not folders:
            raise UnreadableError(not_read[0].reason if not_read else "holds nothing", where=str(path), hint=HINT)
        made, source = _store(folders, path) if path.is_dir() else _database(folders[0], path)
        if path.is_dir() and not_read:
            raise UnreadableError(f"{not_read[0].path}: {not_read[0].reason}", where=str(path))
        versions += [Version("mlflow", one.name, one.version, one.run_id, one.places) for one in made]
        sources.append(source)
    return versions, sources


def _database(folder: Folder, path: Path) -> tuple[list[mlflow_registry.Version], Source]:
    file = next(iter(folder.files.values()))
    if file.form != "sqlite":
        raise UnreadableError("is no registry that is known", where=str(path), hint=HINT)
    try:
        made = mlflow_registry.in_database(file, folder.beside(file.name + "-wal"))
    except UnreadableError as error:
        raise UnreadableError(error.message, where=str(path), hint=error.hint or HINT) from None
    return made, Source("registry", file.name, len(made), "registered versions of mlflow", sha256=file.sha256)


def _store(folders: Sequence[Folder], path: Path) -> tuple[list[mlflow_registry.Version], Source]:
    made, bad = mlflow_registry.in_folders(folders)
    if not made and not bad and not any(folder.name == "models" for folder in folders):
        raise UnreadableError("is no registry that is known", where=str(path), hint=HINT)
    notes = [f"{shown}: {why}" for shown, why in bad]
    of = "registered versions of mlflow"
    return made, Source("registry", path.name, len(made), of, not_read=len(bad), notes=tuple(notes[:MOST_NOTES]))
