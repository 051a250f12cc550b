"""Lettering: words made fit for a picture, cut and wrapped to their room, and numbers in words.

The room is reckoned with DejaVu Sans, the widest of the faces that a page may be read with, so that a text that fits here fits with the
others. Its file comes with matplotlib, so that the reckoning is the same on each machine. A character that the face lacks counts as a
whole square.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from governance.parsing.showing import visible
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 120
"""Characters of a text in a picture, however narrow they are: marks that stack over a letter take no width."""
LARGEST = 1e100
"""The largest number that is drawn: differences and squares of such numbers are still numbers."""
TOLD = 80
"""Characters of a name in a sentence."""

_BREAKS = re.compile(r"[^/\-_.:]*[/\-_.:]+|[^/\-_.:]+")
_NO_CHARACTERS = frozenset(range(0xFDD0, 0xFDF0)) | {
    plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)
}


def clean(text: str) -> str:
    """The text on one line, with what is hidden, turns the line round, or may not stand in XML written out as `[U+202E]`."""
    shown = visible(text)
    if not shown.isascii():
        shown = "".join(f"[U+{ord(each):04X}]" if ord(each) in _NO_CHARACTERS else each for each in shown)
    return " ".join(shown.split())


def foreign(text: str) -> bool:
    """Whether a page may write some of it otherwise than it was reckoned here: spelled out where no font has it, or with loose marks."""
    return not text.isascii() and any(
        unicodedata.category(each) in ("Mn", "Me") or not _face(False).get_char_index(ord(each)) for each in text
    )


def brief(text: str, most: int = TOLD) -> str:
    """A name for a sentence, cut with an ellipsis after so many characters."""
    shown = clean(text)
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def number(value: float, say: Callable[[str], str], digits: int = 3) -> str:
    """A number as `figures.number` writes it, in the language of the page."""
    return say(figures.number(value, digits)[0])


def signed(value: float, say: Callable[[str], str], digits: int = 3) -> str:
    """As `number`, with a plus sign where it is above nought."""
    return say(figures.signed(value, digits)[0])


def count(value: int, say: Callable[[str], str]) -> str:
    """A whole number."""
    return say(f"{value:,}")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in pixels, at a size in pixels."""
    return size * sum(_advance(character, bold) for character in text)


def fit(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text made clean, and cut with an ellipsis where it is wider than its room in pixels."""
    shown = brief(text, MOST)
    if width(shown, size, bold=bold) <= room:
        return shown
    kept, left = "", room - width("…", size, bold=bold)
    for character in shown:
        left -= size * _advance(character, bold)
        if left < 0:
            break
        kept += character
    return kept.rstrip("… ") + "…"


def fit_middle(text: str, size: float, room: float) -> str:
    """As `fit`, cut in the middle: what tells names of a row of machines apart stands at their ends."""
    shown = brief(text, MOST)
    if width(shown, size) <= room:
        return shown
    begin = fit(shown, size, room * 0.5)
    end = fit(shown[::-1], size, room - width(begin, size) + width("…", size))
    return begin + end.removesuffix("…")[::-1].lstrip()


def wrap(text: str, size: float, room: float, most: int, *, bold: bool = False) -> list[str]:
    """The text in at most so many lines of a width in pixels; the last one is cut where more would follow."""
    lines, line = [], ""
    for place, (gap, piece) in enumerate(_pieces(brief(text, MOST * 2), size, room, bold)):
        longer = line + gap + piece if line else piece
        if not place or width(longer, size, bold=bold) <= room:
            line = longer
        else:
            lines.append((line, gap))
            line = piece
    lines.append((line, ""))
    if len(lines) <= most:
        return [line for line, _ in lines]
    rest = "".join(line + gap for line, gap in lines[most - 1 :])
    return [line for line, _ in lines[: most - 1]] + [_cut(rest, size, room, bold)]


def _cut(text: str, size: float, room: float, bold: bool) -> str:
    made = fit(text, size, room, bold=bold)
    return made if made.endswith("…") else made + "…"


def _pieces(text: str, size: float, room: float, bold: bool) -> list[tuple[str, str]]:
    """What a line may be broken between: (what stands before it, the piece). Words, parts of names, and what is longer than a line."""
    found: list[tuple[str, str]] = []
    for word in text.split(" "):
        gap = " "
        for piece in _BREAKS.findall(word):
            whole = piece
            while width(whole, size, bold=bold) > room and len(whole) > 1:
                most = next(
                    n
                    for n in range(1, len(whole) + 1)
                    if n == len(whole) or width(whole[: n + 1], size, bold=bold) > room
                )
                found.append((gap, whole[:most]))
                whole, gap = whole[most:], ""
            if whole:
                found.append((gap, whole))
            gap = ""
    return found


@lru_cache(maxsize=4096)
def _advance(character: str, bold: bool) -> float:
    """The width of a character as a share of its size."""
    font = _face(bold)
    glyph = font.get_char_index(ord(character))
    if glyph:
        from matplotlib.ft2font import LoadFlags

        return float(font.load_glyph(glyph, flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100
    return 0.0 if unicodedata.category(character) in ("Mn", "Me") else 1.0


@lru_cache(maxsize=2)
def _face(bold: bool) -> Any:
    import matplotlib
    from matplotlib.ft2font import FT2Font

    font = FT2Font(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf")
    font.set_size(100, 72)
    return font


def drawable(value: object) -> float | None:
    """A number that has a place on a scale: finite, and not beyond 10¹⁰⁰; None for anything else."""
    held = figures.finite(value)
    return float(held) if held is not None and abs(held) <= LARGEST else None
