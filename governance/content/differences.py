"""What changed between two versions of a framework, row by row and field by field, and which systems it touches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.content.versus import pair, plain
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from typing import Any

    from governance.domain.base import Noun
    from governance.domain.catalogue import Catalogue
    from governance.domain.framework import Framework, Requirement
    from governance.domain.system import System

FRAMEWORK = "(framework)"
_OF_A_REQUIREMENT = (
    "title", "says", "group", "addressee", "tags", "note", "met_by", "not_covered", "documented",
)  # fmt: skip
_OF_A_FRAMEWORK = (
    "title", "version", "publisher", "source", "licence_note", "in_force_from", "superseded_on", "allows_not_measurable",
    "has_profiles", "groups", "groups_are", "addressees", "tags", "references", "left_out",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One requirement that is not what it was, or the framework itself under the id `(framework)`."""

    id: str
    what: str
    """`added`, `removed`, `renumbered`, `changed` or `dates`."""
    detail: str
    """Short, for a table; the whole of it stands in `before` and `after`, by field."""
    controls: tuple[str, ...] = ()
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Touched:
    """One system that the change concerns, and how."""

    system: str
    how: str


def versions(catalogue: Catalogue, old: str, new: str) -> tuple[Framework, Framework]:
    """The two frameworks of a comparison. Raises `UsageError` where they are not an older and a newer version of one series."""
    first, second = catalogue.framework(old), catalogue.framework(new)
    if first.id == second.id or first.series != second.series:
        known = ", ".join(frame.id for frame in catalogue.versions(first.series))
        raise UsageError(
            f"{old} and {new} are not two versions of one framework", hint=f"Of {first.series} there are: {known}."
        )
    if first.in_force_from > second.in_force_from or first.supersedes == second.id:
        raise UsageError(
            f"{first.id} is newer than {second.id}", hint=f"The older first: govern content diff {second.id} {first.id}"
        )
    return first, second


def changes(catalogue: Catalogue, old: str, new: str) -> tuple[Change, ...]:
    """Everything that changed from one version to another of the same series: the frame first, then in the order of the new one."""
    first, second = versions(catalogue, old, new)
    before = {row.id: row for row in catalogue.requirements[first.id]}
    rows = catalogue.requirements[second.id]
    carried = {number for row in rows for number in row.previous if number != row.id}
    made = [each for name in _OF_A_FRAMEWORK for each in _fields(FRAMEWORK, first, second, (name,))]
    kept: set[str] = set()
    for row in rows:
        earlier = _earlier(before, row, carried)
        kept |= {each.id for each in earlier}
        made += _one(catalogue, first, second, earlier, row)
    for number, gone in before.items():
        if number not in kept:
            made.append(Change(number, "removed", second.removes.get(number, gone.title), _controls(gone)))
    return tuple(made)


def requirements(rows: Iterable[Change]) -> int:
    """How many requirements the changes are of; one may have several."""
    return len({(row.id, row.what == "removed") for row in rows if row.id != FRAMEWORK})


def touched(catalogue: Catalogue, old: str, new: str, systems: Iterable[System], day: date) -> tuple[Touched, ...]:
    """The systems that are held against either version, and when the change reaches each."""
    first, second = versions(catalogue, old, new)
    made = []
    for system in systems:
        strange = catalogue.unknown_frameworks(system)
        named = set(system.frameworks) - set(strange)
        if first.series in named or not named:
            turn = second.in_force_from
            how = "changed over on" if turn <= day else "changes over on"
            why = (
                "it names the series"
                if named
                else f"it names no framework that is known, only {', '.join(strange)}"
                if strange
                else "it names no framework"
            )
            made.append(Touched(system.id, f"{how} {turn}: {why}"))
        elif first.id in named and second.id in named:
            made.append(Touched(system.id, "is held against both versions"))
        elif first.id in named:
            made.append(
                Touched(system.id, f"stays with {first.id}, which it names; name {second.id} or {first.series}")
            )
        elif second.id in named:
            made.append(Touched(system.id, f"is held against {second.id} already"))
    return tuple(made)


def _earlier(before: dict[str, Requirement], row: Requirement, carried: set[str]) -> list[Requirement]:
    """What a requirement was: its former numbers, else its own, unless that one has gone on under another number."""
    if former := [before[number] for number in row.previous if number in before]:
        return former
    own = before.get(row.id)
    if own is None or (row.id in carried and (own.title, own.says) != (row.title, row.says)):
        return []
    return [own]


def _one(
    catalogue: Catalogue, first: Framework, second: Framework, former: list[Requirement], row: Requirement
) -> Iterator[Change]:
    if not former:
        yield Change(row.id, "added", row.title, _controls(row))
        return
    names = [each.id for each in former]
    if names != [row.id]:
        was = ", ".join(names)
        yield Change(row.id, "renumbered", f"was {was}", _controls(row), {"id": was}, {"id": row.id})
    earlier = next((each for each in former if each.id == row.id), former[0])
    yield from _fields(row.id, earlier, row, _OF_A_REQUIREMENT, _controls(row))
    old_dates, new_dates = catalogue.applies(first.id, earlier), catalogue.applies(second.id, row)
    if old_dates != new_dates:
        shown = [
            ", ".join(f"{each.since} ({each.to})" for each in dates) or "no date" for dates in (old_dates, new_dates)
        ]
        then, now = {"applies": plain(old_dates)}, {"applies": plain(new_dates)}
        yield Change(row.id, "dates", f"{shown[0]} → {shown[1]}", _controls(row), then, now)


def _fields(name: str, old: Noun, new: Noun, fields: Iterable[str], controls: tuple[str, ...] = ()) -> Iterator[Change]:
    """The fields in which two nouns differ, as one change."""
    differ = [each for each in fields if getattr(old, each) != getattr(new, each)]
    if differ:
        was, now = ({each: plain(getattr(noun, each)) for each in differ} for noun in (old, new))
        detail = "; ".join(f"{each}: {pair(getattr(old, each), getattr(new, each))}" for each in differ)
        yield Change(name, "changed", detail, controls, was, now)


def _controls(row: Requirement) -> tuple[str, ...]:
    return tuple(met.control for met in row.met_by)
