"""The candidate diff as one page: its template filled with the view of a pair, as of any other document.

A page states what it was made of, in one attribute: who holds the ledger can make it again and compare. That statement is read here too.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import strict_json
from governance.reports.claims.references import References
from governance.reports.diff import whole as diff
from governance.reports.writing.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.comparison import Pair

DOCUMENT = f"{diff.NAME}.html"
ATTRIBUTE = "data-candidate-diff"


def page(pair: Pair, templates: Mapping[str, str], stated: str, wish: Mapping[str, str | None] | None = None) -> bytes:
    """The page of a pair as UTF-8. `stated` is what it was made of; `wish` goes over the house, as of other documents."""
    renderer = Renderer(pair.after.case, templates, wish or {})
    before, after = References(pair.before.case, "b", renderer.say), References(pair.after.case, "a", renderer.say)
    renderer.put(renderer.document(DOCUMENT), diff.build(pair, before, after, stated), after)
    return renderer.render(DOCUMENT)


def stated_in(data: bytes, where: str) -> Mapping[str, Any]:
    """What a page says that it was made of. Raises `UnreadableError` for a file that is no such page."""
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
