"""The risk register as a view: rows by residual score, the arithmetic of each, and the two heat maps.

A document prints the worst `RISKS_PRINTED` risks as rows; the counts and the heat maps are of all of them, and `lists` has every
row. More rows would be a hundred pages that nobody reads, and more memory than a small machine has for a PDF.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.domain.risk import Level, Rating, RegisterRow
from governance.reports.atoms import words
from governance.reports.atoms.views import Register, RiskRow, RiskView, Said, Status, phrase
from governance.reports.parts.drawn import heat_map
from governance.reports.parts.frame import frame
from governance.reports.parts.risk_order import ordered
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.claims.references import References

RISKS_PRINTED = 400
"""Rows of the register printed in a document; CSV file and workbook have all of them, and the document says so."""

INSIDE = Status("within appetite", "✔", "good")
OUTSIDE = Status("outside appetite", "✘", "bad")
UNTOLD = Status("no appetite stated", "◐", "warn")


def build(case: Case, references: References) -> RiskView:
    """The view of the risk register document."""
    found = register(case, references)
    return RiskView(
        heat=heat_map(case, references.say),
        frame=frame(case, references),
        register=found,
        index=references.index(),
        glossary=words.GLOSSARY,
    )


def within(row: RegisterRow) -> Status:
    """Whether the residual rating is inside what the system carries."""
    return {True: INSIDE, False: OUTSIDE, None: UNTOLD}[row.within_appetite]


def register(case: Case, references: References, printed: int = RISKS_PRINTED) -> Register:
    """The register of the case: counts and maps of all risks, and so many rows, the worst first."""
    found = ordered(case.register)
    levels = [row.residual.level for _, row in found]
    appetite = case.dossier.system.risk_appetite
    return Register(
        rows=tuple(_row(key, row) for key, row in found[:printed]),
        by_level=tuple((words.LEVELS[level], levels.count(level)) for level in reversed(Level)),
        total=len(found),
        outside=sum(row.within_appetite is False for _, row in found),
        overdue=sum(row.review_overdue for _, row in found),
        unowned=sum(not row.owner_named for _, row in found),
        appetite=_appetite(appetite, references),
    )


def _appetite(appetite: int | None, references: References) -> Said:
    """What the system carries, in a sentence of ours about the number that its owner stated."""
    said = references.said("Risk appetite", str(appetite) if appetite else None, "risk_appetite")
    if said.missing:
        return said
    return replace(said, texts=(phrase("residual score of at most %(n)s of 25", n=appetite or 0),))


def _row(key: str, row: RegisterRow) -> RiskRow:
    return RiskRow(
        key=key,
        anchor=key.lower(),
        id=row.risk,
        title=row.title,
        event=row.event,
        consequence=row.consequence,
        genai=row.genai_risks,
        owner=row.owner,
        owner_named=row.owner_named,
        treatment=row.treatment,
        because=row.because,
        inherent=_product(row.inherent),
        residual=_product(row.residual),
        inherent_level=words.LEVELS[row.inherent.level],
        residual_level=words.LEVELS[row.residual.level],
        inherent_score=row.inherent.score,
        residual_score=row.residual.score,
        arithmetic=tuple(row.arithmetic.split("; ")),
        appetite=f"{row.appetite} of 25" if row.appetite else "not stated",
        within=within(row),
        next_review=figures.day(row.next_review),
        overdue=row.review_overdue,
    )


def _product(rating: Rating) -> str:
    return f"{rating.likelihood} × {rating.impact} = {rating.score}"
