"""A model card: its bytes as a head, blocks of text and sections; or the reason why it can not be read as one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.linting import head, markdown
from governance.linting.findings import Place

if TYPE_CHECKING:
    from governance.linting.blocks import Block, Document
    from governance.linting.head import Head

MAX_BYTES = 5 * 1024 * 1024
MAX_LINES = 40_000
"""The longest of 25,000 public cards that were counted has 34,098, nearly all of them a configuration in a code block."""
_POINTER = b"version https://git-lfs.github.com/spec/v1"


@dataclass(frozen=True)
class Card:
    """A card as it was read. Lines and columns are those of the file."""

    name: str
    lines: tuple[str, ...]
    head: Head
    document: Document
    sha256: str

    @property
    def blocks(self) -> list[Block]:
        """The blocks in the order of the file."""
        return self.document.blocks

    @cached_property
    def first(self) -> Place:
        """The first line of what stands below the head; of the file where nothing does."""
        return Place(min(self.head.lines + 1, len(self.lines)))

    @cached_property
    def tables(self) -> dict[int, list[Block]]:
        """The cells of each table, in order."""
        found: dict[int, list[Block]] = {}
        for block in self.blocks:
            if block.cell:
                found.setdefault(block.cell.table, []).append(block)
        return found

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {id(block): at for at, block in enumerate(self.blocks)}

    def position(self, block: Block) -> int:
        """How many blocks stand before this one of the card."""
        return self._positions[id(block)]

    def clip(self, place: Place) -> Place:
        """The place, held to what the file has: no line beyond the last, no column beyond the end of its line."""

        def held(line: int, column: int) -> tuple[int, int]:
            line = max(1, min(line, len(self.lines)))
            return line, max(1, min(column, len(self.lines[line - 1]) + 1))

        line, column = held(place.line, place.column)
        end_line, end_column = held(place.end_line, place.end_column)
        end_line, end_column = max((end_line, end_column), (line, column))
        return Place(line, column, end_line, end_column)


def read(data: bytes, name: str) -> Card:
    """The card in these bytes. Raises `UnreadableError` for what is no text, or too much of it."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{len(data):,} bytes are more than a card may have, {MAX_BYTES:,}", where=name)
    if data.startswith(_POINTER):
        raise UnreadableError(
            "a pointer of Git LFS and not the file it stands for", where=name, hint="Run: git lfs pull"
        )
    if b"\0" in data:
        raise UnreadableError(
            "not text: it holds bytes that are nought", where=name, hint="A card is Markdown in UTF-8."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"not UTF-8 at byte {error.start}", where=name, hint="A card is Markdown in UTF-8."
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise UnreadableError(f"{len(lines):,} lines are more than a card may have, {MAX_LINES:,}", where=name)
    found = head.read(text)
    document = markdown.read(lines[found.lines :], found.lines + 1)
    return Card(name, tuple(lines), found, document, hashlib.sha256(data).hexdigest())
