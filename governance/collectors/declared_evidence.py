"""A record of any kind that a person wrote down by hand.

*Reads* a YAML or JSON file with `schema: declared-evidence.v1`: the kind, whom it is about, on which day it was true, who wrote it
(name and role), and a body, which must fit the kind. Every kind can be written this way, one of your own included.

*Says* what that body says. It is *attested*, whatever its kind: a score that a person typed is that person's word. The day
is the person's own, so its clock is *declared*.

*Does not say* that a tool measured anything. Nothing is read off a document it may name. About a model it counts only with
the weights in the same attach, or with the `model` digest that they were attached under.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from governance.collectors.reading.answers import Found
from governance.collectors.reading.interface import Tried, recognised
from governance.collectors.reading.written_by_hand import declares, forms, refusal
from governance.domain.base import Day, Digest, KindId, Noun, Sentence
from governance.domain.evidence import Collector, Role, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import NotRead
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SCHEMA = "declared-evidence.v1"
_OWN = {"attested-document.v1", "system.v1", "finding.v1", "model-artifacts.v1"}
_REMEDIES = {
    "kind": "Give the kind with its version, such as user-study.v1.",
    "about": "One of candidate, base, reference, data-set, environment, system, document.",
    "on": "Give the day on which it was true as year-month-day.",
    "by": "Name the person and the role in which they write.",
    "body": "Put the fields of the kind under body.",
    "model": "Give the manifest digest of the weights, sha256: and 64 hex digits.",
}
_TYPES = {
    "data-set": SubjectType.DATA_SET,
    "environment": SubjectType.ENVIRONMENT,
    "system": SubjectType.SYSTEM,
    "document": SubjectType.DOCUMENT,
}


class _Person(Noun):
    name: Sentence = Field(max_length=150)
    role: Sentence = Field(max_length=140)


class _Record(Noun):
    schema_: str = Field(alias="schema")
    kind: KindId
    about: Literal["candidate", "base", "reference", "data-set", "environment", "system", "document"]
    name: Sentence | None = Field(default=None, max_length=500)
    model: Digest | None = None
    on: Day
    by: _Person
    body: dict[str, Any]


class DeclaredEvidence:
    """Finds one fact for each record."""

    noun = Collector(name="declared-evidence", version="1")
    kinds: tuple[str, ...] = ("any kind",)

    tool = "a person"
    tried = (Tried(SCHEMA, "written", "2026-11-25"),)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for such a form, else why not."""
        return recognised(file, lambda: None if declares(file, SCHEMA) else f"does not declare {SCHEMA}")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the records in this folder."""
        yield from forms(folder, SCHEMA, "a declared record", self._declared)

    def _declared(self, folder: Folder, file: File, value: dict[str, Any]) -> Iterable[Found]:
        _refuse_numbers_that_are_none(file)
        try:
            said = _Record.model_validate(value)
        except ValidationError as error:
            raise refusal(error, _REMEDIES) from None
        if said.kind in _OWN:
            raise UnreadableError(f"{said.kind} is not written by hand this way", hint="It has a form of its own.")
        modelled = said.about not in _TYPES
        if said.model is not None and not modelled:
            raise UnreadableError("model goes with about: candidate, base or reference", hint="Leave it out.")
        yield Found(
            kind=said.kind,
            body=_plain(said.body),
            subject=Subject(
                type=SubjectType.MODEL if modelled else _TYPES[said.about],
                name=said.name or said.about,
                digest=said.model,
                role=Role(said.about) if modelled else None,
                bound_by="declared in the record",
            ),
            path=file.shown,
            collector=self.noun,
            effective_at=canonical.moment(said.on.isoformat()),
            effective_clock="declared",
            declared_by=f"{said.by.name}, {said.by.role}",
            sources=(file.source(),),
            place=folder.place,
        )


def _refuse_numbers_that_are_none(file: File) -> None:
    """A reader of JSON may take NaN for null, and so for something that was left out; a person who declares wrote it down."""
    if file.opens_json and file.not_finite:
        raise UnreadableError("NaN or Infinity is no number", hint="Write null, or leave the field out.")


def _plain(value: Any) -> Any:
    """The body with dates as the text they are in JSON."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


COLLECTOR = DeclaredEvidence()
