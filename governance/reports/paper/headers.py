"""Which header cells stand over a cell of a table, as a PDF says it (PDF/UA-1, 7.5; ISO 32000-1, 14.8.5.7).

A header cell gets a `Scope`: what its HTML says, and where it says nothing, `Column` in the head of the table or in a row that holds
headers only, else `Row`. A cell gets `Headers`: those of its row, those of its column in the head, and the last row of headers above
it in its own group of rows, since such a row names the group. Spans are counted out on a grid, as HTML does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCOPES = {"row": "/Row", "col": "/Column", "colgroup": "/Column"}


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell on the grid of its table: its element of the tree, and the rows and columns it covers."""

    element: Any
    group: int
    in_head: bool
    among_headers: bool
    """True where every cell of its row is a header."""
    rows: range
    columns: range

    @property
    def is_header(self) -> bool:
        """Whether it is a TH."""
        return bool(self.element["S"] == "/TH")


def head(tree: Any, table: Any) -> None:
    """Give the header cells of a table their scope and a name, and each other cell the names of its headers; in place."""
    cells = list(_grid(tree, table))
    for cell in cells:
        if cell.is_header:
            cell.element["A"]["Scope"] = _scope(tree, cell)
            cell.element["ID"] = tree.string(f"h{cell.element.number}")
    rows, columns = _by_row(cells), _by_column(cells)
    for cell in cells:
        if not cell.is_header:
            names = [header for row in cell.rows for header in rows.get(row, ())]
            names += [header for column in cell.columns for header in _over(cell, columns.get(column, ()))]
            cell.element["A"].pop("Headers", None)
            if names:
                cell.element["A"]["Headers"] = tree.array([header.element["ID"] for header in dict.fromkeys(names)])


def index(tree: Any) -> None:
    """List the names of all header cells in the ID tree, sorted by their bytes as a name tree has to be."""
    named = {element["ID"].string: element for element in tree.elements() if "ID" in element}
    if named:
        names = tree.array([])
        for name in sorted(named, key=str.encode):
            names.extend((named[name]["ID"], named[name].reference))
        tree.structure["IDTree"] = tree.dictionary({"Names": names})


def _grid(tree: Any, table: Any) -> Iterator[Cell]:
    """The cells of a table with the rows and columns they cover; a cell that spans rows keeps its columns taken in those below."""
    taken: dict[int, int] = {}
    number = -1
    for group, part in enumerate(tree.kids(table)):
        for row in [part] if part["S"] == "/TR" else list(tree.kids(part)):
            if row["S"] != "/TR":
                continue
            number += 1
            column = 0
            inside = [each for each in tree.kids(row) if each["S"] in {"/TH", "/TD"}]
            headers_only = all(each["S"] == "/TH" for each in inside)
            for element in inside:
                while taken.get(column, -1) >= number:
                    column += 1
                wide, high = element["A"].get("ColSpan", 1), element["A"].get("RowSpan", 1)
                for covered in range(column, column + wide):
                    taken[covered] = number + high - 1
                yield Cell(element, group, part["S"] == "/THead", headers_only,
                           range(number, number + high), range(column, column + wide))  # fmt: skip
                column += wide


def _scope(tree: Any, cell: Cell) -> str:
    source = tree.source(cell.element)
    said = source.get("scope", "") if source is not None else ""
    return _SCOPES.get(said) or ("/Column" if cell.in_head or cell.among_headers else "/Row")


def _by_row(cells: list[Cell]) -> dict[int, list[Cell]]:
    """The header cells that head each row."""
    found: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.is_header and cell.element["A"]["Scope"] == "/Row":
            for row in cell.rows:
                found.setdefault(row, []).append(cell)
    return found


def _by_column(cells: list[Cell]) -> dict[int, list[Cell]]:
    """The header cells that head each column, from the top."""
    found: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.is_header and cell.element["A"]["Scope"] == "/Column":
            for column in cell.columns:
                found.setdefault(column, []).append(cell)
    return found


def _over(cell: Cell, headers: list[Cell] | tuple[()]) -> list[Cell]:
    """Of the headers of a column those over a cell: the whole head, and the last one above it in its own group."""
    above = [header for header in headers if header.rows.start < cell.rows.start]
    head_of_table = [header for header in above if header.in_head]
    own = [header for header in above if not header.in_head and header.group == cell.group]
    return head_of_table + own[-1:]
