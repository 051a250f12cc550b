"""What was measured over time stands in the documents: the use of graphics processors, and drift."""

from __future__ import annotations

import math
import re

import pytest

from governance.collectors.formats import gpu_usage
from governance.collectors.reading.doubts import Doubts
from governance.domain.evidence import Subject, SubjectType
from governance.reports.claims.references import References
from governance.reports.parts import drift, gpu_use
from governance.reports.writing.render import render
from tests.reports import cases, found
from tests.reports.card_cases import built, held

SYSTEM = Subject(type=SubjectType.SYSTEM, name="march")


def usage_of(gpus=1, seconds=120, **more):
    """The body that a log of so many processors comes to."""
    lines = [
        gpu_usage.Line({"index": str(n), "name": "NVIDIA L4", "uuid": None, "memory_bytes": 24 * 2**30})
        for n in range(gpus)
    ]
    for second in range(seconds):
        for number, line in enumerate(lines):
            line.add(float(second), 50.0 + number + second % 3, 2.0**30 * (number + 1), 60.0 + second % 5)
    made = gpu_usage.body(lines, Doubts(), tool={"name": "nvidia-smi", "version": "590.48.01"}, activity=None, local_time=None, power_from="power.draw")  # fmt: skip
    return {**made, **more}


def use(body, *, subject=None, seq=5, **more):
    return found.piece(seq, gpu_usage.KIND, subject or found.candidate(), body, **more)


def view_of(*pieces, environment=None):
    """The part of a card over these pieces, with the references that keep count."""
    case = held(*pieces) if pieces else cases.empty()
    references = References(case)
    return gpu_use.gpu_use(case, references, environment), references


# --- graphics processors --------------------------------------------------------------------------------------------


def test_without_a_log_it_is_one_gap_and_no_empty_chart():
    view, references = view_of()
    assert (view.chart, view.rows, view.facts, view.missing) == (None, (), (), True)
    assert references.not_evidenced == ["Use of the graphics processors"]
    assert "no log" in str(view.none)


@pytest.mark.parametrize(
    ("status", "captured", "gap"),
    [("none", "by-run", False), ("none", "by-command", False), ("none", "at-attach", True), ("could-not-tell", "by-run", True), ("present", "by-run", True)],
)  # fmt: skip
def test_a_machine_without_graphics_processors_leaves_nothing_to_ask_for(status, captured, gap):
    machine = found.piece(
        4, "compute-environment.v1", SYSTEM, {**found.ENVIRONMENT, "gpu_status": status, "captured": captured}
    )
    view, references = view_of(machine, environment=machine)
    assert (view.missing, len(references.not_evidenced)) == (gap, int(gap))


def test_each_figure_is_a_claim_that_points_into_the_log():
    view, references = view_of(use(usage_of()))
    (row,) = view.rows
    assert (row.number, row.name.text, row.readings.text, row.use.text, row.use_most.text) == (
        "0",
        "NVIDIA L4",
        "120",
        "51",
        "52",
    )
    assert (row.memory.text, row.memory_whole.text, row.power_most.text) == ("1.07 GB", "25.8 GB", "64")
    assert row.energy.claim.sources[0].pointer == "/gpus/0/energy_kwh"
    assert [fact.text for fact in view.facts[:3]] == ["1", "1 min 59 s", "120"]
    assert references.not_evidenced == []
    assert len(view.points) == gpu_use.POINTS
    assert view.points[-1].after.claim.sources[0].pointer == "/series/0/seconds/119"


def test_the_chart_tells_the_means_of_all_readings_and_their_ends():
    view, _ = view_of(use(usage_of(seconds=2000)))
    assert view.chart.rows[0][:5] == ("Use, %", "GPU 0", "51.0", "50", "52")
    assert "from the least to the most reading" in view.chart.note
    assert view.readings.text == "2,000"


def test_of_eight_processors_the_mean_is_drawn_and_each_stands_in_the_table():
    view, _ = view_of(use(usage_of(8)))
    assert [row.number for row in view.rows] == [str(n) for n in range(8)]
    assert {row[1] for row in view.chart.rows} == {"mean of 8"}
    assert {point.number for point in view.points} == {""}


def test_processors_beyond_those_printed_are_counted(templates):
    case = held(use(usage_of(100)))
    assert (len(built(case).gpu.rows), built(case).gpu.left_out) == (gpu_use.ROWS, 100 - gpu_use.ROWS)
    assert "84 more processors stand in the evidence." in render("model-card.html", case, templates).decode()


def test_what_the_log_does_not_tell_prints_a_dash_and_no_line():
    body = usage_of()
    for name in ("power_mean_watts", "power_max_watts", "energy_kwh"):
        body["gpus"][0][name] = body["all"][name] = None
    body["series"][0]["power_watts"] = None
    view, references = view_of(use(body))
    assert (view.rows[0].power, view.rows[0].energy, view.points[0].power) == (None, None, None)
    assert {row[0] for row in view.chart.rows} == {"Use, %", "Memory, GB"}
    assert references.not_evidenced == ["Power of one, mean", "Energy by the power that was read"]


@pytest.mark.parametrize(
    "piece",
    [
        use(usage_of(), subject=found.candidate(found.canonical.sha256(b"other"))),
        use(usage_of(), subject=found.base()),
        use(usage_of(), subject=Subject(type=SubjectType.RUN, name="somewhere")),
        use(usage_of(activity="evaluation")),
    ],
    ids=["other weights", "the base", "tied to nothing", "an evaluation"],
)
def test_a_log_of_something_else_is_not_the_training(piece):
    case = held(piece)
    assert (built(case).gpu.facts, built(case).gpu.pieces) == ((), 0)


def test_of_two_logs_the_one_that_counts_is_shown_and_both_are_counted():
    first, second = use(usage_of(), days_ago=9), use(usage_of(2), seq=6)
    view, _ = view_of(first, second)
    assert (view.pieces, len(view.rows)) == (2, 2)


def test_a_log_too_old_for_the_policy_is_neither_told_nor_drawn(templates):
    case = cases.quoting(held(use(usage_of())), 2, gpu_usage.KIND)
    view = built(case).gpu
    assert (view.chart, view.rows, view.missing) == (None, (), True)
    made = render("model-card.html", case, templates).decode()
    assert "stale: of 2026-11-19, 3 days ago" in made
    assert 'id="gpu-use"' not in made


# --- drift ----------------------------------------------------------------------------------------------------------


def moved(value, breached, *, limit=0.2, day=None, seq=5, days_ago=3, metric="share of columns that moved", **more):
    """A piece on one measure."""
    body = {
        "tool": {"name": "evidently", "version": "0.7.23"}, "metric": metric, "method": "psi", "value": value, "limit": limit,
        "breached": breached, "reference": {"from": "2026-01-01", "to": "2026-01-31", "n": 100},
        "current": {"from": day, "to": day, "n": 50}, "features": [], **more,
    }  # fmt: skip
    return found.piece(seq, drift.KIND, SYSTEM, body, days_ago=days_ago)


def drift_of(*pieces, case=None):
    case = case or cases.full(pieces=(*found.pieces(), *pieces))
    references = References(case)
    return drift.drift(case, references), references


def chunks(*values, upper=0.2, year=2026):
    return [
        {"start": f"{year}-05-{n + 1:02}T00:00:00", "end": f"{year}-05-{n + 1:02}T23:00:00", "n": 10, "value": value, "lower": None,
         "upper": upper, "breached": value > upper} for n, value in enumerate(values)
    ]  # fmt: skip


def test_without_a_measurement_it_is_one_gap_and_no_empty_chart():
    view, references = drift_of()
    assert (view.rows, view.lines, str(view.none)) == ((), (), "nobody measured drift.")
    assert references.not_evidenced == ["Drift in use"]


def test_pieces_on_one_measure_make_a_line_and_the_last_is_told():
    pieces = [moved(0.1 * n, n == 3, day=f"2026-0{n}-28", seq=4 + n, days_ago=9 - n) for n in (1, 2, 3)]
    view, _ = drift_of(*pieces)
    ((row,), (line,)) = view.rows, view.lines
    assert (row.value.text, row.limit.text, row.reading, row.after.text) == (
        "0.300",
        "0.200",
        drift.CROSSED,
        "2026-03-28 – 2026-03-28",
    )
    assert [(point.day, point.value.text) for point in line.points] == [
        ("2026-01-28", "0.100"),
        ("2026-02-28", "0.200"),
        ("2026-03-28", "0.300"),
    ]
    assert (line.total, line.crossed, view.crossed, view.within, view.untold) == (3, 1, 1, 0, 0)
    assert [row[2] for row in line.chart.rows] == ["inside", "inside", "outside"]
    assert line.points[1].value.claim.sources[0].of == pieces[1].id


def test_one_measurement_is_told_and_not_drawn():
    view, _ = drift_of(moved(0.1, False))
    assert (len(view.rows), view.lines) == (1, ())
    same_day, _ = drift_of(moved(0.1, False, day="2026-02-01"), moved(0.2, False, day="2026-02-01", seq=6))
    assert same_day.lines == ()


def test_the_chunks_of_the_latest_table_are_its_line():
    piece = moved(0.31, True, series=chunks(0.1, 0.31, 0.15), pieces=3, breaches=1, reference_value=0.12)
    view, _ = drift_of(moved(0.9, True, day="2025-01-01", seq=4, days_ago=9), piece)
    (line,) = view.lines
    assert [point.value.claim.sources[0].pointer for point in line.points] == [f"/series/{n}/value" for n in range(3)]
    assert (line.total, line.crossed, line.reference.text) == (3, 1, "0.120")
    assert (view.rows[0].crossed.text, view.rows[0].pieces.text) == ("1", "3")
    assert "most 0.200" in line.chart.svg
    assert "reference 0.120" in line.chart.svg


def test_a_chunk_that_stands_in_two_tables_counts_once_and_the_later_table_counts():
    old = moved(0.1, False, series=chunks(0.1, 0.11), seq=4, days_ago=9)
    new = moved(0.3, True, series=chunks(0.1, 0.12, 0.3), seq=5, days_ago=3)
    (line,) = drift_of(old, new)[0].lines
    assert [(point.value.text, point.value.claim.sources[0].of) for point in line.points] == [
        ("0.100", new.id), ("0.120", new.id), ("0.300", new.id),
    ]  # fmt: skip


def test_columns_are_measures_of_their_own_and_what_crossed_stands_first():
    columns = [{"name": "length", "method": "K-S p_value", "value": 0.6, "limit": 0.05, "breached": False},
               {"name": "topic", "method": "Z-test p_value", "value": 0.01, "limit": 0.05, "breached": True},
               {"name": "score", "method": None, "value": None, "limit": None, "breached": None}]  # fmt: skip
    view, _ = drift_of(moved(0.1, False, features=columns))
    assert [(row.measure.text, row.column) for row in view.rows] == [
        ("topic", True), ("score", True), ("share of columns that moved", False), ("length", True),
    ]  # fmt: skip
    assert (view.crossed, view.within, view.untold) == (1, 2, 1)


def test_on_which_side_of_a_limit_values_are_accepted_is_seen_from_what_was_said():
    def bounds(*pairs):
        pieces = [
            moved(v, b, limit=0.05, day=f"2026-0{n + 1}-01", seq=n + 4, days_ago=9 - n)
            for n, (v, b) in enumerate(pairs)
        ]
        return drift_of(*pieces)[0].lines[0].chart.svg

    assert "least 0.050" in bounds((0.6, False), (0.01, True)), "a p-value"
    assert "most 0.050" in bounds((0.6, True), (0.01, False)), "a distance"
    told = bounds((0.6, False), (0.01, False))
    assert ("least 0.050" in told, "most 0.050" in told) == (False, False)
    neither = bounds((0.05, True), (0.05, False))
    assert ("least 0.050" in neither, "most 0.050" in neither) == (False, False)


def test_a_limit_that_changed_is_said_and_each_point_keeps_its_own_verdict(templates):
    pieces = [
        moved(0.3, False, limit=0.4, day="2026-01-01", seq=4, days_ago=9),
        moved(0.3, True, limit=0.2, day="2026-02-01"),
    ]
    view, _ = drift_of(*pieces)
    assert view.lines[0].moved
    assert [point.reading for point in view.lines[0].points] == [drift.WITHIN, drift.CROSSED]
    case = cases.full(pieces=(*found.pieces(), *pieces))
    for name in ("model-card.html", "model-card.md", "audit-report.html"):
        assert "The limit changed on the way; the latest is drawn." in render(name, case, templates).decode()


def test_what_is_too_old_is_left_out_of_line_and_table_and_counted(templates):
    pieces = [moved(0.1 * n, False, day=f"2026-0{n}-28", seq=4 + n, days_ago=12 - 3 * n) for n in (1, 2, 3)]
    case = cases.quoting(cases.full(pieces=(*found.pieces(), *pieces)), 7, drift.KIND)
    view, _ = drift_of(case=case)
    assert (view.too_old, view.lines[0].total) == (1, 2)
    assert (
        "1 piece of evidence is too old for the policy and is left out."
        in render("audit-report.html", case, templates).decode()
    )
    all_old = cases.quoting(case, 1, drift.KIND)
    view, references = drift_of(case=all_old)
    assert (view.rows, view.lines, view.too_old) == ((), (), 3)
    assert references.not_evidenced[0].startswith("Drift in use: stale: of")
    assert "stale: of" in render("audit-report.html", all_old, templates).decode()


def test_many_measures_and_long_lines_are_bounded_and_counted(templates):
    pieces = [moved(0.1, False, metric=f"m{n}", series=chunks(*[0.1] * 28), seq=5 + n) for n in range(60)]
    case = cases.full(pieces=(*found.pieces(), *pieces))
    view, _ = drift_of(case=case)
    assert (len(view.rows), view.left_out, view.total) == (drift.ROWS, 20, 60)
    assert (len(view.lines), view.lines_left_out) == (drift.CHARTS, 56)
    assert (len(view.lines[0].points), view.lines[0].total) == (drift.POINTS, 28)
    made = render("audit-report.html", case, templates).decode()
    assert {
        "20 more measures stand in the evidence.",
        "56 more measures were found more than once, and their lines are not drawn.",
    } <= set(re.findall(r"\d+ more measures [^<]*?\.(?=[ <])", made))


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400, "0.3", None, True])
def test_a_value_that_is_no_number_is_no_point(value):
    good = [moved(0.1, False, day="2026-01-01", seq=4), moved(0.2, False, day="2026-02-01", seq=5)]
    view, _ = drift_of(*good, moved(value, None, day="2026-03-01", seq=6, days_ago=1))
    assert view.lines[0].total == 2


# --- in the documents -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole():
    pieces = [moved(0.1 * n, n == 3, day=f"2026-0{n}-28", seq=10 + n, days_ago=9 - n) for n in (1, 2, 3)]
    return cases.full(pieces=(*found.pieces(), use(usage_of(2), seq=10), *pieces))


@pytest.mark.parametrize(
    ("name", "charts"),
    [
        ("model-card.html", {"gpu-use", "drift-1"}),
        ("audit-report.html", {"drift-1"}),
        ("eu-ai-act-annex-iv.html", {"gpu-use", "drift-1"}),
        ("eu-ai-act-annex-xi.html", {"gpu-use"}),
        ("management-review.html", {"drift-1"}),
    ],
)
def test_both_stand_in_the_documents_with_words_and_a_table(name, charts, whole, templates):
    made = render(name, whole, templates).decode()
    drawn = set(re.findall(r'<svg [^>]*id="([a-z0-9-]+)"', made)) or set(re.findall(r'id="((?:gpu-use|drift-1))', made))
    assert charts <= drawn
    assert ("GPU 1" in made) is ("gpu-use" in charts)
    assert ("1 crossed its limit" in made) is ("drift-1" in charts)


def test_the_markdown_card_says_in_words_and_tables_what_the_charts_show(whole, templates):
    made = render("model-card.md", whole, templates).decode()
    assert "Use of the graphics processors: mean 51.5 %, from 50 to 53, over 2 lines." in made
    assert "| GPU 1: NVIDIA L4, 25.8 GB | 120 | 52 / 53 |" in made
    assert "Outside what is accepted: 1 of 3, the furthest 0.300 on 2026-03-28." in made


def test_a_document_in_german_says_all_of_it_in_german(whole, templates):
    from governance.reports.writing.render import Renderer

    made = Renderer(whole, templates, {"language": "de"}).render("model-card.html").decode()
    assert {"Auslastung der Grafikprozessoren", "Abweichung im Betrieb", "Grenze überschritten", "Belegter Speicher"} <= {
        word for word in ("Auslastung der Grafikprozessoren", "Abweichung im Betrieb", "Grenze überschritten", "Belegter Speicher") if word in made
    }  # fmt: skip
    assert "limit crossed" not in made
