"""`model-index`: whether the results of the head are built as the Hub reads them.

The form is that of `modelcard.md` in huggingface/hub-docs, and what `model_index_to_eval_results` of huggingface_hub needs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.linting import rules
from governance.linting.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.linting.card import Card
    from governance.linting.findings import Finding

_NUMBER = re.compile(
    r"[-+]?[0-9][0-9_]{0,30}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?(?:\s?%|\s*(?:\+/-|±|\+-)\s*[0-9.]{1,40})?"
)
"""A text that people write for a number: with its spread, with a sign for per cent, or in a notation that our strict YAML does not take."""
Path = tuple[str | int, ...]
_OF_DATA = ("type", "name")
MOST = 500
"""Findings on one `model-index`."""


def check(card: Card) -> Iterator[Finding]:
    """What is missing or of the wrong form; nothing where there is no `model-index`."""
    index = card.head.fields.get("model-index")
    if not isinstance(index, list):
        return
    made = 0
    for at, entry in enumerate(index):
        for path, message, level in _entry(entry, ("model-index", at)):
            made += 1
            if made > MOST:
                return
            yield rules.finding("card/model-index", message, card.head.place(*path), subject=message, level=level)


def _entry(entry: Any, path: Path) -> Iterator[tuple[Path, str, Level | None]]:
    if not isinstance(entry, Mapping):
        yield path, "An entry of `model-index` is no mapping.", None
        return
    if not isinstance(entry.get("name"), str) or not entry["name"].strip():
        yield path, "An entry of `model-index` has no name.", None
    results = entry.get("results")
    if not isinstance(results, list):
        yield path, "An entry of `model-index` has no list of results.", None
        return
    if not results:
        yield (
            (*path, "results"),
            "`model-index` holds no result: it says that there is something where there is nothing.",
            Level.NOTE,
        )
    for at, result in enumerate(results):
        where = (*path, "results", at)
        if not isinstance(result, Mapping):
            yield where, "A result of `model-index` is no mapping.", None
            continue
        yield from _result(result, where)


def _result(result: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str, Level | None]]:
    task, data = result.get("task"), result.get("dataset")
    if not isinstance(task, Mapping) or not isinstance(task.get("type"), str):
        yield path, "A result of `model-index` has no task.type.", None
    if not isinstance(data, Mapping):
        yield path, "A result of `model-index` has no dataset.", None
    else:
        for name in _OF_DATA:
            if not isinstance(data.get(name), str) or not str(data.get(name)).strip():
                yield (*path, "dataset"), f"A result of `model-index` has no dataset.{name}.", None
    metrics = result.get("metrics")
    if not isinstance(metrics, list) or not metrics:
        yield path, "A result of `model-index` has no metrics.", None
        return
    for at, metric in enumerate(metrics):
        yield from _metric(metric, (*path, "metrics", at))
    source = result.get("source")
    if source is not None and not (isinstance(source, Mapping) and isinstance(source.get("url"), str)):
        yield (*path, "source"), "A source of `model-index` has no url.", None


def _metric(metric: Any, path: Path) -> Iterator[tuple[Path, str, Level | None]]:
    if not isinstance(metric, Mapping):
        yield path, "A metric of `model-index` is no mapping.", None
        return
    if not isinstance(metric.get("type"), str):
        yield path, "A metric of `model-index` has no type.", None
    value = metric.get("value")
    if value is None:
        yield path, f"The metric {metric.get('name') or metric.get('type')} of `model-index` has no value.", None
    elif isinstance(value, float) and not math.isfinite(value):
        yield (
            (*path, "value"),
            f"The metric {metric.get('name') or metric.get('type')} of `model-index` is no finite number.",
            None,
        )
    elif isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        yield (
            (*path, "value"),
            f"The metric {metric.get('name') or metric.get('type')} of `model-index` has a text for a value: “{value[:40]}”.",
            Level.WARNING,
        )
    if metric.get("verified") is True and not metric.get("verifyToken"):
        yield (
            path,
            "A metric of `model-index` says `verified: true` without the token by which that could be seen.",
            Level.WARNING,
        )
