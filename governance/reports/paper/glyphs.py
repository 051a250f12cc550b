"""Which characters of a document no face holds, and what is printed in their place.

A character without a glyph prints as an empty box that says nothing, and breaks PDF/A (ISO 19005-3, 6.2.11.8: no `.notdef`). Evidence
may hold any character there is. So before layout the characters of the document are held against the character maps of `fonts.FACES`.
What is not there is looked for among the fonts of the machine: a font that may be embedded and is drawn with outlines is borrowed, and is
embedded too, but then the bytes depend on the machine, which a note says. What nobody has is spelled out, `⟨U+4E2D U+6587⟩`, so that a
reader sees that something stands there, and which.

The limit: it is told from the text. A style sheet that writes a character as an escape of CSS is not seen here; `pdf` looks once more
when the document is laid out. Invisible characters are the business of `escape`, which writes them out before they come here.
"""

from __future__ import annotations

import html as markup
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from governance.reports.paper.fonts import WIDEST, Face

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_LETTERS = "ABCD"
LIMIT = len(_LETTERS)
"""The most fonts that are borrowed for one document. Beyond it characters are spelled out."""
_NOT_DRAWN = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What a text engine draws nothing for: Unicode's Default_Ignorable_Code_Point, as far as Pango keeps to it."""
_NEVER = frozenset("\u2028\u2029\ufff9\ufffa\ufffb")
"""What Pango draws a box for although a font has it."""
_UNSEEN_TAGS = {"title", "script"}
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\n\r\t\u00a0")
_OUTLINES, _PICTURES = ("glyf", "CFF "), ("CBDT", "sbix", "COLR", "SVG ", "EBDT")
_RESTRICTED = 0x0002
"""OpenType, OS/2 table, fsType bit 1: must not be embedded. https://learn.microsoft.com/typography/opentype/spec/os2#fstype"""


@dataclass(frozen=True)
class Lacking:
    """What the faces lack for one document: what was borrowed for it, what is spelled out, and the notes that say so."""

    borrowed: tuple[Face, ...] = ()
    spelled: frozenset[str] = frozenset()
    no_capitals: bool = False
    """True where `text-transform: uppercase` would turn a character that is here into one that is not."""

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing that a reader of the PDF should be told; empty where all characters are here."""
        said = []
        if self.borrowed:
            names = ", ".join(sorted({face.path for face in self.borrowed}))
            said.append(
                f"Characters were drawn with fonts of this machine ({names}); another machine makes other bytes."
            )
        if self.spelled:
            some = " ".join(_code(character) for character in sorted(self.spelled)[:8])
            more = f" and {len(self.spelled) - 8} more" if len(self.spelled) > 8 else ""
            said.append(
                f"No font at hand has a glyph for {some}{more}; the number of the character is printed instead."
            )
        return tuple(said)


def lacking(document: str, installed: Callable[[], Iterable[Path]] = tuple) -> Lacking:
    """What the faces lack for an HTML document. `installed` gives the font files of the machine; it is asked only where something is.

    Raises nothing: a font that can not be read is passed over.
    """
    wanted = frozenset(document if "&" not in document else markup.unescape(document)) - _PLAIN
    if not wanted:
        return Lacking()
    held = _held()
    absent = _drawn(wanted - held)
    capitals = "uppercase" in document and bool(_drawn(frozenset("".join(sorted(wanted)).upper()) - held - absent))
    if not absent:
        return Lacking(no_capitals=capitals)
    shapes = frozenset(one for one in absent if unicodedata.category(one)[0] not in "CZ")
    faces, left = _borrowed(shapes, installed()) if shapes else ((), shapes)
    return Lacking(faces, left | (absent - shapes), capitals)


def spell(root: Any, characters: frozenset[str]) -> None:
    """Spell these characters out in every text of a parsed document (an ElementTree element) that is drawn; in place."""
    if not characters:
        return
    runs = re.compile("[" + re.escape("".join(sorted(characters))) + "]+")
    for element in root.iter():
        if element.text and element.tag not in _UNSEEN_TAGS:
            element.text = runs.sub(_spelled, element.text)
        if element.tail:
            element.tail = runs.sub(_spelled, element.tail)


def _spelled(run: re.Match[str]) -> str:
    return "⟨" + " ".join(map(_code, run[0])) + "⟩"


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def _drawn(characters: frozenset[str]) -> frozenset[str]:
    """Without those that a text engine draws nothing for."""
    return frozenset(one for one in characters if not _NOT_DRAWN.match(one))


@lru_cache(maxsize=1)
def _held() -> frozenset[str]:
    """Every character that the faces hold between them. A bold or slanted face falls back on an upright one."""
    return frozenset().union(*(_characters(face.located()) for face in WIDEST)) - _NEVER


def _characters(file: Path | None) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    if file is None:
        return frozenset()
    with TTFont(file, lazy=True, fontNumber=0) as font:
        return frozenset(map(chr, font.getBestCmap() or {}))


def _borrowed(absent: frozenset[str], files: Iterable[Path]) -> tuple[tuple[Face, ...], frozenset[str]]:
    """The fonts of the machine that hold most of what is absent, and what none of them holds; the same machine, the same choice."""
    offers = {file: found for file in sorted(set(files)) if (found := _offer(file) & absent)}
    faces: list[Face] = []
    left = absent
    while left and offers and len(faces) < LIMIT:
        best = max(sorted(offers), key=lambda file: len(offers[file] & left))
        taken = offers.pop(best) & left
        if not taken:
            break
        left -= taken
        faces.append(Face(f"Borrowed {_LETTERS[len(faces)]}", 400, False, path=best.name, file=best))
    return tuple(faces), left


@lru_cache(maxsize=4096)
def _offer(file: Path) -> frozenset[str]:
    """What a font holds that the faces do not, if it is drawn with outlines and may be embedded; nothing where it can not be read."""
    from fontTools.ttLib import TTFont

    try:
        with file.open("rb") as stream, TTFont(stream, lazy=True, fontNumber=0) as font:
            outlined = any(table in font for table in _OUTLINES) and not any(table in font for table in _PICTURES)
            if not outlined or ("OS/2" in font and font["OS/2"].fsType & _RESTRICTED):
                return frozenset()
            return frozenset(map(chr, font.getBestCmap() or {})) - _held() - _NEVER
    except Exception:  # whatever is wrong with a font of the machine, it is only not borrowed
        return frozenset()
