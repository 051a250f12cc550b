"""Every name is followed to what it names: requirement → control → kind, profile and crosswalk → requirement, risk → control.

What a policy names is followed in `policy_references`.

A name that leads nowhere is a fault with its file and line. So is a framework that does not have as many requirements as it says,
a version whose dates overlap another's, and a tag that is not in the framework's own list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.content import policy_references
from governance.content.problems import Problem
from governance.domain.framework import file_stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from governance.domain.catalogue import Catalogue
    from governance.domain.control import Control
    from governance.domain.crosswalk import Crosswalk
    from governance.domain.framework import Framework, Profile, Requirement
    from governance.domain.risk import Risk

    Line = Callable[[str, tuple[str | int, ...]], int]

ATTESTED = "attested-document.v1"
SYSTEM = "system.v1"
GENAI = "nist-ai-600-1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_POINTERS = {"$ref", "$dynamicRef", "$recursiveRef"}

Fault = tuple[str, tuple[str | int, ...], str]
"""A path, the place in its file, and the sentence."""


def check(catalogue: Catalogue, line: Line) -> list[Problem]:
    """Everything that is wrong between files. `line` finds the line of a place in a file."""
    return [Problem(path, line(path, place), said) for path, place, said in _faults(catalogue)]


def home(catalogue: Catalogue, framework_id: str, row: Requirement) -> str:
    """The file a requirement stands in: that of its version, or of the amended one from which it is taken over."""
    before = catalogue.frameworks[framework_id].amends
    while before is not None and any(row is held for held in catalogue.requirements[before]):
        framework_id, before = before, catalogue.frameworks[before].amends
    return f"controls/frameworks/{framework_id}/{row.file_stem}.yaml"


def _faults(catalogue: Catalogue) -> Iterator[Fault]:
    for framework in catalogue.frameworks.values():
        yield from _framework(catalogue, framework)
    for control in catalogue.controls.values():
        yield from _asks(catalogue, control)
    yield from _evidence(catalogue)
    for risk in catalogue.risks.values():
        yield from _risk(catalogue, risk)
    for policy in catalogue.policies.values():
        yield from policy_references.faults(catalogue, policy)
    for profile in catalogue.profiles.values():
        yield from _profile(catalogue, profile)
    for crosswalk in catalogue.crosswalks.values():
        yield from _crosswalk(catalogue, crosswalk)
    defaults = sorted(profile.id for profile in catalogue.profiles.values() if profile.default)
    if len(defaults) > 1:
        yield f"controls/profiles/{defaults[1]}.yaml", ("default",), f"{defaults[0]} is the default already"


def _framework(catalogue: Catalogue, frame: Framework) -> Iterator[Fault]:
    path = f"controls/frameworks/{frame.id}/framework.yaml"
    rows = catalogue.requirements[frame.id]
    groups = [group.id for group in frame.groups]
    if len(set(groups)) != len(groups):
        yield path, ("groups",), "two groups have one id"
    for place, group in enumerate(frame.groups):
        if group.parent is not None:
            yield from _known(group.parent, groups, "group", path, ("groups", place, "parent"))
        if _circles(frame, group.id):
            yield path, ("groups", place, "parent"), f"group {group.id} lies above itself"
    for role, others in frame.includes.items():
        for name in (role, *others):
            yield from _known(name, frame.addressees, "addressee", path, ("includes", role))
    if len(rows) != frame.requirement_count:
        yield path, ("requirement_count",), f"{len(rows)} requirements, and it says {frame.requirement_count}"
    for number in frame.left_out:
        if any(row.id == number for row in rows):
            yield path, ("left_out", number), f"{number} is left out and is a requirement as well"
    if frame.groups_are is not None:
        series = {other.series for other in catalogue.frameworks.values()}
        yield from _known(frame.groups_are, series | set(catalogue.frameworks), "framework", path, ("groups_are",))
    yield from _dates(catalogue, frame, path)
    earlier = {row.id for row in catalogue.requirements.get(frame.supersedes or "", ())}
    for row in rows:
        yield from _requirement(catalogue, frame, row, groups, earlier)


def _circles(frame: Framework, group_id: str) -> bool:
    parents = {group.id: group.parent for group in frame.groups}
    at = parents.get(group_id)
    for _ in range(len(parents)):
        if at is None or at == group_id:
            break
        at = parents.get(at)
    return at == group_id


def _dates(catalogue: Catalogue, frame: Framework, path: str) -> Iterator[Fault]:
    for field, name in (("supersedes", frame.supersedes), ("amends", frame.amends)):
        if name is None:
            continue
        yield from _known(name, catalogue.frameworks, "framework", path, (field,))
        before = catalogue.frameworks.get(name)
        if before is not None and before.series != frame.series:
            yield path, (field,), f"{name} is of the series {before.series}, and this one of {frame.series}"
        if before is not None and before.in_force_from >= frame.in_force_from:
            yield path, (field,), f"{name} did not come into force before {frame.id}"
    versions = catalogue.versions(frame.series)
    if any(other.series == frame.id for other in catalogue.frameworks.values() if other.series != frame.series):
        yield path, ("id",), f"{frame.id} is the series of other frameworks; give this one another id"
    if frame.id == frame.series and len(versions) > 1:
        yield (
            path,
            ("id",),
            f"{frame.id} is the name of its series as well, which has {len(versions)} versions; add the version",
        )
    later = [other.in_force_from for other in versions if other.in_force_from > frame.in_force_from]
    if frame.superseded_on is not None and later and min(later) > frame.superseded_on:
        said = f"no version of {frame.series} is in force from {frame.superseded_on} to {min(later)}"
        yield path, ("superseded_on",), said
    for other in versions:
        ends = other.superseded_on
        if other.in_force_from < frame.in_force_from and (ends is None or ends > frame.in_force_from):
            yield (
                path,
                ("in_force_from",),
                f"{other.id} is in force on {frame.in_force_from} as well; say superseded_on there",
            )
        if other.id < frame.id and other.in_force_from == frame.in_force_from:
            yield path, ("in_force_from",), f"{other.id} comes into force on the same day"


def _requirement(
    catalogue: Catalogue, frame: Framework, row: Requirement, groups: list[str], earlier: set[str]
) -> Iterator[Fault]:
    path = home(catalogue, frame.id, row)
    taken_over = not path.startswith(f"controls/frameworks/{frame.id}/")
    whose = f" of {frame.id}" if taken_over else ""
    yield from _known(row.group, groups, f"group{whose}", path, ("group",))
    if row.addressee is not None:
        yield from _known(row.addressee, frame.addressees, f"addressee{whose}", path, ("addressee",))
    for name, values in row.tags.items():
        for value in values:
            yield from _known(value, frame.tags.get(name, ()), f"{name} tag{whose}", path, ("tags", name))
    if taken_over:
        return  # what it names beside its frame is followed once, where it stands
    for number in row.previous:
        if frame.supersedes in catalogue.frameworks:
            yield from _known(number, earlier, f"requirement of {frame.supersedes}", path, ("previous",))
    for place, met in enumerate(row.met_by):
        yield from _known(met.control, catalogue.controls, "control", path, ("met_by", place, "control"))
    for place, kept in enumerate(row.documented):
        for control in kept.shown_by:
            yield from _known(control, catalogue.controls, "control", path, ("documented", place, "shown_by"))


def _evidence(catalogue: Catalogue) -> Iterator[Fault]:
    for kind in catalogue.kinds.values():
        for at, said in _outside(kind.body, ("body",)):
            yield f"evidence/kinds/{kind.id}.yaml", at, said
    for suite in catalogue.suites.values():
        for place, task in enumerate(suite.tasks):
            if task != task.lower():
                yield f"evidence/suites/{suite.id}.yaml", ("tasks", place), f"task {task!r} must be in lower case"


def _outside(schema: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Whatever a schema points at outside itself: nobody may be made to fetch a thing by checking evidence."""
    if isinstance(schema, dict):
        for word, value in schema.items():
            here = (*place, word)
            if word in _POINTERS and isinstance(value, str) and not value.startswith("#"):
                yield here, f"{word} leads out of the file, to {value!r}; point at a place in it, such as #/$defs/row"
            elif word == "$schema" and isinstance(value, str) and value.rstrip("#") != DIALECT:
                yield here, f"$schema is {value!r}; leave it out, or write {DIALECT}"
            else:
                yield from _outside(value, here)
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from _outside(value, (*place, number))


def _asks(catalogue: Catalogue, control: Control) -> Iterator[Fault]:
    path = f"controls/catalogue/{control.id}.yaml"
    for place, ask in enumerate(control.asks):
        at = ("asks", place)
        yield from _known(ask.kind, catalogue.kinds, "kind", path, (*at, "kind"))
        if ask.purpose is not None:
            yield from _known(ask.purpose, catalogue.suites, "suite", path, (*at, "purpose"))
        if (ask.kind == ATTESTED) != (ask.topic is not None):
            yield path, at, f"ask {ask.id}: a topic goes with attested documents, and only there"
        if ask.kind == SYSTEM and not (ask.expect and ask.within is None and ask.purpose is None and not ask.where):
            said = "of the system file something must be expected, and it has neither age nor purpose"
            yield path, at, f"ask {ask.id}: {said}"
    for place, example in enumerate(control.examples):
        for number, piece in enumerate(example.evidence):
            here = ("examples", place, "evidence", number)
            yield from _known(piece.kind, catalogue.kinds, "kind", path, (*here, "kind"))
            kind = catalogue.kinds.get(piece.kind)
            if piece.like is not None and kind is not None:
                yield from _known(piece.like, kind.examples.holds, f"example of {kind.id}", path, (*here, "like"))


def _risk(catalogue: Catalogue, risk: Risk) -> Iterator[Fault]:
    path = f"controls/risks/{risk.id}.yaml"
    for place, row in enumerate(risk.mitigated_by):
        yield from _known(row.control, catalogue.controls, "control", path, ("mitigated_by", place, "control"))
    sides = [(row.control, row.reduces) for row in risk.mitigated_by]
    if len(set(sides)) != len(sides):
        yield path, ("mitigated_by",), "one control is counted twice on one side"
    for framework_id, numbers in risk.references.items():
        yield from _known(framework_id, catalogue.frameworks, "framework", path, ("references", framework_id))
        frame = catalogue.frameworks.get(framework_id)
        known = {reference.id for reference in frame.references} if frame else set(numbers)
        for number in numbers:
            yield from _known(number, known, f"reference of {framework_id}", path, ("references", framework_id))
    genai = catalogue.frameworks.get(GENAI)
    for name in risk.genai_risks if genai else ():
        titles = {reference.title for reference in genai.references} if genai else set()
        yield from _known(name, titles, f"risk of {GENAI}", path, ("genai_risks",))


def _profile(catalogue: Catalogue, profile: Profile) -> Iterator[Fault]:
    path = f"controls/profiles/{profile.id}.yaml"
    series = {frame.series for frame in catalogue.frameworks.values()}
    if profile.framework not in catalogue.frameworks and profile.framework not in series:
        yield path, ("framework",), f"there is no framework {profile.framework!r}"
        return
    known = {row.id for row in catalogue.requirements[catalogue.framework(profile.framework).id]}
    for place, row in enumerate(profile.rows):
        yield from _known(row.requirement, known, "requirement", path, ("rows", place, "requirement"))
    for number in profile.beside:
        yield from _known(number, known, "requirement", path, ("beside", number))


def _crosswalk(catalogue: Catalogue, crosswalk: Crosswalk) -> Iterator[Fault]:
    head = crosswalk.head
    path = f"controls/crosswalks/{head.id}/crosswalk.yaml"
    sides = {}
    for side in ("source", "target"):
        name = getattr(head, side)
        yield from _known(name, catalogue.frameworks, "framework", path, (side,))
        sides[side] = {row.id for row in catalogue.requirements.get(name, ())}
    for number, rows in crosswalk.rows.items():
        own = f"controls/crosswalks/{head.id}/{file_stem(number)}.yaml"
        yield from _known(number, sides["source"], f"requirement of {head.source}", own, ("source",))
        for place, row in enumerate(rows):
            yield from _known(row.to, sides["target"], f"requirement of {head.target}", own, ("rows", place, "to"))
    published = sum(row.method == "published" for rows in crosswalk.rows.values() for row in rows)
    if published != head.published_rows:
        yield path, ("published_rows",), f"{published} published rows, and it says {head.published_rows}"


def _known(name: str, known: Iterable[Any], what: str, path: str, place: tuple[str | int, ...]) -> Iterator[Fault]:
    if name not in known:
        yield path, place, f"there is no {what} {name!r}"
