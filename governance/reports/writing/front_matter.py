"""Which documents there are: each template says in its front matter what it makes, and data files need no template.

The front matter is a YAML mapping in the Jinja comment that a template begins with::

    {# ---
    document: audit-report.html
    title: Audit report
    for: a reviewer who signs, and an auditor who checks
    view: audit-report
    --- #}

`outline` names the outline that a document of `view: outline` answers. `pdf: no` says that no PDF is made of an HTML document. So a new
document is a new file, and a workspace that brings a file of the same name replaces ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import ContentError, UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENDINGS = (".html", ".md")
OUTLINE = "outline"
_FRONT = re.compile(r"\A\{#-?\s*---\s*\n(.*?)\n\s*---\s*-?#\}\n?", re.DOTALL)
_REQUIRED = frozenset({"document", "title", "for", "view"})
_OPTIONAL = frozenset({OUTLINE, "pdf"})


@dataclass(frozen=True)
class Document:
    """A document that can be made: its file name, its template (empty for a data file), title, readers and view.

    `outline` is the id of the outline it answers, or empty; `pdf` says whether a PDF is made of it as well.
    """

    name: str
    template: str
    title: str
    reader: str
    view: str
    outline: str = ""
    pdf: bool = False

    @property
    def twin(self) -> str:
        """The file name of its JSON twin."""
        return f"{self.name.rpartition('.')[0]}.twin.json"

    @property
    def printed(self) -> str:
        """The file name of its PDF."""
        return f"{self.name.rpartition('.')[0]}.pdf"


def documents(
    templates: Mapping[str, str], views: Iterable[str], data_files: Iterable[Document] = ()
) -> dict[str, Document]:
    """Everything that can be made of these templates, by file name: data files, and what each front matter names.

    What begins with `_` makes nothing, and neither does what is no template. Raises `ContentError`.
    """
    known = tuple(views)
    found = {document.name: document for document in data_files}
    for template in sorted(templates):
        if template.startswith("_") or not template.endswith(".j2"):
            continue
        document = _front_matter(template, templates[template], known)
        if document.name in found:
            other = found[document.name].template
            raise ContentError(f"makes {document.name}, as {other} does", where=template, hint="Give one another name.")
        found[document.name] = document
    return dict(sorted(found.items()))


def _front_matter(template: str, text: str, views: tuple[str, ...]) -> Document:
    match = _FRONT.match(text)
    if match is None:
        raise ContentError(
            "does not begin with its front matter", where=template, hint="Begin it with {# --- … --- #}."
        )
    try:
        head: Any = strict_yaml.loads(match[1].encode(), where=template)
    except UnreadableError as error:
        raise ContentError(error.message, where=template) from None
    if not isinstance(head, dict) or not _REQUIRED <= set(head) <= _REQUIRED | _OPTIONAL:
        raise ContentError(
            "its front matter needs document, title, for and view, may have outline and pdf, and has nothing else",
            where=template,
        )
    if not all(isinstance(value, str) for name, value in head.items() if name != "pdf"):
        raise ContentError("its front matter holds text, but for pdf, which is yes or no", where=template)
    view, outline, pdf = head["view"], head.get(OUTLINE, ""), head.get("pdf", True)
    if view not in views:
        raise ContentError(f"there is no view {view!r}", where=template, hint=f"There are: {', '.join(views)}.")
    if (view == OUTLINE) != bool(outline):
        raise ContentError("`outline` belongs to `view: outline`, and that needs it", where=template)
    if not isinstance(pdf, bool):
        raise ContentError(f"pdf is true or false, and not {pdf!r}", where=template)
    name = head["document"]
    if not re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", name) or not name.endswith(ENDINGS):
        raise ContentError(
            f"{name!r} is no name for a document", where=template, hint="Lower case, ending in .html or .md."
        )
    return Document(name, template, head["title"], head["for"], view, outline, pdf and name.endswith(".html"))
