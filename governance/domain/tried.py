"""Plans and runs as they are counted: which plans count, and from which entry on the runs of a task do.

Who judges and who prints ask here, so that a document tells no other number of runs than the gate. A plan counts while its signature does.
Runs on a base, or on a model that is held against, are no attempts; the same run attached again is the same evidence.

An approval ends a count once it is complete: once everybody whom the policy and its floors ask has approved one model, and nobody who
spoke on it refuses. It only ends a count of runs on models that were not run before it. So neither one person of a quorum nor another run
makes a count shorter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.decision import DecisionKind
from governance.domain.evidence import Role
from governance.parsing.people import person_key
from governance.verifier import places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.domain.conditions import Quorum
    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.policy import Policy
    from governance.domain.system import System

KIND = "eval-run.v1"
_NOT_TRIED = frozenset({Role.BASE, Role.REFERENCE})


def quorums(catalogue: Catalogue, policy: Policy | None, system: System) -> tuple[Quorum, ...]:
    """Whom the policy and its floors ask to approve. Where nobody is asked, any one approval is complete."""
    asking = (*((policy,) if policy else ()), *catalogue.floors(policy.id if policy else ""))
    conditions = (each for one in asking for each in one.conditions if each.applies(system.tier))
    return tuple(each.signed_by.of(system.tier) for each in conditions if each.signed_by is not None)


def plans(dossier: Dossier, on: datetime, asked: Iterable[Quorum]) -> tuple[SignedDecision, ...]:
    """The plans since the last complete approval before the newest of them, oldest first: an approval of what was planned ends no plan."""
    sealed = [
        signed
        for signed in dossier.valid
        if signed.decision.decision is DecisionKind.PLAN and signed.decision.signed_at <= on
    ]
    since = approved(dossier, sealed[-1].seq, asked) if sealed else -1
    return tuple(signed for signed in sealed if signed.seq > since)


def approved(dossier: Dossier, before: int, asked: Iterable[Quorum]) -> int:
    """The last entry before another one with which an approval was complete, or -1."""
    wanted, found = tuple(asked), -1
    words: dict[str | None, dict[tuple[str, str], SignedDecision]] = {}
    for signed in dossier.valid:
        said = signed.decision
        if signed.seq >= before or not (said.decision.approves or said.decision.ends):
            continue
        held = words.setdefault(said.identity, {})
        if said.target is not None:
            for spoken in words.values():
                for whose in [whose for whose, each in spoken.items() if each.id == said.target]:
                    del spoken[whose]
            continue
        held[person_key(said.signer), said.role] = signed
        if said.decision.approves and _complete(held, wanted):
            found = signed.seq
    return found


def _complete(words: dict[tuple[str, str], SignedDecision], asked: tuple[Quorum, ...]) -> bool:
    if any(each.decision.decision.ends for each in words.values()):
        return False
    people: dict[str, set[str]] = {}
    for person, role in words:
        people.setdefault(role, set()).add(person)
    return not any(places.empty([(role, each.people) for role in dict.fromkeys(each.roles)], people) for each in asked)


def runs(dossier: Dossier, task: str) -> tuple[Piece, ...]:
    """Every run of a task on any weights that were a candidate of the system, oldest record first."""
    return tuple(
        piece
        for piece in dossier.of_kind(KIND)
        if piece.record.subject.role not in _NOT_TRIED
        and any(str(row.get("task")) == task for row in piece.body.get("results") or ())
    )


def since(dossier: Dossier, task: str, on: datetime, asked: Iterable[Quorum]) -> int:
    """The entry from which on the runs of a task count: the first plan after the last complete approval, else that approval, else -1.

    An approval that came after the first run of the candidate is no beginning: what was run before it is of the same model.
    """
    held, wanted = dossier.candidate.record.subject.digest if dossier.candidate else None, tuple(asked)
    own = [
        piece.seq
        for piece in runs(dossier, task)
        if held is not None and piece.record.subject.role is Role.CANDIDATE and piece.record.subject.digest == held
    ]
    last = approved(dossier, min(own, default=dossier.ledger_size), wanted)
    return next((each.seq for each in plans(dossier, on, wanted) if each.seq > last), last)
