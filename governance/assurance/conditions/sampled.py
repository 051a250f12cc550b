"""The scores of single items behind a number that was reported, by the digest of each question.

An item that was asked several times (another seed, another attempt) counts once, with the plain mean of its scores. Samples are only taken
where their mean is the number of the run they belong to, over as many items; else they are of another run.
"""

from __future__ import annotations

from math import isclose
from statistics import fmean
from typing import TYPE_CHECKING, Any

from governance.assurance.expect import is_number
from governance.assurance.subjects import moment
from governance.errors import UnreadableError
from governance.statistics.paired import Samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.assurance.conditions.runs import Side
    from governance.assurance.then_and_now import Now
    from governance.domain.evidence import Piece

KIND = "eval-samples.v1"


def find(now: Now, side: Side, task: str, metric: str, row: Mapping[str, Any]) -> tuple[Samples, Piece] | str:
    """The samples behind a row of results of this side, with the piece that holds them, or why there are none."""
    through = row.get("filter")
    names = (f"{metric},{through}", metric) if through not in (None, "none") else (metric, f"{metric},none")
    pieces = [
        piece
        for piece in now.dossier.of_kind(KIND)
        if piece.body.get("task") == task and side.speaks(piece, now.dossier)
    ]
    why = f"the single samples of {side.said} are not on record"
    for piece in sorted(pieces, key=moment, reverse=True):
        try:
            columns = piece.with_columns.get("columns")
        except UnreadableError as error:
            why = f"the single samples of {side.said} can not be read: {error.message}"
            continue
        for name in [each for each in names if columns and each in columns] or [metric]:
            found = _read(columns, name)
            if isinstance(found, str):
                why = f"of {side.said} {found}"
            elif not _fits(found, piece, row):
                why = f"the plain mean of the single samples of {side.said} is not the number that was reported"
            else:
                return found, piece
    return why


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
    if not all(is_number(score) for score in scores):
        return "some items have no score"
    by_item: dict[str, list[float]] = {}
    for item, score in zip(asked, scores, strict=True):
        by_item.setdefault(item, []).append(score)
    again = _again(columns, asked)
    if again is not None:
        return again
    clusters = columns.get("cluster")
    held = dict(zip(asked, clusters, strict=True)) if isinstance(clusters, list) and _all(clusters) else None
    return Samples({item: fmean(each) for item, each in by_item.items()}, held)


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


def _all(values: Iterable[Any]) -> bool:
    return all(value is not None for value in values)
