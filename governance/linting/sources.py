"""What a figure leans on inside the card: a link to results, a paper or a log, and keys of the card's own evidence index.

A link is not followed. It says where somebody could look, so such a figure is *cited, not checked*.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.linting.blocks import PROSE, Block

if TYPE_CHECKING:
    from governance.linting.card import Card

_ADDRESS = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_RESULTS = re.compile(
    r"result|eval|leaderboard|benchmark|wandb|tensorboard|mlflow|comet|report|paper|arxiv|aclanthology|openreview|doi\.org|biorxiv|medrxiv|"
    r"/runs?/|/logs?/|logs?\b|\.json\b|\.csv\b|\.pdf\b|\.jsonl\b|\.eval\b|papers\.|proceedings|details|metrics|scores",
    re.IGNORECASE,
)
_NOT_RESULTS = re.compile(
    r"/evaluate(?:/|$)|huggingface\.co/metrics|badge|colab|\.png|\.jpe?g|\.svg|\.gif", re.IGNORECASE
)
_KEY = re.compile(r"\[?([A-Z][0-9]*)\]?")
_ROW_KEY = re.compile(r"[SED][0-9]*")
_ID = re.compile(r"\b(?:ev|sys|dec)-[0-9a-f]{20}\b")


def is_address(text: str) -> bool:
    """Whether a text holds an address."""
    return bool(_ADDRESS.search(text))


def has_source(block: Block) -> bool:
    """Whether a link to results, a paper or a log stands in the block."""
    for link in block.links:
        if link.image or not link.target or link.target.startswith("#") or _NOT_RESULTS.search(link.target):
            continue
        if _RESULTS.search(link.target) or _RESULTS.search(block.text[link.start : link.end]):
            return True
    return any(
        _RESULTS.search(match[0]) and not _NOT_RESULTS.search(match[0]) for match in _ADDRESS.finditer(block.text)
    )


def cites(*blocks: Block) -> tuple[str, ...]:
    """The keys of the evidence index that the blocks cite: `E3` of `[E3](#e3)`."""
    found = []
    for block in blocks:
        for link in block.links:
            match = _KEY.fullmatch(block.text[link.start : link.end].strip())
            if match and link.target.lower() == f"#{match[1].lower()}":
                found.append(match[1])
    return tuple(dict.fromkeys(found))


def index(card: Card) -> dict[str, str]:
    """The evidence index of a card that this toolkit wrote: the id of each key; empty for any other card."""
    found: dict[str, str] = {}
    for cells in card.tables.values():
        rows: dict[int, list[Block]] = {}
        for block in cells:
            if block.cell:
                rows.setdefault(block.cell.row, []).append(block)
        for blocks in rows.values():
            key = blocks[0].text.strip()
            if _ROW_KEY.fullmatch(key):
                ids = [match[0] for block in blocks for match in _ID.finditer(block.text)]
                if ids:
                    found[key] = ids[0]
    return found


def caption(card: Card, cells: list[Block]) -> tuple[str, tuple[str, ...], bool]:
    """The passage before a table and the one after it, the keys that they cite, and whether either names a source."""
    at = card.position(cells[0])
    end = at + len(cells)
    near = []
    before = card.blocks[at - 1] if at else None
    if before is not None and before.kind in PROSE and before.section == cells[0].section:
        near.append(before)
    after = card.blocks[end] if end < len(card.blocks) else None
    if after is not None and after.kind in PROSE and after.section == cells[0].section and len(after.text) < 400:
        near.append(after)
    return " ".join(block.text[:300] for block in near), cites(*near), any(map(has_source, near))
