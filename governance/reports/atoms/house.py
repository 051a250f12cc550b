"""The house: a firm's name, logo and colours, the paper, the classification and the language, from one file.

`templates/house.yaml` is that file; a workspace replaces it with its own, and puts a logo beside it. What it leaves out is as ours. Colours
are given for light paper as `#rrggbb`; a colour that is too pale to be read on white is refused, since contrast is not a matter of taste.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from xml.parsers import expat

from governance.errors import ContentError, UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE = "house.yaml"
PAPERS: Mapping[str, str] = {"A4": "210mm 297mm", "Letter": "8.5in 11in"}
WISHES = ("paper", "classification", "language")
"""The fields that one making may set over the file."""
SVG = "http://www.w3.org/2000/svg"
LEAST_CONTRAST = 4.5
"""Of text on white: success criterion 1.4.3 of WCAG 2.2, level AA."""

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?\Z")
_LOGO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.(?:svg|png|jpe?g)\Z")
_DATA = re.compile(r"data:image/(?:svg\+xml|png|jpeg);base64,[A-Za-z0-9+/]+={0,2}\Z")


@dataclass(frozen=True)
class House:
    """How documents look, and in which language they speak.

    `firm`: printed at the head of each document, or empty; `logo`: a `data:` address of a picture, or empty; `logo_alt`: what it shows.
    `accent`: the colour of headings and rules; `paper`: A4 or Letter; `classification`: printed on each page, or empty.
    `language`: a language tag; `en`, or one that has a catalogue.
    `size`: width and height of the paper, as CSS writes them.
    """

    firm: str = ""
    logo: str = ""
    logo_alt: str = ""
    accent: str = "#1f3d5c"
    paper: Literal["A4", "Letter"] = "A4"
    classification: str = ""
    language: str = "en"

    @property
    def size(self) -> str:
        """Width and height of the paper, as CSS writes them."""
        return PAPERS[self.paper]


def house(templates: Mapping[str, str], **wish: str | None) -> House:
    """The house of these templates, with what was wished for this time: `paper`, `classification`, `language`.

    Raises `ContentError` for a file that breaks its rules.
    """
    found = House()
    if FILE in templates:
        found = _read(templates)
    wanted = {name: value for name, value in wish.items() if value is not None}
    return _checked(replace(found, **wanted), "the house asked for")  # type: ignore[arg-type]


def _read(templates: Mapping[str, str]) -> House:
    try:
        plain: Any = strict_yaml.loads(templates[FILE].encode(), where=FILE)
    except UnreadableError as error:
        raise ContentError(error.message, where=FILE) from None
    fields = set(House.__dataclass_fields__)
    if not isinstance(plain, dict) or not set(plain) <= fields:
        raise ContentError(f"holds other fields than {', '.join(sorted(fields))}", where=FILE)
    if blank := next((name for name, value in plain.items() if value is None), None):
        raise ContentError(
            f"{blank} has no value",
            where=FILE,
            hint=f"Write it in quotes, since # begins a comment, or leave {blank} out.",
        )
    given = {name: value for name, value in plain.items() if value != ""}
    if strange := [name for name, value in given.items() if not isinstance(value, str)]:
        raise ContentError(f"{strange[0]} is text", where=FILE)
    if "logo" in given:
        given["logo"] = _logo(given["logo"], templates)
    return _checked(House(**given), FILE)


def _logo(name: str, templates: Mapping[str, str]) -> str:
    """The picture as a `data:` address, so that a document stays one file."""
    if not _LOGO.match(name):
        raise ContentError(f"the logo {name!r} is no file name of a picture", where=FILE, hint="SVG, PNG or JPEG.")
    if name not in templates:
        raise ContentError(f"the logo {name} is not there", where=FILE, hint=f"Put it into templates/ beside {FILE}.")
    ending, data = name.rpartition(".")[2], base64.b64decode(templates[name].rpartition(",")[2])
    if not _IS[ending](data):
        raise ContentError(
            f"the logo {name} does not hold the picture that its name promises",
            where=name,
            hint=f"Save it as {_FORMATS[ending]} again, or name it after what it is.",
        )
    return templates[name]


def _is_svg(data: bytes) -> bool:
    """Whether the bytes are XML whose outermost element is `svg`. One that declares entities is refused: a text could grow by them."""
    tags: list[str] = []
    declared: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda tag, _: tags.append(tag)
    parser.EntityDeclHandler = lambda *said: declared.append(said[0])
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return False
    return not declared and tags[0] in ("svg", f"{SVG} svg")


_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "svg": "SVG"}
_IS: Mapping[str, Callable[[bytes], bool]] = {
    "png": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
    "jpg": lambda data: data.startswith(b"\xff\xd8\xff"),
    "jpeg": lambda data: data.startswith(b"\xff\xd8\xff"),
    "svg": _is_svg,
}
"""Whether bytes are a picture of the format that the ending of a name promises."""


def _checked(found: House, where: str) -> House:
    if found.paper not in PAPERS:
        raise ContentError(f"paper is {' or '.join(PAPERS)}, and not {found.paper!r}", where=where)
    if not _LANGUAGE.match(found.language):
        raise ContentError(f"{found.language!r} is no language tag", where=where, hint="Such as en, or de.")
    if found.logo and not _DATA.match(found.logo):
        raise ContentError("the logo is no picture that can be held in a document", where=where)
    if not _COLOUR.match(found.accent):
        raise ContentError(f"{found.accent!r} is no colour", where=where, hint="Write it as #rrggbb, in lower case.")
    if contrast(found.accent) < LEAST_CONTRAST:
        said = f"the accent {found.accent} has a contrast of {contrast(found.accent):.1f} on white"
        raise ContentError(said, where=where, hint=f"Text needs {LEAST_CONTRAST}: take a darker one.")
    for name in ("firm", "classification", "logo_alt"):
        if len(getattr(found, name)) > 120 or "\n" in getattr(found, name):
            raise ContentError(f"{name} is one line of at most 120 characters", where=where)
    return found


def contrast(colour: str) -> float:
    """The contrast ratio of a colour on white, from 1 to 21.

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
