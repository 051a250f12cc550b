"""The risk register as a view: rows by residual score, the arithmetic of each, and the two heat maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.risk import Level, Rating, RegisterRow
from governance.reports import figures, words
from governance.reports.frame import frame
from governance.reports.references import References
from governance.reports.views import HeatCell, HeatMap, Register, RiskRow, RiskView, Status

if TYPE_CHECKING:
    from governance.domain.case import Case

INSIDE = Status("within appetite", "✔", "good")
OUTSIDE = Status("outside appetite", "✘", "bad")
UNTOLD = Status("no appetite stated", "◐", "warn")


def build(case: Case) -> RiskView:
    """The view of the risk register document."""
    references = References(case)
    found = register(case, references)
    return RiskView(frame=frame(case, references), register=found, index=references.index(), glossary=words.GLOSSARY)


def register(case: Case, references: References) -> Register:
    """The whole register of the case."""
    ordered = sorted(case.register, key=lambda row: (-row.residual.score, -row.inherent.score, row.risk))
    rows = tuple(_row(row, number) for number, row in enumerate(ordered, start=1))
    levels = [Level.of(row.residual_score) for row in rows]
    appetite = case.dossier.system.risk_appetite
    return Register(
        rows=rows,
        heat=(
            _heat("Inherent, before any control", [(f"R{n}", row.inherent) for n, row in enumerate(ordered, start=1)]),
            _heat("Residual, after met controls", [(f"R{n}", row.residual) for n, row in enumerate(ordered, start=1)]),
        ),
        by_level=tuple((words.LEVELS[level], levels.count(level)) for level in reversed(Level)),
        total=len(rows),
        outside=sum(row.within_appetite is False for row in ordered),
        overdue=sum(row.review_overdue for row in ordered),
        unowned=sum(not row.owner_named for row in ordered),
        appetite=references.said(
            "Risk appetite", f"residual score of at most {appetite} of 25" if appetite else None, "risk_appetite"
        ),
    )


def _row(row: RegisterRow, number: int) -> RiskRow:
    within = {True: INSIDE, False: OUTSIDE, None: UNTOLD}[row.within_appetite]
    return RiskRow(
        key=f"R{number}",
        anchor=f"r{number}",
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
        within=within,
        next_review=figures.day(row.next_review),
        overdue=row.review_overdue,
    )


def _product(rating: Rating) -> str:
    return f"{rating.likelihood} × {rating.impact} = {rating.score}"


def _heat(title: str, placed: list[tuple[str, Rating]]) -> HeatMap:
    cells: dict[tuple[int, int], list[str]] = {}
    for key, rating in placed:
        cells.setdefault((rating.likelihood, rating.impact), []).append(key)
    rows = tuple(
        (
            likelihood,
            tuple(
                HeatCell(
                    likelihood=likelihood,
                    impact=impact,
                    score=likelihood * impact,
                    level=words.LEVELS[Level.of(likelihood * impact)],
                    risks=tuple(cells.get((likelihood, impact), ())),
                )
                for impact in range(1, 6)
            ),
        )
        for likelihood in range(5, 0, -1)
    )
    told = [
        f"{', '.join(keys)} at likelihood {at[0]} and impact {at[1]}"
        for at, keys in sorted(cells.items(), reverse=True)
    ]
    return HeatMap(title=title, rows=rows, alt=f"{title}: " + ("; ".join(told) or "no risk in the register") + ".")
