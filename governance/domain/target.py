"""Profiles of one system: what it comes to now, what it is meant to come to, and the plan for the gap.

The words *current profile* and *target profile* are those of the NIST AI RMF, which sets no tiers; none are invented here. A
target is what a person wrote down, row by row, as evidence of the kind `target-profile.v1`. Where nobody did, the default
profile of the content stands in, and every row of it says that nobody owns it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from governance.domain.assessment import Shown
from governance.domain.base import Day, Noun, Sentence
from governance.domain.control import Standing

TARGET_KIND = "target-profile.v1"
NOBODY, NO_DAY = "nobody owns it", "no day is set"
"""What a gap lacks, in words."""

Wanted = Literal["achieved", "achieved-in-part", "not-pursued", "not-measurable"]


class TargetRow(Noun):
    """What is wanted of one requirement."""

    requirement: str = Field(max_length=60)
    target: Wanted
    because: Sentence | None = None
    action: Sentence | None = None
    owner: Sentence | None = None
    due: Day | None = None
    instead: Sentence | None = Field(default=None, description="what is done where a thing can not be measured")

    @model_validator(mode="after")
    def _gives_reasons(self) -> TargetRow:
        if self.target in {"not-pursued", "not-measurable"} and self.because is None:
            raise ValueError(f"row {self.requirement}: {self.target} needs a reason in because")
        return self


class TargetProfile(Noun):
    """The target of one system in one framework; `framework` is a version by id, or a series."""

    framework: str
    approved_by: Sentence | None = None
    rows: tuple[TargetRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> TargetProfile:
        numbers = Counter(row.requirement for row in self.rows)
        if twice := [number for number, times in numbers.items() if times > 1]:
            raise ValueError(f"row {twice[0]} stands twice")
        return self


class GapRow(Noun):
    """One requirement of the target, beside what it comes to now. `gap` is whether something is left to do."""

    requirement: str
    title: str
    current: Standing | None = Field(description="None: the framework has no such requirement, or it was not assessed")
    shown: Shown | None
    target: Wanted | None = Field(description="None: nobody stated what is wanted of it")
    gap: bool
    action: str
    owner: str | None
    due: date | None
    overdue: bool
    because: str | None
    instead: str | None = None
    problems: tuple[str, ...] = ()


class ProfileResult(Noun):
    """Current and target profile of a system in one framework, with the gap plan."""

    system: str
    framework: str
    on: date
    origin: str = Field(
        description="the evidence that states the target, or the profile of the content that stands in; empty where there is neither"
    )
    stated: bool = Field(description="whether a person stated the target for this system")
    old: bool = Field(default=False, description="whether the stated target is older than a year")
    rows: tuple[GapRow, ...]

    @property
    def open(self) -> tuple[GapRow, ...]:
        """The rows of which nobody stated what is wanted."""
        return tuple(row for row in self.rows if row.target is None)

    @property
    def gaps(self) -> tuple[GapRow, ...]:
        """The rows where something is left to do."""
        return tuple(row for row in self.rows if row.gap)
