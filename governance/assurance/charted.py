"""The same number over time, on a control chart: whether the newest point, or the last eight, are out of control.

The limits come from the first points that were recorded, and never from those that are judged. A point that was out of control and is
followed by one that is not is told, and turns nothing: somebody looked, or it went by itself, and the newest decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance.expect import is_number
from governance.assurance.subjects import moment
from governance.statistics import control_chart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.domain.control import ControlChart
    from governance.domain.evidence import Piece


def charted(asked: ControlChart, pieces: Iterable[Piece]) -> tuple[str | None, str]:
    """(why it is out of control, or None; what there is to say beside that) of pieces that say the same sort of thing."""
    points = [piece for piece in sorted(pieces, key=moment) if is_number(piece.body.get(asked.field))]
    values = [float(piece.body[asked.field]) for piece in points]
    if len(values) <= asked.baseline:
        return None, f"{len(values)} of {asked.baseline + 1} points that a control chart needs"
    make = control_chart.ewma if asked.method == "ewma" else control_chart.individuals
    chart = make(values, asked.baseline)
    if not chart.points:
        return None, chart.reason
    last = chart.points[-1]
    limits = (
        f"control limits {last.lower:.4g} to {last.upper:.4g} from the first {asked.baseline} of {len(values)} points"
    )
    if last.breached:
        return f"{asked.field} {last.value:.4g} of {points[-1].when:%Y-%m-%d} is outside its {limits}", ""
    if last.run:
        side = "above" if last.value > last.centre else "below"
        return (
            f"the last {control_chart.RUN} points of {asked.field} lie {side} the centre {last.centre:.4g} of its {limits}",
            "",
        )
    out = sum(point.signal for point in chart.points[asked.baseline :])
    return None, f"{asked.field} within its {limits}" + (f", and out of control {out} times before" if out else "")
