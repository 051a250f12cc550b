"""Where the head and the text of a card give one metric two values.

Only what must mean the same is compared: a statement of the text of the form "metric: value", or a cell of a table whose column and row
name them, against the results of `model-index` for that metric. A statement that names a data set is held against the results on that
one; a statement that names none only where the head has one data set for the metric, and where no other statement of the text agrees
with the head. Tables over epochs and steps are histories and no statements. Values agree where one is a rounding of the other, shares
and percentages alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.linting import names, rules
from governance.linting.backing import is_same
from governance.linting.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.linting.figures import Figure
    from governance.linting.findings import Finding

_SPLITS = re.compile(
    r"\b(train(?:ing)?|dev(?:elopment)?|val(?:idation)?|test(?:ing)?|eval(?:uation)?|hard|easy)\b", re.IGNORECASE
)
_SAME_SPLIT = {
    "training": "train", "development": "dev", "val": "dev", "validation": "dev", "testing": "test", "evaluation": "eval",
}  # fmt: skip
_AGGREGATE = re.compile(
    r"\b(?:macro|micro|weighted|average|avg|overall|per|class|best|final|mean|std|norm\w*|top)\b", re.IGNORECASE
)


def check(figures: Sequence[Figure]) -> Iterator[Finding]:
    """A finding for each statement of the text that no result of the head comes to; and for results that contradict each other."""
    stated: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.where == "model-index" and figure.metric:
            stated.setdefault(_metric(figure.metric), []).append(figure)
    yield from _twice(stated)
    said: dict[str, list[Figure]] = {}
    for figure in figures:
        name = _metric(figure.metric) if figure.where in ("text", "list") and figure.metric else ""
        if name in stated:
            said.setdefault(name, []).append(figure)
    for name in sorted(said):
        yield from _compare(said[name], stated[name])


def _metric(name: str) -> str:
    plain = re.sub(r"^(?:eval(?:uation)?|test|val(?:idation)?|dev)[ _-]+", "", names.key(name))
    return names.key(plain)


def _compare(said: list[Figure], stated: list[Figure]) -> Iterator[Finding]:
    data = {names.key(each.task) for each in stated}
    agrees = {id(each) for each in said if any(_agree(each, held) for held in stated)}
    for each in said:
        if id(each) in agrees:
            continue
        words = names.tokens(f"{each.direct} {each.around}")
        named = [held for held in stated if held.task and names.mentions(words, held.task)]
        if not named and (len(data) > 1 or agrees):
            continue
        against = [held for held in named or stated if _is_comparable(each, held)]
        if not against:
            continue
        held = against[0]
        yield rules.finding(
            "card/figure-contradiction",
            f"“{each.metric}” is {each.number.text} here and {held.number.text} in `model-index` (line {held.place.line}"
            f"{f', {held.task}' if held.task else ''}).",
            each.place, subject=f"{each.metric}|{held.task}", level=None if _names_same_split(each, held) else Level.WARNING,
        )  # fmt: skip


def _agree(one: Figure, other: Figure) -> bool:
    """Whether one is the other, rounded or cut off to the digits of the coarser one."""
    return is_same(one.number, other.number.value, steps=1) or is_same(other.number, one.number.value, steps=1)


def _is_comparable(said: Figure, held: Figure) -> bool:
    """Whether nothing in their names says that they are of different splits or different ways to average."""
    here = f"{said.metric} {said.direct}"
    there = f"{held.metric} {held.label} {held.split}"
    mine, theirs = _splits(here), _splits(there)
    if mine and theirs and not mine & theirs:
        return False
    apart = {word.lower() for word in _AGGREGATE.findall(here)} ^ {word.lower() for word in _AGGREGATE.findall(there)}
    return not apart


def _names_same_split(said: Figure, held: Figure) -> bool:
    """Whether both name a split or neither does; where only one does, they may speak of two."""
    return bool(_splits(f"{said.metric} {said.direct}")) == bool(_splits(f"{held.metric} {held.label} {held.split}"))


def _splits(text: str) -> set[str]:
    found = {_SAME_SPLIT.get(word.lower(), word.lower()) for word in _SPLITS.findall(text)}
    return found - {"eval"}


def _twice(stated: dict[str, list[Figure]]) -> Iterator[Finding]:
    """Two results of the head for one metric on one data set, configuration and split."""
    for name in sorted(stated):
        first: dict[tuple[str, str, str], Figure] = {}
        for figure in stated[name]:
            key = (figure.direct, figure.split, figure.metric)
            held = first.setdefault(key, figure)
            if held is not figure and not _agree(held, figure):
                yield rules.finding(
                    "card/figure-contradiction",
                    f"`model-index` gives {figure.label} as {figure.number.text} here and as {held.number.text} in line {held.place.line}.",
                    figure.place, subject=f"twice {figure.label}",
                )  # fmt: skip
