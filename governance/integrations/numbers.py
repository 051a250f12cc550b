"""Numbers that a run logs: which are taken, and which of very many are kept."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import redaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_NAMES = 200
"""Names in one log."""
LONGEST_NAME = 200
AT_FULL_RATE = 4096
"""Logs that are all kept; of each next so many only every second one of what was kept before."""


def plain_numbers(values: Mapping[str, Any]) -> tuple[dict[str, float], int]:
    """The whole and real numbers among values, by name, and how many others there were. A tensor is none: to read it would wait for a card.

    Numbers of NumPy that are no Python numbers are taken by `item`, which waits for nothing.
    """
    made: dict[str, float] = {}
    left_out = 0
    for name, said in values.items():
        value = said.item() if type(said).__module__ == "numpy" and getattr(said, "ndim", None) == 0 else said
        if isinstance(value, (bool, int, float)) and len(made) < MOST_NAMES:
            made[_name(str(name))] = value
        else:
            left_out += 1
    return made, left_out


def _name(said: str) -> str:
    """A name as it is kept. A long one is looked through before it is cut: half a secret is no longer told for one."""
    return said if len(said) <= LONGEST_NAME else redaction.cut(said, LONGEST_NAME)


@dataclass
class Kept:
    """Thins very many logs: of n about AT_FULL_RATE × log₂(n / AT_FULL_RATE) are kept, evenly in each stretch, and the newest always."""

    seen: int = 0
    kept: int = 0
    left_out: int = 0
    _every: int = 1
    _stretch: int = 0
    _tail: deque[tuple[dict[str, Any], float]] = field(default_factory=lambda: deque(maxlen=8))

    def wants(self, body: tuple[dict[str, Any], float]) -> bool:
        """Whether this log, given with its moment, is to be written."""
        self.seen += 1
        if self.seen % self._every:
            self._tail.append(body)
            return False
        self._tail.clear()
        self.kept += 1
        self._stretch += 1
        if self._stretch == AT_FULL_RATE:
            self._stretch, self._every = 0, self._every * 2
        return True

    def last(self) -> Iterator[tuple[dict[str, Any], float]]:
        """The newest logs that were not written."""
        while self._tail:
            self.kept += 1
            yield self._tail.popleft()
