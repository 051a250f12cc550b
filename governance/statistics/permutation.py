"""The sign-flip permutation test of paired differences: if neither model is better, each difference could as well have the other sign.

Differences of the items of one cluster keep their signs together, so their sum is flipped. Every pattern of signs is looked at where
there are at most 2¹⁴; else patterns are drawn, and the one that was seen counts as one of them (Phipson and Smyth 2010, Stat. Appl.
Genet. Mol. Biol. 9:39), so that the p-value is never 0. Fisher (1935, The Design of Experiments, section 21); Good (2005), section 3.2.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from governance.errors import UsageError
from governance.statistics.drawing import gridded, signed_sums
from governance.statistics.libraries import finite, numpy, rounded

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

EXACT = 14
"""Differences other than 0 up to which every pattern of signs is looked at."""


def sign_flip(
    differences: Sequence[float], *, seed: int, resamples: int = 10_000, clusters: Sequence[Hashable] | None = None
) -> float:
    """The two-sided p-value of the sum of the differences; 1 where all are 0. Raises `UsageError` for no differences."""
    np = numpy()
    values = finite(differences)
    if not values or (clusters is not None and len(clusters) != len(values)):
        raise UsageError(f"{len(values)} differences and clusters for {0 if clusters is None else len(clusters)}")
    grid = gridded([0.0, *map(abs, values)], len(values))
    whole = np.copysign(grid.whole[1:], values)
    if clusters is None:
        sums = whole
    else:
        numbers: dict[Hashable, int] = {}
        sums = np.bincount([numbers.setdefault(name, len(numbers)) for name in clusters], weights=whole)
    sizes = np.sort(np.abs(sums[sums != 0]))
    if len(sizes) == 0:
        return 1.0
    seen = abs(math.fsum(sums.tolist()))
    if len(sizes) <= EXACT:
        return rounded(float((np.abs(_every(sizes)) >= seen).mean()))
    drawn = signed_sums(seed, resamples, sizes)
    return rounded((1 + int((np.abs(drawn) >= seen).sum())) / (resamples + 1))


def _every(sizes: object) -> object:
    """The sums under every pattern of signs, (2^m,)."""
    np = numpy()
    sums = np.zeros(1)
    for size in np.asarray(sizes):
        sums = np.concatenate([sums + size, sums - size])
    return sums
