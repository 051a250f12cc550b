"""The bootstrap of a mean, of items or of whole clusters, and what it says at any confidence.

- Ends: the bias-corrected and accelerated percentiles, BCa (Efron 1987, JASA 82:171; Davison and Hinkley 1997, section 5.3), or plain
  percentiles. Both are *expanded* (Hesterberg 2015, Am. Stat. 69:371, section 4.3): Φ⁻¹(α) is replaced by √(m / (m − 1)) × t₍α, m−1₎ for
  m units, because percentiles of few units are too narrow; from some hundreds on the difference is nil.
- Clusters: whole clusters are drawn, and the mean is the sum of their values over the number of their items (Davison and Hinkley 1997,
  section 3.8).
- An end is an order statistic of the resampled means, so the p-value of a bound is that same interval turned round:
  `low ≥ bound` at the level α of one side if and only if `p_at_least(bound) ≤ α`, for every α ≥ 1 / (resamples + 1).
- Negating the values negates the answer, digit by digit: the draws are made over whichever of the two is the greater, and where both are
  the same data, the resampled means are made symmetric, as they would be with endless resamples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from governance.errors import UsageError
from governance.statistics.drawing import Grid, gridded, resampled_sums
from governance.statistics.libraries import finite, numpy, one_tail, rounded, special
from governance.statistics.proportions import Interval

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Method = Literal["bca", "percentile"]
RESAMPLES = 10_000
LEAST_UNITS = 20
"""Items or clusters below which nothing is resampled: percentiles of so few cover too little (docs/explanation/statistics.md)."""
NAMES: dict[str, str] = {"bca": "BCa bootstrap", "percentile": "percentile bootstrap"}


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """A mean and its resampled means, ascending, in the unit of the values.

    `units` is what was drawn: items, or clusters where `clusters` is not None. `bias` and `acceleration` are BCa's z₀ and a. `settled` is
    False where every unit has the same mean or there are fewer than `LEAST_UNITS`: nothing was drawn, and there is no interval.
    """

    point: float
    means: Any
    n: int
    units: int
    clusters: int | None
    bias: float
    acceleration: float
    settled: bool
    method: Method

    @property
    def stderr(self) -> float | None:
        """The standard deviation of the resampled means."""
        return rounded(float(self.means.std())) if self.settled else None

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """The two-sided interval; None where there is none, or where these resamples are too few for that confidence."""
        tail = one_tail(confidence)
        low, high = self._rank(tail, self.bias, self.acceleration), self._rank(tail, -self.bias, -self.acceleration)
        if not self.settled or min(low, high) < 1:
            return None
        ends = self._mean(low - 1), self._mean(len(self.means) - high)
        return Interval(*ends, confidence, NAMES[self.method])

    def p_at_least(self, bound: float) -> float:
        """How well the data go with a mean below `bound`: small is evidence that it is at least the bound. Never 0."""
        return self._p(self._below(bound), self.bias, self.acceleration)

    def p_below(self, bound: float) -> float:
        """How well the data go with a mean of at least `bound`: small is evidence that it is below. Never 0."""
        return self._p(len(self.means) - self._below(bound), -self.bias, -self.acceleration)

    def _mean(self, at: int) -> float:
        return rounded(float(self.means[at]))

    def _below(self, bound: float) -> int:
        """How many resampled means, as they are reported, lie below the bound."""
        low, high = 0, len(self.means)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._mean(middle) < bound else (low, middle)
        return low

    def _rank(self, level: float, bias: float, acceleration: float) -> int:
        """The rank, from 1 on, of the lower end at a level of one side; 0 where it lies beyond the resamples."""
        if not self.settled:
            return 0
        z = bias + math.sqrt(self.units / (self.units - 1)) * float(special().stdtrit(self.units - 1, level))
        if 1 - acceleration * z <= 0:
            return 0 if z < 0 else len(self.means)
        share = rounded(float(special().ndtr(bias + z / (1 - acceleration * z))))
        return min(math.floor(share * (len(self.means) + 1)), len(self.means))

    def _p(self, outside: int, bias: float, acceleration: float) -> float:
        """The least level at which the rank of the lower end is above `outside`."""
        if not self.settled or outside >= len(self.means):
            return 1.0
        least = 1 / (len(self.means) + 1)
        w = float(special().ndtri((outside + 1) / (len(self.means) + 1))) - bias
        if 1 + acceleration * w <= 0:
            return rounded(least) if w < 0 else 1.0
        t = (w / (1 + acceleration * w) - bias) / math.sqrt(self.units / (self.units - 1))
        return rounded(max(least, float(special().stdtr(self.units - 1, t))))


@dataclass(frozen=True, eq=False)
class _Units:
    """What is drawn, sorted: sums of grid values and numbers of items, (m,) each.

    `sign` turns the answer round again; it is 0 where the data are the same after negation.
    """

    sums: Any
    sizes: Any
    grid: Grid
    sign: float
    point: float
    n: int


def bootstrap(
    values: Sequence[float],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    clusters: Sequence[Hashable] | None = None,
    method: Method = "bca",
) -> Bootstrap:
    """The bootstrap of the mean of n values; `clusters` names the cluster of each. Raises `UsageError` for no values.

    The seed is any whole number from 0 on. The order of the values and the names of the clusters change nothing.
    """
    return bootstrap_many(
        [values], seed=seed, resamples=resamples, clusters=None if clusters is None else [clusters], method=method
    )[0]


def bootstrap_many(
    columns: Sequence[Sequence[float]],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    clusters: Sequence[Sequence[Hashable] | None] | None = None,
    method: Method = "bca",
) -> list[Bootstrap]:
    """The bootstrap of many means, each as `bootstrap` alone gives it with that seed; those of one number of units share their draws.

    `clusters`, where given, has one entry a column. Memory beside the data and the means stays
    below 64 MB for up to some hundred thousand items.
    """
    if seed < 0 or resamples < 1:
        raise UsageError("a seed is a whole number from 0 on, and there is at least one resample")
    names = [None] * len(columns) if clusters is None else list(clusters)
    if len(names) != len(columns):
        raise UsageError(f"{len(columns)} columns and clusters for {len(names)}")
    units = [_units(finite(values), name) for values, name in zip(columns, names, strict=True)]
    alike: dict[int, list[int]] = {}
    for at, each in enumerate(units):
        if _settled(each):
            alike.setdefault(len(each.sums), []).append(at)
    drawn: dict[int, Any] = {}
    for members in alike.values():
        drawn |= zip(members, _means([units[at] for at in members], seed, resamples), strict=True)
    told = [None if name is None else len(each.sums) for name, each in zip(names, units, strict=True)]
    return [_made(each, drawn.get(at), told[at], method) for at, each in enumerate(units)]


def _means(units: Sequence[_Units], seed: int, resamples: int) -> list[Any]:
    """The resampled means of units of one number: exact sums, then one division."""
    np = numpy()
    equal = [bool((each.sizes == each.sizes[0]).all()) for each in units]
    columns = [each.sums for each in units]
    columns += [each.sizes for each, same in zip(units, equal, strict=True) if not same]
    sums = resampled_sums(seed, resamples, np.ascontiguousarray(np.stack(columns, axis=1)))
    found, beside = [], len(units)
    for at, (each, same) in enumerate(zip(units, equal, strict=True)):
        items: Any = float(each.n) if same else sums[:, beside]
        beside += not same
        found.append(np.sort(sums[:, at] / items))
    return found


def _units(values: list[float], clusters: Sequence[Hashable] | None) -> _Units:
    np = numpy()
    if not values:
        raise UsageError("there is no mean of no values")
    if clusters is not None and len(clusters) != len(values):
        raise UsageError(f"{len(values)} values and {len(clusters)} names of clusters")
    point = math.fsum(values) / len(values)
    sign = _direction(values, point, clusters)
    if sign < 0:
        values, point = [-value for value in values], -point
    if clusters is None:
        grid = gridded(sorted(values), len(values))
        return _Units(grid.whole, np.ones(len(values)), grid, sign, point, len(values))
    numbers: dict[Hashable, int] = {}
    codes = [numbers.setdefault(name, len(numbers)) for name in clusters]
    sizes = np.bincount(codes)
    # A resample may draw the largest cluster every time, so the grid leaves room for that.
    grid = gridded(values, int(sizes.max()) * len(sizes))
    sums = np.bincount(codes, weights=grid.whole)
    order = np.lexsort((sums, sizes))
    return _Units(sums[order], sizes[order].astype(np.float64), grid, sign, point, len(values))


def _direction(values: list[float], point: float, clusters: Sequence[Hashable] | None) -> float:
    """1 where the values are greater than their negatives, by their mean and then by the units in order; −1 where less, 0 where equal."""
    if point != 0:
        return math.copysign(1.0, point)
    units: dict[Hashable, list[float]] = {}
    for at, value in enumerate(values):
        units.setdefault(at if clusters is None else clusters[at], []).append(value)
    sums = sorted((len(each), math.fsum(each)) for each in units.values())
    other = sorted((size, -total) for size, total in sums)
    return float((sums > other) - (sums < other))


def _settled(units: _Units) -> bool:
    """Whether there are enough units, and two whose means differ."""
    return len(units.sums) >= LEAST_UNITS and bool((units.sums * units.sizes[0] != units.sums[0] * units.sizes).any())


def _made(units: _Units, means: Any, clusters: int | None, method: Method) -> Bootstrap:
    np = numpy()
    point = rounded(math.copysign(1.0, units.sign) * units.point)
    if means is None:
        return Bootstrap(point, np.empty(0), units.n, len(units.sums), clusters, 0.0, 0.0, settled=False, method=method)
    whole = math.fsum(units.sums.tolist()) / units.n
    bias, acceleration = 0.0, 0.0
    if method == "bca":
        less = int(np.searchsorted(means, whole, "left"))
        more = len(means) - int(np.searchsorted(means, whole, "right"))
        bias, acceleration = units.sign * _bias(less, more, len(means)), units.sign * _acceleration(units, whole)
    found = units.grid.base + means / units.grid.scale
    if units.sign == 0:
        found = (found - found[::-1]) / 2
    return Bootstrap(
        point,
        found if units.sign >= 0 else -found[::-1],
        units.n,
        len(units.sums),
        clusters,
        bias,
        acceleration,
        settled=True,
        method=method,
    )


def _bias(less: int, more: int, count: int) -> float:
    """z₀ = Φ⁻¹ of the share of resampled means below the mean, ties by half; kept within what the resamples can tell."""
    twice = min(max(count + less - more, 1), 2 * count - 1)
    if 2 * twice <= 2 * count:
        return float(special().ndtri(twice / (2 * count)))
    return -float(special().ndtri((2 * count - twice) / (2 * count)))


def _acceleration(units: _Units, whole: float) -> float:
    """The acceleration Σ d³ / (6 (Σ d²)^1.5), d the mean less the mean without the unit (Efron 1987), in closed form for a mean."""
    total, items = math.fsum(units.sums.tolist()), float(units.n)
    left = items - units.sizes
    jackknife = (total - units.sums) / left
    # Efron's d is measured from the mean of the jackknifed means; for clusters of one size that is the mean itself.
    away = math.fsum(jackknife.tolist()) / len(jackknife) - jackknife if (left != left[0]).any() else whole - jackknife
    squares = math.fsum((away * away).tolist())
    return math.fsum((away * away * away).tolist()) / (6 * squares * math.sqrt(squares)) if squares > 0 else 0.0
