"""The YAML head of a card with the place of each value.

The head is read strictly (`governance.parsing.strict_yaml`): what that refuses is a finding and no head at all. Only then are the places
taken, from the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from governance.errors import UnreadableError
from governance.linting.findings import Place
from governance.parsing import front_matter

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE = re.compile(r" at line (\d+)")
_FENCE = re.compile(r"---[ \t]*")
_OTHER_ENDS = str.maketrans("\x85\u2028\u2029", "   ")
"""What YAML takes for a line end, and a file of text does not."""


@dataclass(frozen=True)
class Head:
    """The fields, where each stands, and why there are none. `lines` is how many lines of the file the head takes."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[Path, Place] = field(default_factory=dict)
    plain: frozenset[Path] = frozenset()
    """Texts that are written without quotes."""
    lines: int = 0
    present: bool = False
    problem: str = ""
    problem_line: int = 1
    padded: bool = False
    """Whether blanks follow the opening `---`: then the Hub does not see it."""

    def place(self, *path: str | int) -> Place:
        """Where a value stands; the nearest thing around it that has a place."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1))


def read(text: str) -> Head:
    """The head of a card; `text` has line ends of one character."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)  # the Hub passes over what is blank
    if not _FENCE.fullmatch(lines[first].lstrip()):
        return Head()
    padded = lines[first] != lines[first].rstrip()
    end = next((number for number, line in enumerate(lines[first + 1 :], first + 1) if _FENCE.fullmatch(line)), 0)
    try:
        fields, _ = front_matter.split("\n".join(["---", *lines[first + 1 :]]).encode())
    except UnreadableError as error:
        found = _LINE.search(error.message)
        line = int(found[1]) + first if found else first + 1
        said = _LINE.sub(f" at line {line}", error.message, count=1)
        return Head(lines=end + 1 if end else 0, present=True, problem=said, problem_line=line)
    node = yaml.compose("\n" * (first + 1) + "\n".join(lines[first + 1 : end]).translate(_OTHER_ENDS), Loader=_Loader)
    places: dict[Path, Place] = {(): Place(first + 1, 1, end + 1, 4)}
    plain: set[Path] = set()
    _walk(node, (), places, plain)
    return Head(fields, places, frozenset(plain), end + 1, present=True, padded=padded)


def _walk(node: Any, path: Path, places: dict[Path, Place], plain: set[Path]) -> None:
    """Take the places of a tree whose depth and size the strict reader has bounded."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = (*path, str(key.value))
            places[name] = _place(key).to(_place(value))
            _walk(value, name, places, plain)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            name = (*path, number)
            places[name] = _place(value)
            _walk(value, name, places, plain)
    elif isinstance(node, yaml.ScalarNode) and not node.style:
        plain.add(path)


def _place(node: Any) -> Place:
    start, end = node.start_mark, node.end_mark
    line, column = start.line + 1, start.column + 1
    end_line, end_column = end.line + 1, end.column + 1
    if end_column == 1 and end_line > line:  # a block ends where the next line begins
        end_line, end_column = end_line - 1, 1
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    return Place(line, column, end_line, end_column)
