"""One test on one field of a body, with three answers: holds, fails, can not be told.

An absent field fails `present` and leaves every other test undecided, because a tool that did not say a thing has not said
*no*. A list reached with `[]` must have an element: a statement about every one of nothing is not evidence.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.domain.control import Expectation


class Outcome(StrEnum):
    """What a test came to."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


def check(expectation: Expectation, body: Mapping[str, Any]) -> tuple[Outcome, str]:
    """The outcome of a test and the sentence for it. The worst value decides."""
    (test, bound) = next(iter(expectation.tests.items()))
    values = list(_values(body, expectation.field.split(".")))
    if not values:
        return Outcome.UNDECIDED, f"{expectation.field} names a list with nothing in it"
    worst = Outcome.HOLDS, f"{expectation.field} {_said(test, bound)}"
    for value in values:
        outcome = _present(value, wanted=bound) if test == "present" else _compare(test, bound, value)
        if outcome is Outcome.FAILS:
            return outcome, f"{expectation.field} is {_shown(value)}, and should be {_said(test, bound)}"
        if outcome is Outcome.UNDECIDED:
            worst = outcome, f"{expectation.field} is not stated, so {_said(test, bound)} can not be told"
    return worst


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    each = step.endswith("[]")
    held = value.get(step.removesuffix("[]")) if hasattr(value, "get") else None
    if not each:
        yield from _values(held, rest)
    elif isinstance(held, list | tuple):
        for element in held:
            yield from _values(element, rest)


def _present(value: Any, *, wanted: bool) -> Outcome:
    there = value is not None and value != "" and value != [] and value != {} and value != ()
    if isinstance(value, str):
        there = bool(value.strip())
    return Outcome.HOLDS if there is wanted else Outcome.FAILS


def _compare(test: str, bound: Any, value: Any) -> Outcome:
    if value is None:
        return Outcome.UNDECIDED
    holds: bool
    match test:
        case "equals":
            holds = type(value) is type(bound) and value == bound
        case "one_of":
            holds = value in bound
        case "none_of":
            holds = value not in bound
        case "empty":
            if not isinstance(value, list | tuple | dict):
                return Outcome.UNDECIDED
            holds = (not value) is bound
        case _:
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
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
        return f"a list of {len(value)}" if value else "empty"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
