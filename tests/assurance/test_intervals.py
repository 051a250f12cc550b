"""Intervals against published values, and their coverage by simulation."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.assurance.intervals import Interval, of_difference, of_result
from governance.verifier.intervals import wilson

Z = 1.959963984540054


def interval(**said: Any) -> Interval | None:
    return of_result({"value": 0.5, "n": None, "stderr": None, **said}, 0.95)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998_method_3(successes: int, n: int, low: float, high: float) -> None:
    found = interval(value=successes / n, n=n)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4), found.method, found.n) == (low, high, "Wilson", n)


def test_the_difference_agrees_with_newcombe_1998_method_10() -> None:
    one, other = interval(value=56 / 70, n=70), interval(value=48 / 80, n=80)
    assert one is not None
    assert other is not None
    found = of_difference(one, other)
    assert (round(found.low, 4), round(found.high, 4), found.n) == (0.0524, 0.3339, 70)
    turned = of_difference(other, one)
    assert (round(turned.low, 4), round(turned.high, 4)) == (-0.3339, -0.0524)


@given(st.integers(1, 5000), st.data())
def test_wilson_holds_the_share_and_stays_between_nothing_and_all(n: int, data: Any) -> None:
    successes = data.draw(st.integers(0, n))
    low, high = wilson(successes, n, Z)
    assert 0 <= low <= successes / n <= high <= 1
    other = wilson(n - successes, n, Z)
    assert math.isclose(low, 1 - other[1], abs_tol=1e-12)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("n", [30, 200])
def test_95_of_100_intervals_hold_the_truth(share: float, n: int) -> None:
    draw = random.Random(f"{share}{n}")
    held = 0
    for _ in range(2000):
        low, high = wilson(sum(draw.random() < share for _ in range(n)), n, Z)
        held += low <= share <= high
    assert 0.92 <= held / 2000 <= 0.985


def test_95_of_100_differences_hold_the_truth() -> None:
    draw, held = random.Random(20), 0
    for _ in range(1500):
        one, other = (sum(draw.random() < share for _ in range(80)) / 80 for share in (0.8, 0.6))
        a, b = interval(value=one, n=80), interval(value=other, n=80)
        assert a is not None
        assert b is not None
        found = of_difference(a, b)
        held += found.low <= 0.2 <= found.high
    assert 0.93 <= held / 1500 <= 0.98


@pytest.mark.parametrize(
    "said",
    [
        {"value": None, "n": 10},
        {"value": math.nan, "n": 10},
        {"value": math.inf, "stderr": 1},
        {"value": "0.9", "n": 10},
        {"value": True, "n": 10},
        {"n": 0},
        {"n": 0, "stderr": 0.01},
        {"n": -1, "stderr": 0.01},
        {"n": True},
        {"n": "10"},
        {"n": None},
        {"stderr": 0},
        {"stderr": math.nan},
        {"stderr": "0.1"},
        {"value": 12.5, "n": 100},
        {"value": 0.123456, "n": 10},
    ],
)
def test_without_a_number_a_sample_or_a_spread_there_is_no_interval(said: dict[str, Any]) -> None:
    assert interval(**said) is None


def test_a_value_outside_a_share_takes_its_standard_error() -> None:
    found = interval(value=12.5, stderr=0.5, n=100)
    assert found is not None
    assert found.method == "standard error"
    assert (found.low, found.high) == (pytest.approx(12.5 - Z * 0.5), pytest.approx(12.5 + Z * 0.5))


def test_a_spread_greater_than_a_share_can_have_is_believed() -> None:
    share = math.sqrt(0.25 / 99)
    assert interval(n=100, stderr=share).method == "Wilson"  # type: ignore[union-attr]
    assert interval(n=100, stderr=3 * share).method == "standard error"  # type: ignore[union-attr]
    assert interval(value=1.0, n=10, stderr=0.2).method == "standard error"  # type: ignore[union-attr]


def test_more_confidence_is_a_wider_interval() -> None:
    widths = [(found.high - found.low) for level in (0.8, 0.95, 0.99)
              if (found := of_result({"value": 0.5, "n": 100}, level))]  # fmt: skip
    assert widths == sorted(widths)
    assert len(set(widths)) == 3
