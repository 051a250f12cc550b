"""The closed vocabulary of a policy: what each condition asks, one noun a word.

The words that need numbers name a `task`, or a `purpose` (then each task of the candidate that speaks for it must hold, and the worst
decides), and a `metric` as the tool spells it. Numbers are judged by their interval and not by their point.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from governance.domain.base import KindId, Noun, Sentence, Slug
from governance.domain.risk import Level

Tier = Literal["low", "limited", "high"]
Correction = Literal["none", "holm", "benjamini-hochberg"]
Reference = Literal["base", "approved"]
"""What a candidate is held against: the model it was made from, or the last one that was approved."""


class ControlsMet(Noun):
    """Each named control, or each control that a framework leans on, or each of a family, is met."""

    controls: tuple[Slug, ...] = ()
    framework: Slug | None = None
    family: Slug | None = None

    @model_validator(mode="after")
    def _names_one(self) -> ControlsMet:
        if sum((bool(self.controls), self.framework is not None, self.family is not None)) != 1:
            raise ValueError("name controls, or a framework, or a family: one of the three")
        return self


class RequirementsMet(Noun):
    """Each requirement of a framework that applies on the day is met; with `requirements`, each of those, by their numbers."""

    framework: Slug
    requirements: tuple[Sentence, ...] = ()


class OfTasks(Noun):
    """What the words about tasks share: one task, or each of a purpose."""

    task: str | None = None
    purpose: Slug | None = None

    @model_validator(mode="after")
    def _names_tasks(self) -> Self:
        if (self.task is None) == (self.purpose is None):
            raise ValueError("give task or purpose, one of the two")
        return self


class Measured(OfTasks):
    """What the words about numbers share: of which tasks, which metric, how sure."""

    metric: str
    confidence: float = Field(default=0.95, gt=0.5, lt=1, description="of the two-sided interval")


class IntervalBound(Measured):
    """A metric of the candidate against a bound: the whole interval must lie on its right side."""

    at_least: float | None = None
    at_most: float | None = None
    corrected_for_attempts: bool = Field(
        default=False, description="divide the error among all runs of the task that were made"
    )

    @model_validator(mode="after")
    def _has_a_bound(self) -> IntervalBound:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most, one of the two")
        return self


class MetricBound(OfTasks):
    """What older policies say instead of `interval` and `non_inferior`: a bound on the candidate, or on candidate − base as two results."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    against: Literal["base"] | None = None
    confidence: float = Field(default=0.95, gt=0.5, lt=1)

    @model_validator(mode="after")
    def _has_a_bound(self) -> MetricBound:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most, one of the two")
        return self


class NonInferior(Measured):
    """The candidate is no worse than the reference by more than a margin, item by item on the same items.

    The lower end of the interval of candidate − reference must lie at or above −margin; the metric's own direction counts.
    """

    against: Reference
    margin: float = Field(gt=0, description="the greatest loss that is no loss, in the metric's own unit")
    overlap: float = Field(
        default=0.9, gt=0, le=1, description="the least share of all items that both sides must have"
    )
    paired: bool = Field(
        default=True, description="whether the single samples of both sides must be on record; else two results will do"
    )
    correction: Correction = Field(default="none", description="for several tasks at once")
    corrected_for_attempts: bool = False
    where_none: Literal["could-not-tell", "yes"] = Field(
        default="could-not-tell", description="the answer where no other release was ever approved"
    )

    @model_validator(mode="after")
    def _may_be_without(self) -> NonInferior:
        if self.where_none == "yes" and self.against != "approved":
            raise ValueError(
                "where_none: only an approved release may be missing; a base is always there to be measured"
            )
        return self


class NoWorseSlice(Measured):
    """No group of people (or other slice) fares worse than the whole, or than the same group with the reference, by more than a margin.

    A group of fewer than `least` cases can not tell, and is never left out.
    """

    attribute: str | None = Field(
        default=None, description="what divides the groups; absent means every division on record"
    )
    against: Literal["overall", "base", "approved"] = "overall"
    margin: float = Field(ge=0)
    least: int = Field(default=30, ge=1)
    correction: Correction = "holm"


class MaxAttempts(OfTasks):
    """No task was run more often than this on any weights of the system: since the plan, else the last complete approval, else ever."""

    most: int = Field(ge=1)


class Sufficient(Measured):
    """Enough items that a test of this sort would see a loss of the margin, or a share this far from its bound, with this power."""

    margin: float = Field(gt=0, description="what must be told apart, in the metric's own unit")
    power: float = Field(default=0.8, ge=0.5, lt=1)
    against: Reference | None = Field(default=None, description="absent: the candidate's own share within ± margin")


class Fresh(Noun):
    """The newest whole piece of each kind is no older than this; about a model, it must speak of the candidate."""

    kinds: tuple[KindId, ...] = Field(min_length=1)
    within_days: int = Field(ge=1, le=36500)


class SafetyRetested(Noun):
    """These very weights were tested on each task of the purposes that the base, or an earlier candidate, was ever tested on.

    A quantised, merged or tuned model is another model: it inherits no test.
    """

    purposes: tuple[Slug, ...] = Field(default=("safety",), min_length=1)


class AsPlanned(Noun):
    """What the conditions of the policy measure was planned: sealed before the runs, no looser now, and run no more often."""

    before_runs: bool = True
    margins: bool = True
    attempts: bool = True

    @model_validator(mode="after")
    def _asks_something(self) -> AsPlanned:
        if not (self.before_runs or self.margins or self.attempts):
            raise ValueError("a plan that nothing is held against is no condition")
        return self


class RiskAtMost(Noun):
    """No risk of the register stands above a level; with `within_appetite`, none above the system's own appetite."""

    level: Level | None = None
    within_appetite: bool = False

    @model_validator(mode="after")
    def _asks_something(self) -> RiskAtMost:
        if self.level is None and not self.within_appetite:
            raise ValueError("give a level, or within_appetite: true")
        return self


class NoOpenFinding(Noun):
    """No open finding of this severity or above."""

    severity: Literal["low", "medium", "high", "critical"]


class WaiverAllowed(Noun):
    """Waivers that count are for these controls alone, run no longer than this, and are no more than so many."""

    controls: tuple[Slug, ...] = Field(default=(), description="the controls that may be waived; none means no waiver")
    within_days: int | None = Field(default=None, ge=1, le=3650, description="from the signature to the last day")
    most: int | None = Field(default=None, ge=0)


class Quorum(Noun):
    """So many different people in each of these roles; nobody counts twice."""

    roles: tuple[Slug, ...] = Field(min_length=1)
    people: int = Field(default=1, ge=1, le=100)


class SignedBy(Quorum):
    """Approved by a quorum, on this very identity and this very policy; `by_tier` asks another of systems of a tier."""

    by_tier: dict[Tier, Quorum] = Field(default_factory=dict)

    def of(self, tier: str | None) -> Quorum:
        """The quorum for systems of a tier. Where tiers are asked about and the system states none, the greatest of all."""
        if tier is not None or not self.by_tier:
            return next((quorum for name, quorum in self.by_tier.items() if name == tier), self)
        return max((self, *self.by_tier.values()), key=lambda quorum: quorum.people * len(set(quorum.roles)))


class DutiesApart(Noun):
    """Nobody who approves holds one of these duties, and for each of them it is known who does."""

    duties: tuple[Literal["trainer", "evaluator", "threshold-author"], ...] = Field(min_length=1)


class Condition(Noun):
    """One condition: an id, why it is asked, of which tiers, and exactly one of the vocabulary."""

    id: Slug
    why: Sentence
    tiers: tuple[Tier, ...] | None = Field(
        default=None, min_length=1, description="of which systems it is asked; absent means of all"
    )
    controls_met: ControlsMet | None = None
    requirements_met: RequirementsMet | None = None
    interval: IntervalBound | None = None
    non_inferior: NonInferior | None = None
    no_worse_slice: NoWorseSlice | None = None
    max_attempts: MaxAttempts | None = None
    sufficient: Sufficient | None = None
    fresh: Fresh | None = None
    safety_retested_after_change: SafetyRetested | None = None
    as_planned: AsPlanned | None = None
    metric: MetricBound | None = Field(
        default=None, description="as older policies say it; say interval or non_inferior"
    )
    risk_at_most: RiskAtMost | None = None
    no_open_finding: NoOpenFinding | None = None
    waiver_allowed: WaiverAllowed | None = None
    signed_by: SignedBy | None = None
    duties_apart: DutiesApart | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        if sum(getattr(self, word) is not None for word in VOCABULARY) != 1:
            raise ValueError(f"condition {self.id}: give exactly one of the vocabulary")
        return self

    @property
    def word(self) -> str:
        """Which of the vocabulary it is."""
        return next(word for word in VOCABULARY if getattr(self, word) is not None)

    def applies(self, tier: str | None) -> bool:
        """Whether it is asked of systems of a tier. Of a system that states none, everything is asked."""
        return self.tiers is None or tier is None or tier in self.tiers


VOCABULARY = tuple(name for name in Condition.model_fields if name not in ("id", "why", "tiers"))
"""The words of a policy, in the order in which they are documented."""
