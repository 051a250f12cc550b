"""The twin inside a PDF: the one file that is attached to it (ISO 32000-1, 7.11.4), without reading anything else of it.

Our PDFs hold it as a stream of its own with the type `/EmbeddedFile`, deflated. Nothing of a page is looked at.
"""

from __future__ import annotations

import re
import zlib

MAX_BYTES = 64 << 20
_HEAD = b"%PDF-"
_STREAM = re.compile(
    rb"<<(?:(?!>>\s*stream).){0,1000}?/EmbeddedFile\b(?:(?!>>\s*stream).){0,1000}?>>\s*stream\r?\n", re.DOTALL
)


def attached(pdf: bytes) -> bytes | None:
    """The bytes of the one attachment; None for what is no PDF, holds none or several, or one of more than `MAX_BYTES`."""
    found = list(_STREAM.finditer(pdf)) if pdf.startswith(_HEAD) else []
    if len(found) != 1:
        return None
    data = zlib.decompressobj()
    try:
        made = data.decompress(pdf[found[0].end() :], MAX_BYTES)
    except zlib.error:
        return None
    return made if data.eof else None
