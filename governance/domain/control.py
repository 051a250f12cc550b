"""A control: something we hold ourselves to, put so that evidence can answer it.

A control asks *whether*; how much is enough is a policy's matter. Each ask names a kind of evidence, what it must be about,
how old it may be, and what its body must say. All asks must be satisfied; a control that asks for nothing is an error, because
nothing passes by being empty. The file carries examples for each answer it can come to, and one test runs them all.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, model_validator

from governance.domain.base import KindId, Noun, Sentence, Slug
from governance.domain.evidence import Quality


class Standing(StrEnum):
    """What a control came to."""

    MET = "met"
    UNMET = "unmet"
    INCONCLUSIVE = "inconclusive"
    STALE = "stale"
    MISSING = "missing"
    MANUAL = "manual"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    NOT_COVERED = "not-covered"


class Family(StrEnum):
    """Where in the life of a system a control belongs."""

    GOVERNANCE = "governance"
    SYSTEM = "system"
    DATA = "data"
    BASE_MODEL = "base-model"
    TRAINING = "training"
    QUALITY = "quality"
    BIAS = "bias"
    SAFETY = "safety"
    PRIVACY = "privacy"
    ROBUSTNESS = "robustness"
    TRANSPARENCY = "transparency"
    RELEASE = "release"
    OPERATION = "operation"
    INCIDENTS = "incidents"


class About(StrEnum):
    """Whom the evidence must speak of."""

    CANDIDATE = "candidate"
    BASE = "base"
    DATA_SET = "data-set"
    ENVIRONMENT = "environment"
    SYSTEM = "system"
    ANY = "any"


class Expectation(Noun):
    """One test on the body. `field` is a dotted path; `[]` after a name means each element of a list.

    Exactly one test is given. A field that is null or absent fails `present`, and leaves every other test undecided.
    """

    field: str = Field(pattern=r"^[a-z_0-9]+(?:\[\])?(?:\.[a-z_0-9]+(?:\[\])?)*$")
    present: bool | None = None
    equals: str | int | bool | None = None
    one_of: tuple[str, ...] | None = None
    none_of: tuple[str, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    empty: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Expectation:
        if len(self.tests) != 1:
            raise ValueError(f"field {self.field}: give exactly one test")
        return self

    @property
    def tests(self) -> dict[str, Any]:
        """The tests given, by name."""
        names = ("present", "equals", "one_of", "none_of", "at_least", "at_most", "empty")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class Claim(Noun):
    """What a result is to show, and how surely: too few items for it are *inconclusive*, with how many more would settle it.

    The number of items is that of a test which sees a distance of `margin`, in the metric's own unit, with this power.
    """

    says: Sentence
    metric: str | None = Field(default=None, description="as the tool spells it; absent means every metric of the task")
    margin: float = Field(gt=0)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    power: float = Field(default=0.8, ge=0.5, lt=1)


class ControlChart(Noun):
    """A number of the body, over all pieces that say the same sort of thing, on a control chart: out of control is *unmet*.

    The first `baseline` points set the limits. Up to then there is no chart, and the ask is judged without it.
    """

    field: str = Field(pattern="^[a-z_0-9]+$", description="a number at the top of the body")
    baseline: int = Field(default=8, ge=5, le=1000)
    method: Literal["individuals", "ewma"] = "individuals"


class Ask(Noun):
    """A demand for evidence. `within` is the greatest age in days; absent, the evidence does not age.

    `where` picks the pieces that count by fields at the top of their body: a scan of the weights says nothing of the code.
    """

    id: Slug
    kind: KindId
    about: About = About.ANY
    purpose: Slug | None = Field(default=None, description="for evaluations: only tasks of this suite count")
    topic: Slug | None = Field(default=None, description="for attested documents: the topic it must attest")
    where: dict[str, str] = Field(default_factory=dict, description="only bodies with these values count")
    each: str | None = Field(
        default=None,
        pattern="^[a-z_0-9]+$",
        description="the newest of each value of this field counts, and the worst decides",
    )
    within: int | None = Field(default=None, ge=1)
    quality: tuple[Quality, ...] = (Quality.COMPLETE,)
    expect: tuple[Expectation, ...] = ()
    claim: Claim | None = Field(
        default=None, description="for evaluations: what the number of items must be enough for"
    )
    chart: ControlChart | None = Field(default=None, description="limits of the same number over time")


class AppliesWhen(Noun):
    """The control applies only where a field of the system has one of these values. Not stated: it applies."""

    field: str = Field(pattern="^[a-z_]+$", max_length=80)
    one_of: tuple[str, ...] = Field(min_length=1)


class ExamplePiece(Noun):
    """A piece of evidence in an example; `effective` absent means the tool left no clock.

    The body stands here, or is `like` an example of its kind that holds, `but` for some fields: mappings are merged,
    everything else is replaced.
    """

    kind: KindId
    about: About
    effective: date | None = None
    quality: Quality = Quality.COMPLETE
    body: dict[str, Any] | None = None
    like: str | None = None
    but: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_body(self) -> ExamplePiece:
        if (self.body is None) == (self.like is None) or (self.but and self.like is None):
            raise ValueError("give body, or like and but")
        return self


class ControlExample(Noun):
    """A small case and the standing it must come to."""

    name: Sentence
    comes_to: Standing
    on: date
    system: dict[str, Any] = Field(default_factory=dict)
    evidence: tuple[ExamplePiece, ...] = ()


class Control(Noun):
    """What we hold ourselves to, why, who usually owns it, and where a *yes* misleads."""

    id: Slug
    title: Sentence
    family: Family
    objective: Sentence
    why: Sentence
    owner: Sentence
    false_comfort: Sentence = Field(description="what a yes here does not say")
    cost_to_show: Sentence
    remedy: Sentence = Field(description="the one thing that would turn a no into a yes")
    applies_when: AppliesWhen | None = None
    asks: tuple[Ask, ...] = Field(min_length=1)
    examples: tuple[ControlExample, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _examples_speak_both_ways(self) -> Control:
        standings = {example.comes_to for example in self.examples}
        if Standing.MET not in standings or standings == {Standing.MET}:
            raise ValueError("give at least one example that is met and one that is not")
        ids = [ask.id for ask in self.asks]
        if len(set(ids)) != len(ids):
            raise ValueError("two asks have one id")
        return self
