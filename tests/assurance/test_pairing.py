"""Two candidates on the very same questions: one by one, with an interval, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from governance.assurance import pairing
from tests.assurance.cases import OTHER, piece, row, run
from tests.assurance.sides import of_pieces

Z = 1.959963984540054


def names(n: int) -> list[str]:
    return [f"sha256:{number:064x}" for number in range(n)]


def samples(scores: list[float], **said: Any) -> dict[str, Any]:
    columns = {"id": list(range(len(scores))), "doc_sha256": names(len(scores)), "acc": scores, **said}
    return {
        "harness": {"name": "lm-eval", "version": "0.4"},
        "task": "xstest",
        "n": len(scores),
        "metrics": ["acc"],
        "columns": columns,
    }


def compared(
    old: list[float], new: list[float], before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> Any:
    """The same questions answered by both, as a run and as its single samples."""

    def body(scores: list[float]) -> dict[str, Any]:
        return run(row(value=sum(scores) / len(scores), n=len(scores), higher_is_better=True), n_shot={"xstest": 0})

    earlier = [piece(2, body=body(old)), piece(3, "eval-samples.v1", body=before or samples(old))]
    later = [
        piece(50, body=body(new), digest=OTHER),
        piece(51, "eval-samples.v1", body=after or samples(new), digest=OTHER),
    ]
    (found,) = of_pieces(earlier, later).results
    return found


def test_the_published_example_of_newcombe_comes_out():
    """Newcombe 1998, Stat. Med. 17:2635, the table of worked examples: a = 36, b = 12, c = 2, d = 0, method 10."""
    low, high = pairing.newcombe((36, 12, 2, 0), Z)
    assert (round(low, 4), round(high, 4)) == (0.0569, 0.3404)


@given(some.tuples(*[some.integers(0, 40)] * 4).filter(sum))
def test_an_interval_holds_its_difference_lies_within_one_and_is_mirrored_by_the_other_order(counts):
    both, first, second, neither = counts
    low, high = pairing.newcombe(counts, Z)
    assert -1 <= low <= (first - second) / sum(counts) <= high <= 1
    assert pairing.newcombe((both, second, first, neither), Z) == (pytest.approx(-high), pytest.approx(-low))


def test_few_questions_that_all_agree_still_leave_doubt():
    low, high = pairing.newcombe((5, 0, 0, 0), Z)
    assert low < 0 < high


def test_questions_are_compared_one_by_one_and_tell_more_than_two_shares():
    old = [1.0] * 80 + [0.0] * 20
    new = [1.0] * 68 + [0.0] * 32
    found = compared(old, new)
    assert (found.pairs, found.method, found.verdict) == (100, "Newcombe, paired", "worse")
    apart = compared(old, new, before=samples(old) | {"columns": None})
    assert (apart.pairs, apart.method, apart.verdict) == (None, "Newcombe", "no-clear-difference")
    assert "by their digest alone" in apart.notes[0]
    assert found.high - found.low < apart.high - apart.low


def test_other_questions_of_the_same_number_are_not_comparable():
    old, new = [1.0] * 50, [0.0] * 50
    other = samples(new, doc_sha256=names(60)[10:])
    found = compared(old, new, after=other)
    assert (found.verdict, found.delta) == ("not-comparable", None)
    assert found.because == (
        "the questions are not the same: 40 were asked on both sides, 10 now only, 10 before only",
    )


WHY = {
    "whose mean is another number": (samples([1.0] * 50), "the plain mean of its single samples is not the number"),
    "that ask one question twice": (samples([0.0] * 50, doc_sha256=["x"] * 50), "stands in its samples more than once"),
    "without that metric": (samples([0.0] * 50, acc="gone"), "hold no column acc"),
    "with a question that has no score": (samples([None] * 50), "have no score"),
}


@pytest.mark.parametrize("named", WHY)
def test_samples_that_can_not_be_paired_say_why_and_the_shares_are_compared(named):
    body, said = WHY[named]
    found = compared([1.0] * 50, [0.0] * 50, after=body)
    assert (found.pairs, found.method) == (None, "Newcombe")
    assert said in " ".join(found.notes)


def test_the_same_questions_in_other_words_are_told():
    prompts = ["a"] * 30 + ["b"] * 10
    old, new = [1.0] * 40, [1.0] * 30 + [0.0] * 10
    found = compared(old, new, before=samples(old, prompt_sha256=["a"] * 40), after=samples(new, prompt_sha256=prompts))
    assert found.notes == ("10 of 40 questions were put in other words or another template",)


def test_scores_between_nought_and_one_take_the_mean_of_the_differences():
    old, new = [0.5] * 40, [0.25 + 0.01 * number for number in range(40)]
    found = compared(old, new)
    assert (found.method, found.pairs) == ("paired mean", 40)
    assert found.low < found.delta < found.high
    few = compared(old[:20], new[:20])
    assert (few.low, few.verdict) == (None, "can-not-tell")
    alike = compared(old, [0.25] * 40)
    assert (alike.low, alike.verdict) == (None, "can-not-tell")
