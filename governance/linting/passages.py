"""The blocks of a card with what was found in each of them, so that every text is searched once.

A passage *says something* where words are left when placeholders, sentences of tools and general sentences are taken out of it.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from governance.linting import boilerplate, folding, placeholders
from governance.linting.blocks import PROSE, Block, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.linting.card import Card
    from governance.linting.phrases import Hit

FEW = 12
"""Fewer letters beside a placeholder are no text of their own: a label, a dash."""
REST = 20
"""The same beside a sentence of a tool."""


@dataclass(frozen=True)
class Passage:
    """A block and the stretches of it that say nothing: placeholders, sentences of tools, general sentences."""

    block: Block
    holders: tuple[Hit, ...] = ()
    tools: tuple[Hit, ...] = ()
    general: tuple[Hit, ...] = ()

    @cached_property
    def letters(self) -> int:
        """How many letters and digits a reader sees."""
        return folding.says(self.block.text)

    @cached_property
    def is_placeholder(self) -> bool:
        """Whether nothing but placeholders stands there, a label aside."""
        if not self.holders:
            return False
        left = self._without(self.holders)
        return folding.says(left) < FEW or folding.says(placeholders.after_label(left)) < FEW

    @cached_property
    def is_boilerplate(self) -> bool:
        """Whether nothing but sentences of tools and general ones stands there."""
        hits = (*self.tools, *self.general)
        return bool(hits) and folding.says(self._without(hits)) < REST

    @property
    def is_prose(self) -> bool:
        """Whether it is a paragraph or a list item."""
        return self.block.kind in PROSE

    @cached_property
    def pictured(self) -> bool:
        """Whether a picture stands in it."""
        return any(link.image for link in self.block.links)

    @cached_property
    def says_something(self) -> bool:
        """Whether it is content: words, code, a table or a picture."""
        kind = self.block.kind
        if kind in (Kind.COMMENT, Kind.HEADING):
            return False
        if kind is Kind.CODE:
            return any(placeholders.is_code(line) for line in self.block.text.split("\n"))
        if self.pictured:
            return True
        hits = (*self.holders, *self.tools, *self.general)
        return (
            bool(self.letters) and not self.is_placeholder and not (hits and folding.says(self._without(hits)) < REST)
        )

    def _without(self, hits: tuple[Hit, ...]) -> str:
        rest = list(self.block.text)
        for hit in hits:
            rest[hit.start : hit.end] = " " * (hit.end - hit.start)
        return "".join(rest)


def read(card: Card) -> tuple[Passage, ...]:
    """The passages of a card in order."""
    made: list[Passage] = []
    for block in card.blocks:
        holders = tuple(placeholders.hits(block))
        if made and _is_and_so_on(made[-1], block, holders):
            holders = ()
        made.append(Passage(block, holders, tuple(boilerplate.hits(block)), tuple(boilerplate.generic(block))))
    return tuple(_kept(card, made))


def _kept(card: Card, passages: list[Passage]) -> Iterator[Passage]:
    """The passages; a sentence on what a section is for is let be where the section goes on to say it."""
    saying = [passage.block.section for passage in passages if passage.says_something]  # in order, as sections are
    for passage in passages:
        if any(hit.phrase.id == "announces" for hit in passage.holders):
            below = card.document.under(passage.block.section)
            at = bisect.bisect_left(saying, below.start)
            if at < len(saying) and saying[at] < below.stop:
                yield replace(passage, holders=tuple(hit for hit in passage.holders if hit.phrase.id != "announces"))
                continue
        yield passage


def _is_and_so_on(before: Passage, block: Block, holders: tuple[Hit, ...]) -> bool:
    """Whether dots end a list that says something: "and so on"."""
    return (
        block.kind is Kind.ITEM
        and before.block.kind is Kind.ITEM
        and before.block.group == block.group
        and not before.is_placeholder
        and bool(holders)
        and not block.text.strip(" .…")
    )
