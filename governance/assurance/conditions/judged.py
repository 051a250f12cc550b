"""Scores that a model gave: how far that judge agrees with people belongs into the interval.

Where the four counts of judge against people are on record (`confusion` of `judge-agreement.v1`), the share is corrected by them, and the
interval carries the error of both samples (Rogan and Gladen 1978; Lang and Reiczigel 2014). Where only the share of agreement is, the
interval is widened by the upper end of the disagreement on either side, which asks nothing of how the errors lie. A judge whose agreement
is not on record, or one that is another version than the one that was held against people, can not tell.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from governance.assurance.expect import is_number
from governance.assurance.subjects import moment
from governance.domain.evidence import Quality
from governance.verifier.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.assurance.intervals import Interval
    from governance.assurance.then_and_now import Now
    from governance.domain.evidence import Piece

AGREEMENT = "judge-agreement.v1"
WILSON = "Wilson"
"""The method of an interval of a share."""


def judges(run: Piece) -> tuple[str, ...]:
    """The models that gave the scores of a run, by name; none where a rule did."""
    return tuple(sorted(str(name) for name in run.body.get("judges") or ()))


def agreed(held: Interval | None, run: Piece, now: Now, confidence: float) -> Interval | str | None:
    """An interval with the error of the judges in it, or why there is none to give. A run without a judge keeps its own."""
    if held is None or not (names := judges(run)):
        return held
    for name in names:
        piece = _agreement(name, now)
        if piece is None:
            return f"was scored by {name}, whose agreement with people is not on record"
        if held.method != WILSON:
            return f"was scored by {name} on a scale that its agreement with people can not be carried into"
        carried = _carried(held, piece.body, confidence)
        if isinstance(carried, str):
            return f"was scored by {name}, {carried}"
        held = replace(carried, method=f"{carried.method}, with the agreement of {name} ({piece.id})")
    return held


def _agreement(name: str, now: Now) -> Piece | None:
    """The newest whole record of how a judge agrees with people. A judge that a run names with its version must be that version."""
    found = [
        piece
        for piece in now.dossier.of_kind(AGREEMENT)
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

        share = judging.corrected(
            round(held.point * held.n), held.n, confidence=confidence,
            both=counts["both_yes"], judge_only=counts["judge_only"], people_only=counts["people_only"],
            neither=counts["both_no"],
        )  # fmt: skip
        if share is None:
            return "who agrees with people no better than chance"
        return replace(held, point=share.point, low=share.low, high=share.high, method=share.method)
    agreement, items = body.get("agreement"), body.get("items")
    if not is_number(agreement) or not isinstance(items, int) or items <= 0:
        return "and on how many items people were asked as well is not on record"
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    error = 1 - wilson(math.floor(agreement * items + 1e-9), items, z)[0]
    return replace(held, low=max(0.0, held.low - error), high=min(1.0, held.high + error))
