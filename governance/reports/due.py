"""Dates that act: evidence that will be too old, sign-offs that end, reviews that fall due.

Soonest first, past ones marked: a stored date that nobody sees is the same as none.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from governance.reports import figures, words
from governance.reports.attested import newest
from governance.reports.audit_views import Due

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.references import References
    from governance.reports.views import Register, RiskRow

EVIDENCE, SIGN_OFF, RISK, DOCUMENT = "evidence", "sign-off", "risk review", "document review"
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
    made = []
    for signed in case.dossier.decisions:
        decision = signed.decision
        if decision.expires is not None and signed.valid:
            status = words.DECISIONS[decision.decision]
            what = f"sign-off by {decision.signer} ({decision.role}), {status.word}, ends"
            made.append((decision.expires, what, SIGN_OFF))
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
