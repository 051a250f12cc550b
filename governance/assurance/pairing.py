"""Two results on the same items: the one way in which the gate and a comparison of candidates find single samples and compare them.

An item that was asked several times (another seed, another attempt) counts once, with the plain mean of its scores. Samples are only taken
where their mean is the number of the run they belong to, over as many items; else they are of another run. What stands on one side only
is counted and left out. How two sides are compared, `governance.statistics.paired` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isclose, isfinite
from statistics import fmean
from typing import TYPE_CHECKING, Any

from governance.assurance.expect import is_number
from governance.assurance.subjects import moment
from governance.errors import UnreadableError, UsageError
from governance.statistics.paired import Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.statistics.paired import Paired, Pairs

KIND = "eval-samples.v1"
RESAMPLES = 10_000
SEED = 0
"""Draws are the same for everybody, so that whoever judges again, or compares again, comes to the same digits."""


@dataclass(frozen=True)
class Found:
    """The samples behind a number, the piece that holds them, and the prompt that each question was put in, where that is told."""

    samples: Samples
    piece: Piece
    prompts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Matched:
    """The items of both sides, whether more is better, the evidence that holds them, and how many were put in another prompt."""

    pairs: Pairs
    up: bool
    seen: tuple[str, ...]
    prompts_differ: int = 0


def find(
    dossier: Dossier, task: str, metric: str, row: Mapping[str, Any], speaks: Callable[[Piece], bool], said: str
) -> Found | str:
    """The samples behind a row of results of the side whose pieces `speaks` tells and `said` names, or why there are none."""
    through = row.get("filter")
    names = (f"{metric},{through}", metric) if through not in (None, "none") else (metric, f"{metric},none")
    pieces = [piece for piece in dossier.of_kind(KIND) if piece.body.get("task") == task and speaks(piece)]
    why = f"the single samples of {said} are not on record"
    for piece in sorted(pieces, key=moment, reverse=True):
        try:
            columns = piece.with_columns.get("columns")
        except UnreadableError as error:
            why = f"the single samples of {said} can not be read: {error.message}"
            continue
        for name in [each for each in names if columns and each in columns] or [metric]:
            found = _read(columns, name)
            if isinstance(found, str):
                why = f"of {said} {found}"
            elif not _fits(found, piece, row):
                why = f"the plain mean of the single samples of {said} is not the number that was reported"
            else:
                return Found(found, piece, _prompts(columns))
    return why


def match(after: Found, before: Found, *, up: bool) -> Matched | str:
    """The items of both sides, or why they can not be laid beside each other."""
    from governance.statistics.paired import pair

    try:
        pairs = pair(after.samples, before.samples)
    except UsageError as error:
        return error.message
    told = after.prompts and before.prompts
    differ = sum(after.prompts.get(name) != before.prompts.get(name) for name in pairs.items) if told else 0
    return Matched(pairs, up, (after.piece.id, before.piece.id), differ)


def compare(matched: Sequence[Matched], confidence: float) -> list[Paired]:
    """Each compared, turned so that more is better. All are resampled at once, so that tasks of one size share their draws."""
    from governance.statistics.paired import compare_many

    if not matched:
        return []
    return compare_many(
        [each.pairs for each in matched], seed=SEED, confidence=confidence,
        higher_is_better=[each.up for each in matched], resamples=RESAMPLES,
    )  # fmt: skip


def _fits(found: Samples, piece: Piece, row: Mapping[str, Any]) -> bool:
    """Whether samples come to the number that was reported, over as many items, or rows where an item was asked again."""
    value, n = row.get("value"), row.get("n")
    if not is_number(value) or n not in (None, len(found.scores), piece.body.get("n")):
        return False
    return isclose(fmean(found.scores.values()), value, rel_tol=1e-6, abs_tol=1e-9)


def _read(columns: Any, name: str) -> Samples | str:
    """The score of each question, or why there is none to take."""
    if columns is None:
        return "the single samples are on record by their digest alone"
    asked, scores = columns.get("doc_sha256"), columns.get(name)
    if not isinstance(asked, list) or not isinstance(scores, list) or not asked or len(asked) != len(scores):
        return f"the single samples hold no column {name}"
    if not _are_numbers(scores):
        return "some items have no score"
    again = _again(columns, asked)
    if again is not None:
        return again
    clusters = columns.get("cluster")
    held = dict(zip(asked, clusters, strict=True)) if isinstance(clusters, list) and _all(clusters) else None
    return Samples(_each_once(asked, scores), held)


def _each_once(asked: list[str], scores: list[float]) -> dict[str, float]:
    """The score of each item, the mean of its scores where it was asked again."""
    once = dict(zip(asked, map(float, scores), strict=True))
    if len(once) == len(asked):
        return once
    by_item: dict[str, list[float]] = {}
    for item, score in zip(asked, scores, strict=True):
        by_item.setdefault(item, []).append(score)
    return {item: fmean(each) for item, each in by_item.items()}


def _again(columns: Mapping[str, Any], asked: list[str]) -> str | None:
    """Why items that stand in the samples more than once can not be taken for repeats, or None."""
    if len(set(asked)) == len(asked):
        return None
    told = [columns[name] for name in ("seed", "attempt") if isinstance(columns.get(name), list)]
    if not told:
        return "a question stands in the single samples more than once"
    rows = list(zip(asked, *told, strict=True))
    return (
        None
        if len(set(rows)) == len(rows)
        else "a question stands in the single samples more than once for one attempt"
    )


def _prompts(columns: Any) -> dict[str, Any]:
    """The prompt of each question by the question's digest; nothing where no prompts are told."""
    asked, prompts = columns["doc_sha256"], columns.get("prompt_sha256")
    return dict(zip(asked, prompts, strict=False)) if isinstance(prompts, list) else {}


def _are_numbers(scores: list[Any]) -> bool:
    if {type(score) for score in scores} <= {int, float}:  # nearly always
        return all(map(isfinite, scores))
    return all(is_number(score) for score in scores)


def _all(values: Iterable[Any]) -> bool:
    return all(value is not None for value in values)
