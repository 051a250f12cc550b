"""Figures of tables: the numbers of cells whose column or row names a metric, a benchmark or nothing that is counted or chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.linting import beside, folding, names, sources
from governance.linting.figure import Figure
from governance.linting.numbers import Number, numbers
from governance.linting.prose_figures import BEFORE, IN_USAGE, is_no_result, of_prose

if TYPE_CHECKING:
    from governance.linting.blocks import Block
    from governance.linting.card import Card

LONG_CELL = 80
"""A cell of more characters is read as a passage."""
LONG_HEAD = 200
"""Characters of a cell by which its column or row is named."""


class Table:
    """One table: what its columns and rows are called, and what stands around it."""

    def __init__(self, card: Card, cells: list[Block]) -> None:
        """Take the cells of one table in order."""
        self.card = card
        self.heads = heads(cells)
        self.rows: dict[int, list[Block]] = {}
        for block in cells:
            if block.cell:
                self.rows.setdefault(block.cell.row, []).append(block)
        self.labels = {row: self._label(blocks) for row, blocks in self.rows.items()}
        self.cites = {row: sources.cites(*blocks) for row, blocks in self.rows.items()}
        self.row_sourced = {row: any(map(sources.has_source, blocks)) for row, blocks in self.rows.items()}
        self.caption, cited, self.sourced = sources.caption(card, cells)
        self.cites = {row: keys or cited for row, keys in self.cites.items()}
        self.firsts = {
            row: blocks[0].text.strip()[:LONG_HEAD] if len(blocks) > 1 else "" for row, blocks in self.rows.items()
        }
        self._reach_down(cells)
        self.pairs = len(self.heads) == 2
        """Whether the table holds names and values, a pair to a row."""
        self.peers = beside.peers(self.heads, [first for row, first in self.firsts.items() if row and first])
        self.title = card.document.title(cells[0].section)
        self.in_usage = bool(IN_USAGE.search(self.title))

    def _reach_down(self, cells: list[Block]) -> None:
        """Name the rows that the first cell of an earlier row reaches down into by that cell as well."""
        for block in cells:
            if block.cell and block.cell.column == 0 and block.cell.tall > 1:
                said = block.text.strip()[:LONG_HEAD]
                for row in range(block.cell.row + 1, block.cell.row + block.cell.tall):
                    first = self.rows[row][0].cell if row in self.rows else None
                    if first and first.column:
                        self.firsts[row] = said
                        self.labels[row] = f"{said} {self.labels[row]}"

    @staticmethod
    def _label(blocks: list[Block]) -> str:
        """The first cell, and those after it as long as they are words."""
        said: list[str] = []
        for block in blocks[:3]:
            if len(block.text) <= LONG_CELL and _is_only_number(block):
                break
            said.append(block.text.strip()[:LONG_HEAD])
        return " ".join(filter(None, said))

    def figures(self, block: Block) -> list[Figure]:
        """The figures of one of its cells."""
        cell = block.cell
        if cell is None or (cell.row == 0 and len(self.rows) > 1):
            return []
        if len(block.text) > LONG_CELL:
            return of_prose(
                self.card, block, row_cites=self.cites[cell.row], sourced=self.row_sourced[cell.row] or self.sourced
            )
        head, row = self.heads.get(cell.column, ""), self.labels[cell.row]
        if cell.column == 0 and len(self.rows[cell.row]) > 1 and not names.is_metric(head):
            return []
        made = []
        for number in numbers(block.text):
            if number.after_plus_minus or block.is_code(number.start, number.end):
                continue
            if not self._is_figure(number, block, head, row):
                continue
            label = ", ".join(part for part in (row, head) if part and part != number.text)[:90]
            made.append(
                Figure(
                    number, block.place(number.start, number.end), "table", label or "a cell", f"{row} {head}",
                    f"{self.title} {self.caption} {row} {head}", block.group, block.section, block, sources.cites(block),
                    self.cites[cell.row], self.row_sourced[cell.row] or self.sourced, row=self.firsts[cell.row],
                    head=head, peers=self.peers,
                )
            )  # fmt: skip
        return made

    def _is_figure(self, number: Number, block: Block, head: str, row: str) -> bool:
        if is_no_result(number, block.text) or (self.pairs and _is_fact(row)):
            return False
        named = names.is_metric(head) or (names.is_metric(row) and not names.is_counter(head))
        if names.is_setting(head) and not names.is_metric(head):
            return False
        if names.is_setting(row) and not names.is_metric(row):
            return False
        if number.percent:
            return True
        if not number.decimals:
            if sources.cites(block) and number.scale != 1:
                return True
            alone = len(block.text.strip()) <= len(number.text) + 8
            return alone and named and not names.is_counter(head) and number.value < 1e6
        if self.in_usage and not named:
            return False
        return named or not names.is_counter(head)


def heads(cells: list[Block]) -> dict[int, str]:
    """What the columns of a table are called; a head over several columns names each of them."""
    return {
        column: block.text.strip()[:LONG_HEAD]
        for block in cells
        if block.cell and block.cell.row == 0
        for column in range(block.cell.column, block.cell.column + block.cell.wide)
    }


def _is_fact(label: str) -> bool:
    """Whether the label of a pair names a version, a count or a setting, and no metric."""
    return (
        bool(label.strip())
        and bool(BEFORE.search(label) or names.is_counter(label) or names.is_setting(label))
        and not names.is_metric(label)
    )


def _is_only_number(block: Block) -> bool:
    """Whether a cell holds a number and no words but a citation."""
    found = numbers(block.text)
    if not found:
        return False
    rest = list(block.text)
    for start, end in [
        *((link.start, link.end) for link in block.links),
        *((number.start, number.end) for number in found),
    ]:
        rest[start:end] = " " * (end - start)
    return folding.says("".join(rest)) < 3
