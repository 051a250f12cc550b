"""`max_attempts`: how often a task was run before one result was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance.asks import EVALUATION_KIND
from governance.assurance.conditions import runs
from governance.assurance.conditions.telling import untold
from governance.domain.assessment import ConditionResult
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.conditions import MaxAttempts


def max_attempts(condition: str, asked: MaxAttempts, now: Now) -> ConditionResult:
    """No task was run more often than `most`. What was never run can not tell."""
    tasks = (asked.task,) if asked.task else _tasks(asked.purpose or "", now)
    counted = {task: runs.attempts(now, task) for task in tasks}
    never = [task for task, pieces in counted.items() if not pieces]
    if not counted or never:
        what = ", ".join(never) or f"a task for {asked.purpose}"
        return untold(condition, f"no run of {what} is on record", (f"run {what} and attach its results",))
    said = "; ".join(
        f"{task}: {len(pieces)} run{'s' * (len(pieces) > 1)}, 1 submitted" for task, pieces in counted.items()
    )
    over = [task for task, pieces in counted.items() if len(pieces) > asked.most]
    return ConditionResult(
        id=condition,
        answer=Answer.NO if over else Answer.YES,
        reason=f"{said}; at most {asked.most}",
        would_turn=tuple(f"seal a plan that says why {task} is run again: govern plan" for task in over),
        evidence=tuple(dict.fromkeys(piece.id for pieces in counted.values() for piece in pieces)),
    )


def _tasks(purpose: str, now: Now) -> tuple[str, ...]:
    side = runs.Side(runs.CANDIDATE)
    found = {
        str(row.get("task"))
        for piece in now.dossier.of_kind(EVALUATION_KIND)
        if side.speaks(piece, now.dossier)
        for row in piece.body["results"]
    }
    return tuple(sorted(task for task in found if now.catalogue.speaks_for(task, purpose, now.dossier.system)))
