"""Counts with their denominators: controls by family, requirements by framework and area.

No percentage is printed for a whole: it would hide which part is missing. The share is only the length of a bar.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.domain.control import Standing
from governance.reports.atoms import words
from governance.reports.parts.views import Count, Coverage, CoverageRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.domain.case import Case
    from governance.domain.framework import Framework
    from governance.reports.claims.references import References

CONTROLS_NOTE = "A control counts as met only where evidence of the right kind, subject and age says so."
REQUIREMENTS_NOTE = (
    "Where coverage is partial, met means that the mapped controls are met and not that the requirement is fulfilled: "
    "that remains a person's judgement."
)


def row(title: str, standings: Iterable[Standing]) -> CoverageRow:
    """Count standings; the counts sum to the total."""
    found = list(standings)
    total = len(found)
    counts = tuple(
        Count(words.STANDINGS[standing], found.count(standing), f"{100 * found.count(standing) / total:.2f}")
        for standing in Standing
        if standing in found
    )
    return CoverageRow(title=title, total=total, met=found.count(Standing.MET), counts=counts)


def controls(case: Case, references: References) -> Coverage:
    """Controls, by family."""
    results = case.assessment.controls
    areas = tuple(
        row(title, [result.standing for result in results if result.family == family])
        for family, title in words.FAMILIES.items()
        if any(result.family == family for result in results)
    )
    return Coverage(
        id="controls",
        title="Controls",
        unit="controls",
        whole=_whole(row("All controls", [result.standing for result in results]), references, "/controls", {}),
        areas=areas,
        note=CONTROLS_NOTE,
    )


def requirements(case: Case, references: References) -> tuple[Coverage, ...]:
    """Requirements of each framework, by its top headings."""
    made = []
    for framework_result in case.assessment.frameworks:
        framework = case.catalogue.frameworks.get(framework_result.framework)
        results = [r for r in case.assessment.requirements if r.framework == framework_result.framework]
        made.append(
            Coverage(
                id=framework_result.framework,
                title=framework_result.title,
                unit="requirements",
                whole=_whole(
                    row("All requirements", [result.standing for result in results]),
                    references,
                    "/requirements",
                    {"framework": framework_result.framework},
                ),
                areas=_areas(framework, [(result.group, result.standing) for result in results]) if framework else (),
                note=REQUIREMENTS_NOTE,
            )
        )
    return tuple(made)


def of(framework: Framework, standings: Iterable[tuple[str, Standing]]) -> Coverage:
    """Requirements of a framework that the system does not name: pairs of a group and a standing. Nothing of them is in the results."""
    found = list(standings)
    return Coverage(
        id=framework.id,
        title=framework.title,
        unit="requirements",
        whole=row("All requirements", [standing for _, standing in found]),
        areas=_areas(framework, found),
        note=REQUIREMENTS_NOTE,
    )


def _whole(counted: CoverageRow, references: References, pointer: str, where: dict[str, str]) -> CoverageRow:
    """The counts of a whole, with claims over the results of judgement behind the two that are quoted."""
    return replace(
        counted,
        met_claim=references.tally(f"{counted.title}, met", "assessment", pointer, {**where, "standing": "met"}),
        total_claim=references.tally(counted.title, "assessment", pointer, where),
    )


def _areas(framework: Framework, standings: list[tuple[str, Standing]]) -> tuple[CoverageRow, ...]:
    """A row for each top heading under which something stands; pairs of a group and a standing."""
    tops = {group.id: top(framework, group.id) for group in framework.groups}
    counted = (
        (group.id, [standing for name, standing in standings if tops.get(name, name) == group.id])
        for group in framework.groups
    )
    return tuple(row(heading(framework, name), mine) for name, mine in counted if mine)


def top(framework: Framework, group_id: str) -> str:
    """The heading at the top above a group. A ring of parents ends where it began."""
    parents = {group.id: group.parent for group in framework.groups}
    seen = {group_id}
    while (parent := parents.get(group_id)) is not None and parent not in seen:
        seen.add(parent)
        group_id = parent
    return group_id


def heading(framework: Framework, group_id: str) -> str:
    """`A.2 Policies related to AI`; the id alone where the title says the same."""
    title = next((group.title for group in framework.groups if group.id == group_id), group_id)
    return title if title.casefold() == group_id.casefold() else f"{group_id} {title}"
