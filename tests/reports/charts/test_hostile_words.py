"""Words of others in pictures: long, hidden, foreign or made to break out. The picture stays whole, and the table has them whole."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.reports.charts import forest, lettering
from tests.reports.charts.drawn import ALL, HOSTILE
from tests.reports.hostile import ATTACK

pytest.importorskip("matplotlib")
SVG = "{http://www.w3.org/2000/svg}"
WORDS = {
    "markup": ATTACK,
    "mathematics": "$x_1^2$ \\frac{a}{b} $ $$ %(n)s %s {n} {0.__class__}",
    "an unclosed formula": "$\\frac{",
    "hidden characters": "a\u202eb\u200bc\x00\x07\x1b[31m\ufeff\u2028\x85",
    "no characters": "a\ufffe\uffff\U0001fffe\ud800b",
    "long": "name " * 100,
    "one long word": "W" * 500,
    "narrow": "i" * 500,
    "stacked marks": "a\u0301\u0327\u0489" * 150,
    "Japanese": "日本語の評価データセット" * 10,
    "Arabic": "مجموعة بيانات التقييم العربية",
    "emoji": "🦜👩‍👩‍👧🔥",
    "empty": "",
    "spaces": " \t\n ",
    "all of it": HOSTILE,
}
FREE = sorted(set(ALL) - {"curves"})
"""The charts that have words of evidence."""


@pytest.mark.parametrize("words", sorted(WORDS))
@pytest.mark.parametrize("name", FREE)
def test_words_of_others_neither_break_a_picture_nor_run_nor_warn(name, words):
    chart = ALL[name](WORDS[words])
    root = ET.fromstring(chart.svg)  # noqa: S314 - drawn by us, a line above
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg",
        "title",
        "g",
        "defs",
        "path",
        "text",
        "use",
        "pattern",
        "rect",
        "clipPath",
    }
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]",
        chart.svg + chart.alt,
    )
    assert "<script" not in chart.svg
    chart.svg.encode()


@pytest.mark.parametrize("name", ["heat", "forest", "bars", "usage", "energy", "lineage", "bow-tie"])
def test_the_table_has_the_words_whole(name):
    assert any(HOSTILE in row for row in ALL[name](HOSTILE).rows)


@pytest.mark.parametrize("name", FREE)
def test_a_sentence_about_a_chart_stays_a_sentence(name):
    chart = ALL[name]("name " * 400)
    assert len(chart.alt) < 600
    assert len(chart.caption) < 400


@pytest.mark.parametrize("words", ["long", "one long word", "markup", "narrow"])
def test_a_label_ends_before_what_stands_beside_it(words):
    chart = forest.forest(forest.ForestData((forest.Delta(WORDS[words], 0.1, 0.0, 0.2, n=WORDS[words]),)), id="x")
    root = ET.fromstring(chart.svg)  # noqa: S314 - drawn by us, a line above
    held = [
        (float(each.get("x")), float(each.get("font-size")[:-2]), each.text)
        for each in root.iter(f"{SVG}text")
        if each.get("text-anchor") == "start"
    ]
    row = next(entry for entry in held if entry[2].endswith("…"))
    assert row[0] + lettering.width(row[2], row[1]) <= 200


def test_what_a_page_may_spell_out_is_kept_inside_its_room():
    chart = ALL["forest"](WORDS["Japanese"])
    root = ET.fromstring(chart.svg)  # noqa: S314 - drawn by us, a line above
    around = [
        each
        for each in root.iter(f"{SVG}g")
        if each.get("clip-path") and any("日" in (text.text or "") for text in each.iter(f"{SVG}text"))
    ]
    assert len(around) == 1
    assert not [each for each in ET.fromstring(ALL["forest"]("plain").svg).iter(f"{SVG}g") if each.get("clip-path")]  # noqa: S314


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.floats(10, 200), st.floats(8, 12), st.booleans())
def test_a_text_that_is_fitted_is_no_wider_than_its_room(text, room, size, bold):
    shown = lettering.fit(text, size, room, bold=bold)
    assert lettering.width(shown, size, bold=bold) <= max(room, lettering.width("…", size, bold=bold)) + 1e-6
    assert shown == lettering.clean(text) or shown.endswith("…")


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="ab cW-/_.", max_size=80), st.floats(30, 120), st.integers(1, 4))
def test_a_text_that_is_wrapped_loses_nothing_but_what_its_ellipsis_stands_for(text, room, most):
    lines = lettering.wrap(text, 8, room, most)
    assert 1 <= len(lines) <= most
    assert all(lettering.width(line, 8) <= room + 1e-6 for line in lines)
    joined = "".join(lines).replace(" ", "")
    whole = lettering.clean(text).replace(" ", "")
    assert whole == joined or (joined.endswith("…") and whole.startswith(joined[:-1]))


def test_names_that_differ_at_their_ends_still_differ_when_they_are_cut():
    first, second = (lettering.fit_middle(f"NVIDIA A100-SXM4-80GB of rack twelve number {n}", 8.8, 110) for n in (1, 2))
    assert first != second
    assert lettering.width(first, 8.8) <= 110
