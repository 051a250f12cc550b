"""Where the head and the text of a card give one metric two values.

Only what must mean the same is compared: a statement of the text of the form "metric: value", or a cell of a table whose column and row
name them, against the results of `model-index` for that metric. A statement that names a data set is held against the results on that
one; a statement that names none only where the head has one data set for the metric, and where no other statement of the text agrees
with the head. Tables over epochs and steps are histories and no statements. Values agree where one is a rounding of the other, shares
and percentages alike.
"""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

from governance.linting import names, rules
from governance.linting.backing import is_same, readings
from governance.linting.blocks import Spans
from governance.linting.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.linting.figure import Figure
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

MOST_KINDS = 200
"""Data sets, splits and ways to average of one metric that statements of the text are held against."""


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
    """Hold statements of the text against results of the head. Each is looked up, so that many of both take no longer than they must."""
    results = _Results(stated)
    agrees = [results.agree(each) for each in said]
    for each, agreed in zip(said, agrees, strict=True):
        if agreed:
            continue
        named = results.named(each)
        if not named and (len(results.of_data) > 1 or any(agrees)):
            continue
        held = next((held for held in named or results.kinds if _is_comparable(each, held)), None)
        if held is None:
            continue
        yield rules.finding(
            "card/figure-contradiction",
            f"“{each.metric}” is {each.number.text} here and {held.number.text} in `model-index` (line {held.place.line}"
            f"{f', {held.task}' if held.task else ''}).",
            each.place, subject=f"{each.metric}|{held.task}", level=None if _names_same_split(each, held) else Level.WARNING,
        )  # fmt: skip


class _Results:
    """The results of the head for one metric, in order of their values and by the words of their data sets."""

    def __init__(self, stated: list[Figure]) -> None:
        self.values = sorted(each.number.value for each in stated)
        spans = [(target - half * 2, target + half * 2) for each in stated for target, half in readings(each.number)]
        self.around = Spans(spans, closed=True)
        self.kinds: list[Figure] = []
        """The first result for each data set, split and way to average: the others are compared with nothing else."""
        self.of_data: dict[str, list[Figure]] = {}
        self.by_word: dict[str, list[str]] = {}
        seen: set[tuple[object, ...]] = set()
        for each in stated:
            about = f"{each.metric} {each.label} {each.split}"
            data = names.key(each.task)
            kind = data, frozenset(_splits(about)), frozenset(_AGGREGATE.findall(about.lower()))
            if kind not in seen and len(self.kinds) < MOST_KINDS:
                seen.add(kind)
                self.kinds.append(each)
                if data and data not in self.of_data:
                    for word in {data, data.replace(" ", ""), names.key(data.split()[0]), data.split()[0]}:
                        self.by_word.setdefault(word, []).append(data)
                self.of_data.setdefault(data, []).append(each)

    def agree(self, one: Figure) -> bool:
        """Whether a result is the figure, or the figure the result, rounded or cut off to the digits of the coarser one."""
        value = one.number.value
        if self.around.touches(value, value):
            return True
        for target, half in readings(one.number):
            at = bisect.bisect_left(self.values, target - half * 2)
            if at < len(self.values) and self.values[at] <= target + half * 2:
                return True
        return False

    def named(self, one: Figure) -> list[Figure]:
        """The results on data sets that the words beside a figure name."""
        words = names.tokens(f"{one.direct} {one.around}")
        near = {data for word in words & self.by_word.keys() for data in self.by_word[word]}
        found = [held for data in near if names.mentions(words, data) for held in self.of_data[data]]
        return sorted(found, key=lambda held: held.place)


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
