"""The long lists of a case as columns and rows, told once: CSV files and workbooks print the same.

A document on paper prints the worst few hundred rows of a list and says so; here nothing is left out. A value is a text, a whole
number, a day, a moment, several texts, or None for nothing to say. Rows of the register keep the numbers they have in documents
(R1 …), evidence as well (E1 …).

One thing is named rather than repeated: where one row points at more than `NAMED` others, it names the first of them, says how
many more there are, and where each stands. With thousands of each, a row of ids would be longer than a cell may be, and nobody
would read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.domain.decision import DecisionKind
from governance.reports.atoms import words
from governance.reports.claims.references import References
from governance.reports.parts.risk_order import ordered
from governance.reports.parts.risks import within
from governance.reports.parts.sign_offs import states

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.domain.case import Case
    from governance.domain.decision import SignedDecision
    from governance.domain.evidence import Piece
    from governance.domain.risk import RegisterRow
    from governance.reports.atoms.views import EvidenceRow

Value = str | int | date | datetime | tuple[str, ...] | None

NAMED = 12
"""How many rows of another list one row names."""
LINKS = "control-evidence"
"""The list with a row for each piece that a control rests on."""
IN_LINKS = f"each beside its control in {LINKS}"


@dataclass(frozen=True)
class Column:
    """A column.

    `name`: its head in a CSV file; `title`: its head in a workbook; `width`: there, in characters.
    """

    name: str
    title: str
    width: int


@dataclass(frozen=True)
class Listing:
    """A list with all its rows.

    `name`: of its CSV file, without the ending; `title`: of its sheet; `says`: what a row is; `counts`: pairs of a count and its words,
    each with its denominator.
    """

    name: str
    title: str
    says: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    counts: tuple[tuple[str, str], ...] = ()


def columns(*given: tuple[str, str, int]) -> tuple[Column, ...]:
    """Columns from their names, titles and widths."""
    return tuple(Column(*each) for each in given)


def of(part: int, whole: int) -> str:
    """A count with its denominator: `12 of 5,000`."""
    return f"{part:,} of {whole:,}"


RISKS = columns(
    ("key", "No.", 7), ("risk", "Risk", 24), ("title", "Title", 32), ("event", "Event", 40),
    ("consequence", "Consequence", 36), ("inherent_likelihood", "Inherent likelihood", 10),
    ("inherent_impact", "Inherent impact", 10), ("inherent_score", "Inherent score", 10), ("inherent_level", "Inherent level", 11),
    ("inherent_because", "Why it is rated so", 44), ("arithmetic", "Steps of the controls", 50),
    ("residual_likelihood", "Residual likelihood", 10), ("residual_impact", "Residual impact", 10),
    ("residual_score", "Residual score", 10), ("residual_level", "Residual level", 11), ("appetite", "Appetite", 10),
    ("within_appetite", "Within appetite", 17), ("owner", "Owner", 20), ("owner_from", "Owner named by", 20),
    ("treatment", "Treatment", 11), ("next_review", "Next review", 12), ("review_overdue", "Review overdue", 10),
    ("accepted_by", "Accepted by", 24), ("accepted_until", "Accepted until", 12), ("accepted_as", "Accepted as", 20),
    ("controls", "Controls", 36), ("evidence", "Evidence of the controls", 52), ("nist_ai_600_1", "Risks of NIST AI 600-1", 34),
    ("objectives", "Objectives (ISO/IEC 42001 C.2)", 18), ("sources_of_risk", "Sources of risk (ISO/IEC 42001 C.3)", 18),
    ("other_references", "Other references", 24),
)  # fmt: skip


def risks(case: Case) -> Listing:
    """The risk register, worst residual risk first."""
    held = {result.id: result.evidence for result in case.assessment.controls}
    accepted = _accepted(case)
    rows = tuple(_risk(key, row, case, held, accepted.get(row.risk)) for key, row in ordered(case.register))
    total = len(rows)
    outside = sum(row.within_appetite is False for row in case.register)
    overdue = sum(row.review_overdue for row in case.register)
    unowned = sum(not row.owner_named for row in case.register)
    levels = [row.residual.level for row in case.register]
    counts = (
        *(
            (f"Residual level {words.LEVELS[level].word}", of(levels.count(level), total))
            for level in reversed(words.LEVELS)
        ),
        ("Outside the appetite", of(outside, total)),
        ("With an overdue review", of(overdue, total)),
        ("With nobody named but the usual role", of(unowned, total)),
        ("Accepted just now", of(sum(row.risk in accepted for row in case.register), total)),
    )
    says = "a risk of the system, with the steps from its inherent to its residual rating"
    return Listing("risk-register", "Risks", says, RISKS, rows, counts)


def _risk(
    key: str, row: RegisterRow, case: Case, held: Mapping[str, tuple[str, ...]], accepted: SignedDecision | None
) -> tuple[Value, ...]:
    by = tuple(dict.fromkeys(step.control for step in row.steps))
    frozen = accepted.decision.risk if accepted else None
    library = case.catalogue.risks.get(row.risk)
    references = library.references if library else {}
    numbers = [(frame, number) for frame, given in references.items() for number in given]
    return (
        key, row.risk, row.title, row.event, row.consequence, row.inherent.likelihood, row.inherent.impact, row.inherent.score,
        row.inherent.level.value, row.because, row.arithmetic, row.residual.likelihood, row.residual.impact, row.residual.score,
        row.residual.level.value, row.appetite if row.appetite is not None else "not stated", within(row).word, row.owner,
        "system file" if row.owner_named else "usual role in the library", row.treatment.value, row.next_review,
        "yes" if row.review_overdue else "no",
        f"{accepted.decision.signer}, {accepted.decision.role}" if accepted else None,
        accepted.decision.expires if accepted else None,
        f"{frozen.likelihood} × {frozen.impact} = {frozen.score}" if frozen else None,
        by, some((piece for control in by for piece in held.get(control, ())), IN_LINKS), row.genai_risks,
        tuple(number for _, number in numbers if number.startswith("C.2")),
        tuple(number for _, number in numbers if number.startswith("C.3")),
        tuple(f"{frame} {number}" for frame, number in numbers if not number.startswith(("C.2", "C.3"))),
    )  # fmt: skip


def _accepted(case: Case) -> dict[str, SignedDecision]:
    """The acceptance that runs for each risk, the latest of several."""
    found = running(case, DecisionKind.ACCEPT_RISK)
    return {signed.decision.risk.risk: signed for signed in found if signed.decision.risk is not None}


def running(case: Case, kind: DecisionKind) -> tuple[SignedDecision, ...]:
    """The decisions of a kind that are in force, oldest first. One whose state nobody judged is among them: it is not left out."""
    held = states(case)
    return tuple(
        signed
        for signed in case.dossier.decisions
        if signed.decision.decision is kind and (signed.id not in held or held[signed.id].state is State.IN_FORCE)
    )


def some(each: Iterable[str], where: str) -> tuple[str, ...]:
    """All of them, each once; of very many the first, how many more there are, and where those stand."""
    all_ = tuple(dict.fromkeys(each))
    if len(all_) <= NAMED:
        return all_
    return (*all_[:NAMED], f"and {len(all_) - NAMED:,} more, {where}")


EVIDENCE = columns(
    ("key", "No.", 7), ("evidence", "Evidence", 26), ("kind", "Kind", 24), ("kind_title", "What it is", 26), ("about", "About", 30),
    ("about_what", "Sort of subject", 13), ("role", "Role", 12), ("subject_digest", "Digest of the subject", 36),
    ("bound_by", "Tied to it by", 30), ("tied_to_weights", "Tied to weights", 10), ("quality", "Quality", 14),
    ("quality_reasons", "Why not whole", 36), ("withheld", "Secrets and personal data left out", 12), ("effective", "True on", 12),
    ("effective_clock", "By the clock of", 12), ("recorded", "Recorded on", 12), ("recorded_at", "Recorded at (UTC)", 19),
    ("collector", "Read by", 26), ("tool", "Written by", 28), ("files_read", "Files read", 8), ("sources", "Files", 60),
    ("body_digest", "Digest of the content", 36), ("body_size", "Bytes of the content", 12),
    ("ledger_entry", "Entry of the ledger", 10),
)  # fmt: skip


def evidence(case: Case) -> Listing:
    """The evidence index in the order of the ledger, the system file first."""
    references = References(case)
    first, *others = references.all_rows()
    rows = (_system(first, case), *(_piece(*pair) for pair in zip(others, references.pieces, strict=True)))
    total = len(rows)
    whole = sum(row.quality.tone == "good" for row in (first, *others))
    counts = (
        ("Of complete quality", of(whole, total)),
        ("About a model, and tied to no weights", of(sum(row.unbound for row in others), total)),
        ("Without a clock", of(sum(piece.record.effective_at is None for piece in references.pieces), total)),
        ("Written by hand", of(sum(piece.record.declared_by is not None for piece in references.pieces), total)),
    )
    says = "a piece of evidence on record; the first is the system file"
    return Listing("evidence-index", "Evidence", says, EVIDENCE, rows, counts)


def _system(row: EvidenceRow, case: Case) -> tuple[Value, ...]:
    at = case.dossier.registered_at.astimezone(UTC)
    return (
        row.key, row.id, row.kind, row.kind_title, row.about, "system", None, None, None, None, row.quality.word, None, None, at.date(),
        "ledger", at.date(), at, row.collector, None, None, None, None, None, None,
    )  # fmt: skip


def _piece(row: EvidenceRow, piece: Piece) -> tuple[Value, ...]:
    record = piece.record
    at = piece.recorded_at.astimezone(UTC)
    effective = record.effective_at.astimezone(UTC).date() if record.effective_at else None
    return (
        row.key, row.id, row.kind, row.kind_title, row.about, record.subject.type.value, row.role, record.subject.digest, row.bound_by,
        "no" if row.unbound else None, row.quality.word, row.quality_reasons, record.redacted, effective,
        (record.effective_clock or "tool") if effective else "no clock", at.date(), at, row.collector, row.tool, row.sources,
        some((f"{each.path} ({each.size:,} bytes, {each.sha256})" for each in record.sources), "in the record of the ledger"),
        row.digest, record.body_size, piece.seq,
    )  # fmt: skip
