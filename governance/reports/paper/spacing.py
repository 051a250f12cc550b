"""Spaces at the end of a piece of text, as they go into layout.

Where a text fits its line but for the space at its end, the library that lays out breaks the line after its first word, and leaves the
rest for the next one (WeasyPrint 70: `split_first_line` takes the whole text for one word that is too wide). So a space that ends a line
goes, since nobody sees it, and one before something set apart stands in a box of its own, in which there is nothing to break.
"""

from __future__ import annotations

import re

_AT_THE_END = re.compile(r"[ \n]+(?=<br>|</(?:td|th|li|p|caption)>)")
_BEFORE = re.compile(r"(?<=[^\s>]) (?=<code>|<span class=\"(?:soft|ask|small|mono|by))")


def loosened(html: str) -> str:
    """The same page, with no space at the end of a text that a line ends with."""
    return _BEFORE.sub("<span> </span>", _AT_THE_END.sub("", html))
