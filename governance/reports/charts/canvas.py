"""The one place that starts matplotlib and ends it: what a chart is, and how a sheet becomes an SVG.

Settings of matplotlib are those of the whole process: for the moment of drawing they are ours, whatever a user has in a file of his own,
and afterwards they are as they were. So charts are drawn by one thread at a time.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from governance.reports.charts import inline, lettering
from governance.reports.charts.sheet import FAINT, INK, PAPER, RULE, SMALL, SOFT, WIDTH, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": SMALL,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.pad": 3,
    "ytick.major.pad": 4,
    "hatch.linewidth": 0.8,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "path.simplify": False,
}
_KEPT = 32
"""Charts that are kept, the latest."""
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Chart:
    """A picture with everything it says.

    `svg`: the picture as an SVG element, empty where matplotlib is not installed; `alt`: what a person would see, in words.
    `headers`, `rows`: the table behind it; `caption`: what it shows; `note`: what was left out of the picture, or empty.
    `spoken`: the words of ours in it, in English.
    """

    svg: str
    alt: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    note: str = ""
    spoken: tuple[str, ...] = ()


_Drawing = TypeVar("_Drawing", bound="Callable[..., Chart | None]")


def draw(paint: Callable[[Sheet], None], *, id: str, alt: str, height: float) -> str:
    """The SVG that `paint` makes on a sheet of `WIDTH` by `height` pixels; empty where matplotlib is not installed.

    `id` begins each id in it, and is letters, digits, hyphens and low lines; raises `ValueError` for another.
    """
    if not _ID.fullmatch(id):
        raise ValueError(f"{id!r} can not begin an id of a picture")
    with _quiet():
        try:
            import matplotlib
            from matplotlib.backends.backend_svg import FigureCanvasSVG
            from matplotlib.figure import Figure
        except ImportError:
            return ""
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            settings: Any = matplotlib.rcParams
            settings.update(_SETTINGS | {"svg.hashsalt": id})
            figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=PAPER)
            canvas: Any = FigureCanvasSVG(figure)
            axes = figure.add_axes((0, 0, 1, 1), zorder=2)
            axes.set_axis_off()
            axes.set_xlim(0, WIDTH)
            axes.set_ylim(height, 0)
            paint(Sheet(figure, axes, height))
            out = io.StringIO()
            canvas.print_svg(out, metadata={"Date": None})
    return inline.element(out.getvalue(), id=id, alt=lettering.clean(alt), width=WIDTH, height=height)


@contextmanager
def _quiet() -> Iterator[None]:
    """No word about letters that a font lacks, which a page finds elsewhere, nor of a cache of fonts; then all is as it was."""
    logger = logging.getLogger("matplotlib")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _heard(chart: _Drawing, data: Any, id: str, say: Callable[[str], str]) -> Chart | None:
    """The chart with the words that it asked for."""
    words: dict[str, None] = {}

    def heard(text: str) -> str:
        words[text] = None
        return say(text)

    made = chart(data, id=id, say=heard)
    return None if made is None else replace(made, spoken=tuple(words))


def kept(chart: _Drawing) -> _Drawing:
    """Draw the same value once: two documents of a case hold one heat map, and a pack is rendered again to be verified."""
    held: dict[Any, Chart | None] = {}

    @wraps(chart)
    def drawn(data: Any, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
        key = data, id, getattr(say, "__self__", say), sys.modules.get("matplotlib", sys) is None
        try:
            if key not in held:
                while len(held) >= _KEPT:
                    del held[next(iter(held))]
                held[key] = _heard(chart, data, id, say)
        except TypeError:  # a value with lists in it has no hash
            return _heard(chart, data, id, say)
        return held[key]

    return cast("_Drawing", drawn)
