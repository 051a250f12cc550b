"""The risk heat map: how many risks stand at each likelihood and impact, before and after controls.

The large number counts the risks of a cell; few of them are named as well. The level of a cell is told by a letter and a pattern beside its
colour, and the heavy line parts what the owner carries from what he does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.domain.risk import Level
from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw, kept
from governance.reports.charts.sheet import FAINT, INK, LARGE, PAPER, SMALL, SOFT, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LEVELS = {
    Level.LOW: ("#e8f2ec", "", "#b9d8c6"),
    Level.MEDIUM: ("#e7eff6", "---", "#b9d2e6"),
    Level.HIGH: ("#faf0e1", "///", "#e6c48f"),
    Level.CRITICAL: ("#f9e9ea", "xxx", "#dfa3a8"),
}
"""Colour, pattern and colour of the pattern of each level. They are pale, since letters and numbers stand upon them."""

_CELL, _TALL, _TOP, _LEFTS = 50, 44, 22, (42, 362)
_HEIGHT = _TOP + 5 * _TALL + 54
_NAMED = 2


@dataclass(frozen=True)
class Placed:
    """A risk on the map: its `key` in the register, its `title`, likelihood and impact from 1 to 5, before and after controls."""

    key: str
    title: str
    inherent: tuple[int, int]
    residual: tuple[int, int]


@dataclass(frozen=True)
class HeatData:
    """The risks, and the greatest score (1 to 25) that the system's owner carries, or None."""

    risks: tuple[Placed, ...]
    appetite: int | None = None


@kept
def heat(data: HeatData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """Two maps side by side; None without a risk. A rating off the scale is in the table only, and the note counts it."""
    held = [risk for risk in data.risks if _on_scale(risk.inherent) and _on_scale(risk.residual)]
    if not held:
        return None
    letters = _letters(say)

    def paint(sheet: Sheet) -> None:
        for left, title, placed in (
            (_LEFTS[0], say("Inherent, before any control"), [(risk.key, risk.inherent) for risk in held]),
            (_LEFTS[1], say("Residual, after met controls"), [(risk.key, risk.residual) for risk in held]),
        ):
            _map(sheet, left, title, placed, data.appetite, letters, say)
        _key(sheet, data.appetite, letters, say)

    alt = _told(held, data.appetite, say)
    lost = len(data.risks) - len(held)
    return Chart(
        svg=draw(paint, id=id, alt=alt, height=_HEIGHT),
        alt=alt,
        headers=(say("No."), say("Risk"), say("Inherent"), say("Residual"), say("Level")),
        rows=tuple(
            (risk.key, risk.title, _at(risk.inherent), _at(risk.residual), _level(risk.residual, say))
            for risk in data.risks
        ),
        caption=say(
            "Risks by likelihood and impact. The large number counts the risks of a cell; letter and pattern tell its level."
        ),
        note=say("Ratings off the scale of 1 to 5, and so not drawn: %(n)s.") % {"n": lettering.count(lost, say)}
        if lost
        else "",
    )


def _told(risks: Sequence[Placed], appetite: int | None, say: Callable[[str], str]) -> str:
    worst = max(risks, key=lambda risk: risk.residual[0] * risk.residual[1])
    scores = [risk.residual[0] * risk.residual[1] for risk in risks]
    told = say(
        "Two risk heat maps, likelihood by impact. Risks: %(n)s. Highest residual score %(score)s of 25: %(key)s %(title)s."
    ) % {
        "n": lettering.count(len(risks), say),
        "score": max(scores),
        "key": lettering.brief(worst.key),
        "title": lettering.brief(worst.title),
    }
    if appetite is None:
        return f"{told} {say('No appetite is stated.')}"
    above = lettering.count(sum(score > appetite for score in scores), say)
    return f"{told} " + say("Above the appetite of %(appetite)s after controls: %(n)s.") % {
        "appetite": appetite,
        "n": above,
    }


def _on_scale(place: tuple[int, int]) -> bool:
    return all(isinstance(value, int) and 1 <= value <= 5 for value in place)


def _at(place: tuple[int, int]) -> str:
    return f"{place[0]} × {place[1]} = {place[0] * place[1]}"


def _level(place: tuple[int, int], say: Callable[[str], str]) -> str:
    return say(Level.of(place[0] * place[1]).value) if _on_scale(place) else say("off the scale")


def _letters(say: Callable[[str], str]) -> Mapping[Level, str]:
    """The first letter of each level's name, or as many as tell the four apart."""
    names = {level: say(level.value).upper() for level in Level}
    most = next((n for n in (1, 2, 3) if len({name[:n] for name in names.values()}) == len(names)), 4)
    return {level: name[:most] for level, name in names.items()}


def _map(
    sheet: Sheet,
    left: float,
    title: str,
    placed: Sequence[tuple[str, tuple[int, int]]],
    appetite: int | None,
    letters: Mapping[Level, str],
    say: Callable[[str], str],
) -> None:
    cells: dict[tuple[int, int], list[str]] = {}
    for key, place in placed:
        cells.setdefault(place, []).append(key)
    sheet.text(left, 10, title, bold=True, room=5 * _CELL)
    for likelihood in range(1, 6):
        for impact in range(1, 6):
            x, y = left + (impact - 1) * _CELL, _TOP + (5 - likelihood) * _TALL
            level = Level.of(likelihood * impact)
            colour, pattern, ink = LEVELS[level]
            sheet.box(x, y, _CELL, _TALL, fill=colour, edge=PAPER, line=2, hatch=pattern, ink=ink)
            _cell(sheet, x, y, cells.get((likelihood, impact), []), f"{letters[level]} {likelihood * impact}", say)
        sheet.text(
            left + (likelihood - 0.5) * _CELL,
            _TOP + 5 * _TALL + 9,
            str(likelihood),
            size=SMALL,
            colour=SOFT,
            align="center",
        )
        sheet.text(left - 6, _TOP + (5.5 - likelihood) * _TALL, str(likelihood), size=SMALL, colour=SOFT, align="right")
    sheet.text(
        left + 2.5 * _CELL,
        _TOP + 5 * _TALL + 22,
        say("Impact"),
        size=SMALL,
        colour=SOFT,
        align="center",
        room=5 * _CELL,
    )
    sheet.text(
        left - 24,
        _TOP + 2.5 * _TALL,
        say("Likelihood"),
        size=SMALL,
        colour=SOFT,
        align="center",
        room=5 * _TALL,
        turned=True,
    )
    if appetite is not None:
        for edge in _boundary(left, appetite):
            sheet.line(edge, colour=PAPER, line=4.5)
        for edge in _boundary(left, appetite):
            sheet.line(edge, colour=INK, line=2.2)


def _cell(sheet: Sheet, x: float, y: float, keys: list[str], score: str, say: Callable[[str], str]) -> None:
    wide = lettering.width(score, SMALL) + 4
    sheet.box(x + _CELL - wide - 2, y + _TALL - 13, wide, 11, fill=PAPER)
    sheet.text(x + _CELL - 4, y + _TALL - 7.5, score, size=SMALL, colour=SOFT, align="right")
    if not keys:
        return
    number = lettering.count(len(keys), say)
    wide = max(lettering.width(number, LARGE, bold=True) + 8, 20)
    sheet.box(x + _CELL / 2 - wide / 2, y + 12, wide, 19, fill=PAPER, edge=FAINT, line=0.6, rounded=3)
    sheet.text(x + _CELL / 2, y + 21.5, number, size=LARGE, bold=True, align="center")
    named = " ".join(lettering.clean(key) for key in keys)
    if len(keys) <= _NAMED and (room := lettering.width(named, SMALL)) <= _CELL - 6:
        sheet.box(x + 2, y + 1.5, room + 4, 10, fill=PAPER)
        sheet.text(x + 4, y + 6.5, named, size=SMALL)


def _boundary(left: float, appetite: int) -> list[list[tuple[float, float]]]:
    """The edges between what is carried and what is not, each as two points."""
    found = []
    for likelihood in range(1, 6):
        for impact in range(1, 6):
            inside = likelihood * impact <= appetite
            right, top = left + impact * _CELL, _TOP + (5 - likelihood) * _TALL
            if impact < 5 and inside != (likelihood * (impact + 1) <= appetite):
                found.append([(right, top - 1.1), (right, top + _TALL + 1.1)])
            if likelihood < 5 and inside != ((likelihood + 1) * impact <= appetite):
                found.append([(right - _CELL - 1.1, top), (right + 1.1, top)])
    return found


def _key(sheet: Sheet, appetite: int | None, letters: Mapping[Level, str], say: Callable[[str], str]) -> None:
    x, y = float(_LEFTS[0]), sheet.height - 9.0
    for level in Level:
        colour, pattern, ink = LEVELS[level]
        sheet.box(x, y - 6, 20, 12, fill=colour, edge=ink, line=0.8, hatch=pattern, ink=ink)
        words = f"{letters[level]}  {say(level.value)}"
        sheet.text(x + 25, y, words, size=SMALL, colour=SOFT)
        x += 25 + lettering.width(words, SMALL) + 16
    if appetite is None:
        sheet.text(x + 8, y, say("no appetite stated"), size=SMALL, colour=SOFT, room=610 - x)
        return
    sheet.line([(x + 4, y), (x + 26, y)], colour=INK, line=2.2)
    sheet.text(
        x + 31, y, say("appetite: a score of at most %(n)s") % {"n": appetite}, size=SMALL, colour=SOFT, room=585 - x
    )
