"""The tables of CodeCarbon: by header, by run, by task; energy that is none is failed."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from .test_contract import schema

COLUMNS = [
    "timestamp",
    "project_name",
    "run_id",
    "duration",
    "emissions",
    "emissions_rate",
    "cpu_energy",
    "gpu_energy",
    "ram_energy",
    "energy_consumed",
    "country_name",
    "country_iso_code",
    "codecarbon_version",
    "gpu_count",
    "longitude",
    "latitude",
    "tracking_mode",
    "pue",
]


def row(**cells):
    return {
        "timestamp": "2026-11-22T13:55:13", "project_name": "elm-desk-tune", "run_id": "run-1", "duration": "5.0",
        "emissions": "0.25", "emissions_rate": "0.05", "cpu_energy": "0.5", "gpu_energy": "0.25", "ram_energy": "0.25",
        "energy_consumed": "1.0", "country_name": "Singapore", "country_iso_code": "SGP", "codecarbon_version": "3.3.2",
        "gpu_count": "1.0", "longitude": "103.8", "latitude": "1.3", "tracking_mode": "machine", "pue": "1.0",
    } | cells  # fmt: skip


def table(*rows, columns=None):
    columns = columns or COLUMNS
    return "\n".join([",".join(columns), *(",".join(each.get(name, "") for name in columns) for each in rows)]) + "\n"


@pytest.fixture
def runs(read, write):
    def go(*rows, **options):
        found = read(write("a.csv", table(*rows, **options))).found
        for fact in found:
            jsonschema_rs.validator_for(schema("energy.v1")).validate(fact.body)
        return found

    return go


def test_a_run_is_kilowatt_hours_that_were_estimated(runs):
    (fact,) = runs(row())
    body = fact.body
    assert (body["kwh"], body["cpu_kwh"], body["gpu_kwh"], body["ram_kwh"]) == (1.0, 0.5, 0.25, 0.25)
    assert (body["method"], body["scope"], body["location"], body["pue"]) == ("estimated", "machine", "SGP", 1.0)
    assert (body["co2_grams"], body["duration_seconds"], body["grid_g_per_kwh"]) == (250.0, 5.0, None)
    assert (fact.tool, fact.tool_version, fact.subject.name) == ("codecarbon", "3.3.2", "elm-desk-tune run-1")
    assert fact.quality.value == "complete"


def test_a_clock_without_a_zone_is_no_moment_and_one_with_a_zone_is(runs):
    (fact,) = runs(row())
    assert (fact.effective_at, fact.body["local_time"]) == (None, "2026-11-22T13:55:13")
    (fact,) = runs(row(timestamp="2026-11-22T13:55:13+08:00"))
    assert (fact.effective_at.isoformat(), fact.body["local_time"]) == ("2026-11-22T05:55:13+00:00", None)


def test_the_place_on_the_map_is_left_behind(runs):
    assert "103.8" not in json.dumps(runs(row())[0].body)


def test_columns_may_stand_in_any_order_and_empty_ones_may_be_gone(runs):
    (one,) = runs(row(), columns=COLUMNS[::-1])
    (other,) = runs(row(), columns=[name for name in COLUMNS if name not in ("gpu_count", "pue", "country_name")])
    assert one.body["kwh"] == other.body["kwh"] == 1.0
    assert other.body["pue"] is None


def test_the_oldest_table_has_no_version_and_is_partial(runs):
    old = [
        "timestamp",
        "experiment_id",
        "project_name",
        "duration",
        "emissions",
        "energy_consumed",
        "country_name",
        "country_iso_code",
        "region",
    ]
    (fact,) = runs(row(), columns=old)
    assert (fact.quality.value, fact.body["kwh"], fact.body["scope"]) == ("partial", 1.0, None)
    assert "version is not written down" in fact.quality_reasons[0]


def test_a_version_that_nobody_has_seen_is_read_by_its_fields(runs):
    (fact,) = runs(row(codecarbon_version="9.0.0", new="7"), columns=[*COLUMNS, "new"])
    assert (fact.quality.value, fact.tool_version) == ("complete", "9.0.0")


def test_rows_of_several_versions_in_one_table_are_a_run_each(runs):
    found = runs(row(codecarbon_version="2.7.4"), row(run_id="run-2", tracking_mode="process"))
    assert [(fact.tool_version, fact.body["scope"]) for fact in found] == [("2.7.4", "machine"), ("3.3.2", "process")]


def test_of_a_run_that_was_written_while_it_went_on_the_last_row_counts(runs):
    (fact,) = runs(
        row(energy_consumed="0.5", cpu_energy="0", gpu_energy="0.25", ram_energy="0.25"), row(duration="10.0")
    )
    assert (fact.body["kwh"], fact.body["duration_seconds"], fact.quality.value) == (1.0, 10.0, "complete")
    (fact,) = runs(row(), row(energy_consumed="0.5", cpu_energy="0"))
    assert (fact.quality.value, fact.quality_reasons) == (
        "partial", ("the energy of the run falls from one of its rows to the next",),
    )  # fmt: skip


@pytest.mark.parametrize("energy", ["0", "0.0", "", "nan", "inf", "-1"])
def test_no_energy_is_failed_and_no_number(energy, runs):
    (fact,) = runs(row(energy_consumed=energy))
    assert (fact.quality.value, fact.body["kwh"]) == ("failed", None)
    assert "work takes energy" in fact.quality_reasons[0]


@pytest.mark.parametrize("count", ["", "0", "0.0"])
def test_no_graphics_card_is_none_whichever_way_it_is_written(count, runs):
    (fact,) = runs(row(gpu_count=count, gpu_energy="0", cpu_energy="0.75"))
    assert (fact.quality.value, fact.body["gpu_kwh"]) == ("complete", 0.0)


def test_a_graphics_card_for_which_nothing_was_counted_is_partial(runs):
    (fact,) = runs(row(gpu_energy="0", cpu_energy="0.75"))
    assert fact.quality_reasons == ("a graphics card was seen and no energy was counted for it",)


def test_shares_that_do_not_add_up_are_partial_and_a_counter_that_went_back_is_failed(runs):
    (fact,) = runs(row(cpu_energy="0.4"))
    assert (fact.quality.value, fact.quality_reasons) == ("partial", ("the shares add up to 0.9 kWh and not to 1 kWh",))
    (fact,) = runs(row(gpu_energy="-0.1"))
    assert (fact.quality.value, fact.body["gpu_kwh"]) == ("failed", None)


def test_tasks_are_a_fact_each_and_their_run_has_no_length_of_its_own(read, write):
    columns = ["task_name", *(name for name in COLUMNS if name != "pue")]
    write("run/emissions_base_run-1.csv", table(row(task_name="load"), row(task_name="tune"), columns=columns))
    path = write("run/emissions.csv", table(row(), row(run_id="run-2")))
    found = read(path.parent).found
    assert [(fact.body["run"], fact.body["task"], fact.body["duration_seconds"]) for fact in found] == [
        ("run-1", None, None), ("run-2", None, 5.0), ("run-1", "load", 5.0), ("run-1", "tune", 5.0),
    ]  # fmt: skip
    assert found[2].subject.name == "elm-desk-tune run-1 load"


@pytest.mark.parametrize(("content", "reason"), [
    (table(), "a header without a run"), (table(row())[:-9], "has no end"), (table(row()) + "2026,x\n", "line 3 has 2 of 18"),
    (table(row(energy_consumed="much")), "not understood: codecarbon 3.3.2: line 2: energy_consumed is no number"),
    (table(row(tracking_mode="SGP")), "line 2: tracking_mode is SGP"), (table(row(project_name="x" * 301)), "more than 300"),
    (table(row(), columns=[*COLUMNS, "timestamp"]), "twice"), (table(row(project_name='"a')), "unexpected end"),
])  # fmt: skip
def test_a_table_that_is_broken_is_not_read(content, reason, read, write):
    reading = read(write("a.csv", content))
    assert reading.found == ()
    assert reason in reading.not_read[0].reason


def test_another_table_of_emissions_is_not_recognised(read, write):
    reading = read(write("a.csv", "timestamp,duration,emissions,factory\n1,2,3,4\n"))
    assert (reading.found, reading.not_read[0].reason) == ((), "no collector recognises it")


RECORDED = {
    "2.3.5": (5, 3.5662851510688164e-05), "2.7.4": (5, 3.56578302408537e-05), "2.8.4": (5, 3.568871996058315e-05),
    "3.0.8": (5, 2.123927470220426e-05), "3.1.1": (5, 2.1057443692207014e-05), "3.2.3": (5, 2.4907266322210894e-05),
}  # fmt: skip


@pytest.mark.parametrize("version", RECORDED)
def test_what_each_version_left_is_read_whole(version, sample, read):
    reading = read(sample("codecarbon") / version)
    runs, kwh = RECORDED[version]
    assert {fact.tool_version for fact in reading.found} == {version}
    assert ([fact.quality.value for fact in reading.found], reading.not_read) == (["complete"] * runs, ())
    first = next(fact for fact in reading.found if fact.body["duration_seconds"] and not fact.body["task"])
    assert (first.body["kwh"], first.body["scope"], first.body["location"]) == (kwh, "machine", "SGP")
    assert sum(fact.body["scope"] == "process" for fact in reading.found) == 1


def test_what_was_recorded_adds_up(sample, read):
    found = [fact for fact in read(sample("codecarbon")).found if "/" not in fact.path]
    assert [fact.quality.value for fact in found] == ["complete"] * 5
    whole = next(fact for fact in found if fact.path == "emissions.csv" and fact.body["duration_seconds"] is None)
    tasks = [fact for fact in found if fact.body["task"]]
    assert sum(fact.body["kwh"] for fact in tasks) == pytest.approx(whole.body["kwh"], rel=1e-9)
    assert {fact.body["run"] for fact in tasks} == {whole.body["run"]}
