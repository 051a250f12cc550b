"""What waivers and accepted risks cover, and what they do not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.assurance.cases import (
    NOON,
    OTHER,
    artifacts,
    ask_gate,
    catalogue,
    control,
    day,
    dossier,
    piece,
    policy,
    risk,
    signed,
)

CONTENT = catalogue(
    control("noted", {"kind": "own-note.v1", "about": "any", "expect": [{"field": "ok", "equals": True}]})
)
ASKED = policy({"controls_met": {"controls": ["noted"]}})
BAD = piece(2, "own-note.v1", "system", {"ok": False})
RISKY = catalogue(control("noted", {}), risks=(risk("harm", 3, 4),))
WITHIN = policy({"risk_at_most": {"within_appetite": True}})


def waived(*pieces: Any, role: str = "approver", person: str = "Ada Example", standing: str = "missing", retest: Any = None,
           control_id: str = "noted", system: dict[str, Any] | None = None, **said: Any) -> Any:  # fmt: skip
    held = dossier(artifacts(1), *pieces, **(system or {}))
    part = {"control": control_id, "standing": standing, "compensation": "A person reads it all", "owner": "Ada Example",
            "retest": retest or day(5)}  # fmt: skip
    made = signed(9, held, ASKED, person, role, "waive", waiver=part, **{"expires": day(5), **said})
    return ask_gate(ASKED, dossier(artifacts(1), *pieces, decisions=(made,), **(system or {})), CONTENT).conditions[0]


def test_a_waiver_lets_pass_and_the_standing_stays_to_be_seen() -> None:
    found = waived()
    assert found.answer == "yes"
    assert "0 of 1 controls met, 1 waived: noted missing (waived by Ada Example until" in found.reason
    assert found.evidence == ("dec-9-Ada Example-approver",)
    assert waived(role="risk-owner", expires=day(0), retest=day(0)).answer == "yes"


@pytest.mark.parametrize(
    ("said", "why"),
    [({"expires": day(-1)}, "expired on"), ({"retest": day(-1)}, "its retest was due on"), ({"role": "reviewer"}, "an approver's"),
     ({"valid": False}, "does not verify"), ({"identity": OTHER}, "another model identity"), ({"system": {"id": "desk"}, "control_id": "other"}, ""),
     ({"signed_at": NOON + timedelta(hours=1)}, "in the future"),
     ({"system": {"duties": {"trainer": ["ada example"]}}}, "holds the duty trainer")],
)  # fmt: skip
def test_a_waiver_that_does_not_count_lets_nothing_pass_and_is_said(said: dict[str, Any], why: str) -> None:
    found = waived(**said)
    assert found.answer == "no"
    assert why in found.reason
    assert found.would_turn


def test_a_waiver_of_what_was_missing_says_nothing_of_what_failed() -> None:
    found = waived(BAD)
    assert (found.answer, "given while the control stood at missing" in found.reason) == ("no", True)
    assert waived(BAD, standing="unmet").answer == "yes"
    assert waived(standing="met").answer == "no"


def test_a_waiver_ended_by_name_does_not_count() -> None:
    held = dossier(artifacts(1))
    part = {
        "control": "noted",
        "standing": "missing",
        "compensation": "A person reads it all",
        "owner": "Ada",
        "retest": day(5),
    }
    given = signed(2, held, ASKED, "Ada Example", "approver", "waive", waiver=part, expires=day(5))
    ending = signed(3, held, ASKED, "Rita Example", "risk-owner", "revoke", target=given.id)
    found = ask_gate(ASKED, dossier(artifacts(1), decisions=(given, ending)), CONTENT).conditions[0]
    assert (found.answer, "ended by Rita Example" in found.reason) == ("no", True)


def accepted(likelihood: int = 3, impact: int = 4, asked: Any = WITHIN, **said: Any) -> Any:
    held = dossier(artifacts(1), risk_appetite=6)
    part = {"risk": said.pop("risk", "harm"), "likelihood": likelihood, "impact": impact, "level": "high"}
    role = said.pop("role", "risk-owner")
    made = signed(
        9, held, asked, "Olga Owner", role, "accept-risk", content=RISKY, risk=part, **{"expires": day(5), **said}
    )
    return ask_gate(asked, dossier(artifacts(1), decisions=(made,), risk_appetite=6), RISKY).conditions[0]


def test_an_accepted_risk_is_within_what_its_owner_carries_as_it_was_rated() -> None:
    found = accepted()
    assert found.answer == "yes"
    assert "harm 12 accepted by Olga Owner until" in found.reason
    assert accepted(5, 5).answer == "yes"


@pytest.mark.parametrize(
    "said",
    [{"likelihood": 2}, {"impact": 3}, {"likelihood": 5, "impact": 3}, {"expires": day(-1)}, {"identity": OTHER},
     {"valid": False}, {"role": "approver"}, {"risk": "another"}],
)  # fmt: skip
def test_an_acceptance_of_less_or_by_another_or_of_another_accepts_nothing(said: dict[str, Any]) -> None:
    assert accepted(**said).answer == "no"


def test_an_acceptance_does_nothing_about_a_level() -> None:
    asked = policy({"risk_at_most": {"level": "medium", "within_appetite": True}})
    assert accepted(asked=asked).answer == "no"
