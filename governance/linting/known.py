"""What is known from evidence, as the linter takes it: values with their names, the age of each piece, and licences.

This is plain data. `of_case` makes it from a judged case and nothing else; whoever has evidence in another form can make it by hand.

Taken are the numbers in the bodies of all evidence that speaks of the candidate, of its base, of the data sets, runs and machines
behind it; how many rows a list has and the sums of its fields; and for each task and metric the difference of candidate and base, with
its interval. Left out are pieces about other weights, lists of more than `LONGEST_LIST` rows (single answers, and no results), and what
is not finite.
What the gate answered, the numbers it judged, and the bounds it was asked to hold, are taken as well, since documents print them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role, SubjectType
from governance.linting import folding, lineage, names, numbers
from governance.verifier import figures, intervals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from governance.domain.assessment import Numbers
    from governance.domain.case import Case
    from governance.domain.conditions import Condition
    from governance.domain.dossier import Dossier
    from governance.verifier.intervals import Interval

GATE = "gate"
"""The source of what judgement came to, beside the ids of evidence."""
LONGEST_LIST = 2_000
LONGEST_ROW = 50
"""A bare list of more numbers is a column of answers."""
MAX_VALUES = 200_000
_MEASURING = frozenset({"metric", "interval", "non_inferior", "no_worse_slice", "sufficient", "max_attempts"})
"""Words of a policy that are about numbers."""
_NAMING = ("task", "metric", "filter", "name", "category", "probe", "group", "data_set", "split", "attribute", "unit")


@dataclass(frozen=True)
class Value:
    """A number in evidence: of which piece, at which pointer, what it is called, and of what it speaks.

    `names` are its field and the words beside it and above it (task, metric, group). `of` is `candidate`, `base` or `other` (data, run,
    machine). `task` and `metric` are set where the evidence tells them apart. `rests` are the pieces that judgement made it of.
    """

    number: float
    by: str
    at: str
    names: tuple[str, ...] = ()
    of: str = "candidate"
    task: str = ""
    metric: str = ""
    rests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A piece of evidence: its kind, the day it speaks of (None where no clock was recorded), and why it is too old, or nothing."""

    kind: str
    day: date | None = None
    stale: str = ""
    bound: bool = True
    """Whether a digest ties it to what it speaks of."""


@dataclass(frozen=True)
class Known:
    """Everything the linter is told about one system."""

    system: str
    values: tuple[Value, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    """By the id of the evidence; also those that hold no value."""
    licence: str | None = None
    """The licence that the owner states for the model."""
    base_licences: Mapping[str, str] = field(default_factory=dict)
    """What the owner states of the licence of a base, by its name."""
    data_licences: Mapping[str, str] = field(default_factory=dict)
    """The licences of data sets on record, by their names."""
    base_names: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """What the candidate is called beside the id of the system."""
    ids: frozenset[str] = frozenset()
    """Every id of evidence on record, also of pieces about something else."""

    def licence_of(self, base: str) -> lineage.Known | None:
        """The licence of a base model as the owner states it."""
        for name, licence in self.base_licences.items():
            if names.key(name) == names.key(base):
                return lineage.stated(licence, "stated by the owner of the system")
        return None

    @cached_property
    def speaks_of_candidate(self) -> bool:
        """Whether a value on record is about the candidate."""
        return any(value.of == "candidate" for value in self.values)


def of_case(case: Case) -> Known:
    """What a judged case knows. The moment of judgement is that of the case, the ages are those its policy and its kinds allow."""
    dossier = case.dossier
    values: list[Value] = []
    sources: dict[str, Source] = {}
    licences: dict[str, str] = {}
    for piece in dossier.pieces:
        of = _speaks_of(dossier, piece)
        if of is None:
            continue
        sources[piece.id] = _source(case, piece)
        if len(values) < MAX_VALUES:
            _take(piece.body, piece.id, "", (), of, values)
        if piece.record.kind == "dataset-manifest.v1":
            stated = piece.body.get("licence")
            named = stated.get("id") or stated.get("name") if isinstance(stated, Mapping) else None
            licences[str(piece.body.get("name"))] = str(named or "")
    base = dossier.system.base_model
    return Known(
        system=dossier.system.id,
        values=(*values[:MAX_VALUES], *_compared(dossier), *_judged(case, sources)),
        sources=sources | {GATE: Source("gate", case.on.date())},
        licence=dossier.system.licence,
        base_licences={base.name: base.licence} if base and base.licence else {},
        data_licences=licences,
        base_names=tuple(filter(None, (base.name if base else "", _base_name(dossier)))),
        names=(dossier.system.name,),
        ids=frozenset(piece.id for piece in dossier.pieces),
    )


def _speaks_of(dossier: Dossier, piece: Piece) -> str | None:
    """`candidate`, `base` or `other`; None for evidence on other weights and on models held against."""
    subject = piece.record.subject
    if subject.role is Role.REFERENCE:
        return None
    if subject.role is None:
        return "other" if subject.type is not SubjectType.MODEL else None
    held = dossier.candidate if subject.role is Role.CANDIDATE else dossier.base
    if held is not None and subject.digest is not None and subject.digest not in held.digests:
        return None
    return "candidate" if subject.role is Role.CANDIDATE else "base"


def _base_name(dossier: Dossier) -> str:
    base = dossier.candidate.body.get("base") if dossier.candidate else None
    return str(base.get("name") or "") if isinstance(base, Mapping) else ""


def _source(case: Case, piece: Piece) -> Source:
    """How old a piece is: by the policy where it has a rule for the kind, else by what the kind says of itself."""
    record = piece.record
    when = record.effective_at
    kind = case.catalogue.kinds.get(record.kind)
    policy = case.catalogue.policies.get(case.gate.policy)
    rule = next((each for each in (policy.figures or ()) if record.kind in each.kinds), None) if policy else None
    limit = rule.within_days if rule else (kind.fresh_for if kind else None)
    days = (case.on - (when or piece.recorded_at)).days
    by = "the policy quotes" if rule else "evidence of this kind holds"
    stale = (
        f"of {when or piece.recorded_at:%Y-%m-%d}, {days:,} days ago; {by} it for {limit:,}"
        if limit is not None and days > limit
        else ""
    )
    return Source(record.kind, when.date() if when else None, stale, record.subject.digest is not None)


def _take(body: Any, by: str, at: str, called: tuple[str, ...], of: str, into: list[Value]) -> None:
    """Take the numbers below a part of a body, each with the names on the way to it."""
    if len(into) >= MAX_VALUES:
        return
    if isinstance(body, Mapping):
        own = tuple(str(body[name]) for name in _NAMING if isinstance(body.get(name), str) and len(body[name]) <= 300)
        for key, value in body.items():
            pointer = f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                if math.isfinite(value):
                    task, metric = _told(body, str(key))
                    words = (str(key).replace("_", " "), *own, *called)
                    into.append(Value(float(value), by, pointer, words, of, task, metric))
            elif isinstance(value, (Mapping, list, tuple)):
                _take(value, by, pointer, (*own, *called[:6]), of, into)
    elif isinstance(body, (list, tuple)) and len(body) <= LONGEST_LIST:
        _take_totals(body, by, at, called, of, into)
        for number, value in enumerate(body):
            if isinstance(value, (Mapping, list, tuple)):
                _take(value, by, f"{at}/{number}", called, of, into)
            elif (
                len(body) <= LONGEST_ROW
                and isinstance(value, (int, float))
                and not isinstance(value, bool)
                and math.isfinite(value)
            ):
                into.append(Value(float(value), by, f"{at}/{number}", called, of))


def _take_totals(rows: Sequence[Any], by: str, at: str, called: tuple[str, ...], of: str, into: list[Value]) -> None:
    """How many rows a list has, and the sum of each field that is a number in all of them, as documents print both."""
    words = (at.rpartition("/")[2].replace("_", " "), *called)
    into.append(Value(float(len(rows)), by, at, words, of))
    if len(rows) < 2 or not all(isinstance(row, Mapping) for row in rows):
        return
    for key in rows[0]:
        column = [row.get(key) for row in rows]
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in column) and math.isfinite(
            sum(column)
        ):
            into.append(Value(float(sum(column)), by, at, (str(key).replace("_", " "), "total", *called), of))


def _told(row: Mapping[str, Any], key: str) -> tuple[str, str]:
    """Task and metric of the value of an evaluation row; the same row's counts and errors have none."""
    if key == "value" and isinstance(row.get("task"), str) and isinstance(row.get("metric"), str):
        return str(row["task"]), str(row["metric"])
    return "", ""


def _judged(case: Case, sources: Mapping[str, Source]) -> Iterator[Value]:
    """The bounds of the policy and its floors, the numbers that the gate judged, and those in its reasons; their source is `gate`."""
    policy = case.catalogue.policies.get(case.gate.policy)
    for asking in (*((policy,) if policy else ()), *case.catalogue.floors(case.gate.policy)):
        for condition in asking.conditions:
            yield from _bounds(condition)
    for at, result in enumerate(case.gate.conditions):
        for place, held in enumerate(result.numbers or ()):
            if not any(sources[name].stale for name in held.evidence if name in sources):
                yield from _measured(held, f"/conditions/{at}/numbers/{place}")
        said = tuple(dict.fromkeys(word for word in folding.words(result.reason[:2000]) if len(word) > 3))[:20]
        for number in numbers.numbers(result.reason[:2000]):
            yield Value(number.value, GATE, f"/conditions/{at}/reason", said, "other")


def _bounds(condition: Condition) -> Iterator[Value]:
    asked = getattr(condition, condition.word)
    for name in ("at_least", "at_most", "margin", "most"):
        limit = getattr(asked, name, None)
        if limit is not None and condition.word in _MEASURING:
            of = (getattr(asked, field, None) for field in ("metric", "purpose", "task"))
            yield Value(float(limit), GATE, f"/policy/{condition.id}", tuple(filter(None, (name, *of))), "other")


def _measured(held: Numbers, at: str) -> Iterator[Value]:
    """What the gate judged. A difference is none of the metric's values, so it is named and not told apart by task and metric."""
    what = ("difference",) if held.against else ()
    named = (*what, held.task, held.metric, *filter(None, (held.filter, held.group, held.against)))
    of = "other" if held.against else "candidate"  # a difference is of both sides
    for name in ("value", "low", "high", "bound", "n", "gained", "lost", "p", "confidence", "attempts", "more"):
        number = figures.finite(getattr(held, name))
        if number is not None:
            first = {"value": (), "low": ("interval",), "high": ("interval",)}.get(name, (name,))
            yield Value(float(number), GATE, f"{at}/{name}", (*first, *named), of, rests=held.evidence)


def _compared(dossier: Dossier) -> Iterator[Value]:
    """Candidate less base for each task, metric and filter that both have, and the 95 % intervals, as documents print them."""
    rows: dict[str, dict[tuple[str, ...], tuple[str, str, Mapping[str, Any]]]] = {"candidate": {}, "base": {}}
    for piece in dossier.of_kind("eval-run.v1"):
        of = _speaks_of(dossier, piece)
        for number, row in enumerate(piece.body.get("results") or () if of in rows else ()):
            if isinstance(row, Mapping) and of:
                key = tuple(str(row.get(name)) for name in ("task", "metric", "filter"))
                rows[of][key] = piece.id, f"/results/{number}", row
    for of, held in rows.items():
        for key, (by, at, row) in held.items():
            yield from _ends(intervals.of_result(row), by, at, ("interval", *key), of)
    for key, (by, at, row) in rows["candidate"].items():
        other = rows["base"].get(key)
        after, before = figures.finite(row.get("value")), figures.finite(other[2].get("value")) if other else None
        if other and after is not None and before is not None:
            gain = figures.finite(float(after) - float(before))
            if gain is not None:
                yield Value(gain, by, at, ("difference", *key))
            yield from _ends(
                intervals.of_difference(row, other[2]), by, at, ("difference", "interval", *key), "candidate"
            )


def _ends(found: Interval | None, by: str, at: str, words: tuple[str, ...], of: str) -> Iterator[Value]:
    if found is not None:
        yield Value(found.low, by, at, words, of)
        yield Value(found.high, by, at, words, of)
