"""MLflow's own client for a tracking store: a server over HTTP, a database, or a folder.

MLflow reads user, password and token from `MLFLOW_TRACKING_USERNAME`, `MLFLOW_TRACKING_PASSWORD` and `MLFLOW_TRACKING_TOKEN`, or user
and password from the address. None of them is kept or printed. Its usage statistics are switched off while we ask.

Its client makes an empty store where none is: a mistyped path would give a new database and "there is no such run". So what
lies on this machine is looked at first.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from governance.errors import UsageError
from governance.integrations.asking import asked, quietly, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTRA = "Install it with: pip install 'governance-evidence[mlflow]'"
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",  # seconds; MLflow's own 120, tried 8 times, hold a pipeline up for a quarter of an hour
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}
_HINTS = {
    "RESOURCE_DOES_NOT_EXIST": "Look the id up in MLflow, and the address of the server.",
    "not found": "Look the id up in MLflow, and the address of the server.",
    "does not exist": "Look the id up in MLflow, and the address of the server.",
    "error code 401": "Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
    "UNAUTHENTICATED": "Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
    "error code 403": "The account may not do this; ask whoever runs the server.",
    "PERMISSION_DENIED": "The account may not do this; ask whoever runs the server.",
    "out-of-date": "Let MLflow bring its database up to date, or attach the file as it lies: govern attach",
    "MLFLOW_ALLOW_FILE_STORE": "Attach the folder as it lies: govern attach",
    "Max retries": "Is the server up, and is the address right?",
    "timed out": "Is the server up, and is the address right?",
    "Connection": "Is the server up, and is the address right?",
}


@contextmanager
def opened(uri: str) -> Iterator[Any]:
    """An `mlflow.MlflowClient`. Raises `UsageError` where there is no store or no MLflow, `UnreadableError` for what it can not do."""
    _require_store(uri)
    with quietly(_SETTINGS), asked(uri, _HINTS):
        try:
            from mlflow import MlflowClient
        except ImportError:
            raise UsageError("the library mlflow is not installed", hint=EXTRA) from None
        logging.getLogger("alembic").setLevel(logging.WARNING)
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        yield MlflowClient(tracking_uri=uri)


def _require_store(uri: str) -> None:
    """Raise `UsageError` for a path at which there is no store, and for a database that is not MLflow's."""
    scheme = urlsplit(uri).scheme
    if scheme.partition("+")[0] == "sqlite":
        path = Path(unquote(uri.partition(":///")[2].split("?")[0]))
        if not path.is_file():
            raise UsageError("there is no such database", where=shown(uri), hint="Write sqlite:///path/to/mlflow.db.")
        if not _is_mlflow(path):
            raise UsageError("is no database of MLflow", where=shown(uri), hint="Name the file that MLflow logs to.")
    elif scheme == "file" or (not scheme and not uri.startswith("databricks")):
        folder = Path(unquote(urlsplit(uri).path) if scheme else uri)
        if not folder.is_dir():
            raise UsageError(
                "there is no such folder", where=shown(uri), hint="Name a server, a database or a folder of MLflow."
            )


def _is_mlflow(path: Path) -> bool:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return {"runs", "experiments", "alembic_version"} <= names
