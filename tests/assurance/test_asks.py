"""What one ask comes to: whom the evidence speaks of, which piece decides, how old it may be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.assurance.assess import assess, judge
from governance.domain.control import Standing
from tests.assurance.cases import (
    BASE,
    NOON,
    OTHER,
    artifacts,
    catalogue,
    control,
    dossier,
    piece,
    row,
    run,
    suite,
)

if TYPE_CHECKING:
    from governance.domain.assessment import ControlResult

SAFETY = suite("safety", "xstest*", "strongreject*")
FRESH = {"purpose": "safety", "within": 180}


def judged(ask: dict[str, Any], *pieces: Any, on: Any = NOON, **system: Any) -> ControlResult:
    content = catalogue(control("asked", ask), suites=(SAFETY,))
    return judge(content.controls["asked"], dossier(*pieces, **system), content, on)


def standing(ask: dict[str, Any], *pieces: Any, on: Any = NOON, **system: Any) -> str:
    return judged(ask, *pieces, on=on, **system).standing


def test_an_empty_list_of_asks_is_never_met() -> None:
    empty = control("empty")
    result = judge(empty, dossier(artifacts(1), piece(2)), catalogue(empty), NOON)
    assert result.standing is Standing.MISSING
    assert "nothing is no evidence" in result.reasons[0]


@pytest.mark.parametrize(("seconds", "expected"), [(-1, "met"), (0, "met"), (1, "stale")])
def test_evidence_is_fresh_to_the_very_second(seconds: int, expected: str) -> None:
    made = NOON - timedelta(days=180, seconds=seconds)
    assert standing(FRESH, artifacts(1), piece(2, at=made)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(0, "met"), (1, "inconclusive")])
def test_evidence_from_the_future_is_inconclusive(seconds: int, expected: str) -> None:
    result = judged(FRESH, artifacts(1), piece(2, at=NOON + timedelta(seconds=seconds)))
    assert result.standing == expected
    assert ("future" in result.reasons[0]) is (expected == "inconclusive")


def test_no_clock_is_inconclusive_and_the_remedy_is_said() -> None:
    result = judged(FRESH, artifacts(1), piece(2, days_old=None))
    assert result.standing == "inconclusive"
    assert "--effective DATE" in result.reasons[0]
    assert standing({}, artifacts(1), piece(2, days_old=None)) == "met"


def test_a_document_past_its_own_review_is_stale_however_young() -> None:
    ask = {"kind": "attested-document.v1", "about": "system", "topic": "plan", "within": 365}
    for due, expected in (("2026-11-21", "stale"), ("2026-11-22", "met"), (None, "met")):
        result = judged(ask, piece(2, "attested-document.v1", "system", {"topic": "plan", "review_due": due}))
        assert result.standing == expected
    assert standing(ask, piece(2, "attested-document.v1", "system", {"topic": "other"})) == "missing"


def test_other_weights_do_not_count_and_the_reason_says_so() -> None:
    result = judged({}, artifacts(1), piece(2, digest=OTHER))
    assert result.standing == "missing"
    assert "other weights" in result.reasons[0]


@pytest.mark.parametrize("said", [{"about": "unbound"}, {"about": "unbound", "digest": OTHER}])
def test_unbound_evidence_does_not_count_and_the_reason_says_so(said: dict[str, Any]) -> None:
    result = judged({}, artifacts(1), piece(2, **said))
    assert result.standing == "missing"
    assert "1 such pieces are tied to no model" in result.reasons[0]


def test_without_weights_of_a_candidate_nothing_speaks_of_one() -> None:
    result = judged({}, piece(2))
    assert result.standing == "missing"
    assert "no weights of a candidate were attached" in result.reasons[0]
    assert standing({}, artifacts(1), piece(2), candidate=OTHER) == "missing"


def test_a_base_that_was_swapped_takes_its_evidence_with_it() -> None:
    ask = {"about": "base"}
    own, other = piece(3, about="base", digest=BASE), piece(3, about="base", digest=OTHER)
    assert standing(ask, artifacts(1), artifacts(2, BASE, "base"), own) == "met"
    result = judged(ask, artifacts(1), artifacts(2, BASE, "base"), other)
    assert result.standing == "missing"
    assert "other weights" in result.reasons[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("org/small", "met"), ("/models/Small/", "met"), ("small", "met"), ("org/weak", "missing"), ("", "met")],
)
def test_a_base_known_by_name_only_must_be_the_one_the_candidate_names(name: str, expected: str) -> None:
    tuned = artifacts(1, base={"name": "org/small", "revision": None})
    body = run(model={"name": name, "digest": None})
    assert standing({"about": "base"}, tuned, piece(2, about="base", body=body)) == expected


def test_the_newest_decides_and_a_newer_partial_one_is_not_passed_over() -> None:
    good, bad = run(row(n=10)), run(row(n=1))
    ask = {"expect": [{"field": "results[].n", "at_least": 5}]}
    old = piece(2, body=good, days_old=9)
    assert standing(ask, artifacts(1), old, piece(3, body=bad, days_old=2)) == "unmet"
    assert standing(ask, artifacts(1), old, piece(3, body=bad, days_old=20)) == "met"
    assert standing(ask, artifacts(1), old, piece(3, body=good, days_old=2, quality="partial")) == "inconclusive"


def test_an_older_good_run_recorded_last_does_not_come_back_by_way_of_an_undated_one() -> None:
    ask = {"expect": [{"field": "results[].n", "at_least": 5}]}
    bad = piece(2, body=run(row(n=1)), days_old=1 / 24)
    undated = piece(3, body=run(row(n=9)), days_old=None)
    replayed = piece(4, body=run(row(n=9)), days_old=90)
    assert standing(ask, artifacts(1), bad, undated, replayed) == "unmet"


def test_one_good_data_set_does_not_cover_for_a_bad_one() -> None:
    ask = {"kind": "dataset-manifest.v1", "about": "data-set", "expect": [{"field": "licence.known", "equals": True}]}
    good = piece(2, "dataset-manifest.v1", "data-set", {"licence": {"known": True}}, name="one")
    for known, expected in ((False, "unmet"), (None, "inconclusive"), (True, "met")):
        second = piece(3, "dataset-manifest.v1", "data-set", {"licence": {"known": known}}, name="two")
        for both in ((good, second), (second, good)):
            assert standing(ask, *both) == expected


@pytest.mark.parametrize("task", ["xstest", "XSTest_EN", "xSTEST", "own_Safety_set"])
def test_a_purpose_is_found_whatever_the_case_of_the_task(task: str) -> None:
    assert standing(FRESH, artifacts(1), piece(2, body=run(row(task))), suites={"safety": ["OWN_*"]}) == "met"


@pytest.mark.parametrize("task", ["arc_easy", "my_xstest", "safety", ""])
def test_a_task_of_another_name_speaks_for_no_purpose(task: str) -> None:
    assert standing(FRESH, artifacts(1), piece(2, body=run(row(task)))) == "missing"


@pytest.mark.parametrize(
    "said", [{"value": None}, {"value": "0.9"}, {"value": float("nan")}, {"value": True}, {"n": 0}]
)
@pytest.mark.parametrize("ask", [FRESH, {}])
def test_an_evaluation_without_a_number_or_a_sample_was_not_performed(
    said: dict[str, Any], ask: dict[str, Any]
) -> None:
    assert standing(ask, artifacts(1), piece(2, body=run(row(**said)))) == "inconclusive"


def test_samples_of_nothing_are_no_samples() -> None:
    ask = {"kind": "eval-samples.v1", "purpose": "safety"}
    assert standing(ask, artifacts(1), piece(2, "eval-samples.v1", body={"task": "xstest", "n": 3})) == "met"
    assert standing(ask, artifacts(1), piece(2, "eval-samples.v1", body={"task": "xstest", "n": 0})) == "inconclusive"


def test_one_stale_task_among_fresh_ones_makes_the_purpose_stale() -> None:
    old = piece(2, body=run(row("xstest")), days_old=400)
    assert standing(FRESH, artifacts(1), old, piece(3, body=run(row("strongreject")))) == "stale"


def test_a_control_applies_unless_the_system_states_another_word() -> None:
    held = control("cloud", {"kind": "system.v1", "about": "system", "expect": [{"field": "owner", "present": True}]},
                   applies_when={"field": "deployment", "one_of": ["cloud"]})  # fmt: skip
    content = catalogue(held)
    for deployment, expected in ((None, "met"), ("cloud", "met"), ("on-device", "not-applicable")):
        stated = {"deployment": deployment} if deployment else {}
        assert judge(held, dossier(**stated), content, NOON).standing == expected
    listed = control("own", {"kind": "system.v1", "about": "system", "expect": [{"field": "owner", "present": True}]},
                     applies_when={"field": "languages", "one_of": ["de"]})  # fmt: skip
    assert judge(listed, dossier(languages=["de", "en"]), catalogue(listed), NOON).standing == "met"


CASES = {
    "met": ({}, [piece(2)]),
    "unmet": ({"expect": [{"field": "harness.name", "equals": "other"}]}, [piece(2)]),
    "inconclusive": ({}, [piece(2, quality="partial")]),
    "stale": ({"within": 1}, [piece(2, days_old=2)]),
    "missing": ({}, []),
}


@pytest.mark.parametrize("expected", CASES)
def test_each_standing_that_evidence_can_come_to_is_reached(expected: str) -> None:
    ask, pieces = CASES[expected]
    assert standing(ask, artifacts(1), *pieces) == expected


@given(st.lists(st.sampled_from(sorted(CASES)), min_size=1, max_size=4))
def test_a_control_is_as_good_as_the_worst_of_its_asks(wanted: list[str]) -> None:
    order = ["unmet", "missing", "stale", "inconclusive", "met"]
    asks, pieces = [], [artifacts(1)]
    for number, name in enumerate(wanted):
        ask, found = CASES[name]
        kind = f"own-{number}.v1"
        asks.append({**ask, "kind": kind})
        pieces += [each.model_copy(update={"record": each.record.model_copy(update={"kind": kind})}) for each in found]
    held = control("many", *asks)
    result = judge(held, dossier(*pieces), catalogue(held), NOON)
    assert [ask.standing.value for ask in result.asks] == wanted
    assert result.standing == min(wanted, key=order.index)
    assert all(ask.reason in result.reasons for ask in result.asks if ask.standing is result.standing)


def test_every_reason_of_a_shortfall_is_counted_when_not_all_are_shown() -> None:
    ask = {"kind": "dataset-manifest.v1", "about": "data-set", "expect": [{"field": "a", "equals": 0}]}
    many = [piece(n, "dataset-manifest.v1", "data-set", {"a": n}, name=f"set{n}") for n in range(1, 6)]
    result = judged(ask, *many)
    assert result.reasons[0].endswith("; and 2 more")
    assert set(result.evidence) == {each.id for each in many}
    assert assess(dossier(*many), catalogue(control("x", ask)), NOON).controls[0].evidence == result.evidence


FINISHED = {"kind": "training-run.v1", "about": "candidate", "expect": [{"field": "finished", "equals": True}]}


def told(seq: int, collector: str, quality: str = "complete", **body: Any) -> Any:
    return piece(seq, "training-run.v1", body=body, collector=collector, quality=quality)


def test_a_trackers_copy_does_not_cover_for_a_trainer_that_stopped_early() -> None:
    trainer, tracker = told(2, "trainer", "partial", finished=False), told(3, "tracker", finished=True)
    assert standing(FINISHED, artifacts(1), trainer, tracker) == Standing.INCONCLUSIVE
    assert standing(FINISHED, artifacts(1), told(2, "trainer", finished=False), tracker) == Standing.UNMET
    assert standing(FINISHED, artifacts(1), told(2, "trainer", finished=True), tracker) == Standing.MET


def test_a_tool_that_says_nothing_on_what_is_asked_does_not_count_beside_one_that_does() -> None:
    silent = told(3, "tracker", finished=None)
    assert standing(FINISHED, artifacts(1), told(2, "trainer", finished=True), silent) == Standing.MET
    assert standing(FINISHED, artifacts(1), told(2, "trainer", finished=False), silent) == Standing.UNMET
    assert standing(FINISHED, artifacts(1), silent) == Standing.INCONCLUSIVE


def test_a_tool_that_says_no_to_one_thing_and_nothing_to_another_counts() -> None:
    both = FINISHED | {"expect": [{"field": "finished", "equals": True}, {"field": "steps", "at_least": 1}]}
    whole = told(2, "trainer", finished=True, steps=4)
    assert standing(both, artifacts(1), whole, told(3, "tracker", finished=False)) == Standing.UNMET
    assert standing(both, artifacts(1), whole, told(3, "tracker", steps=4)) == Standing.MET


def test_a_silent_piece_that_is_not_whole_still_counts() -> None:
    cut = told(3, "tracker", "failed", finished=None)
    assert standing(FINISHED, artifacts(1), told(2, "trainer", finished=True), cut) == Standing.INCONCLUSIVE


def test_the_newest_of_each_tool_decides() -> None:
    old, new = told(2, "trainer", finished=False), told(3, "trainer", finished=True)
    assert standing(FINISHED, artifacts(1), old, new) == Standing.MET
