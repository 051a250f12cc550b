"""Two results that are taken as independent, where the items of one side are not on record.

The interval is made of those of the two results (Newcombe's square-and-add); on the same items it is cautious. Its one-sided p-value for
a bound is the level at which the interval just reaches the bound, so test and interval never part.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.assurance.intervals import Interval, of_difference, of_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Independent:
    """candidate − reference, turned so that more is better, with the names that a paired difference has."""

    gained = lost = only_after = only_before = p_mcnemar = p_sign_flip = None
    overlap = 1.0

    def __init__(
        self,
        row: Mapping[str, Any],
        other: Mapping[str, Any],
        *,
        up: bool,
        confidence: float,
        ends: tuple[Interval, Interval],
    ) -> None:
        self._rows, self._up, self.confidence = (row, other), up, confidence
        self._widened = tuple(
            (held.low - plain.low, held.high - plain.high) if plain is not None else (0.0, 0.0)
            for held, plain in zip(ends, (of_result(row, confidence), of_result(other, confidence)), strict=True)
        )
        self._held = self._interval(ends)

    @property
    def delta(self) -> float:
        """The difference of the two results."""
        return self._held.point

    @property
    def low(self) -> float:
        """Its lower end."""
        return self._held.low

    @property
    def high(self) -> float:
        """Its upper end."""
        return self._held.high

    @cached_property
    def method(self) -> str:
        """How the interval was made."""
        return f"{self._held.method}, as independent results"

    @property
    def n(self) -> int | None:
        """Items of the smaller side; None where a tool does not say."""
        return self._held.n

    def p_not_below(self, bound: float) -> float:
        """Small is evidence that the difference is at least `bound`."""
        return self._level(lambda held: held.low >= bound)

    def p_below(self, bound: float) -> float:
        """Small is evidence that the difference is below `bound`."""
        return self._level(lambda held: held.high < bound)

    def _interval(self, ends: tuple[Interval, Interval]) -> Interval:
        made = of_difference(*ends)
        if self._up:
            return made
        return Interval(-made.point, -made.high, -made.low, made.method, made.n)

    def _level(self, clear: Callable[[Interval], bool]) -> float:
        return reaching(self._at, clear)

    def _at(self, error: float) -> Interval:
        """The interval at two-sided error, widened as it was by the errors of judges."""
        made = []
        for row, (down, up) in zip(self._rows, self._widened, strict=True):
            held = of_result(row, 1 - error)
            if held is None:
                raise AssertionError("a result that had an interval has none at another confidence")
            made.append(Interval(held.point, held.low + down, held.high + up, held.method, held.n))
        return self._interval((made[0], made[1]))


def reaching(at: Callable[[float], Interval], clear: Callable[[Interval], bool]) -> float:
    """The smallest one-sided level, to six digits, at which an interval lies clear of something; 1 where none up to a half does.

    `at` gives the interval for a two-sided error. So a test and the interval it belongs to never part.
    """
    low, high = 1e-12, 0.5
    if not clear(at(2 * high - 1e-9)):
        return 1.0
    for _ in range(48):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if clear(at(2 * middle)) else (middle, high)
    return float(f"{high:.6g}")
