"""Two candidates on the same questions: one by one, as the gate compares them, with an interval, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from governance.statistics import libraries
from tests.assurance.cases import BASE, OTHER, artifacts, catalogue, condition, control, dossier, piece, row, run
from tests.assurance.conditions.worlds import item
from tests.assurance.conditions.worlds import samples as columns_of
from tests.assurance.sides import of_pieces

CONTENT = catalogue(control("anything", {}))


def names(n: int) -> list[str]:
    return [item(number) for number in range(n)]


def samples(scores: list[float], **said: Any) -> dict[str, Any]:
    return columns_of(scores, **said)


def body(scores: list[float], **said: Any) -> dict[str, Any]:
    given = {"value": sum(scores) / len(scores), "n": len(scores), "higher_is_better": True, **said}
    more = {name: given.pop(name) for name in ("judges",) if name in given}
    return run(row(**given), n_shot={"xstest": 0}, **more)


def compared(
    old: list[float], new: list[float], before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
    more: tuple[Any, ...] = (), **said: Any,
) -> Any:  # fmt: skip
    """The same questions answered by both, as a run and as its single samples."""
    earlier = [piece(2, body=body(old, **said)), piece(3, "eval-samples.v1", body=before or samples(old))]
    later = [
        piece(50, body=body(new, **said), digest=OTHER),
        piece(51, "eval-samples.v1", body=after or samples(new), digest=OTHER),
    ]
    (found,) = of_pieces(earlier, [*later, *more]).results
    return found


def gated(
    old: list[float], new: list[float], before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
    more: tuple[Any, ...] = (), **said: Any,
) -> Any:  # fmt: skip
    """The same scores as the gate compares them, of a candidate and its base."""
    whose = {"about": "base", "digest": BASE}
    held = dossier(
        artifacts(1), piece(2, body=body(new, **said)), piece(3, "eval-samples.v1", body=after or samples(new)),
        piece(4, body=body(old, **said), **whose), piece(5, "eval-samples.v1", body=before or samples(old), **whose),
        *more,
    )  # fmt: skip
    asked = {"task": "xstest", "metric": "acc", "against": "base", "margin": 0.05}
    return condition({"non_inferior": asked}, held, CONTENT)


def says_the_same(found: Any, result: Any, *, up: bool = True) -> bool:
    """Whether a comparison tells the difference, the interval, the method and the items that the gate tells."""
    (held,) = result.numbers
    told = (held.value, held.low, held.high) if up else (0.0 - held.value, 0.0 - held.high, 0.0 - held.low)
    return ((found.delta, found.low, found.high), found.method, found.pairs) == (told, held.method, held.n)


def test_questions_are_compared_one_by_one_and_tell_more_than_two_shares():
    old = [1.0] * 80 + [0.0] * 20
    new = [1.0] * 68 + [0.0] * 32
    found = compared(old, new)
    assert (found.pairs, found.method, found.verdict) == (100, "Tango score", "worse")
    apart = compared(old, new, before=samples(old) | {"columns": None})
    assert (apart.pairs, apart.method, apart.verdict) == (None, "Newcombe", "no-clear-difference")
    assert "of the earlier candidate the single samples are on record by their digest alone" in apart.notes[0]
    assert found.high - found.low < apart.high - apart.low


@settings(max_examples=25, deadline=None)
@given(some.lists(some.tuples(some.sampled_from([0.0, 1.0]), some.sampled_from([0.0, 1.0])), min_size=1, max_size=60))
def test_yes_or_no_scores_are_told_as_the_gate_tells_them(pairs):
    old, new = [one for one, _ in pairs], [other for _, other in pairs]
    assert says_the_same(compared(old, new), gated(old, new))
    assert compared(old, new).low <= compared(old, new).delta <= compared(old, new).high


@pytest.mark.parametrize("up", [True, False])
def test_other_scores_are_resampled_with_the_draws_of_the_gate_and_turned_back_where_less_is_better(up):
    old, new = [0.5] * 40, [0.25 + 0.01 * number for number in range(40)]
    found = compared(old, new, higher_is_better=up)
    assert says_the_same(found, gated(old, new, higher_is_better=up), up=up)
    assert (found.method, found.verdict) == ("BCa bootstrap", "worse" if up else "better")
    assert found.low < found.delta < found.high < 0


def test_clusters_count_as_they_do_in_the_gate():
    old = [0.1 * (number % 11) for number in range(400)]
    new = [0.1 * ((number * 7 + 3) % 11) for number in range(400)]
    sides = [samples(each, cluster=[str(number // 10) for number in range(400)]) for each in (old, new)]
    found = compared(old, new, *sides)
    assert says_the_same(found, gated(old, new, *sides))
    plain = compared(old, new)
    assert (found.low, found.high) != (plain.low, plain.high)


def test_a_question_that_was_asked_several_times_counts_once_with_its_mean():
    old, new = [1.0] * 60, [1.0] * 40 + [0.0] * 20
    twice = samples(new * 2, doc_sha256=names(60) * 2, attempt=[1] * 60 + [2] * 60)
    found = compared(old, new, after=twice)
    assert says_the_same(found, gated(old, new, after=twice))
    assert (found.pairs, found.verdict) == (60, "worse")


def test_questions_of_one_side_alone_are_left_out_counted_and_shown():
    old, new = [1.0] * 100, [1.0] * 60 + [0.0] * 38
    other = samples(new, doc_sha256=[*names(96), *(item(number) for number in (200, 201))])
    found = compared(old, new, after=other)
    assert says_the_same(found, gated(old, new, after=other))
    assert (found.pairs, found.verdict) == (96, "worse")
    assert found.delta != pytest.approx(found.after.value - found.before.value)
    assert "96 questions were asked on both sides, 2 now only, 4 before only" in found.notes


def test_too_few_questions_on_both_sides_are_not_comparable_and_say_how_many():
    old, new = [1.0] * 50, [0.0] * 50
    other = samples(new, doc_sha256=names(60)[10:])
    found = compared(old, new, after=other)
    assert (found.verdict, found.delta) == ("not-comparable", None)
    assert found.because == (
        "only 66.7% of the questions were asked on both sides (40; 10 now only, 10 before only), and 90% are needed",
    )


WHY = {
    "whose mean is another number": (samples([1.0] * 50), "the plain mean of the single samples of this candidate is"),
    "that ask one question twice": (samples([0.0] * 50, doc_sha256=["x"] * 50), "in the single samples more than once"),
    "without that metric": (samples([0.0] * 50, acc="gone"), "hold no column acc"),
    "with a question that has no score": (samples([0.0] * 50, acc=[None] * 50), "have no score"),
}


@pytest.mark.parametrize("named", WHY)
def test_samples_that_can_not_be_paired_say_why_and_the_shares_are_compared(named):
    held, said = WHY[named]
    found = compared([1.0] * 50, [0.0] * 50, after=held)
    assert (found.pairs, found.method) == (None, "Newcombe")
    assert said in " ".join(found.notes)


def test_a_question_in_another_cluster_on_either_side_is_told_and_ends_nothing():
    scores = [1.0] * 50
    sides = [samples(scores, cluster=[f"{mark}{number % 5}" for number in range(50)]) for mark in "ab"]
    assert "belongs to one cluster on one side and to another on the other" in compared(scores, scores, *sides).notes[0]
    assert "belongs to one cluster on one side" in gated(scores, scores, *sides).reason


def test_the_same_questions_in_other_words_are_told():
    prompts = ["a"] * 30 + ["b"] * 10
    old, new = [1.0] * 40, [1.0] * 30 + [0.0] * 10
    found = compared(old, new, before=samples(old, prompt_sha256=["a"] * 40), after=samples(new, prompt_sha256=prompts))
    assert found.notes == ("10 of 40 questions were put in other words or another template",)


def test_few_scores_and_differences_that_are_all_alike_have_no_interval_and_say_so():
    old, new = [0.5] * 40, [0.25 + 0.01 * number for number in range(40)]
    few = compared(old[:12], new[:12])
    assert (few.low, few.verdict) == (None, "can-not-tell")
    assert few.because == ("too few items, clusters or resamples for an interval, so there is no interval",)
    alike = compared(old, [0.25] * 40)
    assert (alike.low, alike.verdict) == (None, "can-not-tell")
    assert alike.because == ("every difference is the same, so there is no interval",)


def test_without_the_libraries_a_comparison_of_items_names_the_extra_and_tells_no_other_number(monkeypatch):
    def missing() -> Any:
        raise libraries.StatisticsMissing("numpy is not installed", hint=libraries.REMEDY)

    monkeypatch.setattr("governance.statistics.paired.numpy", missing)
    with pytest.raises(libraries.StatisticsMissing, match="governance-evidence"):
        compared([1.0] * 50, [0.0] * 50)
    apart = compared([1.0] * 50, [0.0] * 50, before=samples([1.0] * 50) | {"columns": None})
    assert apart.method == "Newcombe"


AGREED = {"judge": {"model": "judge-8b", "version": "1"}, "agreement": 0.99, "items": 2000, "kappa": None}


def test_scores_of_a_judge_carry_its_errors_as_they_do_in_the_gate():
    old, new = [1.0] * 300 + [0.0] * 100, [1.0] * 200 + [0.0] * 200
    told = piece(6, "judge-agreement.v1", body=AGREED)
    found = compared(old, new, judges=["judge-8b"], more=(told,))
    assert says_the_same(found, gated(old, new, judges=["judge-8b"], more=(told,)))
    plain = compared(old, new)
    assert found.low < plain.low
    assert found.high > plain.high
    unknown = compared(old, new, judges=["judge-8b"])
    assert (unknown.low, unknown.verdict) == (None, "can-not-tell")
    assert unknown.because == ("was scored by judge-8b, whose agreement with people is not on record",)


def test_two_results_of_a_judge_carry_its_errors_where_there_are_no_samples():
    old, new = [1.0] * 300 + [0.0] * 100, [1.0] * 200 + [0.0] * 200
    gone = samples(old) | {"columns": None}
    held = piece(6, "judge-agreement.v1", body=AGREED)
    found = compared(old, new, before=gone, judges=["judge-8b"], more=(held,))
    plain = compared(old, new, before=gone)
    assert found.low < plain.low
    unknown = compared(old, new, before=gone, judges=["judge-8b"])
    assert (unknown.low, unknown.verdict) == (None, "can-not-tell")
