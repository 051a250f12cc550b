"""From the HTML of a document to an archivable, accessible PDF, PDF/A-3u and PDF/UA-1 at once, with WeasyPrint.

The HTML may hold words of strangers, so nothing is fetched: only `data:` addresses are opened, and everything else
(a file of this machine, a server next door) is refused before a socket is made. The fonts are the ones of `fonts`, the dates and the
identifier come from the caller, hence the same HTML gives the same bytes on any machine that has the same releases of WeasyPrint and
Pango. `glyphs` says what happens to characters no font has, `tagging` how the structure is made to say what the HTML says, `archival` what
else the two standards ask for.

WeasyPrint is imported here and only when a PDF is made. It is a package that pip installs and a library, Pango,
that the system does; which of the two is missing is told apart.

What is laid out costs about 0.2 s a page and 6 ms a row of a table, on one core. Elements may stand in each other `DEPTH` deep.
"""

from __future__ import annotations

import gc
import logging
import os
import platform
import re
import sys
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError
from governance.parsing.showing import visible
from governance.reports.paper import archival, fonts, glyphs, tagging
from governance.reports.paper.archival import Attachment
from governance.reports.paper.spacing import loosened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Attachment", "PangoMissing", "Printed", "load", "printed", "to_pdf"]

VARIANT = "pdf/a-3u"
DEPTH = 256
"""How deep elements may stand in each other. Layout calls itself about twenty times for each."""
_CALLS, _STACK = 40_000, 64 * 1024 * 1024
_COLLECT = 100_000
"""A page is built of many small objects that live until it is written; looking for garbage among them takes a quarter of the time."""
PACKAGE_HINT = "Install it with: pip install 'governance-evidence[documents]'"
SYSTEM_HINTS: Mapping[str, str] = {
    "debian": "apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "fedora": "dnf install pango",
    "alpine": "apk add pango",
    "arch": "pacman -S pango",
    "suse": "zypper install libpango-1_0-0 libharfbuzz-subset0",
    "darwin": "brew install pango",
    "windows": "pacman -S mingw-w64-x86_64-pango, in an MSYS2 shell",
}
"""The line that installs Pango, by family of systems. https://doc.courtbouillon.org/weasyprint/stable/first_steps.html"""
_RULES = "* { opacity: 1 !important; }"
"""Text that is blended as a group can not be tagged."""
_NO_CAPITALS = "* { text-transform: none !important; }"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SETTINGS = threading.Lock()
"""Held while settings of the whole process (environment, depth of calls) are others for a document."""


class PangoMissing(GovernanceError):  # noqa: N818 - it says what is missing
    """No PDF can be made here: WeasyPrint, the Pango library it draws text with, or the fonts are not installed."""


@dataclass(frozen=True)
class Printed:
    """A PDF, the number of its pages, and what its reader should be told about how it came out, a sentence each."""

    data: bytes
    pages: int
    notes: tuple[str, ...] = ()


def to_pdf(
    html: str, *, identifier: str, created: datetime, attachments: Sequence[Attachment] = (), language: str = "en"
) -> bytes:
    """The PDF of a document. `identifier` names this very document, `created` is its moment; both are written into it.

    `attachments` go inside, as data the document was made of. `language` (BCP 47) is that of a document whose HTML names none.

    Raises `PangoMissing` with the line to type, `GovernanceError` for elements too deep in each other and for a character without a
    glyph in the style sheet, and `ValueError` for a moment without a time zone or an attachment without a proper name.
    """
    return printed(html, identifier=identifier, created=created, attachments=attachments, language=language).data


def printed(
    html: str, *, identifier: str, created: datetime, attachments: Sequence[Attachment] = (), language: str = "en"
) -> Printed:
    """As `to_pdf`, with the number of pages and the notes."""
    weasyprint = load()
    if created.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    moment = created.astimezone(UTC)
    inside = archival.embedded(weasyprint, attachments, moment)
    with _SETTINGS, _font_clock(moment), _few_collections():
        return _deep(lambda: _printed(weasyprint, html, identifier, moment, (attachments, inside), language))


def _printed(
    weasyprint: Any,
    html: str,
    identifier: str,
    moment: datetime,
    files: tuple[Sequence[Attachment], list[Any]],
    language: str,
) -> Printed:
    html = loosened(html)
    lacking = glyphs.lacking(html, lambda: fonts.installed(weasyprint.text.ffi))
    faces = (*fonts.FACES, *lacking.borrowed)
    fetcher = fonts.fetcher(weasyprint.urls, faces)
    with fonts.closed_world():
        world = weasyprint.text.fonts.FontConfiguration()
    rules = fonts.stylesheet(faces) + _RULES + (_NO_CAPITALS if lacking.no_capitals else "")
    sheet = weasyprint.CSS(string=rules, font_config=world, url_fetcher=fetcher)
    parsed = weasyprint.HTML(string=html, base_url=None, url_fetcher=fetcher)
    root = parsed.etree_element
    _refuse_depth(root)
    glyphs.spell(root, lacking.spelled)
    document = parsed.render(font_config=world, stylesheets=[sheet])
    _name(document, root, moment, identifier, language)
    painted = tagging.watch(document)
    notes: list[str] = list(lacking.notes)

    def finisher(_document: Any, pdf: Any) -> None:
        archival.finish(document, pdf, files[0])
        notes.extend(tagging.mend(document, pdf, painted, root))

    data: bytes = document.write_pdf(
        pdf_identifier=identifier.encode(), pdf_variant=VARIANT, pdf_tags=True, attachments=files[1], finisher=finisher
    )
    return Printed(data, len(document.pages), tuple(notes))


def _name(document: Any, root: Any, moment: datetime, identifier: str, language: str) -> None:
    """Title, language and dates of a laid out document; and no attachment that its HTML may ask for by itself."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    heading = next(root.iter("h1"), None)
    named = " ".join("".join(heading.itertext()).split()) if heading is not None else ""
    meta = document.metadata
    meta.created = meta.modified = stamp
    meta.title = _clean(meta.title or named or identifier)
    meta.description = _clean(meta.description) if meta.description else None
    meta.generator = _clean(meta.generator) if meta.generator else None
    meta.authors, meta.keywords = [_clean(one) for one in meta.authors], [_clean(one) for one in meta.keywords]
    meta.lang = meta.lang or language
    meta.attachments = []
    for page in document.pages:
        page.links = [link for link in page.links if link[0] != "attachment"]


def _clean(text: str) -> str:
    """Text that XML may hold (the metadata is XML): what can not be seen is written out, what is no character is marked as such."""
    return _NO_XML.sub("\ufffd", visible(text))


def _refuse_depth(root: Any) -> None:
    """Raises `GovernanceError` where elements stand in each other deeper than `DEPTH`."""
    deep, waiting = 0, [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        deep = max(deep, depth)
        waiting.extend((child, depth + 1) for child in element)
    if deep > DEPTH:
        raise GovernanceError(
            f"the document is {deep} elements deep, and no more than {DEPTH} can be laid out as PDF",
            hint="Flatten the text that nests so deep; the HTML of it can be read as it is.",
        )


def _deep(work: Callable[[], Printed]) -> Printed:
    """Do work that calls itself often, in a thread with room for it."""
    made: list[Printed] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            made.append(work())
        except BaseException as error:  # it is raised again where it is waited for
            failed.append(error)

    room, calls = threading.stack_size(_STACK), sys.getrecursionlimit()
    sys.setrecursionlimit(max(calls, _CALLS))
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(room)
        sys.setrecursionlimit(calls)
    if failed:
        raise failed[0]
    return made[0]


@contextmanager
def _few_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_COLLECT, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _font_clock(moment: datetime) -> Iterator[None]:
    """Where HarfBuzz-Subset is missing, fontTools cuts the fonts, and writes its own clock into them unless it is told one."""
    name = "SOURCE_DATE_EPOCH"
    before = os.environ.get(name)
    os.environ[name] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def load(faces: Sequence[fonts.Face] = fonts.FACES) -> Any:
    """WeasyPrint itself; raises `PangoMissing` with the line to type, also where a face is not installed."""
    try:
        with warnings.catch_warnings(), fonts.closed_world():
            warnings.simplefilter("ignore")  # it warns of a world without fonts, which is the one it is to see
            import weasyprint
            import weasyprint.text.ffi
            import weasyprint.text.fonts
            import weasyprint.urls
    except ModuleNotFoundError as error:
        raise PangoMissing(f"the Python package {error.name} is not installed", hint=PACKAGE_HINT) from None
    except OSError as error:
        first = str(error).splitlines()[0] if str(error) else "a library is missing"
        raise PangoMissing(
            f"WeasyPrint can not load Pango: {first}", hint=f"Install it with: {_install_line()}"
        ) from None
    lacking = fonts.missing(faces)
    if lacking:
        said = f"the fonts of the Python package{'s' if len(lacking) > 1 else ''} {' and '.join(lacking)} are not installed"
        raise PangoMissing(said, hint=f"Install them with: pip install {' '.join(lacking)}")
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint


def _install_line() -> str:
    """The line for this system; all of them where the system is not known."""
    system = platform.system().lower()
    if system == "linux":
        try:
            release = platform.freedesktop_os_release()
        except OSError:
            release = {}
        names = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".lower().split()
        family = next((_FAMILY[name] for name in names if name in _FAMILY), "")
    else:
        family = system
    return SYSTEM_HINTS.get(family) or "; or ".join(SYSTEM_HINTS.values())


_FAMILY = {
    "debian": "debian",
    "ubuntu": "debian",
    "fedora": "fedora",
    "rhel": "fedora",
    "centos": "fedora",
    "alpine": "alpine",
    "arch": "arch",
    "suse": "suse",
    "opensuse": "suse",
}
