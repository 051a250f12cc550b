"""Which settings are written down: numbers, switches and short texts by name, in lists and groups that are not too large.

Everything else is left out and counted: long texts are prompts and templates, and an object shows whatever it holds. Of objects
those alone are told that are one plain word, such as `torch.bfloat16` or a path. What is told passes redaction like all else.
"""

from __future__ import annotations

import enum
import os
from typing import TYPE_CHECKING, Any

from governance.integrations.facts.plain_words import is_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_NAMES = 1000
"""Names in one group."""
MOST_ITEMS = 64
"""Items in one list."""
LONGEST = 300
"""Characters of a text."""
DEEPEST = 4
"""Groups and lists in each other."""
_LONGEST_WORD = 60
_OUT = object()


def of_settings(values: Mapping[Any, Any]) -> tuple[dict[str, Any], int]:
    """The settings that are written down, and how many others there were. Never raises for what an object does."""
    kept = _Kept()
    return kept.group(values, 0), kept.left_out


class _Kept:
    """Goes through settings and counts what it leaves out."""

    def __init__(self) -> None:
        self.left_out = 0

    def group(self, given: Mapping[Any, Any], deep: int) -> dict[str, Any]:
        """The members of a group that are kept."""
        made: dict[str, Any] = {}
        for name, value in given.items():
            if len(made) >= MOST_NAMES or not isinstance(name, (str, int)) or len(str(name)) > LONGEST:
                self.left_out += 1
                continue
            said = self.value(value, deep)
            if said is not _OUT:
                made[str(name)] = said
        return made

    def value(self, value: Any, deep: int) -> Any:
        """One value as it is kept, or `_OUT`."""
        if isinstance(value, enum.Enum):
            value = value.value
        if value is None or isinstance(value, (bool, int, float)):
            return value
        said: Any = _OUT
        if isinstance(value, str):
            said = value if len(value) <= LONGEST else _OUT
        elif isinstance(value, (dict, list, tuple, set, frozenset)):
            said = self._several(value, deep + 1) if deep < DEEPEST else _OUT
        else:
            said = _word(value)
        self.left_out += said is _OUT
        return said

    def _several(self, value: Any, deep: int) -> Any:
        if isinstance(value, dict):
            return self.group(value, deep)
        if len(value) > MOST_ITEMS:
            return _OUT
        return [each for each in (self.value(item, deep) for item in value) if each is not _OUT]


def _word(value: Any) -> Any:
    """An object as one plain word, or `_OUT`. A tensor is none: to show it would wait for its card."""
    if hasattr(value, "shape"):
        return _OUT
    try:
        said = os.fspath(value) if isinstance(value, os.PathLike) else str(value)
    except Exception:
        return _OUT
    if isinstance(value, os.PathLike):
        return said if isinstance(said, str) and len(said) <= LONGEST else _OUT
    return said if len(said) <= _LONGEST_WORD and is_plain(said) else _OUT
