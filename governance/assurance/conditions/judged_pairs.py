"""A difference on the same items where a model gave the scores: the paired interval, and what the judge may have got wrong on either side.

A share that a judge gave is off by no more than the share of items that it judges otherwise than people do, however its errors lie. So a
difference of two is off by no more than twice that, also where the judge is kinder to one of the two models; nothing narrower holds
without asking that it errs alike on both (the bounds of Horowitz and Manski 1995, Econometrica 63:281, on corrupted data). The interval is
widened by the upper end of that share, once for each model. The error that is left is divided evenly among
the interval and each judge (Bonferroni), so that all of them hold together at the confidence that is asked.

It asks one thing that no number here can show: that the judge differs from people on the answers of neither model more often than in the
sample in which both judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from governance.assurance.conditions import judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.domain.dossier import Dossier
    from governance.statistics.paired import Paired, Pairs
    from governance.statistics.proportions import Interval

NO_SHARE = "on a scale that its agreement with people can not be carried into"


@dataclass(frozen=True)
class Errors:
    """How far judges may have moved a difference, at a confidence; `parts` is what its error was divided into; `told` names them."""

    share: float
    parts: int
    confidence: float
    told: str
    evidence: tuple[str, ...]


def errors(
    judges: Sequence[Sequence[str]], pairs: Pairs, dossier: Dossier, confidence: float, tests: int = 1
) -> Errors | str:
    """The errors of the judges of either side, or why they can not be carried along. `tests`: among how many the error is divided."""
    from governance.statistics.paired import is_binary

    names = sorted({name for side in judges for name in side})
    parts = 1 + len(names)
    level = 1 - (1 - confidence) / (parts * tests)
    total, told, seen = 0.0, [], []
    for name in names:
        piece = judged.agreement(name, dossier)
        if piece is None:
            return f"was scored by {name}, whose agreement with people is not on record"
        if not is_binary(pairs):
            return f"was scored by {name} {NO_SHARE}"
        share = judged.disagreement(piece.body, level)
        if share is None:
            return f"was scored by {name}, {judged.UNCOUNTED}"
        total += share * sum(name in side for side in judges)
        told.append(f"with the agreement of {name} ({piece.id})")
        seen.append(piece.id)
    return Errors(total, parts, confidence, ", ".join(told), tuple(seen))


class JudgedPairs:
    """A paired difference with the errors of its judges in it, with the names that one without has. No test tells of true scores."""

    p_mcnemar = p_sign_flip = None

    def __init__(self, paired: Paired, carried: Errors) -> None:
        self.paired, self.carried, self.confidence = paired, carried, carried.confidence
        self.delta, self.n, self.overlap = paired.delta, paired.n, paired.overlap
        self.gained, self.lost = paired.gained, paired.lost
        self.only_after, self.only_before = paired.only_after, paired.only_before

    @cached_property
    def _held(self) -> Interval | None:
        return self.paired.interval(1 - (1 - self.confidence) / self.carried.parts)

    @property
    def low(self) -> float | None:
        """Its lower end; None where there is no interval."""
        return None if self._held is None else max(-1.0, self._held.low - self.carried.share)

    @property
    def high(self) -> float | None:
        """Its upper end."""
        return None if self._held is None else min(1.0, self._held.high + self.carried.share)

    @property
    def method(self) -> str:
        """How the interval was made, or why there is none."""
        return self.paired.method if self._held is None else f"{self._held.method}, {self.carried.told}"

    def p_not_below(self, bound: float) -> float:
        """Small is evidence that the difference of true scores is at least `bound`."""
        return min(1.0, self.carried.parts * self.paired.p_not_below(bound + self.carried.share))

    def p_below(self, bound: float) -> float:
        """Small is evidence that it is below `bound`."""
        return min(1.0, self.carried.parts * self.paired.p_below(bound - self.carried.share))
