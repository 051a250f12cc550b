"""A decision: what a person signs, and what the signature binds it to.

The statement names the model identity, the ledger as the signer saw it, the evidence, the policy, the content and the state of
the risks by digest, so that the signature can not be carried to another model, another rule or another past; and whatever of
these changes afterwards is told from the statement alone. It follows in-toto Statement v1; the envelope around it is DSSE.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field, field_serializer, model_validator

from governance.domain.base import Day, Digest, KindId, Moment, Noun, Number, Sentence, Slug
from governance.domain.entry import Checkpoint
from governance.domain.plan import Plan
from governance.domain.policy import Answer
from governance.parsing import canonical
from governance.verifier.meanings import APPROVALS, ENDINGS

Duty = Literal["trainer", "evaluator", "threshold-author"]


class DecisionKind(StrEnum):
    """What the signer decided."""

    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve-with-conditions"
    REJECT = "reject"
    HOLD = "hold"
    REVOKE = "revoke"
    RETIRE = "retire"
    ACCEPT_RISK = "accept-risk"
    WAIVE = "waive"
    EXCEPT_DUTIES = "except-duties"
    SET_POLICY = "set-policy"
    PLAN = "plan"

    @property
    def approves(self) -> bool:
        """Whether it lets a model be released."""
        return self.value in APPROVALS

    @property
    def ends(self) -> bool:
        """Whether it keeps a model from being released."""
        return self.value in ENDINGS


class Scope(Noun):
    """For what an approval is given; what is left out is not bounded by it."""

    uses: tuple[Sentence, ...] = ()
    places: tuple[Literal["cloud", "on-device"], ...] = ()
    users: Sentence | None = None


class ApprovalCondition(Noun):
    """Something that must be true by a day, or the approval ends. With a control the machine looks; else the owner shows it.

    `control` must be met on the day; `kind` must have come in as evidence after the approval. With neither, a statement of the
    owner must be attached that names the condition's id.
    """

    id: Slug
    text: Sentence
    owner: Sentence
    due: Day
    control: Slug | None = None
    kind: KindId | None = None


class Dissent(Noun):
    """Somebody who was heard and did not agree."""

    person: Sentence
    text: Sentence


class AcceptedRisk(Noun):
    """The rating that the owner of the risk accepted, frozen."""

    risk: Slug
    likelihood: int = Field(ge=1, le=5)
    impact: int = Field(ge=1, le=5)
    level: str

    @property
    def score(self) -> int:
        """Likelihood times impact."""
        return self.likelihood * self.impact


class Waiver(Noun):
    """A control that need not be met for a while: what makes up for it, who answers, when it is tested again."""

    control: Slug
    standing: str = Field(description="what the control came to when it was waived")
    compensation: Sentence
    owner: Sentence
    retest: Day


class DutiesException(Noun):
    """A person who may approve although they hold duties that are kept apart."""

    person: Sentence
    duties: tuple[Duty, ...] = Field(min_length=1)


class Read(Noun):
    """A document that the signer read: its file name, and its digest, which is that of a page on record."""

    name: Number
    digest: Digest


_NEEDS_END = {DecisionKind.ACCEPT_RISK, DecisionKind.WAIVE, DecisionKind.EXCEPT_DUTIES}
_PART_OF = {
    DecisionKind.ACCEPT_RISK: "risk",
    DecisionKind.WAIVE: "waiver",
    DecisionKind.EXCEPT_DUTIES: "exception",
    DecisionKind.APPROVE_WITH_CONDITIONS: "conditions",
    DecisionKind.PLAN: "plan",
}


class Decision(Noun):
    """The predicate of a decision statement."""

    decision: DecisionKind
    meaning: str
    system: Slug
    identity: Digest | None = Field(default=None, description="absent only where no weights were on record")
    identity_name: str = ""
    signer: str
    role: Slug
    reason: Sentence
    signed_at: Moment
    expires: date | None = Field(default=None, description="the last day on which it counts")
    checkpoint: Checkpoint = Field(description="the ledger that the signer saw")
    policy: Slug
    policy_digest: Digest
    content_digest: Digest
    evidence_root: Digest = Field(description="over the ids of all evidence that the signer saw; see evidence_root()")
    system_digest: Digest = Field(description="what the owner stated of the system")
    risk_state: Digest = Field(description="over the ratings of all risks; see risk_state()")
    gate_answer: Answer = Field(description="what the gate said when this was signed")
    page: Digest | None = Field(default=None, description="the review page that was signed")
    read: tuple[Read, ...] | None = Field(
        default=None, min_length=1, description="documents that were read beside the page; absent where none was named"
    )
    scope: Scope = Scope()
    conditions: tuple[ApprovalCondition, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    rollback: Digest | None = Field(default=None, description="the identity to go back to")
    reapprove_on: tuple[KindId, ...] = Field(
        default=(),
        description="kinds whose new evidence always asks for a new approval, whatever the policy lets change",
    )
    target: str | None = Field(
        default=None, description="the entry of the decision that this one ends, where it is one"
    )
    risk: AcceptedRisk | None = None
    waiver: Waiver | None = None
    exception: DutiesException | None = None
    plan: Plan | None = None
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")

    @model_validator(mode="after")
    def _has_the_parts_of_its_kind(self) -> Decision:
        for kind, part in _PART_OF.items():
            if bool(getattr(self, part)) != (self.decision is kind):
                raise ValueError(f"{part}: belongs to {kind}, and to it alone")
        if self.decision in _NEEDS_END and self.expires is None:
            raise ValueError(f"expires: {self.decision} needs a last day")
        if self.identity is None and (self.decision.approves or self.decision.ends):
            raise ValueError("identity: an approval or its end is of a model identity")
        names = [each.name for each in self.read or ()]
        if len(set(names)) != len(names):
            raise ValueError("read: two documents have one name")
        ids = [condition.id for condition in self.conditions]
        if len(set(ids)) != len(ids):
            raise ValueError("conditions: two have one id")
        return self

    @field_serializer("signed_at")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """What the in-toto statement is about, by name and digest."""
        named = [(self.identity_name or "model", self.identity)] if self.identity else []
        bound = [("policy", self.policy_digest), ("content", self.content_digest), ("evidence", self.evidence_root)]
        page = [("page", self.page)] if self.page else []
        read = [(f"read/{each.name}", each.digest) for each in self.read or ()]
        return (*named, *bound, ("system", self.system_digest), ("risks", self.risk_state), *page, *read)


class SignedDecision(Noun):
    """A decision with what was found out about its signature when it was read."""

    id: str
    seq: int
    decision: Decision
    recorded_at: datetime
    key_fingerprint: str
    valid: bool
    problem: str | None = None
