"""Energy off the counters of graphics cards: two readings, and what lies between them."""

from __future__ import annotations

import copy
import json

import jsonschema_rs
import pytest

from .conftest import SAMPLES
from .test_contract import schema

RECORD = json.loads((SAMPLES / "energy-counter" / "energy.json").read_text(encoding="utf-8"))


def changed(**paths):
    """The record with some fields changed: `end__driver="x"`, `end__counters__0__millijoules=3`."""
    made = copy.deepcopy(RECORD)
    for path, value in paths.items():
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        holder = made
        for step in steps:
            holder = holder[step]
        holder[last] = value
    return made


@pytest.fixture
def one(read, write):
    def go(record):
        (fact,) = read(write("energy.json", record)).found
        jsonschema_rs.validator_for(schema("energy.v1")).validate(fact.body)
        return fact

    return go


def test_the_difference_of_two_readings_is_the_energy_that_was_measured(one):
    fact = one(RECORD)
    assert fact.body["kwh"] == (1_800_000_000 + 2_160_000_000) / 3.6e9
    assert [card["kwh"] for card in fact.body["gpus"]] == [0.5, 0.6]
    assert (fact.body["method"], fact.body["scope"], fact.body["gpu_kwh"]) == ("measured", "gpu", fact.body["kwh"])
    assert (fact.body["duration_seconds"], fact.body["activity"]) == (3600.0, "training")
    assert (fact.body["cpu_kwh"], fact.body["co2_grams"], fact.body["pue"]) == (None, None, None)
    assert (fact.effective_at.isoformat(), fact.effective_clock) == ("2026-05-04T09:12:06+00:00", "tool")
    assert (fact.subject.type.value, fact.subject.name) == ("run", "elm-desk-tune")
    assert fact.body["output_dir"] == "/data/out/elm-desk-tune"


@pytest.mark.parametrize(("change", "reason"), [
    ({"end__counters__0__millijoules": 5}, "the driver was loaded again in between"),
    ({"end__driver": "595.80"}, "the driver is another one"), ({"end__taken_at": "2026-05-04T08:12:06Z"}, "was not taken after"),
    ({"end__taken_at": "2026-05-04T09:12:06"}, "end has no taken_at with a time zone"), ({"end": None}, "no taken_at"),
    ({"end__counters": []}, "end has no counters"), ({"end__counters__0__millijoules": None}, "has no millijoules"),
    ({"end__counters__0__millijoules": 1.5}, "is not a whole number"), ({"end__counters__0__millijoules": -1}, "less than 0"),
    ({"end__counters__0__millijoules": 10**12}, "more than 5,000 watts"), ({"source": "guess"}, "source is not one of"),
    ({"end__counters__0__uuid": "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a02"}, "same serial id"),
    ({"start__counters": [{"uuid": "GPU-other", "millijoules": 1}]}, "no graphics card is in both"),
])  # fmt: skip
def test_readings_that_do_not_belong_together_are_not_read(change, reason, read, write):
    reading = read(write("energy.json", changed(**change)))
    assert reading.found == ()
    assert reason in reading.not_read[0].reason


def test_a_card_in_one_reading_only_is_partial(one):
    fact = one(changed(end__counters=RECORD["end"]["counters"][:1]))
    assert (fact.quality.value, fact.body["kwh"]) == ("partial", 0.5)


def test_a_counter_that_stood_still_is_partial_and_all_of_them_is_failed(one):
    still = RECORD["start"]["counters"]
    fact = one(changed(end__counters=[still[0], RECORD["end"]["counters"][1]]))
    assert (fact.quality.value, fact.body["kwh"]) == ("partial", 0.6)
    fact = one(changed(end__counters=still))
    assert (fact.quality.value, fact.body["kwh"]) == ("failed", None)


def test_one_card_whose_serial_id_was_taken_out_is_masked(one):
    hidden = "GPU-00000000-0000-0000-0000-000000000000"
    record = changed(
        start__counters=[{"uuid": hidden, "millijoules": 0}], end__counters=[{"uuid": hidden, "millijoules": 3_600_000}]
    )
    fact = one(record)
    assert (fact.quality.value, fact.body["gpus"]) == ("masked", [{"uuid": None, "kwh": 0.001}])


def test_what_else_stands_in_the_record_is_left_behind(one):
    assert "node-7" not in json.dumps(one(RECORD | {"host": "node-7"}).body)


def test_a_document_that_mentions_the_schema_is_another_one(read, write):
    reading = read(write("a.json", {"schema": "other", "see": "govern-energy.v1"}))
    assert (reading.found, reading.not_read[0].reason) == ((), "no collector recognises it")
