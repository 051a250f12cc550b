"""What a change would do, before it is made."""

from __future__ import annotations

from typing import Any

import pytest

from governance.assurance.dependencies import downstream, graph
from governance.assurance.impact import Change, Impact, impact
from governance.assurance.naming import Thing
from tests.assurance.approval_world import World
from tests.assurance.cases import piece, row, run

BODY = {
    "name": "acme/elm-desk",
    "licence": {"id": "cc-by-4.0", "name": None, "link": None},
    "manifest_digest": None,
    "source_datasets": ["wiki"],
}


def made() -> World:
    world = World()
    world.attach(piece(world.size, "dataset-manifest.v1", "data-set", BODY, name="acme/elm-desk"))
    world.attach(
        piece(
            world.size,
            "training-run.v1",
            body={"base_model": {"name": "org/small", "revision": "abc"}, "data_sets": []},
        )
    )
    world.attach(piece(world.size, body=run(row(value=0.9), judges=["Big Judge"]), days_old=0.1))
    world.sign("Rita Example")
    world.sign("Sam Other")
    return world


def asked(sort: Any, name: str, world: World | None = None) -> Impact:
    return impact({"desk": (world or made()).now()}, Change(sort, name))[0]


@pytest.mark.parametrize(
    ("sort", "name", "match"),
    [("data-set", "acme/elm-desk", "exact"), ("data-set", "ACME/Elm-Desk ", "folded"), ("data-set", "elm-desk", "last part"),
     ("data-set", "wiki", "exact"), ("base", "org/small", "exact"), ("base", "org/small@abc", "exact"),
     ("licence", "CC-BY-4.0", "folded"), ("judge", "big judge", "folded"), ("kind", "eval-run.v1", "exact")],
)  # fmt: skip
def test_a_thing_is_found_by_its_name_and_how_is_said(sort: str, name: str, match: str) -> None:
    found = asked(sort, name)
    assert found.touched
    assert {each.match for each in found.evidence} == {match}
    assert [each.signer for each in found.falls] == ["Rita Example", "Sam Other"]


@pytest.mark.parametrize(
    ("sort", "name"),
    [("data-set", "elm"), ("data-set", "desk"), ("data-set", "other/elm-desk"), ("base", "org/small@abd"), ("base", "small@abd"),
     ("licence", "cc-by"), ("judge", "judge"), ("kind", "no-such.v1"), ("control", "no-such"), ("content", "README.md")],
)  # fmt: skip
def test_what_nothing_names_is_an_answer_of_its_own_and_no_part_of_a_name_will_do(sort: str, name: str) -> None:
    found = asked(sort, name)
    assert (found.touched, found.evidence, found.falls) == (False, (), ())
    assert len(found.stays) == 2


def test_what_leans_on_the_thing_is_to_be_shown_again_and_nothing_else() -> None:
    found = asked("judge", "Big Judge")
    assert (found.show_again, found.risks) == (("steady", "tested"), ("harm",))
    assert found.falls[0].unless == ("renewed",)
    assert asked("data-set", "wiki").show_again == ()


def test_no_envelope_saves_a_model_that_is_made_anew() -> None:
    assert asked("data-set", "wiki").falls[0].unless == ()


def test_a_kind_that_the_approval_names_is_saved_by_no_envelope() -> None:
    world = made()
    world.sign("Rita Example", reapprove_on=("eval-run.v1",))
    by = {each.signer: each for each in asked("kind", "eval-run.v1", world).falls}
    assert (by["Sam Other"].unless, by["Rita Example"].unless) == (("renewed",), ())


def test_a_control_that_is_rewritten_makes_every_approval_fall() -> None:
    for sort, name in (("control", "tested"), ("content", "controls/catalogue/tested.yaml")):
        found = asked(sort, name)
        assert (found.show_again, len(found.falls)) == (("tested",), 2)
    assert (
        asked("content", "controls/risks/harm.yaml").falls == asked("control", "tested").falls
        or not asked("content", "controls/risks/harm.yaml").touched
    )


def test_approvals_that_fell_already_can_not_fall() -> None:
    world = made()
    world.swapped()
    assert asked("judge", "Big Judge", world).falls == ()


def test_the_graph_leads_from_things_to_approvals() -> None:
    world = made()
    found = graph(world.now())
    assert downstream(found, [("thing", "judge Big Judge")], "approval") == tuple(
        sorted(each.id for each in world.decisions)
    )
    assert downstream(found, [("thing", "judge Big Judge")], "control") == ("steady", "tested")


def test_names_are_one_by_their_last_part_only_where_one_has_no_path() -> None:
    assert Thing("base", "a/x").is_meant_by("x") == "last part"
    assert Thing("base", "a/x").is_meant_by("b/x") is None
    assert Thing("base", "xx").is_meant_by("x") is None
