"""How far a measured number can be trusted: two-sided intervals for a result and for a difference of two results.

- A share of n items (0 ≤ value ≤ 1, n known, value × n whole): Wilson's score interval (Wilson 1927, JASA 22:209).
- The difference of two such shares: Newcombe's hybrid of the two Wilson intervals (Newcombe 1998, Stat. Med. 17:873,
  method 10). It takes the two as independent; on the same items that is cautious, because pairing only narrows it.
- Anything else: value ± z × standard error, where the tool gives one.
- Neither n nor a standard error: there is no interval, and no verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Interval:
    """A point with its two-sided interval, the method's name, and n (None where the tool did not say)."""

    point: float
    low: float
    high: float
    method: str
    n: int | None


def of_result(result: Mapping[str, Any], confidence: float) -> Interval | None:
    """The interval of one row of `eval-run.v1` results, or None where there is none to give."""
    value, n, stderr = result.get("value"), result.get("n"), result.get("stderr")
    if not _finite(value):
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    if isinstance(n, int) and n > 0 and 0 <= value <= 1 and abs(value * n - round(value * n)) < 1e-6 * max(n, 1):
        low, high = wilson(round(value * n), n, z)
        return Interval(value, low, high, "Wilson", n)
    if _finite(stderr) and stderr > 0:
        return Interval(value, value - z * stderr, value + z * stderr, "standard error", n)
    return None


def of_difference(candidate: Interval, reference: Interval) -> Interval:
    """The interval of candidate − reference, by Newcombe's square-and-add over the two intervals."""
    point = candidate.point - reference.point
    low = point - math.hypot(candidate.point - candidate.low, reference.high - reference.point)
    high = point + math.hypot(candidate.high - candidate.point, reference.point - reference.low)
    n = min(candidate.n, reference.n) if candidate.n is not None and reference.n is not None else None
    return Interval(point, low, high, "Newcombe", n)


def wilson(successes: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's score interval for a proportion: closed form, inside [0, 1]."""
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (0.0 if successes == 0 else centre - half), (1.0 if successes == n else centre + half)


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
