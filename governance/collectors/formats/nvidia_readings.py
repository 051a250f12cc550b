"""The rows of a table of nvidia-smi as readings of use, memory and power, processor by processor.

The clock (`2026/07/14 08:12:38.690`) is the machine's own and names no zone, so it only says how long after one reading the next came.
A number that no processor can reach is not understood.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from governance.collectors.formats.energy_counters import MOST_WATTS
from governance.collectors.formats.gpu_usage import Line
from governance.collectors.reading.interface import not_understood

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

    from governance.collectors.formats.nvidia_words import Words

    Cell = Callable[[dict[str, str], str], str | None]

USE, MEMORY, CLOCK = "utilization.gpu", "memory.used", "timestamp"
POWER = ("power.draw", "power.draw.average", "power.draw.instant")
"""The first that is there is read: the tool's plain draw, else the average of a second, else that of the moment."""
UNITS = {USE: "%", MEMORY: "MiB", "memory.total": "MiB"} | dict.fromkeys(POWER, "W")
_CLOCK = re.compile(r"(\d{4})[/-](\d\d)[/-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?", re.ASCII)
_BEGIN = datetime(1970, 1, 1)
_MIB = 2**20
_MOST_MIB = 2**30
"""A pebibyte: more memory than any processor has."""


class Readings:
    """Gathers rows; `cell` gives the cell of a row in a column, or None where it has no such column."""

    def __init__(self, columns: Collection[str], cell: Cell, words: Words) -> None:
        self._cell = cell
        self._words = words
        self.power = next((name for name in POWER if name in columns), None)
        """The column that power is read from."""
        self._asked = bool(self.power or {USE, MEMORY} & set(columns))
        self.lines: dict[Hashable, Line] = {}
        """By what tells the processors apart, in the order of the table."""
        self.began: str | None = None
        """The first moment, as the tool wrote it."""

    def add(self, key: Hashable, row: dict[str, str]) -> None:
        """One more row. Raises `UnreadableError` where a cell holds no such number."""
        if not self._asked:
            return
        word = self._words.word(self._cell(row, CLOCK))
        self.began = self.began or word
        held = self._amount(row, MEMORY, _MOST_MIB)
        self.lines.setdefault(key, Line()).add(
            _seconds(word),
            self._amount(row, USE, 100),
            None if held is None else held * _MIB,
            self._amount(row, self.power, MOST_WATTS) if self.power else None,
        )

    def _amount(self, row: dict[str, str], name: str, most: int) -> float | None:
        value = self._words.amount(self._cell(row, name), UNITS[name], name)
        if value is not None and value > most:
            told = f"{name} is {value:.6g} {UNITS[name]}, more than {most:,}"
            raise not_understood(self._words.tool, self._words.version, told)
        return value


def _seconds(word: str | None) -> float | None:
    """A moment in seconds on the tool's own clock; None where it is told in another way."""
    match = _CLOCK.fullmatch(word) if word else None
    if match is None:
        return None
    *parts, fraction = match.groups()
    year, month, day, hour, minute, second = map(int, parts)
    try:
        whole = datetime(year, month, day, hour, minute, second) - _BEGIN
    except ValueError:
        return None
    return whole.total_seconds() + int((fraction or "").ljust(6, "0")) / 1e6
