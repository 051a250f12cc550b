"""From the SVG that matplotlib writes to an element that can stand in a page beside others.

* No prolog, no metadata, no style sheet: matplotlib's own has a rule for `*`, and in a page that would be every element of it. Styles
  become attributes.
* No size but the view box, so that the picture is as wide as the page lets it be.
* Ids only where something points at them, numbered in their order behind the chart's own name.
* Coordinates to a hundredth of a pixel: the rest of the digits differs between processors and is seen by nobody.
* Text stays text, in the faces of the page.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FAMILY = "'Source Sans 3', 'Source Sans Pro', 'DejaVu Sans', sans-serif"

_LINK = "{http://www.w3.org/1999/xlink}href"
_POINTS = re.compile(r"url\(#([^)]+)\)")
_LONG = re.compile(r"-?\d+\.\d{3,}|-0(?![\d.])")
_NUMBERS = {"d", "x", "y", "width", "height", "points", "stroke-dasharray", "stroke-width", "font-size"}
_POINTING = ("fill", "clip-path")
_UNTURNED = re.compile(r"rotate\(-?0[ ,)]")
_SAID_ABOVE = {"font-family", "stroke-linejoin", "stroke-linecap"}
"""What the root says for all of it, or what is the default."""


def element(svg: str, *, id: str, alt: str, width: float, height: float) -> str:
    """The `svg` element of a picture of so many pixels, called `id` and described by `alt`, both free of what XML may not hold."""
    root = ET.fromstring(svg)  # noqa: S314 - matplotlib wrote it a moment ago, and every text in it was made clean
    parts = [part for child in root for part in _tidied(child)]
    made = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "aria-label": alt,
            "class": "chart",
            "style": "width: 100%; height: auto",
            "font-family": FAMILY,
            "stroke-linejoin": "round",
        },
    )
    ET.SubElement(made, "title").text = alt
    made.extend(parts)
    _name(made, id)
    return ET.tostring(made, encoding="unicode")


def _tidied(node: ET.Element) -> Iterator[ET.Element]:
    """The node without what a page does not need; several where it only held them together, none where it is of no use."""
    tag = node.tag.rpartition("}")[2]
    if tag in ("metadata", "style"):
        return
    children = [part for child in node for part in _tidied(child)]
    attributes = _attributes(node)
    if tag in ("g", "defs") and not children:
        return
    if tag == "g" and not attributes.keys() - {"id"}:
        yield from children
        return
    made = ET.Element(tag, attributes)
    made.text = node.text if tag == "text" else None
    made.extend(children)
    yield made


def _attributes(node: ET.Element) -> dict[str, str]:
    given = {name: value for name, value in node.attrib.items() if name != "style"}
    for rule in filter(None, node.get("style", "").split(";")):
        name, _, value = rule.partition(":")
        if name.strip() not in _SAID_ABOVE or value.strip() == "miter":
            given[name.strip()] = value.strip()
    if _LINK in given:
        given["href"] = given.pop(_LINK)
    if _UNTURNED.match(given.get("transform", "")):
        del given["transform"]
    return {
        name: _rounded(value) if name in _NUMBERS or name == "transform" else value for name, value in given.items()
    }


def _rounded(value: str) -> str:
    """Numbers to a hundredth, and what stands between them on one line."""
    return _LONG.sub(lambda found: f"{round(float(found[0]), 2) + 0.0:g}", " ".join(value.split()))


def _name(root: ET.Element, prefix: str) -> None:
    """Number the ids that something points at, and take away the others; in place."""
    wanted = {node.get("href", "").removeprefix("#") for node in root.iter()}
    wanted.update(found for node in root.iter() for name in _POINTING for found in _POINTS.findall(node.get(name, "")))
    names: dict[str, str] = {}
    for node in root.iter():
        old = node.attrib.pop("id", None)
        if old in wanted:
            node.set("id", names.setdefault(old, f"{prefix}-{len(names) + 1}"))
    for node in root.iter():
        for name in _POINTING:
            if name in node.attrib:
                node.set(name, _POINTS.sub(lambda found: f"url(#{names[found[1]]})", node.attrib[name]))
        if "href" in node.attrib:
            node.set("href", f"#{names[node.attrib['href'].removeprefix('#')]}")
