"""The id of the logical run that a process takes part in, the same for all of its processes, restarts and resumptions.

- Given (`run=` or `GOVERN_RUN`), it is that.
- In a job of Slurm, or under an elastic rendezvous of torchrun with an id, it is the job with the output folder: a requeued job keeps both.
- Of several processes without either, it is the address they meet at with the output folder.
- Of one process that resumes (its first step is not 0), it is the id of the newest run of that output folder in the spool.
- Else it is a random one.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import redaction
from governance.errors import GovernanceError
from governance.parsing import spool

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from governance.integrations.ranks import Place

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 80
_MOST_LOOKED_AT = 1000


def clean(said: str) -> str:
    """A given id as it stands in the name of a file and in evidence, without secrets."""
    return _NOT_IN_A_NAME.sub("-", redaction.text(said)).strip("-.")[:_LONGEST]


def name(
    given: str | None, place: Place, output_dir: str | None, environ: Mapping[str, str] | None = None
) -> str | None:
    """The id of the run by what is said, or None where only the spool or chance can tell."""
    environ = os.environ if environ is None else environ
    said = clean(given or environ.get("GOVERN_RUN", ""))
    if said:
        return said
    job = scheduler(environ)
    if job is not None:
        task = f"_{job['array_task']}" if job["array_task"] else ""
        return clean(f"{job['name']}-{job['job']}{task}-{_short(output_dir)}")
    elastic = environ.get("TORCHELASTIC_RUN_ID", "none")
    if elastic.lower() not in {"none", ""}:
        return clean(f"elastic-{elastic}-{_short(output_dir)}")
    address, port = environ.get("MASTER_ADDR"), environ.get("MASTER_PORT")
    if place.world > 1 and address and port:
        return f"met-{_short(address, port, output_dir)}"
    return None


def scheduler(environ: Mapping[str, str] | None = None) -> dict[str, Any] | None:
    """The job of a scheduler that this process is part of: `name`, `job`, `array_task`, `restarts`; or None."""
    environ = os.environ if environ is None else environ
    job = environ.get("SLURM_ARRAY_JOB_ID") or environ.get("SLURM_JOB_ID") or environ.get("SLURM_JOBID")
    if job and job.isdigit():
        restarts = environ.get("SLURM_RESTART_COUNT", "0")
        return {
            "name": "slurm",
            "job": job,
            "array_task": environ.get("SLURM_ARRAY_TASK_ID") or None,
            "restarts": int(restarts) if restarts.isdigit() and len(restarts) < 7 else None,
        }
    pod = environ.get("GOVERN_JOB")  # Kubernetes tells a pod nothing of its job; the manifest does, by the downward API
    if pod and environ.get("KUBERNETES_SERVICE_HOST"):
        return {
            "name": "kubernetes",
            "job": pod[:200],
            "array_task": environ.get("JOB_COMPLETION_INDEX"),
            "restarts": None,
        }
    return None


def resumed(folder: Path, output_dir: str | None) -> str | None:
    """The id of the newest run of this output folder in a spool, or None. Only the first line of each segment is read."""
    newest: tuple[str, str] | None = None
    try:
        paths = sorted(folder.glob(f"*{spool.SUFFIX}"), key=lambda path: path.stat().st_mtime)[-_MOST_LOOKED_AT:]
        for path in paths:
            with path.open("rb") as file:
                head = file.readline(spool.LONGEST_LINE)
            if spool.is_segment(head):
                first = spool.read(head).opened
                if first.get("output_dir") == output_dir and first.get("part") == "writer":
                    newest = max(newest or ("", ""), (str(first.get("opened_at")), str(first.get("run"))))
    except (OSError, GovernanceError):
        return newest[1] if newest else None
    return newest[1] if newest else None


def fresh() -> str:
    """A new id, of 64 random bits."""
    return f"run-{secrets.token_hex(8)}"


def _short(*said: str | None) -> str:
    return hashlib.sha256("\0".join(each or "" for each in said).encode("utf-8", "replace")).hexdigest()[:8]
