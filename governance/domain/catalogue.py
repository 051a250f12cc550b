"""Everything judgement is held against, in one value: frameworks, controls, kinds, risks, policies, suites.

The content wing reads the files and builds this; the assurance wing only ever sees this. Its digest stands in every sign-off,
so that a verdict can be tied to the very words it was given under.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from governance.domain.control import Control
    from governance.domain.crosswalk import Crosswalk
    from governance.domain.framework import Application, Framework, Profile, Requirement
    from governance.domain.kind import Kind, Suite
    from governance.domain.policy import Policy
    from governance.domain.risk import Risk
    from governance.domain.system import System


@dataclass(frozen=True)
class Catalogue:
    """Content by id. `requirements` is keyed by framework id, in the framework's own order, what it takes over included."""

    frameworks: Mapping[str, Framework] = field(default_factory=dict)
    requirements: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    risks: Mapping[str, Risk] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    suites: Mapping[str, Suite] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    crosswalks: Mapping[str, Crosswalk] = field(default_factory=dict)
    digest: str = ""

    def policy(self, policy_id: str) -> Policy:
        """The policy of that id; raises `UsageError` and lists those there are."""
        try:
            return self.policies[policy_id]
        except KeyError:
            raise UsageError(
                f"there is no policy {policy_id!r}", hint=f"There are: {', '.join(sorted(self.policies)) or 'none'}."
            ) from None

    def framework(self, name: str, day: date | None = None) -> Framework:
        """A framework by its id, or by its series: then the version in force on the day, or without a day the latest.

        Raises `UsageError` for a name that is neither, and for a day on which no version of the series was in force.
        """
        if name in self.frameworks:
            return self.frameworks[name]
        versions = self.versions(name)
        if not versions:
            known = sorted(set(self.frameworks) | {frame.series for frame in self.frameworks.values()})
            raise UsageError(f"there is no framework {name!r}", hint=f"There are: {', '.join(known) or 'none'}.")
        if day is None:
            return versions[-1]
        for frame in versions:
            if frame.in_force(day):
                return frame
        raise UsageError(
            f"no version of {name} was in force on {day}", hint=f"The first is of {versions[0].in_force_from}."
        )

    def versions(self, series: str) -> tuple[Framework, ...]:
        """All versions of a series, oldest first."""
        found = [frame for frame in self.frameworks.values() if frame.series == series]
        return tuple(sorted(found, key=lambda frame: frame.in_force_from))

    def in_scope(self, system: System, day: date) -> tuple[Framework, ...]:
        """The frameworks a system is held against on a day, by id.

        What it names: a version stays that version, a series is the version in force. Where it names nothing that is known:
        every series, each in the version in force. A series without a version in force that day is left out.
        """
        known = {frame.series for frame in self.frameworks.values()}
        named = [name for name in system.frameworks if name in self.frameworks or name in known]
        found = {}
        for name in named or sorted(known):
            versions = [self.frameworks[name]] if name in self.frameworks else self.versions(name)
            for frame in versions:
                if name in self.frameworks or frame.in_force(day):
                    found[frame.id] = frame
        return tuple(found[framework_id] for framework_id in sorted(found))

    def not_in_force(self, system: System, day: date) -> tuple[str, ...]:
        """Series that the system names and that have no version in force on the day."""
        return tuple(
            name
            for name in system.frameworks
            if name not in self.frameworks
            and self.versions(name)
            and not any(frame.in_force(day) for frame in self.versions(name))
        )

    def unknown_frameworks(self, system: System) -> tuple[str, ...]:
        """Names in the system file that are neither a framework nor a series, as they stand there."""
        known = set(self.frameworks) | {frame.series for frame in self.frameworks.values()}
        return tuple(name for name in system.frameworks if name not in known)

    def strange_names(self, system: System) -> tuple[str, ...]:
        """What the system file names of frameworks and roles that is not in the content, each as a sentence."""
        said = [f"there is no framework {name!r}" for name in self.unknown_frameworks(system)]
        for series, roles in system.roles.items():
            known = {role for frame in self.versions(series) for role in frame.addressees}
            if not self.versions(series):
                said.append(f"roles: there is no series of frameworks {series!r}")
            said += [
                f"roles: {series} speaks to no {role!r}, only to {', '.join(sorted(known)) or 'everybody alike'}"
                for role in roles
                if self.versions(series) and role not in known
            ]
        return tuple(said)

    def requirement(self, framework_id: str, requirement_id: str) -> Requirement | None:
        """One requirement of a framework, by its number."""
        return next((row for row in self.requirements.get(framework_id, ()) if row.id == requirement_id), None)

    def applies(self, framework_id: str, requirement: Requirement) -> tuple[Application, ...]:
        """From when a requirement applies and to whom: its own dates, else those of its nearest heading that has any."""
        return requirement.applies or self._headings[framework_id].get(requirement.group, ())

    @cached_property
    def _headings(self) -> dict[str, dict[str, tuple[Application, ...]]]:
        """The dates of every heading, its own or those of the nearest above it, by framework and heading."""
        return {
            frame.id: {group.id: _dates(frame, group.id) for group in frame.groups}
            for frame in self.frameworks.values()
        }

    def task_patterns(self, purpose: str, system: System) -> tuple[str, ...]:
        """The task names that speak for a purpose: the system's own, and the public ones."""
        own = tuple(pattern.lower() for pattern in system.suites.get(purpose, ()))
        suite = self.suites.get(purpose)
        return own + (suite.tasks if suite else ())

    def floors(self, policy_id: str) -> tuple[Policy, ...]:
        """The policies that are asked with a policy whatever it is, by id; a floor that is asked itself is not asked twice."""
        return tuple(each for name, each in sorted(self.policies.items()) if each.floor is True and name != policy_id)

    def speaks_for(self, task: str, purpose: str, system: System) -> bool:
        """Whether a task counts for a purpose in this system."""
        return any(fnmatchcase(task.lower(), pattern) for pattern in self.task_patterns(purpose, system))

    def controls_of(self, framework_name: str, day: date | None = None) -> tuple[str, ...]:
        """The ids of the controls that a framework, or the version of a series in force, leans on, sorted."""
        frame = self.framework(framework_name, day)
        rows = (row.control for requirement in self.requirements[frame.id] for row in requirement.met_by)
        return tuple(sorted(set(rows)))


def _dates(frame: Framework, group_id: str) -> tuple[Application, ...]:
    groups = {group.id: group for group in frame.groups}
    at: str | None = group_id
    for _ in range(len(groups)):  # as many steps as there are headings end even a circle
        group = groups.get(at or "")
        if group is None or group.applies:
            return group.applies if group else ()
        at = group.parent
    return ()
