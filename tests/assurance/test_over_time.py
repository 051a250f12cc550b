"""What an ask may want beside a test of the body: enough items for a claim, and a number that stays in control over time."""

from __future__ import annotations

from typing import Any

import pytest

from governance.assurance.assess import assess
from governance.assurance.register import register
from governance.domain.control import Standing
from tests.assurance.cases import NOON, artifacts, catalogue, control, dossier, piece, risk, row, run

CALM = (0.10, 0.12, 0.09, 0.11, 0.10, 0.12, 0.09, 0.11)


def standing(ask: dict[str, Any], *pieces: Any) -> Any:
    content = catalogue(control("held", ask))
    return assess(dossier(artifacts(1), *pieces), content, NOON).controls[0]


# --- enough items for a claim ---------------------------------------------------------------------------------------

CLAIM = {"claim": {"says": "a loss of ten points would be seen", "margin": 0.1}}


def test_too_few_items_for_the_claim_are_inconclusive_and_say_how_many_more_would_do():
    found = standing(CLAIM, piece(2, body=run(row(value=0.5, n=40))))
    assert found.standing is Standing.INCONCLUSIVE
    assert (
        "too few items to show that a loss of ten points would be seen: xstest acc: 40 items, and " in found.reasons[0]
    )
    lacking = int(found.reasons[0].rsplit(": ", 1)[1].split()[0])
    assert standing(CLAIM, piece(2, body=run(row(value=0.5, n=40 + lacking + lacking % 2)))).standing is Standing.MET


@pytest.mark.parametrize("result", [{"n": None}, {"metric": "f1", "value": 7.0}, {"value": 0.5, "n": 7}])
def test_a_result_whose_items_can_not_be_counted_is_inconclusive(result):
    assert standing(CLAIM, piece(2, body=run(row(**result)))).standing is Standing.INCONCLUSIVE


def test_a_metric_that_the_claim_does_not_name_is_not_asked():
    ask = {"claim": {**CLAIM["claim"], "metric": "acc"}}
    assert standing(ask, piece(2, body=run(row(value=0.5, n=400), row(metric="f1", n=3)))).standing is Standing.MET
    assert standing(ask, piece(2, body=run(row(metric="f1", n=400)))).standing is Standing.INCONCLUSIVE


# --- in control over time -------------------------------------------------------------------------------------------

CHART = {"kind": "drift.v1", "about": "system", "each": "metric", "chart": {"field": "value", "baseline": 8}}


def series(*values: float | None, metric: str = "psi", first: int = 2) -> list[Any]:
    return [
        piece(first + at, "drift.v1", "system", {"metric": metric, "value": value, "breached": False}, days_old=90 - at)
        for at, value in enumerate(values)
    ]


def test_a_point_out_of_its_limits_turns_the_control_and_opens_the_risk_again():
    harm = risk("harm", 4, 4, {"control": "held", "reduces": "likelihood", "steps": 2})
    content = catalogue(control("held", CHART), risks=(harm,))

    def rated(*values: float) -> tuple[Standing, int]:
        held = dossier(artifacts(1), *series(*values))
        found = assess(held, content, NOON)
        return found.controls[0].standing, register(held, content, found, NOON)[0].residual.score

    assert rated(*CALM, 0.1) == (Standing.MET, 8)
    assert rated(*CALM, 0.3) == (Standing.UNMET, 16)


def test_the_reason_names_the_value_the_day_and_the_limits():
    found = standing(CHART, *series(*CALM, 0.3))
    assert found.reasons[0].startswith("value 0.3 of 2026-")
    assert "is outside its control limits" in found.reasons[0]
    assert found.evidence == ("ev-0000000000000000000a",)


def test_eight_in_a_row_on_one_side_are_out_of_control():
    assert standing(CHART, *series(*CALM, *([0.112] * 8))).standing is Standing.UNMET


def test_a_point_that_came_back_turns_nothing():
    assert standing(CHART, *series(*CALM, 0.3, 0.1)).standing is Standing.MET


def test_too_few_points_have_no_chart_and_each_metric_has_its_own():
    assert standing(CHART, *series(*CALM[:7], 9.0)).standing is Standing.MET
    other = series(*CALM, 0.3, metric="length", first=30)
    assert standing(CHART, *series(*CALM, 0.1), *other).standing is Standing.UNMET


def test_values_that_are_no_numbers_are_no_points():
    assert standing(CHART, *series(*CALM[:7], None, float("nan"), 9.0)).standing is Standing.MET


def test_a_small_lasting_shift_is_seen_by_the_weighted_average():
    ask = {**CHART, "chart": {"field": "value", "baseline": 8, "method": "ewma"}}
    shifted = [0.125, 0.118, 0.127, 0.121, 0.126, 0.104, 0.125]
    assert standing(ask, *series(*CALM, *shifted)).standing is Standing.UNMET
    assert standing(CHART, *series(*CALM, *shifted)).standing is Standing.MET
