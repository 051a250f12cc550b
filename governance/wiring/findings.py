"""What the doctor gives back: findings with a state, a place and a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from governance.errors import CouldNotTell, GovernanceError

if TYPE_CHECKING:
    from collections.abc import Iterable


class State(StrEnum):
    """The three answers. What could not be told is no ok."""

    OK = "ok"
    PROBLEM = "problem"
    COULD_NOT_TELL = "could-not-tell"


RULES = {
    "gate-is-asked": "A pipeline runs the gate",
    "exit-code-kept": "The gate's exit code ends its job",
    "changes-are-judged": "The gate runs before a change is merged",
    "never-skipped": "Nothing skips the gate",
    "deployment-waits": "What deploys waits for the gate",
    "question-is-fixed": "The file says which system and policy are asked",
    "judged-as-of-now": "The gate judges the present moment",
    "check-is-required": "A change can not be merged without the gate",
    "understood": "Everything that may hold a gate was read",
    "floors": "The organisation's floors are asked",
    "version": "The version that runs",
    "workspace": "The workspace opens",
    "ledger": "The ledger is whole",
    "key": "The ledger's key is there and its owner's alone",
    "content": "All content can be read",
    "extras": "What the policies need is installed",
    "clock": "The clock is sane",
}
"""Every question that is asked, by its id."""


@dataclass(frozen=True)
class Finding:
    """One answer. `where` is a file as the repository names it, `line` counts from 1 and is 0 where there is none."""

    rule: str
    state: State
    said: str
    where: str = ""
    line: int = 0
    remedy: str = ""

    @property
    def place(self) -> str:
        """`file:line`, `file` or nothing."""
        return f"{self.where}:{self.line}" if self.where and self.line else self.where

    def plain(self) -> dict[str, Any]:
        """The finding as JSON holds it."""
        return {
            "rule": self.rule,
            "asked": RULES[self.rule],
            "state": self.state.value,
            "where": self.where or None,
            "line": self.line or None,
            "said": self.said,
            "remedy": self.remedy or None,
        }


def worst(findings: Iterable[Finding]) -> State:
    """The answer as a whole: a problem before what could not be told; no finding at all is no ok."""
    states = {finding.state for finding in findings}
    if State.PROBLEM in states:
        return State.PROBLEM
    return State.OK if states == {State.OK} else State.COULD_NOT_TELL


def exit_code(state: State) -> int:
    """0 ok, 1 a problem, 3 could not tell."""
    return {State.OK: 0, State.PROBLEM: GovernanceError.exit_code, State.COULD_NOT_TELL: CouldNotTell.exit_code}[state]
