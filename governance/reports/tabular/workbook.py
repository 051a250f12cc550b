"""The workbooks: risk register, evidence index, and Statement of Applicability, each with a first sheet that says what it is.

A workbook is for people who sort, filter and print; the CSV files hold the same rows for programs. The sheet *About* names the
system, the exact model, the day, the gate's answer, the checkpoint and whatever is relaxed just now, and says of each other sheet
what a row is, how many there are, and that none is left out. Words are English in every house, as the heads of the CSV files are:
a filter that somebody saved must go on working.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.short_form import short_form
from governance.errors import GovernanceError
from governance.reports.atoms import words
from governance.reports.atoms.house import House
from governance.reports.parts.risk_order import ordered
from governance.reports.tabular import judged_lists, lists
from governance.reports.tabular.about import MIND, about
from governance.reports.tabular.lists import Listing, columns, of
from governance.reports.tabular.sheets import CONTINUED, Book, Legend, XlsxMissing
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.tabular.lists import Value

__all__ = ["XlsxMissing", "evidence_index", "risk_register", "statement"]

_FIELDS = columns(("field", "Field", 46), ("value", "What it says", 110))
_STEPS = columns(
    ("key", "No.", 7), ("risk", "Risk", 24), ("title", "Title", 40), ("control", "Control", 32),
    ("standing", "Standing of the control", 18), ("reduces", "Takes off", 12), ("steps", "Steps", 8), ("counted", "Counted", 10),
)  # fmt: skip
_ROWS = columns(
    ("control", "Control", 9), ("title", "Title", 34), ("applicable", "Applicable", 12), ("justification", "Justification", 60),
    ("status", "Status", 14), ("how", "How it is done", 50), ("owner", "Owner", 22), ("last_review", "Last review", 12),
    ("risks", "Linked risks", 34), ("standing", "Evidence comes to", 16), ("evidence", "Evidence", 40), ("problems", "To look at", 44),
)  # fmt: skip
_DOCUMENTS = columns(
    ("requirement", "Requirement", 12), ("title", "Title", 34), ("what", "What", 46), ("form", "Form", 10), ("state", "State", 14),
    ("where", "Where", 60), ("newest", "Newest", 12), ("age_days", "Age in days", 12), ("reason", "Why", 60),
)  # fmt: skip


def risk_register(case: Case, house: House | None = None) -> bytes:
    """Risks, each step of their arithmetic, controls, the evidence that these rest on, requirements, decisions. Raises `XlsxMissing`."""
    given = (
        lists.risks(case), _steps(case), judged_lists.controls(case), judged_lists.evidence_of_controls(case),
        judged_lists.requirements(case), judged_lists.decisions(case),
    )  # fmt: skip
    return _book(case, "Risk register", given, house)


def evidence_index(case: Case, house: House | None = None) -> bytes:
    """Every piece of evidence, the controls that rest on it, and the requirements. Raises `XlsxMissing`."""
    given = (
        lists.evidence(case), judged_lists.controls(case), judged_lists.evidence_of_controls(case), judged_lists.requirements(case)
    )  # fmt: skip
    return _book(case, "Evidence index", given, house)


def statement(case: Case, house: House | None = None) -> bytes:
    """The Statement of Applicability, and the documented information that the standard wants.

    Raises `XlsxMissing`, and `GovernanceError` where the standard is not in the scope of the system.
    """
    held = case.applicability
    if held is None:
        raise GovernanceError("ISO/IEC 42001 is not in the scope of this system", where=case.dossier.system.id)
    own: tuple[tuple[Value, ...], ...] = tuple(
        (row.control, row.title or "", _APPLIES[row.applicable], row.justification, row.status or "", row.how or "",
         row.owner or "", row.last_review, row.risks, "not judged here", None, None)
        for row in held.own_controls
    )  # fmt: skip
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (row.control, row.title, _APPLIES[row.applicable], row.justification, row.status or "", row.how, row.owner,
         row.last_review, row.risks, words.STANDINGS[row.standing].word, row.evidence, row.problems)
        for row in held.rows
    )  # fmt: skip
    documents: tuple[tuple[Value, ...], ...] = tuple(
        (row.requirement, row.title, row.what, row.form, row.state.replace("-", " "), row.where, row.newest,
         row.age_days, row.reason)
        for row in case.documented
    )  # fmt: skip
    total = len(held.rows)
    counts = (
        ("Apply", of(held.count(True), total)), ("Do not apply", of(held.count(False), total)),
        ("Not stated", of(held.count(None), total)), ("Controls of the organisation's own", f"{len(own):,}"),
    )  # fmt: skip
    says = "a control of the standard, or one of the organisation's own; what is declared and what evidence comes to are two columns"
    given = (
        Listing("statement-of-applicability", "Applicability", says, _ROWS, (*rows, *own), counts),
        Listing(
            "documented-information",
            "Documented information",
            "a document or record that the standard wants",
            _DOCUMENTS,
            documents,
        ),
    )
    fields: tuple[tuple[str, Value], ...] = (
        ("Standard", held.framework_title), ("Version of the statement", held.version), ("Scope", held.scope),
        ("Approved by", held.approver), ("Approved on", held.approved_on), ("Evidence that holds it", held.source or "none"),
    )  # fmt: skip
    return _book(case, "Statement of Applicability", given, house, fields)


_APPLIES = {True: "applies", False: "does not apply", None: "not stated"}


def _steps(case: Case) -> Listing:
    """One row for each control that is to take something off a risk."""
    made: tuple[tuple[Value, ...], ...] = tuple(
        (
            key,
            row.risk,
            row.title,
            step.control,
            words.STANDINGS[step.standing].word,
            step.reduces,
            step.steps,
            "yes" if step.counted else "no",
        )
        for key, row in ordered(case.register)
        for step in row.steps
    )
    counted = sum(row[-1] == "yes" for row in made)
    says = "a control that takes steps off a risk's likelihood or impact, and does so only while it is met"
    return Listing("risk-steps", "Steps", says, _STEPS, made, (("Steps that count", of(counted, len(made))),))


def _book(
    case: Case, title: str, given: tuple[Listing, ...], house: House | None, fields: tuple[tuple[str, Value], ...] = ()
) -> bytes:
    system, head = case.dossier.system, case.checkpoint
    short = short_form(head.origin, head.size, head.root)
    legend = Legend(
        title=f"{title}: {system.name}",
        subject=f"As of {figures.moment(case.on)}. {MIND}",
        comments=f"Checkpoint {short}; catalogue {case.catalogue.digest}",
        created=case.on,
        head=f"{title} · {system.id} · as of {figures.day(case.on)}",
        foot=(
            f"Evidence, not certification. Checkpoint {short}",
            f"Evidence, not certification. Ledger root {figures.short(head.root)}",
        ),
        house=house or House(),
    )
    book = Book(legend)
    first = book.reserve("About")
    told: list[tuple[str, Value]] = []
    for listing in given:
        longer = book.add(listing)
        told.append((f"Sheet {listing.title}", _whole(listing, longer)))
        told.extend((f"{listing.title}: {what}", count) for what, count in listing.counts)
    *whence, mind = about(case)
    classified = (("Classification", legend.house.classification),) if legend.house.classification else ()
    book.fill(first, _FIELDS, (("Document", title), *classified, *whence, *fields, *told, mind))
    return book.finish()


def _whole(listing: Listing, longer: int) -> str:
    """What the first sheet says of another."""
    said = f"{figures.count(len(listing.rows), 'row')}, all there are: none is left out. Each row is {listing.says}."
    if longer:
        said += f" {figures.count(longer, 'text')} too long for a cell: the rest stands in the sheet {CONTINUED}."
    return said
