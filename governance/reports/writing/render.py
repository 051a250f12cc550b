"""From a case and templates to the bytes of documents.

What a template is and says of itself is in `front_matter`, and what it may do in `sandbox`. Evidence is only ever data here and never
a template.

A `Renderer` builds each view once, however many formats print it, so that the twin of a document names the very claims that are in print.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError, UsageError
from governance.reports import card
from governance.reports.atoms.house import House, house
from governance.reports.audit import whole as audit
from governance.reports.claims.references import References
from governance.reports.data_card import whole as data_card
from governance.reports.management import profile, statement
from governance.reports.outline import whole as outline
from governance.reports.parts import risks
from governance.reports.tabular import tables
from governance.reports.writing import front_matter, languages, sandbox
from governance.reports.writing.front_matter import Document
from governance.reports.writing.twin import twin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.domain.case import Case
    from governance.verifier.figures import Marks

VIEWS: Mapping[str, Callable[[Case, References], object]] = {
    "model-card": card.build,
    "audit-report": audit.build,
    "data-card": data_card.build,
    "risk-register": risks.build,
    "statement-of-applicability": statement.build,
    "profile": profile.build,
}
"""Views by the name a template asks for in its front matter."""

DIFF = "candidate-diff"
"""The one view over two cases; it is put by `diff_page` and is in no edition of a single case."""

ROLL_UP = "management-roll-up"
"""The one view over several cases; it is put by `roll_up_page` and is in no edition of a single case."""

TABLES: Mapping[str, Callable[[Case], bytes]] = {
    "risk-register": tables.risk_register,
    "evidence-index": tables.evidence_index,
    "controls": tables.controls,
    "requirements": tables.requirements,
    "control-evidence": tables.control_evidence,
    "decisions": tables.decisions,
    "about": tables.about,
}
"""Data files by the view they print. They need no template."""

OFFERED: Mapping[str, Callable[[Case], bool]] = {
    "data-card": data_card.offered,
    "statement-of-applicability": statement.offered,
    "profile": profile.offered,
}
"""Views that are made only for some cases."""

DATA_FILES = (
    Document("risk-register.csv", "", "Risk register", "whoever sorts and filters risks", "risk-register"),
    Document("evidence-index.csv", "", "Evidence index", "an auditor who samples evidence", "evidence-index"),
    Document("controls.csv", "", "Controls", "whoever sorts and filters controls", "controls"),
    Document("requirements.csv", "", "Requirements", "whoever sorts and filters requirements", "requirements"),
    Document(
        "control-evidence.csv", "", "Evidence of controls", "an auditor who follows a control", "control-evidence"
    ),
    Document("decisions.csv", "", "Decisions", "an auditor who follows signatures", "decisions"),
    Document("about.csv", "", "About these files", "whoever opens one of the others", "about"),
)


def documents(templates: Mapping[str, str]) -> dict[str, Document]:
    """Everything that can be made of these templates, by file name. Raises `ContentError`."""
    found = front_matter.documents(templates, (*VIEWS, front_matter.OUTLINE, ROLL_UP, DIFF), DATA_FILES)
    for document in found.values():
        if document.outline:
            outline.read(templates, document.outline, document.template)
    return found


def render(name: str, case: Case, templates: Mapping[str, str]) -> bytes:
    """One document, as UTF-8 bytes. `templates` holds every template by its path below `templates/`.

    Raises `UsageError` for a name nothing makes, `ContentError` for a template that breaks its rules, and `CouldNotTell` for a
    claim that can not be printed.
    """
    return Renderer(case, templates).render(name)


def offered(case: Case, templates: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the documents that are made of a case."""
    return Renderer(case, templates).offered


@dataclass
class _Built:
    """A view with the references that its claims were made by."""

    view: object
    references: References


@dataclass
class Renderer:
    """Renders the documents of one case in one house. Raises `ContentError` for templates that break their rules."""

    case: Case
    templates: Mapping[str, str]
    wish: Mapping[str, str | None] = field(default_factory=dict)
    """What is wanted this time instead of what the house says: paper, classification, language."""

    def __post_init__(self) -> None:
        self.house: House = house(self.templates, **self.wish)
        self.known = documents(self.templates)
        self._language = languages.catalogue(self.templates, self.house.language)
        self._built: dict[tuple[str, str], _Built] = {}
        self._frozen = tuple(sorted((name, text) for name, text in self.templates.items() if name.endswith(".j2")))

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of the documents that are made of the case: HTML before its Markdown, so that claims are numbered once."""
        return tuple(each.name for each in self.known.values() if self._is_offered(each))

    def render(self, name: str) -> bytes:
        """One document, as UTF-8 bytes."""
        document = self.document(name)
        if not document.template:
            return TABLES[document.view](self.case)
        built = self._view(document)
        ending = _ending(name)
        environment = sandbox.environment(ending, self._frozen, self._language)
        printer = environment.printer
        environment.begin()
        try:
            template = environment.get_template(document.template)
            text = template.render(
                view=built.view,
                title=printer.say(document.title),
                look=self.house,
                language=self.house.language,
                claim=built.references.claim,
            )
        except GovernanceError as error:  # a claim that can not be printed is told with the line that asks for it
            error.where = error.where or sandbox.place(error, self.templates, document.template)
            raise
        except sandbox.MISTAKES as error:
            raise sandbox.fault(error, self.templates, document.template) from None
        return printer.finish(text).encode("utf-8", errors="backslashreplace")

    def twin(self, name: str, more: Mapping[str, Any] | None = None) -> bytes:
        """The machine-readable twin of a document, with the claims that were made up to now: render the document first."""
        document = self.document(name)
        built = self._view(document)
        stem = document.name.rpartition(".")[0]
        return twin(stem, document.title, built.view, built.references, self.house, self.marks, more)

    def put(self, document: Document, view: object, references: References) -> None:
        """Give a view that was built elsewhere, for a document of this renderer."""
        self._built[document.view, document.outline] = _Built(view, references)

    @property
    def marks(self) -> Marks:
        """What the language of the documents writes numbers with."""
        return self._language.marks

    def say(self, text: str) -> str:
        """A word of ours in the language of the documents."""
        return self._language.say(text)

    def document(self, name: str) -> Document:
        """A document by its file name; raises `UsageError` for a name nothing makes."""
        if name not in self.known:
            raise UsageError(f"nothing makes a document {name!r}", hint=f"There are: {', '.join(self.known)}.")
        return self.known[name]

    def _view(self, document: Document) -> _Built:
        key = document.view, document.outline
        if key not in self._built:
            references = References(self.case, say=self._language.drawn)
            self._built[key] = _Built(self._build(document, references), references)
        return self._built[key]

    def _build(self, document: Document, references: References) -> object:
        if document.outline:
            return outline.build(self.case, references, outline.read(self.templates, document.outline))
        return VIEWS[document.view](self.case, references)

    def _is_offered(self, document: Document) -> bool:
        if document.view in (ROLL_UP, DIFF):
            return False
        if document.outline:
            return outline.offered(self.case, outline.read(self.templates, document.outline))
        return document.view not in OFFERED or OFFERED[document.view](self.case)


def _ending(name: str) -> str:
    return name[name.rindex(".") :]
