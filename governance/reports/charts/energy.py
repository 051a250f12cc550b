"""Energy: what each piece of work took, measured or estimated, with the uncertainty where somebody stated one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw, kept
from governance.reports.charts.panel import panel, span
from governance.reports.charts.sheet import INK, PAPER, SMALL, SOFT, WIDTH, Entry, Sheet, entries, rows_of_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST = 20
"""Bars that are drawn, the longest; the table has all of them."""
METHODS = {"measured": "good", "estimated": "warn", "declared": "note"}
"""The tone of each method; any other, and none, has that of `UNKNOWN`."""
UNKNOWN = "mute"
_LABELS, _LEFT, _WIDE, _TOLD, _ROW = 178, 188, 232, 430, 25


@dataclass(frozen=True)
class Work:
    """A piece of work: its `label`; `kwh`, kilowatt-hours; `method`: measured, estimated or declared, or empty; `tool`: with its version.

    `low`, `high`: kilowatt-hours between which it lies, or None where nobody said; `scope`: what the number covers (process, gpu, machine
    or facility), or empty.
    """

    label: str
    kwh: float
    method: str = ""
    tool: str = ""
    scope: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Kilowatt-hours between which it lies, the lower first; None where it has not two ends at or above nought."""
        low, high = lettering.drawable(self.low), lettering.drawable(self.high)
        return None if low is None or high is None or min(low, high) < 0 else (min(low, high), max(low, high))

    @property
    def tone(self) -> str:
        """The tone of its method."""
        return METHODS.get(self.method, UNKNOWN)


@kept
def energy(rows: tuple[Work, ...], *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """Bars of kilowatt-hours; None without a finite number at or above nought."""
    held = [row for row in rows if (kwh := lettering.drawable(row.kwh)) is not None and kwh >= 0]
    if not held:
        return None
    drawn = sorted(held, key=lambda row: -row.kwh)[:MOST]
    key = entries([(tone, words) for tone, words in _key(say).items() if any(row.tone == tone for row in drawn)])
    top = 10 + 13 * rows_of_key(key)
    alt = _told(held, say)
    notes = []
    if len(drawn) < len(held):
        notes.append(
            say("%(n)s of %(total)s pieces of work are drawn; the table has all.")
            % {"n": MOST, "total": lettering.count(len(held), say)}
        )
    if lost := len(rows) - len(held):
        notes.append(
            say("Pieces of work whose energy is no number at or above nought and is left out: %(n)s.")
            % {"n": lettering.count(lost, say)}
        )
    return Chart(
        svg=draw(
            lambda sheet: _paint(sheet, drawn, key, top, say), id=id, alt=alt, height=top + _ROW * len(drawn) + 36
        ),
        alt=alt,
        headers=(say("Work"), "kWh", say("Between"), say("Method"), say("Covers"), say("Tool")),
        rows=tuple(
            (
                row.label,
                lettering.number(row.kwh, say),
                _between(row, say),
                _method(row, say),
                _scope(row, say),
                row.tool or "–",
            )
            for row in held
        ),
        caption=say(
            "Energy by piece of work, in kilowatt-hours. Plain: measured. Hatched: not measured. A line over a bar is its stated "
            "uncertainty."
        ),
        note=" ".join(notes),
    )


def _key(say: Callable[[str], str]) -> dict[str, str]:
    methods = {"measured": say("measured"), "estimated": say("estimated"), "declared": say("declared")}
    return {**{METHODS[method]: word for method, word in methods.items()}, UNKNOWN: say("method not stated")}


def _method(row: Work, say: Callable[[str], str]) -> str:
    """The method in words; one that is none of ours as it was written."""
    return row.method if row.method and row.method not in METHODS else _key(say)[row.tone]


def _scope(row: Work, say: Callable[[str], str]) -> str:
    """What the number covers in words; what is none of the four as it was written."""
    known = {
        "process": say("the process alone"),
        "gpu": say("the graphics cards alone"),
        "machine": say("the whole machine"),
        "facility": say("the machine and its share of the building"),
    }
    return known.get(row.scope, row.scope) or say("not stated")


def _told(rows: Sequence[Work], say: Callable[[str], str]) -> str:
    most = max(rows, key=lambda row: row.kwh)
    return say(
        "Bars of energy. Pieces of work: %(n)s, of which measured: %(measured)s. The most took %(label)s: %(kwh)s kWh, %(method)s."
    ) % {
        "n": lettering.count(len(rows), say),
        "measured": lettering.count(sum(row.method == "measured" for row in rows), say),
        "label": lettering.brief(most.label),
        "kwh": lettering.number(most.kwh, say),
        "method": lettering.brief(_method(most, say)),
    }


def _paint(sheet: Sheet, rows: Sequence[Work], key: Sequence[Entry], top: float, say: Callable[[str], str]) -> None:
    sheet.key(8, key)
    ends = [value for row in rows for value in (row.kwh, *(row.interval or ()))]
    drawn = panel(
        sheet,
        _LEFT,
        top,
        _WIDE,
        _ROW * len(rows),
        across=(0.0, span([0.0, *ends])[1]),
        up=(0.0, 1.0),
        say=say,
        foot="kWh",
        y_ticks=1,
    )
    drawn.axes.set_yticks([])
    drawn.axes.grid(axis="x")
    for place, row in enumerate(rows):
        y = top + _ROW * (place + 0.5)
        sheet.text(0, y, row.label, room=_LABELS)
        sheet.tone(_LEFT, y - 6, drawn.x(row.kwh) - _LEFT, 12, row.tone)
        if row.interval is not None:
            low, high = (drawn.x(value) for value in row.interval)
            for colour, line in ((PAPER, 4.0), (INK, 1.4)):
                sheet.line([(low, y), (high, y)], colour=colour, line=line)
            for end in (low, high):
                sheet.line([(end, y - 4), (end, y + 4)], colour=INK, line=1.4)
        told = f"{lettering.number(row.kwh, say)} kWh, {_method(row, say)}"
        sheet.text(_TOLD, y - 5, told, room=WIDTH - _TOLD)
        sheet.text(_TOLD, y + 5.5, _between(row, say), size=SMALL, colour=SOFT, room=WIDTH - _TOLD)


def _between(row: Work, say: Callable[[str], str]) -> str:
    if row.interval is None:
        return say("no uncertainty stated")
    return f"{lettering.number(row.interval[0], say)} – {lettering.number(row.interval[1], say)}"
