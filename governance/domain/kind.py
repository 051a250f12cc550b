"""A kind: what one sort of evidence must say, as a JSON Schema with a version in its name.

A kind is never edited once released; a change is a new version beside the old one. The file carries its own examples, some
that hold and some that do not, and one test runs them all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from governance.domain.base import KindId, Noun, Sentence


class KindExamples(Noun):
    """Bodies that fit the schema, and bodies that must be refused, each with a name."""

    holds: dict[str, dict[str, Any]] = Field(min_length=1)
    refused: dict[str, dict[str, Any]] = Field(min_length=1)


class Basis(StrEnum):
    """How a fact comes to be known, strongest first. What a person writes down by hand is attested, whatever its kind."""

    TESTED = "tested"
    AUTOMATED = "automated"
    ATTESTED = "attested"


class Duty(StrEnum):
    """What whoever vouches for a piece thereby says to have done. Setting thresholds is shown by signing them, and by no evidence."""

    TRAINER = "trainer"
    EVALUATOR = "evaluator"


class Kind(Noun):
    """`question` is what a piece of this kind answers, `does_not_say` where it stops; `fresh_for` is in days."""

    id: KindId
    title: Sentence
    question: Sentence
    does_not_say: Sentence
    basis: Basis = Field(
        description="how a piece comes about where a tool writes it: measured, read off, or vouched for"
    )
    by_hand: bool = Field(
        default=True, description="whether a person may write one; false where a tool's own output is read"
    )
    fresh_for: int | None = Field(default=None, ge=1, description="days; absent: does not age")
    duty: Duty | None = Field(
        default=None,
        description="the duty that attesting such a piece shows: that one trained, or measured, the model; absent: neither",
    )
    body: dict[str, Any] = Field(description="JSON Schema 2020-12 of the body")
    examples: KindExamples


class Suite(Noun):
    """Which evaluation tasks speak for a purpose (quality, safety, bias …), by name pattern.

    A system file may name its own tasks for a purpose; these are the public ones everybody means.
    """

    id: str
    title: Sentence
    why: Sentence
    tasks: tuple[str, ...] = Field(min_length=1, description="shell patterns on the task name, lower case")
