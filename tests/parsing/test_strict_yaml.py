"""YAML from people: the notation stays, the surprises and the bombs go, and an error names its line."""

import re
import time
from datetime import UTC, date, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.parsing import strict_yaml

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.dates() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def refusal(data: bytes | str, **settings) -> str:
    started = time.process_time()
    with pytest.raises(UnreadableError) as caught:
        strict_yaml.loads(data.encode() if isinstance(data, str) else data, where="card.yaml", **settings)
    assert time.process_time() - started < 2, "a refusal may not be slow"
    assert caught.value.where == "card.yaml"
    assert len(caught.value.message) < 300
    return caught.value.message


def problem_of(data: bytes) -> str:
    try:
        strict_yaml.loads(data)
    except UnreadableError as error:
        return error.message
    return ""


@given(PLAIN)
def test_what_a_dumper_writes_comes_back_equal(value):
    for flow in (False, True):
        written = yaml.dump(value, Dumper=NoAliases, allow_unicode=True, default_flow_style=flow)
        assert strict_yaml.loads(written.encode()) == value


@given(st.text("[]{}-?:,#&*!|>'\"%@` ab12.\n\t\r~=<\u2028\u0085", max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    assert re.search(r"^$|line \d+", problem_of(text.encode()))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("y", "y"),
        ("true", True), ("False", False), ("TRUE", True),
        ("1:30", "1:30"), ("12:30:45", "12:30:45"),
        ("010", "010"), ("0x1F", "0x1F"), ("0b1", "0b1"), ("1_000", "1_000"),
        (".nan", ".nan"), (".inf", ".inf"), ("-.inf", "-.inf"), ("=", "="),
        ("12", 12), ("-3", -3), ("+4", 4), ("0", 0), ("1.10", 1.1), (".5", 0.5), ("1.5e+3", 1500.0), ("2.", 2.0),
        ("~", None), ("null", None), ("", None),
        ("2026-01-31", date(2026, 1, 31)), ("2026-01-31T10:00:00Z", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("1.2.3", "1.2.3"), ("1e5", "1e5"), ("'12'", "12"), ('"true"', "true"),
    ],
)  # fmt: skip
def test_a_plain_value_is_what_it_looks_like(written, read):
    made = strict_yaml.loads(f"value: {written}".encode())["value"]
    assert made == read
    assert type(made) is type(read)


def test_an_alias_bomb_is_refused_where_its_first_anchor_stands():
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert refusal("\n".join(["title: bomb", *levels])) == "an anchor or alias at line 2"


@pytest.mark.parametrize("text", ["a: &x 1", "a: 1\nb: *a", "&a [1]", "- &x {}\n", "&k key: 1", "a: 1\n? *b\n: 2"])
def test_an_anchor_or_alias_of_any_kind_is_refused(text):
    assert "an anchor or alias at line" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']",
        "!!python/name:os.system",
        "!!binary aGk=",
        "!!set {a, b}",
        "!!bool NO",
        "!!str 5",
        "!!omap [a: 1]",
        "!local x",
        "! x",
        "!<tag:example.org,2026:x> y",
        "!!int 010",
    ],
)
def test_a_tag_of_any_kind_is_refused(text):
    assert re.search(r"the tag .* at line 2$", refusal(f"first: 1\nsecond: {text}"))


def test_a_tag_is_refused_whatever_a_directive_calls_it():
    assert "the tag" in refusal("%TAG ! tag:yaml.org,2002:\n---\na: !int 010\n")


def test_a_merge_key_is_refused():
    assert refusal("a: 1\n<<: {b: 2}") == "a merge key at line 2"
    assert "line 2" in refusal("- 1\n- <<")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3", 3),
        ("a: 1\n'a': 2", 2),
        ("x:\n  y: 1\n  y: 2", 3),
        ("- {a: 1, a: 2}", 1),
        ("1: a\n1: b", 2),
        ('a: 1\n"\\x61": 2', 2),
    ],
)
def test_a_key_that_stands_twice_is_named_with_its_line(text, line):
    assert re.search(rf"^the key '[a1y]' twice at line {line}$", refusal(text))


@pytest.mark.parametrize("text", ["true: 1\nTrue: 2", "1: a\n1.0: b", "~: a\nnull: b", "0: a\n-0: b", "false: a\n0: b"])
def test_two_spellings_of_one_key_are_one_key_twice(text):
    assert "two spellings of one key" in refusal(text)


@pytest.mark.parametrize("text", ["? [a, b]\n: 1", "? {a: b}\n: 1", "{[a]: 1}", "{{a: b}: 1}", "? - a\n  - b\n: c"])
def test_a_key_that_is_no_scalar_is_refused(text):
    assert "a key that is not plain text" in refusal(text)


@pytest.mark.parametrize(
    "piece",
    [
        "- ",
        "-  ",
        "-   ",
        "? ",
        "?  ",
        "- ? ",
        "? - ",
        "-\t",
        "[",
        "{",
        "{a: ",
        "[a: ",
        "[[],",
        "[{a: ",
        "{? ",
        "- [",
        "-\n",
        ": ",
        "&a ",
        "!",
        "*a ",
        "a: &a\n",
    ],
)
def test_a_megabyte_of_nesting_ends_at_once(piece):
    refusal(piece * (strict_yaml.MAX_BYTES // len(piece)))


@pytest.mark.parametrize("piece", ["- ", "-  ", "? ", "[", "{a: "])
def test_deep_nesting_is_named_as_such(piece):
    assert refusal(piece * 10_000) == "nesting deeper than 40 at line 1"


@pytest.mark.parametrize("key", ["a:", "-", "?", "- a:"])
def test_nesting_by_indentation_of_one_space_is_counted(key):
    step = 3 if key == "- a:" else 1
    text = "".join(" " * (step * number) + key + "\n" for number in range(400))
    assert "nesting deeper than 40 at line" in refusal(text)


def test_sequences_beside_their_keys_are_counted_too():
    text = "".join(" " * number + "a:\n" + " " * number + "-\n" for number in range(300))
    assert "nesting deeper than 40" in refusal(text)


def test_a_nesting_of_forty_is_read():
    assert strict_yaml.loads(b"[" * 40 + b"]" * 40)
    assert strict_yaml.loads(b"- " * 40 + b"x")
    assert "deeper" in refusal(b"[" * 41 + b"]" * 41)


@pytest.mark.parametrize(
    "piece", ["a:\n", "---\n", "- a\n", "a,", "--- ", "#", "x", "'", "\\", "k: |\n", "- [a, b]\n", "%T\n"]
)
def test_a_megabyte_of_anything_ends_within_two_seconds(piece):
    started = time.process_time()
    assert len(problem_of((piece * (strict_yaml.MAX_BYTES // len(piece))).encode())) < 300
    assert time.process_time() - started < 2


def test_a_file_of_very_many_values_is_refused():
    assert "more than 100,000 values" in refusal("- a\n" * 100_001)
    assert len(strict_yaml.loads(b"- a\n" * 50_000)) == 50_000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2026-13-45", 2),
        ("a: 2026-02-30", 1),
        ("- 2026-01-01T25:00:00Z", 1),
        ("a:\n  - 1.0e+999", 2),
        ("a: 1\nb: " + "9" * 5000, 2),
        ("a: 1\nb: c: d", 2),
        ("a: 1\n---\nb: 2", 2),
        ("a: é\nb: \x07", 2),
        ('a: "\\ud800"', 1),
        ("%YAML 2.0\n---\na: 1", 1),
        ("a: 1\n\tb: 2", 2),
    ],
)
def test_an_error_names_the_line(text, line):
    assert re.search(rf"at line {line}\b", refusal(text))


def test_bytes_that_are_not_utf8_are_refused_with_their_place():
    assert refusal(b"a: \xff") == "not UTF-8 at byte 3"
    assert "not UTF-8" in refusal("a: 1".encode("utf-16"))


def test_bytes_over_the_cap_are_not_looked_at():
    assert "over the cap of 4" in refusal(b"&a [*a]", max_bytes=4)


def test_a_byte_order_mark_and_an_empty_file_are_fine():
    assert strict_yaml.loads("\ufeffa: 1".encode()) == {"a": 1}
    assert strict_yaml.loads(b"") is None
    assert strict_yaml.loads(b"# nothing\n") is None


def test_signs_of_yaml_inside_text_are_text():
    assert strict_yaml.loads(b"a: 'x & y * z! [b] {c}'\nb: R&D\nc: 5 * 3!") == {
        "a": "x & y * z! [b] {c}",
        "b": "R&D",
        "c": "5 * 3!",
    }


PLACED = b"""\
# a comment
id: x
deep:
  one:

    two: {three: 1,
      four: [a,
        b]}
list:
  - name: first
    more: 1
  - - inner
    - 'second

      inner'
  -
    name: third
1: a number for a key
true: a word for a key
folded: >-
  one
  two
last: null
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 2),
        (("id",), 2),
        (("deep",), 3),
        (("deep", "one"), 4),
        (("deep", "one", "two"), 6),
        (("deep", "one", "two", "three"), 6),
        (("deep", "one", "two", "four"), 7),
        (("deep", "one", "two", "four", 0), 7),
        (("deep", "one", "two", "four", 1), 8),
        (("list",), 9),
        (("list", 0), 10),
        (("list", 0, "name"), 10),
        (("list", 0, "more"), 11),
        (("list", 1), 12),
        (("list", 1, 0), 12),
        (("list", 1, 1), 13),
        (("list", 2), 17),
        (("list", 2, "name"), 17),
        ((1,), 18),
        (("true",), 19),
        (("folded",), 20),
        (("last",), 23),
    ],
)
def test_the_line_of_a_value_is_that_of_its_key_or_its_place_in_the_list(place, line):
    assert strict_yaml.line_of(PLACED, place) == line
    assert strict_yaml.line_of(b"\xef\xbb\xbf" + PLACED.replace(b"\n", b"\r\n"), place) == line


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("absent",), 2),
        (("absent", "id"), 2),
        (("deep", "absent", "two"), 3),
        (("deep", "one", "two", "five"), 6),
        (("deep", "one", "two", "four", 2), 7),
        (("deep", "one", "two", "four", 10**9), 7),
        (("list", 3), 9),
        (("list", -1), 9),
        (("list", "name"), 9),
        (("list", 0, 0), 10),
        (("id", "below", "a", "text"), 2),
        (("last", "below", "nothing"), 23),
        (("function-after[check(), Model]", "id"), 2),
    ],
)
def test_of_what_is_absent_the_nearest_that_is_there_has_the_line(place, line):
    assert strict_yaml.line_of(PLACED, place) == line


@pytest.mark.parametrize(
    "data",
    [b"", b"# nothing\n", b"\xff", b"a: [", b"a: 1\n---\nb: 2", b"a: \x07", b"}", b"\x00", "a: 1".encode("utf-16")],
)
@pytest.mark.parametrize("place", [(), ("a",), (0,)])
def test_where_there_is_no_telling_the_line_is_0(data, place):
    assert strict_yaml.line_of(data, place) == 0


def places_in(value, place=()):
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, held in inner:
        yield from places_in(held, (*place, step))


@given(st.dictionaries(TEXT, PLAIN, min_size=1, max_size=5))
def test_every_value_of_a_text_has_a_line_of_it_no_earlier_than_what_holds_it(value):
    data = yaml.dump(value, Dumper=NoAliases, allow_unicode=True, sort_keys=False, default_flow_style=False).encode()
    last = data.count(b"\n") + 1
    for place in places_in(value):
        line = strict_yaml.line_of(data, place)
        assert 1 <= line <= last
        assert not place or line >= strict_yaml.line_of(data, place[:-1])


@given(TEXT.filter(str.strip), st.integers(0, 30))
def test_a_key_is_found_on_the_line_it_was_written_on(key, above):
    rows = {f"row {number}": number for number in range(above)} | {f"key {key}": 1}
    data = yaml.dump(rows, allow_unicode=True, sort_keys=False, width=10**6).encode()
    assert strict_yaml.line_of(data, (f"key {key}",)) == above + 1
