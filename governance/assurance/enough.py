"""How many items a claim needs, and whether a result has them.

A share: the normal test of a share against one that is `margin` away, toward one half, where the spread is greater. Any other
number with a standard error: the t test of a mean. Whatever came out, the number is that of the planned test.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from governance.assurance.expect import is_number
from governance.assurance.intervals import of_result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.control import Claim


def needed(row: Mapping[str, Any], margin: float, confidence: float, power: float) -> tuple[int, int | None] | str:
    """(items there, items needed or None where no number does), or why that can not be told."""
    from governance.statistics import sufficiency

    value, n = row.get("value"), row.get("n")
    held = of_result(row, confidence)
    if held is None or not isinstance(n, int) or not is_number(value):
        return "n, or the spread, is not on record"
    if held.method == "Wilson":
        bound = min(1.0, max(0.0, value - margin if value >= 0.5 else value + margin))
        return n, sufficiency.for_share(value, bound, confidence=confidence, power=power)
    spread = float(row["stderr"]) * math.sqrt(n)
    return n, sufficiency.for_mean(spread, margin, confidence=confidence, power=power)


def short(claim: Claim, body: Mapping[str, Any]) -> str | None:
    """Why the results of a body are too few for a claim, the worst of them, or None where each has enough."""
    rows = [row for row in body.get("results") or () if claim.metric in (None, row.get("metric"))]
    if not rows:
        return f"no result gives {claim.metric}" if claim.metric else "there is no result"
    told = [(row, needed(row, claim.margin, claim.confidence, claim.power)) for row in rows]
    for row, found in told:
        if isinstance(found, str):
            return f"{row.get('task')} {row.get('metric')}: {found}"
    lacking = [(row, *found) for row, found in told if not isinstance(found, str) and not _has(*found)]
    if not lacking:
        return None
    row, n, want = max(lacking, key=lambda each: math.inf if each[2] is None else each[2] - each[1])
    what = f"{row.get('task')} {row.get('metric')}"
    if want is None:
        return f"{what}: no number of items would tell {claim.margin:g}"
    return f"{what}: {n:,} items, and {want:,} are needed to tell {claim.margin:g}: {want - n:,} more"


def _has(n: int, want: int | None) -> bool:
    return want is not None and n >= want
