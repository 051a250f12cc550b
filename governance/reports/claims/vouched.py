"""Who vouches for what no tool wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms.views import Phrase, phrase
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.evidence import Piece


def declared(piece: Piece) -> Phrase | None:
    """Who vouches for a piece that was written by hand, and since when; None for what a tool wrote."""
    name = piece.record.declared_by
    if not name:
        return None
    return vouched(name, figures.day(piece.when))


def vouched(name: str | Phrase, day: str | Phrase) -> Phrase:
    """`attested by … on …`."""
    return phrase("attested by %(name)s on %(day)s", name=name, day=day)
