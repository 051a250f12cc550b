"""What templates of the audit report may name. The atoms are in `governance.reports.atoms.views`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.decided import SignOff
    from governance.reports.atoms.views import (
        Attested,
        Cite,
        EvidenceIndex,
        Fact,
        Frame,
        Phrase,
        PurposeGap,
        Register,
        ResultRow,
        RiskRow,
        Said,
        Status,
        Term,
    )
    from governance.reports.charts.canvas import Chart
    from governance.reports.parts.drift import Drift
    from governance.reports.parts.views import Coverage, Due, MeasuredRow


@dataclass(frozen=True)
class Item:
    """One of the worst items.

    `status`: how bad, as sign and word; `what`: a sentence; `why`: the reason; `remedy`: what would mend it;
    `cites`: evidence.
    """

    status: Status
    what: Phrase
    why: str | Phrase
    remedy: str | Phrase
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class ConditionRow:
    """A condition of the gate.

    `id`: its id; `asks`: what it asks, where that is about numbers, or None; `why`: why it is asked; `floor`: the organisation's policy
    that asks it, or empty; `answer`: what it said; `reason`: with which numbers.
    `turns`: what would turn it; `cites`: by which evidence.
    """

    id: str
    asks: Phrase | None
    why: str
    floor: str
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
    note: str | Phrase


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
    force: Phrase | None
    groups: tuple[RequirementGroup, ...]


@dataclass(frozen=True)
class PopulationRow:
    """The pieces of evidence of one kind.

    `kind`, `title`: the kind; `pieces`: how many; `files`: how many files they were read from.
    `readers`: the collectors that read them; `by_hand`: how many a person wrote; `first`, `last`: the days they speak of, or empty.
    `not_whole`: how many are not complete; `unbound`: how many speak of a model and are tied to no weights.
    """

    kind: str
    title: str
    pieces: int
    files: int
    readers: tuple[str, ...]
    by_hand: int
    first: str
    last: str
    not_whole: int
    unbound: int


@dataclass(frozen=True)
class SampleRow:
    """A piece that was drawn.

    `rank`: its place; `id`: of the piece; `kind`: of what sort; `cites`: where it stands.
    """

    rank: int
    id: str
    kind: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Population:
    """All evidence of the system at the checkpoint, and a sample of it.

    `rows`: by kind; `total`: how many pieces; `files`: read from how many files; `entries`: how many entries the ledger has in all;
    `decisions`: how many of them are decisions about this system.
    `seed`, `method`: how the sample is drawn again; `sample`: what was drawn.
    """

    rows: tuple[PopulationRow, ...]
    total: int
    files: int
    entries: int
    decisions: int
    seed: str
    method: str
    sample: tuple[SampleRow, ...]


@dataclass(frozen=True)
class ActionRow:
    """A corrective action.

    `id`: its number in its register; `status`: where it stands on the day of judgement; `description`: what went wrong.
    `cause`, `action`, `owner`, `raised`, `due`, `done`: as the register says, or empty; `cites`: where it stands.
    """

    id: str
    status: Status
    description: str
    cause: str
    action: str
    owner: str
    raised: str
    due: str
    done: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class CorrectiveActions:
    """The registers of corrective actions.

    `registers`: each as name, how many are open, how many overdue, and its day; `rows`: actions, the overdue first; `total`: how many there
    are.
    """

    registers: tuple[tuple[str, Fact, Fact, str], ...]
    rows: tuple[ActionRow, ...]
    total: int


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
    `due`: the next dates; `calendar`: those printed, soonest first; `calendar_total`: how many there are.
    `since`: what became of the last approval and what changed since, as sentences.
    `coverages`: counts with denominators; `headline`: those printed on the first page.
    `results`: evaluation results, base beside tuned; `gaps`: purposes nobody evaluated.
    `drift`: how far use has moved away from what it was.
    `population`: all evidence by kind, and a sample; `corrective`: corrective actions.
    `findings`, `findings_total`: open findings printed, and how many there are.
    `controls`: by family; `controls_total`: how many; `frameworks`: requirements by framework.
    `heat`, `bars`: charts of risks, and of each of the coverages; `bow_ties`: of the greatest residual risks.
    `register`: the risk register; `top_risks`: its greatest residual risks.
    `conditions`: the gate's conditions; `measured`: each number that they judged; `policy_why`: why the policy asks what it asks.
    `floors`: the policies of the organisation that were asked as well.
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
    calendar_total: int
    since: tuple[Phrase, ...]
    coverages: tuple[Coverage, ...]
    headline: tuple[Coverage, ...]
    results: tuple[ResultRow, ...]
    gaps: tuple[PurposeGap, ...]
    drift: Drift
    findings: tuple[FindingRow, ...]
    findings_total: int
    population: Population
    corrective: CorrectiveActions
    controls: tuple[ControlGroup, ...]
    controls_total: int
    frameworks: tuple[FrameworkPart, ...]
    heat: Chart | None
    bars: tuple[Chart | None, ...]
    bow_ties: tuple[Chart, ...]
    register: Register
    top_risks: tuple[RiskRow, ...]
    conditions: tuple[ConditionRow, ...]
    measured: tuple[MeasuredRow, ...]
    policy_why: str
    floors: tuple[str, ...]
    sign_offs: tuple[SignOff, ...]
    words_first: tuple[SignOff, ...]
    attested: tuple[Attested, ...]
    differences: tuple[DifferenceRow, ...]
    unbound: tuple[Cite, ...]
