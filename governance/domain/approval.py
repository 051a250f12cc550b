"""What became of an approval: in force, or not any longer, with every cause and what is to be looked at again."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from governance.domain.base import Noun


class State(StrEnum):
    """What an approval is worth at a moment. Only one that is in force counts."""

    IN_FORCE = "in-force"
    INVALIDATED = "invalidated"
    CONDITIONS_OVERDUE = "conditions-overdue"
    DUTIES_BROKEN = "duties-broken"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    RETIRED = "retired"
    VOID = "void"


CauseWord = Literal[
    "identity", "evidence", "policy", "content", "risk", "system", "expiry", "condition", "revoked", "duties", "trigger",
    "record",
]  # fmt: skip
"""Why an approval does not count, in a closed vocabulary."""


class Cause(Noun):
    """One reason, in a sentence, with the ids or names of what shows it."""

    cause: CauseWord
    said: str
    items: tuple[str, ...] = ()


class Within(Noun):
    """A change that left an approval in force: the envelope or the condition that covers it, and what shows that it holds."""

    by: str
    change: str
    said: str
    evidence: tuple[str, ...] = ()


class Pending(Noun):
    """A condition of an approval, and whether it is met."""

    id: str
    text: str
    owner: str
    due: str
    met: bool
    overdue: bool
    said: str
    evidence: tuple[str, ...] = ()


class LookAgain(Noun):
    """One thing that is not as the signer saw it and bears on the judgement."""

    what: Literal["control", "risk", "condition", "evidence", "waiver", "content"]
    id: str
    said: str
    evidence: tuple[str, ...] = ()


class ApprovalState(Noun):
    """The state of one approval, with every cause; `look_again` is the smallest set, where it was asked for."""

    decision: str
    signer: str
    role: str
    identity: str | None
    state: State
    causes: tuple[Cause, ...] = ()
    within: tuple[Within, ...] = ()
    conditions: tuple[Pending, ...] = ()
    look_again: tuple[LookAgain, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is in force."""
        return self.state is State.IN_FORCE

    @property
    def why(self) -> str:
        """The causes in one line."""
        return "; ".join(cause.said for cause in self.causes)
