"""A case: everything a document about one system may draw on, judged at one moment under one policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.domain import tried

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.applicability import Applicability, DocumentedRow
    from governance.domain.approval import ApprovalState
    from governance.domain.assessment import Assessment, GateResult
    from governance.domain.catalogue import Catalogue
    from governance.domain.conditions import Quorum
    from governance.domain.difference import Difference
    from governance.domain.dossier import Dossier
    from governance.domain.entry import Checkpoint
    from governance.domain.evidence import Piece
    from governance.domain.risk import RegisterRow
    from governance.domain.target import ProfileResult


@dataclass(frozen=True)
class Case:
    """The dossier, what it was held against, and what that came to."""

    dossier: Dossier
    catalogue: Catalogue
    assessment: Assessment
    register: tuple[RegisterRow, ...]
    gate: GateResult
    checkpoint: Checkpoint
    on: datetime
    applicability: Applicability | None = None
    """The Statement of Applicability, where ISO/IEC 42001 is in scope."""
    differences: tuple[Difference, ...] = ()
    """What two tools tell differently about the same thing."""
    approvals: tuple[ApprovalState, ...] = ()
    """The state of every approval on record, oldest first."""
    decided: tuple[ApprovalState, ...] = ()
    """The state of every other decision: refusals, waivers, accepted risks, exceptions from duties; oldest first."""
    profiles: tuple[ProfileResult, ...] = ()
    """Current and target profile in each framework that has them, with every requirement."""
    documented: tuple[DocumentedRow, ...] = ()
    """The documented information that the standard wants, where it is in scope."""

    @property
    def quorums(self) -> tuple[Quorum, ...]:
        """Whom the policy and its floors ask to approve."""
        return tried.quorums(self.catalogue, self.catalogue.policies.get(self.gate.policy), self.dossier.system)

    def too_old(self, piece: Piece) -> tuple[datetime, int, int] | None:
        """(moment of a piece, its age in days, for how many days the policy quotes its kind) where it is too old to quote, else None."""
        policy = self.catalogue.policies.get(self.gate.policy)
        rule = next(
            (each for each in (policy.figures if policy else None) or () if piece.record.kind in each.kinds), None
        )
        days = (self.on - piece.when).days
        return (piece.when, days, rule.within_days) if rule is not None and days > rule.within_days else None
