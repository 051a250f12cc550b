"""Where two tools tell the same fact and do not say the same.

A trainer's own state and a tracker's copy of it, two meters of one run's energy, a data set's card and its Croissant file: each
tells a number of its own. The numbers are laid side by side with who said them. Nothing is averaged and none is preferred; which
one counts for a control is the control's business.

Only pieces of different collectors are held against each other, the newest of each, and only about the same thing: the same
weights, or where none are tied the same name. A field that one of them leaves open is no difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from governance.domain.difference import Difference, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from governance.domain.evidence import Evidence

FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "training-run.v1": (
        ("steps", ""), ("max_steps", ""), ("epochs", ""), ("finished", ""), ("seed", ""), ("final_loss", ""),
        ("train_runtime_seconds", "s"), ("total_flos", ""), ("base_model.name", ""), ("base_model.revision", ""),
        ("adapter.type", ""), ("adapter.r", ""), ("adapter.alpha", ""), ("hyperparameters.*", ""),
    ),
    "energy.v1": (
        ("kwh", "kWh"), ("gpu_kwh", "kWh"), ("cpu_kwh", "kWh"), ("ram_kwh", "kWh"), ("co2_grams", "g"),
        ("duration_seconds", "s"),
    ),
    "compute-environment.v1": (("driver", ""), ("cuda", ""), ("python", ""), ("memory_bytes", "B")),
    "dataset-manifest.v1": (("rows", ""), ("spdx", ""), ("manifest_digest", "")),
    "model-artifacts.v1": (("parameters", ""), ("manifest_digest", "")),
}  # fmt: skip
_MOST = 200
_NOISE = 1e-9


@dataclass(frozen=True)
class Told:
    """One piece as it is compared: who said it, about what, and when (any value that can be ordered)."""

    id: str
    kind: str
    collector: str
    tool: str
    about: str
    newest: Any
    body: Mapping[str, Any]


def told(evidence_id: str, record: Evidence, body: Mapping[str, Any], seq: int = 0) -> Told:
    """A piece as it is compared: about the weights that it is tied to, else about what it names."""
    subject = record.subject
    return Told(
        id=evidence_id,
        kind=record.kind,
        collector=record.collector.name,
        tool=record.tool or record.collector.name,
        about=f"{subject.name} {subject.digest[:19]}" if subject.digest else subject.name,
        newest=(record.effective_at.timestamp() if record.effective_at else 0.0, seq),
        body=body,
    )


def differences(pieces: Iterable[Told]) -> tuple[Difference, ...]:
    """All differences among the pieces, in order of kind, thing and field; at most 200."""
    told = sorted((each for each in pieces if each.kind in FIELDS), key=lambda each: (each.kind, each.about))
    made: list[Difference] = []
    for (kind, about), group in groupby(told, key=lambda each: (each.kind, each.about)):
        newest: dict[str, Told] = {}
        for each in group:
            held = newest.get(each.collector)
            if held is None or each.newest > held.newest:
                newest[each.collector] = each
        if len(newest) > 1:
            made += _among(kind, about, list(newest.values()))
    return tuple(made[:_MOST])


def _among(kind: str, about: str, pieces: list[Told]) -> Iterator[Difference]:
    for field, unit in _named(kind, pieces):
        said = [Said(each.id, each.tool, value) for each in pieces if (value := _value(each.body, field)) is not None]
        if len(said) > 1 and not all(_same(said[0].value, each.value) for each in said[1:]):
            yield Difference(kind, about, field, unit, tuple(said))


def _named(kind: str, pieces: list[Told]) -> Iterator[tuple[str, str]]:
    """The fields of a kind; one that ends in a star stands for all names below it."""
    for field, unit in FIELDS[kind]:
        if not field.endswith(".*"):
            yield field, unit
            continue
        holders = [each.body.get(field[:-2]) for each in pieces]
        names = {name for holder in holders if isinstance(holder, dict) for name in holder}
        yield from ((f"{field[:-1]}{name}", unit) for name in sorted(names))


def _value(body: Mapping[str, Any], field: str) -> Any:
    value: Any = body
    first, _, rest = field.partition(".")
    value = body.get(first)
    if rest:
        value = value.get(rest) if isinstance(value, dict) else None
    return value if isinstance(value, (str, int, float, bool)) else None


def _same(one: Any, other: Any) -> bool:
    one, other = _plain(one), _plain(other)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)) and not isinstance(one, bool):
        return math.isclose(one, other, rel_tol=_NOISE, abs_tol=0.0)
    return bool(one == other)


def _plain(value: Any) -> Any:
    """A value as JSON would spell it: trackers keep every setting as text."""
    if not isinstance(value, str):
        return value
    word = value.strip()
    if word in ("True", "False"):
        return word == "True"
    try:
        return float(word)
    except ValueError:
        return word
