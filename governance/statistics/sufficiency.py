"""How many samples a claim needs, and how many more would settle one that is open.

Each answer is the least n at which a test at one side's level, (1 − confidence) / 2, holds with the given power if the truth is what the
estimate says. At a power of one half this is the n from which on an interval around the *same estimate* no longer reaches over the
bound (`UNCHANGED`). None: no number would settle it, because the estimate lies on the bound, or on the other side of the claim's.

- A share against a bound: the score test (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, section 2.5).
- The difference of two shares over the same items: Tango's score test, asymptotically (Nam 1997, Biometrics 53:1422; Tango 1998, Stat.
  Med. 17:891; Lu and Bean 1995, Stat. Med. 14:1831).
- A mean of differences: normal, then raised until Student's t holds (Guenther 1981, Am. Stat. 35:243).
- Any other comparison: its own standard error, taken to fall with √n.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from governance.errors import UsageError
from governance.statistics.libraries import normal_quantile, special, two_sided
from governance.statistics.resampling import Bootstrap
from governance.statistics.score_interval import Discordant

if TYPE_CHECKING:
    from governance.statistics.paired import Paired

UNCHANGED = 0.5
"""The power that asks: how many, if the estimate stays as it is?"""
MOST = 10**12
"""More than anybody will ever ask a model."""
Claim = Literal["at least", "at most"]


@dataclass(frozen=True)
class Sufficiency:
    """What was claimed and with how much certainty, how many are needed (None: no number settles it), there, and lacking."""

    claim: str
    confidence: float
    power: float
    needed: int | None
    have: int
    more: int | None


def more_needed(needed: int | None, have: int) -> int | None:
    """What lacks of the number needed: 0 where there are enough, None where no number would do."""
    return None if needed is None else max(0, needed - have)


def for_share(
    share: float, bound: float, *, claim: Claim | None = None, confidence: float = 0.95, power: float = 0.8
) -> int | None:
    """Items for a share against a bound, both from 0 to 1. Without a claim either side may come out: only the distance counts."""
    if not (0 <= share <= 1 and 0 <= bound <= 1):
        raise UsageError("a share and its bound lie between 0 and 1")
    away = share - bound if claim != "at most" else bound - share
    if claim is not None and away <= 0:
        return None
    alpha, beta = _quantiles(confidence, power)
    return _whole(alpha * math.sqrt(bound * (1 - bound)) + beta * math.sqrt(share * (1 - share)), away)


def for_paired_shares(
    discordant: float, margin: float, *, difference: float = 0.0, confidence: float = 0.95, power: float = 0.8
) -> int | None:
    """Pairs for: candidate − reference is at least −margin. `discordant` is the share of pairs that differ, from 0 to 1.

    `difference` is the true one (or the estimate). Raises `UsageError` where it is more than the discordant pairs allow.
    """
    if margin < 0 or not abs(difference) <= discordant <= 1:
        raise UsageError("a margin is at least 0, and no difference is greater than the share of pairs that differ")
    if difference + margin <= 0:
        return None
    return _paired(discordant, -margin, difference, confidence, power)


def for_mean(standard_deviation: float, distance: float, *, confidence: float = 0.95, power: float = 0.8) -> int | None:
    """Values for a mean that lies `distance` inside the bound, both in the unit of the metric; None unless the distance is above 0."""
    if standard_deviation < 0:
        raise UsageError("a standard deviation is at least 0")
    alpha, beta = _quantiles(confidence, power)
    n = _whole((alpha + beta) * standard_deviation, distance) if distance > 0 else None
    if n is None:
        return None
    quantile, least = special().stdtrit, (distance / standard_deviation) ** 2 if standard_deviation else math.inf
    n = max(n, 2)
    for _ in range(1000):
        if n * least >= (float(quantile(n - 1, 1 - _tail(confidence))) + float(quantile(n - 1, power))) ** 2:
            break
        n += 1
    return n


def for_comparison(paired: Paired, margin: float, *, confidence: float = 0.95, power: float = UNCHANGED) -> Sufficiency:
    """How many items would settle whether the difference is at least −margin, either way, if it is what was found.

    With clusters, items that fall into clusters like those that are there. The claim is said in words, in the unit of the metric.
    """
    found = paired.evidence
    claim = f"the difference is at least {-margin:g}"
    needed = None
    if isinstance(found, Discordant) and paired.delta is not None:
        needed = _paired((found.gained + found.lost) / found.n, -margin, paired.delta, confidence, power)
    elif isinstance(found, Bootstrap) and found.stderr is not None and paired.delta is not None:
        alpha, beta = _quantiles(confidence, power)
        needed = _whole((alpha + beta) * found.stderr * math.sqrt(paired.n), paired.delta + margin)
    return Sufficiency(claim, confidence, power, needed, paired.n, more_needed(needed, paired.n))


def _paired(discordant: float, bound: float, difference: float, confidence: float, power: float) -> int | None:
    """Nam's n for a difference against a bound on either side of it; the variances are those of one pair."""
    if not -1 < bound < 1:
        return None
    lost = (discordant - difference) / 2
    linear = -discordant + (2 - difference) * bound
    likely = (math.sqrt(max(0.0, linear**2 + 8 * lost * bound * (1 - bound))) - linear) / 4
    under_bound = max(0.0, 2 * max(likely, -bound, 0.0) + bound * (1 - bound))
    alpha, beta = _quantiles(confidence, power)
    spread = alpha * math.sqrt(under_bound) + beta * math.sqrt(max(0.0, discordant - difference**2))
    return _whole(spread, difference - bound)


def _quantiles(confidence: float, power: float) -> tuple[float, float]:
    if not UNCHANGED <= power < 1:
        raise UsageError(f"a power lies between 0.5 and 1, and {power} does not")
    return two_sided(confidence), normal_quantile(power)


def _tail(confidence: float) -> float:
    return (1 - confidence) / 2


def _whole(spread: float, distance: float) -> int | None:
    """The least n with spread / √n ≤ |distance|; None where there is none that anybody could ask."""
    if distance == 0 or spread >= abs(distance) * math.sqrt(MOST):
        return None
    return max(1, math.ceil(round((spread / distance) ** 2, 6)))
