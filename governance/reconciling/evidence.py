"""What the ledger holds of runs and of weights, of every system, as the reckoning sees it.

The record of a run may be of a kind, or have fields, that are not known here: each field is taken where it has the form it is
known by, and left out where it has not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.assurance.population.given import Artifacts, Run, Saved
from governance.domain.entry import EntryType
from governance.domain.evidence import Evidence, Quality
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger

ARTIFACTS, TRAINING, RECORD = "model-artifacts.v1", "training-run.v1", "run-record.v1"


def read(ledger: Ledger, blobs: Blobs) -> tuple[list[Run], list[Artifacts]]:
    """The runs and the artefacts that are on record."""
    runs: list[Run] = []
    artifacts: list[Artifacts] = []
    for entry in ledger.entries():
        if entry.type is not EntryType.EVIDENCE or entry.record.get("kind") not in (ARTIFACTS, TRAINING, RECORD):
            continue
        record = Evidence.model_validate(entry.record)
        body = strict_json.loads(blobs.read(record.body_digest), where=record.body_digest)
        if record.kind == ARTIFACTS:
            artifacts.append(artifact(entry.id, record, body))
        else:
            runs.append(run(entry.id, record, body))
    return runs, artifacts


def artifact(piece: str, record: Evidence, body: Mapping[str, Any]) -> Artifacts:
    """The files of a model, as one piece of evidence lists them."""
    return Artifacts(
        id=piece,
        system=record.system,
        name=record.subject.name,
        digests=frozenset(filter(None, (record.subject.digest, body.get("manifest_digest")))),
        files=_files(body.get("files"), "path"),
        role=record.subject.role.value if record.subject.role else None,
        doubts=_doubts(record),
    )


def run(piece: str, record: Evidence, body: Mapping[str, Any]) -> Run:
    """One run, as one piece of evidence tells it."""
    doubts = list(_doubts(record))
    if body.get("finished") is False:
        doubts.append("it did not come to its planned end")
    if body.get("outcome") == "incomplete" and not doubts:
        doubts.append("its record has no seal: nobody knows how it ended")
    return Run(
        id=piece,
        kind=record.kind,
        system=record.system,
        doubts=tuple(doubts),
        digests=frozenset(filter(None, (record.subject.digest,))),
        job=_job(body.get("scheduler")),
        output=_text(body.get("output_dir")),
        saved=tuple(_saved(body.get("checkpoints"))),
        tracked=_text(body.get("run_id")),
    )


def _doubts(record: Evidence) -> tuple[str, ...]:
    if record.quality is Quality.COMPLETE:
        return ()
    return record.quality_reasons or (record.quality.value,)


def _job(said: Any) -> tuple[str, str, str] | None:
    """The job of a scheduler: its name, the job, and the task of an array or nothing."""
    if not isinstance(said, dict):
        return None
    name, job, task = (_text(said.get(key)) for key in ("name", "job", "array_task"))
    return (name, job, task or "") if name and job else None


def _saved(said: Any) -> Iterable[Saved]:
    for row in said if isinstance(said, list) else ():
        folder = _text(row.get("folder")) if isinstance(row, dict) else None
        if folder is not None:
            yield Saved(folder, _files(row.get("files"), "name"))


def _files(said: Any, key: str) -> frozenset[tuple[str, int]]:
    rows = [row for row in said if isinstance(row, dict)] if isinstance(said, list) else []
    pairs = ((row.get(key), row.get("size")) for row in rows)
    return frozenset((name, size) for name, size in pairs if isinstance(name, str) and isinstance(size, int))


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.strip() else None
