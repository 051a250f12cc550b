"""The same metric over time: whether a point lies outside of what the process does by itself.

The limits come from a baseline that somebody names, never from the points that are judged.

- **Individuals** (XmR): mean ± 3 × mean moving range / 1.128, that is ± 2.66 × mean moving range (Shewhart 1931; Wheeler and Chambers
  1992, Understanding Statistical Process Control; ISO 7870-2).
- **p-chart**, for shares with their n: exact binomial limits for each n at the tails of three standard deviations (0.135 % at each
  end). A baseline in which nothing (or everything) was seen is given the 95 % bound of that, for want of a rate.
- **EWMA**: z = λx + (1 − λ)z₋₁, limits mean ± L σ √(λ / (2 − λ) × (1 − (1 − λ)²ᵗ)), for small lasting shifts (Roberts 1959,
  Technometrics 1:239; Lucas and Saccucci 1990, Technometrics 32:1).

Beside the limits, eight in a row on one side of the centre are a signal (Western Electric, Statistical Quality Control Handbook, 1956).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UsageError
from governance.statistics.libraries import finite, rounded, special
from governance.statistics.proportions import none_seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEAST_BASELINE = 5
"""Points of a baseline below which limits say nothing. Twenty are better; with few the limits are themselves uncertain."""
D2 = 1.128
"""The mean range of two normal values, in standard deviations; as printed in the tables."""
RUN = 8
TAIL = 0.00134989803163
"""What a normal distribution leaves beyond three standard deviations, at one end."""
INDIVIDUALS, P_CHART, EWMA = "individuals (XmR)", "p-chart, exact limits", "EWMA"


@dataclass(frozen=True)
class Point:
    """A value (for EWMA the weighted average) with its limits and centre, all in the unit of the metric.

    `breached`: beyond a limit. `run`: the last of eight or more in a row on one side of the centre.
    """

    value: float
    lower: float
    centre: float
    upper: float
    breached: bool
    run: bool

    @property
    def signal(self) -> bool:
        """Whether either rule speaks."""
        return self.breached or self.run


@dataclass(frozen=True)
class Chart:
    """All points in their order, the baseline among them; or none, and the reason why nothing can be told."""

    method: str
    baseline: int
    points: tuple[Point, ...]
    reason: str = ""


def individuals(values: Sequence[float], baseline: int) -> Chart:
    """The chart of single values; the first `baseline` of them set the limits."""
    found = finite(values)
    if reason := _too_short(len(found), baseline):
        return Chart(INDIVIDUALS, baseline, (), reason)
    centre, sigma = _centre_and_sigma(found[:baseline])
    half = 3 * sigma
    return _chart(INDIVIDUALS, baseline, found, centre, [(centre - half, centre + half)] * len(found))


def shares(counts: Sequence[tuple[int, int]], baseline: int) -> Chart:
    """The p-chart of (k, n) in their order; the first `baseline` of them set the rate. Raises `UsageError` for an impossible count."""
    if any(n <= 0 or not 0 <= k <= n for k, n in counts):
        raise UsageError("a share is k of n items, n above 0")
    if reason := _too_short(len(counts), baseline):
        return Chart(P_CHART, baseline, (), reason)
    seen, asked = (sum(column) for column in zip(*counts[:baseline], strict=True))
    centre = rate = seen / asked
    if seen == 0:
        rate = none_seen(asked).high
    elif seen == asked:
        rate = 1 - none_seen(asked).high
    limits = {n: _exact_limits(n, rate) for n in {n for _, n in counts}}
    ends = [(min(centre, limits[n][0]), max(centre, limits[n][1])) for _, n in counts]
    return _chart(P_CHART, baseline, [k / n for k, n in counts], centre, ends)


def ewma(
    values: Sequence[float],
    baseline: int,
    *,
    weight: float = 0.2,
    width: float = 2.86,
    centre: float | None = None,
    sigma: float | None = None,
) -> Chart:
    """The exponentially weighted moving average, begun at the centre. Without centre or sigma, the baseline sets them.

    `weight` is λ, above 0 and at most 1; `width` is L, in standard deviations: 2.86 with λ = 0.2 gives a false alarm in about 370
    points where centre and sigma are known, as three standard deviations do for single values.
    """
    if not 0 < weight <= 1 or width <= 0:
        raise UsageError("the weight lies between 0 and 1, and the width is above 0")
    found = finite(values)
    told = centre is not None and sigma is not None
    if not told and (reason := _too_short(len(found), baseline)):
        return Chart(EWMA, baseline, (), reason)
    own = (0.0, 0.0) if told else _centre_and_sigma(found[:baseline])
    middle, spread = own[0] if centre is None else centre, own[1] if sigma is None else sigma
    averages, ends, last = [], [], middle
    for at, value in enumerate(found, 1):
        last = weight * value + (1 - weight) * last
        half = width * spread * math.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * at)))
        averages.append(last)
        ends.append((middle - half, middle + half))
    return _chart(EWMA, baseline, averages, middle, ends)


def _too_short(points: int, baseline: int) -> str:
    if baseline < LEAST_BASELINE or points < baseline:
        return f"a baseline of {min(baseline, points)} points sets no limits; {LEAST_BASELINE} are the least"
    return ""


def _centre_and_sigma(values: Sequence[float]) -> tuple[float, float]:
    moves = [abs(one - other) for one, other in zip(values[1:], values, strict=False)]
    return math.fsum(values) / len(values), math.fsum(moves) / len(moves) / D2


def _exact_limits(n: int, rate: float) -> tuple[float, float]:
    """The least and the greatest share of n that is not beyond three standard deviations' tails."""
    bdtr = special().bdtr
    low = _first(n, lambda k: float(bdtr(k, n, rate)) > TAIL)
    high = _first(n, lambda k: 1 - float(bdtr(k, n, rate)) <= TAIL)
    return low / n, high / n


def _first(n: int, holds: Callable[[int], bool]) -> int:
    """The least k from 0 to n from which on it holds."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _chart(
    method: str, baseline: int, values: Sequence[float], centre: float, ends: Sequence[tuple[float, float]]
) -> Chart:
    """The points with both rules. Values and limits are compared as they are reported."""
    points, run, middle = [], 0, rounded(centre)
    for value, (low, high) in zip(map(rounded, values), ends, strict=True):
        side = (value > middle) - (value < middle)
        run = 0 if side == 0 else run + side if run * side > 0 else side
        lower, upper = rounded(low), rounded(high)
        points.append(Point(value, lower, middle, upper, not lower <= value <= upper, abs(run) >= RUN))
    return Chart(method, baseline, tuple(points))
