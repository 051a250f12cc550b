"""What is drawn of a case: its risks, its coverage and the ways of its greatest risks, as values for `charts`.

A chart is made of the same rows that the document prints, so picture and table can not part ways.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from governance.reports.atoms import words
from governance.reports.charts import bow_tie, coverage_bars, heat
from governance.reports.parts.risk_order import ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.domain.case import Case
    from governance.domain.risk import RegisterRow
    from governance.reports.charts.canvas import Chart
    from governance.reports.parts.views import Coverage

BOW_TIES = 2


def heat_map(case: Case, say: Callable[[str], str]) -> Chart | None:
    """The heat map of the register; risks are numbered as the register prints them."""
    placed = tuple(
        heat.Placed(
            key,
            row.title,
            (row.inherent.likelihood, row.inherent.impact),
            (row.residual.likelihood, row.residual.impact),
        )
        for key, row in ordered(case.register)
    )
    return heat.heat(heat.HeatData(placed, case.dossier.system.risk_appetite), id="heat", say=say)


def bars(coverages: Sequence[Coverage], say: Callable[[str], str]) -> tuple[Chart | None, ...]:
    """A chart of bars for each population that is counted, in the same order; None where nothing is."""
    made = []
    for part in coverages:
        areas = tuple(
            coverage_bars.Area(
                say(area.title),
                tuple(coverage_bars.Part(c.status.word, c.status.icon, c.status.tone, c.number) for c in area.counts),
            )
            for area in part.areas
        )
        name = f"bars-{part.id.replace('.', '-')}"
        made.append(coverage_bars.bars(coverage_bars.BarsData(part.unit, areas), id=name, say=say))
    return tuple(made)


def bow_ties(case: Case, say: Callable[[str], str]) -> tuple[Chart, ...]:
    """The greatest residual risks of the library that name a source and a consequence, each with its controls as barriers."""
    drawn = (_bow_tie(case, row, key, say) for key, row in ordered(case.register))
    return tuple(islice((chart for chart in drawn if chart is not None), BOW_TIES))


def _bow_tie(case: Case, row: RegisterRow, key: str, say: Callable[[str], str]) -> Chart | None:
    standings = {result.id: result for result in case.assessment.controls}
    before: list[bow_tie.Barrier] = []
    after: list[bow_tie.Barrier] = []
    for step in row.steps:
        result = standings.get(step.control)
        if result is None:
            continue
        status = words.STANDINGS[result.standing]
        barrier = bow_tie.Barrier(result.title, status.word, status.icon, status.tone, step.counted)
        (before if step.reduces == "likelihood" else after).append(barrier)
    risk = case.catalogue.risks.get(row.risk)
    causes = risk.causes if risk else ()
    consequences = tuple(_sentence(part) for part in row.consequence.split(";") if part.strip(" ."))
    data = bow_tie.BowTieData(f"{key} {row.title}", row.event, causes, consequences, tuple(before), tuple(after))
    return bow_tie.bow_tie(data, id=f"bow-tie-{key[1:]}", say=say)


def _sentence(part: str) -> str:
    """A part of a sentence as one of its own."""
    text = part.strip(" .")
    return text[:1].upper() + text[1:]
