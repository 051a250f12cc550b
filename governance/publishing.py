"""From a case to files in a folder: all documents, or the Statement of Applicability in each of its forms."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from governance.assurance.applicability import applicability, documented
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from governance.domain.applicability import Applicability
    from governance.domain.case import Case
    from governance.reports.press import Press

STATEMENT = "statement-of-applicability"


def documents(
    case: Case, templates: Mapping[str, str], *, pdf: bool = True, press: Press | None = None
) -> tuple[dict[str, bytes], dict[str, str]]:
    """All documents of a case by file name, and why a form was skipped, by the form."""
    from governance.reports import edition

    if not pdf:
        made, skipped = edition.without_pdf(case, templates)
        return made, {**skipped, edition.PDF: "not asked for"}
    return edition.edition(case, templates, press)


def statement(case: Case, templates: Mapping[str, str], *, pdf: bool = True) -> tuple[dict[str, bytes], dict[str, str]]:
    """The Statement of Applicability as HTML, JSON, workbook and PDF, and why one of the last two was skipped, by the form."""
    from governance.reports import edition, render, workbook

    rows = case.documented or documented(case.dossier, case.catalogue, case.assessment, case.on)
    stated = statement_of(case)
    whole = replace(case, applicability=stated, documented=rows)
    html = render.render(f"{STATEMENT}.html", whole, templates)
    wanted = [row.plain() for row in rows]
    data = {"schema": "applicability-report.v1", **stated.plain(), "documented_information": wanted}
    made = {
        f"{STATEMENT}.html": html,
        f"{STATEMENT}.json": (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode(),
    }
    skipped = {} if pdf else {edition.PDF: "not asked for"}
    try:
        made[f"{STATEMENT}.xlsx"] = workbook.statement(whole)
    except workbook.XlsxMissing as missing:
        skipped[edition.WORKBOOK] = str(missing)
    if pdf:
        printed, why = edition.printed(html, case)
        if printed is not None:
            made[f"{STATEMENT}.pdf"] = printed
        elif why:
            skipped[edition.PDF] = why
    return made, skipped


def statement_of(case: Case) -> Applicability:
    """The Statement of Applicability of a case, also where the system does not name the standard."""
    return case.applicability or applicability(case.dossier, case.catalogue, case.assessment, case.register, case.on)


def write(out: Path, made: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, which is made where it is not there. Returns the paths. Raises `UsageError` where it can not be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            (out / name).write_bytes(data)
    except FileExistsError:
        raise UsageError("is a file, not a folder", where=str(out), hint="Name a folder with --out.") from None
    except OSError as error:
        said = f"can not be written: {error.strerror}"
        raise UsageError(said, where=str(error.filename or out), hint="Name another folder with --out.") from None
    return [out / name for name in sorted(made)]
