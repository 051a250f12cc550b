"""A plan: what a candidate will be measured by, fixed before any of it is measured.

It is part of a signed decision (`plan`), so its moment is that of its entry in the ledger, which checkpoints, time stamps and witnesses
hold. Another plan replaces it from its own entry on, and its reason says why.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from governance.domain.base import Noun, Slug


class PlannedSuite(Noun):
    """One suite: a task and a metric, what the result is held against, and how often it may be run."""

    task: str = Field(min_length=1, max_length=300, description="as the tool spells it")
    metric: str = Field(min_length=1, max_length=200)
    purpose: Slug | None = None
    against: Literal["base", "approved"] | None = None
    margin: float | None = Field(default=None, gt=0, description="with `against`: the greatest loss that is no loss")
    at_least: float | None = None
    at_most: float | None = None
    confidence: float | None = Field(default=None, gt=0.5, lt=1)
    n: int | None = Field(default=None, ge=1, description="at least so many items")
    runs: int = Field(default=1, ge=1, le=10_000, description="at most so many runs, all of which count")

    @model_validator(mode="after")
    def _asks_one_thing(self) -> PlannedSuite:
        if (self.against is None) != (self.margin is None):
            raise ValueError(f"{self.task}: against and margin belong together")
        if sum(bound is not None for bound in (self.margin, self.at_least, self.at_most)) > 1:
            raise ValueError(f"{self.task}: give a margin, or at_least, or at_most")
        return self


class Plan(Noun):
    """The suites of a plan, each task and metric once for each thing it is held against."""

    suites: tuple[PlannedSuite, ...] = Field(min_length=1, max_length=1000)

    @model_validator(mode="after")
    def _suites_differ(self) -> Plan:
        keys = [(suite.task, suite.metric, suite.against) for suite in self.suites]
        if len(set(keys)) != len(keys):
            raise ValueError("two suites have the same task, metric and reference")
        return self

    def suite(self, task: str, metric: str, against: str | None = None) -> PlannedSuite | None:
        """The suite of a task and metric, held against that."""
        return next(
            (each for each in self.suites if (each.task, each.metric, each.against) == (task, metric, against)), None
        )
