"""Corrective actions: the newest register of each name that somebody attached, its open and overdue actions first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.reports.atoms.views import Status
from governance.reports.audit.views import ActionRow, CorrectiveActions

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.claims.references import References

KIND = "corrective-actions.v1"
PRINTED = 60

OVERDUE = Status("overdue", "◷", "bad")
OPEN = Status("open", "◔", "warn")
DONE = Status("done, not yet checked", "◑", "note")
HELPED = Status("done, and it helped", "✔", "good")
FAILED = Status("done, and it did not help", "✘", "bad")
_ORDER = (OVERDUE, FAILED, OPEN, DONE, HELPED)


def corrective(case: Case, references: References) -> CorrectiveActions:
    """The actions of the newest register of each name."""
    newest: dict[str, Piece] = {}
    for piece in sorted(case.dossier.of_kind(KIND), key=lambda piece: (str(piece.body.get("on")), piece.seq)):
        newest[str(piece.body.get("register"))] = piece
    rows = [
        _row(case, references, piece, action)
        for _, piece in sorted(newest.items())
        for action in piece.body.get("actions") or ()
        if isinstance(action, Mapping)
    ]
    rows.sort(key=lambda row: (_ORDER.index(row.status), row.due or "9999", row.id))
    return CorrectiveActions(
        registers=tuple(
            (
                name,
                references.figure(f"{name}: open", piece, "/open"),
                references.figure(f"{name}: overdue", piece, "/overdue"),
                str(piece.body.get("on") or ""),
            )
            for name, piece in sorted(newest.items())
        ),
        rows=tuple(rows[:PRINTED]),
        total=len(rows),
    )


def _row(case: Case, references: References, piece: Piece, action: Mapping[str, Any]) -> ActionRow:
    due, done = action.get("due"), action.get("done")
    if done:
        status = {True: HELPED, False: FAILED}.get(action.get("effective"), DONE)  # type: ignore[arg-type]
    else:
        status = OVERDUE if isinstance(due, str) and due < case.on.date().isoformat() else OPEN
    return ActionRow(
        id=str(action.get("id") or ""),
        status=status,
        description=str(action.get("description") or ""),
        cause=str(action.get("cause") or ""),
        action=str(action.get("action") or ""),
        owner=str(action.get("owner") or ""),
        raised=str(action.get("raised") or ""),
        due=str(due or ""),
        done=str(done or ""),
        cites=references.cites((piece.id,)),
    )
