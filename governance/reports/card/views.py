"""What templates of the model card may name. The atoms are in `governance.reports.atoms.views`, the sections' own rows in `rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.decided import SignOff
    from governance.reports.atoms.head import Head
    from governance.reports.atoms.views import (
        Attested,
        Cite,
        EvidenceIndex,
        Fact,
        Frame,
        Phrase,
        PurposeGap,
        ResultRow,
        RiskRow,
        Said,
        Status,
    )
    from governance.reports.card.rows import (
        CurveTable,
        EvaluatedTask,
        Factor,
        ForestRow,
        Groups,
        Limit,
        Stage,
        SubCard,
        Threshold,
    )
    from governance.reports.charts.canvas import Chart
    from governance.reports.parts.drift import Drift
    from governance.reports.parts.energy import Energy
    from governance.reports.parts.gpu_use import GpuUse
    from governance.reports.parts.views import MeasuredRow


@dataclass(frozen=True)
class DataSet:
    """A training data set as its manifest describes it.

    `name`: its name; `licence`, `rows`, `files`, `size`, `digest`: facts about it; `languages`, `sources`: lists,
    may be empty.
    `statements`: which of provenance, personal data and limitations its card speaks of, each with a status.
    `cites`: where it comes from.
    """

    name: str
    licence: Fact
    rows: Fact
    files: Fact
    size: Fact
    digest: Fact
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    statements: tuple[tuple[Phrase, Status], ...]
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class CardView:
    """What `view: model-card` gives to a template.

    `head`: the YAML head as a mapping; it prints as YAML between two lines of `---`.
    `frame`: the frame; `index`: the evidence index.
    `description`, `purpose`, `owner`, `contact`, `users`, `licence`, `licence_link`, `intended`, `prohibited`, `deployment`,
    `tier`, `languages`: stated.
    `base_model`: what the owner declares of the base model.
    `details`: facts about the candidate's files; `stages`: its lineage, from data and base to what is deployed; `lineage`: the same as a
    chart, or None.
    `data_sets`: what it was trained on; `more_data`: how many of them do not stand in the lineage.
    `training`: facts about the training; `settings`: the settings it was started with; `runs`: how many training runs of it are on
    record; `loss`: its loss as a chart, or None; `points`: the table behind it, or None.
    `energy`: what the training took; `energy_chart`: the same as a chart, or None; `energies`: how many pieces tell it.
    `gpu`: what the graphics processors did during it; `drift`: how far use has moved away from what it was.
    `factors`: what divides people or conditions in the evaluations; `affected`: the groups that an impact assessment names.
    `tasks`: what was evaluated on which data; `thresholds`: the conditions of the gate about numbers.
    `measured`: each number that they judged.
    `results`, `safety`: evaluation results; `gaps`, `safety_gaps`: purposes nobody evaluated.
    `forest`: differences from the base as a chart, or None; `differences`: the table behind it.
    `unitary`, `intersectional`: results for each group of people, by one attribute and by several at once.
    `subcards`: bias, safety and security, privacy, explainability, each as questions with what answers them.
    `ethics`: questions on who may be harmed, with what answers them.
    `gate`, `signed`: what the policy answered, and the latest decision that counts on this identity, as sentences.
    `sign_offs`: all decisions with their state, latest first.
    `worse`: how many results are worse than the base beyond chance.
    `attested`: documents people attested.
    `risks`: the greatest residual risks; `register_total`: how many the register holds.
    `limits`: what the kinds of evidence in this card do not say; `caveats`: what a reader must know before relying on it.
    `environment`: facts about where it was trained; `packages`: versions of the packages that shape the result.
    """

    head: Head
    frame: Frame
    index: EvidenceIndex
    description: Said
    purpose: Said
    owner: Said
    contact: Said
    users: Said
    licence: Said
    licence_link: Said
    intended: Said
    prohibited: Said
    deployment: Said
    tier: Said
    languages: Said
    base_model: Said
    details: tuple[Fact, ...]
    stages: tuple[Stage, ...]
    lineage: Chart | None
    data_sets: tuple[DataSet, ...]
    more_data: int
    training: tuple[Fact, ...]
    settings: tuple[Fact, ...]
    runs: int
    loss: Chart | None
    points: CurveTable | None
    energy: Energy
    energy_chart: Chart | None
    energies: int
    gpu: GpuUse
    factors: tuple[Factor, ...]
    affected: tuple[Fact, ...]
    tasks: tuple[EvaluatedTask, ...]
    thresholds: tuple[Threshold, ...]
    measured: tuple[MeasuredRow, ...]
    results: tuple[ResultRow, ...]
    safety: tuple[ResultRow, ...]
    gaps: tuple[PurposeGap, ...]
    safety_gaps: tuple[PurposeGap, ...]
    forest: Chart | None
    differences: tuple[ForestRow, ...]
    unitary: tuple[Groups, ...]
    intersectional: tuple[Groups, ...]
    drift: Drift
    subcards: tuple[SubCard, ...]
    ethics: SubCard
    gate: Phrase
    signed: Phrase
    sign_offs: tuple[SignOff, ...]
    worse: int
    attested: tuple[Attested, ...]
    risks: tuple[RiskRow, ...]
    register_total: int
    limits: tuple[Limit, ...]
    caveats: tuple[Phrase, ...]
    environment: tuple[Fact, ...]
    packages: tuple[Fact, ...]
