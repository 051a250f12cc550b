"""The figures that a page of HTML prints, and whether each stands by itself.

`<span class="fact"><data value="0.43" data-claim="c7" title="…">0.43 kWh</data> <a class="cite" href="#e3">[E3]</a></span>`

is a figure: one `data` element with nothing but text in it, then nothing but citations. What touches it from outside in the same line
of text could make another number of it (`9` before `0.43`; `9`, `%` or `e6` after it), so nothing of that kind may. A page that runs code
could show something else than is written in it, so none may.

Everything else of a page is words, and words are not read here; nor is how the page is drawn.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

CLASS = "fact"
CITE = "cite"
ATTRIBUTE = "data-claim"

_CITATION = r"\[(?:S|[ED][0-9]{1,9}|[A-Za-z0-9._:-]{1,80}, not in this index)(?: ✎)?\]"
_RUNS = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "foreignobject"})
_LINES = re.compile(
    r"address|article|aside|blockquote|body|br|caption|d[dlt]|details|div|figcaption|figure|footer|h[1-6r]|header|html|li|main|nav|[ou]l|"
    r"option|p|pre|section|summary|svg|t[dhr]|table|tbody|tfoot|thead|title"
)
"""Elements that part lines of text: what stands in two of them does not touch."""
_JOINS = frozenset(".,'’٫،⹁")
_SIGNS = frozenset("+-−–±")
_BEHIND = re.compile(rf"(?:\s*\x00{_CITATION}\x01)*\s*")
"""What may stand behind the `data` of a figure, each citation between two signs that no page holds."""


class Printed(NamedTuple):
    """A figure in print: the id of its claim, its text, and the value that its element names."""

    claim: str
    text: str
    value: str


@dataclass
class Figures:
    """What a page prints as figures; how many name no claim; and what is wrong: (claim id or nothing, why) each."""

    printed: list[Printed] = field(default_factory=list)
    loose: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)


def figures_of(html: str) -> Figures:
    """The figures that a page prints."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Walks a page. Where a figure is not built as it must be, that is told once, and what follows is words again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Figures()
        self._pieces: list[tuple[str, str]] | None = None
        """Of the figure that is being read: D and d for its `data`, C and c for a citation, t for text, ? for what may not be there."""
        self._claim = self._value = ""
        self._depth = self._bottom = 0
        self._before = ""
        """The last character of this line of text, up to here."""
        self._ended: Printed | None = None
        self._after = ""
        """The first two characters behind the figure that has just ended."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names, given = [name for name, _ in attrs], dict(attrs)
        if tag in _RUNS or any(name.startswith("on") for name in names):
            self.found.wrong.append(("", f"holds <{tag}>, which can run code, and code can show other figures"))
        if self._pieces is None:
            marked = any(name == "class" and CLASS in (value or "").split() for name, value in attrs)
            if marked:
                self._begin(-1, "" if tag == "span" and attrs == [("class", CLASS)] else "?")
            elif tag == "data":
                self._begin(0, "?")
            elif _LINES.fullmatch(tag):
                self._part()
            if marked or tag != "data":
                return
        self._depth += 1
        self._take(self._piece(tag, names, given))
        if tag not in ("data", "a", "span"):
            self._end()

    def _piece(self, tag: str, names: list[str], given: dict[str, str | None]) -> str:
        """The letter of an element inside a figure."""
        once = len(names) == len(given)
        if tag == "data" and not self._claim:
            self._claim, self._value = given.get(ATTRIBUTE) or "", given.get("value") or ""
            return "D" if once and given.keys() - {"title"} == {"value", ATTRIBUTE} else "?"
        cited = tag in ("a", "span") and given.get("class") == CITE and given.keys() <= {"class", "href"}
        return "C" if once and cited else "?"

    def handle_endtag(self, tag: str) -> None:
        if self._pieces is None:
            if _LINES.fullmatch(tag):
                self._part()
            return
        self._depth -= 1
        if self._depth > self._bottom or self._bottom == 0:
            self._take("d" if tag == "data" else "c" if tag in ("a", "span") else "?")
        if self._depth <= self._bottom:
            self._end()

    def handle_data(self, data: str) -> None:
        if self._pieces is not None:
            self._take("t", data)
            return
        if self._ended is not None:
            self._after += data[:2]
            if len(self._after) > 1:
                self._touched()
        self._before = data[-1:] or self._before

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - of the base class
        self._take("?")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002 - of the base class
        self._take("?")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002 - of the base class
        self._take("?")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002 - of the base class
        self._take("?")

    def close(self) -> None:
        super().close()
        if self._pieces is not None:
            self._take("?")
            self._end()
        self._part()

    def _begin(self, bottom: int, letter: str) -> None:
        """A figure begins; it ends when so many elements are open in it. A `data` outside of a figure is one that is built wrong."""
        self._touched()
        self._pieces, self._claim, self._value = [], "", ""
        self._depth, self._bottom = 0, bottom
        if letter:
            self._take(letter)

    def _take(self, letter: str, text: str = "") -> None:
        if self._pieces is None:
            return
        if letter == "t" and self._pieces and self._pieces[-1][0] == "t":
            text = self._pieces.pop()[1] + text
        self._pieces.append((letter, text))

    def _end(self) -> None:
        """A figure has ended: is it built as it must be, and does anything touch it."""
        pieces, self._pieces = self._pieces or [], None
        if not self._claim:
            self.found.loose += 1
            return
        shape = "".join(letter for letter, _ in pieces)
        ends = shape.find("d") + 1
        text = "".join(said for _, said in pieces[:ends])
        printed = Printed(self._claim, text, self._value)
        self.found.printed.append(printed)
        behind = "".join(said or {"C": "\0", "c": "\1"}.get(letter, "?") for letter, said in pieces[ends:])
        if shape[:ends] not in ("Dd", "Dtd") or not _BEHIND.fullmatch(behind):
            whole = " ".join("".join(said for _, said in pieces).split())
            self.found.wrong.append(
                (self._claim, f"prints {whole!r} otherwise than as one figure with citations alone behind it")
            )
        elif _begins_number(text) and (_is_number(self._before) or self._before in _JOINS | _SIGNS):
            self.found.wrong.append((self._claim, f"prints {self._before!r} right before {text!r}"))
        if len(pieces) == ends:
            self._ended, self._after = printed, ""
        self._before = text[-1:]

    def _touched(self) -> None:
        """What followed the last figure in its line of text is known: does it make another number of it."""
        ended, self._ended = self._ended, None
        if ended is None or not any(map(_is_number, ended.text)):
            return
        first, second = self._after[:1], self._after[1:2]
        if first.isalnum() or first in ("%", "‰") or (first in _JOINS and _is_number(second)):
            self.found.wrong.append((ended.claim, f"prints {self._after!r} right behind {ended.text!r}"))

    def _part(self) -> None:
        self._touched()
        self._before = ""


def _begins_number(text: str) -> bool:
    return _is_number(text[:1]) or text[:1] in _SIGNS


def _is_number(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] == "N"
