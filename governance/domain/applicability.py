"""The Statement of Applicability: for every control of Annex A whether it applies, why, and how far it is in place.

It is data first. A person writes it, row by row, as evidence of the kind `statement-of-applicability.v1`; it is kept, versioned and
packed like all evidence. ISO/IEC 42001 wants inclusion and exclusion justified alike, so a blank justification is an
error that names its row, and so is a row that is not there: all 38, always. What the evidence says stands beside
what the person declares and never replaces it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from governance.domain.base import Day, Noun, Number, Sentence, Slug, is_placeholder
from governance.domain.control import Standing

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

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

    control: Number = Field(max_length=60)
    title: Sentence | None = Field(default=None, description="for a control of your own, outside Annex A")
    applicable: bool
    justification: Sentence
    status: Status | None = None
    how: Sentence | None = Field(default=None, description="how it is put into practice")
    owner: Sentence | None = None
    risks: tuple[Slug, ...] = ()
    last_review: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_justified(cls, value: Any) -> Any:
        name = value.get("control") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(name, str) or not name.strip():
            return value  # the fields say what is wrong, and the row is told by its place
        said, applies, status = value.get("justification"), value.get("applicable"), value.get("status")
        found: list[str] = []
        if not isinstance(applies, bool):
            found.append("say whether it applies: applicable: true or false")
        if said is None or (isinstance(said, str) and is_placeholder(said)):
            sure = {True: "it applies", False: "it does not apply"}
            which = sure[applies] if isinstance(applies, bool) else "it does or does not apply"
            found.append(f"the justification is blank; say why {which}")
        if applies is True and status in {None, ""}:
            found.append("it applies, so it needs a status: not-started, planned, partial or implemented")
        if applies is False and status is not None:
            found.append("it does not apply, so it has no status: write status: null")
        if found:
            raise ValueError(f"row {name.strip()[:60]}: {'; '.join(found)}")
        return value


class Statement(Noun):
    """A whole statement."""

    framework: str = Field(description="the version by id, or the series")
    version: Number = Field(max_length=40, description="the statement's own version")
    scope: Sentence
    approved_by: Approver | None = None
    approved_on: Day | None = None
    rows: tuple[StatedRow, ...]
    own_controls: tuple[StatedRow, ...] = Field(default=(), max_length=500)

    @model_validator(mode="after")
    def _is_approved_by_somebody(self) -> Statement:
        if (self.approved_by is None) != (self.approved_on is None):
            raise ValueError("approved_by and approved_on go together")
        return self

    def lacks(self, numbers: Iterable[str], risks: Container[str] | None = None) -> tuple[str, ...]:
        """Why this is no whole statement over the controls with these numbers; empty where it is one.

        With `risks`, what a row links must be among them.
        """
        wanted = list(dict.fromkeys(numbers))
        given, own = (Counter(row.control for row in rows) for rows in (self.rows, self.own_controls))
        found = [f"row {number} stands twice" for number, times in given.items() if times > 1]
        if absent := [number for number in wanted if number not in given]:
            found.append(f"{len(wanted)} rows are needed, and there is none for {', '.join(absent)}")
        known = set(wanted)
        found += [
            f"there is no control {number} in Annex A; put your own under own_controls"
            for number in given
            if number not in known
        ]
        found += [f"own control {number} stands twice" for number, times in own.items() if times > 1]
        found += [
            f"own control {number} has the number of a control of Annex A; give it one of its own"
            for number in own
            if number in known
        ]
        found += [f"own control {row.control} has no title" for row in self.own_controls if row.title is None]
        if risks is not None:
            found += [
                f"row {row.control}: there is no risk {risk}"
                for row in (*self.rows, *self.own_controls)
                for risk in row.risks
                if risk not in risks
            ]
        return tuple(found)


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
