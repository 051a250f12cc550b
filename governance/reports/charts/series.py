"""Rows of points as they are drawn: those that are numbers, in order, thinned out evenly where there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from governance.reports.charts import lettering

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 240
"""Points of a line that are drawn: more than one for every two pixels."""
TABLED = 12
"""Points of a line in the table behind it, evenly chosen, first and last among them."""

Point = tuple[float, float]
_T = TypeVar("_T")


def finite(points: Sequence[Point]) -> list[Point]:
    """The points whose two numbers have a place on a scale, by the first of them; equal ones in the order given."""
    held = ((lettering.drawable(x), lettering.drawable(y)) for x, y in points)
    return sorted(((x, y) for x, y in held if x is not None and y is not None), key=lambda point: point[0])


def thin(row: Sequence[_T]) -> Sequence[_T]:
    """At most `MOST` of them, evenly chosen, first and last kept."""
    return evenly(row, MOST)


def evenly(row: Sequence[_T], most: int) -> Sequence[_T]:
    """At most so many of them (two or more), evenly chosen, first and last kept."""
    if len(row) <= most:
        return row
    return [row[round(index * (len(row) - 1) / (most - 1))] for index in range(most)]
