"""Templates and what lies beside them are read whole, so that a fault is found before the day of the report.

A template is read as it is when a document is made, and not run: its front matter, its syntax, what the sandbox refuses, filters and tests
that there are none of, and other templates that it names and that are not there. What only shows where it runs, such as a name that a
view does not have, is not found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from governance.content import places
from governance.content.problems import Problem
from governance.errors import ContentError
from governance.reports.atoms import house
from governance.reports.writing import front_matter, languages, render, sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FOLDER = "templates/"
LANGUAGES = "_languages/"
_LINE = re.compile(r"(.*) line ([0-9]+)", re.DOTALL)
_NAMING = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


def faults(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Every template that makes no document, one that another makes already, or breaks a rule; and a house that breaks its rules."""
    whole: dict[str, str] = {}
    texts: dict[str, str] = {}
    for path, data in files.items():
        if not path.startswith(FOLDER):
            continue
        try:
            read = places.templates({path: data})
            texts |= read
            render.documents({**whole, **read})
        except ContentError as error:
            yield _problem(error)
        else:
            whole |= read
    yield from _unreadable(texts)
    checks: list[Callable[[], object]] = [partial(house.house, whole)]
    tags = [name[len(LANGUAGES) : -len(".po")] for name in whole if name.startswith(LANGUAGES)]
    checks += [partial(languages.catalogue, whole, tag) for tag in tags]
    for check in checks:
        try:
            check()
        except ContentError as error:
            yield _problem(error)


def _unreadable(texts: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong in each template that was read, the first that each of them breaks; and the templates it names that are not there."""
    for name, text in sorted(texts.items()):
        if name.endswith(".j2"):
            read = _read(name, text)
            missing = list(_missing(read, name, texts))
            yield from missing or read.wrong
            yield from read.unknown


@dataclass(frozen=True)
class _Read:
    """What a template is by itself: the templates it names and on which line, filters and tests there are none of, what else is wrong."""

    names: tuple[tuple[int, tuple[Any, ...]], ...] = ()
    unknown: tuple[Problem, ...] = ()
    wrong: tuple[Problem, ...] = ()


@lru_cache(maxsize=256)
def _read(name: str, text: str) -> _Read:
    """Read a template. The same text is read once in a process."""
    ending = next((each for each in front_matter.ENDINGS if name.endswith(f"{each}.j2")), front_matter.ENDINGS[0])
    environment = sandbox.environment(ending, ((name, text),), languages.Catalogue())
    names: tuple[tuple[int, tuple[Any, ...]], ...] = ()
    try:
        tree = environment.parse(text, name, name)
        found = list(sandbox.within(tree))
        names, unknown = tuple(_names(found)), tuple(_unknown(found, name, environment))
        if not unknown:
            environment.compile(tree, name, name)
    except ContentError as error:
        return _Read(names, wrong=(_problem(error),))
    except sandbox.MISTAKES as error:
        return _Read(names, wrong=(_problem(sandbox.fault(error, {name: text}, name)),))
    return _Read(names, unknown)


def _names(found: Sequence[nodes.Node]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The templates that are named, of which one has to be there; one that a template works out is not known yet."""
    for node in found:
        if not isinstance(node, _NAMING) or getattr(node, "ignore_missing", False):
            continue
        try:
            named = node.template.as_const()
        except nodes.Impossible:
            continue
        yield node.lineno, (named,) if isinstance(named, str) else tuple(named)


def _missing(read: _Read, name: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Templates that are named and are not there."""
    for line, names in read.names:
        if not any(each in texts and each.endswith(".j2") for each in names):
            said = " or ".join(map(repr, names))
            yield _at(name, line, f"there is no template {said}", "A template is named by its path below templates/.")


def _unknown(found: Sequence[nodes.Node], name: str, environment: sandbox.Sandbox) -> Iterator[Problem]:
    """Filters and tests that there are none of, also where they stand in an `if`, which Jinja itself leaves until it runs."""
    for node in found:
        if not isinstance(node, (nodes.Filter, nodes.Test)):
            continue
        known = environment.filters if isinstance(node, nodes.Filter) else environment.tests
        if node.name not in known:
            what = "filter" if isinstance(node, nodes.Filter) else "test"
            yield _at(name, node.lineno, f"there is no {what} {node.name!r}", "Mend this line of the template.")


def _at(name: str, line: int, said: str, hint: str) -> Problem:
    return _problem(ContentError(said, where=f"{name} line {line}", hint=hint))


def _problem(error: ContentError) -> Problem:
    said = f"{error.message}. {error.hint}" if error.hint else error.message
    placed = _LINE.fullmatch(error.where)
    where, line = (placed[1], int(placed[2])) if placed else (error.where, 0)
    return Problem(where if where.startswith(FOLDER) else FOLDER + where, line, said)
