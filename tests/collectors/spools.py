"""Segments of a spool as a recorder writes them, with the times that a test wants."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from governance.parsing import spool

BEGIN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def segment(*records, begin=BEGIN, minute=0.0, sealed="finished", end=60.0, changed=b"", **opened):
    """The bytes of a segment that began some minutes after ten. A record is (kind, seconds, fields); `sealed` is an outcome or None."""
    when = (begin + timedelta(minutes=minute)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    first = {
        "schema": spool.SCHEMA, "run": "run-a", "continues": None, "part": "writer", "opened_at": when, "recorder": "0.2.0",
        "process": 1, "node": "host", "rank": {"rank": 0, "world": 1, "local": 0, "said_by": "RANK"}, "scheduler": None,
        "system": None, "activity": "training", "tool": {"name": "python", "version": None}, "start_step": 0,
        "planned_steps": None, "output_dir": "out/desk",
    } | opened  # fmt: skip
    rows = [("open", 0.0, first), *records]
    data = b"".join(spool.line({"kind": kind, "n": n, "at": at, **said}) for n, (kind, at, said) in enumerate(rows))
    if sealed is None:
        return data + changed
    steps = [said["step"] for _, _, said in records if said.get("step") is not None]
    seal = {"reason": None, "outcome": sealed, "step": steps[-1] if steps else first["start_step"], "logged": 1, "kept": 1,
            "left_out": 0, "redacted": 0, "lost": 0, "sha256": hashlib.sha256(data).hexdigest()}  # fmt: skip
    return data + changed + spool.line({"kind": "seal", "n": len(rows), "at": end, **seal})


def logged(*steps, loss=1.0, every=1.0):
    """A log with a loss at each step, one second apart."""
    return [("log", step * every, {"step": step, "values": {"loss": loss}}) for step in steps]


def beat(at, step=None):
    return ("beat", at, {"step": step})
