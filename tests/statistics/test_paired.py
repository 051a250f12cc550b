"""Pairs made and compared, permuted signs, and the three answers."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from governance.errors import UsageError
from governance.statistics import non_inferiority, paired, permutation
from governance.statistics.paired import Samples
from governance.statistics.score_interval import mcnemar

CASES = sorted((Path(__file__).parent.parent / "samples" / "paired").glob("*.json"))


def binary(right: int, gained: int, lost: int, wrong: int) -> paired.Pairs:
    """Pairs of 0 and 1: right on both sides, now only, before only, on neither."""
    columns = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [right, gained, lost, wrong], axis=0)
    names = [f"i{at:05d}" for at in range(len(columns))]
    return paired.pair(*(Samples(dict(zip(names, columns[:, side].tolist(), strict=True))) for side in (0, 1)))


def test_there_are_cases_worked_by_hand() -> None:
    assert len(CASES) >= 6


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_comes_out_as_worked_by_hand(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    sides = [Samples(case[side], case.get("clusters")) for side in ("candidate", "reference")]
    found = paired.compare(paired.pair(*sides), seed=1, higher_is_better=case.get("higher_is_better", True))
    answer = case["answer"]
    for name in ("n", "gained", "lost", "only_after", "only_before", "binary", "clusters"):
        assert getattr(found, name) == answer[name], name
    for name in ("delta", "overlap", "p_mcnemar", "p_mcnemar_mid", "p_sign_flip"):
        told = answer[name]
        assert getattr(found, name) == (None if told is None else pytest.approx(float(Fraction(told)), rel=1e-11)), name
    for name, bounds in answer.get("interval_within", {}).items():
        assert bounds[0] <= getattr(found, name) <= bounds[1], name
    assert (found.low is None) == answer.get("no_interval", False)


def test_items_of_one_side_are_counted_and_too_few_pairs_leave_it_open() -> None:
    after = Samples({f"q{at}": 1.0 for at in range(80)})
    before = Samples({f"q{at}": 0.0 for at in range(30, 130)})
    found = paired.compare(paired.pair(after, before), seed=0)
    assert (found.n, found.only_after, found.only_before) == (50, 30, 50)
    assert found.overlap == pytest.approx(50 / 130)
    told = non_inferiority.judge(found, 0.01)
    assert (told.outcome, told.reason) == ("open", "only 38% of the items pair, and 90% are needed")
    assert non_inferiority.judge(found, 0.01, least_overlap=0.3).outcome == "non-inferior"


def test_nothing_in_common_and_nothing_at_all_are_told() -> None:
    for sides in (({"a": 1.0}, {"b": 1.0}), ({}, {})):
        found = paired.compare(paired.pair(*map(Samples, sides)), seed=0)
        assert (found.delta, found.low, found.method, found.p_below(0.5)) == (None, None, paired.NO_ITEMS, 1.0)
        assert non_inferiority.judge(found, 0.1, least_overlap=0).reason == paired.NO_ITEMS


def test_a_score_that_is_no_number_and_an_item_in_two_clusters_are_refused() -> None:
    with pytest.raises(UsageError, match="finite"):
        paired.pair(Samples({"a": float("nan")}), Samples({"a": 1.0}))
    with pytest.raises(UsageError, match="one cluster"):
        paired.pair(Samples({"a": 1.0}, {"a": "x"}), Samples({"a": 1.0}, {"a": "y"}))


def test_an_item_without_a_cluster_stands_for_itself() -> None:
    after, before = {"a": 1.0, "b": 0.0, "c": 1.0, "d": 0.5}, dict.fromkeys("abcd", 0.25)
    found = paired.compare(paired.pair(Samples(after, {"a": "x", "b": "x"}), Samples(before)), seed=0)
    assert (found.n, found.clusters) == (4, 3)


def test_pairs_without_a_discordant_item_have_tangos_interval_and_others_have_none() -> None:
    same = paired.compare(binary(60, 0, 0, 40), seed=0)
    assert (same.delta, same.p_mcnemar) == (0.0, 1.0)
    # z² / (n + z²), z = 1.96
    assert (same.low, same.high) == pytest.approx((-3.8415 / 103.8415, 3.8415 / 103.8415), abs=1e-5)
    assert non_inferiority.judge(same, 0.05).outcome == "non-inferior"
    scores = {f"q{at}": 0.5 for at in range(50)}
    alike = paired.compare(paired.pair(Samples(scores), Samples(scores)), seed=0)
    assert (alike.delta, alike.low, alike.method, alike.p_sign_flip) == (0.0, None, paired.ALL_ALIKE, 1.0)
    assert non_inferiority.judge(alike, 0.05).outcome == "open"


def test_the_three_answers_are_the_interval_against_the_margin() -> None:
    found = paired.compare(binary(700, 30, 60, 210), seed=0)
    assert found.delta == -0.03
    for margin in (0.0, 0.005, 0.0105, 0.02, 0.04, 0.049, 0.06):
        told = non_inferiority.judge(found, margin)
        expected = "non-inferior" if found.low >= -margin else "inferior" if found.high < -margin else "open"
        assert told.outcome == expected
    draw = np.random.default_rng(3).normal(-0.03, 0.4, 900)
    scores = {f"q{at}": value for at, value in enumerate(draw.tolist())}
    mean = paired.compare(paired.pair(Samples(scores), Samples(dict.fromkeys(scores, 0.0))), seed=0)
    for margin in (0.0, 0.001, 0.02, mean.low * -1, mean.high * -1, 0.08):
        told = non_inferiority.judge(mean, max(0.0, margin))
        bound = -max(0.0, margin)
        assert told.outcome == ("non-inferior" if mean.low >= bound else "inferior" if mean.high < bound else "open")


def test_many_tasks_are_adjusted_together_and_one_that_does_not_pair_counts() -> None:
    good, poor = paired.compare(binary(800, 60, 40, 100), seed=0), paired.compare(binary(800, 20, 80, 100), seed=0)
    none = paired.compare(paired.pair(Samples({"a": 1.0}), Samples({"b": 1.0})), seed=0)
    alone = [non_inferiority.judge(each, 0.02) for each in (good, poor, none)]
    together = non_inferiority.judge_many([good, poor, none], [0.02] * 3)
    assert [each.outcome for each in together] == ["non-inferior", "inferior", "open"]
    assert together[0].p_non_inferior == pytest.approx(3 * alone[0].p_non_inferior, rel=1e-9)
    assert together[1].p_inferior == pytest.approx(3 * alone[1].p_inferior, rel=1e-9)
    rate = non_inferiority.judge_many([good, poor, none], [0.02] * 3, adjustment="benjamini-hochberg")
    assert rate[0].p_non_inferior <= together[0].p_non_inferior
    with pytest.raises(UsageError):
        non_inferiority.judge(good, -0.1)


def test_few_signs_are_all_tried_and_many_are_drawn() -> None:
    differences = [0.3, -0.1, 0.4, 0.05, 0.2, -0.02, 0.0, 0.0]
    seen = abs(sum(differences))
    every = [
        abs(sum(s * d for s, d in zip(signs, differences[:6], strict=True)))
        for signs in itertools.product((1, -1), repeat=6)
    ]
    exact = sum(total >= seen - 1e-12 for total in every) / 64
    assert permutation.sign_flip(differences, seed=0) == exact == permutation.sign_flip(differences, seed=9)
    draw = np.random.default_rng(4).normal(0.2, 1, 200).tolist()
    p = permutation.sign_flip(draw, seed=0, resamples=20_000)
    from scipy.stats import permutation_test

    theirs = permutation_test(
        (np.array(draw),), np.mean, permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(1)
    )
    assert p == pytest.approx(float(theirs.pvalue), abs=0.01)
    assert permutation.sign_flip([1.0] * 200, seed=0, resamples=99) == 0.01
    # Sums as far as the one that was seen count: 21 against 19, as in McNemar's test
    ties = permutation.sign_flip([1.0] * 21 + [-1.0] * 19, seed=0, resamples=20_000)
    assert ties == pytest.approx(mcnemar(21, 19), abs=0.01)


def test_signs_of_binary_scores_are_mcnemars_test() -> None:
    for gained, lost in ((9, 2), (1, 7), (5, 5), (8, 0)):
        differences = [1.0] * gained + [-1.0] * lost + [0.0] * 30
        found = paired.compare(binary(20, gained, lost, 10), seed=0)
        assert permutation.sign_flip(differences, seed=0) == pytest.approx(found.p_mcnemar, rel=1e-11)


def test_many_comparisons_are_each_what_it_is_alone() -> None:
    draw = np.random.default_rng(6)
    tasks = [binary(50, 3, 4, 20)]
    for _ in range(5):
        sides = [Samples({f"q{at}": float(value) for at, value in enumerate(draw.random(60))}) for _ in range(2)]
        tasks.append(paired.pair(*sides))
    up = [True, False, True, True, True, False]
    together = paired.compare_many(tasks, seed=3, higher_is_better=up, resamples=300)
    assert together == [
        paired.compare(each, seed=3, higher_is_better=better, resamples=300)
        for each, better in zip(tasks, up, strict=True)
    ]
