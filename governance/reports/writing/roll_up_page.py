"""The management roll-up in each of its forms: the page over all systems, its twin, and its PDF.

Figures of every system stand in one twin. Its head says what is the same of all of them, and nothing where they differ; `systems` says of
each how the ids of its claims begin, what it was judged by and when, and the id of the pack that is made of it at that moment. No single
pack holds the roll-up, so `pack` is empty: whoever holds the packs of the systems writes each system's claims again from its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.errors import UsageError
from governance.reports.claims.claiming import Figures
from governance.reports.claims.references import References
from governance.reports.management import rollup
from governance.reports.parts.frame import pack_id_of
from governance.reports.writing import edition
from governance.reports.writing.render import ROLL_UP, Renderer
from governance.reports.writing.twin import judged, twin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.domain.case import Case
    from governance.reports.paper.archival import Attachment
    from governance.reports.writing.front_matter import Document

NO_PDF = "its template says that none is made of it"


def printed(
    cases: Sequence[Case],
    templates: Mapping[str, str],
    wish: Mapping[str, str | None],
    not_on_record: tuple[str, ...] = (),
    *,
    pdf: bool = True,
) -> tuple[dict[str, bytes], dict[str, str]]:
    """The documents over all these cases by file name, with twins and PDFs; and why there is no PDF, by the form or the name of one.

    Raises `UsageError` where there is no case.
    """
    if not cases:
        raise UsageError("there is no system to look at", hint="Add one with: govern system add FILE.yaml")
    renderer = Renderer(cases[0], templates, wish)
    made: dict[str, bytes] = {}
    skipped: dict[str, str] = {} if pdf else {edition.PDF: "not asked for"}
    pages: dict[str, bytes] = {}
    attached: dict[str, Attachment] = {}
    for document in [each for each in renderer.known.values() if each.view == ROLL_UP]:
        made[document.name], data = _made(document, cases, renderer, not_on_record)
        if not document.name.endswith(".html"):
            continue
        made[document.twin] = data
        if pdf and document.pdf:
            pages[document.name] = made[document.name]
            attached[document.name] = edition.attachment(document.twin, data, renderer)
        elif pdf:
            skipped[document.printed] = NO_PDF
    if pages:
        files, why = edition.printed(pages, cases[0], language=renderer.house.language, attachments=attached)
        made, skipped = made | files, skipped | why
    return made, skipped


def _made(
    document: Document, cases: Sequence[Case], renderer: Renderer, not_on_record: tuple[str, ...]
) -> tuple[bytes, bytes]:
    """A page and its twin; the page first, since a template may ask for claims of its own, which are of the first system."""
    held = {f"s{number}-": References(case, f"s{number}-", renderer.say) for number, case in enumerate(cases, start=1)}
    view = rollup.build([(references.case, references) for references in held.values()], not_on_record)
    first = next(iter(held.values()))
    renderer.put(document, view, first)
    page = renderer.render(document.name)
    whole = Figures(first.case)
    for references in held.values():
        whole.claims += references.claims
        whole.not_evidenced += [f"{references.case.dossier.system.id}: {each}" for each in references.not_evidenced]
    stem = document.name.rpartition(".")[0]
    return page, twin(stem, document.title, view, whole, renderer.house, renderer.marks, _head(held))


def _head(held: Mapping[str, References]) -> dict[str, Any]:
    """What the twin says beside the view: what is the same of all systems, and each of them."""
    told = {prefix: judged(references.case) for prefix, references in held.items()}
    first, *others = told.values()
    same = {name: value if all(each[name] == value for each in others) else None for name, value in first.items()}
    systems = [
        {
            "system": references.case.dossier.system.id,
            "claims": prefix,
            "pack": pack_id_of(references.case),
            **told[prefix],
        }
        for prefix, references in held.items()
    ]
    return {"pack": None, "system": None, **same, "systems": systems}
