"""The structure tree of a PDF, mended until it says what the HTML says (PDF/UA-1, ISO 14289-1).

WeasyPrint builds a structure tree from its boxes. What it leaves open is closed here, before the file is written:

* Running headers and footers, and what HTML hides from readers (`aria-hidden`, an image with an empty `alt`), become artifacts (7.1, 7.8).
* A table that goes over several pages is one table. The header that is drawn again on each page is an artifact after the first (7.5).
* Each header cell says whether it heads a row or a column, and each cell names its headers: those of its row, those of its column,
  and the heading of its own group of rows, not of all groups (7.5). The names are listed in an ID tree (ISO 32000-1, 14.7.2).
* Each figure has an alternative text, from `alt`, `aria-label`, an SVG's own `title`, or the caption beside it (7.3).
* Each link says in words where it leads (7.18.5), each list whether it is numbered (7.6), and each passage in another language in
  which (7.2).

WeasyPrint does not tell which element of the HTML an entry of the tree came from. It can be known: `watch` notes which box each piece of
marked content was painted for, and a box knows its element. The limit: text in a group that is blended as one (`opacity` below 1) can not
be tagged, so `pdf` sets opacity aside; and a paragraph that is broken over two pages stays two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError
from governance.reports.paper import headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KNOWN = "Install the one that is: pip install weasyprint==70.0"
SVG = "{http://www.w3.org/2000/svg}"
_MARKED = {
    "table": "/Table",
    "thead": "/THead",
    "tbody": "/TBody",
    "tfoot": "/TFoot",
    "tr": "/TR",
    "th": "/TH",
    "td": "/TD",
}
_PARTS = frozenset(_MARKED.values())
_HOLDERS = {"/Span", "/NonStruct", "/Div", "/P", "/Sect", "/Part"}
_PAGINATION, _LAYOUT = "<</Type /Pagination>>", "<</Type /Layout>>"


@dataclass
class Painted:
    """What was painted: for each page, the box of each piece of marked content by its number (MCID)."""

    boxes: list[dict[int, Any]] = field(default_factory=list)


def watch(document: Any) -> Painted:
    """Have the pages of a laid out document note what they paint. Call it once, before the PDF is written."""
    seen = Painted()
    for page in document.pages:
        page.paint = _noting(page.paint, seen)
    return seen


def _noting(paint: Any, seen: Painted) -> Any:
    def painting(stream: Any, scale: float = 1) -> None:
        paint(stream, scale)
        seen.boxes.append({mark["mcid"]: box for box, mark in (getattr(stream, "_tags", None) or {}).items()})

    return painting


def mend(document: Any, pdf: Any, painted: Painted, root: Any) -> tuple[str, ...]:
    """Mend the tree of a PDF that is about to be written. `root` is the parsed HTML. Returns what could not be, a sentence each."""
    tree = Tree(pdf, painted, root)
    tree.running_to_artifacts()
    tree.one_annotation_per_link()
    tree.hidden_to_artifacts()
    tree.join_tables()
    tree.drop_empty()
    for table in [element for element in tree.elements() if element["S"] == "/Table"]:
        headers.head(tree, table)
    headers.index(tree)
    tree.number_lists()
    tree.tell_languages()
    _describe_links(tree, document)
    return tuple(_describe_figures(tree))


class Tree:
    """The tree as WeasyPrint built it: dictionaries that name each other by references (`b"12 0 R"`), and the streams they mark."""

    def __init__(self, pdf: Any, painted: Painted, root: Any) -> None:
        import pydyf

        self._writer = pydyf
        self.pdf = pdf
        self.structure = self.at(pdf.catalog["StructTreeRoot"])
        self.top = self.at(self.structure["K"][0])
        self.owners = self.at(self.structure["ParentTree"])["Nums"]
        self.pages = {reference: number for number, reference in enumerate(pdf.page_references)}
        self.above = {child: parent for parent in root.iter() for child in parent}
        self.html = [{mark: box.element for mark, box in page.items()} for page in painted.boxes]
        self._require_all_marks()
        self.sources = self._sources()

    def at(self, reference: bytes) -> Any:
        """The object that a reference names."""
        return self.pdf.objects[int(reference.split()[0])]

    def string(self, text: str) -> Any:
        """A text of the PDF."""
        return self._writer.String(text)

    def array(self, items: list[Any]) -> Any:
        """A list of the PDF."""
        return self._writer.Array(items)

    def dictionary(self, entries: dict[str, Any]) -> Any:
        """A dictionary of the PDF."""
        return self._writer.Dictionary(entries)

    def kids(self, element: Any) -> Iterator[Any]:
        """The elements right below one, in order."""
        for kid in element["K"]:
            if not isinstance(kid, int):
                found = self.at(kid)
                if found["Type"] == "/StructElem":
                    yield found

    def elements(self, below: Any = None) -> Iterator[Any]:
        """An element, the document if none is named, and all below it, in reading order."""
        waiting = [below if below is not None else self.top]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(list(self.kids(element))))

    def source(self, element: Any) -> Any:
        """The element of the HTML that a part of a table or a list came from; None where nothing was painted for it."""
        return self.sources.get(element.number)

    def running_to_artifacts(self) -> None:
        """Content that no element of the tree owns is a running header or footer: WeasyPrint leaves margin boxes out of it."""
        reached = {element.number for element in self.elements()}
        outside: dict[int, list[int]] = {}
        for page, marks in enumerate(self.html):
            owners = self.owners[2 * page + 1]
            outside[page] = [mark for mark in marks if int(owners[mark].split()[0]) not in reached]
        self._to_artifacts(outside, _PAGINATION)
        self._drop_annotations(lambda owner: owner.number not in reached)

    def one_annotation_per_link(self) -> None:
        """A part of a link that has a style of its own (`<a>See <b>this</b></a>`) lies in the link and is none beside it."""
        self._drop_annotations(
            lambda owner: owner["S"] != "/Link" and any(each["S"] == "/Link" for each in self._up(owner))
        )

    def hidden_to_artifacts(self) -> None:
        """What HTML hides from readers is painted and not read."""
        hidden = {inner for element in self.above if _is_hidden(element) for inner in element.iter()}
        if not hidden:
            return
        found: dict[int, list[int]] = {}
        for page, marks in enumerate(self.html):
            owners = self.owners[2 * page + 1]
            for mark, element in marks.items():
                if element in hidden and owners[mark] != b"null":
                    found.setdefault(page, []).append(mark)
                    self._let_go(self.at(owners[mark]), mark)
        self._to_artifacts(found, _LAYOUT)

    def join_tables(self) -> None:
        """The parts of a table on several pages become one table, with one header."""
        first: dict[Any, Any] = {}
        for table in [element for element in self.elements() if element["S"] == "/Table"]:
            source = self.source(table)
            if source is None or first.setdefault(source, table) is table:
                continue
            whole = first[source]
            for part in list(self.kids(table)):
                last = list(self.kids(whole))[-1]
                if part["S"] in {"/THead", "/TFoot", "/Caption"} and part["S"] in {
                    each["S"] for each in self.kids(whole)
                }:
                    self._discard(part)
                elif part["S"] == "/Caption":
                    self._move([part], whole, first=True)
                elif self.source(part) is not None and self.source(part) is self.source(last):
                    self._move(list(self.kids(part)), last)
                else:
                    self._move([part], whole)
            table["K"].clear()
            self._prune(table)

    def drop_empty(self) -> None:
        """What holds nothing tells a reader nothing: a bar that is only drawn, a line that was left empty."""
        for element in reversed(list(self.elements())):  # from the bottom up, so that what became empty goes as well
            if not element["K"] and element["S"] in _HOLDERS:
                self.at(element["P"])["K"].remove(element.reference)

    def number_lists(self) -> None:
        """Each list says how its items are numbered: the ones of an `ol` in figures, the others by a mark, or not at all."""
        for element in self.elements():
            if element["S"] == "/L" and "A" not in element:
                labelled = any(label["S"] == "/Lbl" for item in self.kids(element) for label in self.kids(item))
                source = self.source(element)
                ordered = source is not None and source.tag == "ol"
                style = ("/Decimal" if ordered else "/Disc") if labelled else "/None"
                element["A"] = f"<</O /List /ListNumbering {style}>>"

    def _require_all_marks(self) -> None:
        """Nothing is mended blindly: every piece of marked content is known by its box."""
        owned = [len(marks) for marks in self.owners[1 : 2 * len(self.pages) : 2]]
        if owned != [len(marks) for marks in self.html]:
            raise GovernanceError(
                "this release of WeasyPrint marks content in a way that is not known here", hint=KNOWN
            )

    def tell_languages(self) -> None:
        """What stands in an element with a language of its own is in that language; the rest is in that of the document."""
        if not any("lang" in element.attrib for element in self.above):
            return
        for page, marks in enumerate(self.html):
            owners = self.owners[2 * page + 1]
            for mark, element in marks.items():
                spoken = next(
                    (each.get("lang") for each in self.up_html(element) if each in self.above and each.get("lang")),
                    None,
                )
                if spoken and owners[mark] != b"null":
                    self.at(owners[mark])["Lang"] = self.string(spoken)

    def _sources(self) -> dict[int, Any]:
        """The HTML element of each part of a table and each list, told by walking up both trees from each painted piece."""
        found: dict[int, Any] = {}
        done: set[tuple[int, Any]] = set()
        for page, marks in enumerate(self.html):
            owners = self.owners[2 * page + 1]
            for mark, painted in marks.items():
                owner = self.at(owners[mark])
                above = self.at(owner["P"])
                if painted is None or (above.number, painted) in done:
                    continue
                done.add((above.number, painted))
                parts = [each for each in self._up(owner) if each["S"] in _PARTS]
                tags = [each for each in self.up_html(painted) if each.tag in _MARKED]
                if [each["S"] for each in parts] == [_MARKED[each.tag] for each in tags]:
                    found.update((part.number, tag) for part, tag in zip(parts, tags, strict=True))
                listed = next((each for each in self._up(owner) if each["S"] == "/L"), None)
                if listed is not None:
                    found.setdefault(
                        listed.number, next((e for e in self.up_html(painted) if e.tag in {"ol", "ul", "dl"}), None)
                    )
        return found

    def _up(self, element: Any) -> Iterator[Any]:
        while element is not self.structure:
            yield element
            element = self.at(element["P"])

    def up_html(self, element: Any) -> Iterator[Any]:
        """An element of the HTML and those it stands in, from the inside out."""
        while element is not None:
            yield element
            element = self.above.get(element)

    def _move(self, elements: list[Any], parent: Any, *, first: bool = False) -> None:
        place = 0 if first else len(parent["K"])
        for element in elements:
            element["P"] = parent.reference
        parent["K"][place:place] = [element.reference for element in elements]

    def _discard(self, element: Any) -> None:
        """Take an element out of the tree with all below it: what it painted becomes an artifact."""
        gone: dict[int, list[int]] = {}
        below = {each.number: each for each in self.elements(element)}
        for each in below.values():
            page = self.pages[each["Pg"]]
            gone.setdefault(page, []).extend(kid for kid in each["K"] if isinstance(kid, int))
        self._to_artifacts(gone, _PAGINATION)
        if any(each["S"] == "/Link" for each in below.values()):
            self._drop_annotations(lambda owner: owner.number in below)

    def _let_go(self, element: Any, mark: int) -> None:
        """Take one piece of content out of its element, and the element with it if that was all."""
        element["K"].remove(mark)
        if element["S"] != "/Link":
            self._prune(element)

    def _prune(self, element: Any) -> None:
        """Take an element out that holds nothing, and what then holds nothing above it; cells stay, since an empty cell is a cell."""
        while not element["K"] and element["S"] not in {"/TD", "/TH", "/Document"}:
            parent = self.at(element["P"])
            parent["K"].remove(element.reference)
            element = parent

    def _to_artifacts(self, found: dict[int, list[int]], sort: str) -> None:
        """Mark pieces of content as artifacts in the streams of their pages, and forget who owned them."""
        for page, marks in found.items():
            wanted = set(marks)
            if not wanted:
                continue
            for mark in wanted:
                self.owners[2 * page + 1][mark] = b"null"
            stream = self.at(self.at(self.pdf.page_references[page])["Contents"]).stream
            for place, item in enumerate(stream):
                if isinstance(item, dict) and item.get("MCID") in wanted:
                    stream[place - 1 : place + 1] = ["/Artifact", sort]

    def _drop_annotations(self, owned: Callable[[Any], bool]) -> None:
        """Take away the links whose element is no longer in the tree."""
        start = 2 * len(self.html)
        pairs = list(zip(self.owners[start::2], self.owners[start + 1 :: 2], strict=True))
        gone = {number for number, reference in pairs if owned(self.at(reference))}
        if not gone:
            return
        for owner in (self.at(reference) for number, reference in pairs if number in gone):
            owner["K"][:] = [kid for kid in owner["K"] if isinstance(kid, int) or self.at(kid)["Type"] != "/OBJR"]
        self.owners[start:] = [part for pair in pairs if pair[0] not in gone for part in pair]
        for page in map(self.at, self.pdf.page_references):
            if "Annots" in page:
                page["Annots"][:] = [link for link in page["Annots"] if self.at(link).get("StructParent") not in gone]


def _is_hidden(element: Any) -> bool:
    if element.get("aria-hidden") == "true":
        return True
    drawing = element.tag in {"img", f"{SVG}svg"}
    return drawing and (element.get("alt") == "" or element.get("role") in {"presentation", "none"})


def _describe_links(tree: Tree, document: Any) -> None:
    for page in document.pages:
        for sort, target, _, box in page.links:
            if sort in {"internal", "external"} and box.link_annotation is not None:
                said = box.element.get("aria-label") or " ".join("".join(box.element.itertext()).split())
                box.link_annotation["Contents"] = tree.string(said or target)


def _describe_figures(tree: Tree) -> Iterator[str]:
    for element in tree.elements():
        if element["S"] != "/Figure":
            continue
        page = tree.pages[element["Pg"]]
        drawn = next((tree.html[page].get(kid) for kid in element["K"] if isinstance(kid, int)), None)
        said = _alternative(tree, drawn) if drawn is not None else ""
        if not said:
            said = "A figure that nobody described"
            yield f"A figure on page {page + 1} has no description: give it alt, aria-label, a title or a figcaption."
        element["Alt"] = tree.string(said)


def _alternative(tree: Tree, drawn: Any) -> str:
    """What stands for a figure where it can not be seen."""
    title = drawn.find(f"{SVG}title")
    own = drawn.get("alt") or drawn.get("aria-label") or ("".join(title.itertext()) if title is not None else "")
    if not own:
        framed = next((each for each in tree.up_html(drawn) if each.tag == "figure"), None)
        if framed is not None:
            caption = framed.find(".//figcaption")
            own = framed.get("aria-label") or ("".join(caption.itertext()) if caption is not None else "")
    return " ".join(own.split())
