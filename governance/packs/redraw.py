"""Render the documents of a pack again from what is in it, and compare them with those in it.

A twin says in which language and on which paper its document was made; all else comes from the case that was judged again and from
the templates in the pack. Pages in HTML, Markdown, CSV and JSON must be the same to the byte. Two things come from libraries whose
next version may draw them otherwise: a chart, which is compared by the table behind it, and the wrapping of a workbook, whose
sheets are compared. A PDF is not printed again, and not opened: its digest binds it, and nothing here says that its pages are these.

Where another version of this program wrote the pack, its sentences may be others: then only the figures count, which the verifier has
written again already.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from governance.content import places
from governance.errors import GovernanceError
from governance.exchange import hub_eval_results
from governance.packs import layout
from governance.parsing import strict_json
from governance.verifier import documents, members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.case import Case
    from governance.verifier.containers import Container
    from governance.verifier.report import PackReport

_CHART = re.compile(rb"<svg\b.*?</svg>", re.DOTALL)
_SHEETS = ("xl/worksheets/", "xl/sharedStrings.xml", "xl/workbook.xml")
_MAX_SHEETS = 256 << 20


def redraw(pack: Container, case: Case, content: Mapping[str, bytes], report: PackReport) -> None:
    """Render again, compare, and add to the line `DOCUMENTS` what came of it."""
    held = {n.removeprefix(members.DOCUMENTS): n for n in pack.names if n.startswith(members.DOCUMENTS)}
    if not held or report.about is None:
        return
    if report.about.program != layout.PROGRAM:
        said = f"{report.about.program} wrote them, and this is {layout.PROGRAM}"
        report.lines["DOCUMENTS"] += f"; not rendered again: {said}"
        return
    try:
        made = _made(pack, case, places.templates(content), held)
    except GovernanceError as error:
        report.lines["DOCUMENTS"] += f"; not rendered again: {error.message}"
        return
    before = len(report.problems)
    for name, member in held.items():
        if name.endswith(".pdf"):
            continue
        if name not in made:
            report.problem(member, "is none of the documents that this content makes of this case")
        elif not _same(name, pack.read(member), made[name]):
            report.problem(member, "is not the document that this content makes of this case")
    if len(report.problems) == before:
        said = report.lines["DOCUMENTS"].removesuffix(documents.UNHELD)
        report.lines["DOCUMENTS"] = f"{said}; {len(made)} files rendered again, the same"
    else:
        report.lines["DOCUMENTS"] = "FAILED"


def _made(pack: Container, case: Case, templates: Mapping[str, str], held: Mapping[str, str]) -> dict[str, bytes]:
    """The documents that are in the pack, made again, by their names."""
    from governance.reports.atoms import house
    from governance.reports.writing import edition

    wish: dict[str, str | None] = {}
    for name, member in held.items():
        if name.endswith(".twin.json"):
            said = strict_json.loads(pack.read(member), where=member)
            wish = {field: said[field] for field in house.WISHES}
            break
    only = {name.partition(".")[0] for name in held if "/" not in name}
    made = edition.edition(case, templates, pdf=False, only=only, wish=wish).files | hub_eval_results.beside_the_card(
        case
    )
    return {name: data for name, data in made.items() if name in held}


def _same(name: str, there: bytes, made: bytes) -> bool:
    if there == made:
        return True
    if name.endswith(".xlsx"):
        return _sheets(there) == _sheets(made)
    return name.endswith(".html") and _CHART.sub(b"", there) == _CHART.sub(b"", made)


def _sheets(data: bytes) -> dict[str, bytes] | None:
    """The cells of a workbook, without how it is wrapped; None for what is none, or larger than it may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            wanted = [each for each in book.infolist() if each.filename.startswith(_SHEETS)]
            if sum(each.file_size for each in wanted) > _MAX_SHEETS:
                return None
            return {each.filename: book.read(each) for each in wanted}
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return None
