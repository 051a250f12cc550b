"""An OSCAL catalog becomes a framework that passes as content, or is refused; nothing else happens, whatever it holds."""

from __future__ import annotations

import copy
import json
import time
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.content import loader
from governance.errors import UnreadableError
from governance.exchange import oscal
from governance.parsing import canonical, strict_yaml
from tests.exchange.catalogs import BASIC, METADATA, SP800_53, catalog, control, label, part

if TYPE_CHECKING:
    from governance.domain.framework import Framework, Requirement

DAY = date(2026, 11, 25)
FOLDER = "controls/frameworks/rooms-5"


def taken(value: Any, day: date = DAY) -> dict[str, bytes]:
    return oscal.framework(json.dumps(value).encode(), "rooms-5", where="rooms.json", day=day)


def read(value: Any) -> tuple[Framework, dict[str, Requirement]]:
    """The framework and its requirements as the loader has them; the loader finds nothing wrong."""
    catalogue, problems = loader.survey(taken(value))
    assert problems == ()
    return catalogue.frameworks["rooms-5"], {row.id: row for row in catalogue.requirements["rooms-5"]}


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        oscal.framework(data, "rooms-5", where="rooms.json", day=DAY)
    assert caught.value.where == "rooms.json"
    assert len(caught.value.message) < 300
    return caught.value.message


def only(*controls: dict[str, Any], **more: Any) -> dict[str, Any]:
    return catalog({"id": "g", "title": "Rules", "controls": list(controls)}, **more)


def test_a_catalog_as_nist_writes_it_is_a_framework_with_the_printed_numbers() -> None:
    frame, rows = read(SP800_53)
    assert list(rows) == ["RR-1", "RR-2", "RR-2(1)", "LL-1"]
    assert [(group.id, group.title) for group in frame.groups] == [("rr", "Reading Rooms"), ("ll", "Lamps")]
    assert {row.group for row in rows.values()} == {"rr", "ll"}
    assert rows["RR-2(1)"].title == "Quiet Shoes"
    assert frame.requirement_count == 4


def test_its_head_says_where_it_is_from_and_that_nobody_checked_it() -> None:
    frame, rows = read(SP800_53)
    assert (frame.id, frame.series, frame.version) == ("rooms-5", "rooms-5", "5.1")
    assert frame.title == "A catalog of controls for reading rooms"
    assert frame.publisher == "The Reading Room Institute"
    assert frame.in_force_from == date(2025, 3, 4)
    assert frame.source == f"OSCAL catalog rooms.json, {canonical.sha256(json.dumps(SP800_53).encode())}"
    assert frame.checked.on == DAY
    assert "4 controls were taken over, 1 withdrawn" in frame.checked.result
    assert "every mapping to a control: there is none" in frame.checked.not_checked
    assert {row.not_covered for row in rows.values()} == {oscal.UNMAPPED}


def test_the_parts_of_a_statement_follow_each_other_with_their_numbers_and_parameters() -> None:
    _, rows = read(SP800_53)
    assert rows["RR-1"].says == (
        "a. Choose [Assignment: organization-defined wardens] who: "
        "1. [Selection: at dusk; after [Assignment: time period] of silence] lock the room; and "
        "2. Look under the tables; b. Count keys [Assignment: time period] ."
    )


def test_guidance_and_objectives_are_left_out() -> None:
    text = b"".join(taken(SP800_53).values()).decode()
    for absent in ("Guidance that nobody", "objective of the assessment", "are defined"):
        assert absent not in text


def test_a_withdrawn_control_is_left_out_by_name_with_what_it_went_into() -> None:
    frame, rows = read(SP800_53)
    assert frame.left_out == {"RR-2(2)": "Withdrawn in the source; see rr-2.1."}
    assert "RR-2(2)" not in rows


def test_a_second_name_of_a_parameter_does_not_hide_the_one_that_has_it_for_an_id() -> None:
    own = {"id": "p_1", "label": "the aggregate"}
    other = {"id": "p.1", "label": "a member", "props": [{"name": "alt-identifier", "value": "p_1"}]}
    for params in ([own, other], [other, own]):
        _, rows = read(only(control("a-1", "Title", "Say {{ insert: param, p_1 }}.", params=params)))
        assert rows["a-1"].says == "Say [Assignment: the aggregate]."


def test_a_parameter_nobody_describes_is_put_in_by_its_id() -> None:
    _, rows = read(only(control("a-1", "Title", "Say {{ insert: param, p_1 }}, {{p_2}} and {{ param, p_3 }}.")))
    assert rows["a-1"].says == "Say [Assignment: p_1], {{p_2}} and [Assignment: p_3]."


def test_nested_headings_keep_their_parents_and_numbers_count_as_numbers() -> None:
    frame, rows = read(BASIC)
    assert {group.id: group.parent for group in frame.groups} == {"s1": None, "s1.1": "s1", "s1.2": "s1", "s2": None}
    assert list(rows) == ["1.1.9", "1.1.10", "1.2.1", "2.1"]
    assert [row.group for row in rows.values()] == ["s1.1", "s1.1", "s1.2", "s2"]


def test_headings_without_an_id_go_by_their_label_or_their_place() -> None:
    unnamed = [{"title": title, "controls": [control(title, "Title")]} for title in ("one", "two")]
    unnamed[0]["props"] = [label("A")]
    frame, rows = read(catalog(*unnamed))
    assert [group.id for group in frame.groups] == ["A", "heading 2"]
    assert [row.group for row in rows.values()] == ["A", "heading 2"]


def test_controls_under_no_heading_get_one() -> None:
    loose = [control("z-1", "Loose")]
    for value in (catalog(controls=loose), {"catalog": {"metadata": METADATA, "controls": loose}}):
        frame, rows = read(value)
        assert [(group.id, group.title) for group in frame.groups] == [("catalog", "Controls under no heading")]
        assert rows["z-1"].group == "catalog"
    frame, rows = read(catalog({"id": "g", "title": "Rules", "controls": [control("a-1", "Title")]}, controls=loose))
    assert {row.id: row.group for row in rows.values()} == {"z-1": "catalog", "a-1": "g"}


def test_a_control_that_states_nothing_says_so() -> None:
    _, rows = read(only({"id": "a-1", "title": "Bare"}, {"id": "a-2"}))
    assert rows["a-1"].says == "Bare; the catalog states no more."
    assert rows["a-2"].title == "a-2"


def test_a_long_statement_is_cut_between_words_and_says_so() -> None:
    prose = "word " * 1_000
    _, rows = read(only(control("a-1", "Long", prose), control("a-2", "Short", prose[:3_900])))
    assert rows["a-1"].says.endswith("word […]")
    assert len(rows["a-1"].says) < 4_000
    assert rows["a-1"].note == "Cut at import after 3,900 of 4,999 characters; the source has the whole text."
    assert rows["a-2"].note is None


@pytest.mark.parametrize(
    "number", ["-.5", "1.0e5", "+.5e3", "1.10", "010", "2026-01-31", "null", "no", "~x", "1:30", "#1", "- a", "a: b"]
)
def test_a_number_that_looks_like_something_else_stays_a_text(number: str) -> None:
    frame, rows = read(
        only(
            control("x", number * 2, f"Say {number} aloud.", props=[label(number)]),
            control("y", "Gone", props=[label(f"{number} b"), {"name": "status", "value": "withdrawn"}]),
            metadata=METADATA | {"version": number},
        )
    )
    assert frame.version == number
    assert list(rows) == [number]
    assert list(frame.left_out) == [f"{number} b"]


@pytest.mark.parametrize(
    ("metadata", "since"),
    [
        ({"last-modified": "2024-05-06T00:00:00Z"}, date(2024, 5, 6)),
        ({"published": "lately"}, DAY),
        ({"published": 7}, DAY),
        ({}, DAY),
    ],
)
def test_a_catalog_without_a_day_is_in_force_from_the_day_of_the_import(metadata: Any, since: date) -> None:
    frame, _ = read(only(control("a-1", "Title"), metadata=metadata))
    assert frame.in_force_from == since
    assert (frame.title, frame.version) == ("rooms-5", "not stated")
    assert frame.publisher == "Not stated in the catalog"


@pytest.mark.parametrize(("one", "other"), [("AC-2(1)", "AC-2-1"), ("ac-1", "AC-1"), ("a", "a."), ("", "")])
def test_two_controls_that_would_share_a_file_are_refused(one: str, other: str) -> None:
    value = only(control("x", "One", props=[label(one)]), control("x", "Other", props=[label(other)]))
    assert "two controls would be" in refusal(json.dumps(value).encode())


@pytest.mark.parametrize("number", ["Framework", "§", "目的", "..", "/"])
def test_a_control_that_no_file_can_be_named_after_is_refused(number: str) -> None:
    value = only(control("x", "One", props=[label(number)]))
    assert "no file can be named after" in refusal(json.dumps(value).encode())


def test_a_very_long_number_is_cut_and_never_leads_out_of_the_folder() -> None:
    long, tricky = "n" * 59 + " " + "m" * 50, "../../../policies/release"
    files = taken(only(control("x", "One", props=[label(long)]), control("y", "Two", props=[label(tricky)])))
    assert set(files) == {f"{FOLDER}/{name}.yaml" for name in ("framework", "n" * 59, "policies-release")}
    assert loader.survey(files)[1] == ()


@pytest.mark.parametrize(
    "value",
    [[], {}, None, 7, "catalog", {"catalog": []}, {"catalog": {}}, {"catalog": {"metadata": None}},
     {"profile": {"metadata": {}}}, {"component-definition": {}}],
)  # fmt: skip
def test_what_is_no_catalog_is_refused(value: Any) -> None:
    assert "no OSCAL catalog" in refusal(json.dumps(value).encode())


@pytest.mark.parametrize(
    "value",
    [catalog(), catalog({"id": "g", "title": "Empty"}), catalog({"id": "g", "controls": []}), catalog(controls={}),
     only({"id": "a-1", "props": [{"name": "status", "value": "Withdrawn"}]})],
)  # fmt: skip
def test_a_catalog_without_a_control_is_refused(value: Any) -> None:
    assert refusal(json.dumps(value).encode()) == "the catalog has no controls"


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"catalog": {"catalog": 1, "catalog": 2}}', b"\xff", b'{"catalog": NaN}', b"<catalog/>",
     b'{"catalog":' * 100_000, b"[" * 1_000_000],
)  # fmt: skip
def test_what_is_no_json_or_nested_too_deep_is_refused(data: bytes) -> None:
    refusal(data)


def test_headings_and_controls_nested_as_deep_as_json_may_be_are_read() -> None:
    inner: dict[str, Any] = control("deep", "Deepest")
    for number in range(12):
        inner = control(f"c{number}", "Above", controls=[inner])
    nested: dict[str, Any] = {"id": "g", "title": "Deepest", "controls": [inner]}
    for number in range(12):
        nested = {"id": f"g{number}", "title": "Above", "groups": [nested]}
    frame, rows = read(catalog(nested))
    assert (len(frame.groups), len(rows)) == (13, 13)
    assert {row.group for row in rows.values()} == {"g"}


def test_too_many_controls_or_headings_are_refused_at_once() -> None:
    started = time.process_time()
    assert "5,000 controls" in refusal(json.dumps(only(*({"id": f"c-{n}"} for n in range(5_001)))).encode())
    assert "5,000 headings" in refusal(json.dumps(catalog(*({} for _ in range(100_000)))).encode())
    assert time.process_time() - started < 4


def test_parameters_that_hold_each_other_end() -> None:
    started = time.process_time()
    crowd = {"id": "p", "select": {"choice": ["{{ insert: param, p }}" * 2_000]}}
    _, rows = read(only(control("a-1", "Title", "Say {{ insert: param, p }}" * 500, params=[crowd])))
    assert len(rows["a-1"].says) < 4_000
    assert read(only(control("a-1", "Title", "Say " + "{{param" * 50_000)))
    assert time.process_time() - started < 4


# Words as people write them: more than one letter, no characters that can not be seen.
SEEN = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0")
WORDS = st.text(SEEN, max_size=12).map(lambda end: unicodedata.normalize("NFC", f"Rule {end}").strip())
NUMBERS = st.text("AZaz09.-()#:'\"%&*!|>@`{}[]?,~_é", max_size=8).map(lambda end: f"{end} 1".strip())


@st.composite
def catalogs(draw: st.DrawFn) -> dict[str, Any]:
    controls = [
        control(f"c-{n}", draw(WORDS), draw(WORDS), props=[label(f"{number}.{n}")])
        | ({"controls": [control(f"e-{n}", draw(WORDS), draw(WORDS))]} if draw(st.booleans()) else {})
        for n, number in enumerate(draw(st.lists(NUMBERS, min_size=1, max_size=4)))
    ]
    group = {"id": draw(NUMBERS), "title": draw(WORDS), "controls": controls}
    return catalog(group, metadata={"title": draw(WORDS), "version": draw(NUMBERS)})


@given(catalogs())
def test_a_catalog_of_sound_words_always_passes_as_content_word_for_word(value: dict[str, Any]) -> None:
    frame, rows = read(value)
    (group,) = value["catalog"]["groups"]
    assert (frame.version, frame.groups[0].id) == (value["catalog"]["metadata"]["version"], group["id"])
    titles = sorted(each["title"] for held in group["controls"] for each in [held, *held.get("controls", [])])
    assert sorted(row.title for row in rows.values()) == titles


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = st.sampled_from(
    ["id", "title", "props", "name", "value", "class", "params", "label", "select", "choice", "parts", "prose", "links",
     "href", "rel", "controls", "groups", "statement", "status", "withdrawn", "metadata", "published", "parties"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXTS, inner, max_size=6),
    max_leaves=25,
)


@given(VALUES, st.sampled_from(["whole", "catalog", "metadata", "group", "control", "part"]))
def test_any_value_is_taken_over_or_refused_and_nothing_else(value: Any, place: str) -> None:
    made = copy.deepcopy(
        {"catalog": {"metadata": METADATA, "groups": [{"id": "g", "controls": [control("a", "One")]}]}}
    )
    inside = made["catalog"]["groups"][0]["controls"]
    if place == "whole":
        made = value
    elif place == "catalog":
        made["catalog"] |= value if isinstance(value, dict) else {"groups": value}
    elif place == "metadata":
        made["catalog"]["metadata"] = value
    elif place == "group":
        made["catalog"]["groups"].append(value)
    else:
        inside.append(value if place == "control" else control("b", "Two", parts=[part("x", name="statement"), value]))
    try:
        files = taken(made)
    except UnreadableError:
        return
    for path, data in files.items():  # what it writes is always YAML of ours, with its texts as texts
        held = strict_yaml.loads(data, where=path)
        assert all(isinstance(held[field], str) for field in ("id", "title"))
    assert {problem.path for problem in loader.survey(files)[1]} <= set(files)


@pytest.mark.parametrize("nameless", [{}, {"class": "x", "parts": []}, {"id": " ", "title": ""}])
def test_a_control_with_neither_id_nor_label_nor_title_nor_text_is_refused_by_its_place(
    nameless: dict[str, Any],
) -> None:
    said = refusal(json.dumps(only(control("a-1", "Sound"), nameless)).encode())
    assert said == "control 2 of the catalog, under the heading 'g', has neither id, label, title nor text"


@pytest.mark.parametrize("named", [{"id": "a-2"}, {"title": "Doors"}, {"props": [label("A-2")]},
                                   {"parts": [part("Doors are shut.", name="statement")]}])  # fmt: skip
def test_a_control_with_any_one_of_them_is_taken(named: dict[str, Any]) -> None:
    assert len(read(only(control("a-1", "Sound"), named))[1]) == 2
