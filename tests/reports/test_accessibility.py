"""The HTML documents in a real browser, looked at by axe-core in light and in dark: no violation of WCAG 2.2 A and AA, nor of best practice.

It needs Chromium and a Python package that brings axe-core, and is skipped with the reason where one of them is not there. axe sees what a
machine can see; a person still has to look.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from governance.reports.writing.render import offered, render
from tests.reports import cases

PACKAGES = ("axe_playwright_python", "axe_core_python")
"""Packages that bring axe.min.js, the newer one first. Nothing else of them is used."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SCHEMES = {"light": "1", "dark": "0"}
"""Blink's numbers for `prefers-color-scheme`."""
RULES = {"light": {}, "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}}
"""The rules asked in each scheme. Nothing but colours is another in the dark, and the other rules are most of the time."""
ASK = """
<script>%s</script>
<script>axe.run(document, %s).then(
  found => parent.postMessage({name: %s, dark: matchMedia("(prefers-color-scheme: dark)").matches, passes: found.passes.length,
    violations: found.violations.map(rule => ({id: rule.id, help: rule.help, nodes: rule.nodes.map(node => node.html.slice(0, 200))}))}, "*"),
  error => parent.postMessage({name: %s, error: String(error)}, "*"))</script>
"""
FRAME = """<!doctype html><html lang="en"><title>All documents</title><body>%s<script>
  const found = {};
  addEventListener("message", event => { found[event.data.name] = event.data;
    document.documentElement.dataset.found = btoa(unescape(encodeURIComponent(JSON.stringify(found)))); });
</script>%s</body></html>"""


def axe() -> str | None:
    """The source of axe-core, from the first package that has it."""
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        file = Path(spec.origin).parent / "axe.min.js" if spec and spec.origin else None
        if file and file.is_file():
            return file.read_text(encoding="utf-8")
    return None


def judged(documents: dict[str, str], scheme: str, folder: Path, library: str, browser: str) -> dict[str, dict]:
    """What axe finds in each document, all in one run of the browser: each stands in a frame of its own and reports to the page around it."""
    frames = []
    for name, html in documents.items():
        said = json.dumps(name)
        rules = json.dumps({"resultTypes": ["violations"], **RULES[scheme]})
        asking = ASK % (library.replace("</script", "<\\/script"), rules, said, said)
        (folder / f"{name}.html").write_text(html.replace("</body>", asking + "</body>"), encoding="utf-8")
        frames.append(f'<iframe title={said} src="{name}.html" width="1100" height="800"></iframe>')
    (folder / "all.html").write_text(FRAME % ("", "".join(frames)), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}",
               f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", "--virtual-time-budget=600000", "--dump-dom"]  # fmt: skip
    done = subprocess.run(
        [browser, *options, (folder / "all.html").as_uri()], capture_output=True, text=True, timeout=300, check=False
    )
    told = re.search(r'data-found="([^"]*)"', done.stdout)
    assert told, f"the browser told nothing: {done.stderr[-2000:]}"
    return json.loads(base64.b64decode(told[1]))


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="module")
def library() -> str:
    found = axe()
    if found is None:
        pytest.skip("no axe-core on this machine: pip install axe-core-python")
    return found


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_no_document_has_a_violation(templates, tmp_path, browser, library, scheme):
    case = cases.full()
    documents = {
        name.removesuffix(".html"): render(name, case, templates).decode()
        for name in offered(case, templates)
        if name.endswith(".html")
    }
    assert documents
    found = judged(documents, scheme, tmp_path, library, browser)
    assert set(found) == set(documents)
    assert all(told.get("dark") is (scheme == "dark") for told in found.values()), found
    least = 20 if scheme == "light" else 0
    assert all(told["passes"] > least for told in found.values()), "axe looked at hardly anything"
    broken = [
        f"{name} in {scheme}: {each['id']}: {each['help']}\n    " + "\n    ".join(each["nodes"][:5])
        for name, told in found.items()
        for each in told["violations"]
    ]
    assert not broken, "\n".join(broken)


def test_axe_finds_what_is_wrong(tmp_path, browser, library):
    """The way it is asked works: a document that breaks rules is caught, in the scheme in which it does."""
    wrong = "<!doctype html><html><head><title>x</title><style>p { color: %s; background: %s }</style></head><body><main><h1>A heading</h1><p>Words to be read</p></main></body></html>"
    documents = {
        "faint": wrong % ("#ccc", "#fff"),
        "good": wrong.replace("<html>", '<html lang="en">') % ("#000", "#fff"),
    }
    found = judged(documents, "light", tmp_path, library, browser)
    assert {each["id"] for each in found["faint"]["violations"]} == {"color-contrast", "html-has-lang"}
    in_the_dark = judged(documents, "dark", tmp_path, library, browser)
    assert {each["id"] for each in in_the_dark["faint"]["violations"]} == {"color-contrast"}
    assert found["good"]["violations"] == []
