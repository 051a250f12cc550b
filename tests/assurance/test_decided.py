"""What became of refusals, endings, waivers, accepted risks and exceptions, told in the same states as approvals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from governance.assurance import approvals, decided, waivers
from governance.assurance.assess import assess
from governance.assurance.register import register
from governance.domain.approval import State
from tests.assurance.cases import NOON, OTHER, artifacts, catalogue, control, day, dossier, policy, risk, signed

CONTENT = catalogue(control("noted", {"kind": "own-note.v1", "about": "any"}), risks=(risk("harm", 3, 4),))
ASKED = policy({"controls_met": {"controls": ["noted"]}})
HELD = dossier(artifacts(1))
WAIVER = {"control": "noted", "standing": "missing", "compensation": "A person reads it all", "owner": "Ada Example",
          "retest": day(5)}  # fmt: skip
RISK = {"risk": "harm", "likelihood": 3, "impact": 4, "level": "high"}
EXCEPTION = {"person": "Tom Trainer", "duties": ["trainer"]}


def state(*made: Any, held: Any = HELD, on: Any = NOON) -> tuple[State, str]:
    """The state of the first of these decisions, and why."""
    whole = replace(held, decisions=made)
    assessment = assess(whole, CONTENT, on)
    found = decided.states(whole, assessment, register(whole, CONTENT, assessment, on), on)
    return found[0].state, found[0].why


def waived(**said: Any) -> Any:
    role = said.pop("role", "approver")
    return signed(2, HELD, ASKED, "Ada Example", role, "waive",
                  **{"waiver": WAIVER | said.pop("waiver", {}), "expires": day(9), **said})  # fmt: skip


def accepted(role: str = "risk-owner", **said: Any) -> Any:
    return signed(2, HELD, ASKED, "Olga Owner", role, "accept-risk",
                  **{"risk": RISK | said.pop("risk", {}), "expires": day(9), **said})  # fmt: skip


def excepted(**said: Any) -> Any:
    return signed(2, HELD, ASKED, "Ada Example", "risk-owner", "except-duties",
                  **{"exception": EXCEPTION, "expires": day(9), **said})  # fmt: skip


def test_what_nothing_speaks_against_is_in_force() -> None:
    for made in (waived(), accepted(), excepted(), signed(2, HELD, ASKED, decision="hold")):
        assert state(made) == (State.IN_FORCE, "")


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [({"valid": False}, State.VOID, "does not verify"), ({"system": "another"}, State.VOID, "another system"),
     ({"role": "reviewer"}, State.VOID, "an approver's"), ({"expires": day(-1)}, State.EXPIRED, "expired on"),
     ({"waiver": {"retest": day(-1)}}, State.CONDITIONS_OVERDUE, "its retest was due on"),
     ({"identity": OTHER}, State.INVALIDATED, "another model identity"),
     ({"waiver": {"standing": "stale"}}, State.INVALIDATED, "it is missing now"),
     ({"waiver": {"control": "gone"}}, State.INVALIDATED, "no control gone"),
     ({"signed_at": NOON + timedelta(hours=1)}, State.NOT_YET, "in the future")],
)  # fmt: skip
def test_a_waiver_that_does_not_run_says_why(said: dict[str, Any], expected: State, why: str) -> None:
    made = waived(**said)
    found, told = state(made)
    assert (found, why in told) == (expected, True)
    assert waivers.covering("noted", "missing", replace(HELD, decisions=(made,)), NOON)[0] is None  # type: ignore[arg-type]


def test_a_waiver_by_who_holds_a_duty_is_told_as_duties() -> None:
    held = dossier(artifacts(1), duties={"trainer": ["ada example"]})
    assert state(waived(), held=held)[0] is State.DUTIES_BROKEN


@pytest.mark.parametrize(
    ("said", "expected"),
    [({"role": "approver"}, State.VOID), ({"risk": {"likelihood": 2}}, State.INVALIDATED),
     ({"risk": {"likelihood": 5, "impact": 3}}, State.INVALIDATED), ({"risk": {"risk": "gone"}}, State.INVALIDATED),
     ({"risk": {"likelihood": 5, "impact": 5}}, State.IN_FORCE), ({"identity": OTHER}, State.INVALIDATED)],
)  # fmt: skip
def test_an_acceptance_runs_as_long_as_the_rating_is_nowhere_above_the_frozen_one(
    said: dict[str, Any], expected: State
) -> None:
    assert state(accepted(**said))[0] is expected


def test_an_exception_runs_through_its_last_day_and_no_longer_and_agrees_with_the_gate() -> None:
    made = excepted()
    ending = signed(3, HELD, ASKED, "Rita Example", "approver", "revoke", target=made.id)
    for others, offset in (((), 0), ((), 9), ((), 10), ((ending,), 0)):
        on = NOON + timedelta(days=offset)
        runs = state(made, *others, on=on)[0] is State.IN_FORCE
        assert runs == bool(approvals.excepted(replace(HELD, decisions=(made, *others)), on.date()))
    assert state(made, ending) == (State.REVOKED, "Rita Example (approver) ended it: As the reviewer says")


def test_a_refusal_is_superseded_by_its_authors_later_word_in_the_same_role_alone() -> None:
    held = signed(2, HELD, ASKED, decision="hold")
    for person, role, expected in (
        ("RITA  example", "reviewer", State.SUPERSEDED),
        ("Rita Example", "approver", State.IN_FORCE),
        ("Sam Other", "reviewer", State.IN_FORCE),
    ):
        assert state(held, signed(3, HELD, ASKED, person, role))[0] is expected


def test_a_retirement_is_superseded_by_nothing() -> None:
    assert state(signed(2, HELD, ASKED, decision="retire"), signed(3, HELD, ASKED))[0] is State.IN_FORCE


def test_a_revocation_that_names_what_it_can_not_end_is_void_and_says_that_it_ends_nothing() -> None:
    refusal = signed(2, HELD, ASKED, decision="reject")
    ending = signed(3, HELD, ASKED, "Sam Other", "approver", "revoke", target=refusal.id)
    found = decided.states(replace(HELD, decisions=(refusal, ending)), assess(HELD, CONTENT, NOON), (), NOON)
    assert [each.state for each in found] == [State.IN_FORCE, State.VOID]
    assert "ends nothing" in found[1].why
