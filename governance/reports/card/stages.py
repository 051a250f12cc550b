"""The lineage of the model: data set → base → adapter → merge → quantised → deployed, each with what fixes it.

A stage stands there where the identity, an attached manifest or the owner names it. Two stages stand there always, because a reader looks
for them: what it was trained on, and where it is deployed. What nobody showed is dotted, and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms import words
from governance.reports.atoms.views import Phrase, Status, phrase
from governance.reports.card.data_sets import name_of
from governance.reports.card.rows import Stage
from governance.reports.charts.lineage import LineageData, Node, lineage
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.charts.canvas import Chart
    from governance.reports.claims.references import References

FIXED = Status("fixed by its digest", "✔", "good")
NAMED = Status("known by name only", "◐", "warn")
SAID = Status("stated by the owner", "✎", "mute")
MISSING = Status("not evidenced", "○", "gap")
MOST_DATA_SETS = 8
"""Data sets that stand in the lineage; the section on data has all of them."""

_MADE = ("adapter", "full-model", "weights")
_AFTER = ("merge-recipe", "quantisation")


class _Stages:
    """Collects the stages, numbered as they come."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.rows: list[Stage] = []

    def add(
        self,
        what: Phrase,
        name: str,
        digest: str = "",
        of: Sequence[int] = (),
        pieces: Sequence[Piece | None] = (),
        *,
        said: bool = False,
    ) -> int:
        """Put a stage in; gives its number, by which later ones point at it."""
        there = bool(name)
        fixed = FIXED if digest else (SAID if said else NAMED) if there else MISSING
        if not there:
            self.references.lack(str(what))
        cites = tuple(self.references.cite(piece.id) for piece in pieces if piece is not None)
        cites += (self.references.system,) if said else ()
        number = len(self.rows) + 1
        self.rows.append(Stage(number, what, name, fixed, digest, tuple(of), cites))
        return number


def stages(case: Case, references: References, data_sets: tuple[Piece, ...]) -> tuple[Stage, ...]:
    """The stages, from what was there first to what is used."""
    made, identity = _Stages(references), case.dossier.identity
    data = [
        made.add(phrase("Data set"), name_of(piece), str(piece.body.get("manifest_digest") or ""), pieces=(piece,))
        for piece in data_sets[:MOST_DATA_SETS]
    ] or [made.add(phrase("Data set"), "")]
    parts = list(identity.parts) if identity else []
    declared = case.dossier.system.base_model
    bases = [
        made.add(
            phrase("Base model"), part.reference, part.digest or "", pieces=(case.dossier.base, case.dossier.candidate)
        )
        for part in parts
        if part.part == "base"
    ]
    if not bases:
        bases = [made.add(phrase("Base model"), declared.name if declared else "", said=declared is not None)]
    tuned = [
        made.add(
            Phrase(words.PARTS[part.part]), part.name, part.digest or "", (*data, *bases), (case.dossier.candidate,)
        )
        for part in parts
        if part.part in _MADE
    ] or [made.add(phrase("Tuned model"), "", of=(*data, *bases))]
    last = tuned
    for part in (part for name in _AFTER for part in parts if part.part == name):
        last = [
            made.add(Phrase(words.PARTS[part.part]), part.reference, part.digest or "", last, (case.dossier.release,))
        ]
    place = case.dossier.system.deployment
    made.add(phrase("Deployed"), place or "", of=last, said=place is not None)
    return tuple(made.rows)


def chart(rows: tuple[Stage, ...], say: Callable[[str], str]) -> Chart | None:
    """The same as a graph; None where nothing is there."""
    nodes = tuple(
        Node(
            f"n{row.number}",
            str(row.what),
            row.name,
            figures.short(row.digest) if row.digest else "",
            row.fixed is not MISSING,
        )
        for row in rows
    )
    edges = tuple((f"n{source}", f"n{row.number}") for row in rows for source in row.of)
    return lineage(LineageData(nodes, edges), id="lineage", say=say)
