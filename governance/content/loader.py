"""From content files to the catalogue, with every fault naming its file and line.

The path is the identity: `controls/catalogue/quality-evaluated.yaml` holds the control of that id, and a file whose id
differs is refused, as is a file in a place where nothing is read. References are followed to their end (see
`governance.content.references`): a requirement that names an absent control, or a control that asks for an absent kind, is
an error of the whole, because a dangling id would silently count as *missing* for ever.

`survey` finds every fault there is and is what the self-test prints; `load` raises for the first.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import ValidationError

from governance.content import references, versions
from governance.content.problems import Problem
from governance.domain import faults
from governance.domain.base import Noun
from governance.domain.catalogue import Catalogue
from governance.domain.control import Control
from governance.domain.crosswalk import Crosswalk, CrosswalkHead, CrosswalkRows
from governance.domain.framework import Framework, Profile, Requirement
from governance.domain.kind import Kind, Suite
from governance.domain.policy import Policy
from governance.domain.risk import Risk
from governance.errors import ContentError, UnreadableError
from governance.parsing import canonical, strict_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Parse = Callable[[bytes, str], Any]

Read = TypeVar("Read", bound=Noun)

PLACES: Mapping[tuple[str, int], tuple[type[Noun], ...]] = {
    ("controls/frameworks", 4): (Framework, Requirement),
    ("controls/catalogue", 3): (Control,),
    ("controls/risks", 3): (Risk,),
    ("controls/profiles", 3): (Profile,),
    ("controls/crosswalks", 4): (CrosswalkHead, CrosswalkRows),
    ("evidence/kinds", 3): (Kind,),
    ("evidence/suites", 3): (Suite,),
    ("policies", 2): (Policy,),
}
"""Where content can lie: a folder, how many parts the path has, and what its files hold; where there are two, the first is
the folder's head file. A file anywhere else would be passed over in silence, so it is refused."""

_HEADS: Mapping[type[Noun], str] = {Framework: "framework.yaml", CrosswalkHead: "crosswalk.yaml"}
_NAMED_LINE = re.compile(r" at line ([0-9]+)")  # as the parser writes it, after whatever it quotes
_BESIDE = ("templates/", "controls/wording/")
_HELD: dict[tuple[str, bool], Catalogue] = {}  # by digest, and whether through a `parse` of somebody's
_HELD_AT_MOST = 4
_SMALL = 64 * 1024


def load(files: Mapping[str, bytes], parse: Parse | None = None) -> Catalogue:
    """Build the catalogue from files by relative path (templates are left aside). Raises `ContentError`.

    The same bytes are read once in a process: verifying a hundred packs reads their common content once. `parse` gives the
    plain value of a file's bytes, for a caller that keeps parsed values from an earlier day; without it nothing that came
    from such a caller is given either.
    """
    key = digest(files)
    held = _HELD.get((key, False)) or (_HELD.get((key, True)) if parse else None)
    if held is None:
        held, problems = survey(files, parse, key)
        if problems:
            more = f" (and {len(problems) - 1} more: govern content check)" if len(problems) > 1 else ""
            raise ContentError(f"{problems[0].message}{more}", where=problems[0].place)
        while len(_HELD) >= _HELD_AT_MOST:
            del _HELD[next(iter(_HELD))]
        _HELD[key, parse is not None] = held
    return held


def survey(
    files: Mapping[str, bytes], parse: Parse | None = None, key: str | None = None
) -> tuple[Catalogue, tuple[Problem, ...]]:
    """The catalogue as far as it can be read, and everything that is wrong with it, by path and line."""
    read_in: dict[type[Noun], dict[str, Any]] = {noun: {} for nouns in PLACES.values() for noun in nouns}
    problems: list[Problem] = []
    for path, data in files.items():
        if path.startswith(_BESIDE):
            continue
        noun = noun_of(path)
        if noun is None:
            problems.append(Problem(path, 0, "no content is read from this place. Check folder and file name."))
            continue
        try:
            read_in[noun][path] = _read(noun, data, path, parse)
        except _Fault as fault:
            problems.append(fault.problem)
    catalogue = _build(read_in, files, key or digest(files), problems)
    if not problems:  # a file that can not be read would make every name of its things dangle
        problems += references.check(catalogue, partial(_line, files))
    return catalogue, tuple(sorted(problems))


def noun_of(path: str) -> type[Noun] | None:
    """What a file at this path holds, or None where nothing is read."""
    parts = path.split("/")
    if not path.endswith(".yaml"):
        return None
    nouns = PLACES.get(("/".join(parts[:2]) if len(parts) > 2 else parts[0], len(parts)), ())
    if len(nouns) == 2:
        return nouns[0] if parts[-1] == _HEADS[nouns[0]] else nouns[1]
    return nouns[0] if nouns else None


def judging(files: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """The files that judgement uses, by path. Templates do not judge."""
    return sorted((path, data) for path, data in files.items() if not path.startswith(_BESIDE))


def digest(files: Mapping[str, bytes]) -> str:
    """One digest over all content that judgement uses: the canonical list of (path, sha256)."""
    return canonical.digest([[path, canonical.sha256(data)] for path, data in judging(files)])


def read(noun: type[Read], data: bytes, *, where: str) -> Read:
    """Read one YAML file as a noun. Raises `ContentError` naming file, line and field."""
    try:
        return _read(noun, data, where, None)
    except _Fault as fault:
        raise ContentError(fault.problem.message, where=fault.problem.place) from None


class _Fault(Exception):  # noqa: N818
    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(path, line, message)


def _read(noun: type[Read], data: bytes, path: str, parse: Parse | None) -> Read:
    if parse is None and len(data) <= _SMALL:
        return cast("Read", _read_once(noun, data, path))
    return _read_now(noun, data, path, parse)


@lru_cache(maxsize=2048)
def _read_once(noun: type[Noun], data: bytes, path: str) -> Noun:
    """The same bytes at the same path are the same noun: content that differs in one file is read for that file."""
    return _read_now(noun, data, path, None)


def _read_now(noun: type[Read], data: bytes, path: str, parse: Parse | None) -> Read:
    try:
        value = parse(data, path) if parse else strict_yaml.loads(data, where=path)
    except UnreadableError as error:
        named = _NAMED_LINE.findall(error.message)
        raise _Fault(path, int(named[-1]) if named else 0, error.message) from None
    if not isinstance(value, dict):
        if parse:
            return _read(noun, data, path, None)
        raise _Fault(path, 1, "not a mapping of fields")
    try:
        return noun.model_validate(value)
    except ValidationError as error:
        if parse:  # what was kept may be at fault, and not the file
            return _read(noun, data, path, None)
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        line = strict_yaml.line_of(data, error.errors(include_url=False)[0]["loc"])
        raise _Fault(path, line, f"{faults.first(error, 'the file')}{more}") from None


def _line(files: Mapping[str, bytes], path: str, place: tuple[str | int, ...]) -> int:
    return strict_yaml.line_of(files[path], place) if path in files else 0


def _build(
    read_in: Mapping[type[Noun], Mapping[str, Any]], files: Mapping[str, bytes], key: str, problems: list[Problem]
) -> Catalogue:
    frameworks = _by_folder(read_in[Framework], problems)
    rows = _in_folders(read_in[Requirement], frameworks, files, problems)
    heads = _by_folder(read_in[CrosswalkHead], problems)
    crossed = _in_folders(read_in[CrosswalkRows], heads, files, problems)
    requirements = versions.resolve(frameworks, rows, problems)
    return Catalogue(
        frameworks=frameworks,
        requirements=requirements,
        controls=_by_name(read_in[Control], problems),
        kinds=_by_name(read_in[Kind], problems),
        risks=_by_name(read_in[Risk], problems),
        policies=_by_name(read_in[Policy], problems),
        suites=_by_name(read_in[Suite], problems),
        profiles=_by_name(read_in[Profile], problems),
        crosswalks={
            head.id: Crosswalk(head=head, rows=_in_source_order(crossed[head.id], requirements.get(head.source, ())))
            for head in heads.values()
        },
        digest=key,
    )


def _by_name(items: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    return _named(items, lambda item, parts: item.id == parts[-1].removesuffix(".yaml"), problems)


def _by_folder(items: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    return _named(items, lambda item, parts: item.id == parts[-2], problems)


def _named(items: Mapping[str, Any], fits: Callable[[Any, list[str]], bool], problems: list[Problem]) -> dict[str, Any]:
    made = {}
    for path, item in items.items():
        if fits(item, path.split("/")):
            made[item.id] = item
        else:
            problems.append(Problem(path, 1, "its id is not its file name. Rename the file, or correct the id."))
    return made


def _in_folders(
    items: Mapping[str, Any], heads: Mapping[str, Any], files: Mapping[str, bytes], problems: list[Problem]
) -> dict[str, list[Any]]:
    """The items by the folder they lie in, each under the name that its number makes."""
    made: dict[str, list[Any]] = {name: [] for name in heads}
    for path, item in items.items():
        folder, name = path.split("/")[-2:]
        head_file = _HEADS[CrosswalkHead if isinstance(item, CrosswalkRows) else Framework]
        number = item.source if isinstance(item, CrosswalkRows) else item.id
        if name.removesuffix(".yaml") != versions.file_stem(number):
            said = (
                f"its id is not its file name. Rename the file to {versions.file_stem(number)}.yaml, or correct the id."
            )
            problems.append(Problem(path, 1, said))
        elif folder in made:
            made[folder].append(item)
        elif path.removesuffix(name) + head_file not in files:  # one that is wrong is named for itself
            problems.append(Problem(path, 0, f"its folder has no {head_file}"))
    return made


def _in_source_order(items: list[CrosswalkRows], order: tuple[Requirement, ...]) -> dict[str, Any]:
    places = {requirement.id: place for place, requirement in enumerate(order)}
    listed = sorted(items, key=lambda item: (places.get(item.source, len(places)), item.source))
    return {item.source: item.rows for item in listed}
