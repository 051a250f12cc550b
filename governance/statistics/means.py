"""A mean with its interval: of single items, of items in clusters, and between seeds.

- Single items: Student's t with n − 1 degrees of freedom.
- Clusters (several items of one document, dialogue or author): the cluster-robust standard error CR1 with G − 1 degrees of freedom
  (Liang and Zeger 1986, Biometrika 73:13; Cameron and Miller 2015, J. Hum. Resour. 50:317), the one that statsmodels gives for a
  model of the intercept alone with `cov_type="cluster", use_t=True`.
- Seeds: the same evaluation under several seeds, Student's t over their means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UsageError
from governance.statistics.libraries import finite, one_tail, rounded, special

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

STUDENT, CLUSTER_ROBUST = "Student t", "cluster-robust t (CR1)"


@dataclass(frozen=True)
class Estimate:
    """A mean in the unit of the values. `stderr`, `low` and `high` are None where there are fewer than two items or clusters.

    `clusters` is None where every item stands for itself.
    """

    point: float
    stderr: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int | None
    confidence: float
    method: str


@dataclass(frozen=True)
class Seeds:
    """`count` means of runs that differ by their seed alone. One run: nothing between seeds, and the last four are None."""

    count: int
    mean: float
    standard_deviation: float | None
    variance: float | None
    low: float | None
    high: float | None
    confidence: float


def mean(values: Sequence[float], confidence: float = 0.95, clusters: Sequence[Hashable] | None = None) -> Estimate:
    """The mean of n values; `clusters` names the cluster of each. Raises `UsageError` for no values or another number of clusters."""
    found = finite(values)
    tail, n = one_tail(confidence), len(found)
    if not found:
        raise UsageError("there is no mean of no values")
    point = math.fsum(found) / n
    groups = _residuals(found, point, clusters)
    count, method = len(groups), STUDENT if clusters is None else CLUSTER_ROBUST
    told = None if clusters is None else count
    if count < 2:
        return Estimate(rounded(point), None, None, None, n, told, confidence, method)
    stderr = math.sqrt(count / (count - 1) * math.fsum(each * each for each in groups)) / n
    half = float(special().stdtrit(count - 1, 1 - tail)) * stderr
    return Estimate(
        rounded(point), rounded(stderr), rounded(point - half), rounded(point + half), n, told, confidence, method
    )


def _residuals(values: Sequence[float], point: float, clusters: Sequence[Hashable] | None) -> list[float]:
    """The sum of the residuals of each cluster; without clusters each residual."""
    if clusters is None:
        return [value - point for value in values]
    if len(clusters) != len(values):
        raise UsageError(f"{len(values)} values and {len(clusters)} names of clusters")
    apart: dict[Hashable, list[float]] = {}
    for value, name in zip(values, clusters, strict=True):
        apart.setdefault(name, []).append(value - point)
    return [math.fsum(each) for each in apart.values()]


def between_seeds(means_by_seed: Mapping[Hashable, float], confidence: float = 0.95) -> Seeds:
    """How far the mean of a run moves with its seed: {seed: mean}. Raises `UsageError` for no seed."""
    found = mean(list(means_by_seed.values()), confidence)
    if found.stderr is None:
        return Seeds(found.n, found.point, None, None, None, None, confidence)
    centre = math.fsum(means_by_seed.values()) / found.n
    variance = math.fsum((value - centre) ** 2 for value in means_by_seed.values()) / (found.n - 1)
    return Seeds(
        found.n, found.point, rounded(math.sqrt(variance)), rounded(variance), found.low, found.high, confidence
    )
