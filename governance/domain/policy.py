"""A policy: when a release may happen, in a closed vocabulary of conditions.

A policy with no condition denies. A condition answers yes, no or could-not-tell; one *no* denies, otherwise one
*could-not-tell* leaves the whole undecided, and only all *yes* allow. The file carries examples that allow and that deny.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, model_validator

from governance.domain.base import Noun, Sentence, Slug
from governance.domain.risk import Level


class Answer(StrEnum):
    """What a condition, and the gate as a whole, can say."""

    YES = "yes"
    NO = "no"
    COULD_NOT_TELL = "could-not-tell"


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


class MetricBound(Noun):
    """A metric of the candidate against a bound, judged by its interval and not by its point.

    With `against: base` the bound is on the difference candidate − base on the same task. With `purpose` instead of `task`
    each task of the candidate that speaks for it must hold, and the worst decides.
    """

    task: str | None = None
    purpose: Slug | None = None
    metric: str
    at_least: float | None = None
    at_most: float | None = None
    against: Literal["base"] | None = None
    confidence: float = Field(default=0.95, gt=0.5, lt=1)

    @model_validator(mode="after")
    def _has_a_bound(self) -> MetricBound:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most, one of the two")
        if (self.task is None) == (self.purpose is None):
            raise ValueError("give task or purpose, one of the two")
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


class SignedBy(Noun):
    """Approved by this many different people in each role, on this very identity and this very policy."""

    roles: tuple[Slug, ...] = Field(min_length=1)
    people: int = Field(default=1, ge=1, le=100)


class Condition(Noun):
    """One condition: an id, why it is asked, and exactly one of the vocabulary."""

    id: Slug
    why: Sentence
    controls_met: ControlsMet | None = None
    metric: MetricBound | None = None
    risk_at_most: RiskAtMost | None = None
    no_open_finding: NoOpenFinding | None = None
    signed_by: SignedBy | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        given = [self.controls_met, self.metric, self.risk_at_most, self.no_open_finding, self.signed_by]
        if sum(part is not None for part in given) != 1:
            raise ValueError(f"condition {self.id}: give exactly one of the vocabulary")
        return self


class PolicyExample(Noun):
    """A case, small enough to read, and what the gate must say.

    `given` holds `controls` (id → standing), `results` (list of task, metric, value, n, about), `risks` (id → residual
    score), `findings` (list of severities), `signed` (list of role and person); what is absent is missing.
    """

    name: Sentence
    answers: Answer
    on: date
    given: dict[str, Any]


class Policy(Noun):
    """When a release may happen. An empty list of conditions is allowed to exist, and denies."""

    id: Slug
    title: Sentence
    why: Sentence
    conditions: tuple[Condition, ...] = ()
    examples: tuple[PolicyExample, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> Policy:
        ids = [condition.id for condition in self.conditions]
        if len(set(ids)) != len(ids):
            raise ValueError("two conditions have one id")
        return self
