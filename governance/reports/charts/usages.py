"""What the graphics processors did over time: use, memory and power, one panel each over the same minutes.

Up to three processors have a line each, and behind a line that goes through means the band from the least to the most of what each mean
stands for. Of more processors the band from the least to the most of all is drawn, with the mean in it, since eight lines over each other
show less than that; the table has each of them.
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
_STYLES = ((ACCENT, (), "#d5dde6"), (AMBER, (5.0, 2.5), "#f0e4d3"), (SOFT, (1.5, 1.5), "#e3e6eb"))


@dataclass(frozen=True)
class Line:
    """A measure of one processor, or of all together: its `name`, and `points` (minutes since the start, value).

    Where points are means of several readings, `low` and `high` are the least and the most of each, at the same minutes; else empty.
    `mean`: of all readings, or None for that of the points.
    """

    name: str
    points: Sequence[Point]
    low: Sequence[Point] = ()
    high: Sequence[Point] = ()
    mean: float | None = None


@dataclass(frozen=True)
class UsageData:
    """Lines by measure. Any may be empty.

    `use`: in percent; `power`: in watts; `memory`: in gigabytes.
    """

    use: Sequence[Line] = ()
    power: Sequence[Line] = ()
    memory: Sequence[Line] = ()


@dataclass(frozen=True)
class _Drawn:
    """A line made fit to be drawn: finite points in order."""

    name: str
    row: list[Point]
    low: list[Point]
    high: list[Point]
    mean: float

    @property
    def least(self) -> float:
        return min(value for _, value in (*self.row, *self.low))

    @property
    def most(self) -> float:
        return max(value for _, value in (*self.row, *self.high))


@dataclass(frozen=True)
class _Rows:
    """A panel: what it shows, the unit, and its lines."""

    title: str
    unit: str
    lines: list[_Drawn]

    @property
    def least(self) -> float:
        return min(line.least for line in self.lines)

    @property
    def most(self) -> float:
        return max(line.most for line in self.lines)


def usage(data: UsageData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """Use, memory and power of the graphics processors over time; None where no series has two finite points."""
    asked = ((say("Use"), "%", data.use), (say("Memory"), "GB", data.memory), (say("Power"), "W", data.power))
    parts = [
        _Rows(title, unit, [line for each in lines if (line := _fit(each)) is not None]) for title, unit, lines in asked
    ]
    parts = [part for part in parts if part.lines]
    if not parts:
        return None
    alt = " ".join(
        say("%(what)s of the graphics processors: mean %(mean)s %(unit)s, from %(low)s to %(high)s, over %(n)s lines.")
        % {
            "what": part.title,
            "mean": lettering.number(fmean(line.mean for line in part.lines), say, 1),
            "unit": part.unit,
            "low": lettering.number(part.least, say, 1),
            "high": lettering.number(part.most, say, 1),
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
                line.name,
                *(lettering.number(told, say, 1) for told in (line.mean, line.least, line.most)),
                lettering.count(len(line.row), say),
            )
            for part in parts
            for line in part.lines
        ),
        caption=say("What the graphics processors did, by minute since the start."),
        note=_note(data, parts, say),
    )


def _fit(line: Line) -> _Drawn | None:
    """A line of two finite points or more."""
    row = finite(line.points)
    if len(row) < 2:
        return None
    low, high = finite(line.low), finite(line.high)
    if [x for x, _ in low] != [x for x, _ in row] or [x for x, _ in high] != [x for x, _ in row]:
        low, high = [], []
    mean = lettering.drawable(line.mean)
    return _Drawn(line.name, row, low, high, fmean(value for _, value in row) if mean is None else mean)


def _note(data: UsageData, parts: list[_Rows], say: Callable[[str], str]) -> str:
    notes = []
    longest = max(len(line.row) for part in parts for line in part.lines)
    if any(len(part.lines) > LINES for part in parts):
        notes.append(
            say("Of more than %(n)s processors the band from the least to the most is drawn, and the mean.")
            % {"n": LINES}
        )
    if any(line.low for part in parts for line in part.lines if len(part.lines) <= LINES):
        notes.append(say("A line goes through means; the band behind it reaches from the least to the most reading."))
    if longest > MOST and any(len(part.lines) <= LINES for part in parts):
        notes.append(
            say("Of the longest line %(n)s of %(total)s points are drawn, evenly chosen, first and last among them.")
            % {"n": MOST, "total": lettering.count(longest, say)}
        )
    every = [line.points for lines in (data.use, data.power, data.memory) for line in lines]
    if lost := sum(len(points) - len(finite(points)) for points in every):
        notes.append(say("Points that are no numbers and are left out: %(n)s.") % {"n": lettering.count(lost, say)})
    if short := sum(len(finite(points)) < 2 for points in every):
        notes.append(say("Series of fewer than two points, which are left out: %(n)s.") % {"n": short})
    return " ".join(notes)


def _paint(sheet: Sheet, parts: list[_Rows], say: Callable[[str], str]) -> None:
    minutes = [x for part in parts for line in part.lines for x, _ in line.row]
    across = (min(minutes), max(minutes)) if max(minutes) > min(minutes) else span(minutes)
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        least, most = part.least, part.most
        up = (
            (0.0, 100.0)
            if part.unit == "%" and least >= 0 and most <= 100
            else span([least, most], least=min(0.0, least))
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
        styled = list(zip(part.lines, _STYLES, strict=False))
        for line, (_, _, wash) in styled:
            if line.low:
                low, high = thin(line.low), thin(line.high)
                drawn.axes.fill_between(
                    [x for x, _ in low], [y for _, y in low], [y for _, y in high], facecolor=wash, edgecolor="none"
                )
        for line, (colour, broken, _) in styled:
            drawn.line(thin(line.row), colour=colour, line=1.3, broken=broken)
        drawn.names([(line.row[-1][1], colour, line.name) for line, (colour, _, _) in styled])


def _band(drawn: Panel, part: _Rows, say: Callable[[str], str]) -> None:
    """Least, mean and most of all processors, in equal stretches of time."""
    low, high = drawn.across
    bins: dict[int, list[float]] = {}
    for line in part.lines:
        for x, value in line.row:
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
