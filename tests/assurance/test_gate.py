"""The gate and the words of its vocabulary other than signatures."""

from __future__ import annotations

import itertools
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from governance.assurance.gate import gate
from governance.domain.assessment import Assessment, ControlResult
from tests.assurance.cases import (
    BASE,
    NOON,
    OTHER,
    artifacts,
    ask_gate,
    catalogue,
    condition,
    control,
    dossier,
    framework,
    piece,
    policy,
    risk,
    row,
    run,
)

if TYPE_CHECKING:
    from governance.domain.dossier import Dossier
    from governance.domain.policy import Policy


def measured(*rows: dict[str, Any], **said: Any) -> Dossier:
    return dossier(artifacts(1), piece(2, body=run(*rows), **said))


def bound(**said: Any) -> dict[str, Any]:
    return {"metric": {"task": "xstest", "metric": "acc", **said}}


def judged(standings: dict[str, str], asked: Policy, **extra: Any) -> Any:
    """The gate over an assessment in which controls have come to these standings."""
    controls = {cid: control(cid, {}, **extra) for cid in standings}
    results = tuple(
        ControlResult.model_validate(
            {
                "id": cid,
                "title": "It",
                "family": "quality",
                "standing": standing,
                "reasons": ("so",),
                "evidence": (f"ev-{cid}",),
                "asks": (),
                "remedy": f"do {cid}",
            }
        )
        for cid, standing in standings.items()
    )
    held = dossier(artifacts(1))
    made = Assessment(system="desk", on=NOON, identity=held.identity, content_digest="", ledger_size=1,
                      controls=results, requirements=(), frameworks=(), findings=())  # fmt: skip
    pairs = [(cid, "full") for cid in standings]
    content = catalogue(*controls.values(), frameworks=(framework("law", r1=pairs),))
    return gate(asked, held, content, made, (), NOON)


def test_a_policy_that_asks_nothing_denies() -> None:
    result = ask_gate(policy(), measured())
    assert (result.answer, result.conditions) == ("no", ())
    assert "permits nothing" in result.reason


WORDS = {"yes": "met", "no": "unmet", "could-not-tell": "stale"}


@pytest.mark.parametrize("answers", list(itertools.product(WORDS, repeat=3)))
def test_one_no_denies_and_only_all_yes_allow(answers: tuple[str, ...]) -> None:
    standings = {f"c{number}": WORDS[answer] for number, answer in enumerate(answers)}
    result = judged(standings, policy(*({"controls_met": {"controls": [cid]}} for cid in standings)))
    assert [each.answer.value for each in result.conditions] == list(answers)
    expected = "no" if "no" in answers else "could-not-tell" if "could-not-tell" in answers else "yes"
    assert result.answer == expected
    assert f"{answers.count('yes')} of 3 conditions say yes" in result.reason


@pytest.mark.parametrize(
    ("standing", "answer"),
    [
        ("met", "yes"),
        ("unmet", "no"),
        ("missing", "no"),
        ("stale", "could-not-tell"),
        ("inconclusive", "could-not-tell"),
        ("manual", "could-not-tell"),
        ("waived", "could-not-tell"),
    ],
)
@pytest.mark.parametrize("word", [{"controls": ["a", "b"]}, {"framework": "law"}, {"family": "quality"}])
def test_each_way_to_name_controls_asks_every_one(standing: str, answer: str, word: dict[str, Any]) -> None:
    (only,) = judged({"a": "met", "b": standing}, policy({"controls_met": word})).conditions
    assert only.answer == answer
    assert only.would_turn == (() if answer == "yes" else ("b: do b",))


def test_controls_that_do_not_apply_are_left_out_but_none_of_nothing_is_met() -> None:
    asked = policy({"controls_met": {"controls": ["a", "b"]}})
    assert judged({"a": "met", "b": "not-applicable"}, asked).answer == "yes"
    assert judged({"a": "not-applicable", "b": "not-applicable"}, asked).answer == "no"
    assert judged({"a": "met"}, policy({"controls_met": {"family": "operation"}})).answer == "no"


def test_an_unknown_control_is_a_no_even_beside_met_ones() -> None:
    (only,) = judged({"a": "met"}, policy({"controls_met": {"controls": ["a", "aa"]}})).conditions
    assert only.answer == "no"
    assert "no control aa" in only.reason


@pytest.mark.parametrize(
    ("least", "answer"),
    [(0.82, "yes"), (0.8256, "yes"), (0.83, "could-not-tell"), (0.94, "could-not-tell"), (0.95, "no")],
)
def test_a_lower_bound_is_held_against_the_interval_and_not_the_point(least: float, answer: str) -> None:
    assert condition(bound(at_least=least), measured(row(value=0.9, n=100))).answer == answer


@pytest.mark.parametrize(
    ("most", "answer"), [(0.05, "no"), (0.06, "could-not-tell"), (0.17, "could-not-tell"), (0.18, "yes")]
)
def test_an_upper_bound_is_held_against_the_interval_and_not_the_point(most: float, answer: str) -> None:
    found = condition(bound(at_most=most), measured(row(value=0.1, n=100)))
    assert found.answer == answer
    assert "0.05523 to 0.1744 (Wilson, n 100)" in found.reason


@pytest.mark.parametrize(
    "said",
    [{"value": None}, {"value": math.nan}, {"value": math.inf}, {"value": "0.99"}, {"value": True}, {"n": 0},
     {"n": 0, "stderr": 0.001}, {"n": None}, {"value": 40.0, "stderr": None}],
)  # fmt: skip
def test_a_result_without_a_number_or_a_sample_can_not_tell(said: dict[str, Any]) -> None:
    assert condition(bound(at_least=0.0), measured(row(**said))).answer == "could-not-tell"
    assert condition(bound(at_most=99), measured(row(**said))).answer == "could-not-tell"


@pytest.mark.parametrize(("most", "answer"), [(14.0, "yes"), (13.0, "could-not-tell"), (11.0, "no")])
def test_a_value_beyond_a_share_is_judged_by_its_standard_error(most: float, answer: str) -> None:
    assert condition(bound(at_most=most), measured(row(value=12.5, stderr=0.5))).answer == answer


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [piece(2, about="base")],
        [piece(2, digest=OTHER)],
        [piece(2, about="unbound")],
        [piece(2, body=run(row("other")))],
        [piece(2, body=run(row(metric="f1")))],
    ],
)
def test_a_result_of_somebody_else_or_something_else_can_not_tell(pieces: list[Any]) -> None:
    assert condition(bound(at_least=0.1), dossier(artifacts(1), *pieces)).answer == "could-not-tell"
    assert condition(bound(at_least=0.1), dossier(piece(2))).answer == "could-not-tell"


def test_the_newest_result_decides_and_an_older_better_one_does_not_stand_in() -> None:
    good, bad = run(row(value=0.9)), run(row(value=0.1))
    old, new = piece(2, body=good, days_old=50), piece(3, body=bad, days_old=3)
    assert condition(bound(at_least=0.5), dossier(artifacts(1), old, new)).answer == "no"
    replayed = piece(4, body=good, days_old=60)
    assert condition(bound(at_least=0.5), dossier(artifacts(1), new, replayed)).answer == "no"
    undated = piece(3, body=good, days_old=None)
    fresh = piece(2, body=bad, days_old=0.01)
    assert condition(bound(at_least=0.5), dossier(artifacts(1), fresh, undated, replayed)).answer == "no"


@pytest.mark.parametrize("said", [{"quality": "partial"}, {"quality": "masked"}, {"at": NOON + timedelta(seconds=1)}])
def test_a_newest_result_that_is_not_whole_or_not_yet_can_not_tell(said: dict[str, Any]) -> None:
    old = piece(2, days_old=50)
    found = condition(bound(at_least=0.5), dossier(artifacts(1), old, piece(3, **said)))
    assert found.answer == "could-not-tell"
    assert "newest result" in found.reason
    assert condition(bound(at_least=0.5), dossier(artifacts(1), old)).answer == "yes"


def test_where_a_metric_is_given_in_several_ways_each_must_hold() -> None:
    strict, loose = row(filter="strict", value=0.2), row(filter="loose", value=0.9)
    for rows in ((strict, loose), (loose, strict)):
        assert condition(bound(at_least=0.5), measured(*rows)).answer == "no"
        assert condition(bound(at_least=0.1), measured(*rows)).answer == "yes"


def compared(candidate: dict[str, Any], base: dict[str, Any], least: float, **settings: Any) -> Any:
    held = dossier(
        artifacts(1), artifacts(2, BASE, "base"), piece(3, body=run(candidate)),
        piece(4, about="base", digest=BASE, body=run(base, **settings)),
    )  # fmt: skip
    return condition(bound(at_least=least, against="base"), held)


@pytest.mark.parametrize(("least", "answer"), [(0.05, "yes"), (0.06, "could-not-tell"), (0.34, "no")])
def test_against_the_base_the_difference_is_judged_by_its_interval(least: float, answer: str) -> None:
    found = compared(row(value=56 / 70, n=70), row(value=48 / 80, n=80), least)
    assert found.answer == answer
    assert "0.05243 to 0.3339 (Newcombe, n 70)" in found.reason


def test_runs_that_were_set_up_differently_are_not_subtracted() -> None:
    good, weak = row(value=0.9, n=1000), row(value=0.1, n=1000)
    assert compared(good, weak, 0.1).answer == "yes"
    found = compared(good, {**weak, "task_version": "2"}, 0.1)
    assert (found.answer, "version of the task" in found.reason) == ("could-not-tell", True)
    assert compared(good, weak, 0.1, harness={"name": "inspect"}).answer == "could-not-tell"
    assert compared(good, {**weak, "filter": "loose"}, 0.1).answer == "could-not-tell"


def test_without_a_result_of_this_base_there_is_nothing_to_compare_with() -> None:
    word = bound(at_least=0.0, against="base")
    held = (artifacts(1), artifacts(2, BASE, "base"), piece(3))
    assert condition(word, dossier(*held)).answer == "could-not-tell"
    assert condition(word, dossier(*held, piece(4, about="base", digest=OTHER))).answer == "could-not-tell"


RISKS = (risk("big", 5, 4), risk("small", 1, 2))


@pytest.mark.parametrize(
    ("word", "appetite", "answer"),
    [
        ({"level": "critical"}, None, "yes"),
        ({"level": "high"}, None, "no"),
        ({"within_appetite": True}, None, "could-not-tell"),
        ({"within_appetite": True}, 20, "yes"),
        ({"within_appetite": True}, 19, "no"),
        ({"level": "high", "within_appetite": True}, None, "no"),
        ({"level": "high", "within_appetite": True}, 25, "no"),
    ],
)
def test_no_risk_may_stand_above_the_level_or_the_appetite(
    word: dict[str, Any], appetite: int | None, answer: str
) -> None:
    stated = {"risk_appetite": appetite} if appetite else {}
    found = condition({"risk_at_most": word}, dossier(**stated), catalogue(risks=RISKS))
    assert found.answer == answer


def test_an_empty_register_says_nothing() -> None:
    found = condition({"risk_at_most": {"level": "low"}}, dossier(risk_appetite=25), catalogue())
    assert found.answer == "could-not-tell"


def finding(seq: int, severity: str = "high", **said: Any) -> Any:
    body = {
        "rule": "pickle",
        "severity": severity,
        "title": "A pickle",
        "detail": "It runs",
        "path": "a.bin",
        "remedy": "drop it",
    }
    return piece(seq, "finding.v1", body=body, **said)


NONE_HIGH = {"no_open_finding": {"severity": "high"}}


def test_before_weights_were_read_whole_nothing_can_be_said_to_be_clean() -> None:
    assert condition(NONE_HIGH, dossier()).answer == "could-not-tell"
    assert condition(NONE_HIGH, dossier(artifacts(1, quality="partial"))).answer == "could-not-tell"
    assert condition(NONE_HIGH, dossier(artifacts(1, quality="partial"), finding(2))).answer == "no"
    assert condition(NONE_HIGH, dossier(artifacts(1))).answer == "yes"


@pytest.mark.parametrize(
    ("severity", "answer"), [("low", "yes"), ("medium", "yes"), ("high", "no"), ("critical", "no")]
)
def test_findings_of_the_severity_and_above_deny(severity: str, answer: str) -> None:
    found = condition(NONE_HIGH, dossier(artifacts(1), finding(2, severity)))
    assert (found.answer, found.would_turn) == (answer, ("drop it",) if answer == "no" else ())


def test_a_finding_is_closed_by_other_weights_and_by_nothing_else() -> None:
    assert condition(NONE_HIGH, dossier(artifacts(1, OTHER), finding(2, digest=OTHER), artifacts(3))).answer == "yes"
    assert condition(NONE_HIGH, dossier(artifacts(1), finding(2), artifacts(3))).answer == "no"
    assert condition(NONE_HIGH, dossier(artifacts(1), finding(2, about="unbound"))).answer == "no"
    base = finding(2, about="base", digest=BASE)
    assert condition(NONE_HIGH, dossier(artifacts(1), artifacts(3, BASE, "base"), base)).answer == "no"
