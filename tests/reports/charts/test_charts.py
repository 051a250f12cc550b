"""Charts: the same bytes each time, nothing in the picture that the table has not, and no words of others that do harm."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.reports.charts import (
    bow_tie,
    coverage_bars,
    curves,
    drift,
    energy,
    forest,
    heat,
    inline,
    lineage,
    sheet,
    usages,
)
from tests.reports.charts.drawn import ALL, HOSTILE, TONES

matplotlib = pytest.importorskip("matplotlib")
ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"
EVERY = pytest.mark.parametrize("name", sorted(ALL))


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - drawn by us, a line above


def texts(svg):
    return [each.text for each in parsed(svg).iter(f"{SVG}text")]


@EVERY
def test_a_chart_is_the_same_to_the_byte_each_time(name):
    assert ALL[name](say=lambda text: text) == ALL[name](say=lambda text: text), (
        "a say of its own, so that each is drawn anew"
    )


def test_a_chart_of_the_same_value_is_drawn_once_and_without_matplotlib_anew(monkeypatch):
    assert ALL["heat"]() is ALL["heat"]()
    assert ALL["heat"]() is not ALL["heat"]("other words")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert ALL["heat"]().svg == ""


def test_charts_are_the_same_in_another_process_with_another_seed_of_hashes_and_settings_of_its_own(tmp_path):
    (tmp_path / "matplotlibrc").write_text(
        "font.size: 30\nsvg.fonttype: path\naxes.facecolor: red\nlines.linewidth: 9\n"
    )
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path)}
    made = {
        subprocess.run(
            [sys.executable, "-m", "tests.reports.charts.drawn"],
            env={**own, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert made == {"".join(chart().svg for chart in ALL.values()).encode()}


def test_drawing_leaves_no_trace_in_the_settings_of_the_process():
    logger = logging.getLogger("matplotlib")
    before, level, filters = dict(matplotlib.rcParams), logger.level, list(warnings.filters)
    for chart in ALL.values():
        chart(HOSTILE)
    assert dict(matplotlib.rcParams) == before
    assert (logger.level, list(warnings.filters)) == (level, filters)


def test_charts_do_not_bring_pyplot_or_a_window():
    code = "import sys; from tests.reports.charts.drawn import ALL; [chart() for chart in ALL.values()]; print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "matplotlib.figure" in ran.stdout
    assert "matplotlib.pyplot" not in ran.stdout


def test_importing_the_charts_does_not_import_matplotlib_or_networkx():
    code = "import sys; from governance.reports.charts import bow_tie, coverage_bars, curves, drift, energy, forest, heat, lineage; print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "'matplotlib'" not in ran.stdout
    assert "'networkx'" not in ran.stdout


@EVERY
def test_a_picture_is_one_well_formed_element_with_its_words_and_text_as_text(name):
    chart = ALL[name]()
    root = parsed(chart.svg)
    assert root.tag == f"{SVG}svg"
    assert chart.svg.startswith("<svg xmlns=")
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.alt
    assert root.find(f"{SVG}title").text == chart.alt
    assert root.get("viewBox").startswith(f"0 0 {sheet.WIDTH} ")
    assert not root.attrib.keys() & {"width", "height", "id"}
    assert root.find(f".//{SVG}text") is not None
    assert not re.search(
        r"<(script|image|foreignObject|style|metadata)|<!|https?://(?!www\.w3\.org/2000/svg)", chart.svg
    )


@EVERY
def test_no_text_is_smaller_than_can_be_read(name):
    sizes = {float(each.get("font-size").removesuffix("px")) for each in parsed(ALL[name]().svg).iter(f"{SVG}text")}
    assert min(sizes) >= 8


@EVERY
def test_a_picture_is_small_enough_to_stand_in_a_page(name):
    assert len(ALL[name]().svg) < 60_000


def test_ids_of_all_charts_on_one_page_differ_and_begin_with_the_name_of_their_chart():
    held = {name: re.findall(r'\bid="([^"]+)"', ALL[name]().svg) for name in ALL}
    every = [each for ids in held.values() for each in ids]
    assert len(every) == len(set(every)) > 10
    assert all(each.startswith(f"{name}-") for name, ids in held.items() for each in ids)


@EVERY
def test_each_id_is_pointed_at_and_each_reference_leads_somewhere(name):
    svg = ALL[name]().svg
    assert set(re.findall(r'\bid="([^"]+)"', svg)) == {
        *re.findall(r'href="#([^"]+)"', svg),
        *re.findall(r"url\(#([^)]+)\)", svg),
    }


def test_a_name_that_can_begin_no_id_is_refused():
    with pytest.raises(ValueError, match="can not begin an id"):
        heat.heat(heat.HeatData((heat.Placed("R1", "a", (1, 1), (1, 1)),)), id='x" onload="alert(1)')


@EVERY
def test_without_matplotlib_the_words_and_the_table_remain(name, monkeypatch):
    drawn = ALL[name]()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for module in [each for each in sys.modules if each.startswith("matplotlib.")]:
        monkeypatch.setitem(sys.modules, module, None)
    without = ALL[name]()
    assert without.svg == ""
    assert (without.alt, without.rows, without.headers) == (drawn.alt, drawn.rows, drawn.headers)
    assert (without.caption, without.note) == (drawn.caption, drawn.note)


@EVERY
def test_each_row_of_the_table_has_a_cell_for_each_header(name):
    chart = ALL[name]()
    assert chart.rows
    assert all(len(row) == len(chart.headers) for row in chart.rows)
    assert all(chart.headers)
    assert chart.alt.endswith(".")
    assert chart.caption.endswith(".")


@EVERY
def test_a_chart_says_its_fixed_words_in_the_language_it_is_given(name):
    def said(text):
        return "".join(part if part.startswith("%(") else part.upper() for part in re.split(r"(%\(\w+\)s)", text))

    chart = ALL[name]("evidence", say=said)
    assert all(header == header.upper() for header in chart.headers if header not in ("n", "kWh"))
    fixed = {text for text in texts(chart.svg) if re.search("[a-z]{3}", text)}
    known = {text for text in texts(ALL[name]("evidence").svg) if re.search("[a-z]{3}", text)}
    assert not (
        fixed
        & {
            word
            for word in known
            if word in ("worse", "better", "Step", "training", "Impact", "measured", "Event", "Adapter")
        }
    )
    assert chart.alt != ALL[name]("evidence").alt


@EVERY
def test_words_of_evidence_are_never_asked_for_in_a_language(name):
    heard = []
    ALL[name]("EVIDENCE-7", say=lambda text: heard.append(text) or text)
    assert heard
    assert not [text for text in heard if "EVIDENCE-7" in text]


@EVERY
def test_numbers_take_the_marks_of_the_language(name):
    chart = ALL[name](
        say=lambda text: text.replace(".", ",") if re.fullmatch(r"[+−]?[\d,.]+( × 10\S+)?", text) else text
    )
    assert not [text for text in texts(chart.svg) if re.search(r"\d\.\d", text)]
    assert not [cell for row in chart.rows for cell in row if re.search(r"\d\.\d", cell) and cell != "codecarbon 3.3"]


def test_no_two_tones_share_a_pattern_and_only_good_is_plain():
    patterns = [sheet.FILLS[tone][1] for tone in TONES]
    assert len(set(patterns)) == len(patterns)
    assert sheet.FILLS["good"][1] == ""
    assert all(sheet.SECOND[tone] != sheet.FILLS[tone][1] for tone in TONES)


def test_each_tone_but_the_plain_one_is_drawn_with_a_pattern_of_its_own():
    root = parsed(ALL["bars"]().svg)
    drawn = [each.find(f"{SVG}path").get("d") for each in root.iter(f"{SVG}pattern")]
    colours = {each.find(f"{SVG}rect").get("fill") for each in root.iter(f"{SVG}pattern")}
    assert len(drawn) == len(set(drawn))
    assert {sheet.FILLS[tone][0] for tone in TONES[1:]} <= colours


def test_each_level_of_risk_has_a_letter_and_a_pattern_beside_its_colour():
    chart = ALL["heat"]()
    patterns = {each.find(f"{SVG}rect").get("fill") for each in parsed(chart.svg).iter(f"{SVG}pattern")}
    assert patterns == {colour for colour, pattern, _ in heat.LEVELS.values() if pattern}
    assert {"L 4", "M 9", "H 16", "C 25"} <= set(texts(chart.svg))


def test_colours_are_those_of_the_page():
    style = (ROOT / "templates" / "_parts" / "house.css.j2").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", style[: style.index("}")]))
    assert {tone: colour for tone, (colour, _) in sheet.FILLS.items()} == {tone: light[f"bar-{tone}"] for tone in TONES}
    named = {
        "ink": sheet.INK,
        "soft": sheet.SOFT,
        "bad": sheet.BAD_LINE,
        "good": sheet.GOOD_LINE,
        "gap": sheet.GAP_LINE,
        "warn": sheet.AMBER,
    }
    assert {name: light[name] for name in named} == named


@pytest.mark.parametrize(
    "colour", [sheet.INK, sheet.SOFT, sheet.ACCENT, sheet.AMBER, sheet.BAD_LINE, sheet.GOOD_LINE, sheet.GAP_LINE]
)
def test_text_can_be_read_on_paper_and_on_the_shaded_side(colour):
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5."""

    def light(value):
        parts = [int(value[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert all(
        (light(ground) + 0.05) / (light(colour) + 0.05) >= 4.5 for ground in (sheet.PAPER, sheet.BAD_WASH, sheet.WASH)
    )


def test_nothing_to_show_is_no_chart():
    nan, endless = float("nan"), float("inf")
    assert heat.heat(heat.HeatData(()), id="x") is None
    assert heat.heat(heat.HeatData((heat.Placed("R1", "a", (0, 9), (1, 1)),)), id="x") is None
    assert forest.forest(forest.ForestData((forest.Delta("a", nan),)), id="x") is None
    assert coverage_bars.bars(coverage_bars.BarsData("controls", (coverage_bars.Area("a", ()),)), id="x") is None
    assert curves.curves(curves.CurveData([(1, 2.0), (2, endless)]), id="x") is None
    assert usages.usage(usages.UsageData(use=[usages.Line("GPU 0", [(0, 1.0), (1, nan)])]), id="x") is None
    assert energy.energy((energy.Work("a", nan), energy.Work("b", -1)), id="x") is None
    assert lineage.lineage(lineage.LineageData((lineage.Node("a", "Merge", "", there=False),), ()), id="x") is None
    assert bow_tie.bow_tie(bow_tie.BowTieData("a", "b", (), ("c",)), id="x") is None
    assert drift.drift(drift.DriftData("a", [("2026-01-01", nan)]), id="x") is None


def test_words_that_look_like_parts_of_a_picture_stay_words():
    label = 'id="x" url(#heat-1) href="#a" \'DejaVu Sans\' --> ]]> <!-- %(n)s {n} &amp;'
    chart = forest.forest(forest.ForestData((forest.Delta("a", 1.0), forest.Delta(label, 0.5, n=label))), id="x")
    assert (chart.rows[1][0], chart.rows[1][3]) == (label, label)
    shown = next(text for text in texts(chart.svg) if text.startswith("id="))
    assert label.startswith(shown.removesuffix("…"))


def test_an_svg_of_matplotlib_becomes_an_element_without_what_a_page_does_not_need():
    given = (
        '<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><metadata/>'
        '<defs><style type="text/css">*{stroke-linejoin: round}</style></defs><g id="figure_1"><g id="unused">'
        '<path id="m1" d="M 0.12345 -0 \nL 2 3" style="fill: url(#h1); stroke-width: 1.5"/><use xlink:href="#m1" x="1.0"/></g></g>'
        '<defs><pattern id="h1"/></defs></svg>'
    )
    made = inline.element(given, id="p", alt='a & "b"', width=620, height=10.5)
    assert made == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 10.5" role="img" aria-label="a &amp; &quot;b&quot;" class="chart" '
        "style=\"width: 100%; height: auto\" font-family=\"'Source Sans 3', 'Source Sans Pro', 'DejaVu Sans', sans-serif\" "
        'stroke-linejoin="round"><title>a &amp; "b"</title><path d="M 0.12 0 L 2 3" fill="url(#p-2)" stroke-width="1.5" id="p-1" />'
        '<use x="1.0" href="#p-1" /><defs><pattern id="p-2" /></defs></svg>'
    )


def test_all_charts_print_in_one_archival_pdf_and_every_character_has_a_glyph():
    pdf = pytest.importorskip("governance.reports.paper.pdf")
    figures = "".join(
        f"<figure>{chart().svg}<figcaption>{chart().caption}</figcaption></figure>" for chart in ALL.values()
    )
    page = f'<html lang="en"><head><title>Charts</title></head><body><h1>Charts</h1>{figures}</body></html>'
    try:
        made = pdf.printed(page, identifier="charts", created=datetime(2026, 11, 26, tzinfo=UTC))
    except pdf.PangoMissing as missing:
        pytest.skip(str(missing))
    assert made.notes == ()
    assert b"/PatternType 1" in made.data or b"/ObjStm" in made.data
    assert made.pages >= 2
