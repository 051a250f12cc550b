"""From content files to the catalogue, with every error naming its file.

The path is the identity: `controls/catalogue/quality-evaluated.yaml` holds the control of that id, and a file whose id
differs is refused, as is a file in a place where nothing is read. References are followed to their end: a requirement
that names an absent control, or a control that asks for an absent kind, is an error of the whole, because a dangling id
would silently count as *missing* for ever.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from governance.domain.base import Noun
from governance.domain.catalogue import Catalogue
from governance.domain.control import Control
from governance.domain.framework import Framework, Requirement
from governance.domain.kind import Kind, Suite
from governance.domain.policy import Policy
from governance.domain.risk import Risk
from governance.errors import ContentError, UnreadableError
from governance.parsing import canonical, strict_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Read = TypeVar("Read", bound=Noun)

ATTESTED = "attested-document.v1"
SYSTEM = "system.v1"
PLACES = (
    "controls/frameworks/*/*.yaml",
    "controls/catalogue/*.yaml",
    "controls/risks/*.yaml",
    "evidence/kinds/*.yaml",
    "evidence/suites/*.yaml",
    "policies/*.yaml",
)
"""Where content can lie; a file anywhere else would be passed over in silence, so it is refused."""


_HELD: dict[str, Catalogue] = {}
_HELD_AT_MOST = 4


def load(files: Mapping[str, bytes]) -> Catalogue:
    """Build the catalogue from files by relative path (templates are left aside). Raises `ContentError`.

    The same bytes are read once in a process: verifying a hundred packs reads their common content once.
    """
    key = digest(files)
    if key not in _HELD:
        made = _load(files, key)
        while len(_HELD) >= _HELD_AT_MOST:
            del _HELD[next(iter(_HELD))]
        _HELD[key] = made
    return _HELD[key]


def _load(files: Mapping[str, bytes], key: str) -> Catalogue:
    for path in files:
        if not path.startswith("templates/") and not any(_lies_in(path, pattern) for pattern in PLACES):
            raise ContentError("no content is read from this place", where=path, hint="Check folder and file name.")
    frameworks = {
        framework.id: framework
        for framework in _all(
            files, "controls/frameworks/*/framework.yaml", Framework, lambda f, p: f.id == p.parent.name
        )
    }
    requirements: dict[str, list[Requirement]] = {framework_id: [] for framework_id in frameworks}
    for path, requirement in _pairs(
        files, "controls/frameworks/*/*.yaml", Requirement, lambda r, p: r.file_stem == p.stem
    ):
        framework_id = PurePosixPath(path).parent.name
        if framework_id not in requirements:
            raise ContentError("its folder has no framework.yaml", where=path)
        requirements[framework_id].append(requirement)
    catalogue = Catalogue(
        frameworks=frameworks,
        requirements={
            framework_id: tuple(sorted(rows, key=partial(in_order, framework=frameworks[framework_id])))
            for framework_id, rows in requirements.items()
        },
        controls=_by_id(files, "controls/catalogue/*.yaml", Control),
        kinds=_by_id(files, "evidence/kinds/*.yaml", Kind),
        risks=_by_id(files, "controls/risks/*.yaml", Risk),
        policies=_by_id(files, "policies/*.yaml", Policy),
        suites=_by_id(files, "evidence/suites/*.yaml", Suite),
        digest=key,
    )
    _references(catalogue)
    return catalogue


def digest(files: Mapping[str, bytes]) -> str:
    """One digest over all content that judgement uses: the canonical list of (path, sha256). Templates do not judge."""
    judging = sorted((path, data) for path, data in files.items() if not path.startswith("templates/"))
    return canonical.digest([[path, canonical.sha256(data)] for path, data in judging])


def in_order(requirement: Requirement, framework: Framework) -> tuple[Any, ...]:
    """A sort key in the framework's own order: its top groups as listed, then the numbers in the id (9 before 10)."""
    parents = {group.id: group.parent for group in framework.groups}
    top = requirement.group
    for _ in parents:  # as many steps as there are groups end even a circle
        top = parents.get(top) or top
    place = list(parents).index(top) if top in parents else len(parents)
    parts = requirement.id.replace(" ", ".").split(".")
    return place, tuple(int(part) for part in parts if part.isdigit()), requirement.id


def _by_id(files: Mapping[str, bytes], pattern: str, noun: type[Read]) -> dict[str, Read]:
    rows = _all(files, pattern, noun, lambda item, path: item.id == path.name.removesuffix(".yaml"))  # type: ignore[attr-defined]
    return {row.id: row for row in rows}  # type: ignore[attr-defined]


def _all(
    files: Mapping[str, bytes], pattern: str, noun: type[Read], named: Callable[[Read, PurePosixPath], bool]
) -> list[Read]:
    return [item for _, item in _pairs(files, pattern, noun, named)]


def _pairs(
    files: Mapping[str, bytes], pattern: str, noun: type[Read], named: Callable[[Read, PurePosixPath], bool]
) -> list[tuple[str, Read]]:
    made = []
    for path, data in files.items():
        pure = PurePosixPath(path)
        if not _lies_in(path, pattern):
            continue
        if noun is Requirement and pure.name == "framework.yaml":
            continue
        item = read(noun, data, where=path)
        if not named(item, pure):
            raise ContentError("its id is not its file name", where=path, hint="Rename the file, or correct the id.")
        made.append((path, item))
    return made


def _lies_in(path: str, pattern: str) -> bool:
    return path.count("/") == pattern.count("/") and PurePosixPath(path).match(pattern)


def read(noun: type[Read], data: bytes, *, where: str) -> Read:
    """Read one YAML file as a noun. Raises `ContentError` naming file and field."""
    try:
        value = strict_yaml.loads(data, where=where)
    except UnreadableError as error:
        raise ContentError(error.message, where=where) from None
    if not isinstance(value, dict):
        raise ContentError("not a mapping of fields", where=where)
    try:
        return noun.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise ContentError(f"{place}: {first['msg']}{more}", where=where) from None


def _references(catalogue: Catalogue) -> None:
    for framework_id in catalogue.frameworks:
        _framework(catalogue, framework_id)
    for control in catalogue.controls.values():
        _asks(catalogue, control)
    for suite in catalogue.suites.values():
        for task in suite.tasks:
            if task != task.lower():
                raise ContentError(f"task {task!r} must be in lower case", where=f"evidence/suites/{suite.id}.yaml")
    for risk in catalogue.risks.values():
        place = f"controls/risks/{risk.id}.yaml"
        for mitigation in risk.mitigated_by:
            _known(mitigation.control, catalogue.controls, "control", place)
        sides = [(mitigation.control, mitigation.reduces) for mitigation in risk.mitigated_by]
        if len(set(sides)) != len(sides):
            raise ContentError("one control is counted twice on one side", where=place)
    for policy in catalogue.policies.values():
        _policy(catalogue, policy)


def _framework(catalogue: Catalogue, framework_id: str) -> None:
    where = f"controls/frameworks/{framework_id}"
    framework, rows = catalogue.frameworks[framework_id], catalogue.requirements[framework_id]
    groups = [group.id for group in framework.groups]
    if len(set(groups)) != len(groups):
        raise ContentError("two groups have one id", where=f"{where}/framework.yaml")
    for group in framework.groups:
        if group.parent is not None:
            _known(group.parent, groups, "group", f"{where}/framework.yaml")
    if len(rows) != framework.requirement_count:
        raise ContentError(f"{len(rows)} requirements, and it says {framework.requirement_count}", where=where)
    for requirement in rows:
        place = f"{where}/{requirement.file_stem}.yaml"
        _known(requirement.group, groups, "group", place)
        for row in requirement.met_by:
            _known(row.control, catalogue.controls, "control", place)


def _asks(catalogue: Catalogue, control: Control) -> None:
    place = f"controls/catalogue/{control.id}.yaml"
    for ask in control.asks:
        _known(ask.kind, catalogue.kinds, "kind", place)
        if ask.purpose is not None:
            _known(ask.purpose, catalogue.suites, "suite", place)
        if (ask.kind == ATTESTED) != (ask.topic is not None):
            raise ContentError(f"ask {ask.id}: a topic goes with attested documents, and only there", where=place)
        if ask.kind == SYSTEM and not (ask.expect and ask.within is None and ask.purpose is None):
            said = "of the system file something must be expected, and it has neither age nor purpose"
            raise ContentError(f"ask {ask.id}: {said}", where=place)


def _policy(catalogue: Catalogue, policy: Policy) -> None:
    place = f"policies/{policy.id}.yaml"
    for condition in policy.conditions:
        asked = condition.controls_met
        if asked is None:
            continue
        for control_id in asked.controls:
            _known(control_id, catalogue.controls, "control", place)
        if asked.framework is not None:
            _known(asked.framework, catalogue.frameworks, "framework", place)
        if asked.family is not None:
            _known(asked.family, {control.family.value for control in catalogue.controls.values()}, "family", place)


def _known(name: str, known: Any, what: str, where: str) -> None:
    if name not in known:
        raise ContentError(f"there is no {what} {name!r}", where=where)
