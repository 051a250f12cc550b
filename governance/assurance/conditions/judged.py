"""Scores that a model gave: how far that judge agrees with people belongs into the interval.

Where the four counts of judge against people are on record (`confusion` of `judge-agreement.v1`), the share is corrected by them, and the
interval carries the error of both samples (Rogan and Gladen 1978; Lang and Reiczigel 2014). Where only the share of agreement is, the
interval is widened by the upper end of the disagreement on either side, which asks nothing of how the errors lie. A judge whose agreement
is not on record, or one that is another version than the one that was held against people, can not tell.
"""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from governance.assurance.expect import is_number
from governance.assurance.subjects import moment
from governance.domain.evidence import Quality
from governance.verifier.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.assurance.intervals import Interval
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

AGREEMENT = "judge-agreement.v1"
WILSON = "Wilson"
"""The method of an interval of a share."""
UNCOUNTED = "and on how many items people were asked as well is not on record"


def judges(run: Piece) -> tuple[str, ...]:
    """The models that gave the scores of a run, by name; none where a rule did."""
    return tuple(sorted(str(name) for name in run.body.get("judges") or ()))


def agreed(held: Interval | None, run: Piece, dossier: Dossier, confidence: float) -> Interval | str | None:
    """An interval with the error of the judges in it, or why there is none to give. A run without a judge keeps its own."""
    if held is None or not (names := judges(run)):
        return held
    for name in names:
        piece = agreement(name, dossier)
        if piece is None:
            return f"was scored by {name}, whose agreement with people is not on record"
        if held.method != WILSON:
            return f"was scored by {name} on a scale that its agreement with people can not be carried into"
        carried = _carried(held, piece.body, confidence)
        if isinstance(carried, str):
            return f"was scored by {name}, {carried}"
        held = replace(carried, method=f"{carried.method}, with the agreement of {name} ({piece.id})")
    return held


def agreement(name: str, dossier: Dossier) -> Piece | None:
    """The newest whole record of how a judge agrees with people. A judge that a run names with its version must be that version."""
    found = [
        piece
        for piece in dossier.of_kind(AGREEMENT)
        if piece.record.quality is Quality.COMPLETE and name in _called(piece.body.get("judge"))
    ]
    return max(found, key=moment, default=None)


def _called(judge: Any) -> set[str]:
    said = judge if isinstance(judge, dict) else {}
    model, version = said.get("model"), said.get("version")
    return {str(model), *(f"{model}{mark}{version}" for mark in (" ", "@", ":", "-") if version)}


def _carried(held: Interval, body: Mapping[str, Any], confidence: float) -> Interval | str:
    counts = body.get("confusion")
    if isinstance(counts, dict) and held.n:
        from governance.statistics import judging

        names = ("true_positives", "false_negatives", "true_negatives", "false_positives")
        said = body.get("judge") or {}
        judge = judging.Agreement(
            str(said.get("model")), str(said.get("version")), *(int(counts[name]) for name in names)
        )
        share = judging.judged(round(held.point * held.n), held.n, judge, confidence)
        if share.share is None or share.interval is None:
            return f"and {share.reason}"
        return replace(
            held, point=share.share, low=share.interval.low, high=share.interval.high, method=share.interval.method
        )
    error = disagreement(body, confidence)
    if error is None:
        return UNCOUNTED
    return replace(held, low=max(0.0, held.low - error), high=min(1.0, held.high + error))


def disagreement(body: Mapping[str, Any], confidence: float) -> float | None:
    """The upper end of the share of items on which a judge and people differ; None where nobody tells of how many items."""
    counts, share, items = body.get("confusion"), body.get("agreement"), body.get("items")
    if isinstance(counts, dict):
        items = sum(int(each) for each in counts.values())
        alike = int(counts["true_positives"]) + int(counts["true_negatives"])
    elif is_number(share) and isinstance(items, int):
        alike = math.floor(share * items + 1e-9)
    else:
        return None
    if items <= 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return 1 - wilson(alike, items, z)[0]


def more_for_share(held: Interval, bound: float, confidence: float) -> int | None:
    """How many more items would bring a share clear of its bound, if it stays what it is; None where that can not be told."""
    from governance.statistics import sufficiency

    if held.n is None or held.method != WILSON or not 0 <= bound <= 1:
        return None
    needed = sufficiency.for_share(held.point, bound, confidence=confidence, power=sufficiency.UNCHANGED)
    return sufficiency.more_needed(needed, held.n)
