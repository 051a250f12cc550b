"""Dates that act: evidence that will be too old, sign-offs that end, reviews that fall due.

Soonest first, past ones marked: a stored date that nobody sees is the same as none.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.reports import figures, words
from governance.reports.attested import newest
from governance.reports.audit_views import Due

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.references import References
    from governance.reports.views import Register, RiskRow

EVIDENCE, SIGN_OFF, RISK, DOCUMENT = "evidence", "sign-off", "risk review", "document review"
CONDITION, RETEST = "condition", "retest"
_GONE = frozenset({State.VOID, State.RETIRED, State.REVOKED, State.SUPERSEDED, State.EXPIRED})
_WAIVES = frozenset({State.IN_FORCE, State.CONDITIONS_OVERDUE, None})
"""States in which a day still asks something of somebody; None is a waiver whose state nobody judged."""
_Raw = tuple[date, str, str]


def calendar(case: Case, references: References, register: Register) -> tuple[Due, ...]:
    """All dates of a case; risks are named as in the register printed with it."""
    today = case.on.astimezone(UTC).date()
    raw = [*_evidence(case, references), *_sign_offs(case), *_risks(register), *_documents(case)]
    return tuple(Due(figures.day(day), what, kind, day < today) for day, what, kind in sorted(set(raw)))


def _evidence(case: Case, references: References) -> list[_Raw]:
    """One row per day and piece: the controls it will no longer carry from then on."""
    pieces = {piece.id: piece for piece in case.dossier.pieces}
    carried: dict[tuple[date, str], set[str]] = {}
    for result in case.assessment.controls:
        control = case.catalogue.controls.get(result.id)
        within = {ask.id: ask.within for ask in control.asks} if control else {}
        for asked in result.asks:
            days = within.get(asked.ask)
            for evidence_id in asked.evidence if days else ():
                piece = pieces.get(evidence_id)
                if piece is None or piece.record.effective_at is None or days is None:
                    continue
                since = piece.record.effective_at.astimezone(UTC).date()
                if date.max - since < timedelta(days=days):
                    continue  # a day that no calendar has does not come
                end = since + timedelta(days=days)
                carried.setdefault((end, references.cite(evidence_id).key), set()).add(result.id)
    return [
        (day, f"{key} becomes too old for {', '.join(sorted(names))}", EVIDENCE)
        for (day, key), names in carried.items()
    ]


def _sign_offs(case: Case) -> list[_Raw]:
    """Last days of decisions whose signature counts, days of open conditions of approvals, and retests of waivers."""
    made = []
    held = {state.decision: state.state for state in case.decided}
    for signed in case.dossier.valid:
        decision = signed.decision
        by = f"{decision.signer} ({decision.role})"
        if decision.expires is not None:
            made.append(
                (decision.expires, f"sign-off by {by}, {words.DECISIONS[decision.decision].word}, ends", SIGN_OFF)
            )
        if decision.waiver is not None and held.get(signed.id) in _WAIVES:
            made.append((decision.waiver.retest, f"retest of {decision.waiver.control}, waived by {by}", RETEST))
    for state in case.approvals:
        for row in state.conditions:
            if not row.met and state.state not in _GONE:
                what = f"condition {row.id} of the approval by {state.signer} ({state.role}): {row.owner}"
                made.append((date.fromisoformat(row.due), what, CONDITION))
    return made


def _risks(register: Register) -> list[_Raw]:
    """One row per day: one risk by its title, several by how many and which."""
    due: dict[str, list[RiskRow]] = {}
    for row in register.rows:
        due.setdefault(row.next_review, []).append(row)
    return [
        (
            date.fromisoformat(day),
            f"review of the risk {rows[0].key}, “{rows[0].title}”"
            if len(rows) == 1
            else f"review of {len(rows)} risks: {', '.join(row.key for row in rows)}",
            RISK,
        )
        for day, rows in due.items()
    ]


def _documents(case: Case) -> list[_Raw]:
    made = []
    for _, piece in newest(case):
        try:
            day = date.fromisoformat(str(piece.body.get("review_due")))
        except ValueError:
            continue
        made.append((day, f"review of “{piece.body.get('title')}”", DOCUMENT))
    return made
