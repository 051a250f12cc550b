"""What the standard encoder writes in place of the library is byte for byte what the library writes."""

import json

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.parsing import canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(VALUES)
@example({"\ue000": 1, "\U00010000": 2, "é": 3, "e": 4})
@example({"a": '\x00\x1f\x7f\u2028\u2029"\\/\b\f\n\r\t\ud7ff\U0010ffff'})
@example([1.0, -0.0, 0.5, 1e-4, 9.9e-5, 1e-7, 1e15, 1e16, 123456789012345.6, 1e21, -1.5])
@example([True, False, None, (), [], {}, (1, 2)])
def test_any_value_is_written_as_the_library_writes_it(value):
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(st.floats(min_value=1e-9, max_value=1e18))
def test_any_fraction_is_written_as_the_library_writes_it(number):
    assert canonical.dumps([number, -number]) == rfc8785.dumps([number, -number])


@pytest.mark.parametrize("value", [{1: 2}, {"a": {None: 1}}, {"a": object()}, "\ud800", {"\ud800": 1}, b"x", {1, 2}])
def test_what_only_the_standard_encoder_would_take_is_still_refused(value):
    with pytest.raises(UnreadableError, match="no canonical JSON"):
        canonical.dumps(value)


def test_a_value_that_holds_itself_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(UnreadableError, match="no canonical JSON"):
        canonical.dumps(value)


def test_nearly_every_entry_goes_the_quick_way():
    assert canonical._is_spelt_alike(json.loads('{"a":[1,"ü",0.25,null,true,{"b":"c"}]}'))
