"""A crosswalk: which requirement of one framework speaks of the same thing as which of another, and how they overlap.

The words are those of the OSCAL control mapping model, read as statements about sets: a requirement is the set of all that it asks
for. A row *proposes* to a person that evidence gathered for one may serve for the other; it never sets a verdict, and
nothing in judgement reads this module.

Two crosswalks that meet in a hub can be composed. What follows is decided by set algebra alone; wherever several
relations are possible the answer is *unknown*, never the likeliest. See `compose`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from governance.domain.base import Noun, Number, Sentence, Slug
from governance.domain.framework import Checked

if TYPE_CHECKING:
    from collections.abc import Mapping


class Relation(StrEnum):
    """How what the source asks for lies to what the target asks for. `UNKNOWN` only ever comes from composing."""

    EQUIVALENT = "equivalent-to"
    SUBSET = "subset-of"
    SUPERSET = "superset-of"
    INTERSECTS = "intersects-with"
    NONE = "no-relationship"
    UNKNOWN = "unknown"

    @property
    def inverse(self) -> Relation:
        """The same statement read from the target."""
        return _INVERSE.get(self, self)


_INVERSE = {Relation.SUBSET: Relation.SUPERSET, Relation.SUPERSET: Relation.SUBSET}

_DECIDED = {
    (Relation.SUBSET, Relation.SUBSET): Relation.SUBSET,
    (Relation.SUPERSET, Relation.SUPERSET): Relation.SUPERSET,
    (Relation.SUBSET, Relation.NONE): Relation.NONE,
    (Relation.NONE, Relation.SUPERSET): Relation.NONE,
}


def compose(first: Relation, second: Relation) -> Relation:
    """What A has to C, where A has `first` to B and B has `second` to C, for all sets that are not empty.

    `subset-of` and `superset-of` are proper, `intersects-with` means that each side has something of its own. Equivalence
    passes the other relation on; two subsets, two supersets, and a subset of something apart are decided; the other
    pairs leave more than one relation open.
    """
    if first is Relation.EQUIVALENT:
        return second
    if second is Relation.EQUIVALENT:
        return first
    return _DECIDED.get((first, second), Relation.UNKNOWN)


class CrosswalkHead(Noun):
    """What a crosswalk is, who published which part of it, and who checked our copy."""

    id: Slug
    title: Sentence
    source: Slug = Field(description="the framework whose requirements stand on the left")
    target: Slug
    publisher: Sentence
    published_as: Sentence = Field(description="title, date, edition and place of what was published")
    licence_note: Sentence
    relations_note: Sentence = Field(description="whose judgement the relations are")
    step_note: Sentence | None = Field(default=None, description="a step between what was published and our ids")
    checked: Checked
    published_rows: int = Field(ge=0, description="how many pairs were published, each counted once")


class CrosswalkRow(Noun):
    """One statement about one pair, as it is written in the file of its source requirement."""

    to: Number = Field(max_length=60)
    relation: Relation
    rationale: Sentence
    method: Literal["published", "ours"] = Field(description="who put the pair together")
    confidence: Literal["high", "medium", "low"] = Field(description="ours, in the relation")
    as_published: Number | None = Field(default=None, max_length=60, description="the id as it was printed")
    note: Sentence | None = Field(default=None, description="a misprint, or another reading")

    @model_validator(mode="after")
    def _is_a_statement(self) -> CrosswalkRow:
        if self.relation is Relation.UNKNOWN:
            raise ValueError("unknown is no relation to write down; leave the row out")
        if (self.method == "published") != (self.as_published is not None):
            raise ValueError("as_published goes with the method published")
        return self


class CrosswalkRows(Noun):
    """All rows of one source requirement."""

    source: Number = Field(max_length=60)
    rows: tuple[CrosswalkRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> CrosswalkRows:
        targets = [row.to for row in self.rows]
        if len(set(targets)) != len(targets):
            raise ValueError("names one target twice")
        return self


class Link(Noun):
    """One pair of a table: direct where `via` is empty, else composed over the hub's requirement that it names."""

    source: str
    target: str
    relation: Relation
    rationale: str
    method: Literal["published", "ours", "structure", "composed"]
    confidence: Literal["high", "medium", "low"]
    origin: str
    via: str | None = None
    as_published: str | None = None
    note: str | None = None

    def turned(self) -> Link:
        """The same pair read from the other side."""
        return self.model_copy(update={"source": self.target, "target": self.source, "relation": self.relation.inverse})


@dataclass(frozen=True)
class Crosswalk:
    """A head with its rows, by source requirement in the order of the source framework."""

    head: CrosswalkHead
    rows: Mapping[str, tuple[CrosswalkRow, ...]] = field(default_factory=dict)

    def links(self) -> tuple[Link, ...]:
        """Every row as a link."""
        return tuple(
            Link(
                source=source,
                target=row.to,
                relation=row.relation,
                rationale=row.rationale,
                method=row.method,
                confidence=row.confidence,
                origin=self.head.id,
                as_published=row.as_published,
                note=row.note,
            )
            for source, rows in self.rows.items()
            for row in rows
        )
