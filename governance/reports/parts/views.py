"""What templates may name of the parts that several documents share: coverage with its counts, dates that act, judged numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.views import Cite, Fact, Phrase, Status


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
    `met_claim`, `total_claim`: the same two as claims over the results of judgement, for the whole; None for an area.
    """

    title: str
    total: int
    met: int
    counts: tuple[Count, ...]
    met_claim: Fact | None = None
    total_claim: Fact | None = None


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
class Due:
    """A date that acts.

    `date`: the day; `what`: what expires or is due; `kind`: evidence, sign-off, risk review or document review.
    `past`: True where the day is behind the day of judgement.
    """

    date: str
    what: Phrase
    kind: str
    past: bool


@dataclass(frozen=True)
class MeasuredRow:
    """A number that a condition of the gate judged.

    `condition`: its id; `task`, `metric`: as the tool names them, with a filter in brackets; `group`: the slice, or empty; `against`: what
    was subtracted, or None.
    `value`: the result, or the difference; `low`, `high`: the ends of its interval, or None; `confidence`: of the interval; `n`: items.
    `gained`, `lost`: items that only the candidate, or only the reference, got right, or None; `bound`: what it was held against.
    `side`: ≥ or ≤; `p`: of the test that decided, or None; `correction`: for several tests, or None; `attempts`: runs that the error was
    divided among, or None; `more`: how many more items would settle it, or None; `method`: how the interval was made; `answer`: what
    came of it; `cites`: the evidence. Of evidence that is too old to quote, `value` says so and the other figures are None.
    """

    condition: str
    task: str
    metric: str
    group: str
    against: Phrase | None
    value: Fact
    low: Fact | None
    high: Fact | None
    confidence: Fact | None
    n: Fact | None
    gained: Fact | None
    lost: Fact | None
    bound: Fact | None
    side: str
    p: Fact | None
    correction: Phrase | None
    attempts: Fact | None
    more: Fact | None
    method: object
    answer: Status
    cites: tuple[Cite, ...]
