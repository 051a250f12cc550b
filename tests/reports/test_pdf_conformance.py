"""The PDF says it is PDF/A-3u and PDF/UA-1, and has what the two ask for. No validator is at hand: the structures themselves are looked at."""

from __future__ import annotations

import base64
import io
import itertools
from datetime import timedelta, timezone
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image

from governance.errors import GovernanceError
from governance.reports.paper.pdf import Attachment, to_pdf
from governance.reports.writing.render import render
from tests.reports import hostile
from tests.reports import opened as look
from tests.reports.opened import WHEN, opened

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
AID, UAID = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
EXTENSION, SCHEMA = "{http://www.aiim.org/pdfa/ns/extension/}", "{http://www.aiim.org/pdfa/ns/schema#}"
PROPERTY = "{http://www.aiim.org/pdfa/ns/property#}"
DOT = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TWIN = Attachment("report.json", '{"Größe": "中"}\n'.encode(), "The report as data, with its claims")


def test_one_description_of_the_file_declares_both_standards_and_the_schema_of_the_second():
    found = opened("<h1>x</h1>")
    (rdf,) = ElementTree.fromstring(bytes(found.Root.Metadata.read_bytes())).iter(f"{RDF}RDF")  # noqa: S314 - our own
    said = {}
    for description in rdf:
        assert description.get(f"{RDF}about") == ""
        said.update(description.attrib)
    assert (said[f"{AID}part"], said[f"{AID}conformance"], said[f"{UAID}part"]) == ("3", "U", "1")
    (schemas,) = rdf.iter(f"{EXTENSION}schemas")
    assert [each.text for each in schemas.iter(f"{SCHEMA}namespaceURI")] == ["http://www.aiim.org/pdfua/ns/id/"]
    assert [each.text for each in schemas.iter(f"{SCHEMA}prefix")] == ["pdfuaid"]
    (part,) = schemas.iter(f"{SCHEMA}property")
    assert [each.text for each in part.iter(f"{PROPERTY}name")] == ["part"]
    assert [each.text for each in part.iter(f"{PROPERTY}valueType")] == ["Integer"]
    assert [each.text for each in part.iter(f"{PROPERTY}category")] == ["internal"]


def test_the_description_stays_xml_whatever_the_title_holds():
    html = "<html lang=en><title>a\x01b\u202ec\uffffd & <e></title><meta name=author content='\x02x'><meta name=keywords content='k\x03,l'>"
    data = to_pdf(
        html + "<meta name=description content='d\x0b'><meta name=generator content='g\x1f'><p>x",
        identifier="x",
        created=WHEN,
    )
    with pikepdf.open(io.BytesIO(data)) as found:
        whole = ElementTree.fromstring(bytes(found.Root.Metadata.read_bytes()))  # noqa: S314 - our own
        said = "".join(whole.itertext())
        assert "a[U+0001]b[U+202E]c\ufffdd & <e>" in said
        assert "[U+0002]x" in said
        assert str(found.docinfo["/Title"]) == "a[U+0001]b[U+202E]c\ufffdd & <e>"


def test_the_catalogue_has_what_a_reader_with_a_screen_reader_needs():
    found = opened("<h1>x</h1><h2>y</h2><p><a href='#z'>to z</a></p><h2 id='z'>z</h2>", attachments=(TWIN,))
    root = found.Root
    assert root.MarkInfo.Marked
    assert not root.MarkInfo.get("/Suspects", False)
    assert root.Lang == "en"
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(found.docinfo["/Title"]) == "A title"
    assert root.PageLabels.Nums[0] == 0
    assert root.PageLabels.Nums[1].S == "/D"
    assert all(each.obj.Tabs == "/S" for each in found.pages)
    with found.open_outline() as outline:
        assert [(item.title, [kid.title for kid in item.children]) for item in outline.root] == [("x", ["y", "z"])]
    (intent,) = root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    assert found.pdf_version == "1.7"
    assert not found.is_encrypted


def test_nothing_in_the_file_acts():
    data = look.printed_page(
        "<h1>x</h1><script>alert(1)</script><form><input value=x></form><p onclick='x()'>y", attachments=(TWIN,)
    ).data
    found = pikepdf.open(io.BytesIO(data))
    for entry in found.objects:
        if isinstance(entry, pikepdf.Dictionary):
            assert not {"/JavaScript", "/JS", "/Launch", "/AA", "/OpenAction", "/RichMedia", "/XFA"} & set(entry.keys())
            assert entry.get("/S") not in {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}
    assert "/AcroForm" not in found.Root


def test_an_attachment_is_inside_once_with_its_bytes_its_words_and_its_type():
    other = Attachment("claims.csv", b"a,b\n1,2\n", "All claims as rows", "text/csv")
    odd = Attachment("a.bin", b"\0\1", "Odd", "application/vnd.acme+json; v=1")
    found = opened("<h1>x</h1>", attachments=(TWIN, other, odd))
    names = list(found.Root.Names.EmbeddedFiles.Names)
    assert [str(name) for name in names[::2]] == ["a.bin", "claims.csv", "report.json"]
    assert len(found.Root.AF) == 3
    assert [entry.objgen for entry in found.Root.AF] == [entry.objgen for entry in names[1::2]]
    for entry, meant in zip(names[1::2], (odd, other, TWIN), strict=True):
        assert entry.Type == "/Filespec"
        assert entry.AFRelationship == "/Data"
        assert str(entry.F) == str(entry.UF) == meant.name
        assert str(entry.Desc) == meant.description
        file = entry.EF.F
        assert file.read_bytes() == meant.data
        assert file.Subtype == f"/{meant.mime}"
        assert file.Params.Size == len(meant.data)
        assert str(file.Params.CreationDate) == str(file.Params.ModDate) == "D:20261122160500Z"


def test_two_attachments_of_one_name_and_a_name_that_is_a_path_are_refused():
    for files in (
        (TWIN, TWIN),
        (Attachment("../x", b"", "x"),),
        (Attachment("", b"", "x"),),
        (Attachment("a\nb", b"", "x"),),
    ):
        with pytest.raises(ValueError, match="name"):
            opened("x", attachments=files)


def test_a_moment_is_written_in_utc_wherever_it_was_told():
    told = WHEN.astimezone(timezone(timedelta(hours=9)))
    html = look.page("x")
    files = (TWIN,)
    assert to_pdf(html, identifier="x", created=told, attachments=files) == to_pdf(
        html, identifier="x", created=WHEN, attachments=files
    )


def test_the_language_of_the_html_stands_and_where_it_names_none_the_callers():
    for attributes, language, meant in (('lang="nb"', "en", "nb"), ("", "de", "de"), ("", "en", "en")):
        data = to_pdf(look.page("<p>x", attributes=attributes), identifier="x", created=WHEN, language=language)
        with pikepdf.open(io.BytesIO(data)) as found:
            assert meant == found.Root.Lang


def test_a_document_without_a_title_is_named_by_its_heading_or_its_identifier():
    for html, meant in (("<h1>The <b>heading</b></h1>", "The heading"), ("<p>x", "the-identifier")):
        data = to_pdf(f"<html lang=en>{html}", identifier="the-identifier", created=WHEN)
        with pikepdf.open(io.BytesIO(data)) as found:
            assert str(found.docinfo["/Title"]) == meant


def test_pictures_are_not_smoothed_whatever_the_style_sheet_says():
    found = opened(
        f'<img alt="a dot" src="{DOT}" style="image-rendering: auto"><p style="background: url({DOT})">x</p>'
        f'<svg width="9" height="9"><title>s</title><image href="{DOT}" width="9" height="9"/></svg>'
    )
    pictures = [
        entry for entry in found.objects if isinstance(entry, pikepdf.Stream) and entry.get("/Subtype") == "/Image"
    ]
    assert pictures
    assert not any(entry.get("/Interpolate", False) for entry in pictures)


def test_a_picture_in_colours_of_print_is_refused():
    made = io.BytesIO()
    Image.new("CMYK", (2, 2)).save(made, "JPEG")
    address = "data:image/jpeg;base64," + base64.b64encode(made.getvalue()).decode()
    with pytest.raises(GovernanceError, match="CMYK") as caught:
        opened(f'<img alt="a logo" src="{address}">')
    assert "RGB" in caught.value.hint


def test_every_font_is_embedded_is_one_of_ours_and_maps_every_glyph_to_text():
    found = opened(
        "<h1>x</h1><p style='font-family: Comic Sans MS, serif'>fi <b>b</b> <i>i</i> <b><i>bi</i></b> ● ◷ x\u0304 x ḗ e</p>"
        "<p style='font-weight: 600'>s</p><code>c <b>d</b></code>"
    )
    fonts = {str(each.BaseFont).split("+")[1] for entry in found.pages for each in entry.Resources.Font.values()}
    assert fonts == {"Source-Sans-Pro", "Source-Sans-Pro-Bold", "Source-Sans-Pro-Italic", "Source-Sans-Pro-Bold-Italic", "Source-Sans-Pro-Semi-Bold",
                     "DejaVu-Sans", "DejaVu-Sans-Mono", "DejaVu-Sans-Mono-Bold"}  # fmt: skip
    for entry in found.pages:
        for each in entry.Resources.Font.values():
            below = each.DescendantFonts[0]
            assert {"/FontFile2", "/FontFile3"} & set(below.FontDescriptor.keys())
            assert below.CIDToGIDMap == "/Identity"
    for font, glyph, text, wide in look.glyphs(found):
        assert glyph, f"{font} shows .notdef"
        assert text, f"{font} shows glyph {glyph} for nothing"
        assert not set(text) & {"\0", "\ufeff", "\ufffe"}
        assert wide, f"{font} shows glyph {glyph} without a width"


def test_a_letter_first_met_under_an_accent_stands_for_itself():
    found = opened("<p>x\u0304 x fi</p>")
    assert look.tree(found).said.strip() == "x\u0304 x fi"


@pytest.mark.parametrize(("name", "case"), [("audit-report.html", "full"), ("model-card.html", "hostile")])
def test_a_whole_document_has_all_of_it(templates, name, case):
    html = render(name, hostile.ALL[case](), templates).decode()
    with pikepdf.open(io.BytesIO(to_pdf(html, identifier="x", created=WHEN))) as found:
        assert all(glyph and text and wide for _, glyph, text, wide in look.glyphs(found))
        assert not look.unmarked(found)
        assert look.owned(found) == look.painted(found)
        whole = look.tree(found)
        assert {each.kind for each in whole.all()} - look.STANDARD == set()
        assert all(each.entry.get("/Alt") for each in whole.all("Figure"))
        assert all(each.attribute("/Scope") in {"/Row", "/Column"} for each in whole.all("TH"))
        levels = [int(each.kind[1]) for each in whole.all("H1", "H2", "H3", "H4", "H5", "H6")]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
