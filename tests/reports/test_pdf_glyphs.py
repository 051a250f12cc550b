"""No character prints as an empty box: ours, the machine's, or its number."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from governance.errors import GovernanceError
from governance.reports.paper import glyphs
from governance.reports.paper.glyphs import Lacking, lacking
from governance.reports.paper.pdf import load, to_pdf
from tests.reports import hostile
from tests.reports import opened as look
from tests.reports.opened import opened, printed_page

if TYPE_CHECKING:
    from pathlib import Path

CHINESE, HINDI, PARTY = "中文", "हिन्दी", "🎉"
OURS = "Ελληνικά Русский Tiếng Việt العربية עברית ქართული ● ○ ◐ ◷ ✎ ⚑ ✔ ✘ ⊘ ≥ ≤ × − … ‑ “„”’ ﬁ ½ ² ∀ ⟨⟩"


def font(path: Path, characters: str, *, kind: int = 0, pictures: bool = False) -> Path:
    """A font with a box for each of these characters. `kind` is its fsType."""
    names = [".notdef", *(f"u{ord(one):04X}" for one in characters)]
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 700), (900, 700), (900, 0)):
        pen.lineTo(point)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(one): f"u{ord(one):04X}" for one in characters})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(fsType=kind)
    builder.setupPost()
    if pictures:
        builder.setupCOLR({names[1]: [(names[2], 0)]})
        builder.setupCPAL([[(1.0, 0.0, 0.0, 1.0)]])
    builder.save(path)
    return path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine that has only the fonts in a folder."""
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts.conf").write_text(
        f"<fontconfig><dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    )
    load()
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    return tmp_path / "fonts"


def fonts_of(pdf) -> set[str]:
    return {str(each.BaseFont).split("+")[1] for page in pdf.pages for each in page.Resources.Font.values()}


def test_what_our_fonts_hold_is_printed_as_it_is(machine):
    assert lacking(OURS) == Lacking()
    found = opened(f"<p>{OURS} <b>{OURS}</b> <i>{OURS}</i> <b><i>{OURS}</i></b> <code>{OURS} <b>{OURS}</b></code></p>")
    assert all(glyph for _, glyph, _, _ in look.glyphs(found))
    assert fonts_of(found) <= {"Source-Sans-Pro", "Source-Sans-Pro-Bold", "Source-Sans-Pro-Italic", "Source-Sans-Pro-Bold-Italic", "DejaVu-Sans",
                               "DejaVu-Sans-Bold", "DejaVu-Sans-Italic", "DejaVu-Sans-Bold-Italic", "DejaVu-Sans-Mono", "DejaVu-Sans-Mono-Bold"}  # fmt: skip


def test_what_nobody_has_is_spelled_out_in_words_and_in_a_note(machine):
    body = f"<h1>{CHINESE}</h1><p>a {HINDI} b{PARTY}<b>{CHINESE[0]}</b></p><svg width='99' height='9'><title>x</title><text>{PARTY}</text></svg>"
    found = opened(body)
    said = look.tree(found).said
    assert "⟨U+4E2D U+6587⟩" in said
    assert "a ⟨U+0939 U+093F U+0928 U+094D U+0926 U+0940⟩ b⟨U+1F389⟩⟨U+4E2D⟩" in said.replace("\n", " ")
    assert all(glyph for _, glyph, _, _ in look.glyphs(found))
    (note,) = printed_page(body).notes
    assert (
        note
        == "No font at hand has a glyph for U+0926 U+0928 U+0939 U+093F U+0940 U+094D U+4E2D U+6587 and 1 more; the number of the character is printed instead."
    )
    with found.open_outline() as outline:
        assert outline.root[0].title == "⟨U+4E2D U+6587⟩"


def test_the_title_keeps_its_characters_since_a_viewer_draws_it():
    data = to_pdf(f"<html lang=zh><title>{CHINESE}</title><p>x", identifier="x", created=look.WHEN)
    with pikepdf.open(io.BytesIO(data)) as found:
        assert str(found.docinfo["/Title"]) == CHINESE


def test_a_character_written_as_a_reference_is_seen(machine):
    assert "⟨U+4E2D⟩" in look.tree(opened("<p>&#x4e2d;</p>")).said


def test_what_the_machine_has_is_borrowed_embedded_and_noted(machine):
    font(machine / "Han.ttf", CHINESE + "a")
    font(machine / "Half.ttf", CHINESE[0])
    body = f"<p>a {CHINESE} {PARTY}</p>"
    found = opened(body)
    assert "a 中文 ⟨U+1F389⟩" in look.tree(found).said
    assert fonts_of(found) == {"Source-Sans-Pro", "DejaVu-Sans", "Borrowed-A"}
    borrowed, spelled = printed_page(body).notes
    assert borrowed == "Characters were drawn with fonts of this machine (Han.ttf); another machine makes other bytes."
    assert "U+1F389" in spelled
    assert all(glyph and text for _, glyph, text, _ in look.glyphs(found))


def test_a_font_of_the_machine_is_used_only_for_what_is_lacking(machine):
    plain = printed_page("<p style='font-family: Han'>a</p>").data
    font(machine / "Han.ttf", CHINESE + "a")
    assert printed_page("<p style='font-family: Han'>a</p>").data == plain


@pytest.mark.parametrize("how", [{"kind": 2}, {"pictures": True}])
def test_a_font_that_may_not_be_embedded_or_is_made_of_pictures_is_not_borrowed(machine, how):
    font(machine / "Han.ttf", CHINESE, **how)
    assert lacking(CHINESE, lambda: [machine / "Han.ttf"]).spelled == frozenset(CHINESE)


def test_a_file_that_is_no_font_is_passed_over(machine, tmp_path):
    (tmp_path / "bad.ttf").write_bytes(b"\0\1\0\0 not a font")
    good = font(machine / "Han.ttf", CHINESE)
    found = lacking(CHINESE, lambda: [tmp_path / "bad.ttf", tmp_path / "gone.ttf", good])
    assert [face.file for face in found.borrowed] == [good]


def test_no_more_fonts_are_borrowed_than_the_limit(tmp_path):
    characters = [chr(0x4E00 + number) for number in range(glyphs.LIMIT + 3)]
    files = [font(tmp_path / f"{number}.ttf", one) for number, one in enumerate(characters)]
    found = lacking("".join(characters), lambda: files)
    assert len(found.borrowed) == glyphs.LIMIT
    assert found.spelled == frozenset(characters[glyphs.LIMIT :])


def test_the_machine_is_asked_only_where_something_is_lacking():
    def refuse():
        raise AssertionError("the machine was asked")

    assert lacking(f"plain {OURS}", refuse) == Lacking()


def test_controls_and_separators_never_print_as_boxes(machine):
    font(machine / "Odd.ttf", "\x0b\x0c\u2028\ufff9\u3000")
    body = "".join(
        f"<p>a{one}b</p>" for one in "\x01\x0b\x0c\x1f\x7f\x85\u2028\u2029\ufff9\u0600\u3000\ue000\U000f0000\u0378"
    )
    found = opened(body)
    assert all(glyph for _, glyph, _, _ in look.glyphs(found))
    for code in ("000C", "0085", "2028", "FFF9", "0600", "E000", "0378"):
        assert f"⟨U+{code}⟩" in look.tree(found).said


def test_marks_that_draw_nothing_are_left_alone(machine):
    assert lacking("a\u200bb\u00adc\u2060d\ufe0fe\U000e0041") == Lacking()
    assert all(glyph for _, glyph, _, _ in look.glyphs(opened("<p>a\u200bb\u00adc\u2060d\ufe0fe\U000e0041f</p>")))


def test_capitals_that_no_font_has_are_not_made(machine):
    body = '<p style="text-transform: uppercase">abc</p><p>ქართული</p>'
    assert lacking(body).no_capitals
    assert "ქართული" in look.tree(opened('<p style="text-transform: uppercase">ქართული</p>')).said
    assert "ABC" in look.tree(opened('<p style="text-transform: uppercase">abc</p>')).said


def test_a_style_sheet_that_writes_what_no_font_has_is_an_error_and_no_box(machine):
    with pytest.raises(GovernanceError, match=r"no font has a glyph for U\+4E2D") as caught:
        opened("<p>x</p>", "<style>p::before { content: '\\4e2d' }</style>")
    assert "style sheet" in str(caught.value)


def test_hostile_strings_show_no_empty_box():
    from governance.reports.atoms import escape

    found = opened(
        f"<p>{escape.html(hostile.ATTACK + hostile.FORMULA + CHINESE)}</p><p>{hostile.ATTACK.replace('<', '&lt;')}</p>"
    )
    assert all(glyph and text for _, glyph, text, _ in look.glyphs(found))
    assert "[U+202E]" in look.tree(found).said


def test_a_machine_with_no_fonts_at_all_prints_the_same_and_says_nothing(tmp_path):
    """In a process of its own, since fontconfig reads its settings where the library is loaded."""
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    script = (
        "import sys; from tests.reports.opened import printed_page; from tests.reports.test_pdf_glyphs import OURS\n"
        "sys.stdout.buffer.write(printed_page(f'<p>{OURS}</p>').data)"
    )
    for setting in (str(tmp_path / "fonts.conf"), str(tmp_path / "there-is-none.conf")):
        environment = {"PATH": "/usr/bin:/bin", "FONTCONFIG_FILE": setting, "HOME": str(tmp_path), "PYTHONPATH": "."}
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
        assert done.stdout == printed_page(f"<p>{OURS}</p>").data
        assert done.stderr == b""
