"""What a claim comes to: the ways, the forms, and that nothing is guessed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.verifier import claims
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
    with pytest.raises(ValueError, match=r"claim|sources|digits|field|where"):
        claims.read(broken)


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
