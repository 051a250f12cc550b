"""What is imported, when, and what is said where it is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from governance.errors import GovernanceError, UsageError
from governance.statistics import libraries, means, proportions, resampling

EVERY = "control_chart, judging, means, multiplicity, non_inferiority, paired, permutation, proportions, resampling, score_interval, sufficiency"


def run(code: str) -> list[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_package_brings_neither_numpy_nor_scipy() -> None:
    assert (
        run(f"import sys; from governance.statistics import {EVERY}; print(*{{'numpy', 'scipy'}} & set(sys.modules))")
        == []
    )


def test_using_it_does_not_bring_scipys_slow_half() -> None:
    code = (
        f"import sys; from governance.statistics import {EVERY}; resampling.bootstrap(range(30), seed=1).interval(); "
        "proportions.clopper_pearson(1, 9); means.mean([1, 2]); score_interval.mcnemar(2, 9); control_chart.shares([(1, 9)] * 6, 5); "
        "print(*(name for name in ('scipy.stats', 'scipy.optimize', 'pandas', 'statsmodels') if name in sys.modules))"
    )
    assert run(code) == []


@pytest.mark.parametrize("absent", ["numpy", "scipy"])
def test_a_missing_library_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch, absent: str) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(libraries.StatisticsMissing) as caught:
        (resampling.bootstrap([1.0, 2.0], seed=1) if absent == "numpy" else proportions.clopper_pearson(1, 3))
    assert isinstance(caught.value, GovernanceError)
    assert str(caught.value) == f"{absent} is not installed. pip install 'governance-evidence[statistics]'"


def test_reported_digits_are_twelve_and_nothing_is_minus_nothing() -> None:
    assert libraries.rounded(1 / 3) == 0.333333333333
    assert str(libraries.rounded(-0.0)) == "0.0"
    assert libraries.rounded(libraries.rounded(0.1 + 0.2)) == 0.3


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 95])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    for call in (
        lambda: proportions.wilson(1, 2, confidence),
        lambda: proportions.clopper_pearson(1, 2, confidence),
        lambda: proportions.none_seen(5, confidence),
        lambda: means.mean([1, 2], confidence),
        lambda: resampling.bootstrap([1, 2, 3], seed=0).interval(confidence),
    ):
        with pytest.raises(UsageError):
            call()


def test_a_share_of_nothing_a_negative_seed_and_no_resamples_are_refused() -> None:
    for call in (
        lambda: proportions.wilson(0, 0),
        lambda: proportions.clopper_pearson(3, 2),
        lambda: resampling.bootstrap([1, 2], seed=-1),
        lambda: resampling.bootstrap([1, 2], seed=1, resamples=0),
        lambda: resampling.bootstrap([], seed=1),
        lambda: resampling.bootstrap([1, 2], seed=1, clusters=[1]),
        lambda: resampling.bootstrap([1e308, -1e308], seed=1),
    ):
        with pytest.raises(UsageError):
            call()
