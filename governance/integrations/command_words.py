"""A command as it may be written down: its program, its script, and those options whose values can hold no secret.

Kept are numbers, switches and plain words, by the name of their option. Paths, addresses, texts and whatever is named like a secret
are left out and counted; so are bare words, of which nobody knows what they are.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTION = re.compile(r"--?([A-Za-z][\w.-]{0,60})(?:=(.*))?", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,30}")
_SECRET = re.compile(r"key|token|secret|passw|pwd|credential|auth|cookie|user|login|mail", re.IGNORECASE)
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
MOST = 100
"""Options that are kept."""


def command(words: Sequence[str]) -> dict[str, Any]:
    """`program`, `script`, `options` by name, and `left_out`, how many words are not among them."""
    program = os.path.basename(words[0])[:200]  # noqa: PTH119 - a string is what we have
    rest = list(words[1:])
    script = _script(rest) if _PYTHON.fullmatch(program) else None
    options: dict[str, Any] = {}
    left_out = 0
    while rest:
        told = _OPTION.fullmatch(rest.pop(0))
        if told is None:
            left_out += 1
            continue
        name, value = told[1], told[2]
        if value is None and rest and not _OPTION.fullmatch(rest[0]):
            value = rest.pop(0)
        if len(options) >= MOST or _SECRET.search(name) or not (value is None or _is_plain(value)):
            left_out += 1
        else:
            options[name] = True if value is None else _number(value)
    return {"program": program, "script": script, "options": options, "left_out": left_out}


def _script(rest: list[str]) -> str | None:
    """The script or module that Python is given, taken off what follows it."""
    if rest[:1] == ["-m"] and len(rest) > 1 and _WORD.fullmatch(rest[1]):
        module = rest[1]
        del rest[:2]
        return f"-m {module}"
    if rest and rest[0].endswith(".py"):
        return os.path.basename(rest.pop(0))[:200]  # noqa: PTH119
    return None


def _is_plain(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None or (_WORD.fullmatch(value) is not None and not _looks_random(value))


def _looks_random(value: str) -> bool:
    """Whether a word may be a key: letters and digits mixed, and longer than names are."""
    return len(value) > 15 and any(each.isdigit() for each in value) and any(each.isalpha() for each in value)


def _number(value: str) -> float | int | str:
    if not _NUMBER.fullmatch(value):
        return value
    return int(value) if re.fullmatch(r"[+-]?\d{1,15}", value) else float(value)
