"""Logs of Inspect made by hand, and recorded ones with some of their fields changed."""

from __future__ import annotations

import io
import json
import zipfile

from governance.collectors.formats.zip_archive import Archive
from governance.collectors.reading.files import File


def sample(identity=1, value="C", **extra):
    scores = {"includes": {"value": value, "answer": "x", "explanation": "secret words"}}
    made = {"id": identity, "epoch": 1, "input": f"question {identity}", "target": "yes", "scores": scores}
    return made | extra


def log(samples=None, **extra):
    """A whole log of two samples, one of them right."""
    samples = [sample(1), sample(2, "I")] if samples is None else samples
    metrics = {
        "accuracy": {"name": "accuracy", "value": 0.5, "params": {}},
        "stderr": {"name": "stderr", "value": 0.5, "params": {}},
    }
    scorer = {"name": "includes", "scorer": "includes", "scored_samples": len(samples), "unscored_samples": 0}
    made = {
        "version": 2,
        "status": "success",
        "eval": {
            "created": "2026-11-22T13:21:45+00:00",
            "task": "desk",
            "task_version": 0,
            "dataset": {"name": "desk", "location": "/home/elm/desk.jsonl", "samples": len(samples)},
            "model": "hf/elm/desk-1b",
            "model_args": {},
            "config": {"epochs": 1},
            "packages": {"inspect_ai": "0.3.300"},
        },
        "plan": {"name": "plan", "steps": [], "config": {}},
        "results": {
            "total_samples": len(samples),
            "completed_samples": len(samples),
            "scores": [scorer | {"params": {}, "metrics": metrics}],
        },
        "stats": {"started_at": "2026-11-22T13:21:46+00:00", "completed_at": "2026-11-22T13:21:46+00:00"},
        "samples": samples,
    }
    return made | extra


def with_eval(**extra):
    """A log with other fields under `eval`."""
    made = log()
    made["eval"] |= extra
    return made


def with_config(**extra):
    """A log with other settings."""
    made = log()
    made["eval"]["config"] |= extra
    return made


def with_scorer(**extra):
    """A log with other fields on its one scorer."""
    made = log()
    made["results"]["scores"][0] |= extra
    return made


def archive(made, *, closed=True, chunked=False):
    """The same log as an `.eval` archive."""
    start = {name: made[name] for name in ("version", "eval", "plan")}
    members = {"_journal/start.json": start}
    for row in made["samples"]:
        stem = f"samples/{row['id']}_epoch_{row['epoch']}"
        members[f"{stem}/sample.json" if chunked else f"{stem}.json"] = row
        if chunked:
            members[f"{stem}/events/0.json"] = [{"event": "model"}]
    if closed:
        members["header.json"] = {name: part for name, part in made.items() if name != "samples"}
    return zipped(members)


def zipped(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, value in members.items():
            made.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return target.getvalue()


def changed(path, change):
    """A recorded archive, its members as parsed handed to `change`, packed again."""
    recorded = Archive(File(str(path), path.name, path.name))
    members = {name: recorded.json(name)[0] for name in recorded.names()}
    change(members)
    return zipped(members)
