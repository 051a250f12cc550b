"""What each chart says: numbers in the picture are those of the table, and what is left out is counted."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.reports.charts import (
    bow_tie,
    coverage_bars,
    curves,
    drift,
    energy,
    forest,
    heat,
    layering,
    lineage,
    panel,
    usages,
)
from tests.reports.charts.drawn import ALL

pytest.importorskip("matplotlib")
SVG = "{http://www.w3.org/2000/svg}"
NAN = math.nan
Delta = forest.Delta


def texts(chart):
    return [each.text for each in ET.fromstring(chart.svg).iter(f"{SVG}text")]  # noqa: S314 - drawn by us


def lines(chart):
    return " | ".join(texts(chart))


def test_the_heat_map_counts_every_risk_in_its_cell_and_names_few():
    risks = tuple(heat.Placed(f"R{n}", f"risk {n}", (5, 4), (1, 1 + n % 2)) for n in range(1, 8))
    chart = heat.heat(heat.HeatData(risks, 9), id="x")
    assert {"7", "4", "3"} <= set(texts(chart))
    assert not re.search(r"\bR\d", lines(chart)), "seven in a cell are counted and not named"
    assert "R1 R2" in lines(
        heat.heat(heat.HeatData(tuple(heat.Placed(f"R{n}", "a", (2, 2), (2, 2)) for n in (1, 2)), 9), id="x")
    )
    assert chart.alt.endswith("Highest residual score 2 of 25: R1 risk 1. Above the appetite of 9 after controls: 0.")


def test_the_appetite_is_a_line_and_its_absence_is_said():
    risk = (heat.Placed("R1", "a", (1, 1), (1, 1)),)
    assert "appetite: a score of at most 9" in texts(heat.heat(heat.HeatData(risk, 9), id="x"))
    without = heat.heat(heat.HeatData(risk), id="x")
    assert "no appetite stated" in texts(without)
    assert without.alt.endswith("No appetite is stated.")


def test_a_rating_off_the_scale_is_in_the_table_and_counted():
    risks = (heat.Placed("R1", "a", (1, 1), (1, 1)), heat.Placed("R2", "b", (7, 1), (1, 1)))
    chart = heat.heat(heat.HeatData(risks), id="x")
    assert chart.note == "Ratings off the scale of 1 to 5, and so not drawn: 1."
    assert [row[0] for row in chart.rows] == ["R1", "R2"]


def test_every_difference_of_the_table_stands_beside_its_row_with_its_interval_and_n():
    chart = ALL["forest"]()
    shown = lines(chart)
    for _, estimate, interval, n, *_ in chart.rows:
        assert (f"{estimate}  ({interval})" if interval != "no interval" else f"{estimate}  no interval").replace(
            "  ", " "
        ) in shown
        assert n in texts(chart)


def test_a_difference_is_called_worse_only_where_its_whole_interval_is():
    rows = {row[0]: row[4] for row in ALL["forest"]().rows}
    assert rows["general_regression acc"] == "worse"
    assert rows["elm_desk_qa acc"] == "better"
    assert rows["toxicity"] == "no clear difference"
    assert rows["without interval"] == "can not tell"
    assert rows["without direction"] == "direction not stated"


def test_a_metric_where_lower_is_better_turns_the_worse_side_and_not_the_number():
    chart = forest.forest(forest.ForestData((Delta("toxicity", 0.1, 0.05, 0.2, "9", False, 0.02),)), id="x")
    assert chart.rows == (("toxicity", "+0.100", "+0.050 … +0.200", "9", "worse", "+0.020"),)
    assert "← better" in texts(chart)
    assert "worse →" in texts(chart)


@pytest.mark.parametrize(
    ("against", "words"),
    [(forest.Against.EARLIER, "the earlier one"), (forest.Against.BASE, "its base"), (None, "what it is held against")],
)
def test_a_plot_says_what_the_candidate_is_held_against(against, words):
    chart = forest.forest(forest.ForestData((Delta("a", 0.1),), against=against), id="x")
    assert f"{words}, with 95 % intervals." in chart.caption
    assert f"{words}, with 95 % intervals." in chart.alt


def test_a_row_without_an_interval_is_a_ring_and_one_with_it_is_filled():
    def inside(**more):
        chart = forest.forest(forest.ForestData((Delta("a", 0.1, higher_is_better=True, **more),)), id="x")
        return [each.get("fill") for each in ET.fromstring(chart.svg).iter(f"{SVG}use")]  # noqa: S314 - drawn by us

    assert "#ffffff" in inside()
    assert "#ffffff" not in inside(low=0.05, high=0.2)


def test_a_row_far_beyond_the_others_ends_in_an_arrow_and_is_counted():
    rows = (*(Delta(f"task {n}", 0.01, 0.0, 0.02) for n in range(5)), Delta("perplexity", 250.0, 200.0, 300.0))
    chart = forest.forest(forest.ForestData(rows), id="x")
    assert chart.note == "Rows that go beyond the scale and end in an arrow: 1."
    assert "+250 (+200 … +300)" in texts(chart)


def test_what_the_forest_plot_leaves_out_is_counted():
    rows = (*(Delta(f"task {n}", 0.1, 0.0, 0.2) for n in range(100)), Delta("no", NAN), Delta("half", 0.1, NAN, 0.2))
    chart = forest.forest(forest.ForestData(rows), id="x")
    assert chart.note == (
        "40 of 101 differences are drawn; the table has all. Differences that are no numbers and are left out: 1. "
        "Intervals that are not two numbers and are left out: 1."
    )
    assert len(chart.rows) == 101


def test_every_count_of_a_bar_stands_in_it_or_beside_it_with_its_denominator():
    words = (("met", "✔", "good"), ("unmet", "✘", "bad"), ("stale", "◷", "warn"), ("inconclusive", "◐", "warn"))
    area = coverage_bars.Area(
        "NIST AI RMF", tuple(coverage_bars.Part(*word, n) for word, n in zip(words, (301, 59, 2, 1), strict=True))
    )
    chart = coverage_bars.bars(coverage_bars.BarsData("requirements", (area, coverage_bars.Area("Nobody", ()))), id="x")
    shown = texts(chart)
    assert {"✔ 301", "✘ 59", "◷ 2 ◐ 1", "363"} <= set(shown)
    assert {"0", "nothing counted"} <= set(shown)
    assert chart.rows == (("NIST AI RMF", "363", "301", "59", "1", "2"), ("Nobody", "0", "0", "0", "0", "0"))
    assert chart.alt.endswith("Least met: NIST AI RMF, 301 of 363.")


def test_two_standings_of_one_tone_have_two_patterns():
    parts = (coverage_bars.Part("inconclusive", "◐", "warn", 5), coverage_bars.Part("stale", "◷", "warn", 5))
    chart = coverage_bars.bars(coverage_bars.BarsData("controls", (coverage_bars.Area("a", parts),)), id="x")
    assert len(list(ET.fromstring(chart.svg).iter(f"{SVG}pattern"))) == 2  # noqa: S314 - drawn by us


def test_standings_are_told_in_the_order_in_which_documents_count_them():
    first, second = (coverage_bars.Part("missing", "○", "gap", 1), coverage_bars.Part("unmet", "✘", "bad", 2))
    areas = (
        coverage_bars.Area("a", (first,)),
        coverage_bars.Area("b", (second, coverage_bars.Part("own word", "?", "mute", 3))),
    )
    chart = coverage_bars.bars(coverage_bars.BarsData("controls", areas), id="x")
    assert chart.headers == ("Area", "Total", "unmet", "missing", "own word")
    assert "Least" not in chart.alt, "where nothing is met no area is the least met"


def test_more_areas_than_are_drawn_are_in_the_table_and_counted():
    areas = tuple(coverage_bars.Area(f"area {n}", (coverage_bars.Part("met", "✔", "good", 1),)) for n in range(33))
    chart = coverage_bars.bars(coverage_bars.BarsData("controls", areas), id="x")
    assert chart.note == "30 of 33 areas are drawn; the table has all."
    assert len(chart.rows) == 33


def test_curves_end_with_their_last_values_and_are_thinned_evenly():
    chart = ALL["curves"]()
    assert "training 0.228" in texts(chart)
    assert chart.rows[-1][1] == "0.2277", "as exact as the table of the model card"
    assert chart.note.startswith(
        "Of the longest line 240 of 500 points are drawn, evenly chosen, first and last among them."
    )
    row = [(float(n), 0.0) for n in range(10_000)]
    thinned = curves.thin(row)
    assert (len(thinned), thinned[0], thinned[-1]) == (240, row[0], row[-1])
    gaps = {round(b[0] - a[0]) for a, b in itertools.pairwise(thinned)}
    assert max(gaps) - min(gaps) <= 1


def test_a_line_that_nobody_recorded_has_no_column():
    chart = curves.curves(curves.CurveData([(1.0, 2.0), (2.0, 1.0)]), id="x")
    assert chart.headers == ("Step", "Training loss")
    assert chart.rows == (("1", "2"), ("2", "1"))


def test_points_that_are_no_numbers_are_counted_and_left_out():
    chart = curves.curves(curves.CurveData([(0, 1.0), (1, NAN), (2, 0.5), (3, 1e300)]), id="x")
    assert chart.note == "Points that are no numbers and are left out: 2."
    assert len(chart.rows) == 2


def test_many_processors_are_a_band_and_each_is_in_the_table():
    use = [usages.Line(f"GPU {n}", [(minute, 50.0 + n) for minute in range(20)]) for n in range(8)]
    chart = usages.usage(usages.UsageData(use=use, memory=use[:1]), id="x")
    assert {"most", "mean of 8", "least", "GPU 0"} <= set(texts(chart))
    assert [row[1] for row in chart.rows] == [*(f"GPU {n}" for n in range(8)), "GPU 0"]
    assert chart.note == "Of more than 3 processors the band from the least to the most is drawn, and the mean."


def test_energy_says_how_it_is_known_and_between_what():
    chart = ALL["energy"]()
    assert {"0.012 kWh, measured", "0.011 – 0.013", "0.004 kWh, estimated", "no uncertainty stated"} <= set(
        texts(chart)
    )
    assert chart.rows[0][1:5] == ("0.012", "0.011 – 0.013", "measured", "the whole machine")
    assert chart.rows[1][4] == "not stated"
    patterns = [each.find(f"{SVG}rect").get("fill") for each in ET.fromstring(chart.svg).iter(f"{SVG}pattern")]  # noqa: S314 - drawn by us
    assert patterns == ["#cf9a45"], "only what is not measured is hatched"


def test_energy_that_is_no_number_is_counted():
    chart = energy.energy((energy.Work("a", 1.0, "by guess"), energy.Work("b", NAN), energy.Work("c", -2.0)), id="x")
    assert chart.note == "Pieces of work whose energy is no number at or above nought and is left out: 2."
    assert chart.rows[0][3] == "by guess"


def test_the_lineage_shows_how_firm_each_part_is():
    chart = ALL["lineage"]()
    shown = lines(chart)
    assert "2caba43a4913" in shown
    assert "○ by name only" in shown
    assert "○ not evidenced" in shown
    assert chart.rows[3][:3] == ("Quantised", "not evidenced", "not evidenced")
    assert chart.rows[2][3] == "elm-desk-questions, HuggingFaceTB/SmolLM2-135M-Instruct"
    assert chart.alt == (
        "Lineage graph. Parts: 3, of which fixed by a digest: 2. By name only: HuggingFaceTB/SmolLM2-135M-Instruct. Not evidenced: Quantised."
    )


def test_a_line_that_closes_a_ring_is_left_out_and_counted():
    nodes = (lineage.Node("a", "Merge", "a"), lineage.Node("b", "Merge", "b"))
    chart = lineage.lineage(lineage.LineageData(nodes, (("a", "b"), ("b", "a"), ("a", "a"), ("a", "nobody"))), id="x")
    assert chart.note == "Lines that close a ring or lead to no part, and are left out: 3."


def test_many_data_sets_of_one_use_are_counted_in_a_box_of_their_own():
    nodes = (
        *(lineage.Node(f"d{n}", "Data set", f"set {n}", "ab" if n else "") for n in range(30)),
        lineage.Node("a", "Adapter", "a", "cd"),
    )
    chart = lineage.lineage(lineage.LineageData(nodes, tuple((f"d{n}", "a") for n in range(30))), id="x")
    assert "and 27 more" in texts(chart)
    assert len(chart.rows) == 31
    assert chart.note == "4 of 31 parts are drawn; the table has all."


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 8)), max_size=20))
def test_whatever_the_edges_a_graph_goes_from_left_to_right(pairs):
    keys = [str(n) for n in range(8)]
    kept, lost = layering.acyclic(keys, [(str(a), str(b)) for a, b in pairs])
    assert len(kept) + lost == len(set(pairs))
    place = layering.columns(keys, kept)
    assert all(place[source] < place[target] for source, target in kept)
    held = layering.layers(keys, kept, place)
    assert sorted(part for column in held.columns for part in column if isinstance(part, str)) == keys
    assert all(len(way) == place[way[-1]] - place[way[0]] + 1 for way in held.ways)


def test_a_bow_tie_shows_each_barrier_with_its_standing():
    chart = ALL["bow-tie"]()
    assert {"✘ unmet", "✔ met"} <= set(texts(chart))
    assert chart.alt.endswith(
        "Barriers before the event that hold today: 0 of 1; after it: 1 of 1. The first that does not: Personal data were looked for."
    )


def test_the_words_beside_a_bow_tie_tell_the_whole_title_of_a_barrier():
    title = "Whether the model treats groups of people unlike was measured on the tuned model"
    held = (bow_tie.Barrier(title, "missing", "○", "gap", counts=False),)
    chart = bow_tie.bow_tie(bow_tie.BowTieData("a", "b", ("c",), ("d",), held), id="x")
    assert chart.alt.endswith(f"The first that does not: {title}.")


def test_a_bow_tie_of_many_barriers_draws_those_that_do_not_count_first():
    held = tuple(
        bow_tie.Barrier(f"control {n}", "met" if n < 7 else "unmet", "✔" if n < 7 else "✘", "good", n < 7)
        for n in range(9)
    )
    chart = bow_tie.bow_tie(bow_tie.BowTieData("a", "b", ("c",), ("d",), held), id="x")
    assert {"control 7", "control 8"} <= set(texts(chart))
    assert (
        chart.note == "Of barriers before 6 of 9 are drawn; the table has all. Barriers that do not count come first."
    )
    assert "○ no control" in texts(chart), "the side without a barrier says so"


def test_drift_marks_what_lies_outside_with_another_shape():
    chart = ALL["drift"]()
    assert {"reference 0.070", "most 0.120", "last 0.170"} <= set(texts(chart))
    assert [row[2] for row in chart.rows].count("outside") == 5
    assert chart.alt.endswith("Outside what is accepted: 5 of 12, the furthest 0.170 on 2026-12-01.")
    marks = {each.get("href"): each.get("fill") for each in ET.fromstring(chart.svg).iter(f"{SVG}use")}  # noqa: S314 - drawn by us
    assert {colour for colour in marks.values() if colour in ("#ffffff", "#a3212b")} == {"#ffffff", "#a3212b"}
    assert len(marks) == 3, "a tick, a ring and a cross"


def test_what_the_tool_says_of_a_point_counts_more_than_a_bound_that_may_have_moved():
    points = [("2026-01-01", 0.3), ("2026-02-01", 0.1), ("2026-03-01", 0.2)]
    chart = drift.drift(drift.DriftData("a", points, most=0.25, crossed=[False, True, None]), id="x")
    assert [row[2] for row in chart.rows] == ["inside", "outside", "not told"]
    assert chart.alt.endswith("Outside what is accepted: 1 of 3, the furthest 0.100 on 2026-02-01.")


def test_a_crossing_is_told_where_no_bound_is_known():
    chart = drift.drift(drift.DriftData("a", [("2026-01-01", 0.3), ("2026-02-01", 0.1)], crossed=[True, False]), id="x")
    assert [row[2] for row in chart.rows] == ["outside", "inside"]
    assert "Nobody" not in chart.alt + chart.caption


def test_a_line_of_means_has_the_band_of_its_readings_behind_it_and_tells_their_ends():
    points = [(minute, 50.0) for minute in range(5)]
    line = usages.Line("GPU 0", points, [(x, 10.0) for x, _ in points], [(x, 99.0) for x, _ in points], 47.3)
    chart = usages.usage(usages.UsageData(use=[line]), id="x")
    assert chart.rows == (("Use, %", "GPU 0", "47.3", "10", "99", "5"),)
    assert chart.alt == "Use of the graphics processors: mean 47.3 %, from 10 to 99, over 1 lines."
    assert "from the least to the most reading" in chart.note


def test_points_without_a_date_stand_in_the_order_given_and_it_is_said():
    chart = drift.drift(drift.DriftData("a", [("week 2", 1.0), ("week 1", 2.0), ("2026-01-01", NAN)]), id="x")
    assert [row[0] for row in chart.rows] == ["week 2", "week 1"]
    assert (
        chart.note
        == "Some points have no date: all stand at equal steps, in the order given. Points that are no numbers and are left out: 1."
    )
    assert chart.alt.endswith("Nobody set a bound.")


NUMBERS = (
    st.floats(allow_nan=True, allow_infinity=True)
    | st.floats(-1e6, 1e6)
    | st.sampled_from([0.0, -0.0, 1e99, -1e99, 1e-300, 5e-324])
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, st.sampled_from([True, False, None])),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_the_numbers_charts_are_well_formed_and_count_what_they_leave_out(rows):
    deltas = tuple(Delta(f"t{n}", value, low, high, "1", way, low) for n, (value, low, high, way) in enumerate(rows))
    points = [(value, low or 0.0) for value, low, _, _ in rows]
    made = (
        forest.forest(forest.ForestData(deltas), id="a"),
        curves.curves(curves.CurveData(points, points[:1], points), id="b"),
        usages.usage(usages.UsageData(use=[usages.Line("GPU", points)]), id="c"),
        energy.energy(tuple(energy.Work("w", value, low=low, high=high) for value, low, high, _ in rows), id="d"),
        drift.drift(
            drift.DriftData("m", [("2026-01-01", value) for value, *_ in rows], rows[0][1], rows[0][2], None), id="e"
        ),
    )
    usable = [value for value, *_ in rows if math.isfinite(value) and abs(value) <= 1e100]
    for chart in filter(None, made):
        ET.fromstring(chart.svg)  # noqa: S314 - drawn by us
        assert not re.search(r"\bnan\b|\binf\b", chart.svg + chart.alt + str(chart.rows))
    assert (made[0] is None) == (not usable)
    assert made[0] is None or len(made[0].rows) == len(usable)
    assert made[0] is None or len(usable) == len(rows) or "no numbers" in made[0].note


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-50, 200), max_size=8))
def test_names_at_the_ends_of_lines_do_not_lie_over_each_other(wanted):
    places = panel.apart(wanted, 10.5, 0, 100)
    order = sorted(places)
    assert all(b - a >= 10.5 - 1e-6 for a, b in itertools.pairwise(order))
    assert all(0 - 1e-6 <= place <= 100 + 1e-6 for place in places)
    ranked = sorted(range(len(wanted)), key=lambda n: (wanted[n], n))
    assert [places[n] for n in ranked] == order


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12))
def test_ticks_lie_on_their_scale_and_no_two_say_the_same(low, wide):
    ends = panel.span([low, low + wide])
    places, words, _ = panel.scale(ends, 4, str)
    slack = (ends[1] - ends[0]) * 1e-6
    assert all(ends[0] - slack <= place <= ends[1] + slack for place in places)
    assert wide < abs(low) * 1e-6 or len(set(words)) == len(words)
