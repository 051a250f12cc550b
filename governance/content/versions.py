"""Versions of a framework: the order of its numbers, and what an amending act takes over from its forerunner."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.content.problems import Problem
from governance.domain.framework import file_stem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.framework import Framework, Requirement

__all__ = ["file_stem", "in_order", "resolve"]


def resolve(
    frameworks: Mapping[str, Framework], own: Mapping[str, list[Requirement]], problems: list[Problem]
) -> dict[str, tuple[Requirement, ...]]:
    """The requirements of every framework in its own order: its own files, and what it takes over.

    An amending version has every requirement of the version it amends, but for those it removes and those it has a file
    of its own for. A circle of amendments, an unknown forerunner and a removal of nothing are problems.
    """
    made: dict[str, tuple[Requirement, ...]] = {}
    for framework_id, frame in frameworks.items():
        rows = _whole(frame, frameworks, own, problems)
        made[framework_id] = tuple(sorted(rows.values(), key=partial(in_order, framework=frame)))
    return made


def _whole(
    frame: Framework,
    frameworks: Mapping[str, Framework],
    own: Mapping[str, list[Requirement]],
    problems: list[Problem],
) -> dict[str, Requirement]:
    where = f"controls/frameworks/{frame.id}/framework.yaml"
    chain, at = [frame], frame.amends
    while at is not None:
        if at not in frameworks:
            problems.append(Problem(where, 0, f"amends {at!r}, and there is no such framework"))
            break
        if frameworks[at] in chain:
            problems.append(Problem(where, 0, f"amends itself by way of {at!r}"))
            break
        chain.append(frameworks[at])
        at = frameworks[at].amends
    rows: dict[str, Requirement] = {}
    for version in reversed(chain):
        absent = [number for number in version.removes if rows.pop(number, None) is None]
        if version is frame:
            problems += [
                Problem(where, 0, f"removes {number!r}, which {frame.amends} does not have") for number in absent
            ]
        rows |= {row.id: row for row in own.get(version.id, ())}
    return rows


def in_order(requirement: Requirement, framework: Framework) -> tuple[Any, ...]:
    """A sort key in the framework's own order: its headings as listed, top first, then the parts of the number.

    Numbers count as numbers (9 before 10); a letter follows the bare number (`6.1` before `6.1(a)`).
    """
    parents = {group.id: group.parent for group in framework.groups}
    listed = list(parents)
    above, at = [], requirement.group
    for _ in range(len(parents) + 1):  # as many steps as there are headings end even a circle
        above.append(listed.index(at) if at in parents else len(listed))
        parent = parents.get(at)
        if parent is None:
            break
        at = parent
    parts = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.findall(r"[0-9]+|[A-Za-z]+", requirement.id)
    )
    return above[-1], parts, requirement.id
