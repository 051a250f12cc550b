"""How many samples: against statsmodels, published tables and the tests themselves."""

from __future__ import annotations

import math

import pytest

from governance.errors import UsageError
from governance.statistics import paired, proportions, sufficiency
from governance.statistics.paired import Samples
from governance.statistics.score_interval import Discordant
from tests.statistics.test_paired import binary


@pytest.mark.parametrize(("share", "bound"), [(0.02, 0.05), (0.9, 0.85), (0.5, 0.4), (0.0, 0.01), (1.0, 0.98)])
def test_an_unchanged_share_is_settled_by_wilson_from_that_number_on(share: float, bound: float) -> None:
    n = sufficiency.for_share(share, bound, power=sufficiency.UNCHANGED)
    z = 1.959963984540054
    for asked, settled in ((n * 1.001 + 1, True), (n * 0.999 - 1, False)):
        centre, slack = (share + z * z / (2 * asked)) / (1 + z * z / asked), z * z / asked
        half = z / (1 + slack) * math.sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked))
        assert (abs(centre - bound) >= half) == settled


def test_a_share_needs_what_fleiss_says() -> None:
    # Fleiss, Levin and Paik's formula by hand: (1.96 √(.05 × .95) + 0.8416 √(.02 × .98))² / .03² = 330.6
    assert sufficiency.for_share(0.02, 0.05, claim="at most") == 331
    assert sufficiency.for_share(0.02, 0.05, claim="at least") is None
    assert sufficiency.for_share(0.05, 0.05) is None


def test_nothing_seen_needs_about_three_over_the_bound() -> None:
    n = sufficiency.for_share(0.0, 0.01, claim="at most", confidence=0.9, power=0.5)
    assert proportions.wilson(0, n, 0.9).high == pytest.approx(0.01, rel=0.01)


@pytest.mark.parametrize(
    ("deviation", "distance", "power"), [(0.3, 0.02, 0.8), (1.0, 1.0, 0.9), (1.0, 0.5, 0.8), (2.0, 0.1, 0.95)]
)
def test_a_mean_needs_what_statsmodels_says(deviation: float, distance: float, power: float) -> None:
    from statsmodels.stats.power import TTestPower

    theirs = TTestPower().solve_power(distance / deviation, power=power, alpha=0.025, alternative="larger")
    assert sufficiency.for_mean(deviation, distance, power=power) == pytest.approx(theirs, abs=2)
    assert sufficiency.for_mean(deviation, 0) is None
    assert sufficiency.for_mean(deviation, -0.1) is None


def test_paired_shares_without_a_margin_need_what_mcnemars_test_does() -> None:
    # Connor 1987, Biometrics 43:207: (z_α √ψ + z_β √(ψ − δ²))² / δ² for ψ discordant and a difference δ.
    psi, delta = 0.2, 0.05
    connor = (1.959964 * math.sqrt(psi) + 0.841621 * math.sqrt(psi - delta**2)) ** 2 / delta**2
    assert sufficiency.for_paired_shares(psi, 0.0, difference=delta) == math.ceil(connor)


@pytest.mark.parametrize(
    ("discordant", "margin", "difference"),
    [(0.1, 0.02, 0.0), (0.2, 0.05, 0.01), (0.06, 0.01, 0.02), (0.3, 0.05, -0.01)],
)
def test_an_unchanged_difference_is_settled_by_tango_from_that_number_on(
    discordant: float, margin: float, difference: float
) -> None:
    million = 10**6
    gained, lost = (round(million * (discordant + sign * difference) / 2) for sign in (1, -1))
    # The score grows with √n, so n for a score of 1.96 follows from that of a million pairs.
    expected = million * (1.959963984540054 / Discordant(gained, lost, million).score(-margin)) ** 2
    found = sufficiency.for_paired_shares(discordant, margin, difference=difference, power=sufficiency.UNCHANGED)
    assert found == pytest.approx(expected, abs=1.01)


def test_an_open_comparison_says_how_many_more() -> None:
    found = paired.compare(binary(400, 20, 22, 58), seed=0)
    told = sufficiency.for_comparison(found, 0.02)
    assert (told.claim, told.have) == ("the difference is at least -0.02", 500)
    assert told.more == told.needed - 500 > 0
    scale = math.ceil(told.needed * 1.02 / 500)
    more = paired.compare(binary(400 * scale, 20 * scale, 22 * scale, 58 * scale), seed=0)
    assert more.low >= -0.02
    assert sufficiency.for_comparison(more, 0.02).more == 0


def test_a_comparison_of_graded_scores_says_so_too_and_an_estimate_on_the_bound_never_settles() -> None:
    scores = {f"q{at}": ((at * 7) % 11 - 5) / 10 for at in range(110)}
    found = paired.compare(paired.pair(Samples(scores), Samples(dict.fromkeys(scores, 0.0))), seed=0)
    assert found.delta == 0.0
    told = sufficiency.for_comparison(found, 0.01)
    # deviation of −0.5 … 0.5 in steps of 0.1 is √0.1; (1.96 × 0.3162 / 0.01)² = 3842
    assert told.needed == pytest.approx(3842, rel=0.05)
    assert sufficiency.for_comparison(found, 0.0).more is None
    empty = paired.compare(paired.pair(Samples({}), Samples({})), seed=0)
    assert sufficiency.for_comparison(empty, 0.1).needed is None


def test_what_makes_no_sense_is_refused() -> None:
    for call in (
        lambda: sufficiency.for_share(1.2, 0.5),
        lambda: sufficiency.for_share(0.2, 0.5, power=0.3),
        lambda: sufficiency.for_paired_shares(0.1, 0.02, difference=0.2),
        lambda: sufficiency.for_paired_shares(0.1, -0.02),
        lambda: sufficiency.for_mean(-1, 0.1),
    ):
        with pytest.raises(UsageError):
            call()
    assert sufficiency.more_needed(None, 5) is None
    assert sufficiency.more_needed(3, 5) == 0
