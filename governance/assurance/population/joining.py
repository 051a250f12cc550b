"""Which job wrote which weights, and by what that is known. Where several jobs could have, all of them are named.

In this order, and the first that says anything is heard:

1. *said*: the record of a run names its job and this folder, or the name of the folder holds the job's number or name;
2. *placed*: the scheduler says in which folder the job worked or wrote its output, and the weights lie below it.

Two jobs that are said of one folder contradict each other, and so do two that worked in the same place. A place that one job
worked in and a name that says another do not: the first tells only where a job stood.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from governance.assurance.population import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.assurance.population.given import Job, Run, Weights

_NUMBER = re.compile(r"([A-Za-z]*)[-_.= ]*(?<!\d)(\d+)(?:_(\d+))?(?![0-9A-Za-z])")
_OF_JOBS = frozenset({"slurm", "job", "jobid", "slurmjob", "slurmjobid", "jid"})
_OF_STEPS = frozenset(
    {
        "checkpoint", "ckpt", "step", "steps", "epoch", "iter", "iteration", "version", "v", "seed", "rank", "part", "shard",
        "of", "fold", "trial", "lr", "bs", "gpu", "node", "layer", "r", "e", "s",
    }
)  # fmt: skip
_STEP = re.compile(r"checkpoint-\d+")
MOST_UNSURE = 5
LEAST_DIGITS = 4
"""Of a number in a name that no word calls a job's."""


@dataclass(frozen=True)
class Claim:
    """A job that may have written some weights, and by what it is known."""

    job: str
    by: str
    how: Literal["said", "placed"]


class Jobs:
    """Jobs by everything that they go by."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.all = jobs
        self._numbers: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._placed: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for job in jobs:
            if job.scheduler == "slurm":
                for number in {job.id, *job.numbers}:
                    self._numbers[number].add(job.key)
                if job.array != job.id:
                    self._numbers[job.array].add(job.key)
            else:
                for name in {job.id, job.id.rpartition("/")[2], job.name, *job.numbers}:
                    self._names[name].add(job.key)
            for place in job.places if job.began else ():
                if len(whole := tuple(places.parts(place))) >= places.ENOUGH:
                    self._placed[whole].add(job.key)

    def named_in(self, part: str) -> set[str]:
        """The jobs whose number or name a part of a path holds."""
        found = set(self._names.get(part, ())) | set(self._names.get(re.sub(r"-(\d+)$", r"_\1", part), ()))
        for match in _NUMBER.finditer(part):
            word, number, task = match[1].lower(), match[2], match[3]
            at_an_end = match.end() == len(part) or match.start(2) == 0
            if word in _OF_JOBS or (len(number) >= LEAST_DIGITS and word not in _OF_STEPS and at_an_end):
                whole = f"{number}_{task}" if task else number
                found |= self._numbers.get(whole) or self._numbers.get(number, set())
            if task and len(task) >= LEAST_DIGITS and match.end() == len(part):  # a day before it, or another number
                found |= self._numbers.get(task, set())
        return found

    def of(self, scheduler: str, job: str, task: str) -> set[str]:
        """The jobs that a record means."""
        names = self._numbers if scheduler == "slurm" else self._names
        found = names.get(f"{job}_{task}") if task else None
        return set(found or names.get(job) or ())

    def placed_above(self, path: str) -> tuple[str, set[str]]:
        """The deepest folder above a path in which any job worked, and the jobs that worked there."""
        here = tuple(places.parts(path))
        for depth in range(len(here), places.ENOUGH - 1, -1):
            if found := self._placed.get(here[:depth]):
                return here[depth - 1], found
        return "", set()


def listed(weights: Sequence[Weights], runs: Iterable[Run]) -> dict[str, list[tuple[Run, int, bool]]]:
    """For each set of weights the runs that say they saved it, with the place in their list, and whether that one means it alone.

    Of the runs whose folder could be one of several, the first of each name are kept: they say that it can not be told, and no more.
    """
    made: dict[str, list[tuple[Run, int, bool]]] = defaultdict(list)
    told: Counter[int] = Counter()
    find = places.Places((each.path, each) for each in weights)
    for run in runs:
        for place, saved in enumerate(run.saved):
            meant = find.meant(saved.folder, run.output)
            told[id(meant)] += 1  # the very list of everything that has this end, which lives as long as `find`
            alone = _in_one_folder(meant)
            if alone or told[id(meant)] <= MOST_UNSURE:
                for each in meant:
                    made[each.place].append((run, place, alone))
    return made


def around(weights: Sequence[Weights], runs: Iterable[Run]) -> dict[str, dict[str, Run]]:
    """For each set of weights the runs that say they saved checkpoints in its folder: the last weights of a run lie around those."""
    made: dict[str, dict[str, Run]] = defaultdict(dict)
    find = places.Places((each.path, each) for each in weights)
    for run in runs:
        outer = {saved.folder.rpartition("/")[0] for saved in run.saved if _STEP.fullmatch(places.last(saved.folder))}
        for folder in sorted(outer - {""}):
            meant = find.meant(folder, None)
            for each in meant if _in_one_folder(meant) else ():
                made[each.place][run.id] = run
    return made


def _in_one_folder(weights: Sequence[Weights]) -> bool:
    """Whether weights lie in one folder, be they several files of which each is a model of its own."""
    return bool(weights) and all(each.path == weights[0].path for each in weights)


def claims(
    each: Weights, jobs: Jobs, saved: Sequence[tuple[Run, int, bool]], near: Iterable[Run], tied: Iterable[Run]
) -> tuple[Claim, ...]:
    """The jobs that may have written these weights, sorted; those that are said where any is, else those that are placed.

    `saved` are the runs that list the folder, `near` those that list checkpoints inside of it, `tied` those whose evidence is tied to
    these weights by digest.
    """
    said: dict[str, set[str]] = defaultdict(set)
    for runs, what in (
        ([run for run, _, alone in saved if alone], "lists the folder"),
        (near, "lists checkpoints inside the folder"),
        (tied, "is tied to these weights"),
    ):
        for run in runs:
            for key in jobs.of(*run.job) if run.job else ():
                said[key].add(f"the record {run.id} of the run {what}")
    for part in places.parts(each.shown):
        for key in jobs.named_in(part):
            said[key].add(f"the name {part}")
    if said:
        return tuple(Claim(key, "; ".join(sorted(by)), "said") for key, by in sorted(said.items()))
    place, found = jobs.placed_above(each.path)
    return tuple(Claim(key, f"it worked in {place}, above the folder", "placed") for key in sorted(found))
