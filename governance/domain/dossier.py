"""A dossier: all that the ledger holds about one system, ready to be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.domain.identity import ModelIdentity, identify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.decision import SignedDecision
    from governance.domain.system import System

ARTIFACTS = "model-artifacts.v1"


@dataclass(frozen=True)
class Dossier:
    """One system with its evidence and decisions, in the order they were recorded."""

    system: System
    system_entry: str
    registered_at: datetime
    pieces: tuple[Piece, ...] = ()
    decisions: tuple[SignedDecision, ...] = ()
    ledger_size: int = 0
    system_body: Mapping[str, Any] = field(default_factory=dict)

    def of_kind(self, kind: str) -> tuple[Piece, ...]:
        """The pieces of one kind, oldest record first."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Piece, ...]]:
        grouped: dict[str, list[Piece]] = {}
        for piece in self.pieces:
            grouped.setdefault(piece.record.kind, []).append(piece)
        return {kind: tuple(pieces) for kind, pieces in grouped.items()}

    @cached_property
    def by_id(self) -> dict[str, Piece]:
        """The pieces by their ids."""
        return {piece.id: piece for piece in self.pieces}

    @cached_property
    def candidate(self) -> Piece | None:
        """The artefacts of the model to be released: those the system file names, else those recorded last."""
        return self._artifacts(Role.CANDIDATE, self.system.candidate)

    @cached_property
    def base(self) -> Piece | None:
        """The artefacts of the base model, where its weights were attached."""
        return self._artifacts(Role.BASE)

    def _artifacts(self, role: Role, digest: str | None = None) -> Piece | None:
        pieces = [
            piece
            for piece in self.of_kind(ARTIFACTS)
            if piece.record.subject.role is role and digest in {None, piece.record.subject.digest}
        ]
        return pieces[-1] if pieces else None

    @cached_property
    def identity(self) -> ModelIdentity | None:
        """The identity of the release candidate, or None while no weights were attached."""
        return identify(self.candidate, self.base) if self.candidate else None
