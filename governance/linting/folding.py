"""Text as it is compared: one form for what looks or means the same, with a way back to where it stood.

Full-width letters, letters with invisible marks between them, and typographic quotes and dashes come out as plain ones, so that `ＴＯＤＯ`
and `TO<zero width>DO` are found as `todo`. Characters that only look alike across alphabets are left apart.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from governance.parsing.people import visible

_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "\u00a0": " ", "…": "..."}
)
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u200e\u200f") | frozenset(
    map(chr, range(0x202A, 0x202F))
)
_WORD = re.compile(r"[^\W_]+")
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Folded:
    """The text in lower case and one form. `at` gives the position in the original of each character, or is empty where they agree."""

    text: str
    at: tuple[int, ...] = ()

    @cached_property
    def flat(self) -> str:
        """The text with a blank for each line end: a sentence that is broken over two lines reads as one. Places are the same."""
        return self.text.replace("\n", " ")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original for a stretch of this text."""
        if not self.at:
            return start, end
        last = self.at[min(end, len(self.at)) - 1] + 1 if end > start else self.at[min(start, len(self.at) - 1)]
        return self.at[min(start, len(self.at) - 1)], last


@lru_cache(maxsize=64)
def fold(text: str) -> Folded:
    """Fold a text for comparison. The last few are kept, since every check asks for the same text."""
    if text.isascii():
        return Folded(text.lower())
    parts: list[str] = []
    at: list[int] = []
    for position, character in enumerate(text):
        folded = _folded(character)
        if len(folded) == 1:
            parts.append(folded)
            at.append(position)
        elif folded:
            parts.append(folded)
            at.extend([position] * len(folded))
    return Folded("".join(parts), tuple(at))


@lru_cache(maxsize=8_192)
def _folded(character: str) -> str:
    """One character as it is compared: nothing where it leaves no mark, more than one where it is a ligature."""
    if character.isascii():
        return character.lower()
    if character in _UNSEEN or not visible(character):
        return ""
    return unicodedata.normalize("NFKC", character.translate(_PLAIN)).translate(_PLAIN).casefold()


def words(text: str) -> list[str]:
    """The words of a text, folded: runs of letters and digits of any script."""
    return _WORD.findall(fold(text).text)


def says(text: str) -> int:
    """How many characters of a text a reader can see, spaces and punctuation left out."""
    return len(_NO_LETTER.sub("", fold(text).text))
