"""Population and sample: how many pieces of evidence there are, of which kind, read by whom, and some of them drawn by nobody's choice.

An auditor who reads a part must know of what. So the population is counted by kind and held against the ledger, and a sample is
drawn whose seed is the root of the checkpoint: it is known only after the last piece was recorded, so nobody could prepare for it.
The same sample is drawn from the pack with `govern verify PACK --sample N --seed ROOT`, or by hand with `sha256sum`.

Whether everything that wrote weights is among that evidence, the ledger can not know. Where `govern population` held jobs, folders and
registries against it, the newest of those reconciliations is printed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from governance.domain.evidence import Quality
from governance.reports.audit.views import Population, PopulationRow, Reconciled, SampleRow
from governance.verifier import figures, sample

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.claims.references import References

SAMPLED = 8
"""How many pieces are drawn: enough to look at in an hour, and an auditor draws more."""
RECONCILED = "population-reconciliation.v1"
SORTS = {
    "job": "Jobs that wrote weights",
    "weights": "Sets of weights that no one job explains",
    "version": "Registered versions of models",
}
ANSWERS = ("units", "evidenced", "orphan", "incomplete", "could-not-tell")


def population(case: Case, references: References) -> Population:
    """The population of the case and the sample drawn from it."""
    pieces = references.pieces
    kinds = sorted({piece.record.kind for piece in pieces})
    seed = case.checkpoint.root
    ranked = sorted((sample.rank(seed, piece.id), piece.id) for piece in pieces)
    held = case.dossier.by_id
    newest = max(case.dossier.of_kind(RECONCILED), key=lambda piece: (piece.when, piece.seq), default=None)
    return Population(
        rows=tuple(_row(case, kind, [piece for piece in pieces if piece.record.kind == kind]) for kind in kinds),
        total=len(pieces),
        files=sum(len(piece.record.sources) for piece in pieces),
        entries=case.checkpoint.size,
        decisions=len(case.dossier.decisions),
        seed=seed,
        method=sample.METHOD,
        sample=tuple(
            SampleRow(rank=place, id=each, kind=held[each].record.kind, cites=references.cites((each,)))
            for place, (_, each) in enumerate(ranked[:SAMPLED], start=1)
        ),
        reconciled=_reconciled(newest, references) if newest else (),
        reconciled_on=figures.day(newest.when) if newest else "",
    )


def _reconciled(piece: Piece, references: References) -> tuple[Reconciled, ...]:
    """The units of each sort; of jobs always, of the others where there are any."""
    counts = piece.body.get("counts") or {}
    return tuple(
        Reconciled(sort, *(references.figure(f"{label}: {word}", piece, f"/counts/{sort}/{word}") for word in ANSWERS))
        for sort, label in SORTS.items()
        if sort == "job" or (counts.get(sort) or {}).get("units")
    )


def _row(case: Case, kind: str, pieces: list[Piece]) -> PopulationRow:
    moments = sorted(piece.record.effective_at for piece in pieces if piece.record.effective_at is not None)
    readers = Counter(piece.record.collector.name for piece in pieces if piece.record.declared_by is None)
    known = case.catalogue.kinds.get(kind)
    return PopulationRow(
        kind=kind,
        title=known.title if known else kind,
        pieces=len(pieces),
        files=sum(len(piece.record.sources) for piece in pieces),
        readers=tuple(sorted(readers)),
        by_hand=sum(piece.record.declared_by is not None for piece in pieces),
        first=figures.day(moments[0]) if moments else "",
        last=figures.day(moments[-1]) if moments else "",
        not_whole=sum(piece.record.quality is not Quality.COMPLETE for piece in pieces),
        unbound=sum(piece.id in case.assessment.unbound for piece in pieces),
    )
