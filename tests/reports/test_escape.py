"""Strings of strangers: shown as written, and doing nothing."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from governance.parsing.showing import visible
from governance.reports.atoms import escape

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u00ad\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines", "two lines"),
        ("exe\u202egpj", "exe[U+202E]gpj"),
        ("a\u200bb", "a[U+200B]b"),
        ("\ufeffx", "[U+FEFF]x"),
        ("nul\x00", "nul[U+0000]"),
        ("\U000e0041tag", "[U+E0041]tag"),
        ("a\u2028b", "a b"),
        ("blank\u3164", "blank[U+3164]"),
        ("Grüße, 你好", "Grüße, 你好"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_what_nobody_can_see_is_written_out(raw, shown):
    assert visible(raw) == shown


@given(st.text())
def test_nothing_invisible_is_left(text):
    assert not INVISIBLE.search(visible(text))


@given(st.text())
def test_html_text_opens_no_tag_and_closes_no_attribute(text):
    assert not set("<>\"'") & set(re.sub(r"&(?:lt|gt|amp|#34|#39);", "", str(escape.html(text))))


@given(st.text(alphabet=st.sampled_from("ab1 |`*_[]()<>!#+-=~\\&;:.\n{}$/x"), max_size=40))
def test_markdown_text_reads_back_as_itself_in_a_table_cell(text):
    made = MARKDOWN.render(f"| h | i |\n| --- | --- |\n| {escape.markdown(text)} | end |\n")
    cells = re.findall(r"<td>(.*?)</td>", made, re.DOTALL)
    assert cells[1:] == ["end"]
    wanted = visible(text).strip()
    assert _plain(cells[0]).split() == wanted.split()
    assert "<" not in cells[0]


@given(st.text(alphabet=st.sampled_from("ab1 |`*_[]()<>!#+-=~\\&;:.\n{}$/x"), max_size=40))
def test_markdown_text_reads_back_as_itself_at_the_start_of_a_paragraph(text):
    made = MARKDOWN.render(f"{escape.markdown(text)}\n")
    inner = made.removeprefix("<p>").removesuffix("</p>\n")
    assert "<" not in inner
    assert _plain(inner).split() == visible(text).split()


def _plain(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


@pytest.mark.parametrize("text", ["https://evil.example", "www.evil.example", "FTP://x.example", "mailto:a@b.example"])
def test_a_bare_address_is_no_link_where_addresses_are_linked_by_themselves(text):
    made = str(escape.markdown(f"see {text}"))
    assert text not in made


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  =", "\u00a0="])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert escape.cell(f"{start}1+1").startswith("'")


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (3, "3"), (-2.5, "-2.5"), ("−2.5", "−2.5"), ("a=b", "a=b"), ("", "")]
)
def test_other_cells_stay_as_they_are(value, cell):
    assert escape.cell(value) == cell


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=1, max_size=4))
def test_a_row_of_cells_survives_the_way_to_csv_and_back_and_starts_no_formula(values):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([escape.cell(value) for value in values])
    (read,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert len(read) == len(values)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in read)
