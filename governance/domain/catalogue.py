"""Everything judgement is held against, in one value: frameworks, controls, kinds, risks, policies, suites.

The content wing reads the files and builds this; the assurance wing only ever sees this. Its digest stands in every sign-off,
so that a verdict can be tied to the very words it was given under.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.control import Control
    from governance.domain.framework import Framework, Requirement
    from governance.domain.kind import Kind, Suite
    from governance.domain.policy import Policy
    from governance.domain.risk import Risk
    from governance.domain.system import System


@dataclass(frozen=True)
class Catalogue:
    """Content by id. `requirements` is keyed by framework id, in the framework's own order."""

    frameworks: Mapping[str, Framework] = field(default_factory=dict)
    requirements: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    risks: Mapping[str, Risk] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    suites: Mapping[str, Suite] = field(default_factory=dict)
    digest: str = ""

    def policy(self, policy_id: str) -> Policy:
        """The policy of that id; raises `UsageError` and lists those there are."""
        try:
            return self.policies[policy_id]
        except KeyError:
            raise UsageError(
                f"there is no policy {policy_id!r}", hint=f"There are: {', '.join(sorted(self.policies)) or 'none'}."
            ) from None

    def task_patterns(self, purpose: str, system: System) -> tuple[str, ...]:
        """The task names that speak for a purpose: the system's own, and the public ones."""
        own = tuple(pattern.lower() for pattern in system.suites.get(purpose, ()))
        suite = self.suites.get(purpose)
        return own + (suite.tasks if suite else ())

    def speaks_for(self, task: str, purpose: str, system: System) -> bool:
        """Whether a task counts for a purpose in this system."""
        return any(fnmatchcase(task.lower(), pattern) for pattern in self.task_patterns(purpose, system))

    def controls_of(self, framework_id: str) -> tuple[str, ...]:
        """The ids of the controls a framework leans on, sorted."""
        if framework_id not in self.frameworks:
            raise UsageError(
                f"there is no framework {framework_id!r}",
                hint=f"There are: {', '.join(sorted(self.frameworks)) or 'none'}.",
            )
        rows = (row.control for requirement in self.requirements[framework_id] for row in requirement.met_by)
        return tuple(sorted(set(rows)))
