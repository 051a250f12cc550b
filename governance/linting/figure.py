"""A figure of a card: the number, where it stands, and the words that say of what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.linting.beside import Peers
    from governance.linting.blocks import Block
    from governance.linting.findings import Place
    from governance.linting.numbers import Number


@dataclass(frozen=True)
class Figure:
    """One figure. `direct` are the words that say of what it is (label, row and column, sentence), `around` those in its neighbourhood.

    `where` is `model-index`, `head`, `table`, `list` or `text`. `cites` are keys of the card's evidence index beside it, `row_cites`
    those in its row. `sourced` says that a link to results, a paper or a log stands by it. `task` and `metric` are set where the card
    names them apart.
    """

    number: Number
    place: Place
    where: str
    label: str
    direct: str
    around: str
    group: int
    section: int = 0
    block: Block | None = None
    cites: tuple[str, ...] = ()
    row_cites: tuple[str, ...] = ()
    sourced: bool = False
    task: str = ""
    metric: str = ""
    split: str = ""
    beside: str = ""
    """Of running text: the clause in which it stands."""
    before: str = ""
    """Of running text: the words right before it."""
    row: str = ""
    head: str = ""
    peers: Peers | None = None
    """Of a table: the first cell of its row, the head of its column, and who is compared in the table."""
