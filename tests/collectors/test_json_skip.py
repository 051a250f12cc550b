"""Passing over JSON by its strings and brackets: held against a plain reading, byte by byte, and against the standard library."""

import importlib
import json
import pkgutil
import re
import re._parser  # the only reader of patterns there is

import pytest
from hypothesis import given
from hypothesis import strategies as st

import governance.collectors
from governance.collectors.formats import json_skip, safetensors_header
from governance.collectors.formats.json_members import members
from governance.errors import UnreadableError

MEGABYTE = 1_000_000
BYTES = st.lists(st.sampled_from([b'"', b"\\", b"[", b"]", b"{", b"}", b",", b" ", b"a", b"\n", b'\\"', b"\\\\"])).map(
    b"".join
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def _string_by_hand(data, place):
    if data[place : place + 1] != b'"':
        return None
    place += 1
    while place < len(data):
        if data[place] == ord('"'):
            return place + 1
        place += 2 if data[place] == ord("\\") else 1
    return None


def _bracket_by_hand(data, place):
    while place < len(data):
        if data[place] in b"[]{}":
            return place
        after = _string_by_hand(data, place) if data[place] == ord('"') else place + 1
        if after is None:
            return None
        place = after
    return None


@given(BYTES, st.integers(0, 5))
def test_any_bytes_are_passed_over_as_when_read_one_by_one(data, place):
    assert json_skip.past_string(data, place) == _string_by_hand(data, place)
    assert json_skip.to_bracket(data, place) == _bracket_by_hand(data, min(place, len(data)))


@given(st.integers(0, 3), st.integers(0, 70), st.integers(0, 600), st.sampled_from([b"", b"[", b'"', b'"[', b"\\"]))
def test_what_is_more_than_a_pattern_takes_at_once_is_passed_over_all_the_same(plain, escapes, strings, end):
    data = (b'"' + b"a" * plain + rb"\"" * escapes + b'",') * strings + end
    assert json_skip.to_bracket(data, 0) == _bracket_by_hand(data, 0)
    assert json_skip.past_string(data, 0) == _string_by_hand(data, 0)


@pytest.mark.parametrize("escapes", [999, 1000, 1001, 2500])
def test_a_string_of_many_escapes_ends_where_it_ends(escapes):
    data = b'"' + rb"\n" * escapes + b'" , ]'
    assert json_skip.past_string(data, 0) == len(data) - 4
    assert json_skip.to_bracket(data, 0) == len(data) - 1


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=6), st.sampled_from([None, 0, 2]), st.booleans())
def test_the_members_are_those_that_the_standard_library_reads(value, indent, ascii_only):
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert {name: json.loads(said) for name, said in members(data, set(value)).items()} == value


@pytest.mark.parametrize(
    "hostile",
    [
        b'"', b'"\\a', b'""', b'"\\\\', b'"a', b"[", b"\\", b'"\\"', b" ", b'"a"a', b'"a"\\',
    ],
)  # fmt: skip
def test_a_megabyte_of_anything_is_done_with_at_once(hostile):
    """A pattern that takes the square of its length would be at this for hours."""
    data = hostile * (MEGABYTE // len(hostile))
    for start in (b"", b'"', b'[ "', b'{"a": ['):
        json_skip.to_bracket(start + data, len(start.rstrip(b' "')))
        json_skip.past_string(start + data, 0)
    for whole in (b'{"a": [' + data, b'{"a": "' + data, b'{"' + data, b"{" + data):
        with pytest.raises(UnreadableError):
            members(whole, {"a"})


@pytest.mark.parametrize("name", [b"a", rb"\n", b" ", b'"', rb"\\"])
def test_a_long_header_of_one_endless_name_is_refused_at_once(name):
    header = b'{"' + name * (9 * MEGABYTE // len(name))
    for whole in (header, b'{"__metadata__": {"a": "' + header, b"{" + b" " * 9 * MEGABYTE + b'"__metadata__"'):
        with pytest.raises(UnreadableError):
            safetensors_header.parse(whole, 0)


@pytest.mark.parametrize(
    ("noted", "is_read"),
    [
        ('{"format": "pt"}', True), ('{"format": "p}t", "x": "\\"}"}', True), ("{}", True), ('{"format": ["pt"]}', False),
        ('{"format": {"a": "pt"}}', False), ('{"format": "pt"', False), ('{"format": "pt"]', False),
    ],
)  # fmt: skip
def test_a_long_header_notes_text_by_name_and_nothing_else(noted, is_read):
    tensor = '"a": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}'
    header = f'{{"__metadata__": {noted}, {tensor}{" " * safetensors_header.MAX_PARSED}}}'.encode()
    if not is_read:
        with pytest.raises(UnreadableError):
            safetensors_header.parse(header, 0)
        return
    assert safetensors_header.parse(header, 0).metadata.get("format", "") == json.loads(noted).get("format", "")


def _parts(tree):
    """Every operation of a pattern, from within."""
    for operation, given_ in tree:
        yield str(operation)
        held = given_ if isinstance(given_, (list, tuple)) else [given_]
        for part in held:
            for inner in part if isinstance(part, list) else [part]:
                if isinstance(inner, re._parser.SubPattern):
                    yield from _parts(inner)


def _patterns():
    for found in pkgutil.walk_packages(governance.__path__, "governance."):
        if found.name.endswith(("__main__", "migrations.env")):
            continue
        try:
            module = importlib.import_module(found.name)
        except ModuleNotFoundError:
            if found.name.startswith("governance.integrations."):
                continue  # a door into a library that is not here
            raise
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{found.name}.{name}", value


def test_no_pattern_has_a_group_that_an_early_python_3_11_matches_wrongly():
    checked = dict(_patterns())
    assert len(checked) > 100
    for name, pattern in checked.items():
        parts = set(_parts(re._parser.parse(pattern.pattern, pattern.flags)))
        assert not parts & {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}, name


def test_the_search_for_such_groups_finds_one():
    assert "POSSESSIVE_REPEAT" in set(_parts(re._parser.parse("a(?:b|(c++d))*")))
    assert "ATOMIC_GROUP" in set(_parts(re._parser.parse("(?=a(?>b))")))
