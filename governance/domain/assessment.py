"""What judgement came to: standings with their reasons, per control, per requirement, per framework; the gate's answer.

Nothing here is a single score. A percentage over unlike things hides the gap; counts with their denominator do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field, field_serializer

from governance.domain.base import Noun
from governance.domain.control import Family, Standing
from governance.domain.identity import ModelIdentity
from governance.domain.policy import Answer
from governance.parsing import canonical


class AskResult(Noun):
    """What one ask came to, why, and by which evidence."""

    ask: str
    kind: str
    standing: Standing
    reason: str
    evidence: tuple[str, ...] = ()


class ControlResult(Noun):
    """What a control came to: the worst of its asks."""

    id: str
    title: str
    family: Family
    standing: Standing
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]
    asks: tuple[AskResult, ...]
    remedy: str


class RequirementResult(Noun):
    """What a requirement came to. `coverage` says how far the catalogue can answer it at all."""

    framework: str
    id: str
    title: str
    group: str
    standing: Standing
    coverage: Literal["full", "part", "none"]
    reasons: tuple[str, ...]
    controls: tuple[str, ...]


class FrameworkResult(Noun):
    """Counts with their denominator; `by_standing` sums to `total`."""

    framework: str
    title: str
    version: str
    total: int
    by_standing: Mapping[str, int]
    by_coverage: Mapping[str, int]


class Finding(Noun):
    """An open finding, with the evidence that shows it."""

    evidence: str
    rule: str
    severity: Literal["low", "medium", "high", "critical"]
    title: str
    detail: str
    path: str | None
    remedy: str


class Assessment(Noun):
    """Everything that was judged of one system at one moment."""

    system: str
    on: datetime
    identity: ModelIdentity | None
    content_digest: str
    ledger_size: int
    controls: tuple[ControlResult, ...]
    requirements: tuple[RequirementResult, ...]
    frameworks: tuple[FrameworkResult, ...]
    findings: tuple[Finding, ...]
    unbound: tuple[str, ...] = Field(default=(), description="evidence about a model that is tied to no weights")

    @field_serializer("on")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)

    def control(self, control_id: str) -> ControlResult | None:
        """The result of one control."""
        return next((result for result in self.controls if result.id == control_id), None)


class ConditionResult(Noun):
    """What one condition of a policy answered, with the numbers, and what would turn a *no*."""

    id: str
    answer: Answer
    reason: str
    would_turn: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


class GateResult(Noun):
    """The gate's answer with every condition's."""

    system: str
    policy: str
    policy_digest: str
    on: datetime
    answer: Answer
    conditions: tuple[ConditionResult, ...]
    reason: str

    @field_serializer("on")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)
