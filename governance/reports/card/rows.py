"""Rows and tables of the model card's sections, for its templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.views import Attested, Cite, Fact, Phrase, ResultRow, Said, Status


@dataclass(frozen=True)
class Stage:
    """A stage of the model's lineage.

    `number`: its own; `what`: which, in words; `name`: of this one, or empty; `fixed`: what fixes it, its digest, its name alone, or
    nothing; `digest`: in full, or empty; `of`: what it was made of, by the numbers of other stages; `cites`: where it comes from.
    """

    number: int
    what: Phrase
    name: str
    fixed: Status
    digest: str
    of: tuple[int, ...]
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class CurvePoint:
    """A point of a curve.

    `step`, `loss`, `held_out`, `rate`: figures, or None where there is none at that step.
    """

    step: Fact
    loss: Fact | None
    held_out: Fact | None
    rate: Fact | None


@dataclass(frozen=True)
class CurveTable:
    """The table behind a curve.

    `rows`: points evenly chosen, first and last among them; `total`: at how many steps the evidence holds one.
    `cites`: where they stand; `has_held_out`, `has_rate`: whether there is such a column.
    """

    rows: tuple[CurvePoint, ...]
    total: int
    has_held_out: bool
    has_rate: bool
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Factor:
    """What divides people or conditions in an evaluation.

    `attribute`: what it is; `task`: in which task; `groups`: how many groups; `assigned`: how a case came into its group.
    """

    attribute: Fact
    task: Fact
    groups: Fact
    assigned: Fact


@dataclass(frozen=True)
class EvaluatedTask:
    """A task of the candidate's evaluation, with the data and the settings it was run with.

    `task`: its name; `purpose`: what it speaks for, in words; `metrics`: names of what was measured; `harness`: the tool.
    `data_set`: of the task on the Hub, or None; `version`: of the task, or None; `digest`: of its definition, or None.
    `n`, `whole`: samples that were run, and that the task has, or None; `shots`: worked examples before each question, or None.
    `contaminated`, `searched`: of its questions found in the training data, and looked for; None where nobody looked.
    """

    task: str
    purpose: str
    metrics: tuple[str, ...]
    harness: Fact
    data_set: Fact | None
    version: Fact | None
    digest: Fact | None
    n: Fact
    whole: Fact | None
    shots: Fact | None
    contaminated: Fact | None
    searched: Fact | None


@dataclass(frozen=True)
class Threshold:
    """A condition about numbers that the gate asked.

    `id`: of the condition; `asks`: what it asks, in words; `why`: the policy's reason; `floor`: the organisation's policy that asks it,
    or empty; `answer`: what came of it; `reason`: how.
    """

    id: str
    asks: Phrase
    why: str
    floor: str
    answer: Status
    reason: str | Phrase


@dataclass(frozen=True)
class ForestRow:
    """A difference from the base, in the order of the chart.

    `label`: task and metric; `difference`: the figure; `low`, `high`: the ends of its 95 % interval, None where there is none.
    `method`: how the interval was found, or why there is none; `verdict`: what came of it; `cites`: both runs.
    """

    label: str
    difference: Fact
    low: Fact | None
    high: Fact | None
    method: Phrase
    verdict: Status
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class GroupRow:
    """The result of one group.

    `name`, `value`, `n`: facts, n and its like None where the tool does not say; `low`, `high`: the ends of its 95 % interval, or None.
    `away`: the difference from the whole, or None; `worst`: True for the group that does worst.
    """

    name: Fact
    value: Fact
    n: Fact | None
    low: Fact | None
    high: Fact | None
    away: Fact | None
    worst: bool


@dataclass(frozen=True)
class Groups:
    """Results for each group that an attribute divides people into.

    `title`: task, metric and attribute as the evidence names them; `direction`: which way is better, in words; `tool`: what cut them.
    `assigned`: how a case came into its group; `overall`: the result of all together; `rows`: the groups; `left_out`: how many are not
    printed. `gap`: the distance between best and worst, as the evidence states it; `crossed`: True for several attributes at once.
    `cites`: where it stands.
    """

    title: str
    direction: str
    tool: Fact
    assigned: Fact
    overall: Fact
    rows: tuple[GroupRow, ...]
    left_out: int
    gap: Fact
    crossed: bool
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Answered:
    """A question of a subcard with what answers it.

    `asks`: the question; `status`: whether evidence answers it, people do, or nobody; `results`: evaluation results; `facts`: other
    figures; `by`: who declared them where no tool did; `attested`: what people attested; `said`: what the owner states, or None.
    `to_add`: what would answer it, where nothing does.
    """

    asks: Phrase
    status: Status
    results: tuple[ResultRow, ...]
    facts: tuple[Fact, ...]
    by: tuple[Phrase, ...]
    attested: tuple[Attested, ...]
    said: Said | None
    to_add: tuple[Phrase, ...]


@dataclass(frozen=True)
class SubCard:
    """A card within the card.

    `id`: its anchor; `title`: its title; `rows`: its questions; `counts`: pairs of a status and how many questions have it.
    """

    id: str
    title: Phrase
    rows: tuple[Answered, ...]
    counts: tuple[tuple[Status, int], ...]


@dataclass(frozen=True)
class Limit:
    """What a kind of evidence does not say.

    `kind`: its title; `says`: the limit, as the kind states it; `cites`: the pieces of this kind, the first few.
    """

    kind: str
    says: str
    cites: tuple[Cite, ...]
