"""What a person vouches for, with the document that bears it out.

*Reads* a small YAML or JSON file with `schema: attested-document.v1`: topic, title, statement, who (name and role),
on which day, when to look again, the name of a document beside it, and `in_place: false` from an author who says no.

*Says* who stated what on which day, and the digest of the document that was meant. The day is the person's own word,
so its clock is *declared*.

*Does not say* that the statement is true; nobody measured it. A statement that says nothing, a name or role left
blank, and a document that is not there or empty are refused with what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError, field_validator

from governance.collectors.reading.answers import Found
from governance.collectors.reading.interface import Tried, recognised
from governance.collectors.reading.written_by_hand import declares, forms, refusal
from governance.domain.base import Day, Noun, Sentence, Slug
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import NotRead
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SCHEMA = "attested-document.v1"
_SAYS_SOMETHING = 20
_REMEDIES = {
    "statement": "Write in whole sentences what you vouch for (at least 20 characters).",
    "by": "Name the person and the role in which they speak.",
    "on": "Give the day of the statement as year-month-day.",
    "topic": "Give the topic as a short name such as incident-plan.",
    "review_due": "Give the day as year-month-day, or leave it out.",
    "in_place": "Write true or false, or leave it out.",
    "document": "Give the name of a file beside this one, or leave it out.",
}


class _Person(Noun):
    name: Sentence = Field(max_length=300)
    role: Sentence = Field(max_length=300)


class _Attestation(Noun):
    schema_: str = Field(alias="schema")
    topic: Slug = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    title: Annotated[Sentence, Field(min_length=3, max_length=300)]
    statement: Annotated[Sentence, Field(min_length=_SAYS_SOMETHING)]
    by: _Person
    on: Day
    document: str | None = Field(default=None, min_length=1, max_length=500)
    review_due: Day | None = None
    in_place: bool | None = Field(default=None, strict=True)

    @field_validator("statement")
    @classmethod
    def _has_words(cls, value: str) -> str:
        if not any(len(word.strip(".,;:!?_*#/- ")) >= 2 for word in value.split()):
            raise ValueError("says nothing")
        return value


class AttestedDocument:
    """Finds one statement for each attestation file."""

    noun = Collector(name="attested-document", version="1")
    kinds = (SCHEMA,)

    tool = "a person"
    tried = (Tried(SCHEMA, "written", "2026-11-25"),)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for such a form, else why not."""
        return recognised(file, lambda: None if declares(file, SCHEMA) else f"does not declare {SCHEMA}")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the attestations in this folder."""
        yield from forms(folder, SCHEMA, "an attestation", self._attested)

    def _attested(self, folder: Folder, file: File, value: dict[str, Any]) -> Iterable[Found]:
        try:
            said = _Attestation.model_validate(value)
        except ValidationError as error:
            raise refusal(error, _REMEDIES) from None
        document = None if said.document is None else _document(folder, file, said.document)
        kept = None if document is None else {"name": said.document, "size": document.size, "sha256": document.sha256}
        body = {
            "topic": said.topic,
            "title": said.title,
            "statement": said.statement,
            "by": {"name": said.by.name, "role": said.by.role},
            "on": said.on.isoformat(),
            "document": kept,
            "review_due": said.review_due.isoformat() if said.review_due else None,
            **({} if said.in_place is None else {"in_place": said.in_place}),
        }
        sources = (file.source(), *((document.source(),) if document else ()))
        yield Found(
            kind=SCHEMA,
            body=body,
            subject=Subject(
                type=SubjectType.DOCUMENT,
                name=said.title,
                digest=(document or file).sha256,
                bound_by="attested by name",
            ),
            path=file.shown,
            collector=self.noun,
            effective_at=canonical.moment(said.on.isoformat()),
            effective_clock="declared",
            sources=sources,
            place=folder.place,
        )


def _document(folder: Folder, file: File, name: str) -> File:
    document = folder.beside(name)
    remedy = "Put it beside the attestation, or leave the field out."
    if document is None or document.path == file.path:
        raise UnreadableError(f"the document {name!r} is not beside it", hint=remedy)
    if document.size == 0:
        raise UnreadableError(f"the document {name!r} is empty", hint=remedy)
    if document.is_lfs_pointer:
        raise UnreadableError(f"the document {name!r} is a Git LFS pointer", hint="Fetch it with `git lfs pull`.")
    return document


COLLECTOR = AttestedDocument()
