"""What graphics processors did over time, read from a looped `nvidia-smi --query-gpu`."""

from __future__ import annotations

import json
import time

import jsonschema_rs
import pytest

from governance.collectors.formats import gpu_usage
from governance.domain.evidence import Quality, SubjectType

from .test_contract import schema

HEADER = "timestamp, index, name, uuid, driver_version, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W]\n"
WITHOUT_POWER = """index, timestamp, utilization.gpu [%], utilization.memory [%], memory.total [MiB], memory.used [MiB], memory.free [MiB]
0, 2026/11/12 13:48:10.400, 97 %, 50 %, 32480 MiB, 30000 MiB, 2480 MiB
0, 2026/11/12 13:48:15.403, 99 %, 91 %, 32480 MiB, 30000 MiB, 2480 MiB
0, 2026/11/12 13:48:20.407, 98 %, 52 %, 32480 MiB, 30000 MiB, 2480 MiB
0, 2026/11/12 13:48:25.411, 30 %, 33 %, 32480 MiB, 30000 MiB, 2480 MiB
"""
"""In the form that how-tos of computing centres print: every five seconds, the index first, and no power asked for."""


def moment(second, fraction="000"):
    return f"2026/07/14 {8 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{fraction}"


def row(second, use="90 %", memory="1000 MiB", watts="600.00 W", gpu=0, fraction="000"):
    return f"{moment(second, fraction)}, {gpu}, NVIDIA H100 80GB HBM3, GPU-{gpu}, 590.48.01, {use}, {memory}, 81559 MiB, {watts}\n"


@pytest.fixture
def use(read, write):
    def go(text, name="gpus.csv"):
        reading = read(write(name, text))
        facts = [fact for fact in reading.found if fact.kind == gpu_usage.KIND]
        for fact in facts:
            jsonschema_rs.validator_for(schema(gpu_usage.KIND)).validate(fact.body)
            assert len(json.dumps(fact.body, allow_nan=False)) < 60_000, "an entry of a ledger holds 65,535 bytes"
        return facts[0] if facts else reading.not_read[0].reason if reading.not_read else None

    return go


def test_a_log_of_one_card_says_how_busy_it_was_what_it_held_and_what_it_drew(use):
    fact = use(HEADER + row(0, "80 %", "1000 MiB", "500 W") + row(1, "100 %", "3000 MiB", "700 W") + row(2, "90 %"))
    body, gpu = fact.body, fact.body["gpus"][0]
    assert (fact.quality, fact.subject.type) == (Quality.COMPLETE, SubjectType.RUN)
    assert (gpu["utilization_mean_percent"], gpu["utilization_max_percent"]) == (90.0, 100.0)
    assert (gpu["memory_used_max_bytes"], gpu["memory_bytes"]) == (3000 * 2**20, 81559 * 2**20)
    assert (gpu["power_mean_watts"], gpu["power_max_watts"], gpu["span_seconds"]) == (600.0, 700.0, 2.0)
    assert gpu["energy_kwh"] == round((600 + 650) / 3_600_000, 9), "a trapezium for each second"
    assert (body["times"], body["interval_seconds"], body["local_time"]) == ("told", 1.0, moment(0))
    assert body["series"][0]["seconds"] == [0.0, 1.0, 2.0]
    assert body["series"][0]["power_watts"]["mean"] == [500.0, 700.0, 600.0]


def test_the_same_file_tells_the_environment_as_well(read, write):
    found = read(write("gpus.csv", HEADER + row(0) + row(1))).found
    assert [fact.kind for fact in found] == ["compute-environment.v1", "gpu-usage.v1"]
    assert [fact.kind for fact in read(write("one.csv", HEADER + row(0))).found] == ["compute-environment.v1"]


def test_a_log_in_which_nobody_asked_for_power_has_no_energy_and_not_nought(use):
    fact = use(WITHOUT_POWER)
    gpu = fact.body["gpus"][0]
    assert (gpu["readings"], gpu["utilization_mean_percent"], gpu["span_seconds"]) == (4, 81.0, 15.011)
    assert [gpu[name] for name in ("power_mean_watts", "power_max_watts", "energy_kwh", "energy_seconds")] == [None] * 4
    assert fact.body["series"][0]["power_watts"] is None
    assert fact.body["power_from"] is None


@pytest.mark.parametrize("word", ["[N/A]", "N/A", "[Not Supported]", "[Insufficient Permissions]", ""])
def test_what_the_card_does_not_tell_is_null_and_never_nought(word, use):
    fact = use(HEADER + "".join(row(second, watts=word) for second in range(3)))
    gpu = fact.body["gpus"][0]
    assert (gpu["power_mean_watts"], gpu["energy_kwh"], gpu["utilization_mean_percent"]) == (None, None, 90.0)
    assert fact.quality is Quality.COMPLETE


def test_a_reading_that_lacks_a_number_takes_no_part_in_its_mean(use):
    fact = use(HEADER + row(0, watts="100 W") + row(1, watts="[N/A]") + row(2, watts="300 W"))
    gpu = fact.body["gpus"][0]
    assert (gpu["power_mean_watts"], gpu["readings"]) == (200.0, 3)
    assert (gpu["energy_kwh"], gpu["energy_seconds"]) == (round(400 / 3_600_000, 9), 2.0)
    assert fact.body["series"][0]["power_watts"]["mean"] == [100.0, None, 300.0]


def test_a_card_that_is_lost_on_the_way_makes_the_use_partial_and_leaves_the_environment_whole(read, write):
    environment, usage = read(write("a.csv", HEADER + row(0) + row(1, use="[GPU is lost]") + row(2))).found
    assert (environment.quality, usage.quality) == (Quality.COMPLETE, Quality.PARTIAL)
    assert usage.quality_reasons == ("a graphics processor did not answer: gpu is lost",)


def test_a_gap_is_counted_and_no_energy_is_made_up_for_it(use):
    fact = use(HEADER + "".join(row(second) for second in [0, 1, 2, 3, 63, 64]))
    gpu = fact.body["gpus"][0]
    assert (gpu["gaps"], gpu["gap_seconds"], gpu["span_seconds"], gpu["energy_seconds"]) == (1, 60.0, 64.0, 4.0)
    assert gpu["energy_kwh"] == round(4 * 600 / 3_600_000, 9)
    assert (fact.quality, "1 gaps of 60 seconds" in fact.quality_reasons[0]) == (Quality.PARTIAL, True)


def test_a_clock_that_goes_back_tells_no_time_and_keeps_the_means(use):
    fact = use(HEADER + row(3600) + row(3601) + row(2) + row(3))
    body, gpu = fact.body, fact.body["gpus"][0]
    assert (body["times"], body["series"], fact.quality) == ("went-back", [], Quality.PARTIAL)
    assert [gpu[name] for name in ("span_seconds", "gaps", "gap_seconds", "energy_kwh")] == [None] * 4
    assert (gpu["utilization_mean_percent"], gpu["readings"]) == (90.0, 4)


def test_readings_at_one_moment_are_a_doubt_and_count_no_energy(use):
    fact = use(HEADER + row(0) + row(0) + row(1))
    assert (fact.quality, fact.quality_reasons) == (
        Quality.PARTIAL,
        ("1 readings bear the time of the one before",),
    )
    assert fact.body["gpus"][0]["energy_seconds"] == 1.0


@pytest.mark.parametrize("clock", ["14 July 8 o'clock", "2026/13/45 08:12:38.690", "1752480758"])
def test_a_time_that_can_not_be_read_is_no_time(clock, use):
    fact = use(HEADER + row(0) + row(1).replace(moment(1), clock))
    assert (fact.body["times"], fact.body["series"], fact.quality) == ("not-told", [], Quality.PARTIAL)


def test_a_log_without_a_clock_tells_means_alone(use):
    fact = use("index, name, utilization.gpu [%]\n0, NVIDIA L4, 10 %\n0, NVIDIA L4, 30 %\n")
    assert (fact.body["times"], fact.body["gpus"][0]["utilization_mean_percent"]) == ("not-told", 20.0)
    assert fact.quality is Quality.COMPLETE


def test_interleaved_cards_are_told_apart_and_summed(use):
    rows = [
        row(s, f"{50 + 10 * gpu} %", watts=f"{100 * gpu} W", gpu=gpu, fraction=f"00{gpu}")
        for s in (0, 1, 2)
        for gpu in (0, 1)
    ]
    fact = use(HEADER + "".join(rows))
    assert [gpu["index"] for gpu in fact.body["gpus"]] == ["0", "1"]
    assert [gpu["utilization_mean_percent"] for gpu in fact.body["gpus"]] == [50.0, 60.0]
    assert [gpu["energy_kwh"] for gpu in fact.body["gpus"]] == [0.0, round(200 / 3_600_000, 9)]
    assert fact.body["all"]["energy_kwh"] == round(200 / 3_600_000, 9)
    assert (fact.body["all"]["utilization_mean_percent"], fact.body["all"]["readings"]) == (55.0, 6)
    assert [line["of"] for line in fact.body["series"]] == [0, 1]
    assert fact.quality is Quality.COMPLETE


def test_cards_that_nothing_tells_apart_have_no_energy(use):
    rows = "".join(f"{moment(s, f'00{gpu}')}, NVIDIA L4, 70.00 W\n" for s in range(4) for gpu in (0, 1))
    fact = use("timestamp, name, power.draw [W]\n" + rows)
    assert (fact.body["all"]["energy_kwh"], fact.quality) == (None, Quality.PARTIAL)
    assert "no column that tells the graphics processors apart" in fact.quality_reasons[0]


def test_a_header_in_the_middle_is_passed_over(use):
    fact = use(HEADER + row(0) + row(1) + HEADER + row(2) + row(3))
    assert (fact.body["gpus"][0]["readings"], fact.quality) == (4, Quality.COMPLETE)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(1, use="101 %"), "utilization.gpu is 101 %, more than 100"),
        (row(1, use="99 W"), "should be in %"),
        (row(1, use="-1 %"), "should be in %"),
        (row(1, use="nan"), "utilization.gpu is nan"),
        (row(1, watts="inf W"), "power.draw is inf W"),
        (row(1, watts="9" * 400 + " W"), "power.draw is"),
        (row(1, watts="60000 W"), "power.draw is 60000 W, more than 5,000"),
        (row(1, memory="9999999999999 MiB"), "memory.used is"),
        (row(1, memory="1 GiB"), "should be in MiB"),
    ],
)  # fmt: skip
def test_a_number_that_no_processor_reaches_or_in_another_unit_is_not_understood(bad, reason, use):
    assert reason in use(HEADER + row(0) + bad)


@pytest.mark.parametrize("unit", ["utilization.gpu [W]", "memory.used [GB]", "power.draw [mW]"])
def test_a_header_that_names_another_unit_is_not_understood(unit, use):
    name = unit.partition(" ")[0]
    header = HEADER.replace(
        {"u": "utilization.gpu [%]", "m": "memory.used [MiB]", "p": "power.draw [W]"}[name[0]], unit
    )
    assert f"{name} is in" in use(header + row(0) + row(1))


def test_without_units_the_header_is_enough(use):
    bare = "".join(row(s).replace(" %", "").replace(" MiB", "").replace(" W\n", "\n") for s in (0, 1))
    assert use(HEADER + bare).body == use(HEADER + row(0) + row(1), "other.csv").body


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_log_cut_anywhere_is_not_read_or_shorter(tenth, use):
    whole = HEADER + "".join(row(second) for second in range(40))
    cut = use(whole[: len(whole) * tenth // 10])
    assert cut is None or isinstance(cut, str)


def test_a_long_log_is_thinned_by_means_and_keeps_its_ends(use):
    began = time.perf_counter()
    fact = use(HEADER + "".join(row(second, f"{second % 101} %") for second in range(20_000)))
    assert time.perf_counter() - began < 20
    (line,) = fact.body["series"]
    assert (line["readings"], len(line["seconds"]), fact.body["gpus"][0]["readings"]) == (20_000, 240, 20_000)
    assert line["seconds"] == sorted(line["seconds"])
    assert min(line["utilization_percent"]["min"]) == 0
    assert max(line["utilization_percent"]["max"]) == 100
    assert all(40 < mean < 60 for mean in line["utilization_percent"]["mean"])


def test_of_more_than_three_cards_there_is_one_row_of_all_together(use):
    rows = "".join(row(second, f"{gpu} %", gpu=gpu) for second in range(300) for gpu in range(8))
    fact = use(HEADER + rows)
    (line,) = fact.body["series"]
    assert (line["of"], line["readings"], len(line["seconds"])) == (None, 2400, 240)
    assert {(low, high) for low, high in zip(line["utilization_percent"]["min"], line["utilization_percent"]["max"], strict=True)} == {(0, 7)}  # fmt: skip
    assert len(fact.body["gpus"]) == 8


def test_hundreds_of_cards_fit_into_an_entry_and_it_is_said_that_not_all_are_told(use):
    rows = "".join(row(second, gpu=gpu) for second in range(3) for gpu in range(300))
    fact = use(HEADER + rows)
    assert (fact.body["processors"], len(fact.body["gpus"])) == (300, 64)
    assert fact.quality_reasons == ("64 of 300 graphics processors are told one by one",)
    assert fact.body["all"]["energy_kwh"] == pytest.approx(300 * 2 * 600 / 3_600_000, abs=1e-6)


def test_a_log_in_the_folder_of_weights_is_about_them(sample, read, write):
    folder = sample("model-artifacts")
    weights = next(fact for fact in read(folder).found if fact.kind == "model-artifacts.v1")
    (folder / "gpus.csv").write_text(HEADER + row(0) + row(1))
    use = next(fact for fact in read(folder).found if fact.kind == gpu_usage.KIND)
    assert (use.subject.digest, use.subject.role) == (weights.subject.digest, "candidate")
