"""A share of n yes-or-no items, with its interval.

- Wilson's score interval (Wilson 1927, JASA 22:209), the one that `govern` prints: mean coverage near the nominal.
- Clopper and Pearson's (1934, Biometrika 26:404): never less than the nominal coverage, and wider for it.
- Nothing seen in n: the exact one-sided upper bound 1 − (1 − confidence)^(1/n); at 95 % about 3/n, the *rule of three*
  (Hanley and Lippman-Hand 1983, JAMA 249:1743).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from governance.errors import UsageError
from governance.statistics.libraries import one_tail, rounded, special, two_sided
from governance.verifier import intervals

WILSON, CLOPPER_PEARSON, NONE_SEEN = "Wilson", "Clopper–Pearson", "one-sided exact"


@dataclass(frozen=True)
class Interval:
    """The two ends, in the unit of the metric, the confidence they are stated at, and the name of the method."""

    low: float
    high: float
    confidence: float
    method: str


def wilson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's two-sided score interval for k of n. Raises `UsageError` unless 0 ≤ k ≤ n and n > 0."""
    _counts(k, n)
    low, high = intervals.wilson(k, n, two_sided(confidence))
    return Interval(rounded(low), rounded(high), confidence, WILSON)


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """The two-sided exact interval for k of n, by quantiles of the beta distribution. Raises `UsageError` as `wilson` does."""
    _counts(k, n)
    tail, inverse = one_tail(confidence), special().betaincinv
    low = 0.0 if k == 0 else float(inverse(k, n - k + 1, tail))
    high = 1.0 if k == n else float(inverse(k + 1, n - k, 1 - tail))
    return Interval(rounded(low), rounded(high), confidence, CLOPPER_PEARSON)


def none_seen(n: int, confidence: float = 0.95) -> Interval:
    """From 0 to the one-sided upper bound of a share of which nothing was seen in n. Raises `UsageError` unless n > 0."""
    _counts(0, n)
    one_tail(confidence)
    return Interval(0.0, rounded(-math.expm1(math.log1p(-confidence) / n)), confidence, NONE_SEEN)


def _counts(k: int, n: int) -> None:
    if n <= 0 or not 0 <= k <= n:
        raise UsageError(f"{k} of {n} is no share of yes-or-no items")
