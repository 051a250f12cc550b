"""The candidate diff as one page: its template filled with the view of a pair, as of any other document.

A page states what it was made of, in one attribute: who holds the ledger can make it again and compare. That statement is read here too.

Beside it there may be a PDF and a twin. Both sides' claims stand in one twin: the earlier ledger is a beginning of the later, so that each
piece that is quoted is in the later one, and whoever holds that writes every claim again. The head of the twin is of the later side;
`sides` says of both what they were judged by and when, and how the ids of their claims begin. A reviewer signs the page and none of these,
since a page can be made again to the byte wherever the ledger is, and a PDF not where another Pango is.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json
from governance.reports.claims.references import References
from governance.reports.diff import whole as diff
from governance.reports.diff.facts import ACROSS
from governance.reports.writing import edition
from governance.reports.writing.render import Renderer
from governance.reports.writing.twin import judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.comparison import Pair

DOCUMENT = f"{diff.NAME}.html"
ATTRIBUTE = "data-candidate-diff"
BEFORE, AFTER = "b", "a"
"""How the ids of the claims of each side begin."""


def page(pair: Pair, templates: Mapping[str, str], stated: str, wish: Mapping[str, str | None] | None = None) -> bytes:
    """The page of a pair as UTF-8. `stated` is what it was made of; `wish` goes over the house, as of other documents."""
    return _renderer(pair, templates, stated, wish).render(DOCUMENT)


def printed(
    pair: Pair, templates: Mapping[str, str], stated: str, wish: Mapping[str, str | None] | None, name: str
) -> tuple[dict[str, bytes], dict[str, str]]:
    """The same page under a file name of its own, its twin and its PDF, by file name; and why there is no PDF, by the form."""
    renderer = _renderer(pair, templates, stated, wish)
    html, stem = renderer.render(DOCUMENT), name.rpartition(".")[0]
    more = {"page": {"name": name, "digest": canonical.sha256(html)}, "sides": _sides(pair)}
    twin_name, twin = f"{stem}.twin.json", renderer.twin(DOCUMENT, more)
    if not renderer.document(DOCUMENT).pdf:
        return {name: html, twin_name: twin}, {edition.PDF: "its template says that none is made of it"}
    held = {name: edition.attachment(twin_name, twin, renderer)}
    made, skipped = edition.printed({name: html}, pair.after.case, language=renderer.house.language, attachments=held)
    return made | {twin_name: twin}, skipped


def _renderer(pair: Pair, templates: Mapping[str, str], stated: str, wish: Mapping[str, str | None] | None) -> Renderer:
    renderer = Renderer(pair.after.case, templates, wish or {})
    before, after = (
        References(pair.before.case, BEFORE, renderer.say),
        References(pair.after.case, AFTER, renderer.say),
    )
    renderer.put(renderer.document(DOCUMENT), diff.build(pair, before, after, stated), after)
    return renderer


def _sides(pair: Pair) -> dict[str, Any]:
    """What each side was judged by and when, and how the ids of its claims begin; a difference is of both."""
    return {
        "before": {"claims": BEFORE, **judged(pair.before.case)},
        "after": {"claims": AFTER, **judged(pair.after.case)},
        "across": {"claims": ACROSS},
    }


def stated_in(data: bytes, where: str) -> Mapping[str, Any]:
    """What a page says that it was made of. Raises `UnreadableError` for a file that is no such page."""
    if data.startswith(b"%PDF-"):
        raise UnreadableError("is a PDF", where=where, hint="What is read and signed is the HTML beside it.")
    reader = _Reader()
    try:
        reader.feed(data.decode())
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is not UTF-8", where=where) from None
    if reader.found is None:
        raise UnreadableError("not a candidate diff", where=where, hint="Make one with: govern diff SYSTEM --out FILE")
    found = strict_json.loads(reader.found.encode(), where=where)
    if not isinstance(found, dict):
        raise UnreadableError("what it says it was made of is no mapping", where=where)
    return found


class _Reader(HTMLParser):
    """The first attribute that says what the page was made of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - of the base class
        if self.found is None:
            self.found = dict(attrs).get(ATTRIBUTE)
