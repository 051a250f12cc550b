"""What the linter gives back: findings with a place and a remedy, and scores that are counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is, in the words of SARIF."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


ORDER = (Level.ERROR, Level.WARNING, Level.NOTE)


@dataclass(frozen=True, order=True)
class Place:
    """A stretch of the file: lines and columns count from 1 in characters, the end column is the first one after it."""

    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __post_init__(self) -> None:
        """A place without an end is one character."""
        if not self.end_line:
            object.__setattr__(self, "end_line", self.line)
            object.__setattr__(self, "end_column", self.column + 1)

    def to(self, other: Place) -> Place:
        """From the beginning of this one to the end of the other."""
        return Place(self.line, self.column, other.end_line, other.end_column)


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `rule` is the id of one of `rules.RULES`; `subject` is the text it is about, as far as there is one.

    `untold` marks what was asked for and could not be told. It weighs as much as a no in the exit code of a card that was held against
    evidence.
    """

    rule: str
    level: Level
    message: str
    remedy: str
    place: Place
    subject: str = ""
    untold: bool = False


@dataclass(frozen=True)
class Score:
    """`k` of `n`, each of `counted`. `rest` says what became of the others, by name. `n` may be None: then nothing could be counted."""

    id: str
    title: str
    k: int
    n: int | None
    counted: str
    rest: tuple[tuple[str, int], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Backed:
    """One figure of the card and what stands behind it.

    `state` is one of `backing.STATES`; `by` is the evidence that gives the value, `at` the pointer into its body.
    """

    text: str
    label: str
    where: str
    place: Place
    state: str
    by: str = ""
    at: str = ""
    says: str = ""


@dataclass(frozen=True)
class Report:
    """What was found in one card. `unread` is set, and everything else empty, where the file could not be read as a card."""

    card: str
    findings: tuple[Finding, ...] = ()
    scores: tuple[Score, ...] = ()
    figures: tuple[Backed, ...] = ()
    held_against: str = ""
    """The system whose evidence the figures were held against, or empty."""
    unread: str = ""
    sha256: str = ""
    sections: tuple[tuple[str, bool | None], ...] = field(default=())
    """Each section that a card should have, and whether it is there with content; None where it could not be told."""

    def count(self, level: Level) -> int:
        """How many findings are of this level."""
        return sum(finding.level is level for finding in self.findings)
