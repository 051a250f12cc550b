"""A policy: when a release may happen, in a closed vocabulary of conditions.

A policy with no condition denies. A condition answers yes, no or could-not-tell; one *no* denies, otherwise one
*could-not-tell* leaves the whole undecided, and only all *yes* allow. The file carries examples that allow and that deny.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from governance.domain.base import KindId, Noun, Sentence, Slug
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


class Quorum(Noun):
    """So many different people in each of these roles; nobody counts twice."""

    roles: tuple[Slug, ...] = Field(min_length=1)
    people: int = Field(default=1, ge=1, le=100)


class SignedBy(Quorum):
    """Approved by a quorum, on this very identity and this very policy; `by_tier` asks another of systems of a tier."""

    by_tier: dict[Literal["low", "limited", "high"], Quorum] = Field(default_factory=dict)

    def of(self, tier: str | None) -> Quorum:
        """The quorum for systems of a tier. Where tiers are asked about and the system states none, the greatest of all."""
        if tier is not None or not self.by_tier:
            return next((quorum for name, quorum in self.by_tier.items() if name == tier), self)
        return max((self, *self.by_tier.values()), key=lambda quorum: quorum.people * len(set(quorum.roles)))


class DutiesApart(Noun):
    """Nobody who approves holds one of these duties, and for each of them it is known who does."""

    duties: tuple[Literal["trainer", "evaluator", "threshold-author"], ...] = Field(min_length=1)


DECIDING_FIELDS = frozenset({"id", "candidate", "policy", "duties", "tier", "risk_appetite", "risks"})
"""Fields of a system that no envelope can name: they say which model, which rule, which people, and how much is carried."""


class Envelope(Noun):
    """A change that a policy lets happen after an approval, without a new one: which, within what, shown by what.

    The approval is over the policy that holds this, so whoever approves has approved the change as well.
    """

    id: Slug
    why: Sentence
    change: Literal["evidence", "content", "risk", "system"] = Field(
        description="evidence: more of these kinds came in; content: files of judgement changed; risk: ratings moved; "
        "system: the owner states it differently"
    )
    kinds: tuple[KindId, ...] = Field(default=(), description="for evidence: the kinds that may come in")
    fields: tuple[Annotated[str, StringConstraints(pattern="^[a-z_]+$", max_length=80)], ...] = Field(
        default=(), description="for the system: the fields that may change, such as contact"
    )
    within: tuple[MetricBound, ...] = Field(
        default=(), description="bounds that must hold over all evidence afterwards"
    )
    controls: tuple[Slug, ...] = Field(default=(), description="controls that must be met afterwards")
    no_worse: bool = Field(default=True, description="no control stands worse and no risk is rated higher than before")

    @model_validator(mode="after")
    def _names_what_may_change(self) -> Envelope:
        if (self.change == "evidence") != bool(self.kinds) or (self.change == "system") != bool(self.fields):
            raise ValueError(f"envelope {self.id}: a change of evidence names kinds, one of the system names fields")
        if strange := DECIDING_FIELDS.intersection(self.fields):
            raise ValueError(f"envelope {self.id}: {', '.join(sorted(strange))} decides what is approved, and by whom")
        return self


class FiguresRule(Noun):
    """For how many days figures of some kinds of evidence may be quoted; older ones print as not evidenced, with the reason."""

    kinds: tuple[KindId, ...] = Field(min_length=1)
    within_days: int = Field(ge=1, le=36500)
    why: Sentence


class Condition(Noun):
    """One condition: an id, why it is asked, and exactly one of the vocabulary."""

    id: Slug
    why: Sentence
    controls_met: ControlsMet | None = None
    metric: MetricBound | None = None
    risk_at_most: RiskAtMost | None = None
    no_open_finding: NoOpenFinding | None = None
    signed_by: SignedBy | None = None
    duties_apart: DutiesApart | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        given = [
            self.controls_met, self.metric, self.risk_at_most, self.no_open_finding, self.signed_by, self.duties_apart,
        ]  # fmt: skip
        if sum(part is not None for part in given) != 1:
            raise ValueError(f"condition {self.id}: give exactly one of the vocabulary")
        return self


class PolicyExample(Noun):
    """A case, small enough to read, and what the gate must say.

    `given` holds `controls` (id → standing), `results` (list of task, metric, value, n, about), `risks` (id → residual
    score), `appetite`, `findings` (list of severities), `duties` (as in a system file), `tier`, `signed` (list of role and person,
    with `decision` and any field of one, such as `expires`, `waiver` or `exception`), and `later` (results that came in after
    what was signed). What is absent is missing.
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
    envelopes: tuple[Envelope, ...] = Field(default=(), description="changes that need no new approval")
    figures: tuple[FiguresRule, ...] | None = Field(
        default=None,
        description="how old a figure in a document may be, by kind; a kind that is not named has no such limit",
    )
    examples: tuple[PolicyExample, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> Policy:
        ids = [condition.id for condition in self.conditions]
        if len(set(ids)) != len(ids):
            raise ValueError("two conditions have one id")
        names = [envelope.id for envelope in self.envelopes]
        if len(set(names)) != len(names):
            raise ValueError("two envelopes have one id")
        return self
