"""What templates of documents that follow an outline may name. The atoms are in `governance.reports.atoms.views`."""

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
        PurposeGap,
        ResultRow,
        RiskRow,
        Said,
        Status,
    )
    from governance.reports.audit.views import DifferenceRow
    from governance.reports.card.views import DataSet
    from governance.reports.charts.canvas import Chart
    from governance.reports.parts.drift import Drift
    from governance.reports.parts.gpu_use import GpuUse
    from governance.reports.parts.views import Due


@dataclass(frozen=True)
class PieceLine:
    """A piece of evidence, as a reference.

    `title`: its kind in words; `about`: its subject; `day`: when it was true, or recorded; `quality`: how whole it is; `cites`.
    """

    title: str
    about: str
    day: str
    quality: Status
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class ControlLine:
    """A control that answers a point.

    `id`, `title`: the control; `standing`: what it came to; `reason`: why; `cites`: by which evidence.
    """

    id: str
    title: str
    standing: Status
    reason: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Block:
    """The figures of one subject.

    `name`: the subject; `facts`: its figures.
    """

    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Table:
    """Rows of evidence.

    `label`: what they are; `headers`: of the columns; `rows`: a figure or text for each column; `left_out`: how many rows are not printed.
    """

    label: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Fact, ...], ...]
    left_out: int


@dataclass(frozen=True)
class Answer:
    """One answer to a point. What does not belong to its sort is empty.

    `said`: what the owner states; `facts`: figures; `label`, `blocks`: figures of each subject; `table`: rows of evidence.
    `attested`: what people attested.
    `pieces`: evidence as a reference; `left_out`: how many pieces are not printed;
    `controls`: standings; `part`: the name of a part that is printed there.
    `missing`: what was looked for and is not on record, or empty.
    """

    said: Said | None = None
    facts: tuple[Fact, ...] = ()
    label: str = ""
    blocks: tuple[Block, ...] = ()
    table: Table | None = None
    attested: tuple[Attested, ...] = ()
    pieces: tuple[PieceLine, ...] = ()
    left_out: int = 0
    controls: tuple[ControlLine, ...] = ()
    part: str = ""
    missing: str = ""


@dataclass(frozen=True)
class PointRow:
    """A point of the source.

    `id`: its own number; `anchor`: in the document; `asks`: in our words; `status`: how far it is answered.
    `answers`: what answers it; `missing`: what was looked for and is not on record at all.
    `person`: what a person must write where nothing on record answers it, or empty.
    """

    id: str
    anchor: str
    asks: str
    status: Status
    answers: tuple[Answer, ...]
    missing: tuple[str, ...]
    person: str


@dataclass(frozen=True)
class SectionRow:
    """A section of the source.

    `id`, `title`: of the source; `points`: its points.
    """

    id: str
    title: str
    points: tuple[PointRow, ...]


@dataclass(frozen=True)
class OutlineView:
    """What `view: outline` gives to a template.

    `frame`: the frame; `index`: the evidence index.
    `id`, `title`: of the outline; `source`, `version`, `url`: what it follows; `note`: when it applies; `checked`: who held it against it.
    `sections`: the points; `counts`: pairs of a status and how many points have it; `total`: how many points there are.
    `results`, `safety`, `gaps`, `risks`, `register_total`, `sign_offs`, `data_sets`, `training`, `environment`, `curve`, `differences`,
    `dates`, `prohibited`, `gpu`, `drift`: parts that a point may name; empty where none does.
    """

    frame: Frame
    index: EvidenceIndex
    id: str
    title: str
    source: str
    version: str
    url: str
    note: str
    checked: str
    sections: tuple[SectionRow, ...]
    counts: tuple[tuple[Status, int], ...]
    total: int
    results: tuple[ResultRow, ...]
    safety: tuple[ResultRow, ...]
    gaps: tuple[PurposeGap, ...]
    risks: tuple[RiskRow, ...]
    register_total: int
    sign_offs: tuple[SignOff, ...]
    data_sets: tuple[DataSet, ...]
    training: tuple[Fact, ...]
    environment: tuple[Fact, ...]
    curve: Chart | None
    differences: tuple[DifferenceRow, ...]
    dates: tuple[Due, ...]
    prohibited: Said | None
    gpu: GpuUse | None
    drift: Drift | None
