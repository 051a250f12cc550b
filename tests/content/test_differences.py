"""Two versions of a framework: what a row was before, what went, and each changed field with both of its values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from governance.content import differences, loader
from governance.content.differences import FRAMEWORK
from governance.domain.system import System
from governance.errors import UsageError
from tests.content import made

if TYPE_CHECKING:
    from governance.domain.catalogue import Catalogue

DAY = date(2026, 7, 1)
NEW = {path: path.replace("house-1", "house-2") for path in (made.FRAME, made.FIRST, made.SECOND)}


def two(*edits: tuple[str, str, str], without: str = "", head: tuple[str, str] = ("", "")) -> Catalogue:
    """The small content and a second version of it, with texts of the second replaced."""
    files = made.content()
    second = {NEW[path]: files[path] for path in NEW if path != without}
    second = made.put(second, NEW[made.FRAME], "id: house-1", "id: house-2")
    second = made.put(second, NEW[made.FRAME], "in_force_from: 2026-01-01", "in_force_from: 2026-06-01")
    if without:
        second = made.put(second, NEW[made.FRAME], "requirement_count: 2", "requirement_count: 1")
    if head[0]:
        second = made.put(second, NEW[made.FRAME], *head)
    for path, old, new in edits:
        second = made.put(second, NEW[path], old, new)
    first = made.put(files, made.FRAME, "in_force_from: 2026-01-01",
                     "in_force_from: 2026-01-01\nsuperseded_on: 2026-06-01")  # fmt: skip
    return loader.load({**first, **second})


def rows(catalogue: Catalogue) -> list[tuple[str, str]]:
    found = differences.changes(catalogue, "house-1", "house-2")
    return [(row.id, row.what) for row in found if row.id != FRAMEWORK]


def previous(path: str, number: str, *was: str) -> tuple[str, str, str]:
    return (path, f"id: {number}\n", f"id: {number}\nprevious: [{', '.join(was)}]\n")


def test_two_versions_that_say_the_same_differ_in_nothing_but_the_frame() -> None:
    assert rows(two()) == []


def test_two_numbers_that_change_places_are_two_that_were_renumbered() -> None:
    catalogue = two(
        (made.FIRST, "title: Have a plan", "title: Close the windows"),
        (made.SECOND, "title: Close the windows", "title: Have a plan"),
        previous(made.FIRST, "H.1", "H.2"),
        previous(made.SECOND, "H.2", "H.1"),
    )
    assert [row for row in rows(catalogue) if row[1] != "changed"] == [("H.1", "renumbered"), ("H.2", "renumbered")]
    made_of = differences.changes(catalogue, "house-1", "house-2")
    assert not [row for row in made_of if "title" in row.before and row.id != FRAMEWORK]


def test_a_rule_whose_number_another_took_over_is_removed() -> None:
    catalogue = two(previous(made.FIRST, "H.1", "H.2"), without=made.SECOND)
    assert ("H.1", "removed") in rows(catalogue)
    assert ("H.1", "renumbered") in rows(catalogue)
    assert ("H.2", "removed") not in rows(catalogue)
    assert differences.requirements(differences.changes(catalogue, "house-1", "house-2")) == 2


def test_a_rule_that_is_not_there_any_more_is_removed() -> None:
    assert rows(two(without=made.SECOND)) == [("H.2", "removed")]


def test_a_rule_that_names_its_own_number_as_the_former_one_was_not_renumbered() -> None:
    assert rows(two(previous(made.FIRST, "H.1", "H.1"))) == []


def test_a_new_rule_under_a_number_that_moved_on_is_added() -> None:
    catalogue = two(
        (made.FIRST, "title: Have a plan", "title: Feed the cat"), previous(made.SECOND, "H.2", "H.1"),
    )  # fmt: skip
    assert ("H.1", "added") in rows(catalogue)
    assert ("H.2", "renumbered") in rows(catalogue)
    assert ("H.2", "removed") in rows(catalogue)


@pytest.mark.parametrize(
    ("field", "edit", "said"),
    [
        ("title", (made.FIRST, "title: Have a plan", "title: Own a plan"), "title: Have a plan → Own a plan"),
        ("tags", (made.FIRST, "[ground]", "[upper]"), "tags: floor: ground → upper"),
        ("met_by", (made.FIRST, "extent: part", "extent: full"), "met_by: plan-kept: part"),
        ("not_covered", (made.SECOND, "of ours speaks of", "of ours tells of"), "not_covered: …speaks"),
        ("note", (made.SECOND, "group: H", "group: H\nnote: Both floors are meant."), "note: nothing → Both floors"),
    ],
)  # fmt: skip
def test_a_changed_field_shows_what_stood_there_and_what_stands_there_now(
    field: str, edit: tuple[str, str, str], said: str
) -> None:
    (change,) = [row for row in differences.changes(two(edit), "house-1", "house-2") if row.id != FRAMEWORK]
    assert change.what == "changed"
    assert field in change.before
    assert change.before[field] != change.after.get(field) if field != "note" else change.before[field] is None
    assert said.replace("…speaks", "") in change.detail
    assert "→" in change.detail


def test_another_group_and_other_dates_are_changes() -> None:
    catalogue = two(
        (made.SECOND, "group: H\n", "group: W\napplies: [{since: 2027-01-01, to: whoever leaves last}]\n"),
        head=("  - {id: H, title: Rules of the house}", "  - {id: H, title: Rules}\n  - {id: W, title: Windows}"),
    )
    assert rows(catalogue) == [("H.2", "changed"), ("H.2", "dates")]
    assert differences.requirements(differences.changes(catalogue, "house-1", "house-2")) == 1


@pytest.mark.parametrize(
    ("field", "head"),
    [
        ("title", ("title: The rules of the reading house", "title: The rules of the other house")),
        ("addressees", ("tags:", "addressees: {reader: Whoever reads here}\ntags:")),
        ("left_out", ("tags:", "left_out: {H.3: It asks nothing of anybody}\ntags:")),
        ("groups", ("title: Rules of the house}", "title: Rules for all}")),
        ("references", ("title: Quiet,", "title: Silence,")),
    ],
)
def test_a_change_of_the_framework_itself_is_a_change(field: str, head: tuple[str, str]) -> None:
    found = [row for row in differences.changes(two(head=head), "house-1", "house-2") if row.id == FRAMEWORK]
    assert field in {name for row in found for name in row.before}
    assert {"in_force_from", "superseded_on"} <= {name for row in found for name in row.before}


def test_the_newer_version_named_first_is_refused_with_the_right_order() -> None:
    with pytest.raises(UsageError, match="house-2 is newer than house-1") as refused:
        differences.changes(two(), "house-2", "house-1")
    assert refused.value.hint == "The older first: govern content diff house-1 house-2"


def test_a_system_that_names_only_what_nobody_knows_is_held_against_everything_and_listed() -> None:
    system = System(id="desk", name="A desk", purpose="Answers readers", owner="Ada Example", frameworks=("cobit",))
    (row,) = differences.touched(two(), "house-1", "house-2", [system], DAY)
    assert row.how == "changed over on 2026-06-01: it names no framework that is known, only cobit"
