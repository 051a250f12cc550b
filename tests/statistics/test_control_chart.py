"""Control charts against the handbook, and their rules."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from governance.errors import UsageError
from governance.statistics import control_chart as charts
from tests.statistics import published


def test_the_individuals_chart_is_that_of_the_handbook() -> None:
    found = charts.individuals(published.NIST_FLOWRATE, 10).points[0]
    assert (found.lower, found.centre, found.upper) == pytest.approx(published.NIST_FLOWRATE_LIMITS, abs=5e-5)
    book = charts.individuals(published.MONTGOMERY, 20)
    assert (book.points[0].lower, book.points[0].centre, book.points[0].upper) == pytest.approx(
        published.MONTGOMERY_LIMITS, abs=0.01
    )
    assert not any(point.signal for point in book.points)


def test_the_ewma_chart_is_that_of_the_handbook() -> None:
    found = charts.ewma(published.NIST_EWMA, 0, weight=0.3, width=3, centre=50, sigma=2.0539)
    assert [round(point.value, 2) for point in found.points] == published.NIST_EWMA_ANSWERS
    last = found.points[-1]
    assert (last.lower, last.centre, last.upper) == pytest.approx(published.NIST_EWMA_LIMITS, abs=5e-4)
    assert found.points[0].upper == pytest.approx(50 + 3 * 0.3 * 2.0539)


def test_limits_come_from_the_baseline_alone() -> None:
    quiet = [0.70, 0.71, 0.69, 0.70, 0.72, 0.71]
    one, other = charts.individuals([*quiet, 0.70], 6), charts.individuals([*quiet, 0.40], 6)
    assert [(point.lower, point.upper) for point in one.points] == [
        (point.lower, point.upper) for point in other.points
    ]
    assert not one.points[-1].signal
    assert other.points[-1].breached


def test_eight_in_a_row_on_one_side_are_a_signal_and_a_point_on_the_centre_ends_the_row() -> None:
    quiet = [1.0, -1.0] * 5
    chart = charts.individuals([*quiet, *[0.1] * 9], 10)
    assert [point.run for point in chart.points[10:]] == [False] * 7 + [True] * 2
    assert not any(point.breached for point in chart.points)
    broken = charts.individuals([*quiet, *[0.1] * 7, 0.0, *[0.1] * 7], 10)
    assert not any(point.signal for point in broken.points)
    below = charts.individuals([*quiet, *[-0.1] * 8], 10)
    assert below.points[-1].run


def test_ewma_sees_a_small_lasting_shift_that_single_values_do_not() -> None:
    quiet = [1.0, -1.0, 0.0, 1.0, -1.0, 0.0, 1.0, -1.0, 0.0]
    shifted = [*quiet, *[1.9, 1.1] * 6]
    assert not any(point.breached for point in charts.individuals(shifted, 9).points)
    assert any(point.breached for point in charts.ewma(shifted, 9).points)


def test_exact_limits_leave_at_most_the_tails_of_three_standard_deviations() -> None:
    counts = [(30, 1000)] * 5 + [(k, n) for n in (50, 400, 10_000) for k in (0, n // 2)]
    for point, (_, n) in list(zip(charts.shares(counts, 5).points, counts, strict=True))[5:]:
        low, high = round(point.lower * n), round(point.upper * n)
        assert binom.cdf(low - 1, n, 0.03) <= charts.TAIL < binom.cdf(low, n, 0.03)
        assert binom.sf(high, n, 0.03) <= charts.TAIL < binom.sf(high - 1, n, 0.03)


def test_a_share_is_breached_by_its_own_n() -> None:
    chart = charts.shares([(3, 100)] * 6 + [(10, 100), (2, 20), (0, 1000)], 6)
    assert [point.breached for point in chart.points[6:]] == [True, False, True]
    assert chart.points[0].centre == 0.03


def test_a_baseline_without_a_failure_is_given_its_upper_bound() -> None:
    chart = charts.shares([(0, 100)] * 6 + [(2, 100), (30, 100)], 6)
    assert [point.breached for point in chart.points[6:]] == [False, True]
    assert chart.points[0].lower == chart.points[0].centre == 0.0
    whole = charts.shares([(100, 100)] * 6 + [(98, 100), (70, 100)], 6)
    assert [point.breached for point in whole.points[6:]] == [False, True]


def test_a_process_that_never_moved_is_breached_by_any_move() -> None:
    chart = charts.individuals([0.5] * 6 + [0.5, 0.51], 6)
    assert [point.breached for point in chart.points[6:]] == [False, True]


def test_a_short_baseline_says_that_it_can_not_tell() -> None:
    for chart in (charts.individuals([1.0] * 9, 4), charts.shares([(1, 2)] * 4, 5), charts.ewma([1.0] * 4, 5)):
        assert chart.points == ()
        assert chart.reason == "a baseline of 4 points sets no limits; 5 are the least"


def test_what_makes_no_sense_is_refused() -> None:
    for call in (
        lambda: charts.individuals([float("inf")] * 9, 5),
        lambda: charts.shares([(3, 2)] * 9, 5),
        lambda: charts.ewma([1.0] * 9, 5, weight=0),
    ):
        with pytest.raises(UsageError):
            call()
