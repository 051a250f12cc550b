"""Whether some weights are in the ledger, and with a whole record of the run that made them.

Weights are *evidenced* where the ledger holds them by digest, or, where nobody asked for digests, where the record of a run lists their
folder with these very names and sizes; and where a complete record of a run speaks of them. With a record that is not complete they
are *incomplete*. Without any of it they are an *orphan*. What could not be read, and what could be two things, *can not be told*.

Each rule only asks whether a piece is there, never whether one is missing: with fewer pieces nothing becomes evidenced.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from governance.assurance.population.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.assurance.population.given import Artifacts, FileList, Run, Version, Weights

P = TypeVar("P", "Artifacts", "Run")
MOST_NAMED = 5
OTHERS = ("base", "reference")
"""Roles of weights that somebody else made, and no run here has to explain."""
Listing = tuple["Run", int, bool]


@dataclass(frozen=True)
class Proof:
    """The answer for some weights, its reasons, and the evidence it rests on."""

    answer: Answer
    reasons: tuple[str, ...]
    evidence: tuple[str, ...] = ()


class OnRecord:
    """What the ledger holds, by everything that it is looked up by."""

    def __init__(self, artifacts: Sequence[Artifacts], runs: Sequence[Run]) -> None:
        self._artifacts: dict[str, list[Artifacts]] = defaultdict(list)
        self._alike: dict[FileList, list[Artifacts]] = defaultdict(list)
        self._runs: dict[str, list[Run]] = defaultdict(list)
        self._tracked: dict[str, list[Run]] = defaultdict(list)
        for one in artifacts:
            self._alike[one.files].append(one)
            for digest in one.digests:
                self._artifacts[digest].append(one)
        for run in runs:
            for digest in run.digests:
                self._runs[digest].append(run)
            if run.tracked:
                self._tracked[run.tracked].append(run)

    def weights(self, digests: Iterable[str]) -> list[Artifacts]:
        """The artefacts with one of these digests."""
        return _unlike(one for digest in digests for one in self._artifacts.get(digest, ()))

    def alike(self, files: FileList) -> list[Artifacts]:
        """The artefacts with these names and sizes."""
        return self._alike.get(files, [])

    def about(self, digests: Iterable[str]) -> list[Run]:
        """The runs that are tied to one of these digests."""
        return _unlike(run for digest in digests for run in self._runs.get(digest, ()))

    def tracked(self, run_id: str | None) -> list[Run]:
        """The runs that a tracker knows by this id."""
        return self._tracked.get(run_id, []) if run_id else []


def prove(each: Weights, ledger: OnRecord, saved: Sequence[Listing], own: Sequence[Run]) -> Proof:
    """The answer for the weights in one folder.

    `saved` are the runs that list the folder, each with the place in its list and whether that place means this folder alone; `own`
    the runs of the jobs that are said to have written it.
    """
    if each.doubts:
        return Proof(Answer.COULD_NOT_TELL, tuple(f"not read whole: {why}" for why in each.doubts[:MOST_NAMED]))
    held = ledger.weights([each.digest] if each.digest else [])
    if held:
        others = [one for one in held if one.role in OTHERS]
        if others:
            return Proof(Answer.EVIDENCED, (f"attached as the {others[0].role}: others made it",), _ids(others))
        digests = frozenset().union(*(one.digests for one in held))
        about = _unlike([*ledger.about(sorted(digests)), *(run for run, _, alone in saved if alone)])
        return _with_runs("the ledger holds these weights by digest", held, about)
    same = [run for run, place, alone in saved if alone and each.files <= run.saved[place].files]
    if same:
        return _by_names_and_sizes(each, same)
    alike = ledger.alike(each.files) if each.digest is None else []
    if alike:
        said = f"{alike[0].id} has files of these names and sizes, and the bytes were not hashed"
        return Proof(Answer.COULD_NOT_TELL, (said,), _ids(alike))
    unsure = [run for run, _, alone in saved if not alone]
    if unsure:
        said = "what the record of a run calls its folder could be this one or another"
        return Proof(Answer.COULD_NOT_TELL, (said,), _ids(unsure))
    return _nothing(saved, own)


def _by_names_and_sizes(each: Weights, same: Sequence[Run]) -> Proof:
    said = "the record of a run lists this folder with these names and sizes"
    if each.digest is None:
        return _with_runs(f"{said}; the bytes were not hashed", [], _unlike(same))
    return Proof(Answer.INCOMPLETE, (f"{said}, and the ledger holds no digest of the weights",), _ids(same))


def _nothing(saved: Sequence[Listing], own: Sequence[Run]) -> Proof:
    """The answer for weights that no piece of evidence describes as they are."""
    if saved:
        said = "the record of a run lists this folder with other files: they were changed, added or taken away since"
        return Proof(Answer.ORPHAN, (said,), _ids(run for run, _, _ in saved))
    broken = [run for run in own if run.doubts]
    if broken:
        said = "the record of its run is not complete, and tells nothing of these weights"
        return Proof(Answer.INCOMPLETE, (said, *broken[0].doubts[:MOST_NAMED]), _ids(broken))
    said = "the ledger holds nothing of these weights"
    return Proof(Answer.ORPHAN, (f"{said}, though the run of its job is on record" if own else said,), _ids(own))


def prove_version(version: Version, ledger: OnRecord, folders: Sequence[tuple[Weights, Proof]]) -> Proof:
    """The answer for a registered version: that of the folder it names, else that of the run it came from."""
    if folders:
        each, proof = min(folders, key=lambda pair: (list(Answer).index(pair[1].answer), pair[0].key))
        return Proof(proof.answer, (f"its weights lie in {each.shown}", *proof.reasons), proof.evidence)
    about = ledger.tracked(version.run)
    held = ledger.weights(sorted({digest for run in about for digest in run.digests}))
    if held:
        return _with_runs("the run it came from is tied to weights that the ledger holds by digest", held, about)
    if about:
        return Proof(Answer.INCOMPLETE, ("the run it came from is on record, and its weights are not",), _ids(about))
    said = (
        "the ledger holds nothing of the run it came from" if version.run else "the registry names no run it came from"
    )
    return Proof(Answer.ORPHAN, (said,))


def prove_record(runs: Sequence[Run], ledger: OnRecord, *, looked: bool) -> Proof:
    """The answer for a job whose record lists weights that lie in no folder that was named."""
    held = ledger.weights(sorted({digest for run in runs for digest in run.digests}))
    if held:
        return _with_runs("the ledger holds the weights its record is tied to by digest", held, runs)
    where = "lie in none of the folders that were named" if looked else "were not looked for: no folder was named"
    return Proof(Answer.COULD_NOT_TELL, (f"its record lists weights that {where}",), _ids(runs))


def _with_runs(said: str, held: Sequence[Artifacts], runs: Sequence[Run]) -> Proof:
    """Evidenced with a complete run about whole artefacts; else incomplete, with what is missing."""
    whole = [run for run in runs if not run.doubts]
    sound = [one for one in held if not one.doubts]
    if whole and (sound or not held):
        return Proof(Answer.EVIDENCED, (said,), (*_ids(sound), *_ids(whole)))
    why = [*(why for one in held for why in one.doubts), *(why for run in runs for why in run.doubts)]
    if not runs:
        why = ["no run that made them is on record", *why]
    return Proof(Answer.INCOMPLETE, (said, *why[:MOST_NAMED]), (*_ids(held), *_ids(runs)))


def _unlike(pieces: Iterable[P]) -> list[P]:
    """Each piece once, by its id."""
    return [piece for _, piece in sorted({piece.id: piece for piece in pieces}.items())]


def _ids(pieces: Iterable[Artifacts] | Iterable[Run]) -> tuple[str, ...]:
    return tuple(sorted({piece.id for piece in pieces}))
