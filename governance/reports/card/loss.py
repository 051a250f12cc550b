"""The loss of the training as a chart, and the table behind it, of which each figure is a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.card.details import mapping
from governance.reports.card.rows import CurvePoint, CurveTable
from governance.reports.charts.curves import TABLED, CurveData, curves, evenly
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Fact
    from governance.reports.charts.canvas import Chart
    from governance.reports.claims.references import References

LOSS, HELD_OUT = "/loss_history", "/eval_history"


def chart(piece: Piece | None, say: Callable[[str], str]) -> Chart | None:
    """Loss by step, and the learning rate where the run kept it; None with fewer than two finite points."""
    if piece is None:
        return None
    data = CurveData(
        _points(piece, LOSS, "loss"), _points(piece, HELD_OUT, "loss"), _points(piece, LOSS, "learning_rate")
    )
    return curves(data, id="loss", say=say)


def table(references: References, piece: Piece | None) -> CurveTable | None:
    """Points evenly chosen; None where there is no curve."""
    if piece is None or len(_places(piece, LOSS)) < 2:
        return None
    loss, held_out = _places(piece, LOSS), _places(piece, HELD_OUT)
    steps = sorted(
        {step for held in (loss, held_out) for step, _ in evenly([(float(step), 0.0) for step in sorted(held)], TABLED)}
    )
    rates = {
        step: place
        for step, place in loss.items()
        if figures.finite(_row(piece, LOSS, place).get("learning_rate")) is not None
    }

    def fact(label: str, at: Mapping[float, int], step: float, pointer: str, name: str, digits: int) -> Fact | None:
        return references.figure(label, piece, f"{pointer}/{at[step]}/{name}", digits=digits) if step in at else None

    rows = tuple(
        CurvePoint(
            step=references.figure(
                "Step", piece, f"{LOSS}/{loss[step]}/step" if step in loss else f"{HELD_OUT}/{held_out[step]}/step"
            ),
            loss=fact("Training loss", loss, step, LOSS, "loss", 4),
            held_out=fact("Held-out loss", held_out, step, HELD_OUT, "loss", 4),
            rate=fact("Learning rate", rates, step, LOSS, "learning_rate", 6),
        )
        for step in steps
    )
    return CurveTable(rows, len({*loss, *held_out}), bool(held_out), bool(rates), (references.cite(piece.id),))


def _places(piece: Piece, pointer: str) -> dict[float, int]:
    """Where the finite points stand, by step; of two at one step the later counts."""
    found: dict[float, int] = {}
    for place, row in enumerate(_history(piece, pointer)):
        step, loss = figures.finite(mapping(row).get("step")), figures.finite(mapping(row).get("loss"))
        if step is not None and loss is not None:
            found[float(step)] = place
    return found


def _points(piece: Piece, pointer: str, field: str) -> list[tuple[float, float]]:
    pairs = (
        (figures.finite(mapping(row).get("step")), figures.finite(mapping(row).get(field)))
        for row in _history(piece, pointer)
    )
    return [(float(step), float(value)) for step, value in pairs if step is not None and value is not None]


def _history(piece: Piece, pointer: str) -> list[Any]:
    rows = piece.body.get(pointer[1:])
    return list(rows) if isinstance(rows, (list, tuple)) else []


def _row(piece: Piece, pointer: str, place: int) -> Mapping[str, Any]:
    return mapping(_history(piece, pointer)[place])
