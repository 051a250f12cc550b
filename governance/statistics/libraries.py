"""numpy and `scipy.special`, brought in when they are first needed, and the rounding of what is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEDY = "pip install 'governance-evidence[statistics]'"
GREATEST = 1e100
"""Scores beyond this are refused; the sums of their squares could be more than a float holds."""


class StatisticsMissing(GovernanceError):  # noqa: N818 - it says what is missing
    """numpy or scipy is not installed."""


def numpy() -> Any:
    """The module numpy. Raises `StatisticsMissing`."""
    try:
        import numpy as np
    except ImportError:
        raise StatisticsMissing("numpy is not installed", hint=REMEDY) from None
    return np


def special() -> Any:
    """The module `scipy.special` (and not `scipy.stats`, which takes a second to import). Raises `StatisticsMissing`."""
    try:
        from scipy import special as found
    except ImportError:
        raise StatisticsMissing("scipy is not installed", hint=REMEDY) from None
    return found


def rounded(value: float) -> float:
    """The value at twelve significant digits: as many as two machines agree on. Never −0."""
    return float(f"{value:.12g}") + 0.0


def normal_quantile(probability: float) -> float:
    """Φ⁻¹, by `scipy.special.ndtri`."""
    return float(special().ndtri(probability))


def normal_cdf(z: float) -> float:
    """Φ, by `scipy.special.ndtr`."""
    return float(special().ndtr(z))


def two_sided(confidence: float) -> float:
    """The normal quantile z with `confidence` between −z and z. Raises `UsageError` unless 0 < confidence < 1."""
    return -normal_quantile(one_tail(confidence))


def one_tail(confidence: float) -> float:
    """What a two-sided interval leaves out at each end: (1 − confidence) / 2. Raises `UsageError` unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise UsageError(f"a confidence lies between 0 and 1, and {confidence} does not")
    return (1 - confidence) / 2


def finite(values: Iterable[float]) -> list[float]:
    """The values as floats. Raises `UsageError` where one is not a finite number, or so great that its square is none."""
    found = [float(value) for value in values]
    if not all(abs(value) <= GREATEST for value in found):
        raise UsageError(f"a score is not a finite number within ±{GREATEST:g}")
    return found
