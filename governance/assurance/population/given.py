"""What a reconciliation is made from: jobs, sets of weights, registered versions, and what the ledger holds.

All of it is plain values. Who read them, and from where, is told by `Source`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

FileList = frozenset[tuple[str, int]]
"""Names and sizes in bytes."""
_RUNS = frozenset(
    {"RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED", "UNKNOWN"}
)
_WAITS = frozenset({"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "REVOKED"})


@dataclass(frozen=True, order=True)
class Attempt:
    """One time that a job ran. Moments as the scheduler printed them, empty where there are none."""

    start: str
    end: str
    state: str


@dataclass(frozen=True)
class Job:
    """A job of a scheduler, or one task of an array, with all its attempts, oldest first.

    `numbers` are further names it goes by (its own number beside that of its array), `places` the folders it worked in, and `whole`
    is true for a job that is only the sum of tasks that can be listed on their own.
    """

    scheduler: str
    id: str
    name: str
    attempts: tuple[Attempt, ...]
    numbers: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    whole: bool = False

    @property
    def key(self) -> str:
        """What tells it from every other unit. A number that came up twice, for jobs of two names, makes two."""
        return f"job:{self.scheduler}:{self.id}:{self.name}"

    @property
    def array(self) -> str:
        """The number of the array or the heterogeneous job that it is part of, else its own."""
        return re.split(r"[_+]", self.id, maxsplit=1)[0] if self.scheduler == "slurm" else self.id.rpartition("_")[0]

    @property
    def state(self) -> str:
        """How the last attempt stands, in the scheduler's own word."""
        return self.attempts[-1].state

    @property
    def began(self) -> bool:
        """Whether any attempt began."""
        return any(each.start for each in self.attempts)

    @property
    def standing(self) -> Literal["ended", "running", "waiting"]:
        """Whether its last attempt is over. One that will be put back into the queue after it ran is not."""
        word = self.state.upper()
        if word in _RUNS and (word != "SUSPENDED" or self.began):
            return "running"
        if word in _WAITS or word == "SUSPENDED":
            return "running" if self.began else "waiting"
        return "ended"


def merged(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Each job once, with the attempts, numbers and places of all rows that speak of it; sorted."""
    made: dict[str, list[Job]] = {}
    for job in jobs:
        made.setdefault(job.key, []).append(job)
    return tuple(
        Job(
            scheduler=rows[0].scheduler,
            id=rows[0].id,
            name=rows[0].name,
            attempts=tuple(sorted({attempt for row in rows for attempt in row.attempts}, key=_oldest_first)),
            numbers=frozenset().union(*(row.numbers for row in rows)),
            places=frozenset().union(*(row.places for row in rows)),
            whole=all(row.whole for row in rows),
        )
        for _, rows in sorted(made.items())
    )


def _oldest_first(attempt: Attempt) -> tuple[bool, str, bool, str, str]:
    """One that has not begun comes last, for a job waits again after it was put back; and so does one that has no end."""
    return not attempt.start, attempt.start, not attempt.end, attempt.end, attempt.state


@dataclass(frozen=True)
class Weights:
    """A folder that holds weights. `path` is where it lies on this machine, `shown` the same below what was named.

    Where files without settings are each a model of their own, `file` is the name of this one. `files` are what a model is
    loaded from; `digest` is that of their list, where they were hashed; `step` the number in the name of a checkpoint; `doubts`
    say why it could not be read whole; `form` names the formats of the weights.
    """

    path: str
    shown: str
    files: FileList
    form: str
    digest: str | None = None
    step: int | None = None
    doubts: tuple[str, ...] = ()
    file: str = ""

    @property
    def place(self) -> str:
        """What tells it from all others on this machine."""
        return f"{self.path}/{self.file}" if self.file else self.path

    @property
    def key(self) -> str:
        """What tells it from every other unit, the same wherever the folder is mounted."""
        return f"weights:{self.shown}@{canonical.digest(sorted(self.files))[7:19]}"

    @property
    def parent(self) -> str:
        """The folder that it lies in."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Version:
    """One version of a registered model: the run it came from and the folders it lies in, as the registry says."""

    registry: str
    name: str
    version: str
    run: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from every other unit."""
        return f"version:{self.registry}:{self.name}/{self.version}"


@dataclass(frozen=True)
class Saved:
    """Weights that a run says it wrote: the folder as the run named it, and the files in it at that moment."""

    folder: str
    files: FileList


@dataclass(frozen=True)
class Run:
    """Evidence of a run. `doubts` say why it is not complete; empty means that it is.

    `job` is (scheduler, job, task or empty), `tracked` the id of the run in a tracker.
    """

    id: str
    kind: str
    system: str
    doubts: tuple[str, ...] = ()
    digests: frozenset[str] = frozenset()
    job: tuple[str, str, str] | None = None
    output: str | None = None
    saved: tuple[Saved, ...] = ()
    tracked: str | None = None


@dataclass(frozen=True)
class Artifacts:
    """Evidence of the files of a model."""

    id: str
    system: str
    name: str
    digests: frozenset[str]
    files: FileList
    role: str | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """What was read, and how much of it. `rows` counts what it lists, `not_read` what could not be read, `notes` says why.

    `earliest` and `latest` bound what it covers, as printed; `zone` is UTC, or None where no zone is printed.
    """

    sort: Literal["jobs", "weights", "registry"]
    name: str
    rows: int
    of: str
    not_read: int = 0
    sha256: str | None = None
    earliest: str | None = None
    latest: str | None = None
    zone: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """Everything that is reconciled."""

    jobs: tuple[Job, ...] = ()
    weights: tuple[Weights, ...] = ()
    versions: tuple[Version, ...] = ()
    runs: tuple[Run, ...] = ()
    artifacts: tuple[Artifacts, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def sorts(self) -> frozenset[str]:
        """Which sorts of source were named."""
        return frozenset(source.sort for source in self.sources)
