"""XML from anybody, as a small tree: nothing is fetched, and nothing stands for something else.

Expat reads it. A DOCTYPE that only names a document type is let through and not followed (nvidia-smi writes one); one
that declares anything itself is refused, and so is every entity beyond the five of XML, so that no text can grow and
no file can be drawn in. There are caps on bytes, elements and depth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 16 * 1024 * 1024
MAX_ELEMENTS = 200_000
MAX_DEPTH = 64


@dataclass(slots=True)
class Element:
    """One element: its tag as written, with any prefix; its own text without space around it; its children in order."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def first(self, *path: str) -> Element | None:
        """The first element down this path of tags, or None."""
        found: Element | None = self
        for tag in path:
            found = next((child for child in found.children if child.tag == tag), None) if found else None
        return found

    def all(self, tag: str) -> Iterator[Element]:
        """The direct children of this tag, in order."""
        return (child for child in self.children if child.tag == tag)

    def text_of(self, *path: str) -> str | None:
        """The text of the first element down this path, or None without one."""
        found = self.first(*path)
        return None if found is None else found.text


@dataclass(frozen=True)
class Document:
    """The outermost element, and the document type that a DOCTYPE names and where that lies; None without a DOCTYPE."""

    root: Element
    doctype: str | None
    system_id: str | None


def parse(data: bytes) -> Document:
    """The document in `data`. Raises `UnreadableError` for what is not well-formed, not safe, or over the caps."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{len(data):,} bytes is over the cap of {MAX_BYTES:,}")
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.declared
    parser.SkippedEntityHandler = builder.skipped
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnreadableError(f"not well-formed XML: {expat.ErrorString(error.code)}, line {error.lineno}") from None
    except (LookupError, UnicodeError, ValueError):  # an encoding that Python knows and expat can not take, or neither
        raise UnreadableError("XML in an encoding that can not be read") from None
    assert builder.root is not None  # noqa: S101 - expat refuses a document without an element
    return Document(builder.root, builder.doctype, builder.system_id)


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.doctype: str | None = None
        self.system_id: str | None = None
        self._open: list[tuple[Element, list[str]]] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise UnreadableError(f"more than {MAX_ELEMENTS:,} elements")
        if len(self._open) >= MAX_DEPTH:
            raise UnreadableError(f"elements more than {MAX_DEPTH} deep")
        element = Element(tag, attributes)
        if self._open:
            self._open[-1][0].children.append(element)
        else:
            self.root = element
        self._open.append((element, []))

    def end(self, _: str) -> None:
        element, parts = self._open.pop()
        element.text = "".join(parts).strip()

    def characters(self, text: str) -> None:
        self._open[-1][1].append(text)

    def declared(self, name: str, system_id: str | None, _public: str | None, own: Any) -> None:
        if own:
            raise UnreadableError("a DOCTYPE with declarations of its own, which are not followed")
        self.doctype, self.system_id = name, system_id

    def skipped(self, name: str, _parameter: Any) -> None:
        raise UnreadableError(f"an entity that nothing declares: {name[:100]}")
