"""Intervals at 95 %: how far a result, or the difference of two, can be trusted by what its tool wrote down.

* Standard errors on both sides: difference ± 1.96 × √(s₁² + s₂²), the two runs taken as independent. On the same items that is cautious,
  because pairing only narrows it.
* Else two shares of yes-or-no items (0 ≤ value ≤ 1, n known, value × n whole): Newcombe's hybrid of two Wilson intervals (Newcombe 1998,
  Stat. Med. 17:873, method 10).
* Of one result: value ± 1.96 × its standard error, else Wilson's score interval (Wilson 1927, JASA 22:209).
* Neither standard error nor n: there is none, and nothing is said of chance.
* An end beyond what a float holds: there is none.
* `ceiling`: how large a share can be of which k of n were seen: the upper end of Wilson's interval; where none was seen, the exact
  one-sided bound 1 − 0.05^(1/n) (Clopper and Pearson 1934, Biometrika 26:404; near 3/n, the rule of three).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.verifier.figures import finite

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_ITEMS = 2**53
"""Whole numbers up to here are exact as floats; nobody asked a model more questions."""

Z = 1.959963984540054
"""The two-sided 95 % point of the normal distribution."""

NORMAL, NEWCOMBE, WILSON = "standard errors", "Newcombe", "Wilson"


@dataclass(frozen=True)
class Interval:
    """The two ends, in the metric's own unit, and the name of the method."""

    low: float
    high: float
    method: str


def of_result(row: Mapping[str, Any]) -> Interval | None:
    """The interval of one row with `value`, `stderr` and `n`; None where there is none to give."""
    value, error = finite(row.get("value")), _error(row)
    if value is None:
        return None
    if error is not None:
        return _finite(value - Z * error, value + Z * error, NORMAL)
    held = _share(row)
    return Interval(*wilson(*held), WILSON) if held else None


def of_difference(after: Mapping[str, Any], before: Mapping[str, Any]) -> Interval | None:
    """The interval of after − before, each a row with `value`, `stderr` and `n`; None where there is none to give."""
    new, old = finite(after.get("value")), finite(before.get("value"))
    if new is None or old is None:
        return None
    errors = _error(after), _error(before)
    if errors[0] is not None and errors[1] is not None:
        spread = Z * math.hypot(errors[0], errors[1])
        gain = float(new) - float(old)
        return _finite(gain - spread, gain + spread, NORMAL)
    shares = _share(after), _share(before)
    if shares[0] is None or shares[1] is None:
        return None
    return Interval(*newcombe(new, wilson(*shares[0]), old, wilson(*shares[1])), NEWCOMBE)


def _finite(low: float, high: float, method: str) -> Interval | None:
    return Interval(low, high, method) if finite(low) is not None and finite(high) is not None else None


def ceiling(seen: object, asked: object) -> float | None:
    """The greatest share that `seen` of `asked` leave possible at 95 %; None for what are no counts of a share."""
    counts = [
        each
        for each in (seen, asked)
        if isinstance(each, int) and not isinstance(each, bool) and 0 <= each <= _MOST_ITEMS
    ]
    if len(counts) < 2 or counts[1] == 0 or counts[0] > counts[1]:
        return None
    k, n = counts
    return -math.expm1(math.log(0.05) / n) if k == 0 else wilson(k, n)[1]


def newcombe(
    after: float, after_ends: tuple[float, float], before: float, before_ends: tuple[float, float]
) -> tuple[float, float]:
    """The ends of after − before, by Newcombe's square-and-add over the ends of the two."""
    point = after - before
    low = point - math.hypot(after - after_ends[0], before_ends[1] - before)
    return low, point + math.hypot(after_ends[1] - after, before - before_ends[0])


def wilson(successes: int, n: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval for `successes` of `n`: closed form, inside [0, 1]."""
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (0.0 if successes == 0 else centre - half), (1.0 if successes == n else centre + half)


def _error(row: Mapping[str, Any]) -> float | None:
    error = finite(row.get("stderr"))
    return error if error is not None and error >= 0 else None


def _share(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """(successes, n) where n yes-or-no items can have given the value."""
    value, n = finite(row.get("value")), row.get("n")
    if value is None or not isinstance(n, int) or isinstance(n, bool) or not 0 < n <= _MOST_ITEMS:
        return None
    if not is_share(value, n):
        return None
    return round(value * n), n


def is_share(value: float, n: int) -> bool:
    """Whether a whole number of n items comes to the value."""
    return 0 <= value <= 1 and abs(value * n - round(value * n)) <= 1e-9 * n
