"""An outline: the points of a source that a document follows, and what in a ledger answers each.

A regulator's form asks for points with numbers of its own. An outline holds those numbers, what each asks in our words, and where the
answer is to be found: in what the owner states, in figures of evidence, in documents that people attested, in the standings of controls.
Where nothing on record can answer, it says what a person must write. An outline judges nothing.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from governance.domain.base import KindId, Noun, Number, Sentence, Slug
from governance.domain.framework import Checked
from governance.domain.system import System

PARTS = (
    "identity", "results", "safety", "gaps", "risks", "sign-offs", "duties", "environment", "training", "curve", "data-sets",
    "differences", "dates", "prohibited-uses", "gpu-use", "drift",
)  # fmt: skip
"""Parts that other documents have as well, by name."""


class OutlineSource(Noun):
    """What the outline follows: its name, which version of it, and where it stands."""

    name: Sentence
    version: Sentence
    url: Sentence | None = None


class Elsewhere(Noun):
    """Where the same figure stands when no piece of the first kind says it."""

    kind: KindId
    pointer: str = Field(pattern=r"^(/[^/]+)+$", max_length=200)


class FigureAsked(Noun):
    """A figure: a pointer into the latest piece of a kind about a subject, with its label and form."""

    kind: KindId
    pointer: str = Field(pattern=r"^(/[^/]+)+$", max_length=200)
    label: Sentence
    form: Literal["number", "signed", "large", "size", "duration", "text", "listed", "length"] = "number"
    unit: str = Field(default="", max_length=60)
    about: Literal["candidate", "base", "any"] = "candidate"
    otherwise: Elsewhere | None = None


class FigureOfEach(Noun):
    """A figure of each piece in a block."""

    pointer: str = Field(pattern=r"^(/[^/]+)+$", max_length=200)
    label: Sentence
    form: Literal["number", "signed", "large", "size", "duration", "text", "listed", "length"] = "number"
    unit: str = Field(default="", max_length=60)


class EachAsked(Noun):
    """A block of figures for the latest piece of a kind about each subject."""

    kind: KindId
    label: Sentence
    figures: tuple[FigureOfEach, ...] = Field(min_length=1)


class Column(Noun):
    """A column of a table: a pointer into each row, with its label."""

    pointer: str = Field(pattern=r"^(/[^/]+)+$", max_length=200)
    label: Sentence
    form: Literal["number", "large", "size", "duration", "text", "listed"] = "text"


class RowsAsked(Noun):
    """A table: a list in the latest piece of a kind, with a column for each field that matters."""

    kind: KindId
    pointer: str = Field(pattern=r"^(/[^/]+)+$", max_length=200)
    label: Sentence
    columns: tuple[Column, ...] = Field(min_length=1, max_length=6)


class Asked(Noun):
    """One way to answer a point: exactly one of these."""

    field: str | None = Field(default=None, description="a field of the system file")
    figure: FigureAsked | None = None
    each: EachAsked | None = None
    rows: RowsAsked | None = None
    kind: KindId | None = Field(default=None, description="the latest pieces of a kind, as a reference")
    topic: Slug | None = Field(default=None, description="a document that a person attested")
    controls: tuple[Slug, ...] | None = Field(default=None, min_length=1, description="what these controls came to")
    part: str | None = Field(default=None, description="a part that other documents have as well")

    @model_validator(mode="after")
    def _is_one(self) -> Asked:
        given = (self.field, self.figure, self.each, self.rows, self.kind, self.topic, self.controls, self.part)
        if sum(each is not None for each in given) != 1:
            raise ValueError("an answer is exactly one of field, figure, each, rows, kind, topic, controls, part")
        if self.field is not None and self.field not in System.model_fields:
            raise ValueError(f"a system file has no field {self.field!r}; it has {', '.join(System.model_fields)}")
        if self.part is not None and self.part not in PARTS:
            raise ValueError(f"there is no part {self.part!r}; there are {', '.join(PARTS)}")
        return self


class Point(Noun):
    """A point of the source: its own number, what it asks, what answers it, and what a person must write where nothing does."""

    id: Number
    asks: Sentence
    answers: tuple[Asked, ...] = ()
    person: Sentence | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Point:
        if not self.answers and self.person is None:
            raise ValueError(f"point {self.id}: name what answers it, or what a person must write")
        return self


class OutlineSection(Noun):
    """A heading of the source with its points."""

    id: Number
    title: Sentence
    points: tuple[Point, ...] = Field(min_length=1)


class Outline(Noun):
    """The points of one source, in its order."""

    id: Slug
    title: Sentence
    source: OutlineSource
    framework: Slug | None = Field(default=None, description="the series that must be in scope; absent: always")
    note: Sentence
    checked: Checked
    sections: tuple[OutlineSection, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _numbers_differ(self) -> Outline:
        numbers = [point.id for section in self.sections for point in section.points]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ValueError(f"two points have the number {twice[0]}")
        return self
