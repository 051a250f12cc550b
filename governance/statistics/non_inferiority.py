"""Is the candidate no worse than the reference by more than a margin? Three answers.

The lower end of candidate − reference is held against −margin (ICH E9, section 3.3.2; CONSORT 2012 extension, JAMA 308:2594). With a
two-sided interval at 95 % each claim is made at 2.5 %.

- **non-inferior**: the lower end is at least −margin;
- **inferior**: the upper end is below −margin;
- **open**: the interval reaches over −margin, or too few items pair, or there is no interval.

Over many tasks the same is asked of p-values that are adjusted together, so that the claims hold at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from governance.errors import UsageError
from governance.statistics.libraries import one_tail
from governance.statistics.multiplicity import adjusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.statistics.paired import Paired

LEAST_OVERLAP = 0.9
"""The share of the items of either side that must pair before the pairs speak for them."""
Outcome = Literal["non-inferior", "inferior", "open"]
Adjustment = Literal["none", "holm", "benjamini-hochberg"]


@dataclass(frozen=True)
class Verdict:
    """The outcome, why it is open (empty where it is not), and both p-values, adjusted where that was asked."""

    outcome: Outcome
    reason: str
    p_non_inferior: float
    p_inferior: float


def judge(paired: Paired, margin: float, confidence: float = 0.95, *, least_overlap: float = LEAST_OVERLAP) -> Verdict:
    """One comparison against one margin, in the unit of the metric. Raises `UsageError` for a margin below 0."""
    return judge_many([paired], [margin], confidence, adjustment="none", least_overlap=least_overlap)[0]


def judge_many(
    tasks: Sequence[Paired],
    margins: Sequence[float],
    confidence: float = 0.95,
    *,
    adjustment: Adjustment = "holm",
    least_overlap: float = LEAST_OVERLAP,
) -> list[Verdict]:
    """Each comparison against its margin. The p-values of *non-inferior* are adjusted together, and so are those of *inferior*.

    A task whose items do not pair well enough stays open; its p-values of 1 still count among the tests that were made.
    """
    if any(margin < 0 for margin in margins) or len(margins) != len(tasks):
        raise UsageError("each task has a margin of at least 0")
    level, adjust = one_tail(confidence), adjusted(adjustment)
    reasons = [_untold(each, least_overlap) for each in tasks]
    rows = list(zip(tasks, margins, reasons, strict=True))
    good = adjust([1.0 if why else each.p_not_below(-margin) for each, margin, why in rows])
    bad = adjust([1.0 if why else each.p_below(-margin) for each, margin, why in rows])
    return [_verdict(why, level, *p) for why, *p in zip(reasons, good, bad, strict=True)]


def _untold(paired: Paired, least_overlap: float) -> str:
    """Why nothing can be told of these pairs at all, or nothing."""
    if paired.overlap < least_overlap:
        return f"only {paired.overlap:.0%} of the items pair, and {least_overlap:.0%} are needed"
    return paired.method if paired.low is None else ""


def _verdict(why: str, level: float, good: float, bad: float) -> Verdict:
    if why:
        return Verdict("open", why, good, bad)
    if good <= level:
        return Verdict("non-inferior", "", good, bad)
    if bad <= level:
        return Verdict("inferior", "", good, bad)
    return Verdict("open", "the interval reaches over the margin", good, bad)
