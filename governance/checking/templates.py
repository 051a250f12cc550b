"""Templates are read as far as their front matter, and what lies beside them whole, so that a fault is found in time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from governance.content import places
from governance.content.problems import Problem
from governance.errors import ContentError
from governance.reports.atoms import house
from governance.reports.writing import languages, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FOLDER = "templates/"
LANGUAGES = "_languages/"


def faults(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Every template that makes no document, or one that another makes already, and a house that breaks its rules."""
    whole: dict[str, str] = {}
    for path, data in files.items():
        if not path.startswith(FOLDER):
            continue
        try:
            read = places.templates({path: data})
            render.documents({**whole, **read})
        except ContentError as error:
            yield _problem(error)
        else:
            whole |= read
    checks: list[Callable[[], object]] = [partial(house.house, whole)]
    tags = [name[len(LANGUAGES) : -len(".po")] for name in whole if name.startswith(LANGUAGES)]
    checks += [partial(languages.catalogue, whole, tag) for tag in tags]
    for check in checks:
        try:
            check()
        except ContentError as error:
            yield _problem(error)


def _problem(error: ContentError) -> Problem:
    said = f"{error.message}. {error.hint}" if error.hint else error.message
    return Problem(error.where if error.where.startswith(FOLDER) else FOLDER + error.where, 0, said)
