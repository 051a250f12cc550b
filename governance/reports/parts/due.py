"""Dates that act: evidence that will be too old, sign-offs that end, reviews that fall due.

Soonest first, past ones marked: a stored date that nobody sees is the same as none.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.reports.atoms import words
from governance.reports.atoms.views import Phrase, phrase
from governance.reports.parts.attested import newest
from governance.reports.parts.risk_order import ordered
from governance.reports.parts.views import Due
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.claims.references import References

EVIDENCE, SIGN_OFF, RISK, DOCUMENT = "evidence", "sign-off", "risk review", "document review"
CONDITION, RETEST = "condition", "retest"
_GONE = frozenset({State.VOID, State.RETIRED, State.REVOKED, State.SUPERSEDED, State.EXPIRED})
_WAIVES = frozenset({State.IN_FORCE, State.CONDITIONS_OVERDUE, None})
"""States in which a day still asks something of somebody; None is a waiver whose state nobody judged."""
_Raw = tuple[date, Phrase, str]


def calendar(case: Case, references: References) -> tuple[Due, ...]:
    """All dates of a case; risks are named as in every document."""
    today = case.on.astimezone(UTC).date()
    raw = [*_evidence(case, references), *_sign_offs(case), *_risks(case), *_documents(case)]
    dates = sorted(set(raw), key=lambda row: (row[0], str(row[1]), row[2]))
    return tuple(Due(figures.day(day), what, kind, day < today) for day, what, kind in dates)


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
        (day, phrase("%(key)s becomes too old for %(controls)s", key=key, controls=", ".join(sorted(names))), EVIDENCE)
        for (day, key), names in carried.items()
    ]


def _sign_offs(case: Case) -> list[_Raw]:
    """Last days of decisions whose signature counts, days of open conditions of approvals, and retests of waivers."""
    made: list[_Raw] = []
    held = {state.decision: state.state for state in case.decided}
    for signed in case.dossier.valid:
        decision = signed.decision
        by = f"{decision.signer} ({decision.role})"
        if decision.expires is not None:
            ends = phrase(
                "sign-off by %(who)s, %(what)s, ends", who=by, what=phrase(words.DECISIONS[decision.decision].word)
            )
            made.append((decision.expires, ends, SIGN_OFF))
        if decision.waiver is not None and held.get(signed.id) in _WAIVES:
            again = phrase("retest of %(control)s, waived by %(who)s", control=decision.waiver.control, who=by)
            made.append((decision.waiver.retest, again, RETEST))
    for state in case.approvals:
        for row in state.conditions:
            if not row.met and state.state not in _GONE:
                by = f"{state.signer} ({state.role})"
                what = phrase(
                    "condition %(id)s of the approval by %(who)s: %(owner)s", id=row.id, who=by, owner=row.owner
                )
                made.append((date.fromisoformat(row.due), what, CONDITION))
    return made


def _risks(case: Case) -> list[_Raw]:
    """One row per day, of all risks and not only of those printed: one by its title, several by how many and which."""
    due: dict[date, list[tuple[str, str]]] = {}
    for key, row in ordered(case.register):
        due.setdefault(row.next_review, []).append((key, row.title))
    return [
        (
            day,
            phrase("review of the risk %(key)s, “%(title)s”", key=rows[0][0], title=rows[0][1])
            if len(rows) == 1
            else phrase("review of %(n)s risks: %(keys)s", n=len(rows), keys=", ".join(key for key, _ in rows)),
            RISK,
        )
        for day, rows in due.items()
    ]


def _documents(case: Case) -> list[_Raw]:
    made: list[_Raw] = []
    for _, piece in newest(case):
        try:
            day = date.fromisoformat(str(piece.body.get("review_due")))
        except ValueError:
            continue
        made.append((day, phrase("review of “%(title)s”", title=str(piece.body.get("title"))), DOCUMENT))
    return made
