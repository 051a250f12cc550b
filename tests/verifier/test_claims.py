"""What a claim comes to: the ways, the forms, and that nothing is guessed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.verifier import claims, figures
from governance.verifier.claims import Claim, Source, at, written

BODY = {
    "loss": 2.58714,
    "steps": 1200,
    "done": True,
    "name": "Elm  Desk",
    "blank": "  ",
    "bad": math.nan,
    "files": [{"size": 1500}, {"size": 500}],
    "half": [{"size": 1500}, {"path": "x"}],
    "formats": ["safetensors", "gguf"],
    "dtypes": {"I8": 4, "F32": 272},
    "a/b": {"m~n": [10, 20]},
}


def come(way, *pointers, **more):
    claim = Claim("c1", "label", way, tuple(Source("ev-1", pointer) for pointer in pointers), **more)
    return written(claim, {"ev-1": BODY}.__getitem__)


@pytest.mark.parametrize(
    ("seen", "asked", "text"),
    [
        (0, 250, "0.0119"), (0, 3, "0.6316"), (0, 1, "0.9500"), (5, 250, "0.0460"), (3, 3, "1"), (0, 0, None), (4, 3, None), (-1, 3, None),
        (True, 3, None), (0.5, 3, None), ("0", 3, None), (None, 3, None), (0, 10**400, None),
    ],
)  # fmt: skip
def test_of_none_seen_the_greatest_share_that_is_left_possible_is_told(seen, asked, text):
    claim = Claim("c1", "label", "ceiling", (Source("ev-1", "/seen"), Source("ev-1", "/asked")), digits=4)
    assert written(claim, {"ev-1": {"seen": seen, "asked": asked}}.__getitem__)[0] == text


def test_a_value_is_written_in_its_form_and_says_how_it_was_rounded():
    assert come("value", "/loss", digits=2) == ("2.59", "to 2 decimals")
    assert come("value", "/steps") == ("1,200", "")
    assert come("value", "/done") == ("yes", "")
    assert come("value", "/name") == ("Elm  Desk", "")
    assert come("value", "/loss", form="signed", digits=1) == ("+2.6", "to 1 decimals")


@pytest.mark.parametrize("pointer", ["/blank", "/bad", "/absent", "/files/7", "/files/-", "/files/01", "/loss/deeper"])
def test_what_is_blank_absent_or_no_finite_number_is_not_evidenced(pointer):
    assert come("value", pointer) == (None, "")


def test_pointers_are_those_of_rfc_6901():
    document = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "m~n": 8, " ": 7}
    told = {"/foo/0": "bar", "/": 0, "/a~1b": 1, "/c%d": 2, "/m~0n": 8, "/ ": 7}
    assert {pointer: at(document, pointer) for pointer in told} == told
    assert at(document, "") == document
    with pytest.raises(ValueError, match="begins with /"):
        at(document, "foo")


def test_every_other_way():
    assert come("length", "/formats") == ("2", "")
    assert come("total", "/files", field="size", form="size") == ("2 kB", "to three digits")
    assert come("difference", "/a~1b/m~0n/0", "/a~1b/m~0n/1", form="signed") == ("−10", "")
    assert come("words", "/name", "/absent", pattern="{}, rank {}") == ("Elm  Desk, rank", "")
    assert come("choice", "/name", choices={"Elm  Desk": "the desk"}) == ("the desk", "")
    assert come("listed", "/formats") == ("safetensors, gguf", "")
    assert come("tally", "/dtypes") == ("F32 (272), I8 (4)", "")
    assert come("count", "/files", where={"size": "500"}) == ("1", "")
    assert come("count", "/files") == ("2", "")


def test_a_sum_over_rows_of_which_one_is_not_told_is_no_sum():
    assert come("total", "/half", field="size") == (None, "")


def test_a_way_that_the_source_does_not_fit_gives_nothing():
    for way in ("length", "total", "tally", "listed", "count", "choice"):
        assert come(way, "/loss") == (None, "")


def test_a_claim_survives_its_json_form():
    claim = Claim("c9", "Steps", "value", (Source("ev-1", "/steps"),), digits=0, unit="steps", text="1,200")
    assert claims.read(claim.plain()) == claim
    count = Claim("c1", "Met", "count", (Source("assessment", "/controls"),), where={"standing": "met"}, text="3")
    assert claims.read(count.plain()) == count


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {"id": "c1", "label": "x", "way": "guess", "text": "1", "sources": [{"of": "ev", "pointer": ""}]},
        {"id": "c1", "label": "x", "way": "value", "text": "1", "sources": []},
        {
            "id": "c1",
            "label": "x",
            "way": "value",
            "text": "1",
            "form": "hex",
            "sources": [{"of": "ev", "pointer": ""}],
        },
        {"id": "c1", "label": "x", "way": "value", "text": "1", "digits": 99, "sources": [{"of": "ev", "pointer": ""}]},
        {
            "id": "c1",
            "label": "x",
            "way": "value",
            "text": "1",
            "digits": True,
            "sources": [{"of": "e", "pointer": ""}],
        },
        {"id": "c1", "label": "x", "way": "value", "text": 1, "sources": [{"of": "ev", "pointer": ""}]},
        {"id": "c1", "label": "x", "way": "value", "text": "1", "sources": [{"of": "ev"}]},
        {
            "id": "c1",
            "label": "x",
            "way": "count",
            "text": "1",
            "where": {"a": 1},
            "sources": [{"of": "e", "pointer": ""}],
        },
    ],
)
def test_what_is_no_claim_is_refused(broken):
    with pytest.raises(ValueError, match=r"claim|sources|digits|field|where|form|pointer"):
        claims.read(broken)


NUMBERLESS = {
    "unit": ["9 and falling", "and 99 %", "½", "¹⁰", "x 10⁹", "k" * 61],
    "pattern": ["{}0", "0.{}", "{}{}", "−{}", "{}.{}", "{}e{}", "{} of 100", "{}%"],
    "choices": [{"1.838287925720215": "0.999"}, {"none": "99 of a hundred"}, {"a": "Ⅻ"}],
}


@pytest.mark.parametrize(("field", "value"), [(name, value) for name, values in NUMBERLESS.items() for value in values])
def test_words_of_a_claim_that_no_evidence_says_hold_no_number_and_keep_their_distance(field, value):
    way = {"unit": "value", "pattern": "words", "choices": "choice"}[field]
    sources = (Source("ev-1", "/loss"),) * (value.count("{}") if field == "pattern" else 1)
    claim = Claim("c1", "x", way, sources, text="x", **{field: value})
    with pytest.raises(ValueError, match=r"number|runs into"):
        claims.read(claim.plain())


@pytest.mark.parametrize("unit", ["kWh", "m²", "g CO₂e/kWh", "floating-point operations", "%", "tokens"])
def test_a_unit_may_have_a_small_digit_behind_a_letter(unit):
    assert not claims.wrong_unit(unit)


@pytest.mark.parametrize("pattern", ["{} – {}", "{}: {}", "{}, {}", "{}, rank {}, alpha {}", "{} of {}", "{}, CUDA {}"])
def test_patterns_part_what_they_put_together(pattern):
    claim = Claim("c1", "x", "words", (Source("ev-1", "/a"),) * pattern.count("{}"), pattern=pattern, text="x")
    assert claims.read(claim.plain()) == claim


@pytest.mark.parametrize(
    ("way", "sources", "said"),
    [
        ("difference", 1, "2 sources"),
        ("value", 2, "1 sources"),
        ("lower", 3, "1 to 2 sources"),
        ("upper", 0, "1 to 2 sources"),
    ],
)
def test_each_way_has_its_number_of_sources(way, sources, said):
    with pytest.raises(ValueError, match=said):
        claims.read(Claim("c1", "x", way, (Source("ev-1", "/a"),) * sources).plain())


def test_what_is_reckoned_has_no_form_of_text_and_a_pointer_begins_with_a_slash():
    with pytest.raises(ValueError, match="is no form of a total"):
        claims.read(Claim("c1", "x", "total", (Source("ev-1", "/a"),), form="text").plain())
    with pytest.raises(ValueError, match="begins with /"):
        claims.read(Claim("c1", "x", "value", (Source("ev-1", "steps"),)).plain())


HUGE = {
    "a": 1.7e308,
    "b": -1.7e308,
    "rows": [{"size": 1.7e308}, {"size": 1.7e308}],
    "mixed": [{"size": 10**308}, {"size": 10**308}, {"size": 0.5}],
    "whole": 10**400,
    "up": {"value": 1.7e308, "stderr": 1.7e308, "n": 10**400},
    "down": {"value": -(10**308), "stderr": 1.0},
    "share": {"value": 0.5, "n": 10**400},
}


@pytest.mark.parametrize(
    ("way", "pointers"),
    [
        ("difference", ("/a", "/b")),
        ("difference", ("/b", "/a")),
        ("total", ("/rows",)),
        ("total", ("/mixed",)),
        ("value", ("/whole",)),
        ("lower", ("/up",)),
        ("upper", ("/up",)),
        ("lower", ("/up", "/down")),
        ("upper", ("/up", "/down")),
        ("upper", ("/share",)),
        ("lower", ("/share", "/share")),
    ],
)
@pytest.mark.parametrize("form", ["number", "signed", "large", "size", "duration"])
def test_a_number_beyond_what_a_float_holds_is_not_evidenced(way, pointers, form):
    claim = Claim("c1", "x", way, tuple(Source("ev-1", each) for each in pointers), form=form, field="size")
    assert written(claim, {"ev-1": HUGE}.__getitem__) == (None, "")


def test_a_figure_stands_on_a_page_with_its_unit_the_marks_of_its_language_and_nothing_unseen():
    assert claims.printed("1,838.25", "kWh", figures.ENGLISH_MARKS) == "1,838.25 kWh"
    assert claims.printed("1,838.25", "kWh", figures.Marks(",", ".")) == "1.838,25 kWh"
    assert claims.printed("a\u202eb", "", figures.ENGLISH_MARKS) == "a[U+202E]b"


@pytest.mark.parametrize(
    ("point", "group"), [("", ""), (".", "."), (" ", ","), ("1", ","), (".", "\u200b"), ("..", ",")]
)
def test_marks_are_one_sign_each_of_those_that_languages_use(point, group):
    assert not figures.Marks(point, group).known


def test_the_marks_of_every_language_that_babel_knows_are_known():
    babel = pytest.importorskip("babel")
    from babel.localedata import locale_identifiers

    for tag in locale_identifiers():
        held = babel.Locale.parse(tag).number_symbols.get("latn", {})
        assert figures.Marks(held.get("decimal", "."), held.get("group", ",")).known, tag


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    value=json_values,
    way=st.sampled_from(sorted(claims._WAYS)),
    form=st.sampled_from(["number", "size", "text", "large"]),
)
def test_no_body_whatever_makes_a_claim_fail_or_print_a_number_that_is_none(value, way, form):
    if form == "text" and way in ("total", "difference"):
        form = "number"
    sources = (Source("ev", "/v"), Source("ev", "/v")) if way == "difference" else (Source("ev", "/v"),)
    claim = Claim(
        "c1", "x", way, sources, form=form, field="size", pattern="{}", choices={"a": "b"}, where={"size": "1"}
    )
    text, _ = written(claim, {"ev": {"v": value}}.__getitem__)
    assert (
        text is None
        or (text.strip() and "nan" not in text.lower().split() and "inf" not in text.lower().split())
        or isinstance(value, (str, list, dict))
    )
