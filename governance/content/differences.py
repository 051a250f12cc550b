"""What changed between two versions of a framework, row by row and field by field, and which systems it touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from governance.domain.catalogue import Catalogue
    from governance.domain.framework import Framework, Requirement
    from governance.domain.system import System


@dataclass(frozen=True)
class Change:
    """One requirement that is not what it was."""

    id: str
    what: str
    """`added`, `removed`, `renumbered`, `changed` or `dates`."""
    detail: str
    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Touched:
    """One system that the change concerns, and how."""

    system: str
    how: str


def versions(catalogue: Catalogue, old: str, new: str) -> tuple[Framework, Framework]:
    """The two frameworks of a comparison. Raises `UsageError` where they are not two versions of one series."""
    first, second = catalogue.framework(old), catalogue.framework(new)
    if first.id == second.id or first.series != second.series:
        known = ", ".join(frame.id for frame in catalogue.versions(first.series))
        raise UsageError(
            f"{old} and {new} are not two versions of one framework", hint=f"Of {first.series} there are: {known}."
        )
    return first, second


def changes(catalogue: Catalogue, old: str, new: str) -> tuple[Change, ...]:
    """Everything that changed from one version to another of the same series, in the order of the new one."""
    first, second = versions(catalogue, old, new)
    before = {row.id: row for row in catalogue.requirements[first.id]}
    after = {row.id: row for row in catalogue.requirements[second.id]}
    carried = {number for row in after.values() for number in row.previous}
    made = [change for row in after.values() for change in _one(catalogue, first, second, before, row)]
    for number, row in before.items():
        if number not in after and number not in carried:
            made.append(Change(number, "removed", second.removes.get(number, row.title), _controls(row)))
    return tuple(made)


def touched(catalogue: Catalogue, old: str, new: str, systems: Iterable[System], day: date) -> tuple[Touched, ...]:
    """The systems that are held against either version, and when the change reaches each."""
    first, second = versions(catalogue, old, new)
    made = []
    for system in systems:
        named = set(system.frameworks) & {first.id, second.id, first.series}
        if first.series in named or (not named and not system.frameworks):
            turn = second.in_force_from
            how = "changed over on" if turn <= day else "changes over on"
            made.append(Touched(system.id, f"{how} {turn}: it {'names the series' if named else 'names no framework'}"))
        elif first.id in named and second.id in named:
            made.append(Touched(system.id, "is held against both versions"))
        elif first.id in named:
            made.append(
                Touched(system.id, f"stays with {first.id}, which it names; name {second.id} or {first.series}")
            )
        elif second.id in named:
            made.append(Touched(system.id, f"is held against {second.id} already"))
    return tuple(made)


def _one(
    catalogue: Catalogue, first: Framework, second: Framework, before: dict[str, Requirement], row: Requirement
) -> Iterator[Change]:
    earlier = next((before[number] for number in (row.id, *row.previous) if number in before), None)
    if row.previous and earlier is not None and earlier.id in row.previous:
        yield Change(row.id, "renumbered", f"was {', '.join(row.previous)}", _controls(row))
    elif earlier is None:
        yield Change(row.id, "added", row.title, _controls(row))
        return
    fields = [name for name in ("title", "says", "addressee", "note", "met_by", "documented")
              if getattr(earlier, name) != getattr(row, name)]  # fmt: skip
    if fields:
        yield Change(row.id, "changed", ", ".join(fields), _controls(row))
    old_dates, new_dates = catalogue.applies(first.id, earlier), catalogue.applies(second.id, row)
    if old_dates != new_dates:
        shown = [
            ", ".join(f"{each.since} ({each.to})" for each in dates) or "no date" for dates in (old_dates, new_dates)
        ]
        yield Change(row.id, "dates", f"{shown[0]} → {shown[1]}", _controls(row))


def _controls(row: Requirement) -> tuple[str, ...]:
    return tuple(met.control for met in row.met_by)
