"""The runs of evaluations that conditions are about: whose, of which task, the newest that holds a metric, and how often it was run.

The newest run decides, whole or not: an older, better one does not stand in for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.assurance import candidates
from governance.assurance.asks import EVALUATION_KIND
from governance.assurance.subjects import moment, speaks_of
from governance.domain import tried
from governance.domain.control import About
from governance.domain.evidence import Quality

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import Reference
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

CANDIDATE, BASE, APPROVED = "candidate", "base", "approved"
NAMES = {CANDIDATE: "the candidate", BASE: "the base model", APPROVED: "the last approved release"}


@dataclass(frozen=True)
class Side:
    """Whose evidence counts: `name` is candidate, base or approved; `digest` the weights of the approved release."""

    name: str
    digest: str | None = None

    def speaks(self, piece: Piece, dossier: Dossier) -> bool:
        """Whether a piece is of this side."""
        if self.name == APPROVED:
            return self.digest is not None and piece.record.subject.digest == self.digest
        return speaks_of(About(self.name), piece, dossier)

    @property
    def said(self) -> str:
        """The side in a sentence."""
        return NAMES[self.name]


def reference(against: Reference, now: Now) -> Side | None:
    """The side that a candidate is held against; None where no other release was ever approved."""
    if against == BASE:
        return Side(BASE)
    dossier = now.dossier
    present = dossier.identity.digest if dossier.identity else None
    approval = candidates.last_approved(dossier, present)
    if approval is None or approval.decision.identity in (None, present):
        return None
    stood = [each for each in candidates.candidates(dossier) if each.identity.digest == approval.decision.identity]
    return Side(APPROVED, stood[-1].weights) if stood and stood[-1].weights else None


def tasks(purpose: str, metric: str, now: Now, *sides: Side) -> tuple[str, ...]:
    """The tasks for a purpose that give a metric for any of these sides, sorted.

    A task that the reference was asked and the candidate was not is among them: a test that is left out can not be passed.
    """
    found = {
        str(row.get("task"))
        for piece in now.dossier.of_kind(EVALUATION_KIND)
        if any(side.speaks(piece, now.dossier) for side in sides)
        for row in piece.body["results"]
        if row.get("metric") == metric
    }
    return tuple(sorted(task for task in found if now.catalogue.speaks_for(task, purpose, now.dossier.system)))


def newest(now: Now, side: Side, task: str, metric: str) -> Piece | None:
    """The newest run of a task that holds a metric for a side."""
    pieces = [
        piece
        for piece in now.dossier.of_kind(EVALUATION_KIND)
        if side.speaks(piece, now.dossier) and any(True for _ in rows(piece, task, metric))
    ]
    return max(pieces, key=moment, default=None)


def rows(piece: Piece, task: str, metric: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a run for a task and a metric, one for each filter or scorer."""
    for row in piece.body["results"]:
        if row.get("task") == task and row.get("metric") == metric:
            yield row


def through(row: Mapping[str, Any]) -> str | None:
    """The filter that a row of results was scored through; the filter `none` is no filter."""
    said = str(row.get("filter") or "none")
    return None if said == "none" else said


def named(task: str, metric: str, through: str | None) -> str:
    """A result in a sentence: task, metric, and the filter where there is one."""
    return f"{task} {metric} ({through})" if through else f"{task} {metric}"


def unusable(run: Piece, on: datetime) -> str | None:
    """Why nothing can be told from a run, or None."""
    record = run.record
    if record.quality is not Quality.COMPLETE:
        return f"the newest result is {record.quality}: {'; '.join(record.quality_reasons) or 'no reason was given'}"
    if record.effective_at is not None and record.effective_at > on:
        return f"the newest result is dated {record.effective_at:%Y-%m-%d}, which lies in the future"
    return None


def unlike(task: str, metric: str, runs: list[Piece], other: str = "base") -> str | None:
    """How two runs of a task were set up differently, where both say it. Only like runs can be subtracted."""
    if len(runs) < 2:
        return None
    settings: list[dict[str, Any]] = [
        {
            "harness": (run.body.get("harness") or {}).get("name"),
            "version of the task": next(rows(run, task, metric)).get("task_version"),
            "number of examples shown": (run.body.get("n_shot") or {}).get(task),
        }
        for run in runs
    ]
    for name, one in settings[0].items():
        another = settings[1][name]
        if one is not None and another is not None and one != another:
            return f"the {name} is {one} for the candidate and {another} for the {other}, so they can not be compared"
    return None


def attempts(now: Now, task: str) -> tuple[Piece, ...]:
    """Every run of a task on any weights that were a candidate of the system, oldest record first.

    From the entry on that `tried.since` names.
    """
    since = tried.since(now.dossier, task, now.on, now.quorums)
    return tuple(piece for piece in tried.runs(now.dossier, task) if piece.seq >= since)
