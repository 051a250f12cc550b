"""How often a task was run on any weights of a system, and which of these runs is the one that is submitted.

Runs on a base or on a model held against are none. The same run attached again is the same evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.domain import tried
from governance.domain.evidence import Piece, Role
from governance.reports.claims import weights
from governance.reports.parts import asked
from governance.reports.parts.evaluation import KIND

if TYPE_CHECKING:
    from governance.domain.case import Case


@dataclass(frozen=True)
class Attempts:
    """The runs of a task, oldest record first, and the newest of the candidate's own; None where it was never run on it."""

    task: str
    runs: tuple[Piece, ...]
    submitted: Piece | None


def of_task(case: Case, task: str, since: int = 0) -> Attempts:
    """The runs of a task that came on record at this entry or later."""
    runs = tuple(piece for piece in tried.runs(case.dossier, task) if piece.seq >= since)
    own = [piece for piece in weights.in_time(case, KIND, Role.CANDIDATE) if piece in runs]
    return Attempts(task, runs, own[-1] if own else None)


def measured(case: Case) -> tuple[str, ...]:
    """The tasks that the plan names or that a condition about numbers speaks of, sorted."""
    found = {
        suite.task
        for signed in tried.plans(case.dossier, case.on, case.quorums)
        if signed.decision.plan
        for suite in signed.decision.plan.suites
    }
    for condition in asked.conditions(case).values():
        about = getattr(condition, condition.word)
        if asked.asks(condition) is None:
            continue
        if about.task is not None:
            found.add(about.task)
        else:
            found |= {
                task for task in _tasks(case) if case.catalogue.speaks_for(task, about.purpose, case.dossier.system)
            }
    return tuple(sorted(found))


def _tasks(case: Case) -> set[str]:
    return {str(row.get("task")) for piece in case.dossier.of_kind(KIND) for row in piece.body.get("results") or ()}
