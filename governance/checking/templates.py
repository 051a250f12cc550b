"""Templates: each is read as far as its front matter, so that a broken one is found before the day of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.content.problems import Problem
from governance.errors import ContentError
from governance.reports import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = "templates/"


def faults(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Every template that makes no document, or one that another makes already."""
    whole: dict[str, str] = {}
    for path, data in files.items():
        if not path.startswith(FOLDER):
            continue
        name = path.removeprefix(FOLDER)
        try:
            text = data.decode()
            render.documents({**whole, name: text})
        except UnicodeDecodeError as error:
            yield Problem(path, 0, f"not UTF-8 at byte {error.start}")
        except ContentError as error:
            said = f"{error.message}. {error.hint}" if error.hint else error.message
            yield Problem(FOLDER + error.where, 0, said)
        else:
            whole[name] = text
