"""The PDF: archivable, tagged, the same bytes each time, and fetching nothing."""

from __future__ import annotations

import base64
import builtins
import io
import platform
import socket
import threading
from datetime import UTC, datetime

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from governance.errors import GovernanceError
from governance.reports.paper import fonts, pdf
from governance.reports.paper.pdf import PangoMissing, to_pdf
from governance.reports.writing.render import render
from tests.reports import hostile
from tests.reports import opened as look

WHEN = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)


def page(body: str) -> str:
    return f'<!doctype html><html lang="en"><title>A title</title><body>{body}</body></html>'


def made(body: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(to_pdf(page(body), identifier="a-name", created=WHEN)))


def test_the_audit_report_is_a_tagged_archivable_pdf_of_a_length_people_read(templates, full):
    data = to_pdf(render("audit-report.html", full, templates).decode(), identifier="elm-desk", created=full.on)
    with pikepdf.open(io.BytesIO(data)) as found:
        assert 10 <= len(found.pages) <= 22
        assert found.Root.Lang == "en"
        assert found.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in found.Root
        assert "/OutputIntents" in found.Root
        assert found.Root.ViewerPreferences.DisplayDocTitle
        with found.open_outline() as outline:
            titles = [item.title for item in outline.root[0].children]
        with found.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "U"
        assert str(found.docinfo["/Title"]) == "Audit report: Elm Desk assistant, 2026-11-22"
        assert str(found.docinfo["/CreationDate"]).startswith("D:20261122160500")
    for title in ("Scope, method and limits", "Controls", "Risks", "Requirements by framework", "Evidence index"):
        assert any(title in found_title for found_title in titles)


def test_the_same_html_gives_the_same_bytes(templates, full):
    html = render("risk-register.html", full, templates).decode()
    first, second = (to_pdf(html, identifier="x", created=WHEN) for _ in range(2))
    assert first == second
    assert to_pdf(html, identifier="y", created=WHEN) != first


def test_a_hostile_case_makes_a_pdf(templates):
    html = render("model-card.html", hostile.hostile(), templates).decode()
    with pikepdf.open(io.BytesIO(to_pdf(html, identifier="x", created=WHEN))) as found:
        assert len(found.pages) > 2


class Listener:
    """A server on this machine that counts who knocks."""

    def __init__(self) -> None:
        self.knocks = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.knocks += 1
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/css\r\n\r\nbody{color:red}")
            connection.close()

    def close(self) -> None:
        self.socket.close()


def test_nothing_is_fetched_from_a_server_or_read_from_the_disk(tmp_path):
    listener = Listener()
    url = f"http://127.0.0.1:{listener.port}/x"
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of this machine")
    inner = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}" width="9" height="9"/></svg>'
    )
    entity = f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{secret.as_uri()}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>'
    attempts = [
        f'<img src="{url}">',
        f'<style>@import url("{url}"); p {{ background: url({url}) }}</style><p>x',
        f"<style>@font-face {{ font-family: x; src: url({url}) }} p {{ font-family: x }}</style><p>x",
        f"<style>@font-face {{ font-family: x; src: local('DejaVu Serif'), url({secret.as_uri()}) }} p {{ font-family: x }}</style><p>x",
        f'<link rel="stylesheet" href="{url}"><p>x',
        f'<base href="{url}"><link rel="stylesheet" href="x.css"><img src="x.png">',
        f'<object data="{url}"></object><embed src="{url}">',
        f'<svg width="9" height="9"><image href="{url}" width="9" height="9"/><use href="{url}#a"/></svg>',
        f'<svg width="9" height="9"><style>@import url({url}); rect {{ fill: url({url}#a) }}</style><rect width="9" height="9"/></svg>',
        f'<img alt="x" src="data:image/svg+xml;base64,{base64.b64encode(inner.encode()).decode()}">',
        f'<img alt="x" src="data:image/svg+xml;base64,{base64.b64encode(entity.encode()).decode()}">',
        f'<link rel="stylesheet" href="data:text/css,@import url({url})"><p>x',
        f'<link rel="attachment" href="{secret.as_uri()}"><p>x',
        '<link rel="attachment" href="data:text/plain,hello"><p>x',
        f'<a rel="attachment" href="{secret.as_uri()}">x</a>',
        '<a rel="attachment" href="data:text/plain,hello">x</a>',
        '<a rel="attachment" href="font:DejaVuSans.ttf">x</a>',
        f'<img src="{secret.as_uri()}">',
        f'<img src="FILE://{secret}">',
        f'<img src="file:{secret}?x">',
        f'<img src="ftp://127.0.0.1:{listener.port}/x">',
        f'<img src="font:../../../../../../../../{secret}">',
        f'<img src="font:{secret}">',
    ]
    try:
        for body in attempts:
            found = made(body)
            assert "/Names" not in found.Root or "/EmbeddedFiles" not in found.Root.Names
            assert "/AF" not in found.Root
            assert len(found.attachments) == 0
            assert "secret" not in look.tree(found).said
            assert not any(each.Subtype == "/FileAttachment" for one in found.pages for each in one.get("/Annots", []))
            fonts = {str(font.BaseFont) for one in found.pages for font in one.Resources.get("/Font", {}).values()}
            assert not any("Serif" in font for font in fonts)
    finally:
        listener.close()
    assert listener.knocks == 0


def test_an_address_that_leads_on_is_not_followed():
    """Were http ever allowed, a server could still not send us to a file of this machine."""
    fetcher = fonts.fetcher(pdf.load().urls)
    assert not any(type(handler).__name__ == "HTTPRedirectHandler" for handler in fetcher.handlers)
    for address in ("http://127.0.0.1/x", "file:///etc/passwd", "FONT:DejaVuSans.ttf", "font:", "font:DejaVuSerif.ttf"):
        with pytest.raises(ValueError, match="disallowed protocol"):
            fetcher.fetch(address)
    assert fetcher.fetch("font:DejaVuSans.ttf").read()[:4] == b"\0\1\0\0"
    assert fetcher.fetch("data:text/plain,x").read() == b"x"


def test_an_image_that_is_data_is_drawn():
    dot = (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
        "Jggg=="
    )
    found = made(f'<img alt="a dot" src="{dot}">')
    assert len(found.pages[0].get_images()) == 1


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        to_pdf(page("x"), identifier="x", created=WHEN.replace(tzinfo=None))


def _import_that_raises(monkeypatch, error: Exception) -> None:
    real = builtins.__import__

    def fake(name, *args, **kwargs):
        if name.split(".")[0] == "weasyprint":
            raise error
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fake)


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ({"ID": "debian"}, "apt-get install --no-install-recommends libpango-1.0-0"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt-get install"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install pango"),
        ({"ID": "alpine"}, "apk add pango"),
        ({"ID": "unheard-of"}, "; or "),
    ],
)
def test_without_pango_the_error_says_what_to_type_on_this_system(monkeypatch, release, line):
    _import_that_raises(monkeypatch, OSError("cannot load library 'libpango-1.0-0'\nand more"))
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    with pytest.raises(PangoMissing, match=r"can not load Pango: cannot load library \'libpango-1\.0-0\'") as caught:
        to_pdf(page("x"), identifier="x", created=WHEN)
    assert line in caught.value.hint
    assert isinstance(caught.value, GovernanceError)


def test_on_a_mac_the_line_is_for_a_mac(monkeypatch):
    _import_that_raises(monkeypatch, OSError("cannot load library"))
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    with pytest.raises(PangoMissing) as caught:
        to_pdf(page("x"), identifier="x", created=WHEN)
    assert caught.value.hint == "Install it with: brew install pango"


def test_without_the_fonts_the_error_names_what_to_install():
    gone = (
        *fonts.FACES[1:],
        fonts.Face("X", 400, False, "no_such_package", "x.ttf"),
        fonts.Face("Y", 400, False, fonts.SOURCE, "files/no.ttf"),
    )
    with pytest.raises(
        PangoMissing, match="the Python packages font-source-sans-pro and no_such_package are not installed"
    ) as caught:
        pdf.load(gone)
    assert caught.value.hint == "Install them with: pip install font-source-sans-pro no_such_package"
    assert fonts.missing() == ()


def test_the_fonts_may_be_embedded_and_come_with_their_licences():
    for face in fonts.FACES:
        with TTFont(face.located(), lazy=True) as font:
            assert not font["OS/2"].fsType, f"{face.name} says that it must not be embedded freely"
    source, dejavu = fonts.FACES[0].located().parent, fonts.FACES[6].located().parent
    assert "SIL OPEN FONT LICENSE Version 1.1" in (source / "LICENSE.txt").read_text()
    assert "Permission is hereby granted" in (dejavu / "LICENSE_DEJAVU").read_text()


def test_without_the_package_the_error_names_the_extra(monkeypatch):
    _import_that_raises(monkeypatch, ModuleNotFoundError("No module named 'weasyprint'", name="weasyprint"))
    with pytest.raises(PangoMissing) as caught:
        to_pdf(page("x"), identifier="x", created=WHEN)
    assert caught.value.hint == pdf.PACKAGE_HINT
    assert "governance-evidence[documents]" in pdf.PACKAGE_HINT
