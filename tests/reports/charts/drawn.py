"""One of each chart, with what it is made of, for tests and for whoever wants to look."""

from __future__ import annotations

from governance.reports.charts import bow_tie, coverage_bars, curves, drift, energy, forest, heat, lineage, usages

HOSTILE = '<script>alert(1)</script> & "quoted" $x_1^2$ \u202egnp.exe 日本語 🦜 \x07' + "very long " * 40

TONES = ("good", "warn", "bad", "gap", "note", "mute")


def heat_(text="Private data comes out", **more):
    risks = (
        heat.Placed("R1", text, (4, 5), (3, 5)),
        heat.Placed("R2", "It answers wrongly", (3, 3), (2, 2)),
        heat.Placed("R3", "It is slow", (1, 2), (1, 2)),
    )
    return heat.heat(heat.HeatData(risks, 9), id="heat", **more)


def forest_(text="elm_desk_qa acc", **more):
    rows = (
        forest.Delta(text, 0.129, 0.01, 0.25, "62", higher_is_better=True),
        forest.Delta("general_regression acc", -0.1, -0.2, -0.01, "60", higher_is_better=True, margin=0.05),
        forest.Delta("toxicity", 0.02, -0.02, 0.05, "1,200", higher_is_better=False),
        forest.Delta("without interval", -0.03, n="10", higher_is_better=True),
        forest.Delta("without direction", 0.5, 0.4, 0.6),
    )
    return forest.forest(forest.ForestData(rows), id="forest", **more)


def bars_(text="Data", **more):
    parts = tuple(coverage_bars.Part(tone, "✔", tone, number) for number, tone in enumerate(TONES, start=2))
    met = (coverage_bars.Part("met", "✔", "good", 5),)
    return coverage_bars.bars(
        coverage_bars.BarsData("controls", (coverage_bars.Area(text, parts), coverage_bars.Area("Training", met))),
        id="bars",
        **more,
    )


def curves_(text="", **more):
    loss = [(step, 2.5 / (1 + step / 100)) for step in range(0, 1000, 2)]
    held_out = [(step, 2.6 / (1 + step / 100)) for step in range(0, 1000, 200)]
    return curves.curves(
        curves.CurveData(loss, held_out, [(step, 2e-4 * (1 - step / 1000)) for step in range(0, 1000, 50)]),
        id="curves",
        **more,
    )


def usage_(text="GPU 0", **more):
    series = [(minute / 2, 80 + minute % 7) for minute in range(60)]
    return usages.usage(
        usages.UsageData(use=[usages.Line(text, series)], power=[usages.Line(text, series)]), id="usage", **more
    )


def energy_(text="training", **more):
    rows = (
        energy.Work(text, 0.0123, "measured", "codecarbon 3.3", "machine", 0.011, 0.0135),
        energy.Work("evaluation", 0.004, "estimated"),
    )
    return energy.energy(rows, id="energy", **more)


def lineage_(text="elm-desk-questions", **more):
    nodes = (
        lineage.Node("d", "Data set", text, "2caba43a4913"),
        lineage.Node("b", "Base model", "HuggingFaceTB/SmolLM2-135M-Instruct"),
        lineage.Node("a", "Adapter", "elm-desk-lora", "6cbd968561ba"),
        lineage.Node("q", "Quantised", "", there=False),
    )
    return lineage.lineage(lineage.LineageData(nodes, (("d", "a"), ("b", "a"), ("a", "q"))), id="lineage", **more)


def bow_tie_(text="The model repeats a record", **more):
    barrier = bow_tie.Barrier("Personal data were looked for", "unmet", "✘", "bad", counts=False)
    data = bow_tie.BowTieData(
        "Private data comes out", text, ("Records in the data", text), ("A reader is harmed",), (barrier,),
        (bow_tie.Barrier("Incident plan", "met", "✔", "good", counts=True),),
    )  # fmt: skip
    return bow_tie.bow_tie(data, id="bow-tie", **more)


def drift_(text="Unanswered questions", **more):
    points = [(f"2026-{month:02d}-01", 0.05 + 0.01 * month) for month in range(1, 13)]
    return drift.drift(drift.DriftData(text, points, 0.07, None, 0.12), id="drift", **more)


ALL = {
    "heat": heat_, "forest": forest_, "bars": bars_, "curves": curves_, "usage": usage_, "energy": energy_, "lineage": lineage_,
    "bow-tie": bow_tie_, "drift": drift_,
}  # fmt: skip

if __name__ == "__main__":
    for chart in ALL.values():
        print(chart().svg, end="")
