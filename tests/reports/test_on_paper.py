"""What a reader sees who turns the pages: contents that are true, nothing said twice, lines and pages that end where they should."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from governance.domain.policy import Answer
from governance.reports.paper.spacing import loosened
from governance.reports.writing.render import offered, render

STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
WORDS = re.compile(r"<[^>]+>")
CELL = (
    "<style>@page{size:400px 400px;margin:10px} table{table-layout:fixed;border-collapse:collapse;width:%spx} "
    "td{overflow-wrap:anywhere;font-size:12px}</style><table><tr><td>%s</td></tr></table>"
)
ROW = '<tr><th scope="row">E%s</th><td>a piece of evidence</td></tr>'
LAID_OUT = """
import json, sys, weasyprint
from weasyprint.formatting_structure import boxes

def lines(box):
    if isinstance(box, boxes.LineBox):
        return ["".join(each.text for each in box.descendants() if isinstance(each, boxes.TextBox)).strip()]
    return [line for each in getattr(box, "children", ()) for line in lines(each)]

laid_out = (weasyprint.HTML(string=html).render() for html in json.load(sys.stdin))
print(json.dumps([[lines(page._page_box) for page in each.pages] for each in laid_out]))
"""
SHEET = "<table><thead><tr><th>No.</th><th>What</th></tr></thead><tbody>%s</tbody></table>"


@pytest.fixture(scope="module")
def documents(templates, full):
    """Every HTML document of a full case."""
    return {name: render(name, full, templates).decode() for name in offered(full, templates) if name.endswith(".html")}


def headings(text: str, tag: str) -> list[str]:
    return [WORDS.sub("", each).strip() for each in re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", text, re.DOTALL)]


def pages(*documents: str) -> list[list[list[str]]]:
    """The lines of each page of each document, laid out in a process of its own: what is laid out here would find the fonts of the machine."""
    done = subprocess.run(
        [sys.executable, "-c", LAID_OUT], input=json.dumps(documents), capture_output=True, text=True, check=True
    )
    found: list[list[list[str]]] = json.loads(done.stdout)
    return found


def test_the_contents_name_every_section_in_its_order_and_so_by_its_number(documents):
    told = 0
    for name, text in documents.items():
        contents = re.search(r'<nav class="contents.*?</nav>', text, re.DOTALL)
        if contents:
            told += 1
            numbered = text.partition('<main class="numbered">')[2]
            assert headings(contents[0], "a") == headings(numbered, "h2"), name
    assert told >= 3


def test_no_heading_is_said_again_right_below_it(documents):
    for name, text in documents.items():
        found = [WORDS.sub("", each) for each in re.findall(r"<h[23][^>]*>(.*?)</h[23]>", text, re.DOTALL)]
        assert not [one for one, next_ in itertools.pairwise(found) if one.strip() == next_.strip()], name


def test_a_condition_with_many_remedies_lists_five_and_counts_the_others(templates, full):
    first, *others = full.gate.conditions
    many = replace(full, gate=full.gate.model_copy(update={"conditions": (
        first.model_copy(update={"answer": Answer.NO, "would_turn": tuple(f"do the thing {n}" for n in range(23))}), *others
    )}))  # fmt: skip
    text = render("audit-report.html", many, templates).decode().partition('<section id="gate">')[2]
    assert re.findall(r"<li>(do the thing \d+)</li>", text) == [f"do the thing {n}" for n in range(5)]
    assert "and 18 more: the remedies stand with the controls and the risks." in text


@pytest.mark.parametrize(
    "said",
    [
        "Data protection officer <br>",
        'Data protection officer <span class="ask">nobody named</span>',
        "Write one table of <code>resource-inventory.yaml</code>, then run it",
    ],
)
def test_a_space_at_the_end_of_a_text_breaks_no_line_after_its_first_word(said):
    first = said.split()[0]
    found = pages(*(loosened(CELL % (width, said)) for width in range(100, 260)))
    assert not [each for each in found if each[0][0] == first]


def test_what_is_loosened_is_the_same_to_a_reader():
    page = '<p>One <code>two</code> three <br>four <span class="soft">five</span> </p>'
    assert WORDS.sub(" ", loosened(page)).split() == WORDS.sub(" ", page).split()
    assert loosened("<td>no <b>space</b> lost</td>") == "<td>no <b>space</b> lost</td>"


def test_the_last_lines_of_a_document_are_never_alone_on_a_page(documents):
    style = STYLE.search(documents["data-card.html"])[0]
    end = '<footer class="colophon"><p>The end of it.</p><p>Pack.</p></footer>'
    many = range(36, 62, 2)
    tables = (SHEET % "".join(ROW % n for n in range(rows)) for rows in many)
    for rows, found in zip(many, pages(*(f"{style}<main>{table}</main>{end}" for table in tables)), strict=True):
        assert "Pack." in found[-1]
        assert any(line.startswith(f"E{rows - 2}") for line in found[-1]), f"{rows} rows leave {found[-1]}"


def test_a_row_is_never_alone_under_its_header_or_on_the_next_page(documents):
    style = STYLE.search(documents["data-card.html"])[0]
    table = SHEET % "".join(ROW % n for n in range(4))
    spaces = (f'<div style="height: {before}mm"></div>' for before in range(225, 262, 2))
    for found in pages(*(f"{style}{space}{table}" for space in spaces)):
        for each in found:
            assert sum(line.startswith("E") for line in each) != 1, each


def test_what_a_framework_calls_its_parts_is_the_same_in_german(full, templates):
    """A word of ours that is spelled as one of theirs would turn it: the function Measure of NIST is no measure of a metric."""
    words = {**templates, "house.yaml": templates["house.yaml"].replace("language: en", "language: de")}
    text = render("nist-ai-rmf-profile.html", full, words).decode()
    assert 'lang="de"' in text
    table = text.partition("Anforderungen nach Bereich, jeder")[2].partition("</table>")[0]
    assert re.findall(r'<th scope="row">([^<]+)</th>', table) == ["Govern", "Map", "Measure", "Manage"]


def test_the_identity_on_each_page_says_what_it_is(documents):
    assert 'identity <span class="mono">' in documents["model-card.html"]
