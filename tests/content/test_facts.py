"""A list of facts that somebody else keeps: each difference is one sentence about one file, and a broken list is refused."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance.checking import check, facts
from governance.content import loader
from governance.errors import UnreadableError
from tests.content import made

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 6, 1)
SOURCE = "The board on the wall, copied by Ben Example"
FACT: dict[str, Any] = {
    "source": SOURCE,
    "requirements": ["H.1", "H.2"],
    "counts": {"H.": 2},
    "titles": {"H.1": "Have a plan", "H.2": "Close the windows"},
    "previous": {"H.2": []},
    "tags": {"H.1": {"floor": ["ground"]}, "H.2": {"floor": []}},
    "references": ["R.1"],
}


def differences(
    files: dict[str, bytes] | None = None, /, **changed: Any
) -> list[tuple[str, tuple[str | int, ...], str]]:
    catalogue, problems = loader.survey(files or made.content())
    assert problems == ()
    return list(facts.compare(catalogue, {"house-1": FACT | changed}))


def written(folder: Path, value: Any, name: str = "house-1.json") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return folder


def versions() -> dict[str, bytes]:
    """Two versions of the house: the second amends the first, takes H.1 over and has an H.2 of its own."""
    files = made.put(
        made.content(), made.FRAME, "in_force_from: 2026-01-01", "in_force_from: 2026-01-01\nsuperseded_on: 2026-03-01"
    )
    head = made.content()[made.FRAME].replace(b"house-1", b"house-2").replace(b"2026-01-01", b"2026-03-01")
    amending = head.replace(b"groups:", b"supersedes: house-1\namends: house-1\ngroups:", 1)
    second = files[made.SECOND].replace(b"group: H\n", b"group: H\nprevious: [H.2]\n")
    return files | {
        made.FRAME.replace("house-1", "house-2"): amending,
        made.SECOND.replace("house-1", "house-2"): second,
    }


def test_facts_that_agree_say_nothing() -> None:
    assert differences() == []
    bare = {"source": SOURCE, "requirements": ["H.1", "H.2"]}
    assert list(facts.compare(loader.survey(made.content())[0], {"house-1": bare})) == []


@pytest.mark.parametrize(
    ("changed", "path", "place", "said"),
    [
        ({"requirements": ["H.1", "H.2", "H.3"]}, made.FRAME, (), "the facts have H.3, and it is missing here"),
        ({"requirements": ["H.1"]}, made.FRAME, (), "the facts do not have H.2"),
        ({"requirements": ["H.2", "H.1"]}, made.FRAME, (), "the order differs from the facts, first at H.1"),
        ({"counts": {"H.": 3}}, made.FRAME, (), "2 begin with H., and the facts say 3"),
        ({"counts": {"H.": 2, "H.1": 1, "W": 1}}, made.FRAME, (), "0 begin with W, and the facts say 1"),
        ({"references": ["R.2"]}, made.FRAME, ("references",), "the references are not those of the facts"),
        ({"references": []}, made.FRAME, ("references",), "the references are not those of the facts"),
        ({"titles": {"H.2": "Shut the windows"}}, made.SECOND, ("title",), "the facts call H.2 'Shut the windows'"),
        ({"previous": {"H.1": ["G.1", "G.2"]}}, made.FIRST, ("previous",), "the facts say that H.1 was G.1, G.2"),
        ({"tags": {"H.1": {"floor": ["upper"]}}}, made.FIRST, ("tags", "floor"), "the facts tag H.1 with upper"),
        ({"tags": {"H.1": {"floor": []}}}, made.FIRST, ("tags", "floor"), "the facts tag H.1 with nothing"),
        ({"tags": {"H.2": {"wing": ["east", "west"]}}}, made.SECOND, ("tags", "wing"), "the facts tag H.2 with east, west"),
    ],
)  # fmt: skip
def test_each_difference_is_one_sentence_about_the_right_file(
    changed: dict[str, Any], path: str, place: tuple[str, ...], said: str
) -> None:
    assert differences(**changed) == [(path, place, said)]


def test_several_differences_are_all_said() -> None:
    found = differences(requirements=["H.2", "H.3", "H.4"], titles={"H.1": "Another", "H.2": "Another"})
    assert [said for _, _, said in found] == [
        "the facts have H.3, and it is missing here",
        "the facts have H.4, and it is missing here",
        "the facts do not have H.1",
        "the facts call H.1 'Another'",
        "the facts call H.2 'Another'",
    ]


def test_a_framework_that_is_not_there_is_named() -> None:
    catalogue, _ = loader.survey(made.content())
    assert list(facts.compare(catalogue, {"house-1": FACT, "house-9": FACT})) == [
        ("controls/frameworks/house-9/framework.yaml", (), "the facts list house-9, and there is no such framework")
    ]


def test_what_is_left_out_by_name_is_accounted_for_where_the_facts_have_it() -> None:
    files = made.put(made.content(), made.FRAME, "tags:\n", "left_out: {H.3: It speaks to guests alone.}\ntags:\n")
    assert differences(files, requirements=["H.1", "H.3", "H.2"]) == []
    assert differences(files) == [(made.FRAME, ("left_out", "H.3"), "the facts do not have H.3")]


def test_tags_are_compared_whatever_their_order() -> None:
    files = made.put(made.content(), made.FIRST, "{floor: [ground]}", "{floor: [upper, ground]}")
    assert differences(files, tags={"H.1": {"floor": ["ground", "upper"]}}) == []


def test_a_row_that_an_amending_version_takes_over_is_named_where_it_stands() -> None:
    files = versions()
    catalogue, problems = loader.survey(files)
    assert problems == ()
    fact = {"source": SOURCE, "requirements": ["H.1", "H.2"], "titles": {"H.1": "Else", "H.2": "Else"}}
    found = list(facts.compare(catalogue, {"house-2": fact}))
    assert [path for path, _, _ in found] == [made.FIRST, made.SECOND.replace("house-1", "house-2")]
    assert {path for path, _, _ in found} <= set(files)


def test_the_self_test_names_the_line_and_what_it_compared_with(tmp_path: Path) -> None:
    listed = facts.read(written(tmp_path, FACT | {"titles": {"H.2": "Shut the windows"}}))
    files = made.content()
    report = check.check(files, DAY, listed=listed)
    (fault,) = report.faults
    assert fault.place == f"{made.SECOND}:{made.line(files, made.SECOND, 'title:')}"
    assert report.facts == ("house-1",)
    assert check.check(files, DAY).facts == ()


def test_a_folder_is_read_a_file_for_each_framework_and_nothing_else(tmp_path: Path) -> None:
    written(tmp_path, FACT)
    written(tmp_path, FACT | {"groups": {"more": "for its readers"}}, "house-2.json")
    written(tmp_path, b"not for us", "notes.txt")
    assert facts.read(tmp_path) == {"house-1": FACT, "house-2": FACT | {"groups": {"more": "for its readers"}}}


@pytest.mark.parametrize("folder", ["absent", "empty", "without-json"])
def test_a_folder_without_facts_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    written(tmp_path / "without-json", b"H.1", "house-1.txt")
    with pytest.raises(UnreadableError, match="no lists of facts here") as caught:
        facts.read(tmp_path / folder)
    assert caught.value.where == str(tmp_path / folder)


@pytest.mark.parametrize(
    "value",
    [
        b"", b"{", b"\xff", b"[" * 100_000, b'{"source": "s", "source": "t", "requirements": []}',
        [], None, "H.1", {"requirements": ["H.1"]}, {"source": SOURCE}, {"source": SOURCE, "requirements": "H.1"},
        {"source": SOURCE, "requirements": {"H.1": 1}}, {"source": SOURCE, "requirements": ["H.1", 2]},
        {"source": SOURCE, "requirements": ["H.1", "H.1"]}, {"source": SOURCE, "requirements": [["H.1"]]},
        FACT | {"counts": ["H."]}, FACT | {"counts": {"H.": "2"}}, FACT | {"titles": ["Have a plan"]},
        FACT | {"titles": {"H.1": None}}, FACT | {"previous": {"H.1": "G.1"}}, FACT | {"tags": {"H.1": ["ground"]}},
        FACT | {"tags": {"H.1": {"floor": "ground"}}}, FACT | {"references": "R.1"}, FACT | {"references": None},
        FACT | {"source": None},
    ],
)  # fmt: skip
def test_a_malformed_list_is_refused_by_name(tmp_path: Path, value: Any) -> None:
    written(tmp_path, FACT, "fine.json")
    with pytest.raises(UnreadableError) as caught:
        facts.read(written(tmp_path, value))
    assert str(tmp_path / "house-1.json") in caught.value.where
    assert len(caught.value.message) < 300


def test_a_folder_named_like_a_list_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "house-1.json").mkdir()
    with pytest.raises(UnreadableError, match="can not be read"):
        facts.read(tmp_path)
