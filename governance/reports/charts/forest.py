"""The forest plot: what tuning changed, task by task, each difference with its interval and a line at no change.

Differences stand as they are, candidate less base, and are never turned round so that better is always on one side; the shaded side of
a row is the worse one for its metric. A row is called worse or better only where its whole interval lies on one side of no change.

Metrics have scales of their own. A row that goes far beyond the others ends in an arrow at the edge, and its numbers stand beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw, kept
from governance.reports.charts.panel import panel, span
from governance.reports.charts.sheet import BAD_LINE, BAD_WASH, FAINT, GOOD_LINE, INK, SMALL, SOFT, WIDTH, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.reports.charts.panel import Panel

MOST = 40
"""Rows that are drawn; the table has all of them."""
FAR = 8
"""How many times the middle row's reach a row may go before the scale no longer follows it."""

WORSE, BETTER, UNDECIDED, UNTOLD, UNDIRECTED = (
    "worse",
    "better",
    "no clear difference",
    "can not tell",
    "direction not stated",
)
SIGNS = {WORSE: "▼", BETTER: "▲", UNDECIDED: "≈", UNTOLD: "◐", UNDIRECTED: "?"}
_COLOURS = {WORSE: BAD_LINE, BETTER: GOOD_LINE}
_LABELS, _LEFT, _WIDE, _TOLD, _ROW, _TOP = 196, 206, 204, 420, 17, 20


@dataclass(frozen=True)
class Delta:
    """One difference, candidate less base or later candidate less earlier one, in the metric's own units.

    `label`: task and metric; `estimate`: the difference; `low`, `high`: its interval, or None; `n`: the sample size as text, or empty.
    `higher_is_better`: None where nobody said. `margin`: how much worse is still accepted (zero or above), or None.
    """

    label: str
    estimate: float
    low: float | None = None
    high: float | None = None
    n: str = ""
    higher_is_better: bool | None = None
    margin: float | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The ends of the interval, the lower first; None where it has not two of them."""
        low, high = lettering.drawable(self.low), lettering.drawable(self.high)
        return None if low is None or high is None else (min(low, high), max(low, high))

    @property
    def edge(self) -> float | None:
        """The difference at which more than the margin is lost; None without a margin or a direction."""
        margin = lettering.drawable(self.margin)
        if margin is None or self.higher_is_better is None:
            return None
        return -abs(margin) if self.higher_is_better else abs(margin)

    @property
    def reading(self) -> str:
        """Worse or better where the whole interval lies on one side of no change and the side has a meaning; else why not."""
        if self.higher_is_better is None:
            return UNDIRECTED
        if self.interval is None:
            return UNTOLD
        low, high = self.interval if self.higher_is_better else (-self.interval[1], -self.interval[0])
        return WORSE if high < 0 else BETTER if low > 0 else UNDECIDED


class Against(StrEnum):
    """What the candidate is held against: the base it was tuned from, or an earlier candidate."""

    BASE = "base"
    EARLIER = "earlier"


@dataclass(frozen=True)
class ForestData:
    """The differences in the order of print, and the confidence of their intervals in words, such as `95 %`.

    `against`: what the candidate is held against, or None where the page says it.
    """

    rows: tuple[Delta, ...]
    confidence: str = "95 %"
    against: Against | None = None


@kept
def forest(data: ForestData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """The plot; None without a finite difference."""
    rows = [row for row in data.rows if lettering.drawable(row.estimate) is not None]
    if not rows:
        return None
    drawn = rows[:MOST]
    across, far = _scale(drawn)
    alt = _told(rows, data, say)
    margins = any(row.edge is not None for row in rows)
    return Chart(
        svg=draw(
            lambda sheet: _paint(sheet, drawn, across, data.confidence, say),
            id=id,
            alt=alt,
            height=_TOP + _ROW * len(drawn) + (44 if _one_way(drawn) else 30),
        ),
        alt=alt,
        headers=(
            say("Task and metric"),
            say("Difference"),
            say("Interval"),
            "n",
            say("Reading"),
            *((say("Margin"),) if margins else ()),
        ),
        rows=tuple(
            (
                row.label,
                lettering.signed(row.estimate, say),
                _interval(row, say),
                row.n or "–",
                _word(row.reading, say),
                *(("–" if row.edge is None else lettering.signed(row.edge, say),) if margins else ()),
            )
            for row in rows
        ),
        caption=_caption(data, margins, say),
        note=_note(data, rows, drawn, far, say),
    )


def _caption(data: ForestData, margins: bool, say: Callable[[str], str]) -> str:
    told = {
        None: say("The candidate less what it is held against, with %(c)s intervals."),
        Against.BASE: say("The candidate less its base, with %(c)s intervals."),
        Against.EARLIER: say("The later candidate less the earlier one, with %(c)s intervals."),
    }[data.against] % {"c": data.confidence}
    marks = say(
        "The shaded side is the worse one. A diamond is wholly worse or better, a square is neither, a ring has no interval."
    )
    return " ".join([told, marks, *([say("The dotted line is the margin that is still accepted.")] if margins else [])])


def _told(rows: Sequence[Delta], data: ForestData, say: Callable[[str], str]) -> str:
    readings = [row.reading for row in rows]
    between = {
        None: say(
            "Forest plot of the differences between the candidate and what it is held against, with %(c)s intervals."
        ),
        Against.BASE: say("Forest plot of the differences between the candidate and its base, with %(c)s intervals."),
        Against.EARLIER: say(
            "Forest plot of the differences between the later candidate and the earlier one, with %(c)s intervals."
        ),
    }[data.against] % {"c": data.confidence}
    counted = say(
        "Rows: %(n)s; wholly worse: %(worse)s; wholly better: %(better)s; without an interval: %(without)s."
    ) % {
        "n": lettering.count(len(rows), say),
        "worse": lettering.count(readings.count(WORSE), say),
        "better": lettering.count(readings.count(BETTER), say),
        "without": lettering.count(sum(row.interval is None for row in rows), say),
    }
    told = f"{between} {counted}"
    directed = [row for row in rows if row.higher_is_better is not None]
    if not directed:
        return told
    worst = min(
        directed, key=lambda row: (row.reading != WORSE, row.estimate if row.higher_is_better else -row.estimate)
    )
    return f"{told} " + say("Furthest on the worse side: %(label)s, %(value)s.") % {
        "label": lettering.brief(worst.label),
        "value": lettering.signed(worst.estimate, say),
    }


def _note(data: ForestData, rows: Sequence[Delta], drawn: Sequence[Delta], far: int, say: Callable[[str], str]) -> str:
    notes = []
    if len(drawn) < len(rows):
        notes.append(
            say("%(n)s of %(total)s differences are drawn; the table has all.")
            % {"n": len(drawn), "total": lettering.count(len(rows), say)}
        )
    if far:
        notes.append(say("Rows that go beyond the scale and end in an arrow: %(n)s.") % {"n": far})
    if lost := len(data.rows) - len(rows):
        notes.append(
            say("Differences that are no numbers and are left out: %(n)s.") % {"n": lettering.count(lost, say)}
        )
    broken = sum(row.interval is None and not (row.low is None and row.high is None) for row in rows)
    if broken:
        notes.append(
            say("Intervals that are not two numbers and are left out: %(n)s.") % {"n": lettering.count(broken, say)}
        )
    return " ".join(notes)


def _word(reading: str, say: Callable[[str], str]) -> str:
    return {
        WORSE: say("worse"),
        BETTER: say("better"),
        UNDECIDED: say("no clear difference"),
        UNTOLD: say("can not tell"),
        UNDIRECTED: say("direction not stated"),
    }[reading]


def _interval(row: Delta, say: Callable[[str], str]) -> str:
    if row.interval is None:
        return say("no interval")
    return f"{lettering.signed(row.interval[0], say)} … {lettering.signed(row.interval[1], say)}"


def _reach(row: Delta) -> list[float]:
    return [row.estimate, *(row.interval or ()), *(() if row.edge is None else (row.edge,))]


def _scale(rows: Sequence[Delta]) -> tuple[tuple[float, float], int]:
    """The ends of the scale, and how many rows go beyond it."""
    reaches = [max(map(abs, _reach(row))) for row in rows]
    usual = [reach for reach in reaches if reach]
    limit = FAR * median(usual) if usual else 0.0
    near = [value for row, reach in zip(rows, reaches, strict=True) if reach <= limit for value in _reach(row)]
    return span([0.0, *near]), sum(reach > limit for reach in reaches)


def _paint(
    sheet: Sheet, rows: Sequence[Delta], across: tuple[float, float], confidence: str, say: Callable[[str], str]
) -> None:
    tall = _ROW * len(rows)
    drawn = panel(sheet, _LEFT, _TOP, _WIDE, tall, across=across, up=(0.0, 1.0), say=say, y_ticks=1)
    drawn.axes.set_yticks([])
    drawn.axes.grid(axis="x")
    right = _LEFT + _WIDE
    for place, row in enumerate(rows):
        if row.higher_is_better is not None:
            start, end = (_LEFT, drawn.x(0)) if row.higher_is_better else (drawn.x(0), right)
            sheet.box(start, _TOP + _ROW * place, end - start, _ROW, fill=BAD_WASH)
    for place in drawn.axes.get_xticks():
        sheet.line([(drawn.x(place), _TOP), (drawn.x(place), _TOP + tall)], colour=FAINT, line=0.7)
    sheet.line([(drawn.x(0), _TOP - 4), (drawn.x(0), _TOP + tall)], colour=SOFT, line=1.2)
    for place, row in enumerate(rows):
        _row(sheet, drawn, row, _TOP + _ROW * (place + 0.5), say)
    heads = (
        (0, "left", say("task and metric")),
        (_TOLD + 14, "left", say("difference (%(c)s)") % {"c": confidence}),
        (WIDTH, "right", "n"),
    )
    for x, align, words in heads:
        sheet.text(x, 8, words, size=SMALL, colour=SOFT, align=align, room=170)
    _foot(sheet, drawn, rows, _TOP + tall + 24, say)


def _row(sheet: Sheet, drawn: Panel, row: Delta, y: float, say: Callable[[str], str]) -> None:
    colour = _COLOURS.get(row.reading, INK)
    left, right = drawn.left, drawn.left + drawn.wide
    sheet.line([(0, y + _ROW / 2), (WIDTH, y + _ROW / 2)], colour=FAINT, line=0.6)
    if row.edge is not None and left <= drawn.x(row.edge) <= right:
        sheet.line(
            [(drawn.x(row.edge), y - _ROW / 2), (drawn.x(row.edge), y + _ROW / 2)],
            colour=INK,
            line=1.2,
            broken=(1.2, 1.8),
        )
    if row.interval is not None:
        ends = [drawn.x(value) for value in row.interval]
        start, end = (min(max(value, left), right) for value in ends)
        sheet.line([(start, y), (end, y)], colour=colour, line=1.6)
        for value, shape in zip(ends, "<>", strict=True):
            if left <= value <= right:
                sheet.line([(value, y - 3), (value, y + 3)], colour=colour, line=1.2)
            elif (value < left) == (shape == "<"):
                sheet.mark(left + 2 if value < left else right - 2, y, shape, size=5, colour=colour)
    x = drawn.x(row.estimate)
    if left <= x <= right:
        shape, size = ("D", 5.0) if row.reading in _COLOURS else ("s", 4.6) if row.interval is not None else ("o", 5.0)
        sheet.mark(x, y, shape, size=size, colour=colour, hollow=row.interval is None)
    else:
        sheet.mark(
            left + 2 if x < left else right - 2,
            y,
            "<" if x < left else ">",
            size=6,
            colour=colour,
            hollow=row.interval is None,
        )
    sheet.text(0, y, row.label, room=_LABELS)
    sheet.text(_TOLD + 5, y, SIGNS[row.reading], colour=colour, size=SMALL, align="center")
    beside = f"({_interval(row, say)})" if row.interval is not None else _interval(row, say)
    n = row.n or "–"
    room = WIDTH - _TOLD - 14 - 8 - min(lettering.width(lettering.clean(n), SMALL), 44)
    sheet.text(_TOLD + 14, y, f"{lettering.signed(row.estimate, say)}  {beside}", size=SMALL, colour=colour, room=room)
    sheet.text(WIDTH, y, n, size=SMALL, colour=SOFT, align="right", room=44)


def _one_way(rows: Sequence[Delta]) -> bool:
    """Whether all rows have the same worse side."""
    return rows[0].higher_is_better is not None and len({row.higher_is_better for row in rows}) == 1


def _foot(sheet: Sheet, drawn: Panel, rows: Sequence[Delta], y: float, say: Callable[[str], str]) -> None:
    """Which side is worse, in words: at its side where it is the same for all rows."""
    if _one_way(rows):
        left, right = (WORSE, BETTER) if rows[0].higher_is_better else (BETTER, WORSE)
        sheet.text(drawn.x(0) - 5, y, f"← {_word(left, say)}", size=SMALL, colour=SOFT, align="right")
        sheet.text(drawn.x(0) + 5, y, f"{_word(right, say)} →", size=SMALL, colour=SOFT)
        y += 14
    sheet.row(
        0,
        y,
        [
            f"{sign} {_word(reading, say)}"
            for reading, sign in SIGNS.items()
            if any(row.reading == reading for row in rows)
        ],
        colour=SOFT,
    )
