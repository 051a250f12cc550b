"""Jobs, weights and registered versions, each held against the ledger: which are evidenced, and which nobody can account for.

A unit is a job that wrote weights; a set of weights that no one job explains; a registered version. An earlier checkpoint, beside which
a later one or the final weights lie, is no unit: it counts with its run. Nothing here reads a clock or a disk, and the order of
what is given changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from governance.assurance.population import given, joining
from governance.assurance.population.answers import GRAVEST, Answer, Beside, Reconciliation, Unexplained, Unit
from governance.assurance.population.proving import OTHERS, OnRecord, Proof, prove, prove_record, prove_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from governance.assurance.population.given import Given, Job, Run, Version, Weights
    from governance.assurance.population.joining import Claim, Jobs


def reconcile(said: Given) -> Reconciliation:
    """Everything that was read, as units with their answers."""
    return _Made(said).reconciliation()


class _Made:
    """One reconciliation while it is made."""

    def __init__(self, said: Given) -> None:
        self.said = said
        every = given.merged(said.jobs)
        tasks = {(job.scheduler, job.array) for job in every if job.array != job.id}
        self.sums = [job for job in every if job.whole and (job.scheduler, job.id) in tasks]
        self.jobs = [job for job in every if job not in self.sums]
        self.index: Jobs = joining.Jobs(self.jobs)
        self.runs = sorted(said.runs, key=lambda run: run.id)
        self.artifacts = sorted(said.artifacts, key=lambda one: one.id)
        self.ledger = OnRecord(self.artifacts, self.runs)
        self.weights = sorted(said.weights, key=lambda each: (each.key, each.place))
        self.saved = joining.listed(self.weights, self.runs)
        with_jobs = [run for run in self.runs if run.job]
        near = joining.around(self.weights, with_jobs)
        tied: dict[str, list[Run]] = defaultdict(list)
        for run in with_jobs:
            for digest in run.digests:
                tied[digest].append(run)
        self.claims: dict[str, tuple[Claim, ...]] = {
            each.place: joining.claims(
                each,
                self.index,
                self.saved.get(each.place, ()),
                near.get(each.place, {}).values(),
                tied.get(each.digest or "", ()),
            )
            for each in self.weights
        }
        self.own: dict[str, list[Run]] = defaultdict(list)
        for run in with_jobs:
            for key in self.index.of(*run.job) if run.job else ():
                self.own[key].append(run)
        self.proofs = {each.place: self._prove(each) for each in self.weights}
        self.earlier = _earlier(self.weights)

    def reconciliation(self) -> Reconciliation:
        """The whole of it."""
        of_job: dict[str, list[Weights]] = defaultdict(list)
        contested: dict[str, list[Weights]] = defaultdict(list)
        near: set[str] = set()
        for each in self.weights:
            claims = self.claims[each.place]
            if len(claims) == 1:
                of_job[claims[0].job].append(each)
            elif claims and claims[0].how == "said":
                for claim in claims:
                    contested[claim.job].append(each)
            else:
                near |= {claim.job for claim in claims}
        units: list[Unit] = []
        counts: dict[str, int] = defaultdict(int)
        counts["running"] = sum(job.standing == "running" for job in self.sums)
        for job in self.jobs:
            made = self._job(job, of_job.get(job.key, []), contested.get(job.key, []))
            if made is None:
                counts[self._why_none(job, near)] += 1
            else:
                units.append(made)
        mine = {each.place for rows in of_job.values() for each in rows}
        units += [self._alone(each) for each in self.weights if each.place not in mine | self.earlier]
        units += [self._version(each) for each in sorted(set(self.said.versions), key=lambda each: each.key)]
        return Reconciliation(
            units=tuple(_told_apart(sorted(units, key=lambda unit: (unit.sort, unit.key, unit.folders)))),
            beside=Beside(
                jobs=len(self.jobs),
                attempts=sum(len(job.attempts) for job in self.jobs),
                sums_of_tasks=len(self.sums),
                folders=len(self.weights),
                earlier_checkpoints=len(self.earlier),
                **counts,
            ),
            sources=tuple(
                sorted(self.said.sources, key=lambda source: (source.sort, source.name, source.sha256 or ""))
            ),
            unexplained=self._unexplained(units),
        )

    def _prove(self, each: Weights) -> Proof:
        own = chain.from_iterable(self.own.get(claim.job, ()) for claim in self.claims[each.place])
        return prove(each, self.ledger, self.saved.get(each.place, ()), list(own))

    def _why_none(self, job: Job, near: set[str]) -> str:
        """What a job without weights of its own is counted as."""
        if job.standing == "waiting" or not (job.began or job.standing == "ended"):
            return "not_begun"
        if job.standing == "running":
            return "running"
        if job.key in near:
            return "may_have_written"
        if (
            "weights" not in self.said.sorts
            and job.began
            and not any(not run.doubts for run in self.own.get(job.key, ()))
        ):
            return "not_looked"
        return "wrote_nothing"

    def _job(self, job: Job, sole: Sequence[Weights], contested: Sequence[Weights]) -> Unit | None:
        """A job that wrote weights; None for one that did not, as far as can be told."""
        last = [each for each in sole if each.place not in self.earlier] or sole[-1:]
        proofs = [(each, self.proofs[each.place]) for each in last]
        reasons = [f"{each.shown}: {'; '.join(proof.reasons)}" for each, proof in proofs]
        answers = [proof.answer for _, proof in proofs]
        evidence = [one for _, proof in proofs for one in proof.evidence]
        by = [self.claims[each.place][0].by for each in last]
        for each in contested:
            others = ", ".join(self._named(claim.job) for claim in self.claims[each.place] if claim.job != job.key)
            by += [claim.by for claim in self.claims[each.place] if claim.job == job.key]
            reasons.append(f"{each.shown} is said to be by {others} as well")
            answers.append(Answer.COULD_NOT_TELL)
        if not answers:
            listing = [run for run in self.own.get(job.key, ()) if run.saved]
            if not listing:
                return None
            proof = prove_record(listing, self.ledger, looked="weights" in self.said.sorts)
            answers, reasons, evidence = [proof.answer], [*proof.reasons], [*proof.evidence]
            by = [f"the record {run.id} of the run names the job" for run in listing]
        if job.standing != "ended":
            # The evidence of a run comes with its end: that it is not there yet is no orphan.
            answers = [Answer.COULD_NOT_TELL]
            reasons.insert(0, f"the job is not over: {job.state}")
        if more := len(sole) - len(last):
            reasons.append(f"{more} earlier {'checkpoint counts' if more == 1 else 'checkpoints count'} with it")
        return Unit(
            key=job.key,
            sort="job",
            name=f"{job.scheduler} {job.id}" + (f" {job.name}" if job.name else ""),
            answer=min(answers, key=GRAVEST.index),
            reasons=tuple(reasons),
            by=tuple(dict.fromkeys(by)),
            folders=tuple(each.shown for each in (*sole, *contested)),
            evidence=tuple(sorted(set(evidence))),
            state=job.state,
            start=job.attempts[0].start or None,
            end=job.attempts[-1].end or None,
        )

    def _alone(self, each: Weights) -> Unit:
        """Weights that no one job explains."""
        claims, proof = self.claims[each.place], self.proofs[each.place]
        answer, reasons = proof.answer, list(proof.reasons)
        if claims and claims[0].how == "said":
            who = ", ".join(self._named(claim.job) for claim in claims[:5])
            reasons.insert(0, f"{len(claims)} jobs are said to have written it: {who}")
            answer = min(answer, Answer.COULD_NOT_TELL, key=GRAVEST.index)
        elif claims:
            reasons.insert(0, f"any of {len(claims)} jobs may have written it, for they worked above it")
        elif self.jobs:
            reasons.insert(0, "no job that is listed wrote it")
        by = tuple(dict.fromkeys(claim.by for claim in claims))
        return Unit(each.key, "weights", each.shown, answer, tuple(reasons), by, (each.shown,), proof.evidence)

    def _version(self, version: Version) -> Unit:
        """A registered version."""
        there = [each for each in self.weights if any(_within(each.path, place) for place in version.sources)]
        there = [each for each in there if each.place not in self.earlier] or there
        proof = prove_version(version, self.ledger, [(each, self.proofs[each.place]) for each in there])
        by = (
            ("the folder that the registry names",)
            if there
            else ("the run that the registry names",)
            if version.run
            else ()
        )
        name = f"{version.name} version {version.version}"
        folders = tuple(each.shown for each in there)
        return Unit(version.key, "version", name, proof.answer, proof.reasons, by, folders, proof.evidence)

    def _unexplained(self, units: Iterable[Unit]) -> tuple[Unexplained, ...]:
        """Weights of the ledger that no unit here rests on, those that somebody else made left out."""
        used = {one for unit in units for one in unit.evidence}
        found = {each.digest for each in self.weights if each.digest}
        by_record = {digest for run in self.runs if run.id in used for digest in run.digests}
        return tuple(
            Unexplained(one.id, one.system, one.name, one.role)
            for one in self.artifacts
            if one.id not in used and one.role not in OTHERS and not one.digests & (found | by_record)
        )

    def _named(self, key: str) -> str:
        return " ".join(part for part in key.split(":", 3)[1:] if part)


def _earlier(weights: Sequence[Weights]) -> set[str]:
    """The checkpoints beside or below which later or final weights lie: those with a number, in the folder of one run."""
    there = {each.path for each in weights}
    beside: dict[str, list[Weights]] = defaultdict(list)
    for each in weights:
        beside[each.parent].append(each)
    return {
        each.place
        for each in weights
        if each.step is not None
        and (each.parent in there or any(other.step is None or other.step > each.step for other in beside[each.parent]))
    }


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(place.rstrip("/") + "/")


def _told_apart(units: Iterable[Unit]) -> Iterable[Unit]:
    """Units with a number behind an id that came up before: the same files in two folders of one name."""
    seen: Mapping[str, int] = {}
    counts = dict(seen)
    for unit in units:
        counts[unit.key] = number = counts.get(unit.key, 0) + 1
        yield unit if number == 1 else Unit(**{**vars(unit), "key": f"{unit.key}#{number}"})
