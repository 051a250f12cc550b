"""A framework and its requirements: the law's or the standard's own numbers, in our own words.

The mapping lives here and points one way: a requirement names the controls that answer it, wholly or in part. A control does
not know which requirements lean on it. Parts never add up to the whole by themselves: that is a person's judgement.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

from governance.domain.base import Noun, Sentence, Slug


class Extent(StrEnum):
    """How far a control answers a requirement."""

    FULL = "full"
    PART = "part"


class MetBy(Noun):
    """One control that answers a requirement, how far, and why we say so."""

    control: Slug
    extent: Extent
    because: Sentence


class Group(Noun):
    """A heading of the framework: a function, a category, a clause, an area of an annex."""

    id: str
    title: Sentence
    parent: str | None = None


class Framework(Noun):
    """The frame: what it is, since when, from where, and who checked our copy against what."""

    id: Slug
    title: Sentence
    version: str
    publisher: Sentence
    source: Sentence
    licence_note: Sentence
    in_force_from: date
    superseded_on: date | None = None
    checked: Sentence = Field(description="who checked the ids and against what, and what was not checked")
    requirement_count: int = Field(ge=1, description="how many requirement files there must be")
    groups: tuple[Group, ...] = Field(min_length=1)


class Requirement(Noun):
    """One numbered requirement. Without a control in `met_by` it says why, in `not_covered`."""

    id: str = Field(max_length=60)
    title: Sentence
    says: Sentence = Field(description="what it asks for, in our own words")
    group: str
    met_by: tuple[MetBy, ...] = ()
    not_covered: Sentence | None = None

    @model_validator(mode="after")
    def _says_why_not(self) -> Requirement:
        if not self.met_by and self.not_covered is None:
            raise ValueError("no control meets it: say why in not_covered")
        if self.met_by and self.not_covered is not None:
            raise ValueError("has both met_by and not_covered")
        controls = [row.control for row in self.met_by]
        if len(set(controls)) != len(controls):
            raise ValueError("names one control twice in met_by")
        return self

    @property
    def file_stem(self) -> str:
        """The file name without `.yaml`: the id in lower case, spaces as hyphens."""
        return self.id.lower().replace(" ", "-")
