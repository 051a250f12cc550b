"""A loss curve as points in a box: thinned out where there are many, and told in words for whoever does not see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from governance.reports import figures
from governance.reports.card_views import Curve

if TYPE_CHECKING:
    from governance.domain.evidence import Piece
    from governance.reports.references import References

WIDTH, HEIGHT, MARGIN = 560, 120, 6
MOST_POINTS = 240

Point = tuple[float, float]


def curve(piece: Piece | None, references: References) -> Curve | None:
    """The curve of a training run; None with fewer than two finite points, because one point is no curve."""
    if piece is None:
        return None
    training = points(piece.body.get("loss_history"))
    if len(training) < 2:
        return None
    held_out = points(piece.body.get("eval_history"))
    drawn = thin(training)
    losses = [loss for _, loss in (*drawn, *held_out)]
    steps = [step for step, _ in (*drawn, *held_out)]
    low, high = min(losses), max(losses)
    left, right = min(steps), max(steps)

    def place(point: Point) -> tuple[str, str]:
        x = MARGIN + (WIDTH - 2 * MARGIN) * _share(point[0], left, right)
        y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * _share(point[1], low, high)
        return f"{x:.1f}", f"{y:.1f}"

    def line(row: list[Point]) -> str:
        return " ".join(",".join(place(point)) for point in row)

    first, last = training[0], training[-1]
    ends = [f"{_text(loss)} at step {_text(step)}" for step, loss in (first, last)]
    words = [
        f"Training loss went from {ends[0]} to {ends[1]}",
        f"between {_text(low)} and {_text(high)} over {figures.count(len(training), 'recorded point')}",
    ]
    if held_out:
        words.append(f"held-out loss ended at {_text(held_out[-1][1])} at step {_text(held_out[-1][0])}")
    return Curve(
        width=WIDTH,
        height=HEIGHT,
        points=line(drawn),
        held_out=line(held_out) if len(held_out) > 1 else "",
        marks=tuple(place(point) for point in thin(held_out)),
        first=_text(first[1]),
        last=_text(last[1]),
        first_step=_text(left),
        last_step=_text(right),
        low=_text(low),
        high=_text(high),
        alt="; ".join(words) + ".",
        note=f"{len(drawn):,} of {len(training):,} points drawn, evenly chosen" if len(drawn) < len(training) else "",
        cites=(references.cite(piece.id),),
    )


def points(history: object) -> list[Point]:
    """Finite (step, loss) pairs by step; anything else in the list is passed over."""
    rows: Iterable[Any] = history if isinstance(history, (list, tuple)) else ()
    found = []
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        step, loss = figures.finite(row.get("step")), figures.finite(row.get("loss"))
        if step is not None and loss is not None:
            found.append((float(step), float(loss)))
    return sorted(found)


def thin(row: list[Point]) -> list[Point]:
    """At most `MOST_POINTS` of them, evenly chosen, first and last kept."""
    if len(row) <= MOST_POINTS:
        return row
    return [row[round(index * (len(row) - 1) / (MOST_POINTS - 1))] for index in range(MOST_POINTS)]


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def _text(value: float) -> str:
    return figures.number(value)[0]
