"""What an automatic judge's yes and no are worth: agreement with people, and the share corrected for it.

A judge that errs moves a share toward its own errors. From a validation sample that people labelled, too, its sensitivity and
specificity are known, and the share is corrected (Rogan and Gladen 1978, Am. J. Epidemiol. 107:71):
(observed + specificity − 1) / (sensitivity + specificity − 1). The interval carries the uncertainty of all three (Lang and Reiczigel
2014, Prev. Vet. Med. 113:13; for judges of language models Lee and others 2025, *How to correctly report LLM-as-a-judge evaluations*).

Where the judge is not shown to be better than chance, the correction divides by what may be nothing: there is no interval, and no share.

Agreement beyond chance: Cohen's κ (1960, Educ. Psychol. Meas. 20:37) with the standard error of Fleiss, Cohen and Everitt (1969,
Psychol. Bull. 72:323).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from governance.errors import UsageError
from governance.statistics.libraries import rounded, two_sided
from governance.statistics.proportions import Interval
from governance.verifier import intervals

LANG_REICZIGEL = "Rogan–Gladen, Lang–Reiczigel"
NOT_SHOWN, ONE_SIDED = (
    "the judge is not shown to be better than chance",
    "people gave all items of the sample the same label",
)


@dataclass(frozen=True)
class Agreement:
    """A judge (model and version) against people on the same items: how often both said yes, and so on.

    `true_positives`: both yes; `false_negatives`: people yes, judge no; `true_negatives`: both no; `false_positives`: people no, judge
    yes. Raises `UsageError` for a negative count or no items.
    """

    model: str
    version: str
    true_positives: int
    false_negatives: int
    true_negatives: int
    false_positives: int

    def __post_init__(self) -> None:
        if min(self._counts) < 0 or self.n == 0:
            raise UsageError("an agreement counts items, and at least one")

    @property
    def _counts(self) -> tuple[int, int, int, int]:
        return self.true_positives, self.false_negatives, self.true_negatives, self.false_positives

    @property
    def n(self) -> int:
        """The items of the validation sample."""
        return sum(self._counts)

    @property
    def positives(self) -> int:
        """The items to which people said yes."""
        return self.true_positives + self.false_negatives

    @property
    def negatives(self) -> int:
        """The items to which people said no."""
        return self.true_negatives + self.false_positives

    @property
    def sensitivity(self) -> float | None:
        """How often the judge says yes where people do; None where they never did."""
        return self.true_positives / self.positives if self.positives else None

    @property
    def specificity(self) -> float | None:
        """How often the judge says no where people do; None where they never did."""
        return self.true_negatives / self.negatives if self.negatives else None

    def better_than_chance(self, confidence: float = 0.95) -> bool:
        """Whether Newcombe's interval for sensitivity − (1 − specificity), Youden's index, lies above 0."""
        if self.sensitivity is None or self.specificity is None:
            return False
        z, alarms = two_sided(confidence), 1 - self.specificity
        ends = (
            intervals.wilson(self.true_positives, self.positives, z),
            intervals.wilson(self.false_positives, self.negatives, z),
        )
        return intervals.newcombe(self.sensitivity, ends[0], alarms, ends[1])[0] > 0

    def kappa(self, confidence: float = 0.95) -> Kappa:
        """Cohen's κ of the judge and people, with its interval."""
        yes, no = self.true_positives / self.n, self.true_negatives / self.n
        only_people, only_judge = self.false_negatives / self.n, self.false_positives / self.n
        people, judge = yes + only_people, yes + only_judge
        seen, chance = yes + no, people * judge + (1 - people) * (1 - judge)
        if chance == 1:
            return Kappa(rounded(seen), None, None, None, self.n, confidence)
        value = (seen - chance) / (1 - chance)
        slack = 1 - value
        inside = yes * (1 - (people + judge) * slack) ** 2 + no * (1 - (2 - people - judge) * slack) ** 2
        outside = slack**2 * (only_people * (judge + 1 - people) ** 2 + only_judge * (people + 1 - judge) ** 2)
        variance = (inside + outside - (value - chance * slack) ** 2) / (1 - chance) ** 2 / self.n
        half = two_sided(confidence) * math.sqrt(max(0.0, variance))
        low, high = max(-1.0, value - half), min(1.0, value + half)
        return Kappa(rounded(seen), rounded(value), rounded(low), rounded(high), self.n, confidence)


@dataclass(frozen=True)
class Kappa:
    """The share of items that judge and people label alike, and κ; None where one label is all that either ever gave."""

    agreement: float
    kappa: float | None
    low: float | None
    high: float | None
    n: int
    confidence: float


@dataclass(frozen=True)
class Judged:
    """A share as the judge saw it, and as it is after correction, both from 0 to 1.

    `share` and `interval` are None where `reason` says why.
    """

    observed: float
    n: int
    share: float | None
    interval: Interval | None
    reason: str
    judge: Agreement


def judged(k: int, n: int, judge: Agreement, confidence: float = 0.95) -> Judged:
    """The share of n items, k of them yes by this judge, corrected for its errors. Raises `UsageError` for an impossible count."""
    if n <= 0 or not 0 <= k <= n:
        raise UsageError(f"{k} of {n} is no share of yes-or-no items")
    sensitivity, specificity, observed = judge.sensitivity, judge.specificity, rounded(k / n)
    if sensitivity is None or specificity is None:
        return Judged(observed, n, None, None, ONE_SIDED, judge)
    if not judge.better_than_chance(confidence):
        return Judged(observed, n, None, None, NOT_SHOWN, judge)
    share = (k / n + specificity - 1) / (sensitivity + specificity - 1)
    low, high = _lang_reiczigel(k, n, judge, two_sided(confidence))
    found = Interval(rounded(_clipped(low)), rounded(_clipped(high)), confidence, LANG_REICZIGEL)
    return Judged(observed, n, rounded(_clipped(share)), found, "", judge)


def _lang_reiczigel(k: int, n: int, judge: Agreement, z: float) -> tuple[float, float]:
    """Equations 6, 7, 16 and 17; in equation 4 the square is that of 1 − share, as the R package `asht` notes."""
    tested, yes, no = n + z * z, judge.positives + 2, judge.negatives + 2
    seen = (k + z * z / 2) / tested
    sensitivity, specificity = (judge.true_positives + 1) / yes, (judge.true_negatives + 1) / no
    youden = sensitivity + specificity - 1
    share = (seen + specificity - 1) / youden
    errors = sensitivity * (1 - sensitivity) / yes, specificity * (1 - specificity) / no
    shift = 2 * z * z * (share * errors[0] - (1 - share) * errors[1])
    variance = seen * (1 - seen) / tested + share**2 * errors[0] + (1 - share) ** 2 * errors[1]
    half = z * math.sqrt(variance) / youden
    return share + shift - half, share + shift + half


def _clipped(share: float) -> float:
    return min(1.0, max(0.0, share))
