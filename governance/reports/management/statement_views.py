"""What the templates of the Statement of Applicability and of the documented information may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.views import Cite, EvidenceIndex, Frame, Status, Term


@dataclass(frozen=True)
class StatementRow:
    """One control of Annex A, or one of the organization's own.

    `number`, `title`: the control; the title is short and the standard's.
    `applies`: whether it applies, as stated; `justification`: why, or why not.
    `status`: how far it is in place, as stated; `how`: how it is put into practice.
    `owner`: who answers for it; `reviewed`: the day of its last review, or "never".
    `risks`: linked risks, by id.
    `evidence`: what the evidence comes to; `cites`: where it stands.
    `problems`: what does not go together, each a sentence.
    """

    number: str
    title: str
    applies: Status
    justification: str
    status: str
    how: str
    owner: str
    reviewed: str
    risks: tuple[str, ...]
    evidence: Status
    cites: tuple[Cite, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class StatementArea:
    """The controls under one heading of Annex A.

    `title`: the heading with its number; `rows`: its controls.
    """

    title: str
    rows: tuple[StatementRow, ...]


@dataclass(frozen=True)
class DocumentLine:
    """One piece of documented information that is wanted.

    `requirement`, `title`: where it is called for; `what`: what it is; `form`: document or record.
    `state`: whether it is there, old, not whole, missing, or not shown here.
    `where`: names of documents and ids of evidence; `newest`: the day of the newest, or empty; `age`: its age in words.
    `reason`: why it is in that state.
    """

    requirement: str
    title: str
    what: str
    form: str
    state: Status
    where: tuple[str, ...]
    newest: str
    age: str
    reason: str


@dataclass(frozen=True)
class StatementView:
    """A Statement of Applicability, with the documented information beside it.

    `frame`: as in every document.
    `standard`: the framework; `version`, `scope`: of the statement; `approver`, `approved`: who approved it, and when.
    `source`: where the statement stands; empty while there is none.
    `total`, `apply`, `excluded`, `open`: how many rows there are, apply, do not, were not stated.
    `flagged`: how many rows have problems; `problems`: those of the whole statement.
    `areas`: the rows by area; `own`: the organization's own controls.
    `documents`: documented information wanted; `documents_there`: how many of it are there.
    `index`: the evidence; `glossary`: the words.
    """

    frame: Frame
    standard: str
    version: str
    scope: str
    approver: str
    approved: str
    source: tuple[Cite, ...]
    total: int
    apply: int
    excluded: int
    open: int
    flagged: int
    problems: tuple[str, ...]
    areas: tuple[StatementArea, ...]
    own: tuple[StatementRow, ...]
    documents: tuple[DocumentLine, ...]
    documents_there: int
    index: EvidenceIndex
    glossary: tuple[Term, ...]
