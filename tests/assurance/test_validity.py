"""What became of an approval, and every cause of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from governance.assurance.dependencies import with_look_again
from governance.assurance.validity import states
from governance.domain.policy import Envelope
from tests.assurance.approval_world import CONTENTS, FIRST, World, approved
from tests.assurance.cases import NOON, OTHER, day, piece

DUE = {"id": "bias-shown", "text": "Somebody tests for bias", "owner": "Ada Example"}


def only(world: World, number: int = 0) -> Any:
    return states(world.now())[number]


def looked_at(now: Any) -> list[Any]:
    return [with_look_again(each, now) for each in now.dossier.decisions if each.decision.decision.approves]


def causes(world: World) -> set[str]:
    return {cause.cause for cause in only(world).causes}


def bound(**said: Any) -> World:
    """An approval with a condition that is due in ten days."""
    world = World()
    world.sign("Rita Example", "approve-with-conditions", conditions=[{**DUE, "due": day(10), **said}])
    return world


@pytest.mark.parametrize(
    ("said", "state", "cause"),
    [({}, "in-force", set()), ({"expires": day(-1)}, "expired", {"expiry"}), ({"expires": day(0)}, "in-force", set()),
     ({"system": "other"}, "void", {"record"}), ({"evidence_root": OTHER}, "void", {"record"}),
     ({"system_digest": OTHER}, "void", {"record"}), ({"identity": OTHER}, "invalidated", {"identity"}),
     ({"policy_digest": OTHER}, "invalidated", {"policy"}), ({"content_digest": OTHER}, "invalidated", {"content"}),
     ({"risk_state": OTHER}, "invalidated", {"risk"})],
)  # fmt: skip
def test_each_thing_that_was_signed_is_held_against_what_is(said: dict[str, Any], state: str, cause: set[str]) -> None:
    world = World()
    world.sign("Rita Example", **said)
    assert (only(world).state, causes(world)) == (state, cause)


def test_an_approval_from_the_future_is_not_yet_one() -> None:
    world = World()
    world.sign("Rita Example")
    world.on = NOON - timedelta(days=2)
    assert only(world).state == "not-yet"


def test_evidence_taken_out_of_the_past_or_put_into_it_makes_the_approval_void() -> None:
    for change in (lambda w: w.pieces.pop(), lambda w: w.pieces.append(piece(1, "own-note.v1", "system", {}))):
        world = approved()
        change(world)
        assert only(world).state == "void"
        assert "not the evidence that was signed" in only(world).why


def test_a_system_rewritten_in_the_past_makes_the_approval_void() -> None:
    world = approved()
    first = world.registrations[0]
    world.registrations[0] = type(first)(
        first.seq, first.entry, first.at, {**first.body, "purpose": "Answers children"}
    )
    assert only(world).state == "void"


def test_the_causes_are_told_in_words_and_all_of_them() -> None:
    world = approved()
    world.swapped()
    world.noted()
    world.restate(purpose="Answers children")
    world.policy = "second"
    found = only(world)
    assert {cause.cause for cause in found.causes} == {"identity", "policy", "evidence", "system", "risk"}
    assert "changed" in next(cause.said for cause in found.causes if cause.cause == "identity")
    assert "purpose" in next(cause.items for cause in found.causes if cause.cause == "system")


def test_evidence_about_other_weights_changes_nothing_for_these() -> None:
    world = approved()
    world.evaluated(0.1, OTHER)
    assert only(world).state == "in-force"
    assert only(world).within == ()


def test_a_kind_that_the_approval_names_asks_for_a_new_one_whatever_the_policy_lets_change() -> None:
    world = World()
    world.sign("Rita Example", reapprove_on=("eval-run.v1",))
    world.evaluated()
    assert (only(world).state, causes(world)) == ("invalidated", {"trigger"})


def test_a_waiver_that_the_approver_had_not_seen_is_not_overlooked() -> None:
    waiver = {
        "control": "noted",
        "standing": "missing",
        "compensation": "A person reads it all",
        "owner": "Ada",
        "retest": day(9),
    }
    for person, state in (("Ada Example", "invalidated"), ("Rita Example", "in-force")):
        world = World()
        world.sign("Rita Example")
        world.sign(person, "waive", "approver", expires=day(9), waiver=waiver)
        assert only(world).state == state
        world.on = NOON + timedelta(days=10)
        assert only(world).state == "in-force"


def test_an_envelope_keeps_an_approval_in_force_and_names_what_shows_it() -> None:
    world = approved()
    world.evaluated()
    found = only(world)
    assert found.state == "in-force"
    assert [(each.by, each.change) for each in found.within] == [("envelope renewed", "evidence")]
    assert world.pieces[-1].id in found.within[0].evidence
    assert "within envelope renewed" in world.gate().conditions[0].reason


def test_outside_an_envelope_it_says_why_the_envelope_did_not_hold() -> None:
    world = approved()
    world.evaluated(0.1)
    found = only(world)
    assert found.state == "invalidated"
    assert "envelope renewed did not hold: tested is unmet" in found.why


def test_a_bad_result_is_not_made_good_by_a_better_one_brought_in_later() -> None:
    world = approved()
    world.evaluated(0.1)
    world.evaluated(0.9)
    assert only(world).state == "invalidated"
    assert "tested is unmet as of" in only(world).why


@pytest.mark.parametrize("field", ["candidate", "policy", "duties", "tier", "risk_appetite", "id"])
def test_no_envelope_can_be_over_what_decides(field: str) -> None:
    with pytest.raises(ValueError, match="decides what is approved"):
        Envelope.model_validate(
            {"id": "wide", "why": "Because it is so", "change": "system", "fields": ["contact", field]}
        )


def test_a_field_outside_an_envelope_is_told_beside_one_within() -> None:
    world = approved()
    world.restate(contact="b@example.org", description="Another one now")
    found = only(world)
    assert found.state == "invalidated"
    assert [cause.items for cause in found.causes] == [("description",)]
    assert [each.by for each in found.within] == ["envelope wording"]


@pytest.mark.parametrize("days", [0, 9, 10, 11])
def test_a_condition_is_pending_through_its_day_and_ends_the_approval_from_the_day_after(days: int) -> None:
    world = bound(control="noted")
    world.on = NOON + timedelta(days=days)
    (row,) = only(world).conditions
    assert (row.met, row.overdue) == (False, days > 10)
    assert only(world).state == ("conditions-overdue" if days > 10 else "in-force")


@pytest.mark.parametrize(
    ("said", "kind", "body"),
    [({"control": "noted"}, "own-note.v1", {}), ({"kind": "own-note.v1"}, "own-note.v1", {}),
     ({}, "attested-document.v1", {"topic": "bias-shown", "in_place": True})],
)  # fmt: skip
def test_a_condition_is_met_by_what_it_asks_and_that_does_not_ask_for_a_new_approval(
    said: dict[str, Any], kind: str, body: dict[str, Any]
) -> None:
    world = bound(**said)
    world.attach(piece(world.size, kind, "system", body))
    world.on = NOON + timedelta(days=30)
    found = only(world)
    assert found.state == "in-force"
    assert found.conditions[0].met
    assert [each.by for each in found.within] == ["condition bias-shown"]


@pytest.mark.parametrize(
    ("said", "body", "more"),
    [({"kind": "own-note.v1"}, {}, {"quality": "partial"}), ({"kind": "own-note.v1"}, {}, {"at": NOON + timedelta(days=90)}),
     ({}, {"topic": "something-else"}, {}), ({}, {"topic": "bias-shown", "in_place": False}, {}),
     ({"kind": "eval-run.v1"}, {}, {})],
)  # fmt: skip
def test_a_condition_is_not_met_by_what_is_half_or_later_or_of_something_else(
    said: dict[str, Any], body: dict[str, Any], more: dict[str, Any]
) -> None:
    world = bound(**said)
    kind = "own-note.v1" if said else "attested-document.v1"
    world.attach(piece(world.size, kind, "system", body, **more))
    world.on = NOON + timedelta(days=30)
    assert only(world).conditions[0].overdue
    assert only(world).state == "conditions-overdue"


def test_what_was_there_before_the_approval_or_came_after_the_day_meets_no_condition() -> None:
    world = World()
    world.noted()
    world.sign("Rita Example", "approve-with-conditions", conditions=[{**DUE, "due": day(-2), "kind": "own-note.v1"}])
    assert only(world).state == "conditions-overdue"
    world.noted()
    assert only(world).state == "conditions-overdue"


def test_evidence_that_a_condition_asks_for_does_not_excuse_what_got_worse() -> None:
    world = bound(kind="eval-run.v1")
    world.evaluated(0.1)
    assert only(world).state == "invalidated"


def test_one_approval_can_be_ended_by_name_by_those_who_may() -> None:
    for person, role, state in (("Ada Example", "approver", "revoked"), ("Ada Example", "risk-owner", "revoked"),
                                ("rita example", "reviewer", "revoked"), ("Ada Example", "reviewer", "in-force")):  # fmt: skip
        world = approved()
        world.sign(person, "revoke", role, target=world.decisions[0].id)
        assert (only(world).state, only(world, 1).state) == (state, "in-force")


def test_retired_is_for_good() -> None:
    world = approved()
    world.sign("Ada Example", "retire", "auditor")
    world.sign("Ada Example", "approve", "auditor")
    world.sign("Rita Example")
    assert {state.state for state in states(world.now())} == {"retired"}
    assert world.answers()[0] == "no"


def test_the_later_word_of_a_person_supersedes_and_the_earlier_is_said_to_be() -> None:
    world = approved()
    world.sign("Rita Example")
    assert [state.state for state in states(world.now())] == ["superseded", "in-force", "in-force"]


def test_the_smallest_set_is_what_came_out_differently_and_nothing_else() -> None:
    world = approved()
    world.evaluated(0.1)
    world.evaluated(0.1, OTHER)
    first = looked_at(world.now())[0]
    assert {(row.what, row.id) for row in first.look_again} == {
        ("control", "steady"), ("control", "tested"), ("risk", "harm"), ("evidence", world.pieces[-2].id),
    }  # fmt: skip
    assert "was met and is unmet" in first.look_again[0].said


def test_content_of_then_that_is_not_at_hand_is_said_and_not_guessed() -> None:
    world = approved()
    world.content = "second"
    (row,) = looked_at(world.now())[0].look_again
    assert (row.what, "not at hand" in row.said) == ("content", True)
    (row,) = looked_at(world.now(contents={FIRST.digest: FIRST}))[0].look_again
    assert "not at hand" not in row.said
    assert CONTENTS["second"].digest == row.id


def test_nothing_changed_leaves_nothing_to_look_at() -> None:
    assert all(state.look_again == () for state in looked_at(approved().now()))
