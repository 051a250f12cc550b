"""One value, one spelling: the published vectors of RFC 8785, and what has no canonical form."""

import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json

# RFC 8785, Appendix B: IEEE 754 bits and the text they are written as
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_the_published_numbers_are_written_as_published(bits, written):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical.dumps(number).decode() == written


def test_the_published_example_is_written_as_published():
    # RFC 8785, section 3.2.2 and 3.2.3
    example = rb"""{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }"""
    written = (
        r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r'"string":"' + "\u20ac" + r"""$\u000f\nA'B\"\\\\\"/"}"""
    )
    assert canonical.dumps(strict_json.loads(example)).decode() == written


def test_keys_are_sorted_by_utf16_code_units():
    # RFC 8785, section 3.2.3
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical.dumps(dict.fromkeys(keys, 0)))
    assert list(written) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    "value",
    [
        2**53 + 1,
        -(2**53) - 1,
        10**400,
        float("nan"),
        float("inf"),
        "\ud800",
        {"\udfff": 1},
        [["\ud83d"]],
        b"bytes",
        {1: 2},
        {"a": {1, 2}},
        datetime(2026, 1, 1, tzinfo=UTC),
    ],
)
def test_a_value_without_a_canonical_form_is_refused(value):
    with pytest.raises(UnreadableError, match="no canonical JSON"):
        canonical.dumps(value)


def test_nesting_without_end_is_refused():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UnreadableError):
        canonical.dumps(deep)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_the_order_of_keys_does_not_change_the_digest(value):
    turned = dict(reversed(value.items()))
    assert canonical.digest(turned) == canonical.digest(value)
    assert canonical.dumps(strict_json.loads(canonical.dumps(value))) == canonical.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.floats(2.0**53, 1e22) | st.integers(2**53, 10**22))
def test_what_was_written_canonically_can_be_read_and_written_again(number):
    try:
        written = canonical.dumps({"total_flos": [number, -number]})
    except UnreadableError:
        assert isinstance(number, int)
        assert str(number) != canonical.dumps(float(number)).decode()
        return
    assert canonical.dumps(strict_json.loads(written)) == written


def test_a_digest_names_its_algorithm():
    assert canonical.sha256(b"abc") == "sha256:" + hashlib.sha256(b"abc").hexdigest()
    assert canonical.digest({"b": 1, "a": 2}) == canonical.sha256(b'{"a":2,"b":1}')


def test_an_instant_is_written_in_utc_and_to_the_second():
    in_delhi = datetime(2026, 3, 1, 4, 15, 30, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert canonical.instant(in_delhi) == "2026-02-28T22:45:30Z"
    assert canonical.moment("2026-03-01T04:15:30+05:30") == datetime(2026, 2, 28, 22, 45, 30, tzinfo=UTC)
    assert canonical.moment("2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_is_read_back_or_refused_with_a_value_error(moment):
    try:
        written = canonical.instant(moment)
    except ValueError:
        assert moment.year in (1, 9999)
        return
    assert len(written) == 20
    assert canonical.instant(canonical.moment(written)) == written
    assert timedelta() <= moment - canonical.moment(written) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "text", ["", "2026-13-01", "2026-01-01T00:00:00", "yesterday", "2026-01-01T25:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_text_that_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        canonical.moment(text)


def test_a_moment_without_a_time_zone_has_no_instant():
    with pytest.raises(ValueError, match="time zone"):
        canonical.instant(datetime(2026, 1, 1))
