"""What two candidates of one system differ in: each thing as it was and as it is, with the evidence that says so on either side.

Two cases of one ledger are held against each other; the earlier one's entries are a beginning of the later one's. *Worse* and *better* are
said only where a standing, a rating or a whole interval says it. What is known by name only is never called equal, what can not be
subtracted is never subtracted, and what did not change is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from governance.domain.base import Noun
from governance.domain.identity import Part, PartName

if TYPE_CHECKING:
    from governance.domain.case import Case

Way = Literal["added", "removed", "changed", "same", "same-evidence", "not-told"]
"""What became of a thing. *not-told*: a side knows it by its name only. *same-evidence*: one piece speaks for both sides."""
Turn = Literal["worse", "better", "other"]
Verdict = Literal[
    "worse", "not-measured-again", "not-comparable", "can-not-tell", "no-clear-difference", "new", "better", "same-evidence",
]  # fmt: skip
"""What a measured difference comes to, in the order in which a reader must see it."""


@dataclass(frozen=True)
class Side:
    """One of the two cases, how it was picked, and over which content it was judged.

    `asked`: what was asked for: now, last-approved, the id of a decision, an identity, a day; `chosen`: what that came to, in words.
    `decision`: the decision whose signer saw it so, or None. `content_since`: the first entry that names its content, or None.
    `content_lost`: True where the content that was signed is not on record, so that it was judged over that of the other side.
    """

    case: Case
    asked: str
    chosen: str
    decision: str | None = None
    content_since: int | None = None
    content_lost: bool = False


@dataclass(frozen=True)
class Pair:
    """The two sides, of which `before` has at most as many entries as `after`, and what they differ in."""

    before: Side
    after: Side
    found: Comparison


class SideSummary(Noun):
    """A side in a few words: the ledger it saw, the model, the rules, the answer."""

    asked: str
    chosen: str
    size: int
    root: str
    on: str
    identity: str | None
    name: str
    policy: str
    policy_digest: str
    content_digest: str
    content_lost: bool
    gate: str


class Told(Noun):
    """A value as a piece of evidence tells it: `at` is an RFC 6901 pointer into the body of `evidence`."""

    evidence: str
    at: str
    value: Any = None


class FieldChange(Noun):
    """A field that the two sides tell differently; None where a side does not tell it. `form` is how its number is written.

    `name`: which of several of one label it is, such as a package or a setting; or empty.
    """

    label: str
    name: str = ""
    way: Way
    before: Told | None = None
    after: Told | None = None
    form: str = "number"


class FileRow(Noun):
    """A file on both sides; sizes in bytes, None where it is not there."""

    path: str
    way: Way
    before_size: int | None = None
    after_size: int | None = None
    before_digest: str | None = None
    after_digest: str | None = None


class FileChanges(Noun):
    """Files that differ, by path, and how many are the same to the byte."""

    rows: tuple[FileRow, ...] = ()
    same: int = 0


class Thing(Noun):
    """One thing that evidence tells of: a data set, a run, a machine. `same` counts fields that both sides tell alike.

    `apart` says why its numbers are not subtracted, where they are not.
    """

    kind: str
    name: str
    way: Way
    before: str | None = None
    after: str | None = None
    fields: tuple[FieldChange, ...] = ()
    same: int = 0
    files: FileChanges | None = None
    apart: str = ""


class Things(Noun):
    """All things of one sort: those that differ, how many are the same, and how many there are on each side."""

    id: str
    rows: tuple[Thing, ...] = ()
    same: int = 0
    carried: int = 0
    before: int = 0
    after: int = 0


class PartChange(Noun):
    """A part of the model identity on both sides, and in a sentence what became of it."""

    part: PartName
    way: Way
    before: Part | None = None
    after: Part | None = None
    said: str


class Reading(Noun):
    """A measured value with its piece, the pointer to its row, its sample size, and how many runs of it are on record."""

    evidence: str
    at: str
    value: float | None
    n: int | None = None
    runs: int = 1


class Measured(Noun):
    """One metric on both sides. `delta` is after less before, with the ends of its 95 % interval; None where none is given.

    `pairs`: how many questions were compared one by one; None where the two were taken as independent. `because`: why this verdict;
    `notes`: what a reader should know beside it.
    """

    source: Literal["evaluation", "attack", "subgroup"]
    task: str
    metric: str
    purposes: tuple[str, ...] = ()
    before: Reading | None = None
    after: Reading | None = None
    higher_is_better: bool | None = None
    delta: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    pairs: int | None = None
    verdict: Verdict
    because: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Moved(Noun):
    """A control, requirement or condition that stands elsewhere; None where a side does not have it.

    `asked_anew`: what it asks for is not the same on both sides, so not the model alone may have moved it.
    """

    id: str
    title: str
    turn: Turn
    before: str | None = None
    after: str | None = None
    before_because: tuple[str, ...] = ()
    after_because: tuple[str, ...] = ()
    before_evidence: tuple[str, ...] = ()
    after_evidence: tuple[str, ...] = ()
    asked_anew: bool = False


class Moves(Noun):
    """What moved, worse first; how many stand where they stood, how many of these rest on other evidence, and how many there are."""

    rows: tuple[Moved, ...] = ()
    same: int = 0
    on_other_evidence: int = 0
    total: int = 0


class RiskSide(Noun):
    """A risk as it is rated on a side."""

    inherent: tuple[int, int]
    residual: tuple[int, int]
    treatment: str
    owner: str
    appetite: int | None = None
    within: bool | None = None
    arithmetic: str = ""

    @property
    def score(self) -> int:
        """Residual likelihood times impact."""
        return self.residual[0] * self.residual[1]


class RiskMoved(Noun):
    """A risk whose rating, treatment, owner or appetite is another one; `what` names which of these."""

    risk: str
    title: str
    turn: Turn
    what: tuple[str, ...]
    before: RiskSide | None = None
    after: RiskSide | None = None


class RiskMoves(Noun):
    """Risks that moved, worse first, and how many did not."""

    rows: tuple[RiskMoved, ...] = ()
    same: int = 0
    total: int = 0


class FindingRow(Noun):
    """A finding that is open on one side only, with its evidence there."""

    rule: str
    severity: str
    title: str
    path: str | None = None
    evidence: str
    remedy: str = ""


class FindingMoves(Noun):
    """Findings open now and not before, open before and not now, and how many are open on both sides."""

    opened: tuple[FindingRow, ...] = ()
    closed: tuple[FindingRow, ...] = ()
    same: int = 0


class Threshold(Noun):
    """A bound that judges, and reads otherwise now. `results`: evidence it judges that was on record before the bound was."""

    of: str
    what: str
    before: str
    after: str
    way: Literal["loosened", "tightened", "changed"]
    results: tuple[str, ...] = ()


class ContentChange(Noun):
    """Files that judge: by sort, the ids that came in, went, or read otherwise."""

    sort: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: int = 0


class Statement(Noun):
    """A field of the system file that the owner states otherwise, as JSON values; None where it is not stated."""

    field: str
    before: Any = None
    after: Any = None


class Word(Noun):
    """A decision that was recorded between the two sides, and what it is worth on the later one."""

    id: str
    decision: str
    signer: str
    role: str
    on: str
    same_identity: bool
    state: str


class Relaxation(Noun):
    """A waiver, accepted risk or exception that counts on one side only."""

    id: str
    decision: str
    what: str
    signer: str
    until: str
    counts: Literal["now, and not before", "before, and not now"]


class Attempts(Noun):
    """What was tried between the two sides, as far as it was recorded.

    `candidates`: identities that were candidates in between, neither of the two; `trainings`: training runs; `evaluations`: evaluation
    runs, of whichever model; `unbound`: pieces about a model that no digest ties to weights, which are not compared.
    """

    candidates: tuple[str, ...] = ()
    trainings: tuple[str, ...] = ()
    evaluations: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()


class Comparison(Noun):
    """Everything that two candidates of one system differ in."""

    system: str
    before: SideSummary
    after: SideSummary
    same_identity: bool
    parts: tuple[PartChange, ...]
    parts_not_named: tuple[PartName, ...] = ()
    files: FileChanges | None = None
    things: tuple[Things, ...] = ()
    results: tuple[Measured, ...] = ()
    results_same: int = 0
    controls: Moves
    requirements: Moves
    conditions: Moves
    risks: RiskMoves
    findings: FindingMoves
    content: tuple[ContentChange, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    stated: tuple[Statement, ...] = ()
    words: tuple[Word, ...] = ()
    relaxed: tuple[Relaxation, ...] = ()
    attempts: Attempts
