"""A decision: what a person signs, and what the signature binds it to.

The statement names the model identity, the ledger as the signer saw it, the policy and the content by digest, so that the
signature can not be carried to another model, another rule or another past. It follows in-toto Statement v1
(https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md); the envelope around it is DSSE.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field, field_serializer

from governance.domain.base import Digest, Moment, Noun, Sentence, Slug
from governance.domain.entry import Checkpoint
from governance.domain.policy import Answer
from governance.parsing import canonical

PREDICATE_TYPE = "urn:governance-evidence:predicate:decision:v1"


class DecisionKind(StrEnum):
    """What the signer decided."""

    APPROVE = "approve"
    REJECT = "reject"
    HOLD = "hold"
    REVOKE = "revoke"


MEANING = {
    DecisionKind.APPROVE: "I have reviewed what this statement names and approve this model identity for the stated system.",
    DecisionKind.REJECT: "I have reviewed what this statement names and reject this model identity for the stated system.",
    DecisionKind.HOLD: "I have reviewed what this statement names; it is not ready to be decided.",
    DecisionKind.REVOKE: "I withdraw my earlier approval of this model identity.",
}
"""The meaning of a signature, in words, as it is signed."""


class Decision(Noun):
    """The predicate of a decision statement."""

    decision: DecisionKind
    meaning: str
    system: Slug
    identity: Digest
    identity_name: str
    signer: str
    role: Slug
    reason: Sentence
    signed_at: Moment
    expires: date | None = None
    checkpoint: Checkpoint
    policy: Slug
    policy_digest: Digest
    content_digest: Digest
    gate_answer: Answer = Field(description="what the gate said when this was signed")
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")

    @field_serializer("signed_at")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)


class SignedDecision(Noun):
    """A decision with what was found out about its signature when it was read."""

    id: str
    seq: int
    decision: Decision
    key_fingerprint: str
    valid: bool
    problem: str | None = None
