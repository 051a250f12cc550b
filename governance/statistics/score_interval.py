"""The difference of two shares over the same items: Tango's score test and interval, and McNemar's exact test.

Tango (1998, Stat. Med. 17:891): with b items gained, c lost and n in all, a difference Δ is held against
(b − c − nΔ) / √(n (2q̃ + Δ(1 − Δ))), where q̃ is the share of items lost that is most likely under Δ: the larger root of
2n q² + (−b − c + (2n − b + c)Δ) q − cΔ(1 − Δ) = 0. At Δ = 0 this is McNemar's test. The interval is every Δ that the test does not
reject; it exists for tables without a discordant item, too.

McNemar (1947, Psychometrika 12:153), exact: b of b + c is binomial with one half. Mid-p: half of the probability of what was seen
(Fagerland, Lydersen and Laake 2013, BMC Med. Res. Methodol. 13:91).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from governance.errors import UsageError
from governance.statistics.libraries import normal_cdf, rounded, special, two_sided
from governance.statistics.proportions import Interval

TANGO = "Tango score"


@dataclass(frozen=True)
class Discordant:
    """Items gained (right now, wrong before) and lost (the other way), of n that were paired. Raises `UsageError` for impossible counts."""

    gained: int
    lost: int
    n: int

    def __post_init__(self) -> None:
        if min(self.gained, self.lost) < 0 or self.n < max(1, self.gained + self.lost):
            raise UsageError(f"{self.gained} gained and {self.lost} lost of {self.n} is no table of pairs")

    def interval(self, confidence: float = 0.95) -> Interval:
        """Tango's two-sided interval for the share gained less the share lost; within [−1, 1]."""
        z = two_sided(confidence)
        turned = Discordant(self.lost, self.gained, self.n)
        return Interval(rounded(_lower(self, z)), rounded(-_lower(turned, z)), confidence, TANGO)

    def p_at_least(self, bound: float) -> float:
        """One-sided p-value of Tango's test of Δ ≤ bound: small is evidence that the difference is at least the bound."""
        return rounded(normal_cdf(-self.score(bound)))

    def p_below(self, bound: float) -> float:
        """One-sided p-value of Tango's test of Δ ≥ bound: small is evidence that the difference is below the bound."""
        return rounded(normal_cdf(self.score(bound)))

    def score(self, delta: float) -> float:
        """Tango's statistic at Δ: falling in Δ, and ±∞ where the table can not have come from Δ."""
        if not -1 < delta < 1:
            return _beyond(self.gained - self.lost - self.n * delta, delta)
        variance = self.n * (2 * self._most_likely_lost(delta) + delta * (1 - delta))
        away = self.gained - self.lost - self.n * delta
        return away / math.sqrt(variance) if variance > 0 else _beyond(away, 0.0)

    def _most_likely_lost(self, delta: float) -> float:
        b, c, n = self.gained, self.lost, self.n
        linear = -b - c + (2 * n - b + c) * delta
        root = math.sqrt(max(0.0, linear * linear + 8 * n * c * delta * (1 - delta)))
        # Of the two ways to write the root, the one that does not subtract like from like.
        found = (root - linear) / (4 * n) if linear <= 0 else 2 * c * delta * (1 - delta) / (root + linear)
        # The root is never below −Δ; where the square of a tiny Δ is nothing, it would come out as the half of that.
        return max(found, 0.0, -delta)


def _lower(table: Discordant, z: float) -> float:
    """The least Δ that is not rejected, by halving: the statistic falls from +∞ at −1 to 0 at the estimate."""
    if table.lost == table.n:
        return -1.0
    low, high = -1.0, (table.gained - table.lost) / table.n
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if table.score(middle) > z else (low, middle)
    return high


def _beyond(away: float, delta: float) -> float:
    if away == 0:
        return 0.0 if delta == 0 else math.copysign(math.inf, -delta)
    return math.copysign(math.inf, away)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value of McNemar's test; 1 where no item is discordant."""
    if gained == lost:
        return 1.0
    return rounded(min(1.0, 2 * float(special().bdtr(min(gained, lost), gained + lost, 0.5))))


def mcnemar_mid_p(gained: int, lost: int) -> float:
    """The two-sided mid-p value of McNemar's test; 1 where as many were gained as lost."""
    least, both = min(gained, lost), gained + lost
    if gained == lost:
        return 1.0
    bdtr = special().bdtr
    here = float(bdtr(least, both, 0.5))
    before = float(bdtr(least - 1, both, 0.5)) if least else 0.0
    return rounded(here + before)
