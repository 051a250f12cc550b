"""No path leads to a *yes* without a quorum of different people, good keys, duties apart, and what they saw."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.assurance.approval_world import PEOPLE, World, approved
from tests.assurance.cases import OTHER, OURS, artifacts, piece

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSALS = ("reject", "hold", "revoke", "retire")

EVENTS: dict[str, Callable[[World, str, int], Any]] = {
    "approve": lambda world, person, _: world.sign(person),
    "approve again": lambda world, person, _: world.sign(person),
    "approve for days": lambda world, person, days: world.sign(person, expires=(world.on + timedelta(days=days)).date()),
    "approve elsewhere": lambda world, person, _: world.sign(person, system="other"),
    "approve in another role": lambda world, person, _: world.sign(person, role="auditor"),
    "refuse": lambda world, person, days: world.sign(person, REFUSALS[days % 4]),
    "evaluate well": lambda world, _, __: world.evaluated(),
    "evaluate badly": lambda world, _, __: world.evaluated(0.1),
    "evaluate another": lambda world, _, __: world.evaluated(0.1, OTHER),
    "evaluate worse": lambda world, _, __: world.evaluated(0.6),
    "note": lambda world, _, __: world.noted(),
    "swap": lambda world, _, __: world.swapped(),
    "name the first again": lambda world, _, __: world.restate(candidate=OURS),
    "change policy": lambda world, _, __: setattr(world, "policy", {"first": "second", "second": "first"}[world.policy]),
    "change content": lambda world, _, __: setattr(world, "content", {"first": "second", "second": "first"}[world.content]),
    "change the purpose": lambda world, _, __: world.restate(purpose="Answers children"),
    "change it back": lambda world, _, __: world.restate(purpose="Answers readers"),
    "change the contact": lambda world, _, __: world.restate(contact="b@example.org"),
    "lose a key": lambda world, person, _: world.lose_key(person),
    "except from duties": lambda world, _, days: world.sign(
        "Ada Example", "except-duties", "risk-owner", expires=(world.on + timedelta(days=days)).date(),
        exception={"person": "tom trainer", "duties": ["trainer"]},
    ),
    "give a duty": lambda world, person, _: world.restate(duties={"trainer": [person, "Tom Trainer"]}),
    "days pass": lambda world, _, days: setattr(world, "on", world.on + timedelta(days=days)),
}  # fmt: skip


def permitted(world: World) -> str | None:
    """Why a release may not be, by the memory of the world and no digest; None where two people approve what is there."""
    held = world.dossier()
    identity = held.identity.digest if held.identity else ""
    day = world.on.date()
    trainers = {name.casefold() for name in held.system.duties.get("trainer", ())}
    for each in world.decisions:
        if each.valid and each.decision.decision == "except-duties" and each.decision.expires >= day:
            trainers.discard(each.decision.exception.person.casefold())
    words: dict[tuple[str, str], Any] = {}
    for each in world.decisions:
        decision = each.decision
        if (
            each.valid
            and decision.identity == identity
            and decision.system == "desk"
            and decision.decision != "except-duties"
        ):
            if decision.decision == "retire":
                return "retired"
            words[decision.signer, decision.role] = each
    if any(each.decision.decision != "approve" for each in words.values()):
        return "refused"
    people = set()
    for (person, role), each in words.items():
        saw = world.saw[each.id]
        new = [
            p
            for p in world.pieces
            if p.id not in saw.pieces and not (p.record.subject.digest not in {identity_of(world), None})
        ]
        before = [value_of(p) for p in world.pieces if p.id in saw.pieces and p.record.kind == "eval-run.v1"
                  and p.record.subject.digest == identity_of(world)]  # fmt: skip
        floor = 0.7 if before and before[-1] >= 0.7 else 0.5  # nothing may stand worse than what was seen
        unseen = [p for p in new if p.record.kind != "eval-run.v1" or value_of(p) < floor]
        other = {k for k in {*saw.system, *held.system_body} if saw.system.get(k) != held.system_body.get(k)} - {
            "contact",
            "candidate",
        }
        if (
            role == "reviewer"
            and person.casefold() not in trainers
            and not unseen
            and not other
            and (saw.policy, saw.content) == (world.policy, world.content)
            and (saw.expires is None or saw.expires >= day)
        ):
            people.add(person.casefold())
    return None if len(people) >= 2 else f"only {sorted(people)}"


def value_of(piece: Any) -> float:
    return float(piece.body["results"][0]["value"])


def identity_of(world: World) -> str | None:
    candidate = world.dossier().candidate
    return candidate.record.subject.digest if candidate else None


@settings(max_examples=250, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(EVENTS)), st.sampled_from(PEOPLE), st.integers(0, 40)), max_size=8),
    st.booleans(),
)
def test_no_path_leads_to_a_yes_but_through_a_quorum_that_saw_what_is_there(
    steps: list[Any], signed_first: bool
) -> None:
    world = approved() if signed_first else World()
    for name, person, number in steps:
        EVENTS[name](world, person, number)
    why = permitted(world)
    event("released" if world.released else "held back")
    if world.released:
        assert why is None, why


@settings(max_examples=100, deadline=None)
@given(
    st.permutations(["Rita Example", "Sam Other"]),
    st.lists(st.sampled_from(["evaluate well", "evaluate another", "change the contact", "days pass"]), max_size=4),
)
def test_changes_within_an_envelope_keep_the_quorum(order: list[str], steps: list[str]) -> None:
    world = World()
    for person in order:
        world.sign(person)
    for name in steps:
        EVENTS[name](world, "Rita Example", 5)
    assert permitted(world) is None
    assert world.released


SINGLE: dict[str, Callable[[World], Any]] = {
    "another identity": lambda w: w.swapped(),
    "other parts of the same weights": lambda w: w.attach(artifacts(w.size, chat_template_sha256=OTHER)),
    "evidence that says no": lambda w: w.evaluated(0.1),
    "evidence of a kind that nothing covers": lambda w: w.noted(),
    "evidence within the bounds that is worse": lambda w: w.evaluated(0.6),
    "a finding": lambda w: w.attach(piece(w.size, "finding.v1", body={"rule": "r", "severity": "low", "title": "t", "detail": "d", "remedy": "e"})),
    "another policy": lambda w: setattr(w, "policy", "second"),
    "another content": lambda w: setattr(w, "content", "second"),
    "another purpose": lambda w: w.restate(purpose="Answers children"),
    "another tier": lambda w: w.restate(tier="high"),
    "a risk set higher": lambda w: w.restate(risks={"harm": {"impact": 5, "because": "It is worse than it was"}}),
    "a test that grew stale": lambda w: setattr(w, "on", w.on + timedelta(days=400)),
    "a duty held": lambda w: w.restate(duties={"trainer": ["Rita Example"]}),
    "duties that nobody holds any more": lambda w: w.restate(duties={}),
    "a key that was lost": lambda w: w.lose_key("Sam Other"),
    **{kind: (lambda w, kind=kind: w.sign("Sam Other", kind)) for kind in REFUSALS},
    **{f"{kind} by somebody else": (lambda w, kind=kind: w.sign("Ada Example", kind, "auditor")) for kind in REFUSALS},
    "one approval named and revoked": lambda w: w.sign("Ada Example", "revoke", "approver", target=w.decisions[0].id),
}  # fmt: skip


@pytest.mark.parametrize("change", sorted(SINGLE))
def test_any_single_change_flips_it(change: str) -> None:
    world = approved()
    assert world.released
    SINGLE[change](world)
    assert not world.released


@pytest.mark.parametrize(("there", "back"), [
    (lambda w: w.swapped(), lambda w: w.restate(candidate=OURS)),
    (lambda w: setattr(w, "policy", "second"), lambda w: setattr(w, "policy", "first")),
    (lambda w: setattr(w, "content", "second"), lambda w: setattr(w, "content", "first")),
    (lambda w: w.restate(purpose="Answers children"), lambda w: w.restate(purpose="Answers readers")),
])  # fmt: skip
def test_what_is_as_it_was_signed_is_approved_again(there: Any, back: Any) -> None:
    world = approved()
    there(world)
    assert not world.released
    back(world)
    assert world.released


def test_a_refusal_on_the_way_is_not_undone_by_the_way_back() -> None:
    world = approved()
    world.sign("Sam Other", "reject")
    world.swapped()
    world.restate(candidate=OURS)
    assert not world.released


def test_an_old_approval_of_other_weights_does_not_come_over() -> None:
    world = approved()
    world.swapped()
    assert world.answers()[0] == "no"
    world.sign("Rita Example")
    world.sign("Sam Other")
    assert world.released
    world.restate(candidate=OURS)
    assert world.released  # the first pair of approvals is of it, and nothing changed for it


@pytest.mark.parametrize(("days", "released"), [(0, True), (3, True), (4, False), (400, False)])
def test_an_approval_ends_by_itself_after_its_last_day(days: int, released: bool) -> None:
    world = World()
    world.sign("Rita Example")
    world.sign("Sam Other", expires=(world.on + timedelta(days=3)).date())
    world.on += timedelta(days=days)
    assert world.released is released


def test_who_holds_a_duty_fills_no_place_even_where_the_policy_does_not_ask_for_duties() -> None:
    world = World()
    world.sign("Rita Example")
    world.sign("Tom Trainer")
    assert world.answers() == ("no", "no")
    assert world.gate().conditions[0].duties_broken
