"""What must hold of any two models: swapping them negates, order and names change nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from governance.statistics import multiplicity, paired
from governance.statistics.paired import Samples
from governance.statistics.score_interval import Discordant

SCORES = st.one_of(
    st.sampled_from([0.0, 1.0]), st.floats(-1e6, 1e6, allow_nan=False), st.sampled_from([0.1, 0.2, 0.3, 0.7])
)
BINARY = st.sampled_from([0.0, 1.0])


@st.composite
def two_sides(draw: st.DrawFn, clusters: bool | None = None) -> tuple[Samples, Samples]:
    count = draw(st.integers(1, 45))
    kind = draw(st.sampled_from([SCORES, BINARY]))
    ids = [f"q{at}" for at in range(count)]
    with_clusters = draw(st.booleans()) if clusters is None else clusters
    names = {one: draw(st.integers(0, 35)) for one in ids} if with_clusters else None
    sides = [{one: draw(kind) for one in ids if draw(st.integers(0, 9))} for _ in range(2)]
    return Samples(sides[0], names), Samples(sides[1], names)


def made(after: Samples, before: Samples, up: bool = True) -> paired.Paired:
    return paired.compare(paired.pair(after, before), seed=11, resamples=200, higher_is_better=up)


def negated(found: paired.Paired) -> tuple:
    ends = (None, None) if found.low is None else (-found.high + 0.0, -found.low + 0.0)
    return (
        None if found.delta is None else -found.delta + 0.0,
        *ends,
        found.lost,
        found.gained,
        found.only_before,
        found.only_after,
    )


def told(found: paired.Paired) -> tuple:
    return (found.delta, found.low, found.high, found.gained, found.lost, found.only_after, found.only_before)


@settings(max_examples=150, deadline=None)
@given(two_sides())
def test_swapping_the_models_negates_the_difference_digit_by_digit(sides: tuple[Samples, Samples]) -> None:
    after, before = sides
    one, other = made(after, before), made(before, after)
    assert told(one) == negated(other)
    assert (one.p_mcnemar, one.p_mcnemar_mid, one.p_sign_flip) == (
        other.p_mcnemar,
        other.p_mcnemar_mid,
        other.p_sign_flip,
    )
    assert one.p_not_below(0.1234567) == pytest.approx(other.p_below(-0.1234567), rel=1e-9)


@pytest.mark.parametrize("clusters", [False, True])
def test_two_models_that_differ_evenly_are_swapped_digit_by_digit_too(clusters: bool) -> None:
    ids = [f"q{at:02d}" for at in range(30)]
    names = {one: at for at, one in enumerate(ids)} if clusters else None
    steps = {one: (at % 15 + 1) * (1 if at < 15 else -1) / 16 for at, one in enumerate(ids)}
    after, before = Samples(steps, names), Samples(dict.fromkeys(ids, 0.0), names)
    one, other = made(after, before), made(before, after)
    assert one.low is not None
    assert told(one) == negated(other)
    assert one.low == -one.high


@settings(max_examples=100, deadline=None)
@given(two_sides())
def test_lower_is_better_is_the_swap_of_the_two(sides: tuple[Samples, Samples]) -> None:
    after, before = sides
    down, swapped = made(after, before, up=False), made(before, after)
    assert told(down)[:5] == told(swapped)[:5]
    assert (down.only_after, down.only_before) == (swapped.only_before, swapped.only_after)


@settings(max_examples=100, deadline=None)
@given(two_sides(), st.integers(0, 1000))
def test_permuting_pairs_and_renaming_changes_nothing(sides: tuple[Samples, Samples], seed: int) -> None:
    names = sorted({*sides[0].scores, *sides[1].scores})
    shuffled = names[:]
    random.Random(seed).shuffle(shuffled)
    other = {name: f"{seed}-{at}" for at, name in enumerate(shuffled)}

    def moved(side: Samples) -> Samples:
        scores = {other[name]: side.scores[name] for name in shuffled if name in side.scores}
        clusters = None if side.clusters is None else {other[name]: f"c{side.clusters[name]}" for name in names}
        return Samples(scores, clusters)

    assert made(*map(moved, sides)) == made(*sides)


@settings(max_examples=100, deadline=None)
@given(two_sides(clusters=False))
def test_each_item_as_a_cluster_of_its_own_is_no_cluster_at_all(sides: tuple[Samples, Samples]) -> None:
    own = [Samples(side.scores, {name: name for name in side.scores}) for side in sides]
    plain, apart = paired.pair(*sides), paired.pair(*own)
    if paired.is_binary(plain):
        return
    one, other = (paired.compare(each, seed=2, resamples=100) for each in (plain, apart))
    assert (one.low, one.high, one.p_sign_flip) == pytest.approx((other.low, other.high, other.p_sign_flip))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 300), st.sampled_from([0.8, 0.95, 0.99]))
def test_tangos_interval_holds_the_estimate_and_mirrors(gained: int, lost: int, same: int, confidence: float) -> None:
    n = max(1, gained + lost + same)
    one, other = Discordant(gained, lost, n).interval(confidence), Discordant(lost, gained, n).interval(confidence)
    assert -1 <= one.low <= round((gained - lost) / n, 12) <= one.high <= 1
    assert (one.low, one.high) == (-other.high + 0.0, -other.low + 0.0)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 300),
    st.floats(-0.99, 0.99),
    st.sampled_from([0.005, 0.025, 0.1]),
)
@example(gained=0, lost=0, same=0, bound=-3.3e-285, level=0.005)
def test_tangos_p_value_is_its_interval_turned_round(
    gained: int, lost: int, same: int, bound: float, level: float
) -> None:
    table = Discordant(gained, lost, max(1, gained + lost + same))
    interval = table.interval(1 - 2 * level)
    if min(abs(interval.low - bound), abs(interval.high - bound)) > 1e-9:
        assert (interval.low >= bound) == (table.p_at_least(bound) <= level)
        assert (interval.high < bound) == (table.p_below(bound) <= level)
    assert table.p_at_least(bound) + table.p_below(bound) == pytest.approx(1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusting_never_lowers_a_p_value_and_holm_is_the_stricter(p: list[float]) -> None:
    holm, rate = multiplicity.holm(p), multiplicity.benjamini_hochberg(p)
    for raw, strict, mild in zip(p, holm, rate, strict=True):
        assert raw <= mild * (1 + 1e-11) + 1e-300
        assert mild <= strict * (1 + 1e-11)
        assert strict <= 1
