"""Whether some weights are in the ledger, and with a whole record of the run that made them.

Weights are *evidenced* where the ledger holds them by digest, or, where nobody asked for digests, where the record of a run lists their
folder with these very names and sizes; and where a complete record of a run speaks of them. With a record that is not complete they
are *incomplete*. Without any of it they are an *orphan*. What could not be read, and what could be two things, *can not be told*.

Each rule only asks whether a piece is there, never whether one is missing: with fewer pieces nothing becomes evidenced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.assurance.population.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.assurance.population.given import Artifacts, Run, Version, Weights

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


def prove(
    each: Weights, artifacts: Sequence[Artifacts], runs: Sequence[Run], saved: Sequence[Listing], own: Sequence[Run]
) -> Proof:
    """The answer for the weights in one folder.

    `saved` are the runs that list the folder, each with the place in its list and whether that place means this folder alone; `own`
    the runs of the jobs that are said to have written it.
    """
    if each.doubts:
        return Proof(Answer.COULD_NOT_TELL, tuple(f"not read whole: {why}" for why in each.doubts[:MOST_NAMED]))
    held = [one for one in artifacts if each.digest and each.digest in one.digests]
    if held:
        others = [one for one in held if one.role in OTHERS]
        if others:
            return Proof(Answer.EVIDENCED, (f"attached as the {others[0].role}: others made it",), _ids(others))
        digests = frozenset().union(*(one.digests for one in held))
        about = [run for run in runs if run.digests & digests]
        return _with_runs("the ledger holds these weights by digest", held, _unlike([*about, *_alone(saved)]))
    same = [run for run, place, alone in saved if alone and each.files <= run.saved[place].files]
    if same:
        return _by_names_and_sizes(each, same)
    alike = [one for one in artifacts if one.files == each.files] if each.digest is None else []
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


def prove_version(
    version: Version, artifacts: Sequence[Artifacts], runs: Sequence[Run], folders: Sequence[tuple[Weights, Proof]]
) -> Proof:
    """The answer for a registered version: that of the folder it names, else that of the run it came from."""
    if folders:
        each, proof = min(folders, key=lambda pair: (list(Answer).index(pair[1].answer), pair[0].key))
        return Proof(proof.answer, (f"its weights lie in {each.shown}", *proof.reasons), proof.evidence)
    about = [run for run in runs if version.run and run.tracked == version.run]
    digests: frozenset[str] = frozenset().union(*(run.digests for run in about))
    held = [one for one in artifacts if one.digests & digests]
    if held:
        return _with_runs(
            "the run it came from is tied to weights that the ledger holds by digest", held, _unlike(about)
        )
    if about:
        return Proof(Answer.INCOMPLETE, ("the run it came from is on record, and its weights are not",), _ids(about))
    said = (
        "the ledger holds nothing of the run it came from" if version.run else "the registry names no run it came from"
    )
    return Proof(Answer.ORPHAN, (said,))


def prove_record(runs: Sequence[Run], artifacts: Sequence[Artifacts], *, looked: bool) -> Proof:
    """The answer for a job whose record lists weights that lie in no folder that was named."""
    digests: frozenset[str] = frozenset().union(*(run.digests for run in runs))
    held = [one for one in artifacts if one.digests & digests]
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


def _alone(saved: Iterable[Listing]) -> list[Run]:
    return [run for run, _, alone in saved if alone]


def _unlike(runs: Iterable[Run]) -> list[Run]:
    """Each run once."""
    return list({run.id: run for run in runs}.values())


def _ids(pieces: Iterable[Artifacts] | Iterable[Run]) -> tuple[str, ...]:
    return tuple(sorted({piece.id for piece in pieces}))
