"""From a case and templates to the bytes of a document.

A template says what it makes in its front matter, a YAML mapping in the Jinja comment it begins with::

    {# ---
    document: audit-report.html
    title: Audit report
    for: a reviewer who signs, and an auditor who checks
    view: audit-report
    --- #}

So a new document is a new file, and a workspace that brings a file of the same name replaces ours. Templates run in
Jinja's immutable sandbox with strict names: one that misspells a name fails, it does not print a blank. There is no
`safe` filter, no chance and no clock. Evidence is only ever data here and never a template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from governance.errors import ContentError, UnreadableError, UsageError
from governance.parsing import strict_yaml
from governance.reports import audit, card, risks, statement, tables
from governance.reports.printing import HtmlPrinter, MarkdownPrinter, Printer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.domain.case import Case

VIEWS: Mapping[str, Callable[[Case], object]] = {
    "model-card": card.build,
    "audit-report": audit.build,
    "risk-register": risks.build,
    "statement-of-applicability": statement.build,
}
"""Views by the name a template asks for in its front matter."""

TABLES: Mapping[str, Callable[[Case], bytes]] = {
    "risk-register": tables.risk_register,
    "evidence-index": tables.evidence_index,
}
"""Data files by the view they print. They need no template."""

OFFERED: Mapping[str, Callable[[Case], bool]] = {"statement-of-applicability": statement.offered}
"""Views that are made only for some cases."""

PRINTERS: Mapping[str, type[Printer]] = {".html": HtmlPrinter, ".md": MarkdownPrinter}
"""Formats by the ending of the document's name."""

_FRONT = re.compile(r"\A\{#-?\s*---\s*\n(.*?)\n\s*---\s*-?#\}\n?", re.DOTALL)
_FRONT_FIELDS = {"document", "title", "for", "view"}
_UNSAFE_FILTERS = (
    "safe",
    "forceescape",
    "random",
    "pprint",
    "tojson",
    "xmlattr",
    "urlize",
    "wordwrap",
    "center",
    "indent",
)


@dataclass(frozen=True)
class Document:
    """A document that can be made: its file name, its template (empty for a data file), title, readers and view."""

    name: str
    template: str
    title: str
    reader: str
    view: str


DATA_FILES = (
    Document("risk-register.csv", "", "Risk register", "whoever sorts and filters risks", "risk-register"),
    Document("evidence-index.csv", "", "Evidence index", "an auditor who samples evidence", "evidence-index"),
)


def documents(templates: Mapping[str, str]) -> dict[str, Document]:
    """Everything `render` can make of these templates, by file name: data files, and what each front matter names.

    Parts (`_parts/…`) make nothing. Raises `ContentError`.
    """
    found = {document.name: document for document in DATA_FILES}
    for template in sorted(templates):
        if template.startswith("_"):
            continue
        document = _front_matter(template, templates[template])
        if document.name in found:
            other = found[document.name].template
            raise ContentError(f"makes {document.name}, as {other} does", where=template, hint="Give one another name.")
        found[document.name] = document
    return dict(sorted(found.items()))


def offered(case: Case, templates: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the documents that are made of a case."""
    held = documents(templates).values()
    return tuple(each.name for each in held if each.view not in OFFERED or OFFERED[each.view](case))


def render(name: str, case: Case, templates: Mapping[str, str]) -> bytes:
    """One document, as UTF-8 bytes. `templates` holds every template by its path below `templates/`.

    Raises `UsageError` for a name nothing makes, `ContentError` for a template that breaks its rules.
    """
    known = documents(templates)
    document = known.get(name)
    if document is None:
        raise UsageError(f"nothing makes a document {name!r}", hint=f"There are: {', '.join(known)}.")
    if not document.template:
        return TABLES[document.view](case)
    environment = _environment(_ending(name), tuple(sorted(templates.items())))
    try:
        template = environment.get_template(document.template)
        text = template.render(view=VIEWS[document.view](case), title=document.title)
    except SecurityError as error:
        raise ContentError(f"reaches for what a template may not touch: {error}", where=document.template) from None
    except (TemplateError, TypeError) as error:
        line = getattr(error, "lineno", None)
        place = f"{getattr(error, 'name', None) or document.template}{f' line {line}' if line else ''}"
        raise ContentError(
            str(error) or type(error).__name__, where=place, hint="The views list what may be named."
        ) from None
    return PRINTERS[_ending(name)]().finish(text).encode("utf-8", errors="backslashreplace")


def _ending(name: str) -> str:
    return name[name.rindex(".") :]


def _front_matter(template: str, text: str) -> Document:
    match = _FRONT.match(text)
    if match is None:
        raise ContentError(
            "does not begin with its front matter", where=template, hint="Begin it with {# --- … --- #}."
        )
    try:
        head: Any = strict_yaml.loads(match[1].encode(), where=template)
    except UnreadableError as error:
        raise ContentError(error.message, where=template) from None
    if not isinstance(head, dict) or set(head) != _FRONT_FIELDS or not all(isinstance(v, str) for v in head.values()):
        raise ContentError("its front matter needs document, title, for and view, and nothing else", where=template)
    if head["view"] not in VIEWS:
        raise ContentError(f"there is no view {head['view']!r}", where=template, hint=f"There are: {', '.join(VIEWS)}.")
    name = head["document"]
    if not re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", name) or not name.endswith(tuple(PRINTERS)):
        raise ContentError(
            f"{name!r} is no name for a document", where=template, hint="Lower case, ending in .html or .md."
        )
    return Document(name, template, head["title"], head["for"], head["view"])


@lru_cache(maxsize=8)
def _environment(ending: str, templates: tuple[tuple[str, str], ...]) -> ImmutableSandboxedEnvironment:
    printer = PRINTERS[ending]()
    environment = _Strict(
        loader=DictLoader(dict(templates)),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=printer.of,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.globals.pop("lipsum")
    for name in _UNSAFE_FILTERS:
        environment.filters.pop(name, None)
    environment.filters["join"] = printer.join
    environment.filters["cites"] = printer.cites
    environment.filters["prose"] = printer.prose
    environment.filters["code"] = printer.code
    environment.filters["e"] = environment.filters["escape"] = printer.of
    return environment


class _Strict(ImmutableSandboxedEnvironment):
    """The sandbox, closed a little more: no `~`, which joins text to markup under the wrong format's escape."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        joined = tree.find(nodes.Concat)
        if joined is not None:
            raise ContentError(
                "joins texts with ~", where=f"{name} line {joined.lineno}", hint="Print them one after another."
            )
        return tree
