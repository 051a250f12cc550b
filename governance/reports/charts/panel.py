"""A panel: a part of a sheet with scales, a quiet grid and few ticks, and the names of lines at their ends instead of a legend."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.reports.charts import lettering
from governance.reports.charts.sheet import PLAIN, SMALL, SOFT, SOLID, WIDTH, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_POWERS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Panel:
    """A part of a sheet, in pixels, and the least and greatest value at its edges. `axes` is matplotlib's."""

    sheet: Sheet
    axes: Any
    left: float
    top: float
    wide: float
    tall: float
    across: tuple[float, float]
    up: tuple[float, float]

    def x(self, value: float) -> float:
        """Where a value stands across the sheet, in pixels."""
        return self.left + self.wide * (value - self.across[0]) / (self.across[1] - self.across[0])

    def y(self, value: float) -> float:
        """Where a value stands down the sheet, in pixels."""
        return self.top + self.tall * (self.up[1] - value) / (self.up[1] - self.up[0])

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str,
        line: float = 1.5,
        broken: tuple[float, ...] = SOLID,
        rings: bool = False,
    ) -> None:
        """A line through points given in values; `rings` marks each of them."""
        self.axes.plot(
            [x for x, _ in points],
            [y for _, y in points],
            color=colour,
            linewidth=line,
            linestyle=(0, broken) if broken else "-",
            marker="o" if rings else "",
            markersize=4,
            markerfacecolor="#ffffff",
            markeredgecolor=colour,
            clip_on=False,
        )

    def names(self, ends: Sequence[tuple[float, str, str]]) -> None:
        """Names of lines beside the panel, `(value, colour, words)`, each at the value its line ends with, or as near as others let it."""
        x = self.left + self.wide + 7
        wanted = [self.y(value) for value, _, _ in ends]
        for y, (_, colour, words) in zip(apart(wanted, 10.5, self.top, self.top + self.tall), ends, strict=True):
            self.sheet.text(x, y, lettering.fit_middle(words, PLAIN, WIDTH - x), colour=colour, room=WIDTH - x)


def panel(
    sheet: Sheet,
    left: float,
    top: float,
    wide: float,
    tall: float,
    *,
    across: tuple[float, float],
    up: tuple[float, float],
    say: Callable[[str], str],
    title: str = "",
    foot: str = "",
    columns: Sequence[tuple[float, str]] | None = None,
    x_ticks: bool = True,
    y_ticks: int = 4,
    whole: bool = False,
) -> Panel:
    """A panel with ticks. `title` stands at its left, turned, and `foot` below; `columns` are ticks across with words of their own.

    `whole` keeps to whole numbers across, such as steps. Where numbers are very small or large, a power of ten stands with the title
    instead of in each of them.
    """
    axes = sheet.figure.add_axes(
        (left / WIDTH, 1 - (top + tall) / sheet.height, wide / WIDTH, tall / sheet.height), zorder=1
    )
    axes.patch.set_visible(False)
    axes.set_xlim(*across)
    axes.set_ylim(*up)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.tick_params(axis="x", length=2.5 if x_ticks else 0)
    places, words, power = scale(up, y_ticks, say)
    axes.set_yticks(places, words)
    axes.grid(axis="y")
    below, beside = scale(across, max(2, int(wide / 55)), say, whole=whole), f"{title}, {power}" if power else title
    if columns is not None:
        below = ([value for value, _ in columns], [text for _, text in columns], "")
    axes.set_xticks(below[0], below[1] if x_ticks else [""] * len(below[0]))
    if beside:
        sheet.text(
            left - 38,
            top + tall / 2,
            beside,
            size=SMALL,
            colour=SOFT,
            align="center",
            room=max(tall + 26, 60),
            turned=True,
        )
    if foot:
        shown = f"{foot}, {below[2]}" if below[2] else foot
        sheet.text(left + wide / 2, top + tall + 22, shown, size=SMALL, colour=SOFT, align="center", room=wide + 40)
    return Panel(sheet, axes, left, top, wide, tall, axes.get_xlim(), axes.get_ylim())


def scale(
    ends: tuple[float, float], most: int, say: Callable[[str], str], *, whole: bool = False
) -> tuple[list[float], list[str], str]:
    """Round values between two ends, at most about so many, as numbers and in words, and the power of ten that the words leave out."""
    from matplotlib.ticker import MaxNLocator

    low, high = ends
    slack = (high - low) * 1e-9
    found = [
        float(value)
        for value in MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low, high)
    ]
    places = [0.0 if abs(value) < slack else value for value in found if low - slack <= value <= high + slack]
    step = min((b - a for a, b in itertools.pairwise(places)), default=high - low)
    largest = max((abs(value) for value in places), default=0.0)
    exponent = math.floor(math.log10(largest)) if largest else 0
    shift = exponent if largest and (largest >= 1e6 or largest < 1e-3) else 0
    step /= 10.0**shift
    digits = next((n for n in range(9) if abs(round(step, n) - step) <= step * 1e-6), 9)
    words = [say(f"{value / 10.0**shift:,.{digits}f}".replace("-", "−")) for value in places]
    return places, words, f"× 10{str(shift).translate(_POWERS)}" if shift else ""


def span(values: Sequence[float], *, share: float = 0.06, least: float | None = None) -> tuple[float, float]:
    """The ends of a scale that holds these values with a little room; `least` is an end that needs none, such as nought."""
    low, high = min(values), max(values)
    largest = max(abs(low), abs(high))
    room = (high - low) * share if high - low > largest * 1e-9 else largest * 0.1 or 1.0
    return (low - room if least is None else min(least, low)), high + room


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near to those wanted as can be, in their order, no two nearer to each other than `gap`, within the ends where they fit."""
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    found: list[float] = []
    for place in order:
        found.append(max(wanted[place], found[-1] + gap) if found else max(wanted[place], low))
    limit = max(high, low + gap * (len(found) - 1))
    for place in range(len(found) - 1, -1, -1):
        found[place] = min(found[place], limit)
        limit = found[place] - gap
    return [value for _, value in sorted(zip(order, found, strict=True))]
