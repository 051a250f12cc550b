"""Whether duties were kept apart, and what is said where nobody knows."""

from __future__ import annotations

from datetime import timedelta

from tests.assurance.approval_world import World, approved
from tests.assurance.cases import NOON, day


def test_apart_names_who_holds_what() -> None:
    found = approved().gate().conditions[1]
    assert found.answer == "yes"
    assert "trainer: Tom Trainer" in found.reason


def test_who_trained_it_and_approves_denies_and_is_told_apart_from_other_denials() -> None:
    world = approved()
    world.sign("TOM  trainer")
    found = world.gate()
    assert (found.conditions[1].answer, found.conditions[1].duties_broken) == ("no", True)
    assert found.duties_broken
    assert found.conditions[0].answer == "yes"
    world.sign("TOM  trainer", "hold")
    assert not world.gate().duties_broken


def test_other_denials_say_nothing_of_duties() -> None:
    made = World().gate()
    assert not made.duties_broken
    assert all("duties_broken" not in condition.plain() for condition in made.conditions)


def test_an_exception_runs_through_its_last_day_and_is_printed() -> None:
    world = World()
    world.sign("Rita Example")
    world.sign(
        "Ada Example",
        "except-duties",
        "risk-owner",
        expires=day(3),
        exception={"person": "tom trainer", "duties": ["trainer"]},
    )
    world.sign("Tom Trainer")
    assert world.released
    assert "Tom Trainer holds the duty trainer by exception" in world.gate().conditions[1].reason
    world.on = NOON + timedelta(days=3)
    assert world.released
    world.on = NOON + timedelta(days=4)
    assert world.answers() == ("no", "no")
    assert world.gate().duties_broken


def test_an_exception_from_another_duty_or_ended_by_name_excuses_nothing() -> None:
    for duty, end in (("evaluator", False), ("trainer", True)):
        world = World()
        world.sign("Rita Example")
        given = world.sign(
            "Ada Example",
            "except-duties",
            "risk-owner",
            expires=day(9),
            exception={"person": "Tom Trainer", "duties": [duty]},
        )
        world.sign("Tom Trainer")
        if end:
            world.sign("Olga Owner", "revoke", "risk-owner", target=given.id)
        assert world.answers() == ("no", "no")


def test_a_duty_that_nobody_is_known_to_hold_can_not_tell_and_says_how_to_make_it_known() -> None:
    world = World()
    world.restate(duties={})
    world.sign("Rita Example")
    world.sign("Sam Other")
    found = world.gate().conditions[1]
    assert found.answer == "could-not-tell"
    assert any("govern attach --key" in turn for turn in found.would_turn)
    assert any("duties: {trainer: [NAME]}" in turn for turn in found.would_turn)


def test_where_nobody_approves_nobody_is_kept_apart() -> None:
    assert World().gate().conditions[1].answer == "could-not-tell"
