"""The same document has the same bytes on any machine: other hashes, zones, homes, languages and fonts change nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from tests.reports.opened import printed_page

BODY = (
    "<h1>A document</h1><p>Text with <b>bold</b>, <i>italic</i>, <code>code</code>, ● ◷ ✎, Ж and <a href='#t'>a link</a>.</p>"
    '<svg width="90" height="30"><title>A chart</title><text x="2" y="20" font-family="Arial">axis</text><rect width="9" height="9"/></svg>'
    '<table id="t"><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>'
    + "".join(f'<tr><th scope="row">{n}</th><td>{n * n}</td></tr>' for n in range(80))
    + "</tbody></table>"
)
HEAD = "<style>body { font-family: Georgia, 'Liberation Sans', system-ui } @page { @bottom-right { content: counter(page) '/' counter(pages) } }</style>"
SCRIPT = """
import hashlib
from governance.reports.paper.pdf import Attachment
from tests.reports.opened import printed_page
from tests.reports.test_pdf_machines import BODY, HEAD
files = (Attachment("b.json", b"{}", "b"), Attachment("a.json", b"[]", "a"))
print(hashlib.sha256(printed_page(BODY, HEAD, attachments=files).data).hexdigest())
"""


def elsewhere(**settings: str) -> str:
    """The digest of the document, printed by a process with these settings."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": ".", **settings}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def here() -> str:
    from governance.reports.paper.pdf import Attachment

    files = (Attachment("a.json", b"[]", "a"), Attachment("b.json", b"{}", "b"))
    first, second = (hashlib.sha256(printed_page(BODY, HEAD, attachments=files).data).hexdigest() for _ in range(2))
    assert first == second
    return first


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {
            "PYTHONHASHSEED": "77",
            "TZ": "America/New_York",
            "LC_ALL": "tr_TR.UTF-8",
            "LANGUAGE": "ja",
            "PANGO_LANGUAGE": "ja",
        },
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent", "SOURCE_DATE_EPOCH": "1"},
    ],
)
def test_another_process_prints_the_same_bytes(here, settings):
    assert elsewhere(**settings) == here


def test_rules_and_fonts_of_the_machine_change_nothing(here, tmp_path):
    rules = (
        '<match target="pattern"><edit name="family" mode="prepend" binding="strong"><string>DejaVu Serif</string></edit></match>'
        '<match target="font"><edit name="embolden" mode="assign"><bool>true</bool></edit></match>'
    )
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>/usr/share/fonts</dir>{rules}</fontconfig>")
    assert elsewhere(FONTCONFIG_FILE=str(tmp_path / "fonts.conf")) == here
