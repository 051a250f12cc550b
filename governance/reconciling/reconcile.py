"""Read the sources that were named, hash what has to be hashed, and reckon the answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from governance.assurance.population.given import Given
from governance.assurance.population.joining import listed
from governance.assurance.population.reconcile import reconcile as reckon
from governance.errors import IntegrityError, UsageError
from governance.reconciling import evidence, jobs, registry, weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from governance.assurance.population.answers import Reconciliation
    from governance.assurance.population.given import Artifacts, Run, Weights
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger
    from governance.reconciling.weights import Held
    from governance.verifier.hashing import Known


class Desk(Protocol):
    """What this needs of a workspace."""

    ledger: Ledger
    blobs: Blobs


@dataclass(frozen=True)
class Named:
    """The sources that were named. With `hash_all` every file of weights is read, else only where that is needed to decide."""

    jobs: Sequence[Path] = ()
    weights: Sequence[Path] = ()
    registries: Sequence[Path] = ()
    hash_all: bool = False


def reconcile(
    named: Named,
    desk: Desk,
    *,
    known: Known | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Reconciliation:
    """The sources held against the ledger.

    Raises `UsageError` where none is named, `UnreadableError` for one that can not be read, `IntegrityError` for a ledger that was changed.
    """
    if not (named.jobs or named.weights or named.registries):
        raise UsageError("no source is named", hint="Give --jobs FILE, --weights FOLDER or --registry PATH.")
    check = desk.ledger.verify()
    if check.problem is not None:
        raise IntegrityError(check.problem, where=str(desk.ledger.path), hint="Run: govern ledger fsck")
    of_jobs, sources = jobs.read(named.jobs)
    held, more = weights.read(named.weights)
    versions, others = registry.read(named.registries)
    runs, artifacts = evidence.read(desk.ledger, desk.blobs)
    wanted = {each.weights.place for each in held} if named.hash_all else _undecided(held, runs, artifacts)
    made = [
        each.hashed(known, progress) if each.files and each.weights.place in wanted else each.weights for each in held
    ]
    return reckon(
        Given(
            jobs=tuple(of_jobs),
            weights=tuple(made),
            versions=tuple(versions),
            runs=tuple(runs),
            artifacts=tuple(artifacts),
            sources=(*sources, *more, *others),
        )
    )


def _undecided(held: Sequence[Held], runs: Sequence[Run], artifacts: Sequence[Artifacts]) -> set[str]:
    """The places of weights that names and sizes can not settle.

    The ledger holds files of the same names and sizes, which other weights may have as well, and no complete record of a run lists
    them. Where the ledger holds no such files, these weights are not in it, and nothing has to be hashed to say so.
    """
    every: list[Weights] = [each.weights for each in held]
    saved = listed(every, runs)
    settled = {
        each.place
        for each in every
        if any(
            alone and not run.doubts and each.files <= run.saved[place].files
            for run, place, alone in saved.get(each.place, ())
        )
    }
    alike: dict[frozenset[tuple[str, int]], list[str]] = defaultdict(list)
    for one in artifacts:
        alike[one.files].append(one.id)
    return {each.place for each in every if each.place not in settled and alike.get(each.files)}
