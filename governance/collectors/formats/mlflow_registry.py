"""The registered versions of models in MLflow's registry, in its database or in its folders of files.

A version that names no run is listed as well: nobody can say where it came from. What was deleted is left out.

Sources: https://github.com/mlflow/mlflow, `mlflow/store/model_registry/dbmodels/models.py` (table `model_versions`) and
`mlflow/store/model_registry/file_store.py` (`models/<name>/version-<n>/meta.yaml`). `storage_location` came with version 2; it is where
the files lie, and `source` is what the registration named, since version 3 sometimes as `models:/…`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from governance.collectors.formats import mlflow_run, sqlite_rows
from governance.collectors.reading import fields
from governance.errors import UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TABLE = "model_versions"
_NEEDED = ("name", "version", "run_id", "current_stage")
_MORE = ("source", "storage_location")
_FOLDER = re.compile(r"version-\d+")
MOST_PLACE = 4096


@dataclass(frozen=True)
class Version:
    """One registered version; `places` are the folders on this machine that the registry names for it."""

    name: str
    version: str
    run_id: str | None
    places: tuple[str, ...]


def in_database(file: File, wal: File | None) -> list[Version]:
    """The versions in a database. Raises `UnreadableError` for one without MLflow's registry."""
    with sqlite_rows.open_rows(file, tables=(TABLE,), wal=wal) as rows:
        there = rows.columns(TABLE)
        if missing := [column for column in _NEEDED if column not in there]:
            raise UnreadableError(f"is no registry of MLflow: {TABLE} lacks {', '.join(missing)}", where=file.shown)
        columns = (*_NEEDED, *(column for column in _MORE if column in there))
        return list(_versions(dict(zip(columns, row, strict=True)) for row in rows.select(TABLE, columns)))


def in_folders(folders: Iterable[Folder]) -> tuple[list[Version], list[tuple[str, str]]]:
    """The versions in folders of files, and the files that could not be read, each with why."""
    made: list[Version] = []
    bad: list[tuple[str, str]] = []
    for folder in folders:
        file = folder.files.get("meta.yaml")
        above = folder.parent.parent if folder.parent is not None else None
        if file is None or above is None or above.name != "models" or _FOLDER.fullmatch(folder.name) is None:
            continue
        try:
            said = strict_yaml.loads(file.data(strict_yaml.MAX_BYTES), where=file.shown)
            if not isinstance(said, dict):
                raise UnreadableError("holds no fields")
            made += _versions([said])
        except UnreadableError as error:
            bad.append((file.shown, error.message))
    return made, bad


def _versions(rows: Iterable[dict[str, Any]]) -> Iterator[Version]:
    for row in rows:
        if row.get("current_stage") == mlflow_run.DELETED_VERSION:
            continue
        name, version = fields.text(row, "name", most=500), fields.plain(row, "version")
        if name is None or version is None:
            raise UnreadableError("a registered version has no name or no number")
        said = [fields.text(row, key, most=MOST_PLACE) for key in _MORE]
        yield Version(
            name=name,
            version=version,
            run_id=fields.text(row, "run_id"),
            places=tuple(dict.fromkeys(place for each in said if (place := _on_this_machine(each)))),
        )


def _on_this_machine(said: str | None) -> str | None:
    """The folder that a place names, where it is one of a disk: a path, or an address that begins with file:."""
    if said is None:
        return None
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return unquote(parts.path)
    return said if said.startswith("/") else None
