"""Plans and runs as they are counted: which plans count, and from which entry on the runs of a task do.

Who judges and who prints ask here, so that a document tells no other number of runs than the gate. A plan counts while its signature does.
Runs on a base, or on a model that is held against, are no attempts; the same run attached again is the same evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.decision import DecisionKind
from governance.domain.evidence import Role

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

KIND = "eval-run.v1"
_NOT_TRIED = frozenset({Role.BASE, Role.REFERENCE})


def plans(dossier: Dossier, on: datetime) -> tuple[SignedDecision, ...]:
    """The plans since the last approval before the newest of them, oldest first: an approval of what was planned ends no plan."""
    sealed = [
        signed
        for signed in dossier.valid
        if signed.decision.decision is DecisionKind.PLAN and signed.decision.signed_at <= on
    ]
    since = approved(dossier, sealed[-1].seq) if sealed else -1
    return tuple(signed for signed in sealed if signed.seq > since)


def approved(dossier: Dossier, before: int) -> int:
    """The last entry before another one in which somebody approved, or -1."""
    given = [signed.seq for signed in dossier.valid if signed.decision.decision.approves and signed.seq < before]
    return max(given, default=-1)


def runs(dossier: Dossier, task: str) -> tuple[Piece, ...]:
    """Every run of a task on any weights that were a candidate of the system, oldest record first."""
    return tuple(
        piece
        for piece in dossier.of_kind(KIND)
        if piece.record.subject.role not in _NOT_TRIED
        and any(str(row.get("task")) == task for row in piece.body.get("results") or ())
    )


def since(dossier: Dossier, task: str, on: datetime) -> int:
    """The entry from which on the runs of a task count: the first plan after the last approval, else that approval, else -1.

    An approval that came after the newest run of the candidate is of that run, and ends no count.
    """
    held = dossier.candidate.record.subject.digest if dossier.candidate else None
    own = [
        piece.seq
        for piece in runs(dossier, task)
        if held is not None and piece.record.subject.role is Role.CANDIDATE and piece.record.subject.digest == held
    ]
    last = approved(dossier, max(own, default=dossier.ledger_size))
    return next((each.seq for each in plans(dossier, on) if each.seq > last), last)
