"""How a condition says that it can not tell, and which of several answers counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.assessment import ConditionResult
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

WORST_FIRST = (Answer.NO, Answer.COULD_NOT_TELL, Answer.YES)


def untold(condition: str, reason: str, turn: tuple[str, ...], used: Iterable[str] = ()) -> ConditionResult:
    """An answer that can not tell, with what would turn it."""
    return ConditionResult(
        id=condition, answer=Answer.COULD_NOT_TELL, reason=reason, would_turn=turn, evidence=tuple(used)
    )


def worst(answers: Iterable[Answer]) -> Answer:
    """The worst of several answers. Raises `ValueError` where there is none: nothing is no answer."""
    return min(answers, key=WORST_FIRST.index)


def percent(confidence: float) -> str:
    """A confidence as people write it: 95%, 99.17%."""
    return f"{confidence * 100:.4g}%"
