"""What templates of the management roll-up may name. The atoms are in `governance.reports.atoms.views`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.views import Fact, Frame, Status, Term
    from governance.reports.parts.views import Due


@dataclass(frozen=True)
class SystemRow:
    """One system.

    `id`, `name`, `owner`, `tier`: the system; `gate`: what its policy answers; `policy`: which policy.
    `met`, `controls`: how many of how many controls are met; `stale`, `missing`: how many are so.
    `outside`, `overdue`: risks outside the appetite, and risks whose review is overdue; `risks`: how many there are; `worst`: the
    greatest residual level; `findings`: how many are open.
    `approval`: what the last approval is worth; `actions`, `late`: corrective actions open and overdue, or not evidenced.
    """

    id: str
    name: str
    owner: str
    tier: str
    gate: Status
    policy: str
    met: Fact
    controls: Fact
    stale: Fact
    missing: Fact
    outside: Fact
    overdue: Fact
    risks: Fact
    worst: Status
    findings: Fact
    approval: Status
    actions: Fact
    late: Fact


@dataclass(frozen=True)
class SharedGap:
    """A control that more than one system lacks.

    `id`, `title`: the control; `systems`: which systems do not meet it, by id.
    """

    id: str
    title: str
    systems: tuple[str, ...]


@dataclass(frozen=True)
class RollUpView:
    """What `view: management-roll-up` gives to a template.

    `frame`: the frame, of all systems together: `answer` is that of the worst of them, and what one alone has is empty (`identity`,
    `pack`, `sentence`, `recipe`, what is relaxed, duties, and digests in which they differ); `glossary`: terms.
    `systems`: a row each, the worst first; `answers`: pairs of an answer of the gate and how many systems have it.
    `gaps`: controls that more than one system does not meet, the most widely missed first; `gaps_total`: how many there are.
    `dates`: pairs of a system's id and a date that acts on it, soonest first; `dates_total`: how many there are.
    `not_on_record`: systems left out because nothing was on record of them on the day.
    """

    frame: Frame
    glossary: tuple[Term, ...]
    systems: tuple[SystemRow, ...]
    answers: tuple[tuple[Status, int], ...]
    gaps: tuple[SharedGap, ...]
    gaps_total: int
    dates: tuple[tuple[str, Due], ...]
    dates_total: int
    not_on_record: tuple[str, ...]
