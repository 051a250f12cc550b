"""The structure tree says what the HTML says: tables, figures, links, lists, and what is only drawn."""

from __future__ import annotations

from xml.etree import ElementTree

import pydyf
import pytest

from governance.errors import GovernanceError
from governance.reports.paper import tagging
from tests.reports import opened as look
from tests.reports.opened import opened, printed_page

SMALL_PAGES = "<style>@page { size: 90mm 70mm; margin: 12mm; @top-left { content: element(running) } @bottom-right { content: 'Page ' counter(page) } } .run { position: running(running) }</style>"
ROWS = "".join(f"<tr><th scope=row>Row {n}</th><td>left {n}</td><td>right {n}</td></tr>" for n in range(30))
LONG = (
    '<h1>x</h1><p>before</p><table><caption>The rows</caption><thead><tr><th scope="col">What</th><th scope="col">L</th><th scope="col">R</th>'
    f"</tr></thead><tbody>{ROWS}</tbody></table><p>after</p>"
)
GROUPED = (
    '<table><thead><tr><th scope="col">No.</th><th scope="col">What</th></tr></thead>'
    '<tbody><tr><th scope="rowgroup" colspan="2">First group</th></tr><tr><th scope="row">1</th><td>one</td></tr></tbody>'
    '<tbody><tr><th scope="rowgroup" colspan="2">Second group</th></tr><tr><th scope="row">2</th><td>two</td></tr></tbody></table>'
)


def headed(pdf) -> dict[str, list[str]]:
    """The headers of each data cell by their words, in order."""
    whole = look.tree(pdf)
    names = {str(each.entry.ID): each.said for each in whole.all("TH")}
    return {each.said: [names[str(name)] for name in each.attribute("/Headers") or []] for each in whole.all("TD")}


def test_all_that_is_painted_is_either_read_or_an_artifact():
    found = opened(
        '<div class="run">On top</div>'
        + LONG
        + '<ul><li>a<ul><li>b</li></ul></li></ul><p style="opacity: .5">faint</p>',
        SMALL_PAGES,
    )
    assert len(found.pages) > 3
    assert not look.unmarked(found)
    assert look.owned(found) == look.painted(found)
    assert "faint" in look.tree(found).said


def test_running_headers_and_page_numbers_are_artifacts_on_every_page():
    found = opened('<div class="run">On top <a href="#x">of all</a></div><h1 id="x">x</h1>' + LONG, SMALL_PAGES)
    said = {(page, text) for page, sort, text in look.artifacts(found) if sort == "/Pagination"}
    for page in range(len(found.pages)):
        assert any(number == page and text.startswith("On top") for number, text in said)
        assert (page, f"Page {page + 1}") in said
    assert "On top" not in look.tree(found).said
    assert "Page 1" not in look.tree(found).said
    assert not any("/Annots" in each and len(each.Annots) for each in found.pages)


def test_what_html_hides_from_readers_is_drawn_and_not_read():
    found = opened(
        '<p><span class="icon" aria-hidden="true">●</span> met</p><div aria-hidden="true"><p>for <b>eyes</b></p></div>'
        '<svg width="9" height="9" role="presentation"><rect width="9" height="9"/></svg>'
    )
    assert look.tree(found).said.strip() == "met"
    assert {text for _, _, text in look.artifacts(found)} == {"●", "for ", "eyes"}
    assert not look.tree(found).all("Figure")
    assert not any("for " in each.said for each in look.tree(found).all("P"))


def test_a_table_on_many_pages_is_one_table_with_one_header():
    found = opened(LONG, SMALL_PAGES)
    (table,) = look.tree(found).all("Table")
    assert [each.kind for each in table.kids] == ["Caption", "THead", "TBody"]
    assert [each.said for each in table.all("THead")] == ["WhatLR"]
    assert [each.said for each in table.all("TR")][1:] == [f"Row {n}left {n}right {n}" for n in range(30)]
    again = [text for _, sort, text in look.artifacts(found) if sort == "/Pagination" and text in {"What", "L", "R"}]
    assert len(again) == 3 * (len({page for page, _, text in look.artifacts(found) if text == "What"}))
    assert len(again) > 6
    words = look.tree(found).said
    assert words.index("before") < words.index("Row 0") < words.index("Row 29") < words.index("after")


def test_the_header_is_drawn_on_each_page_of_a_table_and_never_without_a_row():
    found = opened(LONG, SMALL_PAGES)
    whole = look.tree(found)
    numbers = {each.obj.objgen: number for number, each in enumerate(found.pages)}
    with_rows = {numbers[row.entry.Pg.objgen] for row in whole.all("TR") if row.parent.kind == "TBody"}
    with_header = {page for page, _, text in look.artifacts(found) if text == "What"}
    with_header |= {numbers[row.entry.Pg.objgen] for row in whole.all("THead")}
    assert with_header == with_rows


def test_two_tables_that_look_alike_stay_two():
    small = "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    found = opened(small + '<div style="break-before: page"></div>' + small, SMALL_PAGES)
    assert len(found.pages) == 2
    assert len(look.tree(found).all("Table")) == 2


def test_a_table_in_a_table_keeps_its_own_headers():
    inner = "<table><tr><th scope=col>In</th></tr><tr><td>i</td></tr></table>"
    found = opened(f"<table><tr><th scope=col>Out</th></tr><tr><td>o {inner}</td></tr></table>")
    said = headed(found)
    assert said["i"] == ["In"]
    assert said["o Ini"] == ["Out"]


def test_a_cell_is_headed_by_its_row_its_column_and_its_own_group():
    said = headed(opened(GROUPED))
    assert said == {"one": ["1", "What", "First group"], "two": ["2", "What", "Second group"]}


def test_headers_reach_over_spans():
    found = opened(
        '<table><thead><tr><th rowspan="2" scope="col">Task</th><th colspan="2" scope="colgroup">Score</th></tr>'
        '<tr><th scope="col">Base</th><th scope="col">Tuned</th></tr></thead><tbody>'
        '<tr><th scope="row" rowspan="2">piqa</th><td>b1</td><td>t1</td></tr><tr><td>b2</td><td>t2</td></tr>'
        '<tr><th scope="row">arc</th><td colspan="2">both</td></tr></tbody></table>'
    )
    assert headed(found) == {
        "b1": ["piqa", "Score", "Base"],
        "t1": ["piqa", "Score", "Tuned"],
        "b2": ["piqa", "Score", "Base"],
        "t2": ["piqa", "Score", "Tuned"],
        "both": ["arc", "Score", "Base", "Tuned"],
    }


@pytest.mark.parametrize(
    ("html", "scopes"),
    [
        ("<table><tr><th>A</th><th>B</th></tr><tr><th>r</th><td>1</td></tr></table>", ["/Column", "/Column", "/Row"]),
        (
            "<table><thead><tr><td></td><th>B</th></tr></thead><tr><th>r</th><td>1</td></tr></table>",
            ["/Column", "/Row"],
        ),
        ("<table><tr><th scope=row>r</th><th scope=row>s</th></tr></table>", ["/Row", "/Row"]),
        (GROUPED, ["/Column", "/Column", "/Column", "/Row", "/Column", "/Row"]),
    ],
)
def test_every_header_cell_has_a_scope_also_where_the_html_gives_none(html, scopes):
    assert [each.attribute("/Scope") for each in look.tree(opened(html)).all("TH")] == scopes


def test_the_names_of_the_headers_are_in_the_id_tree_in_order():
    found = opened(LONG + GROUPED)
    names = list(found.Root.StructTreeRoot.IDTree.Names)
    assert [bytes(name) for name in names[::2]] == sorted(bytes(name) for name in names[::2])
    assert len(names) == 2 * len(look.tree(found).all("TH"))
    for name, entry in zip(names[::2], names[1::2], strict=True):
        assert name == entry.ID
        assert entry.S == "/TH"


@pytest.mark.parametrize(
    ("html", "said"),
    [
        (
            '<svg width="9" height="9" role="img" aria-label="Loss by step"><rect width="9" height="9"/></svg>',
            "Loss by step",
        ),
        ('<svg width="9" height="9"><title>Its own title</title><rect width="9" height="9"/></svg>', "Its own title"),
        (
            '<figure><svg width="9" height="9"><rect width="9" height="9"/></svg><figcaption>The <b>caption</b></figcaption></figure>',
            "The caption",
        ),
        (
            '<figure aria-label="The label"><svg width="9" height="9"><rect width="9" height="9"/></svg></figure>',
            "The label",
        ),
        (
            '<img alt="A picture" src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 height=%229%22/%3E">',
            "A picture",
        ),
    ],
)
def test_a_figure_says_what_it_shows(html, said):
    printed = printed_page(html)
    assert printed.notes == ()
    (figure,) = look.tree(opened(html)).all("Figure")
    assert str(figure.entry.Alt) == said


def test_a_figure_that_nobody_described_says_so_and_is_reported():
    html = '<svg width="9" height="9"><rect width="9" height="9"/></svg>'
    (note,) = printed_page(html).notes
    assert note.startswith("A figure on page 1 has no description")
    (figure,) = look.tree(opened(html)).all("Figure")
    assert str(figure.entry.Alt) == "A figure that nobody described"


def test_text_in_a_chart_is_part_of_its_figure():
    found = opened(
        '<svg width="99" height="30"><title>t</title><text x="1" y="20" font-family="DejaVu Sans">axis</text></svg>'
    )
    (figure,) = look.tree(found).all("Figure")
    assert figure.said == "axis"
    assert not look.unmarked(found)


def test_a_link_says_where_it_leads_and_is_part_of_the_tree():
    found = opened(
        '<p><a href="#there">See <b>the rest</b></a>, <a href="https://e.example/x" aria-label="A page outside">x</a></p><h2 id="there">There</h2>'
    )
    links = [each for page in found.pages for each in page.Annots]
    assert [str(each.Contents) for each in links] == [
        "See the rest",
        "A page outside",
    ]  # and none for the bold part alone
    owners = dict(zip(*[iter(found.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    for each in links:
        owner = owners[each.StructParent]
        assert owner.S == "/Link"
        assert any(getattr(kid, "Obj", None) == each for kid in owner.K if not isinstance(kid, int))
        assert each.F & 4, "a link is printed"
    assert "/A" not in links[0]
    assert links[1].A.S == "/URI"


def test_lists_say_whether_they_are_numbered():
    found = opened(
        '<ol><li>a<ul><li>b</li></ul></li></ol><ul style="list-style: none"><li>c</li></ul><dl><dt>d</dt><dd>e</dd></dl>'
    )
    assert [each.attribute("/ListNumbering") for each in look.tree(found).all("L")] == [
        "/Decimal",
        "/Disc",
        "/None",
        "/None",
    ]


def test_a_passage_in_another_language_says_in_which():
    found = opened('<p>x <i lang="nb">på <b>norsk</b></i> y</p><p>z</p>')
    said = {each.said.strip(): str(each.entry.get("/Lang", "")) for each in look.tree(found).all("Span") if each.text}
    assert said == {"x": "", "på": "nb", "norsk": "nb", "y": "", "z": ""}


def test_marks_that_are_not_known_are_an_error_and_no_claim():
    class Page:
        paint = staticmethod(lambda stream, scale=1: None)

    document = type("Document", (), {"pages": [Page()]})()
    seen = tagging.watch(document)
    document.pages[0].paint(object())
    assert seen.boxes == [{}]
    pdf = pydyf.PDF()
    pdf.add_page(pydyf.Dictionary({"Type": "/Page"}))
    top = pydyf.Dictionary({"Type": "/StructElem", "S": "/Document", "K": pydyf.Array()})
    owners = pydyf.Dictionary({"Nums": pydyf.Array([0, pydyf.Array([b"9 0 R"])])})
    root = pydyf.Dictionary()
    for each in (top, owners, root):
        pdf.add_object(each)
    root.update({"K": pydyf.Array([top.reference]), "ParentTree": owners.reference})
    pdf.catalog["StructTreeRoot"] = root.reference
    with pytest.raises(GovernanceError, match="marks content in a way that is not known"):
        tagging.mend(document, pdf, seen, ElementTree.Element("html"))


def test_what_holds_nothing_is_not_in_the_tree():
    found = opened('<p>x</p><p></p><div><span style="display: inline-block; width: 9px; background: red"></span></div>')
    assert [each.kind for each in look.tree(found).all()] == ["Document", "P", "Span"]


def test_empty_cells_stay_so_that_the_table_stays_regular():
    found = opened("<table><tr><th>A</th><th></th></tr><tr><td></td><td>x</td></tr></table>")
    rows = look.tree(found).all("TR")
    assert [[each.kind for each in row.kids] for row in rows] == [["TH", "TH"], ["TD", "TD"]]
