"""What judgement came to: standings with their reasons, per control, per requirement, per framework; the gate's answer.

Nothing here is a single score. A percentage over unlike things hides the gap; counts with their denominator do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field, field_serializer

from governance.domain.base import Noun
from governance.domain.control import Family, Standing
from governance.domain.identity import ModelIdentity
from governance.domain.kind import Basis
from governance.domain.policy import Answer
from governance.parsing import canonical


class Shown(StrEnum):
    """How a requirement is shown to be answered. Beside the standing, which says what it came to."""

    TESTED = "tested"
    AUTOMATED = "automated"
    ATTESTED = "attested"
    NOT_ASSESSED = "not-assessed"
    NOT_COVERED = "not-covered"
    NOT_MEASURABLE = "not-measurable"
    NOT_APPLICABLE = "not-applicable"


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
    bases: tuple[Basis, ...] = Field(default=(), description="how the evidence that decided came to be known")


class RequirementResult(Noun):
    """What a requirement came to.

    `coverage` says how far the catalogue can answer it at all; `shown` how it is answered here: by the weakest of the ways
    (`bases`) in which the evidence of its controls came to be known, so that one person's word is not hidden behind a test.
    """

    framework: str
    id: str
    title: str
    group: str
    standing: Standing
    coverage: Literal["full", "part", "none"]
    reasons: tuple[str, ...]
    controls: tuple[str, ...]
    shown: Shown = Shown.NOT_ASSESSED
    bases: tuple[Basis, ...] = ()
    applies_from: date | None = Field(default=None, description="the first day on which it applies to anybody")
    in_application: bool = Field(default=True, description="whether that day had come")
    not_measurable: str | None = Field(default=None, description="why it can not be measured, where that is on record")


class FrameworkResult(Noun):
    """Counts with their denominator; `by_standing`, `by_coverage` and `by_shown` each sum to `total`."""

    framework: str
    series: str
    title: str
    version: str
    in_force: bool = Field(description="whether this version was in force on the day")
    in_force_from: date
    superseded_on: date | None
    total: int
    in_application: int = Field(description="how many of the requirements applied to anybody on the day")
    by_standing: Mapping[str, int]
    by_coverage: Mapping[str, int]
    by_shown: Mapping[str, int]


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
    not_in_force: tuple[str, ...] = Field(default=(), description="series the system names, without a version in force")
    unknown_frameworks: tuple[str, ...] = Field(default=(), description="named by the system, and not in the content")
    unbound: tuple[str, ...] = Field(default=(), description="evidence about a model that is tied to no weights")

    @field_serializer("on")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)

    def control(self, control_id: str) -> ControlResult | None:
        """The result of one control."""
        return next((result for result in self.controls if result.id == control_id), None)


class Numbers(Noun):
    """A number that a condition looked at, with its interval, the bound it was held against, and the answer that came of it alone.

    `value`, `low`, `high` and `bound` are in the metric's own unit; with `against` they are of candidate − reference, turned so that more
    is better. `low` and `high` are absent where there is no interval. Of pairs: `gained` and `lost` are items that only the candidate, or
    only the reference, got right; `only_candidate` and `only_reference` are items that the other side does not have.
    """

    task: str
    metric: str
    filter: str | None = Field(
        default=None, description="what the tool put answers through before it scored them, where it is one of several"
    )
    group: str | None = Field(default=None, description="the slice, where it is of one")
    against: str | None = Field(default=None, description="what was subtracted: base, approved or overall")
    value: float
    low: float | None = None
    high: float | None = None
    confidence: float
    method: str
    n: int | None = None
    bound: float
    side: Literal["at-least", "at-most"]
    answer: Answer
    gained: int | None = None
    lost: int | None = None
    only_candidate: int | None = None
    only_reference: int | None = None
    p: float | None = Field(
        default=None, description="of the test that turned it, after correction; absent where none was asked for"
    )
    correction: str | None = None
    attempts: int | None = Field(default=None, description="how many runs the error was divided among")
    more: int | None = Field(default=None, description="how many more items would settle it, as far as can be told")
    evidence: tuple[str, ...] = ()


class ConditionResult(Noun):
    """What one condition of a policy answered, with the numbers, and what would turn a *no*."""

    id: str
    answer: Answer
    reason: str
    would_turn: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    numbers: tuple[Numbers, ...] | None = Field(default=None, description="what it looked at, for words about numbers")
    floor: str | None = Field(default=None, description="the policy of the organisation that asks it, where it is one")
    duties_broken: Literal[True] | None = Field(
        default=None, description="true where it says no because a person who approves holds a duty that is kept apart"
    )


class GateResult(Noun):
    """The gate's answer with every condition's."""

    system: str
    policy: str
    policy_digest: str
    on: datetime
    answer: Answer
    conditions: tuple[ConditionResult, ...]
    reason: str

    @property
    def duties_broken(self) -> bool:
        """Whether it says no, and a person who approves holds a duty that is kept apart."""
        return self.answer is Answer.NO and any(result.duties_broken for result in self.conditions)

    @field_serializer("on")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)
