"""Showing what nobody can see: invisible and direction-changing characters are written out, because a reader trusts what he sees."""

from __future__ import annotations

import re
import unicodedata

_LINE_BREAK = re.compile(r"[ \t]*(?:\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029])\s*")
_NEVER_SHOWN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_LOOKS_EMPTY = set("\u115f\u1160\u3164\uffa0\u2800\u180b\u180c\u180d\u034f")


def visible(text: str, *, keep: str = "") -> str:
    """The text with each invisible character written out as `[U+XXXX]`; line breaks become a space unless kept."""
    if text.isascii() and text.isprintable():
        return text
    if "\n" not in keep:
        text = _LINE_BREAK.sub(" ", text)
    return "".join(_shown(character, keep) for character in text)


def _shown(character: str, keep: str) -> str:
    if character in keep:
        return character
    if character == "\t":
        return " "
    hidden = (
        unicodedata.category(character) in _NEVER_SHOWN
        or character in _LOOKS_EMPTY
        or 0xFE00 <= ord(character) <= 0xFE0F
        or 0xE0000 <= ord(character) <= 0xE0FFF
    )
    return f"[U+{ord(character):04X}]" if hidden else character
