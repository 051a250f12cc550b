"""Render the documents of a pack again from what is in it, and compare them with those in it.

A twin says in which language and on which paper its document was made; all else comes from the case that was judged again and from
the templates in the pack. Pages in HTML, Markdown, CSV and JSON must be the same to the byte, and so must every part of a workbook;
`alike` says what is free in a workbook and in a chart. A PDF is not printed again, and its pages are not read: it must be one of a
document that is made here, and hold the twin that lies beside it.

Where another version of this program wrote the pack, its sentences may be others, so nothing is rendered: then the verifier has
written the figures again, and the line says that the words were not held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.content import places
from governance.errors import GovernanceError
from governance.packs import alike, layout, remade
from governance.packs.attached import attached
from governance.parsing import strict_json
from governance.reports.atoms import house
from governance.verifier import documents, members
from governance.verifier.report import NOT_EVALUATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.case import Case
    from governance.verifier.containers import Container
    from governance.verifier.report import PackReport

_LINE = "DOCUMENTS"
_TWIN, _PDF = ".twin.json", ".pdf"


def redraw(
    pack: Container, case: Case, content: Mapping[str, bytes], own: Mapping[str, bytes], report: PackReport
) -> None:
    """Render again, compare, and say on the line `DOCUMENTS` what came of it. What can not be rendered again is a problem.

    `content` is the pack's, `own` this program's.
    """
    held = {n.removeprefix(members.DOCUMENTS): n for n in pack.names if n.startswith(members.DOCUMENTS)}
    if not held or report.about is None:
        return
    if report.about.program != layout.PROGRAM:
        said = f"rendering again: {report.about.program} wrote them, and this is {layout.PROGRAM}; words were not held"
        report.lines[_LINE] = report.lines[_LINE].removesuffix(documents.UNHELD) + f"; {NOT_EVALUATED}: {said}"
        report.limits.append(
            "the words of the documents were not held, since another version of the program wrote them"
        )
        return
    before = len(report.problems)
    try:
        made = _made(pack, case, places.templates(content), places.templates(own), held)
    except GovernanceError as error:
        report.problem(members.DOCUMENTS, f"can not be rendered again: {error.message}")
    else:
        _compare(pack, held, made, report)
    if len(report.problems) > before:
        report.lines[_LINE] = "FAILED"


def _made(
    pack: Container, case: Case, templates: Mapping[str, str], own: Mapping[str, str], held: Mapping[str, str]
) -> remade.Remade:
    """The documents that are in the pack, made again. Templates that are not this program's own are run in a process of their own."""
    twin = next((member for name, member in held.items() if name.endswith(_TWIN)), None)
    said = strict_json.loads(pack.read(twin), where=twin) if twin else {}
    wish = {field: said[field] for field in house.WISHES if field in said}
    make = remade.remade if templates == own else remade.apart
    return make(case, templates, frozenset(held), wish)


def _compare(pack: Container, held: Mapping[str, str], made: remade.Remade, report: PackReport) -> None:
    drew = report.about.charts if report.about else None
    same_library = bool(drew) and drew == remade.CHARTS
    for name, member in held.items():
        if name.endswith(_PDF):
            _hold_pdf(pack, name, held, made, report)
        elif name not in made.files:
            report.problem(member, "is none of the documents that this content makes of this case")
        elif not alike.alike(name, pack.read(member), made.files[name], same_library=same_library):
            report.problem(member, "is not the document that this content makes of this case")
    pdfs = sum(name.endswith(_PDF) for name in held)
    said = f"; {len(held) - pdfs} files rendered again, the same"
    if not same_library and any(
        alike.CHART.search(data) for name, data in made.files.items() if name.endswith(".html")
    ):
        said += f", charts by their words alone, since {drew or 'something that is not named'} drew them"
    if pdfs:
        said += f"; {pdfs} PDFs hold their twins, and their pages were not read"
    report.lines[_LINE] = report.lines[_LINE].removesuffix(documents.UNHELD) + said


def _hold_pdf(pack: Container, name: str, held: Mapping[str, str], made: remade.Remade, report: PackReport) -> None:
    member, twin = held[name], held.get(name.removesuffix(_PDF) + _TWIN)
    if name not in made.printed:
        report.problem(member, "is a PDF of none of the documents that this content makes of this case")
        return
    inside = attached(pack.read(member))
    if inside is None:
        report.problem(member, "is no PDF with a twin attached")
    elif twin is None or inside != pack.read(twin):
        report.problem(member, "has another twin attached than the one that lies beside it")
