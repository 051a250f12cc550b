"""A dossier: all that the ledger holds about one system, ready to be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.domain.identity import RELEASE, ModelIdentity, identify, released
from governance.verifier.decisions import AUTHORED, Held

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.decision import SignedDecision
    from governance.domain.system import System

ARTIFACTS = "model-artifacts.v1"


@dataclass(frozen=True)
class Registration:
    """What the owner stated of the system, in one entry; the last of them holds."""

    seq: int
    entry: str
    at: datetime
    body: Mapping[str, Any]


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
    attested: tuple[Held, ...] = ()
    """The duties that attestations of evidence show."""
    registrations: tuple[Registration, ...] = ()
    """Everything that was ever stated of the system, oldest first; empty where a dossier was not made from entries."""

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
    def release(self) -> Piece | None:
        """The release that holds the present candidate: the one recorded last of those with its very weights, or None."""
        if self.candidate is None:
            return None
        digest = self.candidate.record.subject.digest
        pieces = [piece for piece in self.of_kind(RELEASE) if piece.record.subject.digest == digest]
        return pieces[-1] if pieces else None

    @cached_property
    def identity(self) -> ModelIdentity | None:
        """The identity of the release candidate, or None while no weights were attached.

        Composed of the parts of its release where one was recorded, else of what the artefacts tell.
        """
        if self.candidate is None:
            return None
        return released(self.release) if self.release else identify(self.candidate, self.base)

    @cached_property
    def valid(self) -> tuple[SignedDecision, ...]:
        """The decisions whose signature counts, oldest record first."""
        return tuple(signed for signed in self.decisions if signed.valid)

    @cached_property
    def duties(self) -> tuple[Held, ...]:
        """Who trained, evaluated or set thresholds for this system: as attested, as signed, and as its owner names them."""
        named = [
            Held(person, duty, "named by the system's owner")
            for duty, people in sorted(self.system.duties.items())
            for person in people
        ]
        authors = [
            Held(
                signed.decision.signer,
                "threshold-author",
                f"{AUTHORED[signed.decision.decision]} {signed.decision.policy}",
            )
            for signed in self.valid
            if signed.decision.decision in AUTHORED
        ]
        return tuple(dict.fromkeys([*self.attested, *authors, *named]))
