"""The quick look whether bytes are canonical answers as the whole library does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.parsing import canonical, strict_json

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
SPELT = st.sampled_from(
    [
        {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")},
        {"ensure_ascii": True, "sort_keys": True, "separators": (",", ":")},
        {"ensure_ascii": False, "sort_keys": False, "separators": (",", ":")},
        {"ensure_ascii": False, "sort_keys": True},
    ]
)


def slowly(value: Any, data: bytes) -> bool | None:
    try:
        return canonical.dumps(value) == data
    except Exception:
        return None


@given(VALUES, SPELT)
def test_any_spelling_of_the_standard_library_is_judged_alike(value: Any, how: dict[str, Any]) -> None:
    try:
        data = json.dumps(value, **how).encode()
        parsed = strict_json.loads(data)
    except Exception:
        return
    wanted = slowly(parsed, data)
    if wanted is not None:
        assert canonical.is_spelling(parsed, data) is wanted


@given(VALUES)
def test_the_canonical_spelling_is_told(value: Any) -> None:
    try:
        data = canonical.dumps(value)
    except Exception:
        return
    assert canonical.is_spelling(strict_json.loads(data), data)
    assert not canonical.is_spelling(strict_json.loads(data), data + b" ")
    assert not canonical.is_spelling(strict_json.loads(b" " + data), b" " + data)


@pytest.mark.parametrize(
    "data",
    [b'{"a":1.0}', b'{"a":1e3}', b'[1E2]', b'[-0.0]', b'[0.10]', b'{"b":1,"a":2}', b'{"a":"\\u0061"}', b'["\\/"]', b"1.0", b"[-0]",
     '{"\U0001f600":1,"\uff61":2}'.encode(), b'[ 1]', b'["\\u001F"]'],
)  # fmt: skip
def test_other_spellings_of_what_differs_between_the_two_are_told(data: bytes) -> None:
    value = strict_json.loads(data)
    assert canonical.is_spelling(value, data) is bool(slowly(value, data))
