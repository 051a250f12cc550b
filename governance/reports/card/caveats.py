"""The last section: what a reader must know before relying on the card, and where each kind of evidence in it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.evidence import Quality, Role
from governance.reports.atoms.views import phrase
from governance.reports.card.rows import Limit
from governance.reports.parts import evaluation
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Phrase, PurposeGap, ResultRow
    from governance.reports.claims.references import References

CITED = 3
"""Pieces of a kind that are cited with its limit; the index has all of them."""


def limits(case: Case, references: References) -> tuple[Limit, ...]:
    """The limits of each kind that a figure of this card was read from, as the catalogue states them, in the order of the index."""
    by_kind: dict[str, list[str]] = {}
    for piece in quoted(case, references):
        by_kind.setdefault(piece.record.kind, []).append(piece.id)
    kinds = case.catalogue.kinds
    return tuple(
        Limit(kinds[kind].title, kinds[kind].does_not_say, references.cites(ids[:CITED]))
        for kind, ids in by_kind.items()
        if kind in kinds
    )


def quoted(case: Case, references: References) -> list[Piece]:
    """The pieces that a figure made up to now was read from, in ledger order."""
    named = {source.of for claim in references.claims for source in claim.sources}
    return [piece for piece in case.dossier.pieces if piece.id in named]


def caveats(
    case: Case, references: References, rows: Sequence[ResultRow], gaps: Sequence[PurposeGap]
) -> tuple[Phrase, ...]:
    """What a reader must know, each as a sentence; only what holds."""
    held = quoted(case, references)
    part = sum(piece.record.quality is not Quality.COMPLETE for piece in held)
    loose = sum(piece.id in case.assessment.unbound for piece in held)
    again = sum(row.attempts > 1 for row in rows)
    cut = sum(_is_cut(result.row) for result in evaluation.latest(case, Role.CANDIDATE)[0].values())
    by_hand = sum(piece.record.declared_by is not None for piece in held)
    found = (
        phrase("Pieces of evidence quoted here that are not complete: %(n)s. The evidence index says why.", n=part)
        if part
        else None,
        phrase("Pieces of evidence quoted here that no digest ties to these weights: %(n)s.", n=loose)
        if loose
        else None,
        phrase("Pieces of evidence quoted here that a person wrote by hand: %(n)s.", n=by_hand) if by_hand else None,
        phrase("Results whose task was run more than once: %(n)s. The latest counts and not the best.", n=again)
        if again
        else None,
        phrase("Results measured on a part of their task: %(n)s.", n=cut) if cut else None,
        phrase("Purposes that nobody evaluated: %(n)s. They stand under quantitative analyses.", n=len(gaps))
        if gaps
        else None,
        phrase(
            "A model made from this one, merged or quantised, is another model, and this card does not speak of it."
        ),
    )
    return tuple(sentence for sentence in found if sentence is not None)


def _is_cut(row: object) -> bool:
    """Whether a result rests on fewer samples than its task has."""
    if not hasattr(row, "get"):
        return False
    n, whole = figures.finite(row.get("n")), figures.finite(row.get("n_original"))
    return n is not None and whole is not None and n < whole
