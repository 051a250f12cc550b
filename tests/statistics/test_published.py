"""Ours against worked examples that were published, and against statsmodels."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from governance.statistics import multiplicity, proportions, score_interval
from tests.statistics import published


@pytest.mark.parametrize(("k", "n", "wilson", "exact"), published.SINGLE)
def test_wilson_and_clopper_pearson_are_newcombes_table(k: int, n: int, wilson: tuple, exact: tuple) -> None:
    from statsmodels.stats.proportion import proportion_confint

    for ours, printed, method in (
        (proportions.wilson(k, n), wilson, "wilson"),
        (proportions.clopper_pearson(k, n), exact, "beta"),
    ):
        assert (ours.low, ours.high) == pytest.approx(printed, abs=5.1e-5)
        assert (ours.low, ours.high) == pytest.approx(proportion_confint(k, n, method=method), abs=1e-9)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99, 0.999])
@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (1, 2), (7, 9), (500, 1000), (3, 100_000), (99_999, 100_000)])
def test_shares_agree_with_statsmodels_at_every_confidence(k: int, n: int, confidence: float) -> None:
    from statsmodels.stats.proportion import proportion_confint

    for ours, method in (
        (proportions.wilson(k, n, confidence), "wilson"),
        (proportions.clopper_pearson(k, n, confidence), "beta"),
    ):
        low, high = proportion_confint(k, n, alpha=1 - confidence, method=method)
        assert (ours.low, ours.high) == pytest.approx((0 if k == 0 else low, 1 if k == n else high), abs=1e-9)


def test_nothing_seen_has_the_one_sided_bound_and_the_rule_of_three_is_near() -> None:
    for n in (10, 59, 300, 10_000):
        found = proportions.none_seen(n)
        assert (1 - found.high) ** n == pytest.approx(0.05)
        assert found.high == pytest.approx(proportions.clopper_pearson(0, n, 0.90).high)
    assert proportions.none_seen(1000).high == pytest.approx(3 / 1000, rel=0.01)


@pytest.mark.parametrize(("gained", "lost", "n", "confidence", "low", "high", "source"), published.TANGO)
def test_tangos_interval_is_the_published_one(
    gained: int, lost: int, n: int, confidence: float, low: float, high: float, source: str
) -> None:
    found = score_interval.Discordant(gained, lost, n).interval(confidence)
    digits = 4 if low == -0.1670 else 3
    assert (round(found.low, digits), round(found.high, digits)) == (low, high), source


def test_tangos_test_of_no_difference_is_mcnemars_without_correction() -> None:
    from statsmodels.stats.contingency_tables import mcnemar

    for gained, lost in ((9, 3), (1, 7), (40, 20), (86, 150)):
        theirs = mcnemar([[100, gained], [lost, 100]], exact=False, correction=False)
        score = score_interval.Discordant(gained, lost, gained + lost + 200).score(0.0)
        assert score**2 == pytest.approx(theirs.statistic)


@pytest.mark.parametrize(("one", "other", "p", "mid", "source"), published.MCNEMAR)
def test_mcnemars_exact_test_is_the_published_one(one: int, other: int, p: float, mid: float, source: str) -> None:
    assert score_interval.mcnemar(one, other) == pytest.approx(p, abs=5e-5), source
    assert score_interval.mcnemar_mid_p(one, other) == pytest.approx(mid, abs=5e-5), source


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (0, 1), (1, 0), (5, 5), (9, 2), (0, 12), (30, 41), (150, 86)])
def test_mcnemars_exact_test_is_the_sum_of_the_binomial_terms(gained: int, lost: int) -> None:
    from statsmodels.stats.contingency_tables import mcnemar

    both, least = gained + lost, min(gained, lost)
    tail = Fraction(sum(comb(both, k) for k in range(least + 1)), 2**both)
    here = Fraction(comb(both, least), 2**both)
    assert score_interval.mcnemar(gained, lost) == pytest.approx(float(min(Fraction(1), 2 * tail)), rel=1e-11)
    assert score_interval.mcnemar_mid_p(gained, lost) == pytest.approx(float(2 * tail - here), rel=1e-11)
    if both:
        theirs = mcnemar([[10, gained], [lost, 10]], exact=True).pvalue
        assert score_interval.mcnemar(gained, lost) == pytest.approx(theirs, rel=1e-10)


def test_holm_and_benjamini_hochberg_are_what_the_hand_reckons() -> None:
    p, holm, bh = published.ADJUSTED_BY_HAND
    assert multiplicity.holm(p) == pytest.approx(holm)
    assert multiplicity.benjamini_hochberg(p) == pytest.approx(bh)
    assert multiplicity.holm([]) == multiplicity.benjamini_hochberg([]) == []


def test_benjamini_and_hochbergs_own_example_comes_out_as_they_say() -> None:
    p, by_holm, by_rate = published.BENJAMINI_HOCHBERG_1995
    assert sum(each <= 0.05 for each in multiplicity.holm(p)) == by_holm
    assert sum(each <= 0.05 for each in multiplicity.benjamini_hochberg(p)) == by_rate


def test_adjusted_p_values_are_those_of_statsmodels_in_any_order() -> None:
    import random

    from statsmodels.stats.multitest import multipletests

    draw = random.Random(5)
    for count in (1, 2, 7, 50):
        p = [round(draw.random() ** 3, 3) for _ in range(count)]
        assert multiplicity.holm(p) == pytest.approx(multipletests(p, method="holm")[1])
        assert multiplicity.benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
