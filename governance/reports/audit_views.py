"""What templates of the audit report may name. The atoms are in `governance.reports.views`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.decided_views import SignOff
    from governance.reports.views import (
        Attested,
        Cite,
        EvidenceIndex,
        Frame,
        PurposeGap,
        Register,
        ResultRow,
        RiskRow,
        Said,
        Status,
        Term,
    )


@dataclass(frozen=True)
class Count:
    """How many of a total came to one standing.

    `status`: the standing; `number`: how many; `share`: the same in percent of the total, for the length of a bar.
    """

    status: Status
    number: int
    share: str


@dataclass(frozen=True)
class CoverageRow:
    """An area with its counts.

    `title`: the area; `total`: the denominator; `met`: how many are met; `counts`: the standings that occur, in order.
    """

    title: str
    total: int
    met: int
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Coverage:
    """Counts of one population, as a whole and by area.

    `id`: an anchor; `title`: the population; `unit`: what is counted; `whole`: all of it; `areas`: by area.
    `note`: what the counts do not say.
    """

    id: str
    title: str
    unit: str
    whole: CoverageRow
    areas: tuple[CoverageRow, ...]
    note: str


@dataclass(frozen=True)
class Item:
    """One of the worst items.

    `status`: how bad, as sign and word; `what`: a sentence; `why`: the reason; `remedy`: what would mend it;
    `cites`: evidence.
    """

    status: Status
    what: str
    why: str
    remedy: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Due:
    """A date that acts.

    `date`: the day; `what`: what expires or is due; `kind`: evidence, sign-off, risk review or document review.
    `past`: True where the day is behind the day of judgement.
    """

    date: str
    what: str
    kind: str
    past: bool


@dataclass(frozen=True)
class ConditionRow:
    """A condition of the gate.

    `id`: its id; `why`: why it is asked; `answer`: what it said; `reason`: with which numbers.
    `turns`: what would turn it; `cites`: by which evidence.
    """

    id: str
    why: str
    answer: Status
    reason: str
    turns: tuple[str, ...]
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class FindingRow:
    """An open finding.

    `severity`: how bad; `rule`, `title`, `detail`: what was found; `path`: where, or empty; `remedy`: what mends
    it; `cites`.
    """

    severity: Status
    rule: str
    title: str
    detail: str
    path: str
    remedy: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class ControlRow:
    """A control and what it came to.

    `key`: C and its number in this report; `id`, `anchor`, `title`: the control; `standing`: what it came to;
    `reasons`: why; `cites`: by which evidence.
    `remedy`: what would turn it, empty where it is met; `false_comfort`: what a yes does not say, empty where not
    catalogued.
    """

    key: str
    id: str
    anchor: str
    title: str
    standing: Status
    reasons: tuple[str, ...]
    cites: tuple[Cite, ...]
    remedy: str
    false_comfort: str


@dataclass(frozen=True)
class ControlGroup:
    """The controls of a family.

    `title`: the family; `rows`: its controls.
    """

    title: str
    rows: tuple[ControlRow, ...]


@dataclass(frozen=True)
class RequirementRow:
    """A requirement and what it came to.

    `id`, `title`: in the framework's own numbers and our words; `standing`: what it came to; `coverage`: full, part
    or none.
    `shown`: how it is answered, at its weakest; `applies`: the day from which it applies, where that has not come.
    `controls`: pairs of a control's number in this report, as C7, and its standing; `note`: why the catalogue does
    not cover it, or why it is on record as not measurable, or empty.
    """

    id: str
    title: str
    standing: Status
    coverage: str
    shown: Status
    applies: str
    controls: tuple[tuple[str, Status], ...]
    note: str


@dataclass(frozen=True)
class RequirementGroup:
    """The requirements under one heading of a framework.

    `title`: the heading; `rows`: its requirements.
    """

    title: str
    rows: tuple[RequirementRow, ...]


@dataclass(frozen=True)
class FrameworkPart:
    """A framework's table.

    `id`, `title`, `version`, `publisher`, `checked`: which framework, and who checked our copy against what.
    `total`: the number of requirements; `coverage`: pairs of full, part or none and how many; `shown`: pairs of a way of
    showing and how many; `not_yet`: how many do not apply to anybody yet; `force`: a sentence where this version is not in
    force, or empty; `groups`: the tables.
    """

    id: str
    title: str
    version: str
    publisher: str
    checked: str
    total: int
    coverage: tuple[tuple[str, int], ...]
    shown: tuple[tuple[Status, int], ...]
    not_yet: int
    force: str
    groups: tuple[RequirementGroup, ...]


@dataclass(frozen=True)
class DifferenceRow:
    """What two tools tell differently.

    `about`: the thing; `field`: what of it; `said`: each value with the tool that said it and its citation.
    """

    about: str
    field: str
    said: tuple[tuple[str, str, tuple[Cite, ...]], ...]


@dataclass(frozen=True)
class AuditView:
    """What `view: audit-report` gives to a template.

    `frame`: the frame; `index`: the evidence index; `glossary`: terms.
    `purpose`, `description`, `users`, `intended`, `prohibited`, `tier`, `deployment`, `appetite`: stated by the owner.
    `turns`: what would turn the gate; `worst`: the three worst items; `worse_more`: how many open items there are
    beyond them.
    `due`: the next dates; `calendar`: all dates, soonest first.
    `since`: what changed since the last approval, as a sentence.
    `coverages`: counts with denominators; `headline`: those printed on the first page.
    `results`: evaluation results, base beside tuned; `gaps`: purposes nobody evaluated.
    `findings`, `findings_total`: open findings printed, and how many there are.
    `controls`: by family; `controls_total`: how many; `frameworks`: requirements by framework.
    `register`: the risk register; `top_risks`: its greatest residual risks.
    `conditions`: the gate's conditions; `policy_why`: why the policy asks what it asks.
    `sign_offs`: decisions, latest first; `words_first`: the same, what is in force and speaks of the model before the rest.
    `attested`: documents people attested.
    `differences`: what two tools tell differently about the same thing.
    `unbound`: citations of evidence about a model that is tied to no weights.
    """

    frame: Frame
    index: EvidenceIndex
    glossary: tuple[Term, ...]
    purpose: Said
    description: Said
    users: Said
    intended: Said
    prohibited: Said
    tier: Said
    deployment: Said
    appetite: Said
    turns: tuple[str, ...]
    worst: tuple[Item, ...]
    worse_more: int
    due: tuple[Due, ...]
    calendar: tuple[Due, ...]
    since: str
    coverages: tuple[Coverage, ...]
    headline: tuple[Coverage, ...]
    results: tuple[ResultRow, ...]
    gaps: tuple[PurposeGap, ...]
    findings: tuple[FindingRow, ...]
    findings_total: int
    controls: tuple[ControlGroup, ...]
    controls_total: int
    frameworks: tuple[FrameworkPart, ...]
    register: Register
    top_risks: tuple[RiskRow, ...]
    conditions: tuple[ConditionRow, ...]
    policy_why: str
    sign_offs: tuple[SignOff, ...]
    words_first: tuple[SignOff, ...]
    attested: tuple[Attested, ...]
    differences: tuple[DifferenceRow, ...]
    unbound: tuple[Cite, ...]
