"""Whether a document in a pack is the one that was made again: what is free, and what is not.

Two things come from libraries that another machine may have in another release. Of a *workbook* only the wrapping is free: its parts are
the same to the byte, and there is no other part. Of a *chart* nothing is free where the same library drew it, but for the last digits of
places, which come from arithmetic of the machine. Where another library drew it, only its words are held, and that nothing in it acts:
no element and no attribute that a drawing has no use for, and no address but into itself.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHART = re.compile(rb"<svg\b.*?</svg>", re.DOTALL)
MAX_BOOK = 256 << 20
_NEAR = 0.05
"""How far two numbers of a drawing may lie apart, in pixels."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_XLINK = "{http://www.w3.org/1999/xlink}"
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    {
        "svg", "g", "defs", "use", "path", "line", "rect", "circle", "polyline", "polygon", "text", "tspan", "title", "desc",
        "clipPath", "pattern",
    }
)  # fmt: skip
_ATTRIBUTES = frozenset(
    {
        "id", "class", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "transform",
        "style", "viewBox", "preserveAspectRatio", "version", "clip-path", "clip-rule", "fill", "fill-opacity", "fill-rule", "stroke",
        "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity",
        "stroke-miterlimit", "opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline",
        "patternUnits", "patternTransform", "patternContentUnits", "role", "focusable", "aria-label", "aria-labelledby",
        "aria-describedby", "aria-hidden",
    }
)  # fmt: skip
_ADDRESSES = ("href", f"{_XLINK}href")


def alike(name: str, there: bytes, made: bytes, *, same_library: bool) -> bool:
    """Whether the document `there` is the one that was `made`; `same_library` says whether one library drew the charts of both."""
    if there == made:
        return True
    if name.endswith(".xlsx"):
        parts = _parts(there)
        return parts is not None and parts == _parts(made)
    if not name.endswith(".html") or CHART.sub(b"<svg/>", there) != CHART.sub(b"<svg/>", made):
        return False
    drawings = zip(
        CHART.findall(there), CHART.findall(made), strict=True
    )  # as many: a place of each stands in both pages
    return all(_one(*pair, same_library=same_library) for pair in drawings)


def _parts(data: bytes) -> dict[str, bytes] | None:
    """The parts of a workbook by name; None for what is none, holds a name twice, or is larger than it may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = [each.filename for each in book.infolist()]
            if len(names) != len(set(names)) or sum(each.file_size for each in book.infolist()) > MAX_BOOK:
                return None
            return {name: book.read(name) for name in names}
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError):
        return None


def _one(there: bytes, made: bytes, *, same_library: bool) -> bool:
    """Whether two drawings are one."""
    if there == made:
        return True
    try:
        theirs, ours = ET.fromstring(there), ET.fromstring(made)  # noqa: S314 - an element of a page: it can hold no document type
    except ET.ParseError:
        return False
    if same_library:
        there_are, there_were = list(theirs.iter()), list(ours.iter())
        return len(there_are) == len(there_were) and all(map(_same_element, there_are, there_were))
    return _inert(theirs) and list(_words(theirs)) == list(_words(ours))


def _same_element(there: ET.Element, made: ET.Element) -> bool:
    if (there.tag, len(there), there.text, there.tail) != (made.tag, len(made), made.text, made.tail):
        return False
    return list(there.attrib) == list(made.attrib) and all(
        _near(value, made.attrib[name]) for name, value in there.attrib.items()
    )


def _near(there: str, made: str) -> bool:
    """Whether two values are the same but for the last digits of numbers in them."""
    if there == made:
        return True
    if _NUMBER.sub("0", there) != _NUMBER.sub("0", made):
        return False
    pairs = zip(_NUMBER.findall(there), _NUMBER.findall(made), strict=True)
    return all(abs(float(one) - float(other)) <= _NEAR for one, other in pairs)


def _inert(drawing: ET.Element) -> bool:
    return all(
        element.tag.removeprefix(_SVG) in _ELEMENTS
        and all(name in _ATTRIBUTES or name in _ADDRESSES for name in element.attrib)
        and all(element.attrib.get(name, "#").startswith("#") for name in _ADDRESSES)
        and not any("url(" in value.replace("url(#", "") for value in element.attrib.values())
        for element in drawing.iter()
    )


def _words(drawing: ET.Element) -> Iterator[str]:
    """Every text of a drawing, and what it is called, in order."""
    for element in drawing.iter():
        yield element.attrib.get("aria-label", "")
        yield " ".join(f"{element.text or ''} {element.tail or ''}".split())
