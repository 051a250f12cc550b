"""The Statement of Applicability as a workbook: one sheet of controls, one of documented information, one about it.

Every cell is text, a number or a date; none is a formula, whatever somebody wrote into it. The same statement gives the same bytes.
Needs XlsxWriter, which comes with the extra `documents`; without it `XlsxMissing` says so.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from governance.domain.short_form import short_form
from governance.errors import GovernanceError
from governance.reports import words
from governance.reports.escape import visible
from governance.reports.references import References
from governance.reports.relaxed import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.domain.case import Case

_ROWS = (
    ("Control", 9), ("Title", 34), ("Applicable", 12), ("Justification", 60), ("Status", 14), ("How it is done", 50),
    ("Owner", 22), ("Last review", 12), ("Linked risks", 34), ("Evidence comes to", 16), ("Evidence", 40), ("To look at", 44),
)  # fmt: skip
_DOCUMENTS = (
    ("Requirement", 12), ("Title", 34), ("What", 46), ("Form", 10), ("State", 14), ("Where", 60), ("Newest", 12),
    ("Age in days", 12), ("Why", 60),
)  # fmt: skip


_FIRST_YEAR = 1900  # a workbook knows no day before it; such a one is written as text


class XlsxMissing(GovernanceError):  # noqa: N818 - it says what is missing
    """XlsxWriter is not installed."""


def statement(case: Case) -> bytes:
    """The workbook of a case. Raises `XlsxMissing`."""
    try:
        import xlsxwriter
    except ImportError:
        raise XlsxMissing("XlsxWriter is not installed", hint="pip install 'governance-evidence[documents]'") from None
    held, wanted = case.applicability, case.documented
    if held is None:
        raise GovernanceError("ISO/IEC 42001 is not in the scope of this system", where=case.dossier.system.id)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {
            "title": f"Statement of Applicability of {case.dossier.system.name}",
            "subject": held.framework_title,
            "comments": f"Catalogue {case.catalogue.digest}; ledger root {case.checkpoint.root}",
            "created": case.on.replace(tzinfo=None),
        }
    )
    yes_no = {True: "applies", False: "does not apply", None: "not stated"}
    own = [
        (row.control, row.title or "", yes_no[row.applicable], row.justification, row.status or "", row.how or "",
         row.owner or "", row.last_review, ", ".join(row.risks), "not judged here", "", "")
        for row in held.own_controls
    ]  # fmt: skip
    rows = [
        (row.control, row.title, yes_no[row.applicable], row.justification, row.status or "", row.how, row.owner,
         row.last_review, ", ".join(row.risks), words.STANDINGS[row.standing].word, ", ".join(row.evidence),
         "; ".join(row.problems))
        for row in held.rows
    ]  # fmt: skip
    _sheet(book, "Applicability", _ROWS, [*rows, *own])
    documents = [
        (row.requirement, row.title, row.what, row.form, row.state.replace("-", " "), "; ".join(row.where), row.newest,
         row.age_days, row.reason)
        for row in wanted
    ]  # fmt: skip
    _sheet(book, "Documented information", _DOCUMENTS, documents)
    about = [
        ("System", case.dossier.system.name), ("Standard", held.framework_title), ("As of", held.on),
        ("Version of the statement", held.version), ("Scope", held.scope), ("Approved by", held.approver),
        ("Approved on", held.approved_on), ("Evidence that holds it", held.source or "none"),
        ("Rows", len(held.rows)), ("Apply", held.count(True)), ("Do not apply", held.count(False)),
        ("Not stated", held.count(None)), ("Ledger root", case.checkpoint.root), ("Catalogue", case.catalogue.digest),
        ("Checkpoint", short_form(case.checkpoint.origin, case.checkpoint.size, case.checkpoint.root)),
        *in_words(case, References(case)),
        ("Mind", "What is declared and what evidence comes to are two columns. This is evidence, not certification."),
    ]  # fmt: skip
    _sheet(book, "About", (("Field", 26), ("Value", 100)), about)
    book.close()
    return out.getvalue()


def _sheet(book: Any, name: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[object]]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    for place, (title, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, head)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, place, value, text)
            elif isinstance(value, date) and value.year >= _FIRST_YEAR:
                sheet.write_datetime(number, place, datetime(value.year, value.month, value.day), day)
            else:
                sheet.write_string(number, place, visible(str(value), keep="\n") if value is not None else "", text)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
