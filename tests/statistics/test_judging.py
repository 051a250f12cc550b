"""An automatic judge against people, and the share that it judged."""

from __future__ import annotations

import pytest

from governance.errors import UsageError
from governance.statistics import judging
from governance.statistics.judging import Agreement
from tests.statistics import published


@pytest.mark.parametrize(("k", "n", "yes", "positives", "no", "negatives", "low", "high"), published.LANG_REICZIGEL)
def test_the_corrected_interval_is_lang_and_reiczigels(
    k: int, n: int, yes: int, positives: int, no: int, negatives: int, low: float, high: float
) -> None:
    found = judging.judged(k, n, Agreement("m", "1", yes, positives - yes, no, negatives - no))
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (low, high), abs=0.0051 if low == 0.58 else 0.00051
    )
    expected = (k / n + no / negatives - 1) / (yes / positives + no / negatives - 1)
    assert found.share == pytest.approx(min(1, max(0, expected)))


def test_a_perfect_judge_with_a_great_sample_leaves_the_share_as_it_is() -> None:
    found = judging.judged(300, 1000, Agreement("judge", "2", 10**6, 0, 10**6, 0))
    assert (found.observed, found.share) == (0.3, 0.3)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.2724, 0.3291), abs=5e-4)
    assert (found.judge.model, found.judge.version, found.judge.n) == ("judge", "2", 2 * 10**6)


def test_fewer_labels_of_people_make_a_wider_interval() -> None:
    widths = []
    for times in (1, 10, 100):
        interval = judging.judged(300, 1000, Agreement("m", "1", 45 * times, 5 * times, 42 * times, 8 * times)).interval
        widths.append(interval.high - interval.low)
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("counts", [(10, 10, 10, 10), (5, 15, 5, 15), (12, 8, 10, 10)])
def test_a_judge_no_better_than_chance_corrects_nothing(counts: tuple[int, int, int, int]) -> None:
    found = judging.judged(30, 100, Agreement("m", "1", *counts))
    assert (found.share, found.interval, found.reason, found.observed) == (None, None, judging.NOT_SHOWN, 0.3)


def test_a_sample_with_one_label_alone_says_nothing_of_the_other() -> None:
    found = judging.judged(30, 100, Agreement("m", "1", 40, 2, 0, 0))
    assert (found.interval, found.reason) == (None, judging.ONE_SIDED)


@pytest.mark.parametrize("counts", [(45, 5, 42, 8), (20, 5, 10, 15), (88, 10, 14, 10), (1, 0, 30, 2), (3, 9, 9, 3)])
def test_kappa_is_that_of_statsmodels(counts: tuple[int, int, int, int]) -> None:
    from statsmodels.stats.inter_rater import cohens_kappa

    yes, missed, no, alarms = counts
    theirs = cohens_kappa([[yes, missed], [alarms, no]])
    found = Agreement("m", "1", *counts).kappa()
    assert found.kappa == pytest.approx(theirs.kappa)
    assert (found.low, found.high) == pytest.approx((max(-1, theirs.kappa_low), min(1, theirs.kappa_upp)))
    assert found.agreement == pytest.approx((yes + no) / sum(counts))


def test_kappa_of_one_label_is_none() -> None:
    found = Agreement("m", "1", 20, 0, 0, 0).kappa()
    assert (found.agreement, found.kappa, found.low) == (1.0, None, None)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(UsageError):
        Agreement("m", "1", 0, 0, 0, 0)
    with pytest.raises(UsageError):
        Agreement("m", "1", -1, 0, 5, 0)
    with pytest.raises(UsageError):
        judging.judged(3, 2, Agreement("m", "1", 5, 0, 5, 0))
