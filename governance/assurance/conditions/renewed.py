"""`fresh` and `safety_retested_after_change`: whether evidence is new enough, and of these very weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance.asks import EVALUATION_KIND
from governance.assurance.conditions import runs
from governance.assurance.conditions.telling import untold
from governance.assurance.expect import is_number
from governance.assurance.subjects import moment, speaks_of
from governance.domain.assessment import ConditionResult
from governance.domain.control import About
from governance.domain.evidence import Quality, SubjectType
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import Fresh, SafetyRetested
    from governance.domain.evidence import Piece


def fresh(condition: str, asked: Fresh, now: Now) -> ConditionResult:
    """The newest whole piece of each kind is new enough. None at all, or one without a clock, can not tell; an old one is a *no*."""
    said, old, open_ones, seen = [], [], [], []
    for kind in asked.kinds:
        pieces = [piece for piece in now.dossier.of_kind(kind) if _counts(piece, now)]
        newest = max(pieces, key=moment, default=None)
        if newest is None:
            open_ones.append(kind)
            said.append(f"no whole {kind} that counts is on record")
            continue
        seen.append(newest.id)
        when = newest.record.effective_at
        if when is None or when > now.on:
            open_ones.append(kind)
            said.append(
                f"{kind} is dated {when:%Y-%m-%d}, in the future" if when else f"{kind} has no clock that tells its age"
            )
            continue
        age = (now.on - when).days
        said.append(f"{kind} is {age:,} days old")
        if age > asked.within_days:
            old.append(kind)
    return ConditionResult(
        id=condition,
        answer=Answer.NO if old else Answer.COULD_NOT_TELL if open_ones else Answer.YES,
        reason=f"{'; '.join(said)}; at most {asked.within_days:,}",
        would_turn=tuple(f"make {kind} anew and attach it" for kind in (*old, *open_ones)),
        evidence=tuple(seen),
    )


def _counts(piece: Piece, now: Now) -> bool:
    if piece.record.quality is not Quality.COMPLETE:
        return False
    return piece.record.subject.type is not SubjectType.MODEL or speaks_of(About.CANDIDATE, piece, now.dossier)


def safety_retested_after_change(condition: str, asked: SafetyRetested, now: Now) -> ConditionResult:
    """Each task for the purposes that other weights of the system were tested on gave a number for these very weights."""
    own, others = _tested(asked.purposes, now)
    if not own and not others:
        said = f"no task for {', '.join(asked.purposes)} was run on any weights of the system"
        return untold(condition, said, ("run such a task on base and candidate, and attach both",))
    left = sorted(set(others) - set(own))
    lacking = [purpose for purpose in asked.purposes if not any(_for(purpose, task, now) for task in own)]
    seen = tuple(own[task] for task in sorted(own))
    if left or lacking:
        parts = [f"{task} was run on {others[task]} and not on these weights" for task in left]
        parts += [f"no task for {purpose} was run on these weights" for purpose in lacking]
        turns = tuple(f"run {task} on these very weights and attach its results" for task in left)
        return ConditionResult(
            id=condition, answer=Answer.NO, reason="; ".join(parts), evidence=seen,
            would_turn=turns or tuple(f"run a task for {purpose} on these very weights" for purpose in lacking),
        )  # fmt: skip
    return ConditionResult(
        id=condition, answer=Answer.YES, evidence=seen,
        reason=f"{len(own)} task{'s' * (len(own) > 1)} for {', '.join(asked.purposes)} gave a number for these very weights: "
        + ", ".join(sorted(own)),
    )  # fmt: skip


def _tested(purposes: tuple[str, ...], now: Now) -> tuple[dict[str, str], dict[str, str]]:
    """(task → evidence of these weights, task → which other weights) over whole runs that gave a number."""
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    candidate = runs.Side(runs.CANDIDATE)
    for piece in now.dossier.of_kind(EVALUATION_KIND):
        is_own = candidate.speaks(piece, now.dossier)
        if is_own and piece.record.quality is not Quality.COMPLETE:
            continue
        for row in piece.body["results"]:
            task = str(row.get("task"))
            if is_number(row.get("value")) and row.get("n") != 0 and any(_for(name, task, now) for name in purposes):
                if is_own:
                    own[task] = piece.id
                else:
                    role = piece.record.subject.role
                    others.setdefault(task, "the base model" if role == "base" else piece.record.subject.name)
    return own, others


def _for(purpose: str, task: str, now: Now) -> bool:
    return now.catalogue.speaks_for(task, purpose, now.dossier.system)
