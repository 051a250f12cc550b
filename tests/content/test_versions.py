"""Versions of a framework: their dates, their names, and what they say of each other, are held to make sense."""

from __future__ import annotations

import pytest

from governance.content import loader
from tests.content import made


def said(files: dict[str, bytes]) -> list[str]:
    return [problem.message for problem in loader.survey(files)[1]]


def second(files: dict[str, bytes], *changes: tuple[str, str]) -> dict[str, bytes]:
    """The small content with a second version of its framework, which begins where the first one ends."""
    later = dict(files)
    for path in (made.FRAME, made.FIRST, made.SECOND):
        text = files[path].decode().replace("id: house-1", "id: house-2").replace("2026-01-01", "2026-09-01")
        later[path.replace("house-1", "house-2")] = text.encode()
    later[made.FRAME] = files[made.FRAME].replace(
        b"in_force_from: 2026-01-01", b"in_force_from: 2026-01-01\nsuperseded_on: 2026-09-01"
    )
    for old, new in changes:
        for path in [path for path in later if old.encode() in later[path]]:
            later[path] = later[path].replace(old.encode(), new.encode())
    return later


def test_two_versions_that_follow_each_other_are_fine() -> None:
    assert said(second(made.content())) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "superseded_on: 2026-09-01",
            "superseded_on: 2026-03-01",
            "no version of house is in force from 2026-03-01 to 2026-09-01",
        ),
        ("\nsuperseded_on: 2026-09-01", "", "house-1 is in force on 2026-09-01 as well; say superseded_on there"),
        (
            "id: house-2\nseries: house",
            "id: house-2\nseries: house\nsupersedes: house-2",
            "house-2 did not come into force before house-2",
        ),
        (
            "id: house-1\nseries: house",
            "id: house-1\nseries: house\nsupersedes: house-2",
            "house-2 did not come into force before house-1",
        ),
        (
            "id: house-2\nseries: house",
            "id: house-2\nseries: house\nsupersedes: hause-1",
            "there is no framework 'hause-1'",
        ),
    ],
)
def test_dates_that_leave_a_hole_overlap_or_go_backwards_are_faults(old: str, new: str, problem: str) -> None:
    assert problem in said(second(made.content(), (old, new)))


def test_a_framework_can_not_take_the_name_of_another_series() -> None:
    files = made.content()
    for path in (made.FRAME, made.FIRST, made.SECOND):
        taken = files[path].decode().replace("id: house-1", "id: house").replace("series: house", "series: my-own")
        files[path.replace("house-1", "house")] = taken.encode()
    assert "house is the series of other frameworks; give this one another id" in said(files)


def test_a_version_can_not_go_by_the_name_of_its_series_once_there_are_two() -> None:
    files = second(made.content())
    for path in (made.FRAME, made.FIRST, made.SECOND):
        files[path.replace("house-1", "house")] = files.pop(path).replace(b"id: house-1", b"id: house")
    assert any(problem.startswith("house is the name of its series as well") for problem in said(files))


def test_headings_in_a_circle_and_addressees_nobody_knows_are_faults() -> None:
    files = made.content()
    head = files[made.FRAME].decode()
    circle = head.replace("groups:\n", 'groups:\n  - {id: "ring", title: A ring, parent: "ring"}\n', 1)
    assert "group ring lies above itself" in said(files | {made.FRAME: circle.encode()})
    strange = head + "includes: {keeper: [reader]}\n"
    assert "there is no addressee 'keeper'" in said(files | {made.FRAME: strange.encode()})
