"""What makes a PDF an archival one and an accessible one at once: PDF/A-3u (ISO 19005-3) and PDF/UA-1 (ISO 14289-1).

WeasyPrint writes one of the two at a time. Here the second is said in the metadata of the first: the identification of PDF/UA and the
schema that PDF/A asks for before it lets anybody use a name it does not know (ISO 19005-3, 6.6.2.3), merged into the one `rdf:RDF` that
validators read. Attachments are listed once, sorted, and with the media type they have; glyphs are mapped to the characters that they
stand for (6.2.11.7.2); pages are labelled as they are counted.

A claim of conformance is only as good as what is beneath it: `tagging` mends the structure, `glyphs` sees to it that nothing is drawn
without a glyph. No validator of PDF/A is at hand where the tests run, so they look at the structures themselves.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCESSIBLE = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
"""The identification of PDF/UA-1 and its schema, as the PDF Association describes it for files that are PDF/A as well."""
_END = b"</rdf:RDF>"
_NOTHING = "\u200b"
"""Zero width space: what a glyph stands for that only completes the one before it. An empty mapping is none."""


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF: the data a document was made of, for machines. `mime` is its media type, as in `application/json`."""

    name: str
    data: bytes
    description: str
    mime: str = "application/json"


def finish(document: Any, pdf: Any, attachments: Sequence[Attachment]) -> None:
    """Complete a PDF that is about to be written, in place.

    Raises `GovernanceError` where a character is drawn without a glyph, or a picture has colours of print: such a file is no PDF/A.
    """
    unseen = sorted({point for font in document.fonts.values() for point in font.missing})
    if unseen:
        codes = " ".join(f"U+{point:04X}" for point in unseen[:8])
        raise GovernanceError(
            f"no font has a glyph for {codes}, which the style sheet or its counters write",
            hint="Use another character there; one that stands in the text would have been spelled out.",
        )
    _settle_pictures(pdf)
    _identify(pdf)
    _attach(pdf, attachments)
    _map_to_unicode(document, pdf)
    _label_pages(pdf)


def embedded(weasyprint: Any, attachments: Sequence[Attachment], moment: Any) -> list[Any]:
    """The attachments as WeasyPrint takes them, with one moment (in UTC) for all dates, sorted by name.

    Raises `ValueError` for two of one name, and for a name that is none.
    """
    names = [attachment.name for attachment in attachments]
    if len(set(names)) < len(names):
        raise ValueError("two attachments have the same name")
    for name in names:
        if not name or not name.isprintable() or "/" in name or "\\" in name:
            raise ValueError(f"this is no name for an attachment: {name!r}")
    return [
        weasyprint.Attachment(
            file_obj=io.BytesIO(attachment.data),
            name=attachment.name,
            description=attachment.description,
            relationship="Data",
            created=moment,
            modified=moment,
        )
        for attachment in sorted(attachments, key=lambda one: one.name.encode())
    ]


def _at(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _settle_pictures(pdf: Any) -> None:
    """No picture is smoothed by the viewer (6.2.8), and none has colours of print (6.2.4.3): the file says that it is in sRGB."""
    for entry in pdf.objects:
        extra = getattr(entry, "extra", {})
        if extra.get("Subtype") != "/Image":
            continue
        if extra.get("ColorSpace") == "/DeviceCMYK":
            raise GovernanceError("a picture has colours of print (CMYK)", hint="Save it as PNG or JPEG in RGB.")
        extra["Interpolate"] = "false"


def _identify(pdf: Any) -> None:
    """Say PDF/UA-1 inside the first `rdf:RDF`; a second one would be passed over by validators."""
    stream = _at(pdf, pdf.catalog["Metadata"]).stream
    place = stream[0].index(_END)
    stream[0] = stream[0][:place] + ACCESSIBLE + b"\n" + stream[0][place:]


def _attach(pdf: Any, attachments: Sequence[Attachment]) -> None:
    """List each attachment once, and give it the media type it has: WeasyPrint guesses one from the name."""
    if "AF" not in pdf.catalog:
        return
    pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))
    kinds = {attachment.name: attachment.mime for attachment in attachments}
    for reference in pdf.catalog["AF"]:
        entry = _at(pdf, reference)
        _at(pdf, entry["EF"]["F"]).extra["Subtype"] = _name(kinds[entry["UF"].string])


def _name(text: str) -> str:
    """A PDF name: what is not a letter, a figure or one of `.+-_` is written by its number (ISO 32000-1, 7.3.5)."""
    return "/" + "".join(
        one if one.isascii() and (one.isalnum() or one in ".+-_") else f"#{ord(one):02x}" for one in text
    )


def _map_to_unicode(document: Any, pdf: Any) -> None:
    """Map each glyph to what it stands for by itself.

    Layout maps a glyph to the text of the cluster in which it came first: a letter met first under an accent would stand for both
    wherever it comes again, and the accent for nothing.
    """
    by_name: dict[bytes, list[Any]] = {}
    for font in document.fonts.values():
        by_name.setdefault(font.name, []).append(font)
    for entry in pdf.objects:
        if not isinstance(entry, dict) or "ToUnicode" not in entry:
            continue
        own = _characters(by_name[entry["BaseFont"]][0])
        lines = _at(pdf, entry["ToUnicode"]).stream
        for place, line in enumerate(lines):
            glyph, text = _mapped(line)
            meant = _meant(text, own.get(glyph, ()))
            if glyph > 0 and meant != text:
                lines[place] = f"<{glyph:04x}> <{meant.encode('utf-16-be').hex()}>".encode()


def _characters(font: Any) -> dict[int, list[str]]:
    """The characters that the character map of a font gives to each glyph."""
    from fontTools.ttLib import TTFont

    found: dict[int, list[str]] = {}
    with TTFont(io.BytesIO(font.file_content), lazy=True) as subset:
        for point, name in sorted((subset.getBestCmap() or {}).items()):
            found.setdefault(subset.getGlyphID(name), []).append(chr(point))
    return found


def _meant(text: str, own: Sequence[str]) -> str:
    """What a glyph stands for: the text it was met in if that is one of its own characters or their ligature, else its own."""
    if not own:
        return text or _NOTHING
    return text if text in own or any(unicodedata.normalize("NFKC", one) == text for one in own) else own[0]


def _mapped(line: bytes) -> tuple[int, str]:
    """The glyph and the text of a line `<0003> <0041>` of a character map; -1 for any other line."""
    parts = line.split(b"> <")
    if len(parts) != 2 or not line.startswith(b"<"):
        return -1, ""
    return int(parts[0][1:], 16), bytes.fromhex(parts[1][:-1].decode()).decode("utf-16-be")


def _label_pages(pdf: Any) -> None:
    """Number the pages from one, as the documents do themselves."""
    import pydyf

    pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array([0, pydyf.Dictionary({"S": "/D"})])})
