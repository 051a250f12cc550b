"""The one order of risks: R1 is the greatest residual score in every document, table and picture of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.domain.risk import RegisterRow


def ordered(register: Iterable[RegisterRow]) -> tuple[tuple[str, RegisterRow], ...]:
    """All risks with their numbers: by residual score, then by inherent score, both greatest first, then by id."""
    rows = sorted(register, key=lambda row: (-row.residual.score, -row.inherent.score, row.risk))
    return tuple((f"R{number}", row) for number, row in enumerate(rows, start=1))
