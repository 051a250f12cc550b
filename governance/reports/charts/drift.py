"""Drift: a measure over time against what it was and what is still accepted.

What lies outside has another mark and not only another colour. Points stand where their days are, so that a gap in measuring is seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw
from governance.reports.charts.panel import panel, span
from governance.reports.charts.sheet import ACCENT, BAD_LINE, GOOD_WASH, SMALL, SOFT, SOLID, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.reports.charts.panel import Panel

MOST = 120
"""Points that are drawn, the latest; the table has all of them."""
_LEFT, _WIDE, _TOP, _TALL = 56, 444, 12, 130


@dataclass(frozen=True)
class _Held:
    """A point: its `day`, its `value`, and whether it lies `out`side what is accepted, or None where nobody says."""

    day: str
    value: float
    out: bool | None


@dataclass(frozen=True)
class DriftData:
    """A measure: its `title`; `points`: pairs of a day as `2026-11-26` and a value, oldest first; `reference`: what it was, or None.

    `least`, `most`: what is still accepted, or None where nobody set it. All of them have the unit of the measure.
    `crossed`: for each point whether the tool that measured it says that it lies outside, or None where it does not say. It is taken at
    its word, since a bound may have moved since. Without it the bounds decide.
    """

    title: str
    points: Sequence[tuple[str, float]]
    reference: float | None = None
    least: float | None = None
    most: float | None = None
    crossed: Sequence[bool | None] = ()

    @property
    def bounded(self) -> bool:
        """Whether anything is said about what is accepted."""
        return self.least is not None or self.most is not None or any(each is not None for each in self.crossed)

    def held(self) -> list[_Held]:
        """The points that have a place on a scale, in the order given."""
        said = self.crossed or [None if not self.bounded else self.beyond(value) > 0 for _, value in self.points]
        return [
            _Held(day, float(value), out)
            for (day, value), out in zip(self.points, said, strict=True)
            if lettering.drawable(value) is not None
        ]

    def beyond(self, value: float) -> float:
        """How far a value lies outside what is accepted; 0 inside, and where it differs from a bound by the last digits of a sum only."""
        bounds = [(bound, side) for bound, side in ((self.least, -1), (self.most, 1)) if bound is not None]
        return max(
            (side * (value - bound) for bound, side in bounds if not math.isclose(value, bound, rel_tol=1e-9)),
            default=0.0,
        )


def drift(data: DriftData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """The line with its bounds; None without a finite point. Days that are no days make equal steps, and the note says so."""
    held = data.held()
    if not held:
        return None
    dated = all(_ordinal(point.day) is not None for point in held)
    held.sort(key=lambda point: (_ordinal(point.day) or 0.0) if dated else 0.0)
    drawn = held[-MOST:]
    alt = _told(data, held, say)
    notes = []
    if len(drawn) < len(held):
        notes.append(
            say("%(n)s of %(total)s points are drawn, the latest; the table has all.")
            % {"n": MOST, "total": lettering.count(len(held), say)}
        )
    if not dated:
        notes.append(say("Some points have no date: all stand at equal steps, in the order given."))
    if lost := len(data.points) - len(held):
        notes.append(say("Points that are no numbers and are left out: %(n)s.") % {"n": lettering.count(lost, say)})
    return Chart(
        svg=draw(lambda sheet: _paint(sheet, data, drawn, dated, say), id=id, alt=alt, height=_TOP + _TALL + 24),
        alt=alt,
        headers=(say("Day"), say("Value"), say("Reading")),
        rows=tuple((point.day, lettering.number(point.value, say), _reading(point, data, say)) for point in held),
        caption=say("%(title)s over time. A ring lies inside what is accepted, a cross outside.")
        % {"title": lettering.brief(data.title)}
        if data.bounded
        else say("%(title)s over time. Nobody set what is accepted.") % {"title": lettering.brief(data.title)},
        note=" ".join(notes),
    )


def _ordinal(day: str) -> float | None:
    """Days since the beginning of the calendar, from a day or a moment as ISO 8601; None for anything else."""
    try:
        if len(day) == 10:
            return float(date.fromisoformat(day).toordinal())
        moment = datetime.fromisoformat(day)
    except ValueError:
        return None
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440 + moment.second / 86400


def _reading(point: _Held, data: DriftData, say: Callable[[str], str]) -> str:
    if point.out is None:
        return say("not told") if data.bounded else say("no bound")
    return say("outside") if point.out else say("inside")


def _told(data: DriftData, held: Sequence[_Held], say: Callable[[str], str]) -> str:
    values = [point.value for point in held]
    told = say("%(title)s from %(first)s to %(end)s: last at %(last)s, between %(low)s and %(high)s.") % {
        "title": lettering.brief(data.title),
        "first": lettering.brief(held[0].day, 20),
        "end": lettering.brief(held[-1].day, 20),
        "last": lettering.number(values[-1], say),
        "low": lettering.number(min(values), say),
        "high": lettering.number(max(values), say),
    }
    if not data.bounded:
        return f"{told} {say('Nobody set a bound.')}"
    out = [point for point in held if point.out]
    if not out:
        return f"{told} " + say("None of %(total)s points lies outside what is accepted.") % {
            "total": lettering.count(len(held), say)
        }
    worst = max(out, key=lambda point: data.beyond(point.value))
    return f"{told} " + say("Outside what is accepted: %(n)s of %(total)s, the furthest %(value)s on %(day)s.") % {
        "n": lettering.count(len(out), say),
        "total": lettering.count(len(held), say),
        "value": lettering.number(worst.value, say),
        "day": lettering.brief(worst.day, 20),
    }


def _paint(sheet: Sheet, data: DriftData, points: Sequence[_Held], dated: bool, say: Callable[[str], str]) -> None:
    places = (
        [_ordinal(point.day) or 0.0 for point in points] if dated else [float(place) for place in range(len(points))]
    )
    bounds = [
        (value, words, broken)
        for value, words, broken in (
            (data.reference, say("reference"), SOLID),
            (data.least, say("least"), (4.0, 2.5)),
            (data.most, say("most"), (4.0, 2.5)),
        )
        if lettering.drawable(value) is not None
    ]
    across = span(places, share=0.03)
    up = span([point.value for point in points] + [value for value, _, _ in bounds if value is not None], share=0.12)
    drawn = panel(
        sheet,
        _LEFT,
        _TOP,
        _WIDE,
        _TALL,
        across=across,
        up=up,
        say=say,
        title=data.title,
        columns=_columns(places, points, dated),
    )
    if data.least is not None or data.most is not None:
        low, high = (up[0] if data.least is None else data.least), (up[1] if data.most is None else data.most)
        drawn.axes.axhspan(
            min(max(low, up[0]), up[1]), max(min(high, up[1]), up[0]), facecolor=GOOD_WASH, edgecolor="none", zorder=0
        )
    for value, _, broken in bounds:
        drawn.axes.axhline(value, color=SOFT, linewidth=0.9, linestyle=(0, broken) if broken else "-")
    drawn.line(list(zip(places, [point.value for point in points], strict=True)), colour=ACCENT)
    _marks(sheet, drawn, list(zip(places, points, strict=True)))
    last = points[-1]
    drawn.names(
        [(value, SOFT, f"{words} {lettering.number(value, say)}") for value, words, _ in bounds if value is not None]
        + [(last.value, BAD_LINE if last.out else ACCENT, f"{say('last')} {lettering.number(last.value, say)}")]
    )


def _marks(sheet: Sheet, drawn: Panel, points: Sequence[tuple[float, _Held]]) -> None:
    few = len(points) <= 60
    for place, point in points:
        if point.out:
            sheet.mark(drawn.x(place), drawn.y(point.value), "X", size=7 if few else 5, colour=BAD_LINE)
        elif few:
            sheet.mark(drawn.x(place), drawn.y(point.value), "o", size=4, colour=ACCENT, hollow=True)


def _columns(places: Sequence[float], points: Sequence[_Held], dated: bool) -> list[tuple[float, str]]:
    """A few ticks: whole days at even distances, or some of the points by their names."""
    if not dated:
        step = max(1, -(-len(points) // 5))
        return [
            (place, lettering.fit(point.day, SMALL, 80))
            for place, point in list(zip(places, points, strict=True))[::step]
        ]
    first, last = int(min(places)), int(max(places))
    count = min(6, last - first + 1)
    ticks = [first + round(n * (last - first) / max(count - 1, 1)) for n in range(count)]
    return [(float(tick), date.fromordinal(tick).isoformat()) for tick in ticks]
