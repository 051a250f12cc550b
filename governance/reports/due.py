"""Dates that act: evidence that will be too old, sign-offs that end, reviews that fall due. Soonest first, past ones marked."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from governance.reports import figures
from governance.reports.attested import newest
from governance.reports.audit_views import Due

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.references import References

EVIDENCE, SIGN_OFF, RISK, DOCUMENT = "evidence", "sign-off", "risk review", "document review"
_Raw = tuple[date, str, str]


def calendar(case: Case, references: References) -> tuple[Due, ...]:
    """All dates of a case."""
    today = case.on.astimezone(UTC).date()
    raw = [*_evidence(case, references), *_sign_offs(case), *_risks(case), *_documents(case)]
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
                end = piece.record.effective_at.astimezone(UTC).date() + timedelta(days=days)
                carried.setdefault((end, references.cite(evidence_id).key), set()).add(result.id)
    return [
        (day, f"{key} becomes too old for {', '.join(sorted(names))}", EVIDENCE)
        for (day, key), names in carried.items()
    ]


def _sign_offs(case: Case) -> list[_Raw]:
    return [
        (
            signed.decision.expires,
            f"the {signed.decision.decision} of {signed.decision.signer} ({signed.decision.role}) ends",
            SIGN_OFF,
        )
        for signed in case.dossier.decisions
        if signed.decision.expires is not None and signed.valid
    ]


def _risks(case: Case) -> list[_Raw]:
    """One row per day: one risk by its title, several by how many and which."""
    titles: dict[date, list[str]] = {}
    for row in case.register:
        titles.setdefault(row.next_review, []).append(row.title)
    return [
        (
            day,
            f"review of the risk “{named[0]}”"
            if len(named) == 1
            else f"review of {len(named)} risks: {'; '.join(sorted(named))}",
            RISK,
        )
        for day, named in titles.items()
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
