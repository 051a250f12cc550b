"""The sheet that is drawn on, and the colours and patterns of the house.

A sheet is measured in pixels, from its upper left corner. What is drawn later lies above. Texts stand on one line each, with the anchor
they are aligned by, so that a page may set them in another face and they still stand where they should.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.reports.charts import lettering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH = 620
"""Pixels across: the width of a page between its margins, at the size of its small print."""
SMALL, PLAIN, LARGE = 8.0, 8.8, 15.0
"""Sizes of text, in pixels."""

INK, SOFT, RULE, FAINT, PAPER, WASH = "#1c2430", "#566072", "#c5cbd5", "#e3e6eb", "#ffffff", "#f5f6f8"
ACCENT, AMBER, BAD_LINE, GOOD_LINE, GAP_LINE = "#1f3d5c", "#8a5200", "#a3212b", "#1d6a45", "#5a4a86"
BAD_WASH, GOOD_WASH = "#f9e9ea", "#e8f2ec"
FILLS = {
    "good": ("#3f8f66", ""), "warn": ("#cf9a45", "////"), "bad": ("#bf4a52", "xxxx"), "gap": ("#a79bc9", "||||"),
    "note": ("#6d9cc4", "\\\\\\\\"), "mute": ("#c9ced6", "----"),
}  # fmt: skip
"""Colour and pattern of each tone, as in the style of the page. No two share a pattern."""
SECOND = {"good": "//", "warn": "//", "bad": "xx", "gap": "||", "note": "\\\\", "mute": "--"}
"""The pattern of a second standing of the same tone in one chart."""
_ON_PALE = {"mute": "#8b95a3"}
"""The colour of a pattern where white would not be seen; it is white for the other tones."""
SOLID, DASHED, DOTTED = (), (4.0, 2.5), (1.0, 2.0)
"""How a line is broken: pixels that are drawn and left out, in turn."""

_ABOVE_BASELINE = 0.36
"""From the middle of a line of text down to its base line, as a share of its size: half the height of a capital letter."""


@dataclass
class Sheet:
    """What is drawn on: `WIDTH` by `height` pixels. `figure` and `axes` are matplotlib's."""

    figure: Any
    axes: Any
    height: float
    _layer: float = 2.0

    def _above(self) -> float:
        self._layer += 0.001
        return self._layer

    def _add(self, artist: Any) -> None:
        """Add what is drawn, above the rest. It needs no limits reckoned and no clipping, which are most of what adding costs."""
        artist.set(zorder=self._above(), clip_on=False)
        self.axes.add_artist(artist)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = PLAIN,
        colour: str = INK,
        align: str = "left",
        bold: bool = False,
        room: float | None = None,
        turned: bool = False,
    ) -> None:
        """One line of text, its middle at `y`; cut where it is wider than `room` pixels. `turned` runs upwards and is centred on both.

        What a page may have to spell out, because no font of its has it, begins at the left of its room and ends at the right of it.
        """
        shown = lettering.clean(text) if room is None else lettering.fit(text, size, room, bold=bold)
        strange = room is not None and lettering.foreign(shown)
        if strange and room is not None and not turned:
            x -= {"left": 0.0, "center": room / 2, "right": room}[align]
            align = "left"
        down = _ABOVE_BASELINE * size
        artist: Any = self.axes.text(
            *((x + down, y) if turned else (x, y + down)),
            shown or "–",
            fontsize=size,
            color=colour,
            ha=align,
            va="baseline",
            fontweight="bold" if bold else "normal",
            rotation=90 if turned else 0,
            rotation_mode="anchor",
            parse_math=False,
            clip_on=False,
            zorder=self._above(),
        )
        if strange and room is not None:
            from matplotlib.transforms import Bbox

            wide, tall = (size * 1.6, room) if turned else (room, size * 1.6)
            left = x - wide / 2 if turned else x
            artist.set(clip_on=True, clip_box=Bbox.from_bounds(left, self.height - y - tall / 2, wide, tall))

    def lines(self, x: float, y: float, texts: Sequence[str], *, leading: float = 10.5, **more: Any) -> None:
        """Several lines of text, the middle of all of them at `y`."""
        for place, text in enumerate(texts):
            self.text(x, y + (place - (len(texts) - 1) / 2) * leading, text, **more)

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        tall: float,
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 0.9,
        broken: tuple[float, ...] = SOLID,
        hatch: str = "",
        ink: str = PAPER,
        rounded: float = 0,
    ) -> None:
        """A box from its upper left corner. `hatch` is a pattern of matplotlib, drawn in `ink`."""
        from matplotlib.patches import FancyBboxPatch, Rectangle

        given: dict[str, Any] = {
            "facecolor": fill,
            "edgecolor": edge,
            "linewidth": line if edge != "none" else 0,
            "linestyle": (0, broken) if broken else "-",
            "hatch": hatch or None,
            "hatchcolor": ink,
        }
        if rounded:
            self._add(FancyBboxPatch((x, y), wide, tall, boxstyle=f"round,pad=0,rounding_size={rounded}", **given))
        else:
            self._add(Rectangle((x, y), wide, tall, **given))

    def tone(self, x: float, y: float, wide: float, tall: float, tone: str, *, second: bool = False) -> None:
        """A box in the colour and the pattern of a tone, or in its other pattern."""
        colour, pattern = FILLS[tone]
        self.box(
            x, y, wide, tall, fill=colour, hatch=SECOND[tone] if second else pattern, ink=_ON_PALE.get(tone, PAPER)
        )

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = SOFT,
        line: float = 1.0,
        broken: tuple[float, ...] = SOLID,
    ) -> None:
        """A line through points."""
        from matplotlib.lines import Line2D

        self._add(
            Line2D(
                [x for x, _ in points],
                [y for _, y in points],
                color=colour,
                linewidth=line,
                linestyle=(0, broken) if broken else "-",
                solid_capstyle="butt",
                dash_capstyle="butt",
            )
        )

    def curve(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = SOFT,
        line: float = 1.0,
        broken: tuple[float, ...] = SOLID,
    ) -> None:
        """A line through points that leaves and enters each of them level."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        codes, places = [Path.MOVETO], [points[0]]
        for (x, y), (to_x, to_y) in itertools.pairwise(points):
            middle = (x + to_x) / 2
            codes += [Path.CURVE4] * 3
            places += [(middle, y), (middle, to_y), (to_x, to_y)]
        style = (0, broken) if broken else "-"
        self._add(
            PathPatch(
                Path(places, codes),
                facecolor="none",
                edgecolor=colour,
                linewidth=line,
                linestyle=style,
                capstyle="butt",
            )
        )

    def mark(self, x: float, y: float, shape: str, *, size: float = 5, colour: str = INK, hollow: bool = False) -> None:
        """A mark, by matplotlib's letter for its shape."""
        from matplotlib.lines import Line2D

        inside = PAPER if hollow else colour
        self._add(
            Line2D(
                [x],
                [y],
                marker=shape,
                markersize=size,
                markerfacecolor=inside,
                markeredgecolor=colour,
                markeredgewidth=1.1,
                linestyle="none",
            )
        )

    def row(self, x: float, y: float, texts: Sequence[str], *, gap: float = 14, **more: Any) -> None:
        """Small texts one after another on a line, as many as there is room for."""
        for text in texts:
            self.text(x, y, text, size=SMALL, room=max(WIDTH - x, 10), **more)
            x += lettering.width(lettering.brief(text), SMALL) + gap

    def key(self, y: float, entries: Sequence[Entry]) -> None:
        """What each tone stands for, on as many rows as `rows_of_key` says."""
        for x, row, entry in _placed(entries):
            self.tone(x, y + row * 13 - 4.5, 13, 9, entry.tone, second=entry.second)
            self.text(x + 17, y + row * 13, entry.words, size=SMALL, colour=SOFT, room=WIDTH - x - 17)


@dataclass(frozen=True)
class Entry:
    """An entry of a key: a tone, the words it stands for, and whether it has the tone's other pattern."""

    tone: str
    words: str
    second: bool = False


def entries(tones: Sequence[tuple[str, str]]) -> list[Entry]:
    """Entries for pairs of a tone and its words. The second of a tone, and any after it, have its other pattern."""
    seen: set[str] = set()
    made = []
    for tone, words in tones:
        made.append(Entry(tone, words, tone in seen))
        seen.add(tone)
    return made


def _placed(held: Sequence[Entry]) -> Iterator[tuple[float, int, Entry]]:
    x, row = 0.0, 0
    for entry in held:
        wide = 17 + lettering.width(lettering.brief(entry.words), SMALL) + 14
        if x and x + wide - 14 > WIDTH:
            x, row = 0.0, row + 1
        yield x, row, entry
        x += wide


def rows_of_key(held: Sequence[Entry]) -> int:
    """How many rows `Sheet.key` takes, 13 pixels each. One where matplotlib, which knows how wide a letter is, is not installed."""
    try:
        return max((row for _, row, _ in _placed(held)), default=0) + 1
    except ImportError:
        return 1
