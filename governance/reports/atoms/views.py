"""What templates may name: the atoms every document shares, and the view of the risk register.

Each class lists its names in its docstring; a test holds the two equal. A template prints an atom by naming it: naming
a fact prints the value *and* its citation, naming what somebody said prints the text *and* who stated it. All of it is
frozen and plain. The other documents' views are in the `views` of their rooms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.decided import DutyRow, Relaxed
    from governance.reports.charts.canvas import Chart
    from governance.verifier.claims import Claim


@dataclass(frozen=True)
class Phrase:
    """A sentence of ours with values in it, which a language can say its own way. Prints as text; each value prints as by itself.

    `message`: the English sentence with `%(name)s` for each value; `values`: pairs of a name and what stands for it.
    """

    message: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        """The English sentence as plain text."""
        return self.message % dict(self.values) if self.values else self.message


def phrase(message: str, **values: object) -> Phrase:
    """A sentence of ours with values in it. What is written here is what a catalogue translates."""
    return Phrase(message, tuple(values.items()))


@dataclass(frozen=True)
class Status:
    """An answer as sign and word. Prints both.

    `word`: the answer in words.
    `icon`: one character that says the same.
    `tone`: good, warn, bad, gap, note or mute; names a colour and nothing that is not in word and icon.
    """

    word: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Term:
    """An entry of the glossary.

    `word`: the term.
    `says`: what it means here.
    """

    word: str
    says: str


@dataclass(frozen=True)
class Cite:
    """A reference to a row of the evidence index. Prints `[E3]` with a link, and who vouches for what no tool wrote.

    `key`: E and a number for evidence, S for the system file, D and a number for a decision.
    `anchor`: the row's anchor in the document, without `#`; empty where the row is not in this document.
    `by`: "attested by … on …" where it was written by hand; else None.
    """

    key: str
    anchor: str
    by: Phrase | None = None


@dataclass(frozen=True)
class Fact:
    """A figure or name that comes from evidence. Prints value, unit and citation, or "not evidenced".

    `label`: what it is.
    `text`: the value as printed, already rounded; None where there is no evidence.
    `unit`: printed after the value; may be empty.
    `rounding`: how the value was rounded, in words; empty where it is exact.
    `cites`: where it comes from.
    `claim`: evidence, pointer and form, by which it can be written again; None where it is missing.
    `numeric`: whether it is a number, whose marks a language writes its own way, and no text.
    `why`: why it is missing although something is on record, such as its age; or empty.
    `missing`: True where there is no evidence.
    """

    label: str
    text: str | None
    unit: str = ""
    rounding: str = ""
    cites: tuple[Cite, ...] = ()
    claim: Claim | None = None
    why: str = ""
    numeric: bool = False

    @property
    def missing(self) -> bool:
        """True where there is no evidence."""
        return self.text is None


@dataclass(frozen=True)
class Said:
    """What a person wrote. Prints the text and who stands behind it, or what to add and where.

    `label`: what it is about.
    `texts`: the sentences, of which one may be ours; empty where nothing was stated.
    `by`: "stated by … in the system file", or "attested by … on …".
    `ask`: what to do where nothing was stated.
    `cites`: where it stands.
    `missing`: True where nothing was stated.
    """

    label: str
    texts: tuple[str | Phrase, ...]
    by: Phrase
    ask: Phrase
    cites: tuple[Cite, ...] = ()

    @property
    def missing(self) -> bool:
        """True where nothing was stated."""
        return not self.texts


@dataclass(frozen=True)
class EvidenceRow:
    """A row of the evidence index.

    `key`, `anchor`: as in the citation.
    `id`: the id in the ledger.
    `kind`: the kind with its version; `kind_title`: its name in words.
    `about`: the subject; `role`: the part it plays, or empty; `bound_by`: how it was tied to the subject.
    `quality`: how whole it is; `quality_reasons`: why not wholly.
    `effective`: when it was true, by the tool's clock; `recorded`: when it entered the ledger.
    `collector`: who read it; `tool`: what wrote it.
    `digest`: of the body; `short`: its first twelve digits.
    `sources`: how many files were read.
    `unbound`: True where it speaks of a model and no weights tie it to one.
    """

    key: str
    anchor: str
    id: str
    kind: str
    kind_title: str
    about: str
    role: str
    bound_by: str
    quality: Status
    quality_reasons: tuple[str, ...]
    effective: str
    recorded: str
    collector: str
    tool: str
    digest: str
    short: str
    sources: int
    unbound: bool


@dataclass(frozen=True)
class EvidenceIndex:
    """The evidence index of a document.

    `rows`: those printed, in ledger order; `total`: how many there are; `left_out`: how many only the CSV file has.
    """

    rows: tuple[EvidenceRow, ...]
    total: int
    left_out: int


@dataclass(frozen=True)
class PartRow:
    """A part of the identity.

    `part`: which part; `name`: its name; `digest`: in full, or empty; `short`: the first twelve digits; `revision`:
    or empty.
    `by_reference`: True where only its name vouches for it.
    """

    part: str
    name: str
    digest: str
    short: str
    revision: str
    by_reference: bool


@dataclass(frozen=True)
class Identity:
    """What exactly is judged.

    `known`: False while no weights were attached.
    `name`: the candidate's name; `digest`: the identity digest; `short`: its first twelve digits.
    `basis`: what it is taken over, in words; `whole`: True where a release was named, so that every file counts.
    `parts`: the parts it is made of; `by_reference`: the names of those no digest vouches for.
    """

    known: bool
    name: str
    digest: str
    short: str
    basis: str
    whole: bool
    parts: tuple[PartRow, ...]
    by_reference: tuple[str, ...]


@dataclass(frozen=True)
class Frame:
    """What stands in the frame of every document.

    `system`: the system's name; `system_id`: its id; `owner`: who answers for it.
    `on`: the date of judgement; `moment`: the same to the second, in UTC.
    `identity`: what exactly is judged.
    `answer`: the gate's answer; `sentence`: the same as a sentence; `policy`: its title; `policy_digest`: its digest.
    `pack`: the id of the pack that holds the document.
    `origin`, `size`, `root`: the ledger's checkpoint; `root_short`: the first twelve digits of its root.
    `checkpoint`: origin, size and whole root on one line, in groups that can be read over the telephone.
    `content_digest`: the digest of the catalogue it was held against.
    `relaxed`: exceptions, waivers and accepted risks that run; `duties`: who trained, evaluated and set thresholds.
    `recipe`: command lines that check the document against its pack, each with what it does.
    `facts_missing`, `facts_total`: how many of the facts asked for are not evidenced, and how many were asked for.
    `asks`: fields the system file leaves out, each as what to add.
    """

    system: str
    system_id: str
    owner: str
    on: str
    moment: str
    identity: Identity
    answer: Status
    sentence: str
    policy: str
    policy_digest: str
    pack: str
    origin: str
    size: int
    root: str
    root_short: str
    checkpoint: str
    content_digest: str
    relaxed: Relaxed
    duties: tuple[DutyRow, ...]
    recipe: tuple[tuple[str, str], ...]
    facts_missing: int
    facts_total: int
    asks: tuple[Phrase, ...]


@dataclass(frozen=True)
class ResultRow:
    """One task and metric of an evaluation, base beside tuned.

    `task`, `metric`: as the harness names them; `purpose`: what it speaks for, in words.
    `direction`: "higher is better", "lower is better" or "direction not stated".
    `base`, `tuned`, `difference`: the figures; `n`, `stderr`: of the tuned run.
    `verdict`: what came of it, with sign; `says`: the same in a sentence.
    `attempts`: how many evaluation runs of the candidate hold this task.
    """

    task: str
    metric: str
    purpose: str
    direction: str
    base: Fact
    tuned: Fact
    difference: Fact
    n: Fact
    stderr: Fact
    verdict: Status
    says: Phrase
    attempts: int


@dataclass(frozen=True)
class PurposeGap:
    """A purpose nobody ran an evaluation for.

    `purpose`: in words; `ask`: what would close the gap.
    """

    purpose: str
    ask: Phrase


@dataclass(frozen=True)
class RiskRow:
    """A risk of the register on the day of judgement.

    `key`: R and its number, by residual score; `anchor`: its anchor; `id`: its id in the library.
    `title`, `event`, `consequence`: what it is; `genai`: the risks of NIST AI 600-1 it falls under.
    `owner`: who owns it; `owner_named`: the system file named the owner.
    `treatment`: what is done; `because`: why the inherent rating is what it is.
    `inherent`, `residual`: as `4 × 3 = 12`; `inherent_level`, `residual_level`: their bands.
    `inherent_score`, `residual_score`: the products.
    `arithmetic`: each step from inherent to residual, as lines.
    `appetite`: the greatest score the system carries, or words that none is stated; `within`: whether the residual
    is inside it.
    `next_review`: when it is looked at again; `overdue`: True where that day is past.
    """

    key: str
    anchor: str
    id: str
    title: str
    event: str
    consequence: str
    genai: tuple[str, ...]
    owner: str
    owner_named: bool
    treatment: str
    because: str
    inherent: str
    residual: str
    inherent_level: Status
    residual_level: Status
    inherent_score: int
    residual_score: int
    arithmetic: tuple[str, ...]
    appetite: str
    within: Status
    next_review: str
    overdue: bool


@dataclass(frozen=True)
class Register:
    """The risk register.

    `rows`: those printed, by residual score, greatest first; `left_out`: how many only the data files have.
    `by_level`: pairs of a band and how many residual risks are in it; `total`: how many risks there are.
    `outside`: how many stand outside the appetite; `overdue`: how many reviews are overdue.
    `unowned`: how many owners are only the library's usual role.
    `appetite`: the appetite, or what to add.
    """

    rows: tuple[RiskRow, ...]
    by_level: tuple[tuple[Status, int], ...]
    total: int
    outside: int
    overdue: int
    unowned: int
    appetite: Said

    @property
    def left_out(self) -> int:
        """How many risks only the CSV file and the workbook have."""
        return self.total - len(self.rows)


@dataclass(frozen=True)
class RiskView:
    """What `view: risk-register` gives to a template.

    `frame`: the frame; `heat`: the heat map, or None; `register`: the register; `index`: the evidence index; `glossary`: terms.
    """

    heat: Chart | None
    frame: Frame
    register: Register
    index: EvidenceIndex
    glossary: tuple[Term, ...]


@dataclass(frozen=True)
class Attested:
    """A document a person attested.

    `topic`: what it speaks for; `title`, `statement`: its words; `by`: "attested by … on …".
    `document`: file name and short digest, or empty; `review_due`: or empty; `cites`: where it stands.
    """

    topic: str
    title: str
    statement: str
    by: Phrase
    document: str
    review_due: str
    cites: tuple[Cite, ...]
