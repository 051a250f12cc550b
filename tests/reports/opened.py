"""A PDF opened again: its structure tree, what is painted outside it, and which glyphs it shows."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pikepdf

from governance.reports.paper.pdf import Printed, printed

WHEN = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)
PAINT = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "EI", "INLINE IMAGE"}
SHOW = {"Tj", "TJ", "'", '"'}
STANDARD = set(
    re.findall(
        r"\w+",
        "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD "
        "THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form",
    )
)
"""The standard structure types of PDF 1.7 (ISO 32000-1, 14.8.4)."""


def page(body: str, head: str = "", attributes: str = 'lang="en"') -> str:
    return f"<!doctype html><html {attributes}><head><title>A title</title>{head}</head><body>{body}</body></html>"


def printed_page(body: str, head: str = "", **options: Any) -> Printed:
    return printed(page(body, head), identifier="a-name", created=WHEN, **options)


def opened(body: str, head: str = "", **options: Any) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(printed_page(body, head, **options).data))


@dataclass
class Node:
    """An element of the structure tree: its type, its dictionary, what it shows by itself, and what is below it."""

    kind: str
    entry: Any
    text: str = ""
    parent: Node | None = None
    kids: list[Node] = field(default_factory=list)
    file: Any = None

    def all(self, *kinds: str) -> list[Node]:
        """An element and all below it, in reading order, of these types."""
        found = [self] if not kinds or self.kind in kinds else []
        return found + [each for kid in self.kids for each in kid.all(*kinds)]

    @property
    def said(self) -> str:
        """What it shows, with all below it."""
        return self.text + "".join(kid.said for kid in self.kids)

    def attribute(self, name: str) -> Any:
        """An attribute of it, such as `/Scope`; None where it has none."""
        held = self.entry.get("/A")
        return None if held is None else held.get(name)


def tree(pdf: pikepdf.Pdf) -> Node:
    """The structure tree, with the text of each element."""
    shown = [_marked_text(each) for each in pdf.pages]
    numbers = {each.obj.objgen: number for number, each in enumerate(pdf.pages)}

    def node(entry: Any, parent: Node | None) -> Node:
        made = Node(str(entry.S)[1:], entry, parent=parent)
        kids = entry.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                made.text += shown[numbers[entry.Pg.objgen]].get(kid, "")
            elif kid.get("/S") is not None:
                made.kids.append(node(kid, made))
        return made

    top = node(pdf.Root.StructTreeRoot.K[0], None)
    top.file = pdf  # it stays open as long as its tree is looked at
    return top


def unmarked(pdf: pikepdf.Pdf) -> list[str]:
    """Each operator that paints outside marked content, with its page."""
    found = []
    for number, each in enumerate(pdf.pages, 1):
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(each):
            name = str(operator)
            if name in {"BDC", "BMC"}:
                depth += 1
                assert depth == 1, f"marked content in marked content on page {number}: {operands}"
            elif name == "EMC":
                depth -= 1
            elif name in PAINT and not depth:
                found.append(f"{name} on page {number}")
    return found


def owned(pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
    """Each piece of content that an element of the tree owns: the page and its number."""
    numbers = {each.obj.objgen: number for number, each in enumerate(pdf.pages)}
    found = []
    for each in tree(pdf).all():
        kids = each.entry.get("/K", [])
        found += [(numbers[each.entry.Pg.objgen], kid) for kid in kids if isinstance(kid, int)]
    assert len(found) == len(set(found)), "a piece of content has two owners"
    return set(found)


def painted(pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
    """Each piece of content that is painted and is no artifact."""
    return {
        (number, int(operands[1].MCID))
        for number, each in enumerate(pdf.pages)
        for operands, operator in pikepdf.parse_content_stream(each)
        if str(operator) == "BDC" and "/MCID" in operands[1]
    }


def artifacts(pdf: pikepdf.Pdf) -> list[tuple[int, str, str]]:
    """The text of each artifact that shows any: page, sort, text."""
    found = []
    for number, each in enumerate(pdf.pages):
        inside, text = None, ""
        for operands, operator, said in _read(each):
            if operator in {"BDC", "BMC"} and str(operands[0]) == "/Artifact":
                inside, text = (str(operands[1].get("/Type", "")) if operator == "BDC" else ""), ""
            elif operator == "EMC" and inside is not None:
                if text:
                    found.append((number, inside, text))
                inside = None
            text += said
    return found


def glyphs(pdf: pikepdf.Pdf) -> list[tuple[str, int, str | None, bool]]:
    """Each glyph that is shown, once: the font, the glyph, the text it stands for, and whether it has a width of its own."""
    found: dict[tuple[str, int], tuple[str, int, str | None, bool]] = {}
    forms = [
        entry for entry in pdf.objects if isinstance(entry, pikepdf.Stream) and entry.get("/Resources") is not None
    ]
    for each in [*pdf.pages, *forms]:
        fonts = each.Resources.get("/Font")
        font = ""
        for operands, operator in pikepdf.parse_content_stream(each):
            if str(operator) == "Tf":
                font = str(operands[0])
            elif str(operator) in SHOW:
                for glyph in _shown(operands):
                    if (font, glyph) not in found:
                        entry = fonts[font]
                        found[font, glyph] = (
                            str(entry.BaseFont),
                            glyph,
                            _unicode(entry).get(glyph),
                            glyph in _widths(entry),
                        )
    return list(found.values())


def _marked_text(each: pikepdf.Page) -> dict[int, str]:
    found: dict[int, str] = {}
    mark = None
    for operands, operator, said in _read(each):
        if operator == "BDC" and "/MCID" in operands[1]:
            mark = int(operands[1].MCID)
        elif operator == "EMC":
            mark = None
        if mark is not None and said:
            found[mark] = found.get(mark, "") + said
    return found


def _read(each: pikepdf.Page):
    fonts = each.Resources.get("/Font", {})
    maps: dict[str, dict[int, str]] = {}
    font = ""
    for operands, operator in pikepdf.parse_content_stream(each):
        name = str(operator)
        if name == "Tf":
            font = str(operands[0])
            maps.setdefault(font, _unicode(fonts[font]))
        said = "".join(maps[font].get(glyph, "") for glyph in _shown(operands)) if name in SHOW else ""
        yield operands, name, said


def _shown(operands: Any) -> list[int]:
    parts = operands[0] if isinstance(operands[0], pikepdf.Array) else [operands[0]]
    data = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]


def _unicode(entry: Any) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]*)>", entry.ToUnicode.read_bytes().split(b"endcodespacerange")[1])
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _widths(entry: Any) -> set[int]:
    found: set[int] = set()
    listed = list(entry.DescendantFonts[0].W)
    for first, widths in zip(listed[::2], listed[1::2], strict=True):
        found.update(range(int(first), int(first) + len(widths)))
    return found
