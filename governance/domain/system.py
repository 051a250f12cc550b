"""A system under governance: what it is for, who answers for it, and what it must not be used for.

Four fields are required; the report asks for the others where they are missing, because a blank is a finding and never a
default. Names of people are folded before they are compared, so that "Bob " and "bob" are one person.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from governance.domain.base import Digest, Noun, Sentence, Slug
from governance.domain.risk import RiskSetting


class BaseModelDeclared(Noun):
    """What the owner declares of the model it was made from."""

    name: Sentence
    licence: Sentence | None = None
    licence_link: Sentence | None = None
    revision: Sentence | None = None


class System(Noun):
    """One AI system. `suites` names the evaluation tasks that speak for a purpose in this system."""

    id: Slug
    name: Sentence
    purpose: Sentence
    owner: Sentence
    description: Sentence | None = None
    intended_uses: tuple[Sentence, ...] = ()
    prohibited_uses: tuple[Sentence, ...] = ()
    users: Sentence | None = None
    tier: Literal["low", "limited", "high"] | None = None
    deployment: Literal["cloud", "on-device", "both"] | None = None
    retrieval: Literal["yes", "no"] | None = Field(default=None, description="it looks passages up before it answers")
    agent: Literal["yes", "no"] | None = Field(default=None, description="it acts by itself, with tools")
    judge: Literal["yes", "no"] | None = Field(default=None, description="a model judges some of its evaluations")
    third_party_data: Literal["yes", "no"] | None = Field(
        default=None, description="some of its training data came under an agreement with somebody else"
    )
    frameworks: tuple[Slug, ...] = Field(default=(), description="versions by id, or series by name")
    roles: dict[Slug, tuple[Slug, ...]] = Field(
        default_factory=dict, description="by series of frameworks: as whom the owner is addressed, such as a deployer"
    )
    risk_appetite: int | None = Field(default=None, ge=1, le=25, description="greatest residual score carried")
    licence: Sentence | None = Field(default=None, description="licence under which the tuned model is released")
    licence_link: Sentence | None = Field(default=None, description="where the text of that licence stands")
    languages: tuple[str, ...] = ()
    benchmarks: dict[Sentence, Sentence] = Field(
        default_factory=dict,
        description="which evaluation task is which benchmark of the Hugging Face Hub: TASK[/METRIC] to ORG/DATA_SET:TASK_ID",
    )
    base_model: BaseModelDeclared | None = None
    suites: dict[Slug, tuple[str, ...]] = Field(default_factory=dict)
    risks: dict[Slug, RiskSetting] = Field(default_factory=dict)
    duties: dict[Literal["trainer", "evaluator", "threshold-author"], tuple[Sentence, ...]] = Field(
        default_factory=dict,
        description="who trained it, evaluated it, set its thresholds: people who do not approve it",
    )
    policy: Slug | None = None
    contact: Sentence | None = None
    candidate: Digest | None = Field(
        default=None, description="manifest digest to be released; absent: the last attached"
    )
