"""What every document prints near its top: running exceptions from duties, waivers and accepted risks; and who holds which duty.

A waiver turns no standing and an acceptance no rating, so both stand beside the raw one. One whose state nobody judged is printed
as well, and says so: what may be running is not left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.domain.control import Standing
from governance.domain.decision import DecisionKind
from governance.domain.risk import Level
from governance.reports.atoms import words
from governance.reports.atoms.decided import DutyRow, Relaxed, RelaxedRow
from governance.reports.atoms.views import Phrase, phrase
from governance.reports.parts.sign_offs import listed, states
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.decision import SignedDecision
    from governance.reports.claims.references import References

NOTHING = "No exception, waiver or accepted risk is running."
ORDER = (DecisionKind.EXCEPT_DUTIES, DecisionKind.WAIVE, DecisionKind.ACCEPT_RISK)


def relaxed(case: Case, references: References) -> Relaxed:
    """What is relaxed at the moment of the case."""
    held = states(case)
    running: dict[DecisionKind, list[RelaxedRow]] = {kind: [] for kind in ORDER}
    for signed in case.dossier.decisions:
        kind, found = signed.decision.decision, held.get(signed.id)
        if kind in running and (found is None or found.state is State.IN_FORCE):
            running[kind].append(_row(signed, case, references, untold=found is None))
    rows = tuple(row for kind in ORDER for row in running[kind])
    counts = tuple(_counted(kind, len(running[kind])) for kind in ORDER if running[kind])
    return Relaxed(rows=rows, total=len(rows), summary=counts)


def _counted(kind: DecisionKind, number: int) -> Phrase:
    """How many there are of a kind."""
    if kind is DecisionKind.EXCEPT_DUTIES:
        return phrase("exceptions from separation of duties: %(n)s", n=number)
    if kind is DecisionKind.WAIVE:
        return phrase("waived controls: %(n)s", n=number)
    return phrase("accepted risks: %(n)s", n=number)


def in_words(case: Case, references: References) -> list[tuple[str, str]]:
    """What is relaxed as pairs of a heading and a line, for forms that know no layout."""
    found = relaxed(case, references).rows
    if not found:
        return [("Running just now", NOTHING)]
    return [(row.status.word, _line(row)) for row in found]


def _line(row: RelaxedRow) -> str:
    parts = [f"{row.what} {row.says}".strip()]
    if row.then and row.raw is not None:
        parts.append(f"stands at {row.raw.word} by itself, {row.then} when it was waived")
        parts.append(f"instead: {row.compensation}; owner {row.owner}; tested again by {row.retest}")
    elif row.rating and row.raw is not None:
        parts.append(f"rated {row.raw.word}, {row.rating}")
    parts.append(f"until {row.until}; signed by {row.signer}, {row.role}: {row.reason}")
    if row.untold:
        parts.append("nobody judged whether it runs")
    return "; ".join(parts)


def duties(case: Case) -> tuple[DutyRow, ...]:
    """Who trained, evaluated and set thresholds; a duty without a holder is a row as well."""
    made = []
    for duty, word in words.DUTIES.items():
        holders: dict[str, list[str]] = {}
        for held in case.dossier.duties:
            if held.duty == duty:
                holders.setdefault(held.person, []).append(held.because)
        told = tuple((person, "; ".join(dict.fromkeys(why))) for person, why in holders.items())
        made.append(DutyRow(duty=word, holders=told))
    return tuple(made)


def _row(signed: SignedDecision, case: Case, references: References, *, untold: bool) -> RelaxedRow:
    decision = signed.decision
    what = rating = then = compensation = owner = retest = ""
    says: str | Phrase = ""
    raw = None
    if decision.exception is not None:
        what = decision.exception.person
        says = phrase("may approve although they are %(duties)s", duties=listed(decision.exception.duties))
    elif decision.waiver is not None:
        waiver = decision.waiver
        result = case.assessment.control(waiver.control)
        what, says = waiver.control, result.title if result else ""
        raw = words.STANDINGS[result.standing] if result else words.STANDINGS[Standing.MISSING]
        then, compensation, owner = waiver.standing, waiver.compensation, waiver.owner
        retest = waiver.retest.isoformat()
    elif decision.risk is not None:
        risk = decision.risk
        row = next((row for row in case.register if row.risk == risk.risk), None)
        what, says = risk.risk, row.title if row else ""
        raw = words.LEVELS[Level.of(risk.score)]
        rating = f"{risk.likelihood} × {risk.impact} = {risk.score}"
        if row is not None:
            rating += f", now {row.residual.likelihood} × {row.residual.impact} = {row.residual.score}"
    return RelaxedRow(
        status=words.RELAXED[decision.decision],
        what=what,
        says=says,
        raw=raw,
        rating=rating,
        then=then,
        compensation=compensation,
        owner=owner,
        retest=retest,
        until=figures.day(decision.expires),
        signer=decision.signer,
        role=decision.role,
        reason=decision.reason,
        cites=references.cites((signed.id,)),
        untold=untold,
    )
