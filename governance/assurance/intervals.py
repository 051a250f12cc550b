"""How far a measured number can be trusted: two-sided intervals for a result and for a difference of two results.

- A share of n items (0 ≤ value ≤ 1, n known, value × n whole, no standard error greater than that of a share): Wilson's
  score interval (Wilson 1927, JASA 22:209).
- The difference of two such shares: Newcombe's hybrid of the two Wilson intervals (Newcombe 1998, Stat. Med. 17:873,
  method 10). It takes the two as independent; on the same items that is cautious, because pairing only narrows it.
- Anything else: value ± z × standard error, where the tool gives one.
- Neither n nor a standard error, or n is 0: there is no interval, and no verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from governance.assurance.expect import is_number
from governance.verifier.intervals import is_share, newcombe, wilson

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
    value, stderr = result.get("value"), result.get("stderr")
    said = result.get("n")
    n = said if isinstance(said, int) and not isinstance(said, bool) else None
    if not is_number(value) or (n is not None and n <= 0):
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    if n is not None and _is_share(value, n, stderr):
        low, high = wilson(round(value * n), n, z)
        return Interval(value, low, high, "Wilson", n)
    if is_number(stderr) and stderr > 0:
        return Interval(value, value - z * stderr, value + z * stderr, "standard error", n)
    return None


def of_difference(candidate: Interval, reference: Interval) -> Interval:
    """The interval of candidate − reference, by Newcombe's square-and-add over the two intervals."""
    point = candidate.point - reference.point
    ends = (candidate.low, candidate.high), (reference.low, reference.high)
    low, high = newcombe(candidate.point, ends[0], reference.point, ends[1])
    n = min(candidate.n, reference.n) if candidate.n is not None and reference.n is not None else None
    return Interval(point, low, high, "Newcombe", n)


def _is_share(value: float, n: int, stderr: Any) -> bool:
    """Whether n yes-or-no items can have given this. A greater spread (clusters, another scale) is none of theirs."""
    if not is_share(value, n):
        return False
    return not is_number(stderr) or stderr <= 1.05 * math.sqrt(value * (1 - value) / max(n - 1, 1))
