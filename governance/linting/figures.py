"""Figures of a card: the numbers by which it says how good, how large or how costly the model is.

Taken are: every metric of `model-index` and the emissions of the head; percentages; decimal numbers that stand with a metric, a
benchmark or a unit; whole numbers in a column, a row or an item that names a metric. Left out are versions, dates, years, licence and
section numbers, names (`7B`), settings (a learning rate is chosen and not measured), counters (epoch, step), confidence levels, and all
code. A heading is no figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.linting import sources
from governance.linting.blocks import PROSE
from governance.linting.figure import Figure
from governance.linting.numbers import Number, numbers
from governance.linting.prose_figures import of_prose
from governance.linting.table_figures import Table

if TYPE_CHECKING:
    from governance.linting.card import Card

MAX_FIGURES = 10_000
_SKIPPED = re.compile(
    r"hyper-?\s?parameter|framework versions|requirements|\binstall|citation|\bcit(?:e|ing)\b|bibtex|references|change ?log|"
    r"release notes|\bnews\b|"
    r"\bupdates?\b|acknowledg|table of contents|evidence index|how to verify|training config|label scheme|\bsetup\b|"
    r"dependencies|\bversions?\b",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"\s*(?:\+/-|±|\+-)\s*[0-9.]+$")
"""`268.14 +/- 16.06`, as results of reinforcement learning are written."""


def figures(card: Card) -> list[Figure]:
    """The figures of the card in the order of the file, `MAX_FIGURES` at most."""
    made = [*_of_head(card)]
    tables = {number: Table(card, cells) for number, cells in card.tables.items()}
    for block in card.blocks:
        if len(made) >= MAX_FIGURES:
            break
        if _SKIPPED.search(card.document.title(block.section)):
            continue
        if block.cell:
            made += tables[block.cell.table].figures(block)
        elif block.kind in PROSE:
            made += of_prose(card, block)
    return made[:MAX_FIGURES]


# --- the head --------------------------------------------------------------------------------------------------------


def _of_head(card: Card) -> list[Figure]:
    made: list[Figure] = []
    index = card.head.fields.get("model-index")
    for at, entry in enumerate(index if isinstance(index, list) else ()):
        results = entry.get("results") if isinstance(entry, Mapping) else None
        for row, result in enumerate(results if isinstance(results, list) else ()):
            if isinstance(result, Mapping):
                made += _of_result(card, result, ("model-index", at, "results", row))
    emissions = card.head.fields.get("co2_eq_emissions")
    value = emissions.get("emissions") if isinstance(emissions, Mapping) else emissions
    number = _plain(value)
    if number is not None:
        source = str(emissions.get("source") or "") if isinstance(emissions, Mapping) else ""
        path = ("co2_eq_emissions", "emissions") if isinstance(emissions, Mapping) else ("co2_eq_emissions",)
        made.append(
            Figure(
                number, card.head.place(*path), "head", "CO2 emissions, grams", "co2 grams emissions", "energy", -1,
                sourced=sources.is_address(source), metric="co2 grams",
            )
        )  # fmt: skip
    return made


def _of_result(card: Card, result: Mapping[str, Any], path: tuple[str | int, ...]) -> list[Figure]:
    made: list[Figure] = []
    data, source = _mapping(result.get("dataset")), _mapping(result.get("source"))
    named = [str(data.get(name)) for name in ("name", "type", "config") if data.get(name)]
    metrics = result.get("metrics")
    for at, metric in enumerate(metrics if isinstance(metrics, list) else ()):
        row = _mapping(metric)
        number = _plain(row.get("value"))
        if number is None:
            continue
        called = [str(row.get(name)) for name in ("name", "type") if row.get(name)]
        about = " ".join([*named, *called])
        made.append(
            Figure(
                number, card.head.place(*path, "metrics", at, "value"), "model-index",
                f"{called[0] if called else 'metric'}, {named[0] if named else 'data set not named'}", about, about, -1,
                sourced=bool(source.get("url") or row.get("verifyToken") or row.get("verified") is True),
                task=named[0] if named else "", metric=called[-1] if called else "", split=str(data.get("split") or ""),
            )
        )  # fmt: skip
    return made


def _plain(value: object) -> Number | None:
    """A value of the head as a number; text that is one counts."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = repr(value) if not isinstance(value, str) else _SPREAD.sub("", value.strip())
    found = numbers(text) if len(text) < 60 else []
    return found[0] if len(found) == 1 and found[0].start <= 1 and found[0].end == len(text) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
