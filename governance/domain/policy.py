"""A policy: when a release may happen, in a closed vocabulary of conditions.

A policy with no condition denies. A condition answers yes, no or could-not-tell; one *no* denies, otherwise one
*could-not-tell* leaves the whole undecided, and only all *yes* allow. The file carries examples that allow and that deny.

A *floor* is a policy of the organisation. Whatever policy is asked, the conditions of every floor are asked with it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from governance.domain.base import KindId, Noun, Sentence, Slug
from governance.domain.conditions import Condition, MetricBound, NonInferior


class Answer(StrEnum):
    """What a condition, and the gate as a whole, can say."""

    YES = "yes"
    NO = "no"
    COULD_NOT_TELL = "could-not-tell"


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
    within: tuple[Annotated[MetricBound | NonInferior, Field(union_mode="left_to_right")], ...] = Field(
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


class PolicyExample(Noun):
    """A case, small enough to read, and what the gate must say.

    `given` holds `controls` (id → standing), `requirements` (framework → number → standing), `results` (list of task, metric, value,
    n, about), `risks` (id → residual score), `appetite`, `findings` (list of severities), `duties` (as in a system file), `tier`,
    `signed` (list of role and person, with `decision` and any field of one, such as `expires`, `waiver` or `exception`), and `later`
    (results that came in after what was signed). `planned` are suites that were sealed before any result. `pairs` are results on the
    same items: task, metric, how many items `both` got right, the candidate alone (`gained`), the other alone (`lost`), and `neither`;
    the other is the base, or with `against: approved` a release that was approved before. `groups` are results for people: task,
    metric, attribute, about, and a list of name, value, n. `days` makes a result so many days old. `like` names another example of the
    policy, from which is taken what is not said; null takes away. What is absent is missing.
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
    floor: Literal[True] | None = Field(
        default=None, description="asked of every system whichever policy is, and never replaced by another file"
    )
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
