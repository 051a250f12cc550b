"""All documents of a case in one go: PDFs are printed beside, on every core, while the other files are made.

What is in an edition: each document that is offered for the case, its JSON twin, its PDF where its front matter wants one, the
workbooks, and the CSV files. What could not be made is named with the reason, and everything else is made all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.errors import GovernanceError, UsageError
from governance.reports.paper.archival import Attachment
from governance.reports.paper.pdf import PangoMissing
from governance.reports.paper.press import Presses
from governance.reports.tabular import workbook
from governance.reports.writing.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from concurrent.futures import Future

    from governance.domain.case import Case
    from governance.reports.atoms.house import House

PDF, WORKBOOK = "PDF", "workbook"
STATEMENT = "statement-of-applicability"
WORKBOOKS: Mapping[str, tuple[str, Callable[[Case, House], bytes]]] = {
    "risk-register": ("risk-register.html", workbook.risk_register),
    "evidence-index": ("audit-report.html", workbook.evidence_index),
    STATEMENT: (f"{STATEMENT}.html", workbook.statement),
}
"""Workbooks by their name, each with the document beside which it is made."""


@dataclass
class Edition:
    """What was made, by file name, and why a form was skipped, by the form."""

    files: dict[str, bytes] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def edition(
    case: Case,
    templates: Mapping[str, str],
    *,
    presses: Presses | None = None,
    pdf: Collection[str] | bool = True,
    only: Collection[str] | None = None,
    wish: Mapping[str, str | None] | None = None,
) -> Edition:
    """Every document by file name. `only` names documents without their ending; `pdf` those that are printed, or all, or none.

    The presses are used, and not closed, where they are given.
    """
    renderer = Renderer(case, templates, wish or {})
    held = presses or (Presses() if pdf else None)
    try:
        return _made(renderer, held if pdf else None, pdf, only)
    finally:
        if held is not None and held is not presses:
            held.close()


def printed(
    pages: Mapping[str, bytes],
    case: Case,
    *,
    language: str = "en",
    attachments: Mapping[str, Attachment] | None = None,
) -> tuple[dict[str, bytes], dict[str, str]]:
    """These pages with a PDF of each, and why there is none, by the form. `attachments`: what a PDF has in it, by its page."""
    made, skipped = dict(pages), {}
    with Presses(1) as presses:
        for name, html in pages.items():
            held, to = (attachments or {}).get(name), f"{name.rpartition('.')[0]}.pdf"
            started = presses.start(
                html.decode(),
                identifier=f"{case.checkpoint.root} {name}",
                created=case.on,
                language=language,
                attachments=(held,) if held else (),
            )
            try:
                made[to] = started.result()
            except PangoMissing as missing:
                skipped[PDF] = str(missing)
                break
            except GovernanceError as error:
                skipped[to] = error.message
    return made, skipped


def _made(
    renderer: Renderer, presses: Presses | None, pdf: Collection[str] | bool, only: Collection[str] | None
) -> Edition:
    made = Edition() if pdf else Edition(skipped={PDF: "not asked for"})
    printing: dict[str, Future[bytes]] = {}
    _require_known(renderer, only)
    names = sorted(renderer.offered, key=lambda name: (-_weight(name), name))  # the longest is printed first
    for name in names:
        stem, _, ending = name.rpartition(".")
        if only is not None and stem not in only:
            continue
        made.files[name] = renderer.render(name)
        document = renderer.document(name)
        if ending != "html":
            continue
        made.files[document.twin] = renderer.twin(name)
        if presses is not None and document.pdf and (pdf is True or stem in pdf):  # type: ignore[operator]
            printing[document.printed] = presses.start(
                made.files[name].decode(),
                identifier=f"{renderer.case.checkpoint.root} {stem}",
                created=renderer.case.on,
                language=renderer.house.language,
                attachments=(attachment(document.twin, made.files[document.twin], renderer),),
            )
    _workbooks(renderer, made, only)
    for name, future in printing.items():
        try:
            made.files[name] = future.result()
        except PangoMissing as missing:
            made.skipped[PDF] = str(missing)
        except GovernanceError as error:  # one that can not be printed does not take the others with it
            made.skipped[name] = error.message
    return Edition(dict(sorted(made.files.items())), made.skipped)


def attachment(name: str, data: bytes, renderer: Renderer) -> Attachment:
    """A twin as it is put into the PDF of its document."""
    said = renderer.say("The same document as data, with the claims behind its figures")
    return Attachment(name=name, data=data, description=said, mime="application/json")


def _require_known(renderer: Renderer, only: Collection[str] | None) -> None:
    """Each document asked for exists, and is made of this case. Raises `UsageError`."""
    offered = {name.rpartition(".")[0] for name in renderer.offered} | set(WORKBOOKS)
    for name in only or ():
        if name in offered:
            continue
        if name in {known.rpartition(".")[0] for known in renderer.known}:
            said = (
                f"{name} is not made of {renderer.case.dossier.system.id}: what it follows is not in the system's scope"
            )
            raise UsageError(said, hint="Name the framework under `frameworks` in the system file.")
        raise UsageError(f"nothing makes a document {name!r}", hint=f"There are: {', '.join(sorted(offered))}.")


def _weight(name: str) -> int:
    """Which documents are long."""
    return {"audit-report.html": 3, "risk-register.html": 2, f"{STATEMENT}.html": 2}.get(name, 1)


def _workbooks(renderer: Renderer, made: Edition, only: Collection[str] | None) -> None:
    for stem, (beside, make) in WORKBOOKS.items():
        if beside not in renderer.offered or (only is not None and stem not in only):
            continue
        try:
            made.files[f"{stem}.xlsx"] = make(renderer.case, renderer.house)
        except workbook.XlsxMissing as missing:
            made.skipped[WORKBOOK] = str(missing)
