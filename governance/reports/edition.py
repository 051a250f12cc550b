"""All documents of a case in one go: the PDF is printed on one core while the others are rendered on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports import render, workbook
from governance.reports.pdf import PangoMissing
from governance.reports.press import Press

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.case import Case

REPORT, REPORT_PDF = "audit-report.html", "audit-report.pdf"
STATEMENT = "statement-of-applicability.html"
PDF, WORKBOOK = "PDF", "workbook"


def edition(
    case: Case, templates: Mapping[str, str], press: Press | None = None
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Every document by file name, and why a form of it was skipped, by the form. The press is used up."""
    held = press or Press()
    try:
        report = render.render(REPORT, case, templates)
        printing = held.start(report.decode(), identifier=case.checkpoint.root, created=case.on)
        made, skipped = without_pdf(case, templates, done={REPORT: report})
        try:
            made[REPORT_PDF] = printing.result()
        except PangoMissing as missing:
            skipped[PDF] = str(missing)
        return made, skipped
    finally:
        held.close()


def printed(html: bytes, case: Case) -> tuple[bytes | None, str | None]:
    """One document as PDF, or why there is none."""
    press = Press()
    try:
        return press.start(html.decode(), identifier=case.checkpoint.root, created=case.on).result(), None
    except PangoMissing as missing:
        return None, str(missing)
    finally:
        press.close()


def without_pdf(
    case: Case, templates: Mapping[str, str], done: Mapping[str, bytes] | None = None
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Every document that is no PDF, and why the workbook was skipped; those in `done` are taken as they are."""
    have, skipped = dict(done or {}), {}
    made = {name: render.render(name, case, templates) for name in render.offered(case, templates) if name not in have}
    if STATEMENT in made:
        try:
            made[STATEMENT.replace(".html", ".xlsx")] = workbook.statement(case)
        except workbook.XlsxMissing as missing:
            skipped[WORKBOOK] = str(missing)
    return have | made, skipped
