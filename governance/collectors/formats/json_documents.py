"""The JSON documents of a file that holds one, one a line, or several one after another.

Exporters of logs and spans write all three: a file with one document or one list, JSON lines, and, where they were
told to write for people, indented objects that follow each other, each closed by a brace alone on its line. One
broken document is an error that names its line, for then nobody knows what else is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.files import File

MOST_DOCUMENTS = 2_000_000
_MOST_LINES = 500_000
"""Of one indented document."""


def documents(file: File) -> Iterator[tuple[int, Any]]:
    """(the line it begins on, from 1, and the document), NaN and Infinity as null; a list gives its items."""
    if _is_one(file):
        value = file.json()
        for item in value if isinstance(value, list) else [value]:
            yield 1, item
        return
    for count, (number, text) in enumerate(_texts(file), 1):
        if count > MOST_DOCUMENTS:
            raise UnreadableError(f"more than {MOST_DOCUMENTS:,} documents")
        try:
            value = strict_json.loads_lenient(text)[0]
        except UnreadableError as error:
            raise UnreadableError(f"line {number}: {error.message}", hint=error.hint) from None
        yield number, value


def _is_one(file: File) -> bool:
    """True for a file that opens as a list, and for one that parses as a whole."""
    opening = file.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if opening.startswith(b"["):
        return True
    if file.size > strict_json.MAX_BYTES or _lines_are_documents(opening):
        return False
    try:
        file.json()
    except UnreadableError:
        # Broken, or several documents; `_texts` tells which, and where.
        return b"\n}" not in file.glance().rstrip().removesuffix(b"}")
    return True


def _lines_are_documents(opening: bytes) -> bool:
    """True when the first line, where it ends within what is at hand, is whole and another one follows."""
    line, end, rest = opening.partition(b"\n")
    return bool(end) and bool(rest.strip()) and line.rstrip().endswith(b"}")


def _texts(file: File) -> Iterator[tuple[int, bytes]]:
    """Each document as bytes: a line, or the lines up to a brace alone at the margin."""
    held: list[bytes] = []
    began = 0
    for number, line in file.lines():
        if held:
            held.append(line)
            if len(held) > _MOST_LINES:
                raise UnreadableError(f"line {began}: a document of more than {_MOST_LINES:,} lines")
            if line.rstrip() == b"}":
                yield began, b"\n".join(held)
                held = []
        elif line.strip() == b"{":
            held, began = [line], number
        elif line.strip():
            yield number, line
    if held:
        raise UnreadableError(f"line {began}: the document that begins here is never closed")
