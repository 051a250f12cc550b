"""Our words are ours: eight in a row that an official text has are found, seven are not, and a list that is cut is refused."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from governance.checking import wording
from governance.content import places
from governance.errors import ContentError
from tests.content.make_runs import TEXTS, texts

EIGHT = "keep the windows shut while rain falls outside"
OFFICIAL = f"Wardens of the house must {EIGHT}, and 2 of them look again at 9.30."
WORDS = st.lists(st.text("abcxyz019", min_size=1, max_size=5), max_size=20)
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30)


def held(*official: str, name: str = "The rules of the house") -> wording.Wording:
    runs = wording.of_texts(official)
    return wording.Wording((wording.read("rules", wording.write(name, runs)),))


def found(value: object, *official: str) -> list[tuple[tuple[str | int, ...], str]]:
    return [(place, words) for place, words, _ in held(*(official or (OFFICIAL,))).shared(value)]


@pytest.mark.parametrize(
    "text",
    [
        EIGHT,
        EIGHT.upper(),
        "Keep the windows -- shut; (while) rain: 'falls' outside!",
        "keep\nthe windows\n  shut while\train falls outside",
        f"It is our custom to {EIGHT} and not to open them.",
        "keep_the/windows·shut—while…rain“falls”outside",
    ],
)
def test_eight_words_in_common_are_found_whatever_the_case_and_the_signs_between(text: str) -> None:
    assert found(text) == [((), EIGHT)]


@pytest.mark.parametrize(
    "text",
    [
        "keep the windows shut while rain falls",
        "the windows shut while rain falls outside",
        "keep all windows shut while rain falls outside",
        "keep the windows shut while rain is falling outside",
        "keep the windows shut while rain, and keep the windows shut while rain",
        "outside falls rain while shut windows the keep",
        "",
    ],
)
def test_seven_words_in_common_are_not(text: str) -> None:
    assert found(text) == []


def test_digits_are_words_and_are_kept() -> None:
    assert found("and 2 of them look again at 9") == [((), "and 2 of them look again at 9")]
    assert found("and 3 of them look again at 9") == []


@given(WORDS, st.lists(st.text("abcxyz019", min_size=1, max_size=5), min_size=8, max_size=20))
def test_a_run_is_found_exactly_where_the_two_share_one(ours: list[str], theirs: list[str]) -> None:
    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}

    shared = [run for run in runs(ours) if run in runs(theirs)]
    (row,) = found(" ".join(ours), " ".join(theirs)) or [None]
    assert (row is not None) == bool(shared)
    if row is not None:
        assert tuple(row[1].split()) in shared


def test_words_do_not_run_on_from_one_text_into_the_next() -> None:
    first, second = "keep the windows shut", "while rain falls outside"
    assert found([first, second]) == []
    assert found({"title": first, "says": second}) == []
    assert wording.of_texts([first, second]) == b""


def test_the_place_points_to_the_value_and_each_value_is_named_once() -> None:
    value = {
        "title": "Windows",
        "says": f"{EIGHT}. Again: {EIGHT}.",
        "met_by": [{"because": "Ours."}, {"because": EIGHT, 7: [None, 1, True, ["-", EIGHT]]}],
    }
    assert [place for place, _ in found(value)] == [
        ("says",),
        ("met_by", 1, "because"),
        ("met_by", 1, 7, 3, 1),
    ]


def test_the_texts_that_have_the_words_are_all_named() -> None:
    lists = [
        wording.read(name, wording.write(title, wording.of_texts([text])))
        for name, title, text in (("a", "Text A", OFFICIAL), ("b", "Text B", EIGHT), ("c", "Text C", "x " * 9))
    ]
    ((_, _, whose),) = wording.Wording(tuple(lists)).shared(EIGHT)
    assert whose == "Text A, Text B"
    assert list(wording.Wording(()).shared(EIGHT)) == []


@given(LINE, st.sets(st.binary(min_size=6, max_size=6), min_size=1, max_size=60), LINE)
@example("Règlement (UE) 2024/1689", {b"123456"}, "a: b: c # d")
@example("two\u2028lines \x85", {b"\0" * 6}, "")
def test_a_list_comes_back_as_it_was_written(name: str, runs: set[bytes], made_from: str) -> None:
    written = wording.write(name, b"".join(sorted(runs)), made_from=made_from)
    for data in (written, written.replace(b"\n", b"\r\n")):
        again = wording.read("rules", data)
        assert (again.name, again.text, again.runs) == ("rules", name, runs)
    assert written.endswith(b"\n")
    assert f"# made_from: {made_from}\n".encode() in written


def test_a_list_holds_no_word_of_the_text() -> None:
    written = wording.write("Rules", wording.of_texts([OFFICIAL])).decode().lower()
    assert not [word for word in set(EIGHT.split()) if re.search(rf"\b{word}\b", written)]
    assert len(wording.of_texts([OFFICIAL])) == 6 * (len(re.findall(r"[a-z0-9]+", OFFICIAL.lower())) - 7)


WHOLE = wording.write("Rules", wording.of_texts([OFFICIAL, "one two three four five six seven eight nine " * 3]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"# runs: 0\n",
        b"# runs: -1\n",
        b"# runs: many\nAAAAAAAA\n",
        WHOLE[:-9],
        WHOLE[: len(WHOLE) // 2],
        WHOLE + b"AAAAAAAA\n",
        WHOLE.replace(b"# runs: ", b"# runs: 1"),
        WHOLE.replace(b"# runs: ", b"# rums: "),
        WHOLE.replace(b"# runs: ", b"runs: "),
        WHOLE + b"*" * 8,
        WHOLE + "é".encode(),
        b'{"runs": 1}',
    ],
)
def test_a_list_that_is_cut_or_not_what_its_head_says_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(ContentError) as caught:
        wording.read("rules", data)
    assert caught.value.where == "rules"


@given(st.integers(1, len(WHOLE) - 2))
def test_a_list_cut_anywhere_is_refused(cut: int) -> None:
    assert wording.read("rules", WHOLE[:-1]).runs == wording.read("rules", WHOLE).runs
    with pytest.raises(ContentError):
        wording.read("rules", WHOLE[:cut])


@given(st.binary(max_size=80) | st.text("# runs:1234=AbZ+/\n", max_size=60).map(str.encode))
def test_any_bytes_are_a_list_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        runs = wording.read("rules", data).runs
    except ContentError:
        return
    assert {len(run) for run in runs} == {6}


def test_our_own_lists_are_readable_and_name_their_texts() -> None:
    lists = {name: wording.read(name, data) for name, data in places.wording([places.builtin_root()]).items()}
    assert {name: row.text for name, row in lists.items()} == dict(TEXTS.values())
    for row in lists.values():
        assert len(row.runs) > 1_000
        assert {len(run) for run in row.runs} == {6}


@pytest.mark.parametrize("name", TEXTS)
def test_our_own_lists_are_those_of_the_official_texts(name: str) -> None:
    folder = os.environ.get("GOVERN_FACTS")
    if not folder:
        pytest.skip("GOVERN_FACTS names no folder with the official texts")
    framework, title = TEXTS[name]
    official = json.loads((Path(folder) / f"{name}.json").read_bytes())
    ours = wording.read(framework, places.wording([places.builtin_root()])[framework])
    again = wording.write(title, wording.of_texts(texts(official)))
    assert (ours.text, ours.runs) == (title, wording.read(framework, again).runs)
    (_, words, _), *_ = wording.Wording((ours,)).shared([text for text in texts(official) if len(text.split()) > 12])
    assert len(words.split()) == 8
