"""Which figures evidence stands behind.

A figure is held against every value on record by the figure's own rounding: it counts as the same where the value, rounded to the
digits the card writes, gives the figure; a share may be written as a percentage, and an amount in thousands. Then:

    backed              a value comes to the figure, and its task or metric is named beside the figure, or the card cites the piece
    backed-by-value     a value of three digits or more comes to it, and no name connects the two: it may be chance
    stale               backed, by evidence that is too old by the policy, by its kind or for the day the card names, or that a later
                        run of the same task overrides
    differs             the card names task and metric, or cites a piece, and the evidence has another value
    unbacked            evidence was searched and gives no such value
    cited               not found or not searched for, and a link to results or a citation stands beside it: somebody can look, we did not
    could-not-tell      no evidence was given, and nothing is cited

Without evidence only the last two occur. What is cited or could not be told is never counted as backed.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from governance.linting import beside, names
from governance.linting.findings import Backed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.linting.figure import Figure
    from governance.linting.known import Known, Value
    from governance.linting.numbers import Number

BACKED, BY_VALUE, STALE, DIFFERS, UNBACKED, CITED, UNTOLD = STATES = (
    "backed", "backed-by-value", "stale", "differs", "unbacked", "cited", "could-not-tell",
)  # fmt: skip
MOST_ALIKE = 100
"""Values that come to one figure and are looked at, for each way to read it."""
_NAMELESS = frozenset({"value", "n", "total", "count", "mean", "id", "size"})
CHANCE = 3
"""Fewer significant digits agree with something by chance too often to count without a name."""
_NOT_THE_VALUE = frozenset({"stderr", "difference", "interval", "change", "delta", "gain", "gap", "range", "ci", "n"})
"""Words that say that a figure is something about the value of a metric and not that value."""
_OF_BASE = re.compile(r"\b(?:base(?: ?model|line)?|before|original|untuned|pre-?trained)\b", re.IGNORECASE)
_OF_OTHERS = re.compile(r"\b(?:vs\.?|versus|compared (?:to|with)|than)\b", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:as of|measured|evaluated|tested|results? (?:of|from)|run|updated|dated)(?: on| in)?[: ]{1,3}([0-9]{4})-([0-9]{2})-([0-9]{2})\b",
    re.IGNORECASE,
)


class Evidence:
    """The values on record, in order, so that each figure is looked up in few steps."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.values = sorted(known.values, key=lambda value: (value.number, value.by, value.at))
        self.numbers = [value.number for value in self.values]
        self.of_piece: dict[str, list[Value]] = {}
        for value in self.values:
            for piece in (value.by, *value.rests):
                self.of_piece.setdefault(piece, []).append(value)
        self.by_task: dict[tuple[str, str], list[Value]] = {}
        for value in known.values:
            if value.task:
                self.by_task.setdefault((names.key(value.task), names.key(value.metric)), []).append(value)
        self.latest: dict[tuple[str, ...], Value] = {}
        for value in known.values:  # in the order of the ledger
            if value.task:
                self.latest[value.of, value.task, value.metric, *value.names] = value
        self.tasks = sorted({task for task, _ in self.by_task}, key=lambda task: (-len(task), task))
        self.candidate = beside.called(known.system, *known.names)
        self.bases = tuple(names.tokens(name.rpartition("/")[2]) for name in known.base_names)

    def like(self, number: Number) -> list[Value]:
        """The values that come to a number as it is written."""
        found: list[Value] = []
        for target, half in readings(number, strict=True):
            low = bisect.bisect_left(self.numbers, target - half)
            high = bisect.bisect_right(self.numbers, target + half)
            found += self.values[low : min(high, low + MOST_ALIKE)]
        return found


def readings(number: Number, *, strict: bool = False) -> list[tuple[float, float]]:
    """The values a number may stand for, each with half of its last step: as written, as a share of a hundred, by its unit.

    With `strict` a share of fewer than two decimals stands for itself alone: half a step of `1` takes in half of all
    shares.
    """
    slack = 1 + 1e-9
    half = number.step / 2 * slack
    coarse = strict and number.decimals < 2 and abs(number.value) <= 1
    readings = [(number.value, 1e-12 if coarse else half)]
    if number.percent or (1 < abs(number.value) <= 100):
        readings.append((number.value / 100, half / 100))
    if number.scale != 1:
        readings.append((number.value * number.scale, half * number.scale))
    elif abs(number.value) <= 1 and number.decimals >= 2:
        readings.append((number.value * 100, half * 100))
    return readings


def is_same(number: Number, value: float, steps: float = 0.5, *, strict: bool = False) -> bool:
    """Whether a value comes to a number by the number's own rounding; with `steps` of 1, also where digits were cut off."""
    return any(abs(value - target) <= half * 2 * steps for target, half in readings(number, strict=strict))


def back(figures: Iterable[Figure], known: Known | None, index: Mapping[str, str]) -> list[tuple[Figure, Backed]]:
    """What stands behind each figure; `index` gives the evidence id of each key that the card cites."""
    evidence = Evidence(known) if known is not None and known.values else None
    return [(figure, _one(figure, evidence, known, index)) for figure in figures]


def _one(figure: Figure, evidence: Evidence | None, known: Known | None, index: Mapping[str, str]) -> Backed:
    if evidence is None or known is None:
        cited = figure.sourced or figure.cites or figure.row_cites
        return _made(figure, CITED if cited else UNTOLD)
    direct = [index[key] for key in figure.cites if key in index]
    if any(each in known.sources for each in direct):
        return _cited(figure, direct, evidence)
    context, around = names.tokens(figure.direct), names.tokens(figure.around)
    of_base = _is_of_base(figure, context, evidence)
    sides = _sides(figure, evidence, of_base=of_base)
    said = _Said.beside(figure, evidence)
    found = [value for value in evidence.like(figure.number) if value.of in sides and said.may_be(value)]
    best = max(
        found,
        key=lambda value: (
            _rank(value, context, around, known),
            value.of == "base",
            value.by,
            -len(value.at),
            value.at,
        ),
        default=None,
    )
    rank = _rank(best, context, around, known)[0] if best else 0
    if best is not None and rank >= 2:
        return _fresh(figure, best, evidence, BACKED)
    other = _other_value(figure, context, evidence, side="base" if of_base else "candidate")
    if other is not None and len(sides) == 2 and _may_differ(figure, said):
        return _made(figure, DIFFERS, other, f"{other.task} {other.metric} is {other.number:.6g} in {other.by}")
    if best is not None and (rank == 1 or figure.number.significant >= CHANCE):
        return _fresh(figure, best, evidence, BACKED if rank == 1 else BY_VALUE)
    if figure.sourced or figure.row_cites:
        return _made(figure, CITED)
    return _made(figure, UNBACKED)


def _sides(figure: Figure, evidence: Evidence, *, of_base: bool) -> set[str]:
    """Whose values a figure may have: none where it speaks of somebody else."""
    if figure.peers is not None:
        if not of_base and figure.peers.is_of_another(figure.row, figure.head, evidence.candidate):
            return set()
        return {"base" if of_base else "candidate", "other"}
    if of_base or beside.is_from(figure.before):
        return {"base", "candidate", "other"}  # "from 0.34 of the base to 0.47"
    if _speaks_of_another(figure, evidence):
        return set()
    return {"candidate", "other"}


def _speaks_of_another(figure: Figure, evidence: Evidence) -> bool:
    """Whether a passage names another model, people or chance, and not the candidate."""
    if figure.where not in ("text", "list") or not beside.is_of_another(figure.direct):
        return False
    return not beside.is_called(figure.direct, evidence.candidate)


def _may_differ(figure: Figure, said: _Said) -> bool:
    """Whether nothing beside a figure speaks of anybody else, of a bound, or of a second metric or task."""
    if _OF_OTHERS.search(figure.direct):
        return False
    if figure.where not in ("text", "list"):
        return True
    return not (
        beside.is_of_another(figure.direct)
        or beside.is_bound(figure.before)
        or len(names.metrics(figure.direct)) > 1
        or said.tasks > 1
    )


@dataclass(frozen=True)
class _Said:
    """The metrics and tasks that the clause of a figure names; of the sentence, where the clause names none."""

    metrics: frozenset[str]
    words: frozenset[str]
    named: bool
    """Whether a task is named at all."""
    tasks: int
    """How many tasks on record the sentence names."""

    @classmethod
    def beside(cls, figure: Figure, evidence: Evidence) -> _Said:
        clause = figure.beside or figure.direct
        metrics = names.metrics(clause) or names.metrics(figure.direct)
        words, every = names.tokens(clause), names.tokens(figure.direct)
        held = [task for task in evidence.tasks if names.mentions(every, task)]
        near = names.is_benchmark(clause) or any(names.mentions(words, task) for task in held)
        named = near or names.is_benchmark(figure.direct) or bool(held)
        return cls(metrics, words if near else every, named, len(held))

    def may_be(self, value: Value) -> bool:
        """Whether no other metric and no other task than those of the value are named."""
        if not value.task:
            return True
        metric = names.key(value.metric)
        if self.metrics and names.metrics(metric) and not {metric, *metric.split()} & self.metrics:
            return False
        return not self.named or bool(
            self.words & {*names.key(value.task).split(), names.key(value.task).replace(" ", "")}
        )


def _cited(figure: Figure, cited: list[str], evidence: Evidence) -> Backed:
    """A figure beside a citation of our own: the piece must give it."""
    values = [value for each in cited for value in evidence.of_piece.get(each, ())]
    for value in values:
        if is_same(figure.number, value.number, strict=True):
            return _fresh(figure, value, evidence, BACKED)
    if any(is_same(figure.number, value.number) for value in values):
        return _made(figure, CITED)  # so coarse that it says little, and nothing that is wrong
    if figure.where != "table" or not figure.number.decimals or not values:
        return _made(figure, CITED)  # a count, a duration or a word with a number in it, which has no field of its own
    return _made(figure, DIFFERS, says=f"nothing in {', '.join(cited)} comes to {figure.number.text}")


def _rank(value: Value, context: frozenset[str], around: frozenset[str], known: Known) -> tuple[int, int, bool, bool]:
    """How well the names fit: 3 task and metric beside the figure, 2 one of them, 1 one around it; then how many, bound, fresh."""
    source = known.sources.get(value.by)
    bound, fresh = bool(source and source.bound), not (source and source.stale)
    said = [name for name in (value.task, value.metric) if name] or [
        name for name in value.names if name not in _NAMELESS
    ]
    beside = sum(names.mentions(context, name) for name in said)
    near = sum(names.mentions(around, name) for name in said)
    if value.task:
        return (3 if beside == 2 else 2 if beside and near == 2 else 1 if near else 0), beside, bound, fresh
    return (2 if beside else 1 if near else 0), beside, bound, fresh


def _is_of_base(figure: Figure, context: frozenset[str], evidence: Evidence) -> bool:
    """Whether the words beside a figure say that it is of the base."""
    if _OF_BASE.search(figure.direct):
        return True
    return figure.where == "table" and any(name and name <= context for name in evidence.bases)


def _other_value(figure: Figure, context: frozenset[str], evidence: Evidence, *, side: str) -> Value | None:
    """The one value on record for the task and the metric that the card names beside the figure, where it is another."""
    if figure.number.significant < 2 or context & _NOT_THE_VALUE:
        return None
    task = next((each for each in evidence.tasks if names.mentions(context, each)), None)
    held = [
        value
        for (one, metric), values in sorted(evidence.by_task.items(), key=lambda item: (len(item[0][1]), item[0]))
        if one == task and names.mentions(context, metric)
        for value in values
        if value.of == side
    ]
    if not held or any(is_same(figure.number, value.number) for value in held):
        return None
    return held[-1]


def _fresh(figure: Figure, value: Value, evidence: Evidence, state: str) -> Backed:
    """The figure as backed, unless the evidence is too old for it or a later run says otherwise."""
    source = evidence.known.sources.get(value.by)
    later = evidence.latest.get((value.of, value.task, value.metric, *value.names))
    if later is not None and later.by != value.by and not is_same(figure.number, later.number):
        return _made(figure, STALE, value, f"and a later run, {later.by}, gives {later.number:.6g}")
    if source is None:
        return _made(figure, state, value)
    if source.stale:
        return _made(figure, STALE, value, source.stale)
    claimed = _claimed(figure.around)
    if claimed and source.day and source.day < claimed:
        return _made(figure, STALE, value, f"of {source.day}, and the card speaks of {claimed}")
    return _made(figure, state, value)


def _claimed(text: str) -> date | None:
    """The day on which the card says that it was measured."""
    for match in _DAY.finditer(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
    return None


def _made(figure: Figure, state: str, value: Value | None = None, says: str = "") -> Backed:
    return Backed(
        figure.number.text.strip(), " ".join(figure.label.split()), figure.where, figure.place, state, value.by if value else "",
        value.at if value else "", says,
    )  # fmt: skip
