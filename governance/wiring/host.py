"""What is said of a pipeline on whatever host: the jobs that ask the gate, and what a host's reader hands on to the judging as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.wiring.asked import Asked
    from governance.wiring.findings import Finding


@dataclass(frozen=True)
class GateJob:
    """A job that asks the gate. `checks` are the names under which the host shows its answer, None where the file does not tell.

    `waits_for` are the checks of the jobs it waits for: where one of them fails, the host skips this one.
    `events` are those of GitHub on which it certainly runs.
    """

    where: str
    line: int
    name: str
    asked: tuple[Asked, ...]
    checks: tuple[str, ...] | None = ()
    waits_for: tuple[str, ...] = ()
    events: frozenset[str] = frozenset()


@dataclass
class Read:
    """What came of reading a host's files: `host` is `github`, `gitlab` or empty; `seen` are the files that were read as pipelines."""

    host: str = ""
    seen: list[str] = field(default_factory=list)
    gates: list[GateJob] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    """What belongs to the pipelines and lies elsewhere: it may ask the gate, and nobody can tell."""
