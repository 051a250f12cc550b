"""The gate's verdict as tags on a run in a tracker, and whether that run is the one it may be written to.

A verdict is of one model identity. A run may carry it only where the ledger ties the run's id to the weights of the very candidate that
was judged: a tag on another run would be a false yes. So a run is refused that no evidence ties to the candidate, that
evidence ties to other weights as well, or whose tie is in conflict. What was only measured on the run, or is called alike, is no tie.

An id is known together with its tracker. Weights & Biases gives ids that are unique in a project, so the project has to
agree too; which account it lies under is not on record, since that is often a person's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.assurance.subjects import weights
from governance.domain.evidence import Role
from governance.errors import CouldNotTell, DutiesError, GovernanceError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.domain.case import Case
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

VERDICT = "governance.verdict"
POLICY, IDENTITY = "governance.policy", "governance.identity"
CHECKPOINT, DECIDED = "governance.checkpoint", "governance.decided_on"
YES, NO, COULD_NOT_TELL = "yes", "no", "could-not-tell"
RUNS = "training-run.v1"
_TRACKERS = frozenset({"mlflow", "wandb"})


@dataclass(frozen=True)
class Verdict:
    """What the gate says of the candidate, where the ledger stood, and by which evidence the run is the candidate's."""

    answer: str
    reason: str
    policy: str
    identity: str
    checkpoint: str
    """How many entries, and the root of the tree over them in hexadecimal."""
    decided_on: str
    duties_broken: bool
    evidence: tuple[str, ...]

    @property
    def tags(self) -> dict[str, str]:
        """The five tags by name."""
        return {
            VERDICT: self.answer,
            POLICY: self.policy,
            IDENTITY: self.identity,
            CHECKPOINT: self.checkpoint,
            DECIDED: self.decided_on,
        }

    @property
    def exit_code(self) -> int:
        """The code that `govern gate` ends with for this answer."""
        if self.duties_broken:
            return DutiesError.exit_code
        return {YES: 0, NO: GovernanceError.exit_code}.get(self.answer, CouldNotTell.exit_code)


def verdict(case: Case, tracker: str, run_id: str, project: str | None = None) -> Verdict:
    """The verdict of a case for one run. Raises `CouldNotTell` where there is no candidate, or the run is not the candidate's."""
    identity = case.dossier.identity
    if identity is None:
        raise CouldNotTell("there is no candidate: no weights are on record", hint="Attach the model with its run.")
    return Verdict(
        answer=str(case.gate.answer),
        reason=case.gate.reason,
        policy=case.gate.policy,
        identity=identity.digest,
        checkpoint=f"{case.checkpoint.size} {case.checkpoint.root}",
        decided_on=canonical.instant(case.gate.on),
        duties_broken=case.gate.duties_broken,
        evidence=tied(case.dossier, tracker, run_id, project),
    )


def tied(dossier: Dossier, tracker: str, run_id: str, project: str | None = None) -> tuple[str, ...]:
    """The evidence that ties a run of a tracker to the weights of the candidate. Raises `CouldNotTell` where it does not."""
    told = [piece for piece in dossier.of_kind(RUNS) if _is(piece, tracker, run_id, project)]
    if not told:
        raise CouldNotTell(
            f"nothing on record is of the run {run_id} of {tracker}",
            hint=f"Import it and attach it with the weights it made: govern import {tracker} --attach --bind NAME=WEIGHTS",
        )
    recorded = {str(piece.body["recorded_run"]) for piece in told if piece.body.get("recorded_run")}
    inside = [
        piece
        for piece in dossier.of_kind(RUNS)
        if piece.record.tool not in _TRACKERS and piece.body.get("run_id") in recorded
    ]
    return _of_the_candidate(dossier, run_id, [*told, *inside])


def _of_the_candidate(dossier: Dossier, run_id: str, pieces: Iterable[Piece]) -> tuple[str, ...]:
    wanted = weights(dossier.candidate)
    bound = [piece for piece in pieces if piece.record.subject.digest is not None]
    doubtful = [piece for piece in bound if piece.record.conflicts]
    other = [piece for piece in bound if piece.record.subject.digest != wanted]
    if doubtful:
        why = (doubtful[0].record.conflicts or ("",))[0]
        raise CouldNotTell(f"whose run {run_id} is, is in conflict: {why}", where=doubtful[0].id)
    if other:
        subject = other[0].record.subject
        named = f"{subject.name} {(subject.digest or '')[:19]}"
        raise CouldNotTell(
            f"the run {run_id} is on record as that of {named}, not of the candidate {(wanted or 'none')[:19]} alone",
            where=other[0].id,
            hint="A verdict is written only to the run whose weights were judged.",
        )
    own = [piece for piece in bound if piece.record.subject.role is Role.CANDIDATE]
    if not own:
        raise CouldNotTell(
            f"the run {run_id} is on record and tied to no weights",
            hint="Attach it again with its run folder, or with --bind NAME=WEIGHTS.",
        )
    return tuple(piece.id for piece in own)


def differing(wanted: Mapping[str, str], found: Mapping[str, object]) -> tuple[str, ...]:
    """The tags that do not read as they were written, by name."""
    return tuple(name for name, value in wanted.items() if found.get(name) != value)


def _is(piece: Piece, tracker: str, run_id: str, project: str | None) -> bool:
    return (
        piece.record.tool == tracker
        and piece.body.get("run_id") == run_id
        and (project is None or piece.body.get("experiment") == project)
    )
