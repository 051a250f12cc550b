"""One test on one field of a body, with three answers: holds, fails, can not be told.

An absent field fails `present` and leaves every other test undecided, because a tool that did not say a thing has not
said *no*. The same goes for a value of another type than the test is about, and for a number that is none (NaN,
infinity). A list reached with `[]` must have an element, and so must each list inside it: a statement about every one
of nothing is not evidence. Text that fills a field without saying anything ("TBD", ".") is not there.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeGuard

from governance.domain.base import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.domain.control import Expectation


_NOTHING = object()
"""Stands for the elements of a list that has none."""


class Outcome(StrEnum):
    """What a test came to."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


def check(expectation: Expectation, body: Mapping[str, Any]) -> tuple[Outcome, str]:
    """The outcome of a test and the sentence for it. The worst value decides."""
    (test, bound) = next(iter(expectation.tests.items()))
    field = expectation.field
    found = Outcome.HOLDS, f"{field} {_said(test, bound)}"
    for value in _values(body, field.split(".")):
        if value is _NOTHING:
            found = Outcome.UNDECIDED, f"{field} names a list with nothing in it"
            continue
        outcome = _present(value, wanted=bound) if test == "present" else _compare(test, bound, value)
        if outcome is Outcome.FAILS:
            return outcome, f"{field} is {_shown(value)}, and should be {_said(test, bound)}"
        if outcome is Outcome.UNDECIDED:
            found = outcome, f"{field} is {_shown(value)}, so {_said(test, bound)} can not be told"
    return found


def unsaid(expectation: Expectation, body: Mapping[str, Any]) -> bool:
    """Whether a body says nothing at all in the field: every value there is null or empty, or the field is not there."""
    if "empty" in expectation.tests:
        return all(value is None for value in _values(body, expectation.field.split(".")))
    values = _values(body, expectation.field.split("."))
    return all(value is None or value is _NOTHING or value in ("", [], {}) for value in values)


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a number that can be compared: no truth value, no text, no NaN, no infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    held = value.get(step.removesuffix("[]")) if hasattr(value, "get") else None
    if not step.endswith("[]"):
        yield from _values(held, rest)
    elif isinstance(held, list | tuple) and held:
        for element in held:
            yield from _values(element, rest)
    else:
        yield _NOTHING


def _present(value: Any, *, wanted: bool) -> Outcome:
    return Outcome.HOLDS if _there(value) is wanted else Outcome.FAILS


def _there(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().isdigit() or not is_placeholder(value)
    if isinstance(value, list | tuple):
        return any(_there(element) for element in value)
    if isinstance(value, dict):
        return any(_there(element) for element in value.values())
    return isinstance(value, bool) or is_number(value) or (value is not None and not isinstance(value, float))


def _compare(test: str, bound: Any, value: Any) -> Outcome:
    if value is None:
        return Outcome.UNDECIDED
    holds: bool
    match test:
        case "equals":
            holds = type(value) is type(bound) and value == bound
        case "one_of" | "none_of":
            if not isinstance(value, str):
                return Outcome.UNDECIDED
            holds = (value in bound) is (test == "one_of")
        case "empty":
            if not isinstance(value, list | tuple | dict):
                return Outcome.UNDECIDED
            holds = (not value) is bound
        case _:
            if not is_number(value):
                return Outcome.UNDECIDED
            holds = value >= bound if test == "at_least" else value <= bound
    return Outcome.HOLDS if holds else Outcome.FAILS


def _said(test: str, bound: Any) -> str:
    words = {
        "present": "stated" if bound else "absent",
        "equals": f"{_shown(bound)}",
        "at_least": f"at least {bound:g}" if isinstance(bound, int | float) else "",
        "at_most": f"at most {bound:g}" if isinstance(bound, int | float) else "",
        "empty": "empty" if bound else "not empty",
    }
    if test in {"one_of", "none_of"}:
        return ("one of " if test == "one_of" else "none of ") + ", ".join(bound)
    return words[test]


def _shown(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | dict):
        names = [str(item["path"]) for item in value if isinstance(item, dict) and "path" in item]
        return (f"a list of {len(value)}" + (f" ({', '.join(names[:3])})" if names else "")) if value else "empty"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
