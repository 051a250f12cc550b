"""HTML inside a card, as far as its text goes: headings, cells, comments, links; no tag is obeyed beyond that.

Every character is looked at once. What stands in `script` and `style` is not text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = re.compile(r"<!--|</?([A-Za-z][A-Za-z0-9-]{0,60})(?![A-Za-z0-9-])[^<>]*>")
"""Where a comment or a tag begins. A bracket that opens neither is text."""
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HIDDEN = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "svg", "template")}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


BREAKS = _set("""
    p div br li ul ol tr td th table thead tbody tfoot h1 h2 h3 h4 h5 h6 center hr blockquote pre details summary section dl dt dd
    figure figcaption header footer article main caption picture video
""")
"""Tags at which a passage ends."""


@dataclass(frozen=True)
class Text:
    """Text as a reader sees it, and where it begins in the source."""

    text: str
    at: int


@dataclass(frozen=True)
class Tag:
    """A tag by its name in lower case: `opens` is False for `</name>`."""

    name: str
    opens: bool
    source: str
    at: int


@dataclass(frozen=True)
class Comment:
    """A comment, with its marks."""

    text: str
    at: int


def scan(source: str) -> Iterator[Text | Tag | Comment]:
    """The source cut into text, tags and comments, in order."""
    at, end = 0, len(source)
    while at < end:
        found = _MARK.search(source, at)
        opening = found.start() if found else end
        if opening > at:
            yield from _texts(source, at, opening)
        if found is None:
            return
        if found[1] is None:
            closing = source.find("-->", opening)
            at = end if closing < 0 else closing + 3
            yield Comment(source[opening:at], opening)
            continue
        name, opens = found[1].lower(), source[opening + 1] != "/"
        at = found.end()
        yield Tag(name, opens, found[0], opening)
        if opens and name in _HIDDEN and not found[0].endswith("/>"):
            close = _HIDDEN[name].search(source, at)
            at = close.start() if close else end


def _texts(source: str, start: int, stop: int) -> Iterator[Text]:
    at = start
    for match in _ENTITY.finditer(source, start, stop):
        if match.start() > at:
            yield Text(source[at : match.start()], at)
        yield Text(html.unescape(match[0]), match.start())
        at = match.end()
    if at < stop:
        yield Text(source[at:stop], at)
