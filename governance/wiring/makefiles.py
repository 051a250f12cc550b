"""What `make TARGET` runs: the recipe of a target after those of its prerequisites, as far as the file says so in plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("GNUmakefile", "makefile", "Makefile")
_RULE = re.compile(r"^([^\s#:=][^:=]*?)\s*::?(?!=)\s*([^=]*?)(?:;(.*))?$")
_MOST_TARGETS = 200


@dataclass(frozen=True)
class Line:
    """One line of a recipe, without its `@`, `-` and `+`; `ignored` where a `-` says that its failure is none."""

    text: str
    number: int
    ignored: bool


@dataclass(frozen=True)
class Makefile:
    """Recipes and prerequisites by target. `stops` and `pipefail` are what `.SHELLFLAGS` gives the shell of each line."""

    recipes: dict[str, list[Line]]
    needs: dict[str, list[str]]
    default: str = ""
    stops: bool = False
    pipefail: bool = False
    all_ignored: bool = False

    def lines(self, target: str) -> Iterator[Line]:
        """The lines that making a target runs, each target once."""
        seen: set[str] = set()
        waiting = [(target, False)]
        while waiting and len(seen) < _MOST_TARGETS:
            name, ready = waiting.pop()
            if ready:
                yield from self.recipes.get(name, [])
            elif name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(each, False) for each in reversed(self.needs.get(name, []))]


def read(data: bytes) -> Makefile:
    """A makefile; what is not understood in it is passed over."""
    recipes: dict[str, list[Line]] = {}
    needs: dict[str, list[str]] = {}
    targets: list[str] = []
    flags, default = "", ""
    for number, text in _joined(data.decode("utf-8", "replace")):
        if text.startswith("\t"):
            for name in targets:
                recipes[name].append(_line(text[1:], number))
        elif text.startswith(".SHELLFLAGS"):
            flags = text.partition("=")[2]
        elif found := _RULE.match(text):
            targets = found[1].split()
            default = default or next((name for name in targets if not name.startswith(".")), "")
            for name in targets:
                recipes.setdefault(name, [])
                needs.setdefault(name, []).extend(found[2].replace("|", " ").split())
                if found[3]:
                    recipes[name].append(_line(found[3], number))
    ignoring = needs.get(".IGNORE")
    for name in ignoring or ():
        recipes[name] = [Line(each.text, each.number, ignored=True) for each in recipes.get(name, [])]
    words = flags.split()
    stops = any(re.match(r"^-[a-zA-Z]*e", word) for word in words)
    return Makefile(recipes, needs, default, stops, "pipefail" in words, ignoring == [])


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines by their first number, those that end in a backslash with the next one."""
    held, begun = "", 0
    for number, row in enumerate(text.splitlines(), 1):
        held, begun = (held + row, begun) if held else (row, number)
        if row.endswith("\\"):
            held += "\n"
            continue
        yield begun, held
        held = ""
    if held:
        yield begun, held


def _line(text: str, number: int) -> Line:
    marks = len(text) - len(text.lstrip("@-+ "))
    bare = text[marks:]
    return Line(bare.replace("$$", "$").replace("\n\t", "\n"), number, ignored="-" in text[:marks])
