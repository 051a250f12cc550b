"""Coverage bars: how many controls or requirements of each area came to which standing, with the denominator beside each bar.

Each bar is a whole, and the number beside it says of how many: no percentage is printed, since it would hide which part is missing. A part
that is too thin to hold its number has it beside the bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.reports.atoms import words
from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw, kept
from governance.reports.charts.sheet import INK, PAPER, RULE, SMALL, SOFT, WIDTH, Entry, Sheet, entries, rows_of_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST = 30
"""Bars that are drawn; the table has all of them."""
_LABELS, _LEFT, _WIDE, _ROW = 178, 188, 292, 18


@dataclass(frozen=True)
class Part:
    """A part of a bar: the standing's `word`, its `icon`, its `tone` (as in the style of the page), and how many."""

    word: str
    icon: str
    tone: str
    number: int


@dataclass(frozen=True)
class Area:
    """A bar: its `title` and its parts in the order of print; they sum to the area's total."""

    title: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """The denominator."""
        return sum(part.number for part in self.parts)


@dataclass(frozen=True)
class BarsData:
    """The areas in the order of print, and what is counted, as `controls`."""

    unit: str
    areas: tuple[Area, ...]


@kept
def bars(data: BarsData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """The bars; None where nothing is counted. An area in which nothing is counted keeps its place, and says so."""
    if not any(area.total > 0 for area in data.areas):
        return None
    drawn = data.areas[:MOST]
    parts = dict.fromkeys((part.word, part.icon, part.tone) for area in data.areas for part in area.parts)
    kinds = [kind for kind in sorted(parts, key=_order) if any(_number(area, kind[0]) for area in data.areas)]
    key = entries([(tone, f"{icon} {say(word)}") for word, icon, tone in kinds])
    seconds = {word for (word, _, _), entry in zip(kinds, key, strict=True) if entry.second}
    alt = _told(data, kinds, say)
    top = 8 + 13 * rows_of_key(key)
    return Chart(
        svg=draw(
            lambda sheet: _paint(sheet, drawn, key, seconds, top, say),
            id=id,
            alt=alt,
            height=top + _ROW * len(drawn) + 4,
        ),
        alt=alt,
        headers=(say("Area"), say("Total"), *(say(word) for word, _, _ in kinds)),
        rows=tuple(
            (
                area.title,
                lettering.count(area.total, say),
                *(lettering.count(_number(area, word), say) for word, _, _ in kinds),
            )
            for area in data.areas
        ),
        caption=say("%(unit)s by area and standing. Each bar is a whole; the number at its end says of how many.")
        % {"unit": _begun(say(data.unit))},
        note=say("%(n)s of %(total)s areas are drawn; the table has all.")
        % {"n": MOST, "total": lettering.count(len(data.areas), say)}
        if len(drawn) < len(data.areas)
        else "",
    )


def _order(kind: tuple[str, str, str]) -> int:
    """Standings stand in the key in the order in which documents count them; other words after them, as they came."""
    known = [status.word for status in words.STANDINGS.values()]
    return known.index(kind[0]) if kind[0] in known else len(known)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(area: Area, word: str) -> int:
    return sum(part.number for part in area.parts if part.word == word)


def _told(data: BarsData, kinds: Sequence[tuple[str, str, str]], say: Callable[[str], str]) -> str:
    total = sum(area.total for area in data.areas)
    told = say("Bars of %(unit)s by area and standing. Areas: %(n)s. In all: %(total)s, of which %(parts)s.") % {
        "unit": say(data.unit),
        "n": lettering.count(len(data.areas), say),
        "total": lettering.count(total, say),
        "parts": ", ".join(
            f"{say(word)} {lettering.count(sum(_number(a, word) for a in data.areas), say)}" for word, _, _ in kinds
        ),
    }
    first = next((word for word, _, tone in kinds if tone == "good"), None)
    if first is None:
        return told
    worst = min((area for area in data.areas if area.total), key=lambda area: _number(area, first) / area.total)
    return f"{told} " + say("Least %(word)s: %(area)s, %(n)s of %(total)s.") % {
        "word": say(first),
        "area": lettering.brief(worst.title),
        "n": lettering.count(_number(worst, first), say),
        "total": lettering.count(worst.total, say),
    }


def _paint(
    sheet: Sheet, areas: Sequence[Area], key: Sequence[Entry], seconds: set[str], top: float, say: Callable[[str], str]
) -> None:
    sheet.key(8, key)
    for place, area in enumerate(areas):
        y = top + _ROW * (place + 0.5)
        sheet.text(0, y, area.title, room=_LABELS)
        beside = _bar(sheet, area, y, seconds, say)
        total = lettering.count(area.total, say)
        sheet.text(_LEFT + _WIDE + 8, y, total, bold=True)
        x = _LEFT + _WIDE + 16 + max(lettering.width(total, 8.8, bold=True), 18)
        told = "  ".join(beside) if area.total else say("nothing counted")
        if told:
            sheet.text(x, y, told, size=SMALL, colour=SOFT, room=WIDTH - x)


def _bar(sheet: Sheet, area: Area, y: float, seconds: set[str], say: Callable[[str], str]) -> list[str]:
    """Draw the parts; the numbers that found no room inside, with their signs."""
    beside, left = [], float(_LEFT)
    for part in area.parts:
        if part.number <= 0:
            continue
        wide = _WIDE * part.number / area.total
        sheet.tone(left, y - 6.5, wide, 13, part.tone, second=part.word in seconds)
        sheet.line([(left + wide, y - 6.5), (left + wide, y + 6.5)], colour=PAPER, line=1.2)
        number = lettering.count(part.number, say)
        offers = ((f"{part.icon} {number}", 9), (f"{part.icon}{number}", 5), (number, 5))
        told = next((text for text, room in offers if lettering.width(text, SMALL) + room <= wide), "")
        if told:
            room = lettering.width(told, SMALL) + 4
            sheet.box(left + wide / 2 - room / 2 - 0.5, y - 5, room, 10, fill=PAPER, rounded=2)
            sheet.text(left + wide / 2 - 0.5, y, told, size=SMALL, colour=INK, align="center")
        else:
            beside.append(f"{part.icon} {number}")
        left += wide
    if not area.total:
        sheet.box(_LEFT, y - 6, _WIDE, 12, edge=RULE, broken=(1.0, 2.0))
    return beside
