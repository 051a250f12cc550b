"""What the graphics processors did over time: use, memory and power, one panel each over the same minutes.

Up to three processors have a line each. Of more the band from the least to the most is drawn, with the mean in it, since eight lines
over each other show less than that; the table has each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw
from governance.reports.charts.panel import Panel, panel, span
from governance.reports.charts.series import MOST, Point, finite, thin
from governance.reports.charts.sheet import ACCENT, AMBER, SOFT, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LINES = 3
_BINS = 120
_LEFT, _WIDE, _TALL, _STEP = 56, 444, 62, 80
_STYLES = ((ACCENT, ()), (AMBER, (5.0, 2.5)), (SOFT, (1.5, 1.5)))


@dataclass(frozen=True)
class UsageData:
    """Pairs (minutes since the start, value) by graphics processor. Any may be empty.

    `use`: in percent; `power`: in watts; `memory`: in gigabytes.
    """

    use: Sequence[tuple[str, Sequence[Point]]] = ()
    power: Sequence[tuple[str, Sequence[Point]]] = ()
    memory: Sequence[tuple[str, Sequence[Point]]] = ()


@dataclass(frozen=True)
class _Rows:
    """A panel: what it shows, the unit, and the lines with their names."""

    title: str
    unit: str
    lines: list[tuple[str, list[Point]]]

    @property
    def values(self) -> list[float]:
        return [value for _, line in self.lines for _, value in line]


def usage(data: UsageData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """Use, memory and power of the graphics processors over time; None where no series has two finite points."""
    asked = ((say("Use"), "%", data.use), (say("Memory"), "GB", data.memory), (say("Power"), "W", data.power))
    parts = [
        _Rows(title, unit, [(name, row) for name, points in series if len(row := finite(points)) > 1])
        for title, unit, series in asked
    ]
    parts = [part for part in parts if part.lines]
    if not parts:
        return None
    alt = " ".join(
        say("%(what)s of the graphics processors: mean %(mean)s %(unit)s, from %(low)s to %(high)s, over %(n)s lines.")
        % {
            "what": part.title,
            "mean": lettering.number(fmean(part.values), say, 1),
            "unit": part.unit,
            "low": lettering.number(min(part.values), say, 1),
            "high": lettering.number(max(part.values), say, 1),
            "n": len(part.lines),
        }
        for part in parts
    )
    return Chart(
        svg=draw(lambda sheet: _paint(sheet, parts, say), id=id, alt=alt, height=_STEP * len(parts) + 36),
        alt=alt,
        headers=(say("What"), say("Graphics processor"), say("Mean"), say("Least"), say("Most"), say("Points")),
        rows=tuple(
            (
                f"{part.title}, {part.unit}",
                name,
                *(lettering.number(told([v for _, v in row]), say, 1) for told in (fmean, min, max)),
                lettering.count(len(row), say),
            )
            for part in parts
            for name, row in part.lines
        ),
        caption=say("What the graphics processors did, by minute since the start."),
        note=_note(data, parts, say),
    )


def _note(data: UsageData, parts: list[_Rows], say: Callable[[str], str]) -> str:
    notes = []
    longest = max(len(row) for part in parts for _, row in part.lines)
    if any(len(part.lines) > LINES for part in parts):
        notes.append(
            say("Of more than %(n)s processors the band from the least to the most is drawn, and the mean.")
            % {"n": LINES}
        )
    if longest > MOST and any(len(part.lines) <= LINES for part in parts):
        notes.append(
            say("Of the longest line %(n)s of %(total)s points are drawn, evenly chosen, first and last among them.")
            % {"n": MOST, "total": lettering.count(longest, say)}
        )
    given = sum(len(points) for series in (data.use, data.power, data.memory) for _, points in series)
    lost = given - sum(len(finite(points)) for series in (data.use, data.power, data.memory) for _, points in series)
    if lost:
        notes.append(say("Points that are no numbers and are left out: %(n)s.") % {"n": lettering.count(lost, say)})
    short = sum(len(finite(points)) < 2 for series in (data.use, data.power, data.memory) for _, points in series)
    if short:
        notes.append(say("Series of fewer than two points, which are left out: %(n)s.") % {"n": short})
    return " ".join(notes)


def _paint(sheet: Sheet, parts: list[_Rows], say: Callable[[str], str]) -> None:
    minutes = [x for part in parts for _, row in part.lines for x, _ in row]
    across = (min(minutes), max(minutes)) if max(minutes) > min(minutes) else span(minutes)
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        values = part.values
        up = (
            (0.0, 100.0)
            if part.unit == "%" and min(values) >= 0 and max(values) <= 100
            else span(values, least=min(0.0, *values))
        )
        drawn = panel(
            sheet,
            _LEFT,
            8 + _STEP * place,
            _WIDE,
            _TALL,
            across=across,
            up=up,
            say=say,
            title=f"{part.title}, {part.unit}",
            x_ticks=last,
            foot=say("Minutes") if last else "",
            y_ticks=3,
        )
        if len(part.lines) > LINES:
            _band(drawn, part, say)
            continue
        for (_, row), (colour, broken) in zip(part.lines, _STYLES, strict=False):
            drawn.line(thin(row), colour=colour, line=1.3, broken=broken)
        drawn.names([(row[-1][1], colour, name) for (name, row), (colour, _) in zip(part.lines, _STYLES, strict=False)])


def _band(drawn: Panel, part: _Rows, say: Callable[[str], str]) -> None:
    """Least, mean and most of all processors, in equal stretches of time."""
    low, high = drawn.across
    bins: dict[int, list[float]] = {}
    for _, row in part.lines:
        for x, value in row:
            bins.setdefault(min(int((x - low) / (high - low) * _BINS), _BINS - 1), []).append(value)
    places = sorted(bins)
    middles = [low + (place + 0.5) / _BINS * (high - low) for place in places]
    least, most = [min(bins[place]) for place in places], [max(bins[place]) for place in places]
    mean = [fmean(bins[place]) for place in places]
    drawn.axes.fill_between(middles, least, most, facecolor="#d5dde6", edgecolor=SOFT, linewidth=0.6)
    drawn.line(list(zip(middles, mean, strict=True)), colour=ACCENT)
    drawn.names(
        [
            (most[-1], SOFT, say("most")),
            (mean[-1], ACCENT, say("mean of %(n)s") % {"n": len(part.lines)}),
            (least[-1], SOFT, say("least")),
        ]
    )
