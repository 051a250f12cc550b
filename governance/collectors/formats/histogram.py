"""A time that a given share of requests kept within, out of a histogram with steps.

As `histogram_quantile` of Prometheus does (promql/quantile.go, `bucketQuantile`): the step in which the share falls
is found, and inside it a straight line is drawn, from zero for the first. What falls beyond the last finite step is
not known, only that it is at least that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.formats.prometheus_text import Sample


@dataclass(frozen=True)
class Quantile:
    """A value in the unit of the histogram; `beyond` where it is only the least it can be."""

    value: float
    beyond: bool


def steps(samples: Iterable[Sample]) -> dict[float, float]:
    """How many fell within each upper bound, summed over all series of the samples (those that end in `_bucket`).

    Raises `UnreadableError` for a bound that is no number, counts that fall, or a histogram without its last step,
    which was cut.
    """
    found: dict[float, float] = {}
    for sample in samples:
        try:
            bound = float(sample.labels["le"].replace("+Inf", "inf"))
        except (KeyError, ValueError):
            raise UnreadableError(f"line {sample.line}: a step of a histogram without its bound") from None
        if math.isnan(bound) or not math.isfinite(sample.value) or sample.value < 0:
            raise UnreadableError(f"line {sample.line}: a step of a histogram that is no count")
        found[bound] = found.get(bound, 0) + sample.value
    ordered = dict(sorted(found.items()))
    counts = list(ordered.values())
    if ordered and (math.inf not in ordered or counts != sorted(counts)):
        raise UnreadableError("a histogram lacks its last step, or its counts fall from one step to the next")
    return ordered


def quantile(share: float, counted: dict[float, float]) -> Quantile | None:
    """The value that `share` (0 to 1) of what was counted keeps within; None where nothing was counted."""
    total = counted.get(math.inf, 0)
    if total <= 0:
        return None
    rank = share * total
    before, below = 0.0, 0.0
    for bound, count in counted.items():
        if count >= rank and count > below:
            if math.isinf(bound):
                break
            # A first step that ends at or under zero has no start to draw a line from.
            start = min(before, bound)
            return Quantile(start + (bound - start) * (rank - below) / (count - below), beyond=False)
        before, below = bound, count
    return Quantile(before, beyond=True)
