"""What the template of the current and target profile may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.views import Cite, EvidenceIndex, Frame, Phrase, Status, Term
    from governance.reports.charts.canvas import Chart
    from governance.reports.parts.views import Coverage


@dataclass(frozen=True)
class ProfileRow:
    """One outcome of the framework.

    `number`, `title`: the outcome; `anchor`: its place in the page.
    `current`: what it comes to now; `shown`: how that is shown, or None; `target`: what is wanted of it.
    `gap`: whether something is left to do, as a status; `because`: why it is in the target, or why it is set aside; `instead`: what is done
    where it can not be measured.
    `action`: what is to do; `owner`: who does it, or empty; `due`: until when, or empty; `overdue`: whether that day is past.
    `problems`: what does not go together, each a sentence.
    """

    number: str
    title: str
    anchor: str
    current: Status
    shown: Status | None
    target: Status
    gap: Status
    because: str
    instead: str
    action: str
    owner: str
    due: str
    overdue: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class ProfileArea:
    """The outcomes under one heading of the framework.

    `title`: the heading; `rows`: its outcomes, in the framework's order.
    """

    title: str
    rows: tuple[ProfileRow, ...]


@dataclass(frozen=True)
class ProfilePart:
    """The profile in one framework.

    `id`, `title`, `version`, `publisher`: the framework.
    `whose`: whose target it is; `cites`: where it stands; `old`: whether it is older than it may be.
    `total`: outcomes of the framework; `wanted`: those to be reached; `reached`, `gaps`: of these, those that are and those that are
    not; `set_aside`, `not_measurable`: those of which nothing is wanted, with a reason; `open`: those of which nobody said anything.
    `unowned`, `undated`, `overdue`: gaps without an owner, without a day, and past it.
    `current`: counts of the current profile by heading; `bars`: the same as a picture, or None.
    `command`: the line that begins a target. `plan`: the gaps, what is overdue first; `areas`: every outcome by heading.
    """

    id: str
    title: str
    version: str
    publisher: str
    whose: Phrase
    command: str
    cites: tuple[Cite, ...]
    old: bool
    total: int
    wanted: int
    reached: int
    gaps: int
    set_aside: int
    not_measurable: int
    open: int
    unowned: int
    undated: int
    overdue: int
    current: Coverage
    bars: Chart | None
    plan: tuple[ProfileRow, ...]
    areas: tuple[ProfileArea, ...]


@dataclass(frozen=True)
class ProfileView:
    """Current and target profile of a system.

    `frame`: as in every document; `parts`: one a framework; `index`: the evidence; `glossary`: the words.
    """

    frame: Frame
    parts: tuple[ProfilePart, ...]
    index: EvidenceIndex
    glossary: tuple[Term, ...]
