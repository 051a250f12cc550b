"""From a case to files in a folder: all documents, or the Statement of Applicability in each of its forms."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from governance.assurance.applicability import applicability, documented

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from governance.domain.applicability import Applicability
    from governance.domain.case import Case
    from governance.reports.press import Press

STATEMENT = "statement-of-applicability"


def documents(
    case: Case, templates: Mapping[str, str], *, pdf: bool = True, press: Press | None = None
) -> tuple[dict[str, bytes], str | None]:
    """All documents of a case by file name, and why the PDF was skipped, if it was."""
    from governance.reports import edition

    if not pdf:
        return edition.without_pdf(case, templates), "not asked for"
    return edition.edition(case, templates, press)


def statement(case: Case, templates: Mapping[str, str], *, pdf: bool = True) -> tuple[dict[str, bytes], str | None]:
    """The Statement of Applicability as HTML, JSON, workbook and PDF, and why one of the last two was skipped."""
    from governance.reports import edition, render, workbook

    rows = case.documented or documented(case.dossier, case.catalogue, case.assessment, case.on)
    whole = replace(case, applicability=statement_of(case), documented=rows)
    html = render.render(f"{STATEMENT}.html", whole, templates)
    wanted = [row.plain() for row in rows]
    data = {"schema": "statement-of-applicability.v1", **statement_of(case).plain(), "documented_information": wanted}
    made = {
        f"{STATEMENT}.html": html,
        f"{STATEMENT}.json": (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode(),
    }
    skipped = []
    try:
        made[f"{STATEMENT}.xlsx"] = workbook.statement(whole)
    except workbook.XlsxMissing as missing:
        skipped.append(str(missing))
    if pdf:
        printed, why = edition.printed(html, case)
        if printed is not None:
            made[f"{STATEMENT}.pdf"] = printed
        elif why:
            skipped.append(why)
    return made, "; ".join(skipped) or None


def statement_of(case: Case) -> Applicability:
    """The Statement of Applicability of a case, also where the system does not name the standard."""
    return case.applicability or applicability(case.dossier, case.catalogue, case.assessment, case.register, case.on)


def write(out: Path, made: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, which is made where it is not there. Returns the paths."""
    out.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (out / name).write_bytes(data)
    return [out / name for name in sorted(made)]
