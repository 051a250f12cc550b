"""A run as an importer wrote it down after asking a tracking service: one JSON document, `<tracker>-run-export.v1`.

    {"schema": "mlflow-run-export.v1",
     "run": {"id": "…", "name": "…", "status": "FINISHED", …},        what the service says of the run itself
     "settings": {"learning_rate": "2e-05"}, "settings_left_out": 3,   by name; only well-known settings of training
     "series": {"loss": {"steps": [1, 2], "values": [2.0, 1.5]}},      every logged number, oldest first; null: NaN or infinite
     "points": 2,                                                      how many numbers the series hold together
     "data_sets": [{"name": "…", "digest": "…", "context": "…"}],
     "redacted": 0}                                                    secrets and personal data taken out before it was written

There is no date of the export and no address of the service in it: the same state of a run gives the same bytes, so
attaching it twice makes one entry, and nothing of whoever asked is kept. `points` tells a list that was shortened; a file
that was cut is no JSON. `not_told` names lists that are empty because the service does not know the question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import tracked_run
from governance.collectors.formats.tracked_run import Point
from governance.collectors.reading import fields
from governance.collectors.reading.interface import NotMine
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

MOST_LISTED = 100


def document(file: File, schema: str) -> dict[str, Any]:
    """The document of a file. Raises `NotMine` for one of another schema, `UnreadableError` for one without an id or a status."""
    said = file.json()
    if not isinstance(said, dict) or said.get("schema") != schema:
        raise NotMine("a document of another sort")
    run = fields.table(said, "run")
    if fields.text(run, "id") is None or fields.text(run, "status") is None:
        raise UnreadableError("names no run or no status", hint="Import the run again.")
    return said


def settings(said: dict[str, Any]) -> dict[str, Any]:
    """The settings by name."""
    made = fields.table(said, "settings")
    if len(made) > tracked_run.MOST_SETTINGS:
        raise UnreadableError(f"more than {tracked_run.MOST_SETTINGS:,} settings")
    return made


def series(said: dict[str, Any]) -> dict[str, list[Point]]:
    """The logged numbers by name. Raises `UnreadableError` where they are fewer or more than the document itself says."""
    made: dict[str, list[Point]] = {}
    for name, columns in fields.table(said, "series").items():
        held = {name: columns}
        steps, values = fields.rows(fields.table(held, name), "steps"), fields.rows(fields.table(held, name), "values")
        if len(steps) != len(values):
            raise UnreadableError(f"{name} has {len(steps):,} steps and {len(values):,} values")
        made[name] = [
            Point(fields.whole({name: step}, name), tracked_run.number(value))
            for step, value in zip(steps, values, strict=True)
        ]
    count = sum(len(points) for points in made.values())
    if count != fields.whole(said, "points"):
        raise UnreadableError(
            f"holds {count:,} logged numbers and says {said.get('points')}", hint="Import the run again."
        )
    return made


def data_sets(said: dict[str, Any]) -> list[dict[str, Any]]:
    """The data sets that the run was given, as `training-run.v1` lists them."""
    made = []
    for row in fields.rows(said, "data_sets")[:MOST_LISTED]:
        held = fields.table({"data_sets": row}, "data_sets")
        if (name := fields.text(held, "name")) is None:
            raise UnreadableError("a data set has no name")
        made.append(
            {"name": name, "digest": fields.plain(held, "digest"), "context": fields.text(held, "context", most=200)}
        )
    return made


def redacted(said: dict[str, Any]) -> int:
    """How many secrets and personal data the importer took out before it wrote the document."""
    return fields.whole(said, "redacted", least=0) or 0
