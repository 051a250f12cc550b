"""What is held against each other: the case as it is judged now, and as a signer saw it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from governance.assurance.assess import assess
from governance.assurance.register import register
from governance.domain import tried
from governance.domain.system import System

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.conditions import Quorum
    from governance.domain.decision import Decision
    from governance.domain.dossier import Dossier
    from governance.domain.policy import Policy
    from governance.domain.risk import RegisterRow


@dataclass(frozen=True)
class Now:
    """A case without the gate's answer. `contents` are catalogues of earlier days by digest, as far as they are at hand.

    `first` is the policy of the system where a floor of it asks, which is then `policy`.
    """

    dossier: Dossier
    catalogue: Catalogue
    policy: Policy
    policy_digest: str
    assessment: Assessment
    register: tuple[RegisterRow, ...]
    on: datetime
    contents: Mapping[str, Catalogue] = field(default_factory=dict)
    first: Policy | None = None

    @property
    def quorums(self) -> tuple[Quorum, ...]:
        """Whom the policy of the system and its floors ask to approve."""
        return tried.quorums(self.catalogue, self.first or self.policy, self.dossier.system)


@dataclass(frozen=True)
class Then:
    """The same as a signer saw it, judged at the moment of signing with the content of then."""

    dossier: Dossier
    catalogue: Catalogue
    assessment: Assessment
    register: tuple[RegisterRow, ...]


def as_seen(dossier: Dossier, size: int) -> Dossier:
    """The dossier over the first `size` entries of the ledger. Where no registration is known, the system is the present one."""
    stated = [each for each in dossier.registrations if each.seq < size]
    seen = replace(
        dossier,
        pieces=tuple(piece for piece in dossier.pieces if piece.seq < size),
        decisions=tuple(signed for signed in dossier.decisions if signed.seq < size),
        registrations=tuple(stated),
        ledger_size=size,
    )
    if not stated:
        return seen
    last = stated[-1]
    return replace(
        seen,
        system=System.model_validate(last.body),
        system_entry=last.entry,
        registered_at=last.at,
        system_body=last.body,
    )


def content_of(decision: Decision, now: Now) -> Catalogue | None:
    """The content that a decision was made under, where it is at hand."""
    if decision.content_digest == now.catalogue.digest:
        return now.catalogue
    return now.contents.get(decision.content_digest)


def then(decision: Decision, now: Now) -> Then | None:
    """The case as the signer saw it, or None where the content of then is not at hand."""
    catalogue = content_of(decision, now)
    if catalogue is None:
        return None
    dossier = as_seen(now.dossier, decision.checkpoint.size)
    assessment = assess(dossier, catalogue, decision.signed_at)
    return Then(dossier, catalogue, assessment, register(dossier, catalogue, assessment, decision.signed_at))
