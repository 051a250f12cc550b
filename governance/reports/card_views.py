"""What templates of the model card may name. The atoms are in `governance.reports.views`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.reports.decided_views import SignOff
    from governance.reports.views import (
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
    statements: tuple[tuple[str, Status], ...]
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Curve:
    """A loss curve, ready to be drawn in a box of `width` by `height`.

    `points`: the training loss as `x,y x,y …`; `held_out`: the same for held-out data, may be empty.
    `marks`: held-out points as pairs (x, y).
    `first`, `last`: loss at the first and last step printed; `first_step`, `last_step`: those steps.
    `low`, `high`: the least and greatest loss drawn.
    `alt`: the curve in words, for whoever does not see it.
    `note`: how the curve was thinned out; empty where every point is drawn.
    `cites`: where it comes from.
    """

    width: int
    height: int
    points: str
    held_out: str
    marks: tuple[tuple[str, str], ...]
    first: str
    last: str
    first_step: str
    last_step: str
    low: str
    high: str
    alt: str
    note: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Head:
    """The YAML head of a card. Prints as YAML, whatever its strings hold.

    `fields`: the mapping.
    """

    fields: Mapping[str, object]


@dataclass(frozen=True)
class CardView:
    """What `view: model-card` gives to a template.

    `head`: the YAML head as a mapping; it prints as YAML between two lines of `---`.
    `frame`: the frame; `index`: the evidence index.
    `description`, `purpose`, `owner`, `contact`, `users`, `licence`, `intended`, `prohibited`, `deployment`,
    `tier`: stated.
    `base_model`: what the owner declares of the base model.
    `details`: facts about the candidate's files; `data_sets`: what it was trained on.
    `training`: facts about the training; `curve`: its loss, or None; `runs`: how many training runs of it are on
    record.
    `results`, `safety`: evaluation results; `gaps`, `safety_gaps`: purposes nobody evaluated.
    `gate`, `signed`: what the policy answered, and the latest decision that counts on this identity, as sentences.
    `sign_offs`: all decisions with their state, latest first.
    `worse`: how many results are worse than the base beyond chance.
    `attested`: documents people attested.
    `risks`: the greatest residual risks; `register_total`: how many the register holds.
    `environment`: facts about where it was trained; `packages`: pairs of package and version that shape the result.
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
    intended: Said
    prohibited: Said
    deployment: Said
    tier: Said
    base_model: Said
    details: tuple[Fact, ...]
    data_sets: tuple[DataSet, ...]
    training: tuple[Fact, ...]
    curve: Curve | None
    runs: int
    results: tuple[ResultRow, ...]
    safety: tuple[ResultRow, ...]
    gaps: tuple[PurposeGap, ...]
    safety_gaps: tuple[PurposeGap, ...]
    gate: str
    signed: str
    sign_offs: tuple[SignOff, ...]
    worse: int
    attested: tuple[Attested, ...]
    risks: tuple[RiskRow, ...]
    register_total: int
    environment: tuple[Fact, ...]
    packages: tuple[tuple[str, str], ...]
