"""The arithmetic of the risk register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from governance.assurance.assess import assess
from governance.assurance.register import register
from governance.domain.risk import Level, RegisterRow, RiskSetting
from tests.assurance.cases import NOON, artifacts, catalogue, control, day, dossier, piece, risk

SIDE = st.integers(1, 5)
STANDINGS = ["met", "stale", "inconclusive", "missing", "unmet"]
PIECES = {
    "met": {},
    "stale": {"days_old": 99},
    "inconclusive": {"quality": "partial"},
    "unmet": {"body": {"good": False}},
}


def rows(*risks: Any, standing: dict[str, str] | None = None, **system: Any) -> tuple[RegisterRow, ...]:
    """The register where each named control comes to the standing given, by evidence of its own kind."""
    wanted = standing or {}
    controls, pieces = [], [artifacts(1)]
    for number, (cid, came_to) in enumerate(wanted.items(), 2):
        good = {"field": "good", "equals": True}
        controls.append(control(cid, {"kind": f"{cid}.v1", "within": 30, "expect": [good]}))
        if came_to != "missing":
            pieces.append(piece(number, f"{cid}.v1", **{"body": {"good": True}, **PIECES[came_to]}))
    content = catalogue(*controls, risks=risks)
    held = dossier(*pieces, **system)
    made = assess(held, content, NOON)
    assert {each.id: each.standing.value for each in made.controls} == wanted
    return register(held, content, made, NOON)


def by(cid: str, reduces: str = "likelihood", steps: int = 1) -> dict[str, Any]:
    return {"control": cid, "reduces": reduces, "steps": steps}


@given(SIDE, SIDE, st.lists(st.tuples(st.sampled_from(STANDINGS), st.booleans(), st.integers(1, 3)), max_size=4))
def test_the_residual_is_the_sum_done_by_hand(likelihood: int, impact: int, drawn: list[tuple[str, bool, int]]) -> None:
    steps = [by(f"c{n}", "likelihood" if side else "impact", size) for n, (_, side, size) in enumerate(drawn)]
    standing = {f"c{n}": name for n, (name, _, _) in enumerate(drawn)}
    (only,) = rows(risk("harm", likelihood, impact, *steps), standing=standing)
    for name, before, after in (
        ("likelihood", likelihood, only.residual.likelihood),
        ("impact", impact, only.residual.impact),
    ):
        taken = sum(step["steps"] for step in steps if step["reduces"] == name and standing[step["control"]] == "met")
        assert after == max(1, before - taken)
        assert 1 <= after <= before
    assert only.residual.score <= only.inherent.score == likelihood * impact


@pytest.mark.parametrize("name", [name for name in STANDINGS if name != "met"])
def test_a_control_that_is_not_met_takes_nothing_off(name: str) -> None:
    (only,) = rows(risk("harm", 4, 4, by("c", steps=3)), standing={"c": name})
    assert only.residual == only.inherent
    assert only.arithmetic == f"inherent 4 × 4 = 16; nothing by c ({name}); residual 4 × 4 = 16"


def test_a_control_that_is_nowhere_takes_nothing_off() -> None:
    (only,) = rows(risk("harm", 4, 4, by("nowhere")))
    assert only.arithmetic == "inherent 4 × 4 = 16; nothing by nowhere (missing); residual 4 × 4 = 16"


def test_the_arithmetic_can_be_followed_in_words() -> None:
    (only,) = rows(risk("harm", 4, 3, by("a"), by("b", "impact", 3)), standing={"a": "met", "b": "met"})
    assert only.arithmetic == "inherent 4 × 3 = 12; −1 likelihood by a; −3 impact by b; residual 3 × 1 = 3"


@pytest.mark.parametrize("said", [{"likelihood": 1}, {"impact": 5}, {"likelihood": 1, "because": "TBD"}])
def test_a_rating_of_ones_own_needs_a_reason(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="because"):
        RiskSetting.model_validate(said)


def test_a_rating_of_ones_own_replaces_the_librarys_with_its_reason() -> None:
    own = {"harm": {"likelihood": 2, "because": "Nobody else can reach it", "owner": "Bo Example"}}
    (only,) = rows(risk("harm", 4, 4), risks=own)
    assert (only.inherent.likelihood, only.inherent.impact) == (2, 4)
    assert (only.because, only.owner, only.owner_named) == ("Nobody else can reach it", "Bo Example", True)
    (plain,) = rows(risk("harm", 4, 4))
    assert (plain.owner, plain.owner_named) == ("Lead", False)


@pytest.mark.parametrize(("offset", "overdue"), [(-1, True), (0, False), (1, False)])
def test_a_review_is_overdue_the_day_after(offset: int, overdue: bool) -> None:
    (only,) = rows(risk("harm"), risks={"harm": {"next_review": day(offset).isoformat()}})
    assert only.review_overdue is overdue
    (every,) = rows(risk("harm", review_every=10), registered_at=NOON - timedelta(days=10 - offset))
    assert (every.next_review, every.review_overdue) == (day(offset), overdue)


@pytest.mark.parametrize(("appetite", "within"), [(15, False), (16, True), (None, None)])
def test_the_appetite_is_the_greatest_score_carried(appetite: int | None, within: bool | None) -> None:
    stated = {"risk_appetite": appetite} if appetite else {}
    (only,) = rows(risk("harm", 4, 4), **stated)
    assert only.within_appetite is within


def test_the_worst_stands_first_and_a_risk_that_does_not_apply_is_left_out() -> None:
    cloud = risk("cloud", 5, 5, applies_when={"field": "deployment", "one_of": ["cloud"]})
    found = rows(risk("b", 2, 2), risk("a", 2, 2), risk("z", 5, 4), cloud, deployment="on-device")
    assert [each.risk for each in found] == ["z", "a", "b"]
    assert rows(cloud)[0].risk == "cloud"


def test_the_bands_meet_without_a_gap() -> None:
    bands = [Level.of(score).value for score in (1, 4, 5, 9, 10, 16, 17, 25)]
    assert bands == ["low", "low", "medium", "medium", "high", "high", "critical", "critical"]
