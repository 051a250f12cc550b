"""The Statement of Applicability as a view: every control of Annex A, what was stated, and what the evidence comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import GovernanceError
from governance.reports.atoms import words
from governance.reports.atoms.views import Status, Term
from governance.reports.management.statement_views import DocumentLine, StatementArea, StatementRow, StatementView
from governance.reports.parts import coverage
from governance.reports.parts.frame import frame

if TYPE_CHECKING:
    from governance.domain.applicability import ApplicabilityRow, DocumentedRow, StatedRow
    from governance.domain.case import Case
    from governance.reports.claims.references import References

APPLIES = {
    True: Status("applies", "✔", "note"),
    False: Status("does not apply", "–", "mute"),
    None: Status("not stated", "○", "gap"),
}
STATES = {
    "there": Status("there", "✔", "good"),
    "old": Status("old", "◷", "warn"),
    "not-whole": Status("not whole", "◐", "warn"),
    "missing": Status("missing", "○", "gap"),
    "not-shown-here": Status("not shown here", "⊘", "mute"),
}
_WORDS = (
    Term("Applicable", "The organization says that it needs the control, and why. Not a result."),
    Term(
        "Status", "How far the organization says the control is in place. The evidence stands in a column of its own."
    ),
    Term("Documented information", "ISO's word for documents that are kept up and records that are kept."),
)


def offered(case: Case) -> bool:
    """Whether the document is made for a case: the standard is in scope."""
    return case.applicability is not None


def build(case: Case, references: References) -> StatementView:
    """The view of the document."""
    held, wanted = case.applicability, case.documented
    if held is None:
        raise GovernanceError("ISO/IEC 42001 is not in the scope of this system", where=case.dossier.system.id)
    standard = case.catalogue.frameworks[held.framework]
    grouped: dict[str, list[StatementRow]] = {}
    requirements = {row.id: row for row in case.catalogue.requirements[held.framework]}
    for row in held.rows:
        title = coverage.heading(standard, coverage.top(standard, requirements[row.control].group))
        grouped.setdefault(title, []).append(_row(row, references))
    lines = tuple(_line(row) for row in wanted)
    return StatementView(
        frame=frame(case, references),
        standard=standard.title,
        version=held.version,
        scope=held.scope,
        approver=held.approver,
        approved=held.approved_on.isoformat() if held.approved_on else "",
        source=references.cites([held.source] if held.source else []),
        total=len(held.rows),
        apply=held.count(True),
        excluded=held.count(False),
        open=held.count(None),
        flagged=sum(bool(row.problems) for row in held.rows),
        problems=held.problems,
        areas=tuple(StatementArea(title, tuple(rows)) for title, rows in grouped.items()),
        own=tuple(_own(row) for row in held.own_controls),
        documents=lines,
        documents_there=sum(row.state == "there" for row in wanted),
        index=references.index(),
        glossary=tuple(sorted((*words.GLOSSARY, *_WORDS), key=lambda term: term.word)),
    )


def _row(row: ApplicabilityRow, references: References) -> StatementRow:
    return StatementRow(
        number=row.control,
        title=row.title,
        applies=APPLIES[row.applicable],
        justification=row.justification,
        status=row.status.replace("-", " ") if row.status else "–",
        how=row.how,
        owner=row.owner,
        reviewed=row.last_review.isoformat() if row.last_review else "never",
        risks=row.risks,
        evidence=words.STANDINGS[row.standing],
        cites=references.cites(row.evidence),
        problems=row.problems if row.stated else (),
    )


def _own(row: StatedRow) -> StatementRow:
    return StatementRow(
        number=row.control,
        title=row.title or "",
        applies=APPLIES[row.applicable],
        justification=row.justification,
        status=row.status.replace("-", " ") if row.status else "–",
        how=row.how or "not stated",
        owner=row.owner or "not stated",
        reviewed=row.last_review.isoformat() if row.last_review else "never",
        risks=row.risks,
        evidence=Status("not judged here", "⊘", "mute"),
        cites=(),
        problems=(),
    )


def _line(row: DocumentedRow) -> DocumentLine:
    return DocumentLine(
        requirement=row.requirement,
        title=row.title,
        what=row.what,
        form=row.form,
        state=STATES[row.state],
        where=row.where,
        newest=row.newest.isoformat() if row.newest else "",
        age=f"{row.age_days} day{'' if row.age_days == 1 else 's'}" if row.age_days is not None else "–",
        reason=row.reason,
    )
