"""A framework and its requirements: the law's or the standard's own numbers, in our own words.

The mapping lives here and points one way: a requirement names the controls that answer it, wholly or in part. A control does
not know which requirements lean on it. Parts never add up to the whole by themselves: that is a person's judgement.

A framework is one version of a *series*. A later version says which one it `supersedes`; an amending act `amends` its
forerunner, takes over every requirement that it does not replace or remove, and so is written down as short as the law is.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from governance.domain.base import Noun, Number, Sentence, Slug

if TYPE_CHECKING:
    from collections.abc import Iterable


class Extent(StrEnum):
    """How far a control answers a requirement."""

    FULL = "full"
    PART = "part"


class MetBy(Noun):
    """One control that answers a requirement, how far, and why we say so."""

    control: Slug
    extent: Extent
    because: Sentence


class Application(Noun):
    """From which day a provision applies, and to whom; `since` may lie after the day the framework came into force."""

    since: date
    to: Sentence


class Group(Noun):
    """A heading of the framework: a function, a category, a clause, an area of an annex."""

    id: Number
    title: Sentence
    parent: Number | None = None
    applies: tuple[Application, ...] = ()


class Reference(Noun):
    """A numbered thing that is no requirement and that others point at: an objective, a source of risk."""

    id: Number = Field(max_length=60)
    title: Sentence
    under: Sentence = Field(description="the list it stands in")


class Checked(Noun):
    """Who checked our copy, on which day, against what, and what nobody checked."""

    by: Sentence
    on: date
    against: tuple[Sentence, ...] = Field(min_length=1)
    result: Sentence
    not_checked: Sentence

    @property
    def said(self) -> str:
        """All of it as running text."""
        return (
            f"Checked by: {self.by}, on {self.on}, against: {'; '.join(self.against)}. {self.result} "
            f"Not checked: {self.not_checked}"
        )


class Framework(Noun):
    """The frame: what it is, since when, from where, and who checked our copy against what."""

    id: Slug
    series: Slug = Field(description="what all versions of it share; a system may name it and get the one in force")
    title: Sentence
    version: Number
    publisher: Sentence
    source: Sentence
    licence_note: Sentence
    in_force_from: date
    superseded_on: date | None = None
    supersedes: Slug | None = None
    amends: Slug | None = Field(default=None, description="the version whose requirements it takes over")
    allows_not_measurable: bool = Field(
        default=False, description="whether it accepts that a thing is recorded as not measurable, with the reason"
    )
    has_profiles: bool = Field(
        default=False,
        description="whether its users write a current and a target profile, which a document then compares",
    )
    removes: dict[Number, Sentence] = Field(
        default_factory=dict, description="requirements it does not take over, and why"
    )
    checked: Checked
    requirement_count: int = Field(ge=1, description="how many requirements there must be, those taken over included")
    groups: tuple[Group, ...] = Field(min_length=1)
    groups_are: Slug | None = Field(
        default=None, description="the framework or series whose requirements are headings here"
    )
    addressees: dict[Slug, Sentence] = Field(default_factory=dict, description="whom its provisions speak to")
    includes: dict[Slug, tuple[Slug, ...]] = Field(
        default_factory=dict, description="as whom an addressee is spoken to as well: who is the first is also these"
    )
    tags: dict[Slug, tuple[str, ...]] = Field(
        default_factory=dict, description="the values a tag of each name can have"
    )
    references: tuple[Reference, ...] = ()
    left_out: dict[Number, Sentence] = Field(
        default_factory=dict, description="provisions that ask nothing of our users"
    )

    @model_validator(mode="after")
    def _dates_follow(self) -> Framework:
        if self.superseded_on is not None and self.superseded_on <= self.in_force_from:
            raise ValueError("superseded_on does not lie after in_force_from")
        if self.removes and self.amends is None:
            raise ValueError("removes goes with amends")
        return self

    def counted_as(self, roles: Iterable[str]) -> set[str]:
        """Some addressees, and everybody whom they are spoken to as."""
        found: set[str] = set()
        todo = list(roles)
        while todo:
            role = todo.pop()
            if role not in found:
                found.add(role)
                todo += self.includes.get(role, ())
        return found

    def in_force(self, day: date) -> bool:
        """Whether this is the version in force on a day."""
        return self.in_force_from <= day and (self.superseded_on is None or day < self.superseded_on)


class Documented(Noun):
    """Documented information that the requirement wants kept, and the controls whose evidence would show it."""

    what: Sentence
    form: str = Field(pattern="^(?:document|record)$")
    shown_by: tuple[Slug, ...] = ()


def file_stem(number: str) -> str:
    """The file name of a number: lower case, what is neither letter, digit nor inner dot as one hyphen."""
    return re.sub(r"[^a-z0-9.]+", "-", number.lower()).replace(".-", "-").strip("-.")


class Requirement(Noun):
    """One numbered requirement. Without a control in `met_by` it says why, in `not_covered`."""

    id: Number = Field(max_length=60)
    title: Sentence
    says: Sentence = Field(description="what it asks for, in our own words")
    group: Number
    addressee: Slug | None = None
    applies: tuple[Application, ...] = Field(default=(), description="absent: as its nearest heading says")
    tags: dict[Slug, tuple[str, ...]] = Field(default_factory=dict)
    previous: tuple[Number, ...] = Field(default=(), description="its numbers in the version that this one supersedes")
    documented: tuple[Documented, ...] = ()
    note: Sentence | None = Field(default=None, description="what is uncertain or printed wrongly in the source")
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
        """The file name without `.yaml`."""
        return file_stem(self.id)


class ProfileRow(Noun):
    """One requirement of a profile, and why it is in."""

    requirement: str
    because: Sentence


class Profile(Noun):
    """A choice from one framework for one sort of system, to be used as a target where a system states none of its own."""

    id: Slug
    title: Sentence
    why: Sentence
    framework: Slug
    default: bool = False
    rows: tuple[ProfileRow, ...] = Field(min_length=1)
    beside: dict[str, Sentence] = Field(default_factory=dict, description="looked at and left out, and why")

    @model_validator(mode="after")
    def _each_once(self) -> Profile:
        ids = [row.requirement for row in self.rows] + list(self.beside)
        if len(set(ids)) != len(ids):
            raise ValueError("names one requirement twice")
        return self
