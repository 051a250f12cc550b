"""What templates of the candidate diff may name. The atoms are in `governance.reports.atoms.views`.

Everything with two sides has `before` and `after`; a side that has nothing is None, and a template says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.views import Cite, EvidenceIndex, Fact, Frame, Phrase, Status, Term
    from governance.reports.charts.canvas import Chart


@dataclass(frozen=True)
class DiffSide:
    """One of the two sides.

    `chosen`: how it was picked, in words; `on`: the moment it is judged at; `size`: how many entries the ledger had.
    `known`: False where no weights were attached; `name`: of the candidate; `identity`: its digest; `short`: the first twelve digits.
    `gate`: the answer of its policy; `policy`, `policy_digest`, `content_digest`: what judged it.
    `content_lost`: True where what the signer's content was is not on record, so that it was judged over the other side's.
    `cites`: the decision whose signer saw it so, or none.
    """

    chosen: str
    on: str
    size: int
    known: bool
    name: str
    identity: str
    short: str
    gate: Status
    policy: str
    policy_digest: str
    content_digest: str
    content_lost: bool
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class DiffPart:
    """A part of the model identity.

    `part`: which; `way`: what became of it; `says`: the same in words.
    `before`, `after`: its name with its revision, or empty; `before_digest`, `after_digest`: its digest, or empty.
    """

    part: str
    way: Status
    says: str
    before: str
    after: str
    before_digest: str
    after_digest: str


@dataclass(frozen=True)
class DiffFile:
    """A file that differs.

    `path`: its path; `way`: what became of it; `before`, `after`: its size in words, or empty; `before_digest`, `after_digest`: the first
    twelve digits of its digest, or empty.
    """

    path: str
    way: Status
    before: str
    after: str
    before_digest: str
    after_digest: str


@dataclass(frozen=True)
class DiffFiles:
    """Files of both sides.

    `rows`: those that differ; `left_out`: how many more differ; `same`: how many are the same to the byte; `total`: how many there are.
    """

    rows: tuple[DiffFile, ...]
    left_out: int
    same: int
    total: int


@dataclass(frozen=True)
class DiffField:
    """A field that the two sides tell differently.

    `label`: what it is; `name`: which of several, or empty; `way`: what became of it; `before`, `after`: the figures, or None where the
    whole thing is not there; `difference`: after less before, or None where nothing is subtracted.
    """

    label: Phrase
    name: str
    way: Status
    before: Fact | None
    after: Fact | None
    difference: Fact | None


@dataclass(frozen=True)
class DiffThing:
    """A thing that evidence tells of.

    `kind`: the kind of evidence in words; `name`: which of them, or empty; `way`: what became of it; `before`, `after`: the evidence.
    `fields`: what differs; `same`: how many fields are told alike; `files`: its files, or None; `apart`: why numbers are not subtracted.
    """

    kind: str
    name: str
    way: Status
    before: tuple[Cite, ...]
    after: tuple[Cite, ...]
    fields: tuple[DiffField, ...]
    same: int
    files: DiffFiles | None
    apart: str


@dataclass(frozen=True)
class DiffThings:
    """Things of one sort.

    `id`, `title`: which; `rows`: those that differ; `same`: how many are told alike; `carried`: of how many the same evidence speaks for
    both sides; `before`, `after`: how many there are on each side.
    """

    id: str
    title: Phrase
    rows: tuple[DiffThing, ...]
    same: int
    carried: int
    before: int
    after: int


@dataclass(frozen=True)
class DiffResult:
    """A metric on both sides.

    `task`, `metric`, `purpose`, `direction`: what was measured, for what, and which way is better.
    `before`, `after`: the figures, or None; `n_before`, `n_after`: the sample sizes, or None.
    `difference`: after less before, or None; `share`: the same where it is not the one number less the other, or empty; `interval`: its
    95 % interval, or empty; `method`: how that was made, or empty; `pairs`: over how many questions one by one, or 0.
    `verdict`: what it comes to; `because`, `notes`: why, and what to know beside it.
    `runs_before`, `runs_after`: how many runs are on record.
    """

    task: str
    metric: str
    purpose: str
    direction: str
    before: Fact | None
    after: Fact | None
    n_before: Fact | None
    n_after: Fact | None
    difference: Fact | None
    share: str
    interval: str
    method: str
    pairs: int
    verdict: Status
    because: tuple[str, ...]
    notes: tuple[str, ...]
    runs_before: int
    runs_after: int


@dataclass(frozen=True)
class DiffMove:
    """A control, requirement or condition that stands elsewhere.

    `id`, `title`: which; `turn`: worse, better or otherwise; `before`, `after`: its standing, or None where a side does not have it.
    `because`: why it stands so now; `was_because`: why it stood so before; `before_cites`, `after_cites`: the evidence.
    `asked_anew`: True where what it asks for is not the same on both sides.
    """

    id: str
    title: str
    turn: Status
    before: Status | None
    after: Status | None
    because: tuple[str, ...]
    was_because: tuple[str, ...]
    before_cites: tuple[Cite, ...]
    after_cites: tuple[Cite, ...]
    asked_anew: bool


@dataclass(frozen=True)
class DiffMoves:
    """What moved of one sort.

    `rows`: worse first; `worse`, `better`: how many; `same`: how many stand where they stood; `other`: how many of these rest on other
    evidence; `total`: how many there are.
    """

    rows: tuple[DiffMove, ...]
    worse: int
    better: int
    same: int
    other: int
    total: int


@dataclass(frozen=True)
class DiffRisk:
    """A risk that moved.

    `id`, `title`: which; `turn`: worse, better or otherwise; `what`: what moved, in words.
    `before`, `after`: inherent and residual rating as `4 × 4 = 16, residual 2 × 4 = 8`, or empty; `before_level`, `after_level`: the
    residual band, or None; `before_owner`, `after_owner`: owner and treatment, or empty; `arithmetic`: each step of it now.
    """

    id: str
    title: str
    turn: Status
    what: str
    before: str
    after: str
    before_level: Status | None
    after_level: Status | None
    before_owner: str
    after_owner: str
    arithmetic: str


@dataclass(frozen=True)
class DiffFinding:
    """A finding that is open on one side only.

    `status`: opened or no longer open; `severity`: its band; `title`, `rule`, `path`, `remedy`: what it is; `cites`: the evidence.
    """

    status: Status
    severity: Status
    title: str
    rule: str
    path: str
    remedy: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class DiffBound:
    """A bound that judges and reads otherwise now.

    `of`, `what`: which bound; `before`, `after`: how it reads; `way`: loosened, tightened or changed.
    `results`: what it judges that was on record before the bound was; none where that is not so.
    """

    of: str
    what: str
    before: str
    after: str
    way: Status
    results: tuple[Cite, ...]


@dataclass(frozen=True)
class DiffContent:
    """Files that judge, of one sort.

    `sort`: which; `added`, `removed`, `changed`: their ids; `same`: how many read as before.
    """

    sort: Phrase
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    same: int


@dataclass(frozen=True)
class DiffStatement:
    """A field of the system file that reads otherwise; `before` and `after` are empty where it is not stated.

    `field`: its name; `before`, `after`: what is stated.
    """

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class DiffWord:
    """A decision that was recorded between the two sides.

    `status`: what was decided; `signer`, `role`, `on`: by whom and when; `state`: what it is worth on the later side.
    `same_identity`: whether it is of the later candidate; `cites`: where it stands.
    """

    status: Status
    signer: str
    role: str
    on: str
    state: Status
    same_identity: bool
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class DiffRelaxed:
    """What counts on one side only of waivers, accepted risks and exceptions.

    `status`: which of the three; `what`: what it lets pass; `signer`, `until`: by whom and how long; `counts`: on which side, in words;
    `cites`: where it stands.
    """

    status: Status
    what: str
    signer: str
    until: str
    counts: Phrase
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class DiffView:
    """What `view: candidate-diff` gives to a template.

    `frame`: the frame, of the later side; `glossary`: terms; `index`: the evidence index, of both sides.
    `stated`: what the report was made of, so that it can be made again, as JSON.
    `before`, `after`: the sides; `same_identity`: True where both are of one model; `headline`: what a reader must see first, as sentences.
    `parts`: of the model identity; `parts_same`: how many are the same bytes; `not_named`: parts that neither side names.
    `files`: of the model, or None where a side lists none.
    `things`: data, training, environment, energy, scans and terms.
    `results`: scores, worse first; `safety`: those of them that a reader looks for under safety; `results_same`: how many rest on the same
    evidence; `chart`: the differences with their intervals, or None.
    `gate`: conditions that moved; `controls`, `requirements`: standings that moved; `risks`: risks that moved; `risks_same`, `risks_total`.
    `findings`: opened and no longer open; `findings_same`: how many are open on both sides.
    `bounds`: bounds that read otherwise, the loosened first; `after_results`: how many were loosened after a result they judge.
    `content`: files that judge, by sort; `statements`: of the owner; `words`: decisions between the sides; `relaxed`: waivers and such.
    `candidates`: identities that were candidates between; `trainings`, `evaluations`: runs recorded between; `unbound`: what is not
    compared.
    """

    frame: Frame
    glossary: tuple[Term, ...]
    index: EvidenceIndex
    stated: str
    before: DiffSide
    after: DiffSide
    same_identity: bool
    headline: tuple[Phrase, ...]
    parts: tuple[DiffPart, ...]
    parts_same: int
    not_named: tuple[str, ...]
    files: DiffFiles | None
    things: tuple[DiffThings, ...]
    results: tuple[DiffResult, ...]
    safety: tuple[DiffResult, ...]
    results_same: int
    chart: Chart | None
    gate: DiffMoves
    controls: DiffMoves
    requirements: DiffMoves
    risks: tuple[DiffRisk, ...]
    risks_same: int
    risks_total: int
    findings: tuple[DiffFinding, ...]
    findings_same: int
    bounds: tuple[DiffBound, ...]
    after_results: int
    content: tuple[DiffContent, ...]
    statements: tuple[DiffStatement, ...]
    words: tuple[DiffWord, ...]
    relaxed: tuple[DiffRelaxed, ...]
    candidates: tuple[str, ...]
    trainings: tuple[Cite, ...]
    evaluations: tuple[Cite, ...]
    unbound: tuple[Cite, ...]
