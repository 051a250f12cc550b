"""How names of people are compared: "bob " and "Bob" are one person, and so are two spellings that look alike.

Two entries for one person would let one person count as two, so every comparison of names goes through `person_key`.
"""

from __future__ import annotations

import re
import unicodedata

FILLERS = "\u115f\u1160\u3164\uffa0"
_INVISIBLE = re.compile(f"[{FILLERS}\u034f\u17b4\u17b5\u180b-\u180f\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def visible(text: str) -> str:
    """The text without characters that leave no mark: joiners, variation selectors, fillers."""
    return _INVISIBLE.sub("", text)


def person_key(name: str) -> str:
    """The form in which people are compared: NFKC, case folded, what leaves no mark gone, inner space single, no outer space."""
    folded = unicodedata.normalize("NFKC", visible(name)).casefold()
    return " ".join(visible(unicodedata.normalize("NFKC", folded)).split())
