"""Graphics processors of AMD, by rocm-smi and by amd-smi."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from .conftest import SAMPLES
from .test_contract import schema

OLD = json.loads((SAMPLES / "rocm-smi" / "rocm-smi.json").read_text(encoding="utf-8"))
STATIC = {
    "gpu": 0, "uuid": "7eff74a0-0000-1000-808f-7e20764e2714",
    "asic": {"market_name": "AMD Instinct MI300X", "asic_serial": "0x6F1F0A2B3C4D5E6F"},
    "driver": {"name": "amdgpu", "version": "6.10.5"}, "vram": {"type": "HBM3", "size": {"value": 196592, "unit": "MB"}},
    "limit": {"max_power": {"value": 750, "unit": "W"}},
}  # fmt: skip
METRIC = {
    "gpu": 0, "mem_usage": {"total_vram": {"value": 196592, "unit": "MB"}}, "power": {"socket_power": {"value": 142, "unit": "W"}},
    "energy": {"total_energy_consumption": {"value": 69.206, "unit": "J"}},
}  # fmt: skip


@pytest.fixture
def one(read, write):
    def go(value):
        (fact,) = read(write("gpus.json", value)).found
        jsonschema_rs.validator_for(schema("compute-environment.v1")).validate(fact.body)
        return fact

    return go


def card(**cells):
    return {"card0": OLD["card0"] | cells, "system": OLD["system"]}


def test_cards_are_read_with_their_units_and_without_serial_numbers_and_processes(one):
    fact = one(OLD)
    gpu = fact.body["gpus"][0]
    assert (gpu["name"], gpu["uuid"], gpu["memory_bytes"]) == (
        "AMD Instinct MI300X",
        "0x9246fc22a0ed7d30",
        206141652992,
    )
    assert (gpu["power_draw_watts"], gpu["power_draw_method"], gpu["power_limit_watts"]) == (133.0, "instant", 750.0)
    assert (gpu["energy_millijoules"], fact.body["driver"], fact.tool, fact.body["cuda"]) == (
        69206,
        "6.7.0",
        "rocm-smi",
        None,
    )
    assert (fact.quality.value, len(fact.body["gpus"]), fact.subject.name) == ("complete", 2, "not named")
    assert "692251001124" not in json.dumps(fact.body)
    assert "tune.py" not in json.dumps(fact.body)


def test_older_releases_have_other_words(one):
    cells = {"Device Name": None, "Card Series": None, "Card series": "Arcturus GL-XL [Instinct MI100]", "Unique ID": "N/A",
             "Current Socket Graphics Package Power (W)": None, "Average Graphics Package Power (W)": "39.0"}  # fmt: skip
    gpu = one(card(**cells)).body["gpus"][0]
    assert (gpu["name"], gpu["uuid"]) == ("Arcturus GL-XL [Instinct MI100]", None)
    assert (gpu["power_draw_watts"], gpu["power_draw_method"]) == (39.0, "average")


def test_numbers_may_be_numbers_and_a_code_is_no_name(one):
    fact = one(card(**{"Device Name": "N/A", "Card Series": "0x1002", "VRAM Total Memory (B)": 12868124672}))
    assert (fact.body["gpus"][0]["memory_bytes"], fact.quality.value) == (12868124672, "partial")


def test_without_the_driver_it_is_partial(one):
    fact = one({"card0": OLD["card0"]})
    assert fact.quality_reasons == ("the version of the driver is not told",)


@pytest.mark.parametrize("wrap", [lambda row: [row], lambda row: {"gpu_data": [row]}, lambda row: row])
def test_the_successor_is_read_as_a_list_under_a_name_and_alone(wrap, one):
    fact = one(wrap(STATIC))
    gpu = fact.body["gpus"][0]
    assert (gpu["name"], gpu["memory_bytes"], gpu["power_limit_watts"]) == ("AMD Instinct MI300X", 206141652992, 750.0)
    assert (gpu["uuid"], fact.body["driver"], fact.tool) == (
        "7eff74a0-0000-1000-808f-7e20764e2714",
        "6.10.5",
        "amd-smi",
    )
    assert (fact.quality.value, "0x6F1F" in json.dumps(fact.body)) == ("complete", False)


def test_measurements_of_the_successor_name_no_model_and_are_partial(one):
    fact = one([METRIC])
    gpu = fact.body["gpus"][0]
    assert (gpu["memory_bytes"], gpu["power_draw_watts"], gpu["energy_millijoules"]) == (206141652992, 142.0, 69206)
    assert fact.quality.value == "partial"


def test_a_word_in_place_of_a_section_or_value_is_null(one):
    gpu = one([STATIC | {"limit": "N/A", "vram": {"size": {"value": "N/A", "unit": "MB"}}}]).body["gpus"][0]
    assert (gpu["power_limit_watts"], gpu["memory_bytes"]) == (None, None)


@pytest.mark.parametrize(("value", "reason"), [
    (card(**{"VRAM Total Memory (B)": "many"}), "not understood: rocm-smi 6.7.0"),
    ([STATIC | {"vram": {"size": {"value": 196592, "unit": "XB"}}}], "not understood: amd-smi 6.10.5"),
    ([STATIC | {"vram": {"size": {"value": True, "unit": "MB"}}}], "no amount in"), ([STATIC | {"gpu": 0}, 3], "gpu is not an object"),
    ({"card0": {"name": "ace of spades"}}, "no collector recognises it"), ({"gpu_data": []}, "no collector recognises it"),
])  # fmt: skip
def test_another_sort_is_not_read(value, reason, read, write):
    reading = read(write("gpus.json", value))
    assert reading.found == ()
    assert reason in reading.not_read[0].reason
