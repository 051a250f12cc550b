"""A passage of Markdown as the text a reader sees, with a way back to each character of the source.

markdown-it-py tells the lines of a block and not where its words stand in them. The words it gives are cut out of the source as they
are, in order, so each is found again by going forward through the source; markup in between is stepped over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.linting.blocks import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

_HINT = re.compile(
    r"<(?:your|insert|add|enter|fill)[ _-][A-Za-z][A-Za-z _-]{0,40}>|<(?:name|author|email|organization|company|url|date)>",
    re.IGNORECASE,
)
"""What looks like a tag and is none: `<your name>`."""
SPECIAL = frozenset("\\`*_[]!<&\n")
"""A passage without these is its own text."""


@dataclass
class Inline:
    """The text, `pieces` of (position in the text, position in the source) where the two run side by side, and what was met on the way."""

    text: str = ""
    pieces: list[tuple[int, int]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    strong: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)
    """HTML comments: where each begins in the source, and the whole of it."""


def plain(source: str) -> Inline:
    """The source taken as it is."""
    return Inline(source, [(0, 0)])


def read(source: str, tokens: Sequence[Token]) -> Inline:
    """The text of the tokens that markdown-it-py made of the source."""
    walk = _Walk(source)
    for token in tokens:
        _STEPS.get(token.type, _markup)(walk, token)
    walk.made.text = "".join(walk.parts)
    if not walk.made.pieces:
        walk.made.pieces.append((0, 0))
    return walk.made


class _Walk:
    def __init__(self, source: str) -> None:
        self.source, self.at, self.length = source, 0, 0
        self.parts: list[str] = []
        self.made = Inline()
        self.open: list[tuple[str, int, str]] = []
        self.strong: list[int] = []

    def step_to(self, text: str) -> int:
        """Where a text stands next; here, if it does not stand anywhere."""
        found = self.source.find(text, self.at) if text else self.at
        return found if found >= 0 else min(self.at, len(self.source))

    def add(self, text: str, source_at: int) -> None:
        self.made.pieces.append((self.length, source_at))
        self.parts.append(text)
        self.length += len(text)

    def past_target(self) -> None:
        """Step over `](target "title")` or `][name]`."""
        closing = self.source.find("]", self.at)
        if closing < 0:
            return
        self.at = closing + 1
        if self.source.startswith("(", self.at):
            depth = 0
            for index in range(self.at, min(len(self.source), self.at + 4000)):
                depth += {"(": 1, ")": -1}.get(self.source[index], 0)
                if depth == 0:
                    self.at = index + 1
                    return
        elif self.source.startswith("[", self.at):
            end = self.source.find("]", self.at)
            self.at = end + 1 if end >= 0 else self.at


def _text(walk: _Walk, token: Token) -> None:
    at = walk.step_to(token.content)
    walk.add(token.content, at)
    walk.at = at + len(token.content)


def _special(walk: _Walk, token: Token) -> None:
    at = walk.step_to(token.markup)
    walk.add(token.content, at)
    walk.at = at + len(token.markup)


def _break(walk: _Walk, _: Token) -> None:
    at = walk.step_to("\n")
    walk.add("\n", at)
    walk.at = at + 1


def _code(walk: _Walk, token: Token) -> None:
    at = walk.step_to(token.markup) + len(token.markup)
    walk.made.code.append((walk.length, walk.length + len(token.content)))
    walk.add(token.content, at)
    end = walk.source.find(token.markup, at)
    walk.at = (end if end >= 0 else at) + len(token.markup)


def _link_open(walk: _Walk, token: Token) -> None:
    mark = "<" if token.markup == "autolink" else "["
    walk.open.append((str(token.attrGet("href") or ""), walk.length, mark))
    walk.at = walk.step_to(mark) + 1


def _link_close(walk: _Walk, _: Token) -> None:
    target, start, mark = walk.open.pop() if walk.open else ("", walk.length, "[")
    walk.made.links.append(Link(target, start, walk.length))
    if mark == "<":
        walk.at = walk.step_to(">") + 1
    else:
        walk.past_target()


def _image(walk: _Walk, token: Token) -> None:
    walk.made.links.append(Link(str(token.attrGet("src") or ""), walk.length, walk.length, image=True))
    walk.at = walk.step_to("![") + 2 + len(token.content)
    walk.past_target()


def _html(walk: _Walk, token: Token) -> None:
    at = walk.step_to(token.content)
    walk.at = at + len(token.content)
    lowered = token.content[:12].lower()
    if lowered.startswith("<!--"):
        walk.made.comments.append((at, token.content))
    elif _HINT.fullmatch(token.content):
        walk.add(token.content, at)
    elif lowered.startswith("<br"):
        walk.add("\n", at)
    elif lowered.startswith("<img"):
        walk.made.links.append(Link(_attribute(token.content, "src"), walk.length, walk.length, image=True))
    elif lowered.startswith("<a "):
        walk.open.append((_attribute(token.content, "href"), walk.length, "<a"))
    elif lowered.startswith("</a"):
        if walk.open and walk.open[-1][2] == "<a":
            target, start, _ = walk.open.pop()
            walk.made.links.append(Link(target, start, walk.length))
    elif lowered.startswith(("<b>", "<strong>")):
        walk.strong.append(walk.length)
    elif lowered.startswith(("</b>", "</strong>")) and walk.strong:
        walk.made.strong.append((walk.strong.pop(), walk.length))


def _strong_open(walk: _Walk, token: Token) -> None:
    walk.at = walk.step_to(token.markup) + len(token.markup)
    walk.strong.append(walk.length)


def _strong_close(walk: _Walk, token: Token) -> None:
    if walk.strong:
        walk.made.strong.append((walk.strong.pop(), walk.length))
    walk.at = walk.step_to(token.markup) + len(token.markup)


def _markup(walk: _Walk, token: Token) -> None:
    if token.markup:
        walk.at = walk.step_to(token.markup) + len(token.markup)


def _attribute(tag: str, name: str) -> str:
    """The value of an attribute of an HTML tag, or nothing."""
    _, found, rest = tag.partition(f"{name}=")
    if not found or not rest:
        return ""
    if rest[0] in "\"'":
        return rest[1:].split(rest[0], 1)[0]
    return rest.split(">", 1)[0].split(None, 1)[0] if rest.split(">", 1)[0].split() else ""


_STEPS: dict[str, Callable[[_Walk, Token], None]] = {
    "text": _text,
    "text_special": _special,
    "softbreak": _break,
    "hardbreak": _break,
    "code_inline": _code,
    "link_open": _link_open,
    "link_close": _link_close,
    "image": _image,
    "html_inline": _html,
    "strong_open": _strong_open,
    "strong_close": _strong_close,
}
