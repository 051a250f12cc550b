"""NVIDIA's cards, sampled through the real `pynvml` from a stand-in for the driver library."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from governance.collectors.reading.collect import collect
from governance.integrations.sampling.nvidia import power_error
from governance.integrations.sampling.window import MEASURES
from tests.integrations.fake_driver import said

SAMPLES = Path(__file__).parents[2] / "samples"
CONTENT = Path(__file__).parents[3] / "evidence" / "kinds"

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to make the stand-in with")

SCRIPT = """
import json, time
from governance.integrations.sampling import cards
cards.READING = cards.COUNTING = 0.3
made = []
try:
    watching = cards.sampler(opening=1.0)
    for samples in (3, 2):
        for _ in range(samples if watching else 0):
            watching.sample()
        made.append(watching.summary() if watching else None)
except Exception as error:
    made = f"{type(error).__name__}: {error}"
print(json.dumps(made))
"""


def test_a_machine_without_the_driver_library_has_no_sampler_and_makes_no_noise():
    assert said(SCRIPT, None) == [None, None]


def test_a_driver_without_cards_has_no_sampler():
    assert said(SCRIPT, "none") == [None, None]


def test_means_least_and_most_are_of_the_readings_since_the_last_summary():
    (first, _), (second, _) = said(SCRIPT, "two")
    assert (first["readings"], second["readings"]) == (3, 2)
    assert (first["index"], first["name"], first["uuid"]) == (
        0, "NVIDIA H100 80GB HBM3", "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01",
    )  # fmt: skip
    assert first["utilization_min_percent"] < first["utilization_mean_percent"] < first["utilization_max_percent"]
    # The draw of the H100 rises with each reading of either card: 410, 430, 450, and then 470, 490 watts.
    assert [first[f"power_{part}_watts"] for part in ("mean", "min", "max")] == [430.0, 410.0, 450.0]
    assert [second[f"power_{part}_watts"] for part in ("mean", "min", "max")] == [480.0, 470.0, 490.0]
    assert (first["sm_clock_mean_mhz"], first["memory_clock_max_mhz"]) == (1980, 2619)
    assert (first["temperature_max_celsius"], first["ecc_corrected"], first["ecc_uncorrected"]) == (61, 3, 0)
    assert first["throttle_reasons"] == ["hw_thermal_slowdown", "sw_power_cap"]


def test_memory_in_use_leaves_out_what_the_driver_keeps_as_nvidia_smi_does():
    ((new, _), _), (old,) = said(SCRIPT, "two"), said(SCRIPT, "old")[0]
    assert (new["memory_used_max_bytes"], old["memory_used_max_bytes"]) == (4_500_000_000, 5_000_000_000)


def test_an_old_library_without_the_newer_calls_tells_the_same_reasons_and_temperature():
    ((new, _), _), (old,) = said(SCRIPT, "two"), said(SCRIPT, "old")[0]
    assert old["temperature_mean_celsius"] == new["temperature_mean_celsius"] == 61
    assert old["throttle_reasons"] == new["throttle_reasons"]


def test_energy_goes_on_from_one_summary_to_the_next_so_that_nothing_between_is_lost():
    (first, other), (second, _) = said(SCRIPT, "two")
    assert first["energy_last_millijoules"] == second["energy_first_millijoules"]
    assert first["energy_millijoules"] == second["energy_millijoules"] == 4_000_000
    assert other["energy_first_millijoules"] is other["energy_millijoules"] is None


def test_a_counter_of_energy_that_goes_back_gives_no_energy_and_goes_on_from_there():
    (first,), (second,) = said(SCRIPT, "reset")
    assert (first["energy_first_millijoules"], first["energy_last_millijoules"]) == (1_004_000_000, 7000)
    assert first["energy_millijoules"] is None
    assert (second["energy_first_millijoules"], second["energy_millijoules"]) == (7000, 0)


def test_a_card_that_is_cut_into_parts_does_not_tell_how_busy_it_is_though_its_driver_answers_zero():
    ((card,), _) = said(SCRIPT, "mig")
    assert card["mig_enabled"] is True
    assert card["utilization_mean_percent"] is card["utilization_max_percent"] is None
    assert [part["utilization_percent"] for part in card["mig_devices"]] == [None, None]
    assert [part["memory_bytes"] for part in card["mig_devices"]] == [10_000_000_000] * 2
    assert card["mig_devices"][0]["uuid"].startswith("MIG-")
    assert card["power_mean_watts"] is not None


def test_what_a_card_does_not_support_is_null_and_never_zero():
    ((card,), _) = said(SCRIPT, "bare")
    told = {name for name, value in card.items() if value is not None}
    assert told == {
        "index", "name", "vendor", "driver", "power_error", "readings", "missed", "span_seconds", "longest_gap_seconds",
    }  # fmt: skip


def test_a_card_that_is_lost_in_the_middle_keeps_what_it_told_before():
    (first,), (second,) = said(SCRIPT, "lost")
    assert (first["readings"], first["power_max_watts"]) == (3, 410.0)
    assert (second["readings"], second["power_max_watts"], second["throttle_reasons"]) == (2, None, None)


def test_a_driver_that_does_not_come_up_is_told_with_its_own_words():
    assert said(SCRIPT, "broken") == "OSError: NVIDIA's driver did not answer: Driver Not Loaded"


def test_a_driver_that_hangs_when_it_is_opened_is_waited_for_no_longer_than_allowed():
    assert said(SCRIPT, "deaf") == "NoAnswerError: the driver did not answer within 1 seconds"


def test_a_driver_that_hangs_later_costs_readings_and_the_sampler_goes_on():
    (first,), (second,) = said(SCRIPT, "stuck")
    assert (first["readings"], first["missed"], first["power_max_watts"]) == (1, 2, 410.0)
    assert (second["readings"], second["missed"], second["power_max_watts"]) == (0, 2, None)


def test_the_same_card_is_called_the_same_as_by_the_reader_of_nvidia_smi():
    """The recorded report of two cards, and the stand-in made after the first of them."""
    (environment,) = collect([SAMPLES / "nvidia-smi-xml"], environment=False).found
    listed, (sampled, _) = environment.body["gpus"][0], said(SCRIPT, "two")[0]
    shared = ("name", "uuid", "mig_enabled")
    assert {name: sampled[name] for name in shared} == {name: listed[name] for name in shared}
    assert {"memory_bytes", "driver"} <= sampled.keys() & listed.keys()


def test_a_measure_is_called_as_in_evidence_of_use():
    """`gpu-usage.v1` names means and the most of use, memory and power; the same words stand in the spool."""
    kind = yaml.safe_load((CONTENT / "gpu-usage.v1.yaml").read_text(encoding="utf-8"))
    words = {
        word for word in kind["body"]["properties"]["gpus"]["items"]["required"] if "_mean_" in word or "_max_" in word
    }
    assert words == {f"{what}_{part}_{unit}" for what, unit, _ in MEASURES[:3] for part in ("mean", "max")}
    assert words <= said(SCRIPT, "two")[0][0].keys()


@pytest.mark.parametrize(
    ("architecture", "name", "expected"),
    [
        (2, "Tesla K80", (None, 5.0, 0.0, None)),
        (6, "Tesla T4", (5.0, None, 0.0, None)),
        (7, "NVIDIA A100-SXM4-80GB", (5.0, None, 0.0, 0.25)),
        (7, "NVIDIA A30", (5.0, None, 0.0, None)),
        (7, "NVIDIA RTX A1000", (5.0, None, 1.0, None)),
        (7, "NVIDIA A10G", (5.0, None, 1.0, None)),
        (9, "NVIDIA H100 80GB HBM3", (5.0, None, 1.0, 0.25)),
        (0xFFFFFFFF, "a card of the future", (5.0, None, None, None)),
        (None, "not told", (5.0, None, None, None)),
    ],
)
def test_the_error_of_power_is_what_somebody_stated_for_that_card(architecture, name, expected):
    error = power_error(architecture, name)
    assert tuple(error[field] for field in ("watts", "percent", "averaged_seconds", "seen_share")) == expected
    assert error["sources"]
