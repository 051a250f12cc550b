"""What MLflow means by its words, the same for its folders of files and its database.

Sources: https://github.com/mlflow/mlflow, `mlflow/entities/run_status.py`, `mlflow/store/tracking/file_store.py` and
`mlflow/store/tracking/dbmodels/models.py`; the words held from version 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import tracked_run
from governance.collectors.formats.tracked_run import Tracked
from governance.collectors.reading import moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import not_understood
from governance.domain.evidence import Subject, SubjectType

if TYPE_CHECKING:
    from datetime import datetime

TOOL = "mlflow"
KINDS = ("training-run.v1", "eval-run.v1")
COMMIT = "mlflow.source.git.commit"
CONTEXT = "mlflow.data.context"
RUN_NAME = "mlflow.runName"
DELETED, DELETED_VERSION = "deleted", "Deleted_Internal"
"""The stage of what somebody deleted and nobody cleared away yet: of runs, experiments and logged models, and of versions."""
_COUNT = "example_count"
"""The measure in which `mlflow.evaluate` tells how many samples the others were taken over; a prefix may stand before it."""
NO_NUMBER = 1.7976931348623157e308
"""What the database holds in place of infinity."""
_STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_READY = {1: "PENDING", 2: "READY", 3: "FAILED"}
_MOST_LISTED = 100
_MISSED = {
    "RUNNING": "its status is RUNNING: it was never told to be at its end",
    "SCHEDULED": "its status is SCHEDULED: it had not begun",
    "KILLED": "its status is KILLED: somebody or something stopped it",
}


@dataclass
class MlflowRun:
    """One run with what the registry and the logged data sets say of it. Moments in milliseconds since 1970."""

    run_id: str
    name: str | None
    status: str
    start: int | None
    end: int | None
    deleted: bool
    experiment: str | None = None
    commit: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    series: dict[str, list[tracked_run.Point]] = field(default_factory=dict)
    data_sets: list[dict[str, Any]] = field(default_factory=list)
    registered: list[dict[str, Any]] = field(default_factory=list)
    logged_models: list[dict[str, Any]] = field(default_factory=list)
    judged: dict[str, int] = field(default_factory=dict)
    """How many judgements of samples there are, by the name of the judge; version 3 keeps them in its database."""


def status_of(value: Any) -> str:
    """The status as a word: folders hold a number, the database a word. Raises for one that is not known."""
    word = _STATUS.get(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(word, str) or word.upper() not in _STATUS.values():
        raise not_understood(TOOL, None, f"the status of a run is {str(value)[:50]!r}")
    return word.upper()


def model_status(value: Any) -> str | None:
    """The status of a logged model as a word."""
    return _READY.get(value) if isinstance(value, int) and not isinstance(value, bool) else None


def fact(run: MlflowRun) -> tuple[str, dict[str, Any], Subject, Doubts, datetime | None]:
    """Kind, body, subject, doubts and moment of one run."""
    tracked = Tracked(
        tracker=TOOL,
        name=run.name or run.run_id,
        run_id=run.run_id,
        settings=run.settings,
        series=run.series,
        status=run.status,
        ended=run.status == "FINISHED",
    )
    doubts = Doubts()
    if run.deleted:
        doubts.partial("the run was deleted in the tracker and is only kept until it is cleared away")
    if run.status == "FAILED":
        doubts.failed("its status is FAILED")
    elif run.status in _MISSED:
        doubts.partial(_MISSED[run.status])
    more = {
        "deleted": run.deleted,
        "experiment": run.experiment,
        "code_revision": run.commit,
        "data_sets": run.data_sets[:_MOST_LISTED],
        "registered_models": run.registered[:_MOST_LISTED],
        "logged_models": run.logged_models[:_MOST_LISTED],
    }
    moment = moments.of_epoch_ms(run.end) or moments.of_epoch_ms(run.start)
    if tracked.trains:
        body = tracked_run.training_body(tracked, doubts)
        return KINDS[0], body | more, Subject(type=SubjectType.RUN, name=tracked.name[:500]), doubts, moment
    names = [each["name"] for each in run.data_sets]
    task = names[0] if len(names) == 1 else tracked.name
    samples = _samples(run, doubts)
    tracked.series = {name: points for name, points in run.series.items() if not name.endswith(_COUNT)} or run.series
    models = {each["name"] for each in run.registered} or {each["name"] for each in run.logged_models}
    model = models.pop() if len(models) == 1 else None
    body = tracked_run.evaluation_body(tracked, doubts, task=task, model=model, samples=samples)
    subject = Subject(type=SubjectType.MODEL, name=(body["model"]["adapter"] or body["model"]["name"])[:500])
    return KINDS[1], body | more, subject, doubts, moment


def _samples(run: MlflowRun, doubts: Doubts) -> dict[str, int]:
    """Over how many samples each measure was taken, of those where that is told."""
    counts: dict[str, int] = {}
    for name in sorted((name for name in run.series if name.endswith(_COUNT)), key=len):
        told = run.series[name][-1].value
        if told is None or told < 0 or told != int(told):
            continue
        if told == 0:
            doubts.failed(f"{name} is 0: no sample was evaluated")
        counts |= dict.fromkeys((each for each in run.series if each.startswith(name.removesuffix(_COUNT))), int(told))
    return counts | {name: run.judged[judge] for name in run.series if (judge := name.partition("/")[0]) in run.judged}
