"""Risks: a library of what can go wrong with a fine-tuned model, and the register of one system.

The scale is five by five, likelihood × impact, as ISO/IEC 23894 leaves open and most registers use. The residual rating is
arithmetic on the standing of the mitigating controls and nothing else; each step of it is kept so that it can be printed.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from governance.domain.base import Noun, Sentence, Slug
from governance.domain.control import AppliesWhen, Standing


class Level(StrEnum):
    """A band of the product likelihood × impact (1 to 25)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @classmethod
    def of(cls, score: int) -> Level:
        """Low up to 4, medium up to 9, high up to 16, critical above."""
        if score <= 4:
            return cls.LOW
        if score <= 9:
            return cls.MEDIUM
        return cls.HIGH if score <= 16 else cls.CRITICAL

    @property
    def rank(self) -> int:
        """0 for low up to 3 for critical."""
        return list(Level).index(self)


class Treatment(StrEnum):
    """What is done about a risk, in the words of ISO 31000."""

    AVOID = "avoid"
    MITIGATE = "mitigate"
    SHARE = "share"
    ACCEPT = "accept"


class Rating(Noun):
    """Likelihood and impact, 1 to 5 each."""

    likelihood: int = Field(ge=1, le=5)
    impact: int = Field(ge=1, le=5)

    @property
    def score(self) -> int:
        """The product, 1 to 25."""
        return self.likelihood * self.impact

    @property
    def level(self) -> Level:
        """The band the product falls in."""
        return Level.of(self.score)


class Inherent(Rating):
    """The rating before any control, with the reason for it."""

    because: Sentence


class MitigatedBy(Noun):
    """A control that, while met, takes steps off likelihood or impact."""

    control: Slug
    reduces: Literal["likelihood", "impact"]
    steps: int = Field(ge=1, le=3)


class Risk(Noun):
    """A risk of the library."""

    id: Slug
    title: Sentence
    event: Sentence = Field(description="what happens")
    causes: tuple[Sentence, ...] = Field(min_length=1)
    consequence: Sentence = Field(description="who is harmed, and how")
    genai_risks: tuple[str, ...] = Field(description="risks of NIST AI 600-1 it falls under, by their names there")
    references: dict[Slug, tuple[str, ...]] = Field(
        default_factory=dict, description="by framework: objectives and sources of risk it belongs to, by their numbers"
    )
    inherent: Inherent
    mitigated_by: tuple[MitigatedBy, ...]
    owner: Sentence = Field(description="the role that usually owns it")
    treatment: Treatment = Treatment.MITIGATE
    review_every: int = Field(default=180, ge=1, description="days")
    applies_when: AppliesWhen | None = None


class RiskSetting(Noun):
    """What a system file says of a risk for itself; each field replaces the library's."""

    likelihood: int | None = Field(default=None, ge=1, le=5)
    impact: int | None = Field(default=None, ge=1, le=5)
    because: Sentence | None = None
    owner: Sentence | None = None
    treatment: Treatment | None = None
    next_review: date | None = None

    @model_validator(mode="after")
    def _rating_needs_reason(self) -> RiskSetting:
        if (self.likelihood is not None or self.impact is not None) and self.because is None:
            raise ValueError("a rating of your own needs a reason in because")
        return self


class Step(Noun):
    """One line of the residual arithmetic."""

    control: Slug
    standing: Standing
    reduces: Literal["likelihood", "impact"]
    steps: int
    counted: bool


class RegisterRow(Noun):
    """One risk of one system on one day."""

    risk: Slug
    title: str
    event: str
    consequence: str
    genai_risks: tuple[str, ...]
    owner: str
    owner_named: bool = Field(description="the system file named this owner; else it is the library's usual role")
    treatment: Treatment
    inherent: Rating
    because: str
    steps: tuple[Step, ...]
    residual: Rating
    appetite: int | None
    within_appetite: bool | None = Field(description="None: the system states no appetite")
    next_review: date
    review_overdue: bool

    @property
    def arithmetic(self) -> str:
        """The sum a person can follow: `4 × 4 = 16; −1 likelihood by x; residual 3 × 4 = 12`."""
        parts = [f"inherent {self.inherent.likelihood} × {self.inherent.impact} = {self.inherent.score}"]
        parts += [
            f"−{step.steps} {step.reduces} by {step.control}"
            if step.counted
            else f"nothing by {step.control} ({step.standing})"
            for step in self.steps
        ]
        parts.append(f"residual {self.residual.likelihood} × {self.residual.impact} = {self.residual.score}")
        return "; ".join(parts)
