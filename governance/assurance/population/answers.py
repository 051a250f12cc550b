"""What a reconciliation comes to: units with their answer and its reasons, counts with what they are of, and one sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from governance.parsing import canonical

if TYPE_CHECKING:
    from governance.assurance.population.given import Source


class Answer(StrEnum):
    """What a unit came to. Of several sets of weights of one job the first of these counts."""

    ORPHAN = "orphan"
    COULD_NOT_TELL = "could-not-tell"
    INCOMPLETE = "incomplete"
    EVIDENCED = "evidenced"


GRAVEST = tuple(Answer)
Sort = Literal["job", "weights", "version"]
_NAMES: dict[Sort, tuple[str, str]] = {
    "job": ("job wrote weights", "jobs wrote weights"),
    "weights": ("set of weights that no one job explains", "sets of weights that no one job explains"),
    "version": ("registered version", "registered versions"),
}
_ALONE = ("set of weights", "sets of weights")


@dataclass(frozen=True)
class Unit:
    """One thing that has to be in the ledger. `by` says how it was tied to what, `evidence` names the pieces that show it."""

    key: str
    sort: Sort
    name: str
    answer: Answer
    reasons: tuple[str, ...]
    by: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    state: str | None = None
    start: str | None = None
    end: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.key,
            "sort": self.sort,
            "name": self.name,
            "answer": self.answer.value,
            "reasons": list(self.reasons),
            "tied_by": list(self.by),
            "folders": list(self.folders),
            "evidence": list(self.evidence),
            "state": self.state,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True)
class Unexplained:
    """Weights in the ledger that no job and no folder here explains."""

    id: str
    system: str
    name: str
    role: str | None


@dataclass(frozen=True)
class Beside:
    """What is no unit, counted: an answer is never made better by leaving out without a word."""

    jobs: int = 0
    attempts: int = 0
    wrote_nothing: int = 0
    not_begun: int = 0
    running: int = 0
    may_have_written: int = 0
    not_looked: int = 0
    sums_of_tasks: int = 0
    folders: int = 0
    earlier_checkpoints: int = 0


@dataclass(frozen=True)
class Reconciliation:
    """Jobs, weights and registered versions, held against the ledger."""

    units: tuple[Unit, ...]
    beside: Beside
    sources: tuple[Source, ...]
    unexplained: tuple[Unexplained, ...] = ()
    counted: dict[Sort, Counter[Answer]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        counted: dict[Sort, Counter[Answer]] = {sort: Counter() for sort in _NAMES}
        for unit in self.units:
            counted[unit.sort][unit.answer] += 1
        object.__setattr__(self, "counted", counted)

    def of(self, answer: Answer) -> tuple[Unit, ...]:
        """The units that came to one answer."""
        return tuple(unit for unit in self.units if unit.answer is answer)

    @cached_property
    def digest(self) -> str:
        """What binds a sample to this population: the digest of each unit's id and answer, in the order of the ids."""
        return canonical.digest(sorted([unit.key, unit.answer.value] for unit in self.units))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why it can not be told whether that is all of them. Empty means that nothing is known to be left out."""
        beside = self.beside
        made = [] if self.units else ["the population is empty: no source lists anything that wrote weights"]
        made += [f"{_count(beside.running, 'job')} still running" for _ in [0] if beside.running]
        if beside.may_have_written:
            made.append(
                f"{_count(beside.may_have_written, 'job')} worked where weights lie that others may have written"
            )
        if beside.not_looked:
            made.append(
                f"{_count(beside.not_looked, 'job')} may have written weights: no folder was looked at, and no record tells"
            )
        made += [f"{source.name}: {note}" for source in self.sources for note in source.notes]
        return tuple(made)

    @property
    def exit_code(self) -> int:
        """0 where every unit is evidenced and nothing was left out, 1 with orphans, else 3."""
        if self.of(Answer.ORPHAN):
            return 1
        return 0 if not self.doubts and all(unit.answer is Answer.EVIDENCED for unit in self.units) else 3

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each sort of unit that there is; the first is of the jobs, where any were listed."""
        sorts: list[Sort] = [sort for sort, made in self.counted.items() if made]
        if any(source.sort == "jobs" for source in self.sources):
            sorts = list(dict.fromkeys(["job", *sorts]))
        with_jobs = "job" in sorts
        names = _NAMES if with_jobs else {**_NAMES, "weights": _ALONE}
        made = [_sentence(names[sort], self.counted[sort]) for sort in sorts]
        return tuple(made) or ("0 units: nothing was found that wrote weights",)


def _sentence(names: tuple[str, str], counted: Counter[Answer]) -> str:
    total = counted.total()
    held, lost = counted[Answer.EVIDENCED], counted[Answer.ORPHAN]
    said = [
        f"{total} {names[total != 1]}",
        f"{held} {'is' if held == 1 else 'are'} evidenced",
        f"{lost} {'orphan' if lost == 1 else 'orphans'}",
    ]
    if counted[Answer.INCOMPLETE]:
        said.append(f"{counted[Answer.INCOMPLETE]} incomplete")
    if counted[Answer.COULD_NOT_TELL]:
        said.append(f"{counted[Answer.COULD_NOT_TELL]} could not be told")
    return ", ".join(said)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
