"""Documents in a pack are made again and compared: what a page, a chart, a workbook, a PDF and a template of a stranger can not do."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from governance.content import places
from governance.errors import GovernanceError
from governance.packs import alike, remade
from governance.packs.attached import attached
from governance.packs.verify import verify
from governance.reports.paper import pdf
from governance.workspace import Workspace
from tests.packs.mutations import members, problems

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("made_once")

CARD = "documents/model-card.html"
REPORT = "documents/audit-report.html"
BOOK = "documents/risk-register.xlsx"
REVIEW = "content/templates/management-review.html.j2"
RUNS = "holds <%s>, which can run code, and code can show other figures"
OTHER = ["is not the document that this content makes of this case"]


# --- charts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawing", "said"),
    [
        (b"<svg><script>document.body.innerHTML='Released.'</script></svg>", RUNS % "script"),
        (b"<svg><foreignObject><p>99.9 %</p></foreignObject></svg>", RUNS % "foreignobject"),
        (b"<svg/>", OTHER[0]),
    ],
)
def test_a_drawing_that_was_added_to_a_page_is_found(altered, parts, drawing, said):
    page = parts[CARD].replace(b"<header>", b"<header>" + drawing, 1)
    assert problems(verify(altered({CARD: page})), CARD) == [said]


def test_what_acts_inside_a_drawing_is_found_whoever_drew_it(altered, parts):
    page = alike.CHART.sub(
        lambda found: found[0].replace(b"<defs", b"<script>alert(1)</script><defs", 1), parts[REPORT], 1
    )
    assert page != parts[REPORT]
    for charts in (remade.CHARTS, "matplotlib 2.0"):
        assert problems(verify(altered({REPORT: page}, charts=charts)), REPORT) == [RUNS % "script"]


def test_a_bar_that_was_made_longer_is_found_where_the_same_library_drew_it(altered, parts):
    page = alike.CHART.sub(
        lambda found: re.sub(rb' d="M ([0-9.]+)', rb' d="M 1\1', found[0], count=1), parts[REPORT], 1
    )
    assert page != parts[REPORT]
    assert problems(verify(altered({REPORT: page})), REPORT) == OTHER


def test_charts_of_another_library_are_held_by_their_words_and_the_line_says_so(altered, parts):
    report = verify(altered({}, charts="matplotlib 2.0"))
    assert report.ok, report.problems
    assert "charts by their words alone, since matplotlib 2.0 drew them" in report.lines["DOCUMENTS"]
    page = alike.CHART.sub(
        lambda found: re.sub(rb">([^<]*[a-z][^<]*)</text>", b">all met</text>", found[0], count=1), parts[REPORT], 1
    )
    assert page != parts[REPORT]
    assert problems(verify(altered({REPORT: page}, charts="matplotlib 2.0")), REPORT) == OTHER


def test_the_last_digits_of_a_place_may_differ_and_no_digit_of_a_word():
    drawn = b'<p><svg xmlns="http://www.w3.org/2000/svg"><path d="M 1.0001 2"/><text x="1.02">0.95</text></svg></p>'
    near = drawn.replace(b"1.0001", b"1.0002")
    assert alike.alike("a.html", near, drawn, same_library=True)
    for other in (drawn.replace(b"M 1.0001", b"M 2"), drawn.replace(b"0.95", b"0.96"), drawn.replace(b"M 1", b"L 1")):
        assert not alike.alike("a.html", other, drawn, same_library=True)
    assert not alike.alike("a.html", drawn.replace(b"0.95", b"0.96"), drawn, same_library=False)


@pytest.mark.parametrize(
    "inside",
    [b'<a href="https://e.example"><text>x</text></a>', b'<use href="https://e.example#x"/>', b'<path onload="x()" d="M 0 0"/>',
     b'<rect style="fill: url(https://e.example)"/>', b"<style>p {}</style>", b"<image/>"],
)  # fmt: skip
def test_what_no_drawing_needs_is_refused_in_one(inside):
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg"><g/>%s</svg>'
    assert alike.alike("a.html", drawn % b'<use href="#x"/>', drawn % b"<g/>", same_library=False)
    assert not alike.alike("a.html", drawn % inside, drawn % b"<g/>", same_library=False)


# --- workbooks ------------------------------------------------------------------------------------------------------


def book_with(data: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for each in book.infolist():
            made.writestr(each.filename, change(each.filename, book.read(each)))
        for name, held in more.items():
            made.writestr(name, held)
    return out.getvalue()


def test_a_workbook_that_was_only_wrapped_otherwise_is_the_same(altered, parts):
    assert verify(altered({BOOK: book_with(parts[BOOK], lambda _, data: data, {})})).ok


@pytest.mark.parametrize(
    "part", ["xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "docProps/core.xml"]
)
def test_every_part_of_a_workbook_is_held(altered, parts, part):
    forged = book_with(parts[BOOK], lambda name, data: data + b"\n" if name == part else data, {})
    assert problems(verify(altered({BOOK: forged})), BOOK) == OTHER


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("name", ["xl/other/sheet1.xml", "xl/vbaProject.bin", "xl/worksheets/sheet1.xml"])
def test_a_workbook_with_one_part_more_or_one_twice_is_found(altered, parts, name):
    forged = book_with(parts[BOOK], lambda _, data: data, {name: b"<worksheet/>"})
    assert problems(verify(altered({BOOK: forged})), BOOK) == OTHER


# --- what can not be made again -------------------------------------------------------------------------------------


def test_what_can_not_be_rendered_again_is_a_problem_and_not_a_remark(altered, parts):
    name = next(each for each in sorted(parts) if each.endswith(".twin.json"))
    twin = json.loads(parts[name]) | {"language": "zz"}
    report = verify(altered({name: json.dumps(twin, ensure_ascii=False, indent=1).encode()}))
    assert report.exit_code == 4
    assert "can not be rendered again" in problems(report, "documents/")[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{% include "nope" %}', "nope"),
        (b'{% include "management-review.html.j2" %}', ""),
        (b"{% set x = 1 // 0 %}", ""),
    ],
)
def test_a_template_that_breaks_is_a_problem_and_no_traceback(altered, parts, monkeypatch, text, why):
    if b"nope" not in text:  # the first of them goes the whole way, through a process of its own
        monkeypatch.setattr(remade, "apart", told_here)
    report = verify(altered({REVIEW: parts[REVIEW] + text}))
    assert report.exit_code == 4
    (said,) = problems(report, "documents/")
    assert said.startswith("can not be rendered again")
    assert why in said


def told_here(*asked):
    """What the process of its own says, said in this one."""
    made = remade._told(*asked)
    if isinstance(made, str):
        raise GovernanceError(made)
    return made


def test_templates_of_a_stranger_have_so_much_time_and_no_more(documented, parts):
    content = {name.removeprefix("content/"): data for name, data in parts.items() if name.startswith("content/")}
    case, names = documented.case("elm-desk"), frozenset({"model-card.md"})
    with pytest.raises(GovernanceError, match="take more than 1 seconds"):
        remade.apart(case, places.templates(content), names, {}, seconds=1)
    assert set(remade.apart(case, places.templates(content), names, {}).files) == names


def test_what_another_version_of_the_program_wrote_is_said_to_be_not_evaluated(altered, parts):
    page = parts[CARD].replace(b"not evidenced", b"as it should be", 1)
    report = verify(altered({CARD: page}, program="governance-evidence 9.9"))
    assert "NOT EVALUATED: rendering again" in report.lines["DOCUMENTS"]
    assert "the words of the documents were not held" in report.lines["LIMITS"]


def test_a_document_of_ones_own_with_a_dot_in_its_name_is_made_again(documented, tmp_path):
    front = "{# ---\ndocument: desk.one-pager.html\ntitle: One pager\nfor: the desk\nview: model-card\n--- #}\n"
    own = front + '{% extends "_parts/page.html.j2" %}{% block first %}<h1>{{ view.frame.system }}</h1>{% endblock %}'
    template = documented.root / "templates" / "one-pager.html.j2"
    template.parent.mkdir(exist_ok=True)
    template.write_text(own, "utf-8")
    try:
        opened = Workspace(documented.root)
        opened.pack("elm-desk", tmp_path / "own.zip", pdf=False)
        opened.ledger.close()
    finally:
        template.unlink()
    report = verify(tmp_path / "own.zip")
    assert report.ok, report.problems
    assert "files rendered again, the same" in report.lines["DOCUMENTS"]
    assert "documents/desk.one-pager.twin.json" in members(tmp_path / "own.zip")


def test_a_file_that_nothing_makes_is_found_whatever_its_ending(altered, parts):
    for name in (
        "documents/certificate.csv",
        "documents/certificate.pdf",
        "documents/.eval_results/x.yaml",
        "documents/a.xlsx",
    ):
        report = verify(altered({name: b"%PDF-1.4\n"}))
        assert report.exit_code == 4
        assert problems(report, name), name


# --- PDFs -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(documented, parts):
    """The PDF of the data card with the twin that is in the pack, and one with another file attached."""
    try:
        pdf.load()
    except pdf.PangoMissing as missing:
        pytest.skip(str(missing))
    twin = parts["documents/data-card.twin.json"]
    html, on = parts["documents/data-card.html"].decode(), documented.case("elm-desk").on
    made = [
        pdf.to_pdf(
            html, identifier="x", created=on, attachments=(pdf.Attachment("data-card.twin.json", data, "a twin"),)
        )
        for data in (twin, twin + b" ")
    ]
    return made, twin


def test_a_pdf_with_its_twin_is_counted_and_said_to_be_unread(altered, printed):
    (good, _), twin = printed
    assert attached(good) == twin
    report = verify(altered({"documents/data-card.pdf": good}))
    assert report.ok, report.problems
    assert "1 PDFs hold their twins, and their pages were not read" in report.lines["DOCUMENTS"]


def test_a_pdf_with_another_twin_and_one_under_another_name_are_found(altered, printed):
    (good, other), _ = printed
    name = "documents/data-card.pdf"
    assert problems(verify(altered({name: other})), name) == [
        "has another twin attached than the one that lies beside it"
    ]
    name = "documents/model-card.pdf"
    assert problems(verify(altered({name: good})), name) == [
        "has another twin attached than the one that lies beside it"
    ]


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ\x90 a program", b"%PDF-1.4\nAccuracy 99.9 %\n", b"%PDF-1.7\n<</Type /EmbeddedFile>>\nstream\nnone"],
)
def test_what_is_no_pdf_of_ours_is_found(altered, data):
    name = "documents/model-card.pdf"
    assert problems(verify(altered({name: data})), name) == ["is no PDF with a twin attached"]
