"""`non_inferior`: the candidate against the base on the same items, and what keeps anybody from telling."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.domain.policy import Answer
from tests.assurance.cases import BASE, artifacts, catalogue, condition, control, dossier, piece, row, run, suite
from tests.assurance.conditions.worlds import counted, of_counts, scored, world

CONTENT = catalogue(control("anything", {}), suites=(suite("safety", "xstest*", "strongreject"),))


def against(held: Any, **said: Any) -> Any:
    asked = {"task": "xstest", "metric": "acc", "against": "base", "margin": 0.05, **said}
    if "purpose" in said:
        asked.pop("task")
    return condition({"non_inferior": asked}, held, CONTENT)


def test_an_interval_that_stays_above_the_margin_is_a_yes_with_its_discordant_counts():
    found = against(of_counts(850, 50, 50, 50))
    assert found.answer is Answer.YES
    (numbers,) = found.numbers
    assert (numbers.value, numbers.gained, numbers.lost, numbers.n) == (0.0, 50, 50, 1000)
    assert numbers.low > -0.05
    assert numbers.bound == -0.05
    assert "50 gained and 50 lost, McNemar p 1" in found.reason


def test_an_interval_below_the_margin_is_a_no():
    found = against(of_counts(680, 20, 220, 80))
    assert found.answer is Answer.NO
    assert found.numbers[0].high < -0.05
    assert found.would_turn == ("a model that loses less than 0.05 of xstest acc against the base model",)


def test_an_interval_over_the_margin_can_not_tell_and_says_how_many_more_items_would():
    found = against(of_counts(30, 1, 2, 7))
    assert found.answer is Answer.COULD_NOT_TELL
    assert found.numbers[0].more > 0
    assert f"{found.numbers[0].more:,} more items of xstest would settle it" in found.would_turn[0]


def test_so_many_more_items_with_the_same_shares_do_settle_it():
    small = against(of_counts(160, 8, 10, 22)).numbers[0]
    times = 1 + -(-small.more // 200)
    assert against(of_counts(*(times * each for each in (160, 8, 10, 22)))).answer is not Answer.COULD_NOT_TELL


def test_no_difference_at_all_still_has_an_interval():
    few, many = against(of_counts(20, 0, 0, 5)), against(of_counts(2000, 0, 0, 500))
    assert few.answer is Answer.COULD_NOT_TELL
    assert many.answer is Answer.YES


def test_pairing_tells_what_two_independent_results_could_not():
    ours, theirs = counted(470, 20, 30, 480)
    held = world(("candidate", ours), ("base", theirs))
    apart = dossier(*(each for each in held.pieces if each.record.kind != "eval-samples.v1"))
    assert against(held).answer is Answer.YES
    assert against(apart, paired=False).answer is Answer.COULD_NOT_TELL


def test_without_the_samples_of_a_side_it_can_not_tell_unless_the_policy_lets_it():
    ours, theirs = counted(8500, 500, 500, 500)
    held = world(("candidate", ours), ("base", theirs))
    apart = dossier(*(each for each in held.pieces if each.record.kind != "eval-samples.v1"))
    found = against(apart)
    assert found.answer is Answer.COULD_NOT_TELL
    assert "the single samples of the candidate are not on record" in found.reason
    loose = against(apart, paired=False)
    assert loose.answer is Answer.YES
    assert "as independent results" in loose.numbers[0].method


def test_too_small_an_overlap_can_not_tell_and_counts_what_does_not_pair():
    ours, theirs = counted(850, 50, 50, 50)
    held = dossier(
        artifacts(1), *scored(2, "candidate", ours), *scored(4, "base", theirs, items=[*range(700), *range(5000, 5300)])
    )
    found = against(held)
    assert found.answer is Answer.COULD_NOT_TELL
    assert "700; 300 of the candidate alone, 300 of the reference alone" in found.reason
    assert (found.numbers[0].only_candidate, found.numbers[0].only_reference) == (300, 300)
    assert against(held, overlap=0.5).answer is not Answer.COULD_NOT_TELL


def test_samples_whose_mean_is_not_the_reported_number_are_not_taken():
    ours, theirs = counted(850, 50, 50, 50)
    held = dossier(artifacts(1), *scored(2, "candidate", ours, value=0.99), *scored(4, "base", theirs))
    found = against(held)
    assert found.answer is Answer.COULD_NOT_TELL
    assert "is not the number that was reported" in found.reason


def test_an_item_asked_with_several_seeds_counts_once_and_a_doubled_row_is_refused():
    ours, theirs = counted(425, 25, 25, 25)
    again = [*range(500), *range(500)]
    seeds = {"seed": [1] * 500 + [2] * 500}
    held = dossier(
        artifacts(1), *scored(2, "candidate", ours * 2, items=again, columns=seeds), *scored(4, "base", theirs)
    )
    assert against(held).numbers[0].n == 500
    doubled = dossier(artifacts(1), *scored(2, "candidate", ours * 2, items=again), *scored(4, "base", theirs))
    assert "a question stands in the single samples more than once" in against(doubled).reason


def test_scores_that_are_no_yes_or_no_are_resampled_and_clusters_widen_the_interval():
    ours = [0.1 * (number % 11) for number in range(400)]
    theirs = [0.1 * ((number * 7 + 3) % 11) for number in range(400)]
    groups = {"cluster": [str(number // 40) for number in range(400)]}
    one = dossier(artifacts(1), *scored(2, "candidate", ours), *scored(4, "base", theirs))
    many = dossier(
        artifacts(1), *scored(2, "candidate", ours, columns=groups), *scored(4, "base", theirs, columns=groups)
    )
    plain, clustered = (against(held, margin=0.2).numbers[0] for held in (one, many))
    assert "sign-flip p" in against(one, margin=0.2).reason
    assert plain.value == clustered.value
    assert (plain.low, plain.high) != (clustered.low, clustered.high)


def test_a_metric_of_which_less_is_better_is_turned():
    ours, theirs = counted(100, 300, 10, 590)
    held = dossier(
        artifacts(1),
        *scored(2, "candidate", ours, higher_is_better=False),
        *scored(4, "base", theirs, higher_is_better=False),
    )
    found = against(held)
    assert found.answer is Answer.NO
    assert found.numbers[0].value == pytest.approx(-0.29)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [(None, None, "nobody said whether more of it is better"), (True, False, "the other that less is")],
)
def test_a_direction_that_nobody_or_two_tools_differently_state_can_not_tell(ours, theirs, said):
    left, right = counted(850, 50, 50, 50)
    held = dossier(
        artifacts(1),
        *scored(2, "candidate", left, higher_is_better=ours),
        *scored(4, "base", right, higher_is_better=theirs),
    )
    found = against(held)
    assert (found.answer, said in found.reason) == (Answer.COULD_NOT_TELL, True)


def test_a_task_that_only_the_base_was_asked_is_not_left_out():
    ours, theirs = counted(850, 50, 50, 50)
    held = dossier(
        artifacts(1),
        *scored(2, "candidate", ours),
        *scored(4, "base", theirs),
        *scored(6, "base", theirs, task="strongreject"),
    )
    found = against(held, purpose="safety")
    assert found.answer is Answer.COULD_NOT_TELL
    assert "no result strongreject acc of the candidate" in found.reason


def test_no_task_for_a_purpose_and_no_run_can_not_tell():
    assert against(dossier(artifacts(1)), purpose="safety").answer is Answer.COULD_NOT_TELL
    assert against(dossier(artifacts(1))).answer is Answer.COULD_NOT_TELL


def test_a_first_release_passes_only_where_the_policy_says_so():
    held = of_counts(850, 50, 50, 50)
    asked = {"task": "xstest", "metric": "acc", "against": "approved", "margin": 0.05}
    assert condition({"non_inferior": asked}, held, CONTENT).answer is Answer.COULD_NOT_TELL
    assert condition({"non_inferior": {**asked, "where_none": "yes"}}, held, CONTENT).answer is Answer.YES


def many(tasks: int, lost: int) -> Any:
    ours, theirs = counted(900, 30, 30 + lost, 40 - lost)
    pieces = [artifacts(1)]
    for number in range(tasks):
        task = f"xstest{number}"
        pieces += scored(len(pieces) + 1, "candidate", ours, task=task)
        pieces += scored(len(pieces) + 1, "base", theirs, task=task)
    return dossier(*pieces)


def test_holm_asks_more_of_each_of_many_tasks_and_says_over_how_many():
    held = many(12, 24)
    loose, strict = against(held, purpose="safety"), against(held, purpose="safety", correction="holm")
    assert loose.answer is Answer.YES
    assert strict.answer is Answer.COULD_NOT_TELL
    assert strict.numbers[0].correction == "holm over 12"
    assert strict.numbers[0].p == pytest.approx(12 * loose.numbers[0].p, rel=1e-6)


def test_the_error_divided_among_runs_widens_the_interval():
    ours, theirs = counted(880, 30, 52, 38)
    held = dossier(artifacts(1), *scored(2, "candidate", ours), *scored(4, "base", theirs))
    tried = dossier(
        *held.pieces, *(piece(10 + n, body=run(row(value=0.5 + n / 100, n=1000)), days_old=20 + n) for n in range(9))
    )
    one, ten = (
        against(held, corrected_for_attempts=True).numbers[0],
        against(tried, corrected_for_attempts=True).numbers[0],
    )
    assert (one.attempts, ten.attempts) == (None, 10)
    assert ten.confidence == pytest.approx(0.995)
    assert ten.low < one.low


COUNTS = st.tuples(*(st.integers(0, 60) for _ in range(4))).filter(lambda each: sum(each) > 0)


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_swapping_the_models_negates_the_difference_and_turns_its_interval(counts):
    both, gained, lost, neither = counts
    one = against(of_counts(both, gained, lost, neither)).numbers[0]
    other = against(of_counts(both, lost, gained, neither)).numbers[0]
    assert one.value == -other.value
    assert (one.low, one.high) == (pytest.approx(-other.high, abs=1e-9), pytest.approx(-other.low, abs=1e-9))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=25, max_size=60),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_items_changes_nothing(pairs, chance):
    order = list(range(len(pairs)))
    chance.shuffle(order)

    def held(numbers: list[int]) -> Any:
        return dossier(
            artifacts(1),
            *scored(2, "candidate", [pairs[at][0] / 4 for at in numbers], items=numbers),
            *scored(4, "base", [pairs[at][1] / 4 for at in numbers], items=numbers),
        )

    one, other = against(held(list(range(len(pairs))))), against(held(order))
    assert (one.answer, one.numbers[0].low, one.numbers[0].high) == (
        other.answer,
        other.numbers[0].low,
        other.numbers[0].high,
    )


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.sets(st.integers(0, 4), max_size=4))
def test_removing_evidence_turns_nothing_into_a_yes(counts, gone):
    held = of_counts(*counts)
    if against(held).answer is not Answer.YES:
        left = dossier(*(each for at, each in enumerate(held.pieces) if at not in gone))
        assert against(left).answer is not Answer.YES


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(1, 5))
def test_the_same_result_again_turns_no_answer_into_a_yes(counts, times):
    ours, _ = counted(*counts)
    held = of_counts(*counts)
    again = [each for number in range(times) for each in scored(20 + 2 * number, "candidate", ours)]
    for more in ({}, {"corrected_for_attempts": True}):
        before, after = against(held, **more).answer, against(dossier(*held.pieces, *again), **more).answer
        assert not (before is not Answer.YES and after is Answer.YES)


def test_two_results_scored_by_a_model_carry_its_agreement():
    judged = {"judges": ["judge-8b"]}
    ours = piece(2, body=run(row(value=0.9, n=4000, higher_is_better=True), **judged))
    theirs = piece(3, about="base", body=run(row(value=0.9, n=4000, higher_is_better=True), **judged), digest=BASE)
    agreement = {"judge": {"model": "judge-8b", "version": "1"}, "agreement": 0.99, "items": 2000, "kappa": None}
    held = dossier(artifacts(1), ours, theirs)
    assert "whose agreement with people is not on record" in against(held, paired=False).reason
    told = dossier(*held.pieces, piece(4, "judge-agreement.v1", body=agreement))
    alone = dossier(artifacts(1), piece(2, body=run(row(value=0.9, n=4000, higher_is_better=True))),
                    piece(3, about="base", body=run(row(value=0.9, n=4000, higher_is_better=True)), digest=BASE))  # fmt: skip
    wide, narrow = (against(each, paired=False).numbers[0] for each in (told, alone))
    assert wide.low < narrow.low
    assert wide.high > narrow.high


def judged_world(counts: tuple[int, int, int, int], *more: Any, agreement: dict[str, Any] | None = None) -> Any:
    """Candidate and base on the same items, scored by a judge whose agreement with people may be on record."""
    sides = zip((2, 4), ("candidate", "base"), counted(*counts), strict=True)
    pieces = [each for seq, about, scores in sides for each in scored(seq, about, scores)]
    runs = [
        each.model_copy(update={"body": each.body | {"judges": ["judge-8b"]}}) if "results" in each.body else each
        for each in pieces
    ]
    told = [piece(6, "judge-agreement.v1", body=agreement)] if agreement else []
    return dossier(artifacts(1), *runs, *told, *more)


AGREED = {"judge": {"model": "judge-8b", "version": "1"}, "agreement": 0.995, "items": 4000, "kappa": None}


def test_pairs_that_a_judge_scored_carry_what_it_may_have_got_wrong_on_either_model():
    counts = (9000, 250, 250, 500)
    plain, carried = against(of_counts(*counts)), against(judged_world(counts, agreement=AGREED))
    (narrow,), (wide,) = plain.numbers, carried.numbers
    assert (plain.answer, carried.answer, narrow.value) == (Answer.YES, Answer.YES, wide.value)
    assert narrow.low - wide.low > 2 * 0.005
    assert wide.high - narrow.high > 2 * 0.005
    assert "with the agreement of judge-8b (ev-00000000000000000006)" in wide.method
    assert "ev-00000000000000000006" in carried.evidence
    poor = against(judged_world(counts, agreement=AGREED | {"agreement": 0.95}))
    assert poor.answer is Answer.COULD_NOT_TELL
    assert "or more items on which the judge is held against people" in poor.would_turn[0]


def test_a_loss_beyond_the_margin_and_the_errors_of_the_judge_is_a_no():
    assert against(judged_world((6000, 100, 2900, 1000), agreement=AGREED)).answer is Answer.NO


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "was scored by judge-8b, whose agreement with people is not on record"),
        (
            AGREED | {"items": None},
            "was scored by judge-8b, and on how many items people were asked as well is not on record",
        ),
    ],
)
def test_pairs_of_a_judge_that_nobody_was_held_against_can_not_tell(said, why):
    found = against(judged_world((9000, 250, 250, 500), agreement=said))
    assert (found.answer, found.numbers) == (Answer.COULD_NOT_TELL, None)
    assert why in found.reason
    assert "hold the judge against people" in found.would_turn[0]


def test_the_interval_of_judged_pairs_reaches_the_margin_just_where_its_test_turns():
    for lost in range(150, 700, 25):
        found = against(judged_world((9000 - lost, 100, lost, 900), agreement=AGREED))
        (held,) = found.numbers
        expected = Answer.YES if held.low >= -0.05 else Answer.NO if held.high < -0.05 else Answer.COULD_NOT_TELL
        assert found.answer is expected


def test_two_filters_of_a_task_are_told_apart_wherever_they_are_told():
    def both(strict: float, loose: float, **whose: Any) -> Any:
        rows = [
            row(value=value, n=4000, higher_is_better=True, filter=name)
            for name, value in (("strict", strict), ("loose", loose), ("none", 0.9))
        ]
        return piece(3 if whose else 2, body=run(*rows), **whose)

    held = dossier(artifacts(1), both(0.5, 0.9), both(0.9, 0.9, about="base", digest=BASE))
    found = against(held, paired=False)
    assert [each.filter for each in found.numbers] == ["strict", "loose", None]
    assert "xstest acc (strict) against base: -0.4" in found.reason
    assert "filter" not in found.numbers[2].plain()
    assert found.would_turn == ("a model that loses less than 0.05 of xstest acc (strict) against the base model",)
