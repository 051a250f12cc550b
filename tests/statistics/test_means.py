"""Means, cluster-robust and between seeds, and the bootstrap against scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from governance.errors import UsageError
from governance.statistics import means, resampling


def clustered(seed: int, groups: int, equal: bool = False) -> tuple[list[float], list[int]]:
    draw = np.random.default_rng(seed)
    sizes = np.full(groups, 8) if equal else draw.integers(1, 15, groups)
    names = np.repeat(np.arange(groups), sizes)
    return (draw.normal(size=groups)[names] + draw.normal(size=len(names))).tolist(), names.tolist()


def test_the_interval_of_a_mean_is_students() -> None:
    from statsmodels.stats.weightstats import DescrStatsW

    values = [3.1, 2.7, 2.9, 3.6, 4.0, 2.2]
    found = means.mean(values, 0.9)
    assert (found.low, found.high) == pytest.approx(DescrStatsW(values).tconfint_mean(alpha=0.1))
    assert (found.n, found.clusters, found.method) == (6, None, means.STUDENT)


@pytest.mark.parametrize(("groups", "equal"), [(2, False), (7, False), (40, False), (25, True)])
def test_the_cluster_robust_interval_is_that_of_statsmodels(groups: int, equal: bool) -> None:
    import statsmodels.api as sm

    values, names = clustered(groups, groups, equal)
    theirs = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(names)}, use_t=True
    )
    found = means.mean(values, 0.95, names)
    assert found.stderr == pytest.approx(theirs.bse[0])
    assert (found.low, found.high) == pytest.approx(tuple(theirs.conf_int()[0]))
    assert found.clusters == groups


def test_one_item_or_one_cluster_has_no_interval() -> None:
    assert means.mean([1.0]).low is None
    one = means.mean([1.0, 2.0, 3.0], clusters=["a", "a", "a"])
    assert (one.point, one.stderr, one.clusters) == (2.0, None, 1)
    with pytest.raises(UsageError):
        means.mean([])
    with pytest.raises(UsageError):
        means.mean([1.0, math.nan])
    with pytest.raises(UsageError):
        means.mean([1.0, 2.0], clusters=["a"])


def test_seeds_have_a_variance_of_their_own_and_one_seed_has_none() -> None:
    found = means.between_seeds({1: 0.70, 2: 0.72, 3: 0.74})
    assert (found.count, found.mean, found.standard_deviation, found.variance) == (3, 0.72, 0.02, 0.0004)
    # t with 2 degrees of freedom: 4.303 × 0.02 / √3
    assert (found.low, found.high) == pytest.approx((0.72 - 0.04968, 0.72 + 0.04968), abs=1e-5)
    alone = means.between_seeds({1: 0.7})
    assert (alone.count, alone.mean, alone.standard_deviation, alone.low) == (1, 0.7, None, None)


def test_the_bootstrap_agrees_with_scipys_within_monte_carlo_error() -> None:
    from scipy.stats import bootstrap

    values = np.random.default_rng(11).exponential(size=400)
    for method, name in (("bca", "BCa"), ("percentile", "percentile")):
        theirs = bootstrap(
            (values,), np.mean, n_resamples=20_000, method=name, batch=500, rng=np.random.default_rng(3)
        ).confidence_interval
        found = resampling.bootstrap(values.tolist(), seed=7, resamples=20_000, method=method).interval()
        # An end of 20,000 resamples is uncertain by about 2 % of the width; the expansion adds 0.3 %.
        width = theirs.high - theirs.low
        assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.04 * width)


def test_the_acceleration_is_that_of_the_jackknife() -> None:
    values, names = clustered(9, 30)
    for groups in (list(range(len(values))), names):
        units = [
            np.array([value for value, name in zip(values, groups, strict=True) if name != one]) for one in set(groups)
        ]
        left = np.array([unit.mean() for unit in units])
        away = left.mean() - left
        efron = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
        found = resampling.bootstrap(values, seed=1, resamples=999, clusters=groups)
        assert found.acceleration == pytest.approx(efron, rel=1e-6)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
def test_the_ends_are_the_order_statistics_that_efron_and_hesterberg_say(confidence: float) -> None:
    from scipy.stats import norm, t

    values = np.random.default_rng(12).choice([0.0, 0.25, 1.0], 25, p=[0.6, 0.3, 0.1])
    found = resampling.bootstrap(values.tolist(), seed=4, resamples=4999)
    whole, away = values.mean(), values - values.mean()
    share = ((found.means < whole - 1e-12).mean() + (found.means <= whole + 1e-12).mean()) / 2
    bias, acceleration = norm.ppf(share), (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    assert (found.bias, found.acceleration) == pytest.approx((bias, acceleration))
    ends = []
    for level in ((1 - confidence) / 2, (1 + confidence) / 2):
        z = bias + np.sqrt(25 / 24) * t.ppf(level, 24)
        rank = norm.cdf(bias + z / (1 - acceleration * z)) * 5000
        ends.append(found.means[int(rank if level < 0.5 else np.ceil(rank)) - 1])
    interval = found.interval(confidence)
    assert (interval.low, interval.high) == pytest.approx(tuple(ends))


def test_the_clustered_bootstrap_has_the_cluster_robust_standard_error() -> None:
    values, names = clustered(3, 300)
    found = resampling.bootstrap(values, seed=1, clusters=names)
    assert found.stderr == pytest.approx(means.mean(values, clusters=names).stderr, rel=0.03)
    assert (found.units, found.clusters, found.n) == (300, 300, len(values))


def test_a_task_comes_out_the_same_alone_and_among_others() -> None:
    draw = np.random.default_rng(8)
    columns = [draw.normal(size=n).tolist() for n in (50, 50, 70, 50, 50, 50)] + [[1.0, 1.0, 1.0]]
    values, names = clustered(4, 50)
    together = resampling.bootstrap_many([*columns, values], seed=5, resamples=500, clusters=[None] * 7 + [names])
    for column, found in zip(columns, together, strict=False):
        alone = resampling.bootstrap(column, seed=5, resamples=500)
        assert alone.interval() == found.interval()
        assert (alone.means == found.means).all()
    assert resampling.bootstrap(values, seed=5, resamples=500, clusters=names).interval() == together[-1].interval()


def test_how_much_is_held_at_a_time_and_how_sums_are_made_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from governance.statistics import drawing, permutation

    values = np.random.default_rng(8).normal(size=101).tolist()
    before = resampling.bootstrap(values, seed=5).interval(), permutation.sign_flip(values, seed=5)
    for name, value in (("CELLS", 7), ("FEW", 0), ("BUFFER", 1000), ("MOST_TABLES", 1)):
        monkeypatch.setattr(drawing, name, value)
    assert (resampling.bootstrap(values, seed=5).interval(), permutation.sign_flip(values, seed=5)) == before


def test_the_digits_are_those_that_were_written_down() -> None:
    """Whoever reckons again elsewhere gets these. They were made once, on numpy 2.4 and scipy 1.17."""
    values = [((7 * at * at + 3 * at) % 101) / 101 for at in range(83)]
    found = resampling.bootstrap(values, seed=2**70 + 1, resamples=2000)
    clusters = resampling.bootstrap(values, seed=3, resamples=2000, clusters=[at // 3 for at in range(83)])
    one, other = found.interval(), clusters.interval(0.9)
    digits = [one.low, one.high, found.p_at_least(0.4), other.low, other.high, clusters.p_below(0.6)]
    assert digits == WRITTEN_DOWN


WRITTEN_DOWN = [0.417034474532, 0.55063819635, 0.00963029660885, 0.417290509539, 0.545628056782, 0.00430397190728]


def test_a_p_value_is_the_interval_turned_round() -> None:
    values = np.random.default_rng(2).exponential(size=37).tolist()
    for method in ("bca", "percentile"):
        found = resampling.bootstrap(values, seed=3, resamples=999, method=method)
        for bound in [*np.quantile(values, [0.2, 0.5]), *found.means[[0, 3, 40, 500, 900, 998]], 0.0, 9.0]:
            for level in (0.002, 0.01, 0.025, 0.2, 0.5):
                interval = found.interval(1 - 2 * level) if level < 0.5 else None
                if interval is None:
                    continue
                assert (interval.low >= bound) == (found.p_at_least(bound) <= level)
                assert (interval.high < bound) == (found.p_below(bound) <= level)


def test_a_p_value_is_never_nothing_and_there_is_none_where_all_values_are_alike() -> None:
    found = resampling.bootstrap([0.0, 1.0] * 50, seed=1, resamples=99)
    assert 0.01 <= found.p_at_least(-5) < 0.02
    assert 0.01 <= found.p_below(5) < 0.02
    assert found.p_at_least(5) == found.p_below(-5) == 1.0
    alike = resampling.bootstrap([0.3] * 30, seed=1)
    assert (alike.interval(), alike.stderr, alike.p_at_least(0), alike.p_below(1)) == (None, None, 1.0, 1.0)
    assert resampling.bootstrap([0.0, 1.0] * 50, seed=1, resamples=99).interval(0.9999) is None


def test_fewer_than_twenty_items_or_clusters_are_not_resampled() -> None:
    values = [float(at % 7) for at in range(40)]
    assert resampling.bootstrap(values[:19], seed=1).interval() is None
    assert resampling.bootstrap(values[:20], seed=1).interval() is not None
    few = resampling.bootstrap(values, seed=1, clusters=[at % 19 for at in range(40)])
    assert (few.units, few.interval(), few.p_at_least(-9), len(few.means)) == (19, None, 1.0, 0)


def test_a_common_offset_moves_the_interval_and_nothing_else() -> None:
    values = np.random.default_rng(2).integers(0, 64, 90) / 64
    near, far = (resampling.bootstrap((values + off).tolist(), seed=3).interval() for off in (0, 4096))
    assert (far.low - 4096, far.high - 4096) == pytest.approx((near.low, near.high), abs=1e-8)
