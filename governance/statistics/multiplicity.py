"""Adjusted p-values where many tasks or slices are judged at once.

- Holm (1979, Scand. J. Stat. 6:65) holds the chance of even one false claim (family-wise error), whatever the dependence.
- Benjamini and Hochberg (1995, J. R. Stat. Soc. B 57:289) hold the share of false claims among those made (false discovery rate),
  under independence or positive dependence.

Compare an adjusted p-value with the level itself. The order of the answers is that of the questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from governance.errors import UsageError
from governance.statistics.libraries import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def holm(p: Sequence[float]) -> list[float]:
    """Holm's step-down p-values: the running maximum of (m − i) × p₍ᵢ₎, at most 1. Raises `UsageError` for what is no p-value."""
    order, highest = _ascending(p), 0.0
    adjusted = [0.0] * len(p)
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - rank) * p[at]))
        adjusted[at] = rounded(highest)
    return adjusted


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """The step-up p-values: the running minimum, from the largest on, of m / i × p₍ᵢ₎. Raises `UsageError` for what is no p-value."""
    order, lowest = _ascending(p), 1.0
    adjusted = [0.0] * len(p)
    for rank in range(len(p), 0, -1):
        at = order[rank - 1]
        lowest = min(lowest, p[at] * len(p) / rank)
        adjusted[at] = rounded(lowest)
    return adjusted


def adjusted(correction: Literal["none", "holm", "benjamini-hochberg"]) -> Callable[[Sequence[float]], list[float]]:
    """The adjustment of that name; `none` leaves every p-value as it is."""
    named: dict[str, Callable[[Sequence[float]], list[float]]] = {
        "none": list, "holm": holm, "benjamini-hochberg": benjamini_hochberg
    }  # fmt: skip
    return named[correction]


def _ascending(p: Sequence[float]) -> list[int]:
    if not all(0 <= each <= 1 for each in p):
        raise UsageError("a p-value lies between 0 and 1")
    return sorted(range(len(p)), key=lambda at: p[at])
