"""JSON from nobody we know: every oddity ends in one kind of error, quickly, and what is sound comes back equal."""

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.parsing import strict_json

# a surrogate is refused on purpose; the law below is about text that can be written
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**300), max_value=10**300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


def refusal(data: bytes, **settings) -> str:
    with pytest.raises(UnreadableError) as caught:
        strict_json.loads(data, where="run/state.json", **settings)
    assert caught.value.where == "run/state.json"
    return caught.value.message


@given(VALUES)
def test_what_json_writes_comes_back_equal(value):
    for written in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=2)):
        assert strict_json.loads(written.encode()) == value
        assert strict_json.loads_lenient(written.encode()) == (value, 0)


@given(st.binary(max_size=200) | st.text('[]{}",:\\u0019dD8eE+-.NaInfity truefalse\n').map(str.encode))
def test_any_bytes_are_read_or_refused_and_nothing_else(data):
    try:
        strict_json.loads(data)
    except UnreadableError:
        return
    json.loads(data.decode("utf-8-sig"))  # what we accept, the standard library accepts too


@given(VALUES, st.integers(min_value=1))
def test_a_truncated_object_is_refused(value, cut):
    whole = json.dumps({"value": value}).encode()
    refusal(whole[: -1 - cut % (len(whole) - 1)])


@pytest.mark.parametrize(
    "text",
    [
        '{"decision":"reject","decision":"approve"}',
        '[{"a":{"b":1,"c":2,"b":3}}]',
        '{"a":1,"\\u0061":2}',
        '{"":1,"":1}',
    ],
)
def test_a_key_that_stands_twice_is_named(text):
    assert "stands twice" in refusal(text.encode())


def test_a_key_that_stands_twice_among_very_many_is_found_at_once():
    rows = ",".join(f'"{number}":1' for number in range(100_000))
    started = time.process_time()
    assert "'99999'" in refusal(f'{{{rows},"99999":1}}'.encode())
    assert time.process_time() - started < 2


def test_a_very_long_key_is_not_repeated_in_the_message():
    key = "k" * 100_000
    assert len(refusal(f'{{"{key}":1,"{key}":2}}'.encode())) < 200


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", '{"loss":[1,NaN]}', "1" * 399 + "e9"]
)
def test_a_number_that_is_not_finite_is_refused(text):
    assert "NaN or Infinity" in refusal(text.encode())


def test_a_lenient_reader_gets_null_and_the_count():
    data = b'{"loss":[1.5,NaN,{"x":-Infinity}],"best":Infinity,"norm":1e999,"ok":0}'
    assert strict_json.loads_lenient(data) == (
        {"loss": [1.5, None, {"x": None}], "best": None, "norm": None, "ok": 0},
        4,
    )


def test_a_lenient_reader_still_refuses_the_rest():
    for data in (b'{"a":1,"a":2}', b"[" * 200, b"\xff", b"{", b'"\\ud800"'):
        with pytest.raises(UnreadableError):
            strict_json.loads_lenient(data)


@pytest.mark.parametrize("text", ['"\\ud800"', '["\\uDBFF x"]', '{"\\udc00":1}', '"\\udc00\\ud800"', '"a\\\\\\ud83d"'])
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(text):
    assert "surrogate" in refusal(text.encode())


def test_a_whole_surrogate_pair_and_an_escaped_backslash_are_text():
    assert strict_json.loads(b'"\\ud83d\\ude00"') == "😀"
    assert strict_json.loads(b'"\\\\ud800"') == "\\ud800"


def test_one_byte_order_mark_is_skipped_and_a_second_is_refused():
    assert strict_json.loads(b"\xef\xbb\xbf[1]") == [1]
    assert "BOM" in refusal(b"\xef\xbb\xbf\xef\xbb\xbf[1]")


@pytest.mark.parametrize(
    "data", ["[1]".encode("utf-16"), b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf5\x80\x80\x80"']
)
def test_bytes_that_are_not_utf8_are_refused_with_their_place(data):
    assert "not UTF-8 at byte" in refusal(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\0",
        "[1,]",
        "{'a':1}",
        "[1] [2]",
        "01",
        "+1",
        ".5",
        "1.",
        "nan",
        "TRUE",
        '"\n"',
        "{1:2}",
        "[1",
        '"abc',
        '"abc\\',
        "// x\n1",
        "0x10",
        "1_000",
        "\u00a01",
        "[\u2003]",
    ],
)
def test_what_rfc_8259_does_not_know_is_refused(text):
    assert "not JSON at line" in refusal(text.encode())


def test_the_place_of_an_error_is_given_as_line_and_column():
    assert refusal(b'{"a": 1,\n "b": }').startswith("not JSON at line 2 column 7")


@pytest.mark.parametrize("opener", ["[", '{"a":', '[{"a":', ' [\n"]",'])
def test_depth_is_refused_before_any_recursion_and_quickly(opener):
    started = time.process_time()
    assert "nested deeper than 64" in refusal(opener.encode() * 10**5)
    assert time.process_time() - started < 1


def test_the_depth_cap_counts_nesting_and_not_brackets():
    assert strict_json.loads(b"[" * 64 + b"]" * 64)
    assert "deeper" in refusal(b"[" * 65 + b"]" * 65)
    assert len(strict_json.loads(b"[" + b"[],{}," * 5000 + b"[]]")) == 10_001
    assert strict_json.loads(b'["' + b"[" * 500 + b'\\"[["]') == ["[" * 500 + '"[[']


@pytest.mark.parametrize("tail", [b"", b"\\", b'"', b'"]'])
def test_a_string_of_many_escapes_takes_linear_time(tail):
    data = b'[[],[],"' + b"[" * 65 + b'\\"' * 500_000 + tail
    started = time.process_time()
    try:
        strict_json.loads(data)
    except UnreadableError:
        assert tail != b'"]'
    assert time.process_time() - started < 2


def test_bytes_over_the_cap_are_not_looked_at():
    assert "over the cap of 10" in refusal(b"[" * 11, max_bytes=10)
    assert strict_json.loads(b"[1,2,3,45]", max_bytes=10) == [1, 2, 3, 45]


def test_a_number_keeps_its_exact_value_up_to_400_digits():
    assert strict_json.loads(str(2**53 + 1).encode()) == 2**53 + 1
    assert strict_json.loads(b"9" * 400) == 10**400 - 1
    assert "more than 400 digits" in refusal(b"9" * 401)
    assert math.copysign(1, strict_json.loads(b"-0.0")) == -1
    started = time.process_time()
    refusal(b"9" * 10**6)
    assert time.process_time() - started < 1


def test_lines_are_numbered_from_one_and_blank_ones_are_skipped():
    assert list(strict_json.lines(b'{"a":1}\r\n\n \n[NaN]\n')) == [(1, {"a": 1}), (4, [None])]
    assert list(strict_json.lines(b"")) == []


def test_a_broken_line_is_named():
    with pytest.raises(UnreadableError) as caught:
        list(strict_json.lines(b'{}\n{"a":\n', where="samples.jsonl"))
    assert caught.value.where == "samples.jsonl line 2"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[" + b"[]," * 500_001 + b"1]", "lists and objects"),
        (b"[" + b"1," * 2_500_001 + b"1]", "values"),
        (b"[" + b'"",' * 2_500_001 + b'""]', "texts"),
        (b'["]",' * 400 + b"1" + b"]" * 400, "nested deeper"),
        (b"[" * 3_000_000, "lists and objects"),
    ],
)  # fmt: skip
def test_a_document_that_would_fill_the_memory_is_refused_before_it_is_built(data, reason):
    with pytest.raises(UnreadableError, match=reason):
        strict_json.loads(data)


def test_brackets_and_commas_in_text_do_not_count():
    text = "a, b [c] {d} and so on, " * 20
    value = [text] * 20_000
    assert strict_json.loads(json.dumps(value).encode()) == value


@given(
    st.recursive(
        st.none() | st.text('[]{},"\\', max_size=6),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=2), inner),
    )
)
def test_whatever_is_not_too_deep_is_read_as_it_was_written(value):
    assert strict_json.loads(json.dumps([[value]] * 40).encode()) == [[value]] * 40
