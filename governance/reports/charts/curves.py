"""Curves of a training run: the loss with that of what was held out, and the learning rate below them over the same steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw
from governance.reports.charts.panel import panel, span
from governance.reports.charts.series import MOST, TABLED, Point, evenly, finite, thin
from governance.reports.charts.sheet import ACCENT, AMBER, SOFT, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["MOST", "TABLED", "CurveData", "Point", "curves", "evenly", "finite", "thin"]

_LEFT, _WIDE, _DASHES = 56, 444, (5.0, 2.5)
_RINGS = 40
"""Up to so many points of held-out loss are marked by rings; more would be a chain."""


@dataclass(frozen=True)
class CurveData:
    """Pairs (step, value): training loss, held-out loss, learning rate (per step, no unit). Any may be empty."""

    loss: Sequence[Point]
    held_out: Sequence[Point] = ()
    rate: Sequence[Point] = ()


def curves(data: CurveData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """Loss by step, and the learning rate where it is on record; None with fewer than two finite points of loss."""
    loss, held_out, rate = finite(data.loss), finite(data.held_out), finite(data.rate)
    if len(loss) < 2:
        return None
    lost = len(data.loss) + len(data.held_out) + len(data.rate) - len(loss) - len(held_out) - len(rate)
    alt = _told(loss, held_out, rate, say)
    caption = [say("Loss by step, each line with its last value.")]
    if held_out:
        caption.append(say("Solid: training. Dashed, with rings where there are few: held out."))
    if len(rate) > 1:
        caption.append(say("Below: the learning rate."))
    return Chart(
        svg=draw(
            lambda sheet: _paint(sheet, loss, held_out, rate, say), id=id, alt=alt, height=252 if len(rate) > 1 else 176
        ),
        alt=alt,
        headers=(
            say("Step"),
            say("Training loss"),
            *((say("Held-out loss"),) if held_out else ()),
            *((say("Learning rate"),) if rate else ()),
        ),
        rows=_table(loss, held_out, rate, say),
        caption=" ".join(caption),
        note=_note((loss, held_out, rate), lost, say),
    )


def _note(series: tuple[list[Point], ...], lost: int, say: Callable[[str], str]) -> str:
    notes = []
    most = max(map(len, series))
    if most > MOST:
        notes.append(
            say("Of the longest line %(n)s of %(total)s points are drawn, evenly chosen, first and last among them.")
            % {"n": MOST, "total": lettering.count(most, say)}
        )
    if most > TABLED:
        notes.append(say("The table has up to %(n)s points of each line, evenly chosen.") % {"n": TABLED})
    if lost:
        notes.append(say("Points that are no numbers and are left out: %(n)s.") % {"n": lettering.count(lost, say)})
    return " ".join(notes)


def _told(loss: list[Point], held_out: list[Point], rate: list[Point], say: Callable[[str], str]) -> str:
    def text(value: float) -> str:
        return lettering.number(value, say)

    values = [value for _, value in loss]
    told = [
        say(
            "Training loss went from %(first)s at step %(start)s to %(last)s at step %(end)s, between %(low)s and %(high)s, "
            "over %(n)s recorded points."
        )
        % {
            "first": text(loss[0][1]),
            "start": text(loss[0][0]),
            "last": text(loss[-1][1]),
            "end": text(loss[-1][0]),
            "low": text(min(values)),
            "high": text(max(values)),
            "n": lettering.count(len(loss), say),
        }
    ]
    if held_out:
        best = min(held_out, key=lambda point: point[1])
        told.append(
            say("Held-out loss ended at %(last)s at step %(end)s; its least was %(best)s at step %(at)s.")
            % {"last": text(held_out[-1][1]), "end": text(held_out[-1][0]), "best": text(best[1]), "at": text(best[0])}
        )
    if len(rate) > 1:
        told.append(
            say("The learning rate was at most %(most)s and ended at %(last)s.")
            % {"most": text(max(v for _, v in rate)), "last": text(rate[-1][1])}
        )
    return " ".join(told)


def _paint(
    sheet: Sheet, loss: list[Point], held_out: list[Point], rate: list[Point], say: Callable[[str], str]
) -> None:
    steps = [x for x, _ in (*loss, *held_out, *rate)]
    across = (min(steps), max(steps)) if max(steps) > min(steps) else span(steps)
    low = 0.0 if min(v for _, v in (*loss, *held_out)) >= 0 else None
    two = len(rate) > 1
    top = panel(
        sheet,
        _LEFT,
        10,
        _WIDE,
        130,
        across=across,
        up=span([v for _, v in (*loss, *held_out)], least=low),
        say=say,
        title=say("Loss"),
        foot="" if two else say("Step"),
        x_ticks=not two,
        whole=True,
    )
    top.line(thin(loss), colour=ACCENT)
    ends = [(loss[-1][1], ACCENT, f"{say('training')} {lettering.number(loss[-1][1], say)}")]
    if held_out:
        top.line(
            thin(held_out), colour=AMBER, broken=_DASHES if len(held_out) > 1 else (), rings=len(held_out) <= _RINGS
        )
        ends.append((held_out[-1][1], AMBER, f"{say('held out')} {lettering.number(held_out[-1][1], say)}"))
    top.names(ends)
    if two:
        rates = [v for _, v in rate]
        below = panel(
            sheet,
            _LEFT,
            160,
            _WIDE,
            58,
            across=across,
            up=span(rates, least=0.0 if min(rates) >= 0 else None),
            say=say,
            title=say("Rate"),
            foot=say("Step"),
            y_ticks=2,
            whole=True,
        )
        below.line(thin(rate), colour=SOFT)
        below.names([(rate[-1][1], SOFT, f"{say('rate')} {lettering.number(rate[-1][1], say)}")])


def _table(
    loss: list[Point], held_out: list[Point], rate: list[Point], say: Callable[[str], str]
) -> tuple[tuple[str, ...], ...]:
    """A row for each step of a few points of each line that there is; where a step was recorded twice, its last value."""
    steps = sorted({x for row in (loss, held_out, rate) for x, _ in evenly(row, TABLED)})
    columns = [(dict(row), digits) for row, digits in ((loss, 4), (held_out, 4), (rate, 6)) if row]
    return tuple(
        (
            lettering.number(step, say),
            *(lettering.number(column[step], say, digits) if step in column else "–" for column, digits in columns),
        )
        for step in steps
    )
