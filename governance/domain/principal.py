"""What happens to a principal: enrolled, its key rotated or revoked, its roles changed. Each is a signed statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_serializer, model_validator

from governance.domain.base import Day, Moment, Noun, Sentence, Slug
from governance.parsing import canonical

if TYPE_CHECKING:
    from datetime import datetime


class TokenIdentity(Noun):
    """Tokens of an issuer for a subject, checked against a pinned JSON Web Key Set (RFC 7517)."""

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=1000)
    jwks: dict[str, Any]


class PrincipalEvent(Noun):
    """The predicate of a principal statement."""

    event: Literal["enrol", "add-key", "rotate", "revoke", "roles"]
    name: Sentence
    kind: Literal["person", "pipeline"] | None = Field(default=None, description="of an enrolment")
    roles: tuple[Slug, ...] | None = Field(default=None, min_length=1)
    key: str | None = Field(default=None, description="as OpenSSH writes it: `ssh-ed25519 AAAA…`")
    token: TokenIdentity | None = None
    replaces: str | None = Field(default=None, description="the fingerprint of the key that a rotation ends")
    credential: str | None = Field(default=None, description="the fingerprint of the key that is revoked")
    since: int | None = Field(default=None, ge=0, description="the entry since which a revoked key was not its owner's")
    valid_from: Day | None = None
    valid_until: Day | None = None
    reason: Sentence
    at: Moment
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")

    @model_validator(mode="after")
    def _has_its_parts(self) -> PrincipalEvent:
        brings_key = (self.key is not None) + (self.token is not None)
        if brings_key != (self.event in {"enrol", "add-key", "rotate"}):
            raise ValueError(
                "key: an enrolment, a further key and a rotation bring one key or one token identity, and nothing else does"
            )
        if (self.roles is not None) != (self.event in {"enrol", "roles"}):
            raise ValueError("roles: belong to an enrolment and to a change of roles")
        if (self.replaces is not None) != (self.event == "rotate"):
            raise ValueError("replaces: belongs to a rotation")
        if (self.credential is not None) != (self.event == "revoke"):
            raise ValueError("credential: belongs to a revocation")
        return self

    @field_serializer("at")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)


class Attestation(Noun):
    """The predicate of an attestation: who attached these pieces, and which duties that shows."""

    system: Slug
    author: Sentence
    duties: tuple[Literal["trainer", "evaluator", "threshold-author"], ...] = ()
    evidence: tuple[str, ...] = Field(min_length=1, description="ids, in the order of the subjects")
    at: Moment
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")

    @field_serializer("at")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)
