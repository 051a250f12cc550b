"""From the HTML of a document to an archivable, tagged PDF (PDF/A-3u, ISO 19005-3) with WeasyPrint.

The HTML may hold words of strangers, so nothing is fetched: only `data:` addresses are opened, and everything else
(a file of this machine, a server next door) is refused before a socket is made. The dates and the identifier come
from the caller, hence the same HTML gives the same bytes on one machine; another set of fonts gives other bytes.

WeasyPrint is imported here and only when a PDF is made. It is a package that pip installs and a library, Pango,
that the system does; which of the two is missing is told apart.
"""

from __future__ import annotations

import logging
import os
import platform
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIANT = "pdf/a-3u"
PACKAGE_HINT = "Install it with: pip install 'governance-evidence[documents]'"
SYSTEM_HINTS: Mapping[str, str] = {
    "debian": "apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0 fonts-dejavu",
    "fedora": "dnf install pango dejavu-sans-fonts",
    "alpine": "apk add pango font-dejavu",
    "arch": "pacman -S pango ttf-dejavu",
    "suse": "zypper install libpango-1_0-0 libharfbuzz-subset0 dejavu-fonts",
    "darwin": "brew install pango",
    "windows": "pacman -S mingw-w64-x86_64-pango, in an MSYS2 shell",
}
"""The line that installs Pango, by family of systems. https://doc.courtbouillon.org/weasyprint/stable/first_steps.html"""


class PangoMissing(GovernanceError):  # noqa: N818 - it says what is missing
    """No PDF can be made here: WeasyPrint or the Pango library it draws text with is not installed."""


def to_pdf(html: str, *, identifier: str, created: datetime) -> bytes:
    """The PDF of a document. `identifier` names this very document, `created` is its moment; both are written into it.

    Raises `PangoMissing` with the line to type, and `ValueError` for a moment without a time zone.
    """
    weasyprint = load()
    if created.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    stamp = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=_fetcher(weasyprint)).render()
    document.metadata.created = stamp
    document.metadata.modified = stamp
    with _font_clock(created):
        made: bytes = document.write_pdf(pdf_identifier=identifier.encode(), pdf_variant=VARIANT, pdf_tags=True)
    return made


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


def _fetcher(weasyprint: Any) -> Any:
    """A fetcher that opens `data:` and nothing else."""
    return weasyprint.urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False)


def load() -> Any:
    """WeasyPrint itself; raises `PangoMissing` with the line to type."""
    try:
        import weasyprint
        import weasyprint.urls
    except ModuleNotFoundError as error:
        raise PangoMissing(f"the Python package {error.name} is not installed", hint=PACKAGE_HINT) from None
    except OSError as error:
        first = str(error).splitlines()[0] if str(error) else "a library is missing"
        raise PangoMissing(
            f"WeasyPrint can not load Pango: {first}", hint=f"Install it with: {_install_line()}"
        ) from None
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
