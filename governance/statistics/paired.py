"""Two models on the same items: candidate − reference, item by item.

- Scores that are all 0 or 1, each item for itself: Tango's score interval, and beside it McNemar's exact test (see `score_interval`).
- Any other scores, and items in clusters: the BCa bootstrap over items or clusters (see `resampling`), and beside it the sign-flip
  permutation test (see `permutation`).

The difference is always turned so that **larger is better**: where a lower score is the better one (`higher_is_better=False`), it is
reference − candidate in the unit of the metric. Items that stand on one side only are counted and left out; `overlap` says how much
of what was asked is compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import UsageError
from governance.statistics.libraries import finite, numpy, one_tail, rounded
from governance.statistics.permutation import sign_flip
from governance.statistics.resampling import LEAST_UNITS, RESAMPLES, Bootstrap, bootstrap_many
from governance.statistics.score_interval import TANGO, Discordant, mcnemar, mcnemar_mid_p

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from governance.statistics.proportions import Interval

NO_ITEMS, ALL_ALIKE = "no item on both sides", "every difference is the same"
TOO_FEW = "too few items, clusters or resamples for an interval"


@dataclass(frozen=True)
class Samples:
    """The score of each item of a run by the item's id; where items belong together, the cluster of each by the same id."""

    scores: Mapping[str, float]
    clusters: Mapping[str, Hashable] | None = None


@dataclass(frozen=True, eq=False)
class Pairs:
    """The scores of the items that both sides scored, sorted by id: arrays (n,) of floats, and the cluster of each or None.

    `only_after` and `only_before` count what does not pair; `overlap` is n over all items of either side.
    """

    items: tuple[str, ...]
    after: Any
    before: Any
    clusters: tuple[Hashable, ...] | None
    only_after: int
    only_before: int

    @property
    def overlap(self) -> float:
        """The share of the items of either side that stand on both, from 0 to 1; 0 where there are none."""
        every = len(self.items) + self.only_after + self.only_before
        return len(self.items) / every if every else 0.0


@dataclass(frozen=True)
class Paired:
    """The difference over n items, larger is better, with its interval (None where there is none) and what it rests on.

    `gained` and `lost` count the items on which the candidate is better and worse: for 0 and 1 the discordant pairs. `p_mcnemar`,
    `p_mcnemar_mid` and `p_sign_flip` are two-sided p-values of no difference, where that test applies. `clusters` is None where each
    item stands for itself. `evidence` answers for any bound.
    """

    delta: float | None
    low: float | None
    high: float | None
    confidence: float
    method: str
    n: int
    gained: int
    lost: int
    only_after: int
    only_before: int
    overlap: float
    binary: bool
    clusters: int | None
    p_mcnemar: float | None = None
    p_mcnemar_mid: float | None = None
    p_sign_flip: float | None = None
    evidence: Discordant | Bootstrap | None = field(default=None, repr=False, compare=False)

    def p_not_below(self, bound: float) -> float:
        """One-sided p-value: small is evidence that the difference is at least `bound`. 1 where nothing can be told."""
        return 1.0 if self.evidence is None else self.evidence.p_at_least(bound)

    def p_below(self, bound: float) -> float:
        """One-sided p-value: small is evidence that the difference is below `bound`. 1 where nothing can be told."""
        return 1.0 if self.evidence is None else self.evidence.p_below(bound)

    def interval(self, confidence: float) -> Interval | None:
        """The interval at another confidence; None where there is none."""
        return None if self.evidence is None else self.evidence.interval(confidence)


def pair(after: Samples, before: Samples) -> Pairs:
    """The items of both sides, sorted by id. Raises `UsageError` for a score that is not finite, or an item in two clusters."""
    np = numpy()
    common = sorted(after.scores.keys() & before.scores.keys())
    columns = [np.asarray(finite(side.scores[item] for item in common)) for side in (after, before)]
    only = len(after.scores) - len(common), len(before.scores) - len(common)
    return Pairs(tuple(common), columns[0], columns[1], _clusters(common, after, before), *only)


def compare(
    pairs: Pairs, *, seed: int, confidence: float = 0.95, higher_is_better: bool = True, resamples: int = RESAMPLES
) -> Paired:
    """Candidate − reference over these pairs, turned so that larger is better. The seed is a whole number from 0 on."""
    return compare_many(
        [pairs], seed=seed, confidence=confidence, higher_is_better=[higher_is_better], resamples=resamples
    )[0]


def compare_many(
    tasks: Sequence[Pairs],
    *,
    seed: int,
    confidence: float = 0.95,
    higher_is_better: Sequence[bool] | None = None,
    resamples: int = RESAMPLES,
) -> list[Paired]:
    """Many comparisons, each as `compare` alone gives it with that seed; tasks of the same number of units share their draws."""
    one_tail(confidence)
    up = [True] * len(tasks) if higher_is_better is None else list(higher_is_better)
    rows = [
        (each.after - each.before if better else each.before - each.after).tolist()
        for each, better in zip(tasks, up, strict=True)
    ]
    resampled = [at for at, each in enumerate(tasks) if each.items and not (is_binary(each) and each.clusters is None)]
    found = bootstrap_many(
        [rows[at] for at in resampled],
        seed=seed,
        resamples=resamples,
        clusters=[tasks[at].clusters for at in resampled],
    )
    made = dict(zip(resampled, found, strict=True))
    return [_compared(each, rows[at], made.get(at), seed, confidence, resamples) for at, each in enumerate(tasks)]


def is_binary(pairs: Pairs) -> bool:
    """Whether every score on both sides is 0 or 1."""
    return all(bool(((side == 0) | (side == 1)).all()) for side in (pairs.after, pairs.before))


def _compared(
    pairs: Pairs, rows: list[float], made: Bootstrap | None, seed: int, confidence: float, resamples: int
) -> Paired:
    gained, lost = sum(row > 0 for row in rows), sum(row < 0 for row in rows)
    only, n, binary = (pairs.only_after, pairs.only_before), len(rows), is_binary(pairs)
    overlap, clusters = rounded(pairs.overlap), None if pairs.clusters is None else len(set(pairs.clusters))
    counted = (n, gained, lost, *only, overlap, binary, clusters)
    if not rows:
        return Paired(None, None, None, confidence, NO_ITEMS, *counted)
    delta = rounded(math.fsum(rows) / n)
    if made is None:
        table = Discordant(gained, lost, n)
        interval = table.interval(confidence)
        tests = mcnemar(gained, lost), mcnemar_mid_p(gained, lost)
        return Paired(delta, interval.low, interval.high, confidence, TANGO, *counted, *tests, None, table)
    p = sign_flip(rows, seed=seed, resamples=resamples, clusters=pairs.clusters)
    found = made.interval(confidence)
    if found is None:
        why = ALL_ALIKE if made.units >= LEAST_UNITS and not made.settled else TOO_FEW
        return Paired(delta, None, None, confidence, why, *counted, None, None, p, made)
    return Paired(delta, found.low, found.high, confidence, found.method, *counted, None, None, p, made)


def _clusters(items: Sequence[str], after: Samples, before: Samples) -> tuple[Hashable, ...] | None:
    """The cluster of each item, from either side; an item that neither names stands for itself."""
    sides = [side.clusters for side in (after, before) if side.clusters is not None]
    if not sides:
        return None
    found: list[Hashable] = []
    for item in items:
        named = {side[item] for side in sides if item in side}
        if len(named) > 1:
            raise UsageError(f"item {item} belongs to one cluster on one side and to another on the other")
        found.append(("cluster", named.pop()) if named else ("item", item))
    return tuple(found)
