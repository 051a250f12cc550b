"""The Statement of Applicability: for every control of Annex A whether it applies, why, and how far it is in place.

It is data first. A person writes it, row by row, as evidence of the kind `statement-of-applicability.v1`; it is kept, versioned and
packed like all evidence. ISO/IEC 42001 wants inclusion and exclusion justified alike, so a blank justification is an
error that names its row, and so is a row that is not there: all 38, always. What the evidence says stands beside
what the person declares and never replaces it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from governance.domain.base import Noun, Sentence, Slug, is_placeholder
from governance.domain.control import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

SOA_KIND = "statement-of-applicability.v1"
SERIES = "iso-iec-42001"
ANNEX_A = "A."

Status = Literal["not-started", "planned", "partial", "implemented"]


class Approver(Noun):
    """Who approved the statement, as what."""

    name: Sentence
    role: Sentence


class StatedRow(Noun):
    """What a person states of one control. `status` goes with a control that applies."""

    control: str = Field(max_length=60)
    title: Sentence | None = Field(default=None, description="for a control of your own, outside Annex A")
    applicable: bool
    justification: Sentence
    status: Status | None = None
    how: Sentence | None = Field(default=None, description="how it is put into practice")
    owner: Sentence | None = None
    risks: tuple[Slug, ...] = ()
    last_review: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_justified(cls, value: Any) -> Any:
        if isinstance(value, dict):
            name, said = value.get("control", "without a control"), value.get("justification")
            if said is None or (isinstance(said, str) and is_placeholder(said)):
                which = "applies" if value.get("applicable") is True else "does not apply"
                raise ValueError(f"row {name}: the justification is blank; say why it {which}")
            if value.get("applicable") is True and value.get("status") is None:
                raise ValueError(f"row {name}: it applies, so it needs a status")
            if value.get("applicable") is False and value.get("status") is not None:
                raise ValueError(f"row {name}: it does not apply, so it has no status")
        return value


class Statement(Noun):
    """A whole statement."""

    framework: str = Field(description="the version by id, or the series")
    version: str = Field(min_length=1, max_length=40, description="the statement's own version")
    scope: Sentence
    approved_by: Approver | None = None
    approved_on: date | None = None
    rows: tuple[StatedRow, ...]
    own_controls: tuple[StatedRow, ...] = ()

    @model_validator(mode="after")
    def _is_approved_by_somebody(self) -> Statement:
        if (self.approved_by is None) != (self.approved_on is None):
            raise ValueError("approved_by and approved_on go together")
        return self

    def lacks(self, numbers: Iterable[str]) -> str | None:
        """Why this is no whole statement over the controls with these numbers, or None."""
        wanted, given = list(numbers), [row.control for row in self.rows]
        twice = sorted({number for number in given if given.count(number) > 1})
        absent = [number for number in wanted if number not in given]
        strange = [number for number in given if number not in wanted]
        if twice:
            return f"row {twice[0]} stands twice"
        if absent:
            return f"{len(wanted)} rows are needed, and there is none for {', '.join(absent)}"
        if strange:
            return f"there is no control {strange[0]} in Annex A; put your own under own_controls"
        untitled = next((row.control for row in self.own_controls if row.title is None), None)
        return f"own control {untitled} has no title" if untitled else None


class ApplicabilityRow(Noun):
    """One control of Annex A: what was stated, beside what the evidence comes to."""

    control: str
    title: str
    stated: bool = Field(description="whether a person stated anything of it")
    applicable: bool | None
    justification: str
    status: Status | None
    how: str
    owner: str
    last_review: date | None
    risks: tuple[str, ...] = Field(
        description="linked risks: those stated, and those whose mitigating controls answer it"
    )
    standing: Standing = Field(description="what the evidence comes to")
    evidence: tuple[str, ...]
    problems: tuple[str, ...]


class Applicability(Noun):
    """The statement of one system on one day: always every control of Annex A."""

    system: str
    framework: str
    framework_title: str
    on: date
    source: str | None = Field(description="the evidence that holds the statement; None while there is none")
    version: str
    scope: str
    approver: str
    approved_on: date | None
    rows: tuple[ApplicabilityRow, ...]
    own_controls: tuple[StatedRow, ...]
    problems: tuple[str, ...]

    def count(self, applicable: bool | None) -> int:
        """How many rows apply, do not apply, or were not stated."""
        return sum(row.applicable is applicable for row in self.rows)


class DocumentedRow(Noun):
    """One piece of documented information that a requirement wants, and what there is of it."""

    framework: str
    requirement: str
    title: str
    what: str
    form: str
    state: Literal["there", "old", "not-whole", "missing", "not-shown-here"]
    where: tuple[str, ...] = Field(description="names of documents, and ids of evidence")
    newest: date | None
    age_days: int | None
    reason: str
